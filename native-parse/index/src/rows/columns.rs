//! Life records: 36 bytes a goroutine, in order of their first mention.

use rustc_hash::FxHashMap;
use tracewell_order::Sym;

use crate::sidecar::{In, Out};
use crate::span::SpanState;

const CHUNK: usize = 1 << 14;

/// A column that grows without ever moving what it holds: no moment with twice its bytes.
pub(super) struct Column<T> {
    chunks: Vec<Vec<T>>,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Column { chunks: Vec::new() }
    }
}

impl<T: Copy> Column<T> {
    pub fn push(&mut self, value: T) {
        if self.chunks.last().is_none_or(|c| c.len() == CHUNK) {
            // The first may stay nearly empty: most traces have few goroutines.
            let room = if self.chunks.is_empty() { 0 } else { CHUNK };
            self.chunks.push(Vec::with_capacity(room));
        }
        if let Some(c) = self.chunks.last_mut() {
            c.push(value);
        }
    }
    #[inline]
    pub fn get(&self, ix: u32) -> Option<T> {
        self.chunks.get(ix as usize / CHUNK)?.get(ix as usize % CHUNK).copied()
    }
    #[inline]
    pub fn get_mut(&mut self, ix: u32) -> Option<&mut T> {
        self.chunks.get_mut(ix as usize / CHUNK)?.get_mut(ix as usize % CHUNK)
    }
    pub fn len(&self) -> usize {
        self.chunks.last().map_or(0, |c| (self.chunks.len() - 1) * CHUNK + c.len())
    }
    pub fn bytes(&self) -> usize {
        self.chunks.iter().map(Vec::capacity).sum::<usize>() * size_of::<T>()
    }
}

/// What does not fit into 32 bits: of lives longer than four seconds, and of ids that no Go program has.
#[derive(Clone, Copy, Default)]
struct Wide {
    id: Option<i64>,
    start: Option<i64>,
    /// Length of the life, running, runnable, system call: what is above 32 bits.
    above: [u32; 4],
}

const LENGTH: usize = 0;
const RUNNING: usize = 1;
const RUNNABLE: usize = 2;
const CALL: usize = 3;

const OLDER: u8 = 1;
const ALIVE: u8 = 2;
const LOGS: u8 = 4;
const SAMPLES: u8 = 8;
const DEPTH_SHIFT: u8 = 4;
const MAX_DEPTH: u8 = 7;
/// More of it is in `Lives::wide`.
const WIDE: u8 = 128;

fn bit(is: bool, bit: u8) -> u8 {
    if is { bit } else { 0 }
}

/// No parent in the trace.
const NONE: u32 = u32::MAX;

#[derive(Clone, Copy)]
struct Record {
    id: u32,
    start_low: u32,
    nanos: [u32; 4],
    name: Sym,
    parent: u32,
    start_high: u16,
    flags: u8,
    /// Stays of some length; `ODD`: more than can be told, or of states that the sums do not tell apart.
    stays: u8,
}

const ODD: u8 = u8::MAX;

impl Record {
    /// Of its length, what it did not wait; the low 32 bits.
    fn told(&self) -> u32 {
        let [_, running, runnable, call] = self.nanos;
        running.wrapping_add(runnable).wrapping_add(call)
    }
}

/// All that is kept of a goroutine's life. Units: ns.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LifeFacts {
    pub g: i64,
    pub start: i64,
    pub end: i64,
    pub older: bool,
    /// It had not ended when the trace did.
    pub alive: bool,
    pub name: Sym,
    /// Place of the life of who made it.
    pub parent: Option<u32>,
    pub running: i64,
    pub runnable: i64,
    /// With and without a processor.
    pub syscall: i64,
    /// Regions in regions, at most 7.
    pub depth: u8,
    pub logs: bool,
    pub samples: bool,
    /// How many states it was in for some time, where these were no others than those of the sums; None: others too, or
    /// very many.
    pub stays: Option<u8>,
}

impl LifeFacts {
    pub fn nanos(&self) -> i64 {
        self.end - self.start
    }
    pub fn waiting(&self) -> i64 {
        self.nanos() - self.running - self.runnable - self.syscall
    }
}

/// Life records by their place, which is the order in which goroutines are first mentioned.
#[derive(Default)]
pub struct Lives {
    records: Column<Record>,
    wide: FxHashMap<u32, Wide>,
    /// Places by id, then by start.
    by_id: Vec<u32>,
}

impl Lives {
    pub fn len(&self) -> u32 {
        self.records.len() as u32
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn bytes(&self) -> usize {
        self.records.bytes() + self.wide.capacity() * size_of::<(u32, Wide)>() + self.by_id.capacity() * 4
    }

    pub(super) fn push(&mut self, g: i64, start: i64, older: bool, parent: Option<u32>) -> u32 {
        let place = self.len();
        let small = u32::try_from(g).ok();
        let is_wide = small.is_none() || start >> 48 != 0;
        if is_wide {
            let id = small.is_none().then_some(g);
            self.wide.insert(place, Wide { id, start: Some(start), above: [0; 4] });
        }
        let start = start as u64;
        self.records.push(Record {
            id: small.unwrap_or(u32::MAX),
            start_low: start as u32,
            nanos: [0; 4],
            name: Sym::EMPTY,
            parent: parent.unwrap_or(NONE),
            start_high: (start >> 32) as u16,
            flags: ALIVE | bit(older, OLDER) | bit(is_wide, WIDE),
            stays: 0,
        });
        place
    }

    fn add(&mut self, place: u32, column: usize, nanos: i64) {
        let Some(r) = self.records.get_mut(place) else { return };
        let sum = u64::from(r.nanos[column]) + nanos.max(0) as u64;
        r.nanos[column] = sum as u32;
        if sum >> 32 != 0 {
            r.flags |= WIDE;
            let above = &mut self.wide.entry(place).or_default().above[column];
            *above = above.saturating_add((sum >> 32) as u32);
        }
    }

    pub(super) fn stayed(&mut self, place: u32, state: SpanState, nanos: i64) {
        match state {
            SpanState::Running | SpanState::Assist => self.add(place, RUNNING, nanos),
            SpanState::Runnable => self.add(place, RUNNABLE, nanos),
            SpanState::Syscall | SpanState::SyscallBlocked => self.add(place, CALL, nanos),
            _ => {}
        }
        if let Some(r) = self.records.get_mut(place) {
            let is_odd = matches!(state, SpanState::Assist | SpanState::SyscallBlocked);
            r.stays = if is_odd { ODD } else { r.stays.saturating_add(u8::from(nanos > 0)) };
        }
    }

    pub(super) fn end(&mut self, place: u32, at: i64, alive: bool) {
        let start = self.get(place).map_or(0, |l| l.start);
        self.add(place, LENGTH, at - start);
        if let Some(r) = self.records.get_mut(place)
            && !alive
        {
            r.flags &= !ALIVE;
        }
    }

    pub(super) fn name(&mut self, place: u32, name: Sym) {
        if let Some(r) = self.records.get_mut(place)
            && r.name == Sym::EMPTY
        {
            r.name = name;
        }
    }

    pub(super) fn mark(&mut self, place: u32, depth: u8, logs: bool, samples: bool) {
        if let Some(r) = self.records.get_mut(place) {
            let deep = (r.flags >> DEPTH_SHIFT & MAX_DEPTH).max(depth.min(MAX_DEPTH)) << DEPTH_SHIFT;
            let kept = r.flags & !(MAX_DEPTH << DEPTH_SHIFT);
            r.flags = kept | deep | bit(logs, LOGS) | bit(samples, SAMPLES);
        }
    }

    pub fn get(&self, place: u32) -> Option<LifeFacts> {
        let r = self.records.get(place)?;
        let more = if r.flags & WIDE != 0 { self.wide.get(&place).copied() } else { None };
        let wide = more.unwrap_or_default();
        let nanos = |c: usize| i64::from(r.nanos[c]) + (i64::from(wide.above[c]) << 32);
        let start = wide.start.unwrap_or(i64::from(r.start_low) + (i64::from(r.start_high) << 32));
        Some(LifeFacts {
            g: wide.id.unwrap_or(i64::from(r.id)),
            start,
            end: start + nanos(LENGTH),
            older: r.flags & OLDER != 0,
            alive: r.flags & ALIVE != 0,
            name: r.name,
            parent: (r.parent != NONE).then_some(r.parent),
            running: nanos(RUNNING),
            runnable: nanos(RUNNABLE),
            syscall: nanos(CALL),
            depth: r.flags >> DEPTH_SHIFT & MAX_DEPTH,
            logs: r.flags & LOGS != 0,
            samples: r.flags & SAMPLES != 0,
            stays: (r.stays != ODD).then_some(r.stays),
        })
    }

    /// Column by column, so that it packs well. Ids and begins mostly grow from one to the next, so their differences are
    /// kept.
    pub(super) fn put_kept(&self, out: &mut Out) {
        out.u(u64::from(self.len()));
        let records = || (0..self.len()).filter_map(|p| self.records.get(p));
        let (mut id, mut start) = (0i64, 0i64);
        for r in records() {
            out.i(i64::from(r.id) - id);
            id = i64::from(r.id);
        }
        for r in records() {
            let begin = i64::from(r.start_low) | i64::from(r.start_high) << 32;
            out.i(begin - start);
            start = begin;
        }
        for column in [RUNNING, RUNNABLE, CALL] {
            records().for_each(|r| out.u(u64::from(r.nanos[column])));
        }
        // What is left of the length: most wait for nothing.
        records().for_each(|r| out.i(i64::from(r.nanos[LENGTH].wrapping_sub(r.told()) as i32)));
        records().for_each(|r| out.u(u64::from(r.name.0)));
        // 0: none.
        records().for_each(|r| out.u(u64::from(r.parent.wrapping_add(1))));
        records().for_each(|r| out.0.push(r.flags));
        records().for_each(|r| out.0.push(r.stays));
        let mut wide: Vec<_> = self.wide.iter().collect();
        wide.sort_unstable_by_key(|(place, _)| **place);
        out.list(wide.into_iter(), |out, (place, w)| {
            out.u(u64::from(*place));
            out.option(w.id, Out::i);
            out.option(w.start, Out::i);
            w.above.iter().for_each(|n| out.u(u64::from(*n)));
        });
    }

    /// None when it is none.
    pub(super) fn get_kept(from: &mut In<'_>) -> Option<Lives> {
        let mut lives = Lives::default();
        let (mut id, mut start) = (0i64, 0i64);
        // Each takes several bytes, so that a length that is not so ends soon.
        let n = from.u32()?;
        for _ in 0..n {
            id = id.checked_add(from.i()?).filter(|id| u32::try_from(*id).is_ok())?;
            lives.push(id, 0, false, None);
        }
        let mut column = |get: &mut dyn FnMut(&mut Record) -> Option<()>| {
            (0..n).try_for_each(|place| get(lives.records.get_mut(place)?))
        };
        column(&mut |r| {
            start = start.checked_add(from.i()?).filter(|s| *s >= 0 && *s >> 48 == 0)?;
            (r.start_low, r.start_high) = (start as u32, (start >> 32) as u16);
            Some(())
        })?;
        for i in [RUNNING, RUNNABLE, CALL] {
            column(&mut |r| from.u32().map(|n| r.nanos[i] = n))?;
        }
        column(&mut |r| {
            let rest = i32::try_from(from.i()?).ok()?;
            r.nanos[LENGTH] = r.told().wrapping_add(rest as u32);
            Some(())
        })?;
        column(&mut |r| from.u32().map(|n| r.name = Sym(n)))?;
        column(&mut |r| from.u32().map(|n| r.parent = n.wrapping_sub(1)))?;
        column(&mut |r| from.byte().map(|b| r.flags = b))?;
        column(&mut |r| from.byte().map(|b| r.stays = b))?;
        lives.wide = from.list(|from| {
            let place = from.u32()?;
            let (id, start) = (from.option(In::i)?, from.option(In::nanos)?);
            let mut above = [0; 4];
            for n in &mut above {
                *n = from.u32().filter(|n| *n < 1 << 29)?;
            }
            Some((place, Wide { id, start, above }))
        })?;
        lives.sort_ids();
        Some(lives)
    }

    fn id(&self, place: u32) -> i64 {
        match self.records.get(place) {
            Some(r) if r.id != u32::MAX => i64::from(r.id),
            Some(_) => self.wide.get(&place).and_then(|w| w.id).unwrap_or(i64::from(u32::MAX)),
            None => -1,
        }
    }

    pub(super) fn sort_ids(&mut self) {
        let mut by_id: Vec<u32> = (0..self.len()).collect();
        by_id.sort_by_key(|p| self.id(*p));
        self.by_id = by_id;
    }

    /// The life of a goroutine at a time, or its last before, or its first. Cost: O(log lives).
    pub fn find(&self, g: i64, at: i64) -> Option<u32> {
        let first = self.by_id.partition_point(|p| self.id(*p) < g);
        let all = self.by_id.get(first..)?;
        let lives = &all[..all.partition_point(|p| self.id(*p) == g)];
        let before = lives.partition_point(|p| self.get(*p).is_some_and(|l| l.start <= at));
        lives.get(before.saturating_sub(1)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_keeps_what_it_is_told_however_long_and_odd() {
        let mut lives = Lives::default();
        let a = lives.push(7, 5, false, None);
        let b = lives.push(-3, 1 << 40, true, Some(a));
        lives.stayed(a, SpanState::Running, 100);
        lives.stayed(b, SpanState::SyscallBlocked, 3 << 32);
        lives.stayed(b, SpanState::SyscallBlocked, (1 << 32) - 1);
        lives.stayed(b, SpanState::SyscallBlocked, 1);
        lives.end(a, 1005, false);
        lives.end(b, (1 << 40) + (5 << 32), true);
        lives.mark(b, 3, true, false);
        lives.sort_ids();
        let (la, lb) = (lives.get(a).unwrap(), lives.get(b).unwrap());
        assert_eq!(
            (la.g, la.start, la.end, la.running, la.waiting(), la.alive),
            (7, 5, 1005, 100, 900, false)
        );
        assert_eq!((lb.g, lb.start, lb.nanos(), lb.syscall), (-3, 1 << 40, 5 << 32, 4 << 32));
        assert_eq!(
            (lb.older, lb.alive, lb.depth, lb.logs, lb.samples, lb.parent),
            (true, true, 3, true, false, Some(a))
        );
        assert_eq!((lives.find(7, 0), lives.find(-3, 0), lives.find(8, 0)), (Some(a), Some(b), None));
    }

    #[test]
    fn of_two_lives_of_one_id_the_one_at_that_time_is_found() {
        let mut lives = Lives::default();
        let a = lives.push(7, 0, false, None);
        lives.end(a, 10, false);
        let b = lives.push(7, 20, false, None);
        lives.end(b, 30, false);
        lives.sort_ids();
        assert_eq!([0, 15, 20, 99].map(|t| lives.find(7, t)), [Some(a), Some(a), Some(b), Some(b)]);
    }
}
