//! Wake-ups that no goroutine made, at every scale, from a pass that looks for nothing else: View trace shows them from the
//! begin, and the book of rows takes several times as long.

use std::ops::ControlFlow;

use tracewell_order::{Carry, Event, Flow, GenerationSummary, Reader, Resume, Sink, Stage, Sym, Symbols};
use tracewell_source::{Result, Source, TraceError};

use super::machine::{GoMachine, Step, Steps, Was};
use super::window::WakeupSource;
use crate::buckets::StateBucket;
use crate::pyramid::{Lane, TOP_LEVEL};
use crate::span::SpanState;

/// The finest level at the begin, and the most buckets of it: no more than the book's, so that what is answered from here is
/// answered from its lanes too.
const FIRST_BASE: u32 = 12;
const MOST_BUCKETS: u64 = 1 << 15;

/// Counts one that happens at a time.
pub(super) fn add_wakeup(lane: &mut Lane<StateBucket>, at: i64) {
    lane.add(at, at + 1, |b, n, first| b.add(SpanState::Runnable, n, first));
}

/// What the book of rows has of wake-ups too. Some hundred KB.
pub struct Wakeups {
    base: u32,
    lanes: [Lane<StateBucket>; 3],
}

impl Wakeups {
    /// Reads a trace for them. `go_on` is asked now and then. Errors: those of `Reader`; CANCELLED. Cost: a pass on this thread,
    /// a quarter of the book's.
    pub fn read(source: &Source, start: u64, go_on: &dyn Fn() -> bool) -> Result<Wakeups> {
        let mut collect = Collect { machine: GoMachine::default(), found: Wakeups::default(), go_on };
        if Reader::new(source.bytes(), start)?.run(&mut collect)? {
            Ok(collect.found)
        } else {
            Err(TraceError::cancelled())
        }
    }

    /// The finest level of its lanes.
    pub fn base(&self) -> u32 {
        self.base
    }

    /// By `WakeupSource`.
    pub fn lane(&self, source: u32) -> Option<&Lane<StateBucket>> {
        self.lanes.get(source as usize)
    }

    fn add(&mut self, source: WakeupSource, at: i64) {
        while at.max(0) as u64 >> self.base >= MOST_BUCKETS && self.base < TOP_LEVEL {
            self.base += 1;
            self.lanes.iter_mut().for_each(Lane::drop_finest);
        }
        add_wakeup(&mut self.lanes[source as usize], at);
    }
}

impl Default for Wakeups {
    fn default() -> Self {
        Wakeups { base: FIRST_BASE, lanes: std::array::from_fn(|_| Lane::new(FIRST_BASE)) }
    }
}

struct Collect<'g> {
    machine: GoMachine,
    found: Wakeups,
    go_on: &'g dyn Fn() -> bool,
}

impl Collect<'_> {
    fn go_on(&self) -> Flow {
        if (self.go_on)() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }
}

impl Sink for Collect<'_> {
    #[inline]
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.machine.event(e, &mut Told { found: &mut self.found, symbols: stage.symbols });
        ControlFlow::Continue(())
    }

    fn end_generation(&mut self, _s: &GenerationSummary, _c: &Carry, _stage: &mut Stage<'_>) -> Flow {
        self.go_on()
    }

    fn border(
        &mut self,
        _s: &GenerationSummary,
        _c: &Carry,
        _r: &dyn Fn() -> Resume,
        _stage: &mut Stage<'_>,
    ) -> Flow {
        self.go_on()
    }
}

/// Takes steps while texts are at hand.
struct Told<'w> {
    found: &'w mut Wakeups,
    symbols: &'w Symbols,
}

impl Steps for Told<'_> {
    #[inline]
    fn step(&mut self, _g: i64, _tag: u32, s: &Step, was: Option<Was>) {
        let reason = || was.map_or(Sym::EMPTY, |w| w.reason);
        if let Some(source) = WakeupSource::of(s, self.symbols, reason) {
            self.found.add(source, s.at);
        }
    }
}
