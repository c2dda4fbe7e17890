//! One goroutine: its history, where its time went, by which stacks, and whom it dealt with.

use std::cmp::Reverse;

use serde_json::{Value, json};
use tracewell_order::Sym;
use tracewell_source::{Result, SeededMap};

use crate::desk::fold::Fold;
use crate::desk::life::{Life, Stays};
use crate::desk::profiles::Frames;
use crate::desk::tally::{Listed, Sum};
use crate::desk::{Call, Desk, no_goroutine, sums};
use crate::lives::{LifeSpan, LifeState};
use crate::stats::Clip;
use crate::summary::is_system;

/// Stays of one answer at most.
const MOST_STAYS: usize = 500;
/// Stays of a strip, and strips of one answer.
const MOST_DRAWN: usize = 4096;
const MOST_STRIPS: usize = 16;
const STACKS: usize = 5000;

impl Desk {
    /// Shapes: `GoroutineDetails`, with up to 500 of its stays from the `from`th on. Errors: RANGE when there is no such
    /// goroutine. Cost: as `lives`, and of stays beyond those at hand by the segments that they lie in.
    pub fn goroutine(&self, clip: Clip, g: i64, from: usize, count: usize, call: &Call<'_>) -> Result<Value> {
        let all = self.fold(Clip::ALL, call)?;
        let fold = if clip.is_all() { all.clone() } else { self.fold(clip, call)? };
        let (row, _) = all.rows.find(g).and_then(|i| all.row(i)).ok_or_else(|| no_goroutine(g))?;
        let lives = self.lives(clip, &[g], call)?;
        let life = lives.first().ok_or_else(|| no_goroutine(g))?;
        let runs = self.stays(life, (from, count.min(MOST_STAYS)), &[], call)?;

        let name = all.symbols.text(row.name);
        let (mut frames, tally, texts) = (Frames::default(), &life.tally, &life.texts);
        let mut v = json!({
            "id": g,
            "name": name,
            "isSystem": is_system(name),
            "beginNanos": row.creation,
            "isOlder": row.older,
            "firstRunNanos": row.first_run,
            "endNanos": row.end,
            "parent": reference(&all, row.creator),
            "creationFrames": frames.stack(texts.stacks(), life.creation, texts.symbols()),
            "childCount": tally.child_count,
            "children": tally.children.iter().map(|c| reference(&all, *c)).collect::<Vec<_>>(),
            "stayCount": tally.stay_count,
            "stays": told_stays(&runs, &all, &mut frames),
            "byState": by_state(life),
            "stacks": by_stack(life, &mut frames),
            "partnerCount": life.partner_count(),
            "partners": partners(life, &all),
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

    /// Shapes: `GoroutineStrip[]`: the first `count` stays of each of some goroutines, 4,096 of 16 at most. Errors and cost: as
    /// `goroutine`, segments that several need read once.
    pub fn strips(&self, clip: Clip, ids: &[i64], count: usize, call: &Call<'_>) -> Result<Value> {
        let all = self.fold(Clip::ALL, call)?;
        let ids = ids.get(..ids.len().min(MOST_STRIPS)).unwrap_or_default();
        // One of them is looked at, and known.
        let (known, others): (Vec<i64>, Vec<i64>) = ids.iter().partition(|g| self.knows_life(clip, **g));
        let mut lives = if others.is_empty() { Vec::new() } else { self.lives(clip, &others, call)? };
        for g in known {
            lives.extend(self.lives(clip, &[g], call)?);
        }
        let strip = |g: &i64| {
            let life = lives.iter().find(|l| l.g == *g).ok_or_else(|| no_goroutine(*g))?;
            let runs = self.stays(life, (0, count.min(MOST_DRAWN)), ids, call)?;
            let stays = runs.iter().flat_map(|run| {
                run.list.iter().map(|s| {
                    let LifeSpan { start, end, state, reason, by, .. } = s.span;
                    json!({
                        "fromNanos": start, "toNanos": end, "state": state.as_str(),
                        "reason": run.texts.text(reason), "by": reference(&all, by),
                    })
                })
            });
            let stays: Vec<Value> = stays.collect();
            Ok(json!({"id": g, "name": all.name_of(*g), "stayCount": life.tally.stay_count, "stays": stays}))
        };
        ids.iter().map(strip).collect()
    }
}

/// Shapes: `GoroutineRef`, null for nobody.
pub fn reference(fold: &Fold, g: i64) -> Value {
    if g < 0 { Value::Null } else { json!({"id": g, "name": fold.name_of(g)}) }
}

fn told_stays(runs: &[Stays], fold: &Fold, frames: &mut Frames) -> Vec<Value> {
    let mut out = Vec::new();
    for Stays { list, texts } in runs {
        for Listed { span: s, stack, open } in list {
            out.push(json!({
                "fromNanos": s.start,
                "toNanos": s.end,
                "state": s.state.as_str(),
                "reason": texts.text(s.reason),
                "frames": frames.stack(texts.stacks(), *stack, texts.symbols()),
                "by": reference(fold, s.by),
                "byTop": texts.text(s.by_top),
                "isOpen": open,
            }));
        }
    }
    out
}

fn state_sum(state: LifeState, reason: &str, s: &Sum) -> Value {
    json!({"state": state.as_str(), "reason": reason, "count": s.count, "nanos": s.nanos, "maxNanos": s.max})
}

fn by_state(life: &Life) -> Vec<Value> {
    let mut of: SeededMap<(LifeState, Sym), Sum> = SeededMap::default();
    for ((state, reason, _), s) in life.tally.sums.iter() {
        of.entry((*state, *reason)).or_default().join(s);
    }
    let mut of: Vec<_> = of.into_iter().collect();
    of.sort_by_key(|((state, reason), s)| (Reverse(s.nanos), *state, life.texts.text(*reason)));
    of.iter().map(|((state, reason), s)| state_sum(*state, life.texts.text(*reason), s)).collect()
}

/// By falling time, then by what is told: the same however the life was read.
fn by_stack(life: &Life, frames: &mut Frames) -> Vec<Value> {
    let (texts, stacks) = (&life.texts, life.texts.stacks());
    let mut of: Vec<_> = life.tally.sums.iter().collect();
    let text = |stack| stacks.frames(stack).map(|p| (texts.text(p.func), p.line));
    of.sort_by(|((a, reason_a, stack_a), x), ((b, reason_b, stack_b), y)| {
        let by_state = y.nanos.cmp(&x.nanos).then(a.cmp(b));
        let by_reason = by_state.then_with(|| texts.text(*reason_a).cmp(texts.text(*reason_b)));
        by_reason.then_with(|| text(*stack_a).cmp(text(*stack_b)))
    });
    of.iter()
        .take(STACKS)
        .map(|((state, reason, stack), s)| {
            let mut v = state_sum(*state, texts.text(*reason), s);
            v["frames"] = json!(frames.stack(stacks, *stack, texts.symbols()));
            v
        })
        .collect()
}

fn partners(life: &Life, fold: &Fold) -> Vec<Value> {
    let one = |(g, (woke, woken)): (i64, (u64, u64))| json!({"id": g, "name": fold.name_of(g), "wokeIt": woke, "wokenByIt": woken});
    life.partners().into_iter().map(one).collect()
}
