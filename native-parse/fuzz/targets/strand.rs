//! A blob of strands of any bytes gives strands that can be asked, or none. The input's first byte says of which life.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tracewell_index::rows::{Strand, strand_in};

fuzz_target!(|bytes: &[u8]| {
    let Some((life, blob)) = bytes.split_first() else { return };
    for bytes in [Some(blob), strand_in(blob, u32::from(*life))].into_iter().flatten() {
        for origin in [0, 1 << 40] {
            if let Some(strand) = Strand::read(bytes, origin) {
                assert_eq!(Strand::level_of(bytes), Some(strand.level()));
                strand.each(0, i64::MAX, &mut |at, _, _, _| assert!(at >= 0));
                assert!(strand.long().iter().all(|s| s.start < s.end));
            }
        }
    }
});
