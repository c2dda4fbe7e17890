//! `profile`: where goroutines waited (for the network, for each other, for a processor) or were in system calls, by
//! stack; and where CPU samples fell.
//!
//! A stay counts whole, clipped to the trace only: the wait before a goroutine first ran too, and in `still` those that
//! never ended. The reference leaves both out (`reference_profiles`).

use serde_json::{Value, json};
use tracewell_order::{Event, GoState, Kind, StackId, Stage, Sym, Symbols};
use tracewell_source::{Result, SeededMap};

use crate::lives::{Life, Lives, Stay};
use crate::profile_scope::{Ask, Scope};
use crate::run::{self, Outcome};
use crate::stacks::{Blank, StackIx, Stacks};
use crate::stats::Clip;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Profile {
    Net,
    Sync,
    Syscall,
    Sched,
    Cpu,
    /// Waits that are in none of the first two: sleep, the collector, timers, what has no reason.
    Other,
    /// Everything but running, one after the other: by its stacks.
    Wall,
}

/// A trace does not tell the rate of its CPU samples; runtime/pprof's is 100 a second.
pub const SAMPLE_NANOS: i64 = 10_000_000;

/// The stack of what does not belong to the profile.
pub const NOT_COUNTED: StackIx = StackIx(u32::MAX);

/// Judges states and reasons; remembers what it said of each reason.
pub struct Judge {
    pub profile: Profile,
    /// A wait for ever counts as one of synchronization.
    pub forever: bool,
    reasons: SeededMap<Sym, bool>,
}

impl Judge {
    pub fn new(profile: Profile, forever: bool) -> Judge {
        Judge { profile, forever, reasons: SeededMap::default() }
    }

    pub fn counts(&mut self, state: GoState, reason: Sym, symbols: &Symbols) -> bool {
        let (profile, forever) = (self.profile, self.forever);
        match (profile, state) {
            (Profile::Syscall | Profile::Wall, GoState::Syscall) => true,
            (Profile::Sched | Profile::Wall, GoState::Runnable) | (Profile::Wall, GoState::Waiting) => true,
            (Profile::Net | Profile::Sync | Profile::Other, GoState::Waiting) => {
                *self.reasons.entry(reason).or_insert_with(|| {
                    let text = symbols.text(reason);
                    match profile {
                        Profile::Net => text == "network",
                        Profile::Sync => is_sync(text, forever),
                        _ => text != "network" && !is_sync(text, true),
                    }
                })
            }
            _ => false,
        }
    }
}

/// Whether a wait of this reason is one of synchronization; `forever`: such waits are too.
pub fn is_sync(reason: &str, forever: bool) -> bool {
    (forever && reason == "forever") || ["chan", "sync", "select"].iter().any(|w| reason.contains(w))
}

/// Count and ns of each stack.
#[derive(Default)]
pub struct Sums {
    of: SeededMap<StackIx, (u64, i64)>,
}

impl Sums {
    pub fn add(&mut self, stack: StackIx, count: u64, nanos: i64) {
        let sum = self.of.entry(stack).or_default();
        sum.0 += count;
        sum.1 += nanos;
    }
    /// Gives what was counted for one stack to another.
    pub fn move_to(&mut self, from: StackIx, to: StackIx) {
        if from != to
            && let Some((count, nanos)) = self.of.remove(&from)
        {
            self.add(to, count, nanos);
        }
    }
    pub(crate) fn set(&mut self, stack: StackIx, count: u64, nanos: i64) {
        self.of.insert(stack, (count, nanos));
    }
    /// Its total can be told.
    pub(crate) fn fits(&self) -> bool {
        let add = |(n, ns): (u64, i64), v: &(u64, i64)| Some((n.checked_add(v.0)?, ns.checked_add(v.1)?));
        self.of.values().try_fold((0, 0), add).is_some()
    }
    fn total(&self) -> (u64, i64) {
        self.of.values().fold((0, 0), |(n, ns), v| (n + v.0, ns + v.1))
    }
    /// By falling delay, then by stack.
    pub fn rows(&self) -> Vec<(StackIx, u64, i64)> {
        let mut rows: Vec<_> = self.of.iter().map(|(s, (n, ns))| (*s, *n, *ns)).collect();
        rows.sort_by_key(|(s, _, ns)| (std::cmp::Reverse(*ns), *s));
        rows
    }
}

/// A profile that was read: sums by stack, and the stacks themselves.
pub struct Read {
    pub profile: Profile,
    pub ended: Sums,
    /// None: as the reference has it.
    pub still: Option<Sums>,
    pub stacks: Stacks,
    pub symbols: Symbols,
    pub end_nanos: i64,
}

struct Fold {
    judge: Judge,
    clip: Clip,
    scope: Scope,
    ended: Sums,
    still: Sums,
    stacks: Stacks,
}

impl Lives for Fold {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        self.scope.event(e, stage);
        if self.judge.profile == Profile::Cpu
            && let Kind::StackSample { stack } = e.kind
            && self.clip.counts(e.time, i64::MAX)
            && self.scope.holds(e.g)
        {
            let stack = self.stacks.intern(stack, stage);
            self.ended.add(stack, 1, SAMPLE_NANOS);
        }
    }

    fn keep_stack(
        &mut self,
        life: &Life,
        state: GoState,
        reason: Sym,
        id: StackId,
        s: &mut Stage<'_>,
    ) -> StackIx {
        if self.judge.counts(state, reason, s.symbols) && self.scope.holds(life.g) {
            self.stacks.intern(id, s)
        } else {
            NOT_COUNTED
        }
    }

    fn stay(&mut self, _life: &Life, s: &Stay) {
        if s.stack == NOT_COUNTED {
            return;
        }
        let nanos = self.clip.nanos(s.start, s.end);
        let trace_end = if s.ended { i64::MAX } else { s.end };
        let count = u64::from(self.clip.counts(s.end, trace_end));
        if nanos > 0 || count > 0 {
            let sums = if s.ended { &mut self.ended } else { &mut self.still };
            sums.add(s.stack, count, nanos);
        }
    }
}

/// Reads a profile. Units: ns. Errors: those of `Reader`; RANGE when nothing has the name asked for. Cost: one pass, two
/// when a name is asked for; memory by living goroutines and distinct stacks.
pub fn read(bytes: &[u8], start: u64, profile: Profile, ask: &Ask, clip: Clip) -> Result<(Read, Outcome)> {
    let mut fold = Fold {
        judge: Judge::new(profile, true),
        clip,
        scope: Scope::find(bytes, start, ask)?,
        ended: Sums::default(),
        still: Sums::default(),
        stacks: Stacks::new(Blank::Drop),
    };
    let (outcome, symbols) = run::lives(bytes, start, &mut fold)?;
    let Fold { ended, still, stacks, .. } = fold;
    let read = Read { profile, ended, still: Some(still), stacks, symbols, end_nanos: outcome.end_nanos };
    Ok((read, outcome))
}

impl Read {
    /// Shapes: {count, delay_ns, samples, stacks: [{stack, count, delay}], still: the same without samples}; stacks leaf
    /// first, by falling delay.
    pub fn json(&self) -> Value {
        let mut v = self.part(&self.ended);
        v["samples"] = json!(self.ended.of.len());
        if let Some(still) = &self.still {
            v["still"] = self.part(still);
        }
        v
    }

    fn part(&self, sums: &Sums) -> Value {
        let (count, delay) = sums.total();
        let stacks: Vec<Value> = sums
            .rows()
            .iter()
            .map(|(s, n, ns)| json!({"stack": self.stacks.text(*s, &self.symbols), "count": n, "delay": ns}))
            .collect();
        json!({"count": count, "delay_ns": delay, "stacks": stacks})
    }
}
