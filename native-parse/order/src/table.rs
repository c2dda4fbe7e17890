//! A table by small ids: processors. Ids that no Go program has are kept apart, so that they cost no room.

use std::collections::BTreeMap;

/// Go allows more processors than this only on machines that do not exist yet.
const DENSE: i64 = 4096;

#[derive(Clone)]
pub struct Table<T> {
    dense: Vec<Option<T>>,
    sparse: BTreeMap<i64, T>,
    /// Taken places of `dense`.
    taken: usize,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Table { dense: Vec::new(), sparse: BTreeMap::new(), taken: 0 }
    }
}

impl<T> Table<T> {
    #[inline(always)]
    pub fn get(&self, id: i64) -> Option<&T> {
        match self.dense.get(id as u64 as usize) {
            Some(place) => place.as_ref(),
            None => self.get_sparse(id),
        }
    }

    #[cold]
    fn get_sparse(&self, id: i64) -> Option<&T> {
        self.sparse.get(&id)
    }

    #[inline(always)]
    pub fn get_mut(&mut self, id: i64) -> Option<&mut T> {
        match self.dense.get_mut(id as u64 as usize) {
            Some(place) => place.as_mut(),
            None => self.sparse.get_mut(&id),
        }
    }

    #[inline(always)]
    pub fn or_insert_with(&mut self, id: i64, make: impl FnOnce() -> T) -> &mut T {
        if !matches!(self.dense.get(id as u64 as usize), Some(Some(_))) {
            return self.insert(id, make);
        }
        // It is there, so that nothing is made.
        self.dense[id as u64 as usize].get_or_insert_with(make)
    }

    #[cold]
    #[inline(never)]
    fn insert(&mut self, id: i64, make: impl FnOnce() -> T) -> &mut T {
        if !(0..DENSE).contains(&id) {
            return self.sparse.entry(id).or_insert_with(make);
        }
        let i = id as usize;
        if i >= self.dense.len() {
            self.dense.resize_with(i + 1, || None);
        }
        let place = &mut self.dense[i];
        self.taken += usize::from(place.is_none());
        place.get_or_insert_with(make)
    }

    pub fn len(&self) -> usize {
        self.taken + self.sparse.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Ids and values: dense ones, then the others, both rising.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &T)> {
        let dense = self.dense.iter().enumerate().filter_map(|(i, t)| Some((i as i64, t.as_ref()?)));
        dense.chain(self.sparse.iter().map(|(id, t)| (*id, t)))
    }

    /// Values: of dense ids, then of the others, both rising.
    pub fn into_values(self) -> impl Iterator<Item = T> {
        self.dense.into_iter().flatten().chain(self.sparse.into_values())
    }

    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.dense.iter_mut().flatten().chain(self.sparse.values_mut())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_small_and_absurd_ids() {
        let mut t: Table<u8> = Table::default();
        *t.or_insert_with(3, || 1) += 1;
        t.or_insert_with(i64::MAX, || 9);
        t.or_insert_with(-7, || 8);
        assert_eq!(
            (t.get(3), t.get(2), t.get(i64::MAX), t.get(-7), t.len()),
            (Some(&2), None, Some(&9), Some(&8), 3)
        );
        assert_eq!(t.dense.len(), 4);
    }
}
