//! A sidecar of any bytes is refused, or is an index that can be asked.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tracewell_index::sidecar;
use tracewell_slice::Trace;
use tracewell_source::Source;
use tracewell_wire::header;

fuzz_target!(|bytes: &[u8]| {
    let trace = include_bytes!("../../../tests/fixtures/traces/go1.26-fractal-seq.trace");
    let Ok(head) = header::read(trace) else { return };
    let Some(index) = sidecar::decode(head, bytes, trace.len() as u64, None) else { return };
    let Ok(trace) = Trace::of_index(Source::from_bytes(trace.to_vec()), index) else { return };
    let _ = trace.info();
    for level in [8, 20, 40] {
        let _ = trace.tile(level, 0, &[0, 1, 2, 3]);
        let _ = trace.counters(level, 0);
    }
    let _ = trace.pick(2, 1000, 10);
});
