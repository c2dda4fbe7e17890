//! Every question to a trace: the parts of its time sum to the whole, and damage never ends in a panic.

use std::path::PathBuf;

use serde_json::Value;
use tracewell_analysis::exact_slices::{self, Rows};
use tracewell_analysis::mmu::{Ask, Flags};
use tracewell_analysis::profile_scope::Ask as Names;
use tracewell_analysis::profiles::{self, Profile};
use tracewell_analysis::stats::Clip;
use tracewell_analysis::{
    causes, counters, gc, goroutines, info, mmu, pprof, reference_profiles, regions, tasks,
};

const PROFILES: [Profile; 5] = [Profile::Net, Profile::Sync, Profile::Syscall, Profile::Sched, Profile::Cpu];

fn fixtures(folder: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(folder)
}

fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(fixtures("traces").join(format!("{name}.trace"))).unwrap()
}

fn mmu_ask(as_reference: bool, per_proc: bool) -> Ask {
    let flags = Flags { stw: true, background: true, assist: true, sweep: true, per_proc };
    Ask { flags, windows: vec![1000, 1_000_000], worst_of: Some(10_000), quantiles: true, as_reference }
}

/// Asks everything; answers do not matter.
fn ask_all(bytes: &[u8]) {
    let names = Names::default();
    for as_reference in [false, true] {
        let _ = goroutines::read(bytes, 0, as_reference, Clip::ALL).map(|(g, _)| {
            g.lines().count();
            g.groups()
        });
        let _ = tasks::read(bytes, 0, as_reference, Clip::ALL).map(|(a, _)| a.into_value());
        let _ = regions::read(bytes, 0, as_reference, Clip::ALL).map(|(a, _)| a.into_value());
        for per_proc in [false, true] {
            let _ = mmu::read(bytes, 0, &mmu_ask(as_reference, per_proc), Clip::ALL);
        }
    }
    for profile in PROFILES {
        let _ = profiles::read(bytes, 0, profile, &names, Clip::ALL).map(|(r, _)| pprof::encode(&r));
        let _ = reference_profiles::read(bytes, 0, profile, &names).map(|(r, _)| r.json());
    }
    let _ = gc::read(bytes, 0, Clip::ALL).map(|(a, _)| a.into_value());
    let _ = causes::read(bytes, 0, 1, 1000);
    for rows in [Rows::Procs, Rows::Gc, Rows::Goroutines, Rows::Threads] {
        let _ = exact_slices::read(bytes, 0, rows, 0, i64::MAX);
    }
}

#[test]
fn damage_never_ends_in_a_panic() {
    for entry in std::fs::read_dir(fixtures("broken")).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        if info::read(&bytes, 0).is_ok() {
            ask_all(&bytes);
        }
    }
    for (name, step) in [("go1.26-tiny", 3), ("go1.22-tiny", 3), ("go1.23-coro", 101), ("go1.26-cgoish", 101)]
    {
        let bytes = fixture(name);
        for at in (0..bytes.len()).step_by(step) {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            ask_all(&changed);
            changed[at] = if at % 2 == 0 { 0xff } else { 0 };
            ask_all(&changed);
            ask_all(&bytes[..at]);
        }
    }
}

fn parts_of(end: i64) -> Vec<Clip> {
    let cuts = [i64::MIN, end / 9, end / 3, end / 2 + 1, end / 2 + 2, i64::MAX];
    cuts.windows(2).map(|w| Clip { from: w[0], to: w[1] }).collect()
}

fn sum(of: impl Iterator<Item = Value>, key: &str) -> i64 {
    of.map(|v| v[key].as_i64().unwrap()).sum()
}

#[test]
fn parts_of_a_trace_sum_to_the_whole() {
    for name in ["go1.26-locks", "go1.26-netsys", "go1.22-tasks", "go1.25-flightrec"] {
        let bytes = fixture(name);
        let end = info::read(&bytes, 0).unwrap().1.end_nanos;
        let asked: [&dyn Fn(Clip) -> Vec<i64>; 4] = [
            &|clip| {
                let (all, _) = goroutines::read(&bytes, 0, false, clip).unwrap();
                let keys = ["exec", "sched_wait", "syscall", "syscall_block", "total"];
                keys.map(|k| sum(all.lines(), k)).to_vec()
            },
            &|clip| {
                let mut out = Vec::new();
                for profile in PROFILES {
                    let v = profiles::read(&bytes, 0, profile, &Names::default(), clip).unwrap().0.json();
                    for part in [&v, &v["still"]] {
                        out.push(part["count"].as_i64().unwrap());
                        out.push(part["delay_ns"].as_i64().unwrap());
                    }
                }
                out
            },
            &|clip| {
                let v = gc::read(&bytes, 0, clip).unwrap().0.into_value();
                let rows = || v["goroutines"].as_array().unwrap().iter().cloned();
                ["stw_ns", "mark_ns", "assist_ns", "sweep_ns"].map(|k| sum(rows(), k)).to_vec()
            },
            &|clip| {
                let v = regions::read(&bytes, 0, false, clip).unwrap().0.into_value();
                let t = tasks::read(&bytes, 0, false, clip).unwrap().0.into_value();
                let types = |v: &Value, k: &str| v[k].as_array().unwrap().clone().into_iter();
                vec![
                    sum(types(&v, "region_types"), "n"),
                    sum(types(&v, "region_types"), "sum_ns"),
                    sum(types(&t, "task_types"), "n"),
                    sum(types(&t, "task_types"), "complete"),
                ]
            },
        ];
        for (i, ask) in asked.iter().enumerate() {
            let whole = ask(Clip::ALL);
            let mut parts = vec![0; whole.len()];
            for clip in parts_of(end) {
                parts.iter_mut().zip(ask(clip)).for_each(|(sum, v)| *sum += v);
            }
            assert_eq!(parts, whole, "{name}, question {i}");
        }
        // Areas under the counters, which are means × time.
        let area = |clip: Clip| {
            let v = counters::read_at(&bytes, 0, Vec::new(), false, clip).unwrap().0;
            let nanos = clip.to.min(end) - clip.from.max(0);
            v["mean"]["goroutines"]["runnable"].as_f64().unwrap() * nanos as f64
        };
        let parts: f64 = parts_of(end).into_iter().map(area).sum();
        assert!((parts - area(Clip::ALL)).abs() < 1e-6 * parts.max(1.0), "{name}");
    }
}

#[test]
fn names_narrow_a_profile() {
    let bytes = fixture("go1.26-tasks");
    let ask = |function: Option<&str>, region: Option<&str>| {
        let names = Names { function: function.map(Into::into), region: region.map(Into::into) };
        let read = profiles::read(&bytes, 0, Profile::Sync, &names, Clip::ALL);
        read.map(|(r, _)| r.json()["delay_ns"].as_i64().unwrap())
    };
    let (all, _) = goroutines::read(&bytes, 0, false, Clip::ALL).unwrap();
    let main = all.lines().find(|g| g["name"] == "main.main").unwrap();
    // It waits for a channel and a WaitGroup, and both end.
    let waits = main["block"]["chan send"].as_i64().unwrap() + main["block"]["sync"].as_i64().unwrap();
    assert_eq!(ask(Some("main.main"), None).unwrap(), waits);
    // The region begins before all that main waits for.
    assert_eq!(ask(Some("main.main"), Some("main.background")).unwrap(), waits);
    assert!(ask(None, Some("validate")).unwrap() < ask(None, None).unwrap());
    assert!(ask(Some("no.such"), None).is_err() && ask(None, Some("no such")).is_err());
}
