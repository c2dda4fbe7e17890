//! `gc`: cycles of the collector, stops of the world, and what each goroutine lost to them.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use tracewell_index::{Lanes, Span, SpanState, Track};
use tracewell_order::{Event, Kind, Metric, RangeName, Scope, Symbols};
use tracewell_source::{Result, SeededMap};

use crate::answer::Answer;
use crate::intervals::Intervals;
use crate::life_slices::id;
use crate::lives::{Life, LifeMachine, Lives};
use crate::pieces::Pieces;
use crate::run::{self, Outcome};
use crate::stats::Clip;

/// Goals above this mean that there is none.
const NO_GOAL: u64 = 1 << 50;

#[derive(Clone, Copy, Default)]
pub(crate) struct Level {
    pub first: Option<u64>,
    pub last: Option<u64>,
    pub max: Option<u64>,
}

impl Level {
    fn add(&mut self, v: u64) {
        self.first.get_or_insert(v);
        self.last = Some(v);
        self.max = self.max.max(Some(v));
    }
    /// What was seen next.
    fn then(&mut self, next: Level) {
        self.first = self.first.or(next.first);
        self.last = next.last.or(self.last);
        self.max = self.max.max(next.max);
    }
}

/// Sweeps on a processor and who held it meanwhile. Spans come when they end: each pair that overlaps is counted when
/// the later of the two comes.
#[derive(Default)]
struct Sweeps {
    is_open: bool,
    holds: Vec<(i64, i64, i64)>,
    done: Vec<(i64, i64)>,
}

#[derive(Default)]
struct LifeList(Vec<(i64, i64, i64)>);

impl Lives for LifeList {
    fn gone(&mut self, life: &Life, end: i64, _alive: bool) {
        self.0.push((life.g, life.start, end));
    }
}

/// Allocated bytes and the goal around a cycle's mark phase.
#[derive(Clone, Copy, Default)]
pub(crate) struct HeapAround {
    pub begin: i64,
    pub heap_begin: Option<u64>,
    pub goal_begin: Option<u64>,
    /// The first that were told from its end on.
    pub heap_end: Option<u64>,
    pub goal_end: Option<u64>,
    ended: bool,
}

/// Allocated bytes and the goal, as they were told within a time.
#[derive(Clone, Copy, Default)]
pub(crate) struct HeapTold {
    pub heap: Level,
    pub goal: Level,
}

impl HeapTold {
    pub fn event(&mut self, e: &Event, clip: Clip) {
        if let Kind::Metric { metric, value, .. } = e.kind
            && clip.touches(e.time, e.time)
        {
            match metric {
                Metric::HeapAlloc => self.heap.add(value),
                Metric::HeapGoal if value <= NO_GOAL => self.goal.add(value),
                _ => {}
            }
        }
    }
    pub fn then(&mut self, next: HeapTold) {
        self.heap.then(next.heap);
        self.goal.then(next.goal);
    }
}

pub(crate) struct Fold {
    clip: Clip,
    pub cycles: Vec<Span>,
    pub stops: Vec<Span>,
    pub heaps: Vec<HeapAround>,
    now: (Option<u64>, Option<u64>),
    /// Assists, waits within them included.
    open_assists: SeededMap<i64, i64>,
    pub assists: Arc<Pieces>,
    pub assist_ns: SeededMap<i64, i64>,
    sweeps: SeededMap<i64, Sweeps>,
    /// What goroutines swept; each piece is where a sweep of a processor and its holder meet.
    swept: Arc<Pieces>,
    pub sweep_ns: SeededMap<i64, i64>,
    pub heap: Level,
    pub goal: Level,
    told: HeapTold,
    sync: i64,
}

impl Lanes for Fold {
    fn span(&mut self, s: &Span) {
        match s.track {
            Track::Gc => self.cycles.push(*s),
            Track::Stw => self.stops.push(*s),
            Track::Proc(p, 0) => {
                let Some(sweeps) = self.sweeps.get_mut(&p) else { return };
                for (a, b) in std::mem::take(&mut sweeps.done) {
                    let (a, b) = (a.max(s.start), b.min(s.end));
                    *self.sweep_ns.entry(s.g).or_default() += self.clip.nanos(a, b);
                    if a < b {
                        put(&mut self.swept, a, b, s.g);
                    }
                }
                if sweeps.is_open {
                    sweeps.holds.push((s.start, s.end, s.g));
                }
            }
            Track::Proc(p, _) if s.state == SpanState::Sweep => {
                let sweeps = self.sweeps.entry(p).or_default();
                sweeps.is_open = false;
                for (a, b, g) in std::mem::take(&mut sweeps.holds) {
                    let (a, b) = (a.max(s.start), b.min(s.end));
                    *self.sweep_ns.entry(g).or_default() += self.clip.nanos(a, b);
                    if a < b {
                        put(&mut self.swept, a, b, g);
                    }
                }
                sweeps.done.push((s.start, s.end));
            }
            Track::Proc(..) => {}
        }
    }
}

impl Fold {
    /// `folder`: where files may be for what is too much for memory.
    pub fn new(clip: Clip, folder: Option<&Path>) -> Fold {
        let pieces = || Arc::new(Pieces::new(folder));
        Fold {
            clip,
            cycles: Vec::new(),
            stops: Vec::new(),
            heaps: Vec::new(),
            now: (None, None),
            open_assists: SeededMap::default(),
            assists: pieces(),
            assist_ns: SeededMap::default(),
            sweeps: SeededMap::default(),
            swept: pieces(),
            sweep_ns: SeededMap::default(),
            heap: Level::default(),
            goal: Level::default(),
            told: HeapTold::default(),
            sync: 0,
        }
    }

    /// Memory that it holds.
    pub fn size_bytes(&self) -> usize {
        let spans = self.cycles.capacity() + self.stops.capacity();
        spans * size_of::<Span>()
            + self.heaps.capacity() * size_of::<HeapAround>()
            + self.assists.size_bytes()
            + self.swept.size_bytes()
            + (self.assist_ns.capacity() + self.sweep_ns.capacity()) * 24
    }

    /// Ends what is open when the trace ends.
    pub fn finish(&mut self, end: i64) {
        let mut open: Vec<(i64, i64)> = std::mem::take(&mut self.open_assists).into_iter().collect();
        open.sort_unstable();
        for (g, began) in open {
            self.end_assist(g, began, end);
        }
        let told = self.take_told();
        self.heap_told(told);
        self.sweeps = SeededMap::default();
        self.stops.sort_by_key(|s| (s.start, s.end, s.g));
        self.cycles.sort_by_key(|s| (s.start, s.end));
    }

    /// The heap around marking, whatever the range that is asked for.
    fn watch_heap(&mut self, e: &Event) {
        match e.kind {
            Kind::RangeBegin { name: RangeName::GcMark, .. } => {
                let (heap_begin, goal_begin) = self.now;
                self.heaps.push(HeapAround {
                    begin: e.time,
                    heap_begin,
                    goal_begin,
                    ..HeapAround::default()
                });
            }
            Kind::RangeEnd { name: RangeName::GcMark, .. } => {
                // One that began before the trace has a place too: what follows its end is known.
                if self.heaps.last().is_none_or(|h| h.ended) {
                    self.heaps.push(HeapAround { begin: i64::MIN, ..HeapAround::default() });
                }
                if let Some(h) = self.heaps.last_mut() {
                    h.ended = true;
                }
            }
            Kind::Metric { metric: Metric::HeapAlloc, value, .. } => {
                self.now.0 = Some(value);
                if let Some(h) = self.heaps.last_mut().filter(|h| h.ended) {
                    h.heap_end.get_or_insert(value);
                }
            }
            Kind::Metric { metric: Metric::HeapGoal, value, .. } if value <= NO_GOAL => {
                self.now.1 = Some(value);
                if let Some(h) = self.heaps.last_mut().filter(|h| h.ended) {
                    h.goal_end.get_or_insert(value);
                }
            }
            _ => {}
        }
    }

    /// Each event, before it changes anything.
    pub fn watch(&mut self, e: &Event) {
        self.watch_heap(e);
        match e.kind {
            Kind::Sync { .. } => self.sync = e.time,
            Kind::Metric { .. } => self.told.event(e, self.clip),
            Kind::RangeBegin { scope: Scope::Proc(p), .. }
            | Kind::RangeActive { scope: Scope::Proc(p), .. } => {
                self.sweeps.entry(p).or_default().is_open = true;
            }
            Kind::RangeBegin { scope: Scope::Goroutine(g), name: RangeName::MarkAssist, .. } => {
                self.open_assists.insert(g, e.time);
            }
            Kind::RangeActive { scope: Scope::Goroutine(g), name: RangeName::MarkAssist } => {
                self.open_assists.entry(g).or_insert(self.sync);
            }
            Kind::RangeEnd { scope: Scope::Goroutine(g), name: RangeName::MarkAssist, .. } => {
                let began = self.open_assists.remove(&g).unwrap_or(self.sync);
                self.end_assist(g, began, e.time);
            }
            _ => {}
        }
    }

    /// What was found in the whole trace, of a range of it. `heap`: what was told of the heap and of its goal there.
    pub fn within_range(&self, clip: Clip, heap: HeapTold) -> Fold {
        let sums = |of: &Pieces| {
            let mut sums = SeededMap::default();
            for (a, b, g) in of.iter() {
                let nanos = clip.nanos(a, b);
                if nanos > 0 {
                    *sums.entry(g).or_default() += nanos;
                }
            }
            sums
        };
        Fold {
            cycles: self.cycles.clone(),
            stops: self.stops.clone(),
            heaps: self.heaps.clone(),
            assist_ns: sums(&self.assists),
            assists: self.assists.clone(),
            sweep_ns: sums(&self.swept),
            swept: self.swept.clone(),
            heap: heap.heap,
            goal: heap.goal,
            ..Fold::new(clip, None)
        }
    }

    /// All that was told of the heap.
    pub fn tell_heap(&mut self, told: HeapTold) {
        (self.heap, self.goal) = (told.heap, told.goal);
    }
    fn heap_told(&mut self, told: HeapTold) {
        self.heap.then(told.heap);
        self.goal.then(told.goal);
    }
    /// What was told of the heap since the last call.
    pub fn take_told(&mut self) -> HeapTold {
        std::mem::take(&mut self.told)
    }

    fn end_assist(&mut self, g: i64, began: i64, end: i64) {
        *self.assist_ns.entry(g).or_default() += self.clip.nanos(began, end);
        put(&mut self.assists, began, end, g);
    }
}

/// Shapes: {cycles: [{start, end, before_trace, at_end, stw_ns, assist_ns}], stw: [{start, end, reason, g}], goroutines:
/// [{id, stw_ns, mark_ns, assist_ns, sweep_ns}], heap: {first, last, max, goal_first, goal_last, goal_max}}; by start, or
/// by id. Units: ns, bytes. Cost: one pass; memory by goroutines, cycles, stops and assists.
pub fn read(bytes: &[u8], start: u64, clip: Clip) -> Result<(Answer, Outcome)> {
    let mut fold = Fold::new(clip, None);
    let (mut machine, mut lives) = (LifeMachine::default(), LifeList::default());
    let (outcome, symbols) = run::watched_lanes(bytes, start, &mut fold, |e, stage, fold| {
        machine.event(e, stage, &mut lives);
        fold.watch(e);
    })?;
    machine.finish(outcome.end_nanos, &mut lives);
    fold.finish(outcome.end_nanos);
    let value = fold.answer(lives.0, &symbols);
    Ok((value, outcome))
}

impl Fold {
    fn within(&self, spans: &[Span]) -> Intervals {
        let clip = self.clip;
        let cut = spans.iter().map(|s| (s.start.max(clip.from), s.end.min(clip.to)));
        Intervals::union(cut.filter(|(a, b)| a <= b).collect())
    }
    /// When the world was stopped, within the range asked for.
    pub fn stop_times(&self) -> Intervals {
        self.within(&self.stops)
    }
    /// When the collector marked, likewise.
    pub fn mark_times(&self) -> Intervals {
        self.within(&self.cycles)
    }

    fn answer(mut self, mut lives: Vec<(i64, i64, i64)>, symbols: &Symbols) -> Answer {
        let clip = self.clip;
        let (stop_times, mark_times) = (self.stop_times(), self.mark_times());
        let cycles = self.cycle_rows(symbols);
        let stw: Vec<Value> = self
            .stops
            .iter()
            .filter(|s| clip.touches(s.start, s.end))
            .map(|s| json!({"start": s.start, "end": s.end, "reason": reason(s, symbols), "g": id(s.g)}))
            .collect();
        let heap = json!({"first": self.heap.first, "last": self.heap.last, "max": self.heap.max,
                          "goal_first": self.goal.first, "goal_last": self.goal.last, "goal_max": self.goal.max});
        lives.retain(|l| clip.touches(l.1, l.2));
        lives.sort_unstable();
        let (assist_ns, sweep_ns) = (self.assist_ns, self.sweep_ns);
        let of = |sums: &SeededMap<i64, i64>, g: i64| sums.get(&g).copied().unwrap_or(0);
        let mut lives = lives.into_iter().peekable();
        let goroutines = std::iter::from_fn(move || {
            let (g, start, end) = lives.next()?;
            let mut sums = [stop_times.overlap(start, end), mark_times.overlap(start, end)];
            // Several lives of an id are one row.
            while let Some((_, start, end)) = lives.next_if(|l| l.0 == g) {
                sums[0] += stop_times.overlap(start, end);
                sums[1] += mark_times.overlap(start, end);
            }
            Some(json!({"id": g, "stw_ns": sums[0], "mark_ns": sums[1], "assist_ns": of(&assist_ns, g),
                        "sweep_ns": of(&sweep_ns, g)}))
        });
        Answer::default()
            .one("cycles", Value::Array(cycles))
            .one("stw", Value::Array(stw))
            .list("goroutines", goroutines)
            .one("heap", heap)
    }

    /// Where the parts of cycles in the range begin and end.
    pub fn cycle_times(&self) -> Vec<i64> {
        self.cycles.iter().flat_map(|c| [c.start.max(self.clip.from), c.end.min(self.clip.to)]).collect()
    }

    fn cycle_rows(&mut self, symbols: &Symbols) -> Vec<Value> {
        let clip = self.clip;
        let assists = Overlapping::new(self.assists.iter().map(|(a, b, _)| (a, b)), self.cycle_times());
        let stops: Vec<&Span> = self.stops.iter().filter(|s| reason(s, symbols).starts_with("GC")).collect();
        let row = |c: &Span| {
            let touching = stops.iter().filter(|s| s.start <= c.end && s.end >= c.start);
            let stw: i64 = touching.map(|s| clip.nanos(s.start, s.end)).sum();
            let (from, to) = (c.start.max(clip.from), c.end.min(clip.to));
            json!({"start": c.start, "end": c.end, "before_trace": c.began_before, "at_end": c.open,
                   "stw_ns": stw, "assist_ns": assists.sum(from, to)})
        };
        self.cycles.iter().filter(|c| clip.touches(c.start, c.end)).map(row).collect()
    }
}

/// While the trace is read nobody else has them.
fn put(to: &mut Arc<Pieces>, begin: i64, end: i64, g: i64) {
    if let Some(pieces) = Arc::get_mut(to) {
        pieces.push(begin, end, g);
    }
}

/// Why the world was stopped.
pub(crate) fn reason<'a>(s: &Span, symbols: &'a Symbols) -> &'a str {
    match s.name {
        Some(RangeName::Stw(reason)) => symbols.text(reason),
        _ => "",
    }
}

/// How much time intervals that overlap each other take before each of some times, all of them summed.
pub(crate) struct Overlapping {
    times: Vec<i64>,
    until: Vec<i128>,
}

impl Overlapping {
    /// `times`: those that sums are asked between. Cost: O(intervals log times); memory by times.
    pub fn new(list: impl Iterator<Item = (i64, i64)>, mut times: Vec<i64>) -> Overlapping {
        times.sort_unstable();
        times.dedup();
        // From a time on: how many more are under way than ended, and the sum of their begins less that of their ends.
        let mut steps = vec![(0i64, 0i128); times.len() + 1];
        for (start, end) in list {
            for (t, by) in [(start, 1), (end, -1)] {
                if let Some(step) = steps.get_mut(times.partition_point(|x| *x <= t)) {
                    *step = (step.0 + by, step.1 + i128::from(t) * i128::from(by));
                }
            }
        }
        let (mut n, mut sum) = (0, 0);
        let until = |(t, (more, begins)): (&i64, &(i64, i128))| {
            (n, sum) = (n + more, sum + begins);
            i128::from(*t) * i128::from(n) - sum
        };
        let until = times.iter().zip(&steps).map(until).collect();
        Overlapping { times, until }
    }

    /// Sum over all of their part in [from, to), which are among its times.
    pub fn sum(&self, from: i64, to: i64) -> i64 {
        if to <= from { 0 } else { (self.until(to) - self.until(from)) as i64 }
    }

    fn until(&self, t: i64) -> i128 {
        let at = self.times.binary_search(&t);
        debug_assert!(at.is_ok(), "{t} is none of the times");
        at.ok().and_then(|at| self.until.get(at)).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_intervals_that_overlap() {
        let few = vec![(0, 10), (5, 20), (5, 7), (30, 31)];
        let many = |n: i64| (0..n).map(|i| (i * 7 % 31, i * 7 % 31 + i % 5)).collect();
        for list in [few, many(63), many(200), vec![(i64::MIN, i64::MAX)], Vec::new()] {
            let o = Overlapping::new(list.iter().copied(), (0..38).rev().chain(5..9).collect());
            for a in 0..38 {
                for b in a..38 {
                    let want: i64 = list.iter().map(|(x, y)| (b.min(*y) - a.max(*x)).max(0)).sum();
                    assert_eq!(o.sum(a, b), want, "{a} {b}");
                }
            }
        }
    }
}
