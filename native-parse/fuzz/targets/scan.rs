//! Bytes to generations, tables and raw events, without the scheduler's rules. Before Go 1.22: the walk over all records,
//! and each processor's events.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tracewell_wire::header::{self, HEADER_LEN};
use tracewell_wire::{BatchKind, Cursor, Format, Header, Tables, scan, v1};

fuzz_target!(|bytes: &[u8]| {
    let Ok(head) = header::read(bytes) else { return };
    match head.format {
        Format::V1 => records(bytes, head),
        Format::V2 => generations(bytes, head),
    }
});

fn generations(bytes: &[u8], head: Header) {
    let mut pos = HEADER_LEN as u64;
    while let Some(g) = scan::generation_at(bytes, head, pos) {
        assert!(g.start == pos && g.end >= pos && g.end <= bytes.len() as u64);
        if let Ok(tables) = Tables::load(bytes, head, &g) {
            for b in g.batches.iter().filter(|b| b.kind == BatchKind::Events) {
                let mut cursor = Cursor::new(b.m, vec![*b]);
                while let Ok(true) = cursor.next(bytes, &tables) {
                    assert!(cursor.offset >= b.offset && cursor.offset < b.offset + u64::from(b.len));
                    resolve(bytes, &tables, &cursor.event.args);
                }
            }
        }
        if g.end == pos || g.ended_by != scan::End::Closed {
            return;
        }
        pos = g.end;
    }
}

fn records(bytes: &[u8], head: Header) {
    let Ok(s) = v1::scan(bytes, head, 0) else { return };
    assert!(s.end <= bytes.len() as u64);
    for p in &s.processors {
        let mut cursor = v1::Cursor::new(p.id, head.minor);
        while let Ok(Some(e)) = cursor.next(bytes, &p.batches) {
            assert!(e.offset < s.end);
            resolve(bytes, &s.tables, &[e.stack, e.text, e.args[0]]);
        }
    }
}

/// Any number may be taken for the id of a text or a stack.
fn resolve(bytes: &[u8], tables: &Tables, ids: &[u64]) {
    for &id in ids {
        let _ = tables.string(bytes, id);
        for f in tables.stack(bytes, id) {
            let _ = (tables.string(bytes, f.func), tables.string(bytes, f.file));
        }
    }
}
