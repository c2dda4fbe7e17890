//! Rows by goroutine, thread and task against every span of the trace, computed by brute force (`analysis::lives`, which is
//! checked against goldens of its own).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tracewell_analysis::lives::{Life, LifeSpan, LifeState, Lives};
use tracewell_analysis::run;
use tracewell_index::SpanState;
use tracewell_slice::{RowKind, RowOrder, RowQuestion, TILE_BUCKETS, Trace};

const TRACES: [&str; 10] = [
    "go1.26-gcheavy",
    "go1.26-pprofsrv5",
    "go1.26-tasks",
    "go1.23-netsys",
    "go1.25-flightrec2",
    "go1.22-cpuprofile",
    "go1.18-netsys",
    "go1.21-locks-p64",
    "go1.19-tasks",
    "go1.26-locks",
];

fn fixture(name: &str) -> PathBuf {
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
    opened_at(&fixture(name))
}

fn opened_at(path: &Path) -> (Trace, i64) {
    let t = Trace::open(path, None).unwrap();
    let info = t.index(None).unwrap();
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
fn heads(trace: &Trace, by: RowKind) -> Vec<serde_json::Value> {
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

fn track(head: &serde_json::Value) -> u32 {
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
            for at in [0, end / 3, end - 1, want[want.len() / 2].0] {
                for level in [2, 9, 14] {
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
        let (trace, end) = opened_at(&path);
        let heads = heads(&trace, RowKind::Goroutine);
        let mut dice = Dice(7);
        for _ in 0..60 {
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
