//! The same as `mmu_right`, as `go tool trace` 1.26 counts it, for `--as-reference`: depths of processors, which go up
//! with each run of a mark worker that it has met before and do not come down again; nothing before the first
//! GOMAXPROCS; and a series that ends at 0 is cut at its last step.

use tracewell_order::{Event, Flow, GoState, Kind, Metric, RangeName, Sink, Stage};
use tracewell_source::{Result, SeededSet};

use crate::mmu::Flags;
use crate::mmu_curve::{Curves, Series};
use crate::run::{self, Outcome};

/// Utilizations are rounded to this, which is less than 10⁻¹² off.
const UNITS: i64 = 1 << 40;
/// Files may claim any number of processors; Go refuses more.
const MOST_PROCS: u64 = 1 << 16;

struct Proc {
    depth: i64,
    series: usize,
}

struct Fold {
    flags: Flags,
    procs: Vec<Proc>,
    series: Vec<Vec<(i64, f64)>>,
    stops: i64,
    syncs: u32,
    assisting: SeededSet<i64>,
    /// Mark workers ever met.
    workers: SeededSet<i64>,
    executing: SeededSet<i64>,
    last: i64,
}

fn executes(s: GoState) -> bool {
    matches!(s, GoState::Running | GoState::Syscall)
}

fn append(series: &mut Vec<(i64, f64)>, t: i64, utilization: f64) {
    match series.last_mut() {
        Some((_, u)) if *u == utilization => {}
        Some((at, u)) if *at == t => *u = u.min(utilization),
        _ => series.push((t, utilization)),
    }
}

impl Sink for Fold {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.last = e.time;
        let changed = match e.kind {
            Kind::Sync { .. } => {
                self.syncs += 1;
                false
            }
            Kind::Metric { metric: Metric::GoMaxProcs, value, .. } => {
                self.set_procs(e.time, value.min(MOST_PROCS) as usize);
                true
            }
            Kind::GoTransition { g, from, to, .. } => {
                let known = self.assisting.contains(&g) || self.workers.contains(&g);
                if executes(to) {
                    self.executing.insert(g);
                } else {
                    self.executing.remove(&g);
                }
                if known && executes(from) != executes(to) {
                    self.deepen(e.p, if executes(to) { 1 } else { -1 });
                }
                known
            }
            Kind::Label { g, label } if self.flags.background => {
                let label = stage.symbols.text(label);
                let counts = label.starts_with("GC ")
                    && label != "GC (idle)"
                    && !(label == "GC (dedicated)" && self.flags.per_proc);
                if counts && !self.procs.is_empty() {
                    self.workers.insert(g);
                    self.deepen(e.p, 1);
                }
                counts
            }
            Kind::RangeBegin { name, .. } => self.range(e, name, 1, stage),
            Kind::RangeActive { name, .. } if self.syncs <= 1 => {
                self.range_was_active(e, name);
                self.range(e, name, 1, stage)
            }
            Kind::RangeEnd { name, .. } => self.range(e, name, -1, stage),
            _ => false,
        };
        if changed {
            self.record(e.time);
        }
        Flow::Continue(())
    }
}

impl Fold {
    fn deepen(&mut self, p: i64, by: i64) {
        if let Some(proc) = usize::try_from(p).ok().and_then(|p| self.procs.get_mut(p)) {
            proc.depth += by;
        }
    }

    fn set_procs(&mut self, t: i64, n: usize) {
        while self.procs.len() > n {
            if let Some(gone) = self.procs.pop()
                && self.flags.per_proc
                && let Some(series) = self.series.get_mut(gone.series)
            {
                append(series, t, 0.0);
            }
        }
        while self.procs.len() < n {
            if self.flags.per_proc || self.series.is_empty() {
                self.series.push(vec![(t, 1.0)]);
            }
            self.procs.push(Proc { depth: 0, series: self.series.len() - 1 });
        }
    }

    fn range(&mut self, e: &Event, name: RangeName, by: i64, stage: &Stage<'_>) -> bool {
        if self.procs.is_empty() {
            return false;
        }
        match name {
            RangeName::Stw(reason) if self.flags.stw && stage.symbols.text(reason).contains("GC") => {
                self.stops += by;
            }
            RangeName::Sweep if self.flags.sweep => self.deepen(e.p, by),
            RangeName::MarkAssist if self.flags.assist => {
                self.deepen(e.p, by);
                if by > 0 {
                    self.assisting.insert(e.g);
                } else {
                    self.assisting.remove(&e.g);
                }
            }
            _ => return false,
        }
        true
    }

    /// What was going on since the trace's begin is taken from all that was recorded.
    fn range_was_active(&mut self, e: &Event, name: RangeName) {
        let counts = match name {
            RangeName::Sweep => self.flags.sweep,
            RangeName::MarkAssist => self.flags.assist && self.executing.contains(&e.g),
            _ => false,
        };
        if counts
            && !self.flags.per_proc
            && !self.procs.is_empty()
            && let Some(series) = self.series.first_mut()
        {
            for (_, u) in series {
                *u = (*u - 1.0 / self.procs.len() as f64).max(0.0);
            }
        }
    }

    fn record(&mut self, t: i64) {
        if self.procs.is_empty() {
            return;
        }
        if self.flags.per_proc {
            for p in &self.procs {
                if let Some(series) = self.series.get_mut(p.series) {
                    append(series, t, f64::from(self.stops <= 0 && p.depth <= 0));
                }
            }
        } else if let Some(series) = self.series.first_mut() {
            let n = self.procs.len();
            let taken = if self.stops > 0 { n } else { self.procs.iter().filter(|p| p.depth > 0).count() };
            append(series, t, 1.0 - taken as f64 / n as f64);
        }
    }
}

/// The reference's curves; none when the trace does not tell GOMAXPROCS. Cost: one pass.
pub fn read(bytes: &[u8], start: u64, flags: Flags) -> Result<(Curves, Outcome)> {
    let mut fold = Fold {
        flags,
        procs: Vec::new(),
        series: Vec::new(),
        stops: 0,
        syncs: 0,
        assisting: SeededSet::default(),
        workers: SeededSet::default(),
        executing: SeededSet::default(),
        last: 0,
    };
    let outcome = run::events(bytes, start, &mut fold)?;
    let live = if flags.per_proc { fold.procs.len() } else { fold.procs.len().min(1) };
    for p in fold.procs.iter().take(live) {
        if let Some(series) = fold.series.get_mut(p.series) {
            append(series, fold.last, 0.0);
        }
    }
    let steps = |&(t, u): &(i64, f64)| (t, (u * UNITS as f64).round() as i64);
    let series = fold.series.iter().map(|s| Series::new(s.iter().map(steps)));
    Ok((Curves { series: series.collect(), den: UNITS }, outcome))
}
