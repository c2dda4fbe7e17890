//! The books of goroutines' time as `go tool trace` 1.26 keeps them, its known errors included, for `--as-reference`:
//! - A wait `forever` ends a goroutine.
//! - The reference remembers which processor a system call began on, not who holds it: calls of C threads count as ones
//!   with a processor, and blocked parts are missed when another goroutine returns on the same processor.
//! - A system call that is blocked at the end counts whole, and its blocked part once more as scheduler wait.
//!
//! Source: the rules of docs/differences.md.

use tracewell_order::{Event, GoState, Kind, ProcState, Stage, Sym};
use tracewell_source::SeededMap;

use crate::books::{Book, Done, Turn};
use crate::stacks::FrameTexts;
use crate::stats::Stats;
use crate::summary::is_system;

struct Record {
    creation: i64,
    first_run: Option<i64>,
    end: Option<i64>,
    name: Sym,
    is_system: bool,
    stats: Stats,
    run: Option<i64>,
    runnable: Option<i64>,
    wait: Option<(i64, Sym)>,
    call: Option<i64>,
    call_blocked: Option<i64>,
    is_final: bool,
}

impl Record {
    fn new(creation: i64) -> Record {
        Record {
            creation,
            first_run: None,
            end: None,
            name: Sym::EMPTY,
            is_system: true,
            stats: Stats::default(),
            run: None,
            runnable: None,
            wait: None,
            call: None,
            call_blocked: None,
            is_final: false,
        }
    }

    fn snapshot(&self, t: i64) -> Stats {
        let mut s = self.stats.clone();
        if s.total == 0 {
            s.total = t - self.creation;
        }
        if let Some(since) = self.run {
            s.exec += t - since;
        }
        if let Some(since) = self.runnable {
            s.sched_wait += t - since;
        }
        if let Some((since, reason)) = self.wait {
            s.add_block(reason, t - since);
        }
        if let Some(since) = self.call {
            s.syscall += t - since;
            if let Some(blocked) = self.call_blocked {
                s.sched_wait += t - blocked;
            }
        }
        s
    }

    fn finalize(&mut self, t: i64) {
        if self.is_final {
            return;
        }
        self.stats = self.snapshot(t);
        (self.run, self.runnable, self.wait, self.call, self.call_blocked) = (None, None, None, None, None);
        self.is_final = true;
    }

    fn done(self, g: i64) -> Turn {
        Turn::End(Done {
            g,
            name: self.name,
            is_system: self.is_system,
            creation: self.creation,
            creator: -1,
            older: false,
            first_run: self.first_run,
            end: self.end,
            stats: self.stats,
        })
    }
}

#[derive(Default)]
pub struct ReferenceBook {
    records: SeededMap<i64, Record>,
    /// Which goroutine began a system call on a processor, and the reverse.
    of_proc: SeededMap<i64, i64>,
    of_g: SeededMap<i64, i64>,
    sync: i64,
    texts: FrameTexts,
    turns: Vec<Turn>,
}

impl Book for ReferenceBook {
    const AS_REFERENCE: bool = true;

    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        match e.kind {
            Kind::Sync { .. } => self.sync = e.time,
            Kind::ProcTransition { proc, from, to: ProcState::Idle } if from != ProcState::Idle => {
                if let Some(g) = self.of_proc.remove(&proc)
                    && let Some(r) = self.records.get_mut(&g)
                {
                    // N.B. `of_g` stays: the reference clears the processor again when the call ends, whoever has it.
                    r.call_blocked = Some(e.time);
                }
            }
            Kind::GoTransition { g, from, to, .. } if from != to => self.goroutine(e, g, from, to, stage),
            _ => {}
        }
    }

    fn take_turns(&mut self) -> Vec<Turn> {
        std::mem::take(&mut self.turns)
    }

    fn snapshot(&self, g: i64, t: i64) -> Stats {
        self.records.get(&g).map(|r| r.snapshot(t)).unwrap_or_default()
    }

    fn finish(&mut self, t: i64) {
        let mut all: Vec<(i64, Record)> = std::mem::take(&mut self.records).into_iter().collect();
        all.sort_unstable_by_key(|(g, _)| *g);
        for (g, mut r) in all {
            r.finalize(t);
            self.turns.push(r.done(g));
        }
    }
}

impl ReferenceBook {
    fn goroutine(&mut self, e: &Event, g: i64, from: GoState, to: GoState, stage: &mut Stage<'_>) {
        let Kind::GoTransition { reason, own_stack, .. } = e.kind else { return };
        let t = e.time;
        match from {
            GoState::Undetermined => self.begin_older(e, g, to, reason),
            GoState::NotExist => {
                self.begin(g, Record::new(t), e.g);
            }
            _ => self.leave(g, from, t),
        }
        let bottom = self.texts.bottom(own_stack, stage).func;
        let Some(r) = self.records.get_mut(&g) else { return };
        if r.name == Sym::EMPTY {
            r.name = bottom;
            r.is_system = is_system(stage.symbols.text(bottom));
        }
        match to {
            GoState::Running => {
                r.run = Some(t);
                r.first_run.get_or_insert(t);
            }
            GoState::Runnable => r.runnable = Some(t),
            GoState::Waiting if stage.symbols.text(reason) != "forever" => r.wait = Some((t, reason)),
            GoState::Waiting => {
                r.end = Some(t);
                r.finalize(t);
                self.turns.push(Turn::Final { g, is_system: r.is_system });
            }
            GoState::Syscall => {
                r.call = Some(t);
                self.of_proc.insert(e.p, g);
                self.of_g.insert(g, e.p);
            }
            GoState::NotExist | GoState::Undetermined => {
                r.end = Some(t);
                r.finalize(t);
                if let Some(r) = self.records.remove(&g) {
                    self.turns.push(r.done(g));
                }
            }
        }
    }

    fn begin(&mut self, g: i64, record: Record, creator: i64) {
        self.records.insert(g, record);
        self.turns.push(Turn::Begin { g, creator });
    }

    /// The time since the Sync counts in the state that it is said to be in.
    fn begin_older(&mut self, e: &Event, g: i64, to: GoState, reason: Sym) {
        let mut r = Record::new(self.sync);
        let nanos = e.time - self.sync;
        match to {
            GoState::Running => r.stats.exec += nanos,
            GoState::Waiting => r.stats.add_block(reason, nanos),
            GoState::Runnable => r.stats.sched_wait += nanos,
            GoState::Syscall if e.p == -1 => r.stats.syscall_block += nanos,
            GoState::Syscall => r.stats.syscall += nanos,
            _ => {}
        }
        self.begin(g, r, -1);
    }

    fn leave(&mut self, g: i64, from: GoState, t: i64) {
        let Some(r) = self.records.get_mut(&g) else { return };
        match from {
            GoState::Running => r.stats.exec += r.run.take().map_or(0, |s| t - s),
            GoState::Runnable => r.stats.sched_wait += r.runnable.take().map_or(0, |s| t - s),
            GoState::Waiting => {
                if let Some((since, reason)) = r.wait.take() {
                    r.stats.add_block(reason, t - since);
                }
            }
            GoState::Syscall => {
                if let Some(since) = r.call.take() {
                    let blocked = r.call_blocked.take();
                    r.stats.syscall += blocked.unwrap_or(t) - since;
                    r.stats.syscall_block += blocked.map_or(0, |b| t - b);
                }
                // Whoever holds that processor by now is forgotten with it.
                if let Some(p) = self.of_g.remove(&g) {
                    self.of_proc.remove(&p);
                }
            }
            _ => {}
        }
    }
}
