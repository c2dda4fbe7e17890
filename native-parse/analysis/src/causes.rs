//! `causes`: why a goroutine waited. The wait, who ended it, what that one had waited for before within this wait, and
//! so on.
//!
//! Steps go back in time, so each is a pass of its own over the part before it: no memory by events.

use serde_json::{Value, json};
use tracewell_order::{Event, GoState, StackId, Stage, Sym, Symbols};
use tracewell_source::{Code, Result, TraceError};

use crate::life_slices::{id, text};
use crate::lives::{Life, LifeSpan, LifeState, Lives, Stay};
use crate::run::{self, Outcome};
use crate::stacks::{Blank, StackIx, Stacks};

/// Steps of a chain at most.
const LIMIT: usize = 8;

struct Step {
    g: i64,
    state: &'static str,
    reason: String,
    start: i64,
    end: i64,
    by: i64,
    by_top: String,
    stack: Vec<String>,
}

/// Looks for one span of a goroutine: the one at a time, or the last wait that ended up to a time.
struct Find {
    g: i64,
    what: Wanted,
    now: i64,
    /// The life that was seen last.
    life: Option<Life>,
    found: Option<(LifeSpan, StackIx)>,
    stacks: Stacks,
    /// Stack of the event that entered the state that goes on.
    entered: StackIx,
}

#[derive(Clone, Copy)]
enum Wanted {
    At(i64),
    WaitUntil(i64),
}

impl Lives for Find {
    const TOPS: bool = true;

    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) {
        self.now = e.time;
    }
    fn born(&mut self, life: &Life) {
        let is_first = match self.what {
            Wanted::At(t) | Wanted::WaitUntil(t) => life.start <= t,
        };
        if life.g == self.g && is_first {
            self.life = Some(*life);
            self.found = None;
        }
    }
    fn keep_stack(
        &mut self,
        life: &Life,
        _state: GoState,
        _reason: Sym,
        id: StackId,
        s: &mut Stage<'_>,
    ) -> StackIx {
        if life.g == self.g {
            self.entered = self.stacks.intern(id, s);
        }
        self.entered
    }
    fn span(&mut self, life: &Life, s: &LifeSpan) {
        let is_it = match self.what {
            Wanted::At(t) => s.start <= t && t < s.end,
            Wanted::WaitUntil(t) => s.state == LifeState::Waiting && s.end <= t,
        };
        if life.g == self.g && is_it {
            self.found = Some((*s, self.entered));
        }
    }
    fn stay(&mut self, _life: &Life, _s: &Stay) {}
    fn is_done(&self) -> bool {
        match self.what {
            Wanted::At(_) => self.found.is_some(),
            Wanted::WaitUntil(t) => self.now > t,
        }
    }
}

impl Find {
    fn run(bytes: &[u8], start: u64, g: i64, what: Wanted) -> Result<(Find, Symbols, Outcome)> {
        let mut find = Find {
            g,
            what,
            now: 0,
            life: None,
            found: None,
            stacks: Stacks::new(Blank::Drop),
            entered: StackIx::default(),
        };
        let (outcome, symbols) = run::lives(bytes, start, &mut find)?;
        Ok((find, symbols, outcome))
    }

    fn step(&self, symbols: &Symbols) -> Option<Step> {
        let (s, stack) = self.found?;
        Some(Step {
            g: self.g,
            state: s.state.as_str(),
            reason: symbols.text(s.reason).into(),
            start: s.start,
            end: s.end,
            by: s.by,
            by_top: symbols.text(s.by_top).into(),
            stack: self.stacks.text(stack, symbols),
        })
    }

    /// The creation of the goroutine as a step, where it lies within the first wait.
    fn creation(&self, after: i64, symbols: &Symbols) -> Option<Step> {
        let life = self.life.filter(|l| !l.older && l.start > after)?;
        Some(Step {
            g: self.g,
            state: "created",
            reason: String::new(),
            start: life.start,
            end: life.start,
            by: life.creator,
            by_top: symbols.text(life.create_top).into(),
            stack: Vec::new(),
        })
    }
}

/// The chain of causes of what goroutine `g` did at time `at`.
///
/// Shapes: {steps: [{goroutine, state, reason, start, end, by, by_top, stack}], stop}; `stop` is "unknown" (nobody is
/// named), "ran" (whoever ended it had not waited within the first wait) or "limit". Units: ns. Errors: RANGE when the
/// goroutine did not live then. Cost: a pass for each step, up to its end.
pub fn read(bytes: &[u8], start: u64, g: i64, at: i64) -> Result<(Value, Outcome)> {
    let (find, symbols, outcome) = Find::run(bytes, start, g, Wanted::At(at))?;
    let first = find.step(&symbols).ok_or_else(|| {
        TraceError::new(
            Code::Range,
            format!("Goroutine {g} does not live at {at} ns; `tracewell goroutines` tells when it does"),
        )
    })?;
    let since = first.start;
    let mut steps = vec![first];
    let stop = loop {
        let Some(last) = steps.last() else { break "unknown" };
        if last.by < 0 {
            break "unknown";
        }
        if steps.len() == LIMIT {
            break "limit";
        }
        let (by, end, was) = (last.by, last.end, last.g);
        let (find, symbols, _) = Find::run(bytes, start, by, Wanted::WaitUntil(end))?;
        let next = find.step(&symbols).or_else(|| find.creation(since, &symbols));
        match next {
            // The goroutine cannot be its own cause: that is the wait it came from.
            Some(s) if s.end > since && !(s.end == end && by == was) => steps.push(s),
            _ => break "ran",
        }
    };
    let steps: Vec<Value> = steps.iter().map(Step::json).collect();
    Ok((json!({"steps": steps, "stop": stop}), outcome))
}

impl Step {
    fn json(&self) -> Value {
        json!({"goroutine": self.g, "state": self.state, "reason": self.reason, "start": self.start, "end": self.end,
               "by": id(self.by), "by_top": text(&self.by_top), "stack": self.stack})
    }
}
