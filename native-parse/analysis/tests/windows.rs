//! A range that is told from borders is the same as one from a pass over the whole trace, field by field.

mod common;

use std::sync::Arc;

use common::{Numbers, PROFILES, call, differ, fixtures, ranges, rows};
use serde_json::Value;
use tracewell_analysis::desk::{Desk, Filter, MmuAsk, ProfileAsk, Table};
use tracewell_analysis::mmu::Flags;
use tracewell_analysis::stats::Clip;
use tracewell_source::{Result, Source};

const FLAGS: Flags = Flags { stw: true, background: true, assist: true, sweep: true, per_proc: false };

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
