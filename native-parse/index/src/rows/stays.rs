//! What goroutines were in, one stretch after another, over a part of the trace.

use tracewell_order::{Event, Flow, Stage, Sym};
use tracewell_source::SeededMap;
use tracewell_wire::Header;

use super::book::Book;
use super::machine::{Cause, GoMachine, Step, Steps, Was};
use crate::index::Segment;
use crate::span::SpanState;
use crate::window::{Watch, tell_part};

/// A goroutine was in a state from `start` to `end`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stay {
    pub g: i64,
    /// Place of its life in the book.
    pub life: u32,
    pub start: i64,
    pub end: i64,
    pub state: SpanState,
    /// Of waits.
    pub reason: Sym,
}

#[derive(Clone, Copy)]
struct Open {
    start: i64,
    state: SpanState,
    reason: Sym,
}

struct Told<'c> {
    book: &'c Book,
    from: i64,
    open: SeededMap<i64, Open>,
    see: &'c mut dyn FnMut(&Stay),
}

impl Told<'_> {
    fn close(&mut self, g: i64, o: Open, end: Option<i64>, behind: usize) {
        let Some(life) = self.book.lives.find(g, o.start) else { return };
        let end = end.or_else(|| {
            let facts = self.book.lives.get(life)?;
            Some(self.book.next_step(life, &facts, behind))
        });
        let Open { start, state, reason } = o;
        (self.see)(&Stay { g, life, start, end: end.unwrap_or(start).max(start), state, reason });
    }
}

impl Steps for Told<'_> {
    fn step(&mut self, g: i64, _tag: u32, s: &Step, _was: Option<Was>) {
        if let Some(o) = self.open.remove(&g) {
            self.close(g, o, Some(s.at), 0);
        }
        // What is only mentioned anew has been in that state since before.
        let is_old = s.cause == Cause::Mention && {
            let life = self.book.lives.find(g, s.at).and_then(|l| self.book.lives.get(l));
            life.is_none_or(|l| l.start < self.from)
        };
        if s.state != SpanState::Idle && !is_old {
            self.open.insert(g, Open { start: s.at, state: s.state, reason: s.reason });
        }
    }
}

struct Collect<'c> {
    machine: GoMachine,
    out: Told<'c>,
}

impl Watch for Collect<'_> {
    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) -> Flow {
        self.machine.event(e, &mut self.out);
        Flow::Continue(())
    }
}

/// Shows each stay that begins in a segment, whose first piece is at `place`, however late it ends; in no order.
/// Cost: one pass over its bytes, and memory by the goroutines that move in it.
pub fn stays(
    bytes: &[u8],
    header: Header,
    (segment, place): (&Segment, usize),
    book: &Book,
    see: &mut dyn FnMut(&Stay),
) {
    let Some((piece, seed)) = book.piece(place).zip(book.seed(place)) else { return };
    let machine = seed.machine();
    let from = segment.from_nanos;
    let out = Told { book, from, open: SeededMap::default(), see };
    let mut collect = Collect { machine, out };
    tell_part(bytes, header, (segment, 0), None, book.symbols.clone(), &mut collect);
    let mut told = collect.out;
    let behind = book.first_of(piece.segment + 1);
    for (g, o) in std::mem::take(&mut told.open) {
        told.close(g, o, None, behind);
    }
}
