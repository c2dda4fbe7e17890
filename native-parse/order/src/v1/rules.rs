//! What the scheduler allows, and the events of Go 1.22 that say the same.
//!
//! Source: the behaviour of Go's `internal/trace/tracev1` and of its conversion, as described in docs/format-notes.md.
//! Among its habits: goroutines older than the trace have no begin of their own, a system call that kept its processor
//! lasts 1 ns, and who wakes what the network, a timer or a system call held up is one of the processors from 1000001 on.

use tracewell_source::SeededMap;
use tracewell_wire::tables::bare_stack;
use tracewell_wire::v1::Event as Raw;
use tracewell_wire::v1::events::ty;

use super::merge::File;
use crate::event::{Event, GoState, Kind, Metric, ProcState, RangeName, Scope};
use crate::symbols::{Sym, SymCache, Symbols};

/// Go's own tools read headers from here on; times and first mentions are then exactly theirs.
pub const READ_BY_GO: u32 = 11;

/// Seventy years: a trace that lasts longer has a broken clock, and nothing after this is told apart.
const MAX_NANOS: i64 = 1 << 61;

/// Rows that stand for no processor.
const TIMER_P: i64 = 1_000_001;
const NETPOLL_P: i64 = 1_000_002;
const SYSCALL_P: i64 = 1_000_003;
const GC_P: i64 = 1_000_004;
const NONE: i64 = -1;

/// Why the world stopped, by number, since Go 1.21; before, only the first two, counted from 0.
const STW_REASONS: [&str; 17] = [
    "",
    "GC mark termination",
    "GC sweep termination",
    "write heap dump",
    "goroutine profile",
    "goroutine profile cleanup",
    "all goroutines stack trace",
    "read mem stats",
    "AllThreadsSyscall",
    "GOMAXPROCS",
    "start trace",
    "stop trace",
    "CountPagesInUse (test)",
    "ReadMetricsSlow (test)",
    "ReadMemStatsSlow (test)",
    "PageCachePagesLeaked (test)",
    "ResetDebugLog (test)",
];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Runnable,
    Running,
    Waiting,
}

#[derive(Clone, Copy)]
struct Goroutine {
    state: State,
    /// It waits for the network.
    for_net: bool,
    assisting: bool,
    /// It has an entry in `regions`.
    has_regions: bool,
    /// Stack of the system call that it is in and that will give its processor away.
    call: u64,
}

#[derive(Clone, Copy, Default)]
struct Proc {
    running: bool,
    /// 0: none.
    g: u64,
    /// -1: none.
    thread: Option<i64>,
    sweeping: bool,
    stopping: bool,
    /// It was mentioned by an event that is delivered.
    seen: bool,
}

/// The how-manieth goroutine it is, and its first stack.
#[derive(Clone, Copy)]
struct Mentioned {
    place: usize,
    stack: u64,
}

/// Everything between two events; a fresh one begins a trace, a copy is a place to go on from.
#[derive(Clone)]
pub struct Rules {
    goroutines: SeededMap<u64, Goroutine>,
    procs: SeededMap<i64, Proc>,
    gc: bool,
    stopped: bool,
    stw: Sym,
    tasks: SeededMap<u64, (Sym, u64)>,
    regions: SeededMap<u64, Vec<(u64, Sym)>>,
    /// Until the first Gomaxprocs, events tell what was there before the trace: here are the goroutines whose state is not
    /// known yet.
    initial: Option<SeededMap<u64, Mentioned>>,
    /// Ticks of the first event.
    zero: Option<u64>,
}

/// What a pass lends to the rules.
pub struct Desk<'d> {
    pub file: File<'d>,
    pub symbols: &'d mut Symbols,
    pub syms: &'d mut SymCache,
    pub out: &'d mut Vec<Event>,
}

impl Desk<'_> {
    /// A text of the file; the empty one where it is missing, as in the reference.
    fn sym(&mut self, id: u64) -> Sym {
        if id == 0 {
            return Sym::EMPTY;
        }
        if let Some(s) = self.syms.get(id) {
            return s;
        }
        let text = self.file.scan.tables.string(self.file.bytes, id).unwrap_or_default();
        let s = self.symbols.intern(&String::from_utf8_lossy(text));
        self.syms.set(id, s);
        s
    }

    /// Stacks that the file does not have are none.
    fn stack(&self, id: u64) -> u64 {
        if self.file.scan.tables.has_stack(id) { id } else { 0 }
    }

    fn minor(&self) -> u32 {
        self.file.scan.header.minor
    }
}

/// Where an event happened, in the terms of Go 1.22.
#[derive(Clone, Copy)]
struct Context {
    time: i64,
    m: i64,
    p: i64,
    g: i64,
}

impl Rules {
    pub fn new() -> Rules {
        Rules {
            goroutines: SeededMap::default(),
            procs: SeededMap::default(),
            gc: false,
            stopped: false,
            stw: Sym::EMPTY,
            tasks: SeededMap::default(),
            regions: SeededMap::default(),
            initial: Some(SeededMap::default()),
            zero: None,
        }
    }

    /// Whether events still tell what was there before the trace.
    pub fn is_initial(&self) -> bool {
        self.initial.is_some()
    }

    /// Judges the next event and appends what it is called now: none to many events, times in ns since the first.
    /// Errors: why no Go runtime writes this.
    pub fn apply(&mut self, e: &Raw, desk: &mut Desk<'_>) -> Result<(), String> {
        let zero = *self.zero.get_or_insert(e.ts);
        let time = desk.file.scan.tables.nanos(e.ts.saturating_sub(zero)).min(MAX_NANOS);
        let mut p = e.p;
        match e.ty {
            ty::GO_SYS_EXIT => p = SYSCALL_P,
            ty::GO_UNBLOCK if self.goroutines.get(&e.args[0]).is_some_and(|g| g.for_net) => p = NETPOLL_P,
            ty::GO_UNBLOCK if desk.file.scan.timers.contains(&e.g) => p = TIMER_P,
            ty::GC_START => p = GC_P,
            _ => {}
        }
        if e.ty == ty::PROC_START {
            self.procs.entry(e.p).or_default().thread = Some(e.args[0] as i64);
        }
        let thread = self.procs.get(&p).and_then(|p| p.thread);
        let m = if e.ty == ty::CPU_SAMPLE { NONE } else { thread.unwrap_or(NONE) };
        let c = Context { time, m, p, g: if e.g == 0 { NONE } else { e.g as i64 } };
        match e.ty {
            ty::GOMAXPROCS => self.gomaxprocs(e, c, desk),
            ty::PROC_START | ty::PROC_STOP => self.processor(e, c, desk)?,
            ty::GC_START..=ty::GC_SWEEP_DONE | ty::GC_MARK_ASSIST_START | ty::GC_MARK_ASSIST_DONE => {
                self.range(e, c, desk)?;
            }
            ty::GO_CREATE => self.create(e, c, desk)?,
            ty::GO_START | ty::GO_START_LABEL => self.start(e, c, desk)?,
            ty::GO_END..=ty::GO_BLOCK | ty::GO_BLOCK_SEND..=ty::GO_BLOCK_NET | ty::GO_BLOCK_GC => {
                self.leave(e, c, desk)?;
            }
            ty::GO_UNBLOCK => self.unblock(e, c, desk)?,
            ty::GO_SYS_CALL | ty::GO_SYS_BLOCK | ty::GO_SYS_EXIT => self.syscall(e, c, desk)?,
            ty::GO_WAITING | ty::GO_IN_SYSCALL => self.status(e, c, desk)?,
            ty::HEAP_ALLOC | ty::HEAP_GOAL => {
                let metric = if e.ty == ty::HEAP_ALLOC { Metric::HeapAlloc } else { Metric::HeapGoal };
                emit(desk, c, Kind::Metric { metric, value: e.args[0], stack: 0 });
            }
            ty::USER_TASK_CREATE..=ty::USER_LOG => self.annotation(e, c, desk)?,
            ty::CPU_SAMPLE => {
                let stack = desk.stack(e.stack);
                emit(desk, c, Kind::StackSample { stack });
            }
            // The events around it are left out; nothing is said by itself.
            ty::FUTILE_WAKEUP if desk.minor() < READ_BY_GO => {}
            other => return Err(format!("an event of type {other} does not belong among timed events")),
        }
        Ok(())
    }

    /// The current goroutine of the event's processor, which must run there.
    fn current(&mut self, e: &Raw) -> Result<&mut Goroutine, String> {
        let on = self.procs.get(&e.p).map_or(0, |p| p.g);
        if e.g == 0 || on != e.g {
            return Err(format!("processor {} does not run goroutine {}", e.p, e.g));
        }
        match self.goroutines.get_mut(&e.g) {
            Some(g) if g.state == State::Running => Ok(g),
            _ => Err(format!("goroutine {} does something and does not run", e.g)),
        }
    }

    /// For what also happens outside of goroutines: by whom it is said to be done.
    fn actor(&self, e: &Raw) -> Result<(), String> {
        let on = self.procs.get(&e.p).map_or(0, |p| p.g);
        let runs = e.g == 0 || self.goroutines.get(&e.g).is_some_and(|g| g.state == State::Running);
        if on == e.g && runs {
            Ok(())
        } else {
            Err(format!("processor {} does not run goroutine {}", e.p, e.g))
        }
    }

    // ---- processors

    fn gomaxprocs(&mut self, e: &Raw, c: Context, desk: &mut Desk<'_>) {
        // The first one ends what is told of the time before the trace.
        let Some(initial) = self.initial.take() else {
            let (value, stack) = (e.args[0], desk.stack(e.stack));
            return emit(desk, c, Kind::Metric { metric: Metric::GoMaxProcs, value, stack });
        };
        let nowhere = Context { time: c.time, m: NONE, p: NONE, g: NONE };
        let mut initial: Vec<(u64, Mentioned)> = initial.into_iter().collect();
        initial.sort_unstable_by_key(|(_, m)| m.place);
        for (g, Mentioned { stack, .. }) in initial {
            let kind = Self::first(desk, g, GoState::Runnable, stack);
            emit(desk, nowhere, kind);
        }
    }

    fn processor(&mut self, e: &Raw, c: Context, desk: &mut Desk<'_>) -> Result<(), String> {
        let start = e.ty == ty::PROC_START;
        let p = self.procs.entry(e.p).or_default();
        if p.running == start || p.g != 0 {
            return Err(format!("processor {} starts or stops twice, or under a goroutine", e.p));
        }
        p.running = start;
        let (from, to) = match (p.seen, start) {
            (false, true) => (ProcState::Undetermined, ProcState::Running),
            (false, false) => (ProcState::Undetermined, ProcState::Idle),
            (true, true) => (ProcState::Idle, ProcState::Running),
            (true, false) => (ProcState::Running, ProcState::Idle),
        };
        p.seen = true;
        if !start {
            p.thread = None;
        }
        emit(desk, c, Kind::ProcTransition { proc: e.p, from, to });
        Ok(())
    }

    // ---- goroutines

    /// A goroutine's first mention. Where Go's own tools do not read the trace, its begin is told with it.
    fn first(desk: &Desk<'_>, g: u64, to: GoState, stack: u64) -> Kind {
        let own_stack = if desk.minor() < READ_BY_GO { stack } else { 0 };
        Kind::GoTransition {
            g: g as i64,
            from: GoState::Undetermined,
            to,
            reason: Sym::EMPTY,
            stack: 0,
            own_stack,
        }
    }

    /// Takes a goroutine off the list of those whose state is not known; its first stack.
    fn known(&mut self, g: u64) -> u64 {
        self.initial.as_mut().and_then(|initial| initial.remove(&g)).map_or(0, |m| m.stack)
    }

    fn create(&mut self, e: &Raw, c: Context, desk: &mut Desk<'_>) -> Result<(), String> {
        self.actor(e)?;
        let g = e.args[0];
        let new = Goroutine {
            state: State::Runnable,
            for_net: false,
            assisting: false,
            has_regions: false,
            call: 0,
        };
        if self.goroutines.insert(g, new).is_some() {
            return Err(format!("goroutine {g} is created twice"));
        }
        let bare = desk.minor() < 7;
        let own_stack =
            if bare { bare_stack(e.args[1].wrapping_add(1)) } else { desk.stack(e.args[1] & 0xffff_ffff) };
        if let Some(initial) = &mut self.initial {
            initial.insert(g, Mentioned { place: self.goroutines.len(), stack: own_stack });
            return Ok(());
        }
        let (to, stack) = (GoState::Runnable, desk.stack(e.stack));
        emit(
            desk,
            c,
            Kind::GoTransition {
                g: g as i64,
                from: GoState::NotExist,
                to,
                reason: Sym::EMPTY,
                stack,
                own_stack,
            },
        );
        Ok(())
    }

    fn start(&mut self, e: &Raw, c: Context, desk: &mut Desk<'_>) -> Result<(), String> {
        let p = self.procs.entry(e.p).or_default();
        if p.g != 0 {
            return Err(format!("processor {} runs two goroutines", e.p));
        }
        p.g = e.g;
        match self.goroutines.get_mut(&e.g) {
            Some(g) if g.state == State::Runnable => g.state = State::Running,
            _ => return Err(format!("goroutine {} starts and was not runnable", e.g)),
        }
        let kind = if self.initial.is_some() && e.ty == ty::GO_START {
            let stack = self.known(e.g);
            Self::first(desk, e.g, GoState::Running, stack)
        } else {
            transition(e.g, GoState::Runnable, GoState::Running)
        };
        emit(desk, c, kind);
        if e.ty == ty::GO_START_LABEL {
            let label = desk.sym(e.args[2]);
            emit(desk, c, Kind::Label { g: c.g, label });
        }
        Ok(())
    }

    /// The goroutine leaves its processor of its own will or not.
    fn leave(&mut self, e: &Raw, c: Context, desk: &mut Desk<'_>) -> Result<(), String> {
        let (to, reason) = match e.ty {
            ty::GO_END => (GoState::NotExist, ""),
            ty::GO_STOP => (GoState::Waiting, "forever"),
            ty::GO_SCHED => (GoState::Runnable, "runtime.Gosched"),
            ty::GO_PREEMPT => (GoState::Runnable, "preempted"),
            ty::GO_SLEEP => (GoState::Waiting, "sleep"),
            ty::GO_BLOCK_SEND => (GoState::Waiting, "chan send"),
            ty::GO_BLOCK_RECV => (GoState::Waiting, "chan receive"),
            ty::GO_BLOCK_SELECT => (GoState::Waiting, "select"),
            ty::GO_BLOCK_SYNC => (GoState::Waiting, "sync"),
            ty::GO_BLOCK_COND => (GoState::Waiting, "sync.(*Cond).Wait"),
            ty::GO_BLOCK_NET => (GoState::Waiting, "network"),
            ty::GO_BLOCK_GC => (GoState::Waiting, "GC mark assist wait for work"),
            _ => (GoState::Waiting, ""),
        };
        let g = self.current(e)?;
        g.state = if to == GoState::Runnable { State::Runnable } else { State::Waiting };
        g.for_net = e.ty == ty::GO_BLOCK_NET;
        let regions = g.has_regions;
        if to == GoState::NotExist {
            self.goroutines.remove(&e.g);
            if regions {
                self.regions.remove(&e.g);
            }
        }
        self.free(e.p);
        let stack = desk.stack(e.stack);
        let reason = if reason.is_empty() { Sym::EMPTY } else { desk.symbols.intern(reason) };
        let from = GoState::Running;
        emit(desk, c, Kind::GoTransition { g: c.g, from, to, reason, stack, own_stack: stack });
        Ok(())
    }

    fn free(&mut self, p: i64) {
        if let Some(p) = self.procs.get_mut(&p) {
            p.g = 0;
        }
    }

    fn unblock(&mut self, e: &Raw, c: Context, desk: &mut Desk<'_>) -> Result<(), String> {
        self.actor(e)?;
        match self.goroutines.get_mut(&e.args[0]) {
            Some(g) if g.state == State::Waiting => {
                g.state = State::Runnable;
                g.for_net = false;
            }
            _ => return Err(format!("goroutine {} is woken and does not wait", e.args[0])),
        }
        let (from, to, stack) = (GoState::Waiting, GoState::Runnable, desk.stack(e.stack));
        let g = e.args[0] as i64;
        emit(desk, c, Kind::GoTransition { g, from, to, reason: Sym::EMPTY, stack, own_stack: 0 });
        Ok(())
    }

    fn syscall(&mut self, e: &Raw, c: Context, desk: &mut Desk<'_>) -> Result<(), String> {
        match e.ty {
            ty::GO_SYS_CALL => {
                // The merge looked ahead: 1 means that it gave its processor away.
                let blocks = e.args[0] == 1;
                let stack = desk.stack(e.stack);
                self.current(e)?.call = stack;
                if blocks && desk.minor() < READ_BY_GO {
                    return Ok(());
                }
                emit(desk, c, call(c.g, stack));
                if !blocks {
                    // At least 1 ns, as the reference has it; where it has nothing to say, none.
                    let back = Context { time: c.time + i64::from(desk.minor() >= READ_BY_GO), ..c };
                    emit(desk, back, transition(e.g, GoState::Syscall, GoState::Running));
                }
            }
            ty::GO_SYS_BLOCK => {
                let g = self.current(e)?;
                g.state = State::Waiting;
                let stack = std::mem::take(&mut g.call);
                self.free(e.p);
                // N.B. the only parser to compare old traces with counts the first part of a call as execution: there it
                // begins where the processor is given away.
                if desk.minor() < READ_BY_GO {
                    emit(desk, c, call(c.g, stack));
                }
            }
            _ => {
                match self.goroutines.get_mut(&e.g) {
                    Some(g) if g.state == State::Waiting => g.state = State::Runnable,
                    _ => {
                        return Err(format!(
                            "goroutine {} returns from a system call that it was not in",
                            e.g
                        ));
                    }
                }
                emit(desk, c, transition(e.g, GoState::Syscall, GoState::Runnable));
            }
        }
        Ok(())
    }

    fn status(&mut self, e: &Raw, c: Context, desk: &mut Desk<'_>) -> Result<(), String> {
        match self.goroutines.get_mut(&e.g) {
            Some(g) if g.state == State::Runnable => g.state = State::Waiting,
            _ => return Err(format!("goroutine {} is said to wait and was not just mentioned", e.g)),
        }
        let to = if e.ty == ty::GO_WAITING { GoState::Waiting } else { GoState::Syscall };
        let stack = self.known(e.g);
        let kind = Self::first(desk, e.g, to, stack);
        emit(desk, c, kind);
        Ok(())
    }

    // ---- ranges

    fn range(&mut self, e: &Raw, c: Context, desk: &mut Desk<'_>) -> Result<(), String> {
        let begin =
            matches!(e.ty, ty::GC_START | ty::STW_START | ty::GC_SWEEP_START | ty::GC_MARK_ASSIST_START);
        let (mut swept, mut reclaimed) = (0, 0);
        let (scope, name) = match e.ty {
            ty::GC_START | ty::GC_DONE => {
                turn(&mut self.gc, begin, "collection")?;
                (Scope::None, RangeName::GcMark)
            }
            ty::STW_START | ty::STW_DONE => {
                // Before Go 1.10 each processor tells of it.
                let p = self.procs.entry(e.p).or_default();
                let flag = if desk.minor() < 10 { &mut p.stopping } else { &mut self.stopped };
                turn(flag, begin, "stop of the world")?;
                if begin {
                    let first = usize::from(desk.minor() < 21);
                    let reason = match usize::try_from(e.args[0]) {
                        Ok(n) if first == 0 || n < 2 => {
                            STW_REASONS.get(n + first).copied().unwrap_or_default()
                        }
                        _ => "",
                    };
                    self.stw = desk.symbols.intern(reason);
                }
                (Scope::Goroutine(c.g), RangeName::Stw(self.stw))
            }
            ty::GC_SWEEP_START | ty::GC_SWEEP_DONE => {
                turn(&mut self.procs.entry(e.p).or_default().sweeping, begin, "sweep")?;
                (swept, reclaimed) = (e.args[0], e.args[1]);
                (Scope::Proc(c.p), RangeName::Sweep)
            }
            _ => {
                if let Some(g) = self.goroutines.get_mut(&e.g) {
                    if begin && g.assisting {
                        return Err(format!("goroutine {} begins to assist the collector twice", e.g));
                    }
                    // An end alone: it began before the trace.
                    g.assisting = begin;
                }
                (Scope::Goroutine(c.g), RangeName::MarkAssist)
            }
        };
        let kind = if begin {
            Kind::RangeBegin { scope, name, stack: desk.stack(e.stack) }
        } else {
            Kind::RangeEnd { scope, name, swept, reclaimed }
        };
        emit(desk, c, kind);
        Ok(())
    }

    // ---- what the program says of itself

    fn annotation(&mut self, e: &Raw, c: Context, desk: &mut Desk<'_>) -> Result<(), String> {
        let (task, stack) = (e.args[0], desk.stack(e.stack));
        let kind = match e.ty {
            ty::USER_TASK_CREATE => {
                let name = desk.sym(e.args[2]);
                if self.tasks.insert(task, (name, e.args[1])).is_some() {
                    return Err(format!("task {task} begins twice"));
                }
                let parent = if e.args[1] == 0 { NONE } else { e.args[1] as i64 };
                Kind::TaskBegin { task, parent, name, stack }
            }
            ty::USER_TASK_END => {
                let (name, parent) =
                    self.tasks.remove(&task).map_or((Sym::EMPTY, NONE), |t| (t.0, t.1 as i64));
                Kind::TaskEnd { task, parent, name, stack }
            }
            ty::USER_REGION => {
                let name = desk.sym(e.args[2]);
                self.region(e, name, desk)?;
                if e.args[1] == 0 {
                    Kind::RegionBegin { task, name, stack }
                } else {
                    Kind::RegionEnd { task, name, stack }
                }
            }
            _ => {
                let category = desk.sym(e.args[1]);
                Kind::Log { task, category, message: e.text, stack }
            }
        };
        emit(desk, c, kind);
        Ok(())
    }

    fn region(&mut self, e: &Raw, name: Sym, desk: &Desk<'_>) -> Result<(), String> {
        match e.args[1] {
            0 => {
                self.regions.entry(e.g).or_default().push((e.args[0], name));
                if let Some(g) = self.goroutines.get_mut(&e.g) {
                    g.has_regions = true;
                }
                Ok(())
            }
            1 => match self.regions.get_mut(&e.g).and_then(|open| open.pop()) {
                // None is open: it began before the trace.
                None => Ok(()),
                Some(top) if top == (e.args[0], name) => Ok(()),
                Some(top) => Err(format!(
                    "goroutine {} ends the region \u{201c}{}\u{201d} inside the region \u{201c}{}\u{201d}",
                    e.g,
                    desk.symbols.text(name),
                    desk.symbols.text(top.1)
                )),
            },
            mode => Err(format!("a region has the unknown mode {mode}")),
        }
    }
}

fn turn(flag: &mut bool, on: bool, what: &str) -> Result<(), String> {
    if *flag == on {
        return Err(format!("a {what} begins or ends twice"));
    }
    *flag = on;
    Ok(())
}

fn call(g: i64, stack: u64) -> Kind {
    let (from, to) = (GoState::Running, GoState::Syscall);
    Kind::GoTransition { g, from, to, reason: Sym::EMPTY, stack, own_stack: stack }
}

fn transition(g: u64, from: GoState, to: GoState) -> Kind {
    Kind::GoTransition { g: g as i64, from, to, reason: Sym::EMPTY, stack: 0, own_stack: 0 }
}

fn emit(desk: &mut Desk<'_>, c: Context, kind: Kind) {
    desk.out.push(Event { time: c.time, m: c.m, p: c.p, g: c.g, kind });
}
