//! `info --footprint`: the events of the wire by name, their number and bytes.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tracewell_source::{Code, Result, TraceError};
use tracewell_wire::events::{spec_of, ty};
use tracewell_wire::{BatchKind, End, Tables, header, raw::Cursor, scan};

/// Shapes: {NAME: {count, bytes}} of timed events, batches and table entries of whole generations. Cost: one pass.
pub fn read(bytes: &[u8], start: u64) -> Result<Value> {
    let head = header::read(&bytes[start as usize..])?;
    if head.format == header::Format::V1 {
        return Err(TraceError::new(
            Code::Range,
            format!(
                "The trace is of Go {}; bytes by event are told for traces of Go 1.22 and later, which have batches",
                head.go()
            ),
        ));
    }
    let mut pos = start + header::HEADER_LEN as u64;
    let mut sums: BTreeMap<&'static str, (u64, u64)> = BTreeMap::new();
    while let Some(g) = scan::generation_at(bytes, head, pos) {
        let Ok(tables) = Tables::load(bytes, head, &g) else { break };
        for b in &g.batches {
            let name = match b.kind {
                BatchKind::Events => "EventBatch",
                BatchKind::Strings => "Strings",
                BatchKind::Stacks => "Stacks",
                BatchKind::CpuSamples => "CPUSamples",
                BatchKind::Sync => "Sync",
                BatchKind::Experimental => "ExperimentalBatch",
            };
            let sum = sums.entry(name).or_default();
            sum.0 += 1;
            if b.kind != BatchKind::Events {
                sum.1 += u64::from(b.len);
                continue;
            }
            let mut cursor = Cursor::new(b.m, vec![*b]);
            let mut before = None;
            while cursor.next(bytes, &tables)? {
                if let Some((name, at)) = before {
                    add(&mut sums, name, cursor.offset - at);
                }
                before = Some((spec_of(cursor.event.ty).map_or("", |s| s.name), cursor.offset));
            }
            if let Some((name, at)) = before {
                add(&mut sums, name, b.offset + u64::from(b.len) - at);
            }
        }
        if g.ended_by != End::Closed {
            break;
        }
        if bytes.get(g.end as usize - 1) == Some(&ty::END_OF_GENERATION) && head.has_end_marks() {
            add(&mut sums, "EndOfGeneration", 1);
        }
        pos = g.end;
    }
    let all = sums.into_iter().map(|(k, (n, b))| (k.to_string(), json!({"count": n, "bytes": b}))).collect();
    Ok(Value::Object(all))
}

fn add(sums: &mut BTreeMap<&'static str, (u64, u64)>, name: &'static str, bytes: u64) {
    let sum = sums.entry(name).or_default();
    sum.0 += 1;
    sum.1 += bytes;
}
