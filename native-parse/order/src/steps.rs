//! The loop over the events of one generation: who goes on next, what then happened, and who is told.

use std::ops::ControlFlow;

use tracewell_source::{Result, TraceError};
use tracewell_wire::{CpuSample, Tables};

use crate::event::{Event, Kind};
use crate::frontier::Frontier;
use crate::reader::{Carry, Flow, Sink, Stage};
use crate::record::Recorder;
use crate::rules::Judge;

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

/// The events of one step, at most three; room that is used again.
pub(crate) struct Queue {
    events: [Event; 3],
    len: usize,
}

impl Default for Queue {
    fn default() -> Self {
        let none = Event { time: 0, m: -1, p: -1, g: -1, kind: Kind::StackSample { stack: 0 } };
        Queue { events: [none; 3], len: 0 }
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
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Event> {
        self.events.iter_mut().take(self.len)
    }
}

impl Steps<'_, '_> {
    /// Delivers all events of the generation. Break: the sink stopped it. Errors: DAMAGED.
    pub fn run(&mut self, sink: &mut impl Sink) -> Result<Flow> {
        let tables = self.judge.tables;
        let mut samples = &tables.cpu_samples[..];
        let mut told = self.was_cut;
        loop {
            let least = self.frontier.min_time();
            if let Some((s, rest)) = samples.split_first()
                && least.is_none_or(|t| s.time < t)
            {
                samples = rest;
                self.judge.out.clear();
                self.judge.out.push(sample(s));
            } else if least.is_none() {
                return Ok(ControlFlow::Continue(()));
            } else {
                self.advance_one()?;
            }
            if !told && tables.has_missed() {
                told = true;
                if self.incomplete(sink).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            for event in self.judge.out.iter_mut() {
                self.recorder.delivered(event);
                event.time = self.carry.repair(event.time);
                let mut stage = Stage {
                    bytes: self.judge.bytes,
                    tables,
                    symbols: self.judge.symbols,
                    generation: self.generation,
                };
                if sink.event(event, &mut stage).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            if self.recorder.is_due() {
                self.place(tables.cpu_samples.len() - samples.len(), sink);
            }
        }
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

    /// Lets one thread advance by one event, which fills the queue. Compiled once, not for each sink.
    #[inline(never)]
    fn advance_one(&mut self) -> Result<()> {
        if self.try_advance(0)? {
            self.recorder.step(0);
            return Ok(());
        }
        self.detour()
    }

    /// The earliest thread cannot go on: the first that can, in order of time.
    #[inline(never)]
    fn detour(&mut self) -> Result<()> {
        let offset = self.frontier.lane(0).cursor.offset;
        self.frontier.sort();
        let sorting = self.frontier.len() as u64 / 8;
        for place in 1..self.frontier.len() {
            if self.try_advance(place)? {
                self.recorder.step(place);
                self.looks =
                    self.looks.checked_sub(place as u64 + sorting).ok_or_else(|| too_many_wait(offset))?;
                return Ok(());
            }
        }
        Err(TraceError::damaged(
            offset,
            "No thread can go on from here: events are missing or damaged, so their order cannot be told",
        ))
    }

    #[inline(always)]
    fn try_advance(&mut self, place: usize) -> Result<bool> {
        self.judge.out.clear();
        let lane = self.frontier.lane(place);
        if !self.judge.advance(lane)? {
            return Ok(false);
        }
        let (bytes, tables): (&[u8], &Tables) = (self.judge.bytes, self.judge.tables);
        if lane.cursor.next(bytes, tables)? {
            self.frontier.update(place);
        } else {
            self.frontier.remove(place);
        }
        Ok(true)
    }
}

fn sample(s: &CpuSample) -> Event {
    let g = if s.g == 0 { -1 } else { s.g as i64 };
    Event { time: s.time, m: s.m as i64, p: s.p as i64, g, kind: Kind::StackSample { stack: s.stack } }
}

#[cold]
fn too_many_wait(offset: u64) -> TraceError {
    TraceError::damaged(
        offset,
        "Too many threads wait for each other from here on: their order cannot be found in a reasonable time",
    )
}
