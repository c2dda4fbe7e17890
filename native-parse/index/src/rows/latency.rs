//! Scheduler latency: how long goroutines had been runnable when they began to run.

use std::ops::ControlFlow;

use tracewell_order::{Event, Flow, Stage};
use tracewell_wire::Header;

use super::book::Book;
use super::machine::{GoMachine, Step, Steps, Was};
use crate::index::Segment;
use crate::span::SpanState;
use crate::window::{Prepared, Watch, tell_part};

/// Whether a goroutine that was runnable begins to run with this step.
fn begins_to_run(s: &Step) -> bool {
    s.from == SpanState::Runnable && matches!(s.state, SpanState::Running | SpanState::Assist)
}

/// Of a step with which a goroutine begins to run: since when it was runnable, in ns before.
pub(super) fn latency(s: &Step, was: Option<Was>) -> Option<i64> {
    was.filter(|_| begins_to_run(s)).map(|w| s.at.saturating_sub(w.since).max(0))
}

struct Collect<'c> {
    machine: GoMachine,
    out: Told<'c>,
    until: i64,
}

struct Told<'c> {
    book: &'c Book,
    place: usize,
    see: &'c mut dyn FnMut(i64, i64, i64),
}

impl Steps for Told<'_> {
    fn step(&mut self, g: i64, _tag: u32, s: &Step, was: Option<Was>) {
        if !begins_to_run(s) {
            return;
        }
        // What was runnable when the segment began is known to the book.
        let since = was.map(|w| w.since).or_else(|| {
            let life = self.book.lives.find(g, s.at)?;
            let facts = self.book.lives.get(life)?;
            self.book.carried(life, &facts, self.place).map(|c| c.since)
        });
        if let Some(since) = since {
            (self.see)(g, s.at, s.at.saturating_sub(since).max(0));
        }
    }
}

impl Watch for Collect<'_> {
    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) -> Flow {
        self.machine.event(e, &mut self.out);
        if e.time > self.until { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Shows goroutines of a segment that began to run, up to a time: which, when, and how long it had been runnable.
/// Cost: one pass over its bytes.
pub fn latencies(
    bytes: &[u8],
    header: Header,
    (segment, place): (&Segment, usize),
    prepared: Option<&Prepared>,
    book: &Book,
    until: i64,
    see: &mut dyn FnMut(i64, i64, i64),
) {
    let Some((piece, seed)) = book.piece(place).zip(book.seed(place)) else { return };
    let machine = seed.machine();
    let mut collect = Collect { machine, out: Told { book, place, see }, until };
    tell_part(bytes, header, (segment, piece.part), prepared, book.symbols.clone(), &mut collect);
}
