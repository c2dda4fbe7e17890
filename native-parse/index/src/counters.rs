//! The series of STATS, in the order of the page's contract (`contract/blocks/counters.ts`).

#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
#[repr(u8)]
pub enum Series {
    /// Goroutines that run; system calls are not running.
    Running,
    Runnable,
    /// Goroutines that wait for the collector, or wait inside a mark assist.
    WaitingGc,
    /// Bytes of live heap.
    HeapAllocated,
    /// The goal itself, in bytes; unknown while there is none.
    HeapGoal,
    /// Processors in Running less those held by a system call.
    ProcsRunning,
    /// Goroutines in a system call, with or without a processor.
    InSyscall,
    /// Processors that run a mark worker.
    GcWorkers,
}

pub const SERIES: usize = 8;

impl Series {
    pub const ALL: [Series; SERIES] = [
        Series::Running,
        Series::Runnable,
        Series::WaitingGc,
        Series::HeapAllocated,
        Series::HeapGoal,
        Series::ProcsRunning,
        Series::InSyscall,
        Series::GcWorkers,
    ];
}
