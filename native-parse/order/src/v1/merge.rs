//! The events of all processors in one order.
//!
//! Since Go 1.7 the order is partial: a goroutine's events carry numbers, and an event waits until its goroutine is where
//! the number says. Of those that may happen, the earliest does. Before, every event has its place in the whole.
//!
//! A return from a system call is written late, when the goroutine has a processor again. It takes part in the order where
//! it was written and is delivered where it happened, which may be far before: hence the list `Scan::exits`.

use rustc_hash::FxHashMap;
use tracewell_source::{Code, Result, TraceError};
use tracewell_wire::v1::events::ty;
use tracewell_wire::v1::{Cursor, Event, Scan};

use super::ready::Ready;

/// Processors that may be looked at because their next event could not happen yet: a file with very many that wait would
/// else take time by the square of its size. No program comes near.
const LOOKS: u64 = 1 << 26;
const LOOKS_A_BYTE: u64 = 256;

/// Where a goroutine is, as far as the order needs it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum At {
    Dead,
    Runnable,
    Running,
    Waiting,
}

/// What an event needs of its goroutine, and what it makes of it. `seq` None: any.
struct Step {
    g: u64,
    seq: Option<u64>,
    at: At,
    then: At,
    /// Whether the goroutine's number goes up.
    counts: bool,
}

#[derive(Clone, Copy)]
enum Source {
    Processor { cursor: Cursor, processor: usize },
    Samples { next: usize },
    Exits { next: usize },
}

#[derive(Clone, Copy)]
struct Lane {
    source: Source,
    /// The next event, read ahead.
    head: Option<Event>,
}

/// What the order is made of.
#[derive(Clone, Copy)]
pub struct File<'s> {
    pub bytes: &'s [u8],
    pub scan: &'s Scan,
}

/// The ordered events of a trace, one after another. A copy of it is a place to go on from.
#[derive(Clone)]
pub struct Stream {
    lanes: Vec<Lane>,
    /// Lanes whose next event may not happen yet.
    waiting: Vec<usize>,
    /// Lanes whose next event may, by time, or by place before Go 1.7.
    ready: Ready,
    goroutines: FxHashMap<u64, (u64, At)>,
    gc_seq: u64,
    last: u64,
    /// Looks that are left.
    looks: u64,
    /// The next event of the merge, and the next late return.
    held: Option<Event>,
    exit: usize,
}

impl Stream {
    /// Cost: O(processors).
    pub fn new(f: File<'_>) -> Result<Stream> {
        let scan = f.scan;
        let minor = scan.header.minor;
        let mut sources: Vec<Source> = (0..scan.processors.len())
            .map(|i| Source::Processor { cursor: Cursor::new(scan.processors[i].id, minor), processor: i })
            .collect();
        sources.push(Source::Samples { next: 0 });
        if minor < 7 {
            sources.push(Source::Exits { next: 0 });
        }
        let mut s = Stream {
            lanes: sources.into_iter().map(|source| Lane { source, head: None }).collect(),
            waiting: Vec::new(),
            ready: Ready::default(),
            goroutines: FxHashMap::default(),
            gc_seq: 0,
            last: 0,
            looks: LOOKS + LOOKS_A_BYTE * scan.end,
            held: None,
            exit: 0,
        };
        for lane in 0..s.lanes.len() {
            s.fetch(f, lane)?;
        }
        s.held = s.merged(f)?;
        Ok(s)
    }

    /// The next event where it happened. Ok(None): there is none. Errors: DAMAGED where no order is consistent, or the
    /// clock contradicts it. Cost: O(log processors), about 30 ns.
    pub fn next(&mut self, f: File<'_>) -> Result<Option<Event>> {
        if f.scan.header.minor >= 7
            && let Some(exit) = f.scan.exits.get(self.exit)
            && self.held.is_none_or(|e| exit.real < e.ts)
        {
            self.exit += 1;
            return Ok(Some(exit_event(exit)));
        }
        let event = self.held.take();
        if event.is_some() {
            self.held = self.merged(f)?;
        }
        Ok(event)
    }

    /// Goroutines and processors that it keeps: the size of a copy.
    pub fn size(&self) -> usize {
        self.goroutines.len() + self.lanes.len()
    }

    /// The next event of the merge, late returns left out.
    fn merged(&mut self, f: File<'_>) -> Result<Option<Event>> {
        loop {
            let Some(mut e) = self.step(f)? else { return Ok(None) };
            if e.ts < self.last {
                return Err(TraceError::damaged(
                    e.offset,
                    "The clocks of the processors contradict the order of the events, so no time in this trace can be \
                     trusted; record it again",
                ));
            }
            self.last = e.ts;
            e.ty = match e.ty {
                ty::GO_START_LOCAL => ty::GO_START,
                ty::GO_UNBLOCK_LOCAL => ty::GO_UNBLOCK,
                ty::GO_SYS_EXIT_LOCAL => ty::GO_SYS_EXIT,
                same => same,
            };
            let moved = e.ty == ty::GO_SYS_EXIT && e.args[2] != 0 && e.args[2] != e.ts;
            if !moved || f.scan.header.minor < 7 {
                return Ok(Some(e));
            }
        }
    }

    fn step(&mut self, f: File<'_>) -> Result<Option<Event>> {
        let Some(looks) = self.looks.checked_sub(self.waiting.len() as u64) else {
            let first = self.waiting.iter().filter_map(|l| self.lanes[*l].head).map(|e| e.offset).min();
            return Err(no_order(first.unwrap_or(f.scan.end)));
        };
        self.looks = looks;
        let mut i = 0;
        while let Some(&lane) = self.waiting.get(i) {
            if self.lanes[lane].head.is_some_and(|e| self.may_happen(f, &e)) {
                self.waiting.swap_remove(i);
                let key = self.lanes[lane].head.map_or(0, |e| key(f, &e));
                self.ready.push(key, lane);
            } else {
                i += 1;
            }
        }
        let Some(lane) = self.ready.pop() else {
            let stuck = self.waiting.iter().filter_map(|l| self.lanes[*l].head).map(|e| e.offset).min();
            return stuck.map_or(Ok(None), |offset| Err(no_order(offset)));
        };
        let Some(mut e) = self.lanes[lane].head.take() else { return Ok(None) };
        if !self.may_happen(f, &e) {
            // Two processors claimed the same goroutine at once.
            return Err(no_order(e.offset));
        }
        self.happen(f, &e);
        if e.ty == ty::GO_SYS_CALL {
            e.args[0] = u64::from(self.blocks(f, lane, &e));
        }
        self.fetch(f, lane)?;
        Ok(Some(e))
    }

    /// Gives a lane its next event.
    fn fetch(&mut self, f: File<'_>, lane: usize) -> Result<()> {
        let scan = f.scan;
        let by_place = scan.header.minor < 7;
        let l = &mut self.lanes[lane];
        l.head = match &mut l.source {
            Source::Processor { cursor, processor } => loop {
                let e = cursor.next(f.bytes, &scan.processors[*processor].batches)?;
                // Before Go 1.7 returns have a lane of their own, for their places are others than where they stand.
                if !(by_place && e.is_some_and(|e| e.ty == ty::GO_SYS_EXIT)) {
                    break e;
                }
            },
            Source::Samples { next } => {
                let s = scan.samples.get(*next);
                *next += 1;
                s.map(|s| Event {
                    ty: ty::CPU_SAMPLE,
                    p: s.p,
                    g: s.g,
                    ts: s.ts,
                    stack: s.stack & 0xffff_ffff,
                    offset: s.offset,
                    ..Event::default()
                })
            }
            Source::Exits { next } => {
                let e = scan.exits.get(*next);
                *next += 1;
                e.map(exit_event)
            }
        };
        if l.head.is_some() {
            self.waiting.push(lane);
        }
        Ok(())
    }

    /// Whether a system call gave its processor away: the next event of its goroutine says so.
    fn blocks(&self, f: File<'_>, lane: usize, call: &Event) -> bool {
        let Source::Processor { cursor, processor } = &self.lanes[lane].source else { return false };
        let mut ahead = *cursor;
        let batches = &f.scan.processors[*processor].batches;
        while let Ok(Some(e)) = ahead.next(f.bytes, batches) {
            if e.g == call.g {
                return e.ty == ty::GO_SYS_BLOCK && !sampled(f.scan, call.g, call.ts, e.ts);
            }
            if matches!(e.ty, ty::GO_START | ty::GO_START_LOCAL | ty::GO_START_LABEL) {
                return false;
            }
        }
        false
    }

    // ---- the partial order

    fn may_happen(&self, f: File<'_>, e: &Event) -> bool {
        if f.scan.header.minor < 7 {
            return true;
        }
        if e.ty == ty::GC_START {
            return e.args[0] == self.gc_seq;
        }
        let Some(step) = step_of(e) else { return true };
        let (seq, at) = self.goroutines.get(&step.g).copied().unwrap_or((0, At::Dead));
        at == step.at && step.seq.is_none_or(|s| s == seq)
    }

    fn happen(&mut self, f: File<'_>, e: &Event) {
        if f.scan.header.minor < 7 {
            return;
        }
        match e.ty {
            ty::GC_START => self.gc_seq = self.gc_seq.wrapping_add(1),
            // Its id is not used again: forgetting it keeps the table as small as the living goroutines are many.
            ty::GO_END => {
                self.goroutines.remove(&e.g);
            }
            _ => {
                if let Some(step) = step_of(e) {
                    let state = self.goroutines.entry(step.g).or_insert((0, At::Dead));
                    *state = (state.0.wrapping_add(u64::from(step.counts)), step.then);
                }
            }
        }
    }
}

/// N.B. a CPU sample counts as an event of its goroutine: the reference then takes the call for a short one.
fn sampled(scan: &Scan, g: u64, from: u64, to: u64) -> bool {
    let first = scan.sampled.partition_point(|s| *s < (g, from));
    scan.sampled.get(first).is_some_and(|s| *s < (g, to))
}

fn key(f: File<'_>, e: &Event) -> u64 {
    if f.scan.header.minor < 7 { e.seq } else { e.ts }
}

fn step_of(e: &Event) -> Option<Step> {
    let step = |g, seq, at, then, counts| Some(Step { g, seq, at, then, counts });
    let (own, number) = (e.args[0], Some(e.args[1]));
    match e.ty {
        ty::GO_CREATE => step(own, Some(0), At::Dead, At::Runnable, true),
        ty::GO_WAITING | ty::GO_IN_SYSCALL => step(e.g, Some(1), At::Runnable, At::Waiting, true),
        ty::GO_START | ty::GO_START_LABEL => step(e.g, number, At::Runnable, At::Running, true),
        ty::GO_START_LOCAL => step(e.g, None, At::Runnable, At::Running, true),
        ty::GO_BLOCK
        | ty::GO_BLOCK_SEND..=ty::GO_BLOCK_NET
        | ty::GO_BLOCK_GC
        | ty::GO_SLEEP
        | ty::GO_SYS_BLOCK => step(e.g, None, At::Running, At::Waiting, false),
        ty::GO_SCHED | ty::GO_PREEMPT => step(e.g, None, At::Running, At::Runnable, false),
        ty::GO_UNBLOCK | ty::GO_SYS_EXIT => step(own, number, At::Waiting, At::Runnable, true),
        ty::GO_UNBLOCK_LOCAL | ty::GO_SYS_EXIT_LOCAL => step(own, None, At::Waiting, At::Runnable, true),
        _ => None,
    }
}

fn exit_event(e: &tracewell_wire::v1::Exit) -> Event {
    Event {
        ty: ty::GO_SYS_EXIT,
        p: -1,
        g: e.g,
        ts: e.real,
        seq: e.seq,
        args: [e.g, e.seq, e.real],
        offset: e.offset,
        ..Event::default()
    }
}

#[cold]
fn no_order(offset: u64) -> TraceError {
    TraceError::at(
        Code::Damaged,
        offset,
        "No order of the events is consistent from here on: some are missing or damaged, or C code called back into Go, \
         which traces before Go 1.22 cannot tell; record the trace again, with Go 1.22 or later if the program uses cgo",
    )
}
