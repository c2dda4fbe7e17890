//! The wire's events by number: what each is called and which numbers follow it. Versions are prefixes of one table.

/// Numbers of the wire format, as Go names them. Each has its meaning and arguments (dt first) in `SPECS`.
pub mod ty {
    pub const EVENT_BATCH: u8 = 1;
    pub const STACKS: u8 = 2;
    pub const STACK: u8 = 3;
    pub const STRINGS: u8 = 4;
    pub const STRING: u8 = 5;
    pub const CPU_SAMPLES: u8 = 6;
    pub const CPU_SAMPLE: u8 = 7;
    pub const FREQUENCY: u8 = 8;
    pub const PROCS_CHANGE: u8 = 9;
    pub const PROC_START: u8 = 10;
    pub const PROC_STOP: u8 = 11;
    pub const PROC_STEAL: u8 = 12;
    pub const PROC_STATUS: u8 = 13;
    pub const GO_CREATE: u8 = 14;
    pub const GO_CREATE_SYSCALL: u8 = 15;
    pub const GO_START: u8 = 16;
    pub const GO_DESTROY: u8 = 17;
    pub const GO_DESTROY_SYSCALL: u8 = 18;
    pub const GO_STOP: u8 = 19;
    pub const GO_BLOCK: u8 = 20;
    pub const GO_UNBLOCK: u8 = 21;
    pub const GO_SYSCALL_BEGIN: u8 = 22;
    pub const GO_SYSCALL_END: u8 = 23;
    pub const GO_SYSCALL_END_BLOCKED: u8 = 24;
    pub const GO_STATUS: u8 = 25;
    pub const STW_BEGIN: u8 = 26;
    pub const STW_END: u8 = 27;
    pub const GC_ACTIVE: u8 = 28;
    pub const GC_BEGIN: u8 = 29;
    pub const GC_END: u8 = 30;
    pub const GC_SWEEP_ACTIVE: u8 = 31;
    pub const GC_SWEEP_BEGIN: u8 = 32;
    pub const GC_SWEEP_END: u8 = 33;
    pub const GC_MARK_ASSIST_ACTIVE: u8 = 34;
    pub const GC_MARK_ASSIST_BEGIN: u8 = 35;
    pub const GC_MARK_ASSIST_END: u8 = 36;
    pub const HEAP_ALLOC: u8 = 37;
    pub const HEAP_GOAL: u8 = 38;
    pub const GO_LABEL: u8 = 39;
    pub const USER_TASK_BEGIN: u8 = 40;
    pub const USER_TASK_END: u8 = 41;
    pub const USER_REGION_BEGIN: u8 = 42;
    pub const USER_REGION_END: u8 = 43;
    pub const USER_LOG: u8 = 44;
    pub const GO_SWITCH: u8 = 45;
    pub const GO_SWITCH_DESTROY: u8 = 46;
    pub const GO_CREATE_BLOCKED: u8 = 47;
    pub const GO_STATUS_STACK: u8 = 48;
    pub const EXPERIMENTAL_BATCH: u8 = 49;
    pub const SYNC: u8 = 50;
    pub const CLOCK_SNAPSHOT: u8 = 51;
    pub const END_OF_GENERATION: u8 = 52;
    pub const FIRST_EXPERIMENTAL: u8 = 128;
}

/// A timed event: its name and the names of the numbers behind its time delta.
pub struct Spec {
    pub name: &'static str,
    pub args: &'static [&'static str],
}

/// No event has more arguments behind its time delta.
pub const MAX_ARGS: usize = 4;

const fn spec(name: &'static str, args: &'static [&'static str]) -> Option<Spec> {
    Some(Spec { name, args })
}

static SPECS: [Option<Spec>; 53] = {
    const NONE: Option<Spec> = None;
    let mut t = [NONE; 53];
    t[ty::PROCS_CHANGE as usize] = spec("ProcsChange", &["procs_value", "stack"]);
    t[ty::PROC_START as usize] = spec("ProcStart", &["p", "p_seq"]);
    t[ty::PROC_STOP as usize] = spec("ProcStop", &[]);
    t[ty::PROC_STEAL as usize] = spec("ProcSteal", &["p", "p_seq", "m"]);
    t[ty::PROC_STATUS as usize] = spec("ProcStatus", &["p", "pstatus"]);
    t[ty::GO_CREATE as usize] = spec("GoCreate", &["new_g", "new_stack", "stack"]);
    t[ty::GO_CREATE_SYSCALL as usize] = spec("GoCreateSyscall", &["new_g"]);
    t[ty::GO_START as usize] = spec("GoStart", &["g", "g_seq"]);
    t[ty::GO_DESTROY as usize] = spec("GoDestroy", &[]);
    t[ty::GO_DESTROY_SYSCALL as usize] = spec("GoDestroySyscall", &[]);
    t[ty::GO_STOP as usize] = spec("GoStop", &["reason_string", "stack"]);
    t[ty::GO_BLOCK as usize] = spec("GoBlock", &["reason_string", "stack"]);
    t[ty::GO_UNBLOCK as usize] = spec("GoUnblock", &["g", "g_seq", "stack"]);
    t[ty::GO_SYSCALL_BEGIN as usize] = spec("GoSyscallBegin", &["p_seq", "stack"]);
    t[ty::GO_SYSCALL_END as usize] = spec("GoSyscallEnd", &[]);
    t[ty::GO_SYSCALL_END_BLOCKED as usize] = spec("GoSyscallEndBlocked", &[]);
    t[ty::GO_STATUS as usize] = spec("GoStatus", &["g", "m", "gstatus"]);
    t[ty::STW_BEGIN as usize] = spec("STWBegin", &["kind_string", "stack"]);
    t[ty::STW_END as usize] = spec("STWEnd", &[]);
    t[ty::GC_ACTIVE as usize] = spec("GCActive", &["gc_seq"]);
    t[ty::GC_BEGIN as usize] = spec("GCBegin", &["gc_seq", "stack"]);
    t[ty::GC_END as usize] = spec("GCEnd", &["gc_seq"]);
    t[ty::GC_SWEEP_ACTIVE as usize] = spec("GCSweepActive", &["p"]);
    t[ty::GC_SWEEP_BEGIN as usize] = spec("GCSweepBegin", &["stack"]);
    t[ty::GC_SWEEP_END as usize] = spec("GCSweepEnd", &["swept_value", "reclaimed_value"]);
    t[ty::GC_MARK_ASSIST_ACTIVE as usize] = spec("GCMarkAssistActive", &["g"]);
    t[ty::GC_MARK_ASSIST_BEGIN as usize] = spec("GCMarkAssistBegin", &["stack"]);
    t[ty::GC_MARK_ASSIST_END as usize] = spec("GCMarkAssistEnd", &[]);
    t[ty::HEAP_ALLOC as usize] = spec("HeapAlloc", &["heapalloc_value"]);
    t[ty::HEAP_GOAL as usize] = spec("HeapGoal", &["heapgoal_value"]);
    t[ty::GO_LABEL as usize] = spec("GoLabel", &["label_string"]);
    t[ty::USER_TASK_BEGIN as usize] = spec("UserTaskBegin", &["task", "parent_task", "name_string", "stack"]);
    t[ty::USER_TASK_END as usize] = spec("UserTaskEnd", &["task", "stack"]);
    t[ty::USER_REGION_BEGIN as usize] = spec("UserRegionBegin", &["task", "name_string", "stack"]);
    t[ty::USER_REGION_END as usize] = spec("UserRegionEnd", &["task", "name_string", "stack"]);
    t[ty::USER_LOG as usize] = spec("UserLog", &["task", "key_string", "value_string", "stack"]);
    t[ty::GO_SWITCH as usize] = spec("GoSwitch", &["g", "g_seq"]);
    t[ty::GO_SWITCH_DESTROY as usize] = spec("GoSwitchDestroy", &["g", "g_seq"]);
    t[ty::GO_CREATE_BLOCKED as usize] = spec("GoCreateBlocked", &["new_g", "new_stack", "stack"]);
    t[ty::GO_STATUS_STACK as usize] = spec("GoStatusStack", &["g", "m", "gstatus", "stack"]);
    t
};

/// Experiment 1, AllocFree: events 128 to 136.
static EXPERIMENTAL: [Spec; 9] = [
    Spec { name: "Span", args: &["id", "npages_value", "kindclass"] },
    Spec { name: "SpanAlloc", args: &["id", "npages_value", "kindclass"] },
    Spec { name: "SpanFree", args: &["id"] },
    Spec { name: "HeapObject", args: &["id", "type"] },
    Spec { name: "HeapObjectAlloc", args: &["id", "type"] },
    Spec { name: "HeapObjectFree", args: &["id"] },
    Spec { name: "GoroutineStack", args: &["id", "order"] },
    Spec { name: "GoroutineStackAlloc", args: &["id", "order"] },
    Spec { name: "GoroutineStackFree", args: &["id"] },
];

/// What a timed event carries; None for numbers that no timed event has.
pub fn spec_of(number: u8) -> Option<&'static Spec> {
    match number {
        128.. => EXPERIMENTAL.get(usize::from(number - ty::FIRST_EXPERIMENTAL)),
        n => SPECS.get(usize::from(n)).and_then(|s| s.as_ref()),
    }
}

/// Number of arguments behind dt for each event number, 255 for numbers without an event: the decoder's hot table.
pub static ARG_COUNTS: [u8; 256] = {
    let mut t = [255u8; 256];
    let mut i = 0;
    while i < 53 {
        if let Some(s) = &SPECS[i] {
            t[i] = s.args.len() as u8;
        }
        i += 1;
    }
    let mut i = 0;
    while i < 9 {
        t[128 + i] = EXPERIMENTAL[i].args.len() as u8;
        i += 1;
    }
    t
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_timed_event_has_a_spec_and_fits() {
        for n in ty::PROCS_CHANGE..=ty::GO_STATUS_STACK {
            let s = spec_of(n).unwrap();
            assert!(s.args.len() <= MAX_ARGS);
            assert_eq!(usize::from(ARG_COUNTS[usize::from(n)]), s.args.len());
        }
        for n in [
            0,
            ty::EVENT_BATCH,
            ty::FREQUENCY,
            ty::EXPERIMENTAL_BATCH,
            ty::END_OF_GENERATION,
            53,
            127,
            137,
            255,
        ] {
            assert!(spec_of(n).is_none());
            assert_eq!(ARG_COUNTS[usize::from(n)], 255);
        }
    }
}
