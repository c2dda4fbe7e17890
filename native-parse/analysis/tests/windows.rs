//! A range that is told from borders is the same as one from a pass over the whole trace, field by field.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::{Value, json};
use tracewell_analysis::desk::{Call, Desk, Filter, MmuAsk, ProfileAsk, Sort, Table, TableAsk};
use tracewell_analysis::mmu::Flags;
use tracewell_analysis::profiles::Profile;
use tracewell_analysis::stats::Clip;
use tracewell_source::{Result, Source};

const PROFILES: [Profile; 7] = [
    Profile::Net,
    Profile::Sync,
    Profile::Syscall,
    Profile::Sched,
    Profile::Cpu,
    Profile::Other,
    Profile::Wall,
];
const FLAGS: Flags = Flags { stw: true, background: true, assist: true, sweep: true, per_proc: false };

fn call<T>(ask: impl FnOnce(&Call<'_>) -> T) -> T {
    let stop = AtomicBool::new(false);
    ask(&Call { stop: &stop, progress: &|_| () })
}

fn rows(desk: &Desk, table: Table, clip: Clip) -> Result<Value> {
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

type Ask = Box<dyn Fn(&Desk, Clip) -> Result<Value>>;

/// What the pages show of a range.
fn questions() -> Vec<(String, Ask)> {
    let mut all: Vec<(String, Ask)> = vec![
        ("groups".into(), Box::new(|d, r| call(|c| d.goroutine_groups(r, c)))),
        ("gc".into(), Box::new(|d, r| call(|c| d.gc(r, c)))),
        ("regions".into(), Box::new(|d, r| call(|c| d.region_types(r, c)))),
        ("tasks".into(), Box::new(|d, r| call(|c| d.task_types(r, c)))),
        ("parallelism".into(), Box::new(|d, r| call(|c| d.parallelism(r, c)))),
        ("digest".into(), Box::new(|d, r| call(|c| d.digest(r, c)))),
        (
            "mmu".into(),
            Box::new(|d, clip| {
                let (windows, worst_of) = (Some(vec![1000, 1_000_000]), Some(10_000));
                let ask = MmuAsk { clip, flags: FLAGS, windows, worst_of, quantiles: true };
                call(|c| d.mmu(&ask, c))
            }),
        ),
    ];
    for table in [Table::Goroutines, Table::Tasks, Table::Regions] {
        all.push((format!("{table:?}"), Box::new(move |d, r| rows(d, table, r))));
    }
    for profile in PROFILES {
        for by_waiter in [false, true] {
            let ask: Ask = Box::new(move |d, clip| {
                let ask = ProfileAsk { profile, clip, filter: Filter::default(), by_waiter };
                call(|c| d.profile(&ask, "", c))
            });
            all.push((format!("{profile:?} by waiter {by_waiter}"), ask));
        }
    }
    all
}

/// Numbers from a seed, the same in each run.
struct Numbers(u64);

impl Numbers {
    fn up_to(&mut self, n: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        ((u128::from(self.0 >> 1) * (n as u128 + 1)) >> 63) as i64
    }
}

/// Ranges of a trace: at random, and with ends at and beside what happens.
fn ranges(duration: i64, times: &[i64], numbers: &mut Numbers, count: usize) -> Vec<Clip> {
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

/// Asks everything of some ranges both ways. Answers how many borders there were, and how often they were of no use.
fn compare(name: &str, bytes: Vec<u8>, count: usize) -> (usize, usize) {
    let source = Arc::new(Source::from_bytes(bytes));
    let desk = |every| Desk::new(source.clone(), 0, 1 << 26).with_borders_every(every);
    let (cut, plain) = (desk(1), desk(u64::MAX));
    let Ok(times) = call(|c| cut.border_times(c)) else { return (0, 0) };
    let borders = times.len();
    let all = questions();
    for (what, ask) in &all {
        assert_eq!(ask(&cut, Clip::ALL).ok(), ask(&plain, Clip::ALL).ok(), "{name}: {what}");
    }
    if borders == 0 {
        return (0, 0);
    }
    let digest = call(|c| plain.digest(Clip::ALL, c)).unwrap();
    let duration = digest["durationNanos"].as_i64().unwrap();
    let mut numbers = Numbers(duration as u64 | 1);
    for clip in ranges(duration, &times, &mut numbers, count) {
        for (what, ask) in &all {
            let (got, want) = (ask(&cut, clip).ok(), ask(&plain, clip).ok());
            assert!(got == want, "{name}: {what} of {clip:?}\n{}", differ("", &got, &want));
        }
    }
    (borders, cut.whole_passes())
}

/// Where two answers differ first.
fn differ(at: &str, got: &Option<Value>, want: &Option<Value>) -> String {
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

fn fixtures(folder: &str) -> Vec<(String, Vec<u8>)> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(folder);
    let mut all: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap().path()).collect();
    all.sort();
    all.retain(|p| p.is_file());
    all.into_iter().map(|p| (p.display().to_string(), std::fs::read(&p).unwrap())).collect()
}

#[test]
fn ranges_from_borders_are_those_of_whole_passes() {
    let (mut with_borders, mut borders) = (0, 0);
    for (name, bytes) in fixtures("traces") {
        let (some, passes) = compare(&name, bytes, 12);
        println!("{name}: {some} borders, {passes} whole passes");
        with_borders += usize::from(some > 0);
        borders += some;
    }
    assert!(with_borders >= 2 && borders >= 6, "{with_borders} traces with {borders} borders");
}

#[test]
fn so_are_those_of_broken_traces() {
    for (name, bytes) in fixtures("broken") {
        let (some, passes) = compare(&name, bytes, 4);
        println!("{name}: {some} borders, {passes} whole passes");
    }
}
