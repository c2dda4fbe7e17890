//! What is kept of a trace: rows and counters at coarse scales, long spans, borders from which parts are decoded again,
//! names and counts. Its size follows the pixels it can be drawn with, not the events.

use std::path::Path;
use std::sync::Arc;

use tracewell_order::{Carry, Record, Resume, Sym, Symbols, Table};
use tracewell_source::{SeededMap, TraceError};
use tracewell_wire::Header;

use crate::buckets::{CounterBucket, CounterCell, StateBucket, StateCell};
use crate::counters::SERIES;
use crate::facts::Facts;
use crate::ids::Names;
use crate::machine::Machine;
use crate::pyramid::{Lane, TOP_LEVEL};
use crate::span::{Span, SpanState, Track};

/// Finest level at the begin; dropped level by level as the trace goes on.
const FIRST_BASE: u32 = 10;
/// The finest level holds at most this many buckets a lane, and all lanes together at most `CELL_BUDGET` bytes.
const MAX_BUCKETS: u64 = 1 << 16;
const CELL_BUDGET: u64 = 24 << 20;
/// Rows that are kept: as many processors as no machine has. A row costs some KB however little there is in it, so a file
/// that invents processors would else cost a thousand times its size.
const MAX_ROWS: usize = 1 << 13;
/// A span is long, and kept as itself, when it is at least this many of the finest buckets long.
pub const LONG_BUCKETS: i64 = 16;
/// Generations are kept together until they have this many bytes: a border costs memory.
pub const SEGMENT_BYTES: u64 = 1 << 20;

/// A span without its stacks: what drawing needs. 48 bytes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct BriefSpan {
    pub start: i64,
    pub end: i64,
    /// -1: none.
    pub g: i64,
    /// Reason of a stop-the-world.
    pub reason: Sym,
    pub state: SpanState,
    pub began_before: bool,
    pub open: bool,
    /// It crosses a border of segments: kept whole in the index, however short.
    pub crossing: bool,
}

impl BriefSpan {
    pub fn of(s: &Span, crossing: bool) -> BriefSpan {
        let reason = match s.name {
            Some(tracewell_order::RangeName::Stw(r)) => r,
            _ => Sym::EMPTY,
        };
        BriefSpan {
            start: s.start,
            end: s.end,
            g: s.g,
            reason,
            state: s.state,
            began_before: s.began_before,
            open: s.open,
            crossing,
        }
    }
    pub fn nanos(&self) -> i64 {
        self.end - self.start
    }
}

/// Where a row stands in the table of rows.
#[inline]
pub(crate) fn place(track: Track) -> i64 {
    match track {
        Track::Gc => 0,
        Track::Stw => 1,
        // Two ids that no Go program has may share a row.
        Track::Proc(p, lane) => p.saturating_mul(2).saturating_add(2 + i64::from(lane)),
    }
}

/// Where a part of a long generation begins.
#[derive(Clone)]
pub struct PartStart {
    /// Its first events are no earlier.
    pub from_nanos: i64,
    /// Place in the segment's record.
    pub place: u32,
    /// The machine there, as `sidecar` writes it.
    pub machine: Box<[u8]>,
}

/// A piece of the trace that is decoded as one: a segment, or a part of it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Debug)]
pub struct Piece {
    pub segment: usize,
    pub part: usize,
}

/// A part of the trace that is decoded as one: one or more generations; a long generation is a segment by itself, and
/// each of its parts can be decoded alone.
#[derive(Clone)]
pub struct Segment {
    /// Bytes of the file.
    pub start: u64,
    pub end: u64,
    /// ns since the trace's begin; `to_nanos` grows while the segment is read.
    pub from_nanos: i64,
    pub to_nanos: i64,
    pub carry: Carry,
    /// Where reading begins again, inside of a generation.
    pub resume: Option<Resume>,
    /// The machine at its begin.
    pub machine: Machine,
    pub whole: bool,
    /// Of a long generation: how it was ordered, and where its parts behind the first begin.
    pub record: Option<Arc<Record>>,
    pub parts: Arc<Vec<PartStart>>,
}

impl Segment {
    /// How many parts can be decoded by themselves, after the first: none where its order is not known.
    pub fn more_parts(&self) -> usize {
        if self.record.is_some() { self.parts.len() } else { 0 }
    }

    /// Bounds of a part: its first and last time.
    pub fn bounds(&self, part: usize) -> (i64, i64) {
        let known = &self.parts[..self.more_parts()];
        let from = part.checked_sub(1).and_then(|i| known.get(i)).map_or(self.from_nanos, |p| p.from_nanos);
        (from, known.get(part).map_or(self.to_nanos, |p| p.from_nanos - 1))
    }

    /// Since when the part goes on that is read now.
    pub(crate) fn part_from(&self) -> i64 {
        self.parts.last().map_or(self.from_nanos, |p| p.from_nanos)
    }

    /// Parts that touch [from, to].
    fn parts_in(&self, from: i64, to: i64) -> std::ops::RangeInclusive<usize> {
        let known = &self.parts[..self.more_parts()];
        let first = known.partition_point(|p| p.from_nanos <= from);
        first..=known.partition_point(|p| p.from_nanos <= to)
    }

    /// Whether a span goes over a border between its parts: then it is kept in the index.
    pub fn crosses(&self, start: i64, end: i64) -> bool {
        let behind = self.parts.partition_point(|p| p.from_nanos <= end);
        behind.checked_sub(1).and_then(|i| self.parts.get(i)).is_some_and(|p| p.from_nanos > start)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Status {
    Indexing,
    Done,
    Cancelled,
}

pub struct Index {
    pub header: Header,
    rows: Table<Lane<StateBucket>>,
    pub counters: [Lane<CounterBucket>; SERIES],
    pub long: SeededMap<Track, Vec<BriefSpan>>,
    pub segments: Vec<Segment>,
    pub names: Names,
    pub symbols: Symbols,
    pub facts: Facts,
    pub status: Status,
    pub damage: Option<TraceError>,
    pub next_trace: Option<u64>,
    /// Bytes read so far, ns of the last event so far, absolute ns of the first event.
    pub read_to: u64,
    pub end_nanos: i64,
    pub zero_nanos: i64,
    /// Nothing that is still open began before this: what is drawn up to here is final.
    pub settled_to: i64,
    pub generations: u32,
    /// Generations that were read side by side with others, not in sequence.
    pub joined: u32,
    pub generations_expected: u32,
    pub duration_expected: i64,
    pub gc_cycles: u64,
    pub stws: u64,
    pub max_running: i64,
    pub max_runnable: i64,
    pub max_heap: Option<i64>,
    /// ns × processors that were in use.
    pub proc_nanos: i128,
    base: u32,
    /// Time that there is room for.
    reach: i64,
}

impl Index {
    pub fn new(header: Header) -> Index {
        Index::with(header, None)
    }

    /// `folder`: where a file without a name may be for what is too much for memory.
    pub(crate) fn with(header: Header, folder: Option<&Path>) -> Index {
        Index {
            header,
            rows: Table::default(),
            counters: std::array::from_fn(|_| Lane::new(FIRST_BASE)),
            long: SeededMap::default(),
            segments: Vec::new(),
            names: Names::new(folder),
            symbols: Symbols::default(),
            facts: Facts::default(),
            status: Status::Indexing,
            damage: None,
            next_trace: None,
            read_to: 0,
            end_nanos: 0,
            zero_nanos: 0,
            settled_to: 0,
            generations: 0,
            joined: 0,
            generations_expected: 0,
            duration_expected: 0,
            gc_cycles: 0,
            stws: 0,
            max_running: 0,
            max_runnable: 0,
            max_heap: None,
            proc_nanos: 0,
            base: FIRST_BASE,
            reach: 0,
        }
    }

    /// Level of the finest buckets that are kept.
    pub fn base(&self) -> u32 {
        self.base
    }

    /// Spans at least this long are in `long`.
    pub fn long_nanos(&self) -> i64 {
        LONG_BUCKETS << self.base
    }

    /// Rows by their place, for a sidecar.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (i64, &Lane<StateBucket>)> {
        self.rows.iter()
    }

    /// None: they are not what an index has.
    pub(crate) fn set_rows(&mut self, base: u32, rows: Vec<(i64, Lane<StateBucket>)>) -> Option<()> {
        if !(FIRST_BASE..=TOP_LEVEL).contains(&base) || rows.len() > MAX_ROWS {
            return None;
        }
        self.base = base;
        for (id, lane) in rows {
            self.rows.or_insert_with(id, || lane);
        }
        Some(())
    }

    /// Level of the finest buckets that would be kept of a trace that lasts to `t`.
    pub fn level_at(&self, t: i64) -> u32 {
        let mut level = self.base;
        while (t.max(0) as u64) >> level >= self.max_buckets() && level < TOP_LEVEL {
            level += 1;
        }
        level
    }

    /// Whether so many rows more would all be kept.
    pub fn has_room(&self, rows: usize) -> bool {
        self.rows.len() + rows <= MAX_ROWS
    }

    /// Makes room for buckets up to time `t`. Cost: O(1) mostly; a dropped level now and then.
    #[inline]
    pub fn reserve(&mut self, t: i64) {
        self.reach = t;
        while (t.max(0) as u64) >> self.base >= self.max_buckets() && self.base < TOP_LEVEL {
            self.drop_finest();
        }
    }

    fn max_buckets(&self) -> u64 {
        // Two levels' worth of cells a lane, since coarser levels together are as long as the finest.
        let per_bucket = 2
            * (self.rows.len() as u64 * size_of::<StateCell>() as u64
                + (SERIES * size_of::<CounterCell>()) as u64);
        (CELL_BUDGET / per_bucket).clamp(1 << 10, MAX_BUCKETS)
    }

    #[cold]
    fn drop_finest(&mut self) {
        for lane in self.rows.values_mut() {
            lane.drop_finest();
        }
        for lane in &mut self.counters {
            lane.drop_finest();
        }
        self.base += 1;
        let least = self.long_nanos();
        for spans in self.long.values_mut() {
            spans.retain(|s| s.crossing || s.nanos() >= least);
        }
    }

    /// None: the row is one too many.
    #[inline]
    pub fn row_mut(&mut self, track: Track) -> Option<&mut Lane<StateBucket>> {
        let place = place(track);
        if self.rows.get(place).is_none() {
            if self.rows.len() >= MAX_ROWS {
                return None;
            }
            let base = self.base;
            self.rows.or_insert_with(place, || Lane::new(base));
            // One row more leaves each of them less room; many may come at once, at the end of the trace.
            self.reserve(self.reach);
        }
        self.rows.get_mut(place)
    }

    pub fn row(&self, track: Track) -> Option<&Lane<StateBucket>> {
        self.rows.get(place(track))
    }

    /// Long spans of a row that touch [from, to), in order of their end.
    pub fn long_touching(&self, track: Track, from: i64, to: i64) -> Vec<BriefSpan> {
        let spans = self.long.get(&track).map_or(&[][..], |v| v);
        let first = spans.partition_point(|s| s.end <= from);
        // Long spans are few and may nest around everything: no early stop.
        spans[first..].iter().filter(|s| s.start < to).copied().collect()
    }

    /// Segments that touch [from, to]; a range of their places.
    pub fn segments_in(&self, from: i64, to: i64) -> std::ops::Range<usize> {
        let first = self.segments.partition_point(|s| s.to_nanos < from);
        let last = self.segments.partition_point(|s| s.from_nanos <= to);
        first..last.max(first)
    }

    /// Pieces that touch [from, to], by time. Cost: O(their number).
    pub fn pieces_in(&self, from: i64, to: i64) -> Vec<Piece> {
        let segments = self.segments_in(from, to);
        let parts = |segment: usize| {
            let parts = self.segments.get(segment).map_or(0..=0, |s| s.parts_in(from, to));
            parts.map(move |part| Piece { segment, part })
        };
        segments.flat_map(parts).collect()
    }

    /// The piece that holds a moment. None: nothing was read yet.
    pub fn piece_at(&self, at: i64) -> Option<Piece> {
        let segment = self.segments.partition_point(|s| s.from_nanos <= at).saturating_sub(1);
        let part = *self.segments.get(segment)?.parts_in(at, at).start();
        Some(Piece { segment, part })
    }

    /// First and last time of a piece.
    pub fn bounds(&self, piece: Piece) -> Option<(i64, i64)> {
        self.segments.get(piece.segment).map(|s| s.bounds(piece.part))
    }

    /// The piece behind or before another.
    pub fn beside(&self, piece: Piece, forward: bool) -> Option<Piece> {
        let Piece { segment, part } = piece;
        if forward {
            let more = part < self.segments.get(segment)?.more_parts();
            let next = if more {
                Piece { segment, part: part + 1 }
            } else {
                Piece { segment: segment + 1, part: 0 }
            };
            return (next.segment < self.segments.len()).then_some(next);
        }
        match part.checked_sub(1) {
            Some(part) => Some(Piece { segment, part }),
            None => {
                let segment = segment.checked_sub(1)?;
                Some(Piece { segment, part: self.segments.get(segment)?.more_parts() })
            }
        }
    }

    /// The text on a span: `G27 main.churn`, `syscall`, `stop-the-world (GOMAXPROCS)`.
    pub fn label(&self, track: Track, s: &BriefSpan) -> String {
        match (track, s.state) {
            (Track::Proc(_, 0), _) => self.goroutine_label(s.g),
            (Track::Gc, _) => "GC concurrent mark".into(),
            (_, SpanState::Stw) => format!("stop-the-world ({})", self.symbols.text(s.reason)),
            (_, SpanState::Assist) => "GC mark assist".into(),
            (_, SpanState::Sweep) => "GC incremental sweep".into(),
            (_, state) => state.as_str().into(),
        }
    }

    pub fn goroutine_label(&self, g: i64) -> String {
        let name = self.symbols.text(self.names.get(g));
        if name.is_empty() { format!("G{g}") } else { format!("G{g} {name}") }
    }
}
