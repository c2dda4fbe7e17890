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

/// The start function of each goroutine: a byte for one, in pages of 64, small, for an id may stand alone in its page.
#[derive(Clone, Default)]
pub struct Names {
    pages: FxHashMap<u64, [u8; 64]>,
    /// What the bytes stand for, less one; 0 is no name.
    codes: Vec<Sym>,
    code_of: FxHashMap<Sym, u8>,
    /// Of goroutines whose byte is `OTHER`.
    others: FxHashMap<i64, Sym>,
}

/// A name that came when all other bytes were taken: no program starts so many functions often.
const OTHER: u8 = u8::MAX;

/// Names in a page of a sidecar.
pub(crate) const KEPT_PAGE: usize = 16;

impl Names {
    /// Pages of 16 for a sidecar, those without a name left out. Cost: O(goroutines).
    pub(crate) fn kept(&self) -> impl Iterator<Item = (u64, [Sym; KEPT_PAGE])> + '_ {
        let mut pages: Vec<_> = self.pages.iter().collect();
        pages.sort_unstable_by_key(|p| *p.0);
        let quarters = pages.into_iter().flat_map(|(page, codes)| {
            codes.chunks(KEPT_PAGE).enumerate().map(move |(i, codes)| (page << 2 | i as u64, codes))
        });
        quarters.filter(|(_, codes)| codes.iter().any(|c| *c != 0)).map(|(page, codes)| {
            let name = |i: usize| self.named(codes[i], (page << 4 | i as u64) as i64);
            (page, std::array::from_fn(name))
        })
    }
    /// How many pages `kept` has.
    pub(crate) fn kept_len(&self) -> usize {
        let has_name = |quarter: &&[u8]| quarter.iter().any(|code| *code != 0);
        self.pages.values().map(|p| p.chunks(KEPT_PAGE).filter(has_name).count()).sum()
    }
    /// Takes over a page of a sidecar.
    pub(crate) fn take(&mut self, page: u64, names: [Sym; KEPT_PAGE]) {
        for (i, name) in names.into_iter().enumerate().filter(|n| n.1 != Sym::EMPTY) {
            self.set((page << 4 | i as u64) as i64, name);
        }
    }
    pub fn set(&mut self, g: i64, name: Sym) {
        let code = self.code(name);
        if code == OTHER {
            self.others.insert(g, name);
        }
        self.pages.entry(g as u64 >> 6).or_insert([0; 64])[(g as u64 & 63) as usize] = code;
    }
    fn code(&mut self, name: Sym) -> u8 {
        if name == Sym::EMPTY {
            return 0;
        }
        if let Some(code) = self.code_of.get(&name) {
            return *code;
        }
        let next = self.codes.len() as u8 + 1;
        if next < OTHER {
            self.codes.push(name);
            self.code_of.insert(name, next);
        }
        next
    }
    /// All names that were set, some of them many times.
    pub fn names(&self) -> impl Iterator<Item = Sym> + '_ {
        self.codes.iter().chain(self.others.values()).copied()
    }
    /// Empty while it is not known.
    #[inline]
    pub fn get(&self, g: i64) -> Sym {
        self.named(self.pages.get(&(g as u64 >> 6)).map_or(0, |p| p[(g as u64 & 63) as usize]), g)
    }

    #[inline]
    fn named(&self, code: u8, g: i64) -> Sym {
        match code {
            0 => Sym::EMPTY,
            OTHER => self.others.get(&g).copied().unwrap_or_default(),
            code => self.codes.get(usize::from(code) - 1).copied().unwrap_or_default(),
        }
    }
}

/// Ids that were lately put in, not all of them: spares looking up again what is surely known.
#[derive(Clone)]
pub(crate) struct Recent(Box<[i64; RECENT]>);

const RECENT: usize = 256;

impl Default for Recent {
    fn default() -> Self {
        // In each place an id that does not belong there.
        Recent(Box::new(std::array::from_fn(|i| i as i64 + 1)))
    }
}

impl Recent {
    #[inline(always)]
    fn place(id: i64) -> usize {
        id as usize & (RECENT - 1)
    }
    #[inline(always)]
    pub fn has(&self, id: i64) -> bool {
        self.0[Recent::place(id)] == id
    }
    #[inline(always)]
    pub fn put(&mut self, id: i64) {
        self.0[Recent::place(id)] = id;
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
    fn remembers_what_was_lately_there() {
        let mut r = Recent::default();
        for id in [0, 1, 255, 256, -1, i64::MIN] {
            assert!(!r.has(id), "{id}");
            r.put(id);
            assert!(r.has(id));
        }
        assert!(!r.has(0));
    }

    #[test]
    fn remembers_names() {
        let mut n = Names::default();
        n.set(70, Sym(5));
        assert_eq!((n.get(70), n.get(71), n.get(1 << 40)), (Sym(5), Sym(0), Sym(0)));
        for i in 0..1000 {
            n.set(i, Sym(i as u32));
        }
        n.set(900, Sym(7));
        n.set(-1, Sym(8));
        let mut copy = Names::default();
        let pages: Vec<_> = n.kept().collect();
        assert_eq!(pages.len(), n.kept_len());
        pages.into_iter().for_each(|(page, names)| copy.take(page, names));
        for names in [&n, &copy] {
            assert!((1..900).all(|i| names.get(i) == Sym(i as u32)));
            assert_eq!((names.get(0), names.get(900), names.get(-1)), (Sym::EMPTY, Sym(7), Sym(8)));
        }
    }
}
