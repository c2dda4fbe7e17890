//! Indexes a trace and says what it took: `cargo run --release --example index_once FILE`. For `npm run bench` and profilers.

use std::path::Path;
use std::time::Instant;

fn main() {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: index_once FILE");
        std::process::exit(2);
    };
    let began = Instant::now();
    let done = tracewell_slice::Trace::open(Path::new(&path), None).and_then(|t| t.index(None));
    match done {
        Ok(info) => {
            println!("{} events in {:.1} ms", info["eventCount"], began.elapsed().as_secs_f64() * 1e3);
        }
        Err(e) => {
            eprintln!("{e}");
            std::process::exit(1);
        }
    }
}
