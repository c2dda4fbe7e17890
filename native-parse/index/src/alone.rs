//! What is kept of a generation that is read by itself, until it is joined to those before (`builder`).

use tracewell_order::parallel::Job;
use tracewell_order::{
    Alone, Event, Flow, GoState, Kind, Record, Sink, Stage, Sym, SymCache, Symbols, Table, has_record,
};
use tracewell_source::{SeededMap, Source};
use tracewell_wire::Generation;

use crate::border::{BEFORE, Mark};
use crate::counters::{SERIES, Series};
use crate::dense::Dense;
use crate::facts::Facts;
use crate::ids::{Names, Recent};
use crate::index::{BriefSpan, LONG_BUCKETS, place};
use crate::machine::{Lanes, Machine};
use crate::pipe::{self, Chunk};
use crate::row::Row;
use crate::span::{Span, SpanState, Track};

/// Series that change with nearly every event.
#[inline(always)]
fn is_dense(series: Series) -> bool {
    matches!(series, Series::Running | Series::Runnable | Series::ProcsRunning | Series::InSyscall)
}

/// A piece of a row that began before the generation.
pub(crate) struct Head {
    pub track: Track,
    pub end: i64,
    pub state: SpanState,
    pub first: bool,
}

/// The lanes' side of a part; times are those of the trace, `BEFORE` where only the one before knows.
pub(crate) struct PartLanes {
    pub level: u32,
    pub rows: Table<(Track, Row)>,
    /// In the order of each row.
    pub heads: Vec<Head>,
    pub dense: [Dense; SERIES],
    /// Of the other series, each change.
    pub steps: [Vec<(i64, Option<i64>)>; SERIES],
    /// Long spans and those that began before, by row and end.
    pub spans: SeededMap<Track, Vec<Span>>,
    pub gc_cycles: u64,
    pub stws: u64,
    pub proc_nanos: i128,
    /// Up to where the last part of the generation goes: spans that began before cross its border.
    part_from: i64,
    now: i64,
}

/// After so many parts of a generation what was read of the file is let go: a map counts all that was touched.
const PARTS_A_DROP: usize = 16;

/// Gathers one generation.
pub struct Part<'s> {
    source: &'s Source,
    /// Its first byte, and the one behind its last.
    bytes: (u64, u64),
    pub(crate) machine: Machine,
    pub(crate) lanes: PartLanes,
    pub(crate) facts: Facts,
    /// Start functions: goroutine, name, whether it was created here.
    pub(crate) names: Vec<(i64, Sym, bool)>,
    pub(crate) initial: crate::machine::Initial,
    /// The machine at each place of the generation's record, and the time of the event before.
    pub(crate) marks: Vec<(Mark, i64)>,
    pub(crate) record: Option<Record>,
    /// Its bytes suffice for a record.
    pub(crate) long: bool,
    place_every: u64,
    /// It is the trace's first generation.
    first: bool,
    named: Names,
    /// Goroutines that have a name, those of late.
    recent: Recent,
    /// Stacks that were already looked up: bottom function.
    bottoms: SymCache,
}

impl Part<'_> {
    /// `level`: of the finest buckets that the whole keeps; `first`: the trace's first generation; `place_every`: events of
    /// a part.
    pub fn new<'s>(
        (source, g): (&'s Source, &Generation),
        level: u32,
        first: bool,
        place_every: u64,
    ) -> Part<'s> {
        Part {
            source,
            bytes: (g.start, g.end),
            machine: Machine::alone(first),
            lanes: PartLanes {
                level,
                rows: Table::default(),
                heads: Vec::new(),
                dense: std::array::from_fn(|_| Dense::new(level)),
                steps: Default::default(),
                spans: SeededMap::default(),
                gc_cycles: 0,
                stws: 0,
                proc_nanos: 0,
                part_from: BEFORE,
                now: 0,
            },
            facts: Facts::default(),
            names: Vec::new(),
            initial: Default::default(),
            marks: Vec::new(),
            record: None,
            long: false,
            place_every,
            first,
            named: Names::default(),
            recent: Recent::default(),
            bottoms: SymCache::default(),
        }
    }

    /// As the pass in sequence: after the bottom function of the first stack of its own that is seen.
    #[inline(always)]
    fn name(&mut self, e: &Event, bottom: impl FnOnce(&mut SymCache, u64) -> Sym) {
        if let Kind::GoTransition { g, from, own_stack, .. } = e.kind
            && own_stack != 0
        {
            let created = from == GoState::NotExist;
            // Looked up even when it has a name, so that texts come in the same order as in sequence.
            let name = bottom(&mut self.bottoms, own_stack);
            if created || !self.recent.has(g) {
                self.set_name(g, name, created);
            }
        }
    }

    #[inline(always)]
    fn see(&mut self, e: &Event, symbols: &Symbols) {
        self.facts.add(e);
        self.lanes.now = e.time;
        if self.first {
            self.initial.collect(e);
        }
        self.machine.event(e, symbols, &mut self.lanes);
    }

    fn mark(&mut self) {
        self.marks.push((self.machine.mark(), self.lanes.now));
        self.lanes.part_from = self.lanes.now + 1;
        if self.marks.len().is_multiple_of(PARTS_A_DROP) {
            self.source.drop_behind(self.bytes.0 as usize, self.bytes.1 as usize);
        }
    }

    /// Takes what was ordered on another thread. `symbols`: all texts up to there.
    fn take(&mut self, chunk: &mut Chunk, symbols: &Symbols) {
        self.long |= chunk.begins_long;
        for (e, bottom) in &chunk.events {
            self.name(e, |_, _| *bottom);
            self.see(e, symbols);
        }
        if chunk.ends_part {
            self.mark();
        }
        self.record = chunk.record.take().or(self.record.take());
    }

    /// Reads a generation on two threads: one orders, this one indexes.
    pub(crate) fn read_by_two(&mut self, job: &Job<'_>) -> Option<Alone> {
        let mut symbols = Symbols::default();
        let from = pipe::From { told: symbols.len(), segment_start: 0, place_every: self.place_every };
        pipe::beside(
            from,
            |sender| job.order(sender),
            |chunk| {
                for text in &chunk.texts {
                    symbols.intern(text);
                }
                self.take(chunk, &symbols);
                true
            },
        )
    }

    #[inline(never)]
    fn set_name(&mut self, g: i64, name: Sym, created: bool) {
        if !created && self.named.get(g) != Sym::EMPTY {
            self.recent.put(g);
        } else if name != Sym::EMPTY {
            self.recent.put(g);
            self.named.set(g, name);
            self.names.push((g, name, created));
        }
    }
}

#[inline(always)]
pub(crate) fn bottom(known: &mut SymCache, stack: u64, stage: &mut Stage<'_>) -> Sym {
    match known.get(stack) {
        Some(s) => s,
        None => new_bottom(known, stack, stage),
    }
}

#[cold]
fn new_bottom(known: &mut SymCache, stack: u64, stage: &mut Stage<'_>) -> Sym {
    let s = crate::pipe::bottom_function(stack, stage);
    known.set(stack, s);
    s
}

impl Sink for Part<'_> {
    fn begin_generation(&mut self, g: &Generation, _stage: &mut Stage<'_>) {
        self.long = has_record(g, self.place_every);
    }

    fn place_every(&self) -> u64 {
        self.place_every
    }

    fn place(&mut self, _stage: &mut Stage<'_>) {
        self.mark();
    }

    fn recorded(&mut self, record: Record) {
        self.record = Some(record);
    }

    #[inline(always)]
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.name(e, |known, stack| bottom(known, stack, stage));
        self.see(e, stage.symbols);
        Flow::Continue(())
    }
}

impl PartLanes {
    #[inline(never)]
    fn keep(&mut self, s: Span) {
        self.spans.entry(s.track).or_default().push(s);
    }

    #[inline(never)]
    fn any_segment(&mut self, track: Track, start: i64, end: i64, state: SpanState, first: bool) {
        if start == BEFORE {
            self.heads.push(Head { track, end, state, first });
            return;
        }
        let level = self.level;
        let (_, row) = self.rows.or_insert_with(place(track), || (track, Row::new(level)));
        row.add(start, end, state, first);
    }
}

impl Lanes for PartLanes {
    #[inline(always)]
    fn span(&mut self, s: &Span) {
        match s.track {
            Track::Proc(_, 0) if s.start != BEFORE => self.proc_nanos += i128::from(s.nanos()),
            Track::Proc(_, 1) if !s.is_shown() => return,
            Track::Proc(..) => {}
            Track::Gc => self.gc_cycles += 1,
            Track::Stw => self.stws += 1,
        }
        if s.start < self.part_from || s.nanos() >= LONG_BUCKETS << self.level {
            self.keep(*s);
        }
    }

    #[inline(always)]
    fn segment(&mut self, track: Track, start: i64, end: i64, state: SpanState, first: bool) {
        match self.rows.get_mut(place(track)) {
            Some((_, row)) if start != BEFORE => row.add(start, end, state, first),
            _ => self.any_segment(track, start, end, state, first),
        }
    }

    #[inline(always)]
    fn counter(&mut self, series: Series, time: i64, value: Option<i64>) {
        if is_dense(series) {
            self.dense[series as usize].set(time, value.unwrap_or(0));
        } else {
            self.steps[series as usize].push((time, value));
        }
    }
}

/// A span as the index keeps it, once its begin is known.
pub(crate) fn brief(s: &Span, start: i64, crossing: bool, map: &impl Fn(Sym) -> Sym) -> BriefSpan {
    let b = BriefSpan::of(&Span { start, ..*s }, crossing);
    BriefSpan { reason: map(b.reason), ..b }
}
