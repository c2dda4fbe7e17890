//! `info`: the facts of a trace.

use rustc_hash::FxHashSet;
use serde_json::{Map, Value, json};
use tracewell_order::event::{Clock, KIND_NAMES};
use tracewell_order::{Event, Flow, Kind, Sink, Stage};
use tracewell_source::{Result, TraceError};
use tracewell_wire::{Header, header};

use crate::event_lines::rfc3339;
use crate::run::{self, Outcome};

/// Counts that every opening of a trace makes.
#[derive(Clone, Default)]
pub struct Facts {
    pub kinds: [u64; KIND_NAMES.len()],
    pub procs: FxHashSet<i64>,
    pub threads: FxHashSet<i64>,
    pub goroutines: FxHashSet<i64>,
    pub gomaxprocs: Option<u64>,
    pub clock: Option<Clock>,
}

impl Facts {
    #[inline]
    pub fn add(&mut self, e: &Event) {
        self.kinds[e.kind_index()] += 1;
        if e.m >= 0 {
            self.threads.insert(e.m);
        }
        if e.p >= 0 {
            self.procs.insert(e.p);
        }
        if e.g >= 0 {
            self.goroutines.insert(e.g);
        }
        match e.kind {
            Kind::GoTransition { g, .. } => {
                self.goroutines.insert(g);
            }
            Kind::ProcTransition { proc, .. } => {
                self.procs.insert(proc);
            }
            Kind::Metric { metric: tracewell_order::Metric::GoMaxProcs, value, .. } => self.gomaxprocs = Some(value),
            Kind::Sync { clock: Some(c), .. } if self.clock.is_none() => self.clock = Some(c),
            _ => {}
        }
    }

    pub fn events(&self) -> u64 {
        self.kinds.iter().sum()
    }

    pub fn sorted_procs(&self) -> Vec<i64> {
        let mut v: Vec<i64> = self.procs.iter().copied().collect();
        v.sort_unstable();
        v
    }

    pub fn kinds_json(&self) -> Value {
        let kinds: Map<String, Value> = KIND_NAMES
            .iter()
            .zip(self.kinds)
            .filter(|(_, n)| *n > 0)
            .map(|(k, n)| ((*k).to_string(), json!(n)))
            .collect();
        Value::Object(kinds)
    }

    /// Wall clock of the first event.
    pub fn started(&self, zero: i64) -> Option<String> {
        self.clock.map(|c| rfc3339(&c, zero - c.trace_nanos))
    }
}

impl Sink for Facts {
    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) -> Flow {
        self.add(e);
        Flow::Continue(())
    }
}

/// The facts of the trace at `start`, one pass. Shapes: `info` of docs (design/cli.md).
pub fn read(bytes: &[u8], start: u64) -> Result<(Value, Outcome)> {
    let head = header::read(&bytes[start as usize..])?;
    let mut facts = Facts::default();
    let outcome = run::events(bytes, start, &mut facts)?;
    let mut threads: Vec<i64> = facts.threads.iter().copied().collect();
    threads.sort_unstable();
    let value = json!({
        "header": head.text(),
        "go": head.go(),
        "format": "v2",
        "bytes": bytes.len(),
        "events": facts.events(),
        "kinds": facts.kinds_json(),
        "start_ns": outcome.zero_nanos,
        "end_ns": outcome.zero_nanos + outcome.end_nanos,
        "duration_ns": outcome.end_nanos,
        "generations": outcome.generations,
        "procs": facts.sorted_procs(),
        "threads": threads,
        "goroutines": facts.goroutines.len(),
        "started": facts.started(outcome.zero_nanos),
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

/// The traces of the file one after another, found by batch headers alone. Cost: O(batches).
pub fn sections(bytes: &[u8], first: Header) -> Vec<Section> {
    let mut out = Vec::new();
    let (mut offset, mut head) = (0, first);
    loop {
        let next = if head.format == header::Format::V2 { next_header(bytes, offset, head) } else { None };
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

fn next_header(bytes: &[u8], start: u64, head: Header) -> Option<u64> {
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
