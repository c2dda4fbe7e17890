//! The records of Go 1.5 to 1.21 by number: since when each exists and how many numbers follow it.

/// Numbers of the wire format, as Go names them; not those of `crate::events`.
pub mod ty {
    pub const BATCH: u8 = 1;
    pub const FREQUENCY: u8 = 2;
    pub const STACK: u8 = 3;
    pub const GOMAXPROCS: u8 = 4;
    pub const PROC_START: u8 = 5;
    pub const PROC_STOP: u8 = 6;
    pub const GC_START: u8 = 7;
    pub const GC_DONE: u8 = 8;
    pub const STW_START: u8 = 9;
    pub const STW_DONE: u8 = 10;
    pub const GC_SWEEP_START: u8 = 11;
    pub const GC_SWEEP_DONE: u8 = 12;
    pub const GO_CREATE: u8 = 13;
    pub const GO_START: u8 = 14;
    pub const GO_END: u8 = 15;
    pub const GO_STOP: u8 = 16;
    pub const GO_SCHED: u8 = 17;
    pub const GO_PREEMPT: u8 = 18;
    pub const GO_SLEEP: u8 = 19;
    pub const GO_BLOCK: u8 = 20;
    pub const GO_UNBLOCK: u8 = 21;
    pub const GO_BLOCK_SEND: u8 = 22;
    pub const GO_BLOCK_RECV: u8 = 23;
    pub const GO_BLOCK_SELECT: u8 = 24;
    pub const GO_BLOCK_SYNC: u8 = 25;
    pub const GO_BLOCK_COND: u8 = 26;
    pub const GO_BLOCK_NET: u8 = 27;
    pub const GO_SYS_CALL: u8 = 28;
    pub const GO_SYS_EXIT: u8 = 29;
    pub const GO_SYS_BLOCK: u8 = 30;
    pub const GO_WAITING: u8 = 31;
    pub const GO_IN_SYSCALL: u8 = 32;
    pub const HEAP_ALLOC: u8 = 33;
    pub const HEAP_GOAL: u8 = 34;
    pub const TIMER_GOROUTINE: u8 = 35;
    pub const FUTILE_WAKEUP: u8 = 36;
    pub const STRING: u8 = 37;
    pub const GO_START_LOCAL: u8 = 38;
    pub const GO_UNBLOCK_LOCAL: u8 = 39;
    pub const GO_SYS_EXIT_LOCAL: u8 = 40;
    pub const GO_START_LABEL: u8 = 41;
    pub const GO_BLOCK_GC: u8 = 42;
    pub const GC_MARK_ASSIST_START: u8 = 43;
    pub const GC_MARK_ASSIST_DONE: u8 = 44;
    pub const USER_TASK_CREATE: u8 = 45;
    pub const USER_TASK_END: u8 = 46;
    pub const USER_REGION: u8 = 47;
    pub const USER_LOG: u8 = 48;
    pub const CPU_SAMPLE: u8 = 49;
}

pub struct Spec {
    pub name: &'static str,
    /// The N of the first `go 1.N trace` that may have it.
    since: u32,
    /// Numbers behind the time delta, without the stack.
    args: u8,
    pub has_stack: bool,
}

const fn spec(name: &'static str, since: u32, args: u8, has_stack: bool) -> Spec {
    Spec { name, since, args, has_stack }
}

/// Number 1 stands first.
static SPECS: [Spec; 49] = [
    spec("Batch", 5, 2, false),
    spec("Frequency", 5, 1, false),
    spec("Stack", 5, 0, false),
    spec("Gomaxprocs", 5, 1, true),
    spec("ProcStart", 5, 1, false),
    spec("ProcStop", 5, 0, false),
    spec("GCStart", 5, 1, true),
    spec("GCDone", 5, 0, false),
    spec("STWStart", 5, 1, false),
    spec("STWDone", 5, 0, false),
    spec("GCSweepStart", 5, 0, true),
    spec("GCSweepDone", 5, 2, false),
    spec("GoCreate", 5, 2, true),
    spec("GoStart", 5, 2, false),
    spec("GoEnd", 5, 0, false),
    spec("GoStop", 5, 0, true),
    spec("GoSched", 5, 0, true),
    spec("GoPreempt", 5, 0, true),
    spec("GoSleep", 5, 0, true),
    spec("GoBlock", 5, 0, true),
    spec("GoUnblock", 5, 2, true),
    spec("GoBlockSend", 5, 0, true),
    spec("GoBlockRecv", 5, 0, true),
    spec("GoBlockSelect", 5, 0, true),
    spec("GoBlockSync", 5, 0, true),
    spec("GoBlockCond", 5, 0, true),
    spec("GoBlockNet", 5, 0, true),
    spec("GoSysCall", 5, 0, true),
    spec("GoSysExit", 5, 3, false),
    spec("GoSysBlock", 5, 0, false),
    spec("GoWaiting", 5, 1, false),
    spec("GoInSyscall", 5, 1, false),
    spec("HeapAlloc", 5, 1, false),
    spec("HeapGoal", 5, 1, false),
    spec("TimerGoroutine", 5, 1, false),
    spec("FutileWakeup", 5, 0, false),
    spec("String", 7, 0, false),
    spec("GoStartLocal", 7, 1, false),
    spec("GoUnblockLocal", 7, 1, true),
    spec("GoSysExitLocal", 7, 2, false),
    spec("GoStartLabel", 8, 3, false),
    spec("GoBlockGC", 8, 0, true),
    spec("GCMarkAssistStart", 9, 0, true),
    spec("GCMarkAssistDone", 9, 0, false),
    spec("UserTaskCreate", 11, 3, true),
    spec("UserTaskEnd", 11, 1, true),
    spec("UserRegion", 11, 3, true),
    spec("UserLog", 11, 2, true),
    spec("CPUSample", 19, 3, true),
];

/// What a record of this number is in traces of `go 1.MINOR`; None where they have none.
#[inline]
pub fn spec_of(number: u8, minor: u32) -> Option<&'static Spec> {
    SPECS.get(usize::from(number).wrapping_sub(1)).filter(|s| s.since <= minor)
}

/// Numbers before an event's own: its clock delta, before Go 1.7 also the delta of its place in the whole trace.
#[inline]
pub fn base_args(minor: u32) -> usize {
    if minor < 7 { 2 } else { 1 }
}

/// How many numbers a record has, deltas and stack included. Strings and stacks are framed in their own ways.
#[inline]
pub fn arg_count(number: u8, minor: u32) -> usize {
    let Some(s) = spec_of(number, minor) else { return 0 };
    let own = usize::from(s.args) + usize::from(s.has_stack);
    match number {
        ty::BATCH | ty::FREQUENCY | ty::TIMER_GOROUTINE => own + usize::from(minor < 7),
        ty::GC_SWEEP_DONE if minor < 9 => own - 2 + base_args(minor),
        ty::STW_START if minor < 10 => own - 1 + base_args(minor),
        ty::GC_START | ty::GO_START | ty::GO_UNBLOCK if minor < 7 => own - 1 + base_args(minor),
        _ => own + base_args(minor),
    }
}

/// Events after which the processor runs no goroutine.
#[inline]
pub fn leaves_processor(number: u8) -> bool {
    matches!(number, ty::GO_END..=ty::GO_BLOCK | ty::GO_BLOCK_SEND..=ty::GO_BLOCK_NET | ty::GO_SYS_BLOCK | ty::GO_BLOCK_GC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_each_version_writes() {
        assert_eq!(arg_count(ty::BATCH, 5), 3);
        assert_eq!(arg_count(ty::BATCH, 7), 2);
        assert_eq!(arg_count(ty::GO_START, 5), 3);
        assert_eq!(arg_count(ty::GO_START, 7), 3);
        assert_eq!(arg_count(ty::GO_SYS_EXIT, 5), 5);
        assert_eq!(arg_count(ty::GO_SYS_EXIT, 21), 4);
        assert_eq!(arg_count(ty::STW_START, 9), 1);
        assert_eq!(arg_count(ty::STW_START, 10), 2);
        assert_eq!(arg_count(ty::GC_SWEEP_DONE, 8), 1);
        assert_eq!(arg_count(ty::GC_SWEEP_DONE, 9), 3);
        assert_eq!(arg_count(ty::CPU_SAMPLE, 19), 5);
        assert!((1..=49).all(|n| arg_count(n, 21) <= crate::v1::record::MAX_NUMBERS));
    }

    #[test]
    fn knows_no_event_before_its_time() {
        assert!(spec_of(0, 21).is_none() && spec_of(50, 21).is_none() && spec_of(255, 21).is_none());
        assert!(spec_of(ty::STRING, 5).is_none() && spec_of(ty::CPU_SAMPLE, 11).is_none());
        assert_eq!(spec_of(ty::GO_BLOCK_GC, 8).map(|s| s.name), Some("GoBlockGC"));
    }
}
