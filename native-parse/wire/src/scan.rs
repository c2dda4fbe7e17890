//! How a file is cut into generations, by jumping from batch header to batch header; no event is decoded.
//!
//! ```text
//! "go 1.26 trace\0\0\0" | batch batch batch 52 | batch batch 52 |            Go 1.26: a byte closes a generation
//! "go 1.23 trace\0\0\0" | batch(gen 1) batch(gen 1) | batch(gen 2) ...       before: the next number does
//! ```

use tracewell_source::{Code, TraceError, bound_pages};

use crate::events::ty;
use crate::header::{self, Header};
use crate::varint;

/// The runtime writes at most this much in a batch, and the reference reads no more.
pub const MAX_BATCH_BYTES: u64 = 64 << 10;

/// Batch headers between two looks at how much of the file is mapped: each may map a batch's length.
const BATCHES_A_LOOK: usize = 64;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BatchKind {
    Events,
    Strings,
    Stacks,
    CpuSamples,
    Sync,
    Experimental,
}

/// One batch: all of one thread (or of none: `m` is u64::MAX), in the order it was written.
#[derive(Clone, Copy, Debug)]
pub struct Batch {
    pub kind: BatchKind,
    /// Bytes of the payload.
    pub len: u32,
    /// Offset of the payload in the file.
    pub offset: u64,
    /// Thread id.
    pub m: u64,
    /// Clock ticks: the time base of its first event.
    pub ts: u64,
}

/// Why a generation has no more batches.
#[derive(Clone, PartialEq, Debug)]
pub enum End {
    /// Closed by the runtime: byte 52, or the first batch of the next generation.
    Closed,
    /// The file ends here. Complete before Go 1.26, cut short since.
    Eof,
    /// Another trace begins here.
    NextTrace,
    /// The bytes here are not a batch.
    Damage(TraceError),
}

/// A generation: purely data, about one second of the program, readable by itself.
#[derive(Clone, Debug)]
pub struct Generation {
    /// The runtime's number; it need not begin with 1.
    pub number: u64,
    /// Its bytes in the file.
    pub start: u64,
    pub end: u64,
    pub batches: Vec<Batch>,
    pub ended_by: End,
}

impl Generation {
    /// The least time stamp of all batches, tables included: the generation begins there.
    pub fn min_ts(&self) -> u64 {
        self.batches.iter().map(|b| b.ts).min().unwrap_or(0)
    }
    /// Where its bytes stop making sense. Before Go 1.26 that is first felt as a missing table or event: it is named
    /// instead of what follows from it.
    pub fn cut(&self) -> Option<TraceError> {
        match &self.ended_by {
            End::Damage(e) => Some(e.clone()),
            _ => None,
        }
    }
    /// True when the runtime's own end was seen, or (before Go 1.26) could have been here.
    pub fn is_whole(&self, header: Header) -> bool {
        match &self.ended_by {
            End::Closed => true,
            _ => !header.has_end_marks(),
        }
    }
}

/// Reads the batch headers of the generation that begins at `pos`.
///
/// None at a clean end of the file. A generation without batches and `ended_by` Damage or NextTrace says what stands
/// at `pos` instead. Cost: O(batches), about one cache line of the file each.
pub fn generation_at(bytes: &[u8], header: Header, pos: u64) -> Option<Generation> {
    let mut g = Generation { number: 0, start: pos, end: pos, batches: Vec::new(), ended_by: End::Closed };
    let mut at = pos as usize;
    loop {
        let Some(&first) = bytes.get(at) else {
            g.end = at as u64;
            g.ended_by = End::Eof;
            let nothing = if header.has_end_marks() {
                // A clean end: tables alone are no generation.
                !g.batches.iter().any(|b| b.kind == BatchKind::Events)
            } else {
                g.batches.is_empty()
            };
            return if nothing && at as u64 == pos { None } else { Some(g) };
        };
        g.end = at as u64;
        if first == ty::END_OF_GENERATION && header.has_end_marks() {
            g.end += 1;
            return Some(g);
        }
        if first == b'g' && header::minor_at(&bytes[at..]).is_some() {
            g.ended_by = End::NextTrace;
            return Some(g);
        }
        match batch_at(bytes, header, at) {
            Ok((number, batch)) => {
                if g.batches.is_empty() {
                    g.number = number;
                } else if number != g.number {
                    if !header.has_end_marks() && number == g.number.wrapping_add(1) {
                        return Some(g);
                    }
                    g.ended_by = End::Damage(TraceError::damaged(
                        at as u64,
                        format!("A batch of generation {number} stands inside generation {}", g.number),
                    ));
                    return Some(g);
                }
                at = batch.offset as usize + batch.len as usize;
                g.batches.push(batch);
                if g.batches.len().is_multiple_of(BATCHES_A_LOOK) {
                    bound_pages(BATCHES_A_LOOK * MAX_BATCH_BYTES as usize);
                }
            }
            Err(e) => {
                g.ended_by = End::Damage(e);
                return Some(g);
            }
        }
    }
}

fn batch_at(bytes: &[u8], header: Header, at: usize) -> Result<(u64, Batch), TraceError> {
    let cut = || {
        TraceError::at(
            Code::Truncated,
            bytes.len() as u64,
            "The file ends in the middle of a batch: the program ended before it called trace.Stop, or the copy was cut short",
        )
    };
    let mut pos = at + 1;
    let experimental = match bytes[at] {
        ty::EVENT_BATCH => false,
        ty::EXPERIMENTAL_BATCH if header.minor >= 23 => {
            // The experiment is one raw byte, whatever it is.
            bytes.get(pos).ok_or_else(cut)?;
            pos += 1;
            true
        }
        other => {
            return Err(TraceError::damaged(
                at as u64,
                format!(
                    "These bytes are no part of a Go trace: a batch of events should begin here, but the byte is {other}; \
                     the file was damaged, or something else was written into it"
                ),
            ));
        }
    };
    let mut number = || {
        let before = pos;
        varint::read(bytes, &mut pos).ok_or_else(|| {
            if bytes.len() - before < 10 {
                cut()
            } else {
                TraceError::damaged(before as u64, "A number in a batch header does not fit in 64 bits")
            }
        })
    };
    let (generation, m, ts, len) = (number()?, number()?, number()?, number()?);
    if generation == 0 {
        return Err(TraceError::damaged(
            at as u64,
            "A batch has the generation number 0, which Go never writes",
        ));
    }
    if len > MAX_BATCH_BYTES {
        return Err(TraceError::damaged(
            at as u64,
            format!("A batch claims {len} bytes; Go writes at most 65,536"),
        ));
    }
    let payload = bytes.get(pos..pos + len as usize).ok_or_else(cut)?;
    let kind = if experimental {
        BatchKind::Experimental
    } else {
        match payload.first() {
            Some(&ty::STRINGS) => BatchKind::Strings,
            Some(&ty::STACKS) => BatchKind::Stacks,
            Some(&ty::CPU_SAMPLES) => BatchKind::CpuSamples,
            Some(&ty::FREQUENCY) if !header.has_clock_snapshots() => BatchKind::Sync,
            Some(&ty::SYNC) if header.has_clock_snapshots() => BatchKind::Sync,
            _ => BatchKind::Events,
        }
    };
    Ok((generation, Batch { kind, len: len as u32, offset: pos as u64, m, ts }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::Format;

    fn header(minor: u32) -> Header {
        Header { minor, format: Format::V2 }
    }
    fn batch(generation: u8, payload: &[u8]) -> Vec<u8> {
        let mut v = vec![1, generation, 9, 50, payload.len() as u8];
        v.extend_from_slice(payload);
        v
    }

    #[test]
    fn a_number_or_a_byte_closes_a_generation() {
        let old = [batch(1, &[4]), batch(1, &[11, 1]), batch(2, &[4])].concat();
        let g = generation_at(&old, header(23), 0).unwrap();
        assert_eq!((g.number, g.batches.len(), g.ended_by.clone()), (1, 2, End::Closed));
        let g = generation_at(&old, header(23), g.end).unwrap();
        assert_eq!((g.number, g.ended_by.clone()), (2, End::Eof));
        assert!(generation_at(&old, header(23), g.end).is_none());

        let new = [batch(1, &[4]), vec![52], batch(7, &[11, 1]), vec![52]].concat();
        let g = generation_at(&new, header(26), 0).unwrap();
        assert_eq!((g.number, g.end as usize), (1, batch(1, &[4]).len() + 1));
        let g = generation_at(&new, header(26), g.end).unwrap();
        assert_eq!((g.number, g.ended_by.clone()), (7, End::Closed));
        assert!(generation_at(&new, header(26), g.end).is_none());
    }

    #[test]
    fn what_is_no_batch_is_named_with_its_place() {
        let cut = batch(1, &[11, 1]);
        let g = generation_at(&cut[..cut.len() - 1], header(26), 0).unwrap();
        assert!(matches!(g.ended_by, End::Damage(ref e) if e.code == Code::Truncated));
        let bad = [batch(1, &[11, 1]), vec![99]].concat();
        let g = generation_at(&bad, header(23), 0).unwrap();
        assert!(matches!(g.ended_by, End::Damage(ref e) if e.offset == Some(7)));
        let two = [batch(1, &[11, 1]), b"go 1.23 trace\0\0\0".to_vec()].concat();
        assert_eq!(generation_at(&two, header(23), 0).unwrap().ended_by, End::NextTrace);
        let big = [1, 1, 9, 50, 0xff, 0xff, 0xff, 0x7f, 0];
        assert!(matches!(generation_at(&big, header(23), 0).unwrap().ended_by, End::Damage(_)));
    }
}
