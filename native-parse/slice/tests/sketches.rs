//! Tiles from sketches are the tiles that decoding gives, to the last ns; and sketches that are kept are never trusted.

use std::fs;
use std::path::{Path, PathBuf};

use tracewell_index::{BriefSpan, Plan, Track};
use tracewell_slice::{Cache, Options, TILE_BUCKETS, Trace};
use tracewell_source::Source;

const TRACES: [&str; 6] = [
    "go1.26-gcheavy",
    "go1.26-pprofsrv5",
    "go1.26-locks",
    "go1.23-netsys",
    "go1.25-flightrec2",
    "go1.21-locks-p64",
];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/traces").join(format!("{name}.trace"))
}

fn opened(path: &Path, part_events: u64, sketch_buckets: u32, cache: Option<&Cache>) -> (Trace, i64) {
    let plan = Plan { part_events, ..Plan::default() };
    let options = Options { plan, sketch_buckets, cache: cache.cloned(), ..Options::default() };
    let trace = Trace::with(Source::open(path).unwrap(), path, options).unwrap();
    let end = trace.index(None).unwrap()["durationNanos"].as_i64().unwrap();
    trace.sketched();
    (trace, end)
}

/// Level of the pyramid's finest buckets.
fn base_of(trace: &Trace) -> u32 {
    let mut base = 0;
    trace.with_index(&mut |index| base = index.base());
    base
}

/// All that tiles of some places tell, at the scales below a level.
fn asked(trace: &Trace, end: i64, below: u32) -> Vec<String> {
    let tracks: Vec<u32> = (0..20).collect();
    let mut all = Vec::new();
    for level in (4..below).rev() {
        let tile_nanos = (TILE_BUCKETS as i64) << level;
        let mut tiles = vec![0, end / 3 / tile_nanos, end / 2 / tile_nanos, end / tile_nanos];
        tiles.dedup();
        for tile in tiles {
            let t = trace.tile(level, tile as u64, &tracks).unwrap();
            assert!(t.complete && t.exact);
            let counters = trace.counters(level, tile as u64).unwrap().cells;
            let counters: Vec<(u32, u32)> =
                counters.iter().map(|c| (c.mean.to_bits(), c.max.to_bits())).collect();
            let place = format!("level {level} tile {tile}");
            for (row, cells) in t.cells.chunks(TILE_BUCKETS).enumerate() {
                all.push(format!("{place} row {row}: {cells:?}"));
            }
            // Which of them cross a border depends on where the borders are.
            let spans = t.spans.iter().map(|(row, s)| (*row, BriefSpan { crossing: false, ..*s }));
            all.push(format!("{place}: {:?} {:?} {:?}", spans.collect::<Vec<_>>(), t.span_labels, t.labels));
            for (series, cells) in counters.chunks(TILE_BUCKETS).enumerate() {
                all.push(format!("{place} series {series}: {cells:?}"));
            }
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

#[test]
fn a_quick_tile_of_many_pieces_is_coarse_at_first_and_says_so() {
    let tracks: Vec<u32> = (0..20).collect();
    let (mut coarse, mut at_once) = (0, 0);
    for name in TRACES {
        // So short that a tile just below the pyramid has many of them.
        let (trace, end) = opened(&fixture(name), 20, 0, None);
        let base = base_of(&trace);
        for level in (4..base).rev() {
            let tile = (end / 2) as u64 / ((TILE_BUCKETS as u64) << level);
            let quick = trace.tile_of(level, tile, &tracks, true).unwrap();
            let exact = trace.tile(level, tile, &tracks).unwrap();
            assert!(exact.exact && quick.complete);
            if quick.exact {
                at_once += 1;
                assert!(quick.cells == exact.cells && quick.spans == exact.spans, "{name} level {level}");
                continue;
            }
            coarse += 1;
            for (a, b) in quick.cells.iter().zip(&exact.cells) {
                assert_eq!(b.mask & !a.mask, 0, "{name} level {level}: nothing is hidden");
            }
            let bounds: Vec<_> = exact.spans.iter().map(|(row, s)| (*row, s.start, s.end)).collect();
            let is_true = |(row, s): &(u16, BriefSpan)| bounds.contains(&(*row, s.start, s.end));
            assert!(quick.spans.iter().all(is_true), "{name} level {level}");
            // Its pieces are there now.
            let again = trace.tile_of(level, tile, &tracks, true).unwrap();
            assert!(again.exact && again.cells == exact.cells && again.spans == exact.spans);
        }
    }
    assert!(coarse > 0 && at_once > 0, "{coarse}, {at_once}");
}

#[test]
fn tiles_from_sketches_are_those_of_a_decoding() {
    for name in TRACES {
        let (plain, end) = opened(&fixture(name), 700, 0, None);
        let below = base_of(&plain);
        let want = asked(&plain, end, below);
        for (part_events, buckets) in [(700, 8_000), (300, 2_000), (2_000, 500)] {
            let (trace, _) = opened(&fixture(name), part_events, buckets, None);
            assert_same(
                &format!("{name}, {part_events} events, {buckets} buckets"),
                &asked(&trace, end, below),
                &want,
            );
        }
    }
}

fn sketch_file(dir: &Path) -> Option<PathBuf> {
    let mut files = fs::read_dir(dir).unwrap().map(|e| e.unwrap().path());
    files.find(|p| p.extension().is_some_and(|e| e == "twsketch"))
}

#[test]
fn sketches_are_found_at_the_next_opening_and_damaged_ones_are_not_used() {
    let name = "go1.26-pprofsrv5";
    let (plain, end) = opened(&fixture(name), 1000, 0, None);
    let below = base_of(&plain);
    let want = asked(&plain, end, below);
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::at(dir.path(), 1 << 30);
    let (first, _) = opened(&fixture(name), 1000, 4_000, Some(&cache));
    assert_same("written", &asked(&first, end, below), &want);
    let path = sketch_file(dir.path()).unwrap();
    let whole = fs::read(&path).unwrap();
    let trace_bytes = fs::metadata(fixture(name)).unwrap().len();
    assert!(whole.len() as u64 > 1000 && (whole.len() as u64) < 2 * trace_bytes, "{}", whole.len());
    let (again, _) = opened(&fixture(name), 1000, 4_000, Some(&cache));
    assert_same("found", &asked(&again, end, below), &want);
    assert_eq!(fs::read(&path).unwrap(), whole);
    // In the middle: one sketch is not used. Near the end: the table is not, and all are made anew.
    for at in [whole.len() / 3, whole.len() - 90, whole.len() - 3] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        fs::write(&path, &bytes).unwrap();
        let (trace, _) = opened(&fixture(name), 1000, 4_000, Some(&cache));
        assert_same(&format!("byte {at} changed"), &asked(&trace, end, below), &want);
    }
    for len in [0, 10, whole.len() / 2, whole.len() - 1] {
        fs::write(&path, &whole[..len]).unwrap();
        let (trace, _) = opened(&fixture(name), 1000, 4_000, Some(&cache));
        assert_same(&format!("cut to {len}"), &asked(&trace, end, below), &want);
        // Made anew and kept: its last 48 bytes begin so.
        let remade = fs::read(&path).unwrap();
        assert!(remade[remade.len() - 48..].starts_with(b"TWSKETCH"));
    }
    cache.clear().unwrap();
    assert_eq!(sketch_file(dir.path()), None);
}

#[test]
fn a_tile_decodes_only_what_no_sketch_is_fine_enough_for() {
    let decoded = |buckets: u32| {
        let (trace, end) = opened(&fixture("go1.26-gcheavy"), 500, buckets, None);
        let level = base_of(&trace) - 1;
        let tracks = [Track::Proc(0, 0).id().unwrap()];
        for tile in 0..=end as u64 / ((TILE_BUCKETS as u64) << level) {
            trace.tile(level, tile, &tracks).unwrap();
        }
        trace.windows_decoded()
    };
    assert!(decoded(8_000) < decoded(0));
}
