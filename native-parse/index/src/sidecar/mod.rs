//! An index as the bytes of a file in the cache folder, so that a trace that was indexed once need not be again.
//!
//! ```text
//! "TWINDEX\0" | index version | size, time and hash of the trace | length unpacked | checksum | zlib: the index
//! ```
//! A sidecar is not trusted: whatever its bytes, reading gives an index that can be asked, or none.

mod io;
mod parts;

use std::hash::Hasher;
use std::io::{BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::time::UNIX_EPOCH;

use flate2::Crc;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use tracewell_source::{Code, Source, TraceError};
use tracewell_wire::{Format, Header};

use crate::index::{Index, Status};
pub use io::{In, Out};
pub(crate) use parts::{get_span, machine_bytes, machine_of, put_span};

const MAGIC: &[u8; 8] = b"TWINDEX\0";
const HEAD: usize = 8 + 4 + 3 * 8 + 8 + 4;
/// Bytes of the trace's head and of its tail that make part of its key.
const HASHED: usize = 64 << 10;
/// No index is larger: its parts have limits of their own, and names are some bytes a goroutine.
const MAX_UNPACKED: u64 = 1 << 28;

/// What a trace is known by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Key {
    pub bytes: u64,
    pub modified_nanos: u64,
    /// Of head and tail.
    pub content: u64,
}

impl Key {
    /// None for bytes that are no file. Cost: a look at 128 KB.
    pub fn of(source: &Source) -> Option<Key> {
        let stamp = source.stamp()?;
        let modified = stamp.modified?.duration_since(UNIX_EPOCH).ok()?;
        let bytes = source.bytes();
        let mut hasher = std::hash::DefaultHasher::new();
        hasher.write(&bytes[..bytes.len().min(HASHED)]);
        hasher.write(&bytes[bytes.len().saturating_sub(HASHED)..]);
        Some(Key { bytes: stamp.len, modified_nanos: modified.as_nanos() as u64, content: hasher.finish() })
    }

    /// A name for its file.
    pub fn name(&self) -> String {
        format!("{:016x}-{:x}-{:x}", self.content, self.bytes, self.modified_nanos)
    }

    fn numbers(&self) -> [u64; 3] {
        [self.bytes, self.modified_nanos, self.content]
    }
}

/// The bytes of a finished index, unpacked; None for one that cannot be kept: unfinished, or of Go before 1.22, whose
/// borders hold whole readers. Cost: O(index).
pub fn encode(index: &Index) -> Option<Vec<u8>> {
    let v1 = index.header.format == Format::V1;
    if v1 || index.status != Status::Done || index.segments.iter().any(|s| s.resume.is_some()) {
        return None;
    }
    let mut out = Out::default();
    parts::put_index(&mut out, index);
    Some(out.0)
}

/// An index from `encode`d bytes; None when they are not such. `trace_bytes`: length of the trace; `folder`: where a file
/// without a name may be for what is too much for memory.
pub fn decode(header: Header, raw: &[u8], trace_bytes: u64, folder: Option<&Path>) -> Option<Index> {
    let mut from = In::new(raw);
    let index = parts::get_index(&mut from, header, trace_bytes, folder)?;
    from.is_empty().then_some(index)
}

/// Writes a whole sidecar from `encode`d bytes to the begin of a file. Cost: about 10 ms a MB; little memory.
pub fn pack(key: &Key, raw: &[u8], file: &mut (impl Write + Seek)) -> std::io::Result<()> {
    // The checksum is known when all is written.
    file.write_all(&[0; HEAD])?;
    let out = Summed { out: BufWriter::new(&mut *file), crc: Crc::new() };
    let mut packer = ZlibEncoder::new(out, flate2::Compression::fast());
    packer.write_all(raw)?;
    let mut out = packer.finish()?;
    out.flush()?;
    let sum = out.crc.sum();
    drop(out);
    let mut head = Vec::with_capacity(HEAD);
    head.extend_from_slice(MAGIC);
    head.extend_from_slice(&crate::INDEX_VERSION.to_le_bytes());
    for n in key.numbers() {
        head.extend_from_slice(&n.to_le_bytes());
    }
    head.extend_from_slice(&(raw.len() as u64).to_le_bytes());
    head.extend_from_slice(&sum.to_le_bytes());
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&head)
}

/// Adds up what goes through it.
struct Summed<W> {
    out: W,
    crc: Crc,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = self.out.write(bytes)?;
        self.crc.update(&bytes[..n]);
        Ok(n)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.out.flush()
    }
}

/// The index in a sidecar; None when it is of another trace, another version, or damaged. `folder`: as for `decode`.
pub fn unpack(
    key: &Key,
    header: Header,
    file: &[u8],
    trace_bytes: u64,
    folder: Option<&Path>,
) -> Option<Index> {
    let (head, packed) = file.split_at_checked(HEAD)?;
    let (magic, head) = head.split_at(8);
    let (version, head) = head.split_at(4);
    if magic != MAGIC || version != crate::INDEX_VERSION.to_le_bytes() {
        return None;
    }
    let number =
        |i: usize| head.get(8 * i..8 * i + 8).and_then(|b| b.try_into().ok()).map(u64::from_le_bytes);
    for (i, n) in key.numbers().into_iter().enumerate() {
        if number(i)? != n {
            return None;
        }
    }
    let len = number(3)?;
    if len > MAX_UNPACKED || head.get(32..36)? != checksum(packed).to_le_bytes() {
        return None;
    }
    let mut raw = Vec::new();
    ZlibDecoder::new(packed).take(len + 1).read_to_end(&mut raw).ok()?;
    if raw.len() as u64 != len {
        return None;
    }
    decode(header, &raw, trace_bytes, folder)
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

const CODES: [Code; 4] = [Code::Truncated, Code::Damaged, Code::TooNew, Code::Empty];

fn put_damage(out: &mut Out, e: &TraceError) {
    out.u(CODES.iter().position(|c| *c == e.code).unwrap_or(1) as u64);
    out.text(&e.message);
    out.option(e.offset, Out::u);
}

fn get_damage(from: &mut In<'_>) -> Option<TraceError> {
    let code = *CODES.get(usize::try_from(from.u()?).ok()?)?;
    let message = from.text()?.to_string();
    Some(TraceError { code, message, offset: from.option(In::u)? })
}
