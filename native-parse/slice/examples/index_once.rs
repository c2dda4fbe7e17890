//! Indexes a trace and says what it took: `cargo run --release --example index_once FILE [index | tiles | goroutines | while]`. For
//! `npm run bench`, `npm run test:large` and profilers.
//!
//! It ends when sketches are made too; with `index`, as soon as the index is. With `TRACEWELL_CACHE_DIR` the index is kept
//! there, and found by the next run. With `tiles`, windows at random places of 20 scales are asked for, 50 each, when all is
//! made; with `goroutines` as well, of 32 neighbouring rows at a random place of the list, around a moment that one of them
//! lives at; with `while`, as long as the trace is indexed, as a page does: quickly, and exactly what came coarse.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tracewell_slice::{Cache, Options, RowKind, RowOrder, RowQuestion, SKETCH_BUCKETS, TILE_BUCKETS, Trace};
use tracewell_source::Source;

const SCALES: u32 = 20;
const WINDOWS: usize = 50;
/// Rows of a tile of goroutines.
const ROWS: u64 = 32;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: index_once FILE [index | tiles | goroutines | while]")?;
    let (path, what) = (Path::new(&path), args.next().unwrap_or_default());
    let began = Instant::now();
    let cache = std::env::var_os("TRACEWELL_CACHE_DIR").and_then(|_| Cache::of_app(None));
    let options = Options { cache, sketch_buckets: SKETCH_BUCKETS, ..Options::default() };
    let trace = Trace::with(Source::open(path)?, path, options)?;
    if what == "while" {
        return ask_while(&trace);
    }
    let first = Arc::new(Mutex::new(None));
    let told = first.clone();
    let info = trace.index(Some(Box::new(move |progress| {
        if !progress.contains("\"eventCount\":0,")
            && let Ok(mut first) = told.lock()
        {
            first.get_or_insert_with(|| began.elapsed());
        }
    })))?;
    let took = began.elapsed();
    println!("{} events in {:.1} ms", info["eventCount"], millis(took));
    let first = first.lock().map_or(None, |f| *f).unwrap_or(took);
    println!("first spans after {:.1} ms", millis(first));
    if what == "index" {
        return Ok(());
    }
    trace.kept()?;
    trace.sketched();
    println!("all of it after {:.1} ms", millis(began.elapsed()));
    if what == "tiles" {
        let (end, tracks) = whole(&info);
        let mut asked = Asked::default();
        for scale in (0..SCALES).flat_map(|s| [s; WINDOWS]) {
            if let Some(place) = asked.place(end, scale) {
                asked.one(&trace, place, &tracks, scale, false)?;
            }
        }
        asked.print();
    }
    if what == "goroutines" {
        goroutines(&trace, whole(&info).0)?;
    }
    Ok(())
}

/// Asks for rows by goroutine, those that ran longest first in their list, every second time some of the first: at once,
/// exactly, and exactly once more.
fn goroutines(trace: &Trace, end: u64) -> Result<(), Box<dyn std::error::Error>> {
    let began = Instant::now();
    trace.make_rows(&mut |_, _| true)?;
    println!("rows after {:.1} ms, {:.1} MB", millis(began.elapsed()), trace.row_bytes() as f64 / 1e6);
    let question = RowQuestion {
        by: RowKind::Goroutine,
        group_by_name: false,
        sort: RowOrder::Running,
        descending: true,
        ids: None,
        window: None,
        filter: None,
    };
    let list = trace.open_rows(&question)?;
    let rows = list["rowsId"].as_u64().unwrap_or(0) as u32;
    let count = list["count"].as_u64().unwrap_or(0);
    let mut asked: [Asked; 3] = Default::default();
    let mut inexact = 0;
    let coarsest = (end / TILE_BUCKETS as u64).max(1).ilog2();
    for scale in 0..SCALES.min(coarsest + 1) {
        let level = coarsest - scale;
        for window in 0..WINDOWS {
            let places = if window % 2 == 0 { count } else { count.min(4 * ROWS) };
            let first = asked[0].random() % places.saturating_sub(ROWS).max(1);
            let heads = trace.row_heads(rows, first as usize, ROWS as usize)?;
            let heads = heads["heads"].as_array().cloned().unwrap_or_default();
            let number = |v: &serde_json::Value, name: &str| v[name].as_u64().unwrap_or(0);
            let tracks: Vec<u32> = heads.iter().map(|h| number(h, "track") as u32).collect();
            let Some(one) = heads.get((asked[0].random() % ROWS) as usize) else { continue };
            let (start, stop) = (number(one, "startNanos"), number(one, "endNanos"));
            let at = start + asked[0].random() % (stop - start).max(1);
            let tile = at / ((TILE_BUCKETS as u64) << level);
            for (asked, quick) in asked.iter_mut().zip([true, false, false]) {
                let began = Instant::now();
                let told = trace.tile_of(level, tile, &tracks, quick)?;
                asked.took.push((scale, began.elapsed()));
                inexact += u32::from(!told.exact);
            }
        }
    }
    for (asked, what) in asked.iter().zip(["at once", "exactly", "once more"]) {
        println!("{what}:");
        asked.print();
    }
    println!("{inexact} of those at once were coarse");
    Ok(())
}

/// Length of a trace and its rows, as many as one answer has.
fn whole(info: &serde_json::Value) -> (u64, Vec<u32>) {
    let procs = info["procs"].as_array().map_or(0, Vec::len) as u32;
    (info["durationNanos"].as_u64().unwrap_or(0), (0..(2 + 2 * procs).min(32)).collect())
}

/// Asks for what is there already while the rest is indexed, as a page does that is panned.
fn ask_while(trace: &Trace) -> Result<(), Box<dyn std::error::Error>> {
    let (mut quick, mut exact) = (Asked::default(), Asked::default());
    std::thread::scope(|scope| {
        let pass = scope.spawn(|| trace.index(None).map(|_| ()));
        let mut scale = 0;
        while !pass.is_finished() {
            let info = trace.info();
            let (to, tracks) = (info["indexedToNanos"].as_u64().unwrap_or(0), whole(&info).1);
            if to > 0
                && let Some((level, tile)) = quick.place(to, scale % SCALES)
            {
                let asked = scale % SCALES;
                if !quick.one(trace, (level, tile), &tracks, asked, true)? {
                    exact.one(trace, (level, tile), &tracks, asked, false)?;
                }
            }
            scale += 1;
            std::thread::sleep(Duration::from_millis(10));
        }
        pass.join().map_err(|_| "the pass failed")??;
        Ok::<_, Box<dyn std::error::Error>>(())
    })?;
    quick.print();
    println!("so many of them were coarse, and asked for again exactly:");
    exact.print();
    Ok(())
}

fn millis(d: Duration) -> f64 {
    d.as_secs_f64() * 1e3
}

/// How long answers took, by scale: 0 shows all of the trace, each further one half as much.
#[derive(Default)]
struct Asked {
    seed: u64,
    took: Vec<(u32, Duration)>,
}

impl Asked {
    /// The same in every run.
    fn random(&mut self) -> u64 {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.seed >> 11
    }

    /// Level and number of a tile of a scale, at a random place. None: there is no such scale.
    fn place(&mut self, end: u64, scale: u32) -> Option<(u32, u64)> {
        let level = (end / TILE_BUCKETS as u64).max(1).ilog2().checked_sub(scale)?;
        Some((level, self.random() % end.max(1) / ((TILE_BUCKETS as u64) << level)))
    }

    /// Asks for a tile, and says whether it is exact.
    fn one(
        &mut self,
        trace: &Trace,
        (level, tile): (u32, u64),
        tracks: &[u32],
        scale: u32,
        quick: bool,
    ) -> Result<bool, Box<dyn std::error::Error>> {
        let began = Instant::now();
        let exact = trace.tile_of(level, tile, tracks, quick)?.exact;
        self.took.push((scale, began.elapsed()));
        Ok(exact)
    }

    fn print(&self) {
        let line = |name: String, mut all: Vec<Duration>| {
            all.sort_unstable();
            let at = |share: f64| all.get((all.len() as f64 * share) as usize).map_or(0.0, |d| millis(*d));
            println!("{name}: p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms", at(0.5), at(0.9), at(0.99));
        };
        for scale in 0..SCALES {
            let of: Vec<_> = self.took.iter().filter(|t| t.0 == scale).map(|t| t.1).collect();
            if !of.is_empty() {
                line(format!("scale {scale:2}, {} tiles", of.len()), of);
            }
        }
        line(format!("{} tiles", self.took.len()), self.took.iter().map(|t| t.1).collect());
    }
}
