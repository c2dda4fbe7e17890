//! Wake-ups of a small trace, before the book of its rows is there.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, MutexGuard, PoisonError, TryLockError};

use tracewell_index::rows::{BOOK_VERSION, Wakeups};
use tracewell_index::{StateCell, Status};

use super::store::KEPT;
use super::tile::RowsAsked;
use super::track::{RowKind, RowTrack};
use crate::tile::{TILE_BUCKETS, Tile, is_complete};
use crate::trace::Inner;

impl Inner {
    /// Read the first time somebody asks, whoever asks meanwhile waits. None: the book is there or soon will be, the trace is
    /// not wholly indexed or not small, or it cannot be read, which the book tells. Cost: a pass, once.
    pub fn early_wakeups(&self) -> Option<Arc<Wakeups>> {
        if !self.wants_rows_ahead() || self.shared.read().status != Status::Done {
            return None;
        }
        let mut known: MutexGuard<'_, _> = self.rows.wakeups.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_none() {
            let is_kept = || self.answers().is_some_and(|a| a.open(KEPT, BOOK_VERSION).is_some());
            if self.has_book() || is_kept() {
                return None;
            }
            let go_on = || !self.over.load(Relaxed);
            *known = Wakeups::read(&self.source, self.start, &go_on).ok().map(Arc::new);
        }
        known.clone()
    }

    /// N.B. who makes it holds the lock.
    fn has_book(&self) -> bool {
        match self.rows.book.try_lock() {
            Ok(book) => book.is_some(),
            Err(TryLockError::Poisoned(book)) => book.into_inner().is_some(),
            Err(TryLockError::WouldBlock) => false,
        }
    }

    /// What is asked, where it is nothing but wake-ups at a scale that is known without the book. It is what the book gives.
    pub fn early_tile(&self, asked: &RowsAsked<'_>, rows: &[RowTrack]) -> Option<Tile> {
        if rows.iter().any(|r| r.kind != RowKind::Wakeup) {
            return None;
        }
        let wakeups = self.early_wakeups().filter(|w| asked.level >= w.base())?;
        let mut cells = vec![StateCell::default(); rows.len() * TILE_BUCKETS];
        for (row, out) in rows.iter().zip(cells.chunks_exact_mut(TILE_BUCKETS)) {
            if let Some(lane) = wakeups.lane(row.place) {
                lane.read(asked.level, asked.tile * TILE_BUCKETS as u64, out);
            }
        }
        let index = self.shared.read();
        let (complete, indexed_to) = (is_complete(&index, asked.to), index.end_nanos);
        let (spans, span_labels, labels) = (Vec::new(), Vec::new(), Vec::new());
        let tracks = asked.tracks.to_vec();
        Some(Tile { tracks, cells, spans, span_labels, labels, exact: true, complete, indexed_to })
    }
}
