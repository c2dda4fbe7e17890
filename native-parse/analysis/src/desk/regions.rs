//! User regions by type and frame.

use serde_json::{Value, json};
use tracewell_order::Sym;
use tracewell_source::{Result, SeededMap};

use crate::desk::fold::Fold;
use crate::desk::{Call, Desk, none, spread, sums};
use crate::region_rows::Region;
use crate::stats::{Clip, Stats};

const WORST: usize = 20;
const GOROUTINES: usize = 100;

#[derive(Default)]
struct Type {
    nanos: i64,
    lengths: Vec<i64>,
    /// Begun before the trace, or not ended in it.
    open: u64,
}

impl Fold {
    /// From and to of a region, within the trace.
    pub fn span_of(&self, r: &Region) -> (i64, i64) {
        (r.start.unwrap_or(0), r.end.unwrap_or(self.end_nanos))
    }

    /// Stops of the world and marking during a region.
    pub fn collected_in(&self, r: &Region) -> (i64, i64) {
        let (a, b) = self.span_of(r);
        (self.stop_times.overlap(a, b), self.mark_times.overlap(a, b))
    }

    /// Shapes: `RegionSpan`.
    pub fn region_json(&self, r: &Region) -> Value {
        let (from, to) = self.span_of(r);
        json!({
            "goroutine": r.g,
            "task": r.task,
            "name": self.symbols.text(r.name),
            "frame": self.symbols.text(r.frame.text),
            "fromNanos": from,
            "toNanos": to,
            "hasBegin": r.start.is_some(),
            "hasEnd": r.end.is_some(),
        })
    }
}

fn type_json(fold: &Fold, name: Sym, frame: Sym, t: Type) -> Value {
    json!({
        "name": fold.symbols.text(name),
        "frame": fold.symbols.text(frame),
        "count": t.lengths.len(),
        "openCount": t.open,
        "sumNanos": t.nanos,
        "histogram": spread::histogram(t.lengths),
    })
}

fn add(fold: &Fold, t: &mut Type, r: &Region) {
    let (from, to) = fold.span_of(r);
    t.nanos += fold.clip.nanos(from, to);
    if fold.clip.counts(to, fold.end_nanos) {
        t.lengths.push(to - from);
        t.open += u64::from(r.start.is_none() || r.end.is_none());
    }
}

impl Desk {
    /// Shapes: `RegionType[]`, by name and frame. Cost: a pass, then O(regions log regions).
    pub fn region_types(&self, clip: Clip, call: &Call<'_>) -> Result<Value> {
        let fold = self.fold(clip, call)?;
        let mut types: SeededMap<(Sym, Sym), Type> = SeededMap::default();
        for r in fold.regions.iter() {
            add(&fold, types.entry((r.name, r.frame.text)).or_default(), &r);
        }
        let mut types: Vec<((Sym, Sym), Type)> = types.into_iter().collect();
        types.sort_by_key(|((name, frame), _)| (fold.symbols.text(*name), fold.symbols.text(*frame)));
        Ok(types.into_iter().map(|((name, frame), t)| type_json(&fold, name, frame, t)).collect())
    }

    /// Shapes: `RegionTypeDetails`; `frame` None: of any frame. Errors: RANGE when the range holds no such region.
    pub fn region_type(&self, clip: Clip, name: &str, frame: Option<&str>, call: &Call<'_>) -> Result<Value> {
        let fold = self.fold(clip, call)?;
        let of = fold
            .regions
            .iter()
            .filter(|r| fold.symbols.text(r.name) == name)
            .filter(|r| frame.is_none_or(|f| fold.symbols.text(r.frame.text) == f));
        let mut first: Option<(Sym, Sym)> = None;
        let mut all = Type::default();
        let (mut stats, mut collected) = (Stats::default(), (0, 0));
        let (mut longest, mut by_goroutine): (Vec<Region>, Vec<(i64, i64)>) = Default::default();
        for r in of {
            first.get_or_insert((r.name, r.frame.text));
            add(&fold, &mut all, &r);
            stats.plus(&r.stats);
            let (stop, mark) = fold.collected_in(&r);
            collected = (collected.0 + stop, collected.1 + mark);
            let (from, to) = fold.span_of(&r);
            by_goroutine.push((r.g, clip.nanos(from, to)));
            keep_longest(&fold, &mut longest, r);
        }
        let Some((name_sym, frame_sym)) = first else {
            return Err(none(format!("This range holds no region {name}")));
        };
        let frame_sym = if frame.is_some() { frame_sym } else { Sym::EMPTY };
        let mut v = type_json(&fold, name_sym, frame_sym, all);
        let mut total = json!({});
        sums::write(&mut total, &stats, collected, &fold.symbols);
        v["sums"] = total;
        v["worst"] = worst(&fold, &longest);
        by_goroutine.sort_unstable();
        let mut goroutines: Vec<(i64, usize, i64)> = by_goroutine
            .chunk_by(|a, b| a.0 == b.0)
            .filter_map(|of| Some((of.first()?.0, of.len(), of.iter().map(|o| o.1).sum())))
            .collect();
        v["goroutineCount"] = json!(goroutines.len());
        goroutines.sort_unstable_by_key(|(g, _, nanos)| (std::cmp::Reverse(*nanos), *g));
        v["goroutines"] = goroutines
            .iter()
            .take(GOROUTINES)
            .map(|(g, n, nanos)| json!({"id": g, "name": fold.name_of(*g), "count": n, "nanos": nanos}))
            .collect();
        Ok(v)
    }
}

/// Puts a region among those that took longest; of two that took as long, the one that came first stays first.
fn keep_longest(fold: &Fold, longest: &mut Vec<Region>, r: Region) {
    let length = |r: &Region| {
        let (from, to) = fold.span_of(r);
        to - from
    };
    let at = longest.partition_point(|l| length(l) >= length(&r));
    if at < WORST {
        longest.truncate(WORST - 1);
        longest.insert(at, r);
    }
}

fn worst(fold: &Fold, longest: &[Region]) -> Value {
    longest
        .iter()
        .map(|r| {
            let mut sum = json!({});
            sums::write(&mut sum, &r.stats, fold.collected_in(r), &fold.symbols);
            let mut v = fold.region_json(r);
            v["sums"] = sum;
            v
        })
        .collect()
}
