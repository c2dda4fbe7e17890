//! Reading what was asked. The host has checked shapes; what is missing all the same is an error, never a panic.

use serde_json::Value;
use tracewell_analysis::stats::Clip;
use tracewell_source::{Code, Result, TraceError};

fn wrong(name: &str) -> TraceError {
    TraceError::new(Code::Internal, format!("The question lacks {name}"))
}

pub fn text<'v>(input: &'v Value, name: &str) -> Result<&'v str> {
    input[name].as_str().ok_or_else(|| wrong(name))
}

/// A text or null.
pub fn maybe_text(input: &Value, name: &str) -> Option<String> {
    input[name].as_str().map(String::from)
}

pub fn number(input: &Value, name: &str) -> Result<i64> {
    maybe_number(input, name).ok_or_else(|| wrong(name))
}

/// A number or null; fractions are cut off, as nanoseconds are whole.
pub fn maybe_number(input: &Value, name: &str) -> Option<i64> {
    whole(&input[name])
}

pub fn whole(v: &Value) -> Option<i64> {
    v.as_i64().or_else(|| v.as_f64().map(|f| f as i64))
}

pub fn flag(input: &Value, name: &str) -> bool {
    input[name].as_bool().unwrap_or(false)
}

pub fn list<'v>(input: &'v Value, name: &str) -> &'v [Value] {
    input[name].as_array().map_or(&[], |l| l)
}

/// The window of `scope`; null: all.
pub fn clip(input: &Value) -> Result<Clip> {
    let window = &input["scope"]["window"];
    if window.is_null() {
        return Ok(Clip::ALL);
    }
    let clip = Clip { from: number(window, "fromNanos")?, to: number(window, "toNanos")? };
    if clip.from > clip.to {
        return Err(TraceError::new(Code::Range, "The window ends before it begins"));
    }
    Ok(clip)
}
