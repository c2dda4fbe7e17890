//! Rows by goroutine, thread and task against every span of the trace, computed by brute force (`analysis::lives`, which is
//! checked against goldens of its own).

use std::collections::BTreeMap;
use std::path::PathBuf;

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
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/traces").join(format!("{name}.trace"))
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
    let bytes = std::fs::read(fixture(name)).unwrap();
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
    let t = Trace::open(&fixture(name), None).unwrap();
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
        let reason = if state == SpanState::Waiting && text != "waiting" { text.clone() } else { String::new() };
        match out.last_mut() {
            Some(last) if last.2 == state as u8 && last.1 == s.start && state == SpanState::Running => last.1 = s.end,
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
