//! A part of a generation told again from its record: the same events in the same order, with no state of goroutines and
//! no judgement. Differs from the first reading only in what earlier parts told of tasks: the end of a task has no name.

use tracewell_source::SeededMap;
use tracewell_wire::events::ty;
use tracewell_wire::{Generation, RawEvent, Tables};

use crate::event::{Event, GoState, Kind, Metric, ProcState, RangeName, Scope};
use crate::frontier::{Frontier, Lane, NO_THREAD};
use crate::reader::{Carry, Sink, Stage, frontier_of};
use crate::record::{Position, Record};
use crate::state::{gs, ps};
use crate::steps::Queue;
use crate::symbols::{Sym, SymCache, Symbols};

const NONE: i64 = -1;

/// What is replayed.
pub struct Part<'a> {
    pub bytes: &'a [u8],
    pub generation: &'a Generation,
    /// Stacks and samples' stacks may be left out of them.
    pub tables: &'a Tables,
    pub record: &'a Record,
    /// From which of its places, up to which: 0 is its begin, 1 the first place; one more than there are is its end.
    pub from: usize,
    pub to: usize,
    /// As the generation began.
    pub carry: Carry,
}

#[derive(Clone, Copy)]
struct Context {
    m: i64,
    p: i64,
    g: i64,
}

struct Replay<'a, 's> {
    part: &'a Part<'a>,
    symbols: &'s mut Symbols,
    carry: Carry,
    frontier: Frontier,
    threads: Vec<Context>,
    thread_ix: SeededMap<i64, u32>,
    procs: SeededMap<i64, u8>,
    stws: SeededMap<i64, Vec<Sym>>,
    syms: SymCache,
    queue: Queue,
}

/// Tells the events of a part to `sink`, until that breaks. None: the record does not go with the file. Never panics,
/// whatever the record says. Cost: O(events of the part + batches of the generation).
pub fn replay(part: &Part<'_>, symbols: &mut Symbols, sink: &mut impl Sink) -> Option<()> {
    let record = part.record;
    let start = match part.from.checked_sub(1) {
        Some(i) => Some(record.places.get(i)?),
        None => None,
    };
    let position = match start {
        Some(p) => Position::of_bytes(&p.bytes)?,
        None => Position::default(),
    };
    let end = match record.places.get(part.to.checked_sub(1)?) {
        Some(p) => Position::of_bytes(&p.bytes)?.step,
        None => record.steps,
    };
    let mut frontier = frontier_of(part.bytes, part.generation, part.tables, start.is_none()).ok()?;
    let mut carry = part.carry;
    if start.is_some() {
        frontier.seat(&position.seats, part.bytes, part.tables)?;
        carry =
            Carry { zero: Some(position.zero), last: position.last, syncs: position.syncs as u32, ..carry };
    }
    let mut r = Replay {
        part,
        symbols,
        carry,
        frontier,
        threads: position.threads.iter().map(|[m, g, p]| Context { m: *m, g: *g, p: *p }).collect(),
        thread_ix: position.threads.iter().enumerate().map(|(i, t)| (t[0], i as u32)).collect(),
        procs: position.procs.iter().copied().collect(),
        stws: SeededMap::default(),
        syms: SymCache::default(),
        queue: Queue::default(),
    };
    for (g, s) in start.iter().flat_map(|p| &p.stws) {
        r.stws.entry(*g).or_default().push(*s);
    }
    if start.is_none() {
        r.sync(sink)?;
    }
    r.run(&position, end, sink)
}

/// Numbers of detours, from a place on.
struct Detours<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Step of the next one, and the place that went on.
    next: Option<(u64, usize)>,
}

impl Detours<'_> {
    fn advance(&mut self, step: u64) {
        let mut number = || tracewell_wire::varint::read(self.bytes, &mut self.at);
        self.next = number().zip(number()).map(|(n, place)| (step.saturating_add(n), place as usize));
    }
}

impl Replay<'_, '_> {
    fn run(&mut self, from: &Position, end: u64, sink: &mut impl Sink) -> Option<()> {
        let tables = self.part.tables;
        let mut detours = Detours { bytes: &self.part.record.detours, at: from.detours as usize, next: None };
        detours.advance(from.detour_step);
        let mut samples =
            tables.cpu_samples.get(from.samples as usize..).unwrap_or_default().iter().peekable();
        let mut step = from.step;
        loop {
            self.queue.clear();
            // As the reader: a sample comes before all that is later. Those behind the last event are the last part's.
            let next = if step < end { self.frontier.min_time() } else { None };
            if let Some(s) = samples.peek()
                && (next.is_some_and(|t| s.time < t) || (step >= end && self.frontier.is_empty()))
            {
                let g = if s.g == 0 { NONE } else { s.g as i64 };
                let kind = Kind::StackSample { stack: s.stack };
                self.queue.push(Event { time: s.time, m: s.m as i64, p: s.p as i64, g, kind });
                samples.next();
            } else if next.is_none() {
                return Some(());
            } else {
                let mut place = 0;
                if detours.next.is_some_and(|d| d.0 == step) {
                    place = detours.next?.1;
                    self.frontier.sort();
                    detours.advance(step);
                }
                self.advance(place)?;
                step += 1;
            }
            for event in self.queue.since(0) {
                event.time = self.carry.repair(event.time);
                let mut stage = Stage {
                    bytes: self.part.bytes,
                    tables,
                    symbols: self.symbols,
                    generation: self.part.carry.generations,
                };
                if sink.event(event, &mut stage).is_break() {
                    return Some(());
                }
            }
        }
    }

    fn sync(&mut self, sink: &mut impl Sink) -> Option<()> {
        let tables = self.part.tables;
        self.carry.syncs = self.carry.syncs.wrapping_add(1);
        let time = self.carry.repair(tables.nanos(self.part.generation.min_ts()));
        let kind = Kind::Sync { number: self.carry.syncs, clock: tables.clock };
        let mut stage = Stage {
            bytes: self.part.bytes,
            tables,
            symbols: self.symbols,
            generation: self.part.carry.generations,
        };
        let flow = sink.event(&Event { time, m: NONE, p: NONE, g: NONE, kind }, &mut stage);
        flow.is_continue().then_some(())
    }

    #[inline(always)]
    fn advance(&mut self, place: usize) -> Option<()> {
        if place >= self.frontier.len() {
            return None;
        }
        let lane = self.frontier.lane(place);
        let raw = lane.cursor.event;
        let thread = thread_of(lane, &mut self.threads, &mut self.thread_ix);
        let more = lane.cursor.next(self.part.bytes, self.part.tables).ok();
        let time = lane.cursor.event.time;
        self.apply(&raw, thread)?;
        if more? {
            self.frontier.update(place, time);
        } else {
            self.frontier.remove(place);
        }
        Some(())
    }

    fn sym(&mut self, id: u64) -> Sym {
        if id == 0 {
            return Sym::EMPTY;
        }
        if let Some(s) = self.syms.get(id) {
            return s;
        }
        let text = self.part.tables.string(self.part.bytes, id).unwrap_or_default();
        let s = self.symbols.intern(&String::from_utf8_lossy(text));
        self.syms.set(id, s);
        s
    }

    #[inline(always)]
    fn emit(&mut self, raw: &RawEvent, c: Context, kind: Kind) {
        self.queue.push(Event { time: raw.time, m: c.m, p: c.p, g: c.g, kind });
    }

    #[inline(always)]
    fn go(&mut self, raw: &RawEvent, c: Context, g: i64, from: GoState, to: GoState) {
        self.emit(raw, c, Kind::GoTransition { g, from, to, reason: Sym::EMPTY, stack: 0, own_stack: 0 });
    }

    /// As `rules`, for what is known to have happened.
    #[inline(always)]
    fn apply(&mut self, raw: &RawEvent, thread: Option<u32>) -> Option<()> {
        use GoState::{NotExist, Runnable, Running, Syscall, Waiting};
        let a = &raw.args;
        let c = match thread {
            Some(ix) => *self.threads.get(ix as usize)?,
            None => Context { m: NONE, p: NONE, g: NONE },
        };
        let mut after = c;
        match raw.ty {
            ty::GO_START => {
                after.g = a[0] as i64;
                self.go(raw, c, after.g, Runnable, Running);
            }
            ty::GO_UNBLOCK => {
                let (g, stack) = (a[0] as i64, a[2]);
                let (from, to) = (Waiting, Runnable);
                self.emit(
                    raw,
                    c,
                    Kind::GoTransition { g, from, to, reason: Sym::EMPTY, stack, own_stack: 0 },
                );
            }
            ty::GO_BLOCK | ty::GO_STOP => {
                let to = if raw.ty == ty::GO_BLOCK { Waiting } else { Runnable };
                let (reason, stack) = (self.sym(a[0]), a[1]);
                let kind = Kind::GoTransition { g: c.g, from: Running, to, reason, stack, own_stack: stack };
                self.emit(raw, c, kind);
                after.g = NONE;
            }
            ty::GO_CREATE | ty::GO_CREATE_BLOCKED => {
                let to = if raw.ty == ty::GO_CREATE { Runnable } else { Waiting };
                let (g, own_stack, stack) = (a[0] as i64, a[1], a[2]);
                self.emit(
                    raw,
                    c,
                    Kind::GoTransition { g, from: NotExist, to, reason: Sym::EMPTY, stack, own_stack },
                );
            }
            ty::GO_DESTROY => {
                self.go(raw, c, c.g, Running, NotExist);
                self.forget(c.g);
                after.g = NONE;
            }
            ty::GO_SYSCALL_BEGIN => {
                self.procs.insert(c.p, ps::SYSCALL);
                let (stack, reason) = (a[1], Sym::EMPTY);
                let kind = Kind::GoTransition {
                    g: c.g,
                    from: Running,
                    to: Syscall,
                    reason,
                    stack,
                    own_stack: stack,
                };
                self.emit(raw, c, kind);
            }
            ty::GO_SYSCALL_END => {
                self.procs.insert(c.p, ps::RUNNING);
                self.go(raw, c, c.g, Syscall, Running);
            }
            ty::GO_SYSCALL_END_BLOCKED => {
                self.go(raw, c, c.g, Syscall, Runnable);
                after.g = NONE;
            }
            ty::GO_CREATE_SYSCALL => {
                after.g = a[0] as i64;
                self.go(raw, c, after.g, NotExist, Syscall);
            }
            ty::GO_DESTROY_SYSCALL => {
                if c.p != NONE {
                    self.procs.insert(c.p, ps::ABANDONED);
                    let (from, to) = (ProcState::Running, ProcState::Idle);
                    self.emit(raw, c, Kind::ProcTransition { proc: c.p, from, to });
                }
                self.forget(c.g);
                self.go(raw, c, c.g, Syscall, NotExist);
                after = Context { p: NONE, g: NONE, ..c };
            }
            ty::GO_STATUS | ty::GO_STATUS_STACK => self.go_status(raw, c, &mut after),
            ty::GO_SWITCH | ty::GO_SWITCH_DESTROY => {
                let next = a[0] as i64;
                self.go(raw, c, next, Waiting, Runnable);
                let ends = raw.ty == ty::GO_SWITCH_DESTROY;
                if ends {
                    self.forget(c.g);
                }
                self.go(raw, c, c.g, Running, if ends { NotExist } else { Waiting });
                self.go(raw, Context { g: NONE, ..c }, next, Runnable, Running);
                after.g = next;
            }
            ty::PROC_START => {
                after.p = a[0] as i64;
                self.procs.insert(after.p, ps::RUNNING);
                let (from, to) = (ProcState::Idle, ProcState::Running);
                self.emit(raw, c, Kind::ProcTransition { proc: after.p, from, to });
            }
            ty::PROC_STOP => {
                self.procs.insert(c.p, ps::IDLE);
                let (from, to) = (ProcState::Running, ProcState::Idle);
                self.emit(raw, c, Kind::ProcTransition { proc: c.p, from, to });
                after.p = NONE;
            }
            ty::PROC_STEAL => self.proc_steal(raw, c, &mut after),
            ty::PROC_STATUS => self.proc_status(raw, c, &mut after)?,
            ty::PROCS_CHANGE => {
                self.emit(raw, c, Kind::Metric { metric: Metric::GoMaxProcs, value: a[0], stack: a[1] });
            }
            ty::HEAP_ALLOC | ty::HEAP_GOAL => {
                let metric = if raw.ty == ty::HEAP_ALLOC { Metric::HeapAlloc } else { Metric::HeapGoal };
                self.emit(raw, c, Kind::Metric { metric, value: a[0], stack: 0 });
            }
            ty::GO_LABEL => {
                let label = self.sym(a[0]);
                self.emit(raw, c, Kind::Label { g: c.g, label });
            }
            ty::STW_BEGIN..=ty::GC_MARK_ASSIST_END => {
                let kind = self.range(raw, c)?;
                self.emit(raw, c, kind);
            }
            ty::USER_TASK_BEGIN..=ty::USER_LOG => {
                let kind = self.annotation(raw);
                self.emit(raw, c, kind);
            }
            128.. => self.emit(raw, c, Kind::Experimental { ty: raw.ty, args: [a[0], a[1], a[2]] }),
            _ => return None,
        }
        if let Some(t) = thread.and_then(|ix| self.threads.get_mut(ix as usize)) {
            *t = after;
        }
        Some(())
    }

    fn forget(&mut self, g: i64) {
        if !self.stws.is_empty() {
            self.stws.remove(&g);
        }
    }

    fn go_status(&mut self, raw: &RawEvent, c: Context, after: &mut Context) {
        let (g, m, status) = (raw.args[0] as i64, raw.args[1] as i64, raw.args[2] as u8);
        let stack = if raw.ty == ty::GO_STATUS_STACK { raw.args[3] } else { 0 };
        let to = match status {
            gs::RUNNABLE => GoState::Runnable,
            gs::RUNNING => GoState::Running,
            gs::SYSCALL => GoState::Syscall,
            _ => GoState::Waiting,
        };
        let from = if self.part.record.first { GoState::Undetermined } else { to };
        let mut shown = c;
        if to == GoState::Running || (to == GoState::Syscall && m == c.m) {
            after.g = g;
        } else if to == GoState::Syscall {
            shown.m = m;
            let ix = self.thread(m);
            if let Some((ix, known)) = ix {
                if let Some(t) = self.threads.get_mut(ix as usize) {
                    t.g = g;
                }
                if known {
                    shown.g = g;
                }
            }
        }
        let reason = Sym::EMPTY;
        self.emit(raw, shown, Kind::GoTransition { g, from, to, reason, stack, own_stack: stack });
    }

    /// The place of a thread, and whether it was there.
    fn thread(&mut self, m: i64) -> Option<(u32, bool)> {
        if let Some(&ix) = self.thread_ix.get(&m) {
            return Some((ix, true));
        }
        let ix = self.threads.len() as u32;
        self.threads.push(Context { m, p: NONE, g: NONE });
        self.thread_ix.insert(m, ix);
        Some((ix, false))
    }

    fn proc_steal(&mut self, raw: &RawEvent, c: Context, after: &mut Context) {
        let (p, victim) = (raw.args[0] as i64, raw.args[2] as i64);
        let abandoned = self.procs.insert(p, ps::IDLE) == Some(ps::ABANDONED);
        if abandoned {
            // Its thread may have moved on.
        } else if victim == c.m {
            after.p = NONE;
        } else if let Some(t) = self.thread_ix.get(&victim).and_then(|ix| self.threads.get_mut(*ix as usize))
        {
            t.p = NONE;
        }
        let from = if abandoned { ProcState::Idle } else { ProcState::Running };
        self.emit(raw, c, Kind::ProcTransition { proc: p, from, to: ProcState::Idle });
    }

    fn proc_status(&mut self, raw: &RawEvent, c: Context, after: &mut Context) -> Option<()> {
        let (p, mut status) = (raw.args[0] as i64, raw.args[1] as u8);
        let mut to =
            if matches!(status, ps::RUNNING | ps::SYSCALL) { ProcState::Running } else { ProcState::Idle };
        let mut shown = c;
        let known = self.procs.get(&p).copied();
        if matches!(status, ps::RUNNING | ps::SYSCALL) {
            after.p = p;
        }
        let first = self.part.record.first;
        if status == ps::ABANDONED && known != Some(ps::ABANDONED) && (known.is_some() || !first) {
            // Nothing was lost after all: shown where the processor is bound.
            to = ProcState::Running;
            status = ps::SYSCALL;
            if let Some(t) = self.threads.iter().find(|t| t.p == p) {
                shown = *t;
            }
        }
        let from = match known {
            Some(_) => to,
            None if first => ProcState::Undetermined,
            None if self.part.record.new_procs.contains(&p) => ProcState::NotExist,
            None => to,
        };
        self.procs.insert(p, status);
        self.emit(raw, shown, Kind::ProcTransition { proc: p, from, to });
        Some(())
    }

    fn range(&mut self, raw: &RawEvent, c: Context) -> Option<Kind> {
        let a = raw.args;
        let goroutine = Scope::Goroutine(c.g);
        Some(match raw.ty {
            ty::STW_BEGIN => {
                let reason = self.sym(a[0]);
                self.stws.entry(c.g).or_default().push(reason);
                Kind::RangeBegin { scope: goroutine, name: RangeName::Stw(reason), stack: a[1] }
            }
            ty::STW_END => {
                let reason = self.stws.get_mut(&c.g).and_then(Vec::pop)?;
                end(goroutine, RangeName::Stw(reason), 0, 0)
            }
            ty::GC_ACTIVE => Kind::RangeActive { scope: Scope::None, name: RangeName::GcMark },
            ty::GC_BEGIN => Kind::RangeBegin { scope: Scope::None, name: RangeName::GcMark, stack: a[1] },
            ty::GC_END => end(Scope::None, RangeName::GcMark, 0, 0),
            ty::GC_SWEEP_ACTIVE => {
                Kind::RangeActive { scope: Scope::Proc(a[0] as i64), name: RangeName::Sweep }
            }
            ty::GC_SWEEP_BEGIN => {
                Kind::RangeBegin { scope: Scope::Proc(c.p), name: RangeName::Sweep, stack: a[0] }
            }
            ty::GC_SWEEP_END => end(Scope::Proc(c.p), RangeName::Sweep, a[0], a[1]),
            ty::GC_MARK_ASSIST_ACTIVE => {
                Kind::RangeActive { scope: Scope::Goroutine(a[0] as i64), name: RangeName::MarkAssist }
            }
            ty::GC_MARK_ASSIST_BEGIN => {
                Kind::RangeBegin { scope: goroutine, name: RangeName::MarkAssist, stack: a[0] }
            }
            _ => end(goroutine, RangeName::MarkAssist, 0, 0),
        })
    }

    fn annotation(&mut self, raw: &RawEvent) -> Kind {
        let a = raw.args;
        let task = a[0];
        match raw.ty {
            ty::USER_TASK_BEGIN => {
                let parent = if a[1] == 0 { NONE } else { a[1] as i64 };
                Kind::TaskBegin { task, parent, name: self.sym(a[2]), stack: a[3] }
            }
            ty::USER_TASK_END => Kind::TaskEnd { task, parent: NONE, name: Sym::EMPTY, stack: a[1] },
            ty::USER_REGION_BEGIN => Kind::RegionBegin { task, name: self.sym(a[1]), stack: a[2] },
            ty::USER_REGION_END => Kind::RegionEnd { task, name: self.sym(a[1]), stack: a[2] },
            _ => Kind::Log { task, category: self.sym(a[1]), message: a[2], stack: a[3] },
        }
    }
}

fn end(scope: Scope, name: RangeName, swept: u64, reclaimed: u64) -> Kind {
    Kind::RangeEnd { scope, name, swept, reclaimed }
}

/// The place of a lane's thread, made at its first event; None for batches of none.
#[inline]
fn thread_of(lane: &mut Lane, threads: &mut Vec<Context>, ix: &mut SeededMap<i64, u32>) -> Option<u32> {
    let m = lane.cursor.m as i64;
    if m == NONE || lane.thread != NO_THREAD {
        return (m != NONE).then_some(lane.thread);
    }
    let next = threads.len() as u32;
    let place = *ix.entry(m).or_insert(next);
    if place == next {
        threads.push(Context { m, p: NONE, g: NONE });
    }
    lane.thread = place;
    Some(place)
}
