//! Sums in the shape of `TimeSums`, and what a column or a chart measures.

use serde_json::{Map, Value, json};
use tracewell_order::Symbols;

use crate::event_lines::range_name;
use crate::stats::Stats;

/// Sums of states, and what passed under the collector: stops of the world, marking.
pub fn write(out: &mut Value, stats: &Stats, collected: (i64, i64), symbols: &Symbols) {
    let Value::Object(out) = out else { return };
    let mut put = |name: &str, v: Value| {
        out.insert(name.into(), v);
    };
    put("totalNanos", json!(stats.total));
    put("execNanos", json!(stats.exec));
    put("schedWaitNanos", json!(stats.sched_wait));
    put("syscallNanos", json!(stats.syscall));
    put("syscallBlockNanos", json!(stats.syscall_block));
    put("blockNanos", named(stats.block.iter().map(|(k, v)| (symbols.text(*k).to_string(), *v))));
    put("rangeNanos", named(stats.range.iter().map(|(k, v)| (range_name(*k, symbols), *v))));
    put("unknownNanos", json!(stats.unknown()));
    put("gcPauseNanos", json!(collected.0));
    put("gcMarkNanos", json!(collected.1));
}

fn named(of: impl Iterator<Item = (String, i64)>) -> Value {
    Value::Object(of.filter(|(_, v)| *v != 0).map(|(k, v)| (k, json!(v))).collect::<Map<_, _>>())
}

/// `Measure` of the contract.
#[derive(Clone, PartialEq, Debug)]
pub enum Measure {
    Total,
    Exec,
    SchedWait,
    Syscall,
    SyscallBlock,
    Block,
    Unknown,
    GcPause,
    GcMark,
    Reason(String),
    Range(String),
}

impl Measure {
    pub fn parse(text: &str) -> Option<Measure> {
        Some(match text {
            "total" => Measure::Total,
            "exec" => Measure::Exec,
            "schedWait" => Measure::SchedWait,
            "syscall" => Measure::Syscall,
            "syscallBlock" => Measure::SyscallBlock,
            "block" => Measure::Block,
            "unknown" => Measure::Unknown,
            "gcPause" => Measure::GcPause,
            "gcMark" => Measure::GcMark,
            _ => match text.split_once(':')? {
                ("block", reason) => Measure::Reason(reason.into()),
                ("range", name) => Measure::Range(name.into()),
                _ => return None,
            },
        })
    }

    pub fn needs_collector(&self) -> bool {
        matches!(self, Measure::GcPause | Measure::GcMark)
    }

    /// Units: ns.
    pub fn of(&self, stats: &Stats, collected: (i64, i64), symbols: &Symbols) -> i64 {
        match self {
            Measure::Total => stats.total,
            Measure::Exec => stats.exec,
            Measure::SchedWait => stats.sched_wait,
            Measure::Syscall => stats.syscall,
            Measure::SyscallBlock => stats.syscall_block,
            Measure::Block => stats.block.iter().map(|b| b.1).sum(),
            Measure::Unknown => stats.unknown(),
            Measure::GcPause => collected.0,
            Measure::GcMark => collected.1,
            Measure::Reason(r) => stats.block.iter().filter(|b| symbols.text(b.0) == r).map(|b| b.1).sum(),
            Measure::Range(r) => {
                stats.range.iter().filter(|b| range_name(b.0, symbols) == *r).map(|b| b.1).sum()
            }
        }
    }
}
