//! Texts that outlive their generation (reasons, labels, names of tasks, regions, functions), each kept once.

use std::sync::Arc;

use tracewell_source::SeededMap;

/// Index into `Symbols`. 0 is the empty text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Sym(pub u32);

impl Sym {
    pub const EMPTY: Sym = Sym(0);
}

/// Grows with the distinct texts of a trace, never with its events. A copy costs nothing until a text is added to it.
#[derive(Clone)]
pub struct Symbols(Arc<Texts>);

#[derive(Clone, Default)]
struct Texts {
    texts: Vec<Arc<str>>,
    of_text: SeededMap<Arc<str>, Sym>,
}

impl Default for Symbols {
    fn default() -> Self {
        let mut s = Symbols(Arc::default());
        s.intern("");
        s
    }
}

impl Symbols {
    pub fn intern(&mut self, text: &str) -> Sym {
        if let Some(s) = self.find(text) {
            return s;
        }
        let own = Arc::make_mut(&mut self.0);
        let s = Sym(own.texts.len() as u32);
        let text: Arc<str> = text.into();
        own.texts.push(text.clone());
        own.of_text.insert(text, s);
        s
    }

    pub fn find(&self, text: &str) -> Option<Sym> {
        self.0.of_text.get(text).copied()
    }

    pub fn text(&self, s: Sym) -> &str {
        self.0.texts.get(s.0 as usize).map_or("", |t| t)
    }

    pub fn len(&self) -> usize {
        self.0.texts.len()
    }

    pub fn is_empty(&self) -> bool {
        false
    }

    /// The texts from index `from` on, for those who mirror the table.
    pub fn since(&self, from: usize) -> &[Arc<str>] {
        self.0.texts.get(from..).unwrap_or_default()
    }
}

/// What ids of a generation, of texts or stacks, were already found to name. It may forget.
#[derive(Clone, Default)]
pub struct SymCache {
    /// By id, as the runtime numbers them; one more than the symbol, 0 for none.
    dense: Vec<u32>,
    sparse: SeededMap<u64, Sym>,
}

/// Ids up to this have a place of their own.
const DENSE_IDS: u64 = 1 << 16;
const LEAST_IDS: usize = 1 << 8;
/// Where ids are hardly ever the same twice, more of them would only take memory.
const MAX_SPARSE: usize = 1 << 16;

impl SymCache {
    #[inline(always)]
    pub fn get(&self, id: u64) -> Option<Sym> {
        match self.dense.get(id as usize) {
            Some(s) => s.checked_sub(1).map(Sym),
            None if id < DENSE_IDS => None,
            None => self.sparse.get(&id).copied(),
        }
    }

    #[cold]
    pub fn set(&mut self, id: u64, s: Sym) {
        if id >= DENSE_IDS {
            if self.sparse.len() >= MAX_SPARSE {
                self.sparse.clear();
            }
            self.sparse.insert(id, s);
            return;
        }
        let place = id as usize;
        if place >= self.dense.len() {
            self.dense.resize((place + 1).next_power_of_two().max(LEAST_IDS), 0);
        }
        self.dense[place] = s.0.saturating_add(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remembers_small_and_large_ids() {
        let mut c = SymCache::default();
        for id in [1, 300, (1 << 16) - 1, 1 << 16, u64::MAX] {
            assert_eq!(c.get(id), None);
            c.set(id, Sym(id as u32 & 7));
            assert_eq!(c.get(id), Some(Sym(id as u32 & 7)));
        }
        assert_eq!((c.get(2), c.get(1 << 20)), (None, None));
    }

    #[test]
    fn a_text_is_kept_once() {
        let mut s = Symbols::default();
        assert_eq!(s.intern(""), Sym::EMPTY);
        let a = s.intern("chan receive");
        assert_eq!((s.intern("chan receive"), s.text(a), s.len()), (a, "chan receive", 2));
        assert_eq!(s.text(Sym(99)), "");
        let copy = s.clone();
        assert_eq!((s.intern("select"), copy.find("select"), copy.len()), (Sym(2), None, 2));
    }
}
