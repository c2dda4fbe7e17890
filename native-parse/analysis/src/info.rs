//! `info`: the facts of a trace.

use serde_json::{Map, Value, json};
use tracewell_index::Facts;
use tracewell_order::{Event, Flow, Sink, Stage};
use tracewell_source::{Result, TraceError};
use tracewell_wire::sections::sections;
use tracewell_wire::v1::names::len_without;
use tracewell_wire::{Header, header};

use crate::run::{self, Outcome};

#[derive(Default)]
struct Collect(Facts);

impl Sink for Collect {
    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) -> Flow {
        self.0.add(e);
        Flow::Continue(())
    }
}

/// The facts of the trace at `start`, one pass. Shapes: `info` of docs (design/cli.md).
pub fn read(bytes: &[u8], start: u64) -> Result<(Value, Outcome)> {
    let head = header::read(&bytes[start as usize..])?;
    let mut collect = Collect::default();
    let outcome = run::events(bytes, start, &mut collect)?;
    let facts = collect.0;
    let mut threads: Vec<i64> = facts.threads.iter().copied().collect();
    threads.sort_unstable();
    let value = json!({
        "header": head.text(),
        "go": head.go(),
        "format": head.format.as_str(),
        "bytes": len_without(head, bytes),
        "events": facts.events(),
        "kinds": facts.kinds().map(|(k, n)| (k.to_string(), json!(n))).collect::<Map<_, _>>(),
        "start_ns": outcome.zero_nanos,
        "end_ns": outcome.zero_nanos + outcome.end_nanos,
        "duration_ns": outcome.end_nanos,
        "generations": outcome.generations,
        "procs": facts.sorted_procs_with_made_up(),
        "threads": threads,
        "goroutines": facts.goroutines.len(),
        "started": facts.started(outcome.zero_nanos),
        "sections": sections_json(bytes, header::read(bytes)?),
        "damage": damage(&outcome, len_without(head, bytes)),
    });
    Ok((value, outcome))
}

fn sections_json(bytes: &[u8], first: Header) -> Vec<Value> {
    sections(bytes, first)
        .iter()
        .map(|s| json!({"offset": s.offset, "bytes": s.bytes, "header": s.header}))
        .collect()
}

/// What was lost, in words, bytes and time; null when nothing was.
pub fn damage(outcome: &Outcome, len: u64) -> Value {
    let Some(e) = &outcome.damage else { return Value::Null };
    damage_json(e, outcome.read_to, outcome.end_nanos, len)
}

pub fn damage_json(e: &TraceError, read_to: u64, end_nanos: i64, len: u64) -> Value {
    json!({
        "code": e.code.as_str(),
        "message": e.message,
        "offset": e.offset.unwrap_or(read_to).min(len),
        "lost_bytes": len.saturating_sub(read_to),
        "lost_from_ns": end_nanos,
    })
}
