//! Which goroutine a thread runs, and its system calls: what `slices --rows threads` tells.

use tracewell_source::SeededMap;

use super::machine::{Step, Was};
use crate::span::SpanState;

/// A goroutine on a thread. Lane 0: a run, system calls with it; lane 1: a system call.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct ThreadSpan {
    pub m: i64,
    pub lane: u8,
    pub start: i64,
    pub end: i64,
    pub g: i64,
    pub open: bool,
}

struct Run {
    m: i64,
    start: i64,
    call: Option<i64>,
}

/// Goroutines that are on a thread now.
#[derive(Default)]
pub(super) struct ThreadRuns {
    runs: SeededMap<i64, Run>,
}

/// A goroutine that is on a thread at a border.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct OnThread {
    pub g: i64,
    pub m: i64,
    pub in_call: bool,
}

/// Begin of what began before the reading did.
pub(super) const EARLIER: i64 = i64::MIN;

impl ThreadRuns {
    /// Goes on at a border: what is open there comes out with `EARLIER` for its begin.
    pub fn seeded(open: &[OnThread]) -> ThreadRuns {
        let run = |o: &OnThread| (o.g, Run { m: o.m, start: EARLIER, call: o.in_call.then_some(EARLIER) });
        ThreadRuns { runs: open.iter().map(run).collect() }
    }

    pub fn open(&self) -> Vec<OnThread> {
        let of = |(g, r): (&i64, &Run)| OnThread { g: *g, m: r.m, in_call: r.call.is_some() };
        self.runs.iter().map(of).collect()
    }

    /// `open`: the trace ends here. Spans come out when they end.
    pub fn step(&mut self, g: i64, s: &Step, was: Option<Was>, open: bool, mut out: impl FnMut(ThreadSpan)) {
        let (at, m) = (s.at, s.m);
        match s.state {
            SpanState::Running | SpanState::Assist => match self.runs.get_mut(&g) {
                Some(r) if r.m == m || m == -1 => {
                    if let Some(start) = r.call.take() {
                        out(ThreadSpan { m: r.m, lane: 1, start, end: at, g, open });
                    }
                }
                _ => {
                    self.end(g, at, open, &mut out);
                    self.begin(g, m, at, None);
                }
            },
            // It goes on without its processor, on the same thread.
            SpanState::SyscallBlocked if was.is_some_and(|w| w.state == SpanState::Syscall) => {}
            SpanState::SyscallBlocked if was.is_none() && m == -1 => {}
            SpanState::Syscall | SpanState::SyscallBlocked => match self.runs.get_mut(&g) {
                Some(r) if r.m == m => {
                    r.call.get_or_insert(at);
                }
                _ => {
                    self.end(g, at, open, &mut out);
                    self.begin(g, m, at, Some(at));
                }
            },
            _ => self.end(g, at, open, &mut out),
        }
    }

    fn begin(&mut self, g: i64, m: i64, start: i64, call: Option<i64>) {
        if m >= 0 {
            self.runs.insert(g, Run { m, start, call });
        }
    }

    fn end(&mut self, g: i64, end: i64, open: bool, out: &mut impl FnMut(ThreadSpan)) {
        let Some(r) = self.runs.remove(&g) else { return };
        if let Some(start) = r.call {
            out(ThreadSpan { m: r.m, lane: 1, start, end, g, open });
        }
        out(ThreadSpan { m: r.m, lane: 0, start: r.start, end, g, open });
    }
}
