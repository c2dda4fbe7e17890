//! `compare`: two traces beside each other, or a series.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use tracewell_analysis::desk::{Call, Desk};
use tracewell_analysis::stats::Clip;
use tracewell_compare::{Ask, Digest, Normalise, compare, kept, read, trend};
use tracewell_slice::{Answers, Cache};
use tracewell_source::{Code, Result, Source, TraceError};
use tracewell_wire::header;

use crate::args::{CompareArgs, NormaliseArg};
use crate::{Failure, print};

/// What folds of one side may take; it is let go with its digest.
const BUDGET_BYTES: usize = 64 << 20;

pub fn run(a: &CompareArgs) -> std::result::Result<(), Failure> {
    if a.files.iter().filter(|f| *f == "-").count() > 1 {
        return Err(Failure::Usage("standard input can be read once only".into()));
    }
    if a.open {
        return Err(Failure::Usage("--open is the app's: start it as tracewell compare A B --open".into()));
    }
    let renamed: BTreeMap<String, String> = a.renamed.iter().cloned().collect();
    let normalise = match a.normalise {
        NormaliseArg::None => Normalise::None,
        NormaliseArg::Duration => Normalise::Duration,
        NormaliseArg::Tasks => Normalise::Tasks,
    };
    let ask = Ask { normalise, renamed };
    let ranges = [a.range_a, a.range_b];
    let mut digests = Vec::with_capacity(a.files.len());
    for (i, file) in a.files.iter().enumerate() {
        let range = ranges.get(i).copied().flatten();
        digests.push(digest(file, range).map_err(|e| named(e, file))?);
    }
    let [first, second] = &digests[..] else {
        let mut value = trend(&digests, &ask)?;
        value["files"] = a.files.iter().map(String::as_str).collect();
        return print(&value);
    };
    let mut value = compare(first, second, &ask)?;
    for (side, file) in ["a", "b"].into_iter().zip(&a.files) {
        value[side]["file"] = file.as_str().into();
    }
    print(&value)
}

/// An error says which of the files it is about.
fn named(e: TraceError, file: &str) -> TraceError {
    TraceError { message: format!("{file}: {}", e.message), ..e }
}

/// Of the trace's bytes, what rows of goroutines take in a nameless file.
const SCRATCH_SHARE: u64 = 6;

fn digest(file: &str, range: Option<(i64, i64)>) -> Result<Digest> {
    let source = match file {
        "-" => Source::from_reader(std::io::stdin().lock())?,
        path => Source::open(Path::new(path))?,
    };
    header::read(source.bytes())?;
    let source = Arc::new(source);
    let clip = range.map_or(Clip::ALL, |(from, to)| Clip { from, to });
    let answers =
        Cache::of_app(None).filter(|_| range.is_none()).and_then(|cache| Answers::of(cache, &source));
    let value = kept::digest(answers.as_ref(), &source, || {
        let scratch = source.bytes().len() as u64 / SCRATCH_SHARE;
        let folder = Cache::of_app(None).and_then(|c| c.scratch(scratch).map(Path::to_path_buf));
        let desk = Desk::new(source.clone(), 0, BUDGET_BYTES).with_folder(folder);
        let stop = AtomicBool::new(false);
        desk.digest(clip, &Call { stop: &stop, progress: &|_| () })
    })?;
    if value["durationNanos"].as_i64().is_none_or(|d| d <= 0) && range.is_some() {
        return Err(TraceError::new(Code::Range, "The range lies outside of the trace"));
    }
    read(value)
}
