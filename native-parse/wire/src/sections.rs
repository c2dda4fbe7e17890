//! Several traces in one file: appended logs, two recordings into one writer.

use crate::header::{self, Header};
use crate::scan::{self, End};

/// A trace of the file: where it lies and how it begins.
pub struct Section {
    pub offset: u64,
    pub bytes: u64,
    pub header: String,
}

/// The traces of the file one after another, found by batch headers alone, or record by record before Go 1.22.
/// Cost: O(batches), or O(records).
pub fn sections(bytes: &[u8], first: Header) -> Vec<Section> {
    let mut out = Vec::new();
    let (mut offset, mut head) = (0, first);
    loop {
        let next = next_header(bytes, offset, head);
        let end = next.unwrap_or_else(|| crate::v1::names::len_without(head, bytes));
        out.push(Section { offset, bytes: end - offset, header: head.text() });
        match next.map(|n| (n, header::read(&bytes[n as usize..]))) {
            Some((n, Ok(h))) => (offset, head) = (n, h),
            _ => return out,
        }
    }
}

fn next_header(bytes: &[u8], start: u64, head: Header) -> Option<u64> {
    if head.format == header::Format::V1 {
        return crate::v1::next_trace(bytes, head, start);
    }
    let mut pos = start + header::HEADER_LEN as u64;
    while let Some(g) = scan::generation_at(bytes, head, pos) {
        match g.ended_by {
            End::NextTrace => return Some(g.end),
            End::Closed => pos = g.end,
            _ => return None,
        }
    }
    None
}
