//! Runs a fold over a whole trace, or over what can be read of it.

use tracewell_index::{Lanes, Machine, initial_states};
use tracewell_order::{Event, Flow, Reader, Sink, Stage};
use tracewell_source::{Result, TraceError};

use crate::lives::{LifeMachine, Lives};

/// What remains to be said after a pass.
pub struct Outcome {
    /// Why reading ended before the end of the file.
    pub damage: Option<TraceError>,
    /// Offset of the header of another trace in the file.
    pub next_trace: Option<u64>,
    /// All before this offset was read.
    pub read_to: u64,
    /// ns of the last event, and absolute ns of the first.
    pub end_nanos: i64,
    pub zero_nanos: i64,
    pub generations: u32,
}

/// Feeds every event of the trace at `start` to a sink. Errors: those of `Reader`, when nothing can be shown.
pub fn events(bytes: &[u8], start: u64, sink: &mut impl Sink) -> Result<Outcome> {
    let mut reader = Reader::new(bytes, start)?;
    reader.run(sink)?;
    let carry = *reader.carry();
    let zero = carry.zero.unwrap_or(0);
    Ok(Outcome {
        damage: reader.damage().cloned(),
        next_trace: reader.next_trace(),
        read_to: reader.pos(),
        end_nanos: carry.last - zero,
        zero_nanos: zero,
        generations: carry.syncs.saturating_sub(1),
    })
}

struct Driver<'l, L, W> {
    machine: Machine,
    lanes: &'l mut L,
    watch: W,
    last: i64,
}

impl<L: Lanes, W: FnMut(&Event, &mut Stage<'_>, &mut L)> Sink for Driver<'_, L, W> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.last = e.time;
        (self.watch)(e, stage, self.lanes);
        self.machine.event(e, stage.symbols, self.lanes);
        Flow::Continue(())
    }
}

/// Feeds spans and counter steps of the whole trace to `lanes`; `text` of symbols comes back for labels.
pub fn lanes<L: Lanes>(
    bytes: &[u8],
    start: u64,
    lanes: &mut L,
) -> Result<(Outcome, tracewell_order::Symbols)> {
    watched_lanes(bytes, start, lanes, |_, _, _| {})
}

/// As `lanes`; `watch` sees each event before it changes anything.
pub fn watched_lanes<L: Lanes>(
    bytes: &[u8],
    start: u64,
    lanes: &mut L,
    watch: impl FnMut(&Event, &mut Stage<'_>, &mut L),
) -> Result<(Outcome, tracewell_order::Symbols)> {
    let initial = initial_states(bytes, start)?;
    let machine = Machine::with_initial(&initial, lanes);
    let mut driver = Driver { machine, lanes, watch, last: 0 };
    let mut reader = Reader::new(bytes, start)?;
    reader.run(&mut driver)?;
    let Driver { mut machine, lanes, last, .. } = driver;
    machine.finish(last, lanes);
    let outcome = outcome(&reader, last);
    Ok((outcome, reader.into_symbols()))
}

struct LivesDriver<'l, L> {
    machine: LifeMachine,
    lives: &'l mut L,
    last: i64,
}

impl<L: Lives> Sink for LivesDriver<'_, L> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.last = e.time;
        self.machine.event(e, stage, self.lives);
        if self.lives.is_done() { Flow::Break(()) } else { Flow::Continue(()) }
    }
}

/// Feeds lives, states and flows of the goroutines of the whole trace to `lives`; texts come back for names.
pub fn lives<L: Lives>(
    bytes: &[u8],
    start: u64,
    lives: &mut L,
) -> Result<(Outcome, tracewell_order::Symbols)> {
    let mut driver = LivesDriver { machine: LifeMachine::default(), lives, last: 0 };
    let mut reader = Reader::new(bytes, start)?;
    reader.run(&mut driver)?;
    let LivesDriver { mut machine, lives, last } = driver;
    if !lives.is_done() {
        machine.finish(last, lives);
    }
    let outcome = outcome(&reader, last);
    Ok((outcome, reader.into_symbols()))
}

/// What a reader says after its pass; `end_nanos`: time of the last event.
pub fn outcome(reader: &Reader<'_>, end_nanos: i64) -> Outcome {
    let carry = reader.carry();
    Outcome {
        damage: reader.damage().cloned(),
        next_trace: reader.next_trace(),
        read_to: reader.pos(),
        end_nanos,
        zero_nanos: carry.zero.unwrap_or(0),
        generations: carry.syncs.saturating_sub(1),
    }
}
