//! The one state machine behind every picture and figure of processors: who holds which processor, what happens inside,
//! the collector, and the counters. Ordered events go in, spans and counter steps come out.
//!
//! The definitions are those of docs/ARCHITECTURE.md, "What a span is"; to the nanosecond:
//! - A goroutine holds a processor from `-> Running` until it waits, is runnable or ends, or until the processor goes
//!   idle under its system call.
//! - A goroutine first seen in a state has been in it since the Sync of that generation.
//! - A range of a goroutine (assist, stop-the-world) is shown where and while the goroutine holds a processor.
//!
//! Its state is small (processors, and goroutines with something open), so that it can be kept at borders, from which
//! a part of the trace is decoded again.

use tracewell_order::{Event, GoState, Kind, Metric, ProcState, RangeName, Scope, Sym, Symbols, Table};
use tracewell_source::{SeededMap, SeededSet};

use crate::border::{BEFORE, Felt};
use crate::counters::Series;
use crate::holders::Holders;
use crate::span::{Ended, Span, SpanState, Track};

/// Receives what the machine finds. `segment`s of a track come in order and do not overlap: of nested spans, the
/// innermost. `span`s come when they end, whole and nested.
pub trait Lanes {
    fn span(&mut self, _span: &Span) {}
    /// `first`: a span begins at `start`.
    fn segment(&mut self, _track: Track, _start: i64, _end: i64, _state: SpanState, _first: bool) {}
    /// From `time` on the series has this value; None: not known.
    fn counter(&mut self, _series: Series, _time: i64, _value: Option<i64>) {}
}

/// Something open inside a processor's lower lane, innermost last.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Inner {
    pub(crate) state: SpanState,
    /// Which range of the goroutine; None for system calls and sweeps.
    pub(crate) range: Option<RangeName>,
}

#[derive(Clone, Default)]
pub(crate) struct Proc {
    pub(crate) state: Option<ProcState>,
    /// Goroutine that holds it, -1 for none, and since when.
    pub(crate) g: i64,
    pub(crate) held: i64,
    pub(crate) thread: i64,
    /// Begin of the part of a system call that holds it.
    pub(crate) call: Option<i64>,
    /// A mark worker's label and since when.
    pub(crate) mark: Option<(i64, Sym)>,
    /// An open sweep: since when, whose, and whether it began before the trace.
    pub(crate) sweep: Option<(i64, i64, bool)>,
    pub(crate) inner: Vec<Inner>,
    pub(crate) inner_since: i64,
    pub(crate) inner_first: bool,
    /// Alone: its thread is that of a first mention; the mark worker that held it at the begin is told (`border`).
    pub(crate) thread_first: bool,
    pub(crate) mark_told: bool,
}

#[derive(Clone, Copy)]
pub(crate) struct OpenRange {
    pub(crate) name: RangeName,
    pub(crate) began: i64,
    pub(crate) before: bool,
}

impl Inner {
    /// Compared in pieces: of system calls, which are most, the first says it all.
    #[inline(always)]
    fn is(&self, state: SpanState, range: Option<RangeName>) -> bool {
        self.state == state
            && match (self.range, range) {
                (None, None) => true,
                (a, b) => a == b,
            }
    }
}

impl Proc {
    /// What is innermost of its lower lane is told up to `t`.
    #[inline]
    fn cut_inner(&mut self, p: i64, t: i64, out: &mut impl Lanes) {
        if let Some(top) = self.inner.last()
            && self.inner_since < t
        {
            out.segment(Track::Proc(p, 1), self.inner_since, t, top.state, self.inner_first);
            self.inner_first = false;
        }
        self.inner_since = t;
    }
}

/// States at the trace's begin that are only told later in its first generation.
#[derive(Clone, Default, Debug)]
pub struct Initial {
    pub running: i64,
    pub runnable: i64,
    pub in_syscall: i64,
    pub syscall_with_proc: i64,
    pub waiting_gc: SeededSet<i64>,
    pub procs_running: SeededSet<i64>,
    /// Go before 1.22 names a processor when it starts: it did not run before, except under a goroutine that did.
    pub names_late: bool,
    last_waiting: Option<i64>,
}

#[derive(Clone, Default)]
pub struct Machine {
    pub(crate) procs: Table<Proc>,
    pub(crate) of_g: Holders,
    pub(crate) ranges: SeededMap<i64, Vec<OpenRange>>,
    pub(crate) gc: Option<(i64, bool)>,
    pub(crate) stws: SeededMap<(i64, Sym), (i64, bool)>,
    pub(crate) gc_waiting: SeededSet<i64>,
    /// Reasons looked at of late, and whether they are waits for the collector.
    pub(crate) reasons: [(Sym, bool); 16],
    pub(crate) values: Values,
    pub(crate) sync: i64,
    /// Begun in the middle, from what was known at a border: first mentions say nothing new.
    pub(crate) seeded: bool,
    pub(crate) initial_counted: bool,
    /// Where processors are named late: those that ran at the begin all the same.
    pub(crate) ran_at_begin: Option<SeededSet<i64>>,
    /// A generation read alone: what was felt of its begin.
    pub(crate) felt: Option<Box<Felt>>,
}

#[derive(Clone, Copy, Default)]
pub(crate) struct Values {
    pub(crate) running: i64,
    pub(crate) runnable: i64,
    pub(crate) in_syscall: i64,
    pub(crate) syscall_with_proc: i64,
    pub(crate) procs: i64,
    pub(crate) workers: i64,
    pub(crate) heap: Option<i64>,
    pub(crate) goal: Option<i64>,
}

const GC_WAITS: [&str; 4] =
    ["GC mark assist wait for work", "GC assist wait", "wait until GC ends", "GC weak to strong wait"];

/// Ranges that a goroutine may have open at once: Go's have two. Each is ended and begun anew whenever its goroutine
/// changes processors, so more of them would cost that many spans each time.
const MAX_RANGES: usize = 8;

/// Goals above this mean that there is none.
const NO_GOAL: u64 = 1 << 50;

impl Machine {
    /// For the first generation: `initial` comes from a pass over it (`Initial::collect`).
    pub fn with_initial(initial: &Initial, out: &mut impl Lanes) -> Machine {
        let mut m = Machine { initial_counted: true, ..Machine::default() };
        m.values.running = initial.running;
        m.values.runnable = initial.runnable;
        m.values.in_syscall = initial.in_syscall;
        m.values.syscall_with_proc = initial.syscall_with_proc;
        m.values.procs = initial.procs_running.len() as i64;
        m.gc_waiting.clone_from(&initial.waiting_gc);
        m.ran_at_begin = initial.names_late.then(|| initial.procs_running.clone());
        m.tell_all(0, out);
        m
    }

    /// A copy that goes on from here while first mentions say nothing new.
    pub fn seed(&self) -> Machine {
        Machine { seeded: true, ..self.clone() }
    }

    /// Delivers all counters as they stand, for those who begin in the middle.
    pub fn tell_all(&self, t: i64, out: &mut impl Lanes) {
        let v = &self.values;
        out.counter(Series::Running, t, Some(v.running));
        out.counter(Series::Runnable, t, Some(v.runnable));
        out.counter(Series::WaitingGc, t, Some(self.gc_waiting.len() as i64));
        out.counter(Series::HeapAllocated, t, v.heap);
        out.counter(Series::HeapGoal, t, v.goal);
        out.counter(Series::ProcsRunning, t, Some(v.procs - v.syscall_with_proc));
        out.counter(Series::InSyscall, t, Some(v.in_syscall));
        out.counter(Series::GcWorkers, t, Some(v.workers));
    }

    /// How many things it keeps: the size of a copy, in some ten bytes each.
    pub fn size(&self) -> usize {
        self.procs.len() + self.of_g.len() + self.ranges.len() + self.stws.len() + self.gc_waiting.len()
    }

    /// The earliest begin of anything still open at time `now`. Cost: O(processors).
    pub fn settled(&self, now: i64) -> i64 {
        let procs = self.procs.iter().flat_map(|(_, p)| {
            let held = (p.g != -1).then_some(p.held);
            [held, p.sweep.map(|s| s.0)].into_iter().flatten()
        });
        let globals = self.gc.iter().chain(self.stws.values()).map(|r| r.0);
        procs.chain(globals).min().unwrap_or(now).min(now)
    }

    #[inline]
    pub fn event(&mut self, e: &Event, symbols: &Symbols, out: &mut impl Lanes) {
        // Nearly all are these.
        if let Kind::GoTransition { g, from, to, reason, .. } = e.kind {
            self.goroutine(e, g, from, to, reason, symbols, out);
        } else {
            self.other_event(e, symbols, out);
        }
    }

    #[inline(never)]
    fn other_event(&mut self, e: &Event, symbols: &Symbols, out: &mut impl Lanes) {
        let t = e.time;
        match e.kind {
            Kind::ProcTransition { proc, from, to } => self.processor(e, proc, from, to, out),
            Kind::Sync { .. } => self.sync = t,
            Kind::Metric { metric, value, .. } => match metric {
                Metric::HeapAlloc => {
                    self.values.heap = Some(value as i64);
                    out.counter(Series::HeapAllocated, t, self.values.heap);
                }
                Metric::HeapGoal => {
                    if let Some(felt) = &mut self.felt {
                        felt.goal = true;
                    }
                    self.values.goal = (value <= NO_GOAL).then_some(value as i64);
                    out.counter(Series::HeapGoal, t, self.values.goal);
                }
                Metric::GoMaxProcs => {}
            },
            Kind::Label { g, label } => {
                if let Some(p) = self.of_g.get(g)
                    && symbols.text(label).starts_with("GC (")
                {
                    self.end_mark(p, t, false, out);
                    self.proc(p).mark = Some((t, label));
                    self.values.workers += 1;
                    out.counter(Series::GcWorkers, t, Some(self.values.workers));
                }
            }
            Kind::RangeBegin { scope, name, .. } => self.range_begin(e, scope, name, t, false, out),
            Kind::RangeActive { scope, name } => self.range_begin(e, scope, name, self.first_at(), true, out),
            Kind::RangeEnd { scope, name, swept, reclaimed } => {
                self.range_end(e, scope, name, (swept, reclaimed), out);
            }
            _ => {}
        }
    }

    /// The end of the trace closes everything that is open.
    pub fn finish(&mut self, end: i64, out: &mut impl Lanes) {
        let mut procs: Vec<i64> = self.procs.iter().map(|(id, _)| id).collect();
        procs.sort_unstable();
        for p in procs {
            let proc = self.proc(p);
            let sweep = proc.sweep.take();
            if proc.g != -1 {
                self.release(p, end, Ended::TraceEnded, out);
            }
            if let Some((began, g, before)) = sweep {
                self.pop_inner(p, SpanState::Sweep, None, end, out);
                let span = Span { began_before: before, ..self.span(p, 1, began, end, SpanState::Sweep, g) };
                out.span(&Span { open: true, ended: Ended::TraceEnded, ..span });
            }
        }
        if let Some((began, before)) = self.gc.take() {
            global(Track::Gc, began, end, SpanState::GcMark, None, -1, before, true, out);
        }
        let mut stws: Vec<_> = std::mem::take(&mut self.stws).into_iter().collect();
        stws.sort_unstable();
        for ((g, reason), (began, before)) in stws {
            global(
                Track::Stw,
                began,
                end,
                SpanState::Stw,
                Some(RangeName::Stw(reason)),
                g,
                before,
                true,
                out,
            );
        }
    }

    /// The processor that a goroutine has: mostly the one of the event.
    #[inline(always)]
    fn held_by(&self, g: i64, p: i64) -> Option<i64> {
        if g != -1 && self.procs.get(p).is_some_and(|proc| proc.g == g) {
            return Some(p);
        }
        self.of_g.get(g)
    }

    #[inline(always)]
    fn proc(&mut self, p: i64) -> &mut Proc {
        let alone = self.felt.is_some();
        self.procs.or_insert_with(p, || new_proc(alone))
    }

    /// Since when that is which is first told in the course of a generation.
    fn first_at(&self) -> i64 {
        if self.felt.is_some() { BEFORE } else { self.sync }
    }

    #[inline(always)]
    fn span(&mut self, p: i64, lane: u8, start: i64, end: i64, state: SpanState, g: i64) -> Span {
        let thread = self.proc(p).thread;
        Span { track: Track::Proc(p, lane), start, end, state, g, thread, ..Span::default() }
    }

    /// A thread that was in a system call for the whole generation is told of by another one, whose processor it has not.
    fn is_own_call(&mut self, e: &Event) -> bool {
        self.felt.as_ref().is_none_or(|f| f.first) || self.proc(e.p).thread == e.m
    }

    // ---- processors

    fn processor(&mut self, e: &Event, p: i64, from: ProcState, to: ProcState, out: &mut impl Lanes) {
        let t = e.time;
        let first = from == ProcState::Undetermined;
        let seeded = self.seeded;
        let counted = self.initial_counted && self.ran_at_begin.as_ref().is_none_or(|s| s.contains(&p));
        let proc = self.proc(p);
        if seeded && first && proc.state.is_some() {
            return;
        }
        let was = proc.state.replace(to);
        if to == ProcState::Running {
            proc.thread = e.m;
            proc.thread_first = first;
        }
        let holder = proc.g;
        if first && let Some(felt) = &mut self.felt {
            felt.odd |= was.is_some();
            felt.procs.push((p, to));
        }
        if to == ProcState::Running && was != Some(ProcState::Running) {
            if !(first && counted) {
                self.values.procs += 1;
                self.tell_threads(t, out);
            }
        } else if to != ProcState::Running && was == Some(ProcState::Running) {
            self.values.procs -= 1;
            self.tell_threads(t, out);
        }
        if to == ProcState::Idle && holder != -1 && (from != to || was == Some(ProcState::Running)) {
            self.release(p, t, Ended::ProcTaken, out);
        }
    }

    fn tell_threads(&mut self, t: i64, out: &mut impl Lanes) {
        out.counter(Series::ProcsRunning, t, Some(self.values.procs - self.values.syscall_with_proc));
    }

    fn take(&mut self, g: i64, p: i64, at: i64, thread: i64, out: &mut impl Lanes) {
        let other = self.proc(p).g;
        if other != -1 && other != g {
            self.release(p, at, Ended::ProcTaken, out);
        }
        if at == BEFORE
            && let Some(felt) = &mut self.felt
        {
            felt.odd |= other != -1;
            felt.holders.push((p, g));
        }
        self.of_g.insert(g, p);
        let proc = self.proc(p);
        proc.g = g;
        proc.held = at;
        if thread != -1 {
            proc.thread = thread;
            proc.thread_first = at == BEFORE;
        }
        if !self.ranges.is_empty()
            && let Some(open) = self.ranges.get(&g)
        {
            for r in open.clone() {
                self.push_inner(p, range_state(r.name), Some(r.name), at, false, out);
            }
        }
    }

    /// The processor leaves its goroutine: everything that the goroutine had open on it ends here.
    fn release(&mut self, p: i64, t: i64, ended: Ended, out: &mut impl Lanes) {
        let proc = self.proc(p);
        let g = proc.g;
        let mut worker = false;
        if proc.call.is_some() {
            self.end_call(p, t, ended, out);
        }
        if !self.ranges.is_empty()
            && let Some(open) = self.ranges.get(&g)
        {
            for r in open.clone() {
                self.piece(p, g, &r, t, ended, (0, 0), out);
            }
        }
        let proc = self.proc(p);
        if proc.mark.is_some() || proc.held == BEFORE {
            worker = self.end_mark(p, t, ended == Ended::TraceEnded, out);
        }
        self.of_g.remove(g);
        let state = if worker { SpanState::GcWorker } else { SpanState::Running };
        let proc = self.proc(p);
        proc.g = -1;
        let (held, thread) = (proc.held, proc.thread);
        out.segment(Track::Proc(p, 0), held, t, state, true);
        let open = ended == Ended::TraceEnded;
        out.span(&Span {
            track: Track::Proc(p, 0),
            start: held,
            end: t,
            state,
            g,
            thread,
            ended,
            open,
            ..Span::default()
        });
    }

    /// The part of a goroutine's range that lies on the processor it leaves.
    #[expect(clippy::too_many_arguments)]
    fn piece(
        &mut self,
        p: i64,
        g: i64,
        r: &OpenRange,
        t: i64,
        ended: Ended,
        values: (u64, u64),
        out: &mut impl Lanes,
    ) {
        let state = range_state(r.name);
        self.pop_inner(p, state, Some(r.name), t, out);
        let held = self.proc(p).held;
        if held < t && r.began < t {
            let span = self.span(p, 1, r.began.max(held), t, state, g);
            out.span(&Span {
                name: Some(r.name),
                ended,
                began_before: r.before,
                open: ended == Ended::TraceEnded,
                values,
                ..span
            });
        }
    }

    fn end_call(&mut self, p: i64, t: i64, ended: Ended, out: &mut impl Lanes) {
        let proc = self.proc(p);
        let g = proc.g;
        if let Some(began) = proc.call.take() {
            self.pop_inner(p, SpanState::Syscall, None, t, out);
            let span = self.span(p, 1, began, t, SpanState::Syscall, g);
            out.span(&Span { ended, open: ended == Ended::TraceEnded, ..span });
            self.values.syscall_with_proc -= 1;
            self.tell_threads(t, out);
        }
    }

    /// True when a mark worker's run ended.
    fn end_mark(&mut self, p: i64, t: i64, open: bool, out: &mut impl Lanes) -> bool {
        let proc = self.proc(p);
        let g = proc.g;
        if proc.held == BEFORE
            && !std::mem::replace(&mut proc.mark_told, true)
            && let Some(felt) = &mut self.felt
        {
            felt.marks.push((t, p));
        }
        let proc = self.proc(p);
        let Some((began, label)) = proc.mark.take() else { return false };
        let span = self.span(p, 1, began, t, SpanState::GcWorker, g);
        out.span(&Span { label, open, ..span });
        self.values.workers -= 1;
        out.counter(Series::GcWorkers, t, Some(self.values.workers));
        true
    }

    // ---- the lower lane, flattened

    fn push_inner(
        &mut self,
        p: i64,
        state: SpanState,
        range: Option<RangeName>,
        t: i64,
        first: bool,
        out: &mut impl Lanes,
    ) {
        if t == BEFORE
            && let Some(felt) = &mut self.felt
        {
            felt.odd |= self.procs.get(p).is_some_and(|proc| proc.inner_since != BEFORE);
            felt.inner.push((p, Inner { state, range }));
        }
        let proc = self.proc(p);
        proc.cut_inner(p, t, out);
        proc.inner.push(Inner { state, range });
        proc.inner_first = first;
    }

    fn pop_inner(
        &mut self,
        p: i64,
        state: SpanState,
        range: Option<RangeName>,
        t: i64,
        out: &mut impl Lanes,
    ) {
        let proc = self.proc(p);
        proc.cut_inner(p, t, out);
        // Mostly the innermost.
        if proc.inner.last().is_some_and(|i| i.is(state, range)) {
            proc.inner.pop();
        } else if let Some(i) = proc.inner.iter().rposition(|i| i.is(state, range)) {
            proc.inner.remove(i);
        }
    }

    // ---- goroutines

    #[inline(always)]
    #[expect(clippy::too_many_arguments)]
    fn goroutine(
        &mut self,
        e: &Event,
        g: i64,
        from: GoState,
        to: GoState,
        reason: Sym,
        symbols: &Symbols,
        out: &mut impl Lanes,
    ) {
        if from == to {
            return;
        }
        let t = e.time;
        let first = from == GoState::Undetermined;
        if first && self.seeded {
            return;
        }
        let at = if first { self.first_at() } else { t };
        if !(first && self.initial_counted) {
            self.count(g, from, to, reason, t, symbols, out);
        }
        let held = self.held_by(g, e.p);
        match to {
            GoState::Running => match held {
                Some(p) if from == GoState::Syscall => self.end_call(p, t, Ended::Returned, out),
                Some(_) => {}
                None if e.p >= 0 => self.take(g, e.p, at, e.m, out),
                None => {}
            },
            GoState::Syscall => {
                let taken = first && e.p >= 0 && e.m >= 0 && held.is_none() && self.is_own_call(e);
                if taken {
                    self.take(g, e.p, at, e.m, out);
                }
                if let Some(p) = if taken { Some(e.p) } else { held } {
                    self.push_inner(p, SpanState::Syscall, None, at, true, out);
                    self.proc(p).call = Some(at);
                    if first && let Some(felt) = &mut self.felt {
                        felt.calls.push(p);
                    }
                    if !(first && self.initial_counted) {
                        self.values.syscall_with_proc += 1;
                        self.tell_threads(t, out);
                    }
                }
            }
            _ => {
                if let Some(p) = held {
                    let ended = match to {
                        GoState::Waiting => Ended::Blocked(reason),
                        GoState::Runnable if from == GoState::Syscall => Ended::Returned,
                        GoState::Runnable => Ended::Stopped(reason),
                        _ => Ended::GoroutineEnded,
                    };
                    self.release(p, t, ended, out);
                }
                if to == GoState::NotExist {
                    self.ranges.remove(&g);
                }
            }
        }
    }

    #[inline(always)]
    fn count_state(&mut self, state: GoState, by: i64, t: i64, out: &mut impl Lanes) {
        let v = &mut self.values;
        if state == GoState::Running {
            v.running += by;
            out.counter(Series::Running, t, Some(v.running));
        } else if state == GoState::Runnable {
            v.runnable += by;
            out.counter(Series::Runnable, t, Some(v.runnable));
        } else if state == GoState::Syscall {
            v.in_syscall += by;
            out.counter(Series::InSyscall, t, Some(v.in_syscall));
        }
    }

    #[inline(always)]
    #[expect(clippy::too_many_arguments)]
    fn count(
        &mut self,
        g: i64,
        from: GoState,
        to: GoState,
        reason: Sym,
        t: i64,
        symbols: &Symbols,
        out: &mut impl Lanes,
    ) {
        self.count_state(from, -1, t, out);
        self.count_state(to, 1, t, out);
        let changed = match (from, to) {
            (GoState::Waiting, _) => {
                let waited = !self.gc_waiting.is_empty() && self.gc_waiting.remove(&g);
                // Only its first can be the end of a wait that began before.
                if !waited
                    && let Some(felt) = &mut self.felt
                    && !felt.left.has(g)
                {
                    felt.left.put(g);
                    felt.leaves.push((t, g));
                }
                waited
            }
            (_, GoState::Waiting) => {
                let known = &mut self.reasons[reason.0 as usize & 15];
                if known.0 != reason {
                    *known = (reason, GC_WAITS.contains(&symbols.text(reason)));
                }
                let for_gc = known.1;
                let assists =
                    || self.ranges.get(&g).is_some_and(|v| v.iter().any(|r| r.name == RangeName::MarkAssist));
                (for_gc || assists()) && self.gc_waiting.insert(g)
            }
            _ => false,
        };
        if changed {
            out.counter(Series::WaitingGc, t, Some(self.gc_waiting.len() as i64));
        }
    }

    // ---- ranges

    fn range_begin(
        &mut self,
        e: &Event,
        scope: Scope,
        name: RangeName,
        at: i64,
        active: bool,
        out: &mut impl Lanes,
    ) {
        match scope {
            Scope::None => {
                if at == BEFORE
                    && let Some(felt) = &mut self.felt
                {
                    felt.gc = true;
                }
                self.gc.get_or_insert((at, active));
            }
            Scope::Goroutine(g) => {
                if let RangeName::Stw(reason) = name {
                    self.stws.entry((g, reason)).or_insert((at, active));
                }
                if at == BEFORE
                    && let Some(felt) = &mut self.felt
                {
                    felt.ranges.push((g, name));
                }
                let open = self.ranges.entry(g).or_default();
                if open.len() >= MAX_RANGES || open.iter().any(|r| r.name == name) {
                    return;
                }
                open.push(OpenRange { name, began: at, before: active });
                if let Some(p) = self.of_g.get(g) {
                    self.push_inner(p, range_state(name), Some(name), at, true, out);
                }
            }
            Scope::Proc(p) => {
                if at == BEFORE
                    && let Some(felt) = &mut self.felt
                {
                    felt.sweeps.push(p);
                }
                if self.proc(p).sweep.is_none() {
                    self.proc(p).sweep = Some((at, e.g, active));
                    self.push_inner(p, SpanState::Sweep, None, at, true, out);
                }
            }
        }
    }

    fn range_end(
        &mut self,
        e: &Event,
        scope: Scope,
        name: RangeName,
        values: (u64, u64),
        out: &mut impl Lanes,
    ) {
        let t = e.time;
        match scope {
            Scope::None => {
                let (began, before) = self.gc.take().unwrap_or((self.sync, true));
                global(Track::Gc, began, t, SpanState::GcMark, None, -1, before, false, out);
            }
            Scope::Goroutine(g) => {
                if let RangeName::Stw(reason) = name {
                    let (began, before) = self.stws.remove(&(g, reason)).unwrap_or((self.sync, true));
                    global(Track::Stw, began, t, SpanState::Stw, Some(name), g, before, false, out);
                }
                let open = self.ranges.get_mut(&g);
                let found = open.and_then(|v| {
                    let i = v.iter().position(|r| r.name == name)?;
                    let r = v.remove(i);
                    Some((r, v.is_empty()))
                });
                let r = match found {
                    Some((r, empty)) => {
                        if empty {
                            self.ranges.remove(&g);
                        }
                        r
                    }
                    None => OpenRange { name, began: self.sync, before: true },
                };
                if let Some(p) = self.of_g.get(g) {
                    self.piece(p, g, &r, t, Ended::Completed, values, out);
                }
            }
            Scope::Proc(p) => {
                let (began, g, before) = self.proc(p).sweep.take().unwrap_or((self.sync, e.g, true));
                self.pop_inner(p, SpanState::Sweep, None, t, out);
                let span = self.span(p, 1, began, t, SpanState::Sweep, g);
                out.span(&Span {
                    name: Some(name),
                    ended: Ended::Completed,
                    began_before: before,
                    values,
                    ..span
                });
            }
        }
    }
}

#[cold]
fn new_proc(alone: bool) -> Proc {
    Proc { g: -1, thread: -1, inner_since: if alone { BEFORE } else { 0 }, ..Proc::default() }
}

fn range_state(name: RangeName) -> SpanState {
    match name {
        RangeName::MarkAssist => SpanState::Assist,
        RangeName::Stw(_) => SpanState::Stw,
        RangeName::Sweep => SpanState::Sweep,
        RangeName::GcMark => SpanState::GcMark,
    }
}

/// A span of the rows that belong to no processor.
#[expect(clippy::too_many_arguments)]
fn global(
    track: Track,
    start: i64,
    end: i64,
    state: SpanState,
    name: Option<RangeName>,
    g: i64,
    began_before: bool,
    open: bool,
    out: &mut impl Lanes,
) {
    out.segment(track, start, end, state, true);
    let ended = if open { Ended::TraceEnded } else { Ended::Completed };
    out.span(&Span { track, start, end, state, name, g, began_before, open, ended, ..Span::default() });
}

impl Initial {
    /// To be fed with the events of the first generation, and given to `Machine::with_initial`.
    pub fn collect(&mut self, e: &Event) {
        match e.kind {
            Kind::GoTransition { g, from: GoState::Undetermined, to, .. } => {
                self.last_waiting = (to == GoState::Waiting).then_some(g);
                match to {
                    GoState::Running => {
                        self.running += 1;
                        if e.p >= 0 {
                            self.procs_running.insert(e.p);
                        }
                    }
                    GoState::Runnable => self.runnable += 1,
                    GoState::Syscall => {
                        self.in_syscall += 1;
                        self.syscall_with_proc += i64::from(e.p >= 0 && e.m >= 0);
                    }
                    _ => {}
                }
            }
            Kind::ProcTransition { proc, from: ProcState::Undetermined, to: ProcState::Running }
                if !self.names_late =>
            {
                self.procs_running.insert(proc);
            }
            // What is active is told right behind the status of its goroutine.
            Kind::RangeActive { scope: Scope::Goroutine(g), name: RangeName::MarkAssist }
                if self.last_waiting == Some(g) =>
            {
                self.waiting_gc.insert(g);
            }
            _ => {}
        }
    }
}
