//! A machine that begins with a generation and knows nothing of the one before, and how it is joined to it.
//!
//! What is first told in the course of the generation has been so since `BEFORE`. When the machine that read all before
//! is there, each such time is found in it; it must agree about who held what.

use tracewell_order::{ProcState, RangeName, Sym};
use tracewell_source::SeededMap;

use crate::ids::Recent;
use crate::machine::{Inner, Machine, OpenRange, Proc};
use crate::span::{SpanState, Track};

/// Some time before the generation.
pub(crate) const BEFORE: i64 = i64::MIN / 4;

/// What was felt of the generation's begin, in order of mention.
#[derive(Clone, Default)]
pub(crate) struct Felt {
    /// It is the trace's first: there is nothing before.
    pub first: bool,
    /// Something came in an order that cannot be joined.
    pub odd: bool,
    pub procs: Vec<(i64, ProcState)>,
    /// Processor and goroutine.
    pub holders: Vec<(i64, i64)>,
    pub calls: Vec<i64>,
    pub sweeps: Vec<i64>,
    pub ranges: Vec<(i64, RangeName)>,
    pub inner: Vec<(i64, Inner)>,
    pub gc: bool,
    /// A goal of the heap was told.
    pub goal: bool,
    /// When a processor's first holder was surely no mark worker of before any more.
    pub marks: Vec<(i64, i64)>,
    /// Ends of waits that did not begin here, or not for the collector: time and goroutine.
    pub leaves: Vec<(i64, i64)>,
    /// Who is in it, those of late.
    pub left: Recent,
}

/// The machine in the middle of a generation that is read alone, and how much was felt by then.
pub(crate) struct Mark {
    machine: Machine,
    first: bool,
    gc: bool,
    goal: bool,
    procs: usize,
    holders: usize,
    inner: usize,
    ranges: usize,
    marks: usize,
    leaves: usize,
}

impl Felt {
    /// What had been felt by then.
    fn until(&self, mark: &Mark) -> Felt {
        Felt {
            first: mark.first,
            odd: false,
            procs: self.procs[..mark.procs].to_vec(),
            holders: self.holders[..mark.holders].to_vec(),
            calls: Vec::new(),
            sweeps: Vec::new(),
            ranges: self.ranges[..mark.ranges].to_vec(),
            inner: self.inner[..mark.inner].to_vec(),
            gc: mark.gc,
            goal: mark.goal,
            marks: self.marks[..mark.marks].to_vec(),
            leaves: Vec::new(),
            left: Recent::default(),
        }
    }
}

impl Machine {
    /// Remembers where a part of the generation ends. Cost: a copy of the processors.
    pub(crate) fn mark(&mut self) -> Mark {
        let felt = self.felt.take();
        let machine = self.clone();
        let f = felt.as_deref();
        let n = |len: fn(&Felt) -> usize| f.map_or(0, len);
        let mark = Mark {
            machine,
            first: f.is_some_and(|f| f.first),
            gc: f.is_some_and(|f| f.gc),
            goal: f.is_some_and(|f| f.goal),
            procs: n(|f| f.procs.len()),
            holders: n(|f| f.holders.len()),
            inner: n(|f| f.inner.len()),
            ranges: n(|f| f.ranges.len()),
            marks: n(|f| f.marks.len()),
            leaves: n(|f| f.leaves.len()),
        };
        self.felt = felt;
        mark
    }

    /// The machine at a mark of a generation that `self` read alone, as if it had begun where `was` ends.
    pub(crate) fn joined_at(&self, mark: Mark, was: &Machine, map: impl Fn(Sym) -> Sym) -> Machine {
        let Some(all) = self.felt.as_deref() else { return mark.machine };
        let felt = all.until(&mark);
        let leaves = all.leaves.get(..mark.leaves).unwrap_or_default();
        let mut alone = mark.machine;
        alone.felt = Some(Box::new(felt));
        let mut m = alone.joined_with(was, leaves, &map);
        let Some(felt) = alone.felt.as_deref().filter(|f| !f.first) else { return m };
        // What was not told yet is as it was.
        for (p, before) in was.procs.iter() {
            let told = felt.procs.iter().any(|t| t.0 == p)
                && (before.g == -1 || felt.holders.iter().any(|h| h.0 == p))
                && felt.inner.iter().filter(|i| i.0 == p).count() == before.inner.len();
            if !told {
                *m.procs.or_insert_with(p, Proc::default) = before.clone();
            }
        }
        m.of_g = m.procs.iter().filter(|(_, p)| p.g != -1).map(|(id, p)| (p.g, id)).collect();
        for (g, open) in &was.ranges {
            let untold = open.iter().filter(|r| !felt.ranges.contains(&(*g, r.name)));
            let untold: Vec<OpenRange> = untold.copied().collect();
            if !untold.is_empty() {
                m.ranges.entry(*g).or_default().extend(untold);
            }
        }
        m
    }

    /// For one generation by itself. Counters begin at 0 and are to be added to what they were.
    pub(crate) fn alone(first: bool) -> Machine {
        let felt = Some(Box::new(Felt { first, ..Felt::default() }));
        Machine { initial_counted: true, felt, ..Machine::default() }
    }

    /// Whether `alone`, the end of the next generation read alone, began as this ends.
    pub(crate) fn agrees(&self, alone: &Machine) -> bool {
        let Some(felt) = &alone.felt else { return false };
        if felt.odd || (felt.gc != self.gc.is_some()) || !self.stws.is_empty() {
            return false;
        }
        let procs =
            felt.procs.iter().all(|(p, s)| self.procs.get(*p).is_some_and(|was| was.state == Some(*s)));
        procs && self.ranges_agree(felt) && alone.procs.iter().all(|(p, _)| self.proc_agrees(felt, p))
    }

    fn ranges_agree(&self, felt: &Felt) -> bool {
        let mut open: SeededMap<i64, Vec<RangeName>> = SeededMap::default();
        for (g, name) in &felt.ranges {
            open.entry(*g).or_default().push(*name);
        }
        let mine = self.ranges.iter().filter(|(_, v)| !v.is_empty());
        mine.clone().count() == open.len()
            && mine.into_iter().all(|(g, v)| {
                open.get(g).is_some_and(|o| o.len() == v.len() && o.iter().zip(v).all(|(a, b)| *a == b.name))
            })
    }

    fn proc_agrees(&self, felt: &Felt, p: i64) -> bool {
        let Some(was) = self.procs.get(p) else { return false };
        let holder = felt.holders.iter().find(|h| h.0 == p).map_or(-1, |h| h.1);
        let mut inner = felt.inner.iter().filter(|i| i.0 == p).map(|i| &i.1);
        was.g == holder
            && was.call.is_some() == felt.calls.contains(&p)
            && was.sweep.is_some() == felt.sweeps.contains(&p)
            && was.inner.iter().all(|i| inner.next() == Some(i))
            && inner.next().is_none()
    }

    /// Since when something was open that ended in the generation that `self` read alone, and whether since before the
    /// trace.
    pub(crate) fn begun(
        &self,
        was: &Machine,
        track: Track,
        state: SpanState,
        g: i64,
        name: Option<RangeName>,
    ) -> (i64, bool) {
        let Track::Proc(p, lane) = track else { return was.gc.unwrap_or((self.begin(), true)) };
        let Some(proc) = was.procs.get(p) else { return (self.begin(), state == SpanState::Sweep) };
        match (lane, state, name) {
            (0, ..) => (proc.held, false),
            (_, SpanState::Syscall, _) => (proc.call.unwrap_or(self.begin()), false),
            (_, SpanState::Sweep, _) => proc.sweep.map_or((self.begin(), true), |s| (s.0, s.2)),
            (_, _, Some(name)) => {
                let r = was.range_before(g, name);
                (r.map_or(self.begin(), |r| r.began.max(proc.held)), r.is_none_or(|r| r.before))
            }
            _ => (self.begin(), false),
        }
    }

    /// The Sync of the generation that was read alone.
    fn begin(&self) -> i64 {
        self.sync
    }

    /// Since when the state of a processor's lower lane is that of the generation's begin.
    pub(crate) fn inner_since(&self, was: &Machine, p: i64) -> i64 {
        was.procs.get(p).map_or(self.begin(), |proc| proc.inner_since)
    }
    pub(crate) fn inner_first(&self, p: i64) -> Option<bool> {
        self.procs.get(p).map(|proc| proc.inner_first)
    }
    pub(crate) fn holder(&self, p: i64) -> i64 {
        self.procs.get(p).map_or(-1, |proc| proc.g)
    }
    pub(crate) fn sweeper(&self, track: Track) -> Option<i64> {
        let Track::Proc(p, _) = track else { return None };
        Some(self.procs.get(p)?.sweep?.1)
    }

    /// What first held a processor may have been a mark worker, by a label of before.
    pub(crate) fn head_state(&self, track: Track, state: SpanState) -> SpanState {
        match track {
            Track::Proc(p, 0) if self.procs.get(p).is_some_and(|proc| proc.mark.is_some()) => {
                SpanState::GcWorker
            }
            _ => state,
        }
    }

    /// When goroutines that waited for the collector at the begin went on.
    pub(crate) fn leaves_of(&self, was: &Machine) -> Vec<i64> {
        let mut waiting = was.gc_waiting.clone();
        if waiting.is_empty() {
            return Vec::new();
        }
        let leaves = self.felt.iter().flat_map(|f| &f.leaves);
        leaves.filter(|(_, g)| waiting.remove(g)).map(|(t, _)| *t).collect()
    }

    /// When the mark workers of the begin were none any more.
    pub(crate) fn marks_of(&self, was: &Machine) -> Vec<i64> {
        let marks = self.felt.iter().flat_map(|f| &f.marks);
        let worked = |p: i64| was.procs.get(p).is_some_and(|proc| proc.mark.is_some());
        marks.filter(|(_, p)| worked(*p)).map(|(t, _)| *t).collect()
    }

    /// Since when a goroutine's range was open, and whether since before the trace.
    pub(crate) fn range_before(&self, g: i64, name: RangeName) -> Option<&OpenRange> {
        self.ranges.get(&g)?.iter().find(|r| r.name == name)
    }

    /// `self`, which read the generation alone, as if it had begun where `was` ends. `map` translates texts, `sync` is
    /// the generation's begin.
    pub(crate) fn joined(&self, was: &Machine, map: impl Fn(Sym) -> Sym) -> Machine {
        let leaves = self.felt.as_deref().map_or(&[][..], |f| &f.leaves);
        self.joined_with(was, leaves, &map)
    }

    fn joined_with(&self, was: &Machine, leaves: &[(i64, i64)], map: &impl Fn(Sym) -> Sym) -> Machine {
        let mut m = was.clone();
        let first = self.felt.as_ref().is_some_and(|f| f.first);
        for (p, now) in self.procs.iter() {
            let before = was.procs.get(p);
            let proc = join_proc(now, before, self.sync, map);
            *m.procs.or_insert_with(p, Proc::default) = proc;
        }
        m.of_g = m.procs.iter().filter(|(_, p)| p.g != -1).map(|(id, p)| (p.g, id)).collect();
        m.ranges = self
            .ranges
            .iter()
            .map(|(g, open)| {
                let join = |r: &OpenRange| match (r.began == BEFORE, was.range_before(*g, r.name)) {
                    (true, Some(before)) => *before,
                    (true, None) => OpenRange { began: self.sync, ..*r },
                    _ => OpenRange { name: map_name(r.name, map), ..*r },
                };
                (*g, open.iter().map(join).collect())
            })
            .collect();
        let told = self.felt.as_ref().is_some_and(|f| f.gc) || self.gc.is_some();
        if told || first {
            m.gc = self.gc.map(|gc| if gc.0 == BEFORE { was.gc.unwrap_or((self.sync, true)) } else { gc });
        }
        m.stws = self.stws.iter().map(|((g, s), v)| ((*g, map(*s)), *v)).collect();
        let ended_workers = self.marks_of(was).len() as i64;
        self.join_values(&mut m, ended_workers, leaves);
        m.sync = self.sync;
        m.felt = None;
        m
    }

    fn join_values(&self, m: &mut Machine, ended_workers: i64, leaves: &[(i64, i64)]) {
        if !m.gc_waiting.is_empty() {
            for (_, g) in leaves {
                m.gc_waiting.remove(g);
            }
        }
        m.gc_waiting.extend(&self.gc_waiting);
        let (v, d) = (&mut m.values, &self.values);
        v.running += d.running;
        v.runnable += d.runnable;
        v.in_syscall += d.in_syscall;
        v.syscall_with_proc += d.syscall_with_proc;
        v.procs += d.procs;
        v.workers -= ended_workers;
        v.workers += d.workers;
        if d.heap.is_some() {
            v.heap = d.heap;
        }
        if self.felt.as_ref().is_some_and(|f| f.goal) {
            v.goal = d.goal;
        }
    }
}

fn map_name(name: RangeName, map: &impl Fn(Sym) -> Sym) -> RangeName {
    match name {
        RangeName::Stw(s) => RangeName::Stw(map(s)),
        other => other,
    }
}

fn join_proc(now: &Proc, before: Option<&Proc>, sync: i64, map: &impl Fn(Sym) -> Sym) -> Proc {
    let mut p = now.clone();
    let since = |t: Option<i64>| t.unwrap_or(sync);
    p.mark = now.mark.map(|(t, label)| (t, map(label)));
    for i in &mut p.inner {
        i.range = i.range.map(|r| map_name(r, map));
    }
    if p.g != -1 && p.held == BEFORE {
        p.held = since(before.map(|b| b.held));
        if p.mark.is_none() && !now.mark_told {
            p.mark = before.and_then(|b| b.mark);
        }
    }
    if p.held == BEFORE {
        p.held = before.map_or(0, |b| b.held);
    }
    if p.call == Some(BEFORE) {
        p.call = Some(since(before.and_then(|b| b.call)));
    }
    if let Some((BEFORE, g, was)) = p.sweep {
        p.sweep = Some(before.and_then(|b| b.sweep).unwrap_or((sync, g, was)));
    }
    if p.inner_since == BEFORE {
        p.inner_since = since(before.map(|b| b.inner_since));
        p.inner_first = before.map_or(p.inner_first, |b| b.inner_first);
    }
    if p.thread_first || p.thread == -1 {
        p.thread = before.map_or(p.thread, |b| b.thread);
    }
    if p.state.is_none() {
        p.state = before.and_then(|b| b.state);
    }
    p.thread_first = false;
    p.mark_told = false;
    p
}
