//! What the scheduler knows between two events: threads, processors, goroutines, the collector, tasks.

use tracewell_source::SeededMap;

use crate::claims::{Before, Claims};
use crate::goroutines::Goroutines;
use crate::symbols::Sym;
use crate::table::Table;

/// Goroutine status on the wire.
pub mod gs {
    pub const RUNNABLE: u8 = 1;
    pub const RUNNING: u8 = 2;
    pub const SYSCALL: u8 = 3;
    pub const WAITING: u8 = 4;
}

/// Processor status on the wire.
pub mod ps {
    pub const RUNNING: u8 = 1;
    pub const IDLE: u8 = 2;
    pub const SYSCALL: u8 = 3;
    /// In a system call of a thread that went on without it: what it did is lost.
    pub const ABANDONED: u8 = 4;
}

/// A sequence number and the generation it counts in: numbers begin anew in each.
#[derive(Clone, Copy, Default, Debug)]
pub struct Seq {
    pub generation: u64,
    pub n: u64,
}

impl Seq {
    pub fn new(generation: u64, n: u64) -> Seq {
        Seq { generation, n }
    }
    #[inline(always)]
    pub fn succeeds(self, before: Seq) -> bool {
        self.generation == before.generation && self.n == before.n.wrapping_add(1)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Thread {
    /// -1: none.
    pub g: i64,
    pub p: i64,
    /// What both were when a generation read alone began, as far as it was felt (`claims`).
    pub g_before: Before,
    pub p_before: Before,
}

#[derive(Clone, Copy, Debug)]
pub struct Proc {
    pub status: u8,
    pub sweeping: bool,
    /// Alone: whether it swept before is told, or does not matter any more.
    pub sweep_told: bool,
    pub seq: Seq,
}

#[derive(Clone, Copy, Debug)]
pub struct Goroutine {
    pub status: u8,
    /// A GC mark assist is open.
    pub assisting: bool,
    /// It has an entry in `State::stws` or `State::regions`.
    pub has_more: bool,
    /// Alone: it was there before, and whether it assisted then is not told yet.
    pub from_before: bool,
    pub assist_told: bool,
    pub seq: Seq,
}

impl Goroutine {
    /// No goroutine.
    pub const NONE: Goroutine = Goroutine {
        status: 0,
        assisting: false,
        has_more: false,
        from_before: false,
        assist_told: true,
        seq: Seq { generation: 0, n: 0 },
    };
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Gc {
    #[default]
    Undetermined,
    NotRunning,
    Running,
}

#[derive(Clone, Default)]
pub struct State {
    /// Threads by place; a cursor remembers its place.
    pub threads: Vec<Thread>,
    pub thread_ix: SeededMap<i64, u32>,
    pub procs: Table<Proc>,
    pub goroutines: Goroutines,
    /// Open stop-the-world ranges of a goroutine; rare, so apart from it.
    pub stws: SeededMap<i64, Vec<Sym>>,
    /// Open regions of a goroutine, innermost last.
    pub regions: SeededMap<i64, Vec<(u64, Sym)>>,
    /// Active tasks: name, parent (-1: none).
    pub tasks: SeededMap<u64, (Sym, i64)>,
    pub gc: Gc,
    pub gc_seq: u64,
    /// Number of the first generation ever ordered.
    pub initial_generation: Option<u64>,
    /// Something came that a record does not tell (`record`).
    pub odd: bool,
    /// A generation read alone: what it takes for granted of the one before.
    pub claims: Option<Box<Claims>>,
}

impl State {
    /// The place of a thread, made when it is new.
    pub fn thread(&mut self, m: i64) -> u32 {
        let next = self.threads.len() as u32;
        let ix = *self.thread_ix.entry(m).or_insert(next);
        if ix == next {
            let before = if self.claims.is_some() { Before::Open } else { Before::Known };
            self.threads.push(Thread { g: -1, p: -1, g_before: before, p_before: before });
        }
        ix
    }

    /// Forgets what dies with a goroutine.
    pub fn forget(&mut self, g: i64) {
        if self.goroutines.remove(g).is_some_and(|s| s.has_more) {
            self.stws.remove(&g);
            self.regions.remove(&g);
        }
    }
}
