//! What rows did in each piece, in buckets of the book's finest level: some 16 bytes a bucket. Rows that were seen once
//! are drawn from it at every coarser scale without a decoding; and a piece that must be decoded is decoded once for all
//! rows that were asked for lately, not once for each question.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tracewell_index::rows::{Book, RowWindow};
use tracewell_index::{BriefSpan, LONG_BUCKETS, SpanState};
use tracewell_source::{Result, SeededMap, SeededSet};

use super::track::{RowKind, RowTrack};
use super::walk::{Going, KEPT_PIECES, Plan, RowPlan, one_piece, plan};
use crate::tile::{GoOn, still_wanted};
use crate::trace::Inner;

/// Rows that were asked for lately: more than any screen shows.
const LATELY: usize = 1024;
/// Pieces up to this size are decoded two at a time. Units: bytes of the file.
const SIDE_BY_SIDE_BYTES: u64 = 24 << 20;

/// Time of one state in one bucket.
#[derive(Clone, Copy)]
struct Cell {
    nanos: u64,
    bucket: u32,
    /// Spans that start in it; more than a tile can tell are not counted.
    starts: u16,
    state: SpanState,
}

/// What a row did in a piece.
pub(crate) struct PieceFold {
    cells: Box<[Cell]>,
    /// Spans that are drawn as themselves at some scale; they are in no cell.
    long: Box<[BriefSpan]>,
    /// Of the states of a goroutine: what it was in at the end.
    pub(super) going: Going,
}

impl PieceFold {
    fn bytes(&self) -> usize {
        self.cells.len() * size_of::<Cell>()
            + self.long.len() * size_of::<BriefSpan>()
            + size_of::<Self>()
            + 64
    }

    pub fn long(&self) -> &[BriefSpan] {
        &self.long
    }

    /// Hands (first ns, state, ns, starts) of each bucket that begins in [from, to) to `see`.
    pub fn each(&self, base: u32, from: i64, to: i64, see: &mut dyn FnMut(i64, SpanState, u64, u32)) {
        let first = self.cells.partition_point(|c| i64::from(c.bucket) << base < from);
        for c in &self.cells[first..] {
            let at = i64::from(c.bucket) << base;
            if at >= to {
                break;
            }
            see(at, c.state, c.nanos, u32::from(c.starts));
        }
    }
}

/// Gathers the spans of a row in a piece.
struct Gather {
    base: u32,
    cells: Vec<Cell>,
    long: Vec<BriefSpan>,
}

impl Gather {
    fn span(&mut self, s: &BriefSpan) {
        if s.nanos() >= LONG_BUCKETS << self.base {
            self.long.push(*s);
            return;
        }
        let mut at = s.start.max(0);
        let mut starts = u16::from(s.start >= 0);
        while at < s.end {
            let Ok(bucket) = u32::try_from(at >> self.base) else { return };
            let until = s.end.min((i64::from(bucket) + 1) << self.base);
            self.cells.push(Cell {
                nanos: (until - at) as u64,
                bucket,
                starts: std::mem::take(&mut starts),
                state: s.state,
            });
            at = until;
        }
        // What comes is in order but for a few: so the list stays about as long as it will be.
        if self.cells.len() >= 1 << 14 && self.cells.len() == self.cells.capacity() {
            self.settle();
        }
    }

    /// One cell for each bucket and state, rising.
    fn settle(&mut self) {
        self.cells.sort_by_key(|c| (c.bucket, c.state as u8));
        self.cells.dedup_by(|c, kept| {
            let same = (c.bucket, c.state) == (kept.bucket, kept.state);
            if same {
                kept.nanos += c.nanos;
                kept.starts = kept.starts.saturating_add(c.starts);
            }
            same
        });
    }
}

fn fold(book: &Book, row: &RowPlan, piece: usize, w: &RowWindow) -> PieceFold {
    let mut to = Gather { base: book.base(), cells: Vec::new(), long: Vec::new() };
    let mut going = Going::default();
    one_piece(book, row, piece, w, (i64::MIN, i64::MAX - 1), &mut going, &mut |s, _| {
        if s.end > s.start {
            to.span(&s);
        }
    });
    to.settle();
    PieceFold { cells: to.cells.into(), long: to.long.into(), going }
}

type Key = (u32, usize);

#[derive(Default)]
struct Kept {
    /// Of another book nothing is taken in any more.
    book: u64,
    /// By track and piece: a fold, and when it was last wanted.
    folds: SeededMap<Key, (Arc<PieceFold>, u64)>,
    bytes: usize,
    clock: u64,
    lately: VecDeque<u32>,
}

pub(crate) struct Folds {
    kept: Mutex<Kept>,
    /// Held by who decodes: the next one finds its rows done.
    at_work: Mutex<()>,
    budget: usize,
}

fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Folds {
    pub fn new(budget: usize) -> Folds {
        Folds { kept: Mutex::default(), at_work: Mutex::default(), budget }
    }

    pub fn clear(&self) {
        let mut kept = lock(&self.kept);
        kept.folds.clear();
        kept.lately.clear();
        kept.bytes = 0;
        kept.book += 1;
    }

    fn book(&self) -> u64 {
        lock(&self.kept).book
    }

    /// Notes that these rows are looked at.
    pub fn wanted(&self, tracks: &[RowTrack]) {
        let mut kept = lock(&self.kept);
        let new: SeededSet<u32> = tracks.iter().map(|t| t.id()).collect();
        kept.lately.retain(|t| !new.contains(t));
        kept.lately.extend(tracks.iter().map(|t| t.id()));
        let over = kept.lately.len().saturating_sub(LATELY);
        kept.lately.drain(..over);
    }

    fn lately(&self) -> Vec<RowTrack> {
        lock(&self.kept).lately.iter().filter_map(|t| RowTrack::from_id(*t)).filter(has_folds).collect()
    }

    fn has(&self, key: Key) -> bool {
        lock(&self.kept).folds.contains_key(&key)
    }

    fn get(&self, key: Key) -> Option<Arc<PieceFold>> {
        let mut kept = lock(&self.kept);
        kept.clock += 1;
        let clock = kept.clock;
        let (fold, used) = kept.folds.get_mut(&key)?;
        *used = clock;
        Some(fold.clone())
    }

    fn put(&self, book: u64, key: Key, fold: Arc<PieceFold>) {
        let mut kept = lock(&self.kept);
        if kept.book != book {
            return;
        }
        kept.clock += 1;
        let clock = kept.clock;
        kept.bytes += fold.bytes();
        if let Some((before, _)) = kept.folds.insert(key, (fold, clock)) {
            kept.bytes -= before.bytes();
        }
        if kept.bytes > self.budget {
            kept.make_room(self.budget / 4 * 3);
        }
    }
}

impl Kept {
    /// What was not wanted for longest goes.
    fn make_room(&mut self, budget: usize) {
        let mut by_age: Vec<(u64, Key)> = self.folds.iter().map(|(k, (_, used))| (*used, *k)).collect();
        by_age.sort_unstable();
        for (_, key) in by_age {
            if self.bytes <= budget {
                break;
            }
            if let Some((gone, _)) = self.folds.remove(&key) {
                self.bytes -= gone.bytes();
            }
        }
    }
}

/// Rows whose spans in a piece do not depend on what is asked.
pub(super) fn has_folds(track: &RowTrack) -> bool {
    matches!(track.kind, RowKind::Goroutine | RowKind::Task)
}

impl Inner {
    /// Pieces of a plan that would have to be decoded for its folds.
    pub(super) fn folds_missing(&self, plan: &Plan) -> usize {
        let lacks = |s: &&usize| {
            let attends = |r: &&RowPlan| r.attended.binary_search(s).is_ok();
            plan.rows.iter().filter(attends).any(|r| !self.rows.folds.has((r.track.id(), **s)))
        };
        plan.pieces.iter().filter(|s| !self.has_row_window(**s)).filter(lacks).count()
    }

    /// The folds of each row of a plan, by its pieces; those that are not kept are made, together with those of all rows
    /// that were asked for lately. Errors: CANCELLED; what was decoded until then is kept. Cost: a
    /// decoding of each piece that lacks one.
    pub(super) fn folds(
        &self,
        book: &Book,
        wanted: &Plan,
        go_on: GoOn<'_>,
    ) -> Result<Vec<Vec<Arc<PieceFold>>>> {
        let mut known = self.known_folds(wanted);
        if !known.1.is_empty() {
            let _turn = lock(&self.rows.folds.at_work);
            known = self.known_folds(wanted);
            self.make_folds(book, wanted, &known.1, &mut known.0, go_on);
            still_wanted(go_on)?;
        }
        let of = |row: &RowPlan| {
            row.attended.iter().filter_map(|s| known.0.get(&(row.track.id(), *s)).cloned()).collect()
        };
        Ok(wanted.rows.iter().map(of).collect())
    }

    /// Folds that are there, and the pieces that lack one, rising.
    fn known_folds(&self, wanted: &Plan) -> (SeededMap<Key, Arc<PieceFold>>, Vec<usize>) {
        let (mut known, mut missing) = (SeededMap::default(), Vec::new());
        for row in &wanted.rows {
            for &piece in &row.attended {
                let key = (row.track.id(), piece);
                match self.rows.folds.get(key) {
                    Some(fold) => drop(known.insert(key, fold)),
                    None => missing.push(piece),
                }
            }
        }
        missing.sort_unstable();
        missing.dedup();
        (known, missing)
    }

    fn make_folds(
        &self,
        book: &Book,
        wanted: &Plan,
        missing: &[usize],
        known: &mut SeededMap<Key, Arc<PieceFold>>,
        go_on: GoOn<'_>,
    ) {
        let (Some(first), Some(last)) = (missing.first(), missing.last()) else { return };
        let of_book = self.rows.folds.book();
        let asked: SeededSet<u32> = wanted.rows.iter().map(|r| r.track.id()).collect();
        let mut others = self.rows.folds.lately();
        others.retain(|t| !asked.contains(&t.id()));
        let range = (book.bounds(*first).map_or(0, |b| b.0), book.bounds(*last).map_or(i64::MAX, |b| b.1));
        let others = plan(book, &others, range.0, range.1);
        let rows: Vec<&RowPlan> = wanted.rows.iter().chain(&others.rows).collect();
        for (key, fold) in self.decode_folds(book, &rows, missing, go_on) {
            if asked.contains(&key.0) {
                known.insert(key, fold.clone());
            }
            self.rows.folds.put(of_book, key, fold);
        }
    }

    fn decode_folds(
        &self,
        book: &Book,
        rows: &[&RowPlan],
        pieces: &[usize],
        go_on: GoOn<'_>,
    ) -> Vec<(Key, Arc<PieceFold>)> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut out = Vec::new();
            while let Some(&piece) = pieces.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| go_on()) {
                let Some(w) = self.row_window(book, piece, pieces.len() <= KEPT_PIECES) else { continue };
                for row in rows.iter().filter(|r| r.attended.binary_search(&piece).is_ok()) {
                    let key = (row.track.id(), piece);
                    if !self.rows.folds.has(key) {
                        out.push((key, Arc::new(fold(book, row, piece, &w))));
                    }
                }
            }
            out
        };
        let small = {
            let index = self.shared.read();
            let size = |p: &usize| {
                let s = book.piece(*p).and_then(|p| index.segments.get(p.segment));
                s.map_or(0, |s| (s.end - s.start) / (s.more_parts() as u64 + 1))
            };
            pieces.iter().all(|p| size(p) <= SIDE_BY_SIDE_BYTES)
        };
        if !small || pieces.len() < 2 {
            return work();
        }
        std::thread::scope(|scope| {
            let other = scope.spawn(work);
            let mut all = work();
            // A decoding that panics is told by who waits for it here, and taken up where the addon's calls end.
            match other.join() {
                Ok(more) => all.extend(more),
                Err(panic) => std::panic::resume_unwind(panic),
            }
            all
        })
    }
}
