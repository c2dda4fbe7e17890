//! The events of all processors in one order.
//!
//! Since Go 1.7 the order is partial: a goroutine's events carry numbers, and an event waits until its goroutine is where
//! the number says. Of those that may happen, the earliest does. Before, every event has its place in the whole.
//!
//! A return from a system call is written late, when the goroutine has a processor again. It takes part in the order where
//! it was written and is delivered where it happened, which may be far before: hence the list `Scan::exits`.

use tracewell_source::{Code, Result, SeededMap, TraceError};
use tracewell_wire::v1::events::ty;
use tracewell_wire::v1::{Cursor, Event, Scan};

use super::ready::Ready;

/// Where a goroutine is, as far as the order needs it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
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

/// A goroutine, its number where that matters, and where it has to be.
type Wish = (u64, Option<u64>, At);

/// No goroutine has this id.
const COLLECTOR: u64 = u64::MAX - 1;

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
    /// Lanes whose next event may not happen yet, by what they wait for: a goroutine's move looks at few of them.
    waiting: SeededMap<Wish, Vec<usize>>,
    /// Lanes whose next event may, by time, or by place before Go 1.7.
    ready: Ready,
    goroutines: SeededMap<u64, (u64, At)>,
    last: u64,
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
            waiting: SeededMap::default(),
            ready: Ready::default(),
            goroutines: SeededMap::default(),
            last: 0,
            held: None,
            exit: 0,
        };
        for lane in 0..s.lanes.len() {
            s.read(f, lane)?;
        }
        // Equal times: the reference exchanges each lane that it takes with the last that is left.
        let mut left: Vec<usize> = (0..s.lanes.len()).collect();
        let mut i = 0;
        while let Some(&lane) = left.get(i) {
            let blocked = s.lanes[lane].head.is_some_and(|e| s.missing(f, &e).is_some());
            s.file(f, lane);
            if blocked {
                i += 1;
            } else {
                left.swap_remove(i);
            }
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
        let Some(lane) = self.ready.pop() else {
            let stuck = self.lanes.iter().filter_map(|l| l.head).map(|e| e.offset).min();
            return stuck.map_or(Ok(None), |offset| Err(no_order(offset)));
        };
        let Some(mut e) = self.lanes[lane].head.take() else { return Ok(None) };
        if !self.happens(f, &e) {
            // Two processors claimed the same goroutine at once.
            return Err(no_order(e.offset));
        }
        if e.ty == ty::GO_SYS_CALL {
            e.args[0] = u64::from(self.blocks(f, lane, &e));
        }
        self.read(f, lane)?;
        self.file(f, lane);
        Ok(Some(e))
    }

    /// Gives a lane its next event.
    fn read(&mut self, f: File<'_>, lane: usize) -> Result<()> {
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
        Ok(())
    }

    /// Puts a lane where its next event belongs.
    fn file(&mut self, f: File<'_>, lane: usize) {
        if let Some(e) = self.lanes[lane].head {
            match self.missing(f, &e) {
                None => self.ready.push(key(f, &e), lane),
                Some(wish) => self.waiting.entry(wish).or_default().push(lane),
            }
        }
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

    /// Where a goroutine has to be for the event to happen; None: it may happen now.
    fn missing(&self, f: File<'_>, e: &Event) -> Option<Wish> {
        let step = step_of(f, e)?;
        let (seq, at) = self.goroutines.get(&step.g).copied().unwrap_or((0, At::Dead));
        let may = at == step.at && step.seq.is_none_or(|s| s == seq);
        (!may).then_some((step.g, step.seq, step.at))
    }

    /// Puts the goroutine where the event leaves it and tells the lanes that wait for that. False: it may not happen.
    fn happens(&mut self, f: File<'_>, e: &Event) -> bool {
        let Some(step) = step_of(f, e) else {
            if e.ty == ty::GO_END && f.scan.header.minor >= 7 {
                // Its id is not used again: forgetting it keeps the table as small as the living goroutines are many.
                self.goroutines.remove(&e.g);
            }
            return true;
        };
        let state = self.goroutines.entry(step.g).or_insert((0, At::Dead));
        if state.1 != step.at || step.seq.is_some_and(|s| s != state.0) {
            return false;
        }
        *state = (state.0.wrapping_add(u64::from(step.counts)), step.then);
        let (seq, at) = *state;
        if !self.waiting.is_empty() {
            for wish in [(step.g, Some(seq), at), (step.g, None, at)] {
                for lane in self.waiting.remove(&wish).unwrap_or_default() {
                    let time = self.lanes[lane].head.map_or(0, |e| key(f, &e));
                    self.ready.push(time, lane);
                }
            }
        }
        true
    }
}

/// N.B. a CPU sample counts as an event of its goroutine: the reference then takes the call for a short one.
fn sampled(scan: &Scan, g: u64, from: u64, to: u64) -> bool {
    let next = scan.sampled.partition_point(|s| *s < (g, from));
    scan.sampled.get(next).is_some_and(|s| s.0 == g && s.1 < to)
}

fn key(f: File<'_>, e: &Event) -> u64 {
    if f.scan.header.minor < 7 { e.seq } else { e.ts }
}

/// What an event has to do with the order; None: nothing.
fn step_of(f: File<'_>, e: &Event) -> Option<Step> {
    if f.scan.header.minor < 7 {
        return None;
    }
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
        // Collections are numbered like the events of a goroutine that is always dead.
        ty::GC_START => step(COLLECTOR, Some(own), At::Dead, At::Dead, true),
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
