//! What stays are told apart by: their stack, the start function of who did them, and the regions it was in. So the
//! profile of one function, or of one type of regions, is a sum over what the pass over all of them found.
//!
//! Memory: by distinct kinds, never by stays. Where a trace has very many, functions and regions are no longer told apart.

use std::hash::Hash;

use tracewell_order::{Sym, Symbols};
use tracewell_source::SeededMap;

use crate::desk::stay_books::Book;
use crate::stacks::StackIx;

/// Start functions and sets of regions, and both together with stacks, that are told apart.
const MOST: usize = 1 << 14;
const MOST_CELLS: usize = 1 << 18;
/// Regions that a goroutine is in at a time.
const DEPTH: usize = 32;

/// Things by numbers, given as they first come.
struct Numbered<K> {
    list: Vec<K>,
    of: SeededMap<K, u32>,
}

impl<K: Clone + Eq + Hash> Numbered<K> {
    fn new(first: K) -> Numbered<K> {
        Numbered { of: [(first.clone(), 0)].into_iter().collect(), list: vec![first] }
    }
    fn find(&self, k: &K) -> Option<u32> {
        self.of.get(k).copied()
    }
    fn get(&self, i: u32) -> Option<&K> {
        self.list.get(i as usize)
    }
    fn number(&mut self, k: K) -> u32 {
        let next = self.list.len() as u32;
        *self.of.entry(k).or_insert_with_key(|k| {
            self.list.push(k.clone());
            next
        })
    }
    fn size_bytes(&self) -> usize {
        self.list.capacity() * size_of::<K>() + self.of.capacity() * (size_of::<K>() + 8)
    }
}

/// Who did something.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Who {
    Function(Sym),
    /// Its function was not told yet.
    Goroutine(i64),
    Nobody,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Cell {
    /// Who, and the regions it was in.
    pub class: u32,
    /// Of runnable stays `SchedByWaker`, which says both stacks.
    pub book: Book,
    pub stack: StackIx,
    /// Of runnable stays: where it waited.
    pub waiter: StackIx,
}

/// Which of the numbered things a question is about.
pub type Mask = Vec<bool>;

pub struct Kinds {
    whos: Numbered<Who>,
    /// Names of the regions that a goroutine is in, sorted, one as often as it is in it.
    sets: Numbered<Box<[Sym]>>,
    classes: Numbered<(u32, u32)>,
    cells: Numbered<Cell>,
    /// Not all could be told apart.
    pub is_mixed: bool,
}

impl Default for Kinds {
    fn default() -> Kinds {
        let none = Cell { class: 0, book: Book::Other, stack: StackIx(0), waiter: StackIx(0) };
        Kinds {
            whos: Numbered::new(Who::Nobody),
            sets: Numbered::new(Box::default()),
            classes: Numbered::new((0, 0)),
            cells: Numbered::new(none),
            is_mixed: false,
        }
    }
}

impl Kinds {
    pub fn who(&mut self, who: Who) -> u32 {
        if self.is_mixed {
            return 0;
        }
        self.is_mixed = self.whos.list.len() >= MOST;
        self.whos.number(who)
    }
    pub fn find_who(&self, who: Who) -> Option<u32> {
        self.whos.find(&who)
    }

    pub fn cell(&mut self, who: u32, set: u32, cell: Cell) -> u32 {
        let class = if self.is_mixed { 0 } else { self.classes.number((who, set)) };
        self.is_mixed |= self.cells.list.len() >= MOST_CELLS || self.classes.list.len() >= 4 * MOST;
        self.cells.number(Cell { class, ..cell })
    }
    pub fn find_cell(&self, who: u32, set: u32, cell: Cell) -> Option<u32> {
        let of = |class: u32| self.cells.find(&Cell { class, ..cell });
        let found = self.classes.find(&(who, set)).and_then(of);
        // What was told when no more could be told apart.
        found.or_else(|| if self.is_mixed { of(0) } else { None })
    }
    pub fn cell_of(&self, i: u32) -> Option<&Cell> {
        self.cells.get(i)
    }

    /// The names of a set and one more, or one less. None: more than are followed.
    fn changed(&self, set: u32, name: Sym, begins: bool) -> Option<Box<[Sym]>> {
        let mut names = self.sets.get(set)?.to_vec();
        if begins {
            names.insert(names.partition_point(|n| *n < name), name);
        } else if let Some(i) = names.iter().position(|n| *n == name) {
            names.remove(i);
        }
        (names.len() <= DEPTH).then(|| names.into())
    }

    /// The set that a goroutine is in behind the begin or end of a region; 0 is none.
    pub fn set_behind(&mut self, set: u32, name: Sym, begins: bool) -> u32 {
        let names = self.changed(set, name, begins);
        self.is_mixed |= names.is_none() || self.sets.list.len() >= MOST;
        names.filter(|_| !self.is_mixed).map_or(0, |names| self.sets.number(names))
    }
    pub fn find_set_behind(&self, set: u32, name: Sym, begins: bool) -> Option<u32> {
        let found = self.changed(set, name, begins).and_then(|names| self.sets.find(&names));
        found.or(if self.is_mixed { Some(0) } else { None })
    }

    /// Those who start with a function; `name_of`: of a goroutine whose function was told late.
    pub fn starting_with<'a>(
        &self,
        name: &str,
        symbols: &Symbols,
        name_of: impl Fn(i64) -> Option<&'a str>,
    ) -> Mask {
        let is = |who: &Who| match who {
            Who::Function(f) => symbols.text(*f) == name,
            Who::Goroutine(g) => name_of(*g) == Some(name),
            Who::Nobody => false,
        };
        self.whos.list.iter().map(is).collect()
    }

    /// Classes of some, in regions of a name; None: of all, wherever they were.
    pub fn classes(&self, whos: Option<&Mask>, region: Option<&str>, symbols: &Symbols) -> Mask {
        let holds = |set: u32, name: &str| {
            self.sets.get(set).is_some_and(|names| names.iter().any(|n| symbols.text(*n) == name))
        };
        let is = |(who, set): &(u32, u32)| {
            whos.is_none_or(|w| w.get(*who as usize).is_some_and(|is| *is))
                && region.is_none_or(|name| holds(*set, name))
        };
        self.classes.list.iter().map(is).collect()
    }

    pub fn size_bytes(&self) -> usize {
        let names: usize = self.sets.list.iter().map(|s| s.len() * 2 * size_of::<Sym>()).sum();
        let parts = [self.whos.size_bytes(), self.sets.size_bytes(), self.classes.size_bytes()];
        names + parts.iter().sum::<usize>() + self.cells.size_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELL: Cell = Cell { class: 0, book: Book::Sync, stack: StackIx(7), waiter: StackIx(0) };

    #[test]
    fn regions_nest_and_end_in_any_order() {
        let mut k = Kinds::default();
        let (a, b) = (Sym(5), Sym(3));
        let in_a = k.set_behind(0, a, true);
        let both = k.set_behind(in_a, b, true);
        let twice = k.set_behind(both, a, true);
        assert_eq!(k.set_behind(twice, a, false), both);
        let in_b = k.set_behind(both, a, false);
        assert_ne!(in_a, in_b);
        // One that began before the trace.
        assert_eq!(k.set_behind(in_b, a, false), in_b);
        assert_eq!((k.set_behind(in_b, b, false), k.set_behind(0, a, false)), (0, 0));
        assert_eq!((k.find_set_behind(in_a, b, true), k.find_set_behind(in_b, b, true)), (Some(both), None));
        assert!(!k.is_mixed);
    }

    #[test]
    fn too_many_regions_are_not_told_apart() {
        let mut k = Kinds::default();
        let who = k.who(Who::Function(Sym(1)));
        let (before, mut set) = (k.cell(who, 0, CELL), 0);
        for _ in 0..=DEPTH {
            set = k.set_behind(set, Sym(9), true);
        }
        assert!(k.is_mixed && set == 0);
        // What was told before is still found, the rest as of nobody.
        let behind = k.cell(who, 0, Cell { stack: StackIx(8), ..CELL });
        assert_eq!(k.find_cell(who, 0, CELL), Some(before));
        assert_eq!(k.find_cell(who, 0, Cell { stack: StackIx(8), ..CELL }), Some(behind));
        assert_eq!(k.cell_of(behind).map(|c| c.class), Some(0));
        assert_eq!(k.find_set_behind(DEPTH as u32, Sym(9), true), Some(0));
    }
}
