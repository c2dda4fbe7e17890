//! Tiles: 1024 buckets of 2^level ns for some rows, or for the counters.

use std::collections::HashMap;
use std::ops::ControlFlow;

use tracewell_index::window::Watch;
use tracewell_index::{
    BriefSpan, Bucket, CounterBucket, CounterCell, Index, LONG_BUCKETS, Lanes, Piece, SERIES, Series,
    StateBucket, StateCell, Status, Track, window,
};
use tracewell_order::{Event, Flow, Stage};
use tracewell_source::{Code, Result, TraceError};

use crate::Trace;
use crate::rows::RowTrack;
use crate::trace::Inner;

pub const TILE_BUCKETS: usize = 1024;
/// So that an answer stays under 256 KiB.
pub const MAX_TRACKS: usize = 32;
const MAX_LEVEL: u32 = 52;
/// Below the index's levels a span is drawn as itself when it is at least this many buckets long.
pub(crate) const WIDE_BUCKETS: i64 = 2;

/// Columns of the contract's `TileBlock`.
pub struct Tile {
    pub tracks: Vec<u32>,
    /// tracks × 1024
    pub cells: Vec<StateCell>,
    /// By track, then start.
    pub spans: Vec<(u16, BriefSpan)>,
    /// For each span, an index into `labels`.
    pub span_labels: Vec<u32>,
    pub labels: Vec<String>,
    /// False: states of longer stretches, shared out evenly.
    pub exact: bool,
    pub complete: bool,
    pub indexed_to: i64,
}

/// Columns of the contract's `CounterBlock`: series × 1024.
pub struct CounterTile {
    pub cells: Vec<CounterCell>,
    pub complete: bool,
    pub indexed_to: i64,
}

pub(crate) fn range_of(level: u32, tile: u64) -> Result<(i64, i64)> {
    let nanos = (level <= MAX_LEVEL).then(|| (TILE_BUCKETS as u64) << level);
    let from = nanos.and_then(|n| tile.checked_mul(n)).and_then(|f| i64::try_from(f).ok());
    let to = from.zip(nanos).and_then(|(f, n)| f.checked_add(i64::try_from(n).ok()?));
    from.zip(to)
        .ok_or_else(|| TraceError::new(Code::Range, "This place lies outside of what a trace can hold"))
}

pub(crate) fn is_complete(index: &Index, to: i64) -> bool {
    index.status == Status::Done || to <= index.settled_to
}

impl Trace {
    /// One tile, folded to its resolution. Shapes: see `Tile`. Units: ns since the trace's begin. Errors: RANGE.
    /// Cost: at levels the index keeps O(tracks × buckets + long spans); below, one decoding of the pieces it touches
    /// (kept for the next tile), and O(spans in it).
    pub fn tile(&self, level: u32, tile: u64, tracks: &[u32]) -> Result<Tile> {
        self.tile_of(level, tile, tracks, false)
    }

    /// As `tile`. `quick`: of rows by goroutine at once, and maybe not exact.
    pub fn tile_of(&self, level: u32, tile: u64, tracks: &[u32], quick: bool) -> Result<Tile> {
        let (from, to) = range_of(level, tile)?;
        if tracks.len() > MAX_TRACKS {
            return Err(TraceError::new(
                Code::Range,
                format!("At most {MAX_TRACKS} rows are answered at once"),
            ));
        }
        if tracks.iter().any(|t| RowTrack::from_id(*t).is_some()) {
            return self.inner.row_tile(level, tile, (from, to), tracks, quick);
        }
        let mut cells = vec![StateCell::default(); tracks.len() * TILE_BUCKETS];
        let mut found: Vec<Vec<BriefSpan>> = Vec::with_capacity(tracks.len());
        let (pieces, coarse, mut complete, indexed_to);
        {
            let index = self.inner.shared.read();
            coarse = level >= index.base();
            for (&id, out) in tracks.iter().zip(cells.chunks_exact_mut(TILE_BUCKETS)) {
                let track = Track::from_id(id);
                if coarse && let Some(lane) = index.row(track) {
                    lane.read(level, tile * TILE_BUCKETS as u64, out);
                }
                found.push(index.long_touching(track, from, to));
            }
            pieces = if coarse { Vec::new() } else { index.pieces_in(from, to - 1) };
            complete = is_complete(&index, to);
            indexed_to = index.end_nanos;
        }
        if !coarse {
            // The finest level that is kept may rise while we decode: spans that were long are then found here.
            let long = LONG_BUCKETS << self.inner.shared.read().base();
            for spans in &mut found {
                spans.retain(|s| s.crossing || s.nanos() >= long);
            }
            for w in self.inner.pieces(&pieces) {
                let Some(w) = w else {
                    complete = false;
                    continue;
                };
                for (&id, spans) in tracks.iter().zip(&mut found) {
                    spans.extend(w.touching(Track::from_id(id), from, to).filter(|s| s.nanos() < long));
                }
            }
            for (spans, out) in found.iter_mut().zip(cells.chunks_exact_mut(TILE_BUCKETS)) {
                fold(spans, level, from, out);
            }
        }
        let least = (if coarse { LONG_BUCKETS } else { WIDE_BUCKETS }) << level;
        let mut spans = Vec::new();
        for (i, row) in found.iter_mut().enumerate() {
            row.retain(|s| s.nanos() >= least);
            row.sort_by_key(|s| (s.start, -s.end));
            spans.extend(row.iter().map(|s| (i as u16, *s)));
        }
        let (span_labels, labels) = self.inner.labels(tracks, &spans);
        Ok(Tile {
            tracks: tracks.to_vec(),
            cells,
            spans,
            span_labels,
            labels,
            exact: true,
            complete,
            indexed_to,
        })
    }

    /// The counters of one tile. Errors: RANGE. Cost: as `tile`; below the index's levels always a decoding.
    pub fn counters(&self, level: u32, tile: u64) -> Result<CounterTile> {
        let (from, to) = range_of(level, tile)?;
        let mut cells = vec![CounterCell::default(); SERIES * TILE_BUCKETS];
        let (pieces, mut complete, indexed_to) = {
            let index = self.inner.shared.read();
            let (complete, indexed_to) = (is_complete(&index, to), index.end_nanos);
            if level >= index.base() {
                for (lane, out) in index.counters.iter().zip(cells.chunks_exact_mut(TILE_BUCKETS)) {
                    lane.read(level, tile * TILE_BUCKETS as u64, out);
                }
                return Ok(CounterTile { cells, complete, indexed_to });
            }
            (index.pieces_in(from, to - 1), complete, indexed_to)
        };
        let mut fold = CounterFold {
            buckets: vec![CounterBucket::default(); SERIES * TILE_BUCKETS],
            level,
            from,
            to,
            open: [(0, None); SERIES],
        };
        let (bytes, header) = (self.inner.source.bytes(), self.inner.header);
        for Piece { segment, part } in pieces {
            let Some((s, symbols)) = self.inner.whole_segment(segment) else {
                complete = false;
                continue;
            };
            let prepared = self.inner.prepared(segment, &s);
            window::decode_part(bytes, header, (&s, part), prepared.as_deref(), symbols, &mut fold);
            fold.settle_all(s.bounds(part).1);
        }
        for (cell, bucket) in cells.iter_mut().zip(&fold.buckets) {
            *cell = bucket.cell(1 << level);
        }
        Ok(CounterTile { cells, complete, indexed_to })
    }
}

struct CounterFold {
    buckets: Vec<CounterBucket>,
    level: u32,
    from: i64,
    to: i64,
    open: [(i64, Option<i64>); SERIES],
}

impl CounterFold {
    fn settle(&mut self, series: usize, t: i64) {
        let (since, value) = self.open[series];
        self.open[series].0 = t;
        let Some(v) = value else { return };
        let (mut at, end) = (since.max(self.from), t.min(self.to));
        while at < end {
            let bucket = (at - self.from) >> self.level;
            let until = end.min(self.from + ((bucket + 1) << self.level));
            self.buckets[series * TILE_BUCKETS + bucket as usize].add(v, (until - at) as u64);
            at = until;
        }
    }
    fn settle_all(&mut self, t: i64) {
        for s in 0..SERIES {
            self.settle(s, t);
        }
    }
}

impl Watch for CounterFold {
    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) -> Flow {
        if e.time > self.to { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Lanes for CounterFold {
    fn counter(&mut self, series: Series, time: i64, value: Option<i64>) {
        self.settle(series as usize, time);
        self.open[series as usize].1 = value;
    }
}

/// Spans of one row to cells; of nested ones the innermost rules. `spans` are sorted by start on return.
fn fold(spans: &mut [BriefSpan], level: u32, from: i64, out: &mut [StateCell]) {
    spans.sort_by_key(|s| (s.start, -s.end));
    let mut buckets = vec![StateBucket::default(); TILE_BUCKETS];
    let end = from + ((TILE_BUCKETS as i64) << level);
    flatten(spans, |a, b, s, first| {
        let (mut at, stop) = (a.max(from), b.min(end));
        let starts = first && a >= from;
        let begin = at;
        while at < stop {
            let bucket = (at - from) >> level;
            let until = stop.min(from + ((bucket + 1) << level));
            buckets[bucket as usize].add(s.state, (until - at) as u64, starts && at == begin);
            at = until;
        }
    });
    for (cell, b) in out.iter_mut().zip(&buckets) {
        *cell = b.cell(1 << level);
    }
}

/// Cuts nested spans, sorted by start, into pieces that do not overlap: of each moment, the span that began last.
pub(crate) fn flatten(spans: &[BriefSpan], mut piece: impl FnMut(i64, i64, &BriefSpan, bool)) {
    let mut open = Open { stack: Vec::new(), at: i64::MIN };
    for s in spans {
        open.close(s.start, &mut piece);
        open.emit(s.start, &mut piece);
        open.at = open.at.max(s.start);
        open.stack.push((s, true));
    }
    open.close(i64::MAX, &mut piece);
}

/// Spans that are open at a moment, innermost last, and up to where pieces were given out.
struct Open<'s> {
    stack: Vec<(&'s BriefSpan, bool)>,
    at: i64,
}

impl Open<'_> {
    fn emit(&mut self, until: i64, piece: &mut impl FnMut(i64, i64, &BriefSpan, bool)) {
        let Some((top, fresh)) = self.stack.last_mut() else { return };
        let begin = self.at.max(top.start);
        if begin < until {
            piece(begin, until, top, std::mem::take(fresh));
            self.at = until;
        }
    }

    fn close(&mut self, until: i64, piece: &mut impl FnMut(i64, i64, &BriefSpan, bool)) {
        while let Some((top, _)) = self.stack.last()
            && top.end <= until
        {
            self.emit(top.end, piece);
            self.stack.pop();
        }
    }
}

impl Inner {
    /// A label for each span, each text once.
    fn labels(&self, tracks: &[u32], spans: &[(u16, BriefSpan)]) -> (Vec<u32>, Vec<String>) {
        let index = self.shared.read();
        let mut of: HashMap<(u8, i64, u32), u32> = HashMap::new();
        let mut labels = Vec::new();
        let ids = spans
            .iter()
            .map(|(row, s)| {
                let track = Track::from_id(tracks[*row as usize]);
                let upper = matches!(track, Track::Proc(_, 0));
                let key = if upper { (0, s.g, 0) } else { (s.state as u8, 0, s.reason.0) };
                *of.entry(key).or_insert_with(|| {
                    labels.push(index.label(track, s));
                    labels.len() as u32 - 1
                })
            })
            .collect();
        (ids, labels)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracewell_index::SpanState;
    use tracewell_order::Sym;

    fn span(start: i64, end: i64, state: SpanState) -> BriefSpan {
        BriefSpan {
            start,
            end,
            g: 1,
            reason: Sym(0),
            state,
            began_before: false,
            open: false,
            crossing: false,
        }
    }

    #[test]
    fn of_nested_spans_the_innermost_is_seen() {
        use SpanState::{Assist, Stw, Sweep};
        let spans = [
            span(0, 100, Assist),
            span(10, 20, Sweep),
            span(20, 30, Sweep),
            span(25, 28, Stw),
            span(200, 210, Stw),
        ];
        let mut got = Vec::new();
        flatten(&spans, |a, b, s, first| got.push((a, b, s.state, first)));
        assert_eq!(
            got,
            [
                (0, 10, Assist, true),
                (10, 20, Sweep, true),
                (20, 25, Sweep, true),
                (25, 28, Stw, true),
                (28, 30, Sweep, false),
                (30, 100, Assist, false),
                (200, 210, Stw, true)
            ]
        );
    }

    #[test]
    fn a_tile_outside_of_time_is_refused() {
        assert!(range_of(52, u64::MAX).is_err());
        assert!(range_of(53, 0).is_err());
        assert_eq!(range_of(0, 1).ok(), Some((1024, 2048)));
    }
}
