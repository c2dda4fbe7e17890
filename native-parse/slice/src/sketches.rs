//! The sketches of a trace: made one after another when it is indexed, kept as a file in the cache folder, read from there
//! as they are asked for. Memory: a place in the file for each. Where there is no file, the first ones are kept as bytes.
//!
//! ```text
//! sketches | stamp of the index, number, length and checksum of each | "TWSKETCH" | version | key | table: begin, checksum
//! ```

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flate2::Crc;
use tempfile::NamedTempFile;
use tracewell_index::sidecar::{In, Key, Out};
use tracewell_index::{BriefSpan, Index, LONG_BUCKETS, Piece, Segment, Status, Track, Window, window};
use tracewell_order::Symbols;
use tracewell_source::{SeededMap, bound_pages};

use crate::cache::{self, Cache};
use crate::sketch::{self, CounterFold, Sketch, Source};
use crate::tile::end_of;
use crate::trace::Inner;

/// A file of the cache folder that is written bit by bit and read so. `version`: raised when the meaning or layout of its
/// bits changes.
pub(crate) struct Kind {
    pub magic: &'static [u8; 8],
    pub version: u32,
    pub suffix: &'static str,
}

const SKETCHES: Kind = Kind { magic: b"TWSKETCH", version: 1, suffix: cache::SKETCHES };
const TAIL: usize = 8 + 4 + 3 * 8 + 8 + 4;
/// A trace must be so many times larger than one whose index is kept: those of smaller ones are soon made again.
const SMALL: u64 = 16;
/// A sketch takes at most this share of its piece's bytes.
const SHARE: usize = 8;
/// … or so many bytes for each of a row's buckets, where pieces are very small.
const LEAST_ROOM: usize = 8;
/// Sketches in memory, where none can be written to a file.
const MAX_MEMORY: usize = 16 << 20;
/// Of a table that is read: a piece has some ten thousand events, so no trace has more.
const MAX_TABLE: u64 = 64 << 20;

/// Where a bit of such a file lies.
#[derive(Clone, Copy, Default)]
pub(crate) struct Entry {
    at: u64,
    pub len: u32,
    crc: u32,
}

/// A bit of a file; None: it is damaged, or cannot be read.
pub(crate) fn read_entry(file: &File, entry: &Entry) -> Option<Vec<u8>> {
    let mut bytes = vec![0; entry.len as usize];
    read_at(file, &mut bytes, entry.at).ok()?;
    (checksum(&bytes) == entry.crc).then_some(bytes)
}

/// A checksum of numbers.
pub(crate) fn checksum_of(numbers: impl Iterator<Item = i64>) -> u32 {
    let mut crc = Crc::new();
    numbers.for_each(|n| crc.update(&n.to_le_bytes()));
    crc.sum()
}

#[derive(Clone)]
enum Store {
    Memory(Vec<Arc<[u8]>>),
    File(Arc<File>),
}

struct State {
    /// For each segment, the place of its first piece.
    firsts: Vec<usize>,
    entries: Vec<Entry>,
    store: Store,
}

pub(crate) struct Sketches {
    buckets: u32,
    state: Mutex<State>,
    made: AtomicBool,
}

impl Sketches {
    pub fn new(buckets: u32) -> Sketches {
        let state = State { firsts: Vec::new(), entries: Vec::new(), store: Store::Memory(Vec::new()) };
        Sketches { buckets, state: Mutex::new(state), made: AtomicBool::new(buckets == 0) }
    }

    pub fn are_made(&self) -> bool {
        self.made.load(Ordering::Acquire)
    }

    /// No more will be made.
    pub fn end(&self) {
        self.made.store(true, Ordering::Release);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The bytes of a piece's sketch. None: it has none, or it is damaged.
    fn bytes(&self, piece: Piece) -> Option<Vec<u8>> {
        let (entry, file) = {
            let state = self.lock();
            let at = state.firsts.get(piece.segment)?.checked_add(piece.part)?;
            if state.firsts.get(piece.segment + 1).is_some_and(|next| at >= *next) {
                return None;
            }
            let entry = *state.entries.get(at).filter(|e| e.len > 0)?;
            match &state.store {
                Store::Memory(all) => return all.get(at).map(|b| b.to_vec()),
                Store::File(file) => (entry, file.clone()),
            }
        };
        read_entry(&file, &entry)
    }
}

#[cfg(unix)]
fn read_at(file: &File, out: &mut [u8], at: u64) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, out, at)
}

#[cfg(windows)]
fn read_at(file: &File, mut out: &mut [u8], mut at: u64) -> std::io::Result<()> {
    while !out.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, out, at)? {
            0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            n => (out, at) = (&mut out[n..], at + n as u64),
        }
    }
    Ok(())
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum()
}

/// Says of an index whether sketches are its own: by its pieces and its texts.
fn stamp(index: &Index) -> u32 {
    let mut crc = Crc::new();
    for s in &index.segments {
        let starts = s.parts.iter().take(s.more_parts()).map(|p| p.from_nanos);
        for n in [s.start as i64, s.from_nanos, s.to_nanos].into_iter().chain(starts) {
            crc.update(&n.to_le_bytes());
        }
    }
    index.symbols.since(0).iter().for_each(|t| crc.update(t.as_bytes()));
    crc.sum()
}

/// For each segment, the place of its first piece; and how many pieces there are.
fn places(index: &Index) -> (Vec<usize>, usize) {
    let mut sum = 0;
    let mut firsts = Vec::with_capacity(index.segments.len());
    for s in &index.segments {
        firsts.push(sum);
        sum += s.more_parts() + 1;
    }
    (firsts, sum)
}

/// What is written while such a file is made.
pub(crate) struct Writer<'c> {
    file: NamedTempFile,
    at: u64,
    cache: &'c Cache,
    key: Key,
    kind: &'static Kind,
}

impl<'c> Writer<'c> {
    /// `room`: bytes that it will take, about. None: nothing can be written.
    pub fn begin(cache: &'c Cache, key: Key, kind: &'static Kind, room: u64) -> Option<Writer<'c>> {
        Some(Writer { file: cache.begin(room)?, at: 0, cache, key, kind })
    }

    /// The same file, to read from.
    pub fn reopen(&self) -> Option<File> {
        self.file.reopen().ok()
    }

    pub fn add(&mut self, bytes: &[u8]) -> Option<Entry> {
        let entry = Entry { at: self.at, len: u32::try_from(bytes.len()).ok()?, crc: checksum(bytes) };
        self.file.as_file_mut().write_all(bytes).ok()?;
        self.at += bytes.len() as u64;
        Some(entry)
    }

    /// All bits are written: it is kept for the next opening. `stamp`: of what it was made of.
    pub fn finish(mut self, stamp: u32, entries: &[Entry]) -> Option<()> {
        let mut table = Out::default();
        table.u(u64::from(stamp));
        table.list(entries.iter(), |out, e| {
            out.u(u64::from(e.len));
            out.0.extend_from_slice(&e.crc.to_le_bytes());
        });
        let crc = checksum(&table.0);
        let mut out = table.0;
        out.extend_from_slice(self.kind.magic);
        out.extend_from_slice(&self.kind.version.to_le_bytes());
        for n in [self.key.bytes, self.key.modified_nanos, self.key.content, self.at] {
            out.extend_from_slice(&n.to_le_bytes());
        }
        out.extend_from_slice(&crc.to_le_bytes());
        self.file.as_file_mut().write_all(&out).ok()?;
        self.cache.keep_bits(&self.key, self.kind.suffix, self.file);
        Some(())
    }
}

/// The table of such a file; None: it is none, or of another trace, or made of something else.
pub(crate) fn table_of(
    file: &mut File,
    kind: &Kind,
    key: &Key,
    stamp: u32,
    pieces: usize,
) -> Option<Vec<Entry>> {
    let end = file.seek(SeekFrom::End(0)).ok()?;
    let tail_at = end.checked_sub(TAIL as u64)?;
    let mut tail = [0; TAIL];
    file.seek(SeekFrom::Start(tail_at)).ok()?;
    file.read_exact(&mut tail).ok()?;
    let (magic, rest) = tail.split_at(8);
    let (version, rest) = rest.split_at(4);
    let number = |i: usize| rest.get(8 * i..8 * i + 8)?.try_into().ok().map(u64::from_le_bytes);
    let same = [key.bytes, key.modified_nanos, key.content]
        .into_iter()
        .enumerate()
        .all(|(i, n)| number(i) == Some(n));
    let at = number(3)?;
    let len = tail_at.checked_sub(at).filter(|n| *n <= MAX_TABLE)?;
    if magic != kind.magic || version != kind.version.to_le_bytes() || !same {
        return None;
    }
    let mut table = vec![0; len as usize];
    file.seek(SeekFrom::Start(at)).ok()?;
    file.read_exact(&mut table).ok()?;
    if rest.get(32..)? != checksum(&table).to_le_bytes() {
        return None;
    }
    let mut from = In::new(&table);
    if from.u()? != u64::from(stamp) {
        return None;
    }
    let mut next = 0u64;
    let entries = from.vec(|from| {
        let len = from.u32()?;
        let crc = u32::from_le_bytes(from.take(4)?.try_into().ok()?);
        let entry = Entry { at: next, len, crc };
        next = next.checked_add(u64::from(len)).filter(|n| *n <= at)?;
        Some(entry)
    })?;
    (entries.len() == pieces).then_some(entries)
}

impl Inner {
    /// The sketch of a piece. None: it has none, or not yet. Cost: reads some KB.
    pub(crate) fn sketch(&self, piece: Piece) -> Option<Sketch> {
        let bytes = self.sketches.bytes(piece)?;
        let (from, to) = self.shared.read().bounds(piece)?;
        Sketch::of(bytes, from, to)
    }

    /// Makes the sketches of all pieces, or finds those of an earlier opening. Cost: a decoding of the trace on one thread,
    /// which gives way to others where the system knows how.
    pub(crate) fn make_sketches(&self, over: &AtomicBool) {
        if self.sketches.buckets == 0 {
            return;
        }
        let (stamp, (firsts, pieces), base) = {
            let index = self.shared.read();
            if index.status != Status::Done {
                return;
            }
            (stamp(&index), places(&index), index.base())
        };
        let len = self.source.bytes().len() as u64;
        let at = self.kept_at().filter(|(cache, _)| cache.wants(len / SMALL));
        let found = at.as_ref().and_then(|(cache, key)| {
            let mut file = cache.open_bits(key, SKETCHES.suffix)?;
            let entries = table_of(&mut file, &SKETCHES, key, stamp, pieces)?;
            Some((entries, file))
        });
        if let Some((entries, file)) = found {
            *self.sketches.lock() = State { firsts, entries, store: Store::File(Arc::new(file)) };
            return;
        }
        give_way();
        let earliest = earliest(&self.shared.read());
        let room = len / SHARE as u64;
        let mut writer = at.and_then(|(cache, key)| Writer::begin(cache, key, &SKETCHES, room));
        let reader = writer.as_ref().and_then(Writer::reopen);
        let mut in_memory = 0;
        {
            let mut state = self.sketches.lock();
            state.firsts.clone_from(&firsts);
            state.store = reader.map_or(Store::Memory(Vec::new()), |f| Store::File(Arc::new(f)));
        }
        for (segment, _) in firsts.iter().enumerate() {
            let Some((s, symbols)) = self.whole_segment(segment) else { return };
            for part in 0..=s.more_parts() {
                if over.load(Ordering::Relaxed) {
                    return;
                }
                let made = self.sketch_of(&s, Piece { segment, part }, symbols.clone(), base, &earliest);
                let bytes = made
                    .filter(|b| writer.is_some() || in_memory + b.len() <= MAX_MEMORY)
                    .unwrap_or_default();
                let entry = match &mut writer {
                    Some(w) => w.add(&bytes),
                    None => Some(Entry { at: 0, len: bytes.len() as u32, crc: 0 }),
                };
                // The disk is full.
                let Some(entry) = entry else { return };
                let mut state = self.sketches.lock();
                state.entries.push(entry);
                if let Store::Memory(all) = &mut state.store {
                    in_memory += bytes.len();
                    all.push(bytes.into());
                }
            }
        }
        if let Some(writer) = writer
            && self.source.check_unchanged().is_ok()
        {
            let entries = self.sketches.lock().entries.clone();
            writer.finish(stamp, &entries);
        }
    }

    fn sketch_of(
        &self,
        s: &Segment,
        piece: Piece,
        symbols: Symbols,
        base: u32,
        earliest: &Earliest,
    ) -> Option<Vec<u8>> {
        let (from, to) = s.bounds(piece.part);
        let level = sketch::level_for(from, to, self.sketches.buckets);
        if level >= base {
            return None;
        }
        let bytes = (s.end - s.start) as usize / (s.more_parts() + 1);
        let end = end_of(s, piece, self.shared.read().end_nanos);
        let counter_level = sketch::counter_level(level);
        let each = ((to >> counter_level) - (from >> counter_level) + 1) as usize;
        let mut counters = CounterFold::new(from, end, counter_level, each);
        let prepared = self.prepared(piece.segment, s);
        let at = (s, piece.part);
        let window = window::read_part_and(
            self.source.bytes(),
            self.header,
            at,
            prepared.as_deref(),
            symbols,
            &mut counters,
        );
        counters.close(end);
        bound_pages(bytes);
        let rows = rows_of(&self.shared.read(), earliest, &window, from, to);
        let room = (bytes / SHARE).max(LEAST_ROOM * self.sketches.buckets as usize);
        let mut source = Source { from, to, rows, counters: &counters };
        sketch::make(&mut source, level, base, room)
    }
}

/// Of each row's long spans, the earliest begin of each and all behind it: so that a search can stop.
type Earliest = SeededMap<Track, Vec<i64>>;

fn earliest(index: &Index) -> Earliest {
    let of = |spans: &[BriefSpan]| {
        let mut all: Vec<i64> = spans.iter().map(|s| s.start).collect();
        for i in (1..all.len()).rev() {
            all[i - 1] = all[i - 1].min(all[i]);
        }
        all
    };
    index.long.iter().map(|(track, spans)| (*track, of(spans))).collect()
}

/// All spans that touch the moments [from, to], or end where they begin, by row.
fn rows_of(
    index: &Index,
    earliest: &Earliest,
    window: &Window,
    from: i64,
    to: i64,
) -> Vec<(Track, Vec<BriefSpan>)> {
    let long = LONG_BUCKETS << index.base();
    let mut rows: SeededMap<Track, Vec<BriefSpan>> = SeededMap::default();
    for (track, spans) in &index.long {
        let Some(earliest) = earliest.get(track) else { continue };
        // In the order of their end.
        let first = spans.partition_point(|s| s.end < from);
        let near = spans[first..].iter().zip(earliest.iter().skip(first)).take_while(|(_, e)| **e <= to);
        let spans: Vec<BriefSpan> =
            near.map(|n| *n.0).filter(|s| s.start <= to && (s.crossing || s.nanos() >= long)).collect();
        if !spans.is_empty() {
            rows.insert(*track, spans);
        }
    }
    for track in window.tracks() {
        // Long ones are there already.
        let short = window.touching(track, from - 1, to + 1).filter(|s| s.nanos() < long);
        rows.entry(track).or_default().extend(short);
    }
    let mut rows: Vec<_> = rows.into_iter().collect();
    rows.sort_by_key(|r| r.0);
    rows
}

/// From here on this thread runs when nothing else wants to.
pub fn give_way() {
    nicer(10);
}

/// From here on this thread lets those go first that draw: where there are few cores, a picture that is made would hold up
/// the frames of the one that is there.
pub fn give_way_to_page() {
    nicer(5);
}

#[cfg(target_os = "linux")]
fn nicer(by: i32) {
    thread_local!(static DONE: std::cell::Cell<i32> = const { std::cell::Cell::new(0) });
    if DONE.get() >= by {
        return;
    }
    DONE.set(by);
    // Of the thread alone, on Linux, and of those that it starts. Where it is refused, it runs as others do.
    let now = rustix::process::getpriority_process(None).unwrap_or(0);
    if now < by {
        let _ = rustix::process::nice(by - now);
    }
}

#[cfg(not(target_os = "linux"))]
fn nicer(_by: i32) {}
