//! The strands of all lives of a trace, made while the book is: of each piece, and of 4, 16, 64 … pieces, one blob with the
//! strand of each goroutine that did something there. A tile takes the widest that are fine enough.
//!
//! ```text
//! pieces    0 1 2 3 4 5 6 7 8       blobs in order: 0 1 2 3 [0-3] 4 5 6 7 [4-7] 8
//! blob      1 | life, bytes | life, bytes | ...       empty: of these pieces there are no strands
//! ```
//! Lives that lie in one or two pieces have none: those pieces are soon decoded.

use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{Builder, Scope};

use tracewell_source::{SeededMap, SeededSet};

use super::strand::{Strand, Stretch};
use super::tails::{put, take};

/// Pieces of a node, of nodes of a node, and so on up.
const SHIFT: u32 = 2;
/// Nodes of so many heights; the highest have 4,096 pieces.
pub const HEIGHTS: u32 = 7;
/// A strand takes at most so much. Units: bytes.
const MOST: usize = 512;
/// Of a piece, and of a node: with less, strands are so coarse that they are no use; what they would take is left for the
/// nodes above.
const LEAST: [usize; 2] = [56, 96];
/// What is gathered of a life until its node ends.
const GATHERED: usize = 4 << 10;
/// Stays of a piece that are gathered at most: 40 bytes each. A piece with more has no strands.
const MAX_STAYS: usize = 1 << 18;
/// Strands that a node gathers at most.
const MAX_STRANDS: usize = 1 << 15;
/// What the strands that a node gathers take in memory. Where they are many, each may be so coarse: none of them may
/// take much in the file either.
const NODE_BYTES: usize = 6 << 20;
/// What may be spent before it is earned. Units: bytes.
const CREDIT: i64 = 16 << 10;

/// Takes the blobs of strands in order. False: no more, the disk is full.
pub trait Blobs: Send {
    fn put(&mut self, blob: &[u8]) -> bool;
    /// What strands may take of a trace of so many bytes.
    fn room(&self) -> u64;
}

/// The number of the blob of a node among all: `height` 0 is a piece.
pub fn ordinal(height: u32, node: usize) -> Option<usize> {
    let last = (node.checked_add(1)?.checked_shl(SHIFT * height)?).checked_sub(1)?;
    let closed = |h: u32, pieces: usize| pieces >> (SHIFT * h);
    let lower: usize = (0..=height).map(|h| closed(h, last + 1)).sum();
    let higher: usize = (height + 1..HEIGHTS).map(|h| closed(h, last)).sum();
    (lower + higher).checked_sub(1)
}

/// How many blobs a trace of so many pieces has.
pub fn blobs(pieces: usize) -> usize {
    (0..HEIGHTS).map(|h| pieces >> (SHIFT * h)).sum()
}

/// The first piece of a node, and the one behind its last.
pub fn pieces_of_node(height: u32, node: usize) -> (usize, usize) {
    (node << (SHIFT * height), (node + 1) << (SHIFT * height))
}

/// The first byte of a blob.
const WHOLE: u8 = 1;

/// The node of a height that a piece lies in.
pub fn node_of(height: u32, piece: usize) -> usize {
    piece >> (SHIFT * height)
}

/// The nodes below a node.
pub fn nodes_below(node: usize) -> Range<usize> {
    node << SHIFT..(node + 1) << SHIFT
}

/// The strand of a life in a blob, as bytes. Cost: O(strands in it).
pub fn strand_in(blob: &[u8], life: u32) -> Option<&[u8]> {
    let mut blob = blob.split_first().filter(|(first, _)| **first == WHOLE)?.1;
    let mut at = 0u32;
    while !blob.is_empty() {
        at = at.checked_add(u32::try_from(take(&mut blob)?).ok()?)?;
        let len = usize::try_from(take(&mut blob)?).ok()?;
        let (strand, rest) = blob.split_at_checked(len)?;
        if at >= life {
            return (at == life).then_some(strand);
        }
        blob = rest;
    }
    None
}

/// A piece whose strands wait until it is known which lives end in the next one.
struct Waiting {
    /// By life; whether it was born here.
    strands: Vec<(u32, bool, Strand)>,
    origin: i64,
    /// Bytes that it earns.
    earns: i64,
    whole: bool,
}

#[derive(Default)]
struct Node {
    /// By life: what is gathered of it, and in how many of the nodes below.
    strands: SeededMap<u32, (Strand, u32)>,
    origin: i64,
    /// What its pieces earned.
    earned: i64,
    broken: bool,
}

impl Node {
    /// Takes in the strands of a node below. `broken`: some are missing.
    fn gather(&mut self, below: Vec<(u32, Strand)>, broken: bool) {
        self.broken |= broken || self.strands.len() + below.len() > MAX_STRANDS;
        if self.broken {
            self.strands = SeededMap::default();
            return;
        }
        for (life, strand) in below {
            let (sum, count) = self.strands.entry(life).or_default();
            sum.append(strand);
            *count += 1;
            while sum.weight() > GATHERED {
                sum.coarsen(sum.level() + 1);
            }
        }
        if self.strands.values().map(|(s, _)| s.size_bytes()).sum::<usize>() > NODE_BYTES {
            let each = NODE_BYTES / self.strands.len().max(1);
            self.strands.values_mut().for_each(|(s, _)| s.shrink(each));
        }
    }
}

/// What a piece that ended hands to those who make its strands.
struct Ended {
    stays: Vec<(u32, Stretch)>,
    /// None of its stays is missing.
    whole: bool,
    origin: i64,
    earns: i64,
    gone: SeededSet<u32>,
    ages: SeededMap<u32, u32>,
}

/// Gathers the stays of a piece, and has strands made of them on a thread beside the pass: they are a third of the work.
pub(super) struct Gatherer {
    stays: Vec<(u32, Stretch)>,
    overflow: bool,
    room: u64,
    /// None: no more are made.
    ended: Option<SyncSender<Ended>>,
}

impl Gatherer {
    /// Begins such a thread, which ends when this is dropped: then all is written. None: it cannot be started.
    pub fn begin<'scope>(scope: &'scope Scope<'scope, '_>, out: &'scope mut dyn Blobs) -> Option<Gatherer> {
        let room = out.room();
        // One piece is made while the next is gathered.
        let (ended, pieces) = sync_channel(0);
        let make = move || Maker::new(out).run(&pieces);
        Builder::new().name("strands".into()).spawn_scoped(scope, make).ok()?;
        Some(Gatherer { stays: Vec::new(), overflow: false, room, ended: Some(ended) })
    }

    /// What may be spent on all pieces together.
    pub fn room(&self) -> u64 {
        self.room
    }

    pub fn stay(&mut self, life: u32, stay: Stretch) {
        if self.overflow || self.ended.is_none() {
            return;
        }
        if self.stays.len() == MAX_STAYS {
            self.overflow = true;
            self.stays = Vec::new();
            return;
        }
        self.stays.push((life, stay));
    }

    /// A piece ends. `gone`: lives that ended in it; `ages` says how many pieces ago a life was born (0: in this one; not
    /// known: long ago).
    pub fn cut(&mut self, origin: i64, earns: i64, gone: SeededSet<u32>, ages: SeededMap<u32, u32>) {
        let Some(ended) = &self.ended else { return };
        let whole = !std::mem::take(&mut self.overflow);
        let room = Vec::with_capacity(self.stays.len());
        let stays = std::mem::replace(&mut self.stays, room);
        // An error means that there is no room for more, or that the thread has failed, which the pass is told at its end.
        if ended.send(Ended { stays, whole, origin, earns, gone, ages }).is_err() {
            (self.ended, self.stays) = (None, Vec::new());
        }
    }
}

struct Maker<'s> {
    out: &'s mut dyn Blobs,
    waiting: Option<Waiting>,
    nodes: Vec<Node>,
    pieces: usize,
    /// Earned and not spent.
    purse: i64,
    /// No more are made.
    over: bool,
}

fn append(blob: &mut Vec<u8>, last: &mut u32, life: u32, strand: &[u8]) {
    put(blob, u64::from(life - *last));
    put(blob, strand.len() as u64);
    blob.extend_from_slice(strand);
    *last = life;
}

impl<'s> Maker<'s> {
    fn new(out: &'s mut dyn Blobs) -> Maker<'s> {
        let nodes = (1..HEIGHTS).map(|_| Node::default()).collect();
        Maker { out, waiting: None, nodes, pieces: 0, purse: CREDIT, over: false }
    }

    /// Makes strands of pieces, in order, as long as there is room for them.
    fn run(mut self, pieces: &Receiver<Ended>) {
        for piece in pieces {
            self.cut(piece);
            if self.over {
                return;
            }
        }
        if let Some(last) = self.waiting.take() {
            self.close(last);
        }
    }

    fn cut(&mut self, piece: Ended) {
        let Ended { mut stays, whole, origin, earns, gone, ages } = piece;
        if let Some(mut before) = self.waiting.take() {
            before.strands.retain(|(life, fresh, _)| !(*fresh && gone.contains(life)));
            self.close(before);
        }
        stays.sort_by_key(|s| s.0);
        let mut strands = Vec::new();
        for some in stays.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(life, _)) = some.first() else { continue };
            let age = ages.get(&life).copied().unwrap_or(u32::MAX);
            // What ends here and began here or in the piece before has none.
            if !(gone.contains(&life) && age <= 1) {
                strands.push((life, age == 0, Strand::of(some.iter().map(|s| s.1))));
            }
        }
        self.waiting = Some(Waiting { strands, origin, earns, whole });
    }

    /// What each of so many strands may take now, of pieces that earned so much; None: too little.
    fn most(&self, height: u32, earned: i64, strands: usize) -> Option<usize> {
        // A fourth is for nodes above; and so is what pieces below did not take.
        let each = (self.purse * 3 / 4).min(earned).max(0) as usize / strands.max(1);
        let least = if height == 0 { LEAST[0] } else { LEAST[1] };
        (each >= least).then_some(each.min(MOST))
    }

    /// Writes a blob of strands, by life; None: there are none of these pieces.
    fn put<'a>(
        &mut self,
        height: u32,
        (origin, earned): (i64, i64),
        strands: Option<impl ExactSizeIterator<Item = (u32, &'a mut Strand)>>,
    ) {
        let (mut blob, mut last) = (Vec::new(), 0);
        if let Some(strands) = strands
            && let Some(most) = self.most(height, earned, strands.len())
        {
            blob.push(WHOLE);
            strands.for_each(|(life, s)| append(&mut blob, &mut last, life, &s.fit(origin, most)));
        }
        self.purse -= blob.len() as i64;
        self.over = self.over || !self.out.put(&blob);
    }

    /// Writes the strands of a piece, and of the nodes that it ends.
    fn close(&mut self, piece: Waiting) {
        self.purse += piece.earns;
        let mut below: Vec<(u32, Strand)> = piece.strands.into_iter().map(|(l, _, s)| (l, s)).collect();
        let (mut broken, mut origin, mut earned) = (!piece.whole, piece.origin, piece.earns);
        self.put(0, (origin, earned), (!broken).then(|| below.iter_mut().map(|(l, s)| (*l, s))));
        self.pieces += 1;
        for height in 1..HEIGHTS {
            let ended = self.pieces >> (SHIFT * (height - 1));
            let Some(node) = self.nodes.get_mut(height as usize - 1) else { return };
            if (ended - 1).is_multiple_of(1 << SHIFT) {
                node.origin = origin;
            }
            node.earned = node.earned.saturating_add(earned);
            node.gather(below, broken);
            if !ended.is_multiple_of(1 << SHIFT) {
                return;
            }
            let done = std::mem::take(node);
            (broken, origin, earned) = (done.broken, done.origin, done.earned);
            let mut all: Vec<_> = done.strands.into_iter().collect();
            all.sort_unstable_by_key(|s| s.0);
            // Of one that is in one node below, that has it.
            let mut several: Vec<_> =
                all.iter_mut().filter(|s| s.1.1 > 1).map(|(life, (strand, _))| (*life, strand)).collect();
            self.put(height, (origin, earned), (!broken).then(|| several.drain(..)));
            below = all.into_iter().map(|(life, (strand, _))| (life, strand)).collect();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blobs_are_numbered_in_the_order_in_which_they_are_written() {
        let mut next = 0;
        for piece in 0..5000 {
            assert_eq!(ordinal(0, piece), Some(next));
            next += 1;
            for height in 1..HEIGHTS {
                let (_, end) = pieces_of_node(height, piece >> (SHIFT * height));
                if piece + 1 == end {
                    assert_eq!(ordinal(height, piece >> (SHIFT * height)), Some(next));
                    next += 1;
                }
            }
            assert_eq!(blobs(piece + 1), next);
        }
    }

    #[test]
    fn a_strand_is_found_by_its_life() {
        let (mut blob, mut last) = (vec![WHOLE], 0);
        for (life, strand) in [(0, &b"a"[..]), (7, b""), (900, b"xyz")] {
            append(&mut blob, &mut last, life, strand);
        }
        assert_eq!([0, 7, 900].map(|l| strand_in(&blob, l).map(<[u8]>::len)), [Some(1), Some(0), Some(3)]);
        assert_eq!([1, 8, 901].map(|l| strand_in(&blob, l)), [None; 3]);
        for cut in 0..blob.len() {
            assert_eq!(strand_in(&blob[..cut], 900), None);
        }
    }
}
