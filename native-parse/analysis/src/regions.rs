//! `regions`: every user region with what its goroutine did in it, and the same by type and place.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tracewell_order::{Sym, Symbols};
use tracewell_source::Result;

use crate::answer::Answer;
use crate::books::{Book, Done, RightBook};
use crate::histogram::Histogram;
use crate::reference_book::ReferenceBook;
use crate::region_rows::Region;
use crate::run::Outcome;
use crate::stats::Clip;
use crate::summary::{self, Want};

/// Shapes: {regions: [{g, task, name, frame, start, duration, has_start, has_end, start_kind, end_kind, and sums as of
/// goroutines}], region_types: [{name, frame, n, sum_ns, histogram}]}; regions by start, those older than the trace
/// first. Units: ns. Cost: one pass; memory by regions.
pub fn read(bytes: &[u8], start: u64, as_reference: bool, clip: Clip) -> Result<(Answer, Outcome)> {
    if as_reference {
        answer(bytes, start, ReferenceBook::default(), Clip::ALL)
    } else {
        answer(bytes, start, RightBook::new(clip), clip)
    }
}

/// Name and place of a type of regions; the reference tells places apart by pc.
type TypeKey = (Sym, Sym, u64);

#[derive(Default)]
struct TypeSum {
    n: u64,
    nanos: i64,
    histogram: Histogram,
}

fn answer<B: Book>(bytes: &[u8], start: u64, book: B, clip: Clip) -> Result<(Answer, Outcome)> {
    let want = Want { regions: true, ..Want::default() };
    let (summary, symbols, outcome) = summary::read(bytes, start, book, |_: Done, _: u32| {}, want, clip)?;
    let end = outcome.end_nanos;
    let (_, _, mut regions, _) = summary.into_parts();
    regions.sort(|r| clip.touches(r.start.unwrap_or(0), r.end.unwrap_or(end)));
    let mut types: BTreeMap<TypeKey, TypeSum> = BTreeMap::new();
    for r in regions.iter() {
        let key = (r.name, r.frame.text, if B::AS_REFERENCE { r.frame.pc } else { 0 });
        let sum = types.entry(key).or_default();
        let (from, to) = (r.start.unwrap_or(0), r.end.unwrap_or(end));
        sum.nanos += clip.nanos(from, to);
        if clip.counts(to, end) {
            sum.n += 1;
            sum.histogram.add(to - from);
        }
    }
    let mut types: Vec<_> = types.into_iter().collect();
    types.sort_by_cached_key(|((name, frame, pc), _)| {
        (symbols.text(*name).to_string(), *pc, symbols.text(*frame).to_string())
    });
    let types: Vec<Value> = types
        .iter()
        .map(|((name, frame, _), t)| {
            json!({"name": symbols.text(*name), "frame": symbols.text(*frame), "n": t.n, "sum_ns": t.nanos,
                   "histogram": t.histogram.json()})
        })
        .collect();
    let regions = (0..regions.len()).filter_map(move |i| Some(one(&regions.get(i)?, end, &symbols)));
    let answer = Answer::default().one("region_types", Value::Array(types)).list("regions", regions);
    Ok((answer, outcome))
}

fn one(r: &Region, trace_end: i64, symbols: &Symbols) -> Value {
    let start = r.start.unwrap_or(0);
    let start_kind = match r.start {
        None => "",
        Some(_) if r.inherited => "StateTransition",
        Some(_) => "RegionBegin",
    };
    let end_kind = match r.end {
        None => "",
        Some(_) if r.ended_by_goroutine => "StateTransition",
        Some(_) => "RegionEnd",
    };
    let mut v = json!({
        "g": r.g,
        "task": r.task,
        "name": symbols.text(r.name),
        "frame": symbols.text(r.frame.text),
        "start": start,
        "duration": r.end.unwrap_or(trace_end) - start,
        "has_start": r.start.is_some(),
        "has_end": r.end.is_some(),
        "start_kind": start_kind,
        "end_kind": end_kind,
        "unknown": r.stats.unknown(),
    });
    r.stats.write(&mut v, symbols);
    v
}
