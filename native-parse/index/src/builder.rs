//! The pass that fills an index while others look at it.
//!
//! Events come in order from another thread (`pipe`). The index is behind a lock that the pass holds; readers announce
//! themselves and get it within a chunk.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracewell_order::{Carry, Event, GoState, Kind, Sym, Symbols};
use tracewell_source::{Result, Source};
use tracewell_wire::{Format, header, scan};

use crate::counters::Series;
use crate::index::{BriefSpan, Index, SEGMENT_BYTES, Segment, Status};
use crate::initial::initial_states;
use crate::machine::{Lanes, Machine};
use crate::pipe::{self, Border, Chunk};
use crate::span::{Span, SpanState, Track};

/// A segment has at least so many bytes for each thing that the machine at its begin keeps.
const BYTES_A_THING: u64 = 64;

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
    let mut guard = shared.read();
    *guard = Index::new(header::read(&bytes[start as usize..])?);
    guard.generations_expected = outline.generations;
    guard.duration_expected = outline.duration_nanos;
    let mut values = CounterState::default();
    let machine = Machine::with_initial(
        &initial,
        &mut IndexLanes { index: &mut guard, values: &mut values, segment_from: 0 },
    );
    let head_end = start + header::HEADER_LEN as u64;
    guard.segments.push(segment(head_end, 0, Carry::default(), machine.clone()));
    let mut pass = Pass {
        source,
        shared,
        guard: Some(guard),
        machine,
        values,
        symbols: Symbols::default(),
        progress,
        on_pause,
        stopped: false,
        dropped_to: head_end,
        unsettled: 0,
        told: std::time::Instant::now(),
        total: outline.end,
        read_to: head_end,
    };
    pass.tell();
    let read = pipe::run(bytes, start, |chunk| pass.take(chunk));
    let mut guard = pass.guard.take().unwrap_or_else(|| shared.read());
    let rest = match read {
        Ok(rest) => rest,
        Err(e) => {
            guard.damage = Some(e.clone());
            guard.status = Status::Done;
            return Err(e);
        }
    };
    let end = guard.end_nanos;
    let mut lanes = IndexLanes { index: &mut guard, values: &mut pass.values, segment_from: i64::MAX };
    pass.machine.finish(end, &mut lanes);
    lanes.settle_all(end);
    guard.settled_to = end;
    guard.zero_nanos = rest.zero_nanos;
    guard.damage = rest.damage;
    guard.next_trace = rest.next_trace;
    guard.read_to = rest.read_to;
    guard.generations = rest.generations;
    if let Some(s) = guard.segments.last_mut() {
        s.end = rest.read_to.max(s.start);
        s.to_nanos = end;
        s.whole = true;
    }
    guard.status = if pass.stopped { Status::Cancelled } else { Status::Done };
    Ok(!pass.stopped)
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
    /// The texts that the ordering thread knew when it sent the chunk that is looked at.
    symbols: Symbols,
    progress: &'p mut dyn FnMut(Progress),
    on_pause: &'p dyn Fn(),
    stopped: bool,
    dropped_to: u64,
    /// Events since the last look at what is settled.
    unsettled: usize,
    told: std::time::Instant,
    total: u64,
    read_to: u64,
}

impl Pass<'_, '_> {
    /// Indexes a chunk. False: the pass is to end.
    fn take(&mut self, chunk: &mut Chunk) -> bool {
        let Some(index) = self.guard.as_deref_mut() else { return false };
        for text in &chunk.texts {
            self.symbols.intern(text);
            index.symbols.intern(text);
        }
        let segment_from = index.segments.last().map_or(0, |s| s.from_nanos);
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
        // Parts of a trace may be as small as some bytes: then not after each of them.
        self.unsettled += chunk.events.len();
        if self.unsettled >= self.machine.size() {
            self.unsettled = 0;
            index.settled_to = self.machine.settled(index.end_nanos);
        }
        if let Some(border) = chunk.border.take() {
            self.cut(border);
        }
        self.look_up()
    }

    /// Lets readers have the index, tells progress, and says whether to go on.
    fn look_up(&mut self) -> bool {
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
        let Some(index) = self.guard.as_deref_mut() else { return };
        index.generations += u32::from(ends_generation);
        index.zero_nanos = carry.zero.unwrap_or(0);
        index.read_to = s.end;
        if let Some(open) = index.segments.last_mut() {
            open.end = s.end;
            open.to_nanos = s.to_nanos;
            // A border keeps a copy of the machine, which must be small beside the bytes that it is for.
            let least = SEGMENT_BYTES.max(BYTES_A_THING * self.machine.size() as u64);
            if s.end - open.start >= least {
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
