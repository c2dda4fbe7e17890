//! `contract/compare.ts`. A side is told by the engine of its trace; two sides are compared by either.

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tracewell_analysis::desk::Call;
use tracewell_analysis::stats::Clip;
use tracewell_compare::{Ask, Digest, Histogram, Normalise, kept, turn};
use tracewell_slice::Cache;
use tracewell_source::{Code, Result, TraceError};

use super::Asked;
use super::input::{clip, list, text};

/// None: the method is not one of these.
pub fn ask(asked: &Asked, method: &str, input: &Value, call: &Call<'_>) -> Option<Result<Value>> {
    Some(match method {
        "readDigest" => clip(input).and_then(|c| read_digest(asked, c, call)),
        "compareDigests" => compare(input),
        "compareSeries" => series(input),
        "compareHistograms" => histograms(input),
        _ => return None,
    })
}

/// Of the whole trace it is kept, for both programs and for the next opening. What its pass found and nobody else asked for
/// is let go if it is large: two engines are asked at once, and the digest is all that a comparison needs of it.
fn read_digest(asked: &Asked, clip: Clip, call: &Call<'_>) -> Result<Value> {
    let source = asked.trace.source();
    let answers = asked.trace.answers().filter(|_| clip == Clip::ALL);
    let was_known = asked.desk.has(clip);
    kept::digest(answers.as_ref(), &source, || {
        let cache = Cache::of_app(None).filter(|_| !was_known);
        let _turn = turn::wait(cache.as_ref().map(Cache::folder), source.bytes().len(), call)?;
        // Another engine with the same trace may have made it meanwhile.
        if let Some(kept) = answers.as_ref().filter(|_| cache.is_some()).and_then(kept::load) {
            return Ok(kept);
        }
        let digest = asked.desk.digest(clip, call);
        if !was_known && answers.is_some() {
            asked.desk.let_go(clip);
        }
        digest
    })
}

/// Keeps the digest of the whole trace, once in an opening, so that a trace that was indexed is compared at once. Cost: a
/// pass, and none where the home page has made it.
pub fn keep_digest(asked: &Asked, call: &Call<'_>) {
    if asked.trace.answers().is_none() || asked.digest_kept.swap(true, Ordering::Relaxed) {
        return;
    }
    let found = read_digest(asked, Clip::ALL, call);
    if found.is_err_and(|e| e.code == Code::Cancelled) {
        asked.digest_kept.store(false, Ordering::Relaxed);
    }
}

fn wrong(what: &str) -> TraceError {
    TraceError::new(Code::Internal, format!("{what} is not what the engine handed out"))
}

/// A digest comes back as the text that it went out as.
fn digest(value: &Value) -> Result<Digest> {
    let text = value.as_str().ok_or_else(|| wrong("A digest"))?;
    tracewell_compare::read(serde_json::from_str(text).map_err(|_| wrong("A digest"))?)
}

fn how(input: &Value) -> Result<Ask> {
    let normalise = match text(input, "normalise")? {
        "duration" => Normalise::Duration,
        "tasks" => Normalise::Tasks,
        _ => Normalise::None,
    };
    let pairs = input["renamed"].as_object().into_iter().flatten();
    let renamed: BTreeMap<String, String> =
        pairs.filter_map(|(a, b)| Some((a.clone(), b.as_str()?.to_string()))).collect();
    Ok(Ask { normalise, renamed })
}

fn compare(input: &Value) -> Result<Value> {
    tracewell_compare::compare(&digest(&input["a"])?, &digest(&input["b"])?, &how(input)?)
}

fn series(input: &Value) -> Result<Value> {
    let runs = list(input, "digests").iter().map(digest).collect::<Result<Vec<_>>>()?;
    tracewell_compare::trend(&runs, &how(input)?)
}

fn histograms(input: &Value) -> Result<Value> {
    let side = |name: &str| -> Result<Histogram> {
        serde_json::from_value(input[name].clone()).map_err(|_| wrong("A histogram"))
    };
    Ok(json!({ "test": tracewell_compare::shifted(&side("a")?, &side("b")?) }))
}
