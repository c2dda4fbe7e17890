//! All figures of a trace that another one is compared with, small enough to be handed over.

use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use tracewell_source::Result;

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
    for (field, of) in FIGURES {
        let mut values: FxHashMap<&str, Vec<i64>> = FxHashMap::default();
        for (d, _) in fold.all_rows() {
            values.entry(fold.symbols.text(d.name)).or_default().push(of(&d.stats));
        }
        for group in groups.as_array_mut().into_iter().flatten() {
            let Some(values) = group["name"].as_str().and_then(|n| values.get_mut(n)) else { continue };
            let told = PERCENTILES.map(|q| {
                // A quantile is the least value that a share q of all do not exceed.
                let rank = ((q * values.len() as f64).ceil() as usize).clamp(1, values.len()) - 1;
                *values.select_nth_unstable(rank).1
            });
            group["spread"][field] = json!(told);
        }
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
