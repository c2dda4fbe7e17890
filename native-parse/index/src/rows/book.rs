//! What is kept of all rows, and what can be told of a row without decoding anything.

use std::ops::Range;

use tracewell_order::{Sym, Symbols};
use tracewell_source::SeededMap;

use super::attendance::Attendance;
use super::columns::Lives;
use super::facts::LifeFacts;
use super::machine::{GoMachine, Holder};
use super::regions::Region;
use super::tails::{Stored, Tail, Tails};
use super::threads::OnThread;
use super::within::Within;
use crate::buckets::{CounterBucket, StateBucket};
use crate::index::{BriefSpan, LONG_BUCKETS, Piece};
use crate::pyramid::Lane;
use crate::sidecar::{In, Out};
use crate::span::SpanState;

/// What a goroutine is in, since when.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Carried {
    pub state: SpanState,
    pub since: i64,
    pub reason: Sym,
}

/// What a piece begins with, beside what its tails say.
#[derive(Default)]
pub(super) struct Border {
    pub from: i64,
    pub to: i64,
    pub piece: Piece,
    /// Who held processors and was on threads, as `Seed` writes it: with the tails.
    pub seed: Stored,
    /// Creations and wake-ups in it.
    pub flows: u64,
}

/// Who does what at the begin of a piece.
#[derive(Default)]
pub(super) struct Seed {
    /// Time of the last Sync.
    pub sync: i64,
    pub holders: Vec<Holder>,
    pub assists: Vec<i64>,
    pub on_threads: Vec<OnThread>,
}

impl Seed {
    pub fn bytes(&self) -> Box<[u8]> {
        let mut out = Out::default();
        out.i(self.sync);
        out.list(self.holders.iter(), |out, h| {
            out.i(h.p);
            out.i(h.g);
            out.flag(h.in_call);
        });
        out.list(self.assists.iter(), |out, g| out.i(*g));
        out.list(self.on_threads.iter(), |out, t| {
            out.i(t.g);
            out.i(t.m);
            out.flag(t.in_call);
        });
        out.0.into()
    }

    /// None when it is none.
    pub fn of(bytes: &[u8]) -> Option<Seed> {
        let from = &mut In::new(bytes);
        Some(Seed {
            sync: from.nanos()?,
            holders: from.list(|from| Some(Holder { p: from.i()?, g: from.i()?, in_call: from.flag()? }))?,
            assists: from.list(In::i)?,
            on_threads: from
                .list(|from| Some(OnThread { g: from.i()?, m: from.i()?, in_call: from.flag()? }))?,
        })
    }

    pub fn machine(&self) -> GoMachine {
        GoMachine::seeded(self.sync, &self.holders, &self.assists)
    }
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
    pub(super) thread_of: SeededMap<i64, u32>,
    pub(super) task_of: SeededMap<u64, u32>,
    pub(super) tails: Tails,
    /// Of lives that lie in very many pieces: in which they did something.
    pub(super) attendance: Attendance,
    pub(super) borders: Vec<Border>,
    /// By life, then begin.
    pub(super) crossing: Vec<CrossRegion>,
    /// What lies within pieces and is no state, where it is rare.
    pub(super) within: Option<Within>,
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
        let borders = self.borders.capacity() * size_of::<Border>();
        self.lives.bytes()
            + self.attendance.bytes()
            + self.tails.bytes()
            + threads
            + borders
            + self.tasks.capacity() * size_of::<Task>()
            + self.crossing.capacity() * size_of::<CrossRegion>()
            + self.within.as_ref().map_or(0, Within::bytes)
            + self.wakeups.iter().map(lane).sum::<usize>()
            + self.latency.as_ref().map_or(0, Lane::bytes)
    }

    /// Level of the finest buckets of lanes of threads and wake-ups.
    pub fn base(&self) -> u32 {
        self.base
    }

    /// How many pieces there are. A piece is a segment, or a part of a long one; its place is its number among all.
    pub fn pieces(&self) -> usize {
        self.borders.len()
    }

    /// The piece at a place.
    pub fn piece(&self, place: usize) -> Option<Piece> {
        self.borders.get(place).map(|b| b.piece)
    }

    /// Place of the first piece of a segment; of one that is not there, the number of pieces.
    pub fn first_of(&self, segment: usize) -> usize {
        self.borders.partition_point(|b| b.piece.segment < segment)
    }

    pub(super) fn seed(&self, place: usize) -> Option<Seed> {
        Seed::of(self.tails.stored(self.borders.get(place)?.seed))
    }

    /// First and last time of a piece.
    pub fn bounds(&self, place: usize) -> Option<(i64, i64)> {
        self.borders.get(place).map(|b| (b.from, b.to))
    }

    /// Pieces that touch [from, to].
    pub fn pieces_in(&self, from: i64, to: i64) -> Range<usize> {
        let first = self.borders.partition_point(|b| b.to < from);
        let last = self.borders.partition_point(|b| b.from <= to);
        first..last.max(first)
    }

    /// Creations and wake-ups in a piece.
    pub fn flows(&self, place: usize) -> u64 {
        self.borders.get(place).map_or(0, |b| b.flows)
    }

    /// Pieces in which a life lies.
    pub fn pieces_of(&self, life: &LifeFacts) -> Range<usize> {
        self.pieces_in(life.start, life.end)
    }

    /// What a goroutine did in a piece that is not the only one of its life.
    pub fn tail(&self, piece: usize, life: u32, facts: &LifeFacts) -> Option<Tail> {
        self.tails.get(piece, life, (facts.start, facts.end))
    }

    /// Pieces of `among` that may have something of a life, rising or falling.
    fn candidates<'b>(
        &'b self,
        life: u32,
        among: Range<usize>,
    ) -> Box<dyn DoubleEndedIterator<Item = usize> + 'b> {
        match self.attendance.of(life, &among) {
            Some(known) => Box::new(known.iter().map(|p| *p as usize)),
            None => Box::new(among),
        }
    }

    /// Pieces of `among` in which a goroutine did something; and where it is first mentioned only behind them, though it
    /// lived before, that piece too. Rising. Cost: O(pieces × log goroutines); O(log pieces + those found) of long lives.
    pub fn attended(&self, life: u32, facts: &LifeFacts, among: &Range<usize>) -> Vec<usize> {
        let own = self.pieces_of(facts);
        let range = own.start.max(among.start)..own.end.min(among.end);
        if own.len() <= 1 || range.is_empty() {
            return range.collect();
        }
        let acts = |p: &usize| self.tails.has(*p, life);
        let mut all: Vec<usize> = self.candidates(life, range.clone()).filter(acts).collect();
        if facts.older && all.is_empty() && !self.candidates(life, own.start..range.start).any(|p| acts(&p)) {
            all.extend(self.candidates(life, range.end..own.end).find(acts));
        }
        // What was in an assist at the begin may be told behind what tells of the goroutine itself.
        while let Some(last) = all.last().filter(|_| facts.older) {
            let next = self.candidates(life, last + 1..own.end).find(acts);
            let early = |p: &usize| {
                let tail = self.moved(*p, life, facts);
                tail.zip(self.bounds(*p)).is_some_and(|(t, b)| t.first < b.0)
            };
            match next.filter(early) {
                Some(next) => all.push(next),
                None => break,
            }
        }
        all
    }

    fn moved(&self, piece: usize, life: u32, facts: &LifeFacts) -> Option<Tail> {
        self.tail(piece, life, facts).filter(|t| t.steps > 0)
    }

    /// What it was in when a piece began; None: it did not live yet, or nothing was told.
    /// Cost: O(pieces since it last moved); O(log pieces) of long lives.
    pub fn carried(&self, life: u32, facts: &LifeFacts, piece: usize) -> Option<Carried> {
        let own = self.pieces_of(facts);
        let before = own.start..piece.min(own.end);
        let tail = self.candidates(life, before).rev().find_map(|p| self.moved(p, life, facts))?;
        (tail.state != SpanState::Idle).then_some(Carried {
            state: tail.state,
            since: tail.since,
            reason: tail.reason,
        })
    }

    /// Reason of the wait that a goroutine was in when a piece began.
    pub fn carried_reason(&self, g: i64, at: i64, piece: usize) -> Sym {
        let life = self.lives.find(g, at).and_then(|l| Some((l, self.lives.get(l)?)));
        life.and_then(|(l, facts)| self.carried(l, &facts, piece)).map_or(Sym::EMPTY, |c| c.reason)
    }

    /// When it enters its next state in `piece` or later; the end of its life where it never does.
    pub fn next_step(&self, life: u32, facts: &LifeFacts, piece: usize) -> i64 {
        let own = self.pieces_of(facts);
        let behind = piece.max(own.start)..own.end;
        let found = self.candidates(life, behind).find_map(|p| self.moved(p, life, facts));
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

    /// Regions, logs and samples of goroutines, all of them. None: they are many, and must be decoded.
    pub fn within(&self) -> Option<&Within> {
        self.within.as_ref()
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
