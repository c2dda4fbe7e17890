//! What goroutines were in at the end of each piece: two to ten bytes for each that did something there and lives beyond.
//!
//! Entries of a piece are in order of their life's place, as numbers of variable length; every 32nd is in a table, so
//! that one is found without reading them all. Of long traces they are in a file.
//!
//! ```text
//! place of the life, offset of the entry: every 32nd, 4 bytes each | entry | entry | ...
//! ```

use std::path::Path;

use tracewell_order::Sym;
use tracewell_source::Scratch;

use crate::sidecar::{In, Out};
use crate::span::SpanState;

const SKIP: usize = 32;
/// Bytes of an entry of the table.
const SKIP_BYTES: usize = 8;

/// What the first byte of an entry says beside its state: more than one state was entered; the first of them is the
/// life's begin; a reason follows; no state was entered.
const MORE: u8 = 16;
const BORN: u8 = 32;
const REASON: u8 = 64;
const NONE: u8 = 128;

/// What a goroutine did in a piece. Units: ns since the trace's begin.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tail {
    /// When it entered a state here for the first time, and for the last.
    pub first: i64,
    pub since: i64,
    /// That last state; Idle: it ended then.
    pub state: SpanState,
    pub reason: Sym,
    /// States entered here, 2 for more; 0: it did something else (a log, a wake-up of another), and the rest says nothing.
    pub steps: u32,
    /// Of the time from `first` to `since`: running, runnable, system call, in 1/31.
    pub shares: [u8; 3],
}

impl Tail {
    pub(super) const NOTHING: Tail =
        Tail { first: 0, since: 0, state: SpanState::Idle, reason: Sym::EMPTY, steps: 0, shares: [0; 3] };
}

/// Bytes that are kept beside others.
#[derive(Clone, Copy, Default)]
pub(super) struct Stored {
    at: u64,
    len: u32,
}

#[derive(Default)]
struct Piece {
    from: i64,
    stored: Stored,
    /// Entries of its table.
    skips: u32,
}

/// A piece as it is read.
struct Read<'t> {
    /// Place of the life, and offset in `bytes`, of every 32nd entry.
    skip: &'t [[u8; SKIP_BYTES]],
    bytes: &'t [u8],
}

impl Read<'_> {
    fn skip(entry: &[u8; SKIP_BYTES]) -> (u32, u32) {
        let both = u64::from_le_bytes(*entry);
        (both as u32, (both >> 32) as u32)
    }
}

#[derive(Default)]
pub(super) struct Tails {
    pieces: Vec<Piece>,
    all: Scratch,
}

pub(super) fn put(out: &mut Vec<u8>, mut v: u64) {
    while v >= 128 {
        out.push(v as u8 | 128);
        v >>= 7;
    }
    out.push(v as u8);
}

pub(super) fn take(bytes: &mut &[u8]) -> Option<u64> {
    let (mut v, mut shift) = (0u64, 0);
    loop {
        let (&b, rest) = bytes.split_first()?;
        *bytes = rest;
        v |= u64::from(b & 127).checked_shl(shift)?;
        if b < 128 {
            return Some(v);
        }
        shift += 7;
    }
}

fn signed(v: u64) -> i64 {
    (v >> 1) as i64 ^ -((v & 1) as i64)
}

/// Reads the rest of an entry. `from`: begin of the piece; `life`: first and last moment of the life.
fn decode(bytes: &mut &[u8], from: i64, (start, end): (i64, i64)) -> Option<Tail> {
    let (&head, rest) = bytes.split_first()?;
    *bytes = rest;
    if head & NONE != 0 {
        return Some(Tail::NOTHING);
    }
    let state = SpanState::ALL.get(usize::from(head & 15)).copied().unwrap_or_default();
    let reason = if head & REASON != 0 { Sym(take(bytes)? as u32) } else { Sym::EMPTY };
    let first = if head & BORN != 0 { start } else { from.saturating_add(signed(take(bytes)?)) };
    let mut tail = Tail { first, since: first, state, reason, steps: 1, shares: [0; 3] };
    if head & MORE != 0 {
        tail.since =
            if state == SpanState::Idle { end } else { first.saturating_add(take(bytes)? as i64).max(first) };
        let (packed, rest) = bytes.split_first_chunk::<2>()?;
        *bytes = rest;
        let packed = u16::from_le_bytes(*packed);
        tail.shares = [packed & 31, packed >> 5 & 31, packed >> 10 & 31].map(|s| s as u8);
        tail.steps = 2;
    }
    Some(tail)
}

/// Writes what `decode` reads. `born`: its life began with the first state here.
fn encode(bytes: &mut Vec<u8>, from: i64, t: &Tail, born: bool) {
    if t.steps == 0 {
        return bytes.push(NONE);
    }
    let bit = |is: bool, bit: u8| if is { bit } else { 0 };
    let (more, reason) = (t.steps > 1, t.reason != Sym::EMPTY);
    bytes.push((t.state as u8 & 15) | bit(more, MORE) | bit(born, BORN) | bit(reason, REASON));
    if reason {
        put(bytes, u64::from(t.reason.0));
    }
    if !born {
        let v = t.first.saturating_sub(from);
        put(bytes, ((v << 1) ^ (v >> 63)) as u64);
    }
    if more {
        if t.state != SpanState::Idle {
            put(bytes, (t.since - t.first).max(0) as u64);
        }
        let [a, b, c] = t.shares.map(|s| u16::from(s & 31));
        bytes.extend_from_slice(&(a | b << 5 | c << 10).to_le_bytes());
    }
}

/// What a goroutine did, for `Tails::push`.
pub(super) struct Entry {
    pub life: u32,
    pub tail: Tail,
    pub born: bool,
}

impl Tails {
    /// `folder`: where a file may be for what is too much for memory.
    pub fn new(folder: Option<&Path>) -> Tails {
        Tails { pieces: Vec::new(), all: Scratch::new(folder) }
    }

    /// All are told.
    pub fn settle(&mut self) {
        self.pieces.shrink_to_fit();
        self.all.settle();
    }

    /// Keeps some bytes beside the tails, for whoever looks at them as rarely.
    pub fn store(&mut self, bytes: &[u8]) -> Stored {
        Stored { at: self.all.push(bytes), len: bytes.len() as u32 }
    }

    pub fn stored(&self, at: Stored) -> &[u8] {
        self.all.at(at.at).get(..at.len as usize).unwrap_or_default()
    }

    fn read(&self, piece: &Piece) -> Read<'_> {
        let all = self.stored(piece.stored);
        let (skip, bytes) = all.split_at(all.len().min(piece.skips as usize * SKIP_BYTES));
        Read { skip: skip.as_chunks().0, bytes }
    }

    fn push_piece(&mut self, from: i64, skip: &[(u32, u32)], bytes: &[u8]) {
        let table = skip
            .iter()
            .flat_map(|(life, offset)| (u64::from(*life) | u64::from(*offset) << 32).to_le_bytes());
        let stored = self.store(&table.chain(bytes.iter().copied()).collect::<Vec<u8>>());
        self.pieces.push(Piece { from, stored, skips: skip.len() as u32 });
    }

    /// The next piece's entries, in order of their life's place.
    pub fn push(&mut self, from: i64, entries: &[Entry]) {
        let (mut bytes, mut skip, mut last) = (Vec::new(), Vec::new(), 0);
        for (i, e) in entries.iter().enumerate() {
            if i % SKIP == 0 {
                skip.push((e.life, bytes.len() as u32));
                last = e.life;
            }
            put(&mut bytes, u64::from(e.life - last));
            last = e.life;
            encode(&mut bytes, from, &e.tail, e.born);
        }
        self.push_piece(from, &skip, &bytes);
    }

    pub fn put_kept(&self, out: &mut Out) {
        out.list(self.pieces.iter(), |out, s| {
            let piece = self.read(s);
            out.i(s.from);
            out.u(piece.bytes.len() as u64);
            out.0.extend_from_slice(piece.bytes);
            let mut before = (0, 0);
            out.list(piece.skip.iter().map(Read::skip), |out, (life, offset)| {
                out.u(u64::from(life - before.0));
                out.u(u64::from(offset - before.1));
                before = (life, offset);
            });
        });
    }

    /// Takes in what `put_kept` wrote. None when it is none.
    pub fn get_kept(&mut self, from: &mut In<'_>) -> Option<()> {
        from.list::<_, ()>(|from| {
            let start = from.nanos()?;
            let n = usize::try_from(from.u()?).ok()?;
            let bytes = from.take(n)?;
            let mut before = (0u32, 0u32);
            let skip: Vec<_> = from.list(|from| {
                before = (before.0.checked_add(from.u32()?)?, before.1.checked_add(from.u32()?)?);
                Some(before)
            })?;
            self.push_piece(start, &skip, bytes);
            Some(())
        })
    }

    /// Memory that they take, what is mapped for a while not counted.
    pub fn bytes(&self) -> usize {
        self.pieces.capacity() * size_of::<Piece>() + self.all.bytes()
    }

    /// `life`: first and last moment of the goroutine's life. Cost: O(log entries + 32).
    pub fn get(&self, piece: usize, life: u32, bounds: (i64, i64)) -> Option<Tail> {
        let s = self.pieces.get(piece)?;
        let own = self.read(s);
        let place = own.skip.partition_point(|e| Read::skip(e).0 <= life).checked_sub(1)?;
        let (mut at, offset) = Read::skip(own.skip.get(place)?);
        let mut bytes = own.bytes.get(offset as usize..)?;
        for _ in 0..SKIP {
            at = at.saturating_add(take(&mut bytes)? as u32);
            let tail = decode(&mut bytes, s.from, bounds)?;
            if at >= life {
                return (at == life).then_some(tail);
            }
        }
        None
    }

    /// Whether a goroutine did something in a piece.
    pub fn has(&self, piece: usize, life: u32) -> bool {
        self.get(piece, life, (0, 0)).is_some()
    }

    /// Shows (life, piece) of all entries, piece by piece.
    pub fn each(&self, see: &mut dyn FnMut(u32, u32)) {
        for (place, s) in self.pieces.iter().enumerate() {
            let own = self.read(s);
            let mut bytes = own.bytes;
            let mut at = 0u32;
            for i in 0.. {
                if i % SKIP == 0 {
                    let Some(first) = own.skip.get(i / SKIP) else { break };
                    at = Read::skip(first).0;
                }
                let Some(delta) = take(&mut bytes) else { break };
                at = at.saturating_add(delta as u32);
                if decode(&mut bytes, s.from, (0, 0)).is_none() {
                    break;
                }
                see(at, place as u32);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_and_no_other() {
        let end = 9_000_000_000;
        let entry = |i: u32| {
            let state = SpanState::ALL[i as usize % 16];
            let born = i % 5 == 1;
            let first = if born { 7 } else { 1000 - 20 + i64::from(i) };
            let steps = 1 + i % 2;
            let since = match (steps, state) {
                (1, _) => first,
                (_, SpanState::Idle) => end,
                _ => first + i64::from(i) * 1_000_003,
            };
            let shares = if steps == 1 { [0; 3] } else { [31, i as u8 % 32, 1] };
            let tail = Tail { first, since, state, reason: Sym(i / 3), steps, shares };
            Entry { life: i * i, tail, born }
        };
        let mut tails = Tails::default();
        tails.push(0, &[]);
        let mut entries: Vec<Entry> = (0..400).map(entry).collect();
        entries[17].tail = Tail::NOTHING;
        tails.push(1000, &entries);
        for e in &entries {
            assert_eq!(tails.get(1, e.life, (7, end)), Some(e.tail), "{}", e.life);
            assert_eq!(tails.get(0, e.life, (7, end)), None);
        }
        for life in [2, 3, 5, 1000, 160_000] {
            assert!(!tails.has(1, life), "{life}");
        }
        let mut seen = Vec::new();
        tails.each(&mut |life, piece| seen.push((life, piece)));
        assert_eq!(seen, entries.iter().map(|e| (e.life, 1)).collect::<Vec<_>>());
    }

    #[test]
    fn of_very_many_pieces_most_are_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut tails = Tails::new(Some(folder.path()));
        let tail = |piece: i64, life: u32| Tail {
            first: piece * 1000 + i64::from(life),
            since: piece * 1000 + 2 * i64::from(life),
            state: SpanState::Running,
            reason: Sym(3),
            steps: 2,
            shares: [1, 2, 3],
        };
        let pieces = 8_000;
        let mut seeds = Vec::new();
        for piece in 0..pieces {
            let entry = |life| Entry { life, tail: tail(piece, life), born: false };
            tails.push(piece * 1000, &(0..300).map(entry).collect::<Vec<_>>());
            seeds.push(tails.store(&piece.to_le_bytes()));
        }
        tails.settle();
        assert!(tails.bytes() < 9 << 20, "{}", tails.bytes());
        for piece in (0..pieces).step_by(7) {
            for life in [0, 31, 32, 299] {
                assert_eq!(tails.get(piece as usize, life, (0, i64::MAX)), Some(tail(piece, life)));
            }
            assert!(!tails.has(piece as usize, 300));
            assert_eq!(tails.stored(seeds[piece as usize]), piece.to_le_bytes());
        }
    }
}
