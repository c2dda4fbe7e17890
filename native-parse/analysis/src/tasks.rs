//! `tasks`: every user task with its goroutines, logs and children, and the same by type.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tracewell_order::{Sym, Symbols};
use tracewell_source::Result;

use crate::answer::Answer;
use crate::books::{Book, Done, RightBook};
use crate::histogram::Histogram;
use crate::reference_book::ReferenceBook;
use crate::run::Outcome;
use crate::stats::Clip;
use crate::summary::{self, Want};
use crate::task_book::{LogLine, Task, Tasks};

/// Shapes: {tasks: [{id, name, parent, children, start, duration, complete, has_start, has_end, goroutines, regions,
/// logs: [[t, g, category, message]]}], task_types: [{name, n, complete, histogram_of_complete}]}; tasks by id; task 0
/// is what belongs to none. Units: ns. Cost: one pass; memory by tasks and logs.
pub fn read(bytes: &[u8], start: u64, as_reference: bool, clip: Clip) -> Result<(Answer, Outcome)> {
    if as_reference {
        answer(bytes, start, ReferenceBook::default(), Clip::ALL)
    } else {
        answer(bytes, start, RightBook::new(clip), clip)
    }
}

#[derive(Default)]
struct TypeSum {
    n: u64,
    complete: u64,
    histogram: Histogram,
}

fn answer<B: Book>(bytes: &[u8], start: u64, book: B, clip: Clip) -> Result<(Answer, Outcome)> {
    let want = Want { tasks: true, ..Want::default() };
    let (summary, symbols, outcome) = summary::read(bytes, start, book, |_: Done, _: u32| {}, want, clip)?;
    let end = outcome.end_nanos;
    let (_, _, _, tasks) = summary.into_parts();
    let tasks = tasks.finish(|t| clip.touches(t.start.unwrap_or(0), t.end.unwrap_or(end)));
    let mut types: BTreeMap<Sym, TypeSum> = BTreeMap::new();
    for t in tasks.iter().filter(|t| clip.counts(t.end.unwrap_or(end), end)) {
        let sum = types.entry(t.name).or_default();
        sum.n += 1;
        if let (Some(a), Some(b)) = (t.start, t.end) {
            sum.complete += 1;
            sum.histogram.add(b - a);
        }
    }
    let mut types: Vec<_> = types.into_iter().map(|(name, t)| (symbols.text(name), t)).collect();
    types.sort_by_key(|(name, _)| *name);
    let types: Vec<Value> = types
        .iter()
        .map(|(name, t)| {
            json!({"name": name, "n": t.n, "complete": t.complete, "histogram_of_complete": t.histogram.json()})
        })
        .collect();
    let tasks = (0..tasks.len()).filter_map(move |i| Some(one(&tasks, &tasks.get(i)?, end, &symbols)));
    let answer = Answer::default().one("task_types", Value::Array(types)).list("tasks", tasks);
    Ok((answer, outcome))
}

fn one(all: &Tasks, t: &Task, trace_end: i64, symbols: &Symbols) -> Value {
    let start = t.start.unwrap_or(0);
    let log = |l: LogLine| json!([l.time, l.g, symbols.text(l.category), l.message]);
    json!({
        "id": t.id,
        "name": symbols.text(t.name),
        "parent": t.parent,
        "children": all.children(t).collect::<Vec<_>>(),
        "start": start,
        "duration": t.end.unwrap_or(trace_end) - start,
        "complete": t.start.is_some() && t.end.is_some(),
        "has_start": t.start.is_some(),
        "has_end": t.end.is_some(),
        "goroutines": all.goroutines(t),
        "regions": t.regions,
        "logs": all.logs(t).map(log).collect::<Vec<_>>(),
    })
}
