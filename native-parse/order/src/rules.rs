//! When an event may happen and what it changes: the scheduler's rules, one arm per event of the wire.
//!
//! Each attempt of a rule has three outcomes. Ok(true): it happened, `out` has the one to three events to deliver. Ok(false): not
//! yet, something on another thread comes first; nothing was changed. Err: no Go runtime writes this.
//!
//! Source: the behaviour of Go's `internal/trace` order, as described in docs/format-notes.md; times play no part here.

use tracewell_source::TraceError;
use tracewell_wire::events::ty;
use tracewell_wire::{RawEvent, Tables};

use crate::claims::{Before, GcBefore};
use crate::event::{Event, GoState, Kind, Metric, ProcState, RangeName, Scope};
use crate::frontier::{Lane, NO_THREAD};
use crate::state::{Gc, Goroutine, Proc, Seq, State, gs, ps};
use crate::steps::Queue;
use crate::symbols::{Sym, SymCache, Symbols};

pub(crate) struct Judge<'j, 'b> {
    pub state: &'j mut State,
    pub symbols: &'j mut Symbols,
    pub syms: &'j mut SymCache,
    pub tables: &'j Tables,
    pub bytes: &'b [u8],
    /// The runtime's number of this generation.
    pub generation: u64,
    /// The events of a step, to deliver.
    pub out: Queue,
    /// Place of the thread whose event it is; `NO_THREAD` for batches of none.
    pub thread: u32,
}

/// Thread, processor and goroutine around an event; -1 is none. By reference where functions are inlined: a copy of what was
/// just written in pieces has to wait for memory.
#[derive(Clone, Copy)]
struct Context {
    m: i64,
    p: i64,
    g: i64,
}

enum Need {
    Must,
    May,
    MustNot,
}
use Need::{May, Must, MustNot};

const NONE: i64 = -1;

/// What a rule finds wrong, boxed so that the usual answer is small. None: nothing, but what happened before is to be
/// delivered first.
type Why = Option<Box<String>>;
type Outcome = Result<bool, Why>;

/// What became of an attempt.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attempt {
    Done,
    /// Something on another thread comes first; nothing was changed.
    NotYet,
    /// What happened before is to be delivered first, then to be tried again; nothing was changed.
    Deliver,
}

#[cold]
fn bad<T>(why: impl Into<String>) -> Result<T, Why> {
    Err(Some(Box::new(why.into())))
}

impl Judge<'_, '_> {
    /// Tries the next event of a lane.
    #[inline(always)]
    pub fn advance(&mut self, lane: &mut Lane) -> Result<Attempt, Box<TraceError>> {
        let raw = &lane.cursor.event;
        let m = lane.cursor.m as i64;
        if lane.thread == NO_THREAD && m != NONE {
            lane.thread = self.state.thread(m);
        }
        // Two numbers, not yet a `Context`, so that they stay in registers.
        let (mut p, mut g) = (NONE, NONE);
        if let Some(thread) = self.state.threads.get_mut(lane.thread as usize) {
            if thread.g_before == Before::Open || thread.p_before == Before::Open {
                thread.feel(raw.ty);
            }
            p = thread.p;
            g = thread.g;
        }
        self.thread = lane.thread;
        match self.apply(raw, Context { m, p, g }) {
            Ok(true) => Ok(Attempt::Done),
            Ok(false) => Ok(Attempt::NotYet),
            Err(None) => Ok(Attempt::Deliver),
            Err(Some(why)) => Err(at(lane.cursor.offset, *why)),
        }
    }

    #[inline(always)]
    fn done(&mut self, after: Context) -> Outcome {
        if let Some(thread) = self.state.threads.get_mut(self.thread as usize) {
            thread.g = after.g;
            thread.p = after.p;
        }
        Ok(true)
    }

    /// The thread has what a status says, whatever it had before.
    #[inline]
    fn told_by_status(&mut self, proc: bool) {
        if let Some(thread) = self.state.threads.get_mut(self.thread as usize) {
            let before = if proc { &mut thread.p_before } else { &mut thread.g_before };
            if *before == Before::Open {
                *before = Before::Any;
            }
        }
    }

    fn claim_gc(&mut self, before: GcBefore) {
        if let Some(claims) = &mut self.state.claims {
            claims.gc.get_or_insert(before);
        }
    }

    #[inline(always)]
    fn initial(&self) -> bool {
        self.state.initial_generation == Some(self.generation)
    }

    #[inline(always)]
    fn seq(&self, n: u64) -> Seq {
        Seq::new(self.generation, n)
    }

    #[inline(always)]
    fn emit(&mut self, raw: &RawEvent, c: &Context, kind: Kind) {
        self.out.push(Event { time: raw.time, m: c.m, p: c.p, g: c.g, kind });
    }

    /// The text of a string id of this generation, kept for good.
    #[inline(always)]
    fn sym(&mut self, id: u64) -> Result<Sym, Why> {
        if id == 0 {
            return Ok(Sym::EMPTY);
        }
        match self.syms.get(id) {
            Some(s) => Ok(s),
            None => self.new_sym(id),
        }
    }

    #[cold]
    fn new_sym(&mut self, id: u64) -> Result<Sym, Why> {
        // Sinks keep texts too: all of them in the order of the events.
        if !self.out.is_empty() {
            return Err(None);
        }
        let Some(text) = self.tables.string(self.bytes, id) else {
            return bad(format!("the text {id} of an event is missing"));
        };
        let s = self.symbols.intern(&String::from_utf8_lossy(text));
        self.syms.set(id, s);
        Ok(s)
    }

    #[inline(always)]
    fn stack(&self, id: u64) -> Result<u64, Why> {
        if self.tables.has_stack(id) { Ok(id) } else { no_stack(id) }
    }

    /// The goroutine of the context, when it is in the status that the event needs.
    #[inline(always)]
    fn current(&mut self, g: i64, status: u8, what: &'static str) -> Result<&mut Goroutine, Why> {
        match self.state.goroutines.get_mut(g) {
            Some(s) if s.status == status => Ok(s),
            other => not_so(g, other.map(|s| s.status), what),
        }
    }

    #[inline(always)]
    fn apply(&mut self, raw: &RawEvent, c: Context) -> Outcome {
        let a = &raw.args;
        match raw.ty {
            ty::GO_START => self.go_start(raw, &c),
            ty::GO_UNBLOCK => self.go_unblock(raw, &c),
            ty::GO_BLOCK | ty::GO_STOP => {
                need(&c, Must, Must, Must)?;
                let (status, to) = if raw.ty == ty::GO_BLOCK {
                    (gs::WAITING, GoState::Waiting)
                } else {
                    (gs::RUNNABLE, GoState::Runnable)
                };
                let (reason, stack) = (self.sym(a[0])?, self.stack(a[1])?);
                self.current(c.g, gs::RUNNING, "stop")?.status = status;
                let kind = Kind::GoTransition {
                    g: c.g,
                    from: GoState::Running,
                    to,
                    reason,
                    stack,
                    own_stack: stack,
                };
                self.emit(raw, &c, kind);
                self.done(Context { g: NONE, ..c })
            }
            ty::GO_CREATE => self.go_create(raw, &c, gs::RUNNABLE, GoState::Runnable),
            ty::GO_CREATE_BLOCKED => self.go_create(raw, &c, gs::WAITING, GoState::Waiting),
            ty::GO_DESTROY => {
                need(&c, Must, Must, Must)?;
                self.current(c.g, gs::RUNNING, "end")?;
                self.state.forget(c.g);
                self.emit(raw, &c, transition(c.g, GoState::Running, GoState::NotExist));
                self.done(Context { g: NONE, ..c })
            }
            ty::GO_SYSCALL_BEGIN => self.syscall_begin(raw, &c),
            ty::GO_SYSCALL_END => {
                need(&c, Must, Must, Must)?;
                match self.state.procs.get_mut(c.p) {
                    Some(p) if p.status == ps::SYSCALL => p.status = ps::RUNNING,
                    _ => return bad("end of a system call on a processor that was in none"),
                }
                self.current(c.g, gs::SYSCALL, "end of a system call")?.status = gs::RUNNING;
                self.emit(raw, &c, transition(c.g, GoState::Syscall, GoState::Running));
                self.done(c)
            }
            ty::GO_SYSCALL_END_BLOCKED => {
                // While the processor is in the call, it has yet to be taken away; a newly won one is fine.
                if c.p != NONE {
                    match self.state.procs.get(c.p) {
                        Some(p) if p.status == ps::SYSCALL => return Ok(false),
                        Some(_) => {}
                        None => return bad(format!("end of a system call on the unknown processor {}", c.p)),
                    }
                }
                need(&c, Must, May, Must)?;
                self.current(c.g, gs::SYSCALL, "end of a blocked system call")?.status = gs::RUNNABLE;
                self.emit(raw, &c, transition(c.g, GoState::Syscall, GoState::Runnable));
                self.done(Context { g: NONE, ..c })
            }
            ty::GO_CREATE_SYSCALL => {
                need(&c, Must, May, MustNot)?;
                let g = a[0] as i64;
                self.new_goroutine(g, gs::SYSCALL)?;
                self.emit(raw, &c, transition(g, GoState::NotExist, GoState::Syscall));
                self.done(Context { g, ..c })
            }
            ty::GO_DESTROY_SYSCALL => self.destroy_in_syscall(raw, c),
            ty::GO_STATUS | ty::GO_STATUS_STACK => self.go_status(raw, c),
            ty::GO_SWITCH | ty::GO_SWITCH_DESTROY => self.go_switch(raw, c),
            ty::PROC_START => self.proc_start(raw, c),
            ty::PROC_STOP => {
                need(&c, Must, Must, May)?;
                match self.state.procs.get_mut(c.p) {
                    Some(p) if matches!(p.status, ps::RUNNING | ps::SYSCALL) => p.status = ps::IDLE,
                    _ => return bad(format!("stop of processor {}, which does not run", c.p)),
                }
                let kind = Kind::ProcTransition { proc: c.p, from: ProcState::Running, to: ProcState::Idle };
                self.emit(raw, &c, kind);
                self.done(Context { p: NONE, ..c })
            }
            ty::PROC_STEAL => self.proc_steal(raw, c),
            ty::PROC_STATUS => self.proc_status(raw, c),
            ty::PROCS_CHANGE => {
                need(&c, Must, Must, Must)?;
                let kind = Kind::Metric { metric: Metric::GoMaxProcs, value: a[0], stack: self.stack(a[1])? };
                self.emit(raw, &c, kind);
                self.done(c)
            }
            ty::HEAP_ALLOC | ty::HEAP_GOAL => {
                need(&c, Must, Must, May)?;
                let metric = if raw.ty == ty::HEAP_ALLOC { Metric::HeapAlloc } else { Metric::HeapGoal };
                self.emit(raw, &c, Kind::Metric { metric, value: a[0], stack: 0 });
                self.done(c)
            }
            ty::GO_LABEL => {
                need(&c, Must, Must, Must)?;
                let label = self.sym(a[0])?;
                self.emit(raw, &c, Kind::Label { g: c.g, label });
                self.done(c)
            }
            ty::STW_BEGIN..=ty::GC_MARK_ASSIST_END => self.range(raw, c),
            ty::USER_TASK_BEGIN..=ty::USER_LOG => self.annotation(raw, c),
            128.. => {
                need(&c, Must, May, May)?;
                self.emit(raw, &c, Kind::Experimental { ty: raw.ty, args: [a[0], a[1], a[2]] });
                self.done(c)
            }
            other => bad(format!("an event of type {other} does not belong among timed events")),
        }
    }

    // ---- goroutines

    fn new_goroutine(&mut self, g: i64, status: u8) -> Result<(), Why> {
        let new = Goroutine { status, seq: self.seq(0), ..Goroutine::NONE };
        if let Some(claims) = &mut self.state.claims {
            claims.created.push(g);
        }
        if self.state.goroutines.insert_new(g, new) {
            Ok(())
        } else {
            bad(format!("goroutine {g} is created twice"))
        }
    }

    #[inline(always)]
    fn go_create(&mut self, raw: &RawEvent, c: &Context, status: u8, to: GoState) -> Outcome {
        need(c, Must, Must, May)?;
        if c.g != NONE {
            self.current(c.g, gs::RUNNING, "creation by a goroutine that does not run: one")?;
        }
        let g = raw.args[0] as i64;
        let (own_stack, stack) = (self.stack(raw.args[1])?, self.stack(raw.args[2])?);
        self.new_goroutine(g, status)?;
        let kind =
            Kind::GoTransition { g, from: GoState::NotExist, to, reason: Sym::EMPTY, stack, own_stack };
        self.emit(raw, c, kind);
        self.done(*c)
    }

    #[inline(always)]
    fn go_start(&mut self, raw: &RawEvent, c: &Context) -> Outcome {
        let (g, seq) = (raw.args[0] as i64, self.seq(raw.args[1]));
        match self.state.goroutines.get_mut(g) {
            Some(s) if s.status == gs::RUNNABLE && seq.succeeds(s.seq) => {
                need(c, Must, Must, MustNot)?;
                s.status = gs::RUNNING;
                s.seq = seq;
            }
            _ => return Ok(false),
        }
        self.emit(raw, c, transition(g, GoState::Runnable, GoState::Running));
        self.done(Context { g, ..*c })
    }

    #[inline(always)]
    fn go_unblock(&mut self, raw: &RawEvent, c: &Context) -> Outcome {
        let (g, seq) = (raw.args[0] as i64, self.seq(raw.args[1]));
        let stack = self.stack(raw.args[2])?;
        match self.state.goroutines.get_mut(g) {
            Some(s) if s.status == gs::WAITING && seq.succeeds(s.seq) => {
                s.status = gs::RUNNABLE;
                s.seq = seq;
            }
            _ => return Ok(false),
        }
        let kind = Kind::GoTransition {
            g,
            from: GoState::Waiting,
            to: GoState::Runnable,
            reason: Sym::EMPTY,
            stack,
            own_stack: 0,
        };
        self.emit(raw, c, kind);
        self.done(*c)
    }

    /// A coroutine switch is three things at one stamp: the target wakes, the current one waits or ends, the target runs.
    fn go_switch(&mut self, raw: &RawEvent, c: Context) -> Outcome {
        need(&c, Must, Must, Must)?;
        let (next, seq) = (raw.args[0] as i64, self.seq(raw.args[1]));
        self.current(c.g, gs::RUNNING, "switch")?;
        match self.state.goroutines.get_mut(next) {
            Some(s) if s.status == gs::WAITING && seq.succeeds(s.seq) => {
                s.status = gs::RUNNING;
                s.seq = seq;
            }
            _ => return Ok(false),
        }
        self.emit(raw, &c, transition(next, GoState::Waiting, GoState::Runnable));
        if raw.ty == ty::GO_SWITCH_DESTROY {
            self.state.forget(c.g);
            self.emit(raw, &c, transition(c.g, GoState::Running, GoState::NotExist));
        } else {
            self.current(c.g, gs::RUNNING, "switch")?.status = gs::WAITING;
            self.emit(raw, &c, transition(c.g, GoState::Running, GoState::Waiting));
        }
        self.emit(raw, &Context { g: NONE, ..c }, transition(next, GoState::Runnable, GoState::Running));
        self.done(Context { g: next, ..c })
    }

    #[inline(always)]
    fn syscall_begin(&mut self, raw: &RawEvent, c: &Context) -> Outcome {
        need(c, Must, Must, Must)?;
        let (seq, stack) = (self.seq(raw.args[0]), self.stack(raw.args[1])?);
        match self.state.procs.get_mut(c.p) {
            // The number is the processor's, so that who takes it away can be put behind this.
            Some(p) if seq.succeeds(p.seq) => {
                p.seq = seq;
                p.status = ps::SYSCALL;
            }
            _ => return bad(format!("system call on processor {} out of its sequence", c.p)),
        }
        self.current(c.g, gs::RUNNING, "system call")?.status = gs::SYSCALL;
        let kind = Kind::GoTransition {
            g: c.g,
            from: GoState::Running,
            to: GoState::Syscall,
            reason: Sym::EMPTY,
            stack,
            own_stack: stack,
        };
        self.emit(raw, c, kind);
        self.done(*c)
    }

    /// A C thread leaves Go. Thread ids may come back, so a processor it still has is taken from it here.
    fn destroy_in_syscall(&mut self, raw: &RawEvent, c: Context) -> Outcome {
        need(&c, Must, May, Must)?;
        self.current(c.g, gs::SYSCALL, "end in a system call")?;
        if c.p != NONE {
            match self.state.procs.get_mut(c.p) {
                Some(p) if p.status == ps::SYSCALL => p.status = ps::ABANDONED,
                _ => return bad(format!("a thread ends with processor {}, which is in no system call", c.p)),
            }
            let kind = Kind::ProcTransition { proc: c.p, from: ProcState::Running, to: ProcState::Idle };
            self.emit(raw, &c, kind);
        }
        self.state.forget(c.g);
        self.emit(raw, &c, transition(c.g, GoState::Syscall, GoState::NotExist));
        self.done(Context { g: NONE, p: NONE, ..c })
    }

    fn go_status(&mut self, raw: &RawEvent, c: Context) -> Outcome {
        let (g, m, status) = (raw.args[0] as i64, raw.args[1] as i64, raw.args[2]);
        let stack = if raw.ty == ty::GO_STATUS_STACK { self.stack(raw.args[3])? } else { 0 };
        let to = match status as u8 {
            _ if status > 4 => return bad(format!("goroutine {g} has the unknown status {status}")),
            gs::RUNNABLE => GoState::Runnable,
            gs::RUNNING => GoState::Running,
            gs::SYSCALL => GoState::Syscall,
            gs::WAITING => GoState::Waiting,
            _ => return bad(format!("goroutine {g} has the status 0, which Go never writes")),
        };
        let (seq, initial) = (self.seq(0), self.initial());
        let from = match self.state.goroutines.get_mut(g) {
            Some(s) if u64::from(s.status) == status => {
                s.seq = seq;
                self.state.odd |= initial && self.state.claims.is_none();
                to
            }
            Some(s) => {
                return bad(format!(
                    "goroutine {g} is said to be in status {status}, but is in {}",
                    s.status
                ));
            }
            None if initial => {
                let alone = self.state.claims.is_some();
                if let Some(claims) = &mut self.state.claims {
                    claims.goroutines.push((g, status as u8));
                }
                let status = status as u8;
                let new =
                    Goroutine { status, from_before: alone, assist_told: !alone, seq, ..Goroutine::NONE };
                self.state.goroutines.insert(g, new);
                GoState::Undetermined
            }
            None => {
                return bad(format!("goroutine {g} is mentioned first after the first part of the trace"));
            }
        };
        let (mut shown, mut after) = (c, c);
        match to {
            GoState::Running => {
                after.g = g;
                self.told_by_status(false);
            }
            GoState::Syscall if m == NONE => {
                return bad(format!("goroutine {g} is in a system call on no thread"));
            }
            GoState::Syscall if m == c.m => {
                if !initial && c.g != g {
                    return bad(format!("goroutine {g} is in a system call on a thread that runs {}", c.g));
                }
                if let Some(thread) = self.state.threads.get_mut(self.thread as usize) {
                    if thread.g_before == Before::Open {
                        thread.g_before = Before::Is(g);
                    } else if thread.g_before != Before::Known && c.g != g {
                        return bad(format!(
                            "goroutine {g} is in a system call on a thread that runs {}",
                            c.g
                        ));
                    }
                }
                after.g = g;
            }
            GoState::Syscall => {
                // It sat in the call for the whole generation, on a thread that may never have been mentioned.
                if let Some(&ix) = self.state.thread_ix.get(&m) {
                    let thread = &mut self.state.threads[ix as usize];
                    if thread.g_before == Before::Open {
                        thread.g_before = Before::Is(g);
                        thread.g = g;
                    }
                    if thread.g != g {
                        return bad(format!(
                            "goroutine {g} is in a system call on thread {m}, which has another one"
                        ));
                    }
                    shown.g = g;
                } else {
                    let ix = self.state.thread(m);
                    let thread = &mut self.state.threads[ix as usize];
                    thread.g = g;
                    if thread.g_before == Before::Open {
                        thread.g_before = Before::IsOrNew(g);
                    }
                }
                shown.m = m;
            }
            _ => {}
        }
        let kind = Kind::GoTransition { g, from, to, reason: Sym::EMPTY, stack, own_stack: stack };
        self.emit(raw, &shown, kind);
        self.done(after)
    }

    // ---- processors

    fn proc_status(&mut self, raw: &RawEvent, c: Context) -> Outcome {
        let (p, status) = (raw.args[0] as i64, raw.args[1] as u8);
        let mut to = match raw.args[1] {
            1 | 3 => ProcState::Running,
            2 | 4 => ProcState::Idle,
            other => return bad(format!("processor {p} has the unknown status {other}")),
        };
        let (mut shown, mut after) = (c, c);
        let (seq, initial) = (self.seq(0), self.initial());
        let from = match self.state.procs.get_mut(p) {
            Some(s) => {
                s.seq = seq;
                if status == ps::ABANDONED && s.status == ps::SYSCALL {
                    // Nothing was lost after all: shown where the processor is bound.
                    to = ProcState::Running;
                    let of = self.state.thread_ix.iter();
                    let holder = of.filter(|(_, ix)| self.state.threads[**ix as usize].p == p).min();
                    let Some((&m, &ix)) = holder else {
                        return bad(format!(
                            "processor {p} is about to be taken from a thread that does not have it"
                        ));
                    };
                    shown = Context { m, p, g: self.state.threads[ix as usize].g };
                    ProcState::Running
                } else if s.status == status {
                    to
                } else {
                    return bad(format!(
                        "processor {p} is said to be in status {status}, but is in {}",
                        s.status
                    ));
                }
            }
            None => {
                let mut now = status;
                let alone = self.state.claims.is_some();
                if let Some(claims) = &mut self.state.claims {
                    claims.procs.push((p, status));
                    if status == ps::ABANDONED {
                        // Its thread still has it, as far as the generation before says.
                        now = ps::SYSCALL;
                        to = ProcState::Running;
                    }
                }
                let new = Proc { status: now, sweeping: false, sweep_told: !alone, seq };
                self.state.procs.or_insert_with(p, || new);
                if initial { ProcState::Undetermined } else { ProcState::NotExist }
            }
        };
        if matches!(status, ps::RUNNING | ps::SYSCALL) {
            after.p = p;
            self.told_by_status(true);
        }
        self.emit(raw, &shown, Kind::ProcTransition { proc: p, from, to });
        self.done(after)
    }

    fn proc_start(&mut self, raw: &RawEvent, c: Context) -> Outcome {
        let (p, seq) = (raw.args[0] as i64, self.seq(raw.args[1]));
        match self.state.procs.get_mut(p) {
            // A thread that still has a processor is in a system call, and it was not seen yet who takes it.
            Some(s) if s.status == ps::IDLE && seq.succeeds(s.seq) && c.p == NONE => {
                need(&c, Must, MustNot, May)?;
                s.status = ps::RUNNING;
                s.seq = seq;
            }
            _ => return Ok(false),
        }
        self.emit(raw, &c, Kind::ProcTransition { proc: p, from: ProcState::Idle, to: ProcState::Running });
        self.done(Context { p, ..c })
    }

    fn proc_steal(&mut self, raw: &RawEvent, c: Context) -> Outcome {
        let (p, seq, victim) = (raw.args[0] as i64, self.seq(raw.args[1]), raw.args[2] as i64);
        let Some(s) = self.state.procs.get_mut(p) else { return Ok(false) };
        if !matches!(s.status, ps::SYSCALL | ps::ABANDONED) || !seq.succeeds(s.seq) {
            return Ok(false);
        }
        need(&c, Must, May, May)?;
        let abandoned = s.status == ps::ABANDONED;
        s.status = ps::IDLE;
        s.seq = seq;
        let mut after = c;
        if abandoned {
            // Its thread may have moved on: leave it alone.
        } else if victim == c.m {
            if c.p != p {
                return bad(format!("thread {victim} takes processor {p} from itself, but has {}", c.p));
            }
            after.p = NONE;
        } else {
            match self.state.thread_ix.get(&victim) {
                Some(&ix) if self.state.threads[ix as usize].p == p => {
                    self.state.threads[ix as usize].p = NONE
                }
                _ if self.state.claims.is_some() => {
                    let ix = self.state.thread(victim);
                    let thread = &mut self.state.threads[ix as usize];
                    if thread.p_before != Before::Open {
                        return bad("a processor is taken from a thread that does not have it");
                    }
                    thread.p_before = Before::Is(p);
                }
                _ => {
                    return bad(format!(
                        "processor {p} is taken from thread {victim}, which does not have it"
                    ));
                }
            }
        }
        let from = if abandoned { ProcState::Idle } else { ProcState::Running };
        self.emit(raw, &c, Kind::ProcTransition { proc: p, from, to: ProcState::Idle });
        self.done(after)
    }

    // ---- ranges

    fn range(&mut self, raw: &RawEvent, c: Context) -> Outcome {
        let a = raw.args;
        let initial = self.initial();
        let kind = match raw.ty {
            ty::STW_BEGIN => {
                need(&c, Must, Must, Must)?;
                let (stack, reason) = (self.stack(a[1])?, self.sym(a[0])?);
                let open = self.state.stws.entry(c.g).or_default();
                if open.contains(&reason) {
                    return bad(format!("goroutine {} stops the world twice", c.g));
                }
                open.push(reason);
                if let Some(s) = self.state.goroutines.get_mut(c.g) {
                    s.has_more = true;
                }
                Kind::RangeBegin { scope: Scope::Goroutine(c.g), name: RangeName::Stw(reason), stack }
            }
            ty::STW_END => {
                need(&c, Must, Must, Must)?;
                let Some(reason) = self.state.stws.get_mut(&c.g).and_then(|v| v.pop()) else {
                    return bad(format!("goroutine {} starts a world that it did not stop", c.g));
                };
                range_end(Scope::Goroutine(c.g), RangeName::Stw(reason), 0, 0)
            }
            ty::GC_ACTIVE => {
                if initial {
                    if self.state.gc != Gc::Undetermined {
                        return bad("a running collection is mentioned first after another event of it");
                    }
                } else if a[0] != self.state.gc_seq.wrapping_add(1) {
                    return Ok(false);
                } else if self.state.gc != Gc::Running {
                    return bad("a collection is said to run, but does not");
                }
                self.claim_gc(GcBefore::Runs(a[0]));
                self.state.gc = Gc::Running;
                self.state.gc_seq = a[0];
                Kind::RangeActive { scope: Scope::None, name: RangeName::GcMark }
            }
            ty::GC_BEGIN => {
                if self.state.gc != Gc::Undetermined {
                    if a[0] != self.state.gc_seq.wrapping_add(1) {
                        return Ok(false);
                    }
                    if self.state.gc == Gc::Running {
                        return bad("a collection begins inside another");
                    }
                }
                let stack = self.stack(a[1])?;
                self.claim_gc(GcBefore::Begins(a[0]));
                self.state.gc = Gc::Running;
                self.state.gc_seq = a[0];
                Kind::RangeBegin { scope: Scope::None, name: RangeName::GcMark, stack }
            }
            ty::GC_END => {
                if a[0] != self.state.gc_seq.wrapping_add(1) {
                    return Ok(false);
                }
                if self.state.gc != Gc::Running {
                    return bad("a collection ends that did not begin");
                }
                self.state.gc = Gc::NotRunning;
                self.state.gc_seq = a[0];
                range_end(Scope::None, RangeName::GcMark, 0, 0)
            }
            ty::GC_SWEEP_ACTIVE => {
                let p = a[0] as i64;
                let Some(s) = self.state.procs.get_mut(p) else {
                    return bad(format!("the unknown processor {p} sweeps"));
                };
                if s.sweeping == initial || (self.state.claims.is_some() && s.sweep_told) {
                    return bad(format!("processor {p} sweeps already, or not at all"));
                }
                s.sweeping = true;
                s.sweep_told = true;
                if let Some(claims) = &mut self.state.claims {
                    claims.sweeps.push((p, true));
                }
                Kind::RangeActive { scope: Scope::Proc(p), name: RangeName::Sweep }
            }
            ty::GC_SWEEP_BEGIN | ty::GC_SWEEP_END => {
                need(&c, Must, Must, May)?;
                let begin = raw.ty == ty::GC_SWEEP_BEGIN;
                let stack = if begin { self.stack(a[0])? } else { 0 };
                match self.state.procs.get_mut(c.p) {
                    Some(s) if s.sweeping != begin => {
                        s.sweeping = begin;
                        if !std::mem::replace(&mut s.sweep_told, true)
                            && let Some(claims) = &mut self.state.claims
                        {
                            claims.sweeps.push((c.p, false));
                        }
                    }
                    _ => return bad(format!("processor {} begins or ends a sweep twice", c.p)),
                }
                let (scope, name) = (Scope::Proc(c.p), RangeName::Sweep);
                if begin {
                    Kind::RangeBegin { scope, name, stack }
                } else {
                    range_end(scope, name, a[0], a[1])
                }
            }
            ty::GC_MARK_ASSIST_ACTIVE => {
                let g = a[0] as i64;
                let Some(s) = self.state.goroutines.get_mut(g) else {
                    return bad(format!("the unknown goroutine {g} assists the collector"));
                };
                if s.assisting == initial || (self.state.claims.is_some() && s.assist_told) {
                    return bad(format!("goroutine {g} assists already, or not at all"));
                }
                s.assisting = true;
                s.assist_told = true;
                if let Some(claims) = &mut self.state.claims {
                    claims.assists.push((g, true));
                }
                Kind::RangeActive { scope: Scope::Goroutine(g), name: RangeName::MarkAssist }
            }
            _ => {
                need(&c, Must, Must, Must)?;
                let begin = raw.ty == ty::GC_MARK_ASSIST_BEGIN;
                let stack = if begin { self.stack(a[0])? } else { 0 };
                match self.state.goroutines.get_mut(c.g) {
                    Some(s) if s.assisting != begin => {
                        s.assisting = begin;
                        if !std::mem::replace(&mut s.assist_told, true)
                            && let Some(claims) = &mut self.state.claims
                        {
                            claims.assists.push((c.g, false));
                        }
                    }
                    _ => return bad(format!("goroutine {} begins or ends an assist twice", c.g)),
                }
                let (scope, name) = (Scope::Goroutine(c.g), RangeName::MarkAssist);
                if begin { Kind::RangeBegin { scope, name, stack } } else { range_end(scope, name, 0, 0) }
            }
        };
        self.emit(raw, &c, kind);
        self.done(c)
    }

    // ---- what the program says of itself

    fn annotation(&mut self, raw: &RawEvent, c: Context) -> Outcome {
        need(&c, Must, Must, Must)?;
        let a = raw.args;
        let task = a[0];
        let kind = match raw.ty {
            ty::USER_TASK_BEGIN => {
                let (name, stack) = (self.sym(a[2])?, self.stack(a[3])?);
                let parent = if a[1] == 0 { NONE } else { a[1] as i64 };
                if self.state.tasks.insert(task, (name, parent)).is_some() {
                    return bad(format!("task {task} begins twice"));
                }
                if let Some(claims) = &mut self.state.claims {
                    claims.task_begins.push(task);
                }
                Kind::TaskBegin { task, parent, name, stack }
            }
            ty::USER_TASK_END => {
                let stack = self.stack(a[1])?;
                let known = self.state.tasks.remove(&task);
                if known.is_none()
                    && let Some(claims) = &mut self.state.claims
                {
                    claims.task_ends.push(task);
                }
                let (name, parent) = known.unwrap_or((Sym::EMPTY, NONE));
                Kind::TaskEnd { task, parent, name, stack }
            }
            ty::USER_REGION_BEGIN => {
                let (name, stack) = (self.sym(a[1])?, self.stack(a[2])?);
                self.state.regions.entry(c.g).or_default().push((task, name));
                if let Some(s) = self.state.goroutines.get_mut(c.g) {
                    s.has_more = true;
                }
                Kind::RegionBegin { task, name, stack }
            }
            ty::USER_REGION_END => {
                let (name, stack) = (self.sym(a[1])?, self.stack(a[2])?);
                // An empty stack: the region began before the trace.
                let top = self.state.regions.get_mut(&c.g).and_then(Vec::pop);
                if top.is_none()
                    && let Some(claims) = &mut self.state.claims
                    && self.state.goroutines.get(c.g).is_some_and(|s| s.from_before)
                {
                    claims.region_ends.push((c.g, task, name));
                }
                if let Some(top) = top
                    && top != (task, name)
                {
                    return bad(format!(
                        "goroutine {} ends the region \u{201c}{}\u{201d} inside the region \u{201c}{}\u{201d}",
                        c.g,
                        self.symbols.text(name),
                        self.symbols.text(top.1)
                    ));
                }
                Kind::RegionEnd { task, name, stack }
            }
            _ => {
                let (category, stack) = (self.sym(a[1])?, self.stack(a[3])?);
                if !self.tables.has_string(a[2]) {
                    return bad(format!("the text {} of a log is missing", a[2]));
                }
                Kind::Log { task, category, message: a[2], stack }
            }
        };
        self.emit(raw, &c, kind);
        self.done(c)
    }
}

#[cold]
fn no_stack(id: u64) -> Result<u64, Why> {
    bad(format!("the stack {id} of an event is missing"))
}

#[cold]
fn not_so<T>(g: i64, status: Option<u8>, what: &str) -> Result<T, Why> {
    match status {
        Some(status) => bad(format!("{what} of goroutine {g} in status {status}")),
        None => bad(format!("{what} of goroutine {g}, which was never mentioned")),
    }
}

#[inline(always)]
fn transition(g: i64, from: GoState, to: GoState) -> Kind {
    Kind::GoTransition { g, from, to, reason: Sym::EMPTY, stack: 0, own_stack: 0 }
}

fn range_end(scope: Scope, name: RangeName, swept: u64, reclaimed: u64) -> Kind {
    Kind::RangeEnd { scope, name, swept, reclaimed }
}

#[inline(always)]
fn need(c: &Context, m: Need, p: Need, g: Need) -> Result<(), Why> {
    let ok = |need: &Need, id: i64| match need {
        Must => id != NONE,
        May => true,
        MustNot => id == NONE,
    };
    if ok(&m, c.m) && ok(&p, c.p) && ok(&g, c.g) { Ok(()) } else { out_of_place(c.m, c.p, c.g) }
}

#[cold]
fn out_of_place(m: i64, p: i64, g: i64) -> Result<(), Why> {
    let name = |id: i64| if id == NONE { "none".to_string() } else { id.to_string() };
    bad(format!(
        "an event on thread {}, processor {}, goroutine {} does not go with what these do",
        name(m),
        name(p),
        name(g)
    ))
}

#[cold]
fn at(offset: u64, why: String) -> Box<TraceError> {
    Box::new(TraceError::damaged(offset, format!("The events contradict each other: {why}")))
}
