//! What is kept of a generation that is read by itself, until it is joined to those before (`builder`).

use rustc_hash::FxHashMap;
use tracewell_order::{Event, Flow, GoState, Kind, Record, Sink, Stage, Sym, has_record};
use tracewell_wire::Generation;

use crate::border::{BEFORE, Mark};
use crate::buckets::{CounterBucket, StateBucket};
use crate::counters::{SERIES, Series};
use crate::facts::Facts;
use crate::ids::Names;
use crate::index::{BriefSpan, LONG_BUCKETS};
use crate::machine::{Lanes, Machine};
use crate::pipe::MAX_BOTTOMS;
use crate::pyramid::Buckets;
use crate::span::{Span, SpanState, Track};

/// Series that change with nearly every event: kept as sums, above what they were at the begin.
const DENSE: [Series; 4] = [Series::Running, Series::Runnable, Series::ProcsRunning, Series::InSyscall];

/// A piece of a row that began before the generation.
pub(crate) struct Head {
    pub track: Track,
    pub end: i64,
    pub state: SpanState,
    pub first: bool,
}

#[derive(Clone)]
pub(crate) struct DensePart {
    pub sums: Buckets<CounterBucket>,
    /// Time of the first change, and of the last with the value from there on.
    pub first: Option<i64>,
    pub last: (i64, i64),
    pub max: i64,
}

/// The lanes' side of a part; times are those of the trace, `BEFORE` where only the one before knows.
pub(crate) struct PartLanes {
    pub level: u32,
    pub rows: FxHashMap<Track, Buckets<StateBucket>>,
    /// In the order of each row.
    pub heads: Vec<Head>,
    pub dense: [DensePart; SERIES],
    /// Of the other series, each change.
    pub steps: [Vec<(i64, Option<i64>)>; SERIES],
    /// Long spans and those that began before, by row and end.
    pub spans: FxHashMap<Track, Vec<Span>>,
    pub gc_cycles: u64,
    pub stws: u64,
    pub proc_nanos: i128,
    /// Up to where the last part of the generation goes: spans that began before cross its border.
    part_from: i64,
    now: i64,
}

/// Gathers one generation.
pub struct Part {
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
    named: Names,
    /// Stacks that were already looked up: bottom function.
    bottoms: FxHashMap<u64, Sym>,
}

impl Part {
    /// `level`: of the finest buckets that the whole keeps; `first`: the trace's first generation; `place_every`: events of
    /// a part.
    pub fn new(level: u32, first: bool, place_every: u64) -> Part {
        let dense = DensePart { sums: Buckets::new(level), first: None, last: (0, 0), max: i64::MIN };
        Part {
            machine: Machine::alone(first),
            lanes: PartLanes {
                level,
                rows: FxHashMap::default(),
                heads: Vec::new(),
                dense: std::array::from_fn(|_| dense.clone()),
                steps: Default::default(),
                spans: FxHashMap::default(),
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
            named: Names::default(),
            bottoms: FxHashMap::default(),
        }
    }

    /// As the pass in sequence: after the bottom function of the first stack of its own that is seen.
    #[inline]
    fn name(&mut self, e: &Event, stage: &mut Stage<'_>) {
        if let Kind::GoTransition { g, from, own_stack, .. } = e.kind
            && own_stack != 0
        {
            let created = from == GoState::NotExist;
            if !created && self.named.get(g) != Sym::EMPTY {
                // Looked up all the same, so that texts come in the same order as in sequence.
                bottom(&mut self.bottoms, own_stack, stage);
                return;
            }
            let name = bottom(&mut self.bottoms, own_stack, stage);
            if name != Sym::EMPTY {
                self.named.set(g, name);
                self.names.push((g, name, created));
            }
        }
    }
}

fn bottom(known: &mut FxHashMap<u64, Sym>, stack: u64, stage: &mut Stage<'_>) -> Sym {
    if known.len() >= MAX_BOTTOMS {
        known.clear();
    }
    *known.entry(stack).or_insert_with(|| crate::pipe::bottom_function(stack, stage))
}

impl Sink for Part {
    fn begin_generation(&mut self, g: &Generation, _stage: &mut Stage<'_>) {
        self.long = has_record(g, self.place_every);
    }

    fn place_every(&self) -> u64 {
        self.place_every
    }

    fn place(&mut self, _stage: &mut Stage<'_>) {
        self.marks.push((self.machine.mark(), self.lanes.now));
        self.lanes.part_from = self.lanes.now + 1;
    }

    fn recorded(&mut self, record: Record) {
        self.record = Some(record);
    }

    #[inline]
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.facts.add(e);
        self.lanes.now = e.time;
        self.name(e, stage);
        if self.machine.felt.as_ref().is_some_and(|f| f.first) {
            self.initial.collect(e);
        }
        self.machine.event(e, stage.symbols, &mut self.lanes);
        Flow::Continue(())
    }
}

impl Lanes for PartLanes {
    #[inline]
    fn span(&mut self, s: &Span) {
        if !s.is_shown() {
            return;
        }
        match s.track {
            Track::Gc => self.gc_cycles += 1,
            Track::Stw => self.stws += 1,
            Track::Proc(_, 0) if s.start != BEFORE => self.proc_nanos += i128::from(s.nanos()),
            Track::Proc(..) => {}
        }
        if s.start < self.part_from || s.start == BEFORE || s.nanos() >= LONG_BUCKETS << self.level {
            self.spans.entry(s.track).or_default().push(*s);
        }
    }

    #[inline]
    fn segment(&mut self, track: Track, start: i64, end: i64, state: SpanState, first: bool) {
        if start == BEFORE {
            self.heads.push(Head { track, end, state, first });
            return;
        }
        let level = self.level;
        let row = self.rows.entry(track).or_insert_with(|| Buckets::new(level));
        row.add(start, end, |b, n, at_start| b.add(state, n, first && at_start));
    }

    #[inline]
    fn counter(&mut self, series: Series, time: i64, value: Option<i64>) {
        if !DENSE.contains(&series) {
            self.steps[series as usize].push((time, value));
            return;
        }
        let (d, v) = (&mut self.dense[series as usize], value.unwrap_or(0));
        if d.first.is_none() {
            d.first = Some(time);
        } else if d.last.0 < time {
            let was = d.last.1;
            d.sums.add(d.last.0, time, |b, n, _| b.add(was, n));
        }
        d.last = (time, v);
        d.max = d.max.max(v);
    }
}

/// A span as the index keeps it, once its begin is known.
pub(crate) fn brief(s: &Span, start: i64, crossing: bool, map: &impl Fn(Sym) -> Sym) -> BriefSpan {
    let b = BriefSpan::of(&Span { start, ..*s }, crossing);
    BriefSpan { reason: map(b.reason), ..b }
}
