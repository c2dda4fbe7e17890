//! The pass that writes the book: once for a trace, when rows are first asked for.

use std::ops::ControlFlow;
use std::path::Path;

use tracewell_order::{
    Carry, Event, Flow, GenerationSummary, Kind, Reader, Resume, Sink, Stage, Sym, SymCache, Symbols,
};
use tracewell_source::{Result, SeededMap, SeededSet, Source, TraceError};
use tracewell_wire::Generation;

use super::attendance::Attendance;
use super::book::{Book, Border, CrossRegion, Seed, Task, Thread};
use super::columns::Lives;
use super::latency::latency;
use super::machine::{Cause, GoMachine, Step, Steps, Was};
use super::regions::{OpenRegions, Region};
use super::strand::Stretch;
use super::strands::{Blobs, Gatherer};
use super::tails::{Entry, Tail, Tails};
use super::threads::{ThreadRuns, ThreadSpan};
use super::wakeups::add_wakeup;
use super::window::{WakeupSource, thread_span};
use super::within::Gathered;
use crate::alone::bottom;
use crate::index::{LONG_BUCKETS, Piece};
use crate::pipe::{self, Chunk};
use crate::pyramid::{Lane, TOP_LEVEL};
use crate::span::SpanState;

/// Finest level of lanes at the begin, and what all of them may hold.
const FIRST_BASE: u32 = 12;
const LANE_BUDGET: u64 = 12 << 20;
const CELL_BYTES: u64 = 6;
/// After so many events what was read of the file is let go: a map counts all that was touched.
const EVENTS_A_DROP: usize = 1 << 18;
/// Threads whose lanes have levels; more are drawn from windows alone.
const MAX_THREAD_LANES: usize = 512;
/// A task costs some 80 bytes.
const MAX_TASKS: usize = 1 << 20;
/// Regions that cross borders: 64 bytes each.
const MAX_CROSSING: usize = 1 << 20;

/// Where a piece lies: which it is, the first byte of its segment, its first and last time.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Bounds {
    pub piece: Piece,
    pub start: u64,
    /// Bytes of the file that it takes, about.
    pub bytes: u64,
    pub from: i64,
    pub to: i64,
}

/// What is gathered of a living goroutine within a piece.
#[derive(Clone, Copy, Default)]
struct Slot {
    life: u32,
    steps: u32,
    first: i64,
    last: i64,
    /// In 256 ns: running, runnable, system call.
    sums: [u32; 3],
    touched: bool,
    state: SpanState,
    reason: Sym,
    /// Piece in which it was born.
    born: u32,
}

struct Writer<'b> {
    book: &'b mut Book,
    slots: Vec<Slot>,
    free: Vec<u32>,
    /// Slots that did something in this piece.
    touched: Vec<u32>,
    runs: ThreadRuns,
    regions: OpenRegions,
    /// Those that began in this piece, as whoever decodes it alone sees them.
    own_regions: OpenRegions,
    within: Gathered,
    piece: u32,
    from: i64,
    /// Since when the next part of this segment is read.
    next_part: i64,
    flows: u64,
    strands: Option<Gatherer>,
    /// Up to here lanes have room.
    reach: i64,
    /// The trace ends: what is closed now goes on.
    finishing: bool,
}

/// Writes the book of a trace whose pieces are known. `strands` takes what wide tiles need; `folder`: where a file may be for
/// very many lives; `progress` gets bytes read, and says whether to go on.
/// Errors: those of `Reader`; CANCELLED. Cost: one pass, on this thread, one that orders for it
/// and one that makes strands; memory by goroutines that live at a time, and tails by what they do.
pub fn make(
    source: &Source,
    start: u64,
    pieces: &[Bounds],
    strands: Option<&mut dyn Blobs>,
    folder: Option<&Path>,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<Book> {
    // Its end is that of the strands.
    std::thread::scope(|scope| {
        let strands = strands.and_then(|out| Gatherer::begin(scope, out));
        write(source, start, pieces, strands, folder, progress)
    })
}

fn write(
    source: &Source,
    start: u64,
    pieces: &[Bounds],
    strands: Option<Gatherer>,
    folder: Option<&Path>,
    progress: &mut dyn FnMut(u64) -> bool,
) -> Result<Book> {
    let mut book =
        Book { base: FIRST_BASE, lives: Lives::new(folder), tails: Tails::new(folder), ..Book::default() };
    book.wakeups = std::array::from_fn(|_| Some(Lane::new(FIRST_BASE)));
    book.latency = Some(Lane::new(FIRST_BASE));
    let last = pieces.last().map_or(0, |s| s.to);
    let machine = GoMachine::default();
    let mut w = Writer {
        book: &mut book,
        slots: Vec::new(),
        free: Vec::new(),
        touched: Vec::new(),
        runs: ThreadRuns::default(),
        regions: OpenRegions::default(),
        own_regions: OpenRegions::default(),
        within: Gathered::of(source.bytes().len() as u64),
        piece: 0,
        from: pieces.first().map_or(0, |s| s.from),
        next_part: i64::MAX,
        flows: 0,
        strands,
        reach: 0,
        finishing: false,
    };
    w.begin(pieces, 0, &machine);
    let mut pass = Pass {
        source,
        pieces,
        progress,
        machine,
        writer: w,
        names: SymCache::default(),
        symbols: Symbols::default(),
        dropped: start,
        undropped: 0,
        stopped: false,
        over: false,
        last,
    };
    let mut reader = Reader::new(source.bytes(), start)?;
    pass.run(&mut reader)?;
    let Pass { writer: mut w, mut machine, stopped, .. } = pass;
    if stopped {
        return Err(TraceError::cancelled());
    }
    let end = w.book.end;
    w.finishing = true;
    machine.finish(end, &mut w);
    w.cut(pieces);
    // The last of them are made while the book is put in order.
    drop(w.strands);
    w.book.within = w.within.finish();
    book.symbols = reader.into_symbols();
    book.settle();
    Ok(book)
}

struct Pass<'s, 'b> {
    source: &'s Source,
    pieces: &'s [Bounds],
    progress: &'s mut dyn FnMut(u64) -> bool,
    machine: GoMachine,
    writer: Writer<'b>,
    /// Stacks of this generation that were looked up: bottom function.
    names: SymCache,
    /// Texts that were told so far; the reader has them and more.
    symbols: Symbols,
    dropped: u64,
    /// Events since pages of the file were let go.
    undropped: usize,
    stopped: bool,
    /// Stopped, or at its end.
    over: bool,
    /// What came after the index was stopped is not in it.
    last: i64,
}

impl Pass<'_, '_> {
    fn run(&mut self, reader: &mut Reader<'_>) -> Result<bool> {
        let outcome = loop {
            let told = self.symbols.len();
            let outcome = pipe::run(reader, told, 0, |chunk| self.take(chunk));
            match outcome {
                _ if self.over => break Ok(Some(ControlFlow::Break(()))),
                Ok(Some(ControlFlow::Continue(()))) => {}
                other => break other,
            }
        };
        reader.close(outcome, self)
    }

    /// Events in order, from the thread that orders. False: no more of them.
    fn take(&mut self, chunk: &Chunk) -> bool {
        for text in &chunk.texts {
            self.symbols.intern(text);
        }
        for (e, name) in &chunk.events {
            while e.time >= self.writer.next_part {
                self.next_piece();
            }
            self.writer.event(e, *name, &self.symbols, &mut self.machine);
        }
        self.undropped += chunk.events.len();
        if self.undropped >= EVENTS_A_DROP {
            self.undropped = 0;
            self.source.drop_behind(self.dropped as usize, self.source.bytes().len());
        }
        if let Some(border) = &chunk.border {
            self.over = self.border(border.summary.end).is_break();
        }
        !self.over
    }

    /// A place where a segment may end.
    fn border(&mut self, at: u64) -> Flow {
        self.source.drop_behind(self.dropped as usize, at as usize);
        self.dropped = at;
        // Of a segment that ends, parts that nothing was in come first.
        let here = self.writer.piece as usize + 1;
        let next = self.pieces.get(here..).unwrap_or_default().iter().position(|p| p.piece.part == 0);
        if let Some(next) = next
            && self.pieces.get(here + next).is_some_and(|p| p.start <= at)
        {
            for _ in 0..=next {
                self.next_piece();
            }
        }
        let w = &self.writer;
        self.stopped = !(self.progress)(at);
        if self.stopped || w.book.end >= self.last.max(1) { Flow::Break(()) } else { Flow::Continue(()) }
    }
}

impl Pass<'_, '_> {
    fn next_piece(&mut self) {
        self.writer.cut(self.pieces);
        self.writer.begin(self.pieces, self.writer.piece + 1, &self.machine);
    }
}

impl Sink for Pass<'_, '_> {
    fn begin_generation(&mut self, _g: &Generation, _stage: &mut Stage<'_>) {
        self.names = SymCache::default();
    }

    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        let name = match e.kind {
            Kind::GoTransition { own_stack, .. } if own_stack != 0 => {
                bottom(&mut self.names, own_stack, stage)
            }
            _ => Sym::EMPTY,
        };
        while e.time >= self.writer.next_part {
            self.next_piece();
        }
        self.writer.event(e, name, stage.symbols, &mut self.machine);
        Flow::Continue(())
    }

    fn end_generation(&mut self, s: &GenerationSummary, _c: &Carry, _stage: &mut Stage<'_>) -> Flow {
        self.border(s.end)
    }

    fn border(
        &mut self,
        s: &GenerationSummary,
        _c: &Carry,
        _r: &dyn Fn() -> Resume,
        _stage: &mut Stage<'_>,
    ) -> Flow {
        Pass::border(self, s.end)
    }
}

impl Writer<'_> {
    fn begin(&mut self, pieces: &[Bounds], place: u32, machine: &GoMachine) {
        let bounds = pieces.get(place as usize);
        let (from, to) = bounds.map_or((self.from, i64::MAX), |p| (p.from, p.to));
        self.piece = place;
        self.from = from;
        self.own_regions = OpenRegions::default();
        let next = pieces.get(place as usize + 1).filter(|p| p.piece.part > 0);
        self.next_part = next.map_or(i64::MAX, |p| p.from);
        let mut seed = Seed {
            sync: machine.sync(),
            holders: machine.holders(),
            assists: machine.assists(),
            on_threads: self.runs.open(),
        };
        // In an order of their own, so that a book is the same each time.
        seed.holders.sort_unstable_by_key(|h| h.p);
        seed.assists.sort_unstable();
        seed.on_threads.sort_unstable_by_key(|t| t.g);
        let piece = bounds.map_or(Piece::default(), |p| p.piece);
        let seed = self.book.tails.store(&seed.bytes());
        self.book.borders.push(Border { from, to, piece, seed, flows: 0 });
    }

    /// The piece ends: its tails are written.
    fn cut(&mut self, pieces: &[Bounds]) {
        self.cut_strands(pieces);
        let mut entries: Vec<Entry> = Vec::with_capacity(self.touched.len());
        for ix in std::mem::take(&mut self.touched) {
            let Some(slot) = self.slots.get_mut(ix as usize) else { continue };
            let gone = slot.state == SpanState::Idle;
            let born = slot.born == self.piece;
            // Of what was first mentioned late, the life began before.
            if !(gone && born && slot.first >= self.from) {
                let length = (slot.last - slot.first).max(1) as u64;
                let share = |n: u32| ((u64::from(n) << 8) * 31).div_ceil(length).min(31) as u8;
                let shares = if slot.steps > 1 { slot.sums.map(share) } else { [0; 3] };
                let Slot { life, first, last: since, state, reason, steps, .. } = *slot;
                let tail = Tail { first, since, state, reason, steps, shares };
                let tail = if steps > 0 { tail } else { Tail::NOTHING };
                entries.push(Entry { life, tail, born });
            }
            slot.steps = 0;
            slot.touched = false;
            slot.sums = [0; 3];
            if gone {
                self.free.push(ix);
            }
        }
        entries.sort_unstable_by_key(|e| e.life);
        self.book.tails.push(self.from, &entries);
        self.book.lives.pack_ended();
        if let Some(b) = self.book.borders.last_mut() {
            b.flows = std::mem::take(&mut self.flows);
        }
    }

    /// The strands of the piece that ends.
    fn cut_strands(&mut self, pieces: &[Bounds]) {
        let Some(strands) = &mut self.strands else { return };
        let (mut gone, mut ages) = (SeededSet::default(), SeededMap::default());
        for slot in self.touched.iter().filter_map(|ix| self.slots.get(*ix as usize)) {
            if slot.state == SpanState::Idle {
                gone.insert(slot.life);
            }
            // By time, as whoever reads it reckons: what is mentioned late lived before.
            let start = self.book.lives.get(slot.life).map_or(0, |l| l.start);
            let first = self.book.borders.partition_point(|b| b.to < start) as u32;
            ages.insert(slot.life, self.piece.saturating_sub(first));
        }
        let all: u64 = pieces.iter().map(|p| p.bytes).sum();
        let bytes = pieces.get(self.piece as usize).map_or(0, |p| p.bytes);
        let earns = (u128::from(strands.room()) * u128::from(bytes) / u128::from(all.max(1))) as i64;
        strands.cut(self.from, earns, gone, ages);
    }

    fn event(&mut self, e: &Event, name: Sym, symbols: &Symbols, machine: &mut GoMachine) {
        self.book.end = e.time;
        self.reserve(e.time);
        // Steps come back one by one; which of them a wake-up is, is told by texts.
        machine.event(e, &mut Told { writer: self, symbols });
        match e.kind {
            Kind::GoTransition { g, .. } => {
                if name != Sym::EMPTY
                    && let Some(slot) = machine.tag(g).and_then(|t| self.slots.get(t as usize))
                {
                    self.book.lives.name(slot.life, name);
                }
                if e.g != g {
                    self.touch(e.g, machine);
                }
            }
            Kind::RegionBegin { .. } | Kind::RegionEnd { .. } => self.region(e, machine),
            Kind::Log { task, category, .. } => {
                self.within.log(e.g, e.time, task, category);
                self.mark(e.g, machine, 0, true, false);
                if let Some(t) = self.task_mut(task) {
                    t.logs = true;
                }
            }
            Kind::StackSample { .. } => {
                if e.g >= 0 {
                    self.within.sample(e.g, e.time);
                }
                self.mark(e.g, machine, 0, false, true);
            }
            Kind::TaskBegin { task, parent, name, .. } => self.task_begins(e, task, parent, name),
            Kind::TaskEnd { task, parent, name, .. } => self.task_ends(e, task, parent, name),
            _ => {}
        }
    }

    fn mark(&mut self, g: i64, machine: &GoMachine, depth: u8, log: bool, sample: bool) {
        if let Some(slot) = machine.tag(g).and_then(|t| self.slots.get(t as usize)) {
            self.book.lives.mark(slot.life, depth, log, sample);
        }
        self.touch(g, machine);
    }

    /// A goroutine does something here, if only to another.
    fn touch(&mut self, g: i64, machine: &GoMachine) {
        let Some(tag) = machine.tag(g) else { return };
        if let Some(slot) = self.slots.get_mut(tag as usize)
            && !std::mem::replace(&mut slot.touched, true)
        {
            self.touched.push(tag);
        }
    }

    fn region(&mut self, e: &Event, machine: &GoMachine) {
        let within = &mut self.within;
        self.own_regions.event(e, |r| {
            if !r.before {
                within.region(&r);
            }
        });
        let mut ended = None;
        self.regions.event(e, |r| ended = Some(r));
        let depth = self.regions.depth(e.g) as u8;
        self.mark(e.g, machine, depth.max(u8::from(ended.is_some())), false, false);
        let Some(r) = ended else { return };
        let life = machine.tag(e.g).and_then(|t| self.slots.get(t as usize)).map(|s| s.life);
        self.region_ended(r, life);
    }

    fn region_ended(&mut self, r: Region, life: Option<u32>) {
        if let Some(t) = self.task_mut(r.task) {
            t.depth = t.depth.max((r.depth + 1).min(7));
        }
        let crosses = r.start < self.from;
        if let Some(life) = life.filter(|_| crosses && self.book.crossing.len() < MAX_CROSSING) {
            let start = self.book.lives.get(life).map_or(0, |l| l.start.max(r.start));
            self.book.crossing.push(CrossRegion { life, region: Region { start, ..r } });
        }
    }

    fn task_mut(&mut self, task: u64) -> Option<&mut Task> {
        let ix = *self.book.task_of.get(&task)?;
        self.book.tasks.get_mut(ix as usize)
    }

    fn task_begins(&mut self, e: &Event, id: u64, parent: i64, name: Sym) {
        self.add_task(Task {
            id,
            parent,
            start: e.time,
            end: e.time,
            name,
            older: false,
            alive: true,
            depth: 0,
            logs: false,
        });
    }

    fn task_ends(&mut self, e: &Event, id: u64, parent: i64, name: Sym) {
        if let Some(t) = self.task_mut(id) {
            t.end = e.time;
            t.alive = false;
            return;
        }
        let (start, end, older) = (0, e.time, true);
        self.add_task(Task { id, parent, start, end, name, older, alive: false, depth: 0, logs: false });
    }

    fn add_task(&mut self, task: Task) {
        if self.book.tasks.len() >= MAX_TASKS {
            self.book.tasks_left_out += 1;
            return;
        }
        self.book.task_of.insert(task.id, self.book.tasks.len() as u32);
        self.book.tasks.push(task);
    }

    /// Lanes have room up to time `t`.
    #[inline]
    fn reserve(&mut self, t: i64) {
        if t >= self.reach {
            self.make_room(t);
        }
    }

    #[cold]
    fn make_room(&mut self, t: i64) {
        let lanes = self.book.threads.iter().flat_map(|t| &t.lanes).flatten().count() as u64 + 4;
        let most = (LANE_BUDGET / (2 * CELL_BYTES * lanes)).clamp(1 << 9, 1 << 15);
        while (t.max(0) as u64) >> self.book.base >= most && self.book.base < TOP_LEVEL {
            self.book.base += 1;
            let long = self.book.long_nanos();
            for t in &mut self.book.threads {
                for kept in &mut t.kept {
                    kept.retain(|s| s.crossing || s.end - s.start >= long);
                }
            }
            let lanes = self.book.threads.iter_mut().flat_map(|t| &mut t.lanes).chain(&mut self.book.wakeups);
            lanes.flatten().for_each(Lane::drop_finest);
            self.book.latency.iter_mut().for_each(Lane::drop_finest);
        }
        self.reach = i64::try_from(most << self.book.base).unwrap_or(i64::MAX);
    }

    fn thread_span(&mut self, s: ThreadSpan) {
        let with_lanes = self.book.threads.len() < MAX_THREAD_LANES;
        let base = self.book.base;
        let next = self.book.threads.len() as u32;
        let ix = *self.book.thread_of.entry(s.m).or_insert(next);
        if ix == next {
            let lanes = std::array::from_fn(|_| with_lanes.then(|| Lane::new(base)));
            // One lane more leaves each of them less room.
            self.reach = 0;
            self.book.threads.push(Thread { m: s.m, first: s.start, lanes, ..Thread::default() });
        }
        let Some(t) = self.book.threads.get_mut(ix as usize) else { return };
        t.first = t.first.min(s.start);
        t.last = t.last.max(s.end);
        let lane = usize::from(s.lane);
        *(if s.lane == 0 { &mut t.running } else { &mut t.syscall }) += s.end - s.start;
        let crossing = s.start < self.from || s.open;
        let brief = thread_span(s.start, s.end, s.lane, s.g, s.open, crossing);
        // Before Go 1.22 two goroutines may seem to be on one thread. Levels grow in order, so such a thread has none.
        if s.start < std::mem::replace(&mut t.ends[lane], s.end) {
            t.lanes[lane] = None;
        }
        if let Some(l) = &mut t.lanes[lane] {
            l.add(s.start, s.end, |b, n, first| b.add(brief.state, n, first));
        }
        if crossing || s.end - s.start >= LONG_BUCKETS << base {
            t.kept[lane].push(brief);
        }
    }
}

/// Takes steps while texts are at hand.
struct Told<'w, 'b> {
    writer: &'w mut Writer<'b>,
    symbols: &'w Symbols,
}

impl Steps for Told<'_, '_> {
    fn born(&mut self, g: i64, at: i64, older: bool, parent: Option<u32>) -> u32 {
        self.writer.born(g, at, older, parent)
    }
    fn step(&mut self, g: i64, tag: u32, s: &Step, was: Option<Was>) {
        let reason = || was.map_or(Sym::EMPTY, |w| w.reason);
        if let Some(source) = WakeupSource::of(s, self.symbols, reason)
            && let Some(lane) = &mut self.writer.book.wakeups[source as usize]
        {
            add_wakeup(lane, s.at);
        }
        if let (Some(nanos), Some(lane)) = (latency(s, was), &mut self.writer.book.latency) {
            lane.add(s.at, s.at + 1, |b, n, _| b.add(nanos, n));
        }
        self.writer.step(g, tag, s, was);
    }
}

impl Steps for Writer<'_> {
    fn born(&mut self, g: i64, at: i64, older: bool, parent: Option<u32>) -> u32 {
        let parent = parent.and_then(|t| self.slots.get(t as usize)).map(|s| s.life);
        let life = self.book.lives.push(g, at, older, parent);
        let slot = Slot { life, born: self.piece, ..Slot::default() };
        match self.free.pop() {
            Some(ix) => {
                self.slots[ix as usize] = slot;
                ix
            }
            None => {
                self.slots.push(slot);
                self.slots.len() as u32 - 1
            }
        }
    }

    fn step(&mut self, g: i64, tag: u32, s: &Step, was: Option<Was>) {
        let Some(slot) = self.slots.get_mut(tag as usize) else { return };
        let life = slot.life;
        if let Some(w) = was {
            let nanos = s.at - w.since;
            self.book.lives.stayed(life, w.state, nanos);
            if slot.steps > 0 && !self.finishing {
                let place = match w.state {
                    SpanState::Running | SpanState::Assist => 0,
                    SpanState::Runnable => 1,
                    SpanState::Syscall | SpanState::SyscallBlocked => 2,
                    _ => 3,
                };
                if let Some(sum) = slot.sums.get_mut(place) {
                    *sum = sum.saturating_add(u32::try_from(nanos >> 8).unwrap_or(u32::MAX));
                }
            }
        }
        if !self.finishing {
            if slot.steps == 0 {
                slot.first = s.at;
            }
            if !std::mem::replace(&mut slot.touched, true) {
                self.touched.push(tag);
            }
            let before = Stretch { start: slot.last, end: s.at, state: slot.state, reason: slot.reason };
            if let Some(strands) = self.strands.as_mut().filter(|_| before.state != SpanState::Idle) {
                strands.stay(life, before);
            }
            slot.steps = slot.steps.saturating_add(1);
            slot.last = s.at;
            slot.state = s.state;
            slot.reason = s.reason;
            self.flows += u64::from(matches!(s.cause, Cause::Create | Cause::Unblock));
        }
        if s.state == SpanState::Idle {
            self.book.lives.end(life, s.at, self.finishing);
            let within = &mut self.within;
            self.own_regions.gone(g, s.at, |r| {
                // Closed by the trace's end, it is one of those that cross borders.
                if !self.finishing {
                    within.region(&r);
                }
            });
            let mut ended = Vec::new();
            self.regions.gone(g, s.at, |r| ended.push(r));
            let from = self.from;
            // Closed by the trace's end, no window has their end.
            self.from = if self.finishing { i64::MAX } else { from };
            for r in ended {
                self.region_ended(r, Some(life));
            }
            self.from = from;
        }
        let mut spans = [None; 4];
        let mut n = 0;
        self.runs.step(g, s, was, self.finishing, |span| {
            if let Some(place) = spans.get_mut(n) {
                *place = Some(span);
                n += 1;
            }
        });
        for span in spans.into_iter().flatten() {
            self.thread_span(span);
        }
    }
}

impl Book {
    /// All is told: what is searched is put in order.
    fn settle(&mut self) {
        self.lives.settle();
        self.tails.settle();
        self.tasks.shrink_to_fit();
        self.crossing.sort_by_key(|c| (c.life, c.region.start, -c.region.end));
        for t in &mut self.tasks {
            if t.alive {
                t.end = self.end;
            }
        }
        for t in &mut self.threads {
            for c in &mut t.kept {
                c.sort_by_key(|s| s.end);
            }
        }
        if let Some(b) = self.borders.last_mut() {
            b.to = b.to.max(self.end);
        }
        self.attend();
    }

    /// Finds in which pieces long lives did something.
    pub(super) fn attend(&mut self) {
        let mut last = (u32::MAX, false);
        let mut lives = self.lives.reader();
        self.attendance = Attendance::new(|see| {
            self.tails.each(&mut |life, piece| {
                if last.0 != life {
                    let own = lives.get(life).map_or(0, |facts| self.pieces_of(&facts).len());
                    last = (life, Attendance::wants(own));
                }
                if last.1 {
                    see(life, piece);
                }
            });
        });
    }
}
