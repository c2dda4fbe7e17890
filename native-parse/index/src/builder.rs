//! The pass that fills an index while others look at it.
//!
//! The index is behind a lock that the pass holds; readers announce themselves and get it within some thousand events.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustc_hash::FxHashMap;
use tracewell_order::{
    Carry, Event, Flow, GenerationSummary, GoState, Kind, Reader, Resume, Sink, Stage, Sym,
};
use tracewell_source::{Result, Source};
use tracewell_wire::{Format, Generation, header, scan};

use crate::counters::Series;
use crate::index::{BriefSpan, Index, SEGMENT_BYTES, Segment, Status};
use crate::initial::initial_states;
use crate::machine::{Lanes, Machine};
use crate::span::{Span, SpanState, Track};

/// Between two looks at who waits for the lock and whether to stop.
const EVENTS_BETWEEN_LOOKS: u32 = 8192;

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
    order: Mutex<Order>,
    changed: Condvar,
}

impl Shared {
    pub fn new(index: Index) -> Shared {
        Shared {
            index: Mutex::new(index),
            readers: AtomicU32::new(0),
            asked: AtomicBool::new(false),
            order: Mutex::new(Order::Run),
            changed: Condvar::new(),
        }
    }

    /// Tells the pass to run, pause or end; it obeys within some thousand events.
    pub fn order(&self, order: Order) {
        *self.order.lock().unwrap_or_else(PoisonError::into_inner) = order;
        self.asked.store(true, Ordering::Release);
        self.changed.notify_all();
    }

    /// Waits out a pause. False: the pass is to end.
    fn obey(&self, on_pause: impl FnOnce()) -> bool {
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        self.asked.store(false, Ordering::Release);
        if *order == Order::Pause {
            on_pause();
            while *order == Order::Pause {
                order = self.changed.wait(order).unwrap_or_else(PoisonError::into_inner);
            }
        }
        *order == Order::Run
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
    let bytes = source.bytes();
    let head = header::read(&bytes[start as usize..])?;
    let mut pos = start + header::HEADER_LEN as u64;
    let mut out = Outline { generations: 0, duration_nanos: 0, end: pos };
    if head.format == Format::V1 {
        // Neither lengths nor a clock before the end: the file itself is the estimate.
        return Ok(Outline { generations: 1, duration_nanos: 0, end: bytes.len() as u64 });
    }
    let (mut first, mut last, mut scale) = (u64::MAX, 0, 0.0);
    while let Some(g) = scan::generation_at(bytes, head, pos) {
        out.end = g.end;
        if g.batches.is_empty() {
            break;
        }
        out.generations += 1;
        first = first.min(g.min_ts());
        last = g.batches.iter().map(|b| b.ts).max().unwrap_or(0).max(last);
        if scale == 0.0 {
            scale = tracewell_wire::Tables::load(bytes, head, &g).map_or(64.0, |t| t.nanos_per_tick);
        }
        source.drop_behind(pos as usize, g.end as usize);
        pos = g.end;
        if g.ended_by != scan::End::Closed {
            break;
        }
    }
    out.duration_nanos = (last.saturating_sub(first) as f64 * scale) as i64;
    Ok(out)
}

/// Indexes the trace whose header is at `start`. Errors: when nothing can be shown. Ok(false): ended before its end.
/// `progress` is called after each generation and some times a second within one, `on_pause` when a pause begins.
/// Cost: one pass; memory by processors, segments and living goroutines.
pub fn build(
    source: &Source,
    start: u64,
    shared: &Shared,
    progress: &mut dyn FnMut(Progress),
    on_pause: &dyn Fn(),
) -> Result<bool> {
    let bytes = source.bytes();
    let outline = outline(source, start)?;
    let initial = initial_states(bytes, start)?;
    let mut reader = Reader::new(bytes, start)?;
    let mut guard = shared.read();
    *guard = Index::new(reader.header());
    guard.generations_expected = outline.generations;
    guard.duration_expected = outline.duration_nanos;
    let mut lanes = IndexLanes { index: &mut guard, values: Default::default(), segment_from: 0 };
    let machine = Machine::with_initial(&initial, &mut lanes);
    let values = lanes.values;
    let head_end = start + header::HEADER_LEN as u64;
    guard.segments.push(segment(head_end, 0, Carry::default(), machine.clone()));
    let mut pass = Pass {
        source,
        shared,
        guard: Some(guard),
        machine,
        values,
        fresh: FxHashMap::default(),
        left: EVENTS_BETWEEN_LOOKS,
        progress,
        on_pause,
        stopped: false,
        dropped_to: head_end,
        told: std::time::Instant::now(),
        total: outline.end,
        read_to: head_end,
    };
    let read = reader.run(&mut pass);
    let mut guard = pass.guard.take().unwrap_or_else(|| shared.read());
    let stopped = pass.stopped;
    if let Err(e) = read {
        guard.damage = Some(e.clone());
        guard.status = Status::Done;
        return Err(e);
    }
    let end = guard.end_nanos;
    let mut lanes = IndexLanes { index: &mut guard, values: pass.values, segment_from: i64::MAX };
    pass.machine.finish(end, &mut lanes);
    lanes.settle_all(end);
    guard.symbols.clone_from(reader.symbols());
    guard.settled_to = end;
    guard.damage = reader.damage().cloned();
    guard.next_trace = reader.next_trace();
    guard.read_to = reader.pos();
    guard.generations = reader.carry().syncs.saturating_sub(1);
    if let Some(s) = guard.segments.last_mut() {
        s.end = reader.pos().max(s.start);
        s.to_nanos = end;
        s.whole = true;
    }
    guard.status = if stopped { Status::Cancelled } else { Status::Done };
    Ok(!stopped)
}

fn segment(start: u64, from_nanos: i64, carry: Carry, machine: Machine) -> Segment {
    let resume = None;
    Segment { start, end: start, from_nanos, to_nanos: from_nanos, carry, resume, machine, whole: false }
}

type CounterState = [(i64, Option<i64>); crate::counters::SERIES];

struct Pass<'s, 'p> {
    source: &'s Source,
    shared: &'s Shared,
    guard: Option<MutexGuard<'s, Index>>,
    machine: Machine,
    values: CounterState,
    /// Names of stacks of this generation that were already looked up: bottom function.
    fresh: FxHashMap<u64, Sym>,
    left: u32,
    progress: &'p mut dyn FnMut(Progress),
    on_pause: &'p dyn Fn(),
    stopped: bool,
    dropped_to: u64,
    told: std::time::Instant,
    total: u64,
    read_to: u64,
}

impl Pass<'_, '_> {
    /// Lets readers have the index, tells progress, and says whether to stop.
    #[cold]
    fn look_up(&mut self, symbols: &tracewell_order::Symbols) -> bool {
        self.left = EVENTS_BETWEEN_LOOKS;
        if let Some(g) = self.guard.as_mut() {
            mirror(g, symbols);
            g.settled_to = self.machine.settled(g.end_nanos);
        }
        if self.shared.asked.load(Ordering::Acquire) {
            if let Some(g) = self.guard.as_mut() {
                g.status = Status::Cancelled;
            }
            self.guard = None;
            let go_on = self.shared.obey(|| (self.on_pause)());
            let mut guard = self.shared.index.lock().unwrap_or_else(PoisonError::into_inner);
            guard.status = Status::Indexing;
            self.guard = Some(guard);
            if !go_on {
                self.stopped = true;
                return true;
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
        false
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

/// New texts of the reader become known to those who look at the index.
fn mirror(index: &mut Index, symbols: &tracewell_order::Symbols) {
    for t in symbols.since(index.symbols.len()) {
        index.symbols.intern(t);
    }
}

impl Sink for Pass<'_, '_> {
    fn begin_generation(&mut self, _g: &Generation, stage: &mut Stage<'_>) {
        self.fresh.clear();
        if let Some(g) = self.guard.as_mut() {
            mirror(g, stage.symbols);
        }
    }

    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.left -= 1;
        if self.left == 0 && self.look_up(stage.symbols) {
            return ControlFlow::Break(());
        }
        let Some(index) = self.guard.as_deref_mut() else { return ControlFlow::Break(()) };
        index.reserve(e.time);
        index.end_nanos = e.time;
        index.facts.add(e);
        if let Kind::GoTransition { g, from, own_stack, .. } = e.kind
            && own_stack != 0
            && (from == GoState::NotExist || index.names.get(g) == Sym::EMPTY)
        {
            let name = *self.fresh.entry(own_stack).or_insert_with(|| bottom_function(own_stack, stage));
            if name != Sym::EMPTY {
                index.names.set(g, name);
            }
        }
        let segment_from = index.segments.last().map_or(0, |s| s.from_nanos);
        let mut lanes = IndexLanes { index, values: self.values, segment_from };
        self.machine.event(e, stage.symbols, &mut lanes);
        self.values = lanes.values;
        Flow::Continue(())
    }

    fn end_generation(&mut self, s: &GenerationSummary, carry: &Carry, stage: &mut Stage<'_>) -> Flow {
        if let Some(index) = self.guard.as_deref_mut() {
            index.generations += 1;
        }
        self.cut(s, carry, None, stage)
    }

    fn border(
        &mut self,
        s: &GenerationSummary,
        carry: &Carry,
        resume: &dyn Fn() -> Resume,
        stage: &mut Stage<'_>,
    ) -> Flow {
        self.cut(s, carry, Some(resume), stage)
    }
}

impl Pass<'_, '_> {
    /// A place where decoding can begin again: the open segment ends here when it is large enough.
    fn cut(
        &mut self,
        s: &GenerationSummary,
        carry: &Carry,
        resume: Option<&dyn Fn() -> Resume>,
        stage: &mut Stage<'_>,
    ) -> Flow {
        self.read_to = s.end;
        let Some(index) = self.guard.as_deref_mut() else { return ControlFlow::Break(()) };
        index.zero_nanos = carry.zero.unwrap_or(0);
        index.read_to = s.end;
        if let Some(open) = index.segments.last_mut() {
            open.end = s.end;
            open.to_nanos = s.to_nanos;
            if s.end - open.start >= SEGMENT_BYTES {
                open.whole = true;
                // What the next segment is decoded from; its first event is later, a Sync where a generation begins.
                let next = segment(s.end, s.to_nanos + 1, *carry, self.machine.seed());
                index.segments.push(Segment { resume: resume.map(|r| r()), ..next });
            }
        }
        index.settled_to = self.machine.settled(s.to_nanos);
        mirror(index, stage.symbols);
        self.source.drop_behind(self.dropped_to as usize, s.end as usize);
        self.dropped_to = s.end;
        self.tell();
        Flow::Continue(())
    }
}

fn bottom_function(stack: u64, stage: &mut Stage<'_>) -> Sym {
    let frames = stage.tables.stack(stage.bytes, stack);
    let name = frames.last().and_then(|f| stage.tables.string(stage.bytes, f.func)).unwrap_or_default();
    stage.symbols.intern(&String::from_utf8_lossy(name))
}

/// Puts what the machine finds where the index keeps it.
struct IndexLanes<'i> {
    index: &'i mut Index,
    values: CounterState,
    /// Begin of the segment that is read: spans that began before it cross a border.
    segment_from: i64,
}

impl IndexLanes<'_> {
    fn settle(&mut self, series: usize, t: i64) {
        let (since, value) = self.values[series];
        if let Some(v) = value
            && t > since
        {
            let v = v as f64;
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
        self.index.row(track).add(start, end, |b, n, at_start| b.add(state, n, first && at_start));
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
