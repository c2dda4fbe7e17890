//! Profiles as `go tool trace` 1.26 makes them, for `--as-reference`: stays count from the event that named them, and
//! only between a goroutine's first run and its end (the last life of an id counts for all); those that never end do not
//! count. A stack without frames and one of frames without a place are one, shown as the last of them to end was.

use tracewell_order::{Event, GoState, StackId, Stage, Sym};
use tracewell_source::{Result, SeededMap, SeededSet};

use crate::lives::{Life, Lives, Stay};
use crate::profile_scope::{Ask, Scope};
use crate::profiles::{Judge, NOT_COUNTED, Profile, Read, Sums};
use crate::run::{self, Outcome};
use crate::stacks::{Blank, StackIx, Stacks};

/// Ids that live more than once: first run and end of the last life.
#[derive(Default)]
struct LastLives {
    seen: SeededSet<i64>,
    again: SeededMap<i64, (Option<i64>, i64)>,
}

impl Lives for LastLives {
    fn born(&mut self, life: &Life) {
        if !self.seen.insert(life.g) {
            self.again.insert(life.g, (None, i64::MAX));
        }
    }
    fn gone(&mut self, life: &Life, end: i64, _alive: bool) {
        if let Some(last) = self.again.get_mut(&life.g) {
            *last = (life.first_run, end);
        }
    }
}

struct Fold {
    judge: Judge,
    scope: Scope,
    sums: Sums,
    stacks: Stacks,
    last_lives: SeededMap<i64, (Option<i64>, i64)>,
    /// Stays of goroutines that have not run yet: they count only if it never runs.
    held: SeededMap<i64, Vec<(StackIx, i64)>>,
    /// When goroutines began to wait for ever, which is their end to the reference.
    finals: SeededMap<i64, i64>,
    /// The last stack counted that says nothing.
    blank: StackIx,
    now: i64,
}

impl Fold {
    fn add(&mut self, stack: StackIx, nanos: i64) {
        if self.stacks.is_blank(stack) {
            self.sums.move_to(self.blank, stack);
            self.blank = stack;
        }
        self.sums.add(stack, 1, nanos);
    }
}

impl Lives for Fold {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        self.now = e.time;
        self.scope.event(e, stage);
    }

    fn keep_stack(
        &mut self,
        life: &Life,
        state: GoState,
        reason: Sym,
        id: StackId,
        s: &mut Stage<'_>,
    ) -> StackIx {
        if state == GoState::Running && !self.held.is_empty() {
            self.held.remove(&life.g);
        }
        if state == GoState::Waiting && s.symbols.text(reason) == "forever" {
            self.finals.insert(life.g, self.now);
        }
        if self.judge.counts(state, reason, s.symbols) && self.scope.holds(life.g) {
            self.stacks.intern(id, s)
        } else {
            NOT_COUNTED
        }
    }

    fn stay(&mut self, life: &Life, s: &Stay) {
        if s.stack == NOT_COUNTED || !s.ended {
            return;
        }
        let end = self.finals.get(&life.g).map_or(s.end, |f| s.end.min(*f));
        let (from, to) = match (self.last_lives.get(&life.g), life.first_run) {
            (Some((first_run, last_end)), _) => (s.seen.max(first_run.unwrap_or(0)), end.min(*last_end)),
            (None, Some(first_run)) => (s.seen.max(first_run), end),
            (None, None) => {
                if end > s.seen {
                    self.held.entry(life.g).or_default().push((s.stack, end - s.seen));
                }
                return;
            }
        };
        if to > from {
            self.add(s.stack, to - from);
        }
    }

    fn gone(&mut self, life: &Life, _end: i64, _alive: bool) {
        self.finals.remove(&life.g);
        for (stack, nanos) in self.held.remove(&life.g).into_iter().flatten() {
            self.add(stack, nanos);
        }
    }
}

/// Reads a profile as the reference does; without `still`. Cost: two passes, three when a name is asked for.
pub fn read(bytes: &[u8], start: u64, profile: Profile, ask: &Ask) -> Result<(Read, Outcome)> {
    let mut last = LastLives::default();
    run::lives(bytes, start, &mut last)?;
    let mut fold = Fold {
        judge: Judge::new(profile, false),
        scope: Scope::find(bytes, start, ask)?,
        sums: Sums::default(),
        stacks: Stacks::new(Blank::Keep),
        last_lives: last.again,
        held: SeededMap::default(),
        finals: SeededMap::default(),
        blank: StackIx::default(),
        now: 0,
    };
    let (outcome, symbols) = run::lives(bytes, start, &mut fold)?;
    let Fold { sums, stacks, .. } = fold;
    let read = Read { profile, ended: sums, still: None, stacks, symbols, end_nanos: outcome.end_nanos };
    Ok((read, outcome))
}
