//! The exact spans of rows in a range, however many pieces lie in it.

use tracewell_index::rows::{
    Book, Carried, Cause, CrossRegion, LifeFacts, LogTick, Region, RowWindow, Step, Tick,
};
use tracewell_index::{BriefSpan, SpanState};
use tracewell_order::Sym;

use super::track::{LANE_LOGS, LANE_SAMPLES, RowKind, RowTrack};
use crate::trace::Inner;

/// More pieces than this are not kept for the next question: they would only push out each other.
pub(super) const KEPT_PIECES: usize = 64;

/// Which pieces a question needs. `to` of the range is the last moment that is in it.
pub(crate) struct Plan {
    pub rows: Vec<RowPlan>,
    /// Places of pieces that are decoded, rising.
    pub pieces: Vec<usize>,
}

#[derive(Clone)]
pub(crate) struct RowPlan {
    pub track: RowTrack,
    pub life: Option<LifeFacts>,
    /// Pieces in which there is something of this row, rising.
    pub attended: Vec<usize>,
}

impl RowPlan {
    /// Whose row it is; -1: of no goroutine.
    fn goroutine(&self) -> i64 {
        self.life.map_or(-1, |l| l.g)
    }

    /// An id may live more than once.
    fn lives(&self, at: i64) -> bool {
        self.life.is_some_and(|l| (l.start..=l.end).contains(&at))
    }
}

/// Where a goroutine is in its steps, while pieces go by.
#[derive(Clone, Copy, Default)]
pub(super) struct Going {
    now: Option<Carried>,
    /// `now` is what the book said.
    started: bool,
    ended: bool,
}

/// Plans a question: which pieces there is something in. Cost: O(rows × pieces) at most, small.
pub(crate) fn plan(book: &Book, tracks: &[RowTrack], from: i64, to: i64) -> Plan {
    let range = book.pieces_in(from, to);
    let rows: Vec<RowPlan> = tracks
        .iter()
        .map(|&track| {
            let life = (track.kind == RowKind::Goroutine).then(|| book.lives.get(track.place)).flatten();
            let attended = match track.kind {
                RowKind::Goroutine => life.map_or(Vec::new(), |l| book.attended(track.place, &l, &range)),
                RowKind::Task if track.lane == 0 => Vec::new(),
                RowKind::Task => match book.tasks.get(track.place as usize) {
                    Some(t) => book.pieces_in(t.start.max(from), t.end.min(to)).collect(),
                    None => Vec::new(),
                },
                RowKind::Thread | RowKind::Wakeup => range.clone().collect(),
            };
            RowPlan { track, life, attended }
        })
        .collect();
    Plan::of(rows)
}

impl Plan {
    pub fn of(rows: Vec<RowPlan>) -> Plan {
        let mut pieces: Vec<usize> = rows.iter().flat_map(|r| r.attended.iter().copied()).collect();
        pieces.sort_unstable();
        pieces.dedup();
        Plan { rows, pieces }
    }

    /// Pieces that would have to be decoded now.
    pub fn missing(&self, inner: &Inner) -> usize {
        self.pieces.iter().filter(|s| !inner.has_row_window(**s)).count()
    }
}

/// A span and what is known of its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowSpan {
    pub brief: BriefSpan,
    /// The step that ended it, where it lies in a decoded piece.
    pub ended_by: Option<Step>,
}

pub(crate) fn brief(start: i64, end: i64, state: SpanState, g: i64, reason: Sym) -> BriefSpan {
    BriefSpan { start, end, g, reason, state, began_before: false, open: false, crossing: false }
}

impl Inner {
    /// Hands every span of the planned rows that touches [from, to] to `out`, with the row's place in the plan; those of
    /// a row by end, except that such as cross pieces may come first. `go_on` is asked between pieces; false ends it.
    /// Cost: the planned pieces are decoded, where they are not kept.
    pub fn walk(
        &self,
        book: &Book,
        plan: &Plan,
        (from, to): (i64, i64),
        go_on: &dyn Fn() -> bool,
        out: &mut dyn FnMut(usize, RowSpan),
    ) -> bool {
        let keep = plan.pieces.len() <= KEPT_PIECES;
        let mut going: Vec<Going> = plan.rows.iter().map(|_| Going::default()).collect();
        let touches = |s: &BriefSpan| s.start <= to && s.end >= from && (s.end > s.start);
        let mut put = |i: usize, brief: BriefSpan, ended_by: Option<Step>| {
            if touches(&brief) {
                out(i, RowSpan { brief, ended_by });
            }
        };
        for (i, row) in plan.rows.iter().enumerate() {
            before_pieces(book, row, (from, to), &mut |b| put(i, b, None));
        }
        for &piece in &plan.pieces {
            if !go_on() {
                return false;
            }
            let Some(w) = self.row_window(book, piece, keep) else { continue };
            for (i, row) in plan.rows.iter().enumerate() {
                if row.attended.binary_search(&piece).is_ok() {
                    one_piece(book, row, piece, &w, (from, to), &mut going[i], &mut |b, s| put(i, b, s));
                }
            }
        }
        for (i, row) in plan.rows.iter().enumerate() {
            after_pieces(book, row, &going[i], (from, to), &mut |b| put(i, b, None));
        }
        true
    }

    /// All spans of one row in a range, by start. None: more than `most` pieces would have to be decoded.
    pub fn row_spans(
        &self,
        book: &Book,
        track: RowTrack,
        from: i64,
        to: i64,
        most: usize,
    ) -> Option<Vec<RowSpan>> {
        let plan = plan(book, &[track], from, to);
        if plan.missing(self) > most {
            return None;
        }
        let mut all = Vec::new();
        self.walk(book, &plan, (from, to), &|| true, &mut |_, s| all.push(s));
        all.sort_by_key(|s| (s.brief.start, -s.brief.end));
        Some(all)
    }
}

/// What ends in a piece, or lies in it.
pub(super) fn one_piece(
    book: &Book,
    row: &RowPlan,
    piece: usize,
    w: &RowWindow,
    range: (i64, i64),
    going: &mut Going,
    put: &mut dyn FnMut(BriefSpan, Option<Step>),
) {
    match (row.track.kind, row.track.lane, &row.life) {
        (RowKind::Goroutine, 0, Some(life)) => steps(book, row.track.place, life, piece, w, going, put),
        (RowKind::Goroutine, 0, None) => {}
        _ => {
            let begin = book.bounds(piece).map_or(0, |b| b.0);
            in_piece(book, row, w, begin, range, &mut |b| put(b, None));
        }
    }
}

/// What goes on behind the last piece of [from, to].
pub(super) fn after_pieces(
    book: &Book,
    row: &RowPlan,
    going: &Going,
    (from, to): (i64, i64),
    put: &mut dyn FnMut(BriefSpan),
) {
    if let (RowKind::Goroutine, 0, Some(life)) = (row.track.kind, row.track.lane, &row.life) {
        // What was mentioned late is told by a piece behind.
        let last = row.attended.last().map_or(0, |last| last + 1);
        let behind = book.pieces_in(from, to).end.max(last);
        if !going.started {
            // Nothing happened in the range at all.
            rest(book, row.track.place, life, book.pieces_in(from, from).start.min(behind), put);
        } else if let Some(c) = going.now {
            put(state_span(life, c, book.next_step(row.track.place, life, behind)));
        }
    }
}

/// What the book alone knows of a row: spans that cross borders, tasks.
pub(super) fn before_pieces(
    book: &Book,
    row: &RowPlan,
    (from, to): (i64, i64),
    put: &mut dyn FnMut(BriefSpan),
) {
    let RowTrack { kind, place, lane } = row.track;
    match (kind, lane) {
        (RowKind::Goroutine, 1..LANE_SAMPLES) => {
            for c in book.crossing_regions(place).iter().filter(|c| c.region.depth.min(6) + 1 == lane) {
                put(region_span(&c.region));
            }
        }
        (RowKind::Task, 0) => {
            if let Some(t) = book.tasks.get(place as usize) {
                put(BriefSpan {
                    began_before: t.older,
                    open: t.alive,
                    ..brief(t.start, t.end, SpanState::Task, -1, t.name)
                });
            }
        }
        (RowKind::Task, 1..LANE_SAMPLES) => {
            let id = book.tasks.get(place as usize).map(|t| t.id);
            for c in book.all_crossing_regions() {
                if Some(c.region.task) == id && (c.region.depth + 1).min(7) == lane {
                    put(region_span(&c.region));
                }
            }
        }
        (RowKind::Thread, _) => {
            let long = book.long_nanos();
            let kept = book.thread_kept(place, lane);
            let first = kept.partition_point(|s| s.end < from);
            for s in kept[first..].iter().filter(|s| s.start <= to && (s.crossing || s.nanos() >= long)) {
                put(*s);
            }
        }
        _ => {}
    }
}

pub(crate) fn region_span(r: &Region) -> BriefSpan {
    BriefSpan { began_before: r.before, ..brief(r.start, r.end, SpanState::Region, r.g, r.name) }
}

/// What lies wholly inside of a piece, of all lanes but the states of goroutines.
fn in_piece(
    book: &Book,
    row: &RowPlan,
    w: &RowWindow,
    begin: i64,
    (from, to): (i64, i64),
    put: &mut dyn FnMut(BriefSpan),
) {
    let RowTrack { kind, place, lane } = row.track;
    match (kind, lane) {
        (RowKind::Goroutine, LANE_SAMPLES) => own_samples(row, w.samples(row.goroutine()), put),
        (RowKind::Goroutine, LANE_LOGS) => own_logs(row, w.logs(row.goroutine()), put),
        (RowKind::Goroutine, _) => own_regions(book, row, w.regions(row.goroutine()), &|_| begin, put),
        (RowKind::Task, _) => {
            let Some(task) = book.tasks.get(place as usize) else { return };
            match lane {
                LANE_LOGS => w.all_logs().iter().filter(|l| l.task == task.id).for_each(|l| put(log(l))),
                _ => {
                    let ours = |r: &&Region| r.task == task.id && (r.depth + 1).min(7) == lane;
                    w.all_regions().iter().filter(ours).for_each(|r| put(region_span(r)));
                }
            }
        }
        (RowKind::Thread, _) => {
            let Some(t) = book.threads.get(place as usize) else { return };
            let long = book.long_nanos();
            w.thread(t.m, lane, from, to.saturating_add(1))
                .filter(|s| s.nanos() < long)
                .for_each(|s| put(*s));
        }
        (RowKind::Wakeup, _) => {
            for k in w.wakeups().iter().filter(|k| k.source as u32 == place) {
                put(tick(k.at, SpanState::Runnable, k.g, Sym::EMPTY));
            }
        }
    }
}

/// A lane of a goroutine from the book alone: where what lies in its lanes is rare, all of it is there. False: it is not.
pub(super) fn from_lists(
    book: &Book,
    track: RowTrack,
    range: (i64, i64),
    put: &mut dyn FnMut(BriefSpan),
) -> bool {
    let (RowKind::Goroutine, 1.., Some(within)) = (track.kind, track.lane, book.within()) else {
        return false;
    };
    let row = &RowPlan { track, life: book.lives.get(track.place), attended: Vec::new() };
    before_pieces(book, row, range, put);
    let g = row.goroutine();
    match row.track.lane {
        LANE_SAMPLES => own_samples(row, &within.samples(g), put),
        LANE_LOGS => own_logs(row, &within.logs(g), put),
        _ => {
            let begin = |at: i64| book.pieces_in(at, at).next_back().and_then(|p| book.bounds(p));
            own_regions(book, row, &within.regions(g), &|at| begin(at).map_or(0, |b| b.0), put);
        }
    }
    true
}

fn tick(at: i64, state: SpanState, g: i64, reason: Sym) -> BriefSpan {
    brief(at, at + 1, state, g, reason)
}

fn log(l: &LogTick) -> BriefSpan {
    tick(l.at, SpanState::Log, l.g, l.category)
}

fn own_samples(row: &RowPlan, samples: &[Tick], put: &mut dyn FnMut(BriefSpan)) {
    let samples = samples.iter().filter(|s| row.lives(s.at));
    samples.for_each(|s| put(tick(s.at, SpanState::Sample, s.g, Sym::EMPTY)));
}

fn own_logs(row: &RowPlan, logs: &[LogTick], put: &mut dyn FnMut(BriefSpan)) {
    logs.iter().filter(|l| row.lives(l.at)).for_each(|l| put(log(l)));
}

/// Regions within pieces, in the lane of their depth. `begin_of`: of the piece that a moment lies in.
fn own_regions(
    book: &Book,
    row: &RowPlan,
    regions: &[Region],
    begin_of: &dyn Fn(i64) -> i64,
    put: &mut dyn FnMut(BriefSpan),
) {
    // Those around it that cross borders are in the book.
    let around = book.crossing_regions(row.track.place);
    for r in regions.iter().filter(|r| row.lives(r.start)) {
        let begin = if around.is_empty() { 0 } else { begin_of(r.start) };
        let over = |c: &&CrossRegion| c.region.start < begin && c.region.end >= r.end;
        let depth = around.iter().filter(over).count() + usize::from(r.depth);
        if depth.min(6) + 1 == usize::from(row.track.lane) {
            put(region_span(r));
        }
    }
}

/// The states that a goroutine leaves in a piece.
fn steps(
    book: &Book,
    place: u32,
    life: &LifeFacts,
    piece: usize,
    w: &RowWindow,
    going: &mut Going,
    put: &mut dyn FnMut(BriefSpan, Option<Step>),
) {
    if !going.started {
        going.started = true;
        going.now = book.carried(place, life, piece);
    }
    for step in w.steps(life.g) {
        if going.ended || step.at < life.start || step.at > life.end {
            continue;
        }
        match going.now {
            // What is mentioned anew says nothing new; and what an earlier life of that id ended with is not ours.
            Some(_) if step.cause == Cause::Mention => continue,
            None if step.state == SpanState::Idle => continue,
            Some(c) => put(state_span(life, c, step.at), Some(step)),
            None => {}
        }
        let Step { at: since, state, reason, .. } = step;
        going.now = (state != SpanState::Idle).then_some(Carried { state, since, reason });
        going.ended = state == SpanState::Idle;
    }
}

fn state_span(life: &LifeFacts, c: Carried, end: i64) -> BriefSpan {
    let open = life.alive && end == life.end;
    let began_before = life.older && c.since == life.start;
    BriefSpan { open, began_before, ..brief(c.since, end, c.state, life.g, c.reason) }
}

/// The state that goes on where a piece begins, `behind` all that was looked at. Its end stands in the book.
pub(super) fn rest(book: &Book, place: u32, life: &LifeFacts, behind: usize, put: &mut dyn FnMut(BriefSpan)) {
    if let Some(c) = book.carried(place, life, behind) {
        put(state_span(life, c, book.next_step(place, life, behind)));
    }
}
