//! What a goroutine did is the same from its diary and the segments around it as from a pass over its life.

mod common;

use std::sync::Arc;

use common::{Numbers, call, differ, fixtures, ranges, rows};
use serde_json::{Value, json};
use tracewell_analysis::desk::{Desk, Table};
use tracewell_analysis::stats::Clip;
use tracewell_source::{Result, Source};

fn details(desk: &Desk, clip: Clip, g: i64) -> Result<Value> {
    let part = |from: usize, count: usize| call(|c| desk.goroutine(clip, g, from, count, c));
    let first = part(0, 500)?;
    let count = first["stayCount"].as_u64().unwrap() as usize;
    // All of its history, in pieces that begin anywhere.
    let step = (count / 3).clamp(1, 500);
    let pieces: Vec<Value> =
        (0..count).step_by(step).take(40).map(|i| part(i, step).unwrap()["stays"].take()).collect();
    let behind = part(count.saturating_sub(2), 500)?["stays"].take();
    Ok(json!([first, pieces, behind]))
}

/// By falling time of life, and some of the others.
fn some_goroutines(desk: &Desk, most: usize) -> Vec<i64> {
    let all = rows(desk, Table::Goroutines, Clip::ALL).unwrap();
    let all = all[2].as_array().unwrap().iter().flat_map(|part| part.as_array().unwrap());
    let mut all: Vec<(i64, i64)> =
        all.map(|r| (-r["totalNanos"].as_i64().unwrap(), r["id"].as_i64().unwrap())).collect();
    all.sort_unstable();
    let step = (all.len() / most).max(1);
    let longest = all.iter().take(most);
    longest.chain(all.iter().skip(most).step_by(step)).map(|r| r.1).collect()
}

/// Answers how many borders there were.
fn compare(name: &str, bytes: Vec<u8>, most: usize, count: usize, may_pass: bool, early: usize) -> usize {
    let source = Arc::new(Source::from_bytes(bytes));
    let desk = |every| Desk::new(source.clone(), 0, 1 << 26).with_borders_every(every);
    let (cut, plain) = (desk(1).with_early(early), desk(u64::MAX));
    let Ok(digest) = call(|c| cut.digest(Clip::ALL, c)) else { return 0 };
    let (duration, times) =
        (digest["durationNanos"].as_i64().unwrap(), call(|c| cut.border_times(c)).unwrap());
    if times.is_empty() {
        return 0;
    }
    let mut numbers = Numbers(duration as u64 | 1);
    let mut clips = ranges(duration, &times, &mut numbers, count);
    clips.insert(0, Clip::ALL);
    let ids = some_goroutines(&cut, most);
    for clip in clips {
        for g in &ids {
            let (got, want) = (details(&cut, clip, *g).ok(), details(&plain, clip, *g).ok());
            assert!(got == want, "{name}: G{g} of {clip:?}\n{}", differ("", &got, &want));
        }
        for some in ids.chunks(6) {
            let strips = |desk: &Desk| call(|c| desk.strips(clip, some, 700, c)).ok();
            let (got, want) = (strips(&cut), strips(&plain));
            assert!(got == want, "{name}: strips of {some:?} of {clip:?}\n{}", differ("", &got, &want));
        }
        if clip.is_all() {
            assert!(may_pass || cut.passes_of_lives() == 0, "{name}: {}", cut.passes_of_lives());
        }
    }
    times.len()
}

#[test]
fn goroutines_from_diaries_are_those_of_passes() {
    let mut borders = 0;
    for (name, bytes) in fixtures("traces") {
        for early in [4096, 3, 1] {
            let some = compare(&name, bytes.clone(), 8, 4, false, early);
            println!("{name}: {some} borders");
            borders += some;
        }
    }
    assert!(borders >= 18, "{borders}");
}

#[test]
fn so_are_those_of_broken_traces() {
    for (name, bytes) in fixtures("broken") {
        compare(&name, bytes, 4, 2, true, 2);
    }
}
