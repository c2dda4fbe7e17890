//! Tiles of goroutines from strands are the tiles that decoding gives, to the last ns; and strands that are kept are never
//! trusted.

use std::fs;
use std::path::{Path, PathBuf};

use tracewell_index::{BriefSpan, Plan};
use tracewell_slice::{Cache, Options, RowKind, RowOrder, RowQuestion, TILE_BUCKETS, Trace};
use tracewell_source::{Code, Source};

const TRACES: [&str; 5] =
    ["go1.26-gcheavy", "go1.26-pprofsrv5", "go1.26-locks", "go1.23-netsys", "go1.25-flightrec2"];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/traces").join(format!("{name}.trace"))
}

/// Of a trace that has no folder to keep strands in there are none.
fn opened(path: &Path, part_events: u64, threads: usize, cache: Option<&Cache>) -> (Trace, i64) {
    let options =
        Options { plan: Plan { part_events, threads }, cache: cache.cloned(), ..Options::default() };
    let trace = Trace::with(Source::open(path).unwrap(), path, options).unwrap();
    let end = trace.index(None).unwrap()["durationNanos"].as_i64().unwrap();
    trace.kept().unwrap();
    (trace, end)
}

/// The states of some goroutines: those that ran longest, and some of all.
fn tracks(trace: &Trace) -> Vec<u32> {
    let list = trace
        .open_rows(&RowQuestion {
            by: RowKind::Goroutine,
            group_by_name: false,
            sort: RowOrder::Running,
            descending: true,
            ids: None,
            window: None,
            filter: None,
        })
        .unwrap();
    let number = |v: &serde_json::Value| v.as_u64().unwrap();
    let (id, count) = (number(&list["rowsId"]) as u32, number(&list["count"]) as usize);
    let heads = trace.row_heads(id, 0, count.min(500)).unwrap();
    let all: Vec<u32> =
        heads["heads"].as_array().unwrap().iter().map(|h| number(&h["track"]) as u32).collect();
    let step = 1 + all.len() / 16;
    all.iter().take(16).chain(all.iter().skip(16).step_by(step)).copied().take(32).collect()
}

/// All that tiles of some places tell, at every scale.
fn asked(trace: &Trace, end: i64) -> Vec<String> {
    let tracks = tracks(trace);
    let mut all = Vec::new();
    for level in (4..(end / TILE_BUCKETS as i64).max(1).ilog2() + 3).rev().step_by(2) {
        let tile_nanos = (TILE_BUCKETS as i64) << level;
        let mut tiles = vec![0, end / 3 / tile_nanos, end / tile_nanos];
        tiles.dedup();
        for tile in tiles {
            let t = trace.tile(level, tile as u64, &tracks).unwrap();
            assert!(t.complete && t.exact);
            let place = format!("level {level} tile {tile}");
            for (row, cells) in t.cells.chunks(TILE_BUCKETS).enumerate() {
                all.push(format!("{place} row {row}: {cells:?}"));
            }
            let spans: Vec<(u16, BriefSpan)> = t.spans.clone();
            all.push(format!("{place}: {spans:?} {:?} {:?}", t.span_labels, t.labels));
        }
    }
    all
}

fn assert_same(name: &str, got: &[String], want: &[String]) {
    assert_eq!(got.len(), want.len());
    for (a, b) in got.iter().zip(want) {
        assert!(a == b, "{name}:\n{a}\nis\n{b}");
    }
}

fn strand_file(dir: &Path) -> Option<PathBuf> {
    let mut files = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    files.find(|p| p.extension().is_some_and(|e| e == "twstrand"))
}

#[test]
fn tiles_from_strands_are_those_of_a_decoding() {
    for name in TRACES {
        let (plain, end) = opened(&fixture(name), 0, 2, None);
        let want = asked(&plain, end);
        for (part_events, threads) in [(60, 2), (500, 1)] {
            let dir = tempfile::tempdir().unwrap();
            let cache = Cache::at(dir.path(), 1 << 30);
            let place = format!("{name}, {part_events} events, {threads} threads");
            let (trace, _) = opened(&fixture(name), part_events, threads, Some(&cache));
            assert_same(&place, &asked(&trace, end), &want);
            assert!(fs::metadata(strand_file(dir.path()).unwrap()).unwrap().len() > 100, "{place}");
            // Found by another opening.
            let (again, _) = opened(&fixture(name), part_events, threads, Some(&cache));
            assert_same(&place, &asked(&again, end), &want);
        }
    }
}

#[test]
fn a_wide_tile_decodes_next_to_nothing() {
    let decoded = |cache: Option<&Cache>| {
        let (trace, end) = opened(&fixture("go1.26-gcheavy"), 500, 2, cache);
        let level = (end / TILE_BUCKETS as i64).ilog2() + 1;
        trace.tile(level, 0, &tracks(&trace)).unwrap();
        trace.row_pieces_decoded()
    };
    let dir = tempfile::tempdir().unwrap();
    let (with, without) = (decoded(Some(&Cache::at(dir.path(), 1 << 30))), decoded(None));
    assert!(without > 10 && with * 2 < without, "{with} of {without}");
}

#[test]
fn a_tile_that_nobody_waits_for_decodes_nothing() {
    let (trace, end) = opened(&fixture("go1.26-gcheavy"), 500, 2, None);
    let level = (end / TILE_BUCKETS as i64).ilog2() + 1;
    let tracks = tracks(&trace);
    let given_up = trace.tile_while(level, 0, &tracks, false, &|| false).map(|_| ());
    assert_eq!(given_up.map_err(|e| e.code), Err(Code::Cancelled));
    assert_eq!(trace.row_pieces_decoded(), 0);
    // What was given up does not stand in the way of who asks again.
    assert!(trace.tile(level, 0, &tracks).unwrap().exact);
    let given_up = trace.tile_while(4, 1, &[2, 3], false, &|| false).map(|_| ());
    assert_eq!(given_up.map_err(|e| e.code), Err(Code::Cancelled));
}

#[test]
fn damaged_strands_are_not_used_and_foreign_ones_are_made_anew() {
    let name = "go1.26-pprofsrv5";
    let (plain, end) = opened(&fixture(name), 100, 2, None);
    let want = asked(&plain, end);
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::at(dir.path(), 1 << 30);
    let (first, _) = opened(&fixture(name), 100, 2, Some(&cache));
    assert_same("written", &asked(&first, end), &want);
    let path = strand_file(dir.path()).unwrap();
    let whole = fs::read(&path).unwrap();
    // In the middle: one blob is not used. Near the end: the table is not, and all are made anew.
    for at in [5, whole.len() / 3, whole.len() - 90, whole.len() - 3] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        fs::write(&path, &bytes).unwrap();
        let (trace, _) = opened(&fixture(name), 100, 2, Some(&cache));
        assert_same(&format!("byte {at} changed"), &asked(&trace, end), &want);
    }
    for len in [0, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..len]).unwrap();
        let (trace, _) = opened(&fixture(name), 100, 2, Some(&cache));
        assert_same(&format!("cut to {len}"), &asked(&trace, end), &want);
        assert_eq!(fs::read(&path).unwrap(), whole, "made anew");
    }
    cache.clear().unwrap();
    assert_eq!(strand_file(dir.path()), None);
}
