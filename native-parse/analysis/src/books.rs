//! Two ways to keep the books of goroutines' time behind one trait: what is right, from the state machine of lives, and
//! what the reference reckons (`reference_book`).

use tracewell_order::{Event, Stage, Sym};
use tracewell_source::SeededMap;

use crate::lives::{Life, LifeMachine, LifeSpan, Lives};
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
    /// -1: nobody is named.
    pub creator: i64,
    /// It is older than the trace.
    pub older: bool,
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

pub(crate) struct Sums {
    clip: Clip,
    of: SeededMap<i64, Stats>,
    turns: Vec<Turn>,
}

impl Lives for Sums {
    fn born(&mut self, life: &Life) {
        self.of.insert(life.g, Stats::default());
        self.turns.push(Turn::Begin { g: life.g, creator: life.creator });
    }
    fn span(&mut self, life: &Life, s: &LifeSpan) {
        if let Some(stats) = self.of.get_mut(&life.g) {
            stats.add(s.state, s.reason, self.clip.nanos(s.start, s.end));
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
            creator: life.creator,
            older: life.older,
            first_run: life.first_run,
            end: (!alive).then_some(end),
            stats,
        }));
    }
}

impl RightBook {
    pub fn new(clip: Clip) -> RightBook {
        RightBook { machine: LifeMachine::default(), sums: Sums::new(clip) }
    }
}

impl Sums {
    pub fn new(clip: Clip) -> Sums {
        Sums { clip, of: SeededMap::default(), turns: Vec::new() }
    }
    pub fn take_turns(&mut self) -> Vec<Turn> {
        std::mem::take(&mut self.turns)
    }
    /// A goroutine that lives already.
    pub fn resume(&mut self, g: i64) {
        self.of.insert(g, Stats::default());
    }
    /// The sums of a living goroutine at time `t`; `machine` drives these sums.
    pub fn snapshot(&self, machine: &LifeMachine, g: i64, t: i64) -> Stats {
        let mut stats = self.of.get(&g).cloned().unwrap_or_default();
        if let Some((state, since, reason)) = machine.open(g) {
            stats.add(state, reason, self.clip.nanos(since, t));
        }
        stats.total = machine.life(g).map_or(0, |l| self.clip.nanos(l.start, t));
        stats
    }
}

impl Book for RightBook {
    const AS_REFERENCE: bool = false;

    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        self.machine.event(e, stage, &mut self.sums);
    }
    fn take_turns(&mut self) -> Vec<Turn> {
        self.sums.take_turns()
    }
    fn snapshot(&self, g: i64, t: i64) -> Stats {
        self.sums.snapshot(&self.machine, g, t)
    }
    fn finish(&mut self, t: i64) {
        self.machine.finish(t, &mut self.sums);
    }
}

#[cfg(test)]
mod tests {
    use tracewell_order::{GoState, Kind, ProcState, Symbols};
    use tracewell_wire::Tables;

    use super::*;
    use crate::reference_book::ReferenceBook;

    /// Time, thread, processor; a transition of goroutine 1, or (None) the processor going idle.
    type Told = (i64, i64, i64, Option<(GoState, GoState, &'static str)>);

    fn keep(book: &mut impl Book, told: &[Told], end: i64) -> Done {
        let (tables, mut symbols) = (Tables::none(), Symbols::default());
        for &(time, m, p, what) in told {
            let kind = match what {
                None => Kind::ProcTransition { proc: p, from: ProcState::Running, to: ProcState::Idle },
                Some((from, to, reason)) => {
                    let reason = symbols.intern(reason);
                    Kind::GoTransition { g: 1, from, to, reason, stack: 0, own_stack: 0 }
                }
            };
            let mut stage = Stage { bytes: &[], tables: &tables, symbols: &mut symbols, generation: 0 };
            book.event(&Event { time, m, p, g: -1, kind }, &mut stage);
        }
        book.finish(end);
        let mut done =
            book.take_turns().into_iter().filter_map(|t| if let Turn::End(d) = t { Some(d) } else { None });
        done.next_back().unwrap()
    }

    fn figures(d: &Done) -> [i64; 5] {
        [d.stats.exec, d.stats.sched_wait, d.stats.syscall, d.stats.syscall_block, d.stats.total]
    }

    use GoState::{NotExist, Runnable, Running, Syscall, Undetermined, Waiting};

    #[test]
    fn a_call_that_is_blocked_at_the_end_counts_once() {
        let told: [Told; 5] = [
            (10, 1, 0, Some((NotExist, Runnable, ""))),
            (20, 1, 0, Some((Runnable, Running, ""))),
            (50, 1, 0, Some((Running, Syscall, ""))),
            (70, -1, 0, None),
            (75, -1, 1, None),
        ];
        let right = keep(&mut RightBook::new(Clip::ALL), &told, 100);
        assert_eq!(figures(&right), [30, 10, 20, 30, 90]);
        // The reference: the whole call, and its blocked part once more.
        let reference = keep(&mut ReferenceBook::default(), &told, 100);
        assert_eq!(figures(&reference), [30, 10 + 30, 50, 0, 90]);
        let part = keep(&mut RightBook::new(Clip { from: 45, to: 80 }), &told, 100);
        assert_eq!(figures(&part), [5, 0, 20, 10, 35]);
    }

    #[test]
    fn a_wait_for_ever_is_a_wait() {
        let told: [Told; 2] =
            [(30, 1, 0, Some((Undetermined, Running, ""))), (40, 1, 0, Some((Running, Waiting, "forever")))];
        let right = keep(&mut RightBook::new(Clip::ALL), &told, 100);
        assert_eq!(
            (right.stats.exec, right.stats.block.len(), right.stats.total, right.end),
            (40, 1, 100, None)
        );
        let reference = keep(&mut ReferenceBook::default(), &told, 100);
        assert_eq!((reference.stats.block.len(), reference.stats.total, reference.end), (0, 40, Some(40)));
    }

    #[test]
    fn calls_of_c_threads_hold_no_processor() {
        let told: [Told; 3] = [
            (10, 1, -1, Some((NotExist, Syscall, ""))),
            (20, 1, 0, Some((Syscall, Running, ""))),
            (30, 1, 0, Some((Running, NotExist, ""))),
        ];
        let right = keep(&mut RightBook::new(Clip::ALL), &told, 100);
        assert_eq!((figures(&right), right.end), ([10, 0, 0, 10, 20], Some(30)));
    }
}
