//! Very many numbers in order, and very many numbers by place, with little of them in memory.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::path::Path;

use crate::Scratch;

/// Pairs that are sorted at once.
const RUN: usize = 1 << 17;
/// Pairs that are read back at once.
const BLOCK: usize = 256;

/// An id and a place.
type Pair = (i64, u32);

/// Sorts pairs, run by run in memory, and then all runs together.
pub struct Sorter {
    run: Vec<Pair>,
    /// Of each run where its blocks are, and its pairs.
    runs: Vec<(Vec<u64>, usize)>,
    sorted: Scratch,
    len: usize,
}

impl Sorter {
    /// `folder`: as for `Scratch`.
    pub fn new(folder: Option<&Path>) -> Sorter {
        Sorter { run: Vec::new(), runs: Vec::new(), sorted: Scratch::new(folder), len: 0 }
    }

    pub fn push(&mut self, pair: Pair) {
        self.run.push(pair);
        self.len += 1;
        if self.run.len() == RUN {
            self.end_run();
        }
    }

    fn end_run(&mut self) {
        self.run.sort_unstable();
        let mut block = Vec::new();
        let mut put = |part: &[Pair]| {
            block.clear();
            for (id, place) in part {
                block.extend_from_slice(&id.to_le_bytes());
                block.extend_from_slice(&place.to_le_bytes());
            }
            self.sorted.push(&block)
        };
        let blocks = self.run.chunks(BLOCK).map(&mut put).collect();
        self.runs.push((blocks, self.run.len()));
        self.run.clear();
    }

    /// All pairs in order. Cost: O(pairs log pairs).
    pub fn finish(mut self) -> Sorted {
        self.end_run();
        self.run = Vec::new();
        self.sorted.settle();
        let runs = self.runs.into_iter().map(|(blocks, len)| Run { blocks, len, at: 0, block: Vec::new() });
        let mut all =
            Sorted { runs: runs.collect(), next: BinaryHeap::new(), sorted: self.sorted, left: self.len };
        for i in 0..all.runs.len() {
            let first = all.runs[i].next(&all.sorted);
            all.next.extend(first.map(|pair| Reverse((pair, i))));
        }
        all
    }
}

struct Run {
    blocks: Vec<u64>,
    len: usize,
    at: usize,
    /// The block at hand.
    block: Vec<Pair>,
}

impl Run {
    fn next(&mut self, sorted: &Scratch) -> Option<Pair> {
        if self.at >= self.len {
            return None;
        }
        if self.at.is_multiple_of(BLOCK) {
            let bytes = sorted.at(*self.blocks.get(self.at / BLOCK)?);
            let pair = |b: &[u8; 12]| {
                let (id, place) = b.split_at(8);
                Some((i64::from_le_bytes(id.try_into().ok()?), u32::from_le_bytes(place.try_into().ok()?)))
            };
            let count = (self.len - self.at).min(BLOCK);
            self.block.clear();
            self.block.extend(bytes.as_chunks::<12>().0.iter().take(count).filter_map(pair));
        }
        self.at += 1;
        self.block.get((self.at - 1) % BLOCK).copied()
    }
}

/// Pairs in order.
pub struct Sorted {
    runs: Vec<Run>,
    next: BinaryHeap<Reverse<(Pair, usize)>>,
    sorted: Scratch,
    left: usize,
}

impl Iterator for Sorted {
    type Item = Pair;

    fn next(&mut self) -> Option<Pair> {
        let mut top = self.next.peek_mut()?;
        let Reverse((pair, run)) = *top;
        match self.runs.get_mut(run).and_then(|r| r.next(&self.sorted)) {
            Some(next) => *top = Reverse((next, run)),
            None => {
                PeekMut::pop(top);
            }
        }
        self.left -= 1;
        Some(pair)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Sorted {}

/// Numbers by their place, four bytes each.
#[derive(Default)]
pub struct Numbers {
    /// Where each block of them is.
    blocks: Vec<u64>,
    bytes: Scratch,
    /// The block that is not whole yet.
    last: Vec<u8>,
    len: usize,
}

impl Numbers {
    /// Numbers in a scratch of their own, in the same folder as another.
    pub fn beside(other: &Scratch) -> Numbers {
        Numbers { bytes: other.another(), ..Numbers::default() }
    }

    pub fn push(&mut self, number: u32) {
        self.last.extend_from_slice(&number.to_le_bytes());
        self.len += 1;
        if self.len.is_multiple_of(BLOCK) {
            self.end_block();
        }
    }

    fn end_block(&mut self) {
        if !self.last.is_empty() {
            self.blocks.push(self.bytes.push(&self.last));
            self.last.clear();
        }
    }

    /// All are told; before it there are none to read.
    pub fn settle(&mut self) {
        self.end_block();
        self.last = Vec::new();
        self.blocks.shrink_to_fit();
        self.bytes.settle();
    }

    pub fn len(&self) -> usize {
        self.len
    }
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Cost: O(1).
    #[inline]
    pub fn get(&self, place: usize) -> Option<u32> {
        if place >= self.len {
            return None;
        }
        let block = self.bytes.at(*self.blocks.get(place / BLOCK)?);
        let at = place % BLOCK * 4;
        block.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes)
    }

    /// Memory that they take, what is mapped for a while not counted.
    pub fn bytes(&self) -> usize {
        self.bytes.bytes() + self.blocks.capacity() * 8 + self.last.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_many_runs_come_in_order_and_numbers_by_place() {
        let folder = tempfile::tempdir().unwrap();
        let mut seed = 7u64;
        let mut pair = |i: u32| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let near = i64::from(i) + (seed >> 58) as i64;
            (if i.is_multiple_of(100) { seed as i64 } else { near / 3 }, i)
        };
        for count in [0, 1, BLOCK, RUN, 10 * RUN + 77] {
            let mut want: Vec<Pair> = (0..count as u32).map(&mut pair).collect();
            let mut sorter = Sorter::new(Some(folder.path()));
            want.iter().for_each(|p| sorter.push(*p));
            let sorted = sorter.finish();
            assert_eq!(sorted.len(), count);
            let mut numbers = Numbers::beside(&Scratch::new(Some(folder.path())));
            want.sort_unstable();
            assert!(sorted.inspect(|p| numbers.push(p.1)).eq(want.iter().copied()), "{count}");
            numbers.settle();
            assert_eq!((numbers.len(), numbers.get(count)), (count, None));
            assert!(want.iter().enumerate().all(|(i, p)| numbers.get(i) == Some(p.1)), "{count}");
        }
    }
}
