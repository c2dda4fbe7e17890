//! Rows by goroutine, thread and task against every span of the trace, computed by brute force (`analysis::lives`, which is
//! checked against goldens of its own).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tracewell_analysis::lives::{FlowKind, Life, LifeFlow, LifeSpan, LifeState, Lives};
use tracewell_analysis::{causes, exact_slices, run};
use tracewell_index::{Plan, SpanState};
use tracewell_order::{Event, Flow, Kind, Sink, Stage};
use tracewell_slice::{Options, RowFacts, RowKind, RowOrder, RowQuestion, TILE_BUCKETS, Trace};
use tracewell_source::Source;

/// Behind an @: events of a part, into which generations are cut; without: these traces are too short for parts.
const TRACES: [&str; 18] = [
    "go1.26-gcheavy",
    "go1.26-gcheavy@500",
    "go1.26-pprofsrv5@100",
    "go1.26-pprofsrv5",
    "go1.26-tasks@50",
    "go1.26-tasks",
    "go1.23-netsys",
    "go1.23-netsys@80",
    "go1.25-flightrec2",
    "go1.25-flightrec2@300",
    "go1.22-cpuprofile",
    "go1.22-cpuprofile@200",
    "go1.18-netsys",
    "go1.21-locks-p64",
    "go1.19-tasks",
    "go1.26-locks",
    "go1.26-locks@250",
    "go1.26-locks@1000",
];

fn fixture(name: &str) -> PathBuf {
    let name = name.split('@').next().unwrap_or(name);
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/traces")
        .join(format!("{name}.trace"))
}

/// start, end, state, reason: running is one, assists in it or not.
type Brute = (i64, i64, u8, String);

#[derive(Default)]
struct All {
    spans: BTreeMap<i64, Vec<LifeSpan>>,
}

impl Lives for All {
    const TOPS: bool = true;
    fn span(&mut self, life: &Life, s: &LifeSpan) {
        if s.end > s.start {
            self.spans.entry(life.g).or_default().push(*s);
        }
    }
}

fn state_of(s: LifeState) -> SpanState {
    match s {
        LifeState::Running => SpanState::Running,
        LifeState::Runnable => SpanState::Runnable,
        LifeState::Waiting => SpanState::Waiting,
        LifeState::Syscall => SpanState::Syscall,
        LifeState::SyscallBlocked => SpanState::SyscallBlocked,
    }
}

/// Every stay of every goroutine, by goroutine and begin.
fn brute(name: &str) -> BTreeMap<i64, Vec<Brute>> {
    brute_of(&fixture(name))
}

fn brute_of(path: &Path) -> BTreeMap<i64, Vec<Brute>> {
    let bytes = std::fs::read(path).unwrap();
    let mut all = All::default();
    let (_, symbols) = run::lives(&bytes, 0, &mut all).unwrap();
    let text = |s: &LifeSpan| {
        if s.state == LifeState::Waiting { symbols.text(s.reason).to_string() } else { String::new() }
    };
    all.spans
        .iter()
        .map(|(g, v)| {
            let mut v: Vec<Brute> =
                v.iter().map(|s| (s.start, s.end, state_of(s.state) as u8, text(s))).collect();
            v.sort();
            (*g, v)
        })
        .collect()
}

fn opened(name: &str) -> (Trace, i64) {
    opened_at(&fixture(name), name)
}

fn opened_at(path: &Path, name: &str) -> (Trace, i64) {
    let part_events = name.split('@').nth(1).map(|n| n.parse().unwrap());
    let plan = part_events.map_or(Plan::default(), |part_events| Plan { part_events, ..Plan::default() });
    let options = Options { plan, ..Options::default() };
    let t = Trace::with(Source::open(path).unwrap(), path, options).unwrap();
    let info = t.index(None).unwrap();
    if part_events.is_some() {
        t.with_index(&mut |index| {
            assert!(index.segments.iter().any(|s| s.more_parts() > 2), "{name} has no parts")
        });
    }
    (t, info["durationNanos"].as_i64().unwrap())
}

fn question(by: RowKind) -> RowQuestion<'static> {
    RowQuestion {
        by,
        group_by_name: false,
        sort: RowOrder::Id,
        descending: false,
        ids: None,
        window: None,
        filter: None,
    }
}

/// Heads of all rows: (id, track, head).
fn heads(trace: &Trace, by: RowKind) -> Vec<Value> {
    let list = trace.open_rows(&question(by)).unwrap();
    let (id, count) = (list["rowsId"].as_u64().unwrap() as u32, list["count"].as_u64().unwrap() as usize);
    let mut out = Vec::new();
    while out.len() < count {
        let part = trace.row_heads(id, out.len(), 100).unwrap();
        out.extend(part["heads"].as_array().unwrap().iter().cloned());
    }
    trace.close_rows(id);
    out
}

fn track(head: &Value) -> u32 {
    head["track"].as_u64().unwrap() as u32
}

/// Spans of a tile of a row that covers the whole trace in buckets of so many nanoseconds.
fn wide_spans(trace: &Trace, track: u32, level: u32, tile: u64) -> Vec<Brute> {
    let t = trace.tile(level, tile, &[track]).unwrap();
    assert!(t.exact && t.complete);
    let mut out: Vec<Brute> = Vec::new();
    for ((_, s), label) in t.spans.iter().zip(&t.span_labels) {
        let state = if s.state == SpanState::Assist { SpanState::Running } else { s.state };
        let text = &t.labels[*label as usize];
        let reason =
            if state == SpanState::Waiting && text != "waiting" { text.clone() } else { String::new() };
        match out.last_mut() {
            Some(last) if last.2 == state as u8 && last.1 == s.start && state == SpanState::Running => {
                last.1 = s.end
            }
            _ => out.push((s.start, s.end, state as u8, reason)),
        }
    }
    out
}

#[test]
fn every_state_of_every_goroutine_is_that_of_the_command_line() {
    for name in TRACES {
        let brute = brute(name);
        let (trace, end) = opened(name);
        let heads = heads(&trace, RowKind::Goroutine);
        assert_eq!(heads.len(), brute.len(), "{name}: goroutines");
        for head in &heads {
            let g = head["id"].as_i64().unwrap();
            let want = &brute[&g];
            assert_eq!(head["startNanos"].as_i64(), want.first().map(|s| s.0), "{name} G{g}");
            assert_eq!(head["endNanos"].as_i64(), want.last().map(|s| s.1), "{name} G{g}");
            let sum = |states: &[SpanState]| -> i64 {
                want.iter().filter(|s| states.iter().any(|w| *w as u8 == s.2)).map(|s| s.1 - s.0).sum()
            };
            for (field, states) in [
                ("runningNanos", &[SpanState::Running][..]),
                ("runnableNanos", &[SpanState::Runnable]),
                ("waitingNanos", &[SpanState::Waiting]),
                ("syscallNanos", &[SpanState::Syscall, SpanState::SyscallBlocked]),
            ] {
                assert_eq!(head[field].as_i64(), Some(sum(states)), "{name} G{g} {field}");
            }
            // Level 0 would be the whole of it in very many tiles: here some places, to the nanosecond.
            for at in [end - 1, want[want.len() / 2].0] {
                for level in [2, 12] {
                    let tile = (at >> level) as u64 / TILE_BUCKETS as u64;
                    let from = (tile as i64 * TILE_BUCKETS as i64) << level;
                    let to = from + ((TILE_BUCKETS as i64) << level);
                    let mut got = wide_spans(&trace, track(head), level, tile);
                    let least = 16i64 << level;
                    let mut want: Vec<Brute> =
                        want.iter().filter(|s| s.0 < to && s.1 > from).cloned().collect();
                    want.retain(|s| s.1 - s.0 >= least);
                    got.retain(|s| s.1 - s.0 >= least);
                    // A run in which assists take turns may be drawn in pieces too small.
                    let whole = |v: Vec<Brute>| {
                        v.into_iter().filter(|s| s.2 != SpanState::Running as u8).collect::<Vec<_>>()
                    };
                    assert_eq!(whole(got), whole(want), "{name} G{g} level {level} tile {tile}");
                }
            }
        }
    }
}

/// Nanoseconds by state, states and begins of a bucket, by looking at every span.
fn in_bucket(spans: &[Brute], from: i64, to: i64) -> ([i64; 16], u16, usize) {
    let (mut nanos, mut mask, mut starts) = ([0; 16], 0, 0);
    for s in spans.iter().filter(|s| s.0 < to && s.1 > from) {
        nanos[usize::from(s.2)] += s.1.min(to) - s.0.max(from);
        mask |= 1 << s.2;
        starts += usize::from(s.0 >= from);
    }
    (nanos, mask, starts)
}

/// Assists are told apart on rows, and are running on the command line.
fn without_assists(mask: u16) -> u16 {
    let assist = 1 << SpanState::Assist as u16;
    if mask & assist == 0 { mask } else { mask & !assist | 1 << SpanState::Running as u16 }
}

/// Traces of the corpus beside the clone, when somebody says where; else those of the fixtures.
fn places() -> Vec<(String, PathBuf)> {
    let more = std::env::var("TRACEWELL_TEST_TRACES").unwrap_or_default();
    let fixtures = TRACES.iter().map(|n| (n.to_string(), fixture(n)));
    let more = more.split(':').filter(|p| !p.is_empty()).map(|p| (p.to_string(), PathBuf::from(p)));
    fixtures.chain(more).collect()
}

/// A sequence that is the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: i64) -> i64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as i64) % below.max(1)
    }
}

#[test]
fn f69_brute_force_is_the_folded_picture_at_random_windows() {
    for (name, path) in places() {
        let brute = brute_of(&path);
        let (trace, end) = opened_at(&path, &name);
        let heads = heads(&trace, RowKind::Goroutine);
        let mut dice = Dice(7);
        // The reckoning by hand is slow where it is not optimized.
        for _ in 0..if cfg!(debug_assertions) { 6 } else { 60 } {
            let row = &heads[dice.roll(heads.len() as i64) as usize];
            let spans = &brute[&row["id"].as_i64().unwrap()];
            // Near its own life, so that there is something to see.
            let at = spans[dice.roll(spans.len() as i64) as usize].0;
            let level = 2 + dice.roll(24) as u32;
            let tile = (at >> level) as u64 / TILE_BUCKETS as u64;
            let t = trace.tile(level, tile, &[track(row)]).unwrap();
            assert!(t.exact && t.complete);
            for (i, cell) in t.cells.iter().enumerate().step_by(17) {
                let from = (tile as i64 * TILE_BUCKETS as i64 + i as i64) << level;
                let (nanos, mask, starts) = in_bucket(spans, from, from + (1 << level));
                let place = format!("{name} {row} level {level} tile {tile} bucket {i}");
                let busy: i64 = nanos.iter().sum();
                assert_eq!(i64::from(cell.share), (busy * 255 + (1 << level) - 1) >> level, "share: {place}");
                assert_eq!(without_assists(cell.mask), mask, "states: {place}");
                if cell.mask == mask {
                    let most = (0..16).max_by_key(|s| (nanos[*s], 16 - s)).unwrap_or(0);
                    assert_eq!(usize::from(cell.state), if busy == 0 { 0 } else { most }, "state: {place}");
                    assert_eq!(usize::from(cell.count), starts, "starts: {place}");
                }
            }
            // At once, and never blank where there is something.
            let quick = trace.tile_of(level, tile, &[track(row)], true).unwrap();
            let shown = |t: &tracewell_slice::Tile| t.cells.iter().map(|c| c.share != 0).collect::<Vec<_>>();
            assert_eq!(shown(&quick), shown(&t), "{name} {row} level {level} tile {tile}: quickly");
        }
        assert!(end > 0);
    }
}

#[derive(Default)]
struct Told {
    flows: Vec<LifeFlow>,
}

impl Lives for Told {
    const FLOWS: bool = true;
    fn flow(&mut self, f: &LifeFlow) {
        self.flows.push(*f);
    }
}

#[test]
fn f74_f76_arrows_are_those_of_the_command_line_and_too_many_are_counted() {
    for name in TRACES {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let mut told = Told::default();
        let (_, symbols) = run::lives(&bytes, 0, &mut told).unwrap();
        let (trace, end) = opened(name);
        let count = trace.flows(0, end, None, 0).unwrap();
        assert_eq!(count["count"].as_u64(), Some(told.flows.len() as u64), "{name}");
        assert_eq!(count["flows"], serde_json::json!([]), "{name}: more than asked for");
        let mut dice = Dice(3);
        for _ in 0..6 {
            let from = dice.roll(end);
            let to = (from + 1 + dice.roll(end / 100)).min(end);
            let mut want: Vec<_> = told
                .flows
                .iter()
                .filter(|f| (from..=to).contains(&f.at))
                .map(|f| {
                    let kind = if f.kind == FlowKind::Create { "create" } else { "unblock" };
                    let by = (f.from >= 0).then_some(f.from);
                    (f.at, f.to, by, kind.to_string(), symbols.text(f.reason).to_string(), f.start)
                })
                .collect();
            want.sort();
            want.truncate(400);
            let got = trace.flows(from, to, None, usize::MAX).unwrap();
            let got: Vec<_> = got["flows"]
                .as_array()
                .unwrap()
                .iter()
                .take(400)
                .map(|f| {
                    let text = |k: &str| f[k].as_str().unwrap().to_string();
                    let nanos = |k: &str| f[k].as_i64();
                    let at = nanos("atNanos").unwrap();
                    let to = nanos("toGoroutine").unwrap();
                    (at, to, nanos("fromGoroutine"), text("kind"), text("reason"), nanos("startNanos"))
                })
                .collect();
            assert_eq!(got, want, "{name} {from}..{to}");
        }
    }
}

#[test]
fn f78_chains_of_causes_are_those_of_the_command_line_and_their_times_add_up() {
    for name in TRACES {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let brute = brute(name);
        let (trace, _) = opened(name);
        // The longest waits: those that one asks about.
        let mut waits: Vec<(i64, i64, i64)> = brute
            .iter()
            .flat_map(|(g, v)| v.iter().map(move |s| (*g, s)))
            .filter(|(_, s)| s.2 == SpanState::Waiting as u8)
            .map(|(g, s)| (s.0 - s.1, g, s.0))
            .collect();
        waits.sort();
        for (nanos, g, at) in waits.into_iter().step_by(3).take(12) {
            let (want, _) = causes::read(&bytes, 0, g, at).unwrap();
            let got = trace.causes(g, at).unwrap();
            let place = format!("{name} G{g} at {at}");
            assert_eq!(got["stop"], want["stop"], "{place}");
            let brief = |v: &Value, names: [&str; 6]| -> Vec<Vec<serde_json::Value>> {
                let steps = v["steps"].as_array().unwrap().iter();
                steps.map(|s| names.iter().map(|n| s[*n].clone()).collect()).collect()
            };
            assert_eq!(
                brief(&got, ["goroutine", "state", "reason", "startNanos", "endNanos", "byGoroutine"]),
                brief(&want, ["goroutine", "state", "reason", "start", "end", "by"]),
                "{place}"
            );
            let leaf = |s: &Value| {
                let f = &s["byStack"][0];
                (!f.is_null()).then(|| format!("{}@{}", f["function"].as_str().unwrap(), f["line"]))
            };
            let leaves: Vec<_> = got["steps"].as_array().unwrap().iter().map(leaf).collect();
            let tops: Vec<_> =
                want["steps"].as_array().unwrap().iter().map(|s| s["by_top"].as_str()).collect();
            for (leaf, top) in leaves.iter().zip(&tops) {
                // Frames without a name are left out where they are shown.
                assert!(leaf.as_deref() == *top || leaf.is_none(), "{place}: {leaf:?} {top:?}");
            }
            let shares: i64 =
                got["steps"].as_array().unwrap().iter().map(|s| s["shareNanos"].as_i64().unwrap()).sum();
            assert_eq!(shares, -nanos, "{place}: shares");
        }
    }
}

fn sums(area: &Value, list: &str, rest: Option<&str>) -> (i64, i64) {
    let of = |v: &Value| (v["nanos"].as_i64().unwrap(), v["count"].as_i64().unwrap());
    let all = area[list].as_array().unwrap().iter().map(of).chain(rest.map(|r| of(&area[r])));
    all.fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
}

#[test]
fn f82_an_area_holds_what_lies_in_it_and_a_partition_sums_to_the_whole() {
    for name in TRACES {
        let brute = brute(name);
        let (trace, end) = opened(name);
        let info = trace.info();
        let rows = heads(&trace, RowKind::Goroutine);
        let goroutines: Vec<u32> = rows.iter().take(300).map(track).collect();
        let procs: Vec<u32> =
            info["procs"].as_array().unwrap().iter().map(|p| 2 + 2 * p.as_u64().unwrap() as u32).collect();
        for tracks in [&goroutines, &procs] {
            let area = |from, to| trace.area(tracks, from, to, &|| true).unwrap();
            let whole = area(0, end);
            for (list, rest) in [
                ("byState", None),
                ("byGoroutine", Some("otherGoroutines")),
                ("byFunction", Some("otherFunctions")),
            ] {
                assert_eq!(Some(sums(&whole, list, rest).0), whole["totalNanos"].as_i64(), "{name} {list}");
                assert_eq!(Some(sums(&whole, list, rest).1), whole["spanCount"].as_i64(), "{name} {list}");
            }
            let cuts = [0, end / 7, end / 3, end / 3 + 1, end - 5, end];
            let parts: Vec<_> = cuts.windows(2).map(|w| area(w[0], w[1])).collect();
            for field in ["totalNanos", "spanCount"] {
                let sum: i64 = parts.iter().map(|p| p[field].as_i64().unwrap()).sum();
                assert_eq!(Some(sum), whole[field].as_i64(), "{name} {field} of parts");
            }
        }
        // By hand, in the middle.
        let (from, to) = (end / 4, end / 2);
        let area = trace.area(&goroutines, from, to, &|| true).unwrap();
        let mut want = [0i64; 16];
        for row in rows.iter().take(300) {
            for s in &brute[&row["id"].as_i64().unwrap()] {
                want[usize::from(s.2)] += (s.1.min(to) - s.0.max(from)).max(0);
            }
        }
        let mut got = [0i64; 16];
        for s in area["byState"].as_array().unwrap() {
            let state = SpanState::ALL.into_iter().find(|a| s["state"] == a.as_str()).unwrap();
            let state = if state == SpanState::Assist { SpanState::Running } else { state };
            got[state as usize] += s["nanos"].as_i64().unwrap();
        }
        assert_eq!(got, want, "{name}");
        let waits = sums(&area, "byReason", None).0;
        assert_eq!(waits, want[SpanState::Waiting as usize], "{name}: reasons");
    }
}

#[test]
fn f46_threads_run_what_the_command_line_says() {
    for name in TRACES {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let (want, _) = exact_slices::read(&bytes, 0, exact_slices::Rows::Threads, 0, i64::MAX).unwrap();
        let (trace, end) = opened(name);
        let rows = heads(&trace, RowKind::Thread);
        for row in want["rows"].as_array().unwrap() {
            let (m, lane) = (row["row"].as_i64().unwrap(), row["lane"].as_u64().unwrap() as u32);
            let head =
                rows.iter().find(|h| h["id"].as_i64() == Some(m)).unwrap_or_else(|| panic!("{name} M{m}"));
            let spans = row["spans"].as_array().unwrap().iter();
            let all: Vec<(i64, i64, i64)> = spans
                .map(|s| ["start", "end", "g"].map(|k| s[k].as_i64().unwrap()).into())
                .filter(|s: &(i64, i64, i64)| s.1 > s.0)
                .collect();
            for level in [3u32, 8, 13, 18] {
                let tile = ((end / 2) >> level) as u64 / TILE_BUCKETS as u64;
                let t = trace.tile(level, tile, &[track(head) + lane]).unwrap();
                for (i, cell) in t.cells.iter().enumerate().step_by(23) {
                    let from = (tile as i64 * TILE_BUCKETS as i64 + i as i64) << level;
                    let to = from + (1 << level);
                    let inside = all.iter().filter(|s| s.0 < to && s.1 > from);
                    let busy: i64 = inside.clone().map(|s| s.1.min(to) - s.0.max(from)).sum();
                    let share = ((busy * 255 + (1 << level) - 1) >> level).min(255);
                    let place = format!("{name} M{m}.{lane} level {level} bucket {i}");
                    assert_eq!(i64::from(cell.share), share, "{place}");
                    let starts = inside.filter(|s| s.0 >= from).count();
                    assert_eq!(usize::from(cell.count), starts, "{place}");
                }
            }
            let first = all.iter().find(|s| s.0 > 0);
            if let Some(s) = first {
                let got = trace.pick(track(head) + lane, s.0, 0).unwrap();
                assert_eq!(got["goroutineId"].as_i64(), Some(s.2), "{name} M{m}");
                assert_eq!((got["startNanos"].as_i64(), got["endNanos"].as_i64()), (Some(s.0), Some(s.1)));
            }
        }
    }
}

/// Regions, logs and tasks, straight from the events.
#[derive(Default)]
struct Marks {
    regions: Vec<(i64, String)>,
    logs: Vec<(i64, u64)>,
    tasks: Vec<(u64, i64)>,
}

impl Sink for Marks {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        match e.kind {
            Kind::RegionEnd { name, .. } => self.regions.push((e.g, stage.symbols.text(name).to_string())),
            Kind::Log { task, .. } => self.logs.push((e.g, task)),
            Kind::TaskBegin { task, .. } => self.tasks.push((task, e.time)),
            _ => {}
        }
        Flow::Continue(())
    }
}

#[test]
fn f62_f63_f64_regions_nest_in_lanes_tasks_are_rows_and_logs_are_ticks() {
    for name in ["go1.26-tasks", "go1.26-tasks@50", "go1.19-tasks"] {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let mut marks = Marks::default();
        run::events(&bytes, 0, &mut marks).unwrap();
        let (trace, end) = opened(name);
        let level = (0..52).find(|l| (TILE_BUCKETS as i64) << l > end).unwrap();
        let spans = |track: u32| trace.tile(level, 0, &[track]).unwrap();
        let in_tile = |track: u32| spans(track).cells.iter().map(|c| u64::from(c.count)).sum::<u64>();
        let rows = heads(&trace, RowKind::Goroutine);
        let (mut regions, mut logs) = (0, 0);
        for row in &rows {
            let lanes = row["nestedLanes"].as_u64().unwrap() as u32;
            let here: u64 = (1..=lanes).map(|lane| in_tile(track(row) + lane)).sum();
            let want = marks.regions.iter().filter(|r| row["id"].as_i64() == Some(r.0)).count() as u64;
            assert!(here >= want, "{name} {row}: {here} regions of {want}");
            regions += here;
            // No two of a lane lie over each other.
            for lane in 1..=lanes {
                let t = trace.tile(8, 0, &[track(row) + lane]).unwrap();
                assert!(t.spans.windows(2).all(|w| w[0].1.end <= w[1].1.start), "{name} {row} lane {lane}");
                assert!(t.spans.iter().zip(&t.span_labels).all(|(_, l)| !t.labels[*l as usize].is_empty()));
            }
            let ticks = in_tile(track(row) + 15);
            assert_eq!(ticks > 0, row["hasLogs"] == true, "{name} {row}");
            logs += ticks;
        }
        assert!(regions >= marks.regions.len() as u64, "{name}");
        assert_eq!(logs, marks.logs.len() as u64, "{name}");
        let tasks = heads(&trace, RowKind::Task);
        let begun = |id: u64| marks.tasks.iter().find(|t| t.0 == id).map(|t| t.1);
        assert!(tasks.len() >= marks.tasks.len());
        for head in &tasks {
            let id = head["id"].as_u64().unwrap();
            assert_eq!(head["startNanos"].as_i64(), Some(begun(id).unwrap_or(0)), "{name} task {id}");
            let t = spans(track(head));
            assert_eq!(
                t.labels.first().map(String::as_str).unwrap_or_default().is_empty(),
                t.spans.is_empty()
            );
            let ticks = in_tile(track(head) + 15);
            assert_eq!(ticks, marks.logs.iter().filter(|l| l.1 == id).count() as u64, "{name} task {id}");
        }
    }
}

#[test]
fn f36_f38_rows_are_chosen_sorted_and_grouped() {
    let (trace, end) = opened("go1.26-locks");
    let all = heads(&trace, RowKind::Goroutine);
    let ask = |q: RowQuestion<'_>| {
        let list = trace.open_rows(&q).unwrap();
        let id = list["rowsId"].as_u64().unwrap() as u32;
        let heads = trace.row_heads(id, 0, 500).unwrap()["heads"].as_array().unwrap().clone();
        (list, heads)
    };
    for (sort, field) in [
        (RowOrder::Waiting, "waitingNanos"),
        (RowOrder::Running, "runningNanos"),
        (RowOrder::Start, "startNanos"),
        (RowOrder::Id, "id"),
    ] {
        let (_, up) = ask(RowQuestion { sort, ..question(RowKind::Goroutine) });
        assert!(up.windows(2).all(|w| w[0][field].as_i64() <= w[1][field].as_i64()), "{field}");
        let (_, down) = ask(RowQuestion { sort, descending: true, ..question(RowKind::Goroutine) });
        assert!(down.windows(2).all(|w| w[0][field].as_i64() >= w[1][field].as_i64()), "{field}");
    }
    // Whatever the order, it is that of a plain sort; of rows that are the same, the one first mentioned comes first.
    let place = |h: &Value| h["track"].as_u64().unwrap();
    for sort in ["duration", "running", "runnable", "waiting", "syscall", "start", "id"] {
        for descending in [false, true] {
            let key = |h: &Value| {
                let of = |field: &str| h[field].as_i64().unwrap();
                let key = match sort {
                    "duration" => of("endNanos") - of("startNanos"),
                    "id" => of("id"),
                    other => of(&format!("{other}Nanos")),
                };
                if descending { -key } else { key }
            };
            let mut want = all.clone();
            want.sort_by_key(|h| (key(h), place(h)));
            let order = RowOrder::from_name(sort).unwrap();
            let q = |group_by_name| RowQuestion {
                group_by_name,
                sort: order,
                descending,
                ..question(RowKind::Goroutine)
            };
            assert!(ask(q(false)).1 == want, "{sort} {descending}");
            let (list, grouped) = ask(q(true));
            let groups = list["groups"].as_array().unwrap();
            let parts = groups.iter().flat_map(|g| want.iter().filter(move |h| h["name"] == g["name"]));
            assert!(parts.eq(&grouped), "{sort} {descending}, grouped");
            let weight = |g: &Value| {
                let of = want.iter().filter(|h| h["name"] == g["name"]).map(key);
                if matches!(sort, "id" | "start") { of.min() } else { Some(of.sum()) }
            };
            assert!(groups.is_sorted_by_key(weight), "{sort} {descending}, groups");
        }
    }
    let (list, heads) = ask(RowQuestion {
        group_by_name: true,
        sort: RowOrder::Waiting,
        descending: true,
        ..question(RowKind::Goroutine)
    });
    let groups = list["groups"].as_array().unwrap();
    let mut at = 0;
    for g in groups {
        assert_eq!(g["from"].as_u64(), Some(at));
        let here = g["count"].as_u64().unwrap();
        for head in heads.iter().skip(at as usize).take(here as usize) {
            assert_eq!(head["name"], g["name"]);
        }
        let want = all.iter().filter(|h| h["name"] == g["name"]).count() as u64;
        assert_eq!(here, want, "{g}");
        at += here;
    }
    assert_eq!(at as usize, all.len());
    let long = |f: &RowFacts<'_>| f.waiting > end / 2;
    let (list, heads) = ask(RowQuestion { filter: Some(&long), ..question(RowKind::Goroutine) });
    assert_eq!(heads.len(), all.iter().filter(|h| h["waitingNanos"].as_i64() > Some(end / 2)).count());
    assert_eq!(list["totalCount"].as_u64(), Some(all.len() as u64));
    let id = list["rowsId"].as_u64().unwrap() as u32;
    let last = heads.last().unwrap()["id"].as_i64().unwrap();
    assert_eq!(trace.find_row(id, last).unwrap()["index"].as_u64(), Some(heads.len() as u64 - 1));
    assert!(trace.find_row(id, i64::MAX).unwrap()["index"].is_null());
    let some = trace.rows_by_id(RowKind::Goroutine, &[last, -5]).unwrap();
    assert_eq!(some["heads"].as_array().unwrap().len(), 1);
    trace.close_rows(id);
    assert!(trace.row_heads(id, 0, 1).is_err());
    let (_, none) = ask(RowQuestion { window: Some((-9, -1)), ..question(RowKind::Goroutine) });
    assert!(none.is_empty());
}

#[test]
fn f48_f49_f77_details_tell_the_reason_since_when_and_who_woke_it() {
    for name in
        ["go1.26-locks", "go1.26-locks@250", "go1.23-netsys@80", "go1.18-netsys", "go1.26-gcheavy@500"]
    {
        let bytes = std::fs::read(fixture(name)).unwrap();
        let (slices, _) = exact_slices::read(&bytes, 0, exact_slices::Rows::Goroutines, 0, i64::MAX).unwrap();
        let (trace, end) = opened(name);
        let rows = heads(&trace, RowKind::Goroutine);
        let mut seen = 0;
        for row in slices["rows"].as_array().unwrap() {
            let head = rows.iter().find(|h| h["id"] == row["row"]).unwrap();
            for s in row["spans"].as_array().unwrap().iter().step_by(11).take(4) {
                let nanos = |k: &str| s[k].as_i64().unwrap();
                let (a, b) = (nanos("start"), nanos("end"));
                // A run may be cut by assists; a wait is whole.
                if a == b || s["state"] == "running" {
                    continue;
                }
                seen += 1;
                let got = trace.pick(track(head), a + (b - a) / 2, 0).unwrap();
                let place = format!("{name} G{} {s}", row["row"]);
                assert_eq!(
                    (got["startNanos"].as_i64(), got["endNanos"].as_i64()),
                    (Some(a), Some(b)),
                    "{place}"
                );
                assert_eq!(got["state"], s["state"], "{place}");
                assert_eq!(got["openAtEnd"], b == end && head["openAtEnd"] == true, "{place}");
                let c = trace.connections(row["row"].as_i64().unwrap(), a).unwrap();
                assert_eq!((c["startNanos"].as_i64(), c["endNanos"].as_i64()), (Some(a), Some(b)), "{place}");
                if s["state"] == "waiting" && b < end {
                    assert_eq!(got["reason"], s["reason"], "{place}");
                    assert_eq!(c["incoming"]["fromGoroutine"], s["by"], "{place} {}", c["incoming"]);
                    assert_eq!(c["incoming"]["atNanos"].as_i64(), Some(b), "{place}");
                    assert_eq!(c["incoming"]["reason"], s["reason"], "{place}");
                }
                let lines = c["following"].as_array().unwrap();
                assert!(lines.iter().all(|l| l["atNanos"].as_i64() >= Some(a)), "{place}");
                assert!(
                    lines.windows(2).all(|w| w[0]["atNanos"].as_i64() <= w[1]["atNanos"].as_i64()),
                    "{place}"
                );
                let before = c["preceding"].as_array().unwrap();
                assert!(before.iter().all(|l| l["atNanos"].as_i64() < Some(a)), "{place}");
                assert!(
                    before.windows(2).all(|w| w[0]["atNanos"].as_i64() >= w[1]["atNanos"].as_i64()),
                    "{place}"
                );
            }
        }
        assert!(seen > 5, "{name}");
    }
}

#[test]
fn f33_one_walks_along_a_goroutine_state_by_state() {
    for name in ["go1.26-locks", "go1.26-locks@250", "go1.21-locks-p64"] {
        let brute = brute(name);
        let (trace, _) = opened(name);
        let rows = heads(&trace, RowKind::Goroutine);
        for row in rows.iter().step_by(rows.len() / 5 + 1) {
            let states = &brute[&row["id"].as_i64().unwrap()];
            let mut at = -1;
            for s in states.iter().take(12) {
                let next = trace.adjacent(track(row), at, true).unwrap();
                assert_eq!(next["startNanos"].as_i64(), Some(s.0), "{name} {row}");
                at = s.0;
            }
            let before = trace.adjacent(track(row), at, false).unwrap();
            let want = states.iter().rev().map(|s| s.0).find(|s| *s < at);
            assert_eq!(before["startNanos"].as_i64(), want, "{name} {row}");
        }
    }
}

#[test]
fn f57_wake_ups_by_nobody_stand_on_rows_of_their_own() {
    let name = "go1.23-netsys";
    let bytes = std::fs::read(fixture(name)).unwrap();
    let (slices, _) = exact_slices::read(&bytes, 0, exact_slices::Rows::Goroutines, 0, i64::MAX).unwrap();
    let (trace, end) = opened(name);
    let rows = heads(&trace, RowKind::Wakeup);
    let level = (0..52).find(|l| (TILE_BUCKETS as i64) << l > end).unwrap();
    let mut want = [0u64; 3];
    for row in slices["rows"].as_array().unwrap() {
        let spans = row["spans"].as_array().unwrap();
        for (s, next) in spans.iter().zip(spans.iter().skip(1)) {
            match (s["state"].as_str().unwrap(), s["reason"].as_str()) {
                ("waiting", reason) if s["by"].is_null() => want[usize::from(reason != Some("network"))] += 1,
                ("syscall-blocked", _) if matches!(next["state"].as_str(), Some("running" | "runnable")) => {
                    want[2] += 1
                }
                _ => {}
            }
        }
    }
    let got: Vec<u64> = rows
        .iter()
        .map(|r| trace.tile(level, 0, &[track(r)]).unwrap().cells.iter().map(|c| u64::from(c.count)).sum())
        .collect();
    assert_eq!(got, want);
    assert_eq!(
        rows.iter().map(|r| r["name"].as_str().unwrap()).collect::<Vec<_>>(),
        ["Network", "Timers", "Syscalls"]
    );
    assert!(want.iter().sum::<u64>() > 0);
}

/// Every trace there is, cut ones too: what is told of wake-ups before there is a book is what the book tells.
#[test]
fn f57_wake_ups_told_early_are_those_of_the_book() {
    let folder = fixture("").parent().unwrap().read_dir().unwrap();
    let mut early = 0;
    for path in folder.map(|f| f.unwrap().path()) {
        let open = || Trace::open(&path, None).ok().filter(|t| t.index(None).is_ok());
        let (Some(first), Some(second)) = (open(), open()) else { continue };
        if second.make_rows(&mut |_, _| true).is_err() {
            continue;
        }
        let tracks: Vec<u32> = heads(&second, RowKind::Wakeup).iter().map(track).collect();
        // The finest make the book, so they come last.
        for level in (10..40).rev() {
            for tile in 0..2 {
                let got = first.tile_of(level, tile, &tracks, tile == 1).unwrap();
                let is_early = first.row_bytes() == 0;
                let want = second.tile(level, tile, &tracks).unwrap();
                assert_eq!(got.cells, want.cells, "{}: level {level}", path.display());
                assert_eq!((&got.tracks, got.spans, got.exact), (&want.tracks, want.spans, want.exact));
                assert_eq!((got.complete, got.indexed_to), (want.complete, want.indexed_to));
                let sum: u64 = want.cells.iter().map(|c| u64::from(c.count)).sum();
                early += if is_early { sum } else { 0 };
            }
        }
    }
    assert!(early > 0);
}

/// What is kept of rows seen before must not change an answer, whoever asked for it and at whatever scale.
#[test]
fn tiles_of_rows_do_not_depend_on_what_was_asked_before() {
    for name in TRACES.into_iter().take(if cfg!(debug_assertions) { 3 } else { TRACES.len() }) {
        let (seen, end) = opened(name);
        let tracks: Vec<u32> = [RowKind::Goroutine, RowKind::Task]
            .iter()
            .flat_map(|by| heads(&seen, *by))
            .flat_map(|h| [0, 1, 14, 15].map(|lane| track(&h) + lane))
            .take(32)
            .collect();
        let whole = (0u32..).find(|l| end < (TILE_BUCKETS as i64) << l).unwrap();
        for level in [whole, whole + 1, whole.saturating_sub(2)] {
            for tile in 0..=(end as u64 >> level) / TILE_BUCKETS as u64 {
                let (fresh, _) = opened(name);
                let want: Vec<_> = tracks.iter().map(|t| fresh.tile(level, tile, &[*t]).unwrap()).collect();
                for _ in 0..2 {
                    let got = seen.tile(level, tile, &tracks).unwrap();
                    assert!(got.exact, "{name}");
                    for (i, w) in want.iter().enumerate() {
                        let cells = &got.cells[i * TILE_BUCKETS..][..TILE_BUCKETS];
                        assert_eq!(cells, &w.cells[..], "{name}: track {} at level {level}", tracks[i]);
                        let spans: Vec<_> = got
                            .spans
                            .iter()
                            .filter(|(row, _)| usize::from(*row) == i)
                            .map(|(_, s)| *s)
                            .collect();
                        assert_eq!(spans, w.spans.iter().map(|(_, s)| *s).collect::<Vec<_>>(), "{name}");
                    }
                }
            }
        }
    }
}

#[test]
fn rows_of_the_second_trace_in_a_file_are_its_own() {
    let (first, second) = (fixture("go1.26-locks"), fixture("go1.26-tasks"));
    let both = [std::fs::read(first).unwrap(), std::fs::read(&second).unwrap()].concat();
    let part = Trace::with(
        Source::from_bytes(both),
        Path::new("both"),
        Options { section: 2, ..Options::default() },
    );
    let (part, alone) = (part.unwrap(), Trace::open(&second, None).unwrap());
    for trace in [&part, &alone] {
        trace.index(None).unwrap();
        trace.make_rows(&mut |_, _| true).unwrap();
    }
    for kind in [RowKind::Goroutine, RowKind::Thread, RowKind::Task, RowKind::Wakeup] {
        let rows = heads(&alone, kind);
        assert_eq!(heads(&part, kind), rows);
        let tracks: Vec<u32> = rows.iter().take(32).map(track).collect();
        for level in [12, 24] {
            let want = alone.tile(level, 0, &tracks).unwrap();
            assert_eq!(part.tile(level, 0, &tracks).unwrap().cells, want.cells, "{kind:?}, level {level}");
        }
    }
}
