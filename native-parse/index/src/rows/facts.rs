//! What is kept of a goroutine's life: as it is told, and packed.

use tracewell_order::Sym;

use crate::sidecar::{In, Out};
use crate::span::SpanState;

const OLDER: u8 = 1;
const ALIVE: u8 = 2;
const LOGS: u8 = 4;
const SAMPLES: u8 = 8;
const DEPTH_SHIFT: u8 = 4;
const MAX_DEPTH: u8 = 7;
/// In `stays`: more than can be told, or of states that the sums do not tell apart.
const ODD: u8 = u8::MAX;

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

fn bit(is: bool, bit: u8) -> u8 {
    if is { bit } else { 0 }
}

impl LifeFacts {
    pub(super) fn new(g: i64, start: i64, older: bool, parent: Option<u32>) -> LifeFacts {
        LifeFacts {
            g,
            start,
            end: start,
            older,
            alive: true,
            name: Sym::EMPTY,
            parent,
            running: 0,
            runnable: 0,
            syscall: 0,
            depth: 0,
            logs: false,
            samples: false,
            stays: Some(0),
        }
    }

    pub fn nanos(&self) -> i64 {
        self.end - self.start
    }
    pub fn waiting(&self) -> i64 {
        self.nanos() - self.running - self.runnable - self.syscall
    }

    pub(super) fn stayed(&mut self, state: SpanState, nanos: i64) {
        let sum = match state {
            SpanState::Running | SpanState::Assist => Some(&mut self.running),
            SpanState::Runnable => Some(&mut self.runnable),
            SpanState::Syscall | SpanState::SyscallBlocked => Some(&mut self.syscall),
            _ => None,
        };
        if let Some(sum) = sum {
            *sum = sum.saturating_add(nanos.max(0));
        }
        let is_odd = matches!(state, SpanState::Assist | SpanState::SyscallBlocked);
        let more = self.stays.filter(|_| !is_odd).map(|n| n.saturating_add(u8::from(nanos > 0)));
        self.stays = more.filter(|n| *n != ODD);
    }

    pub(super) fn mark(&mut self, depth: u8, logs: bool, samples: bool) {
        self.depth = self.depth.max(depth.min(MAX_DEPTH));
        self.logs |= logs;
        self.samples |= samples;
    }

    pub(super) fn flags(&self) -> u8 {
        let marks = bit(self.logs, LOGS) | bit(self.samples, SAMPLES);
        bit(self.older, OLDER) | bit(self.alive, ALIVE) | marks | self.depth << DEPTH_SHIFT
    }

    pub(super) fn set_flags(&mut self, flags: u8) {
        (self.older, self.alive) = (flags & OLDER != 0, flags & ALIVE != 0);
        (self.logs, self.samples) = (flags & LOGS != 0, flags & SAMPLES != 0);
        self.depth = flags >> DEPTH_SHIFT & MAX_DEPTH;
    }

    pub(super) fn stays_byte(&self) -> u8 {
        self.stays.unwrap_or(ODD)
    }

    pub(super) fn set_stays(&mut self, byte: u8) {
        self.stays = (byte != ODD).then_some(byte);
    }

    /// 0: none.
    pub(super) fn parent_number(&self) -> u64 {
        self.parent.map_or(0, |p| u64::from(p) + 1)
    }

    pub(super) fn set_parent(&mut self, number: u64) -> Option<()> {
        self.parent = number.checked_sub(1).map(u32::try_from).transpose().ok()?;
        Some(())
    }

    /// Sums as they were told. None: there is no such life.
    pub(super) fn set_sums(&mut self, [running, runnable, syscall]: [u64; 3], waiting: i64) -> Option<()> {
        let of = |n: u64| i64::try_from(n).ok();
        (self.running, self.runnable, self.syscall) = (of(running)?, of(runnable)?, of(syscall)?);
        let told = self.running.checked_add(self.runnable)?.checked_add(self.syscall)?;
        self.end = self.start.checked_add(told.checked_add(waiting)?)?;
        (self.end >= self.start).then_some(())
    }
}

/// What the lives of a block are told against: its first one.
#[derive(Clone, Copy, Default)]
struct Base {
    g: i64,
    start: i64,
    name: u32,
    parent: i64,
}

/// Lives one behind the other: their first one's numbers, then each with its length before it, so that one is found without
/// the others being read. Some 15 bytes each.
pub(super) fn pack(lives: &[LifeFacts]) -> Vec<u8> {
    let (mut out, mut one) = (Out::default(), Out::default());
    let base = lives.first().map_or(Base::default(), |f| Base {
        g: f.g,
        start: f.start,
        name: f.name.0,
        parent: f.parent_number() as i64,
    });
    out.i(base.g);
    out.i(base.start);
    out.u(u64::from(base.name));
    out.i(base.parent);
    for f in lives {
        one.0.clear();
        one.i(f.g.wrapping_sub(base.g));
        one.i(f.start.wrapping_sub(base.start));
        one.0.push(f.flags());
        one.0.push(f.stays_byte());
        one.i(i64::from(f.name.0) - i64::from(base.name));
        one.i(f.parent_number() as i64 - base.parent);
        [f.running, f.runnable, f.syscall].iter().for_each(|n| one.u(*n as u64));
        one.i(f.waiting());
        // Ten numbers of ten bytes at most.
        out.0.push(one.0.len() as u8);
        out.0.extend_from_slice(&one.0);
    }
    out.0
}

/// The lives of a block, one after the other; `skip`: without so many at its begin. Cost: about 2 ns for each that is
/// skipped.
pub(super) fn unpack(bytes: &[u8], skip: usize) -> impl Iterator<Item = LifeFacts> + '_ {
    let mut from = In::new(bytes);
    let base = base_of(&mut from);
    for _ in 0..skip {
        let _ = from.byte().and_then(|len| from.take(usize::from(len)));
    }
    std::iter::from_fn(move || {
        let len = from.byte()?;
        one_of(base?, &mut In::new(from.take(usize::from(len))?))
    })
}

fn base_of(from: &mut In<'_>) -> Option<Base> {
    Some(Base { g: from.i()?, start: from.i()?, name: from.u32()?, parent: from.i()? })
}

fn one_of(base: Base, from: &mut In<'_>) -> Option<LifeFacts> {
    let g = base.g.wrapping_add(from.i()?);
    let start = base.start.wrapping_add(from.i()?);
    let mut life = LifeFacts::new(g, start, false, None);
    life.set_flags(from.byte()?);
    life.set_stays(from.byte()?);
    life.name = Sym((i64::from(base.name) + from.i()?) as u32);
    life.set_parent((base.parent + from.i()?) as u64)?;
    let sums = [from.u()?, from.u()?, from.u()?];
    life.set_sums(sums, from.i()?)?;
    Some(life)
}
