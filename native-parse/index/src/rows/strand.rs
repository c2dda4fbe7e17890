//! What a goroutine did in a run of pieces, for tiles so wide that nobody wants to decode them: in buckets of 2^level ns,
//! with the exact time in each state, and the stays of two buckets and more as themselves. So a tile of that level or any
//! coarser one is a sum of strands. Of a goroutine that moves little all stays are long: its strand is exact at any level.
//!
//! ```text
//! level | number of stays | stays: state, [since the end of the one before,] length [, reason] | buckets: states, starts, ns
//! ```
//! It may come from a file of the cache folder, which is not trusted: whatever its bytes, reading gives a strand, or none.

use tracewell_order::Sym;

use crate::pyramid::TOP_LEVEL;
use crate::sidecar::{In, Out};
use crate::span::SpanState;

/// Stays of so many buckets are kept as themselves.
const LONG: i64 = 2;
/// The states of a goroutine.
const STATES: [SpanState; 6] = [
    SpanState::Running,
    SpanState::Runnable,
    SpanState::Waiting,
    SpanState::Syscall,
    SpanState::SyscallBlocked,
    SpanState::Assist,
];
/// What a stay's first byte says beside its state: a reason follows; it does not begin where the one before ended.
const REASON: u8 = 8;
const GAP: u8 = 16;
/// And a bucket's, beside its states: they are all of it, so that the last need not be told; it is the next one.
const FULL: u8 = 64;
const NEXT: u8 = 128;
/// No trace is longer.
const MAX_NANOS: i64 = 1 << TOP_LEVEL;

/// A goroutine was in a state from `start` to `end`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Stretch {
    pub start: i64,
    pub end: i64,
    pub state: SpanState,
    pub reason: Sym,
}

impl Stretch {
    fn nanos(&self) -> i64 {
        self.end - self.start
    }
}

#[derive(Clone, Copy, PartialEq, Debug)]
struct Cell {
    bucket: i64,
    starts: u32,
    nanos: [u64; 6],
}

#[derive(Clone, Default, PartialEq, Debug)]
pub struct Strand {
    level: u32,
    /// By time; none lies over another.
    long: Vec<Stretch>,
    /// By bucket.
    cells: Vec<Cell>,
}

fn place(state: SpanState) -> Option<usize> {
    STATES.iter().position(|s| *s == state)
}

impl Strand {
    /// Of stays by time; such of states that goroutines have not are left out.
    pub(super) fn of(stays: impl Iterator<Item = Stretch>) -> Strand {
        let known = |s: &Stretch| s.end > s.start && s.start >= 0 && place(s.state).is_some();
        let mut strand = Strand { long: stays.filter(known).collect(), ..Strand::default() };
        strand.settle();
        strand
    }

    /// Up to which scale it is exact.
    pub fn level(&self) -> u32 {
        self.level
    }

    /// Stays that are kept as themselves.
    pub fn long(&self) -> &[Stretch] {
        &self.long
    }

    /// Hands (first ns, state, ns, stays that start) of each state of each bucket that begins in [from, to) to `see`.
    pub fn each(&self, from: i64, to: i64, see: &mut dyn FnMut(i64, SpanState, u64, u32)) {
        let first = self.cells.partition_point(|c| c.bucket << self.level < from);
        for c in &self.cells[first..] {
            let at = c.bucket << self.level;
            if at >= to {
                break;
            }
            let mut starts = c.starts;
            for (state, nanos) in STATES.iter().zip(c.nanos).filter(|s| s.1 > 0) {
                see(at, *state, nanos, std::mem::take(&mut starts));
            }
        }
    }

    /// What it takes, about. Units: bytes.
    pub(super) fn weight(&self) -> usize {
        5 * (self.long.len() + self.cells.len())
    }

    /// What it takes in memory. Units: bytes.
    pub(super) fn size_bytes(&self) -> usize {
        self.long.len() * size_of::<Stretch>() + self.cells.len() * size_of::<Cell>()
    }

    /// Coarsens it until it takes no more than so much of memory, or is one bucket.
    pub(super) fn shrink(&mut self, most: usize) {
        if self.size_bytes() <= most {
            return;
        }
        while self.size_bytes() > most && self.level < TOP_LEVEL - 2 {
            self.coarsen(self.level + 1);
        }
        self.long.shrink_to_fit();
        self.cells.shrink_to_fit();
    }

    /// Makes its buckets those of a coarser level.
    pub(super) fn coarsen(&mut self, level: u32) {
        let by = level.saturating_sub(self.level);
        if by == 0 {
            return;
        }
        self.level = level;
        self.cells.iter_mut().for_each(|c| c.bucket >>= by);
        self.settle();
    }

    /// Stays that are short at its level become buckets, each of which is there once.
    fn settle(&mut self) {
        let (level, least) = (self.level, LONG << self.level);
        let cells = &mut self.cells;
        let mut add = |s: &Stretch| {
            let Some(state) = place(s.state) else { return };
            let (mut at, mut starts) = (s.start, 1);
            while at < s.end {
                let bucket = at >> level;
                let until = s.end.min((bucket + 1) << level);
                if cells.last().is_none_or(|c| c.bucket != bucket) {
                    cells.push(Cell { bucket, starts: 0, nanos: [0; 6] });
                }
                if let Some(c) = cells.last_mut() {
                    c.nanos[state] += (until - at) as u64;
                    c.starts += std::mem::take(&mut starts);
                }
                at = until;
            }
        };
        self.long.retain(|s| {
            let is_long = s.nanos() >= least;
            if !is_long {
                add(s);
            }
            is_long
        });
        self.cells.sort_by_key(|c| c.bucket);
        self.cells.dedup_by(|c, kept| {
            let same = c.bucket == kept.bucket;
            if same {
                kept.starts = kept.starts.saturating_add(c.starts);
                kept.nanos.iter_mut().zip(c.nanos).for_each(|(a, b)| *a = a.saturating_add(b));
            }
            same
        });
    }

    /// Adds what came after.
    pub(super) fn append(&mut self, mut next: Strand) {
        let level = self.level.max(next.level);
        self.coarsen(level);
        next.coarsen(level);
        self.long.extend(next.long);
        self.cells.extend(next.cells);
        self.settle();
    }

    /// Coarsens it until it takes at most so many bytes, or there is next to nothing of it; its bytes. `origin`: a moment
    /// near its begin.
    pub(super) fn fit(&mut self, origin: i64, most: usize) -> Vec<u8> {
        let ends = |s: &Strand| {
            let cells = s.cells.first().zip(s.cells.last());
            let cells = cells.map(|(a, b)| (a.bucket << s.level, (b.bucket + 1) << s.level));
            let long = s.long.first().zip(s.long.last()).map(|(a, b)| (a.start, b.end));
            cells.into_iter().chain(long).map(|(a, b)| b - a).max().unwrap_or(1)
        };
        if self.weight() > 2 * most {
            // No finer level can do: a bucket takes some bytes.
            let buckets = (most as u64).max(8);
            let level = (ends(self) as u64 / buckets).max(1).ilog2().min(TOP_LEVEL - 2);
            self.coarsen(level);
        }
        loop {
            let bytes = self.bytes(origin);
            if bytes.len() <= most || self.cells.len() + self.long.len() <= 2 || self.level + 2 >= TOP_LEVEL {
                return bytes;
            }
            self.coarsen(self.level + 1);
        }
    }

    fn bytes(&self, origin: i64) -> Vec<u8> {
        let mut out = Out::default();
        out.0.push(self.level as u8);
        out.u(self.long.len() as u64);
        let mut at = origin;
        for s in &self.long {
            let bit = |is: bool, bit: u8| if is { bit } else { 0 };
            let (gap, reason) = (s.start != at, s.reason != Sym::EMPTY);
            out.0.push(place(s.state).unwrap_or(0) as u8 | bit(reason, REASON) | bit(gap, GAP));
            if gap {
                out.i(s.start - at);
            }
            out.u(s.nanos() as u64);
            if reason {
                out.u(u64::from(s.reason.0));
            }
            at = s.end;
        }
        let mut around = Around { long: &self.long, level: self.level };
        let mut last = origin >> self.level;
        for c in &self.cells {
            let full = c.nanos.iter().sum::<u64>() == around.left(c.bucket);
            let states = (0..6).filter(|i| c.nanos[*i] > 0);
            let mask = states.clone().fold(0, |mask, i| mask | 1 << i);
            let next = c.bucket == last + 1;
            out.0.push(mask | if full { FULL } else { 0 } | if next { NEXT } else { 0 });
            if !next {
                out.i(c.bucket - last);
            }
            out.u(u64::from(c.starts));
            let told = states.clone().count() - usize::from(full);
            states.take(told).for_each(|i| out.u(c.nanos[i]));
            last = c.bucket;
        }
        out.0
    }

    /// Level of a strand's bytes.
    pub fn level_of(bytes: &[u8]) -> Option<u32> {
        bytes.first().map(|level| u32::from(*level)).filter(|level| *level < TOP_LEVEL)
    }

    /// The strand in such bytes; None when it is none. `origin` as it was.
    pub fn read(bytes: &[u8], origin: i64) -> Option<Strand> {
        let mut strand = Strand { level: Strand::level_of(bytes)?, ..Strand::default() };
        let level = strand.level;
        let from = &mut In::new(bytes.get(1..)?);
        let time = |t: Option<i64>| t.filter(|t| (0..MAX_NANOS).contains(t));
        let mut at = origin;
        strand.long = from.vec(|from| {
            let head = from.byte()?;
            let start = if head & GAP != 0 { time(at.checked_add(from.i()?))? } else { at };
            let nanos = i64::try_from(from.u()?).ok().filter(|n| *n > 0)?;
            let end = time(start.checked_add(nanos))?;
            at = end;
            let reason = if head & REASON != 0 { Sym(from.u32()?) } else { Sym::EMPTY };
            Some(Stretch { start, end, state: *STATES.get(usize::from(head & 7))?, reason })
        })?;
        let mut around = Around { long: &strand.long, level };
        let mut last = origin >> level;
        while !from.is_empty() {
            let head = from.byte()?;
            let step = if head & NEXT != 0 { 1 } else { from.i()? };
            let bucket = last.checked_add(step).filter(|b| *b >= 0 && *b < MAX_NANOS >> level)?;
            let mut cell = Cell { bucket, starts: from.u32()?, nanos: [0; 6] };
            let mut left = around.left(bucket);
            let mut states = (0..6).filter(|i| head & 1 << i != 0).peekable();
            while let Some(i) = states.next() {
                let is_told = states.peek().is_some() || head & FULL == 0;
                let nanos = if is_told { from.u()? } else { left };
                left = left.checked_sub(nanos)?;
                cell.nanos[i] = nanos;
            }
            if strand.cells.last().is_some_and(|c: &Cell| c.bucket >= bucket) {
                return None;
            }
            strand.cells.push(cell);
            last = bucket;
        }
        Some(strand)
    }
}

/// Stays around buckets that are asked for one after the other.
struct Around<'s> {
    long: &'s [Stretch],
    level: u32,
}

impl Around<'_> {
    /// How much of a bucket they leave.
    fn left(&mut self, bucket: i64) -> u64 {
        let (begin, end) = (bucket << self.level, (bucket + 1) << self.level);
        while let Some((first, rest)) = self.long.split_first()
            && first.end <= begin
        {
            self.long = rest;
        }
        let inside = |s: &Stretch| (s.end.min(end) - s.start.max(begin)).max(0);
        let taken: i64 = self.long.iter().take_while(|s| s.start < end).map(inside).sum();
        (end - begin).saturating_sub(taken).max(0) as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A life of stays of very different lengths, some of no known state before.
    fn stays(n: usize) -> Vec<Stretch> {
        let (mut at, mut seed) = (1_000_000i64, 7u64);
        let mut all = Vec::new();
        for i in 0..n {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let nanos = 1 + (seed >> 33) as i64 % (1 << (3 + i % 19));
            let state = STATES[(seed >> 20) as usize % 6];
            let reason = Sym((seed >> 40) as u32 % 3);
            if i % 7 != 3 {
                all.push(Stretch { start: at, end: at + nanos, state, reason });
            }
            at += nanos;
        }
        all
    }

    /// ns by state, and starts, of a bucket.
    fn sums(strand: &Strand, level: u32, bucket: i64) -> ([u64; 6], u32) {
        let (from, to) = (bucket << level, (bucket + 1) << level);
        let (mut nanos, mut all) = ([0; 6], 0);
        for s in strand.long() {
            nanos[place(s.state).unwrap()] += (s.end.min(to) - s.start.max(from)).max(0) as u64;
            all += u32::from(s.start >= from && s.start < to);
        }
        strand.each(from, to, &mut |at, state, n, starts| {
            assert!(at >= from && at < to);
            nanos[place(state).unwrap()] += n;
            all += starts;
        });
        (nanos, all)
    }

    #[test]
    fn a_strand_is_exact_from_its_level_on_however_it_was_put_together() {
        let all = stays(900);
        let exact = Strand::of(all.iter().copied());
        let mut joined = Strand::default();
        for (i, some) in all.chunks(70).enumerate() {
            let mut part = Strand::of(some.iter().copied());
            part.coarsen(3 + i as u32 % 9);
            joined.append(part);
        }
        let origin = all[0].start - 5;
        for most in [20_000, 900, 200, 40] {
            let mut fitted = joined.clone();
            let bytes = fitted.fit(origin, most);
            assert!(bytes.len() <= most || fitted.cells.len() + fitted.long.len() <= 2, "{}", bytes.len());
            let read = Strand::read(&bytes, origin).unwrap();
            assert_eq!(read, fitted);
            assert_eq!(Strand::level_of(&bytes), Some(read.level()));
            for level in read.level()..read.level() + 3 {
                let end = all.last().unwrap().end;
                for bucket in (origin >> level)..=(end >> level) {
                    assert_eq!(sums(&read, level, bucket), sums(&exact, level, bucket), "{most} {level}");
                }
                let long = |s: &Strand| {
                    let wide = s.long().iter().filter(|s| s.nanos() >= LONG << level);
                    wide.copied().collect::<Vec<_>>()
                };
                assert_eq!(long(&read), long(&exact));
            }
        }
    }

    #[test]
    fn whatever_the_bytes_there_is_a_strand_or_none() {
        let mut strand = Strand::of(stays(120).into_iter());
        let bytes = strand.fit(1_000_000, 300);
        for at in 0..bytes.len() {
            for flip in [1u8, 0x80, 0xff] {
                let mut odd = bytes.clone();
                odd[at] ^= flip;
                if let Some(odd) = Strand::read(&odd, 1_000_000) {
                    odd.each(0, i64::MAX, &mut |_, _, _, _| {});
                }
            }
            let _ = Strand::read(&bytes[..at], 1_000_000);
        }
    }
}
