//! Tiles of rows: exact, from their spans; or at once, from what the book says of pieces.

use std::collections::HashMap;
use std::sync::Arc;

use tracewell_index::rows::{Book, Carried, LifeFacts, Tail};
use tracewell_index::{BriefSpan, Bucket, LONG_BUCKETS, SpanState, StateBucket, StateCell};
use tracewell_order::Sym;
use tracewell_source::{Code, Result, TraceError};

use super::folds::{PieceFold, has_folds};
use super::strands::Found;
use super::track::{RowKind, RowTrack};
use super::walk::{
    Going, KEPT_PIECES, Plan, RowPlan, after_pieces, before_pieces, brief, from_lists, one_piece, plan, rest,
};
use crate::tile::{GoOn, QUICK_PIECES, TILE_BUCKETS, Tile, WIDE_BUCKETS, is_complete, still_wanted};
use crate::trace::Inner;

/// The buckets of one row of a tile, and what is wide enough to be drawn as itself.
struct Fold {
    buckets: Vec<StateBucket>,
    wide: Vec<BriefSpan>,
    level: u32,
    from: i64,
    to: i64,
    least: i64,
}

impl Fold {
    fn new(level: u32, from: i64, to: i64, wide_buckets: i64) -> Fold {
        let buckets = vec![StateBucket::default(); TILE_BUCKETS];
        Fold { buckets, wide: Vec::new(), level, from, to, least: wide_buckets << level }
    }

    fn span(&mut self, s: &BriefSpan) {
        if s.start >= self.to || s.end <= self.from {
            return;
        }
        self.spread(s.start, s.end, &[(s.state, 1, 1)], s.start >= self.from);
        if s.nanos() >= self.least {
            self.wide.push(*s);
        }
    }

    /// What is kept of a row at the book's finest level, where that is no coarser than this tile.
    fn kept(&mut self, folds: &[Arc<PieceFold>], base: u32) {
        for f in folds {
            f.long().iter().for_each(|s| self.span(s));
            f.each(base, self.from, self.to, &mut |at, state, nanos, starts| {
                let bucket = &mut self.buckets[((at - self.from) >> self.level) as usize];
                bucket.add(state, nanos, false);
                bucket.add_count(starts);
            });
        }
    }

    /// Shares [start, end) out between states: parts of a whole, in each bucket alike.
    fn spread(&mut self, start: i64, end: i64, parts: &[(SpanState, u64, u64)], starts: bool) {
        let (mut at, stop) = (start.max(self.from), end.min(self.to));
        let mut first = starts;
        while at < stop {
            let bucket = (at - self.from) >> self.level;
            let until = stop.min(self.from + ((bucket + 1) << self.level));
            let nanos = (until - at) as u64;
            for (state, part, whole) in parts {
                let share = (u128::from(nanos) * u128::from(*part)).div_ceil(u128::from(*whole)) as u64;
                self.buckets[bucket as usize].add(*state, share, std::mem::take(&mut first));
            }
            at = until;
        }
    }
}

/// A question for a tile of rows.
pub(crate) struct RowsAsked<'a> {
    pub level: u32,
    pub tile: u64,
    /// [from, to)
    pub from: i64,
    pub to: i64,
    /// Rows all.
    pub tracks: &'a [u32],
    /// At once, and maybe not exact.
    pub quick: bool,
    pub go_on: GoOn<'a>,
}

impl Inner {
    /// A tile of rows. Errors: RANGE, CANCELLED. Cost: the pieces that these rows did something in are
    /// decoded, unless `quick` and they are many, or the scale is that of what is kept of rows seen before.
    pub fn row_tile(&self, asked: RowsAsked<'_>) -> Result<Tile> {
        let RowsAsked { level, tile, from, to, tracks, quick, go_on } = asked;
        still_wanted(go_on)?;
        let rows: Option<Vec<RowTrack>> = tracks.iter().map(|t| RowTrack::from_id(*t)).collect();
        let rows = rows.ok_or_else(|| {
            TraceError::new(Code::Range, "Processors and other rows are not answered in one question")
        })?;
        if let Some(tile) = self.early_tile(&asked, &rows) {
            return Ok(tile);
        }
        let book = self.book()?;
        let coarse = level >= book.base();
        // Threads and wake-ups have levels: nothing is decoded for them there.
        let has_levels = |r: &RowTrack| {
            coarse
                && match r.kind {
                    RowKind::Thread => book.thread_lane(r.place, r.lane).is_some(),
                    RowKind::Wakeup => true,
                    _ => false,
                }
        };
        let wide = if coarse { LONG_BUCKETS } else { WIDE_BUCKETS };
        let mut folds: HashMap<usize, Fold> = HashMap::new();
        // What stands in lists is decoded nowhere.
        let mut is_listed = |i: usize| {
            let fold = folds.entry(i).or_insert_with(|| Fold::new(level, from, to, wide));
            from_lists(&book, rows[i], (from, to - 1), &mut |s| fold.span(&s))
        };
        let walked: Vec<usize> =
            (0..rows.len()).filter(|i| !has_levels(&rows[*i]) && !is_listed(*i)).collect();
        let asked: Vec<RowTrack> = walked.iter().map(|i| rows[*i]).collect();
        self.rows.folds.wanted(&asked);
        let mut planned = plan(&book, &asked, from, to - 1);
        // What strands tell is not decoded.
        let strands = self.strands();
        let told: Vec<Option<Found>> = planned
            .rows
            .iter_mut()
            .map(|row| {
                let is_states = row.track.kind == RowKind::Goroutine && row.track.lane == 0;
                if is_states && in_one_bucket(row, level) {
                    row.attended.clear();
                    return Some(Found { is_summed: true, ..Found::default() });
                }
                let found = strands.as_ref().filter(|_| is_states)?.of(&book, row, level);
                row.attended.clone_from(&found.missing);
                Some(found)
            })
            .collect();
        let places: Vec<(usize, Option<Found>)> = walked.iter().copied().zip(told).collect();
        let is_kept = |row: &RowPlan| coarse && has_folds(&row.track);
        let (kept, decoded): (Vec<_>, Vec<_>) =
            planned.rows.into_iter().zip(places).partition(|(row, _)| is_kept(row));
        let split = |of: Vec<(RowPlan, (usize, Option<Found>))>| {
            let (rows, places): (Vec<_>, Vec<_>) = of.into_iter().unzip();
            (Plan::of(rows), places)
        };
        let ((kept_plan, kept), (decoded_plan, decoded)) = (split(kept), split(decoded));
        let missing = || self.folds_missing(&kept_plan) + decoded_plan.missing(self);
        let exact = !quick || missing() <= QUICK_PIECES;
        if exact {
            let all = self.folds(&book, &kept_plan, go_on)?;
            for (((i, found), row), of_row) in kept.iter().zip(&kept_plan.rows).zip(&all) {
                match (folds.get_mut(i), found) {
                    (Some(fold), None) => folded(&book, row, of_row, fold),
                    (Some(fold), Some(found)) => {
                        fold.kept(of_row, book.base());
                        strung(&book, row, found, fold);
                    }
                    (None, _) => {}
                }
            }
            self.decode(&book, &decoded_plan, &decoded, &mut folds, go_on)?;
        } else {
            for i in &walked {
                let Some(fold) = folds.get_mut(i) else { continue };
                match rows[*i] {
                    RowTrack { kind: RowKind::Goroutine, lane: 0, place } => rough(&book, place, fold),
                    track => self.known(&book, track, fold),
                }
            }
        }
        let mut cells = vec![StateCell::default(); rows.len() * TILE_BUCKETS];
        let mut found: Vec<Vec<BriefSpan>> = vec![Vec::new(); rows.len()];
        for (i, row) in rows.iter().enumerate() {
            let out = &mut cells[i * TILE_BUCKETS..][..TILE_BUCKETS];
            if let Some(fold) = folds.remove(&i) {
                for (cell, b) in out.iter_mut().zip(&fold.buckets) {
                    *cell = b.cell(1 << level);
                }
                found[i] = fold.wide;
            } else {
                levels(&book, *row, level, tile, (from, to), out, &mut found[i]);
            }
        }
        let mut spans = Vec::new();
        for (i, row) in found.iter_mut().enumerate() {
            row.sort_by_key(|s| (s.start, -s.end));
            spans.extend(row.iter().map(|s| (i as u16, *s)));
        }
        let (span_labels, labels) = row_labels(&book, &rows, &spans);
        let index = self.shared.read();
        let (complete, indexed_to) = (is_complete(&index, to), index.end_nanos);
        Ok(Tile { tracks: tracks.to_vec(), cells, spans, span_labels, labels, exact, complete, indexed_to })
    }

    /// Rows of which pieces are decoded for this tile alone.
    fn decode(
        &self,
        book: &Book,
        planned: &Plan,
        places: &[(usize, Option<Found>)],
        folds: &mut HashMap<usize, Fold>,
        go_on: GoOn<'_>,
    ) -> Result<()> {
        let Some((from, to)) = folds.values().next().map(|f| (f.from, f.to - 1)) else { return Ok(()) };
        for some in planned.pieces.chunks(KEPT_PIECES) {
            if planned.pieces.len() <= KEPT_PIECES {
                self.row_windows_ahead(book, some, go_on);
            }
        }
        let (strung_rows, walked): (Vec<usize>, Vec<usize>) =
            (0..places.len()).partition(|k| places[*k].1.is_some());
        let only = Plan::of(walked.iter().map(|k| planned.rows[*k].clone()).collect());
        self.walk(book, &only, (from, to), go_on, &mut |k, s| {
            if let Some(fold) = walked.get(k).and_then(|k| folds.get_mut(&places[*k].0)) {
                fold.span(&s.brief);
            }
        });
        // Each piece for itself: between two there may be what strands tell.
        let keep = planned.pieces.len() <= KEPT_PIECES;
        let missing = Plan::of(strung_rows.iter().map(|k| planned.rows[*k].clone()).collect());
        for &piece in &missing.pieces {
            still_wanted(go_on)?;
            let Some(w) = self.row_window(book, piece, keep) else { continue };
            for &k in &strung_rows {
                let row = &planned.rows[k];
                if row.attended.binary_search(&piece).is_ok()
                    && let Some(fold) = folds.get_mut(&places[k].0)
                {
                    let going = &mut Going::default();
                    one_piece(book, row, piece, &w, (from, to), going, &mut |s, _| fold.span(&s));
                }
            }
        }
        for &k in &strung_rows {
            if let ((i, Some(found)), row) = (&places[k], &planned.rows[k])
                && let Some(fold) = folds.get_mut(i)
            {
                strung(book, row, found, fold);
            }
        }
        still_wanted(go_on)
    }

    /// What the book alone knows of a lane.
    fn known(&self, book: &Book, track: RowTrack, fold: &mut Fold) {
        let mut none = plan(book, &[track], fold.from, fold.to - 1);
        none.pieces.clear();
        self.walk(book, &none, (fold.from, fold.to - 1), &|| true, &mut |_, s| fold.span(&s.brief));
    }
}

/// A row from what is kept of its pieces.
fn folded(book: &Book, row: &RowPlan, of_row: &[Arc<PieceFold>], fold: &mut Fold) {
    let (from, to) = (fold.from, fold.to - 1);
    before_pieces(book, row, (from, to), &mut |s| fold.span(&s));
    fold.kept(of_row, book.base());
    let going = of_row.last().map(|f| f.going).unwrap_or_default();
    after_pieces(book, row, &going, (from, to), &mut |s| fold.span(&s));
}

/// Whether all of a life lies in one bucket of a level, so that its sums are all there is to tell.
fn in_one_bucket(row: &RowPlan, level: u32) -> bool {
    row.life.is_some_and(|life| {
        life.stays.is_some() && life.end > life.start && life.start >> level == (life.end - 1) >> level
    })
}

/// Adds a life that lies in one bucket.
fn summed(life: &LifeFacts, fold: &mut Fold) {
    if life.start < fold.from || life.start >= fold.to {
        return;
    }
    let Some(bucket) = fold.buckets.get_mut(((life.start - fold.from) >> fold.level) as usize) else {
        return;
    };
    for (state, nanos) in [
        (SpanState::Running, life.running),
        (SpanState::Runnable, life.runnable),
        (SpanState::Syscall, life.syscall),
        (SpanState::Waiting, life.waiting()),
    ] {
        if nanos > 0 {
            bucket.add(state, nanos as u64, false);
        }
    }
    bucket.add_count(life.stays.map_or(0, u32::from));
}

/// Adds what strands tell of the states of a goroutine, and what goes on behind them.
fn strung(book: &Book, row: &RowPlan, found: &Found, fold: &mut Fold) {
    let Some(life) = &row.life else { return };
    if found.is_summed {
        return summed(life, fold);
    }
    for strand in &found.strands {
        for s in strand.long() {
            fold.span(&BriefSpan {
                began_before: life.older && s.start == life.start,
                ..brief(s.start, s.end, s.state, life.g, s.reason)
            });
        }
        strand.each(fold.from, fold.to, &mut |at, state, nanos, starts| {
            if let Some(bucket) = fold.buckets.get_mut(((at - fold.from) >> fold.level) as usize) {
                bucket.add(state, nanos, false);
                bucket.add_count(starts);
            }
        });
    }
    let behind = book.pieces_in(fold.from, fold.to - 1).end.max(found.behind);
    rest(book, row.track.place, life, behind, &mut |s| fold.span(&s));
}

/// A lane that has levels.
fn levels(
    book: &Book,
    row: RowTrack,
    level: u32,
    tile: u64,
    (from, to): (i64, i64),
    out: &mut [StateCell],
    found: &mut Vec<BriefSpan>,
) {
    let lane = match row.kind {
        RowKind::Thread => book.thread_lane(row.place, row.lane),
        _ => book.wakeup_lane(row.place),
    };
    if let Some(lane) = lane {
        lane.read(level, tile * TILE_BUCKETS as u64, out);
    }
    if row.kind == RowKind::Thread {
        let wide = |s: &&BriefSpan| s.start < to && s.end > from && s.nanos() >= LONG_BUCKETS << level;
        found.extend(book.thread_kept(row.place, row.lane).iter().filter(wide));
    }
}

/// The states of a goroutine as far as the book tells: exact where nothing happens, shared out where much does.
fn rough(book: &Book, place: u32, fold: &mut Fold) {
    let Some(life) = book.lives.get(place) else { return };
    let own = book.pieces_of(&life);
    let of = |state, start, end, reason| {
        let open = life.alive && end == life.end;
        BriefSpan {
            open,
            began_before: life.older && start == life.start,
            ..brief(start, end, state, life.g, reason)
        }
    };
    if own.len() <= 1 {
        let sums = [life.running, life.runnable, life.syscall, life.waiting()].map(|n| n.max(0) as u64);
        return mixed(fold, life.start, life.end, sums);
    }
    let range = book.pieces_in(fold.from, fold.to - 1);
    let mut now = book.carried(place, &life, range.start);
    let attended = book.attended(place, &life, &range);
    for &piece in &attended {
        let Some(tail) = book.tail(piece, place, &life).filter(|t| t.steps > 0) else { continue };
        if let Some(Carried { state, since, reason }) = now {
            fold.span(&of(state, since, tail.first, reason));
        }
        let Tail { first, since, state, reason, shares, .. } = tail;
        let [running, runnable, syscall] = shares.map(u64::from);
        let waiting = 31u64.saturating_sub(running + runnable + syscall);
        mixed(fold, first, since, [running, runnable, syscall, waiting]);
        now = (state != SpanState::Idle).then_some(Carried { state, since, reason });
    }
    if let Some(Carried { state, since, reason }) = now {
        let behind = attended.last().map_or(0, |last| last + 1).max(range.end);
        fold.span(&of(state, since, book.next_step(place, &life, behind), reason));
    }
}

/// Running, runnable, system call, waiting: in these parts of [start, end).
fn mixed(fold: &mut Fold, start: i64, end: i64, sums: [u64; 4]) {
    let states = [SpanState::Running, SpanState::Runnable, SpanState::Syscall, SpanState::Waiting];
    let whole = sums.iter().sum::<u64>().max(1);
    let parts: Vec<_> =
        states.iter().zip(sums).filter(|(_, n)| *n > 0).map(|(s, n)| (*s, n, whole)).collect();
    fold.spread(start, end, &parts, start >= fold.from);
}

/// A label for each span, each text once.
fn row_labels(book: &Book, rows: &[RowTrack], spans: &[(u16, BriefSpan)]) -> (Vec<u32>, Vec<String>) {
    let mut of: HashMap<(u8, i64, u32), u32> = HashMap::new();
    let mut labels = Vec::new();
    let ids = spans
        .iter()
        .map(|(row, s)| {
            let track = rows[*row as usize];
            let thread = track.kind == RowKind::Thread && track.lane == 0;
            let key = if thread { (0, s.g, 0) } else { (s.state as u8, 0, s.reason.0) };
            *of.entry(key).or_insert_with(|| {
                labels.push(row_label(book, track, s));
                labels.len() as u32 - 1
            })
        })
        .collect();
    (ids, labels)
}

/// The text on a span of a row: `chan receive`, `running`, `G7 main.work`, the name of a region.
pub(crate) fn row_label(book: &Book, track: RowTrack, s: &BriefSpan) -> String {
    if track.kind == RowKind::Thread && track.lane == 0 {
        return goroutine_label(book, s.g, s.start);
    }
    match (s.state, book.symbols.text(s.reason)) {
        (SpanState::Waiting | SpanState::Region | SpanState::Task | SpanState::Log, text)
            if s.reason != Sym::EMPTY =>
        {
            text.to_string()
        }
        (SpanState::Assist, _) => "GC mark assist".into(),
        (state, _) => state.as_str().into(),
    }
}

/// `G7 main.work` of the goroutine that had that id then.
pub(crate) fn goroutine_label(book: &Book, g: i64, at: i64) -> String {
    let life = book.lives.find(g, at).and_then(|l| book.lives.get(l));
    life.map_or_else(|| format!("G{g}"), |l| book.goroutine_label(&l))
}
