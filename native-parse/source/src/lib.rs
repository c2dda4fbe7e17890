//! Station 2: a path becomes bytes that do not change length, and the errors that every later station reports.
//!
//! Packed files and streams are unpacked or kept first (`spool`).
//!
//! The only crate with `unsafe`: a map of a file that another program may truncate. A read behind the new end
//! raises SIGBUS, which ends the utility process of that trace and nothing else (docs/ARCHITECTURE.md).

mod binary;
mod error;
mod maps;
mod memory;
mod packing;
mod pages;
mod pclntab;
mod records;
mod scratch;
mod sorter;
mod spool;

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use memmap2::Mmap;

use crate::packing::Packing;

pub use binary::Binary;
pub use error::{Code, Result, TraceError};
pub use maps::{SeededMap, SeededSet};
pub use memory::give_back;
pub use pages::bound_pages;
pub use pclntab::Place;
pub use records::Records;
pub use scratch::Scratch;
pub use sorter::{Key, Numbers, Sorted, Sorter};

enum Bytes {
    Map(Arc<Mmap>),
    Owned(Vec<u8>),
}

impl Bytes {
    /// A source's, of which not too much stays mapped (`bound_pages`).
    fn mapped(map: Mmap) -> Bytes {
        let map = Arc::new(map);
        pages::watch(&map);
        Bytes::Map(map)
    }

    fn as_slice(&self) -> &[u8] {
        match self {
            Bytes::Map(m) => m,
            Bytes::Owned(v) => v,
        }
    }
}

/// What identifies the file that was opened: it is no longer that file when these differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Stamp {
    pub len: u64,
    pub modified: Option<SystemTime>,
}

/// A file and what it is. `instead`: what to do where it is a folder. Errors: those of files; IS_DIRECTORY.
pub(crate) fn open_file(path: &Path, instead: &str) -> Result<(File, Metadata)> {
    let shown = path.display();
    let file = File::open(path).map_err(|e| error::from_io(&e, &shown.to_string()))?;
    let meta = file.metadata().map_err(|e| error::from_io(&e, &shown.to_string()))?;
    if meta.is_dir() {
        return Err(TraceError::new(Code::IsDirectory, format!("{shown} is a folder; {instead}")));
    }
    Ok((file, meta))
}

/// The bytes of one trace file, read-only, of a length fixed at open.
pub struct Source {
    bytes: Bytes,
    stamp: Option<Stamp>,
    path: Option<std::path::PathBuf>,
}

impl Source {
    /// Maps a file; a packed one (gzip, zstd) is unpacked first, to memory or to a temporary file. Errors: NOT_FOUND,
    /// NO_PERMISSION, IS_DIRECTORY, EMPTY, IO; IS_GZIP, DAMAGED for packed ones. Cost: O(1), for packed ones one pass.
    pub fn open(path: &Path) -> Result<Source> {
        let (file, meta) =
            open_file(path, "open a trace file in it, such as the one `go test -trace` wrote")?;
        if !meta.is_file() {
            // A pipe or a device has no length to map: read it whole, as standard input is.
            return Source::from_reader(file);
        }
        if meta.len() == 0 {
            return Err(empty());
        }
        // SAFETY: the map is read-only. Another program may truncate the file; the process that reads it then ends by
        // SIGBUS and is watched for that reason. No reference into the map outlives `Source`.
        let map = unsafe { Mmap::map(&file) }.map_err(|e| error::from_io(&e, &path.display().to_string()))?;
        let stamp = Stamp { len: meta.len(), modified: meta.modified().ok() };
        let bytes = match Packing::of(&map) {
            Some(packing) => spool::unpack(packing, &map[..])?,
            None => Bytes::mapped(map),
        };
        Ok(Source { bytes, stamp: Some(stamp), path: Some(path.to_path_buf()) })
    }

    /// Reads a stream (standard input, a pipe) to its end, packed or not; a large one goes to a temporary file. Errors:
    /// EMPTY, IO; IS_GZIP, DAMAGED for packed ones.
    pub fn from_reader(reader: impl Read) -> Result<Source> {
        let bytes = spool::read(reader, "standard input")?;
        Ok(Source { bytes, stamp: None, path: None })
    }

    pub fn from_bytes(bytes: Vec<u8>) -> Source {
        Source { bytes: Bytes::Owned(bytes), stamp: None, path: None }
    }

    pub fn bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    /// The same trace with more bytes behind it. It stays the file that it was. Errors: IO, when a large one finds no
    /// room in the folder for temporary files. Cost: a copy.
    pub fn followed_by(self, more: &[u8]) -> Result<Source> {
        let bytes = spool::read(self.bytes().chain(more), "the trace")?;
        Ok(Source { bytes, ..self })
    }

    /// Size and time of the file when it was opened; None for bytes that are no file.
    pub fn stamp(&self) -> Option<Stamp> {
        self.stamp
    }

    /// CHANGED when the file was replaced or truncated since it was opened. Cost: one stat.
    pub fn check_unchanged(&self) -> Result<()> {
        let (Some(stamp), Some(path)) = (self.stamp, &self.path) else { return Ok(()) };
        let now = std::fs::metadata(path)
            .map(|m| Stamp { len: m.len(), modified: m.modified().ok() })
            .map_err(|e| error::from_io(&e, &path.display().to_string()))?;
        if now == stamp {
            return Ok(());
        }
        Err(TraceError::new(
            Code::Changed,
            "The file was replaced since it was opened; reload it to see the new trace",
        ))
    }

    /// Tells the system that a range was read and will not be needed soon: a map counts all it touched as resident.
    /// Cost: one system call; advice only, so failures are of no interest.
    pub fn drop_behind(&self, from: usize, to: usize) {
        if let Bytes::Map(map) = &self.bytes {
            pages::drop_pages(map, from, to);
        }
    }
}

fn empty() -> TraceError {
    TraceError::at(
        Code::Empty,
        0,
        "The file is empty; the program ended before it wrote a trace, or tracing was never started",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong_with_paths() {
        assert_eq!(Source::open(Path::new("/no/such/file")).err().map(|e| e.code), Some(Code::NotFound));
        assert_eq!(Source::open(Path::new("/")).err().map(|e| e.code), Some(Code::IsDirectory));
        assert_eq!(Source::from_reader(&b""[..]).err().map(|e| e.code), Some(Code::Empty));
    }

    #[test]
    fn notices_a_replaced_file() {
        let path = std::env::temp_dir().join(format!("tracewell-source-{}", std::process::id()));
        std::fs::write(&path, [1u8; 100]).unwrap();
        let s = Source::open(&path).unwrap();
        assert_eq!(s.bytes().len(), 100);
        assert!(s.check_unchanged().is_ok());
        s.drop_behind(0, 1 << 20);
        assert_eq!(s.bytes()[99], 1);
        std::fs::write(path.with_extension("new"), [2u8; 120]).unwrap();
        std::fs::rename(path.with_extension("new"), &path).unwrap();
        assert_eq!(s.check_unchanged().err().map(|e| e.code), Some(Code::Changed));
        std::fs::remove_file(&path).unwrap();
    }
}
