//! The summary: one figure a line, with what became better or worse.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::digest::Digest;

/// Smaller changes are said to be none.
const SAME: f64 = 0.02;

/// Quantiles of one wait for a processor.
const LATENCIES: [(&str, &str, f64); 4] = [
    ("sched-latency-p50", "Scheduler latency, median", 0.5),
    ("sched-latency-p90", "Scheduler latency, 90th percentile", 0.9),
    ("sched-latency-p99", "Scheduler latency, 99th percentile", 0.99),
    ("sched-latency-p999", "Scheduler latency, 99.9th percentile", 0.999),
];

/// Which way is better.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Less,
    More,
    /// Neither: a count of what the program did.
    Plain,
}

struct Measure {
    id: String,
    title: String,
    unit: &'static str,
    way: Way,
    /// A sum, which is divided when figures are normalised; a share or a length of one thing is not.
    is_sum: bool,
    value: Option<f64>,
}

fn measure(id: &str, title: &str, unit: &'static str, way: Way, is_sum: bool, value: Option<f64>) -> Measure {
    Measure { id: id.into(), title: title.into(), unit, way, is_sum, value }
}

fn share(part: i64, of: i64) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

/// In the order they are shown. `reasons`: those that either side waited for.
fn of(d: &Digest, reasons: &BTreeSet<&str>) -> Vec<Measure> {
    let nanos = |n: i64| Some(n as f64);
    let mut list = vec![
        measure("duration", "Duration", "ns", Way::Less, false, nanos(d.duration_nanos)),
        measure(
            "proc-use",
            "Processor use",
            "share",
            Way::More,
            false,
            share(d.sums.exec_nanos, d.proc_nanos),
        ),
        measure(
            "running",
            "Goroutines running, mean",
            "goroutines",
            Way::More,
            false,
            share(d.sums.exec_nanos, d.duration_nanos),
        ),
        measure(
            "runnable",
            "Goroutines runnable, mean",
            "goroutines",
            Way::Less,
            false,
            share(d.sums.sched_wait_nanos, d.duration_nanos),
        ),
        measure("exec", "Execution", "ns", Way::Less, true, nanos(d.sums.exec_nanos)),
        measure("sched-wait", "Scheduler wait", "ns", Way::Less, true, nanos(d.sums.sched_wait_nanos)),
    ];
    let sched = d.profiles.get("sched").map(|p| &p.ended);
    let mean = sched.and_then(|p| (p.count > 0).then(|| p.delay_nanos as f64 / p.count as f64));
    let max = sched.and_then(|p| p.stacks.iter().map(|s| s.max_nanos).max());
    list.push(measure("sched-latency-mean", "Scheduler latency, mean", "ns", Way::Less, false, mean));
    for (id, title, q) in LATENCIES {
        let value = d.sched_latency.iter().find(|x| x.q == q).map(|x| x.nanos as f64);
        list.push(measure(id, title, "ns", Way::Less, false, value));
    }
    list.push(measure(
        "sched-latency-max",
        "Scheduler latency, longest",
        "ns",
        Way::Less,
        false,
        max.map(|m| m as f64),
    ));
    list.push(measure("block", "Blocked", "ns", Way::Less, true, nanos(d.sums.block())));
    for reason in reasons {
        let value = d.sums.block_nanos.get(*reason).copied().unwrap_or(0);
        let title =
            if reason.is_empty() { "Blocked: no reason told".into() } else { format!("Blocked: {reason}") };
        list.push(measure(&format!("block:{reason}"), &title, "ns", Way::Less, true, nanos(value)));
    }
    let syscall = d.sums.syscall_nanos.saturating_add(d.sums.syscall_block_nanos);
    list.push(measure("syscall", "System calls", "ns", Way::Less, true, nanos(syscall)));
    list.push(measure(
        "gc-share",
        "Collector’s share of processors",
        "share",
        Way::Less,
        false,
        d.gc.cpu_share,
    ));
    list.push(measure("gc-assist", "Mark assists", "ns", Way::Less, true, nanos(d.gc.assist_nanos)));
    list.push(measure("stw", "Stop-the-world", "ns", Way::Less, true, nanos(d.gc.stop_nanos)));
    list.push(measure(
        "stw-max",
        "Stop-the-world, longest",
        "ns",
        Way::Less,
        false,
        nanos(d.gc.longest_stop_nanos),
    ));
    for point in &d.mmu {
        let ms = point.window_nanos / 1_000_000;
        let value = point.values.first().copied().flatten();
        list.push(measure(
            &format!("mmu-{ms}ms"),
            &format!("Minimum mutator utilization, {ms} ms"),
            "share",
            Way::More,
            false,
            value,
        ));
    }
    list.push(measure(
        "heap-max",
        "Heap, largest",
        "bytes",
        Way::Less,
        false,
        d.gc.heap_max_bytes.map(|b| b as f64),
    ));
    let counts = [
        ("gc-cycles", "Collections", d.gc.cycle_count),
        ("goroutines", "Goroutines", d.goroutine_count),
        ("tasks", "Tasks completed", d.complete_tasks()),
        ("events", "Events", d.event_count),
    ];
    list.extend(counts.map(|(id, title, n)| measure(id, title, "count", Way::Plain, true, Some(n as f64))));
    list
}

fn reasons<'d>(digests: impl Iterator<Item = &'d Digest>) -> BTreeSet<&'d str> {
    digests.flat_map(|d| d.sums.block_nanos.keys().map(String::as_str)).collect()
}

fn scaled(m: &Measure, divisor: f64) -> Option<f64> {
    m.value.map(|v| if m.is_sum { v / divisor } else { v })
}

fn change(way: Way, a: Option<f64>, b: Option<f64>) -> &'static str {
    let (Some(a), Some(b)) = (a, b) else { return "unknown" };
    if way == Way::Plain {
        return "plain";
    }
    if (b - a).abs() <= SAME * a.abs().max(b.abs()) {
        return "same";
    }
    if (b < a) == (way == Way::Less) { "better" } else { "worse" }
}

/// b / a; null where that says nothing.
pub fn ratio(a: f64, b: f64) -> Value {
    if a == b {
        json!(1.0)
    } else if a == 0.0 {
        Value::Null
    } else {
        json!(b / a)
    }
}

pub fn measures(a: &Digest, b: &Digest, scale: (f64, f64)) -> Vec<Value> {
    let reasons = reasons([a, b].into_iter());
    // N.B. both have the same measures but for windows of utilization, which all digests have alike.
    let (of_a, of_b) = (of(a, &reasons), of(b, &reasons));
    let pairs = of_a.iter().filter_map(|m| Some((m, of_b.iter().find(|n| n.id == m.id)?)));
    pairs
        .map(|(m, n)| {
            let (va, vb) = (scaled(m, scale.0), scaled(n, scale.1));
            let both = va.zip(vb);
            json!({
                "id": m.id,
                "title": m.title,
                "unit": m.unit,
                "a": va,
                "b": vb,
                "difference": both.map(|(a, b)| b - a),
                "ratio": both.map_or(Value::Null, |(a, b)| ratio(a, b)),
                "change": change(m.way, va, vb),
            })
        })
        .collect()
}

pub fn series(runs: &[Digest], scales: &[f64]) -> Vec<Value> {
    let reasons = reasons(runs.iter());
    let all: Vec<Vec<Measure>> = runs.iter().map(|r| of(r, &reasons)).collect();
    let Some(first) = all.first() else { return Vec::new() };
    first
        .iter()
        .map(|m| {
            let values: Vec<Option<f64>> = all
                .iter()
                .zip(scales)
                .map(|(list, s)| list.iter().find(|n| n.id == m.id).and_then(|n| scaled(n, *s)))
                .collect();
            let (a, b) = (values.first().copied().flatten(), values.last().copied().flatten());
            json!({"id": m.id, "title": m.title, "unit": m.unit, "change": change(m.way, a, b), "values": values})
        })
        .collect()
}
