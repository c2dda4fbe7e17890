//! Indexes a trace and says what it took: `cargo run --release --example index_once FILE [tiles]`. For `npm run bench`,
//! `npm run test:large` and profilers.
//!
//! With `TRACEWELL_CACHE_DIR` the index is kept there, and found by the next run. With `tiles`, windows at random places of
//! 20 scales are asked for, 50 each.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tracewell_slice::{Cache, Options, TILE_BUCKETS, Trace};
use tracewell_source::Source;

const SCALES: u32 = 20;
const WINDOWS: usize = 50;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: index_once FILE [tiles]")?;
    let (path, tiles) = (Path::new(&path), args.next().is_some_and(|a| a == "tiles"));
    let began = Instant::now();
    let cache = std::env::var_os("TRACEWELL_CACHE_DIR").and_then(|_| Cache::of_app(None));
    let trace = Trace::with(Source::open(path)?, path, Options { cache, ..Options::default() })?;
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
    if tiles {
        ask(&trace, info["durationNanos"].as_u64().unwrap_or(0), &info)?;
    }
    trace.kept()?;
    Ok(())
}

fn millis(d: Duration) -> f64 {
    d.as_secs_f64() * 1e3
}

fn ask(trace: &Trace, end: u64, info: &serde_json::Value) -> Result<(), Box<dyn std::error::Error>> {
    let procs = info["procs"].as_array().map_or(0, Vec::len) as u32;
    let tracks: Vec<u32> = (0..(2 + 2 * procs).min(32)).collect();
    let coarsest = (end / TILE_BUCKETS as u64).max(1).ilog2();
    let (mut all, mut seed) = (Vec::new(), 1u64);
    for scale in 0..SCALES {
        let Some(level) = coarsest.checked_sub(scale) else { break };
        for _ in 0..WINDOWS {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (seed >> 11) % end.max(1);
            let began = Instant::now();
            trace.tile(level, at / ((TILE_BUCKETS as u64) << level), &tracks)?;
            all.push(began.elapsed());
        }
    }
    all.sort_unstable();
    let at = |share: f64| all.get((all.len() as f64 * share) as usize).map_or(0.0, |d| millis(*d));
    println!("{} tiles: p50 {:.2} ms, p90 {:.2} ms, p99 {:.2} ms", all.len(), at(0.5), at(0.9), at(0.99));
    Ok(())
}
