//! Everything the pages want to know, in one pass: lives, stays by stack, regions, tasks, the collector.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde_json::Value;
use tracewell_index::{Lanes, Machine, Span, initial_states};
use tracewell_order::{
    Carry, Event, Flow, GenerationSummary, GoState, Reader, Sink, StackId, Stage, Sym, Symbols,
};
use tracewell_source::Result;

use crate::books::{Book, Done, Sums, Turn};
use crate::desk::pass::{Begin, Follow, Pass, begin_at};
use crate::desk::spare::Spare;
use crate::desk::waits::Waits;
use crate::gc;
use crate::goroutines::join;
use crate::intervals::Intervals;
use crate::lives::{Life, LifeMachine, LifeSpan, Lives, Stay};
use crate::mmu_right::Work;
use crate::packed::{Packed, Row};
use crate::profile_scope::Scope;
use crate::run;
use crate::stacks::StackIx;
use crate::stats::{Clip, Stats};
use crate::summary::{Region, Rows, Summary, Task, Want};

/// What a pass found, for one range of time.
pub struct Fold {
    pub clip: Clip,
    pub end_nanos: i64,
    pub rows: Packed,
    pub waits: Waits,
    /// By begin, those older than the trace first.
    pub regions: Vec<Region>,
    pub tasks: BTreeMap<u64, Task>,
    pub(crate) gc: gc::Fold,
    /// Of the whole trace, whatever the range.
    pub work: Work,
    pub spare: Spare,
    pub symbols: Symbols,
    pub events: u64,
    /// Generations behind the first, by time.
    pub begins: Vec<Begin>,
    pub stop_times: Intervals,
    pub mark_times: Intervals,
    /// Answers that are read off all rows, kept once made.
    pub groups: OnceLock<Value>,
    pub home: OnceLock<Value>,
}

/// Sums and stays of the same machine.
struct Both {
    sums: Sums,
    waits: Waits,
}

impl Lives for Both {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        self.waits.event(e, stage);
    }
    fn born(&mut self, life: &Life) {
        self.sums.born(life);
    }
    fn keep_stack(
        &mut self,
        life: &Life,
        state: GoState,
        reason: Sym,
        id: StackId,
        s: &mut Stage<'_>,
    ) -> StackIx {
        self.waits.keep_stack(life, state, reason, id, s)
    }
    fn span(&mut self, life: &Life, span: &LifeSpan) {
        self.sums.span(life, span);
    }
    fn stay(&mut self, life: &Life, stay: &Stay) {
        self.waits.stay(life, stay);
    }
    fn gone(&mut self, life: &Life, end: i64, alive: bool) {
        self.sums.gone(life, end, alive);
    }
}

struct BothBook {
    machine: LifeMachine,
    both: Both,
}

impl Book for BothBook {
    const AS_REFERENCE: bool = false;

    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        self.machine.event(e, stage, &mut self.both);
    }
    fn take_turns(&mut self) -> Vec<Turn> {
        self.both.sums.take_turns()
    }
    fn snapshot(&self, g: i64, t: i64) -> Stats {
        self.both.sums.snapshot(&self.machine, g, t)
    }
    fn finish(&mut self, t: i64) {
        self.machine.finish(t, &mut self.both);
    }
}

/// Rows of goroutines that touch the range.
struct Keep {
    clip: Clip,
    rows: Packed,
}

impl Rows for Keep {
    fn goroutine(&mut self, done: Done, regions: u32) {
        if self.clip.touches(done.creation, done.end.unwrap_or(i64::MAX)) {
            self.rows.push(&done, regions);
        }
    }
}

struct Collector {
    gc: gc::Fold,
    work: Work,
}

impl Lanes for Collector {
    fn span(&mut self, s: &Span) {
        self.gc.span(s);
        self.work.span(s);
    }
}

struct Driver<'p> {
    pass: &'p Pass<'p>,
    summary: Summary<BothBook, Keep>,
    machine: Machine,
    collector: Collector,
    spare: Spare,
    last: i64,
    events: u64,
    begins: Vec<Begin>,
}

impl Sink for Driver<'_> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.last = e.time;
        self.events += 1;
        let _ = self.summary.event(e, stage);
        self.collector.gc.watch(e);
        self.collector.work.watch(e);
        self.spare.event(e);
        self.machine.event(e, stage.symbols, &mut self.collector);
        self.pass.step(self.events, e.time)
    }
    fn end_generation(&mut self, s: &GenerationSummary, c: &Carry, _stage: &mut Stage<'_>) -> Flow {
        self.pass.behind(s.end);
        // Its first event comes later than the last one before it.
        self.begins.push(Begin { from: s.to_nanos + 1, start: s.end, carry: *c });
        Flow::Continue(())
    }
}

/// Makes the fold of a range. Errors: those of `Reader`; CANCELLED. Cost: one pass.
pub fn read(pass: &Pass<'_>, clip: Clip) -> Result<Fold> {
    let (bytes, start) = (pass.bytes(), pass.start());
    let initial = initial_states(bytes, start)?;
    let mut collector = Collector { gc: gc::Fold::new(clip), work: Work::default() };
    let machine = Machine::with_initial(&initial, &mut collector);
    let both = Both { sums: Sums::new(clip), waits: Waits::new(clip, Scope::default()) };
    let book = BothBook { machine: LifeMachine::default(), both };
    let keep = Keep { clip, rows: Packed::default() };
    let want = Want { regions: true, tasks: true };
    let summary = Summary::new(book, keep, want, clip);
    let spare = Spare::new(clip);
    let mut driver =
        Driver { pass, summary, machine, collector, spare, last: 0, events: 0, begins: Vec::new() };
    let mut reader = Reader::new(bytes, start)?;
    let whole = reader.run(&mut driver)?;
    pass.ended(whole)?;
    let Driver { mut summary, mut machine, mut collector, mut spare, last, events, begins, .. } = driver;
    summary.finish();
    machine.finish(last, &mut collector);
    let end = run::outcome(&reader, last).end_nanos;
    collector.gc.finish(end);
    spare.settle(end);
    let (book, keep, mut regions, mut tasks) = summary.into_parts();
    regions.retain(|r| clip.touches(r.start.unwrap_or(0), r.end.unwrap_or(end)));
    regions.sort_by_key(|r| (r.start.is_some(), r.start, r.g));
    regions.shrink_to_fit();
    tasks.retain(|_, t| clip.touches(t.start.unwrap_or(0), t.end.unwrap_or(end)));
    let mut rows = keep.rows;
    rows.sort();
    let Collector { gc, work } = collector;
    Ok(Fold {
        clip,
        end_nanos: end,
        rows,
        waits: book.both.waits,
        regions,
        tasks,
        stop_times: gc.stop_times(),
        mark_times: gc.mark_times(),
        gc,
        work,
        spare,
        symbols: reader.into_symbols(),
        events,
        begins,
        groups: OnceLock::new(),
        home: OnceLock::new(),
    })
}

struct Only(Waits);

impl Lives for Only {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        self.0.event(e, stage);
    }
    fn keep_stack(
        &mut self,
        life: &Life,
        state: GoState,
        reason: Sym,
        id: StackId,
        s: &mut Stage<'_>,
    ) -> StackIx {
        self.0.keep_stack(life, state, reason, id, s)
    }
    fn stay(&mut self, life: &Life, stay: &Stay) {
        self.0.stay(life, stay);
    }
}

impl Follow for Only {}

/// Stays of some goroutines or regions only. Errors and cost: as `read`.
pub fn waits(
    pass: &Pass<'_>,
    clip: Clip,
    scope: Scope,
    (begin, until): (Option<Begin>, i64),
) -> Result<(Waits, Symbols)> {
    let mut only = Only(Waits::new(clip, scope));
    let symbols = pass.lives(&mut only, begin, until)?;
    Ok((only.0, symbols))
}

impl Fold {
    pub fn row(&self, i: usize) -> Option<Row> {
        self.rows.row(i, join)
    }
    pub fn all_rows(&self) -> impl Iterator<Item = Row> + '_ {
        self.rows.rows(join)
    }

    /// Life of the `i`th goroutine under a stopped world, and while the collector marked; of all its lives.
    pub fn collected(&self, i: usize) -> (i64, i64) {
        let of = |d: &Done| (d.creation, d.end.unwrap_or(self.end_nanos));
        self.rows.lives(i).fold((0, 0), |(stop, mark), (d, _)| {
            let (a, b) = of(&d);
            (stop + self.stop_times.overlap(a, b), mark + self.mark_times.overlap(a, b))
        })
    }

    /// From where to where a goroutine is read: from the generation that it is made in, to its end.
    pub fn reading_of(&self, g: i64) -> (Option<Begin>, i64) {
        let Some(i) = self.rows.find(g) else { return (None, i64::MAX) };
        let ends =
            |(from, to): (i64, i64), (d, _): Row| (from.min(d.creation), to.max(d.end.unwrap_or(i64::MAX)));
        let (from, to) = self.rows.lives(i).fold((i64::MAX, i64::MIN), ends);
        (begin_at(&self.begins, from), to)
    }

    /// Start function of a goroutine; empty when it is not known.
    pub fn name_of(&self, g: i64) -> &str {
        self.rows.find(g).and_then(|i| self.row(i)).map_or("", |(d, _)| self.symbols.text(d.name))
    }

    /// Memory that it holds, about.
    pub fn size_bytes(&self) -> usize {
        let regions: usize = self
            .regions
            .iter()
            .map(|r| size_of::<Region>() + r.stats.block.capacity() * 16 + r.stats.range.capacity() * 16)
            .sum();
        let tasks: usize = self
            .tasks
            .values()
            .map(|t| {
                size_of::<Task>()
                    + 64
                    + t.logs.iter().map(|l| 56 + l.message.len()).sum::<usize>()
                    + t.goroutines.len() * 24
            })
            .sum();
        self.rows.size_bytes()
            + self.waits.size_bytes()
            + regions
            + tasks
            + self.gc.size_bytes()
            + self.work.size_bytes()
            + self.begins.len() * size_of::<Begin>()
            + (self.stop_times.list().len() + self.mark_times.list().len()) * 24
    }
}
