//! The ordered event: what happened, when, and on which thread, processor and goroutine.

use crate::symbols::Sym;

/// A stack of the event's own generation; 0 is none. Resolve it with `wire::Tables::stack`.
pub type StackId = u64;

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum GoState {
    /// Before its first mention in the trace: it may be in any state.
    Undetermined,
    NotExist,
    Runnable,
    Running,
    Waiting,
    Syscall,
}

impl GoState {
    pub fn as_str(self) -> &'static str {
        match self {
            GoState::Undetermined => "Undetermined",
            GoState::NotExist => "NotExist",
            GoState::Runnable => "Runnable",
            GoState::Running => "Running",
            GoState::Waiting => "Waiting",
            GoState::Syscall => "Syscall",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum ProcState {
    Undetermined,
    NotExist,
    Running,
    Idle,
}

impl ProcState {
    pub fn as_str(self) -> &'static str {
        match self {
            ProcState::Undetermined => "Undetermined",
            ProcState::NotExist => "NotExist",
            ProcState::Running => "Running",
            ProcState::Idle => "Idle",
        }
    }
}

/// What a range belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Scope {
    /// The whole program.
    None,
    Goroutine(i64),
    Proc(i64),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum RangeName {
    /// `GC concurrent mark phase`
    GcMark,
    /// `GC incremental sweep`
    Sweep,
    /// `GC mark assist`
    MarkAssist,
    /// `stop-the-world (REASON)`
    Stw(Sym),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum Metric {
    GoMaxProcs,
    HeapAlloc,
    HeapGoal,
}

impl Metric {
    /// The name in Go's runtime/metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Metric::GoMaxProcs => "/sched/gomaxprocs:threads",
            Metric::HeapAlloc => "/memory/classes/heap/objects:bytes",
            Metric::HeapGoal => "/gc/heap/goal:bytes",
        }
    }
}

/// One moment on all clocks, as a Sync of Go 1.25 and later carries it.
pub use tracewell_wire::Clock;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Kind {
    /// The begin of a generation (`number` counts from 1), and once more the end of the trace.
    Sync {
        number: u32,
        clock: Option<Clock>,
    },
    ProcTransition {
        proc: i64,
        from: ProcState,
        to: ProcState,
    },
    /// `stack` is of the context that made it happen, `own_stack` of the goroutine that changes.
    GoTransition {
        g: i64,
        from: GoState,
        to: GoState,
        reason: Sym,
        stack: StackId,
        own_stack: StackId,
    },
    Metric {
        metric: Metric,
        value: u64,
        stack: StackId,
    },
    Label {
        g: i64,
        label: Sym,
    },
    RangeBegin {
        scope: Scope,
        name: RangeName,
        stack: StackId,
    },
    RangeActive {
        scope: Scope,
        name: RangeName,
    },
    /// `swept` and `reclaimed` bytes are those of sweeps.
    RangeEnd {
        scope: Scope,
        name: RangeName,
        swept: u64,
        reclaimed: u64,
    },
    /// `parent` is -1 where there is none.
    TaskBegin {
        task: u64,
        parent: i64,
        name: Sym,
        stack: StackId,
    },
    TaskEnd {
        task: u64,
        parent: i64,
        name: Sym,
        stack: StackId,
    },
    RegionBegin {
        task: u64,
        name: Sym,
        stack: StackId,
    },
    RegionEnd {
        task: u64,
        name: Sym,
        stack: StackId,
    },
    /// `message` is a string id of the generation: messages are not worth keeping.
    Log {
        task: u64,
        category: Sym,
        message: u64,
        stack: StackId,
    },
    Experimental {
        ty: u8,
        args: [u64; 3],
    },
    StackSample {
        stack: StackId,
    },
}

/// An event in the trace's order. Ids are -1 where there is none.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Event {
    /// ns since the trace's first event; strictly increasing.
    pub time: i64,
    /// Thread, processor, goroutine in whose context it happened, before it happened.
    pub m: i64,
    pub p: i64,
    pub g: i64,
    pub kind: Kind,
}

impl Event {
    /// Kind as the official reader calls it.
    pub fn kind_name(&self) -> &'static str {
        KIND_NAMES[self.kind_index()]
    }

    /// Place in `KIND_NAMES`.
    #[inline]
    pub fn kind_index(&self) -> usize {
        match self.kind {
            Kind::Sync { .. } => 0,
            Kind::ProcTransition { .. } | Kind::GoTransition { .. } => 1,
            Kind::Metric { .. } => 2,
            Kind::Label { .. } => 3,
            Kind::RangeBegin { .. } => 4,
            Kind::RangeActive { .. } => 5,
            Kind::RangeEnd { .. } => 6,
            Kind::TaskBegin { .. } => 7,
            Kind::TaskEnd { .. } => 8,
            Kind::RegionBegin { .. } => 9,
            Kind::RegionEnd { .. } => 10,
            Kind::Log { .. } => 11,
            Kind::Experimental { .. } => 12,
            Kind::StackSample { .. } => 13,
        }
    }
}

pub const KIND_NAMES: [&str; 14] = [
    "Sync",
    "StateTransition",
    "Metric",
    "Label",
    "RangeBegin",
    "RangeActive",
    "RangeEnd",
    "TaskBegin",
    "TaskEnd",
    "RegionBegin",
    "RegionEnd",
    "Log",
    "Experimental",
    "StackSample",
];
