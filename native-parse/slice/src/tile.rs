//! Tiles: 1024 buckets of 2^level ns for some rows, or for the counters.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use tracewell_index::window::Watch;
use tracewell_index::{
    BriefSpan, Bucket, CounterCell, Index, LONG_BUCKETS, Lanes, Piece, SERIES, Segment, Series, StateBucket,
    StateCell, Status, Track, Window, window,
};
use tracewell_order::{Event, Flow, Stage};
use tracewell_source::{Code, Result, TraceError};

use crate::Trace;
use crate::rows::{RowTrack, RowsAsked};
use crate::sketch::{CounterFold, Sketch};
use crate::trace::Inner;

pub const TILE_BUCKETS: usize = 1024;
/// So that an answer stays under 256 KiB.
pub const MAX_TRACKS: usize = 32;
/// Pieces that are decoded even for an answer that is wanted quickly: some milliseconds.
pub(crate) const QUICK_PIECES: usize = 4;
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

/// Whether somebody waits for the answer still; asked from any thread.
pub type GoOn<'a> = &'a (dyn Fn() -> bool + Sync);

/// Errors: CANCELLED, when nobody does.
pub(crate) fn still_wanted(go_on: GoOn<'_>) -> Result<()> {
    if go_on() { Ok(()) } else { Err(TraceError::cancelled()) }
}

pub(crate) fn is_complete(index: &Index, to: i64) -> bool {
    index.status == Status::Done || to <= index.settled_to
}

impl Trace {
    /// One tile, folded to its resolution. Shapes: see `Tile`. Units: ns since the trace's begin. Errors: RANGE.
    /// Cost: at levels the index keeps O(tracks × buckets + long spans); at those that sketches have the same for each
    /// piece; below, one decoding of the pieces it touches (kept for the next tile), and O(spans in it).
    pub fn tile(&self, level: u32, tile: u64, tracks: &[u32]) -> Result<Tile> {
        self.tile_of(level, tile, tracks, false)
    }

    /// As `tile`. `quick`: at once, and maybe not exact, where many pieces are to be decoded.
    pub fn tile_of(&self, level: u32, tile: u64, tracks: &[u32], quick: bool) -> Result<Tile> {
        self.tile_while(level, tile, tracks, quick, &|| true)
    }

    /// As `tile_of`. `go_on` is asked between pieces; false ends it with CANCELLED, and what was decoded is kept.
    pub fn tile_while(
        &self,
        level: u32,
        tile: u64,
        tracks: &[u32],
        quick: bool,
        go_on: GoOn<'_>,
    ) -> Result<Tile> {
        let (from, to) = range_of(level, tile)?;
        if tracks.len() > MAX_TRACKS {
            return Err(TraceError::new(
                Code::Range,
                format!("At most {MAX_TRACKS} rows are answered at once"),
            ));
        }
        if tracks.iter().any(|t| RowTrack::from_id(*t).is_some()) {
            return self.inner.row_tile(RowsAsked { level, tile, from, to, tracks, quick, go_on });
        }
        let mut cells = vec![StateCell::default(); tracks.len() * TILE_BUCKETS];
        let mut found: Vec<Vec<BriefSpan>> = Vec::with_capacity(tracks.len());
        let (pieces, coarse, mut complete, indexed_to);
        let mut exact = true;
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
        let least = (if coarse { LONG_BUCKETS } else { WIDE_BUCKETS }) << level;
        if !coarse {
            // The finest level that is kept may rise while we decode: spans that were long are then found here.
            let long = LONG_BUCKETS << self.inner.shared.read().base();
            for spans in &mut found {
                spans.retain(|s| s.crossing || s.nanos() >= long);
            }
            match self.inner.sources(level, (from, to), &pieces, quick, go_on)? {
                Some((sources, all_read)) => {
                    complete &= all_read;
                    for ((&id, spans), out) in
                        tracks.iter().zip(&mut found).zip(cells.chunks_exact_mut(TILE_BUCKETS))
                    {
                        Row { id, long, level, tile, least }.read(&sources, spans, out);
                    }
                }
                None => {
                    exact = false;
                    let index = self.inner.shared.read();
                    for (&id, out) in tracks.iter().zip(cells.chunks_exact_mut(TILE_BUCKETS)) {
                        rough(&index, Track::from_id(id), level, tile, out);
                    }
                }
            }
        }
        let mut spans = Vec::new();
        for (i, row) in found.iter_mut().enumerate() {
            row.retain(|s| s.nanos() >= least);
            row.sort_by_key(|s| (s.start, -s.end));
            spans.extend(row.iter().map(|s| (i as u16, *s)));
        }
        let (span_labels, labels) = self.inner.labels(tracks, &spans);
        Ok(Tile { tracks: tracks.to_vec(), cells, spans, span_labels, labels, exact, complete, indexed_to })
    }

    /// The counters of one tile. Errors: RANGE. Cost: as `tile`; what no sketch has is always decoded.
    pub fn counters(&self, level: u32, tile: u64) -> Result<CounterTile> {
        self.counters_while(level, tile, &|| true)
    }

    /// As `counters`, and as `tile_while`.
    pub fn counters_while(&self, level: u32, tile: u64, go_on: GoOn<'_>) -> Result<CounterTile> {
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
        let mut fold = CounterFold::new(from, to, level, TILE_BUCKETS);
        let (bytes, header) = (self.inner.source.bytes(), self.inner.header);
        for piece in pieces {
            still_wanted(go_on)?;
            if let Some(sketch) = self.inner.sketch(piece).filter(|s| s.has_counters(level)) {
                let first = tile * TILE_BUCKETS as u64;
                for (series, out) in fold.buckets.chunks_exact_mut(TILE_BUCKETS).enumerate() {
                    // A damaged one gives what it can.
                    let _ = sketch.add_counter(series, level, first, out);
                }
                continue;
            }
            let Some((s, symbols)) = self.inner.whole_segment(piece.segment) else {
                complete = false;
                continue;
            };
            let prepared = self.inner.prepared(piece.segment, &s);
            let mut counters = Counters(&mut fold);
            window::decode_part(bytes, header, (&s, piece.part), prepared.as_deref(), symbols, &mut counters);
            fold.close(end_of(&s, piece, indexed_to));
        }
        for (cell, bucket) in cells.iter_mut().zip(&fold.buckets) {
            *cell = bucket.cell(1 << level);
        }
        Ok(CounterTile { cells, complete, indexed_to })
    }
}

/// One row of a tile below the pyramid, from its finest level: what lies in a bucket there is shared out evenly.
fn rough(index: &Index, track: Track, level: u32, tile: u64, out: &mut [StateCell]) {
    let by = index.base().saturating_sub(level);
    let Some(lane) = index.row(track) else { return };
    let begin = tile * TILE_BUCKETS as u64;
    let first = begin >> by;
    let mut cells = vec![StateCell::default(); (TILE_BUCKETS >> by).max(1)];
    lane.read(index.base(), first, &mut cells);
    for (bucket, out) in (begin..).zip(out) {
        let Some(cell) = cells.get(((bucket >> by) - first) as usize) else { break };
        let begins = (bucket >> by) << by == bucket;
        *out = StateCell { count: if begins { cell.count } else { 0 }, ..*cell };
    }
}

/// Up to where the counters of a piece hold: to the begin of the next one, or to the last event.
pub(crate) fn end_of(segment: &Segment, piece: Piece, indexed_to: i64) -> i64 {
    let last = segment.bounds(piece.part).1;
    if last < indexed_to { last + 1 } else { last }
}

/// The counters of a decoding, which ends behind them.
struct Counters<'a>(&'a mut CounterFold);

impl Watch for Counters<'_> {
    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) -> Flow {
        if self.0.is_over(e.time) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Lanes for Counters<'_> {
    fn counter(&mut self, series: Series, time: i64, value: Option<i64>) {
        self.0.counter(series, time, value);
    }
}

/// Where a stretch of a tile below the pyramid comes from.
struct Stretch {
    /// [from, to)
    from: i64,
    to: i64,
    of: Of,
}

enum Of {
    Sketch(Sketch),
    /// Pieces side by side, decoded, as far as they are read.
    Windows(Vec<Arc<Window>>),
}

impl Inner {
    /// The pieces of a tile as sketches where these are fine enough, else decoded; and whether all were read. None: more are
    /// to be decoded than a quick answer may.
    fn sources(
        &self,
        level: u32,
        (from, to): (i64, i64),
        pieces: &[Piece],
        quick: bool,
        go_on: GoOn<'_>,
    ) -> Result<Option<(Vec<Stretch>, bool)>> {
        still_wanted(go_on)?;
        let sketches: Vec<_> = pieces.iter().map(|p| self.sketch(*p).filter(|s| s.level <= level)).collect();
        let missing: Vec<Piece> =
            pieces.iter().zip(&sketches).filter(|(_, s)| s.is_none()).map(|(p, _)| *p).collect();
        if quick && self.undecoded(&missing) > QUICK_PIECES {
            return Ok(None);
        }
        let windows = self.pieces(&missing, go_on)?;
        let all_read = windows.iter().all(Option::is_some);
        let mut windows = windows.into_iter();
        let bounds: Vec<_> = {
            let index = self.shared.read();
            pieces.iter().map(|p| index.bounds(*p).unwrap_or((from, to))).collect()
        };
        let mut all: Vec<Stretch> = Vec::with_capacity(pieces.len());
        for (i, (sketch, (begin, end))) in sketches.into_iter().zip(bounds).enumerate() {
            // Nothing lies outside of all pieces.
            let begin = if i == 0 { from } else { begin };
            let end = if i + 1 == pieces.len() { to } else { end.saturating_add(1) };
            let of = match sketch {
                Some(s) => Of::Sketch(s),
                None => Of::Windows(windows.next().flatten().into_iter().collect()),
            };
            match (all.last_mut(), of) {
                (Some(Stretch { to, of: Of::Windows(last), .. }), Of::Windows(w)) => {
                    last.extend(w);
                    *to = end;
                }
                (_, of) => all.push(Stretch { from: begin, to: end, of }),
            }
        }
        Ok(Some((all, all_read)))
    }
}

/// One row of a tile below the pyramid.
struct Row {
    id: u32,
    /// Spans of so many ns, and those that cross borders, are in the index.
    long: i64,
    level: u32,
    tile: u64,
    least: i64,
}

impl Row {
    /// Fills its cells. `found`: long spans; those that are wide enough come to them.
    fn read(&self, sources: &[Stretch], found: &mut Vec<BriefSpan>, out: &mut [StateCell]) {
        let first = self.tile * TILE_BUCKETS as u64;
        let origin = (first << self.level) as i64;
        let end = origin + ((TILE_BUCKETS as i64) << self.level);
        let mut buckets = vec![StateBucket::default(); TILE_BUCKETS];
        let (mut wide, mut spans): (Vec<BriefSpan>, Vec<BriefSpan>) = Default::default();
        for stretch in sources {
            let (from, to) = (stretch.from.max(origin), stretch.to.min(end));
            match &stretch.of {
                Of::Sketch(sketch) => {
                    // A damaged one gives what it can.
                    let _ = sketch.add_row(self.id, self.level, first, &mut buckets);
                    let spans = sketch.spans(self.id).into_iter();
                    wide.extend(spans.filter(|s| {
                        s.nanos() >= self.least && s.nanos() < self.long && s.start < end && s.end > origin
                    }));
                }
                Of::Windows(windows) => {
                    // What ends where this begins may hide the begin of what it lies in.
                    let after = if from > origin { from - 1 } else { from };
                    spans.clear();
                    spans.extend(found.iter().filter(|s| s.start < to && s.end > after));
                    for w in windows {
                        let short =
                            w.touching(Track::from_id(self.id), from, to).filter(|s| s.nanos() < self.long);
                        spans.extend(short);
                    }
                    let is_wide =
                        |s: &&BriefSpan| !s.crossing && s.nanos() < self.long && s.nanos() >= self.least;
                    wide.extend(spans.iter().filter(is_wide));
                    fold(&mut spans, self.level, origin, (from, to), &mut buckets);
                }
            }
        }
        found.extend(wide);
        for (cell, b) in out.iter_mut().zip(&buckets) {
            *cell = b.cell(1 << self.level);
        }
    }
}

/// Adds what spans of one row fill of [from, to) to buckets, of which the first begins at `origin`; of nested ones the
/// innermost rules. `spans` are sorted by start on return.
pub(crate) fn fold(
    spans: &mut [BriefSpan],
    level: u32,
    origin: i64,
    (from, to): (i64, i64),
    out: &mut [StateBucket],
) {
    spans.sort_by_key(|s| (s.start, -s.end));
    flatten(spans, |a, b, s, first| {
        let (mut at, stop) = (a.max(from), b.min(to));
        let starts = first && a >= from;
        let begin = at;
        while at < stop {
            let bucket = (at - origin) >> level;
            let until = stop.min(origin + ((bucket + 1) << level));
            if let Some(sum) = out.get_mut(bucket as usize) {
                sum.add(s.state, (until - at) as u64, starts && at == begin);
            }
            at = until;
        }
    });
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
