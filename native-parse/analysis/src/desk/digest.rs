//! All figures of a trace that another one is compared with, small enough to be handed over.

use serde_json::{Value, json};
use tracewell_order::Sym;
use tracewell_source::{Result, SeededMap};

use crate::desk::fold::Fold;
use crate::desk::gc::Processors;
use crate::desk::{Call, Desk, Filter, MmuAsk, ProfileAsk};
use crate::mmu::Flags;
use crate::profiles::Profile;
use crate::stats::{Clip, Stats};

/// Longer lists are cut here; what is cut is the least of it, and counted.
const MOST_ROWS: usize = 5_000;
/// Lengths of windows whose utilization is told.
const MMU_WINDOWS: [i64; 3] = [1_000_000, 10_000_000, 100_000_000];
/// Of what the goroutines of one function did.
const PERCENTILES: [f64; 3] = [0.5, 0.95, 0.99];
const MMU_FLAGS: Flags = Flags { stw: true, background: true, assist: true, sweep: false, per_proc: false };
const PROFILES: [(&str, Profile); 5] = [
    ("net", Profile::Net),
    ("sync", Profile::Sync),
    ("syscall", Profile::Syscall),
    ("sched", Profile::Sched),
    ("cpu", Profile::Cpu),
];

impl Desk {
    /// Shapes: `Digest` of contract/compare.ts. Cost: a pass, then O(answer): at most some megabytes.
    pub fn digest(&self, clip: Clip, call: &Call<'_>) -> Result<Value> {
        let fold = self.fold(clip, call)?;
        let (from, to) = (clip.from.max(0), clip.to.min(fold.end_nanos));
        let procs = Processors::new(&fold);
        let mut gc = self.gc(clip, call)?;
        let cycles = gc["cycles"].as_array().map_or(0, Vec::len);
        let longest = fold.gc.stops.iter().map(|s| clip.nanos(s.start, s.end)).max().unwrap_or(0);
        let mmu = MmuAsk {
            clip,
            flags: MMU_FLAGS,
            windows: Some(MMU_WINDOWS.to_vec()),
            worst_of: None,
            quantiles: false,
        };
        let mut profiles = serde_json::Map::new();
        for (name, profile) in PROFILES {
            let ask = ProfileAsk { profile, clip, filter: Filter::default(), by_waiter: true };
            let mut answer = self.profile(&ask, name, call)?;
            for part in ["ended", "still"] {
                cut(&mut answer[part]["stacks"]);
                bare(&mut answer[part]["stacks"]);
            }
            profiles.insert(name.into(), answer);
        }
        let mut groups = self.goroutine_groups(clip, call)?;
        let (sums, cut_groups) = (total(&groups), cut(&mut groups));
        spread(&fold, &mut groups);
        Ok(json!({
            "fromNanos": from,
            "toNanos": to,
            "durationNanos": to - from,
            "eventCount": fold.events,
            "goroutineCount": fold.rows.len(),
            "procNanos": procs.nanos(from, to),
            "sums": sums,
            "groups": groups,
            "groupsLeftOut": cut_groups,
            "profiles": profiles,
            "taskTypes": self.task_types(clip, call)?,
            "regionTypes": self.region_types(clip, call)?,
            "schedLatency": fold.waits.books.latency.quantiles(),
            "mmu": self.mmu(&mmu, call)?["curve"].take(),
            "gc": {
                "cycleCount": cycles,
                "stopCount": gc["stopCount"].take(),
                "stopNanos": gc["stopNanos"].take(),
                "longestStopNanos": longest,
                "markNanos": gc["markNanos"].take(),
                "assistNanos": gc["assistNanos"].take(),
                "sweepNanos": gc["sweepNanos"].take(),
                "heapMaxBytes": gc["heap"]["maxBytes"].take(),
                "cpuShare": mean(&gc["cpuShare"]["values"]),
            },
        }))
    }
}

/// A side is handed over whole: occurrences of stacks are asked for where they are looked at.
fn bare(stacks: &mut Value) {
    for stack in stacks.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        stack.remove("longest");
        stack.remove("meanNanos");
    }
}

/// Puts median, 95th and 99th percentile of what one goroutine did to each group. Cost: O(goroutines).
fn spread(fold: &Fold, groups: &mut Value) {
    type Of = fn(&Stats) -> i64;
    const FIGURES: [(&str, Of); 3] =
        [("totalNanos", |s| s.total), ("execNanos", |s| s.exec), ("schedWaitNanos", |s| s.sched_wait)];
    let mut spreads: SeededMap<Sym, [Percentiles; 3]> = SeededMap::default();
    fold.each_alone(|d| {
        let of = spreads.entry(d.name).or_default();
        of.iter_mut().zip(FIGURES).for_each(|(p, (_, of))| p.count(of(&d.stats)));
    });
    spreads.values_mut().flatten().for_each(Percentiles::choose);
    fold.each_alone(|d| {
        let of = spreads.entry(d.name).or_default();
        of.iter_mut().zip(FIGURES).for_each(|(p, (_, of))| p.keep(of(&d.stats)));
    });
    let mut by_name: SeededMap<&str, [Percentiles; 3]> =
        spreads.into_iter().map(|(name, of)| (fold.symbols.text(name), of)).collect();
    for group in groups.as_array_mut().into_iter().flatten() {
        let Some(of) = group["name"].as_str().and_then(|n| by_name.get_mut(n)) else { continue };
        for (p, (field, _)) in of.iter_mut().zip(FIGURES) {
            group["spread"][field] = json!(p.told());
        }
    }
}

/// Percentiles of values that are shown twice, for there may be very many: counted by size first, then those of the sizes that
/// matter are kept.
#[derive(Default)]
struct Percentiles {
    counts: SeededMap<u32, usize>,
    /// Of each percentile the size of the value that it is, and its place among those of that size.
    chosen: Vec<(u32, usize)>,
    kept: SeededMap<u32, Vec<i64>>,
}

/// Values of one size differ by less than one in so many.
const SIZES: u32 = 7;

/// Rises with the value.
fn size(value: i64) -> u32 {
    let value = value.max(0) as u64;
    let shift = (u64::BITS - value.leading_zeros()).saturating_sub(SIZES + 1);
    (shift << SIZES) + (value >> shift) as u32
}

impl Percentiles {
    fn count(&mut self, value: i64) {
        *self.counts.entry(size(value)).or_default() += 1;
    }

    /// All were counted.
    fn choose(&mut self) {
        let mut counts: Vec<(u32, usize)> = std::mem::take(&mut self.counts).into_iter().collect();
        counts.sort_unstable();
        let all: usize = counts.iter().map(|c| c.1).sum();
        for q in PERCENTILES {
            // A quantile is the least value that a share q of all do not exceed.
            let mut rank = ((q * all as f64).ceil() as usize).clamp(1, all.max(1)) - 1;
            for (size, count) in &counts {
                if rank < *count {
                    self.chosen.push((*size, rank));
                    self.kept.entry(*size).or_default();
                    break;
                }
                rank -= count;
            }
        }
    }

    fn keep(&mut self, value: i64) {
        if let Some(values) = self.kept.get_mut(&size(value)) {
            values.push(value);
        }
    }

    fn told(&mut self) -> Vec<i64> {
        let kept = &mut self.kept;
        let nth = |(size, rank): &(u32, usize)| {
            let values = kept.get_mut(size).filter(|v| *rank < v.len())?;
            Some(*values.select_nth_unstable(*rank).1)
        };
        self.chosen.iter().filter_map(nth).collect()
    }
}

/// Cuts a list that is sorted by weight; answers how many rows went.
fn cut(list: &mut Value) -> usize {
    let Value::Array(rows) = list else { return 0 };
    let gone = rows.len().saturating_sub(MOST_ROWS);
    rows.truncate(MOST_ROWS);
    gone
}

fn mean(values: &Value) -> Value {
    let values: Vec<f64> = values.as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
    if values.is_empty() { Value::Null } else { json!(values.iter().sum::<f64>() / values.len() as f64) }
}

/// Sums over all groups of goroutines: what all of them together did.
fn total(groups: &Value) -> Value {
    const PLAIN: [&str; 8] = [
        "totalNanos",
        "execNanos",
        "schedWaitNanos",
        "syscallNanos",
        "syscallBlockNanos",
        "unknownNanos",
        "gcPauseNanos",
        "gcMarkNanos",
    ];
    let rows = || groups.as_array().into_iter().flatten();
    let sum = |field: &str| rows().filter_map(|g| g[field].as_i64()).fold(0, i64::saturating_add);
    let mut out: serde_json::Map<String, Value> =
        PLAIN.iter().map(|f| ((*f).into(), json!(sum(f)))).collect();
    for named in ["blockNanos", "rangeNanos"] {
        let mut by_name = std::collections::BTreeMap::<&str, i64>::new();
        for (name, nanos) in rows().filter_map(|g| g[named].as_object()).flatten() {
            let of = by_name.entry(name).or_default();
            *of = of.saturating_add(nanos.as_i64().unwrap_or(0));
        }
        out.insert(named.into(), json!(by_name));
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_all_values_in_order() {
        let mut seed = 5u64;
        let mut any = || {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            seed
        };
        for count in [1, 2, 3, 20, 21, 1_000, 50_000] {
            for shift in [0, 1, 40, 62] {
                let mut values: Vec<i64> = (0..count).map(|_| any() as i64 >> shift).collect();
                let mut p = Percentiles::default();
                values.iter().for_each(|v| p.count(*v));
                p.choose();
                values.iter().for_each(|v| p.keep(*v));
                values.sort_unstable();
                let want = PERCENTILES.map(|q| values[(q * f64::from(count)).ceil() as usize - 1]);
                assert_eq!(p.told(), want, "{count} {shift}");
            }
        }
        let sizes = [-5, 0, 1, 255, 256, 257, 258, 511, 512, 1 << 40, i64::MAX].map(size);
        assert!(sizes.is_sorted(), "{sizes:?}");
    }
}
