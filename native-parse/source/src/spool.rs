//! Bytes that come as a stream: standard input, pipes, and what a packed file unpacks to.
//!
//! Small ones stay in memory; larger ones go to a temporary file without a name (the system's folder for those, TMPDIR),
//! which is mapped like any other and is gone when the trace is closed, whatever happens.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Write};

use memmap2::Mmap;

use crate::packing::{MAGIC_BYTES, Packing};
use crate::{Bytes, Code, Result, TraceError, empty};

/// Kept in memory up to here.
const MEMORY_BYTES: usize = 64 << 20;
/// No trace unpacks to more; what does is a bomb or no trace.
const MAX_UNPACKED: u64 = 64 << 30;
/// Traces pack 2 to 30 times; beyond the first 256 MiB, more than this is a bomb: it would fill the disk for nothing.
const MAX_RATIO: u64 = 100;
const RATIO_FROM: u64 = 256 << 20;
/// How every trace begins.
const TRACE: &[u8] = b"go 1.";
/// Of what is no trace this much is kept, to say what it is.
const HEAD_BYTES: usize = 4096;

/// Grows in memory, then in a file.
enum Spool {
    Memory(Vec<u8>),
    File(File),
}

impl Spool {
    fn write(&mut self, part: &[u8]) -> io::Result<()> {
        match self {
            Spool::Memory(v) if v.len() + part.len() <= MEMORY_BYTES => v.extend_from_slice(part),
            Spool::Memory(v) => {
                let mut file = tempfile::tempfile()?;
                file.write_all(v)?;
                file.write_all(part)?;
                *self = Spool::File(file);
            }
            Spool::File(f) => f.write_all(part)?,
        }
        Ok(())
    }

    fn finish(self) -> Result<Bytes> {
        match self {
            Spool::Memory(v) if v.is_empty() => Err(empty()),
            Spool::Memory(v) => Ok(Bytes::Owned(v)),
            Spool::File(file) => {
                // SAFETY: the map is read-only and the file has no name: nobody else can change or truncate it.
                let map = unsafe { Mmap::map(&file) }.map_err(|e| no_room(&e))?;
                Ok(Bytes::mapped(map))
            }
        }
    }
}

/// Reads a stream to its end, unpacked where it is packed. Errors: EMPTY, IO, those of `unpack`. Cost: one copy.
pub(crate) fn read(reader: impl Read, name: &str) -> Result<Bytes> {
    let mut reader = BufReader::with_capacity(1 << 16, reader);
    let mut head = [0u8; MAGIC_BYTES];
    let mut got = 0;
    while got < head.len() {
        match reader.read(&mut head[got..]) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(crate::error::from_io(&e, name)),
        }
    }
    let whole = Cursor::new(head).take(got as u64).chain(reader);
    if let Some(packing) = Packing::of(&head[..got]) {
        return unpack(packing, whole);
    }
    copy(whole, |e| crate::error::from_io(e, name))
}

/// Unpacks a packed stream. Of what turns out to be no trace only the begin is kept. A file that is cut gives
/// what was there. Errors: IS_GZIP (of zstd NOT_A_TRACE) for what is too large, DAMAGED where the packing contradicts itself, IO.
pub(crate) fn unpack(packing: Packing, reader: impl Read) -> Result<Bytes> {
    let packed_bytes = Cell::new(0);
    let packed = Count { inner: reader, bytes: &packed_bytes };
    let mut unpacked = Ended { inner: packing.reader(packed), cut: false };
    let mut head = Vec::new();
    let read = (&mut unpacked).take(HEAD_BYTES as u64).read_to_end(&mut head);
    if read.is_err() || !head.starts_with(TRACE) {
        return if head.is_empty() {
            Err(damaged(packing, unpacked.cut, &read.err()))
        } else {
            Ok(Bytes::Owned(head))
        };
    }
    let mut spool = Spool::Memory(head);
    let mut total = HEAD_BYTES as u64;
    let mut part = vec![0u8; 1 << 16];
    loop {
        match unpacked.read(&mut part) {
            Ok(0) => return spool.finish(),
            Ok(n) => {
                total += n as u64;
                let from = packed_bytes.get();
                if total > MAX_UNPACKED || (total > RATIO_FROM && total / from.max(1) > MAX_RATIO) {
                    return Err(too_large(packing, total, from));
                }
                spool.write(&part[..n]).map_err(|e| no_room(&e))?;
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(damaged(packing, false, &Some(e))),
        }
    }
}

fn copy(mut reader: impl Read, failed: impl Fn(&io::Error) -> TraceError) -> Result<Bytes> {
    let mut spool = Spool::Memory(Vec::new());
    let mut part = vec![0u8; 1 << 16];
    loop {
        match reader.read(&mut part) {
            Ok(0) => return spool.finish(),
            Ok(n) => spool.write(&part[..n]).map_err(|e| no_room(&e))?,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(failed(&e)),
        }
    }
}

/// Counts what is read through it.
struct Count<'c, R> {
    inner: R,
    bytes: &'c Cell<u64>,
}

impl<R: Read> Read for Count<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(out)?;
        self.bytes.set(self.bytes.get() + n as u64);
        Ok(n)
    }
}

/// Takes a cut for the end: what was unpacked before it is a cut trace, and said to be one when it is read.
struct Ended<R> {
    inner: R,
    cut: bool,
}

impl<R: Read> Read for Ended<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match self.inner.read(out) {
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => {
                self.cut = true;
                Ok(0)
            }
            other => other,
        }
    }
}

fn damaged(packing: Packing, cut: bool, e: &Option<io::Error>) -> TraceError {
    let why = match e {
        _ if cut => "it ends before its first byte".to_string(),
        Some(e) => e.to_string(),
        None => "there is nothing in it".to_string(),
    };
    TraceError::new(
        Code::Damaged,
        format!(
            "The file is packed with {} and cannot be unpacked: {why}; copy or download it again",
            packing.names().0
        ),
    )
}

fn too_large(packing: Packing, total: u64, packed: u64) -> TraceError {
    let code = if packing == Packing::Gzip { Code::IsGzip } else { Code::NotATrace };
    let (name, program) = packing.names();
    TraceError::new(
        code,
        format!(
            "The file is packed with {name} and unpacks to {} times its size, {} MiB and more, as no trace does; if it is one, \
             unpack it with `{program}` and open the result",
            total / packed.max(1),
            total >> 20
        ),
    )
}

fn no_room(e: &io::Error) -> TraceError {
    TraceError::new(
        Code::Io,
        format!("There is no room for the trace in the folder for temporary files (TMPDIR): {e}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::GzEncoder;

    fn gz(bytes: &[u8]) -> Vec<u8> {
        let mut e = GzEncoder::new(Vec::new(), Compression::fast());
        e.write_all(bytes).unwrap();
        e.finish().unwrap()
    }
    fn zst(bytes: &[u8]) -> Vec<u8> {
        ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
    }
    fn noise(len: usize) -> Vec<u8> {
        let mut x = 1u32;
        let next = |_| {
            x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (x >> 24) as u8
        };
        TRACE.iter().copied().chain((0..len).map(next)).collect()
    }
    fn read_all(bytes: &[u8]) -> Result<Vec<u8>> {
        read(bytes, "a test").map(|b| b.as_slice().to_vec())
    }

    #[test]
    fn unpacks_what_is_packed_and_keeps_what_is_not() {
        let trace = noise(300_000);
        assert_eq!(read_all(&trace).unwrap(), trace);
        assert_eq!(read_all(&gz(&trace)).unwrap(), trace);
        let two = [gz(&trace[..100]), gz(&trace[100..])].concat();
        assert_eq!(read_all(&two).unwrap(), trace);
        assert_eq!(read_all(&zst(&trace)).unwrap(), trace);
        // What others put between frames is skipped.
        let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
        let two = [zst(&trace[..100]), skipped, zst(&trace[100..])].concat();
        assert_eq!(read_all(&two).unwrap(), trace);
        assert_eq!(read_all(b"g").unwrap(), b"g");
        assert_eq!(read_all(b"").err().map(|e| e.code), Some(Code::Empty));
        // Of what is no trace, the begin is enough.
        assert_eq!(read_all(&gz(&vec![b'x'; 1 << 20])).unwrap().len(), HEAD_BYTES);
        assert_eq!(read_all(&zst(&vec![b'x'; 1 << 20])).unwrap().len(), HEAD_BYTES);
    }

    #[test]
    fn a_cut_gives_what_was_there_and_damage_is_said() {
        let trace = noise(300_000);
        for packed in [gz(&trace), zst(&trace)] {
            for cut in (0..packed.len()).step_by(997).skip(1) {
                if let Ok(part) = read_all(&packed[..cut]) {
                    assert!(trace.starts_with(&part));
                }
            }
            // A block is 128 KiB at most: what lay before the last one is there.
            let part = read_all(&packed[..packed.len() - 2000]).unwrap();
            assert!(part.len() + (128 << 10) + 2000 > trace.len() && trace.starts_with(&part));
            let mut wrong = packed.clone();
            let (bit, last) = (1, wrong.len() - if packed[0] == 0x28 { 1 } else { 6 });
            wrong[last] ^= bit;
            assert_eq!(read_all(&wrong).err().map(|e| e.code), Some(Code::Damaged));
            assert_eq!(read_all(&packed[..MAGIC_BYTES]).err().map(|e| e.code), Some(Code::Damaged));
        }
    }

    #[test]
    fn large_ones_go_to_a_file() {
        let trace = noise(MEMORY_BYTES + 100_000);
        let bytes = read(&trace[..], "a test").unwrap();
        assert!(matches!(bytes, Bytes::Map(_)));
        assert!(bytes.as_slice() == trace);
    }
}
