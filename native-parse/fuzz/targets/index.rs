//! An open trace: its index, then tiles, picks and counters at places that the input's last bytes choose.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use tracewell_slice::{TILE_BUCKETS, Trace};
use tracewell_source::Source;

fuzz_target!(|bytes: &[u8]| {
    let Ok(trace) = Trace::of(Source::from_bytes(bytes.to_vec()), Path::new("fuzz"), None) else { return };
    let Ok(info) = trace.index(None) else { return };
    let end = info["durationNanos"].as_i64().unwrap_or(0);
    let chosen: [u8; 8] = std::array::from_fn(|i| bytes[bytes.len() - 1 - i]);
    let n = u64::from_le_bytes(chosen);
    let track = u32::from(chosen[0] % 8);
    let at = (n as i64).rem_euclid(end.max(1).saturating_add(9));
    for level in [u32::from(chosen[1] % 60), 4, 12] {
        let tile = (at as u64 / TILE_BUCKETS as u64).checked_shr(level).unwrap_or(0);
        if let Ok(t) = trace.tile(level, tile, &[0, 1, 2, 3, track, n as u32]) {
            assert_eq!(t.cells.len(), 6 * TILE_BUCKETS);
            assert_eq!(t.spans.len(), t.span_labels.len());
        }
        let _ = trace.counters(level, tile);
    }
    for (track, at, reach) in [(track, at, 0), (n as u32, n as i64, i64::MAX), (2, at, i64::from(chosen[2]) << 7)] {
        let _ = trace.pick(track, at, reach);
        let _ = trace.adjacent(track, at, n.is_multiple_of(2));
        let _ = trace.counters_at(at);
    }
    let _ = trace.info();
});
