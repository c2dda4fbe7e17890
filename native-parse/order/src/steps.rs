//! The loop over the events of one generation: who goes on next, what then happened, and who is told.

use std::ops::ControlFlow;

use tracewell_source::{Result, TraceError};
use tracewell_wire::{CpuSample, Tables};

use crate::event::{Event, Kind};
use crate::frontier::Frontier;
use crate::reader::{Carry, Flow, Sink, Stage};
use crate::record::Recorder;
use crate::rules::{Attempt, Judge};

/// Threads that may be looked at in a generation because the earliest could not go on: a file with very many that wait
/// for each other would else take time by the square of its size. No program comes near.
pub(crate) const LOOKS: u64 = 1 << 26;
pub(crate) const LOOKS_A_BYTE: u64 = 128;

/// A generation that is being ordered. Everything that an event needs is at hand here, so that nothing is looked up or
/// copied between one event and the next.
pub(crate) struct Steps<'o, 'b> {
    pub judge: Judge<'o, 'b>,
    pub carry: &'o mut Carry,
    pub frontier: Frontier,
    pub recorder: Recorder,
    pub looks: u64,
    /// Place of the generation in the file.
    pub generation: u32,
    /// It was known from the begin that tables are missing.
    pub was_cut: bool,
}

/// Events that are delivered together: what is at hand for one need not be found again for the next.
const BLOCK: usize = 64;
/// A step has at most so many.
const STEP: usize = 3;

/// Events on their way to the sink; room that is used again.
pub(crate) struct Queue {
    events: [Event; BLOCK + STEP],
    len: usize,
}

impl Default for Queue {
    fn default() -> Self {
        let none = Event { time: 0, m: -1, p: -1, g: -1, kind: Kind::StackSample { stack: 0 } };
        Queue { events: [none; BLOCK + STEP], len: 0 }
    }
}

impl Queue {
    #[inline(always)]
    pub fn clear(&mut self) {
        self.len = 0;
    }

    #[inline(always)]
    pub fn push(&mut self, event: Event) {
        if let Some(place) = self.events.get_mut(self.len) {
            *place = event;
            self.len += 1;
        }
    }

    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// No step more fits in.
    #[inline(always)]
    fn is_full(&self) -> bool {
        self.len >= BLOCK
    }

    /// Those from place `from` on.
    #[inline(always)]
    pub fn since(&mut self, from: usize) -> &mut [Event] {
        let len = self.len.min(BLOCK + STEP);
        self.events[..len].get_mut(from..).unwrap_or_default()
    }
}

/// Why no more events are put in order for now.
enum Until {
    /// What is in the queue is to be delivered.
    Delivered,
    /// The generation is over.
    Over,
}

impl Steps<'_, '_> {
    /// Delivers all events of the generation. Break: the sink stopped it. Errors: DAMAGED.
    pub fn run(&mut self, sink: &mut impl Sink) -> Result<Flow> {
        let tables = self.judge.tables;
        let mut samples = &tables.cpu_samples[..];
        let mut told = self.was_cut;
        loop {
            self.judge.out.clear();
            let until = self.fill(&mut samples);
            if !told && tables.has_missed() && !self.judge.out.is_empty() {
                told = true;
                if self.incomplete(sink).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            self.repair();
            let mut stage = Stage {
                bytes: self.judge.bytes,
                tables,
                symbols: self.judge.symbols,
                generation: self.generation,
            };
            if sink.events(self.judge.out.since(0), &mut stage).is_break() {
                return Ok(ControlFlow::Break(()));
            }
            match until {
                Ok(Until::Delivered) => {}
                Ok(Until::Over) => return Ok(ControlFlow::Continue(())),
                Err(e) => return Err(*e),
            }
            if self.recorder.is_due() {
                self.place(tables.cpu_samples.len() - samples.len(), sink);
            }
        }
    }

    /// Puts events in order, as many as are delivered together. Compiled once, not for each sink.
    #[inline(never)]
    fn fill(&mut self, samples: &mut &[CpuSample]) -> std::result::Result<Until, Box<TraceError>> {
        // What is missing is told before the events of the step that misses it.
        let one_step = self.judge.tables.may_miss();
        loop {
            let Some(least) = self.frontier.min_time() else {
                let Some((s, rest)) = samples.split_first() else { return Ok(Until::Over) };
                *samples = rest;
                self.judge.out.push(sample(s));
                if self.judge.out.is_full() || one_step {
                    return Ok(Until::Delivered);
                }
                continue;
            };
            if let Some((s, rest)) = samples.split_first()
                && s.time < least
            {
                *samples = rest;
                self.judge.out.push(sample(s));
            } else {
                match self.try_advance(0)? {
                    Attempt::Done => self.recorder.step(0),
                    Attempt::Deliver => return Ok(Until::Delivered),
                    Attempt::NotYet => {
                        if self.detour()? == Attempt::Deliver {
                            return Ok(Until::Delivered);
                        }
                    }
                }
            }
            if self.judge.out.is_full() || self.recorder.is_due() || one_step {
                return Ok(Until::Delivered);
            }
        }
    }

    /// Gives the events of the queue the times that they are delivered with.
    #[inline]
    fn repair(&mut self) {
        // A copy, so that it stays in registers.
        let mut carry = *self.carry;
        for event in self.judge.out.since(0) {
            self.recorder.delivered(event);
            event.time = carry.repair(event.time);
        }
        *self.carry = carry;
    }

    fn stage(&mut self) -> Stage<'_> {
        Stage {
            bytes: self.judge.bytes,
            tables: self.judge.tables,
            symbols: self.judge.symbols,
            generation: self.generation,
        }
    }

    /// A place of the record, where one is due.
    #[cold]
    fn place(&mut self, samples: usize, sink: &mut impl Sink) {
        if self.recorder.place(&mut self.frontier, self.judge.state, self.carry, samples) {
            sink.place(&mut self.stage());
        }
    }

    /// The Sync with which the reference ends where the tables do not hold what an event names: here the rest follows, as
    /// far as its events agree with each other.
    #[cold]
    fn incomplete(&mut self, sink: &mut impl Sink) -> Flow {
        // Not counted: it begins no generation.
        let (number, time) = (self.carry.syncs + 1, self.carry.repair(self.carry.last));
        let event = Event { time, m: -1, p: -1, g: -1, kind: Kind::Sync { number, clock: None } };
        sink.event(&event, &mut self.stage())
    }

    /// The earliest thread cannot go on: the first that can, in order of time. Never answers `NotYet`.
    #[inline(never)]
    fn detour(&mut self) -> std::result::Result<Attempt, Box<TraceError>> {
        let (offset, from) = (self.frontier.lane(0).cursor.offset, self.judge.out.len);
        self.frontier.sort();
        let sorting = self.frontier.len() as u64 / 8;
        for place in 1..self.frontier.len() {
            match self.try_advance(place)? {
                Attempt::NotYet => {}
                Attempt::Deliver => return Ok(Attempt::Deliver),
                Attempt::Done => {
                    self.recorder.step(place);
                    let Some(looks) = self.looks.checked_sub(place as u64 + sorting) else {
                        self.judge.out.len = from;
                        return Err(too_many_wait(offset));
                    };
                    self.looks = looks;
                    return Ok(Attempt::Done);
                }
            }
        }
        let why =
            "No thread can go on from here: events are missing or damaged, so their order cannot be told";
        Err(Box::new(TraceError::damaged(offset, why)))
    }

    #[inline(always)]
    fn try_advance(&mut self, place: usize) -> std::result::Result<Attempt, Box<TraceError>> {
        let from = self.judge.out.len;
        let lane = self.frontier.lane(place);
        let attempt = self.judge.advance(lane);
        if !matches!(attempt, Ok(Attempt::Done)) {
            self.judge.out.len = from;
            return attempt;
        }
        let (bytes, tables): (&[u8], &Tables) = (self.judge.bytes, self.judge.tables);
        match lane.cursor.step(bytes, tables) {
            Ok(true) => {
                let time = lane.cursor.event.time;
                self.frontier.update(place, time);
            }
            Ok(false) => self.frontier.remove(place),
            Err(e) => {
                self.judge.out.len = from;
                return Err(e);
            }
        }
        Ok(Attempt::Done)
    }
}

fn sample(s: &CpuSample) -> Event {
    let g = if s.g == 0 { -1 } else { s.g as i64 };
    Event { time: s.time, m: s.m as i64, p: s.p as i64, g, kind: Kind::StackSample { stack: s.stack } }
}

#[cold]
fn too_many_wait(offset: u64) -> Box<TraceError> {
    let why =
        "Too many threads wait for each other from here on: their order cannot be found in a reasonable time";
    Box::new(TraceError::damaged(offset, why))
}
