//! Counts that every opening of a trace makes.

use tracewell_order::event::{Clock, KIND_NAMES};
use tracewell_order::wall_clock::rfc3339;
use tracewell_order::{Event, GoState, Kind, Metric};
use tracewell_source::SeededSet;

use crate::ids::IdSet;

/// Processors above this are no processors, in traces of Go before 1.22.
const FIRST_MADE_UP: i64 = 1_000_000;

/// Place of state transitions in `KIND_NAMES`.
const TRANSITION: usize = 1;

#[derive(Clone, Default)]
pub struct Facts {
    /// By place in `KIND_NAMES`.
    pub kinds: [u64; KIND_NAMES.len()],
    pub procs: SeededSet<i64>,
    /// Rows that Go before 1.22 makes up for timers, network, system calls and the collector.
    pub made_up_procs: SeededSet<i64>,
    pub threads: SeededSet<i64>,
    pub goroutines: IdSet,
    pub gomaxprocs: Option<u64>,
    pub clock: Option<Clock>,
    /// Threads that were lately added, one more than their number, by its last bits.
    recent: [i64; 16],
    /// One more than the number of the last event's thread.
    last_thread: i64,
}

impl Facts {
    #[inline]
    pub fn add(&mut self, e: &Event) {
        // Mostly one thread goes on for a while.
        if self.last_thread != e.m.wrapping_add(1) {
            self.thread(e.m);
        }
        if e.p > FIRST_MADE_UP {
            self.made_up_procs.insert(e.p);
        }
        // Nearly all are these.
        if let Kind::GoTransition { g, from, .. } = e.kind {
            self.kinds[TRANSITION] += 1;
            // Every goroutine and processor is mentioned by a status or its creation before anything else.
            if matches!(from, GoState::Undetermined | GoState::NotExist) {
                self.goroutines.insert(g);
            }
        } else {
            self.add_other(e);
        }
    }

    #[inline(never)]
    fn thread(&mut self, m: i64) {
        self.last_thread = m.wrapping_add(1);
        let recent = &mut self.recent[m as usize & 15];
        if *recent != m.wrapping_add(1) && m >= 0 {
            *recent = m.wrapping_add(1);
            self.threads.insert(m);
        }
    }

    fn add_other(&mut self, e: &Event) {
        self.kinds[e.kind_index()] += 1;
        match e.kind {
            Kind::ProcTransition { proc, .. } => {
                self.procs.insert(proc);
            }
            Kind::StackSample { .. } => {
                if e.p >= 0 {
                    self.procs.insert(e.p);
                }
                if e.g >= 0 {
                    self.goroutines.insert(e.g);
                }
            }
            Kind::Metric { metric: Metric::GoMaxProcs, value, .. } => self.gomaxprocs = Some(value),
            Kind::Sync { clock: Some(c), .. } if self.clock.is_none() => self.clock = Some(c),
            _ => {}
        }
    }

    /// Adds what was counted in the next part of the trace.
    pub fn merge(&mut self, next: &Facts) {
        for (a, b) in self.kinds.iter_mut().zip(next.kinds) {
            *a += b;
        }
        self.procs.extend(&next.procs);
        self.made_up_procs.extend(&next.made_up_procs);
        self.threads.extend(&next.threads);
        self.goroutines.merge(&next.goroutines);
        self.gomaxprocs = next.gomaxprocs.or(self.gomaxprocs);
        self.clock = self.clock.or(next.clock);
    }

    pub fn events(&self) -> u64 {
        self.kinds.iter().sum()
    }

    /// Kinds that occur, and how often.
    pub fn kinds(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        KIND_NAMES.iter().copied().zip(self.kinds).filter(|(_, n)| *n > 0)
    }

    /// Wall clock of the first event, whose absolute time is `zero`; None where the trace has no clock.
    pub fn started(&self, zero: i64) -> Option<String> {
        self.clock.map(|c| rfc3339(&c, zero - c.trace_nanos))
    }

    /// Processors and what stands for one, as the reference counts them.
    pub fn sorted_procs_with_made_up(&self) -> Vec<i64> {
        let mut v: Vec<i64> = self.procs.union(&self.made_up_procs).copied().collect();
        v.sort_unstable();
        v
    }

    pub fn sorted_procs(&self) -> Vec<i64> {
        let mut v: Vec<i64> = self.procs.iter().copied().collect();
        v.sort_unstable();
        v
    }
}
