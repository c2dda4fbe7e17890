//! Records of any length by their place.

use std::path::Path;

use crate::Scratch;

/// Records between two places that are written down: reaching one skips at most so many.
const STEP: usize = 16;

/// Records in the order in which they come, in a file where they are very many: in memory half a byte for each.
#[derive(Default)]
pub struct Records {
    bytes: Scratch,
    /// Where each `STEP` of them is.
    steps: Vec<u64>,
    /// The step that is not whole yet.
    step: Vec<u8>,
    len: usize,
}

impl Records {
    /// `folder`: as for `Scratch`.
    pub fn new(folder: Option<&Path>) -> Records {
        Records { bytes: Scratch::new(folder), ..Records::default() }
    }

    /// Answers its place.
    pub fn push(&mut self, record: &[u8]) -> usize {
        if self.len.is_multiple_of(STEP) {
            self.end_step();
        }
        let mut left = record.len();
        while left >= 0x80 {
            self.step.push(left as u8 | 0x80);
            left >>= 7;
        }
        self.step.push(left as u8);
        self.step.extend_from_slice(record);
        self.len += 1;
        self.len - 1
    }

    fn end_step(&mut self) {
        if !self.step.is_empty() {
            self.steps.push(self.bytes.push(&self.step));
            self.step.clear();
        }
    }

    /// All are told; before it there are none to read.
    pub fn settle(&mut self) {
        self.end_step();
        self.step = Vec::new();
        self.steps.shrink_to_fit();
        self.bytes.settle();
    }

    pub fn len(&self) -> usize {
        self.len
    }
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Cost: O(1).
    pub fn get(&self, place: usize) -> Option<&[u8]> {
        if place >= self.len {
            return None;
        }
        let mut bytes = self.bytes.at(*self.steps.get(place / STEP)?);
        for _ in 0..place % STEP {
            bytes = next(bytes)?.1;
        }
        next(bytes).map(|(record, _)| record)
    }

    /// What they are in.
    pub fn scratch(&self) -> &Scratch {
        &self.bytes
    }

    /// Memory that they take, what is mapped for a while not counted.
    pub fn bytes(&self) -> usize {
        self.bytes.bytes() + self.steps.capacity() * 8 + self.step.capacity()
    }
}

/// The first record, and what follows it.
fn next(mut bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut len, mut shift) = (0usize, 0);
    loop {
        let (&b, rest) = bytes.split_first()?;
        bytes = rest;
        len |= usize::from(b & 0x7f).checked_shl(shift)?;
        if b < 0x80 {
            return bytes.split_at_checked(len);
        }
        shift += 7;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_by_their_place_however_long() {
        let folder = tempfile::tempdir().unwrap();
        // None, short ones, one longer than a part of the file, and enough for several parts.
        let record = |i: usize| vec![i as u8; if i == 77 { 5 << 20 } else { i % 301 }];
        for at in [None, Some(folder.path())] {
            for count in [0, 1, STEP, STEP + 1, 150_000] {
                let mut all = Records::new(at);
                (0..count).for_each(|i| assert_eq!(all.push(&record(i)), i));
                all.settle();
                assert_eq!((all.len(), all.is_empty(), all.get(count)), (count, count == 0, None));
                assert!((0..count).all(|i| all.get(i) == Some(&record(i)[..])), "{count}");
                assert!(at.is_none() || all.bytes() < 9 << 20, "{}", all.bytes());
            }
        }
    }
}
