//! What each goroutine is in, step by step. The states are those of `analysis::lives`, and time inside of a mark assist is
//! told apart; here it can also begin in the middle of a trace, at a border of segments.

use tracewell_order::{Event, GoState, Kind, ProcState, RangeName, Scope, Sym};
use tracewell_source::{SeededMap, SeededSet};

use crate::span::SpanState;

/// Why a goroutine entered a state.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Cause {
    #[default]
    Own,
    /// It is mentioned for the first time in this reading: it has been in that state since the Sync or longer.
    Mention,
    /// `by` made it.
    Create,
    /// `by` ended its wait.
    Unblock,
}

/// A goroutine enters a state. `Idle` is none: it ended.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Step {
    pub at: i64,
    /// Who created or woke it, -1: nobody is named.
    pub by: i64,
    /// Thread and processor of the event, -1 for none.
    pub m: i64,
    pub p: i64,
    /// Of waits; and of what follows a stop (preempted).
    pub reason: Sym,
    /// What it was in before; Idle: it did not live, or nothing is known of it.
    pub from: SpanState,
    pub state: SpanState,
    pub cause: Cause,
}

impl Step {
    /// Nobody made it: `place` is thread and processor.
    fn own(at: i64, place: (i64, i64), from: SpanState, state: SpanState) -> Step {
        let (m, p) = place;
        Step { at, by: -1, m, p, reason: Sym::EMPTY, from, state, cause: Cause::Own }
    }
}

/// What it was in before, where its begin is known.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Was {
    pub state: SpanState,
    pub since: i64,
    pub reason: Sym,
}

pub trait Steps {
    /// A goroutine appears; the answer comes back as its tag. `parent`: tag of who made it.
    fn born(&mut self, _g: i64, _at: i64, _older: bool, _parent: Option<u32>) -> u32 {
        0
    }
    /// `was` is None where the reading began in the middle and nothing was told of it yet.
    fn step(&mut self, g: i64, tag: u32, step: &Step, was: Option<Was>);
}

#[derive(Clone, Copy)]
struct Go {
    since: i64,
    tag: u32,
    reason: Sym,
    /// Running while it is shown as Assist.
    base: SpanState,
    /// It holds a processor: most do not, and need not be looked for in `procs`.
    holds: bool,
    /// The reading began in the middle: `since` is not known.
    vague: bool,
}

/// Who holds a processor at a border, and what it is in.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Holder {
    pub p: i64,
    pub g: i64,
    pub in_call: bool,
}

#[derive(Default)]
pub struct GoMachine {
    living: SeededMap<i64, Go>,
    /// Goroutine of each processor, processor of each goroutine.
    holders: SeededMap<i64, i64>,
    procs: SeededMap<i64, i64>,
    assists: SeededSet<i64>,
    sync: i64,
    /// Begun in the middle.
    seeded: bool,
}

/// What was shown of a base state: the assist, where that is known.
fn from_shown(base: SpanState, was: Option<Was>) -> SpanState {
    was.map_or(base, |w| w.state)
}

fn base_of(s: GoState) -> SpanState {
    match s {
        GoState::Running => SpanState::Running,
        GoState::Runnable => SpanState::Runnable,
        GoState::Waiting => SpanState::Waiting,
        GoState::Syscall => SpanState::SyscallBlocked,
        GoState::NotExist | GoState::Undetermined => SpanState::Idle,
    }
}

impl GoMachine {
    /// Goes on at a border, where these held processors and these were in a mark assist; the last Sync was at `from`.
    pub fn seeded(from: i64, holders: &[Holder], assists: &[i64]) -> GoMachine {
        let mut m = GoMachine { sync: from, seeded: true, ..GoMachine::default() };
        for h in holders {
            let base = if h.in_call { SpanState::Syscall } else { SpanState::Running };
            let go = Go { since: from, tag: 0, reason: Sym::EMPTY, base, holds: true, vague: true };
            m.living.insert(h.g, go);
            m.holders.insert(h.p, h.g);
            m.procs.insert(h.g, h.p);
        }
        m.assists.extend(assists);
        m
    }

    /// Time of the last Sync.
    pub fn sync(&self) -> i64 {
        self.sync
    }

    pub fn holders(&self) -> Vec<Holder> {
        let in_call = |g| self.living.get(g).is_some_and(|go| go.base == SpanState::Syscall);
        self.holders.iter().map(|(p, g)| Holder { p: *p, g: *g, in_call: in_call(g) }).collect()
    }

    pub fn assists(&self) -> Vec<i64> {
        self.assists.iter().copied().collect()
    }

    pub fn tag(&self, g: i64) -> Option<u32> {
        self.living.get(&g).map(|go| go.tag)
    }

    pub fn living(&self) -> usize {
        self.living.len()
    }

    pub fn event(&mut self, e: &Event, out: &mut impl Steps) {
        match e.kind {
            Kind::Sync { .. } => self.sync = e.time,
            Kind::ProcTransition { proc, from, to: ProcState::Idle } if from != ProcState::Idle => {
                if let Some(&g) = self.holders.get(&proc) {
                    self.lose(g, e.time, e, out);
                }
            }
            Kind::GoTransition { g, from, to, reason, .. } if from != to => {
                self.goroutine(e, g, from, to, reason, out);
            }
            Kind::RangeBegin { scope: Scope::Goroutine(g), name: RangeName::MarkAssist, .. } => {
                self.assist(g, true, e.time, e, out);
            }
            Kind::RangeActive { scope: Scope::Goroutine(g), name: RangeName::MarkAssist } => {
                self.assist(g, true, self.sync, e, out);
            }
            Kind::RangeEnd { scope: Scope::Goroutine(g), name: RangeName::MarkAssist, .. } => {
                self.assist(g, false, e.time, e, out);
            }
            _ => {}
        }
    }

    /// Closes everything that is open, by goroutine.
    pub fn finish(&mut self, end: i64, out: &mut impl Steps) {
        let mut all: Vec<(i64, Go)> = std::mem::take(&mut self.living).into_iter().collect();
        all.sort_unstable_by_key(|(g, _)| *g);
        for (g, go) in all {
            let from = self.shown(g, go.base);
            out.step(g, go.tag, &Step::own(end, (-1, -1), from, SpanState::Idle), self.was(g, &go));
        }
    }

    fn held_by(&self, g: i64, go: &Go) -> Option<i64> {
        if go.holds { self.procs.get(&g).copied() } else { None }
    }

    fn was(&self, g: i64, go: &Go) -> Option<Was> {
        let state = self.shown(g, go.base);
        (!go.vague).then_some(Was { state, since: go.since, reason: go.reason })
    }

    fn shown(&self, g: i64, base: SpanState) -> SpanState {
        if base == SpanState::Running && self.assists.contains(&g) { SpanState::Assist } else { base }
    }

    fn goroutine(
        &mut self,
        e: &Event,
        g: i64,
        from: GoState,
        to: GoState,
        reason: Sym,
        out: &mut impl Steps,
    ) {
        let first = from == GoState::Undetermined;
        let at = if first { self.sync } else { e.time };
        // Begun in the middle: holders are known already, and what is mentioned says nothing new.
        if first && self.seeded && self.living.contains_key(&g) {
            return;
        }
        let coming = first || from == GoState::NotExist;
        if coming {
            self.close(g, at, e, out);
        }
        let unknown =
            || Go { since: at, tag: 0, reason: Sym::EMPTY, base: base_of(from), holds: false, vague: true };
        let known = self.living.get(&g).copied();
        let before = known.or_else(|| (self.seeded && !coming).then(unknown));
        let held = before.and_then(|go| self.held_by(g, &go));
        let takes = match to {
            // It may have kept the processor that its system call began on.
            GoState::Running => e.p >= 0 && (from != GoState::Syscall || held.is_none()),
            GoState::Syscall => from == GoState::Undetermined && e.p >= 0 && e.m >= 0,
            _ => false,
        };
        // N.B. of a system call that nothing was told of, nobody knows whether it has the processor still.
        if takes
            && (from != GoState::Syscall || before.is_some())
            && let Some(&other) = self.holders.get(&e.p)
            && other != g
        {
            self.lose(other, at, e, out);
        }
        if before.is_none() && !coming {
            return;
        }
        let was = before.and_then(|go| self.was(g, &go));
        let tag = match before {
            Some(go) => go.tag,
            None => out.born(g, at, first, self.tag(e.g).filter(|_| !first)),
        };
        let keeps = matches!(to, GoState::Running | GoState::Syscall) && !takes;
        let proc = if takes { Some(e.p) } else { held.filter(|_| keeps) };
        if proc != held {
            if let Some(p) = held {
                self.holders.remove(&p);
                self.procs.remove(&g);
            }
            if let Some(p) = proc {
                self.holders.insert(p, g);
                self.procs.insert(g, p);
            }
        }
        let base = match to {
            GoState::Syscall if proc.is_some() => SpanState::Syscall,
            _ => base_of(to),
        };
        if base == SpanState::Idle {
            self.assists.remove(&g);
            self.living.remove(&g);
        } else {
            let reason = if to == GoState::Waiting { reason } else { Sym::EMPTY };
            self.living.insert(g, Go { since: at, tag, reason, base, holds: proc.is_some(), vague: false });
        }
        let cause = match from {
            GoState::Undetermined => Cause::Mention,
            // A C thread that calls Go makes its goroutine itself: nobody made it run.
            GoState::NotExist if to != GoState::Syscall => Cause::Create,
            GoState::Waiting => Cause::Unblock,
            _ => Cause::Own,
        };
        let by = if matches!(cause, Cause::Create | Cause::Unblock) { e.g } else { -1 };
        let from = before.map_or(SpanState::Idle, |go| from_shown(go.base, was));
        let state = self.shown(g, base);
        out.step(g, tag, &Step { at, by, m: e.m, p: e.p, reason, from, state, cause }, was);
    }

    /// A file that names a living goroutine anew is odd; what it said before is closed, so nothing is lost.
    fn close(&mut self, g: i64, at: i64, e: &Event, out: &mut impl Steps) {
        let Some(go) = self.living.get(&g).copied() else { return };
        let was = self.was(g, &go);
        self.release(g);
        self.living.remove(&g);
        let step = Step::own(at.max(go.since), (e.m, e.p), self.shown(g, go.base), SpanState::Idle);
        out.step(g, go.tag, &step, was);
    }

    /// The processor leaves a goroutine that goes on: only a system call may go on without.
    fn lose(&mut self, g: i64, t: i64, e: &Event, out: &mut impl Steps) {
        if let Some(go) = self.living.get(&g).copied()
            && go.base == SpanState::Syscall
        {
            let was = self.was(g, &go);
            let (base, vague) = (SpanState::SyscallBlocked, false);
            self.living.insert(g, Go { since: t, base, vague, ..go });
            out.step(g, go.tag, &Step::own(t, (-1, e.p), SpanState::Syscall, base), was);
        }
        self.release(g);
    }

    fn release(&mut self, g: i64) {
        let Some(go) = self.living.get_mut(&g) else { return };
        if std::mem::replace(&mut go.holds, false)
            && let Some(p) = self.procs.remove(&g)
        {
            self.holders.remove(&p);
        }
    }

    fn assist(&mut self, g: i64, on: bool, at: i64, e: &Event, out: &mut impl Steps) {
        if self.assists.contains(&g) == on {
            return;
        }
        let before = self.living.get(&g).copied();
        let was = before.and_then(|go| self.was(g, &go));
        if on {
            self.assists.insert(g);
        } else {
            self.assists.remove(&g);
        }
        let Some(go) = before.filter(|go| go.base == SpanState::Running) else { return };
        let at = at.max(go.since);
        self.living.insert(g, Go { since: at, vague: false, ..go });
        let state = self.shown(g, go.base);
        // The thread is that of the run that goes on.
        let (m, p) = if e.g == g { (e.m, e.p) } else { (-1, self.held_by(g, &go).unwrap_or(-1)) };
        let from = if on { SpanState::Running } else { SpanState::Assist };
        out.step(g, go.tag, &Step::own(at, (m, p), from, state), was);
    }
}
