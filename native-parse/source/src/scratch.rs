//! Records that only grow in number, and of which few are looked at: the first stay in memory, later ones go to a file
//! without a name that is gone when they are, whatever happens. What is read of it is let go of from time to time, so that
//! what they take in memory has a bound, however many they are.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use memmap2::{Mmap, MmapOptions};

use crate::Bytes;
use crate::pages::drop_pages;

/// A part of the records: it is written, mapped and let go of as one.
const PART_SHIFT: u32 = 22;
const PART_BYTES: usize = 1 << PART_SHIFT;
/// The system maps about so much where a byte is looked at; a part has 64 of these.
const WINDOW_SHIFT: u32 = PART_SHIFT - 6;
/// Parts that stay in memory: of small traces nothing is written.
const PARTS_IN_MEMORY: usize = 2;
/// Windows that may be mapped before all are let go of: 4 MB.
const MAPPED_WINDOWS: usize = 64;

struct Part {
    bytes: Bytes,
    /// A bit for each window that was looked at since all were let go of.
    seen: AtomicU64,
}

/// Records by address, in parts. Reading is for any number of threads.
#[derive(Default)]
pub struct Scratch {
    parts: Vec<Part>,
    /// What is not a whole part yet.
    last: Vec<u8>,
    folder: Option<PathBuf>,
    file: Option<(File, u64)>,
    /// The disk takes no more.
    is_full: bool,
    mapped: AtomicUsize,
}

impl Scratch {
    /// `folder`: where the file may be, on a disk; None: all stays in memory. Nothing is made yet.
    pub fn new(folder: Option<&Path>) -> Scratch {
        Scratch { folder: folder.map(Path::to_path_buf), ..Scratch::default() }
    }

    /// An empty one in the same folder.
    pub fn another(&self) -> Scratch {
        Scratch::new(self.folder.as_deref().filter(|_| !self.is_full))
    }

    /// The folder of its file.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Puts a record behind the others. Answers its address; addresses rise. Where the disk takes no more, it and all that
    /// follow stay in memory. Cost: a copy, and now and then 4 MB that are written.
    pub fn push(&mut self, record: &[u8]) -> u64 {
        if !self.last.is_empty() && self.last.len() + record.len().max(1) > PART_BYTES {
            self.end_part();
        }
        let at = (self.parts.len() as u64) << PART_SHIFT | self.last.len() as u64;
        self.last.extend_from_slice(record);
        at
    }

    /// All is told: what is not a part yet becomes one.
    pub fn settle(&mut self) {
        if !self.last.is_empty() {
            self.end_part();
        }
        self.last = Vec::new();
        self.parts.shrink_to_fit();
    }

    fn end_part(&mut self) {
        let bytes = match self.write() {
            Some(map) => {
                self.last.clear();
                Bytes::Map(Arc::new(map))
            }
            None => {
                let mut own = std::mem::take(&mut self.last);
                own.shrink_to_fit();
                Bytes::Owned(own)
            }
        };
        self.parts.push(Part { bytes, seen: AtomicU64::new(0) });
    }

    /// The last part, in the file. None: it stays in memory.
    fn write(&mut self) -> Option<Mmap> {
        if self.parts.len() < PARTS_IN_MEMORY || self.is_full {
            return None;
        }
        // Where it fails no further part is tried.
        self.is_full = true;
        let (mut file, at) = match self.file.take() {
            Some(of) => of,
            None => (nameless(self.folder.as_deref()?)?, 0),
        };
        file.write_all(&self.last).ok()?;
        let len = self.last.len();
        // SAFETY: the map is read-only, of bytes that were written; the file has no name, so that nobody else can change or
        // truncate it, and is only written behind them.
        let map = unsafe { MmapOptions::new().offset(at).len(len).map(&file) }.ok()?;
        self.file = Some((file, at + len as u64));
        self.is_full = false;
        Some(map)
    }

    /// The bytes from an address on, at least to the end of its record; empty when there is none. Cost: O(1); a page of the
    /// file where it was let go of.
    pub fn at(&self, address: u64) -> &[u8] {
        let offset = (address & (PART_BYTES as u64 - 1)) as usize;
        let Some(part) = self.parts.get((address >> PART_SHIFT) as usize) else {
            let is_last = address >> PART_SHIFT == self.parts.len() as u64;
            return self.last.get(offset..).filter(|_| is_last).unwrap_or_default();
        };
        if matches!(part.bytes, Bytes::Map(_)) {
            self.see(part, offset);
        }
        part.bytes.as_slice().get(offset..).unwrap_or_default()
    }

    fn see(&self, part: &Part, offset: usize) {
        let bit = 1 << (offset >> WINDOW_SHIFT).min(63);
        if part.seen.load(Ordering::Relaxed) & bit != 0
            || part.seen.fetch_or(bit, Ordering::Relaxed) & bit != 0
        {
            return;
        }
        if self.mapped.fetch_add(1, Ordering::Relaxed) >= MAPPED_WINDOWS {
            self.let_go();
        }
    }

    /// Lets go of all that is mapped of the file. Others may read meanwhile. Cost: a system call for each part that was seen.
    pub fn let_go(&self) {
        self.mapped.store(0, Ordering::Relaxed);
        for part in &self.parts {
            if part.seen.swap(0, Ordering::Relaxed) != 0
                && let Bytes::Map(map) = &part.bytes
            {
                drop_pages(map, 0, map.len());
            }
        }
    }

    /// What they take in memory, not what is mapped for a while.
    pub fn bytes(&self) -> usize {
        let owned = |p: &Part| if let Bytes::Owned(v) = &p.bytes { v.capacity() } else { 0 };
        self.last.capacity()
            + self.parts.iter().map(owned).sum::<usize>()
            + self.parts.capacity() * size_of::<Part>()
    }

    /// What is in the file.
    pub fn file_bytes(&self) -> u64 {
        self.file.as_ref().map_or(0, |(_, len)| *len)
    }
}

fn nameless(folder: &Path) -> Option<File> {
    std::fs::create_dir_all(folder).ok()?;
    tempfile::tempfile_in(folder).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(i: u32) -> Vec<u8> {
        (0..40 + i % 7).flat_map(|n| (i.wrapping_mul(n + 1)).to_le_bytes()).collect()
    }

    /// Enough of them for several parts.
    const MANY: u32 = 180_000;

    fn filled(folder: Option<&Path>) -> (Scratch, Vec<u64>) {
        let mut all = Scratch::new(folder);
        let places = (0..MANY).map(|i| all.push(&record(i))).collect();
        (all, places)
    }

    #[test]
    fn records_are_as_they_were_in_memory_and_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        for at in [None, Some(folder.path().join("new"))] {
            let (mut all, places) = filled(at.as_deref());
            for settled in [false, true] {
                if settled {
                    all.settle();
                }
                for i in (0..MANY).step_by(37).chain((0..MANY).rev().step_by(1001)) {
                    let want = record(i);
                    assert_eq!(all.at(places[i as usize])[..want.len()], want, "{i}");
                }
            }
            assert_eq!(all.file_bytes() > 16 << 20, at.is_some());
            assert!(at.is_none() || all.bytes() < 9 << 20, "{}", all.bytes());
            assert!(places.is_sorted() && all.at(u64::MAX).is_empty());
        }
        assert_eq!(std::fs::read_dir(folder.path().join("new")).unwrap().count(), 0, "it has no name");
    }

    #[test]
    fn where_nothing_can_be_written_all_stays_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "in its place").unwrap();
        let (all, places) = filled(Some(&file));
        assert_eq!(all.file_bytes(), 0);
        let last = record(MANY - 1);
        assert_eq!(all.at(places[MANY as usize - 1])[..last.len()], last);
    }
}
