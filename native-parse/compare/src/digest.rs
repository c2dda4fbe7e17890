//! What is known of one side. Unknown fields are let be, so that a digest may learn more.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Digest {
    pub from_nanos: i64,
    pub to_nanos: i64,
    pub duration_nanos: i64,
    pub event_count: u64,
    pub goroutine_count: u64,
    /// Time that there was on all processors.
    pub proc_nanos: i64,
    pub sums: Sums,
    pub groups: Vec<Group>,
    pub profiles: BTreeMap<String, Profile>,
    pub task_types: Vec<Type>,
    pub region_types: Vec<Type>,
    /// Of one wait for a processor.
    pub sched_latency: Vec<Quantile>,
    pub mmu: Vec<MmuPoint>,
    pub gc: Collector,
}

/// Units: ns.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Sums {
    pub total_nanos: i64,
    pub exec_nanos: i64,
    pub sched_wait_nanos: i64,
    pub syscall_nanos: i64,
    pub syscall_block_nanos: i64,
    pub block_nanos: BTreeMap<String, i64>,
}

impl Sums {
    pub fn block(&self) -> i64 {
        self.block_nanos.values().fold(0, |a, b| a.saturating_add(*b))
    }
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Group {
    pub name: String,
    pub count: u64,
    pub is_system: bool,
    /// Median, 95th and 99th percentile of one goroutine, by figure (`execNanos` …), ns.
    pub spread: BTreeMap<String, Vec<i64>>,
    #[serde(flatten)]
    pub sums: Sums,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Profile {
    pub frames: Vec<Frame>,
    pub ended: Part,
    pub still: Part,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
pub struct Frame {
    pub function: String,
    pub file: String,
    pub line: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Part {
    pub count: u64,
    pub delay_nanos: i64,
    pub stacks: Vec<Stack>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Stack {
    pub frames: Vec<usize>,
    pub count: u64,
    pub delay_nanos: i64,
    pub max_nanos: i64,
}

/// Tasks of one type, or regions of one name and frame.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Type {
    pub name: String,
    pub frame: String,
    pub count: u64,
    pub complete_count: u64,
    pub histogram: Histogram,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Histogram {
    pub count: u64,
    pub sum_nanos: i64,
    pub buckets: Vec<Bucket>,
    pub quantiles: Vec<Quantile>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Bucket {
    pub from_nanos: i64,
    pub to_nanos: i64,
    pub count: u64,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
pub struct Quantile {
    pub q: f64,
    pub nanos: i64,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MmuPoint {
    pub window_nanos: i64,
    pub values: Vec<Option<f64>>,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Collector {
    pub cycle_count: u64,
    pub stop_count: u64,
    pub stop_nanos: i64,
    pub longest_stop_nanos: i64,
    pub mark_nanos: i64,
    pub assist_nanos: i64,
    pub heap_max_bytes: Option<i64>,
    pub cpu_share: Option<f64>,
}

impl Digest {
    pub fn complete_tasks(&self) -> u64 {
        self.task_types.iter().map(|t| t.complete_count).sum()
    }
}
