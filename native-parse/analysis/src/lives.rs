//! The one state machine behind every figure of goroutines: lives, states, who ended a wait, who woke or made whom.
//! Ordered events go in; spans, stays and flows come out when they end.
//!
//! To the nanosecond:
//! - A goroutine first seen in a state has been in it since the Sync of that generation; its life starts there.
//! - States partition a life. A system call has two: with a processor and, from where that is lost, without.
//! - A processor is lost in a system call when it goes idle, or when another goroutine starts on it (files before Go
//!   1.22 do not tell who gave it away).
//! - A wait for ever is a wait: the goroutine lives until the trace ends.
//!
//! Memory: by living goroutines.

use tracewell_order::{Event, GoState, Kind, ProcState, StackId, Stage, Sym};
use tracewell_source::SeededMap;

use crate::stacks::{FrameTexts, StackIx};

/// States as people see them.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Hash)]
pub enum LifeState {
    Running,
    Runnable,
    Waiting,
    /// In a system call that holds a processor.
    Syscall,
    /// In a system call that lost its processor.
    SyscallBlocked,
}

impl LifeState {
    /// Each at its number.
    pub const ALL: [LifeState; 5] = [
        LifeState::Running,
        LifeState::Runnable,
        LifeState::Waiting,
        LifeState::Syscall,
        LifeState::SyscallBlocked,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            LifeState::Running => "running",
            LifeState::Runnable => "runnable",
            LifeState::Waiting => "waiting",
            LifeState::Syscall => "syscall",
            LifeState::SyscallBlocked => "syscall-blocked",
        }
    }
}

/// A goroutine from its creation, or first mention, to its end.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    pub g: i64,
    pub start: i64,
    /// It is older than the trace.
    pub older: bool,
    /// -1: nobody is named.
    pub creator: i64,
    /// Leaf of the creator's stack, `func@line`.
    pub create_top: Sym,
    /// Start function; EMPTY while it is not known.
    pub name: Sym,
    /// Time of the event that first said that it runs.
    pub first_run: Option<i64>,
    /// What `Lives::stand` gave for the state that it is in.
    pub stood: StackIx,
}

/// A stretch in one state.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LifeSpan {
    pub start: i64,
    pub end: i64,
    pub state: LifeState,
    /// Of waits only.
    pub reason: Sym,
    /// Goroutine that ended a wait, -1 for none, and the leaf of its stack.
    pub by: i64,
    pub by_top: Sym,
}

/// A stretch in one scheduler state: a system call is one, with and without processor.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stay {
    pub start: i64,
    /// Time of the event that entered it: later than `start` for what is older than its generation.
    pub seen: i64,
    pub end: i64,
    /// False: it goes on at the end of the trace.
    pub ended: bool,
    pub state: GoState,
    /// From when on a system call had no processor; `end`: it had one throughout.
    pub blocked: i64,
    pub reason: Sym,
    /// What `Lives::keep_stack` gave for the event that entered it.
    pub stack: StackIx,
    /// Thread of that event, -1 for none.
    pub thread: i64,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FlowKind {
    Create,
    Unblock,
}

/// Who made a goroutine run: `from` (-1: nobody is named) at `at`; it ran from `start` on, if ever.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LifeFlow {
    pub kind: FlowKind,
    /// Of the wait that ended.
    pub reason: Sym,
    pub from: i64,
    pub at: i64,
    pub to: i64,
    pub start: Option<i64>,
}

/// Receives what the machine finds, in order of the events that end it.
pub trait Lives {
    /// Leaves of stacks are asked for (`by_top`, `create_top`); else they are EMPTY.
    const TOPS: bool = false;
    /// Flows are asked for.
    const FLOWS: bool = false;

    /// Each event, before it changes anything.
    fn event(&mut self, _e: &Event, _stage: &mut Stage<'_>) {}
    fn born(&mut self, _life: &Life) {}
    /// A CPU sample; `life`: of the goroutine that it names, if that lives.
    fn sample(&mut self, _life: Option<&Life>, _e: &Event, _stack: StackId, _s: &mut Stage<'_>) {}
    /// The stack of an event that enters a state: kept by those who need it for stays.
    fn keep_stack(
        &mut self,
        _life: &Life,
        _state: GoState,
        _reason: Sym,
        _id: StackId,
        _s: &mut Stage<'_>,
    ) -> StackIx {
        StackIx::default()
    }
    /// Where a goroutine stands in the state that it enters, told behind `keep_stack`: by those who need it for spans.
    fn stand(&mut self, _life: &Life, _state: GoState, _id: StackId, _s: &mut Stage<'_>) -> StackIx {
        StackIx::default()
    }
    /// The leaf of the stack of who ends a wait of this one is asked for.
    fn wants_top(&self, _life: &Life) -> bool {
        Self::TOPS
    }
    fn span(&mut self, _life: &Life, _span: &LifeSpan) {}
    fn stay(&mut self, _life: &Life, _stay: &Stay) {}
    fn flow(&mut self, _flow: &LifeFlow) {}
    /// From state to state, with the reasons of waits. `from` None: it is made; `to` None: it ends. What is older than the
    /// trace comes from nowhere.
    fn step(
        &mut self,
        _life: &Life,
        _from: Option<(LifeState, Sym)>,
        _to: Option<(LifeState, Sym)>,
        _at: i64,
    ) {
    }
    /// `alive`: the trace ended, not the goroutine.
    fn gone(&mut self, _life: &Life, _end: i64, _alive: bool) {}
    /// True ends the reading.
    fn is_done(&self) -> bool {
        false
    }
}

struct Go {
    life: Life,
    state: LifeState,
    since: i64,
    reason: Sym,
    coarse: GoState,
    stay_since: i64,
    seen: i64,
    stack: StackIx,
    thread: i64,
    /// Processor that it holds; -1 for none.
    proc: i64,
    /// Flows that wait for its next run. Most goroutines have none at a time, and there may be millions of them.
    #[expect(clippy::box_collection)]
    pending: Option<Box<Vec<LifeFlow>>>,
}

#[derive(Default)]
pub struct LifeMachine {
    living: SeededMap<i64, Go>,
    /// Goroutine that holds each processor.
    holders: SeededMap<i64, i64>,
    sync: i64,
    texts: FrameTexts,
    odd: bool,
}

impl LifeMachine {
    pub fn event(&mut self, e: &Event, stage: &mut Stage<'_>, out: &mut impl Lives) {
        out.event(e, stage);
        match e.kind {
            Kind::Sync { .. } => self.sync = e.time,
            Kind::ProcTransition { proc, from, to: ProcState::Idle } if from != ProcState::Idle => {
                if let Some(&g) = self.holders.get(&proc) {
                    self.lose(g, e.time, out);
                }
            }
            Kind::GoTransition { g, from, to, .. } if from != to => {
                self.goroutine(e, g, from, to, stage, out)
            }
            Kind::StackSample { stack } => out.sample(self.life(e.g), e, stack, stage),
            _ => {}
        }
    }

    /// Closes everything that is open.
    pub fn finish(&mut self, end: i64, out: &mut impl Lives) {
        let mut all: Vec<Go> = std::mem::take(&mut self.living).into_values().collect();
        all.sort_unstable_by_key(|go| go.life.g);
        for go in &mut all {
            go.close_span(end, -1, Sym::EMPTY, out);
            go.close_stay(end, false, out);
            go.start_flows(None, out);
            out.gone(&go.life, end, true);
        }
    }

    /// A goroutine that is in a stay in the middle of a trace, in its state since `at`. `proc`: the processor that it holds, -1
    /// for none.
    pub(crate) fn resume(&mut self, life: Life, stay: &Stay, at: i64, proc: i64) {
        let state = match stay.state {
            GoState::Running => LifeState::Running,
            GoState::Runnable => LifeState::Runnable,
            GoState::Syscall if proc != -1 => LifeState::Syscall,
            GoState::Syscall => LifeState::SyscallBlocked,
            _ => LifeState::Waiting,
        };
        let g = life.g;
        let go = Go {
            life,
            state,
            since: at,
            reason: stay.reason,
            coarse: stay.state,
            stay_since: stay.start,
            seen: stay.seen,
            stack: stay.stack,
            thread: stay.thread,
            proc,
            pending: None,
        };
        self.living.insert(g, go);
        if proc != -1 {
            self.holders.insert(proc, g);
        }
    }

    /// Processors and who holds them.
    pub(crate) fn holders(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        self.holders.iter().map(|(p, g)| (*p, *g))
    }
    pub(crate) fn is_living(&self, g: i64) -> bool {
        self.living.contains_key(&g)
    }
    pub(crate) fn living(&self) -> impl ExactSizeIterator<Item = &Life> {
        self.living.values().map(|go| &go.life)
    }
    /// A goroutine that lived was named anew: its life is not one.
    pub(crate) fn is_odd(&self) -> bool {
        self.odd
    }

    /// The state that a goroutine is in, since when, and the reason of a wait.
    pub fn open(&self, g: i64) -> Option<(LifeState, i64, Sym)> {
        self.living.get(&g).map(|go| (go.state, go.since, go.reason))
    }

    pub fn life(&self, g: i64) -> Option<&Life> {
        self.living.get(&g).map(|go| &go.life)
    }

    fn goroutine<L: Lives>(
        &mut self,
        e: &Event,
        g: i64,
        from: GoState,
        to: GoState,
        stage: &mut Stage<'_>,
        out: &mut L,
    ) {
        let Kind::GoTransition { reason, stack, own_stack, .. } = e.kind else { return };
        let at = if from == GoState::Undetermined { self.sync } else { e.time };
        let coming = matches!(from, GoState::Undetermined | GoState::NotExist);
        if coming {
            self.birth(e, g, from, to, at, stage, out);
        }
        if self.takes(e, g, from, to)
            && let Some(&other) = self.holders.get(&e.p)
            && other != g
        {
            self.lose(other, at, out);
        }
        let LifeMachine { living, holders, texts, .. } = self;
        let Some(go) = living.get_mut(&g) else { return };
        if !coming {
            go.leave(e, from, stack, texts, stage, out);
        }
        go.hold(e, from, to, holders);
        if go.life.name == Sym::EMPTY && own_stack != 0 {
            go.life.name = texts.bottom(own_stack, stage).func;
        }
        if to == GoState::Running {
            go.life.first_run.get_or_insert(e.time);
            go.start_flows(Some(e.time), out);
        }
        let before = (!coming).then_some((go.state, go.reason));
        go.state = match to {
            GoState::Running => LifeState::Running,
            GoState::Runnable => LifeState::Runnable,
            GoState::Waiting => LifeState::Waiting,
            GoState::Syscall if go.proc != -1 => LifeState::Syscall,
            GoState::Syscall => LifeState::SyscallBlocked,
            GoState::NotExist | GoState::Undetermined => {
                go.start_flows(None, out);
                if before.is_some() {
                    out.step(&go.life, before, None, e.time);
                }
                out.gone(&go.life, e.time, false);
                living.remove(&g);
                return;
            }
        };
        go.since = at;
        go.reason = if to == GoState::Waiting { reason } else { Sym::EMPTY };
        go.coarse = to;
        go.stay_since = at;
        go.seen = e.time;
        go.thread = e.m;
        if before.is_some() || !go.life.older {
            out.step(&go.life, before, Some((go.state, go.reason)), at);
        }
        go.stack = out.keep_stack(&go.life, to, go.reason, stack, stage);
        go.life.stood = out.stand(&go.life, to, stack, stage);
    }

    /// Whether the goroutine holds the event's processor after the transition and not before.
    fn takes(&self, e: &Event, g: i64, from: GoState, to: GoState) -> bool {
        match to {
            // It may have kept the processor that its system call began on.
            GoState::Running if from == GoState::Syscall => {
                e.p >= 0 && self.living.get(&g).is_some_and(|go| go.proc == -1)
            }
            GoState::Running => e.p >= 0,
            GoState::Syscall => from == GoState::Undetermined && e.p >= 0 && e.m >= 0,
            _ => false,
        }
    }

    #[expect(clippy::too_many_arguments)]
    fn birth<L: Lives>(
        &mut self,
        e: &Event,
        g: i64,
        from: GoState,
        to: GoState,
        at: i64,
        stage: &mut Stage<'_>,
        out: &mut L,
    ) {
        // A file that names a living goroutine anew is odd; what it said before is closed, so nothing is lost.
        if let Some(mut old) = self.living.remove(&g) {
            self.odd = true;
            if old.proc != -1 {
                self.holders.remove(&old.proc);
            }
            old.close_span(at.max(old.since), -1, Sym::EMPTY, out);
            old.close_stay(at.max(old.stay_since), true, out);
            old.start_flows(None, out);
            out.gone(&old.life, at.max(old.since), false);
        }
        let created = from == GoState::NotExist;
        let stack = match e.kind {
            Kind::GoTransition { stack, .. } if created => stack,
            _ => 0,
        };
        let life = Life {
            g,
            start: at,
            older: !created,
            creator: if created { e.g } else { -1 },
            create_top: if L::TOPS { self.texts.leaf(stack, stage) } else { Sym::EMPTY },
            name: Sym::EMPTY,
            first_run: None,
            stood: StackIx::default(),
        };
        out.born(&life);
        let mut go = Go {
            life,
            state: LifeState::Runnable,
            since: at,
            reason: Sym::EMPTY,
            coarse: to,
            stay_since: at,
            seen: e.time,
            stack: StackIx::default(),
            thread: e.m,
            proc: -1,
            pending: None,
        };
        // A C thread that calls Go makes its goroutine itself: nobody made it run.
        if L::FLOWS && created && to != GoState::Syscall {
            go.wait_for_run(FlowKind::Create, Sym::EMPTY, e);
        }
        self.living.insert(g, go);
    }

    /// The processor leaves a goroutine that goes on: only a system call may go on without.
    fn lose(&mut self, g: i64, t: i64, out: &mut impl Lives) {
        if let Some(go) = self.living.get_mut(&g)
            && go.state == LifeState::Syscall
        {
            go.close_span(t, -1, Sym::EMPTY, out);
            let (from, to) = (LifeState::Syscall, LifeState::SyscallBlocked);
            out.step(&go.life, Some((from, go.reason)), Some((to, go.reason)), t);
            go.state = to;
            go.since = t;
        }
        if let Some(go) = self.living.get_mut(&g) {
            go.release(&mut self.holders);
        }
    }
}

impl Go {
    fn leave<L: Lives>(
        &mut self,
        e: &Event,
        from: GoState,
        stack: StackId,
        texts: &mut FrameTexts,
        stage: &mut Stage<'_>,
        out: &mut L,
    ) {
        if from == GoState::Waiting {
            let top = if out.wants_top(&self.life) { texts.leaf(stack, stage) } else { Sym::EMPTY };
            if L::FLOWS {
                self.wait_for_run(FlowKind::Unblock, self.reason, e);
            }
            self.close_span(e.time, e.g, top, out);
        } else {
            self.close_span(e.time, -1, Sym::EMPTY, out);
        }
        self.close_stay(e.time, true, out);
    }

    /// Which processor it holds after the transition. Whoever held it before has lost it.
    fn hold(&mut self, e: &Event, from: GoState, to: GoState, holders: &mut SeededMap<i64, i64>) {
        let takes = match to {
            GoState::Running => e.p >= 0 && (from != GoState::Syscall || self.proc == -1),
            GoState::Syscall => from == GoState::Undetermined && e.p >= 0 && e.m >= 0,
            _ => return self.release(holders),
        };
        if takes {
            self.release(holders);
            holders.insert(e.p, self.life.g);
            self.proc = e.p;
        }
    }

    fn release(&mut self, holders: &mut SeededMap<i64, i64>) {
        if self.proc != -1 {
            holders.remove(&self.proc);
            self.proc = -1;
        }
    }

    fn close_span(&mut self, end: i64, by: i64, by_top: Sym, out: &mut impl Lives) {
        let span = LifeSpan { start: self.since, end, state: self.state, reason: self.reason, by, by_top };
        out.span(&self.life, &span);
    }

    fn close_stay(&mut self, end: i64, ended: bool, out: &mut impl Lives) {
        let blocked = if self.state == LifeState::SyscallBlocked { self.since } else { end };
        let stay = Stay {
            start: self.stay_since,
            seen: self.seen,
            end,
            ended,
            state: self.coarse,
            blocked,
            reason: self.reason,
            stack: self.stack,
            thread: self.thread,
        };
        out.stay(&self.life, &stay);
    }

    fn wait_for_run(&mut self, kind: FlowKind, reason: Sym, e: &Event) {
        let flow = LifeFlow { kind, reason, from: e.g, at: e.time, to: self.life.g, start: None };
        self.pending.get_or_insert_default().push(flow);
    }

    fn start_flows(&mut self, start: Option<i64>, out: &mut impl Lives) {
        for flow in self.pending.take().into_iter().flat_map(|v| *v) {
            out.flow(&LifeFlow { start, ..flow });
        }
    }
}
