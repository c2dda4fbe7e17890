//! A sketch of any bytes, of any piece of time, gives what it can. The input's first bytes say which piece.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tracewell_slice::read_sketch;

fuzz_target!(|bytes: &[u8]| {
    let Some((time, sketch)) = bytes.split_first_chunk::<5>() else { return };
    let [from, shift, long, length, track] = *time;
    // From the trace's begin to some hundred years; from nothing to all of it.
    let from = i64::from(from) << (shift % 54);
    let to = from + (i64::from(length) << (long % 54));
    if let Some((states, _)) = read_sketch(sketch.to_vec(), from, to, &[0, 1, 2, u32::from(track)]) {
        assert_eq!(states.len(), 64);
    }
});
