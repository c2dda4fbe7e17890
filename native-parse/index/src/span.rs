//! A stretch of time on a row of the timeline.

use tracewell_order::{RangeName, Sym};

/// What a span is; the numbers are those of the page's contract (`contract/blocks/tile.ts`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
#[repr(u8)]
pub enum SpanState {
    #[default]
    Idle = 0,
    Running = 1,
    GcWorker = 2,
    Syscall = 3,
    Assist = 4,
    Sweep = 5,
    Stw = 6,
    GcMark = 7,
    Other = 8,
    // Of rows by goroutine, thread and task; Running, Syscall and Assist are theirs as well.
    Runnable = 9,
    Waiting = 10,
    /// A system call that lost its processor.
    SyscallBlocked = 11,
    Region = 12,
    Task = 13,
    Log = 14,
    Sample = 15,
}

pub const STATES: usize = 16;

impl SpanState {
    pub const ALL: [SpanState; STATES] = [
        SpanState::Idle,
        SpanState::Running,
        SpanState::GcWorker,
        SpanState::Syscall,
        SpanState::Assist,
        SpanState::Sweep,
        SpanState::Stw,
        SpanState::GcMark,
        SpanState::Other,
        SpanState::Runnable,
        SpanState::Waiting,
        SpanState::SyscallBlocked,
        SpanState::Region,
        SpanState::Task,
        SpanState::Log,
        SpanState::Sample,
    ];
    pub fn as_str(self) -> &'static str {
        match self {
            SpanState::Idle => "idle",
            SpanState::Running => "running",
            SpanState::GcWorker => "gc-worker",
            SpanState::Syscall => "syscall",
            SpanState::Assist => "assist",
            SpanState::Sweep => "sweep",
            SpanState::Stw => "stw",
            SpanState::GcMark => "gc-mark",
            SpanState::Other => "other",
            SpanState::Runnable => "runnable",
            SpanState::Waiting => "waiting",
            SpanState::SyscallBlocked => "syscall-blocked",
            SpanState::Region => "region",
            SpanState::Task => "task",
            SpanState::Log => "log",
            SpanState::Sample => "sample",
        }
    }
}

/// A row. Processors have two: 0, who holds it; 1, what happens inside.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub enum Track {
    #[default]
    Gc,
    Stw,
    Proc(i64, u8),
}

impl Track {
    /// The number that the page knows it by; None for processor ids that no Go program has.
    pub fn id(self) -> Option<u32> {
        match self {
            Track::Gc => Some(0),
            Track::Stw => Some(1),
            Track::Proc(p, lane) => u32::try_from(p).ok()?.checked_mul(2)?.checked_add(2 + u32::from(lane)),
        }
    }
    pub fn from_id(id: u32) -> Track {
        match id {
            0 => Track::Gc,
            1 => Track::Stw,
            n => Track::Proc(i64::from((n - 2) / 2), ((n - 2) % 2) as u8),
        }
    }
}

/// Why a span ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Ended {
    /// The range itself ended.
    #[default]
    Completed,
    /// The goroutine waits, for this reason.
    Blocked(Sym),
    /// The goroutine is runnable again, for this reason (preempted, Gosched).
    Stopped(Sym),
    /// A system call came back.
    Returned,
    /// The processor was taken away from a system call.
    ProcTaken,
    GoroutineEnded,
    TraceEnded,
}

#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub struct Span {
    pub track: Track,
    /// ns since the trace's begin.
    pub start: i64,
    pub end: i64,
    pub state: SpanState,
    /// -1: none.
    pub g: i64,
    pub thread: i64,
    pub name: Option<RangeName>,
    /// Label of a mark worker, `GC (dedicated)`.
    pub label: Sym,
    pub ended: Ended,
    pub began_before: bool,
    /// Goes on at the end of the trace.
    pub open: bool,
    /// Bytes swept and reclaimed, of sweeps.
    pub values: (u64, u64),
}

impl Span {
    pub fn nanos(&self) -> i64 {
        self.end - self.start
    }
    /// A mark worker's label is a span of its own for the command line; on screen it colours lane 0 instead.
    pub fn is_shown(&self) -> bool {
        !(self.state == SpanState::GcWorker && matches!(self.track, Track::Proc(_, 1)))
    }
}
