//! `counters`: the series of STATS at given times, or as curves; always their maxima and means.

use serde_json::{Map, Value, json};
use tracewell_index::{Lanes, SERIES, Series};
use tracewell_order::{Event, Flow, Sink, Stage};
use tracewell_source::Result;

use crate::run::{self, Outcome};
use crate::stats::Clip;

/// What the command line calls each series; those of the app alone are not told.
const NAMES: [Option<(&str, &str)>; SERIES] = [
    Some(("goroutines", "running")),
    Some(("goroutines", "runnable")),
    Some(("goroutines", "waiting_gc")),
    Some(("heap", "allocated")),
    Some(("heap", "next_gc")),
    Some(("threads", "running")),
    Some(("threads", "in_syscall")),
    None,
];

#[derive(Clone, Copy, Default)]
struct Curve {
    since: i64,
    value: Option<i64>,
    max: Option<i64>,
    /// Value × ns, and ns in which it was known.
    area: i128,
    known: i64,
}

/// Steps of all series, with the values at a rising list of times; maxima and means are of a range.
pub struct Counters {
    clip: Clip,
    curves: [Curve; SERIES],
    times: Vec<i64>,
    next: usize,
    at: Vec<[Option<i64>; SERIES]>,
}

impl Counters {
    /// `times` rising.
    pub fn new(times: Vec<i64>, clip: Clip) -> Counters {
        Counters { clip, curves: [Curve::default(); SERIES], times, next: 0, at: Vec::new() }
    }

    /// Takes the values at all asked times before `t`.
    fn pass(&mut self, t: i64) {
        while let Some(&at) = self.times.get(self.next)
            && at < t
        {
            self.at.push(self.curves.map(|c| c.value));
            self.next += 1;
        }
    }

    /// {max, mean} over the range.
    fn summary(&self) -> Value {
        let max = nest(self.curves.iter().map(|c| json!(c.max)));
        let mean = nest(self.curves.iter().map(|c| match c.known {
            0 => json!(c.max),
            ns => json!(c.area as f64 / ns as f64),
        }));
        json!({"max": max, "mean": mean})
    }

    fn close(&mut self, end: i64) {
        self.pass(i64::MAX);
        for c in &mut self.curves {
            c.settle(end, self.clip);
            // What the last event set holds from then on.
            if self.clip.to >= end {
                c.max = c.max.max(c.value);
            }
        }
    }
}

impl Curve {
    fn settle(&mut self, t: i64, clip: Clip) {
        // Several changes at one time are one change: a value that held for no time at all never was.
        let nanos = clip.nanos(self.since, t);
        if let Some(v) = self.value
            && nanos > 0
        {
            self.area += i128::from(v) * i128::from(nanos);
            self.known += nanos;
            self.max = self.max.max(Some(v));
        }
        self.since = t;
    }
}

impl Lanes for Counters {
    fn counter(&mut self, series: Series, time: i64, value: Option<i64>) {
        self.pass(time);
        let c = &mut self.curves[series as usize];
        c.settle(time, self.clip);
        c.value = value;
    }
}

/// Values at `times` (rising), maxima and means over a range.
///
/// Shapes: {at: [{t, goroutines, heap, threads}], max, mean}. Units: ns, counts, bytes. Cost: one pass.
pub fn read_at(
    bytes: &[u8],
    start: u64,
    times: Vec<i64>,
    asked: bool,
    clip: Clip,
) -> Result<(Value, Outcome)> {
    let mut c = Counters::new(times, clip);
    let (outcome, _) = run::lanes(bytes, start, &mut c)?;
    c.close(outcome.end_nanos);
    let mut value = c.summary();
    if asked {
        value["at"] = Value::Array(c.at.iter().zip(&c.times).map(|(v, t)| at_object(*t, v)).collect());
    }
    Ok((value, outcome))
}

/// The values in `width` equal steps of a range: at the begin of each step.
///
/// Shapes: {from_ns, step_ns, curves: [{t, goroutines, heap, threads}], max, mean}. Cost: two passes.
pub fn read_curves(bytes: &[u8], start: u64, width: u32, clip: Clip) -> Result<(Value, Outcome)> {
    let mut length = Length(0);
    run::events(bytes, start, &mut length)?;
    let width = i64::from(width);
    let from = clip.from.clamp(0, length.0);
    let nanos = clip.to.clamp(from, length.0) - from;
    let times: Vec<i64> =
        (0..width).map(|i| from + (i128::from(nanos) * i128::from(i) / i128::from(width)) as i64).collect();
    let mut c = Counters::new(times, clip);
    let (outcome, _) = run::lanes(bytes, start, &mut c)?;
    c.close(outcome.end_nanos);
    let mut value = c.summary();
    value["from_ns"] = json!(from);
    value["step_ns"] = json!(nanos as f64 / width as f64);
    value["curves"] = Value::Array(c.at.iter().zip(&c.times).map(|(v, t)| at_object(*t, v)).collect());
    Ok((value, outcome))
}

/// Finds the time of the last event.
struct Length(i64);

impl Sink for Length {
    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) -> Flow {
        self.0 = e.time;
        Flow::Continue(())
    }
}

fn at_object(t: i64, values: &[Option<i64>; SERIES]) -> Value {
    let mut o = nest(values.iter().map(|v| json!(v)));
    if let Value::Object(m) = &mut o {
        m.insert("t".into(), json!(t));
    }
    o
}

/// {goroutines: {...}, heap: {...}, threads: {...}}
fn nest(values: impl Iterator<Item = Value>) -> Value {
    let mut out: Map<String, Value> = Map::new();
    for (name, value) in NAMES.iter().zip(values) {
        if let Some((group, key)) = name
            && let Value::Object(m) = out.entry(*group).or_insert_with(|| json!({}))
        {
            m.insert((*key).into(), value);
        }
    }
    Value::Object(out)
}
