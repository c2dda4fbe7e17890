//! What an area of the picture holds: time by state, goroutine, function and reason.

use serde_json::{Value, json};
use tracewell_index::rows::Book;
use tracewell_index::{BriefSpan, STATES, SpanState, Track};
use tracewell_order::Sym;
use tracewell_source::{Code, Result, SeededMap, TraceError};

use super::track::{RowKind, RowTrack};
use super::walk::plan;
use crate::Trace;
use crate::tile::flatten;

/// Lists longer than this end in a remainder.
const LISTED: usize = 200;
/// Rows of one area.
const MAX_TRACKS: usize = 4096;

#[derive(Clone, Copy, Default)]
struct Sum {
    nanos: i64,
    count: u64,
}

struct Sums {
    from: i64,
    to: i64,
    states: [Sum; STATES],
    goroutines: SeededMap<i64, Sum>,
    reasons: SeededMap<Sym, Sum>,
}

impl Sums {
    /// The part of a span that lies in the area; it is counted where it ends.
    fn add(&mut self, s: &BriefSpan, start: i64, end: i64) {
        let nanos = end.min(self.to) - start.max(self.from);
        if nanos <= 0 {
            return;
        }
        let count = u64::from(end == s.end && end > self.from && end <= self.to);
        let add = |sum: &mut Sum| {
            sum.nanos += nanos;
            sum.count += count;
        };
        add(&mut self.states[s.state as usize]);
        add(self.goroutines.entry(s.g).or_default());
        if s.state == SpanState::Waiting {
            add(self.reasons.entry(s.reason).or_default());
        }
    }
}

impl Trace {
    /// Shapes: `Area`. `go_on`: false ends it. Errors: RANGE, CANCELLED. Cost: the segments of the area are decoded, one after the other.
    pub fn area(&self, tracks: &[u32], from: i64, to: i64, go_on: &dyn Fn() -> bool) -> Result<Value> {
        if tracks.len() > MAX_TRACKS {
            return Err(TraceError::new(Code::Range, format!("At most {MAX_TRACKS} rows make an area")));
        }
        let book = self.inner.book()?;
        let mut sums = Sums {
            from,
            to: to.max(from),
            states: [Sum::default(); STATES],
            goroutines: SeededMap::default(),
            reasons: SeededMap::default(),
        };
        let rows: Vec<RowTrack> = tracks.iter().filter_map(|t| RowTrack::from_id(*t)).collect();
        if to > from {
            let plan = plan(&book, &rows, from, to - 1);
            self.inner.walk(&book, &plan, (from, to), go_on, &mut |_, s| {
                sums.add(&s.brief, s.brief.start, s.brief.end);
            });
            let procs: Vec<Track> = tracks
                .iter()
                .filter(|t| RowTrack::from_id(**t).is_none())
                .map(|t| Track::from_id(*t))
                .collect();
            self.add_procs(&book, &procs, go_on, &mut sums);
        }
        if !go_on() {
            return Err(TraceError::cancelled());
        }
        Ok(sums.json(&book, tracks.len()))
    }

    /// Processors, piece by piece: of nested spans the innermost.
    fn add_procs(&self, book: &Book, procs: &[Track], go_on: &dyn Fn() -> bool, sums: &mut Sums) {
        let (from, to) = (sums.from, sums.to);
        for place in book.pieces_in(from, to - 1) {
            let Some((a, b)) = book.bounds(place).filter(|_| !procs.is_empty() && go_on()) else { break };
            // Up to where the next piece begins: between two there may be a gap.
            let b = book.bounds(place + 1).map_or(b.max(to), |next| next.0).min(to);
            let a = if a <= from { from } else { a };
            for track in procs {
                let spans = self.inner.spans(*track, a, b, usize::MAX).unwrap_or_default();
                flatten(&spans, |start, end, s, _| sums.add(s, start.max(a), end.min(b)));
            }
        }
    }
}

impl Sums {
    fn json(&self, book: &Book, track_count: usize) -> Value {
        let part = |name: &str, s: &Sum| json!({"name": name, "nanos": s.nanos, "count": s.count});
        let total: i64 = self.states.iter().map(|s| s.nanos).sum();
        let spans: u64 = self.states.iter().map(|s| s.count).sum();
        let mut states: Vec<(SpanState, &Sum)> =
            SpanState::ALL.into_iter().zip(&self.states).filter(|(_, s)| s.nanos > 0).collect();
        states.sort_by_key(|(_, s)| -s.nanos);
        let life = |g: i64| book.lives.find(g, self.to);
        let name = |g: i64| life(g).and_then(|l| book.lives.get(l)).map_or("", |l| book.symbols.text(l.name));
        let mut functions: SeededMap<&str, Sum> = SeededMap::default();
        for (g, s) in self.goroutines.iter().filter(|(g, _)| **g >= 0) {
            let f = functions.entry(name(*g)).or_default();
            f.nanos += s.nanos;
            f.count += s.count;
        }
        let mut goroutines: Vec<(i64, Sum)> =
            self.goroutines.iter().filter(|(g, _)| **g >= 0).map(|(g, s)| (*g, *s)).collect();
        goroutines.sort_unstable_by_key(|(g, s)| (-s.nanos, *g));
        let mut functions: Vec<(&str, Sum)> = functions.into_iter().collect();
        functions.sort_unstable_by_key(|(f, s)| (-s.nanos, *f));
        let mut reasons: Vec<(&str, Sum)> =
            self.reasons.iter().map(|(r, s)| (book.symbols.text(*r), *s)).collect();
        reasons.sort_unstable_by_key(|(r, s)| (-s.nanos, *r));
        let nobody = self.goroutines.get(&-1).copied().unwrap_or_default();
        let rest = |all: &mut dyn Iterator<Item = Sum>| {
            let sum = all.fold(nobody, |a, b| Sum { nanos: a.nanos + b.nanos, count: a.count + b.count });
            json!({"nanos": sum.nanos, "count": sum.count})
        };
        json!({
            "fromNanos": self.from,
            "toNanos": self.to,
            "trackCount": track_count,
            "totalNanos": total,
            "spanCount": spans,
            "byState": states.iter().map(|(state, s)| json!({
                "state": state.as_str(), "name": state.as_str(), "nanos": s.nanos, "count": s.count,
            })).collect::<Vec<_>>(),
            "byGoroutine": goroutines.iter().take(LISTED).map(|(g, s)| json!({
                "goroutine": g,
                "track": RowTrack::new(RowKind::Goroutine, life(*g).unwrap_or(0), 0).id(),
                "name": name(*g),
                "nanos": s.nanos,
                "count": s.count,
            })).collect::<Vec<_>>(),
            "byFunction": functions.iter().take(LISTED).map(|(f, s)| part(f, s)).collect::<Vec<_>>(),
            "byReason": reasons.iter().map(|(r, s)| part(r, s)).collect::<Vec<_>>(),
            "otherGoroutines": rest(&mut goroutines.iter().skip(LISTED).map(|g| g.1)),
            "otherFunctions": rest(&mut functions.iter().skip(LISTED).map(|f| f.1)),
        })
    }
}
