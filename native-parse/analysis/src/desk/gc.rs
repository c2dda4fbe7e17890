//! The collector: cycles, stops, what goroutines paid, its share of the processors; utilization.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use tracewell_order::Sym;
use tracewell_source::{Result, SeededMap};

use crate::desk::fold::Fold;
use crate::desk::pass::State;
use crate::desk::{Call, Desk};
use crate::gc::{HeapAround, Overlapping, reason};
use crate::mmu::{Flags, QUANTILES, default_windows};
use crate::mmu_curve::Hints;
use crate::stats::Clip;

const STOPS: usize = 10_000;
const GOROUTINES: usize = 100;
/// Steps of the curve of the collector's share.
const STEPS: i64 = 512;

pub struct MmuAsk {
    pub clip: Clip,
    pub flags: Flags,
    pub windows: Option<Vec<i64>>,
    pub worst_of: Option<i64>,
    pub quantiles: bool,
}

impl Desk {
    /// Shapes: `Mmu`. Cost: a pass over the trace, then O(windows × steps of the curve).
    pub fn mmu(&self, ask: &MmuAsk, call: &Call<'_>) -> Result<Value> {
        let fold = self.fold(Clip::ALL, call)?;
        let all = fold.work.curves(ask.flags, fold.end_nanos, &fold.symbols);
        let curves = if ask.clip.is_all() { all } else { all.cut(ask.clip.from, ask.clip.to) };
        let windows = ask.windows.clone().unwrap_or_else(default_windows);
        let count = if ask.quantiles { QUANTILES.len() } else { 1 };
        let stop = call.stop;
        let of_window = |w: &i64, hints: &mut Hints| {
            if stop.load(Ordering::Relaxed) {
                return Value::Null;
            }
            let values = match ask.quantiles {
                true => curves.quantiles(*w, &QUANTILES),
                false => curves.mmu_near(*w, hints).map(|u| vec![u]),
            };
            let values = values.map_or_else(|| json!(vec![Value::Null; count]), |v| json!(v));
            json!({"windowNanos": w, "values": values})
        };
        // Every second window, and the worst ones, beside the others.
        let every_second = |from: usize| -> Vec<Value> {
            let mut hints = Hints::default();
            windows.iter().skip(from).step_by(2).map(|w| of_window(w, &mut hints)).collect()
        };
        let (even, odd, worst) = std::thread::scope(|s| {
            let beside =
                s.spawn(|| (every_second(1), ask.worst_of.map_or_else(Vec::new, |w| curves.worst(w))));
            let even = every_second(0);
            // A panic of the other goes on here.
            let (odd, worst) = beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            (even, odd, worst)
        });
        let mut odd = odd.into_iter();
        let curve: Vec<Value> = even.into_iter().flat_map(|of| [of].into_iter().chain(odd.next())).collect();
        call.check()?;
        let end = ask.clip.to.min(fold.end_nanos);
        let worst: Vec<Value> = worst
            .iter()
            .map(|x| {
                let to = x.start.saturating_add(ask.worst_of.unwrap_or(0)).min(end);
                json!({"fromNanos": x.start, "toNanos": to, "utilization": x.utilization})
            })
            .collect();
        let quantiles: &[f64] = if ask.quantiles { &QUANTILES } else { &[0.0] };
        Ok(json!({"quantiles": quantiles, "curve": curve, "worst": worst}))
    }

    /// Shapes: `GcReport`. Cost: a pass, then O(goroutines + work of the collector); kept for a while.
    pub fn gc(&self, clip: Clip, call: &Call<'_>) -> Result<Value> {
        let key = (clip.from, clip.to);
        if let Some(kept) = self.reports.ready(&key) {
            return Ok((*kept).clone());
        }
        let fold = self.fold(clip, call)?;
        let make = move |_: &State| Ok(report(&fold));
        Ok((*self.reports.get(&key, &self.turns, call, make)?).clone())
    }
}

fn report(fold: &Fold) -> Value {
    let clip = fold.clip;
    let procs = Processors::new(fold);
    let steps = Steps::of(fold);
    let mut times = fold.gc.cycle_times();
    let cycles_only = times.clone();
    times.extend((0..=steps.count).map(|i| steps.edge(i)));
    let (assists, shares, busy) = std::thread::scope(|s| {
        let beside = s.spawn(|| {
            let of = fold.gc.assists.iter().map(|(a, b, _)| (a, b));
            (Overlapping::new(of, cycles_only), shares(fold))
        });
        let busy = Overlapping::new(fold.work.on_processors(), times);
        // A panic of the other goes on here.
        let (assists, shares) = beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (assists, shares, busy)
    });
    let length = |list: &[(i64, i64)]| list.iter().map(|(a, b)| b - a).sum::<i64>();
    let stops: Vec<&tracewell_index::Span> =
        fold.gc.stops.iter().filter(|s| clip.touches(s.start, s.end)).collect();
    let sum = |f: fn(&Share) -> i64| shares.iter().map(f).sum::<i64>();
    let heap = &fold.gc.heap;
    let goal = &fold.gc.goal;
    json!({
        "cycles": cycles(fold, &assists, &busy, &procs),
        "stops": told_stops(fold, stops.clone()),
        "stopCount": stops.len(),
        "stopNanos": length(fold.stop_times.list()),
        "stopsByReason": by_reason(fold, &stops),
        "assistingCount": shares.len(),
        "markNanos": length(fold.mark_times.list()),
        "assistNanos": sum(|s| s.assist),
        "sweepNanos": sum(|s| s.sweep),
        "functions": by_function(fold, &shares),
        "goroutines": by_goroutine(fold, shares),
        "cpuShare": cpu_share(&steps, &busy, &procs),
        "heap": {
            "firstBytes": heap.first, "lastBytes": heap.last, "maxBytes": heap.max,
            "goalFirstBytes": goal.first, "goalLastBytes": goal.last, "goalMaxBytes": goal.max,
        },
    })
}

/// Processor time that there was.
pub struct Processors {
    /// From a time on so many, and processor time before.
    steps: Vec<(i64, i64, i128)>,
}

impl Processors {
    pub fn new(fold: &Fold) -> Processors {
        let mut steps: Vec<(i64, i64, i128)> = Vec::new();
        for (t, n) in fold.work.processors() {
            let before =
                steps.last().map_or(0, |(since, n, area)| area + i128::from(t - since) * i128::from(*n));
            steps.push((t, n, before));
        }
        Processors { steps }
    }
    fn until(&self, t: i64) -> i128 {
        let i = self.steps.partition_point(|s| s.0 <= t);
        match i.checked_sub(1).and_then(|i| self.steps.get(i)) {
            Some((since, n, area)) => area + i128::from(t - since) * i128::from(*n),
            None => 0,
        }
    }
    /// Processor time in [from, to), ns.
    pub fn nanos(&self, from: i64, to: i64) -> i64 {
        i64::try_from(self.until(to) - self.until(from)).unwrap_or(i64::MAX)
    }
    /// None where there was no time.
    fn share(&self, busy: i64, from: i64, to: i64) -> Option<f64> {
        let all = self.until(to) - self.until(from);
        (all > 0).then(|| (busy as f64 / all as f64).min(1.0))
    }
}

fn cycles(fold: &Fold, assists: &Overlapping, busy: &Overlapping, procs: &Processors) -> Vec<Value> {
    let clip = fold.clip;
    // Those that were told with a begin, by it; one that began before the trace comes first.
    let heaps: SeededMap<i64, &HeapAround> = fold.gc.heaps.iter().map(|h| (h.begin, h)).collect();
    let stops: Vec<_> = fold.gc.stops.iter().filter(|s| reason(s, &fold.symbols).starts_with("GC")).collect();
    let row = |c: &tracewell_index::Span| {
        let touching = || stops.iter().filter(|s| s.start <= c.end && s.end >= c.start);
        let (from, to) = (c.start.max(clip.from), c.end.min(clip.to));
        let heap = heaps.get(if c.began_before { &i64::MIN } else { &c.start }).copied();
        json!({
            "fromNanos": c.start,
            "toNanos": c.end,
            "isOlder": c.began_before,
            "isOpen": c.open,
            "markNanos": (to - from).max(0),
            "stwNanos": touching().map(|s| clip.nanos(s.start, s.end)).sum::<i64>(),
            "stwCount": touching().count(),
            "assistNanos": assists.sum(from, to),
            "heapAtBeginBytes": heap.and_then(|h| h.heap_begin),
            "goalAtBeginBytes": heap.and_then(|h| h.goal_begin),
            "heapAtEndBytes": heap.and_then(|h| h.heap_end),
            "goalAtEndBytes": heap.and_then(|h| h.goal_end),
            "cpuShare": procs.share(busy.sum(from, to), from, to),
        })
    };
    fold.gc.cycles.iter().filter(|c| clip.touches(c.start, c.end)).map(row).collect()
}

fn told_stops(fold: &Fold, mut stops: Vec<&tracewell_index::Span>) -> Vec<Value> {
    if stops.len() > STOPS {
        stops.sort_by_key(|s| std::cmp::Reverse(s.end - s.start));
        stops.truncate(STOPS);
        stops.sort_by_key(|s| (s.start, s.end, s.g));
    }
    let one = |s: &&tracewell_index::Span| {
        let g = (s.g >= 0).then_some(s.g);
        json!({"fromNanos": s.start, "toNanos": s.end, "reason": reason(s, &fold.symbols), "goroutine": g})
    };
    stops.iter().map(one).collect()
}

fn by_reason(fold: &Fold, stops: &[&tracewell_index::Span]) -> Vec<Value> {
    let mut of: SeededMap<&str, (u64, i64, i64)> = SeededMap::default();
    for s in stops {
        let nanos = fold.clip.nanos(s.start, s.end);
        let sum = of.entry(reason(s, &fold.symbols)).or_default();
        *sum = (sum.0 + 1, sum.1 + nanos, sum.2.max(nanos));
    }
    let mut of: Vec<_> = of.into_iter().collect();
    of.sort_by_key(|(name, (_, nanos, _))| (std::cmp::Reverse(*nanos), *name));
    of.iter()
        .map(|(name, (n, nanos, max))| json!({"reason": name, "count": n, "nanos": nanos, "maxNanos": max}))
        .collect()
}

/// What one goroutine paid.
struct Share {
    g: i64,
    name: Sym,
    pause: i64,
    mark: i64,
    assist: i64,
    sweep: i64,
}

/// Goroutines with assists or sweeps, by falling assist, then sweep.
fn shares(fold: &Fold) -> Vec<Share> {
    let (assists, sweeps) = (&fold.gc.assist_ns, &fold.gc.sweep_ns);
    let mut ids: Vec<i64> = assists.keys().chain(sweeps.keys()).copied().collect();
    ids.sort_unstable();
    ids.dedup();
    let get = |m: &SeededMap<i64, i64>, g: i64| m.get(&g).copied().unwrap_or(0);
    let mut all: Vec<Share> = ids
        .into_iter()
        .filter_map(|g| {
            let i = fold.rows.find(g)?;
            let (pause, mark) = fold.collected(i);
            let (assist, sweep) = (get(assists, g), get(sweeps, g));
            (assist > 0 || sweep > 0).then_some(())?;
            Some(Share { g, name: fold.row(i)?.0.name, pause, mark, assist, sweep })
        })
        .collect();
    all.sort_by_key(|s| (std::cmp::Reverse((s.assist, s.sweep)), s.g));
    all
}

fn by_goroutine(fold: &Fold, shares: Vec<Share>) -> Vec<Value> {
    let one = |s: &Share| {
        json!({"id": s.g, "name": fold.symbols.text(s.name), "pauseNanos": s.pause, "markNanos": s.mark,
               "assistNanos": s.assist, "sweepNanos": s.sweep})
    };
    shares.iter().take(GOROUTINES).map(one).collect()
}

fn by_function(fold: &Fold, shares: &[Share]) -> Vec<Value> {
    let mut of: SeededMap<Sym, [i64; 5]> = SeededMap::default();
    for s in shares {
        let sums = of.entry(s.name).or_default();
        for (sum, v) in sums.iter_mut().zip([1, s.pause, s.mark, s.assist, s.sweep]) {
            *sum += v;
        }
    }
    let mut of: Vec<(&str, [i64; 5])> = of.into_iter().map(|(s, v)| (fold.symbols.text(s), v)).collect();
    of.sort_by_key(|(name, v)| (std::cmp::Reverse((v[3], v[4])), *name));
    let one = |(name, [count, pause, mark, assist, sweep]): &(&str, [i64; 5])| {
        json!({"name": name, "count": count, "pauseNanos": pause, "markNanos": mark, "assistNanos": assist,
               "sweepNanos": sweep})
    };
    of.iter().map(one).collect()
}

/// Equal parts of a range.
struct Steps {
    from: i64,
    length: i64,
    count: i64,
}

impl Steps {
    fn of(fold: &Fold) -> Steps {
        let from = fold.clip.from.clamp(0, fold.end_nanos);
        let length = fold.clip.to.clamp(from, fold.end_nanos) - from;
        Steps { from, length, count: STEPS.min(length).max(1) }
    }
    fn edge(&self, i: i64) -> i64 {
        self.from + (i128::from(self.length) * i128::from(i) / i128::from(self.count)) as i64
    }
}

fn cpu_share(steps: &Steps, busy: &Overlapping, procs: &Processors) -> Value {
    let values: Vec<f64> = (0..steps.count)
        .map(|i| {
            let (a, b) = (steps.edge(i), steps.edge(i + 1));
            procs.share(busy.sum(a, b), a, b).unwrap_or(0.0)
        })
        .collect();
    json!({"fromNanos": steps.from, "stepNanos": steps.length as f64 / steps.count as f64, "values": values})
}
