//! All profiles of one pass: what each stack cost, and its longest occurrences.

use rustc_hash::FxHashMap;
use tracewell_order::{Event, GoState, Kind, StackId, Stage, Sym};

use crate::desk::latency::Latency;
use crate::lives::{Life, Stay};
use crate::profile_scope::Scope;
use crate::profiles::{NOT_COUNTED, Profile, SAMPLE_NANOS, is_sync};
use crate::stacks::{Blank, StackIx, Stacks};
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

#[derive(Default, Debug)]
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
        if self.longest.len() < LONGEST || self.longest.last().is_some_and(|l| o.nanos > l.nanos) {
            let at = self.longest.partition_point(|l| l.nanos >= o.nanos);
            self.longest.insert(at, o);
            self.longest.truncate(LONGEST);
        }
    }
}

pub type StackSums = FxHashMap<StackIx, StackSum>;

pub struct Waits {
    clip: Clip,
    scope: Scope,
    /// Which profile a wait of a reason belongs to.
    reasons: FxHashMap<Sym, Book>,
    pub stacks: Stacks,
    /// Waker's and waiter's stack of runnable stays.
    pairs: Vec<(StackIx, StackIx)>,
    of_pair: FxHashMap<(StackIx, StackIx), StackIx>,
    ended: [StackSums; BOOKS],
    still: [StackSums; BOOKS],
    /// Lengths of runnable stays that ended.
    pub latency: Latency,
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
            reasons: FxHashMap::default(),
            stacks: Stacks::new(Blank::Drop),
            pairs: Vec::new(),
            of_pair: FxHashMap::default(),
            ended: Default::default(),
            still: Default::default(),
            latency: Latency::default(),
            from: GoState::Undetermined,
            own_stack: 0,
            left: NOT_COUNTED,
        }
    }

    pub fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        self.scope.event(e, stage);
        match e.kind {
            Kind::GoTransition { from, own_stack, .. } => (self.from, self.own_stack) = (from, own_stack),
            Kind::StackSample { stack } if self.clip.counts(e.time, i64::MAX) && self.scope.holds(e.g) => {
                let stack = self.stacks.intern(stack, stage);
                let o = Occurrence { nanos: SAMPLE_NANOS, g: e.g, start: e.time, end: e.time };
                self.ended[Book::Cpu as usize].entry(stack).or_default().add(1, o);
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
            self.reasons.entry(reason).or_insert_with(|| match stage.symbols.text(reason) {
                "network" => Book::Net,
                text if is_sync(text, true) => Book::Sync,
                _ => Book::Other,
            });
        }
        let stack = self.stacks.intern(id, stage);
        if state != GoState::Runnable {
            return stack;
        }
        let waiter = match self.from {
            GoState::NotExist => self.stacks.intern(self.own_stack, stage),
            GoState::Waiting | GoState::Syscall if self.left != NOT_COUNTED => self.left,
            GoState::Waiting | GoState::Syscall => StackIx(0),
            _ => stack,
        };
        let next = StackIx(self.pairs.len() as u32);
        let pair = *self.of_pair.entry((stack, waiter)).or_insert(next);
        if pair == next {
            self.pairs.push((stack, waiter));
        }
        pair
    }

    pub fn stay(&mut self, life: &Life, s: &Stay) {
        self.left = if s.state == GoState::Runnable { NOT_COUNTED } else { s.stack };
        if s.stack == NOT_COUNTED {
            return;
        }
        let nanos = self.clip.nanos(s.start, s.end);
        let trace_end = if s.ended { i64::MAX } else { s.end };
        let count = u64::from(self.clip.counts(s.end, trace_end));
        if nanos == 0 && count == 0 {
            return;
        }
        let books = if s.ended { &mut self.ended } else { &mut self.still };
        let o = Occurrence { nanos, g: life.g, start: s.start, end: s.end };
        let mut add =
            |book: Book, stack: StackIx| books[book as usize].entry(stack).or_default().add(count, o);
        match s.state {
            GoState::Syscall => add(Book::Syscall, s.stack),
            GoState::Waiting => {
                if let Some(book) = self.reasons.get(&s.reason) {
                    add(*book, s.stack);
                }
            }
            GoState::Runnable => {
                if count > 0 && s.ended {
                    self.latency.add(nanos);
                }
                if let Some(&(waker, waiter)) = self.pairs.get(s.stack.0 as usize) {
                    add(Book::SchedByWaker, waker);
                    add(Book::SchedByWaiter, waiter);
                }
            }
            _ => {}
        }
    }

    pub fn sums(&self, book: Book, ended: bool) -> &StackSums {
        if ended { &self.ended[book as usize] } else { &self.still[book as usize] }
    }

    /// Count and delay of what ended, and the count of what never did.
    pub fn totals(&self, book: Book) -> (u64, i64, u64) {
        let all = self.sums(book, true).values();
        let (count, nanos) = all.fold((0, 0), |(n, ns), s| (n + s.count, ns + s.nanos));
        (count, nanos, self.sums(book, false).values().map(|s| s.count).sum())
    }

    /// Memory that it holds.
    pub fn size_bytes(&self) -> usize {
        let entries: usize = self.ended.iter().chain(&self.still).map(|m| m.capacity()).sum();
        self.stacks.size_bytes()
            + self.latency.size_bytes()
            + self.pairs.capacity() * 24
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
