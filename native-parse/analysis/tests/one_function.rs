//! What one function, type of regions or task did is the same from what the pass over all found as from one of its own.

mod common;

use std::collections::BTreeSet;
use std::sync::Arc;

use common::{Numbers, PROFILES, call, differ, fixtures, ranges, rows};
use serde_json::{Value, json};
use tracewell_analysis::desk::{Desk, Filter, ProfileAsk, Table};
use tracewell_analysis::profiles::Profile;
use tracewell_analysis::stats::Clip;
use tracewell_source::Source;

/// Stacks with their frames' texts, in an order that numbers of frames do not decide.
fn told(mut profile: Value) -> Value {
    let frames = profile["frames"].take();
    for part in ["ended", "still"] {
        let Value::Array(stacks) = &mut profile[part]["stacks"] else { continue };
        for s in stacks.iter_mut() {
            let of = s["frames"].as_array().unwrap().iter();
            s["frames"] = of.map(|f| frames[f.as_u64().unwrap() as usize].clone()).collect();
        }
        stacks.sort_by_key(Value::to_string);
    }
    profile
}

fn sorted(mut graph: Value) -> Value {
    for list in ["states", "steps"] {
        graph[list].as_array_mut().unwrap().sort_by_key(Value::to_string);
    }
    graph
}

fn profiles(desk: &Desk, clip: Clip, filter: &Filter) -> tracewell_source::Result<Value> {
    let mut all = Vec::new();
    for profile in PROFILES {
        for by_waiter in [false, true] {
            let ask = ProfileAsk { profile, clip, filter: filter.clone(), by_waiter };
            all.push(told(call(|c| desk.profile(&ask, "", c))?));
        }
    }
    Ok(json!(all))
}

fn said(got: &Result<Value, String>, want: &Result<Value, String>) -> String {
    match (got, want) {
        (Ok(got), Ok(want)) => differ("", &Some(got.clone()), &Some(want.clone())),
        _ => format!("{:?} and not {:?}", got.as_ref().err(), want.as_ref().err()),
    }
}

/// Some of a list, from its begin to its end.
fn some<T: Clone>(list: &[T], most: usize) -> Vec<T> {
    let step = list.len().div_ceil(most).max(1);
    list.iter().step_by(step).cloned().collect()
}

fn texts(list: &Value) -> Vec<String> {
    let all: BTreeSet<String> =
        list.as_array().into_iter().flatten().map(|v| v["name"].as_str().unwrap().to_string()).collect();
    all.into_iter().collect()
}

fn filters(desk: &Desk, most: usize) -> Vec<Filter> {
    let functions = some(&texts(&call(|c| desk.goroutine_groups(Clip::ALL, c)).unwrap()), most);
    let regions = some(&texts(&call(|c| desk.region_types(Clip::ALL, c)).unwrap()), most);
    let mut all: Vec<Filter> = Vec::new();
    for f in functions.iter().cloned().chain(["no function".into()]) {
        all.push(Filter { function: Some(f), ..Filter::default() });
    }
    for r in regions.iter().cloned().chain(["no region".into()]) {
        all.push(Filter { region: Some(r), ..Filter::default() });
    }
    if let (Some(f), Some(r)) = (functions.first(), regions.first()) {
        all.push(Filter { function: Some(f.clone()), region: Some(r.clone()), ..Filter::default() });
    }
    let rows = rows(desk, Table::Tasks, Clip::ALL).unwrap();
    let tasks = rows[2].as_array().unwrap().iter().flat_map(|part| part.as_array().unwrap());
    let tasks: Vec<u64> = tasks.map(|t| t["id"].as_u64().unwrap()).collect();
    all.extend(some(&tasks, most).into_iter().map(|t| Filter { task: Some(t), ..Filter::default() }));
    all
}

/// Answers how many answers had something in them.
fn compare(name: &str, bytes: Vec<u8>, most: usize, count: usize) -> usize {
    let source = Arc::new(Source::from_bytes(bytes));
    let desk = |every| Desk::new(source.clone(), 0, 1 << 26).with_borders_every(every);
    let (cut, plain) = (desk(1), desk(u64::MAX).without_sums());
    let Ok(digest) = call(|c| cut.digest(Clip::ALL, c)) else { return 0 };
    let (duration, times) =
        (digest["durationNanos"].as_i64().unwrap(), call(|c| cut.border_times(c)).unwrap());
    let mut numbers = Numbers(duration as u64 | 1);
    let mut clips = ranges(duration, &times, &mut numbers, count);
    clips.truncate(count + 1);
    clips.insert(0, Clip::ALL);
    let mut with = 0;
    for filter in filters(&cut, most) {
        for clip in &clips {
            let got = profiles(&cut, *clip, &filter).map_err(|e| e.message);
            let want = profiles(&plain, *clip, &filter).map_err(|e| e.message);
            with += usize::from(want.as_ref().is_ok_and(|w| w.to_string().contains("\"count\":1")));
            assert!(got == want, "{name}: {filter:?} of {clip:?}\n{}", said(&got, &want));
            let Filter { function: Some(f), region: None, .. } = &filter else { continue };
            let graph = |d: &Desk| call(|c| d.state_graph(*clip, f, c)).map(sorted).map_err(|e| e.message);
            let (got, want) = (graph(&cut), graph(&plain));
            assert!(got == want, "{name}: states of {f} of {clip:?}\n{}", said(&got, &want));
        }
    }
    with
}

#[test]
fn parts_of_profiles_are_those_of_passes() {
    let mut with = 0;
    for (name, bytes) in fixtures("traces") {
        let some = compare(&name, bytes, 4, 3);
        println!("{name}: {some}");
        with += some;
    }
    assert!(with > 100, "{with}");
}

#[test]
fn so_are_those_of_broken_traces() {
    for (name, bytes) in fixtures("broken") {
        compare(&name, bytes, 3, 1);
    }
}

#[test]
fn a_function_takes_no_pass_of_its_own() {
    let (name, bytes) = fixtures("traces").into_iter().max_by_key(|f| f.1.len()).unwrap();
    let desk = Desk::new(Arc::new(Source::from_bytes(bytes)), 0, 1 << 26);
    for filter in filters(&desk, 8).into_iter().filter(|f| f.task.is_none()) {
        let ask = ProfileAsk { profile: Profile::Sync, clip: Clip::ALL, filter, by_waiter: false };
        let _ = call(|c| desk.profile(&ask, "", c));
        let function = ask.filter.function.unwrap_or_default();
        let _ = call(|c| desk.state_graph(Clip::ALL, &function, c));
    }
    assert_eq!(desk.own_passes(), 0, "{name}");
}
