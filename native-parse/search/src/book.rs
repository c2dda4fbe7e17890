//! All events of an indexed trace, by number: how many each part holds, what finds them, and any of them read again.
//!
//! A part is read by itself, from its border, so that a row costs the decoding of one part wherever it lies. Read so, the
//! first words about a processor or a thread lack what came before; the first pass notes those few (`Patch`).

use std::ops::ControlFlow;

use tracewell_index::Index;
use tracewell_order::{
    Carry, Event, Flow, GenerationSummary, GoState, Kind, ProcState, Reader, Resume, Sink, Stage, Sym,
};
use tracewell_source::{Result, SeededMap, SeededSet, TraceError};
use tracewell_wire::{Header, Tables};

use crate::events::EventRecord;
use crate::hits::{HitList, Hits};
use crate::matcher::Matcher;
use crate::names::{NameCollector, Names};
use crate::query::Query;

/// Events between two looks whether anybody still waits.
const STEP: u64 = 1 << 16;
/// Events of a thread, at the begin of a part, that may need a patch.
const HEAD: u8 = 4;

/// Steps of time in which hits are counted.
pub const TICKS: usize = 1024;

/// The step that a time falls into.
pub fn tick_of(time: i64, end: i64) -> usize {
    let step = i128::from(time.max(0)) * TICKS as i128 / i128::from(end.max(0) + 1);
    (step as usize).min(TICKS - 1)
}

/// Where reading can begin.
#[derive(Clone)]
pub struct Part {
    pub start: u64,
    pub end: u64,
    pub carry: Carry,
    pub resume: Option<Resume>,
}

/// The parts of an index.
pub fn parts_of(index: &Index) -> Vec<Part> {
    let part = |s: &tracewell_index::Segment| Part {
        start: s.start,
        end: s.end,
        carry: s.carry,
        resume: s.resume.clone(),
    };
    let mut parts: Vec<Part> = index.segments.iter().map(part).collect();
    // While the index grows, and where a trace is damaged, the last one goes as far as it can be read.
    if let Some(last) = parts.last_mut() {
        last.end = u64::MAX;
    }
    parts
}

/// What an event at the begin of a part says when all before it was read.
#[derive(Clone, Copy)]
struct Patch {
    p: i64,
    g: i64,
    from: Option<ProcState>,
}

struct PartFacts {
    part: Part,
    /// Number and time of its first event.
    first: u64,
    from: i64,
    patches: SeededMap<u32, Patch>,
}

/// Values that occur, for completion.
#[derive(Default)]
pub struct Vocabulary {
    pub reasons: SeededSet<Sym>,
    pub regions: SeededSet<Sym>,
    pub categories: SeededSet<Sym>,
}

/// Who asks: a pass tells it how far it is, 0..1, and ends when it says so.
pub type Watch<'w> = dyn Fn(f64) -> bool + 'w;

/// Memory by parts and by the names of goroutines and tasks.
pub struct EventBook {
    header: Header,
    parts: Vec<PartFacts>,
    count: u64,
    end_nanos: i64,
    /// Absolute ns of the first event.
    pub zero_nanos: i64,
    pub names: Names,
    pub vocabulary: Vocabulary,
}

impl EventBook {
    /// Counts and names. `expected`: events, for progress. Errors: those of `Reader`; CANCELLED when `watch` says false.
    /// Cost: one pass.
    pub fn read(
        bytes: &[u8],
        start: u64,
        parts: Vec<Part>,
        expected: u64,
        watch: &Watch<'_>,
    ) -> Result<EventBook> {
        let mut count = Count {
            parts: parts
                .into_iter()
                .map(|part| PartFacts { part, first: 0, from: 0, patches: SeededMap::default() })
                .collect(),
            at: 0,
            count: 0,
            last: 0,
            expected,
            threads: SeededMap::default(),
            collector: NameCollector::default(),
            vocabulary: Vocabulary::default(),
            watch,
            stopped: false,
        };
        let mut reader = Reader::new(bytes, start)?;
        reader.run(&mut count)?;
        if count.stopped {
            return Err(TraceError::cancelled());
        }
        let header = reader.header();
        let zero_nanos = reader.carry().zero.unwrap_or(0);
        let Count { parts, count, last, collector, vocabulary, .. } = count;
        let names = Names { symbols: reader.into_symbols(), ..collector.names };
        Ok(EventBook { header, parts, count, end_nanos: last, zero_nanos, names, vocabulary })
    }

    /// Events of the trace.
    pub fn len(&self) -> u64 {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Number of the first event that is not before `time`; `len` when there is none. Cost: decoding up to a part.
    pub fn at_time(&self, bytes: &[u8], time: i64) -> u64 {
        if time > self.end_nanos {
            return self.count;
        }
        let part = self.parts.partition_point(|p| p.from <= time).saturating_sub(1);
        let mut found = self.count;
        self.visit(bytes, self.parts.get(part).map_or(0, |p| p.first), &mut |number, e, _| {
            found = number;
            e.time < time
        });
        found
    }

    /// Numbers of the events that a query matches in [from, to]. Errors: as `read`. Cost: one pass; memory by hits, at
    /// most a bit an event.
    pub fn find(
        &self,
        bytes: &[u8],
        start: u64,
        query: &Query,
        range: (i64, i64),
        watch: &Watch<'_>,
    ) -> Result<Hits> {
        let mut find = Find {
            matcher: Matcher::new(query),
            names: &self.names,
            range,
            list: HitList::default(),
            ticks: vec![0; TICKS],
            end: self.end_nanos,
            number: 0,
            expected: self.count,
            watch,
            stopped: false,
        };
        let mut reader = Reader::new(bytes, start)?;
        reader.run(&mut find)?;
        if find.stopped {
            return Err(TraceError::cancelled());
        }
        Ok(find.list.finish(find.ticks))
    }

    /// Shows events from number `from` on, until `see` says false. Cost: decoding from the begin of its part.
    pub fn visit(&self, bytes: &[u8], from: u64, see: &mut dyn FnMut(u64, &Event, &mut Stage<'_>) -> bool) {
        self.show(bytes, from, usize::MAX, see);
    }

    /// The same, but not beyond the part that `from` lies in.
    pub fn visit_part(
        &self,
        bytes: &[u8],
        from: u64,
        see: &mut dyn FnMut(u64, &Event, &mut Stage<'_>) -> bool,
    ) {
        self.show(bytes, from, 1, see);
    }

    fn show(
        &self,
        bytes: &[u8],
        from: u64,
        most_parts: usize,
        see: &mut dyn FnMut(u64, &Event, &mut Stage<'_>) -> bool,
    ) {
        let first = self.parts.partition_point(|p| p.first <= from).saturating_sub(1);
        let mut more = true;
        let mut syncs = 0;
        let parts = &self.parts[first.min(self.parts.len())..];
        for facts in parts.iter().take(most_parts) {
            let part = &facts.part;
            let (symbols, carry) = (self.names.symbols.clone(), part.carry);
            let mut reader = match &part.resume {
                Some(at) => Reader::resume(bytes, self.header, at.clone(), part.start, carry, symbols),
                None => Reader::at_generation(bytes, self.header, part.start, carry, symbols),
            };
            let is_first = part.carry.generations == 0 && part.resume.is_none();
            let mut show =
                Show { facts, number: facts.first, from, is_first, see, names: &self.names, more: true };
            while more && reader.pos() < part.end {
                match reader.next_generation(&mut show) {
                    Ok(Some(ControlFlow::Continue(()))) => {}
                    _ => break,
                }
                more = show.more;
            }
            more &= show.more;
            syncs = reader.carry().syncs;
            if !more {
                return;
            }
        }
        if from < self.count && parts.len() <= most_parts {
            self.last_sync(bytes, syncs + 1, see);
        }
    }

    /// The Sync behind the last event belongs to no part.
    fn last_sync(&self, bytes: &[u8], number: u32, see: &mut dyn FnMut(u64, &Event, &mut Stage<'_>) -> bool) {
        let tables = Tables::none();
        let mut symbols = self.names.symbols.clone();
        let mut stage = Stage { bytes, tables: &tables, symbols: &mut symbols, generation: 0 };
        let event =
            Event { time: self.end_nanos, m: -1, p: -1, g: -1, kind: Kind::Sync { number, clock: None } };
        see(self.count - 1, &event, &mut stage);
    }
}

struct Count<'w> {
    parts: Vec<PartFacts>,
    /// The part that is read.
    at: usize,
    count: u64,
    last: i64,
    expected: u64,
    /// Events of each thread since the begin of the part that may need a patch.
    threads: SeededMap<i64, u8>,
    collector: NameCollector,
    vocabulary: Vocabulary,
    watch: &'w Watch<'w>,
    stopped: bool,
}

impl Count<'_> {
    /// The part ends where the next one begins.
    fn turn(&mut self, end: u64) {
        if self.parts.get(self.at).is_some_and(|p| p.part.end == end) && self.at + 1 < self.parts.len() {
            self.at += 1;
            self.parts[self.at].first = self.count;
            self.threads.clear();
        }
    }

    fn note(&mut self, e: &Event) {
        let Some(facts) = self.parts.get_mut(self.at).filter(|_| self.at > 0) else { return };
        let from = match e.kind {
            Kind::ProcTransition { from, .. } => Some(from),
            _ => None,
        };
        let seen = self.threads.entry(e.m).or_default();
        if *seen >= HEAD && from.is_none() {
            return;
        }
        *seen = seen.saturating_add(1);
        let is_status = match e.kind {
            Kind::GoTransition { from, to, .. } => from == to,
            Kind::ProcTransition { from, to, .. } => from == to || from == ProcState::NotExist,
            _ => false,
        };
        if is_status && let Ok(place) = u32::try_from(self.count - facts.first) {
            facts.patches.insert(place, Patch { p: e.p, g: e.g, from });
        }
    }
}

impl Sink for Count<'_> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        if self.count == self.parts.get(self.at).map_or(0, |p| p.first)
            && let Some(facts) = self.parts.get_mut(self.at)
        {
            facts.from = e.time;
        }
        self.note(e);
        self.collector.add(e, stage);
        match e.kind {
            Kind::GoTransition { reason, .. } => {
                self.vocabulary.reasons.insert(reason);
            }
            Kind::RegionBegin { name, .. } => {
                self.vocabulary.regions.insert(name);
            }
            Kind::Log { category, .. } => {
                self.vocabulary.categories.insert(category);
            }
            _ => {}
        }
        self.count += 1;
        self.last = e.time;
        if self.count.is_multiple_of(STEP)
            && !(self.watch)(self.count as f64 / self.expected.max(self.count) as f64)
        {
            self.stopped = true;
            return Flow::Break(());
        }
        Flow::Continue(())
    }

    fn end_generation(&mut self, s: &GenerationSummary, _c: &Carry, _stage: &mut Stage<'_>) -> Flow {
        self.turn(s.end);
        Flow::Continue(())
    }

    fn border(
        &mut self,
        s: &GenerationSummary,
        _c: &Carry,
        _r: &dyn Fn() -> Resume,
        _stage: &mut Stage<'_>,
    ) -> Flow {
        self.turn(s.end);
        Flow::Continue(())
    }
}

struct Find<'w> {
    matcher: Matcher,
    names: &'w Names,
    range: (i64, i64),
    list: HitList,
    /// Hits by time, in equal steps up to `end`.
    ticks: Vec<u32>,
    end: i64,
    number: u64,
    expected: u64,
    watch: &'w Watch<'w>,
    stopped: bool,
}

impl Sink for Find<'_> {
    fn begin_generation(&mut self, _g: &tracewell_wire::Generation, _stage: &mut Stage<'_>) {
        self.matcher.forget(u32::MAX);
    }

    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        let in_range = (self.range.0..=self.range.1).contains(&e.time);
        if in_range && self.matcher.matches(&EventRecord { event: e, stage, names: self.names }) {
            self.list.push(self.number);
            self.ticks[tick_of(e.time, self.end)] += 1;
        }
        self.number += 1;
        if self.number.is_multiple_of(STEP) && !(self.watch)(self.number as f64 / self.expected.max(1) as f64)
        {
            self.stopped = true;
            return Flow::Break(());
        }
        Flow::Continue(())
    }
}

struct Show<'s> {
    facts: &'s PartFacts,
    number: u64,
    from: u64,
    is_first: bool,
    see: &'s mut dyn FnMut(u64, &Event, &mut Stage<'_>) -> bool,
    names: &'s Names,
    more: bool,
}

impl Show<'_> {
    /// The event as it is when all before it was read.
    fn mended(&self, e: &Event) -> Event {
        let mut e = *e;
        if self.is_first {
            return e;
        }
        let place = u32::try_from(self.number - self.facts.first).ok();
        let patch = place.and_then(|p| self.facts.patches.get(&p));
        if let Some(patch) = patch {
            (e.p, e.g) = (patch.p, patch.g);
        }
        match &mut e.kind {
            Kind::GoTransition { from, to, .. } if *from == GoState::Undetermined => *from = *to,
            Kind::ProcTransition { from, to, .. } if *from == ProcState::Undetermined => {
                *from = patch.and_then(|p| p.from).unwrap_or(*to);
            }
            Kind::TaskEnd { task, name, parent, .. } if *name == Sym::EMPTY => {
                *name = self.names.tasks.get(task).copied().unwrap_or(Sym::EMPTY);
                *parent = self.names.parents.get(task).copied().unwrap_or(*parent);
            }
            _ => {}
        }
        e
    }
}

impl Sink for Show<'_> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        let number = self.number;
        if number >= self.from {
            let e = self.mended(e);
            if !(self.see)(number, &e, stage) {
                self.more = false;
                return Flow::Break(());
            }
        }
        self.number += 1;
        Flow::Continue(())
    }

    fn border(
        &mut self,
        s: &GenerationSummary,
        _c: &Carry,
        _r: &dyn Fn() -> Resume,
        _stage: &mut Stage<'_>,
    ) -> Flow {
        if s.end >= self.facts.part.end { Flow::Break(()) } else { Flow::Continue(()) }
    }
}
