//! All profiles of one pass: what each stack cost, and its longest occurrences.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use tracewell_order::{Event, GoState, Kind, StackId, Stage, Sym};

use crate::desk::latency::Latency;
use crate::lives::{Life, Stay};
use crate::packed::{Reader, number, unsigned};
use crate::profile_scope::Scope;
use crate::profiles::{NOT_COUNTED, Profile, SAMPLE_NANOS, is_sync};
use crate::stacks::{Blank, Finder, StackIx, Stacks};
use crate::stats::Clip;

/// Occurrences that are kept of a stack.
const LONGEST: usize = 10;

/// The sums that are kept: the profiles, and scheduler latency by the stack of who waits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Book {
    Net,
    Sync,
    Syscall,
    SchedByWaker,
    SchedByWaiter,
    Cpu,
    Other,
}

const BOOKS: usize = 7;

impl Book {
    /// What a profile is made of; the parts of `Wall` overlap in no moment of a goroutine.
    pub fn of(profile: Profile, by_waiter: bool) -> &'static [Book] {
        match profile {
            Profile::Net => &[Book::Net],
            Profile::Sync => &[Book::Sync],
            Profile::Syscall => &[Book::Syscall],
            Profile::Sched if by_waiter => &[Book::SchedByWaiter],
            Profile::Sched => &[Book::SchedByWaker],
            Profile::Cpu => &[Book::Cpu],
            Profile::Other => &[Book::Other],
            Profile::Wall => &[Book::Net, Book::Sync, Book::Syscall, Book::SchedByWaiter, Book::Other],
        }
    }

    /// The state that it is about, as the leaf of a stack says it.
    pub fn label(self) -> &'static str {
        match self {
            Book::Net => "(network wait)",
            Book::Sync => "(synchronization wait)",
            Book::Syscall => "(system call)",
            Book::SchedByWaker | Book::SchedByWaiter => "(runnable)",
            Book::Cpu => "(sample)",
            Book::Other => "(other wait)",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Occurrence {
    pub nanos: i64,
    pub g: i64,
    pub start: i64,
    pub end: i64,
}

impl Occurrence {
    /// Longest first; as long, the one that ended first.
    fn place(&self) -> (std::cmp::Reverse<i64>, i64, i64) {
        (std::cmp::Reverse(self.nanos), self.end, self.g)
    }
}

#[derive(Clone, Default, Debug)]
pub struct StackSum {
    pub count: u64,
    pub nanos: i64,
    pub max: i64,
    /// Longest first.
    pub longest: Vec<Occurrence>,
}

impl StackSum {
    pub fn add(&mut self, count: u64, o: Occurrence) {
        self.count += count;
        self.nanos += o.nanos;
        self.max = self.max.max(o.nanos);
        self.keep(o);
    }
    fn keep(&mut self, o: Occurrence) {
        if self.longest.len() < LONGEST || self.longest.last().is_some_and(|l| o.place() < l.place()) {
            let at = self.longest.partition_point(|l| l.place() <= o.place());
            self.longest.truncate(LONGEST - 1);
            self.longest.insert(at.min(self.longest.len()), o);
        }
    }
    fn merge(&mut self, count: u64, nanos: i64, max: i64) {
        self.count += count;
        self.nanos += nanos;
        self.max = self.max.max(max);
    }
}

pub type StackSums = FxHashMap<StackIx, StackSum>;

/// Sums of stays by book and stack.
#[derive(Default)]
pub struct Books {
    ended: [StackSums; BOOKS],
    still: [StackSums; BOOKS],
    /// Lengths of runnable stays that ended.
    pub latency: Latency,
}

impl Books {
    fn all(&mut self) -> impl Iterator<Item = &mut StackSums> {
        self.ended.iter_mut().chain(&mut self.still)
    }

    /// Adds what other stays cost.
    pub fn merge(&mut self, mut other: Books) {
        for (own, other) in self.all().zip(other.all()) {
            for (stack, sum) in std::mem::take(other) {
                let of = own.entry(stack).or_default();
                of.merge(sum.count, sum.nanos, sum.max);
                sum.longest.into_iter().for_each(|o| of.keep(o));
            }
        }
        self.latency.merge(&other.latency);
    }

    /// As numbers of variable length: what is kept of a part of the trace, in which all stays are whole.
    pub fn pack(&mut self) -> PackedBooks {
        let mut out = Vec::new();
        for sums in self.all() {
            unsigned(&mut out, sums.len() as u64);
            for (stack, s) in sums.drain() {
                unsigned(&mut out, u64::from(stack.0));
                unsigned(&mut out, s.count);
                unsigned(&mut out, s.longest.len() as u64);
                for v in [s.nanos, s.max] {
                    number(&mut out, v);
                }
                let mut last = 0;
                for o in s.longest {
                    for v in [o.nanos, o.g, o.end.wrapping_sub(last), o.end.wrapping_sub(o.start)] {
                        number(&mut out, v);
                    }
                    last = o.end;
                }
            }
        }
        out.shrink_to_fit();
        PackedBooks { bytes: out, latency: std::mem::take(&mut self.latency) }
    }

    /// Adds what was packed. None where it cannot be read, which is never so.
    pub fn add(&mut self, packed: &PackedBooks) -> Option<()> {
        let mut r = Reader::new(&packed.bytes);
        for sums in self.all() {
            for _ in 0..r.unsigned()? {
                let of = sums.entry(StackIx(r.unsigned()? as u32)).or_default();
                let (count, longest) = (r.unsigned()?, r.unsigned()?);
                of.merge(count, r.number()?, r.number()?);
                let mut last = 0i64;
                for _ in 0..longest {
                    let (nanos, g) = (r.number()?, r.number()?);
                    last = last.wrapping_add(r.number()?);
                    let start = last.wrapping_sub(r.number()?);
                    of.keep(Occurrence { nanos, g, start, end: last });
                }
            }
        }
        self.latency.merge(&packed.latency);
        Some(())
    }
}

/// Books of a part of the trace.
pub struct PackedBooks {
    bytes: Vec<u8>,
    latency: Latency,
}

impl PackedBooks {
    pub fn size_bytes(&self) -> usize {
        self.bytes.capacity() + self.latency.size_bytes()
    }
}

/// Stacks by which stays are summed up: found in this reading, or known from one that saw all of them.
enum Known {
    Own(Box<Stacks>),
    Found(Finder),
}

impl Known {
    fn intern(&mut self, id: StackId, stage: &mut Stage<'_>) -> StackIx {
        match self {
            Known::Own(s) => s.intern(id, stage),
            Known::Found(f) => f.find(id, stage),
        }
    }
}

/// How stays are told apart.
#[derive(Default)]
pub struct Kinds {
    /// Which profile a wait of a reason belongs to.
    reasons: FxHashMap<Sym, Book>,
    /// Waker's and waiter's stack of runnable stays.
    pairs: Vec<(StackIx, StackIx)>,
}

impl Kinds {
    /// Adds a stay, or its part in a range, to books.
    pub fn count(&self, books: &mut Books, clip: Clip, g: i64, s: &Stay) {
        if s.stack == NOT_COUNTED {
            return;
        }
        let nanos = clip.nanos(s.start, s.end);
        let trace_end = if s.ended { i64::MAX } else { s.end };
        let count = u64::from(clip.counts(s.end, trace_end));
        if nanos == 0 && count == 0 {
            return;
        }
        let Books { ended, still, latency } = books;
        let sums = if s.ended { ended } else { still };
        let o = Occurrence { nanos, g, start: s.start, end: s.end };
        let mut add =
            |book: Book, stack: StackIx| sums[book as usize].entry(stack).or_default().add(count, o);
        match s.state {
            GoState::Syscall => add(Book::Syscall, s.stack),
            GoState::Waiting => {
                if let Some(book) = self.reasons.get(&s.reason) {
                    add(*book, s.stack);
                }
            }
            GoState::Runnable => {
                if count > 0 && s.ended {
                    latency.add(nanos);
                }
                if let Some(&(waker, waiter)) = self.pairs.get(s.stack.0 as usize) {
                    add(Book::SchedByWaker, waker);
                    add(Book::SchedByWaiter, waiter);
                }
            }
            _ => {}
        }
    }
}

pub struct Waits {
    clip: Clip,
    scope: Scope,
    kinds: Kinds,
    known: Known,
    /// Memory of stacks that these waits found.
    own_bytes: usize,
    of_pair: FxHashMap<(StackIx, StackIx), StackIx>,
    pub books: Books,
    /// Of the event at hand.
    from: GoState,
    own_stack: StackId,
    /// Stack of the stay that ended last.
    left: StackIx,
}

impl Waits {
    pub fn new(clip: Clip, scope: Scope) -> Waits {
        Waits {
            clip,
            scope,
            own_bytes: 0,
            known: Known::Own(Box::new(Stacks::new(Blank::Drop))),
            kinds: Kinds::default(),
            of_pair: FxHashMap::default(),
            books: Books::default(),
            from: GoState::Undetermined,
            own_stack: 0,
            left: NOT_COUNTED,
        }
    }

    /// Waits of a range, by the stacks and the reasons of those of the whole trace.
    pub fn of_range(&self, clip: Clip) -> Option<Waits> {
        let all = match &self.known {
            Known::Found(f) => f.all().clone(),
            Known::Own(_) => return None,
        };
        Some(Waits { known: Known::Found(Finder::new(all)), ..Waits::new(clip, Scope::default()) })
    }

    /// All stacks are known from now on.
    pub fn settle(&mut self) {
        if let Known::Own(s) = &mut self.known {
            let mut all = std::mem::take(&mut **s);
            all.rest();
            self.own_bytes = all.size_bytes();
            self.known = Known::Found(Finder::new(Arc::new(all)));
        }
    }

    pub fn kinds(&self) -> &Kinds {
        &self.kinds
    }
    pub fn stacks(&self) -> &Stacks {
        match &self.known {
            Known::Own(s) => s,
            Known::Found(f) => f.all(),
        }
    }

    /// A stack was asked for that the whole trace does not have.
    pub fn missed(&self) -> bool {
        matches!(&self.known, Known::Found(f) if f.missed)
    }

    pub fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        self.scope.event(e, stage);
        match e.kind {
            Kind::GoTransition { from, own_stack, .. } => (self.from, self.own_stack) = (from, own_stack),
            Kind::StackSample { stack } if self.clip.counts(e.time, i64::MAX) && self.scope.holds(e.g) => {
                let stack = self.known.intern(stack, stage);
                let o = Occurrence { nanos: SAMPLE_NANOS, g: e.g, start: e.time, end: e.time };
                self.books.ended[Book::Cpu as usize].entry(stack).or_default().add(1, o);
            }
            _ => {}
        }
    }

    pub fn keep_stack(
        &mut self,
        life: &Life,
        state: GoState,
        reason: Sym,
        id: StackId,
        stage: &mut Stage<'_>,
    ) -> StackIx {
        if !matches!(state, GoState::Waiting | GoState::Syscall | GoState::Runnable)
            || !self.scope.holds(life.g)
        {
            return NOT_COUNTED;
        }
        if state == GoState::Waiting {
            self.kinds.reasons.entry(reason).or_insert_with(|| match stage.symbols.text(reason) {
                "network" => Book::Net,
                text if is_sync(text, true) => Book::Sync,
                _ => Book::Other,
            });
        }
        let stack = self.known.intern(id, stage);
        if state != GoState::Runnable {
            return stack;
        }
        let waiter = match self.from {
            GoState::NotExist => self.known.intern(self.own_stack, stage),
            GoState::Waiting | GoState::Syscall if self.left != NOT_COUNTED => self.left,
            GoState::Waiting | GoState::Syscall => StackIx(0),
            _ => stack,
        };
        let next = StackIx(self.kinds.pairs.len() as u32);
        let pair = *self.of_pair.entry((stack, waiter)).or_insert(next);
        if pair == next {
            self.kinds.pairs.push((stack, waiter));
        }
        pair
    }

    /// A stay is over, which the next one may ask for; whether it counts is not said.
    pub fn leave(&mut self, s: &Stay) {
        self.left = if s.state == GoState::Runnable { NOT_COUNTED } else { s.stack };
    }

    pub fn stay(&mut self, life: &Life, s: &Stay) {
        self.leave(s);
        self.kinds.count(&mut self.books, self.clip, life.g, s);
    }

    pub fn sums(&self, book: Book, ended: bool) -> &StackSums {
        if ended { &self.books.ended[book as usize] } else { &self.books.still[book as usize] }
    }

    /// Count and delay of what ended, and the count of what never did.
    pub fn totals(&self, book: Book) -> (u64, i64, u64) {
        let all = self.sums(book, true).values();
        let (count, nanos) = all.fold((0, 0), |(n, ns), s| (n + s.count, ns + s.nanos));
        (count, nanos, self.sums(book, false).values().map(|s| s.count).sum())
    }

    /// Memory that it holds.
    pub fn size_bytes(&self) -> usize {
        let entries: usize = self.books.ended.iter().chain(&self.books.still).map(|m| m.capacity()).sum();
        let stacks = match &self.known {
            Known::Own(s) => s.size_bytes(),
            Known::Found(_) => self.own_bytes,
        };
        stacks
            + self.books.latency.size_bytes()
            + self.kinds.pairs.capacity() * 24
            + entries * (size_of::<StackSum>() + 16 + 32 * 3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_longest() {
        let mut s = StackSum::default();
        for i in 0..100i64 {
            let nanos = i * 37 % 101;
            s.add(1, Occurrence { nanos, g: i, start: 0, end: nanos });
        }
        let nanos: Vec<i64> = s.longest.iter().map(|o| o.nanos).collect();
        let mut want: Vec<i64> = (0..100i64).map(|i| i * 37 % 101).collect();
        want.sort_by_key(|n| -n);
        assert_eq!(nanos, want[..LONGEST]);
        assert_eq!((s.count, s.max, s.nanos), (100, want[0], want.iter().sum()));
    }
}
