//! The first bytes of any file, and the traces that a file may hold one after another.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tracewell_wire::{header, sections::sections};

fuzz_target!(|bytes: &[u8]| {
    let Ok(head) = header::read(bytes) else { return };
    assert_eq!(header::minor_at(bytes), Some(head.minor));
    let all = sections(bytes, head);
    // Each begins where the one before ended, and together they are the file.
    let mut at = 0;
    for s in &all {
        assert_eq!(s.offset, at);
        assert!(s.bytes >= header::HEADER_LEN as u64);
        at += s.bytes;
    }
    // What follows, if anything, is a trace of a Go that is not known yet, or names for one of Go 1.5.
    let rest = &bytes[at as usize..];
    let named = tracewell_wire::v1::names::split(bytes).1.is_some();
    assert!(named || rest.is_empty() || (header::minor_at(rest).is_some() && header::read(rest).is_err()));
});
