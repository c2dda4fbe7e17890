//! `slices` of goroutines (their states, and who made whom run) and of threads (which goroutine, and its system calls).

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tracewell_order::{GoState, Symbols};
use tracewell_source::Result;

use crate::lives::{FlowKind, Life, LifeFlow, LifeSpan, LifeState, Lives, Stay};
use crate::run::{self, Outcome};

struct ByGoroutine {
    from: i64,
    to: i64,
    spans: Vec<(i64, LifeSpan)>,
    flows: Vec<LifeFlow>,
}

impl Lives for ByGoroutine {
    const TOPS: bool = true;
    const FLOWS: bool = true;

    fn span(&mut self, life: &Life, s: &LifeSpan) {
        if s.start <= self.to && s.end >= self.from {
            self.spans.push((life.g, *s));
        }
    }
    fn flow(&mut self, f: &LifeFlow) {
        if (self.from..=self.to).contains(&f.at) {
            self.flows.push(*f);
        }
    }
}

/// Shapes: {rows: [{row, lane: 0, spans: [{start, end, state, label, reason, by, by_top, g, count}]}], flows: [{kind,
/// reason, from, at, to, start}]}, rows by id, spans by start, flows by time. Units: ns since the trace's first event.
/// Cost: one pass; memory by spans and flows in the range.
pub fn goroutines(bytes: &[u8], start: u64, from: i64, to: i64) -> Result<(Value, Outcome)> {
    let mut all = ByGoroutine { from, to, spans: Vec::new(), flows: Vec::new() };
    let (outcome, symbols) = run::lives(bytes, start, &mut all)?;
    let mut rows: BTreeMap<i64, Vec<LifeSpan>> = BTreeMap::new();
    for (g, s) in all.spans {
        rows.entry(g).or_default().push(s);
    }
    let rows: Vec<Value> = rows
        .into_iter()
        .map(|(g, mut spans)| {
            spans.sort_by_key(|s| (s.start, s.end));
            let spans: Vec<Value> = spans.iter().map(|s| life_span(g, s, &symbols)).collect();
            json!({"row": g, "lane": 0, "spans": spans})
        })
        .collect();
    all.flows.sort_by_key(|f| (f.at, f.to));
    let flows: Vec<Value> = all.flows.iter().map(|f| flow(f, &symbols)).collect();
    Ok((json!({"rows": rows, "flows": flows}), outcome))
}

fn life_span(g: i64, s: &LifeSpan, symbols: &Symbols) -> Value {
    let state = s.state.as_str();
    let mut v = json!({"start": s.start, "end": s.end, "state": state, "label": state, "g": g, "count": 1});
    if s.state == LifeState::Waiting {
        let reason = symbols.text(s.reason);
        v["reason"] = json!(reason);
        v["by"] = id(s.by);
        v["by_top"] = text(symbols.text(s.by_top));
        if !reason.is_empty() {
            v["label"] = json!(reason);
        }
    }
    v
}

fn flow(f: &LifeFlow, symbols: &Symbols) -> Value {
    let kind = match f.kind {
        FlowKind::Create => "create",
        FlowKind::Unblock => "unblock",
    };
    json!({"kind": kind, "reason": symbols.text(f.reason), "from": id(f.from), "at": f.at, "to": f.to, "start": f.start})
}

/// null for -1.
pub fn id(id: i64) -> Value {
    json!((id >= 0).then_some(id))
}

/// null for the empty text.
pub fn text(text: &str) -> Value {
    json!((!text.is_empty()).then_some(text))
}

/// Start, end, goroutine.
type ThreadSpan = (i64, i64, i64);

/// Lane 0: a goroutine on a thread, system calls with it. Lane 1: those system calls.
struct ByThread {
    from: i64,
    to: i64,
    spans: BTreeMap<(i64, u8), Vec<ThreadSpan>>,
    /// What a goroutine's run on a thread has so far.
    runs: tracewell_source::SeededMap<i64, (i64, i64, i64)>,
}

impl ByThread {
    fn put(&mut self, thread: i64, lane: u8, start: i64, end: i64, g: i64) {
        if thread >= 0 && start <= self.to && end >= self.from {
            self.spans.entry((thread, lane)).or_default().push((start, end, g));
        }
    }
    fn end_run(&mut self, g: i64) {
        if let Some((thread, start, end)) = self.runs.remove(&g) {
            self.put(thread, 0, start, end, g);
        }
    }
}

impl Lives for ByThread {
    fn stay(&mut self, life: &Life, s: &Stay) {
        let g = life.g;
        if !matches!(s.state, GoState::Running | GoState::Syscall) {
            return self.end_run(g);
        }
        match self.runs.get_mut(&g) {
            // What follows on the same thread without a gap is the same run: a system call and the return from it.
            Some((thread, _, end)) if *thread == s.thread && *end == s.start => *end = s.end,
            _ => {
                self.end_run(g);
                self.runs.insert(g, (s.thread, s.start, s.end));
            }
        }
        if s.state == GoState::Syscall {
            self.put(s.thread, 1, s.start, s.end, g);
        }
    }
    fn gone(&mut self, life: &Life, _end: i64, _alive: bool) {
        self.end_run(life.g);
    }
}

/// Shapes: as `goroutines` without flows; `row` the thread; lane 0 "running", lane 1 "syscall". Cost: one pass; memory
/// by spans in the range.
pub fn threads(bytes: &[u8], start: u64, from: i64, to: i64) -> Result<(Value, Outcome)> {
    let mut all = ByThread { from, to, spans: BTreeMap::new(), runs: Default::default() };
    let (outcome, _) = run::lives(bytes, start, &mut all)?;
    let rows: Vec<Value> = all
        .spans
        .into_iter()
        .map(|((thread, lane), mut spans)| {
            spans.sort_unstable();
            let state = if lane == 0 { "running" } else { "syscall" };
            let spans: Vec<Value> = spans
                .iter()
                .map(|(a, b, g)| {
                    json!({"start": a, "end": b, "state": state, "label": state, "g": g, "count": 1})
                })
                .collect();
            json!({"row": thread, "lane": lane, "spans": spans})
        })
        .collect();
    Ok((json!({ "rows": rows }), outcome))
}
