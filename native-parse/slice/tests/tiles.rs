//! Tiles, counters and picking against every span of the trace, computed by brute force.

use std::collections::HashMap;
use std::path::PathBuf;

use tracewell_analysis::run;
use tracewell_index::{Lanes, Span, SpanState, Track};
use tracewell_slice::{TILE_BUCKETS, Trace};

fn fixture(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fixtures/traces")
        .join(format!("{name}.trace"))
}

#[derive(Default)]
struct All(HashMap<Track, Vec<Span>>);

impl Lanes for All {
    fn span(&mut self, s: &Span) {
        if s.is_shown() {
            self.0.entry(s.track).or_default().push(*s);
        }
    }
}

fn all_spans(name: &str) -> HashMap<Track, Vec<Span>> {
    let bytes = std::fs::read(fixture(name)).unwrap();
    let mut all = All::default();
    run::lanes(&bytes, 0, &mut all).unwrap();
    all.0
}

fn opened(name: &str) -> (Trace, i64) {
    let t = Trace::open(&fixture(name), None).unwrap();
    let info = t.index(None).unwrap();
    assert_eq!(info["status"], "done");
    let end = info["durationNanos"].as_i64().unwrap();
    (t, end)
}

/// Busy ns, states and starts of a bucket, by looking at every span.
fn brute(spans: &[Span], from: i64, to: i64) -> (i64, u16, usize) {
    let mut pieces: Vec<(i64, i64)> = Vec::new();
    let (mut mask, mut starts) = (0u16, 0);
    for s in spans.iter().filter(|s| s.start < to && s.end > from) {
        pieces.push((s.start.max(from), s.end.min(to)));
        mask |= 1 << s.state as u16;
        starts += usize::from(s.start >= from);
    }
    pieces.sort_unstable();
    let (mut busy, mut at) = (0, from);
    for (a, b) in pieces {
        busy += (b - a.max(at)).max(0);
        at = at.max(b);
    }
    (busy, mask, starts)
}

#[test]
fn cells_of_every_level_hold_what_lies_in_them() {
    for name in [
        "go1.26-gcheavy",
        "go1.26-pprofsrv5",
        "go1.26-locks",
        "go1.23-netsys",
        "go1.25-flightrec2",
        "go1.18-netsys",
        "go1.21-locks-p64",
    ] {
        let spans = all_spans(name);
        let (trace, end) = opened(name);
        let tracks: Vec<Track> = spans.keys().copied().take(12).collect();
        let ids: Vec<u32> = tracks.iter().filter_map(|t| t.id()).collect();
        for level in [4u32, 8, 11, 14, 16, 18, 20, 24, 30] {
            let tile_nanos = (TILE_BUCKETS as i64) << level;
            for tile in [0, (end / 3) / tile_nanos, end / tile_nanos] {
                let t = trace.tile(level, tile as u64, &ids).unwrap();
                assert!(t.complete);
                for (row, track) in tracks.iter().enumerate() {
                    let cells = &t.cells[row * TILE_BUCKETS..][..TILE_BUCKETS];
                    for (i, cell) in cells.iter().enumerate().step_by(37) {
                        let from = tile * tile_nanos + ((i as i64) << level);
                        let (busy, mask, starts) = brute(&spans[track], from, from + (1 << level));
                        let share = (busy * 255 + (1 << level) - 1) >> level;
                        let place = format!("{name} {track:?} level {level} tile {tile} bucket {i}");
                        assert_eq!(i64::from(cell.share), share, "share: {place}");
                        // What a nested span hides wholly in a bucket is not seen there.
                        assert_eq!(cell.mask & !mask, 0, "states that are not there: {place}");
                        assert_eq!(cell.mask == 0, mask == 0, "nothing seen: {place}");
                        if matches!(track, Track::Proc(_, 0)) {
                            assert_eq!(cell.mask, mask, "states: {place}");
                            assert_eq!(usize::from(cell.count), starts, "starts: {place}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn wide_spans_of_a_tile_are_the_spans_of_the_trace() {
    let name = "go1.26-gcheavy";
    let spans = all_spans(name);
    let (trace, end) = opened(name);
    for (track, all) in &spans {
        for level in [6u32, 9, 12, 15] {
            let tile_nanos = (TILE_BUCKETS as i64) << level;
            let tile = (end / 2) / tile_nanos;
            let (from, to) = (tile * tile_nanos, (tile + 1) * tile_nanos);
            let t = trace.tile(level, tile as u64, &[track.id().unwrap()]).unwrap();
            let mut got: Vec<(i64, i64)> = t.spans.iter().map(|(_, s)| (s.start, s.end)).collect();
            got.sort_unstable();
            let least = got.iter().map(|s| s.1 - s.0).min().unwrap_or(i64::MAX).max(16 << level);
            let mut want: Vec<(i64, i64)> = all.iter().map(|s| (s.start, s.end)).collect();
            want.retain(|s| s.0 < to && s.1 > from && s.1 - s.0 >= least);
            want.sort_unstable();
            got.retain(|s| s.1 - s.0 >= least);
            assert_eq!(got, want, "{track:?} level {level}");
            assert_eq!(t.span_labels.len(), t.spans.len());
        }
    }
}

#[test]
fn the_pointer_finds_every_span_and_walks_along_the_row() {
    let name = "go1.26-locks";
    let spans = all_spans(name);
    let (trace, _) = opened(name);
    let track = Track::Proc(0, 0);
    let id = track.id().unwrap();
    let mut row = spans[&track].clone();
    row.sort_by_key(|s| s.start);
    for s in row.iter().step_by(41) {
        let got = trace.pick(id, s.start + s.nanos() / 2, 0).unwrap();
        assert_eq!((got["startNanos"].as_i64(), got["endNanos"].as_i64()), (Some(s.start), Some(s.end)));
        assert_eq!(got["goroutineId"].as_i64(), Some(s.g));
        assert_eq!(got["state"], if s.state == SpanState::GcWorker { "gc-worker" } else { "running" });
    }
    let mut at = -1;
    for s in row.iter().take(30) {
        let next = trace.adjacent(id, at, true).unwrap();
        assert_eq!(next["startNanos"].as_i64(), Some(s.start));
        at = s.start;
    }
    let before = trace.adjacent(id, at, false).unwrap();
    assert_eq!(before["startNanos"].as_i64(), Some(row[28].start));
    assert!(trace.adjacent(id, row[0].start, false).unwrap().is_null());
    assert!(trace.adjacent(id, row[row.len() - 1].start, true).unwrap().is_null());
    let merged = trace.pick(id, row[10].start, 1 << 40).unwrap();
    assert_eq!(
        (merged["kind"].as_str(), merged["spanCount"].as_u64()),
        (Some("merged"), Some(row.len() as u64))
    );
}

#[test]
fn counters_of_a_tile_have_the_values_of_their_time() {
    let (trace, end) = opened("go1.26-gcheavy");
    for level in [5u32, 10, 13] {
        let tile_nanos = (TILE_BUCKETS as i64) << level;
        let tile = (end / 2) / tile_nanos;
        let block = trace.counters(level, tile as u64).unwrap();
        for i in (0..TILE_BUCKETS).step_by(97) {
            let at = tile * tile_nanos + ((i as i64) << level);
            if at + (1 << level) > end {
                break;
            }
            let v = trace.counters_at(at).unwrap();
            let running = v["goroutines"]["running"].as_f64().unwrap();
            let heap = v["heap"]["allocatedBytes"].as_f64().unwrap();
            let cell = |series: usize| block.cells[series * TILE_BUCKETS + i];
            assert!(f64::from(cell(0).max) >= running, "level {level} at {at}");
            assert!(f64::from(cell(0).mean) <= f64::from(cell(0).max));
            assert!(f64::from(cell(3).max) >= (heap as f32).into());
        }
    }
}

#[test]
fn details_say_what_the_events_say() {
    let (trace, end) = opened("go1.26-gcheavy");
    let spans = all_spans("go1.26-gcheavy");
    let sweep = spans
        .iter()
        .flat_map(|(t, v)| v.iter().map(move |s| (*t, *s)))
        .find(|(_, s)| s.state == SpanState::Sweep && s.values.0 > 0)
        .unwrap();
    let got = trace.pick(sweep.0.id().unwrap(), sweep.1.start, 0).unwrap();
    assert_eq!(got["args"][0]["value"].as_u64(), Some(sweep.1.values.0));
    assert_eq!(got["startStackSource"], "recorded");
    assert!(!got["startStack"].as_array().unwrap().is_empty());
    let upper = spans[&Track::Proc(0, 0)].iter().max_by_key(|s| s.nanos()).unwrap();
    let got = trace.pick(Track::Proc(0, 0).id().unwrap(), upper.start, 0).unwrap();
    let inside: i64 = got["inside"].as_array().unwrap().iter().map(|i| i["nanos"].as_i64().unwrap()).sum();
    assert_eq!(got["selfNanos"].as_i64(), Some(upper.nanos() - inside));
    assert!(trace.pick(0, end + 10_000_000, 5).unwrap().is_null());
}

/// A counter keeps its value for long (the heap goal of this trace is told once, at its begin): what is asked while the
/// trace is read, and told as complete, is what it is when all is read.
#[test]
fn what_is_told_as_complete_while_it_is_read_stays_so() {
    let (whole, end) = opened("go1.26-locks");
    let (level, tiles) = (12, end as u64 >> 12 >> 10);
    let told = |trace: &Trace, tile: u64| {
        let t = trace.counters(level, tile).unwrap();
        let bits: Vec<_> = t.cells.iter().map(|c| (c.mean.to_bits(), c.max.to_bits())).collect();
        (t.complete, bits)
    };
    let wrong: Vec<u64> = (0..20)
        .flat_map(|_| {
            let trace = Trace::open(&fixture("go1.26-locks"), None).unwrap();
            let mut seen = Vec::new();
            std::thread::scope(|scope| {
                let pass = scope.spawn(|| trace.index(None).unwrap());
                while !pass.is_finished() {
                    seen.extend(
                        (0..=tiles).map(|t| (t, told(&trace, t))).filter(|(_, (complete, _))| *complete),
                    );
                }
            });
            seen
        })
        .filter(|(tile, (_, cells))| *cells != told(&whole, *tile).1)
        .map(|(tile, _)| tile)
        .collect();
    assert!(wrong.is_empty(), "of {tiles}: {wrong:?}");
}
