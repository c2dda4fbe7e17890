//! Which processor each running goroutine has: few at a time, changed with every other event.

use tracewell_source::SeededMap;

const SLOTS: usize = 64;

/// A map from goroutine to processor. Most have a slot by the last bits of their id, the others are found by hash.
#[derive(Clone)]
pub(crate) struct Holders {
    slots: Box<[(i64, i64); SLOTS]>,
    others: SeededMap<i64, i64>,
    taken: usize,
}

fn slot(g: i64) -> usize {
    g as usize & (SLOTS - 1)
}

/// In an empty slot stands an id that does not belong there.
fn nobody(slot: usize) -> (i64, i64) {
    (slot as i64 + 1, -1)
}

impl Default for Holders {
    fn default() -> Self {
        Holders { slots: Box::new(std::array::from_fn(nobody)), others: SeededMap::default(), taken: 0 }
    }
}

impl Holders {
    #[inline(always)]
    pub fn get(&self, g: i64) -> Option<i64> {
        let (holder, p) = self.slots[slot(g)];
        if holder == g {
            return Some(p);
        }
        if self.others.is_empty() { None } else { self.others.get(&g).copied() }
    }

    #[inline(always)]
    pub fn insert(&mut self, g: i64, p: i64) {
        let i = slot(g);
        if self.slots[i].0 == g {
            self.slots[i].1 = p;
        } else if self.slots[i] == nobody(i) && self.others.is_empty() {
            self.slots[i] = (g, p);
            self.taken += 1;
        } else {
            self.insert_other(g, p);
        }
    }

    #[cold]
    fn insert_other(&mut self, g: i64, p: i64) {
        let i = slot(g);
        if self.slots[i] == nobody(i) && !self.others.contains_key(&g) {
            self.slots[i] = (g, p);
            self.taken += 1;
        } else {
            self.others.insert(g, p);
        }
    }

    #[inline(always)]
    pub fn remove(&mut self, g: i64) {
        let i = slot(g);
        if self.slots[i].0 == g {
            self.slots[i] = nobody(i);
            self.taken -= 1;
        } else if !self.others.is_empty() {
            self.others.remove(&g);
        }
    }

    pub fn len(&self) -> usize {
        self.taken + self.others.len()
    }

    /// By goroutine.
    pub fn sorted(&self) -> Vec<(i64, i64)> {
        let slots = self.slots.iter().enumerate().filter(|(i, s)| **s != nobody(*i)).map(|(_, s)| *s);
        let mut all: Vec<_> = slots.chain(self.others.iter().map(|(g, p)| (*g, *p))).collect();
        all.sort_unstable();
        all
    }
}

impl FromIterator<(i64, i64)> for Holders {
    fn from_iter<T: IntoIterator<Item = (i64, i64)>>(all: T) -> Holders {
        let mut holders = Holders::default();
        all.into_iter().for_each(|(g, p)| holders.insert(g, p));
        holders
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_map() {
        let (mut mine, mut plain, mut x) = (Holders::default(), SeededMap::default(), 7u64);
        for _ in 0..20_000 {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let g = [-1, i64::MIN, i64::MAX][(x >> 60) as usize % 3].wrapping_add((x >> 33) as i64 % 200);
            if x >> 40 & 3 == 0 {
                mine.insert(g, (x >> 50) as i64);
                plain.insert(g, (x >> 50) as i64);
            } else {
                mine.remove(g);
                plain.remove(&g);
            }
            assert_eq!((mine.get(g), mine.len()), (plain.get(&g).copied(), plain.len()));
        }
        let mut all: Vec<_> = plain.into_iter().collect();
        all.sort_unstable();
        assert_eq!(mine.sorted(), all);
        assert_eq!(all.into_iter().collect::<Holders>().len(), mine.len());
    }
}
