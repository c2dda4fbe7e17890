//! Texts that outlive their generation (reasons, labels, names of tasks, regions, functions), each kept once.

use rustc_hash::FxHashMap;

/// Index into `Symbols`. 0 is the empty text.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Sym(pub u32);

impl Sym {
    pub const EMPTY: Sym = Sym(0);
}

/// Grows with the distinct texts of a trace, never with its events.
#[derive(Clone)]
pub struct Symbols {
    texts: Vec<Box<str>>,
    of_text: FxHashMap<Box<str>, Sym>,
}

impl Default for Symbols {
    fn default() -> Self {
        let mut s = Symbols { texts: Vec::new(), of_text: FxHashMap::default() };
        s.intern("");
        s
    }
}

impl Symbols {
    pub fn intern(&mut self, text: &str) -> Sym {
        if let Some(&s) = self.of_text.get(text) {
            return s;
        }
        let s = Sym(self.texts.len() as u32);
        self.texts.push(text.into());
        self.of_text.insert(text.into(), s);
        s
    }

    pub fn find(&self, text: &str) -> Option<Sym> {
        self.of_text.get(text).copied()
    }

    pub fn text(&self, s: Sym) -> &str {
        self.texts.get(s.0 as usize).map_or("", |t| t)
    }

    pub fn len(&self) -> usize {
        self.texts.len()
    }

    pub fn is_empty(&self) -> bool {
        false
    }

    /// The texts from index `from` on, for those who mirror the table.
    pub fn since(&self, from: usize) -> &[Box<str>] {
        self.texts.get(from..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_kept_once() {
        let mut s = Symbols::default();
        assert_eq!(s.intern(""), Sym::EMPTY);
        let a = s.intern("chan receive");
        assert_eq!((s.intern("chan receive"), s.text(a), s.len()), (a, "chan receive", 2));
        assert_eq!(s.text(Sym(99)), "");
    }
}
