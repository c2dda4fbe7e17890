//! What is kept of all rows, and what can be told of a row without decoding anything.

use std::ops::Range;

use rustc_hash::FxHashMap;
use tracewell_order::{Sym, Symbols};

use super::columns::{LifeFacts, Lives};
use super::machine::Holder;
use super::regions::Region;
use super::tails::{Tail, Tails};
use super::threads::OnThread;
use crate::buckets::{CounterBucket, StateBucket};
use crate::index::{BriefSpan, LONG_BUCKETS};
use crate::pyramid::Lane;
use crate::span::SpanState;

/// What a goroutine is in, since when.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Carried {
    pub state: SpanState,
    pub since: i64,
    pub reason: Sym,
}

/// What a segment begins with, beside what its tails say.
#[derive(Default)]
pub(super) struct Border {
    pub from: i64,
    pub to: i64,
    pub holders: Box<[Holder]>,
    pub assists: Box<[i64]>,
    pub on_threads: Box<[OnThread]>,
    /// Creations and wake-ups in it.
    pub flows: u64,
}

#[derive(Default)]
pub struct Thread {
    pub m: i64,
    pub first: i64,
    pub last: i64,
    pub running: i64,
    pub syscall: i64,
    /// By lane: levels, and spans that cross a border or are long, by end.
    pub(super) lanes: [Option<Lane<StateBucket>>; 2],
    pub(super) kept: [Vec<BriefSpan>; 2],
    /// End of the last span of each lane.
    pub(super) ends: [i64; 2],
}

/// A user's task. 48 bytes.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Task {
    pub id: u64,
    /// -1: none.
    pub parent: i64,
    pub start: i64,
    pub end: i64,
    pub name: Sym,
    pub older: bool,
    pub alive: bool,
    pub depth: u8,
    pub logs: bool,
}

/// A region that crosses a border of segments, and the life it belongs to.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CrossRegion {
    pub life: u32,
    pub region: Region,
}

#[derive(Default)]
pub struct Book {
    pub lives: Lives,
    pub symbols: Symbols,
    /// By first mention.
    pub threads: Vec<Thread>,
    /// By begin.
    pub tasks: Vec<Task>,
    /// More tasks were begun than are kept.
    pub tasks_left_out: u64,
    pub end: i64,
    pub(super) thread_of: FxHashMap<i64, u32>,
    pub(super) task_of: FxHashMap<u64, u32>,
    pub(super) tails: Tails,
    pub(super) borders: Vec<Border>,
    /// By life, then begin.
    pub(super) crossing: Vec<CrossRegion>,
    pub(super) wakeups: [Option<Lane<StateBucket>>; 3],
    /// Of each moment, what the goroutines that began to run then had waited for it.
    pub(super) latency: Option<Lane<CounterBucket>>,
    pub(super) base: u32,
}

impl Book {
    pub fn bytes(&self) -> usize {
        let lane = |l: &Option<Lane<StateBucket>>| l.as_ref().map_or(0, Lane::bytes);
        let threads: usize = self
            .threads
            .iter()
            .map(|t| {
                t.lanes.iter().map(lane).sum::<usize>()
                    + t.kept.iter().map(|c| c.capacity() * 48).sum::<usize>()
            })
            .sum();
        let borders: usize = self
            .borders
            .iter()
            .map(|b| b.holders.len() * 24 + b.assists.len() * 8 + b.on_threads.len() * 24 + 96)
            .sum();
        self.lives.bytes()
            + self.tails.bytes()
            + threads
            + borders
            + self.tasks.capacity() * size_of::<Task>()
            + self.crossing.capacity() * size_of::<CrossRegion>()
            + self.wakeups.iter().map(lane).sum::<usize>()
            + self.latency.as_ref().map_or(0, Lane::bytes)
    }

    /// Level of the finest buckets of lanes of threads and wake-ups.
    pub fn base(&self) -> u32 {
        self.base
    }

    pub fn segments(&self) -> usize {
        self.borders.len()
    }

    /// First and last time of a segment.
    pub fn bounds(&self, segment: usize) -> Option<(i64, i64)> {
        self.borders.get(segment).map(|b| (b.from, b.to))
    }

    /// Segments that touch [from, to].
    pub fn segments_in(&self, from: i64, to: i64) -> Range<usize> {
        let first = self.borders.partition_point(|b| b.to < from);
        let last = self.borders.partition_point(|b| b.from <= to);
        first..last.max(first)
    }

    /// Creations and wake-ups in a segment.
    pub fn flows(&self, segment: usize) -> u64 {
        self.borders.get(segment).map_or(0, |b| b.flows)
    }

    /// Segments in which a life lies.
    pub fn segments_of(&self, life: &LifeFacts) -> Range<usize> {
        self.segments_in(life.start, life.end)
    }

    /// What a goroutine did in a segment that is not the only one of its life.
    pub fn tail(&self, segment: usize, life: u32) -> Option<Tail> {
        self.tails.get(segment, life)
    }

    /// Segments of `among` in which a goroutine did something. Cost: O(segments × log goroutines).
    pub fn attended(&self, life: u32, facts: &LifeFacts, among: &Range<usize>) -> Vec<usize> {
        let own = self.segments_of(facts);
        let range = own.start.max(among.start)..own.end.min(among.end);
        if own.len() <= 1 {
            return range.collect();
        }
        range.filter(|s| self.tails.get(*s, life).is_some()).collect()
    }

    /// What it was in when a segment began; None: it did not live yet, or nothing was told.
    /// Cost: O(segments since it last moved).
    pub fn carried(&self, life: u32, facts: &LifeFacts, segment: usize) -> Option<Carried> {
        let own = self.segments_of(facts);
        let moved = |s| self.tails.get(s, life).filter(|t| t.steps > 0);
        let tail = (own.start..segment.min(own.end)).rev().find_map(moved)?;
        (tail.state != SpanState::Idle).then_some(Carried {
            state: tail.state,
            since: tail.since,
            reason: tail.reason,
        })
    }

    /// Reason of the wait that a goroutine was in when a segment began.
    pub fn carried_reason(&self, g: i64, at: i64, segment: usize) -> Sym {
        let life = self.lives.find(g, at).and_then(|l| Some((l, self.lives.get(l)?)));
        life.and_then(|(l, facts)| self.carried(l, &facts, segment)).map_or(Sym::EMPTY, |c| c.reason)
    }

    /// When it enters its next state in `segment` or later; the end of its life where it never does.
    pub fn next_step(&self, life: u32, facts: &LifeFacts, segment: usize) -> i64 {
        let own = self.segments_of(facts);
        let moved = |s| self.tails.get(s, life).filter(|t| t.steps > 0);
        let found = (segment.max(own.start)..own.end).find_map(moved);
        found.map_or(facts.end, |t| t.first)
    }

    /// Regions of a life that cross borders, by begin.
    pub fn crossing_regions(&self, life: u32) -> &[CrossRegion] {
        let first = self.crossing.partition_point(|c| c.life < life);
        let all = self.crossing.get(first..).unwrap_or_default();
        &all[..all.partition_point(|c| c.life == life)]
    }

    /// All regions that cross borders.
    pub fn all_crossing_regions(&self) -> &[CrossRegion] {
        &self.crossing
    }

    pub fn thread(&self, m: i64) -> Option<u32> {
        self.thread_of.get(&m).copied()
    }

    pub fn task(&self, id: u64) -> Option<u32> {
        self.task_of.get(&id).copied()
    }

    /// Levels of a thread's lane.
    pub fn thread_lane(&self, thread: u32, lane: u8) -> Option<&Lane<StateBucket>> {
        self.threads.get(thread as usize)?.lanes.get(usize::from(lane))?.as_ref()
    }

    /// Spans of a thread's lane that cross a border, and those at least `long_nanos` long, in order of their end.
    pub fn thread_kept(&self, thread: u32, lane: u8) -> &[BriefSpan] {
        let t = self.threads.get(thread as usize);
        t.and_then(|t| t.kept.get(usize::from(lane))).map_or(&[], |c| c.as_slice())
    }

    /// Spans of threads at least this long are kept.
    pub fn long_nanos(&self) -> i64 {
        LONG_BUCKETS << self.base
    }

    pub fn wakeup_lane(&self, source: u32) -> Option<&Lane<StateBucket>> {
        self.wakeups.get(source as usize)?.as_ref()
    }

    /// Levels of the scheduler latency: of each bucket mean and maximum over the goroutines that began to run in it.
    pub fn latency_lane(&self) -> Option<&Lane<CounterBucket>> {
        self.latency.as_ref()
    }

    /// `G27 main.churn`
    pub fn goroutine_label(&self, life: &LifeFacts) -> String {
        let name = self.symbols.text(life.name);
        if name.is_empty() { format!("G{}", life.g) } else { format!("G{} {name}", life.g) }
    }
}
