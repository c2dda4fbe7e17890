//! One pass over a trace, for profilers: `cargo run --release -p tracewell-index --example pass FILE [THREADS]`.

use std::path::Path;
use std::time::Instant;

use tracewell_index::{Index, Plan, Shared, builder};
use tracewell_source::Source;
use tracewell_wire::header;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: pass FILE [THREADS]")?;
    let threads = args.next().map_or(Ok(Plan::default().threads), |n| n.parse())?;
    let began = Instant::now();
    let source = Source::open(Path::new(&path))?;
    let shared = Shared::new(Index::new(header::read(source.bytes())?));
    let mut first = None;
    let mut told = |p: builder::Progress| {
        if p.events > 0 {
            first.get_or_insert_with(|| began.elapsed());
        }
    };
    builder::build(&source, 0, &shared, Plan { threads, ..Plan::default() }, None, &mut told, &|| {})?;
    let took = began.elapsed().as_secs_f64() * 1e3;
    let index = shared.read();
    println!(
        "{} events in {took:.0} ms on {threads} threads; first after {:.0} ms; {} of {} generations side by side, {} segments",
        index.facts.events(),
        first.unwrap_or_default().as_secs_f64() * 1e3,
        index.joined,
        index.generations,
        index.segments.len()
    );
    Ok(())
}
