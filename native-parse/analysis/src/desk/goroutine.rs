//! One goroutine: its history, where its time went, by which stacks, and whom it dealt with.

use serde_json::{Value, json};
use tracewell_order::{Event, GoState, Kind, StackId, Stage, Sym, Symbols};
use tracewell_source::{Result, SeededMap};

use crate::desk::fold::Fold;
use crate::desk::pass::{Begin, Follow, Pass};
use crate::desk::profiles::Frames;
use crate::desk::{Call, Desk, no_goroutine, sums};
use crate::lives::{Life as GoLife, LifeSpan, LifeState, Lives};
use crate::stacks::{Blank, StackIx, Stacks};
use crate::stats::Clip;
use crate::summary::is_system;

/// Stays that are kept of one pass: the history of a busy goroutine is read in such chapters.
const CHAPTER: usize = 1 << 18;
/// Stays of one answer at most.
const MOST_STAYS: usize = 500;
const CHILDREN: usize = 100;
const PARTNERS: usize = 50;
const STACKS: usize = 5000;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct LifeKey {
    pub g: i64,
    pub range: (i64, i64),
    pub chapter: usize,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    count: u64,
    nanos: i64,
    max: i64,
}

impl Sum {
    fn add(&mut self, nanos: i64) {
        self.count += 1;
        self.nanos += nanos;
        self.max = self.max.max(nanos);
    }
}

struct Kept {
    span: LifeSpan,
    stack: StackIx,
    open: bool,
}

/// What a pass found about one goroutine.
pub struct Life {
    stays: Vec<Kept>,
    stay_count: usize,
    by_stack: SeededMap<(LifeState, Sym, StackIx), Sum>,
    creation: StackIx,
    children: Vec<i64>,
    child_count: u64,
    /// How often another ended a wait of it, and it one of the other's.
    partners: SeededMap<i64, (u64, u64)>,
    stacks: Stacks,
    symbols: Symbols,
}

impl Life {
    pub fn size_bytes(&self) -> usize {
        self.stays.capacity() * size_of::<Kept>()
            + self.by_stack.capacity() * 56
            + self.partners.capacity() * 32
            + self.stacks.size_bytes()
    }
}

struct Watch {
    key: LifeKey,
    clip: Clip,
    life: Life,
    /// Of the event at hand.
    from: GoState,
    own_stack: StackId,
    /// Where it stopped last, and where it stood when it entered its state.
    stopped: StackIx,
    entered: StackIx,
    finished: bool,
}

impl Lives for Watch {
    const TOPS: bool = true;

    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) {
        if let Kind::GoTransition { from, own_stack, .. } = e.kind {
            (self.from, self.own_stack) = (from, own_stack);
        }
    }

    fn born(&mut self, life: &GoLife) {
        if life.creator == self.key.g {
            self.life.child_count += 1;
            if self.life.children.len() < CHILDREN {
                self.life.children.push(life.g);
            }
        }
    }

    fn keep_stack(
        &mut self,
        life: &GoLife,
        state: GoState,
        _reason: Sym,
        id: StackId,
        stage: &mut Stage<'_>,
    ) -> StackIx {
        if life.g != self.key.g {
            return StackIx::default();
        }
        let stacks = &mut self.life.stacks;
        self.entered = match (self.from, state) {
            (GoState::NotExist, _) => {
                self.life.creation = stacks.intern(id, stage);
                self.stopped = stacks.intern(self.own_stack, stage);
                self.stopped
            }
            // The event's stack is the waker's; one that starts has none of its own.
            (GoState::Waiting | GoState::Syscall, GoState::Runnable) | (_, GoState::Running) => self.stopped,
            _ => {
                self.stopped = stacks.intern(id, stage);
                self.stopped
            }
        };
        StackIx::default()
    }

    fn span(&mut self, life: &GoLife, s: &LifeSpan) {
        let g = self.key.g;
        if life.g != g {
            if s.by == g && self.clip.counts(s.end, i64::MAX) {
                self.life.partners.entry(life.g).or_default().1 += 1;
            }
            return;
        }
        if s.by >= 0 && s.by != g && self.clip.counts(s.end, i64::MAX) {
            self.life.partners.entry(s.by).or_default().0 += 1;
        }
        let nanos = self.clip.nanos(s.start, s.end);
        if nanos == 0 && !(s.start >= self.clip.from && s.end < self.clip.to) {
            return;
        }
        self.life.by_stack.entry((s.state, s.reason, self.entered)).or_default().add(nanos);
        if self.life.stay_count / CHAPTER == self.key.chapter {
            self.life.stays.push(Kept { span: *s, stack: self.entered, open: self.finished });
        }
        self.life.stay_count += 1;
    }
}

impl Follow for Watch {
    fn finish(&mut self) {
        self.finished = true;
    }
}

/// Follows one goroutine. Errors: those of `Reader`; CANCELLED. Cost: a pass over its life.
fn follow(pass: &Pass<'_>, key: LifeKey, begin: Option<Begin>, until: i64) -> Result<Life> {
    let mut watch = Watch {
        key,
        clip: Clip { from: key.range.0, to: key.range.1 },
        life: Life {
            stays: Vec::new(),
            stay_count: 0,
            by_stack: SeededMap::default(),
            creation: StackIx::default(),
            children: Vec::new(),
            child_count: 0,
            partners: SeededMap::default(),
            stacks: Stacks::new(Blank::Drop),
            symbols: Symbols::default(),
        },
        from: GoState::Undetermined,
        own_stack: 0,
        stopped: StackIx::default(),
        entered: StackIx::default(),
        finished: false,
    };
    let symbols = pass.lives(&mut watch, begin, until)?;
    watch.life.symbols = symbols;
    Ok(watch.life)
}

impl Desk {
    /// Shapes: `GoroutineDetails`, with up to 500 of its stays from the `from`th on. Errors: RANGE when there is no such
    /// goroutine. Cost: a pass over its life, kept for a while.
    pub fn goroutine(&self, clip: Clip, g: i64, from: usize, count: usize, call: &Call<'_>) -> Result<Value> {
        let all = self.fold(Clip::ALL, call)?;
        let fold = if clip.is_all() { all.clone() } else { self.fold(clip, call)? };
        let (row, _) = all.rows.find(g).and_then(|i| all.row(i)).ok_or_else(|| no_goroutine(g))?;
        let key = LifeKey { g, range: (clip.from, clip.to), chapter: from / CHAPTER };
        let (begin, end) = all.reading_of(g);
        let until = end.min(clip.to);
        let make = self.reading(move |pass| follow(pass, key, begin, until));
        let life = self.lives.get(&key, &self.turns, call, make)?;

        let name = all.symbols.text(row.name);
        let mut frames = Frames::default();
        let mut v = json!({
            "id": g,
            "name": name,
            "isSystem": is_system(name),
            "beginNanos": row.creation,
            "isOlder": row.older,
            "firstRunNanos": row.first_run,
            "endNanos": row.end,
            "parent": reference(&all, row.creator),
            "creationFrames": frames.stack(&life.stacks, life.creation, &life.symbols),
            "childCount": life.child_count,
            "children": life.children.iter().map(|c| reference(&all, *c)).collect::<Vec<_>>(),
            "stayCount": life.stay_count,
            "stays": stays(&life, &all, from % CHAPTER, count, &mut frames),
            "byState": by_state(&life),
            "stacks": by_stack(&life, &mut frames),
            "partnerCount": life.partners.len(),
            "partners": partners(&life, &all),
        });
        let mut sum = json!({});
        // Outside of its life there is nothing to sum.
        let within = fold.rows.find(g);
        let stats = within.and_then(|i| fold.row(i)).map(|(d, _)| d.stats).unwrap_or_default();
        let collected = within.map_or((0, 0), |i| fold.collected(i));
        sums::write(&mut sum, &stats, collected, &fold.symbols);
        v["sums"] = sum;
        v["frames"] = Value::Array(frames.into_list());
        Ok(v)
    }
}

/// Shapes: `GoroutineRef`, null for nobody.
pub fn reference(fold: &Fold, g: i64) -> Value {
    if g < 0 { Value::Null } else { json!({"id": g, "name": fold.name_of(g)}) }
}

fn stays(life: &Life, fold: &Fold, from: usize, count: usize, frames: &mut Frames) -> Vec<Value> {
    let text = |s: Sym| life.symbols.text(s);
    let asked = life.stays.iter().skip(from).take(count.min(MOST_STAYS));
    asked
        .map(|k| {
            let s = &k.span;
            json!({
                "fromNanos": s.start,
                "toNanos": s.end,
                "state": s.state.as_str(),
                "reason": text(s.reason),
                "frames": frames.stack(&life.stacks, k.stack, &life.symbols),
                "by": reference(fold, s.by),
                "byTop": text(s.by_top),
                "isOpen": k.open,
            })
        })
        .collect()
}

fn state_sum(state: LifeState, reason: &str, s: &Sum) -> Value {
    json!({"state": state.as_str(), "reason": reason, "count": s.count, "nanos": s.nanos, "maxNanos": s.max})
}

fn by_state(life: &Life) -> Vec<Value> {
    let mut of: SeededMap<(LifeState, Sym), Sum> = SeededMap::default();
    for ((state, reason, _), s) in &life.by_stack {
        let sum = of.entry((*state, *reason)).or_default();
        sum.count += s.count;
        sum.nanos += s.nanos;
        sum.max = sum.max.max(s.max);
    }
    let mut of: Vec<_> = of.into_iter().collect();
    of.sort_by_key(|((state, reason), s)| (std::cmp::Reverse(s.nanos), *state, life.symbols.text(*reason)));
    of.iter().map(|((state, reason), s)| state_sum(*state, life.symbols.text(*reason), s)).collect()
}

fn by_stack(life: &Life, frames: &mut Frames) -> Vec<Value> {
    let mut of: Vec<_> = life.by_stack.iter().collect();
    of.sort_by_key(|((state, reason, stack), s)| {
        (std::cmp::Reverse(s.nanos), *state, life.symbols.text(*reason), *stack)
    });
    of.iter()
        .take(STACKS)
        .map(|((state, reason, stack), s)| {
            let mut v = state_sum(*state, life.symbols.text(*reason), s);
            v["frames"] = json!(frames.stack(&life.stacks, *stack, &life.symbols));
            v
        })
        .collect()
}

fn partners(life: &Life, fold: &Fold) -> Vec<Value> {
    let mut of: Vec<_> = life.partners.iter().collect();
    of.sort_by_key(|(g, (a, b))| (std::cmp::Reverse(a + b), **g));
    of.iter()
        .take(PARTNERS)
        .map(|(g, (woke, woken))| {
            json!({"id": g, "name": fold.name_of(**g), "wokeIt": woke, "wokenByIt": woken})
        })
        .collect()
}
