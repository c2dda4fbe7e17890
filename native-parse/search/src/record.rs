//! What a query can be asked of.

use crate::field::{Field, State};

/// A text of a record.
#[derive(Clone, Copy, Debug)]
pub enum Text<'a> {
    /// It comes again under the same number: what was found out about it is remembered. `Matcher::forget` says when
    /// numbers mean other texts.
    Known(u32, &'a str),
    Once(&'a str),
}

impl<'a> Text<'a> {
    pub fn as_str(self) -> &'a str {
        match self {
            Text::Known(_, t) | Text::Once(t) => t,
        }
    }
}

/// Receives texts; true ends the showing.
pub type See<'s> = dyn FnMut(Text<'_>) -> bool + 's;

/// An event, a span, a row of a table: whatever has fields. A field that it has not never matches.
pub trait Record {
    /// Numbers, times and durations, in ns.
    fn number(&self, _field: Field) -> Option<i64> {
        None
    }
    /// The same of a field that may have two.
    fn numbers(&self, field: Field) -> [Option<i64>; 2] {
        [self.number(field), None]
    }
    fn state(&self) -> Option<State> {
        None
    }
    /// Place in `order::event::KIND_NAMES`.
    fn kind(&self) -> Option<usize> {
        None
    }
    /// Shows the texts of a field.
    fn texts(&self, _field: Field, _see: &mut See<'_>) {}
    /// Shows all names: what a bare text is looked for in.
    fn names(&self, _see: &mut See<'_>) {}
    /// Ids of its stacks; 0 is none.
    fn stacks(&self) -> [u64; 2] {
        [0; 2]
    }
    /// Shows the frames of a stack as `func@line`, leaf first.
    fn frames(&self, _stack: u64, _see: &mut dyn FnMut(&str) -> bool) {}
}
