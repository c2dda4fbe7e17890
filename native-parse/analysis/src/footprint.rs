//! `info --footprint`: the events of the wire by name, their number and bytes.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tracewell_source::Result;
use tracewell_wire::events::{spec_of, ty};
use tracewell_wire::{BatchKind, End, Tables, header, raw::Cursor, scan, v1};

/// Shapes: {NAME: {count, bytes}} of timed events, batches and table entries of whole generations; before Go 1.22 of all
/// records, which together are the trace but for its header. Cost: one pass.
pub fn read(bytes: &[u8], start: u64) -> Result<Value> {
    let head = header::read(&bytes[start as usize..])?;
    let mut sums: BTreeMap<&'static str, (u64, u64)> = BTreeMap::new();
    if head.format == header::Format::V1 {
        v1::footprint(bytes, head, start, |name, bytes| add(&mut sums, name, bytes));
        return Ok(answer(sums));
    }
    let mut pos = start + header::HEADER_LEN as u64;
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
    Ok(answer(sums))
}

fn answer(sums: BTreeMap<&'static str, (u64, u64)>) -> Value {
    let all = sums.into_iter().map(|(k, (n, b))| (k.to_string(), json!({"count": n, "bytes": b}))).collect();
    Value::Object(all)
}

fn add(sums: &mut BTreeMap<&'static str, (u64, u64)>, name: &'static str, bytes: u64) {
    let sum = sums.entry(name).or_default();
    sum.0 += 1;
    sum.1 += bytes;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_of_an_old_trace_are_all_of_it() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/traces/go1.19-tasks.trace");
        let bytes = std::fs::read(file).unwrap();
        let all = read(&bytes, 0).unwrap();
        let sum = |f: &str| all.as_object().unwrap().values().map(|v| v[f].as_u64().unwrap()).sum::<u64>();
        assert_eq!(sum("bytes"), (bytes.len() - header::HEADER_LEN) as u64);
        assert!(
            all["GoCreate"]["count"].as_u64().unwrap() > 10 && all["UserLog"]["count"].as_u64().unwrap() > 1
        );
    }
}
