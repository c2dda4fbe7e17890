//! A piece decoded again for rows: every step of every goroutine in it, and what lies wholly inside of threads' runs and
//! regions. What crosses its borders is in the book.

use tracewell_order::{Event, Flow, Kind, Stage, Sym, Symbols};
use tracewell_source::SeededMap;
use tracewell_wire::Header;

use super::book::Book;
use super::machine::{Cause, GoMachine, Step, Steps, Was};
use super::regions::{OpenRegions, Region};
use super::steps::StepLog;
use super::threads::{EARLIER, ThreadRuns};
use crate::index::{BriefSpan, Segment};
use crate::span::SpanState;
use crate::window::{Prepared, Watch, tell_part, touching};

/// What woke a goroutine where no goroutine did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WakeupSource {
    Network = 0,
    Timers = 1,
    Syscalls = 2,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Wakeup {
    pub at: i64,
    pub g: i64,
    pub source: WakeupSource,
}

impl WakeupSource {
    /// Of a step; `reason` tells that of the wait which it ended. None: a goroutine did it, or it was none.
    pub fn of(step: &Step, symbols: &Symbols, reason: impl FnOnce() -> Sym) -> Option<WakeupSource> {
        match (step.cause, step.from, step.state) {
            (Cause::Unblock, ..) if step.by < 0 => match symbols.text(reason()) {
                "network" => Some(WakeupSource::Network),
                _ => Some(WakeupSource::Timers),
            },
            (Cause::Own, SpanState::SyscallBlocked, SpanState::Running | SpanState::Runnable) => {
                Some(WakeupSource::Syscalls)
            }
            _ => None,
        }
    }
}

/// A moment of a goroutine.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tick {
    pub at: i64,
    pub g: i64,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LogTick {
    pub at: i64,
    pub g: i64,
    pub task: u64,
    pub category: Sym,
}

#[derive(Default)]
struct ThreadRow {
    spans: [Vec<BriefSpan>; 2],
    longest: [i64; 2],
}

/// All that happened to rows in a piece.
#[derive(Default)]
pub struct RowWindow {
    steps: StepLog,
    /// By goroutine, then begin.
    regions: Vec<Region>,
    logs: Vec<LogTick>,
    samples: Vec<Tick>,
    wakeups: Vec<Wakeup>,
    threads: SeededMap<i64, ThreadRow>,
}

fn of<T>(all: &[T], g: i64, key: impl Fn(&T) -> i64) -> &[T] {
    let first = all.partition_point(|t| key(t) < g);
    let rest = &all[first..];
    &rest[..rest.partition_point(|t| key(t) == g)]
}

impl RowWindow {
    pub fn bytes(&self) -> usize {
        let threads: usize =
            self.threads.values().flat_map(|r| &r.spans).map(|s| s.capacity() * size_of::<BriefSpan>()).sum();
        self.steps.bytes()
            + self.regions.capacity() * size_of::<Region>()
            + self.logs.capacity() * size_of::<LogTick>()
            + self.samples.capacity() * size_of::<Tick>()
            + self.wakeups.capacity() * size_of::<Wakeup>()
            + threads
    }

    /// Steps of a goroutine, by time. Cost: O(blocks × log goroutines + steps).
    pub fn steps(&self, g: i64) -> Vec<Step> {
        self.steps.of(g)
    }
    /// Steps of all goroutines in [from, to], in no order. Cost: O(steps of the blocks that touch it).
    pub fn each_step(&self, from: i64, to: i64, see: &mut dyn FnMut(i64, &Step)) {
        self.steps.each(from, to, see);
    }
    pub fn regions(&self, g: i64) -> &[Region] {
        of(&self.regions, g, |r| r.g)
    }
    pub fn all_regions(&self) -> &[Region] {
        &self.regions
    }
    pub fn logs(&self, g: i64) -> &[LogTick] {
        of(&self.logs, g, |l| l.g)
    }
    pub fn all_logs(&self) -> &[LogTick] {
        &self.logs
    }
    pub fn samples(&self, g: i64) -> &[Tick] {
        of(&self.samples, g, |s| s.g)
    }
    pub fn all_samples(&self) -> &[Tick] {
        &self.samples
    }
    /// By time.
    pub fn wakeups(&self) -> &[Wakeup] {
        &self.wakeups
    }

    /// Spans of a thread's lane that touch [from, to) and cross no border.
    pub fn thread(&self, m: i64, lane: u8, from: i64, to: i64) -> impl Iterator<Item = &BriefSpan> {
        let row = self.threads.get(&m);
        let lane = usize::from(lane & 1);
        touching(row.map_or(&[], |r| &r.spans[lane]), row.map_or(0, |r| r.longest[lane]), from, to)
    }

    /// Decodes the piece at a place of the book, which is a part of `segment`. `prepared`: of that segment, where it has
    /// parts. Cost: O(events of the piece).
    pub fn read(
        bytes: &[u8],
        header: Header,
        (segment, place): (&Segment, usize),
        prepared: Option<&Prepared>,
        book: &Book,
    ) -> RowWindow {
        let Some((piece, seed)) = book.piece(place).zip(book.seed(place)) else {
            return RowWindow::default();
        };
        let mut collect = Collect {
            machine: seed.machine(),
            regions: OpenRegions::default(),
            out: Gather {
                runs: ThreadRuns::seeded(&seed.on_threads),
                book,
                place,
                window: RowWindow::default(),
                ended: Vec::new(),
            },
        };
        // All reasons are known to the book, so theirs are the texts.
        let symbols = book.symbols.clone();
        tell_part(bytes, header, (segment, piece.part), prepared, symbols, &mut collect);
        let mut w = collect.out.window;
        w.steps.finish();
        w.regions.sort_by_key(|r| (r.g, r.start, -r.end));
        w.logs.sort_by_key(|l| l.g);
        w.samples.sort_by_key(|s| s.g);
        w
    }
}

struct Gather<'b> {
    runs: ThreadRuns,
    book: &'b Book,
    place: usize,
    window: RowWindow,
    /// Goroutines that ended with this event, and when.
    ended: Vec<(i64, i64)>,
}

struct Collect<'b> {
    machine: GoMachine,
    regions: OpenRegions,
    out: Gather<'b>,
}

impl Steps for Gather<'_> {
    fn step(&mut self, g: i64, _tag: u32, step: &Step, was: Option<Was>) {
        self.window.steps.push(g, *step);
        if step.state == SpanState::Idle {
            self.ended.push((g, step.at));
        }
        let (book, place) = (self.book, self.place);
        let reason = || was.map_or_else(|| book.carried_reason(g, step.at, place), |w| w.reason);
        if let Some(source) = WakeupSource::of(step, &book.symbols, reason) {
            self.window.wakeups.push(Wakeup { at: step.at, g, source });
        }
        let threads = &mut self.window.threads;
        self.runs.step(g, step, was, false, |s| {
            if s.start == EARLIER {
                return;
            }
            let row = threads.entry(s.m).or_default();
            let lane = usize::from(s.lane);
            row.longest[lane] = row.longest[lane].max(s.end - s.start);
            row.spans[lane].push(thread_span(s.start, s.end, s.lane, s.g, false, false));
        });
    }
}

pub(super) fn thread_span(start: i64, end: i64, lane: u8, g: i64, open: bool, crossing: bool) -> BriefSpan {
    let state = if lane == 0 { SpanState::Running } else { SpanState::Syscall };
    BriefSpan { start, end, g, reason: Sym::EMPTY, state, began_before: false, open, crossing }
}

impl Watch for Collect<'_> {
    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) -> Flow {
        self.machine.event(e, &mut self.out);
        let window = &mut self.out.window;
        for (g, at) in self.out.ended.drain(..) {
            self.regions.gone(g, at, |r| window.regions.push(r));
        }
        match e.kind {
            Kind::RegionBegin { .. } | Kind::RegionEnd { .. } => self.regions.event(e, |r| {
                if !r.before {
                    window.regions.push(r);
                }
            }),
            Kind::Log { task, category, .. } => {
                window.logs.push(LogTick { at: e.time, g: e.g, task, category });
            }
            Kind::StackSample { .. } if e.g >= 0 => window.samples.push(Tick { at: e.time, g: e.g }),
            _ => {}
        }
        Flow::Continue(())
    }
}
