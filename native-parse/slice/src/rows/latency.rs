//! The curve of scheduler latency: from the book's levels, below them from segments that are decoded again.

use serde_json::{Value, json};
use tracewell_index::rows::latencies;
use tracewell_index::{Bucket, CounterBucket, CounterCell};
use tracewell_source::Result;

use crate::Trace;
use crate::tile::{CounterTile, TILE_BUCKETS, is_complete, range_of};

impl Trace {
    /// Mean and maximum of what the goroutines that began to run in each bucket had waited for it; NaN where none did.
    /// Units: ns. Errors: RANGE, those of making rows. Cost: at levels that are kept O(buckets); below, one decoding of
    /// the segments it touches.
    pub fn latency(&self, level: u32, tile: u64) -> Result<CounterTile> {
        let (from, to) = range_of(level, tile)?;
        let book = self.inner.book()?;
        let (segments, complete, indexed_to) = {
            let index = self.inner.shared.read();
            let kept = level >= book.base();
            let segments: Vec<_> = if kept {
                Vec::new()
            } else {
                let touched = index.segments_in(from, to);
                touched.clone().zip(index.segments[touched].iter().cloned()).collect()
            };
            (segments, is_complete(&index, to), index.end_nanos)
        };
        let mut cells = vec![CounterCell::default(); TILE_BUCKETS];
        if level >= book.base() {
            if let Some(lane) = book.latency_lane() {
                lane.read(level, tile * TILE_BUCKETS as u64, &mut cells);
            }
            return Ok(CounterTile { cells, complete, indexed_to });
        }
        let mut buckets = vec![CounterBucket::default(); TILE_BUCKETS];
        for (place, segment) in segments.iter().filter(|(_, s)| s.whole) {
            let bytes = self.inner.source.bytes();
            latencies(bytes, self.inner.header, (segment, *place), &book, to, &mut |_, at, nanos| {
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
        let segments: Vec<_> = {
            let index = self.inner.shared.read();
            let here = index.segments_in(at, at).start.min(index.segments.len().saturating_sub(1));
            let from = here.saturating_sub(1);
            (from..=here).rev().filter_map(|i| Some((i, index.segments.get(i)?.clone()))).collect()
        };
        for (place, segment) in segments.iter().filter(|(_, s)| s.whole) {
            let mut last = None;
            let bytes = self.inner.source.bytes();
            latencies(bytes, self.inner.header, (segment, *place), &book, at, &mut |g, t, nanos| {
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
