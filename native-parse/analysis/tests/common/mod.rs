//! What tests of ranges have in common.
#![allow(dead_code, reason = "no test needs all of it")]

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};
use tracewell_analysis::desk::{Call, Desk, Sort, Table, TableAsk};
use tracewell_analysis::profiles::Profile;
use tracewell_analysis::stats::Clip;
use tracewell_source::Result;

pub const PROFILES: [Profile; 7] = [
    Profile::Net,
    Profile::Sync,
    Profile::Syscall,
    Profile::Sched,
    Profile::Cpu,
    Profile::Other,
    Profile::Wall,
];

pub fn call<T>(ask: impl FnOnce(&Call<'_>) -> T) -> T {
    let stop = AtomicBool::new(false);
    ask(&Call { stop: &stop, progress: &|_| () })
}

/// Numbers from a seed, the same in each run.
pub struct Numbers(pub u64);

impl Numbers {
    pub fn up_to(&mut self, n: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((u128::from(self.0 >> 1) * (n as u128 + 1)) >> 63) as i64
    }
}

/// Ranges of a trace: at random, and with ends at and beside what happens.
pub fn ranges(duration: i64, times: &[i64], numbers: &mut Numbers, count: usize) -> Vec<Clip> {
    let mut out = Vec::new();
    for i in 0..count {
        let mut one = |i: usize| match i % 3 {
            0 if !times.is_empty() => {
                times[numbers.up_to(times.len() as i64 - 1) as usize] + numbers.up_to(2) - 1
            }
            _ => numbers.up_to(duration),
        };
        let (a, b) = (one(i), one(i / 3));
        out.push(Clip { from: a.min(b), to: a.max(b) });
    }
    let half = duration / 2;
    out.extend(
        [(0, half), (half, duration), (0, duration), (-5, duration + 5), (half, half)]
            .map(|r| Clip { from: r.0, to: r.1 }),
    );
    out
}

/// Where two answers differ first.
pub fn differ(at: &str, got: &Option<Value>, want: &Option<Value>) -> String {
    match (got, want) {
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            for (k, v) in a {
                let w = b.get(k).cloned();
                if w.as_ref() != Some(v) {
                    return differ(&format!("{at}.{k}"), &Some(v.clone()), &w);
                }
            }
            format!("{at}: fewer fields")
        }
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            for (i, v) in a.iter().enumerate() {
                let w = b.get(i).cloned();
                if w.as_ref() != Some(v) {
                    return differ(&format!("{at}[{i}]"), &Some(v.clone()), &w);
                }
            }
            format!("{at}: {} of {}", a.len(), b.len())
        }
        _ => format!("{at}: {got:?} and not {want:?}"),
    }
}

pub fn fixtures(folder: &str) -> Vec<(String, Vec<u8>)> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(folder);
    let mut all: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    all.sort();
    all.retain(|p| p.is_file());
    all.into_iter().map(|p| (p.display().to_string(), std::fs::read(&p).unwrap())).collect()
}

/// All rows of a table, by id.
pub fn rows(desk: &Desk, table: Table, clip: Clip) -> Result<Value> {
    let sort = vec![Sort { column: "id".into(), descending: false }];
    let ask = TableAsk {
        table,
        clip,
        name: None,
        frame: None,
        find: String::new(),
        filter: None,
        within: Vec::new(),
        sort,
        bars: Vec::new(),
    };
    let opened = call(|c| desk.open_table(&ask, c))?;
    let mut all = Vec::new();
    for from in (0..opened["rowCount"].as_u64().unwrap() as usize).step_by(500) {
        all.push(desk.read_rows(opened["tableId"].as_u64().unwrap(), from, 500)?);
    }
    desk.close_table(opened["tableId"].as_u64().unwrap());
    Ok(json!([opened["rowCount"], opened["totalCount"], all]))
}
