//! Ids of a generation to what they name: an array where ids are dense, as the runtime makes them, else a hash map.

use tracewell_source::SeededMap;

/// Ids are sparse u64 in a hostile file, so an array is used only when it wastes less than half its places.
#[derive(Default)]
pub struct IdTable {
    dense: Vec<u64>,
    sparse: SeededMap<u64, u64>,
}

/// A value no entry has: offsets and lengths of a file never reach it.
const NONE: u64 = u64::MAX;

impl IdTable {
    /// Err(id) names an id that stands twice. Cost: O(entries).
    pub fn build(entries: &[(u64, u64)]) -> Result<IdTable, u64> {
        let max = entries.iter().map(|e| e.0).max().unwrap_or(0);
        let mut table = IdTable { dense: Vec::new(), sparse: SeededMap::default() };
        if max <= 2 * entries.len() as u64 + 64 {
            table.dense = vec![NONE; max as usize + 1];
            for &(id, value) in entries {
                if std::mem::replace(&mut table.dense[id as usize], value) != NONE {
                    return Err(id);
                }
            }
        } else {
            for &(id, value) in entries {
                if table.sparse.insert(id, value).is_some() {
                    return Err(id);
                }
            }
        }
        Ok(table)
    }

    pub fn bytes(&self) -> usize {
        8 * self.dense.capacity() + 24 * self.sparse.capacity()
    }

    #[inline]
    pub fn get(&self, id: u64) -> Option<u64> {
        match self.dense.get(id as usize) {
            Some(&NONE) => None,
            Some(&v) => Some(v),
            None => self.sparse.get(&id).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_dense_and_sparse_ids_and_names_a_double_one() {
        let dense: Vec<(u64, u64)> = (1..100).map(|i| (i, i * 10)).collect();
        let t = IdTable::build(&dense).unwrap();
        assert_eq!((t.get(7), t.get(0), t.get(100)), (Some(70), None, None));
        let t = IdTable::build(&[(u64::MAX - 1, 5), (3, 6)]).unwrap();
        assert_eq!((t.get(u64::MAX - 1), t.get(3), t.get(4)), (Some(5), Some(6), None));
        assert_eq!(IdTable::build(&[(4, 1), (4, 1)]).err(), Some(4));
    }
}
