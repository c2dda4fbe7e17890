//! What stays cost, by kind: sums and the longest occurrences for the profiles, counts of states and of steps between
//! them for the graph of states. Of a part of the trace they are packed, and put together for a range.

use tracewell_order::{GoState, Sym};
use tracewell_source::SeededMap;

use crate::desk::kinds::{Cell, Kinds};
use crate::desk::latency::Latency;
use crate::lives::{LifeState, Stay};
use crate::packed::{Reader, number, unsigned};
use crate::profiles::{NOT_COUNTED, Profile};
use crate::stacks::StackIx;
use crate::stats::Clip;

/// Occurrences that are kept of a stack.
const LONGEST: usize = 10;

/// The sums that are kept: the profiles, and scheduler latency by the stack of who waits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Book {
    Net,
    Sync,
    Syscall,
    SchedByWaker,
    SchedByWaiter,
    Cpu,
    Other,
}

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
    /// Adds what other stays cost.
    pub fn join(&mut self, other: &StackSum) {
        self.merge(other.count, other.nanos, other.max);
        other.longest.iter().for_each(|o| self.keep(*o));
    }
}

pub type StackSums = SeededMap<StackIx, StackSum>;

/// Where a goroutine is in the graph of states: a state, and the reason of a wait. As a number; 0 is outside of its life.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Place(u64);

impl Place {
    pub fn of(place: Option<(LifeState, Sym)>) -> Place {
        let number = |(state, reason): (LifeState, Sym)| {
            1 + state as u64 + LifeState::ALL.len() as u64 * u64::from(reason.0)
        };
        Place(place.map_or(0, number))
    }
    pub fn told(self) -> Option<(LifeState, Sym)> {
        let n = self.0.checked_sub(1)?;
        let state = LifeState::ALL.get((n % LifeState::ALL.len() as u64) as usize)?;
        Some((*state, Sym((n / LifeState::ALL.len() as u64) as u32)))
    }
}

/// Sums of stays by kind (`Kinds`).
#[derive(Default)]
pub struct Books {
    /// By cell.
    ended: SeededMap<u32, StackSum>,
    still: SeededMap<u32, StackSum>,
    /// Lengths of runnable stays that ended.
    pub latency: Latency,
    /// Count and ns by who.
    pub stays: SeededMap<(u32, Place), (u64, i64)>,
    pub steps: SeededMap<(u32, Place, Place), u64>,
}

impl Books {
    pub fn sums(&self, ended: bool) -> &SeededMap<u32, StackSum> {
        if ended { &self.ended } else { &self.still }
    }

    pub fn sample(&mut self, cell: u32, o: Occurrence) {
        self.ended.entry(cell).or_default().add(1, o);
    }

    /// Adds a stay, or its part in a range.
    pub fn count(&mut self, kinds: &Kinds, clip: Clip, g: i64, s: &Stay) {
        if s.stack == NOT_COUNTED {
            return;
        }
        let nanos = clip.nanos(s.start, s.end);
        let trace_end = if s.ended { i64::MAX } else { s.end };
        let count = u64::from(clip.counts(s.end, trace_end));
        let Some(Cell { book, .. }) = kinds.cell_of(s.stack.0) else { return };
        if nanos == 0 && count == 0 {
            return;
        }
        if *book == Book::SchedByWaker && count > 0 && s.ended {
            self.latency.add(nanos);
        }
        let sums = if s.ended { &mut self.ended } else { &mut self.still };
        let o = Occurrence { nanos, g, start: s.start, end: s.end };
        sums.entry(s.stack.0).or_default().add(count, o);
    }

    /// Adds the states of a stay, or of its part in a range.
    pub fn states(&mut self, clip: Clip, who: u32, s: &Stay) {
        let mut add = |state, start, end| {
            let nanos = clip.nanos(start, end);
            if nanos > 0 {
                let sum = self.stays.entry((who, Place::of(Some((state, s.reason))))).or_default();
                *sum = (sum.0 + 1, sum.1 + nanos);
            }
        };
        match s.state {
            GoState::Running => add(LifeState::Running, s.start, s.end),
            GoState::Runnable => add(LifeState::Runnable, s.start, s.end),
            GoState::Syscall => {
                add(LifeState::Syscall, s.start, s.blocked);
                add(LifeState::SyscallBlocked, s.blocked, s.end);
            }
            _ => add(LifeState::Waiting, s.start, s.end),
        }
    }

    /// Adds what other stays cost.
    pub fn merge(&mut self, other: Books) {
        for (own, other) in [(&mut self.ended, other.ended), (&mut self.still, other.still)] {
            for (cell, sum) in other {
                own.entry(cell).or_default().join(&sum);
            }
        }
        self.latency.merge(&other.latency);
        for (key, (count, nanos)) in other.stays {
            let sum = self.stays.entry(key).or_default();
            *sum = (sum.0 + count, sum.1 + nanos);
        }
        for (key, count) in other.steps {
            *self.steps.entry(key).or_default() += count;
        }
    }

    /// As numbers of variable length: what is kept of a part of the trace, in which all stays are whole.
    pub fn pack(&mut self) -> PackedBooks {
        let mut out = Vec::new();
        for sums in [&mut self.ended, &mut self.still] {
            unsigned(&mut out, sums.len() as u64);
            for (cell, s) in sums.drain() {
                unsigned(&mut out, u64::from(cell));
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
        unsigned(&mut out, self.stays.len() as u64);
        for ((who, place), (count, nanos)) in self.stays.drain() {
            [u64::from(who), place.0, count, nanos as u64].iter().for_each(|v| unsigned(&mut out, *v));
        }
        unsigned(&mut out, self.steps.len() as u64);
        for ((who, from, to), count) in self.steps.drain() {
            [u64::from(who), from.0, to.0, count].iter().for_each(|v| unsigned(&mut out, *v));
        }
        out.shrink_to_fit();
        PackedBooks { bytes: out, latency: std::mem::take(&mut self.latency) }
    }

    /// Adds what was packed. None where it cannot be read, which is never so.
    pub fn add(&mut self, packed: &PackedBooks) -> Option<()> {
        let mut r = Reader::new(&packed.bytes);
        for sums in [&mut self.ended, &mut self.still] {
            for _ in 0..r.unsigned()? {
                let of = sums.entry(r.unsigned()? as u32).or_default();
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
        for _ in 0..r.unsigned()? {
            let key = (r.unsigned()? as u32, Place(r.unsigned()?));
            let sum = self.stays.entry(key).or_default();
            *sum = (sum.0 + r.unsigned()?, sum.1 + r.unsigned()? as i64);
        }
        for _ in 0..r.unsigned()? {
            let key = (r.unsigned()? as u32, Place(r.unsigned()?), Place(r.unsigned()?));
            *self.steps.entry(key).or_default() += r.unsigned()?;
        }
        self.latency.merge(&packed.latency);
        Some(())
    }

    /// Memory that it holds.
    pub fn size_bytes(&self) -> usize {
        let entries = self.ended.capacity() + self.still.capacity();
        self.latency.size_bytes()
            + entries * (size_of::<StackSum>() + 16 + 32 * 3)
            + (self.stays.capacity() + self.steps.capacity()) * 40
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
