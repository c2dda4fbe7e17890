//! What a generation's order was, so that any part of it can be told again without judging it (`replay`).
//!
//! Mostly the earliest thread goes on, which the times themselves tell. Written down is where it could not (a *detour*:
//! steps since the one before, and the place of the thread that went on instead), and each some ten thousand events a
//! *place*: where each thread is in its batches, which processor and goroutine it has. No state of goroutines is needed.

use tracewell_wire::{BatchKind, Generation, varint};

use crate::event::{Event, Kind, ProcState};
use crate::frontier::Frontier;
use crate::state::State;
use crate::symbols::Sym;

/// Generations with fewer bytes of events, for each event from place to place, have no record: they are soon read again.
const LEAST_BYTES_A_STEP: u64 = 8;

/// A place takes at most a byte for each event to the next, or this.
const LEAST_PLACE: u64 = 4 << 10;
/// Open at once; a program has one.
const MAX_STWS: usize = 64;

/// The order of one generation.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Record {
    /// It is the trace's first: what its statuses say was not known before.
    pub first: bool,
    /// Events on the wire, not counting samples.
    pub steps: u64,
    /// Processors that came with it.
    pub new_procs: Vec<i64>,
    pub detours: Vec<u8>,
    pub places: Vec<Place>,
}

/// A place inside of a generation.
#[derive(Clone, Default, PartialEq, Debug)]
pub struct Place {
    /// Numbers, as `Seat::put` writes them.
    pub bytes: Box<[u8]>,
    /// Open stop-the-world ranges, by goroutine.
    pub stws: Vec<(i64, Sym)>,
}

impl Record {
    /// What it takes of memory.
    pub fn bytes(&self) -> usize {
        let places = self.places.iter().map(|p| p.bytes.len() + size_of::<Place>() + 16 * p.stws.len());
        self.detours.len() + places.sum::<usize>()
    }

    /// Translates its texts.
    pub fn map(&mut self, map: impl Fn(Sym) -> Sym) {
        self.places.iter_mut().flat_map(|p| &mut p.stws).for_each(|s| s.1 = map(s.1));
    }
}

/// Whether a generation is long enough for a record with a place each so many events; 0: none is wanted.
pub fn has_record(generation: &Generation, every: u64) -> bool {
    let events = generation.batches.iter().filter(|b| b.kind == BatchKind::Events);
    every > 0 && events.map(|b| u64::from(b.len)).sum::<u64>() >= LEAST_BYTES_A_STEP.saturating_mul(every)
}

/// Where one thread is.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(crate) struct Seat {
    /// Its place among the threads of the generation.
    pub lane: u64,
    /// The batch, where in it the next event stands, and when that is.
    pub batch: u64,
    pub at: u64,
    pub time: i64,
}

/// What `Place::bytes` holds.
#[derive(Clone, PartialEq, Debug, Default)]
pub(crate) struct Position {
    pub step: u64,
    /// Absolute ns of the last delivered event.
    pub last: i64,
    pub zero: i64,
    pub syncs: u64,
    pub samples: u64,
    /// Bytes of detours that lie behind, and the step of the last of them.
    pub detours: u64,
    pub detour_step: u64,
    /// In the order of the heap.
    pub seats: Vec<Seat>,
    /// Thread, goroutine, processor; -1 is none.
    pub threads: Vec<[i64; 3]>,
    pub procs: Vec<(i64, u8)>,
}

fn put(out: &mut Vec<u8>, mut v: u64) {
    while v >= 0x80 {
        out.push(v as u8 | 0x80);
        v >>= 7;
    }
    out.push(v as u8);
}

fn put_signed(out: &mut Vec<u8>, v: i64) {
    put(out, ((v << 1) ^ (v >> 63)) as u64);
}

/// Reads numbers from the begin of bytes on.
struct Numbers<'a>(&'a [u8], usize);

impl Numbers<'_> {
    fn u(&mut self) -> Option<u64> {
        varint::read(self.0, &mut self.1)
    }
    fn i(&mut self) -> Option<i64> {
        let v = self.u()?;
        Some((v >> 1) as i64 ^ -((v & 1) as i64))
    }
    /// Each item takes a byte at least, so that a count cannot promise more than is there.
    fn list<T>(&mut self, mut get: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let n = usize::try_from(self.u()?).ok().filter(|n| *n <= self.0.len())?;
        (0..n).map(|_| get(self)).collect()
    }
}

impl Position {
    pub fn to_bytes(&self) -> Box<[u8]> {
        let mut out = Vec::with_capacity(32 + 12 * self.seats.len() + 8 * self.threads.len());
        for n in [self.step, self.syncs, self.samples, self.detours, self.detour_step] {
            put(&mut out, n);
        }
        put_signed(&mut out, self.last);
        put_signed(&mut out, self.zero);
        put(&mut out, self.seats.len() as u64);
        for s in &self.seats {
            for n in [s.lane, s.batch, s.at] {
                put(&mut out, n);
            }
            put_signed(&mut out, s.time.wrapping_sub(self.last));
        }
        put(&mut out, self.threads.len() as u64);
        self.threads.iter().flatten().for_each(|n| put_signed(&mut out, *n));
        put(&mut out, self.procs.len() as u64);
        for (p, status) in &self.procs {
            put_signed(&mut out, *p);
            out.push(*status);
        }
        out.into_boxed_slice()
    }

    /// None: the bytes are none.
    pub fn of_bytes(bytes: &[u8]) -> Option<Position> {
        let mut from = Numbers(bytes, 0);
        let (step, syncs, samples) = (from.u()?, from.u()?, from.u()?);
        let (detours, detour_step) = (from.u()?, from.u()?);
        let (last, zero) = (from.i()?, from.i()?);
        let seats = from.list(|f| {
            let (lane, batch, at) = (f.u()?, f.u()?, f.u()?);
            Some(Seat { lane, batch, at, time: last.wrapping_add(f.i()?) })
        })?;
        let threads = from.list(|f| Some([f.i()?, f.i()?, f.i()?]))?;
        let procs = from.list(|f| Some((f.i()?, f.u()? as u8)))?;
        Some(Position { step, last, zero, syncs, samples, detours, detour_step, seats, threads, procs })
    }
}

/// Writes a record while a generation is ordered.
pub(crate) struct Recorder {
    record: Record,
    /// It is long enough, and nothing came that a replay could not tell.
    wanted: bool,
    step: u64,
    detour_step: u64,
    every: u64,
    next_place: u64,
}

impl Recorder {
    /// `every`: events from place to place; 0: no record is wanted.
    pub fn new(generation: &Generation, first: bool, every: u64) -> Recorder {
        let wanted = has_record(generation, every);
        let record = Record { first, ..Record::default() };
        let next_place = if wanted { every } else { u64::MAX };
        Recorder { record, wanted, step: 0, detour_step: 0, every, next_place }
    }

    /// One thread went on: the one at `place` of the frontier.
    #[inline]
    pub fn step(&mut self, place: usize) {
        if place > 0 {
            self.detour(place);
        }
        self.step += 1;
    }

    #[cold]
    fn detour(&mut self, place: usize) {
        if self.wanted {
            put(&mut self.record.detours, self.step - self.detour_step);
            put(&mut self.record.detours, place as u64);
            self.detour_step = self.step;
        }
    }

    /// What was delivered with a step.
    #[inline]
    pub fn delivered(&mut self, event: &Event) {
        if let Kind::ProcTransition { proc, from: ProcState::NotExist, .. } = event.kind {
            self.record.new_procs.push(proc);
        }
    }

    #[inline]
    pub fn is_due(&self) -> bool {
        self.step >= self.next_place
    }

    /// Writes down the place behind the last step. False: it is none.
    #[cold]
    pub fn place(
        &mut self,
        frontier: &mut Frontier,
        state: &State,
        carry: &crate::Carry,
        samples: usize,
    ) -> bool {
        self.next_place = self.step + self.every;
        if frontier.is_empty() {
            return false;
        }
        let mut position = Position {
            step: self.step,
            last: carry.last,
            zero: carry.zero.unwrap_or(0),
            syncs: u64::from(carry.syncs),
            samples: samples as u64,
            detours: self.record.detours.len() as u64,
            detour_step: self.detour_step,
            seats: frontier.seats(),
            threads: state
                .thread_ix
                .iter()
                .map(|(m, ix)| (*m, state.threads[*ix as usize]))
                .map(|(m, t)| [m, t.g, t.p])
                .collect(),
            procs: state.procs.iter().map(|(p, s)| (p, s.status)).collect(),
        };
        position.threads.sort_unstable();
        position.procs.sort_unstable();
        let bytes = position.to_bytes();
        // A file may invent threads and processors: what is written down stays small beside the events.
        if bytes.len() as u64 > self.every.max(LEAST_PLACE) {
            return false;
        }
        let mut stws: Vec<(i64, Sym)> =
            state.stws.iter().flat_map(|(g, open)| open.iter().map(|s| (*g, *s))).collect();
        // By goroutine; those of one stay in their order.
        stws.sort_by_key(|s| s.0);
        if stws.len() > MAX_STWS {
            return false;
        }
        self.record.places.push(Place { bytes, stws });
        true
    }

    pub fn end(mut self, odd: bool) -> Option<Record> {
        self.record.steps = self.step;
        (self.wanted && !odd).then_some(self.record)
    }
}
