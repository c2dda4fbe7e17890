//! One pass behind the answers about goroutines, regions and tasks: rows of goroutines as they end, regions with what
//! their goroutine did in them, tasks with their logs. `books` says how time is counted.
//!
//! Memory: by what lives at a time; what has ended is kept small, in files where there is a folder for them.

use std::path::Path;

use tracewell_order::{Event, Flow, Kind, RangeName, Reader, Scope, Sink, Stage, Sym, Symbols};
use tracewell_source::{Result, SeededMap};

use crate::books::{Book, Done, Turn};
use crate::region_rows::{Region, Regions};
use crate::run::{self, Outcome};
use crate::stacks::{Bottom, FrameTexts};
use crate::stats::{Clip, Stats};
use crate::task_book::{LogLine, Teller, Turn as TaskTurn};

/// What to keep of a pass.
#[derive(Clone, Copy, Default)]
pub struct Want {
    pub regions: bool,
    pub tasks: bool,
}

/// Receives goroutines when they end.
pub trait Rows {
    fn goroutine(&mut self, done: Done, regions: u32);
}

impl<F: FnMut(Done, u32)> Rows for F {
    fn goroutine(&mut self, done: Done, regions: u32) {
        self(done, regions);
    }
}

#[derive(Default)]
struct Extra {
    /// Open ranges and the sums of those that ended.
    open: Vec<(RangeName, i64)>,
    sums: Vec<(RangeName, i64)>,
    /// Open regions, innermost last; each with the sums at its begin.
    regions: Vec<Region>,
    ended_regions: u32,
}

pub struct Summary<B, R> {
    book: B,
    rows: R,
    want: Want,
    clip: Clip,
    extras: SeededMap<i64, Extra>,
    regions: Regions,
    tasks: Teller,
    texts: FrameTexts,
    sync: i64,
    last: i64,
    /// Regions that were open at this time keep what their goroutine had done before.
    border: i64,
}

/// Runs a summary over the trace at `start`. Errors: those of `Reader`. Cost: one pass.
pub fn read<B: Book, R: Rows>(
    bytes: &[u8],
    start: u64,
    book: B,
    rows: R,
    want: Want,
    clip: Clip,
) -> Result<(Summary<B, R>, Symbols, Outcome)> {
    let mut summary = Summary::new(book, rows, want, clip, None);
    let mut reader = Reader::new(bytes, start)?;
    reader.run(&mut summary)?;
    summary.finish();
    let outcome = run::outcome(&reader, summary.last);
    Ok((summary, reader.into_symbols(), outcome))
}

impl<B: Book, R: Rows> Sink for Summary<B, R> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.last = e.time;
        self.book.event(e, stage);
        match e.kind {
            Kind::GoTransition { .. } => {
                for turn in self.book.take_turns() {
                    self.turn(turn, e, stage);
                }
            }
            Kind::Sync { .. } => self.sync = e.time,
            Kind::RangeBegin { scope, name, .. } => self.range_begin(e, scope, name, None),
            Kind::RangeActive { scope, name } => self.range_begin(e, scope, name, Some(self.sync)),
            Kind::RangeEnd { scope, name, .. } => self.range_end(e, scope, name),
            Kind::RegionBegin { task, name, stack } => {
                let frame = self.texts.bottom(stack, stage);
                self.region_begin(e, task, name, frame);
            }
            Kind::RegionEnd { task, name, .. } => self.region_end(e, task, name),
            _ if self.want.tasks => self.task_event(e, stage),
            _ => {}
        }
        Flow::Continue(())
    }
}

impl<B: Book, R: Rows> Summary<B, R> {
    /// `folder`: where files may be for very many regions and tasks.
    pub fn new(book: B, rows: R, want: Want, clip: Clip, folder: Option<&Path>) -> Summary<B, R> {
        Summary {
            book,
            rows,
            want,
            clip,
            extras: SeededMap::default(),
            regions: Regions::new(folder),
            tasks: Teller::new(folder),
            texts: FrameTexts::default(),
            sync: 0,
            last: 0,
            border: i64::MIN,
        }
    }

    /// Ends all that is open when the trace ends.
    pub fn finish(&mut self) {
        self.finish_at(self.last);
    }

    pub(crate) fn finish_at(&mut self, end: i64) {
        self.book.finish(end);
        for turn in self.book.take_turns() {
            if let Turn::End(done) = turn {
                self.end(done, end, false);
            }
        }
    }

    pub(crate) fn book(&mut self) -> &mut B {
        &mut self.book
    }
    pub(crate) fn border(&mut self, at: i64) {
        self.border = at;
    }
    /// Ranges that are open, by goroutine.
    pub(crate) fn open_ranges(&self) -> Vec<(i64, RangeName, i64)> {
        let of =
            |(g, x): (&i64, &Extra)| x.open.iter().map(|(n, since)| (*g, *n, *since)).collect::<Vec<_>>();
        self.extras.iter().flat_map(of).collect()
    }
    /// A range that is open where the reading begins.
    pub(crate) fn resume_range(&mut self, g: i64, name: RangeName, since: i64) {
        self.extras.entry(g).or_default().open.push((name, since));
    }

    /// The parts that outlive the pass; regions and tasks are to be put in order.
    pub(crate) fn into_parts(self) -> (B, R, Regions, Teller) {
        (self.book, self.rows, self.regions, self.tasks)
    }

    fn turn(&mut self, turn: Turn, e: &Event, stage: &mut Stage<'_>) {
        match turn {
            Turn::Begin { g, creator } if B::AS_REFERENCE => {
                let Kind::GoTransition { stack, .. } = e.kind else { return };
                let task = self.extras.get(&creator).and_then(|x| x.regions.last()).map(|r| r.task);
                if let Some(task) = task {
                    let frame = self.texts.bottom(stack, stage);
                    let region =
                        Region { inherited: true, ..region(g, task, Sym::EMPTY, Some(e.time), frame) };
                    self.extras.entry(g).or_default().regions.push(region);
                }
            }
            Turn::Begin { .. } => {}
            Turn::Final { g, is_system } => {
                let stats = self.book.snapshot(g, e.time);
                self.end_regions(g, is_system, &stats, e.time, true);
            }
            Turn::End(done) => self.end(done, e.time, true),
        }
    }

    fn end(&mut self, mut done: Done, t: i64, by_event: bool) {
        let sums = done.stats.clone();
        self.end_regions(done.g, done.is_system, &sums, t, by_event);
        let extra = self.extras.remove(&done.g).unwrap_or_default();
        self.add_ranges(&mut done.stats, &extra, t);
        self.rows.goroutine(done, extra.ended_regions);
    }

    fn add_ranges(&self, stats: &mut Stats, extra: &Extra, t: i64) {
        for &(name, nanos) in &extra.sums {
            stats.add_range(name, nanos);
        }
        for &(name, since) in &extra.open {
            stats.add_range(name, self.clip.nanos(since, t));
        }
    }

    pub(crate) fn snapshot(&self, g: i64, t: i64) -> Stats {
        let mut stats = self.book.snapshot(g, t);
        if let Some(extra) = self.extras.get(&g) {
            self.add_ranges(&mut stats, extra, t);
        }
        stats
    }

    // ---- ranges

    fn range_begin(&mut self, e: &Event, scope: Scope, name: RangeName, active: Option<i64>) {
        let Some(g) = owner(e, scope) else { return };
        let clip = self.clip;
        let extra = self.extras.entry(g).or_default();
        let open = extra.open.iter_mut().find(|(n, _)| *n == name);
        let since = active.unwrap_or(e.time);
        match open {
            None => extra.open.push((name, since)),
            Some((_, began)) => {
                if active.is_some() {
                    let nanos = clip.nanos(*began, since);
                    add(&mut extra.sums, name, nanos);
                }
                *began = since;
            }
        }
    }

    fn range_end(&mut self, e: &Event, scope: Scope, name: RangeName) {
        let Some(g) = owner(e, scope) else { return };
        let Some(extra) = self.extras.get_mut(&g) else { return };
        if let Some(i) = extra.open.iter().position(|(n, _)| *n == name) {
            let (_, since) = extra.open.swap_remove(i);
            add(&mut extra.sums, name, self.clip.nanos(since, e.time));
        }
    }

    // ---- regions

    fn region_begin(&mut self, e: &Event, task: u64, name: Sym, frame: Bottom) {
        let stats = self.snapshot(e.g, e.time);
        let region = Region { stats, ..region(e.g, task, name, Some(e.time), frame) };
        self.extras.entry(e.g).or_default().regions.push(region);
        self.register(task, e.g);
    }

    fn region_end(&mut self, e: &Event, task: u64, name: Sym) {
        let open = &mut self.extras.entry(e.g).or_default().regions;
        let found = open.iter().rposition(|r| r.name == name && r.task == task);
        let found = if B::AS_REFERENCE { open.len().checked_sub(1) } else { found };
        let mut ended = match found {
            Some(i) => open.remove(i),
            None => {
                self.register(task, e.g);
                region(e.g, task, name, None, Bottom::default())
            }
        };
        ended.end = Some(e.time);
        let stats = self.snapshot(e.g, e.time);
        self.keep(since_begin(ended, stats, self.border));
    }

    /// Regions that are open when their goroutine ends. `stats`: its sums then, without ranges.
    fn end_regions(&mut self, g: i64, is_system: bool, stats: &Stats, t: i64, by_event: bool) {
        let Some(extra) = self.extras.get_mut(&g) else { return };
        let open = std::mem::take(&mut extra.regions);
        if open.is_empty() || (B::AS_REFERENCE && is_system) {
            return;
        }
        let mut all = stats.clone();
        if let Some(extra) = self.extras.get(&g) {
            self.add_ranges(&mut all, extra, t);
        }
        for mut r in open {
            r.end = by_event.then_some(t);
            r.ended_by_goroutine = by_event;
            self.keep(since_begin(r, all.clone(), self.border));
        }
    }

    fn keep(&mut self, r: Region) {
        self.extras.entry(r.g).or_default().ended_regions += 1;
        if self.want.regions {
            self.regions.push(&r);
        }
    }

    // ---- tasks

    fn register(&mut self, task: u64, g: i64) {
        if self.want.tasks {
            self.tasks.region(task, g);
        }
    }

    fn task_event(&mut self, e: &Event, stage: &Stage<'_>) {
        let turn = |parent: i64, name: Sym| TaskTurn { g: e.g, time: e.time, name, parent };
        match e.kind {
            Kind::TaskBegin { task, parent, name, .. } => self.tasks.begin(task, turn(parent, name)),
            Kind::TaskEnd { task, parent, name, .. } => self.tasks.end(task, turn(parent, name)),
            Kind::Log { task, category, message, .. } => {
                let message = stage.tables.string(stage.bytes, message).unwrap_or_default();
                let message = String::from_utf8_lossy(message).into_owned();
                self.tasks.log(task, LogLine { time: e.time, g: e.g, category, message });
            }
            _ => {}
        }
    }
}

/// `all`: what the goroutine had done at the region's end.
fn since_begin(mut r: Region, mut all: Stats, border: i64) -> Region {
    all.minus(&r.stats);
    all.shrink();
    let before = std::mem::replace(&mut r.stats, all);
    r.at_begin = r.start.is_some_and(|t| t < border).then(|| Box::new(before));
    r
}

fn region(g: i64, task: u64, name: Sym, start: Option<i64>, frame: Bottom) -> Region {
    Region { g, task, name, start, frame, ..Region::default() }
}

fn add(sums: &mut Vec<(RangeName, i64)>, name: RangeName, nanos: i64) {
    match sums.iter_mut().find(|(n, _)| *n == name) {
        Some((_, sum)) => *sum += nanos,
        None => sums.push((name, nanos)),
    }
}

/// The goroutine that a range counts for; marking counts for nobody.
fn owner(e: &Event, scope: Scope) -> Option<i64> {
    match scope {
        Scope::None => None,
        Scope::Goroutine(g) => Some(g),
        Scope::Proc(_) => (e.g >= 0).then_some(e.g),
    }
}

/// Goroutines of the runtime, and those without a name.
pub fn is_system(name: &str) -> bool {
    name.is_empty() || (name.starts_with("runtime.") && name != "runtime.main")
}
