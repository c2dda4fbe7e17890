//! Two traces beside each other. Takes what `analysis` says of each (`Desk::digest`, JSON) and joins it by name; knows
//! neither files nor events, so that the command line and the app, whose two traces live in two processes, get the same.
//! Only `kept` knows where the digest of a trace stays for the next time.

mod digest;
mod join;
pub mod kept;
mod measures;
mod noise;
mod sentences;
pub mod turn;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tracewell_source::{Code, Result, TraceError};

pub use digest::{Digest, Histogram};
pub use noise::test as shifted;

/// What figures are divided by before they are compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Normalise {
    #[default]
    None,
    /// By the second of trace.
    Duration,
    /// By the user task that was completed.
    Tasks,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Ask {
    pub normalise: Normalise,
    /// Functions of A that have another name in B.
    pub renamed: BTreeMap<String, String>,
}

/// Reads a digest. Errors: INTERNAL, when it is none.
pub fn read(digest: Value) -> Result<Digest> {
    serde_json::from_value(digest).map_err(|e| {
        TraceError::new(Code::Internal, format!("What was handed over is no digest of a trace: {e}"))
    })
}

/// Shapes: `Comparison` of contract/compare.ts. Errors: RANGE, when figures are wanted by task and a side completed
/// none. Cost: O(n log n) of the rows of both.
pub fn compare(a: &Digest, b: &Digest, ask: &Ask) -> Result<Value> {
    let scale = (divisor(a, ask.normalise)?, divisor(b, ask.normalise)?);
    let measures = measures::measures(a, b, scale);
    let functions = join::functions(a, b, scale, &ask.renamed);
    let profiles: BTreeMap<&str, Vec<Value>> = a
        .profiles
        .keys()
        .chain(b.profiles.keys())
        .map(|name| {
            (name.as_str(), join::stacks(a.profiles.get(name), b.profiles.get(name), scale, &ask.renamed))
        })
        .collect();
    let tasks = join::types(&a.task_types, &b.task_types, scale);
    let regions = join::regions(&a.region_types, &b.region_types, scale);
    Ok(json!({
        "normalise": ask.normalise,
        "a": facts(a),
        "b": facts(b),
        "measures": measures,
        "sentences": sentences::sentences(a, b, scale, &functions, &profiles),
        "functions": functions,
        "profiles": profiles,
        "tasks": tasks,
        "regions": regions,
    }))
}

/// A series of runs: the measures of each against the first. Shapes: {runs: [facts], measures: [{id, …, values}]}.
pub fn trend(runs: &[Digest], ask: &Ask) -> Result<Value> {
    let scales = runs.iter().map(|r| divisor(r, ask.normalise)).collect::<Result<Vec<_>>>()?;
    Ok(json!({
        "normalise": ask.normalise,
        "runs": runs.iter().map(facts).collect::<Vec<_>>(),
        "measures": measures::series(runs, &scales),
    }))
}

fn facts(d: &Digest) -> Value {
    json!({
        "fromNanos": d.from_nanos,
        "toNanos": d.to_nanos,
        "durationNanos": d.duration_nanos,
        "eventCount": d.event_count,
        "goroutineCount": d.goroutine_count,
        "completeTaskCount": d.complete_tasks(),
    })
}

/// What sums of times and counts are divided by: seconds, tasks, or nothing.
fn divisor(d: &Digest, normalise: Normalise) -> Result<f64> {
    match normalise {
        Normalise::None => Ok(1.0),
        Normalise::Duration => Ok((d.duration_nanos.max(1) as f64) / 1e9),
        Normalise::Tasks => match d.complete_tasks() {
            0 => Err(TraceError::new(
                Code::Range,
                "One of the traces completed no user task, so figures by task cannot be told; compare by duration instead",
            )),
            n => Ok(n as f64),
        },
    }
}
