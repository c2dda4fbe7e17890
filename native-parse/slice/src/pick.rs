//! The span under the pointer, and its neighbours.

use std::collections::HashMap;
use std::ops::ControlFlow;

use serde_json::{Value, json};
use tracewell_index::window::Watch;
use tracewell_index::{BriefSpan, LONG_BUCKETS, Lanes, Series, StateCell, Track, window};
use tracewell_order::{Event, Flow, Stage};
use tracewell_source::Result;

use crate::Trace;
use crate::rows::RowTrack;
use crate::trace::Inner;

/// More pieces than this are not decoded for a look under the pointer: the index's cells answer instead.
const MAX_PIECES: usize = 16;
/// Pieces looked through for the next span, before the search gives up its place to a coarser one.
const MAX_SEARCHED: usize = 1024;

impl Trace {
    /// What is drawn at a place. Shapes: `SpanDetails`, `MergedDetails` or null of the contract.
    /// Cost: one decoding of the segment, kept; once more for the stacks of a single span.
    pub fn pick(&self, track: u32, at: i64, tolerance: i64) -> Result<Value> {
        let tolerance = tolerance.max(0);
        if let Some(row) = RowTrack::from_id(track) {
            return self.pick_row(row, at, tolerance);
        }
        let track = Track::from_id(track);
        let (from, to) = (at.saturating_sub(tolerance), at.saturating_add(tolerance).saturating_add(1));
        let Some(spans) = self.inner.spans(track, from, to, MAX_PIECES) else {
            return Ok(self.inner.merged_of_cells(track, from, to));
        };
        // What is at least as wide as the pointer's reach is drawn as itself.
        let wide = |s: &&BriefSpan| s.nanos() >= tolerance && s.start <= at && at < s.end;
        if let Some(s) = spans.iter().filter(wide).max_by_key(|s| s.start) {
            return self.details(track, s);
        }
        let narrow: Vec<&BriefSpan> = spans.iter().filter(|s| s.nanos() < tolerance).collect();
        match narrow.as_slice() {
            [] => match spans.iter().min_by_key(|s| (s.start - at).max(at - s.end)) {
                Some(s) => self.details(track, s),
                None => Ok(Value::Null),
            },
            [one] => self.details(track, one),
            many => Ok(self.inner.merged(track, many)),
        }
    }

    /// The next or previous span of a row by start. Shapes: `SpanDetails` or null. Cost: as `pick`, for each segment
    /// without a span on the way.
    pub fn adjacent(&self, track: u32, from: i64, forward: bool) -> Result<Value> {
        if let Some(row) = RowTrack::from_id(track) {
            return self.adjacent_on_row(row, from, forward);
        }
        let track = Track::from_id(track);
        let found =
            if forward { self.inner.next_span(track, from) } else { self.inner.previous_span(track, from) };
        found.map_or(Ok(Value::Null), |s| self.details(track, &s))
    }

    /// The exact values after all events up to a time. Shapes: `CounterValues`. Cost: the decoding of a piece.
    pub fn counters_at(&self, at: i64) -> Result<Value> {
        let found = {
            let index = self.inner.shared.read();
            let piece = index.piece_at(at);
            piece.and_then(|p| Some((index.segments.get(p.segment)?.clone(), p, index.symbols.clone())))
        };
        let mut last = LastValues { at, values: [None; tracewell_index::SERIES] };
        if let Some((s, piece, symbols)) = found {
            let (bytes, header) = (self.inner.source.bytes(), self.inner.header);
            let prepared = self.inner.prepared(piece.segment, &s);
            window::decode_part(bytes, header, (&s, piece.part), prepared.as_deref(), symbols, &mut last);
        }
        let v = |s: Series| last.values[s as usize];
        Ok(json!({
            "atNanos": at,
            "goroutines": {
                "waitingGc": v(Series::WaitingGc).unwrap_or(0),
                "runnable": v(Series::Runnable).unwrap_or(0),
                "running": v(Series::Running).unwrap_or(0),
            },
            "heap": {"allocatedBytes": v(Series::HeapAllocated), "goalBytes": v(Series::HeapGoal)},
            "threads": {
                "inSyscall": v(Series::InSyscall).unwrap_or(0),
                "running": v(Series::ProcsRunning).unwrap_or(0),
            },
        }))
    }
}

struct LastValues {
    at: i64,
    values: [Option<i64>; tracewell_index::SERIES],
}

impl Watch for LastValues {
    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) -> Flow {
        if e.time > self.at { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Lanes for LastValues {
    fn counter(&mut self, series: Series, time: i64, value: Option<i64>) {
        if time <= self.at {
            self.values[series as usize] = value;
        }
    }
}

impl Inner {
    /// Every span of a row that touches [from, to), by start; None when that is more than `most` pieces to decode.
    pub fn spans(&self, track: Track, from: i64, to: i64, most: usize) -> Option<Vec<BriefSpan>> {
        let (mut spans, pieces, long) = {
            let index = self.shared.read();
            let pieces = index.pieces_in(from, from.max(to.saturating_sub(1)));
            (index.long_touching(track, from, to), pieces, LONG_BUCKETS << index.base())
        };
        if pieces.len() > most {
            return None;
        }
        spans.retain(|s| s.crossing || s.nanos() >= long);
        for w in pieces.into_iter().filter_map(|p| self.piece(p)) {
            spans.extend(w.touching(track, from, to).filter(|s| s.nanos() < long));
        }
        spans.sort_by_key(|s| (s.start, -s.end));
        Some(spans)
    }

    fn merged(&self, track: Track, spans: &[&BriefSpan]) -> Value {
        let (mut busy, mut states, mut by_g) = (0i64, [0i64; tracewell_index::STATES], HashMap::new());
        for s in spans {
            busy += s.nanos();
            states[s.state as usize] += s.nanos();
            let e = by_g.entry(s.g).or_insert((0i64, 0u64));
            e.0 += s.nanos();
            e.1 += 1;
        }
        let state = (0..states.len()).max_by_key(|i| (states[*i], usize::MAX - i)).unwrap_or(0);
        let main = by_g.into_iter().filter(|(g, _)| *g >= 0).max_by_key(|(g, (ns, _))| (*ns, -*g));
        let index = self.shared.read();
        json!({
            "kind": "merged",
            "track": track.id(),
            "startNanos": spans.iter().map(|s| s.start).min(),
            "endNanos": spans.iter().map(|s| s.end).max(),
            "spanCount": spans.len(),
            "busyNanos": busy,
            "state": tracewell_index::SpanState::ALL[state].as_str(),
            "mainGoroutine": main.map(|(g, (nanos, count))| json!({
                "id": g,
                "name": index.symbols.text(index.names.get(g)),
                "nanos": nanos,
                "spanCount": count,
            })),
        })
    }

    /// The merged answer for a range that is too long to decode.
    fn merged_of_cells(&self, track: Track, from: i64, to: i64) -> Value {
        let index = self.shared.read();
        let base = index.base();
        let level = (base..52).find(|l| (to - from) >> l <= 64).unwrap_or(52);
        let first = from.max(0) as u64 >> level;
        let mut cells = vec![StateCell::default(); ((to.max(0) as u64 >> level) - first + 1) as usize];
        if let Some(lane) = index.row(track) {
            lane.read(level, first, &mut cells);
        }
        let nanos = (1u64 << level) as f64;
        let busy: f64 = cells.iter().map(|c| f64::from(c.share) / 255.0 * nanos).sum();
        let count: u64 = cells.iter().map(|c| u64::from(c.count)).sum();
        if busy == 0.0 {
            return Value::Null;
        }
        let main = cells.iter().max_by_key(|c| c.share).map_or(0, |c| c.state);
        json!({
            "kind": "merged",
            "track": track.id(),
            "startNanos": (first << level) as i64,
            "endNanos": (((first + cells.len() as u64) << level) as i64).min(index.end_nanos),
            "spanCount": count,
            "busyNanos": busy.round(),
            "state": tracewell_index::SpanState::ALL[main as usize].as_str(),
            "mainGoroutine": Value::Null,
        })
    }

    fn next_span(&self, track: Track, from: i64) -> Option<BriefSpan> {
        let mut piece = self.shared.read().piece_at(from)?;
        for _ in 0..MAX_SEARCHED {
            let (a, b) = self.shared.read().bounds(piece)?;
            // One at a time, so that the search stops at the first that has one.
            let found = self.spans(track, from.max(a), b.saturating_add(1), 2)?;
            if let Some(s) = found.iter().find(|s| s.start > from) {
                return Some(*s);
            }
            piece = self.shared.read().beside(piece, true)?;
        }
        None
    }

    fn previous_span(&self, track: Track, from: i64) -> Option<BriefSpan> {
        let mut piece = self.shared.read().piece_at(from)?;
        for _ in 0..MAX_SEARCHED {
            let (a, b) = self.shared.read().bounds(piece)?;
            let found = self.spans(track, a, from.min(b.saturating_add(1)), 2)?;
            if let Some(s) = found.iter().filter(|s| s.start < from).max_by_key(|s| s.start) {
                return Some(*s);
            }
            piece = self.shared.read().beside(piece, false)?;
        }
        None
    }
}
