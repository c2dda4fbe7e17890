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

/// What places are sorted by: a number, or several, of which the first decides.
pub trait Key: Ord + Copy {
    const BYTES: usize;
    fn put(self, out: &mut Vec<u8>);
    /// Of so many bytes.
    fn get(bytes: &[u8]) -> Option<Self>;
}

impl Key for i64 {
    const BYTES: usize = 8;
    fn put(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }
    fn get(bytes: &[u8]) -> Option<i64> {
        bytes.try_into().ok().map(i64::from_le_bytes)
    }
}

impl Key for u32 {
    const BYTES: usize = 4;
    fn put(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.to_le_bytes());
    }
    fn get(bytes: &[u8]) -> Option<u32> {
        bytes.try_into().ok().map(u32::from_le_bytes)
    }
}

impl<A: Key, B: Key> Key for (A, B) {
    const BYTES: usize = A::BYTES + B::BYTES;
    fn put(self, out: &mut Vec<u8>) {
        self.0.put(out);
        self.1.put(out);
    }
    fn get(bytes: &[u8]) -> Option<(A, B)> {
        let (a, b) = bytes.split_at_checked(A::BYTES)?;
        Some((A::get(a)?, B::get(b)?))
    }
}

/// Sorts pairs of a key and a place, run by run in memory, and then all runs together.
pub struct Sorter<K = i64> {
    run: Vec<(K, u32)>,
    /// Of each run where its blocks are, and its pairs.
    runs: Vec<(Vec<u64>, usize)>,
    sorted: Scratch,
    len: usize,
}

impl<K: Key> Sorter<K> {
    /// `folder`: as for `Scratch`.
    pub fn new(folder: Option<&Path>) -> Sorter<K> {
        Sorter { run: Vec::new(), runs: Vec::new(), sorted: Scratch::new(folder), len: 0 }
    }

    pub fn push(&mut self, pair: (K, u32)) {
        self.run.push(pair);
        self.len += 1;
        if self.run.len() == RUN {
            self.end_run();
        }
    }

    fn end_run(&mut self) {
        self.run.sort_unstable();
        let mut block = Vec::new();
        let mut put = |part: &[(K, u32)]| {
            block.clear();
            part.iter().for_each(|pair| pair.put(&mut block));
            self.sorted.push(&block)
        };
        let blocks = self.run.chunks(BLOCK).map(&mut put).collect();
        self.runs.push((blocks, self.run.len()));
        self.run.clear();
    }

    /// All pairs in order. Cost: O(pairs log pairs).
    pub fn finish(mut self) -> Sorted<K> {
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

struct Run<K> {
    blocks: Vec<u64>,
    len: usize,
    at: usize,
    /// The block at hand.
    block: Vec<(K, u32)>,
}

impl<K: Key> Run<K> {
    fn next(&mut self, sorted: &Scratch) -> Option<(K, u32)> {
        if self.at >= self.len {
            return None;
        }
        if self.at.is_multiple_of(BLOCK) {
            let bytes = sorted.at(*self.blocks.get(self.at / BLOCK)?);
            let count = (self.len - self.at).min(BLOCK);
            self.block.clear();
            let pairs = bytes.chunks_exact(<(K, u32)>::BYTES).take(count);
            self.block.extend(pairs.filter_map(<(K, u32)>::get));
        }
        self.at += 1;
        self.block.get((self.at - 1) % BLOCK).copied()
    }
}

/// Pairs in order.
pub struct Sorted<K = i64> {
    runs: Vec<Run<K>>,
    next: BinaryHeap<Reverse<((K, u32), usize)>>,
    sorted: Scratch,
    left: usize,
}

impl<K: Key> Iterator for Sorted<K> {
    type Item = (K, u32);

    fn next(&mut self) -> Option<(K, u32)> {
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

impl<K: Key> ExactSizeIterator for Sorted<K> {}

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
    /// `folder`: as for `Scratch`.
    pub fn new(folder: Option<&Path>) -> Numbers {
        Numbers { bytes: Scratch::new(folder), ..Numbers::default() }
    }

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

    /// All by their place, from one on. Cost: of each less than `get`.
    pub fn iter_from(&self, place: usize) -> impl Iterator<Item = u32> + '_ {
        let skip = place % BLOCK;
        let of_block = move |(i, at): (usize, &u64)| {
            let count = (self.len - i * BLOCK).min(BLOCK);
            let number = |b: &[u8; 4]| u32::from_le_bytes(*b);
            self.bytes.at(*at).as_chunks::<4>().0.iter().take(count).map(number)
        };
        self.blocks.iter().enumerate().skip(place / BLOCK).flat_map(of_block).skip(skip)
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
            let mut want: Vec<(i64, u32)> = (0..count as u32).map(&mut pair).collect();
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
            for from in [0, 1, BLOCK - 1, BLOCK, count / 2, count, count + BLOCK] {
                assert!(
                    numbers.iter_from(from).eq(want.iter().skip(from).map(|p| p.1)),
                    "{count}, from {from}"
                );
            }
        }
    }

    #[test]
    fn of_a_key_of_several_numbers_the_first_decides() {
        let folder = tempfile::tempdir().unwrap();
        let key = |i: u32| (i.wrapping_mul(2_654_435_761) % 5, i64::from(i % 77) - (1 << 40));
        let mut want: Vec<((u32, i64), u32)> = (0..2 * RUN as u32 + 5).map(|i| (key(i), i)).collect();
        let mut sorter = Sorter::new(Some(folder.path()));
        want.iter().for_each(|p| sorter.push(*p));
        want.sort_unstable();
        assert!(sorter.finish().eq(want));
    }
}
