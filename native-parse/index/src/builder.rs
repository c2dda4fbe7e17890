//! The pass that fills an index while others look at it.
//!
//! Generations are read side by side (`alone`) and joined in the order of the trace (`border`). One that is very large,
//! large and the only one, damaged, or at odds with the one before is read in sequence: its events come in order from another
//! thread (`pipe`). The index is behind a lock that the pass holds; readers announce themselves and get it within a chunk.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use std::ops::ControlFlow;

use tracewell_order::parallel::{self, Fold, Job, Step};
use tracewell_order::{
    Alone, Carry, Event, Flow, GenerationSummary, GoState, Kind, RangeName, Reader, Sink, Stage, Sym, Symbols,
};
use tracewell_source::{Result, Source};
use tracewell_wire::{Format, Generation, header, scan};

use crate::alone::{Part, PartLanes, brief};
use crate::border::BEFORE;

use crate::counters::{SERIES, Series};
use crate::dense::Dense;
use crate::index::{BriefSpan, Index, PartStart, SEGMENT_BYTES, Segment, Status};
use crate::initial::initial_states;
use crate::machine::{Lanes, Machine};
use crate::pipe::{self, Border, Chunk};
use crate::sidecar::machine_bytes;
use crate::span::{Span, SpanState, Track};

/// A segment has at least so many bytes for each thing that the machine at its begin keeps.
const BYTES_A_THING: u64 = 64;

/// Generations above this are not read alone: their pictures would come all at once, and late.
const MAX_ALONE_BYTES: u64 = 32 << 20;
/// The same of a trace's only generation: with nothing beside it, two cores show its begin sooner in sequence. Below this all
/// of it is there within two tenths of a second, for half the processor time: its first moment need not be read before.
const MAX_ONLY_BYTES: u64 = 16 << 20;
/// After so many events of a long generation what was read of the file is let go: a map counts all that was touched.
const EVENTS_A_DROP: usize = 1 << 20;
/// More generations at once than this cost memory without need.
const MAX_THREADS: usize = 8;

/// What the pass is asked to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    Run,
    /// Keep what was read, and wait.
    Pause,
    End,
}

/// An index that is being built, is paused, or is done.
pub struct Shared {
    index: Mutex<Index>,
    readers: AtomicU32,
    /// A look at `order` is due.
    asked: AtomicBool,
    /// What was ordered last, and how many orders there were.
    order: Mutex<(Order, u64)>,
    changed: Condvar,
}

impl Shared {
    pub fn new(index: Index) -> Shared {
        Shared {
            index: Mutex::new(index),
            readers: AtomicU32::new(0),
            asked: AtomicBool::new(false),
            order: Mutex::new((Order::Run, 0)),
            changed: Condvar::new(),
        }
    }

    /// Tells the pass to run, pause or end; it obeys within some thousand events.
    pub fn order(&self, order: Order) {
        let mut last = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        *last = (order, last.1 + 1);
        drop(last);
        self.asked.store(true, Ordering::Release);
        self.changed.notify_all();
    }

    /// Waits out pauses; `on_pause` hears of each, one that follows at once on an order to run too: who ordered that waits for
    /// it. False: the pass is to end.
    fn obey(&self, on_pause: impl Fn()) -> bool {
        let last = || self.order.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            self.asked.store(false, Ordering::Release);
            let (order, seen) = *last();
            if order != Order::Pause {
                return order == Order::Run;
            }
            // Not under the lock: who goes on holds one that this takes.
            on_pause();
            let mut now = last();
            while now.1 == seen {
                now = self.changed.wait(now).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }

    pub fn into_inner(self) -> Index {
        self.index.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// The index for the pass itself.
    fn lock(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The index for a short look. Cost: while it is built, up to the time of some thousand events.
    pub fn read(&self) -> MutexGuard<'_, Index> {
        self.readers.fetch_add(1, Ordering::AcqRel);
        let guard = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        self.readers.fetch_sub(1, Ordering::AcqRel);
        guard
    }
}

/// What the pass tells while it goes on.
pub struct Progress {
    pub done_bytes: u64,
    pub total_bytes: u64,
    pub generation: u32,
    pub generations: u32,
    pub indexed_to_nanos: i64,
    pub duration_nanos: i64,
    pub events: u64,
    pub procs: Vec<i64>,
}

/// The number of generations and the length of the trace, by batch headers alone: an estimate for progress.
pub struct Outline {
    pub generations: u32,
    pub duration_nanos: i64,
    /// Bytes of this trace in the file.
    pub end: u64,
}

/// Cost: O(batches).
pub fn outline(source: &Source, start: u64) -> Result<Outline> {
    let whole = outline_until(source, start, &AtomicBool::new(false))?;
    Ok(whole.unwrap_or(Outline { generations: 0, duration_nanos: 0, end: start }))
}

/// Ok(None): it was told to end.
fn outline_until(source: &Source, start: u64, over: &AtomicBool) -> Result<Option<Outline>> {
    let bytes = source.bytes();
    let head = header::read(&bytes[start as usize..])?;
    let mut pos = start + header::HEADER_LEN as u64;
    let mut out = Outline { generations: 0, duration_nanos: 0, end: pos };
    if head.format == Format::V1 {
        // Neither lengths nor a clock before the end: the file itself is the estimate.
        return Ok(Some(Outline { generations: 1, duration_nanos: 0, end: bytes.len() as u64 }));
    }
    let (mut first, mut last, mut scale) = (u64::MAX, 0, 0.0);
    while let Some(g) = scan::generation_at(bytes, head, pos) {
        if over.load(Ordering::Relaxed) {
            return Ok(None);
        }
        out.end = g.end;
        if g.batches.is_empty() {
            break;
        }
        out.generations += 1;
        first = first.min(g.min_ts());
        last = g.batches.iter().map(|b| b.ts).max().unwrap_or(0).max(last);
        if scale == 0.0 {
            scale = tracewell_wire::Tables::clock_only(bytes, head, &g).map_or(64.0, |t| t.nanos_per_tick());
        }
        // A map counts all that was touched; whoever reads there now finds it again in the page cache.
        source.drop_behind(pos as usize, g.end as usize);
        pos = g.end;
        if g.ended_by != scan::End::Closed {
            break;
        }
    }
    out.duration_nanos = (last.saturating_sub(first) as f64 * scale) as i64;
    Ok(Some(out))
}

/// How a pass is made. What comes out is the same whatever it says.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Generations read side by side; 0: all in sequence.
    pub threads: usize,
    /// Events of a part of a long generation, which is decoded by itself; 0: generations are decoded whole.
    pub part_events: u64,
}

/// A part is decoded in some milliseconds.
const PART_EVENTS: u64 = 1 << 14;

impl Default for Plan {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, |n| n.get());
        Plan { threads: cores.min(MAX_THREADS), part_events: PART_EVENTS }
    }
}

/// Indexes the trace whose header is at `start`. Errors: when nothing can be shown. Ok(false): ended before its end.
/// `folder`: where a file without a name may be for what is too much for memory; `progress` is called after each generation and
/// some times a second within a large one, `on_pause` when a pause begins.
/// Cost: one pass over `plan.threads` cores; memory by processors, segments and living goroutines, and what is kept of
/// `threads + 1` generations.
pub fn build(
    source: &Source,
    start: u64,
    shared: &Shared,
    plan: Plan,
    folder: Option<&Path>,
    progress: &mut dyn FnMut(Progress),
    on_pause: &dyn Fn(),
) -> Result<bool> {
    let bytes = source.bytes();
    let mut reader = Reader::new(bytes, start)?;
    let mut guard = shared.read();
    *guard = Index::with(reader.header(), folder);
    let expected = estimate(bytes, reader.header(), reader.pos());
    guard.generations_expected = expected.generations;
    guard.duration_expected = expected.duration_nanos;
    let head_end = start + header::HEADER_LEN as u64;
    let mut pass = Pass {
        source,
        start,
        shared,
        plan,
        guard: Some(guard),
        machine: Machine::default(),
        values: CounterState::default(),
        symbols: Symbols::default(),
        progress,
        on_pause,
        stopped: false,
        began: false,
        dropped_to: head_end,
        carry: Carry::default(),
        unsettled: 0,
        undropped: 0,
        told: std::time::Instant::now(),
        total: expected.end,
        read_to: head_end,
    };
    pass.tell();
    let over = AtomicBool::new(false);
    let read = std::thread::scope(|scope| {
        let _over = OnDrop(&over);
        scope.spawn(|| outline_beside(source, start, shared, &over));
        let read = pass.read(&mut reader);
        // The outline may wait for the index, and the scope waits for the outline.
        pass.guard = None;
        read
    });
    let mut guard = pass.guard.take().unwrap_or_else(|| shared.read());
    if let Err(e) = read {
        guard.damage = Some(e.clone());
        guard.status = Status::Done;
        return Err(e);
    }
    let end = guard.end_nanos;
    let mut lanes = IndexLanes { index: &mut guard, values: &mut pass.values, segment_from: i64::MAX };
    pass.machine.finish(end, &mut lanes);
    lanes.settle_all(end);
    guard.settled_to = end;
    guard.zero_nanos = reader.carry().zero.unwrap_or(0);
    guard.damage = reader.damage().cloned();
    guard.next_trace = reader.next_trace();
    guard.read_to = reader.pos();
    guard.generations = reader.carry().syncs.saturating_sub(1);
    // Behind the last whole generation there may be a part of one: decoding meets the damage as this pass did.
    let damaged = guard.damage.is_some();
    if let Some(s) = guard.segments.last_mut() {
        s.end = if damaged { source.bytes().len() as u64 } else { reader.pos() }.max(s.start);
        s.to_nanos = end;
        s.whole = true;
    }
    guard.status = if pass.stopped { Status::Cancelled } else { Status::Done };
    Ok(!pass.stopped)
}

/// Sets a flag when the pass is over, however it ends.
struct OnDrop<'a>(&'a AtomicBool);

impl Drop for OnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Walks the batch headers while the pass already reads: on a cold file that takes seconds.
fn outline_beside(source: &Source, start: u64, shared: &Shared, over: &AtomicBool) {
    if let Ok(Some(outline)) = outline_until(source, start, over) {
        let mut index = shared.read();
        if index.status != Status::Done {
            index.generations_expected = outline.generations;
            index.duration_expected = outline.duration_nanos;
        }
    }
}

/// A first guess by the first generation: it is as long, for its bytes, as all.
fn estimate(bytes: &[u8], head: header::Header, pos: u64) -> Outline {
    let all = Outline { generations: 1, duration_nanos: 0, end: bytes.len() as u64 };
    if head.format == Format::V1 {
        return all;
    }
    let Some(g) = scan::generation_at(bytes, head, pos) else { return all };
    let scale = tracewell_wire::Tables::clock_only(bytes, head, &g).map_or(64.0, |t| t.nanos_per_tick());
    let last = g.batches.iter().map(|b| b.ts).max().unwrap_or(0);
    let nanos = last.saturating_sub(g.min_ts()) as f64 * scale;
    let parts = (bytes.len() as u64 - pos) as f64 / (g.end - pos).max(1) as f64;
    Outline {
        generations: parts.ceil() as u32,
        duration_nanos: (nanos * parts) as i64,
        end: bytes.len() as u64,
    }
}

fn segment(start: u64, from_nanos: i64, carry: Carry, machine: Machine) -> Segment {
    Segment {
        start,
        end: start,
        from_nanos,
        to_nanos: from_nanos,
        carry,
        resume: None,
        machine,
        whole: false,
        record: None,
        parts: Arc::default(),
    }
}

/// A part that begins behind the event at `at`.
fn part_start(at: i64, place: usize, machine: &Machine) -> PartStart {
    PartStart { from_nanos: at + 1, place: place as u32, machine: machine_bytes(machine) }
}

type CounterState = [(i64, Option<i64>); crate::counters::SERIES];

struct Pass<'s, 'p> {
    source: &'s Source,
    start: u64,
    shared: &'s Shared,
    plan: Plan,
    guard: Option<MutexGuard<'s, Index>>,
    machine: Machine,
    values: CounterState,
    /// The texts that the ordering thread knew when it sent the chunk that is looked at.
    symbols: Symbols,
    progress: &'p mut dyn FnMut(Progress),
    on_pause: &'p dyn Fn(),
    stopped: bool,
    /// The states of the first moment are known.
    began: bool,
    dropped_to: u64,
    /// Times and counts behind the last border.
    carry: Carry,
    /// Events since the last look at what is settled, and since pages of the file were let go.
    unsettled: usize,
    undropped: usize,
    told: std::time::Instant,
    total: u64,
    read_to: u64,
}

impl<'s> Fold for Pass<'s, '_> {
    type Part = Part<'s>;

    fn part(&mut self, generation: &Generation, begun: &Carry, ends: &Carry) -> Option<Part<'s>> {
        let len = generation.end - generation.start;
        let only = begun.generations == 0 && generation.end == self.source.bytes().len() as u64;
        if len > MAX_ALONE_BYTES || (only && len > MAX_ONLY_BYTES) {
            return None;
        }
        let index = self.guard.get_or_insert_with(|| self.shared.lock());
        // Once this generation is there, the index keeps no finer buckets than those that reach to its end.
        let to = ends.last.saturating_sub(ends.zero.unwrap_or(ends.last));
        let level = index.level_at(to);
        // Who asks waits for the first generation, for there is nothing before; then for none that is read.
        if self.began {
            self.guard = None;
        }
        // It was looked at from end to end, and may have to wait until it is read.
        self.source.drop_behind(generation.start as usize, generation.end as usize);
        Some(Part::new((self.source, generation), level, begun.generations == 0, self.plan.part_events))
    }

    fn feed(part: &mut Part<'s>, job: &Job<'_>) -> Option<Alone> {
        // The last one would leave all other cores idle.
        if job.is_last() { part.read_by_two(job) } else { job.order(part) }
    }

    fn fits(&mut self, part: &Part<'s>) -> bool {
        let rows = part.lanes.rows.len() + part.lanes.heads.len();
        let room = self.guard.get_or_insert_with(|| self.shared.lock()).has_room(rows);
        let first = part.machine.felt.as_ref().is_some_and(|f| f.first);
        room && if first { !self.began } else { self.machine.agrees(&part.machine) }
    }

    fn step(&mut self, step: Step<'_, '_, Part<'s>>) -> Result<Option<Flow>> {
        self.guard.get_or_insert_with(|| self.shared.lock());
        let outcome = match step {
            Step::Alone { reader, sink, symbols } => {
                self.join(reader, sink, &symbols);
                let going = if self.look_up() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) };
                Ok(Some(going))
            }
            Step::InSequence(reader) => self.in_sequence(reader),
        };
        // While the next one is waited for, the index is for those who ask.
        self.guard = None;
        outcome
    }
}

impl Pass<'_, '_> {
    fn read(&mut self, reader: &mut Reader<'_>) -> Result<bool> {
        let outcome = if self.plan.threads > 0 {
            parallel::run(reader, self.plan.threads, self)
        } else {
            loop {
                match self.in_sequence(reader) {
                    Ok(Some(ControlFlow::Continue(()))) => {}
                    other => break other,
                }
            }
        };
        let mut last = Last { pass: self };
        reader.close(outcome, &mut last)
    }

    /// Reads the next generation with one thread that orders and this one that indexes.
    fn in_sequence(&mut self, reader: &mut Reader<'_>) -> Result<Option<Flow>> {
        if !self.began {
            let initial = initial_states(self.source.bytes(), self.start)?;
            self.begin(&initial);
        }
        let from = self.symbols.len();
        let outcome = pipe::run(reader, from, self.plan.part_events, |chunk| self.take(chunk));
        if self.stopped { Ok(Some(ControlFlow::Break(()))) } else { outcome }
    }

    /// The trace's first moment.
    fn begin(&mut self, initial: &crate::machine::Initial) {
        self.began = true;
        let index = self.guard.get_or_insert_with(|| self.shared.lock());
        let mut lanes = IndexLanes { index, values: &mut self.values, segment_from: 0 };
        self.machine = Machine::with_initial(initial, &mut lanes);
        let first = segment(self.read_to, 0, Carry::default(), self.machine.clone());
        index.segments.push(first);
    }

    /// Joins a generation that was read alone to those before.
    fn join(&mut self, reader: &Reader<'_>, part: Part<'_>, symbols: &[Sym]) {
        if !self.began {
            self.begin(&part.initial);
        }
        if part.long {
            self.begin_long();
        }
        let Some(index) = self.guard.as_deref_mut() else { return };
        for text in reader.symbols().since(self.symbols.len()) {
            self.symbols.intern(text);
            index.symbols.intern(text);
        }
        let carry = *reader.carry();
        let end = carry.last - carry.zero.unwrap_or(0);
        let map = |s: Sym| symbols.get(s.0 as usize).copied().unwrap_or_default();
        let segment_from = index.segments.last().map_or(0, |s| s.from_nanos);
        index.reserve(end);
        let joined = part.machine.joined(&self.machine, map);
        let mut lanes = IndexLanes { index, values: &mut self.values, segment_from };
        let cuts: Vec<i64> = part.marks.iter().map(|m| m.1 + 1).collect();
        lanes.join(part.lanes, &part.machine, &self.machine, &cuts, map);
        if let Some(open) = index.segments.last_mut() {
            let starts = part.marks.into_iter().enumerate().map(|(place, (mark, at))| {
                part_start(at, place, &part.machine.joined_at(mark, &self.machine, map))
            });
            Arc::make_mut(&mut open.parts).extend(starts);
            open.record = part.record.map(|mut record| {
                record.map(map);
                Arc::new(record)
            });
        }
        self.machine = joined;
        index.facts.merge(&part.facts);
        index.joined += 1;
        for (g, name, created) in part.names {
            if created || index.names.get(g) == Sym::EMPTY {
                index.names.set(g, map(name));
            }
        }
        index.end_nanos = end;
        self.settle(end);
        let (start, number) = (self.read_to, 0);
        let summary = GenerationSummary { start, end: reader.pos(), number, from_nanos: 0, to_nanos: end };
        self.cut(Border { summary, carry, resume: None, ends_generation: true });
    }

    /// Indexes a chunk. False: the pass is to end.
    fn take(&mut self, chunk: &mut Chunk) -> bool {
        if chunk.begins_long {
            self.begin_long();
        }
        let Some(index) = self.guard.as_deref_mut() else { return false };
        for text in &chunk.texts {
            self.symbols.intern(text);
            index.symbols.intern(text);
        }
        let segment_from = index.segments.last().map_or(0, |s| s.part_from());
        for (e, name) in &chunk.events {
            index.reserve(e.time);
            index.facts.add(e);
            if *name != Sym::EMPTY {
                name_goroutine(index, e, *name);
            }
            let mut lanes = IndexLanes { index, values: &mut self.values, segment_from };
            self.machine.event(e, &self.symbols, &mut lanes);
        }
        if let Some((e, _)) = chunk.events.last() {
            index.end_nanos = e.time;
        }
        self.undropped += chunk.events.len();
        if self.undropped >= EVENTS_A_DROP {
            self.undropped = 0;
            self.source.drop_behind(self.dropped_to as usize, self.source.bytes().len());
        }
        // Parts of a trace may be as small as some bytes: then not after each of them.
        self.unsettled += chunk.events.len();
        if self.unsettled >= self.machine.size() {
            self.unsettled = 0;
            let end = index.end_nanos;
            self.settle(end);
        }
        let Some(index) = self.guard.as_deref_mut() else { return false };
        if let (true, Some(open)) = (chunk.ends_part, index.segments.last_mut()) {
            let start = part_start(index.end_nanos, open.parts.len(), &self.machine);
            Arc::make_mut(&mut open.parts).push(start);
        }
        if let (Some(record), Some(open)) = (chunk.record.take(), index.segments.last_mut()) {
            open.record = Some(Arc::new(record));
        }
        if let Some(border) = chunk.border.take() {
            self.cut(border);
        }
        self.look_up()
    }

    /// Says up to where what was read will not change any more. A counter that keeps its value for long is known as far as
    /// the others: else its stretch would stand as not known in what is told as complete.
    fn settle(&mut self, end: i64) {
        let Some(index) = self.guard.as_deref_mut() else { return };
        IndexLanes { index, values: &mut self.values, segment_from: i64::MAX }.settle_all(end);
        index.settled_to = self.machine.settled(end);
    }

    /// A long generation is a segment by itself: what was read before it ends here.
    fn begin_long(&mut self) {
        let Some(index) = self.guard.as_deref_mut() else { return };
        let Some(open) = index.segments.last_mut().filter(|s| s.start != self.read_to) else { return };
        open.whole = true;
        let next = segment(self.read_to, open.to_nanos + 1, self.carry, self.machine.seed());
        index.segments.push(next);
    }

    /// Lets readers have the index, tells progress, and says whether to go on.
    fn look_up(&mut self) -> bool {
        if self.shared.asked.load(Ordering::Acquire) {
            if let Some(g) = self.guard.as_mut() {
                g.status = Status::Cancelled;
            }
            self.guard = None;
            let go_on = self.shared.obey(self.on_pause);
            let mut guard = self.shared.index.lock().unwrap_or_else(PoisonError::into_inner);
            guard.status = Status::Indexing;
            self.guard = Some(guard);
            if !go_on {
                self.stopped = true;
                return false;
            }
        }
        if self.shared.readers.load(Ordering::Acquire) > 0 {
            self.guard = None;
            // Someone waits: the lock is theirs first.
            for _ in 0..200 {
                if self.shared.readers.load(Ordering::Acquire) == 0 {
                    break;
                }
                std::thread::sleep(Duration::from_micros(20));
            }
            self.guard = Some(self.shared.index.lock().unwrap_or_else(PoisonError::into_inner));
        }
        if self.told.elapsed() > Duration::from_millis(60) {
            self.tell();
        }
        true
    }

    /// A place where decoding can begin again: the open segment ends here when it is large enough.
    fn cut(&mut self, border: Border) {
        let Border { summary: s, carry, resume, ends_generation } = border;
        self.read_to = s.end;
        self.carry = carry;
        let Some(index) = self.guard.as_deref_mut() else { return };
        index.generations += u32::from(ends_generation);
        index.zero_nanos = carry.zero.unwrap_or(0);
        index.read_to = s.end;
        if let Some(open) = index.segments.last_mut() {
            open.end = s.end;
            open.to_nanos = s.to_nanos;
            // A border keeps a copy of the machine, which must be small beside the bytes that it is for.
            let least = SEGMENT_BYTES.max(BYTES_A_THING * self.machine.size() as u64);
            if s.end - open.start >= least || !open.parts.is_empty() {
                open.whole = true;
                // What the next segment is decoded from; its first event is later, a Sync where a generation begins.
                let next = segment(s.end, s.to_nanos + 1, carry, self.machine.seed());
                index.segments.push(Segment { resume, ..next });
            }
        }
        self.source.drop_behind(self.dropped_to as usize, s.end as usize);
        self.dropped_to = s.end;
    }

    fn tell(&mut self) {
        self.told = std::time::Instant::now();
        let Some(g) = &self.guard else { return };
        let p = Progress {
            done_bytes: self.read_to,
            total_bytes: self.total,
            generation: g.generations,
            generations: g.generations_expected.max(g.generations),
            indexed_to_nanos: g.end_nanos,
            duration_nanos: g.duration_expected.max(g.end_nanos),
            events: g.facts.events(),
            procs: g.facts.sorted_procs(),
        };
        (self.progress)(p);
    }
}

/// A goroutine is called after the bottom function of the first stack of its own that is seen.
fn name_goroutine(index: &mut Index, e: &Event, name: Sym) {
    if let Kind::GoTransition { g, from, .. } = e.kind
        && (from == GoState::NotExist || index.names.get(g) == Sym::EMPTY)
    {
        index.names.set(g, name);
    }
}

/// Puts what the machine finds where the index keeps it.
struct IndexLanes<'i> {
    index: &'i mut Index,
    values: &'i mut CounterState,
    /// Begin of the segment that is read: spans that began before it cross a border.
    segment_from: i64,
}

impl IndexLanes<'_> {
    fn settle(&mut self, series: usize, t: i64) {
        let (since, value) = self.values[series];
        if let Some(v) = value
            && t > since
        {
            self.index.counters[series].add(since, t, |b, n, _| b.add(v, n));
        }
        self.values[series].0 = t;
    }

    fn settle_all(&mut self, t: i64) {
        for s in 0..self.values.len() {
            self.settle(s, t);
        }
    }
}

impl IndexLanes<'_> {
    /// Puts a generation that was read alone behind what is there. `was` is the machine at its begin.
    /// `cuts`: where its parts behind the first begin.
    fn join(
        &mut self,
        part: PartLanes,
        alone: &Machine,
        was: &Machine,
        cuts: &[i64],
        map: impl Fn(Sym) -> Sym,
    ) {
        let begun = |track: Track, state: SpanState, g: i64, name| alone.begun(was, track, state, g, name);
        for h in &part.heads {
            let g = if let Track::Proc(p, _) = h.track { was.holder(p) } else { -1 };
            let (start, _) = match h.track {
                Track::Proc(p, 1) => (alone.inner_since(was, p), false),
                _ => begun(h.track, h.state, g, None),
            };
            let first = match h.track {
                Track::Proc(p, 1) => was.inner_first(p).unwrap_or(h.first),
                _ => h.first,
            };
            self.segment(h.track, start, h.end, was.head_state(h.track, h.state), first);
        }
        // A row that is new may cost all of them their finest level.
        let tracks: Vec<Track> = part.rows.iter().map(|(_, row)| row.0).collect();
        for track in tracks {
            self.index.row_mut(track);
        }
        let level = self.index.base();
        for (track, row) in part.rows.into_values() {
            if let Some(lane) = self.index.row_mut(track) {
                row.each(level, |i, b| lane.put(i, b));
            }
        }
        self.index.gc_cycles += part.gc_cycles;
        self.index.stws += part.stws;
        self.index.proc_nanos += part.proc_nanos;
        let mut spans: Vec<(Track, Vec<Span>)> = part.spans.into_iter().collect();
        spans.sort_unstable_by_key(|(track, _)| *track);
        for (track, spans) in spans {
            for s in &spans {
                self.join_span(track, s, &begun, was, cuts, &map);
            }
        }
        self.join_counters(part.dense, &part.steps, alone, was);
    }

    fn join_span(
        &mut self,
        track: Track,
        s: &Span,
        begun: &impl Fn(Track, SpanState, i64, Option<RangeName>) -> (i64, bool),
        was: &Machine,
        cuts: &[i64],
        map: &impl Fn(Sym) -> Sym,
    ) {
        let mut s = *s;
        let assist = s.state == SpanState::Assist;
        if s.start == BEFORE {
            let (start, before) = begun(track, s.state, s.g, s.name);
            s.start = start;
            s.began_before = before;
            s.state = was.head_state(track, s.state);
            if let (SpanState::Sweep, Some(g)) = (s.state, was.sweeper(track)) {
                s.g = g;
            }
            if matches!(track, Track::Proc(_, 0)) {
                self.index.proc_nanos += i128::from(s.nanos());
            }
        } else if let (true, true, Some(name)) = (s.began_before, assist, s.name) {
            s.began_before = was.range_before(s.g, name).is_none_or(|r| r.before);
        }
        let cut = cuts.partition_point(|c| *c <= s.end);
        let over_cut = cut.checked_sub(1).and_then(|i| cuts.get(i)).is_some_and(|c| s.start < *c);
        let crossing = s.start < self.segment_from || over_cut;
        if crossing || s.nanos() >= self.index.long_nanos() {
            self.index.long.entry(track).or_default().push(brief(&s, s.start, crossing, map));
        }
    }

    fn join_counters(
        &mut self,
        dense: [Dense; SERIES],
        steps: &[Vec<(i64, Option<i64>)>; SERIES],
        alone: &Machine,
        was: &Machine,
    ) {
        let level = self.index.base();
        for (series, dense) in Series::ALL.into_iter().zip(dense) {
            let i = series as usize;
            if let Some(mut d) = dense.end() {
                let base = self.values[i].1.unwrap_or(0);
                self.settle(i, d.first);
                d.sums.coarsen(level);
                for (at, b) in &d.sums.buckets {
                    self.index.counters[i].put(*at, &b.above(base));
                }
                self.values[i] = (d.last.0, Some(base + d.last.1));
                match series {
                    Series::Running => self.index.max_running = self.index.max_running.max(base + d.max),
                    Series::Runnable => self.index.max_runnable = self.index.max_runnable.max(base + d.max),
                    _ => {}
                }
            }
            let steps = &steps[i];
            match series {
                Series::WaitingGc => self.replay(series, steps, alone.leaves_of(was)),
                Series::GcWorkers => self.replay(series, steps, alone.marks_of(was)),
                _ => steps.iter().for_each(|(t, v)| self.counter(series, *t, *v)),
            }
        }
    }

    /// Steps above what there was at the begin, less one from each of `less` on.
    fn replay(&mut self, series: Series, steps: &[(i64, Option<i64>)], less: Vec<i64>) {
        let mut base = self.values[series as usize].1.unwrap_or(0);
        let (mut above, mut less) = (0, less.into_iter().peekable());
        for (t, v) in steps {
            while let Some(at) = less.next_if(|at| at <= t) {
                base -= 1;
                self.counter(series, at, Some(base + above));
            }
            above = v.unwrap_or(0);
            self.counter(series, *t, Some(base + above));
        }
        for at in less {
            base -= 1;
            self.counter(series, at, Some(base + above));
        }
    }
}

/// The Sync behind the last generation.
struct Last<'l, 's, 'p> {
    pass: &'l mut Pass<'s, 'p>,
}

impl Sink for Last<'_, '_, '_> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.pass.guard.get_or_insert_with(|| self.pass.shared.lock());
        let texts = stage.symbols.since(self.pass.symbols.len()).to_vec();
        let mut chunk = Chunk { events: vec![(*e, Sym::EMPTY)], texts, ..Chunk::default() };
        self.pass.take(&mut chunk);
        ControlFlow::Continue(())
    }
}

impl Lanes for IndexLanes<'_> {
    #[inline]
    fn span(&mut self, s: &Span) {
        if !s.is_shown() {
            return;
        }
        match s.track {
            Track::Gc => self.index.gc_cycles += 1,
            Track::Stw => self.index.stws += 1,
            Track::Proc(_, 0) => self.index.proc_nanos += i128::from(s.nanos()),
            Track::Proc(..) => {}
        }
        let crossing = s.start < self.segment_from || self.segment_from == i64::MAX;
        if crossing || s.nanos() >= self.index.long_nanos() {
            self.index.long.entry(s.track).or_default().push(BriefSpan::of(s, crossing));
        }
    }

    #[inline]
    fn segment(&mut self, track: Track, start: i64, end: i64, state: SpanState, first: bool) {
        if let Some(row) = self.index.row_mut(track) {
            row.add(start, end, |b, n, at_start| b.add(state, n, first && at_start));
        }
    }

    #[inline]
    fn counter(&mut self, series: Series, time: i64, value: Option<i64>) {
        self.settle(series as usize, time);
        self.values[series as usize].1 = value;
        let (index, v) = (&mut *self.index, value.unwrap_or(0));
        match series {
            Series::Running => index.max_running = index.max_running.max(v),
            Series::Runnable => index.max_runnable = index.max_runnable.max(v),
            Series::HeapAllocated => index.max_heap = index.max_heap.max(value),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_right_behind_an_order_to_run_is_heard_of() {
        let mut trace = b"go 1.26 trace".to_vec();
        trace.resize(header::HEADER_LEN, 0);
        let shared = Shared::new(Index::new(header::read(&trace).unwrap()));
        let (tell, pauses) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let shared = &shared;
            shared.order(Order::Pause);
            scope.spawn(move || while shared.obey(|| tell.send(()).unwrap()) {});
            let heard = || pauses.recv_timeout(std::time::Duration::from_secs(20)).is_ok();
            let all = heard()
                && (0..1000).all(|_| {
                    shared.order(Order::Run);
                    shared.order(Order::Pause);
                    heard()
                });
            shared.order(Order::End);
            assert!(all);
        });
    }

    #[test]
    fn nobody_waits_for_a_generation_that_is_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/traces");
        let source =
            Source::open(std::path::Path::new(folder).join("go1.26-pprofsrv5.trace").as_path()).unwrap();
        let head = header::read(source.bytes()).unwrap();
        let generation = scan::generation_at(source.bytes(), head, header::HEADER_LEN as u64).unwrap();
        let shared = Shared::new(Index::new(head));
        let mut pass = Pass {
            source: &source,
            start: 0,
            shared: &shared,
            plan: Plan::default(),
            guard: None,
            machine: Machine::default(),
            values: CounterState::default(),
            symbols: Symbols::default(),
            progress: &mut |_| {},
            on_pause: &|| {},
            stopped: false,
            began: false,
            dropped_to: 0,
            carry: Carry::default(),
            unsettled: 0,
            undropped: 0,
            told: std::time::Instant::now(),
            total: 0,
            read_to: 0,
        };
        for (began, is_free) in [(false, false), (true, true)] {
            pass.began = began;
            assert!(pass.part(&generation, &Carry::default(), &Carry::default()).is_some());
            assert_eq!(shared.index.try_lock().is_ok(), is_free);
        }
    }
}
