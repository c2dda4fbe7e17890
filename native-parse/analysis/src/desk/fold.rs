//! Everything the pages want to know, in one pass: lives, stays by stack, regions, tasks, the collector.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use serde_json::Value;
use tracewell_index::{Lanes, Machine, Span, initial_states};
use tracewell_order::{
    Carry, Event, Flow, GenerationSummary, GoState, Reader, Sink, StackId, Stage, Sym, Symbols,
};
use tracewell_source::Result;
use tracewell_wire::Format;

use crate::books::{Book, Done, Sums, Turn};
use crate::desk::cuts::{Crossing, Cuts, Cutter, Spacing};
use crate::desk::diary::Diarist;
use crate::desk::goroutines::Group;
use crate::desk::pass::{Begin, Follow, Pass, begin_at};
use crate::desk::spare::Spare;
use crate::desk::waits::Waits;
use crate::gc;
use crate::goroutines::join;
use crate::intervals::Intervals;
use crate::lives::{Life, LifeMachine, LifeSpan, LifeState, Lives, Stay};
use crate::mmu_right::Work;
use crate::packed::{Packed, Row};
use crate::profile_scope::Scope;
use crate::region_rows::Regions;
use crate::run;
use crate::stacks::StackIx;
use crate::stats::{Clip, Stats};
use crate::summary::{Rows, Summary, Want};
use crate::task_book::Tasks;

/// What a pass found, for one range of time.
pub struct Fold {
    pub clip: Clip,
    pub end_nanos: i64,
    pub rows: Arc<Packed>,
    pub waits: Waits,
    /// By begin, those older than the trace first.
    pub regions: Arc<Regions>,
    pub tasks: Tasks,
    pub(crate) gc: gc::Fold,
    /// Of the whole trace, whatever the range.
    pub work: Arc<Work>,
    pub spare: Spare,
    pub symbols: Symbols,
    pub events: u64,
    /// Generations behind the first, by time.
    pub begins: Arc<Vec<Begin>>,
    /// Borders that ranges are read from; of the whole trace only.
    pub cuts: Option<Cuts>,
    pub stop_times: Intervals,
    pub mark_times: Intervals,
    /// Answers that are read off all rows, kept once made.
    pub groups: OnceLock<Vec<(Sym, Group)>>,
    pub home: OnceLock<Value>,
}

/// Sums and stays of the same machine.
pub(super) struct Both {
    pub sums: Sums,
    pub waits: Waits,
    /// Stays that began before this time are not counted but kept, or left to those who know them.
    pub border: i64,
    pub crossing: Crossings,
    /// Writes down what is asked of one goroutine.
    pub diarist: Option<Diarist>,
}

/// Stays that a border lies in.
pub(super) enum Crossings {
    Kept(Vec<Crossing>),
    /// `at_end`: all that are open now go on behind the next border.
    Left {
        at_end: bool,
    },
}

impl Lives for Both {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        self.waits.event(e, stage);
    }
    fn born(&mut self, life: &Life) {
        self.sums.born(life);
        if let Some(diarist) = &mut self.diarist {
            diarist.born(life);
        }
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
    fn stand(&mut self, life: &Life, state: GoState, id: StackId, s: &mut Stage<'_>) -> StackIx {
        let Both { waits, diarist: Some(diarist), .. } = self else { return StackIx::default() };
        if let Some(creation) = waits.creation(id, s).filter(|_| diarist.follows(life)) {
            diarist.made(life.g, creation);
        }
        waits.stand(life, state, id, s)
    }
    fn wants_top(&self, life: &Life) -> bool {
        self.diarist.as_ref().is_some_and(|d| d.wants_top(life))
    }
    fn sample(&mut self, life: Option<&Life>, e: &Event, stack: StackId, s: &mut Stage<'_>) {
        self.waits.sample(life, e, stack, s);
    }
    fn span(&mut self, life: &Life, span: &LifeSpan) {
        self.sums.span(life, span);
        if let Some(diarist) = &mut self.diarist {
            diarist.span(life, span);
        }
    }
    fn step(&mut self, life: &Life, from: Option<(LifeState, Sym)>, to: Option<(LifeState, Sym)>, at: i64) {
        self.waits.step(life, from, to, at);
    }
    fn stay(&mut self, life: &Life, stay: &Stay) {
        match &mut self.crossing {
            Crossings::Kept(kept) if stay.start < self.border => kept.push(Crossing::of(life, stay)),
            Crossings::Left { at_end } if *at_end || stay.start < self.border => {}
            _ => return self.waits.stay(life, stay),
        }
        self.waits.leave(stay);
    }
    fn gone(&mut self, life: &Life, end: i64, alive: bool) {
        // All functions are to be known, whatever their goroutines did.
        self.waits.who(life.name, life.g);
        self.sums.gone(life, end, alive);
    }
}

pub(super) struct BothBook {
    pub machine: LifeMachine,
    pub both: Both,
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
        if let Some(diarist) = &mut self.both.diarist {
            diarist.trace_ends();
        }
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
    cutter: Option<Cutter>,
}

impl Sink for Driver<'_> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.last = e.time;
        self.events += 1;
        let _ = self.summary.event(e, stage);
        self.collector.gc.watch(e);
        self.collector.work.watch(e);
        self.spare.event(e);
        if let Some(cutter) = &mut self.cutter {
            cutter.check.event(e);
        }
        self.machine.event(e, stage.symbols, &mut self.collector);
        self.pass.step(self.events, e.time)
    }
    fn end_generation(&mut self, s: &GenerationSummary, c: &Carry, _stage: &mut Stage<'_>) -> Flow {
        self.pass.behind(s.end);
        // Its first event comes later than the last one before it.
        let begin = Begin { from: s.to_nanos + 1, start: s.end, carry: *c };
        self.begins.push(begin);
        if let Some(cutter) = &mut self.cutter
            && cutter.is_due(begin, &mut self.summary)
        {
            cutter.cut(begin, &mut self.summary, &mut self.spare, self.collector.gc.take_told());
        }
        Flow::Continue(())
    }
}

/// Makes the fold of a range, with borders as they are spaced. `folder`: where a file may be for
/// very many goroutines. Errors: those of `Reader`; CANCELLED. Cost: one pass.
pub fn read(pass: &Pass<'_>, clip: Clip, spacing: Spacing, folder: Option<&Path>) -> Result<Fold> {
    let (bytes, start) = (pass.bytes(), pass.start());
    let initial = initial_states(bytes, start)?;
    let mut collector = Collector { gc: gc::Fold::new(clip, folder), work: Work::new(folder) };
    let machine = Machine::with_initial(&initial, &mut collector);
    let mut reader = Reader::new(bytes, start)?;
    let has_borders = spacing.every < u64::MAX && reader.header().format == Format::V2;
    let both = Both {
        sums: Sums::new(clip),
        waits: Waits::new(clip),
        border: i64::MIN,
        crossing: Crossings::Kept(Vec::new()),
        diarist: has_borders.then(|| Diarist::new(spacing, bytes.len() as u64, folder)),
    };
    let book = BothBook { machine: LifeMachine::default(), both };
    let keep = Keep { clip, rows: Packed::new(folder) };
    let want = Want { regions: true, tasks: true };
    let summary = Summary::new(book, keep, want, clip, folder);
    let spare = Spare::new(clip);
    let cutter = has_borders.then(|| Cutter::new(spacing.every, bytes.len() as u64));
    let (last, events, begins) = (0, 0, Vec::new());
    let mut driver = Driver { pass, summary, machine, collector, spare, last, events, begins, cutter };
    let whole = reader.run(&mut driver)?;
    pass.ended(whole)?;
    let Driver { mut summary, mut machine, mut collector, mut spare, last, events, begins, cutter, .. } =
        driver;
    summary.finish();
    machine.finish(last, &mut collector);
    let end = run::outcome(&reader, last).end_nanos;
    let told = collector.gc.take_told();
    collector.gc.tell_heap(told);
    collector.gc.finish(end);
    spare.settle(end);
    let (mut book, keep, mut regions, tasks) = summary.into_parts();
    let touches = |from: Option<i64>, to: Option<i64>| clip.touches(from.unwrap_or(0), to.unwrap_or(end));
    regions.sort(|r| touches(r.start, r.end));
    let tasks = tasks.finish(|t| touches(t.start, t.end));
    let mut rows = keep.rows;
    rows.sort();
    let is_odd = book.machine.is_odd() || !rows.is_single();
    let cuts = cutter.and_then(|c| c.finish(&mut book.both, &mut collector.gc, told, is_odd));
    book.both.waits.settle(is_odd);
    let Collector { gc, work } = collector;
    Ok(Fold {
        clip,
        end_nanos: end,
        rows: Arc::new(rows),
        waits: book.both.waits,
        regions: Arc::new(regions),
        tasks,
        stop_times: gc.stop_times(),
        mark_times: gc.mark_times(),
        gc,
        work: Arc::new(work),
        spare,
        symbols: reader.into_symbols(),
        events,
        begins: Arc::new(begins),
        cuts,
        groups: OnceLock::new(),
        home: OnceLock::new(),
    })
}

struct Only(Waits);

impl Lives for Only {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        self.0.event(e, stage);
    }
    fn sample(&mut self, life: Option<&Life>, e: &Event, stack: StackId, s: &mut Stage<'_>) {
        self.0.sample(life, e, stack, s);
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

impl Follow for Only {
    fn is_open(&self) -> bool {
        self.0.is_open()
    }
}

/// Stays of some goroutines or regions only. Errors and cost: as `read`.
pub fn waits(
    pass: &Pass<'_>,
    clip: Clip,
    scope: Scope,
    (begin, until): (Option<Begin>, i64),
) -> Result<(Waits, Symbols)> {
    let mut only = Only(Waits::within(clip, scope));
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

    /// All rows, in parts by several threads, with what the collector took of their lives: what `visit` makes of each part.
    /// Cost: much less than of `all_rows` where no goroutine has two lives.
    pub fn each_row<T: Default + Send>(&self, visit: impl Fn(&mut T, &Done, (i64, i64)) + Sync) -> Vec<T> {
        let parts = self.rows.each(|found, _, d, _| visit(found, d, self.collected_of(d)));
        parts.unwrap_or_else(|| {
            let mut found = T::default();
            let all = self.all_rows().enumerate();
            all.for_each(|(i, (d, _))| visit(&mut found, &d, self.collected(i)));
            vec![found]
        })
    }

    /// One life under a stopped world, and while the collector marked.
    pub fn collected_of(&self, d: &Done) -> (i64, i64) {
        let (a, b) = (d.creation, d.end.unwrap_or(self.end_nanos));
        (self.stop_times.overlap(a, b), self.mark_times.overlap(a, b))
    }

    /// The same without what the collector took.
    pub fn each_alone(&self, mut visit: impl FnMut(&Done)) {
        if self.rows.each_in_turn(&mut visit).is_none() {
            self.all_rows().for_each(|(d, _)| visit(&d));
        }
    }

    /// Life of the `i`th goroutine under a stopped world, and while the collector marked; of all its lives.
    pub fn collected(&self, i: usize) -> (i64, i64) {
        let sum = |a: (i64, i64), b: (i64, i64)| (a.0 + b.0, a.1 + b.1);
        self.rows.lives(i).fold((0, 0), |all, (d, _)| sum(all, self.collected_of(&d)))
    }

    /// From its first begin to its last end; i64::MAX: with the trace, or it is not known.
    pub fn life_of(&self, g: i64) -> (i64, i64) {
        let Some(i) = self.rows.find(g) else { return (i64::MIN, i64::MAX) };
        let ends =
            |(from, to): (i64, i64), (d, _): Row| (from.min(d.creation), to.max(d.end.unwrap_or(i64::MAX)));
        self.rows.lives(i).fold((i64::MAX, i64::MIN), ends)
    }

    /// From where to where a goroutine is read: from the generation that it is made in, to its end.
    pub fn reading_of(&self, g: i64) -> (Option<Begin>, i64) {
        let (from, to) = self.life_of(g);
        (begin_at(&self.begins, from), to)
    }

    /// Start function of a goroutine; empty when it is not known.
    pub fn name_of(&self, g: i64) -> &str {
        self.rows.find(g).and_then(|i| self.row(i)).map_or("", |(d, _)| self.symbols.text(d.name))
    }

    /// Memory that it holds, about; of a range, what it does not share with the whole.
    pub fn size_bytes(&self) -> usize {
        let lists = self.regions.size_bytes() + self.tasks.size_bytes();
        if !self.clip.is_all() {
            return self.rows.size_bytes() + self.waits.size_bytes() + lists;
        }
        self.rows.size_bytes()
            + self.waits.size_bytes()
            + lists
            + self.gc.size_bytes()
            + self.work.size_bytes()
            + self.begins.len() * size_of::<Begin>()
            + self.cuts.as_ref().map_or(0, Cuts::size_bytes)
            + (self.stop_times.list().len() + self.mark_times.list().len()) * 24
    }
}
