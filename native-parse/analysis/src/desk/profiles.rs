//! Profiles with their frames, and the longest occurrences of each stack.

use std::sync::Arc;

use serde_json::{Value, json};
use tracewell_order::{Sym, Symbols};
use tracewell_source::{Result, SeededMap};

use crate::desk::fold::Fold;
use crate::desk::goroutines::Group;
use crate::desk::kinds::Mask;
use crate::desk::stay_books::{Book, Occurrence, StackSum, StackSums};
use crate::desk::waits::Waits;
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

/// Stays of a range, all of them or those of some classes; or of some goroutines and regions, by a pass of their own.
enum Found {
    All(Arc<Fold>, Option<Mask>),
    Some(Arc<(Waits, Symbols)>),
}

impl Found {
    fn parts(&self) -> (&Waits, &Symbols) {
        match self {
            Found::All(f, _) => (&f.waits, &f.symbols),
            Found::Some(w) => (&w.0, &w.1),
        }
    }
    fn sums(&self, book: Book, ended: bool) -> StackSums {
        match self {
            Found::All(f, of) => f.waits.sums(book, ended, of.as_ref()),
            Found::Some(w) => w.0.sums(book, ended, None),
        }
    }
}

/// Frames that are mentioned, each once.
#[derive(Default)]
pub struct Frames {
    of: SeededMap<u32, usize>,
    made: SeededMap<String, usize>,
    list: Vec<Value>,
}

impl Frames {
    /// Places of a stack's frames in the list, leaf first.
    pub fn stack(&mut self, stacks: &Stacks, stack: StackIx, symbols: &Symbols) -> Vec<usize> {
        let Frames { of, list, .. } = self;
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
    /// Place of a frame that no stack has: a state, a function without a place.
    fn made(&mut self, function: &str) -> usize {
        let next = self.list.len();
        let at = *self.made.entry(function.into()).or_insert(next);
        if at == next {
            self.list.push(json!({"function": function, "file": "", "line": 0}));
        }
        at
    }
    pub fn into_list(self) -> Vec<Value> {
        self.list
    }
}

pub fn occurrence(o: &Occurrence) -> Value {
    json!({"goroutine": o.g, "fromNanos": o.start, "toNanos": o.end})
}

/// A stack that is told: its frames in the list, leaf first.
struct Told {
    frames: Vec<usize>,
    sum: StackSum,
}

fn part(mut rows: Vec<Told>) -> Value {
    let (mut count, mut delay) = (0, 0);
    rows.sort_by(|a, b| b.sum.nanos.cmp(&a.sum.nanos).then_with(|| a.frames.cmp(&b.frames)));
    let stacks: Vec<Value> = rows
        .into_iter()
        .map(|Told { frames, sum: s }| {
            count += s.count;
            delay += s.nanos;
            json!({
                "frames": frames,
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

/// How long goroutines ran, by start function: a trace does not tell where they were meanwhile.
fn running(fold: &Fold, filter: &Filter) -> Vec<(String, StackSum)> {
    let mut one = Group::default();
    let mut of: Vec<(Sym, &Group)> = match filter.goroutine {
        None => fold.functions().iter().map(|(name, of)| (*name, of)).collect(),
        Some(g) => {
            let row = fold.rows.find(g).and_then(|i| fold.row(i));
            row.iter().for_each(|(d, _)| one.add(fold, d, (0, 0)));
            row.iter().map(|(d, _)| (d.name, &one)).collect()
        }
    };
    of.retain(|(name, of)| {
        let is_asked = filter.function.as_ref().is_none_or(|f| fold.symbols.text(*name) == f);
        is_asked && (of.ended > 0 || of.stats.exec > 0)
    });
    // Their order decides the frames' numbers.
    of.sort_unstable_by_key(|(name, _)| *name);
    let sum = |of: &Group| StackSum {
        count: of.ended,
        nanos: of.stats.exec,
        max: of.longest_run,
        longest: Vec::new(),
    };
    of.iter().map(|(name, of)| (fold.symbols.text(*name).to_string(), sum(of))).collect()
}

impl Desk {
    fn found(&self, ask: &ProfileAsk, call: &Call<'_>) -> Result<Found> {
        if ask.filter == Filter::default() {
            return Ok(Found::All(self.fold(ask.clip, call)?, None));
        }
        if ask.filter.goroutine.is_none() && ask.filter.task.is_none() {
            let fold = self.fold(ask.clip, call)?;
            if let Some(of) = self.classes(&ask.filter, &fold, call)? {
                return Ok(Found::All(fold, Some(of)));
            }
        }
        Ok(Found::Some(self.some_waits(ask.clip, &ask.filter, call)?))
    }

    /// Shapes: `Profile`. Errors: RANGE when nothing has the name asked for. Cost: a pass, then O(stacks); another pass over
    /// the life of one goroutine, over the regions of one task, and where functions or regions are not told apart.
    pub fn profile(&self, ask: &ProfileAsk, name: &str, call: &Call<'_>) -> Result<Value> {
        let found = self.found(ask, call)?;
        let (waits, symbols) = found.parts();
        let books = Book::of(ask.profile, ask.by_waiter);
        let mut frames = Frames::default();
        // Of everything the leaf tells the state.
        let wall = ask.profile == Profile::Wall;
        let mut told = |ended: bool| -> Vec<Told> {
            let mut rows = Vec::new();
            for book in books {
                let mut stacks: Vec<(StackIx, StackSum)> = found.sums(*book, ended).into_iter().collect();
                // Their order decides the frames' numbers.
                stacks.sort_by_key(|(stack, _)| *stack);
                for (stack, sum) in stacks {
                    let mut of = frames.stack(waits.stacks(), stack, symbols);
                    if wall {
                        of.insert(0, frames.made(book.label()));
                    }
                    rows.push(Told { frames: of, sum });
                }
            }
            rows
        };
        let (mut ended, still) = (told(true), told(false));
        // Within regions and tasks only stays are known.
        let ran = match ask.filter.region.is_none() && ask.filter.task.is_none() && wall {
            true => Some(self.fold(ask.clip, call)?),
            false => None,
        };
        for (name, sum) in ran.iter().flat_map(|fold| running(fold, &ask.filter)) {
            let name = &name;
            let start = if name.is_empty() { None } else { Some(frames.made(name)) };
            let leaf = frames.made("(running)");
            ended.push(Told { frames: [leaf].into_iter().chain(start).collect(), sum });
        }
        let (ended, still) = (part(ended), part(still));
        Ok(json!({"profile": name, "frames": frames.into_list(), "ended": ended, "still": still}))
    }

    /// What ended, as a file for pprof. Errors and cost: as `profile`.
    pub fn pprof(&self, ask: &ProfileAsk, call: &Call<'_>) -> Result<Vec<u8>> {
        let found = self.found(ask, call)?;
        let (waits, symbols) = found.parts();
        let end = match &found {
            Found::All(f, _) => f.end_nanos,
            Found::Some(_) => self.fold(Clip::ALL, call)?.end_nanos,
        };
        let books = Book::of(ask.profile, ask.by_waiter).iter();
        let mut rows: Vec<(StackIx, u64, i64)> =
            books.flat_map(|b| found.sums(*b, true)).map(|(s, sum)| (s, sum.count, sum.nanos)).collect();
        rows.sort_by_key(|(s, _, ns)| (std::cmp::Reverse(*ns), *s));
        pprof::encode_rows(ask.profile, &rows, waits.stacks(), symbols, end)
    }
}
