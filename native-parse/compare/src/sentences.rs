//! The changes that explain most, in words, from the figures.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::digest::Digest;

/// How many are told.
const TOLD: usize = 3;
/// A change below this share of what there was is not worth a sentence.
const LEAST_SHARE: f64 = 0.001;

struct Candidate {
    /// Change of the time that was spent so, as a share of all there was of it: what needs a processor is held against
    /// the processors' time, waits against the goroutines'. Else a thousand that wait for one would hide what it does.
    change: f64,
    text: String,
}

/// At most three, the greatest first; one that says so when nothing changed.
pub fn sentences(
    a: &Digest,
    b: &Digest,
    scale: (f64, f64),
    functions: &[Value],
    profiles: &BTreeMap<&str, Vec<Value>>,
) -> Vec<String> {
    let most = |of: (i64, i64)| (of.0 as f64 / scale.0).max(of.1 as f64 / scale.1).max(1.0);
    let life = most((a.sums.total_nanos, b.sums.total_nanos));
    let procs = most((a.proc_nanos, b.proc_nanos));
    let mut found = Vec::new();
    let mut add = |what: &str, of: (i64, i64), whole: f64, where_: Option<String>| {
        let (va, vb) = (of.0 as f64 / scale.0, of.1 as f64 / scale.1);
        let text = format!(
            "{what} {}{}.",
            moved(va, vb),
            where_.map(|w| format!(", most of it in {w}")).unwrap_or_default()
        );
        found.push(Candidate { change: (vb - va).abs() / whole, text });
    };
    let reasons: BTreeSet<&String> = a.sums.block_nanos.keys().chain(b.sums.block_nanos.keys()).collect();
    // The runtime's own goroutines wait for work: that says how long the trace was.
    let told = |r: &&String| !r.is_empty() && !r.contains("system goroutine");
    for reason in reasons.into_iter().filter(told) {
        let of = |d: &Digest| d.sums.block_nanos.get(reason).copied().unwrap_or(0);
        add(&format!("Waiting ({reason})"), (of(a), of(b)), life, stack_of(reason, profiles));
    }
    add("Execution", (a.sums.exec_nanos, b.sums.exec_nanos), procs, function_of(functions, "execNanos"));
    add(
        "Scheduler wait",
        (a.sums.sched_wait_nanos, b.sums.sched_wait_nanos),
        life,
        function_of(functions, "schedWaitNanos"),
    );
    let calls = |d: &Digest| d.sums.syscall_nanos.saturating_add(d.sums.syscall_block_nanos);
    add("Time in system calls", (calls(a), calls(b)), life, function_of(functions, "syscallNanos"));
    let collector = |d: &Digest| (d.gc.cpu_share.unwrap_or(0.0) * d.proc_nanos as f64) as i64;
    if (collector(a), collector(b)) != (0, 0) {
        add("Processor time of the collector", (collector(a), collector(b)), procs, None);
    }
    let assists = (a.gc.assist_nanos, b.gc.assist_nanos);
    if assists != (0, 0) {
        add("Mark assists", assists, procs, None);
    }
    found.retain(|c| c.change > LEAST_SHARE);
    found.sort_by(|x, y| y.change.total_cmp(&x.change));
    if found.is_empty() {
        return vec!["Nothing changed by more than a thousandth of what the goroutines did.".into()];
    }
    found.into_iter().take(TOLD).map(|c| c.text).collect()
}

/// `rose from 1.2 s to 2.4 s (×2.00)`.
fn moved(a: f64, b: f64) -> String {
    let verb = if b > a { "rose" } else { "fell" };
    let ratio = if a > 0.0 && b > 0.0 { format!(" (×{})", figures(b / a)) } else { String::new() };
    format!("{verb} from {} to {}{ratio}", duration(a), duration(b))
}

fn duration(nanos: f64) -> String {
    let (value, unit) = match nanos {
        n if n >= 1e9 => (n / 1e9, "s"),
        n if n >= 1e6 => (n / 1e6, "ms"),
        n if n >= 1e3 => (n / 1e3, "µs"),
        n => (n, "ns"),
    };
    format!("{} {unit}", figures(value))
}

/// Three figures that count.
fn figures(v: f64) -> String {
    match v {
        0.0 => "0".into(),
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}

/// The start function whose figure moved most.
fn function_of(functions: &[Value], field: &str) -> Option<String> {
    let value = |side: &Value| side[field].as_f64().unwrap_or(0.0);
    functions
        .iter()
        .map(|f| ((value(&f["b"]) - value(&f["a"])).abs(), f["name"].as_str().unwrap_or_default()))
        .filter(|(change, name)| *change > 0.0 && !name.is_empty())
        .max_by(|x, y| x.0.total_cmp(&y.0))
        .map(|(_, name)| name.to_string())
}

/// Where the profile that holds waits of this reason moved most: the innermost function that is not the runtime's.
fn stack_of(reason: &str, profiles: &BTreeMap<&str, Vec<Value>>) -> Option<String> {
    let profile = match reason {
        "network" => "net",
        r if r.contains("chan") || r.contains("sync") || r.contains("select") => "sync",
        _ => return None,
    };
    let row = profiles.get(profile)?.first()?;
    let names = row["functions"].as_array()?.iter().filter_map(Value::as_str);
    let mut own = names.clone().filter(|n| !is_library(n));
    own.next().or_else(|| names.clone().next()).map(str::to_string)
}

fn is_library(name: &str) -> bool {
    ["runtime.", "sync.", "internal/", "sync/"].iter().any(|p| name.starts_with(p))
}
