//! `slices --exact`: every span of the rows, none merged.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tracewell_index::{Lanes, Span, SpanState, Track};
use tracewell_order::{RangeName, Symbols};
use tracewell_source::Result;

use crate::event_lines::range_name;
use crate::life_slices;
use crate::run::{self, Outcome};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Rows {
    Procs,
    Gc,
    Goroutines,
    Threads,
}

struct Collect {
    rows: Rows,
    from: i64,
    to: i64,
    spans: Vec<Span>,
}

impl Lanes for Collect {
    fn span(&mut self, s: &Span) {
        let wanted = matches!(s.track, Track::Proc(..)) == (self.rows == Rows::Procs);
        if wanted && s.start <= self.to && s.end >= self.from {
            self.spans.push(*s);
        }
    }
}

/// Shapes: {rows: [{row, lane, spans: [{start, end, state, label, g, count}]}]}, rows by id, spans by start.
/// Units: ns since the trace's first event. Cost: one pass; memory by spans in the range.
pub fn read(bytes: &[u8], start: u64, rows: Rows, from: i64, to: i64) -> Result<(Value, Outcome)> {
    match rows {
        Rows::Goroutines => return life_slices::goroutines(bytes, start, from, to),
        Rows::Threads => return life_slices::threads(bytes, start, from, to),
        Rows::Procs | Rows::Gc => {}
    }
    let mut collect = Collect { rows, from, to, spans: Vec::new() };
    let (outcome, symbols) = run::lanes(bytes, start, &mut collect)?;
    let mut by_track: BTreeMap<Track, Vec<Span>> = BTreeMap::new();
    for s in collect.spans {
        by_track.entry(s.track).or_default().push(s);
    }
    let rows: Vec<Value> = by_track
        .into_iter()
        .map(|(track, mut spans)| {
            spans.sort_by_key(|s| (s.start, s.end));
            let (row, lane) = match track {
                Track::Gc => (json!("gc"), 0),
                Track::Stw => (json!("stw"), 0),
                Track::Proc(p, lane) => (json!(p), lane),
            };
            let spans: Vec<Value> = spans.iter().map(|s| span(s, &symbols)).collect();
            json!({"row": row, "lane": lane, "spans": spans})
        })
        .collect();
    Ok((json!({ "rows": rows }), outcome))
}

fn span(s: &Span, symbols: &Symbols) -> Value {
    let g = (s.g >= 0).then_some(s.g);
    let state = exact_state(s, symbols);
    json!({"start": s.start, "end": s.end, "state": state, "label": state, "g": g, "count": 1})
}

/// The state's name in exact answers, as the command line's contract has it.
pub fn exact_state(s: &Span, symbols: &Symbols) -> String {
    match (s.track, s.state, s.name) {
        (Track::Gc, ..) => "GC concurrent mark phase".into(),
        (Track::Proc(_, 0), ..) => "running".into(),
        (_, SpanState::GcWorker, _) => symbols.text(s.label).into(),
        // A sweep that is open at the trace's end comes without its range.
        (_, SpanState::Sweep, _) => range_name(RangeName::Sweep, symbols),
        (_, _, Some(name)) => range_name(name, symbols),
        (_, state, None) => state.as_str().into(),
    }
}
