//! One reading of the trace on behalf of questions that wait for it: how far it is, and whether anybody still waits.

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};

use tracewell_order::{Carry, Event, Flow, GenerationSummary, Reader, Sink, Stage, Symbols};
use tracewell_source::{Result, Source, TraceError, bound_pages};
use tracewell_wire::header;

use crate::lives::{LifeMachine, Lives};

/// Events between two looks at the clock of a pass, and about their bytes.
const STEP: u64 = 1 << 14;
const STEP_BYTES: usize = 6 << 14;

/// A generation that reading may begin at: what was read before it is not needed for what begins in it.
#[derive(Clone, Copy)]
pub struct Begin {
    /// ns of its begin.
    pub from: i64,
    pub start: u64,
    pub carry: Carry,
}

/// The last of `begins` that is not behind time `t`; None: the trace's begin.
pub fn begin_at(begins: &[Begin], t: i64) -> Option<Begin> {
    begins.partition_point(|b| b.from <= t).checked_sub(1).and_then(|i| begins.get(i)).copied()
}

/// Where a trace lies.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub source: &'a Source,
    /// Offset of its header.
    pub start: u64,
    /// ns of its last event, as far as it is known; 0: not at all.
    pub duration: i64,
}

/// What those who wait see of a pass.
#[derive(Default)]
pub struct State {
    pub stop: AtomicBool,
    /// ns that were read, of so many.
    pub at: AtomicI64,
    pub of: AtomicI64,
    dropped: AtomicU64,
}

impl State {
    /// 0..1.
    pub fn done(&self) -> f64 {
        let of = self.of.load(Ordering::Relaxed);
        if of <= 0 { 0.0 } else { (self.at.load(Ordering::Relaxed) as f64 / of as f64).clamp(0.0, 1.0) }
    }
}

pub struct Pass<'a> {
    place: Place<'a>,
    state: &'a State,
}

impl<'a> Pass<'a> {
    pub fn new(place: Place<'a>, state: &'a State) -> Pass<'a> {
        state.of.store(place.duration, Ordering::Relaxed);
        Pass { place, state }
    }
    pub fn bytes(&self) -> &'a [u8] {
        self.place.source.bytes()
    }
    pub fn start(&self) -> u64 {
        self.place.start
    }

    /// After each event: Break when nobody waits any more.
    #[inline]
    pub fn step(&self, events: u64, time: i64) -> Flow {
        if events.is_multiple_of(STEP) {
            self.state.at.store(time, Ordering::Relaxed);
            bound_pages(STEP_BYTES);
            if self.state.stop.load(Ordering::Relaxed) {
                return Flow::Break(());
            }
        }
        Flow::Continue(())
    }

    /// All before `end` was read.
    pub fn behind(&self, end: u64) {
        let from = self.state.dropped.swap(end, Ordering::Relaxed);
        self.place.source.drop_behind(from as usize, end as usize);
    }

    /// Reads from the begin of a generation on. Errors: those of `header::read`.
    pub fn reader_at(&self, begin: Begin, symbols: Symbols) -> Result<Reader<'a>> {
        let bytes = self.bytes();
        let head = header::read(bytes.get(self.start() as usize..).unwrap_or_default())?;
        Ok(Reader::at_generation(bytes, head, begin.start, begin.carry, symbols))
    }

    /// What was read is not needed soon.
    pub fn drop_between(&self, from: u64, to: u64) {
        self.place.source.drop_behind(from as usize, to as usize);
    }

    /// Break when nobody waits any more.
    pub fn look(&self) -> Flow {
        if self.state.stop.load(Ordering::Relaxed) { Flow::Break(()) } else { Flow::Continue(()) }
    }

    /// Errors: CANCELLED where the reader was stopped on behalf of `step`.
    pub fn ended(&self, whole: bool) -> Result<()> {
        if whole || !self.state.stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        Err(TraceError::cancelled())
    }
}

/// Lives that are told when the trace ends, before what is still open is closed.
pub trait Follow: Lives {
    fn finish(&mut self) {}
    /// What goes on is to be followed to its own end, even behind that of the reading.
    fn is_open(&self) -> bool {
        false
    }
}

/// Feeds a life machine up to a time.
struct Following<'p, 'a, L> {
    pass: &'p Pass<'a>,
    machine: LifeMachine,
    lives: &'p mut L,
    until: i64,
    /// What lies behind is not told: behind damage the reader has a last word, which says that all was read.
    is_over: bool,
    events: u64,
    last: i64,
}

impl<L: Follow> Sink for Following<'_, '_, L> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.is_over |= e.time > self.until && !self.lives.is_open();
        if self.is_over {
            return Flow::Break(());
        }
        self.events += 1;
        self.last = e.time;
        self.machine.event(e, stage, self.lives);
        self.pass.step(self.events, e.time)
    }
    fn end_generation(&mut self, s: &GenerationSummary, _c: &Carry, _stage: &mut Stage<'_>) -> Flow {
        self.pass.behind(s.end);
        Flow::Continue(())
    }
}

impl Pass<'_> {
    /// Feeds what happened from the begin of a generation (None: all) until a time to `lives`; where the trace ends
    /// before, what is open then is closed by it, and else at that time. Goroutines that live at `begin` come as if the
    /// trace began there. Errors: those of `Reader`; CANCELLED. Cost: a pass over that time.
    pub fn lives(&self, lives: &mut impl Follow, begin: Option<Begin>, until: i64) -> Result<Symbols> {
        let mut reader = match begin {
            None => Reader::new(self.bytes(), self.start())?,
            Some(b) => {
                self.state.dropped.store(b.start, Ordering::Relaxed);
                self.reader_at(b, Symbols::default())?
            }
        };
        let (machine, is_over, events, last) = (LifeMachine::default(), false, 0, 0);
        let mut following = Following { pass: self, machine, lives, until, is_over, events, last };
        let whole = reader.run(&mut following)?;
        self.ended(whole)?;
        let Following { mut machine, lives, is_over, last, .. } = following;
        let whole = whole && !is_over;
        if whole {
            lives.finish();
        }
        machine.finish(if whole { last } else { until }, lives);
        Ok(reader.into_symbols())
    }
}
