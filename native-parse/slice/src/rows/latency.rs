//! The curve of scheduler latency: from the book's levels, below them from pieces that are decoded again.

use serde_json::{Value, json};
use tracewell_index::rows::{Book, latencies};
use tracewell_index::{Bucket, CounterBucket, CounterCell};
use tracewell_source::{Result, bound_pages};

use crate::Trace;
use crate::tile::{CounterTile, TILE_BUCKETS, is_complete, range_of};
use crate::trace::Inner;

/// Pieces before a moment in which the last start is looked for.
const LATELY: usize = 64;

impl Inner {
    /// What `index::latencies` shows of the piece at a place of the book, up to a time.
    fn latencies(&self, book: &Book, place: usize, until: i64, see: &mut dyn FnMut(i64, i64, i64)) {
        let Some((piece, s)) = book.piece(place).and_then(|p| Some((p, self.whole_segment(p.segment)?.0)))
        else {
            return;
        };
        let prepared = self.prepared(piece.segment, &s);
        let bytes = self.source.bytes();
        latencies(bytes, self.header, (&s, place), prepared.as_deref(), book, until, see);
        bound_pages((s.end - s.start) as usize / (s.more_parts() + 1));
    }
}

impl Trace {
    /// Mean and maximum of what the goroutines that began to run in each bucket had waited for it; NaN where none did.
    /// Units: ns. Errors: RANGE, those of making rows. Cost: at levels that are kept O(buckets); below, one decoding of
    /// the pieces it touches.
    pub fn latency(&self, level: u32, tile: u64) -> Result<CounterTile> {
        let (from, to) = range_of(level, tile)?;
        let book = self.inner.book()?;
        let (complete, indexed_to) = {
            let index = self.inner.shared.read();
            (is_complete(&index, to), index.end_nanos)
        };
        let mut cells = vec![CounterCell::default(); TILE_BUCKETS];
        if level >= book.base() {
            if let Some(lane) = book.latency_lane() {
                lane.read(level, tile * TILE_BUCKETS as u64, &mut cells);
            }
            return Ok(CounterTile { cells, complete, indexed_to });
        }
        let mut buckets = vec![CounterBucket::default(); TILE_BUCKETS];
        for place in book.pieces_in(from, to) {
            self.inner.latencies(&book, place, to, &mut |_, at, nanos| {
                if (from..to).contains(&at)
                    && let Some(b) = buckets.get_mut(((at - from) >> level) as usize)
                {
                    b.add(nanos, 1);
                }
            });
        }
        for (cell, b) in cells.iter_mut().zip(&buckets) {
            *cell = b.cell(1 << level);
        }
        Ok(CounterTile { cells, complete, indexed_to })
    }

    /// The goroutine that began to run last, up to a time: who, when, how long it had been runnable. Null: none did, or long
    /// before. Errors: those of making rows. Cost: a decoding or two.
    pub fn latency_at(&self, at: i64) -> Result<Value> {
        let book = self.inner.book()?;
        let here = book.pieces_in(at, i64::MAX).start.min(book.pieces().saturating_sub(1));
        for place in (here.saturating_sub(LATELY)..=here).rev() {
            let mut last = None;
            self.inner.latencies(&book, place, at, &mut |g, t, nanos| {
                if t <= at {
                    last = Some((g, t, nanos));
                }
            });
            if let Some((g, t, nanos)) = last {
                return Ok(json!({"goroutine": g, "atNanos": t, "nanos": nanos}));
            }
        }
        Ok(Value::Null)
    }
}
