//! Profiles with their frames, and the longest occurrences of each stack.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use tracewell_order::Symbols;
use tracewell_source::Result;

use crate::desk::fold::Fold;
use crate::desk::waits::{Book, Occurrence, StackSum, StackSums, Waits};
use crate::desk::{Call, Desk, Filter};
use crate::pprof;
use crate::profiles::Profile;
use crate::stacks::{Place, StackIx, Stacks};
use crate::stats::Clip;

pub struct ProfileAsk {
    pub profile: Profile,
    pub clip: Clip,
    pub filter: Filter,
    /// Of scheduler latency: by the stack of who waits instead of who made it runnable.
    pub by_waiter: bool,
}

/// Stays of the whole, or of a part of the goroutines.
enum Found {
    All(Arc<Fold>),
    Some(Arc<(Waits, Symbols)>),
}

impl Found {
    fn parts(&self) -> (&Waits, &Symbols) {
        match self {
            Found::All(f) => (&f.waits, &f.symbols),
            Found::Some(w) => (&w.0, &w.1),
        }
    }
}

/// Frames that are mentioned, each once.
#[derive(Default)]
pub struct Frames {
    of: FxHashMap<u32, usize>,
    list: Vec<Value>,
}

impl Frames {
    /// Places of a stack's frames in the list, leaf first.
    pub fn stack(&mut self, stacks: &Stacks, stack: StackIx, symbols: &Symbols) -> Vec<usize> {
        let Frames { of, list } = self;
        stacks
            .frame_ids(stack)
            .iter()
            .map(|id| {
                *of.entry(*id).or_insert_with(|| {
                    let frame = stacks.place(*id).map_or(Value::Null, |p: &Place| {
                        json!({"function": symbols.text(p.func), "file": symbols.text(p.file), "line": p.line})
                    });
                    list.push(frame);
                    list.len() - 1
                })
            })
            .collect()
    }
    pub fn into_list(self) -> Vec<Value> {
        self.list
    }
}

pub fn occurrence(o: &Occurrence) -> Value {
    json!({"goroutine": o.g, "fromNanos": o.start, "toNanos": o.end})
}

fn part(sums: &StackSums, waits: &Waits, symbols: &Symbols, frames: &mut Frames) -> Value {
    let (mut count, mut delay) = (0, 0);
    let mut rows: Vec<(&StackIx, &StackSum)> = sums.iter().collect();
    rows.sort_by_key(|(stack, s)| (std::cmp::Reverse(s.nanos), **stack));
    let stacks: Vec<Value> = rows
        .into_iter()
        .map(|(stack, s)| {
            count += s.count;
            delay += s.nanos;
            json!({
                "frames": frames.stack(&waits.stacks, *stack, symbols),
                "count": s.count,
                "delayNanos": s.nanos,
                "meanNanos": if s.count == 0 { 0.0 } else { s.nanos as f64 / s.count as f64 },
                "maxNanos": s.max,
                "longest": s.longest.iter().map(occurrence).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({"count": count, "delayNanos": delay, "stacks": stacks})
}

impl Desk {
    fn found(&self, ask: &ProfileAsk, call: &Call<'_>) -> Result<Found> {
        if ask.filter == Filter::default() {
            return Ok(Found::All(self.fold(ask.clip, call)?));
        }
        Ok(Found::Some(self.some_waits(ask.clip, &ask.filter, call)?))
    }

    /// Shapes: `Profile`. Errors: RANGE when nothing has the name asked for. Cost: a pass, then O(stacks).
    pub fn profile(&self, ask: &ProfileAsk, name: &str, call: &Call<'_>) -> Result<Value> {
        let found = self.found(ask, call)?;
        let (waits, symbols) = found.parts();
        let book = Book::of(ask.profile, ask.by_waiter);
        let mut frames = Frames::default();
        let ended = part(waits.sums(book, true), waits, symbols, &mut frames);
        let still = part(waits.sums(book, false), waits, symbols, &mut frames);
        Ok(json!({"profile": name, "frames": frames.into_list(), "ended": ended, "still": still}))
    }

    /// What ended, as a file for pprof. Errors and cost: as `profile`.
    pub fn pprof(&self, ask: &ProfileAsk, call: &Call<'_>) -> Result<Vec<u8>> {
        let found = self.found(ask, call)?;
        let (waits, symbols) = found.parts();
        let book = Book::of(ask.profile, ask.by_waiter);
        let end = match &found {
            Found::All(f) => f.end_nanos,
            Found::Some(_) => self.fold(Clip::ALL, call)?.end_nanos,
        };
        let mut rows: Vec<(StackIx, u64, i64)> =
            waits.sums(book, true).iter().map(|(s, sum)| (*s, sum.count, sum.nanos)).collect();
        rows.sort_by_key(|(s, _, ns)| (std::cmp::Reverse(*ns), *s));
        pprof::encode_rows(ask.profile, &rows, &waits.stacks, symbols, end)
    }
}
