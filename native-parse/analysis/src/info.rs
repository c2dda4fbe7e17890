//! `info`: the facts of a trace.

use serde_json::{Map, Value, json};
use tracewell_index::Facts;
use tracewell_order::event::KIND_NAMES;
use tracewell_order::{Event, Flow, Sink, Stage};
use tracewell_source::{Result, TraceError};
use tracewell_wire::{Header, header};

use crate::event_lines::rfc3339;
use crate::run::{self, Outcome};

#[derive(Default)]
struct Collect(Facts);

impl Sink for Collect {
    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) -> Flow {
        self.0.add(e);
        Flow::Continue(())
    }
}

/// {kind: count} of the kinds that occur.
pub fn kinds_json(facts: &Facts) -> Value {
    let all = KIND_NAMES.iter().zip(facts.kinds).filter(|(_, n)| *n > 0);
    Value::Object(all.map(|(k, n)| ((*k).to_string(), json!(n))).collect::<Map<_, _>>())
}

/// Wall clock of the first event; `zero` is its absolute time.
pub fn started(facts: &Facts, zero: i64) -> Option<String> {
    facts.clock.map(|c| rfc3339(&c, zero - c.trace_nanos))
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
        "format": format_name(head),
        "bytes": bytes.len(),
        "events": facts.events(),
        "kinds": kinds_json(&facts),
        "start_ns": outcome.zero_nanos,
        "end_ns": outcome.zero_nanos + outcome.end_nanos,
        "duration_ns": outcome.end_nanos,
        "generations": outcome.generations,
        "procs": facts.sorted_procs_with_made_up(),
        "threads": threads,
        "goroutines": facts.goroutines.len(),
        "started": started(&facts, outcome.zero_nanos),
        "sections": sections_json(bytes, header::read(bytes)?),
        "damage": damage(&outcome, bytes.len() as u64),
    });
    Ok((value, outcome))
}

/// A trace of the file: where it lies and how it begins.
pub struct Section {
    pub offset: u64,
    pub bytes: u64,
    pub header: String,
}

/// The traces of the file one after another, found by batch headers alone, or record by record before Go 1.22.
pub fn sections(bytes: &[u8], first: Header) -> Vec<Section> {
    let mut out = Vec::new();
    let (mut offset, mut head) = (0, first);
    loop {
        let next = next_header(bytes, offset, head);
        let end = next.unwrap_or(bytes.len() as u64);
        out.push(Section { offset, bytes: end - offset, header: head.text() });
        match next.map(|n| (n, header::read(&bytes[n as usize..]))) {
            Some((n, Ok(h))) => (offset, head) = (n, h),
            _ => return out,
        }
    }
}

fn sections_json(bytes: &[u8], first: Header) -> Vec<Value> {
    sections(bytes, first)
        .iter()
        .map(|s| json!({"offset": s.offset, "bytes": s.bytes, "header": s.header}))
        .collect()
}

/// `v1` or `v2`, as docs/format-notes.md calls them.
pub fn format_name(head: Header) -> &'static str {
    match head.format {
        header::Format::V1 => "v1",
        header::Format::V2 => "v2",
    }
}

fn next_header(bytes: &[u8], start: u64, head: Header) -> Option<u64> {
    if head.format == header::Format::V1 {
        return tracewell_wire::v1::next_trace(bytes, head, start);
    }
    let mut pos = start + header::HEADER_LEN as u64;
    while let Some(g) = tracewell_wire::scan::generation_at(bytes, head, pos) {
        match g.ended_by {
            tracewell_wire::End::NextTrace => return Some(g.end),
            tracewell_wire::End::Closed => pos = g.end,
            _ => return None,
        }
    }
    None
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
