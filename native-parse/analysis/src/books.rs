//! Two ways to keep the books of goroutines' time behind one trait: what is right, from the state machine of lives, and
//! what the reference reckons (`reference_book`).

use rustc_hash::FxHashMap;
use tracewell_order::{Event, Stage, Sym};

use crate::lives::{Life, LifeMachine, LifeSpan, LifeState, Lives};
use crate::stats::{Clip, Stats};

/// The begin or end of a goroutine, found by an event.
#[derive(Debug)]
pub enum Turn {
    /// `creator`: -1 when nobody made it within the trace.
    Begin {
        g: i64,
        creator: i64,
    },
    /// Nothing of it counts any more, though the trace may name it again.
    Final {
        g: i64,
        is_system: bool,
    },
    End(Done),
}

/// A life at its end.
#[derive(Debug)]
pub struct Done {
    pub g: i64,
    pub name: Sym,
    /// Of the runtime, or without a name; told by the reference's book only.
    pub is_system: bool,
    pub creation: i64,
    pub first_run: Option<i64>,
    /// None: it lives when the trace ends.
    pub end: Option<i64>,
    /// Without ranges, which `summary` adds.
    pub stats: Stats,
}

pub trait Book {
    /// True: regions are passed on to goroutines made within them, and other habits of the reference.
    const AS_REFERENCE: bool;
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>);
    /// What the last event, or the end, turned up.
    fn take_turns(&mut self) -> Vec<Turn>;
    /// The sums of a living goroutine at time `t`.
    fn snapshot(&self, g: i64, t: i64) -> Stats;
    fn finish(&mut self, t: i64);
}

/// Time as it was: the definitions of `lives`.
pub struct RightBook {
    machine: LifeMachine,
    sums: Sums,
}

struct Sums {
    clip: Clip,
    calls_run: bool,
    of: FxHashMap<i64, Stats>,
    turns: Vec<Turn>,
}

impl Lives for Sums {
    fn born(&mut self, life: &Life) {
        self.of.insert(life.g, Stats::default());
        self.turns.push(Turn::Begin { g: life.g, creator: life.creator });
    }
    fn span(&mut self, life: &Life, s: &LifeSpan) {
        if let Some(stats) = self.of.get_mut(&life.g) {
            let state =
                if self.calls_run && s.state == LifeState::Syscall { LifeState::Running } else { s.state };
            stats.add(state, s.reason, self.clip.nanos(s.start, s.end));
        }
    }
    fn gone(&mut self, life: &Life, end: i64, alive: bool) {
        let mut stats = self.of.remove(&life.g).unwrap_or_default();
        stats.total = self.clip.nanos(life.start, end);
        self.turns.push(Turn::End(Done {
            g: life.g,
            name: life.name,
            is_system: false,
            creation: life.start,
            first_run: life.first_run,
            end: (!alive).then_some(end),
            stats,
        }));
    }
}

impl RightBook {
    pub fn new(clip: Clip) -> RightBook {
        let sums = Sums { clip, calls_run: false, of: FxHashMap::default(), turns: Vec::new() };
        RightBook { machine: LifeMachine::default(), sums }
    }

    /// Counts a system call that holds its processor as execution, as the tools of Go 1.5 to 1.10 did with traces of
    /// theirs: they tell the end of a call only if it lost its processor, so all other calls are in `exec` anyway.
    pub fn with_calls_as_execution(mut self, is: bool) -> RightBook {
        self.sums.calls_run = is;
        self
    }
}

impl Book for RightBook {
    const AS_REFERENCE: bool = false;

    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        self.machine.event(e, stage, &mut self.sums);
    }
    fn take_turns(&mut self) -> Vec<Turn> {
        std::mem::take(&mut self.sums.turns)
    }
    fn snapshot(&self, g: i64, t: i64) -> Stats {
        let mut stats = self.sums.of.get(&g).cloned().unwrap_or_default();
        if let Some((state, since, reason)) = self.machine.open(g) {
            stats.add(state, reason, self.sums.clip.nanos(since, t));
        }
        stats.total = self.machine.life(g).map_or(0, |l| self.sums.clip.nanos(l.start, t));
        stats
    }
    fn finish(&mut self, t: i64) {
        self.machine.finish(t, &mut self.sums);
    }
}
