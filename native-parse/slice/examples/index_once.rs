//! Indexes a trace and says what it took: `cargo run --release --example index_once FILE [index | tiles | while]`. For
//! `npm run bench`, `npm run test:large` and profilers.
//!
//! It ends when sketches are made too; with `index`, as soon as the index is. With `TRACEWELL_CACHE_DIR` the index is kept
//! there, and found by the next run. With `tiles`, windows at random places of 20 scales are asked for, 50 each, when all is
//! made; with `while`, as long as the trace is indexed.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tracewell_slice::{Cache, Options, SKETCH_BUCKETS, TILE_BUCKETS, Trace};
use tracewell_source::Source;

const SCALES: u32 = 20;
const WINDOWS: usize = 50;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: index_once FILE [index | tiles | while]")?;
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
        for scale in 0..SCALES {
            asked.some(&trace, end, &tracks, scale, WINDOWS)?;
        }
        asked.print();
    }
    Ok(())
}

/// Length of a trace and its rows, as many as one answer has.
fn whole(info: &serde_json::Value) -> (u64, Vec<u32>) {
    let procs = info["procs"].as_array().map_or(0, Vec::len) as u32;
    (info["durationNanos"].as_u64().unwrap_or(0), (0..(2 + 2 * procs).min(32)).collect())
}

/// Asks for what is there already while the rest is indexed.
fn ask_while(trace: &Trace) -> Result<(), Box<dyn std::error::Error>> {
    let mut asked = Asked::default();
    std::thread::scope(|scope| {
        let pass = scope.spawn(|| trace.index(None).map(|_| ()));
        let mut scale = 0;
        while !pass.is_finished() {
            let info = trace.info();
            let to = info["indexedToNanos"].as_u64().unwrap_or(0);
            if to > 0 {
                asked.some(trace, to, &whole(&info).1, scale % SCALES, 1)?;
                scale += 1;
            }
            // As a page asks that is panned.
            std::thread::sleep(Duration::from_millis(10));
        }
        pass.join().map_err(|_| "the pass failed")??;
        Ok::<_, Box<dyn std::error::Error>>(())
    })?;
    asked.print();
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
    fn some(
        &mut self,
        trace: &Trace,
        end: u64,
        tracks: &[u32],
        scale: u32,
        windows: usize,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let coarsest = (end / TILE_BUCKETS as u64).max(1).ilog2();
        let Some(level) = coarsest.checked_sub(scale) else { return Ok(()) };
        for _ in 0..windows {
            self.seed =
                self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (self.seed >> 11) % end.max(1);
            let began = Instant::now();
            trace.tile(level, at / ((TILE_BUCKETS as u64) << level), tracks)?;
            self.took.push((scale, began.elapsed()));
        }
        Ok(())
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
