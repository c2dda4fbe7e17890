//! How much of the processors the program has over time, from the spans of processors: intervals, so that nothing can
//! leak. The first GOMAXPROCS holds from the trace's begin; without any, all processors seen count.

use std::cmp::Reverse;
use std::collections::binary_heap::PeekMut;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::path::Path;

use tracewell_index::{Lanes, Span, SpanState, Track};
use tracewell_order::{Event, Kind, Metric, RangeName, Sym, Symbols};
use tracewell_source::Result;

use crate::intervals::Intervals;
use crate::mmu::Flags;
use crate::mmu_curve::Curves;
use crate::pieces::Pieces;
use crate::run::{self, Outcome};

/// Processors above this are no processors of a Go program but marks of old converters.
const MOST_PROCS: i64 = 1 << 16;

/// What processors did for the collector, all kinds of it: flags are judged when curves are made.
#[derive(Default)]
pub struct Work {
    stops: Vec<(i64, i64, Sym)>,
    /// With the processor that they were on.
    assists: Pieces,
    sweeps: Pieces,
    /// Workers by label, which is known as a text at the end.
    workers: Vec<(Sym, Pieces)>,
    procs: BTreeSet<i64>,
    gomaxprocs: Vec<(i64, i64)>,
}

impl Lanes for Work {
    fn span(&mut self, s: &Span) {
        match (s.track, s.state) {
            (Track::Stw, _) => {
                if let Some(RangeName::Stw(reason)) = s.name {
                    self.stops.push((s.start, s.end, reason));
                }
            }
            (Track::Proc(p, 1), SpanState::Assist) => self.assists.push(s.start, s.end, p),
            (Track::Proc(p, 1), SpanState::Sweep) => self.sweeps.push(s.start, s.end, p),
            (Track::Proc(p, 1), SpanState::GcWorker) => self.worker(s.label).push(s.start, s.end, p),
            (Track::Proc(p, 0), _) => {
                self.procs.insert(p);
            }
            _ => {}
        }
    }
}

impl Work {
    /// `folder`: where files may be for what is too much for memory.
    pub fn new(folder: Option<&Path>) -> Work {
        Work { assists: Pieces::new(folder), sweeps: Pieces::new(folder), ..Work::default() }
    }

    /// Each event, before it changes anything.
    pub fn watch(&mut self, e: &Event) {
        match e.kind {
            Kind::Metric { metric: Metric::GoMaxProcs, value, .. } => {
                self.gomaxprocs.push((e.time, i64::try_from(value).unwrap_or(i64::MAX).max(1)));
            }
            Kind::ProcTransition { proc, .. } => {
                self.procs.insert(proc);
            }
            _ => {}
        }
    }

    fn worker(&mut self, label: Sym) -> &mut Pieces {
        let known = self.workers.iter().position(|(of, _)| *of == label);
        let at = known.unwrap_or_else(|| {
            self.workers.push((label, self.sweeps.another()));
            self.workers.len() - 1
        });
        &mut self.workers[at].1
    }

    /// Memory that it holds.
    pub fn size_bytes(&self) -> usize {
        let workers: usize = self.workers.iter().map(|(_, all)| all.size_bytes()).sum();
        let packed = self.assists.size_bytes() + self.sweeps.size_bytes() + workers;
        packed + self.stops.capacity() * 24 + self.gomaxprocs.capacity() * 16
    }

    /// GOMAXPROCS from each time on. The first holds from the trace's begin; without any, all processors seen count.
    pub fn processors(&self) -> Vec<(i64, i64)> {
        let mut all = self.gomaxprocs.clone();
        match all.first_mut() {
            Some(first) => first.0 = 0,
            None => all.push((0, (self.procs.range(..MOST_PROCS).count() as i64).max(1))),
        }
        all
    }

    /// Time on processors of workers of any label, assists and sweeps: (start, end).
    pub fn on_processors(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        let workers = self.workers.iter().flat_map(|(_, all)| all.iter());
        workers.chain(self.assists.iter()).chain(self.sweeps.iter()).map(|(a, b, _)| (a, b))
    }

    /// The curves of the flagged work. Cost: O(work log work).
    pub fn curves(&self, flags: Flags, end: i64, symbols: &Symbols) -> Curves {
        let mut busy: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
        let taken = [(flags.assist, &self.assists), (flags.sweep, &self.sweeps)];
        let counts = |label: &str| {
            flags.background && (label == "GC (fractional)" || (label == "GC (dedicated)" && !flags.per_proc))
        };
        let taken = taken.iter().filter(|t| t.0).map(|t| t.1);
        let workers = self.workers.iter().filter(|(label, _)| counts(symbols.text(*label))).map(|w| &w.1);
        for (a, b, p) in taken.chain(workers).flat_map(Pieces::iter) {
            busy.entry(p).or_default().push((a, b));
        }
        let stops = self.stops.iter().filter(|s| flags.stw && symbols.text(s.2).contains("GC"));
        let all = Parts {
            stops: Intervals::union(stops.map(|s| (s.0, s.1)).collect()),
            busy: busy.into_iter().map(|(p, v)| (p, Intervals::union(v))).collect(),
            gomaxprocs: self.processors(),
            end,
        };
        let parts = if flags.per_proc { all.per_proc() } else { vec![all.system()] };
        Curves::of_shares(&parts)
    }
}

/// The curves of the flagged work of the collector. Cost: one pass; memory by that work.
pub fn read(bytes: &[u8], start: u64, flags: Flags) -> Result<(Curves, Outcome)> {
    let mut work = Work::default();
    let (outcome, symbols) = run::watched_lanes(bytes, start, &mut work, |e, _, work| work.watch(e))?;
    Ok((work.curves(flags, outcome.end_nanos, &symbols), outcome))
}

struct Parts {
    stops: Intervals,
    busy: BTreeMap<i64, Intervals>,
    gomaxprocs: Vec<(i64, i64)>,
    end: i64,
}

/// What changes at a time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Change {
    Procs(i64),
    Stop(i32),
    Busy(i64, bool),
}

impl Parts {
    /// What changes before the end, by time; at one time GOMAXPROCS first, then stops, then processors as they come in `busy`.
    /// All of these lists are in order: they are merged, for there may be millions of entries.
    fn changes<'a>(&'a self, busy: &'a [(i64, &'a Intervals)]) -> impl Iterator<Item = (i64, Change)> + 'a {
        let edge = |of: &Intervals, at: usize| {
            of.list().get(at / 2).map(|&(a, b)| if at.is_multiple_of(2) { (a, true) } else { (b, false) })
        };
        let entry = move |list: usize, at: usize| match list.checked_sub(2) {
            None if list == 0 => self.gomaxprocs.get(at).map(|&(t, n)| (t, Change::Procs(n))),
            None => edge(&self.stops, at).map(|(t, begins)| (t, Change::Stop(if begins { 1 } else { -1 }))),
            Some(i) => {
                busy.get(i).and_then(|(p, of)| edge(of, at).map(|(t, begins)| (t, Change::Busy(*p, begins))))
            }
        };
        let first = |list: usize| entry(list, 0).map(|(t, _)| Reverse((t, list, 0)));
        let mut next: BinaryHeap<Reverse<(i64, usize, usize)>> =
            (0..busy.len() + 2).filter_map(first).collect();
        let merged = std::iter::from_fn(move || {
            let mut top = next.peek_mut()?;
            let Reverse((_, list, at)) = *top;
            match entry(list, at + 1) {
                Some((t, _)) => *top = Reverse((t, list, at + 1)),
                None => drop(PeekMut::pop(top)),
            }
            entry(list, at)
        });
        merged.take_while(|(t, _)| *t < self.end)
    }

    /// One series: the share of processors that the program has.
    fn system(&self) -> Vec<(i64, i64, i64)> {
        let busy: Vec<(i64, &Intervals)> = self.busy.iter().map(|(p, i)| (*p, i)).collect();
        let mut out: Vec<(i64, i64, i64)> = Vec::new();
        let (mut n, mut stops) = (1i64, 0);
        let mut taken: BTreeSet<i64> = BTreeSet::new();
        let mut share = |t: i64, n: i64, stops: i32, taken: &BTreeSet<i64>| {
            let free = if stops > 0 { 0 } else { n - taken.range(..n).count() as i64 };
            match out.last_mut() {
                Some(last) if last.0 == t => *last = (t, free, n),
                Some(last) if (last.1, last.2) == (free, n) => {}
                _ => out.push((t, free, n)),
            }
        };
        for (t, change) in self.changes(&busy) {
            match change {
                Change::Procs(to) => n = to,
                Change::Stop(by) => stops += by,
                Change::Busy(p, true) => {
                    taken.insert(p);
                }
                Change::Busy(p, false) => {
                    taken.remove(&p);
                }
            }
            share(t, n, stops, &taken);
        }
        out.push((self.end, 0, 1));
        out
    }

    /// A series for each processor and each time that it is below GOMAXPROCS.
    fn per_proc(&self) -> Vec<Vec<(i64, i64, i64)>> {
        let mut out = Vec::new();
        for p in self.representatives() {
            let none = Intervals::default();
            let busy = [(p, self.busy.get(&p).unwrap_or(&none))];
            let mut series: Vec<(i64, i64, i64)> = Vec::new();
            let (mut n, mut stops, mut taken) = (0i64, 0, false);
            for (t, change) in self.changes(&busy) {
                match change {
                    Change::Procs(to) => n = to,
                    Change::Stop(by) => stops += by,
                    Change::Busy(_, is) => taken = is,
                }
                let free = i64::from(stops == 0 && !taken);
                match series.last_mut() {
                    _ if p >= n => {
                        if !series.is_empty() {
                            series.push((t, 0, 1));
                            out.push(std::mem::take(&mut series));
                        }
                    }
                    Some(last) if last.0 == t => last.1 = free,
                    Some(last) if last.1 == free => {}
                    _ => series.push((t, free, 1)),
                }
            }
            if !series.is_empty() {
                series.push((self.end, 0, 1));
                out.push(series);
            }
        }
        out
    }

    /// The processors with work of the collector; of the others, which only GOMAXPROCS tells apart, one of each kind.
    /// (A file may say that there are 2⁶² processors.)
    fn representatives(&self) -> Vec<i64> {
        let mut out: Vec<i64> = self.busy.keys().copied().collect();
        let levels: BTreeSet<i64> = self.gomaxprocs.iter().map(|g| g.1).collect();
        let mut from = 0;
        for level in levels {
            out.extend((from..level).find(|p| !self.busy.contains_key(p)));
            from = level;
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_come_by_time_and_then_by_kind() {
        let parts = Parts {
            stops: Intervals::union(vec![(5, 5), (8, 20)]),
            busy: [(3, Intervals::union(vec![(1, 5), (8, 9)])), (1, Intervals::union(vec![(5, 8)]))].into(),
            gomaxprocs: vec![(0, 2), (5, 4), (5, 3), (90, 1)],
            end: 20,
        };
        let busy: Vec<(i64, &Intervals)> = parts.busy.iter().map(|(p, i)| (*p, i)).collect();
        let mut all: Vec<(i64, Change)> =
            parts.gomaxprocs.iter().map(|(t, n)| (*t, Change::Procs(*n))).collect();
        for (a, b) in parts.stops.list() {
            all.extend([(*a, Change::Stop(1)), (*b, Change::Stop(-1))]);
        }
        for (p, i) in &busy {
            let edges = |(a, b): &(i64, i64)| [(*a, Change::Busy(*p, true)), (*b, Change::Busy(*p, false))];
            all.extend(i.list().iter().flat_map(edges));
        }
        all.retain(|c| c.0 < parts.end);
        all.sort_by_key(|c| c.0);
        assert_eq!(parts.changes(&busy).collect::<Vec<_>>(), all);
    }

    #[test]
    fn processors_come_and_go() {
        let parts = Parts {
            stops: Intervals::union(vec![(30, 35)]),
            busy: [(0, Intervals::union(vec![(5, 10)])), (1, Intervals::union(vec![(8, 50)]))].into(),
            gomaxprocs: vec![(0, 2), (20, 1), (40, i64::MAX)],
            end: 100,
        };
        let s = parts.system();
        assert_eq!(s[..6], [(0, 2, 2), (5, 1, 2), (8, 0, 2), (10, 1, 2), (20, 1, 1), (30, 0, 1)]);
        let p = parts.per_proc();
        assert_eq!(p[1], [(0, 1, 1), (8, 0, 1), (20, 0, 1)]);
        assert_eq!(p.len(), 4, "0; 1 twice; one of the others");
    }
}
