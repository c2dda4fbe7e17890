//! What goroutines did, in buckets (`index::rows::Strand`), read from a file of the cache folder as it is asked for: a tile
//! of very many pieces takes the widest strands that are fine enough, and decodes the few pieces where none is.

use std::fs::File;
use std::sync::{Arc, Mutex, PoisonError};

use tracewell_index::rows::{
    BOOK_VERSION, Blobs, Book, Bounds, HEIGHTS, Strand, blobs, node_of, nodes_below, ordinal, pieces_of_node,
    strand_in,
};
use tracewell_source::SeededMap;

use super::walk::RowPlan;
use crate::cache::{self, Cache};
use crate::sketches::{Entry, Kind, Writer, checksum_of, read_entry, table_of};
use tracewell_index::sidecar::Key;

pub(crate) const STRANDS: Kind = Kind { magic: b"TWSTRAND", version: 1, suffix: cache::STRANDS };
/// What all sidecars of a trace may take together, of a hundred; strands take what the others leave of it …
const ALL_OF_100: u64 = 12;
/// … but this share at least, and that one at most.
const LEAST_SHARE: u64 = 88;
const MOST_SHARE: u64 = 12;
/// What the life of a goroutine takes in the book, and which share of the trace the rest of the book.
const LIFE_BYTES: u64 = 5;
const BOOK_SHARE: u64 = 60;
/// Blobs that are kept in memory.
const KEPT_BYTES: usize = 6 << 20;

/// Says of pieces whether strands are theirs.
fn stamp(bounds: &[Bounds]) -> u32 {
    let numbers = bounds.iter().flat_map(|b| [b.start as i64, b.from, b.to, b.piece.part as i64]);
    checksum_of(std::iter::once(BOOK_VERSION as i64).chain(numbers))
}

/// Blobs that were read lately.
#[derive(Default)]
struct Lately {
    blobs: SeededMap<usize, Arc<[u8]>>,
    bytes: usize,
}

pub(crate) struct Strands {
    file: File,
    entries: Vec<Entry>,
    lately: Mutex<Lately>,
}

impl Strands {
    fn new(file: File, entries: Vec<Entry>) -> Strands {
        Strands { file, entries, lately: Mutex::default() }
    }

    /// Those of an earlier opening; None: there are none, or not of these pieces.
    pub fn find(cache: &Cache, key: &Key, bounds: &[Bounds]) -> Option<Strands> {
        let mut file = cache.open_bits(key, STRANDS.suffix)?;
        let entries = table_of(&mut file, &STRANDS, key, stamp(bounds), blobs(bounds.len()))?;
        Some(Strands::new(file, entries))
    }

    /// The blob of a node; None: it has none, or it is damaged.
    fn blob(&self, height: u32, node: usize) -> Option<Arc<[u8]>> {
        let place = ordinal(height, node)?;
        let entry = self.entries.get(place).filter(|e| e.len > 0)?;
        let lock = || self.lately.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = lock().blobs.get(&place) {
            return Some(kept.clone());
        }
        let blob: Arc<[u8]> = read_entry(&self.file, entry)?.into();
        let mut lately = lock();
        if lately.bytes + blob.len() > KEPT_BYTES {
            *lately = Lately::default();
        }
        lately.bytes += blob.len();
        lately.blobs.insert(place, blob.clone());
        Some(blob)
    }
}

/// What is known of a row without a decoding.
#[derive(Default)]
pub(super) struct Found {
    pub strands: Vec<Strand>,
    /// Pieces that no strand is fine enough for, rising.
    pub missing: Vec<usize>,
    /// The piece behind all that was looked at.
    pub behind: usize,
    /// Its life record tells all: it lies in one bucket.
    pub is_summed: bool,
}

struct Search<'s> {
    store: &'s Strands,
    book: &'s Book,
    row: &'s RowPlan,
    level: u32,
    found: Found,
}

impl Strands {
    /// The strands of a row that make up its planned pieces at a level.
    pub(super) fn of(&self, book: &Book, row: &RowPlan, level: u32) -> Found {
        let (Some(first), Some(last)) = (row.attended.first(), row.attended.last()) else {
            return Found::default();
        };
        let is_short = row.life.is_none_or(|life| book.pieces_of(&life).len() <= 2);
        if is_short {
            return Found {
                strands: Vec::new(),
                missing: row.attended.clone(),
                behind: last + 1,
                ..Found::default()
            };
        }
        let mut search = Search { store: self, book, row, level, found: Found::default() };
        let top = HEIGHTS - 1;
        for node in node_of(top, *first)..=node_of(top, *last) {
            search.look(top, node);
        }
        search.found
    }
}

impl Search<'_> {
    fn look(&mut self, height: u32, node: usize) {
        let (begin, end) = pieces_of_node(height, node);
        let next = self.row.attended.partition_point(|p| *p < begin);
        if self.row.attended.get(next).is_none_or(|p| *p >= end) {
            return;
        }
        let blob = self.store.blob(height, node);
        let bytes = blob.as_deref().map(|blob| strand_in(blob, self.row.track.place));
        let fine = |bytes: &&[u8]| Strand::level_of(bytes).is_some_and(|l| l <= self.level);
        let strand = bytes.flatten().filter(fine).and_then(|bytes| {
            let (origin, _) = self.book.bounds(begin)?;
            Strand::read(bytes, origin)
        });
        if let Some(strand) = strand {
            self.found.strands.push(strand);
        } else if height > 0 {
            for below in nodes_below(node) {
                self.look(height - 1, below);
            }
            return;
        } else if bytes != Some(None) {
            // It has no strand that is fine enough. Where there are strands but none of it, it left no state there.
            self.found.missing.push(begin);
        }
        self.found.behind = self.found.behind.max(end.min(self.book.pieces()));
    }
}

/// Writes strands while the book is made.
pub(crate) struct StrandWriter<'c> {
    writer: Writer<'c>,
    entries: Vec<Entry>,
    room: u64,
}

impl<'c> StrandWriter<'c> {
    /// `lives`: goroutines of a trace of `bytes`, whose index and sketches take `others`. None: nothing can be written.
    pub fn begin(
        cache: &'c Cache,
        key: Key,
        bytes: u64,
        others: u64,
        lives: u64,
    ) -> Option<StrandWriter<'c>> {
        let left = (bytes / 100 * ALL_OF_100)
            .saturating_sub(others + lives.saturating_mul(LIFE_BYTES) + bytes / BOOK_SHARE);
        let room = left.clamp(bytes / LEAST_SHARE, bytes / MOST_SHARE);
        let writer = Writer::begin(cache, key, &STRANDS, room)?;
        Some(StrandWriter { writer, entries: Vec::new(), room })
    }

    /// All are written. `keep`: for the next opening too.
    pub fn finish(mut self, bounds: &[Bounds], keep: bool) -> Option<Strands> {
        // Where there was no more room, there are none.
        self.entries.resize(blobs(bounds.len()), Entry::default());
        let file = self.writer.reopen()?;
        if keep {
            self.writer.finish(stamp(bounds), &self.entries);
        }
        Some(Strands::new(file, self.entries))
    }
}

impl Blobs for StrandWriter<'_> {
    fn put(&mut self, blob: &[u8]) -> bool {
        match self.writer.add(blob) {
            Some(entry) => self.entries.push(entry),
            None => return false,
        }
        true
    }

    fn room(&self) -> u64 {
        self.room
    }
}
