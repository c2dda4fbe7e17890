//! Tables by goroutine id: ids are dense in real traces and hostile in others, so both cost little.

use rustc_hash::FxHashMap;
use tracewell_order::Sym;

/// A set of ids, a bit each, in pages of 512.
#[derive(Clone, Default)]
pub struct IdSet {
    pages: FxHashMap<u64, [u64; 8]>,
    count: u64,
}

impl IdSet {
    pub fn insert(&mut self, id: i64) {
        let id = id as u64;
        let page = self.pages.entry(id >> 9).or_default();
        let (word, bit) = ((id >> 6 & 7) as usize, 1u64 << (id & 63));
        self.count += u64::from(page[word] & bit == 0);
        page[word] |= bit;
    }
    pub fn merge(&mut self, other: &IdSet) {
        for (page, words) in &other.pages {
            let mine = self.pages.entry(*page).or_default();
            for (a, b) in mine.iter_mut().zip(words) {
                self.count += u64::from((b & !*a).count_ones());
                *a |= b;
            }
        }
    }
    /// Its pages, for a sidecar.
    pub(crate) fn sorted(&self) -> Vec<(u64, [u64; 8])> {
        let mut pages: Vec<_> = self.pages.iter().map(|(p, w)| (*p, *w)).collect();
        pages.sort_unstable_by_key(|p| p.0);
        pages
    }
    pub(crate) fn of(pages: FxHashMap<u64, [u64; 8]>) -> IdSet {
        let count = pages.values().flatten().map(|w| u64::from(w.count_ones())).sum();
        IdSet { pages, count }
    }
    pub fn len(&self) -> u64 {
        self.count
    }
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// The start function of each goroutine, in pages of 16: small, for an id may stand alone in its page.
#[derive(Clone, Default)]
pub struct Names {
    pages: FxHashMap<u64, [u32; 16]>,
}

impl Names {
    /// Its pages, for a sidecar.
    pub(crate) fn sorted(&self) -> Vec<(u64, [u32; 16])> {
        let mut pages: Vec<_> = self.pages.iter().map(|(p, n)| (*p, *n)).collect();
        pages.sort_unstable_by_key(|p| p.0);
        pages
    }
    pub(crate) fn of(pages: Vec<(u64, [u32; 16])>) -> Names {
        Names { pages: pages.into_iter().collect() }
    }
    pub fn set(&mut self, g: i64, name: Sym) {
        self.pages.entry(g as u64 >> 4).or_insert([0; 16])[(g as u64 & 15) as usize] = name.0;
    }
    /// Names that were set, some of them many times.
    pub fn names(&self) -> impl Iterator<Item = Sym> + '_ {
        self.pages.values().flatten().filter(|s| **s != 0).map(|s| Sym(*s))
    }
    /// Empty while it is not known.
    #[inline]
    pub fn get(&self, g: i64) -> Sym {
        Sym(self.pages.get(&(g as u64 >> 4)).map_or(0, |p| p[(g as u64 & 15) as usize]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_id_once_wherever_it_lies() {
        let mut s = IdSet::default();
        for id in [1, 2, 2, 511, 512, i64::MAX, -2, -2] {
            s.insert(id);
        }
        assert_eq!(s.len(), 6);
    }

    #[test]
    fn remembers_names() {
        let mut n = Names::default();
        n.set(70, Sym(5));
        assert_eq!((n.get(70), n.get(71), n.get(1 << 40)), (Sym(5), Sym(0), Sym(0)));
    }
}
