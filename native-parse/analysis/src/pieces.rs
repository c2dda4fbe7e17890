//! Many short times of goroutines, kept small: some seven bytes each, in a file where they are very many.

use std::path::Path;

use tracewell_source::Scratch;

use crate::packed::{Reader, number};

/// Bytes that are read from one place on.
const BLOCK: usize = 4096;

/// (begin, end, goroutine), in the order in which they came.
#[derive(Default)]
pub(crate) struct Pieces {
    bytes: Scratch,
    /// Where each block is, and its length.
    blocks: Vec<(u64, u32)>,
    /// The block that is not whole yet.
    block: Vec<u8>,
    /// What the next differs from.
    last: (i64, i64),
}

impl Pieces {
    /// `folder`: where a file may be for what is too much for memory.
    pub fn new(folder: Option<&Path>) -> Pieces {
        Pieces { bytes: Scratch::new(folder), ..Pieces::default() }
    }

    /// None yet, in the same folder.
    pub fn another(&self) -> Pieces {
        Pieces { bytes: self.bytes.another(), ..Pieces::default() }
    }

    pub fn push(&mut self, begin: i64, end: i64, g: i64) {
        number(&mut self.block, begin.wrapping_sub(self.last.0));
        number(&mut self.block, end.wrapping_sub(begin));
        number(&mut self.block, g.wrapping_sub(self.last.1));
        self.last = (begin, g);
        if self.block.len() >= BLOCK {
            self.blocks.push((self.bytes.push(&self.block), self.block.len() as u32));
            self.block.clear();
            self.last = (0, 0);
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (i64, i64, i64)> + '_ {
        let whole = |(at, len): &(u64, u32)| self.bytes.at(*at).get(..*len as usize).unwrap_or_default();
        let blocks = self.blocks.iter().map(whole).chain([&self.block[..]]);
        blocks.flat_map(|block| Iter { reader: Reader::new(block), last: (0, 0) })
    }

    /// Memory that it holds.
    pub fn size_bytes(&self) -> usize {
        self.bytes.bytes() + self.blocks.capacity() * 16 + self.block.capacity()
    }
}

struct Iter<'a> {
    reader: Reader<'a>,
    last: (i64, i64),
}

impl Iterator for Iter<'_> {
    type Item = (i64, i64, i64);

    fn next(&mut self) -> Option<(i64, i64, i64)> {
        let begin = self.reader.number()?.wrapping_add(self.last.0);
        let end = self.reader.number()?.wrapping_add(begin);
        let g = self.reader.number()?.wrapping_add(self.last.1);
        self.last = (begin, g);
        Some((begin, end, g))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_come_back_as_they_were() {
        let few = [(5, 9, 1), (i64::MIN, i64::MAX, -1), (0, 0, i64::MIN), (3, 2, i64::MAX)];
        let folder = tempfile::tempdir().unwrap();
        // Of a block's end, and enough for a file.
        for count in [0, 4, 1_000, 1_000_000] {
            let all: Vec<(i64, i64, i64)> = few.into_iter().cycle().take(count).collect();
            let mut p = Pieces::new(Some(folder.path()));
            all.iter().for_each(|(a, b, g)| p.push(*a, *b, *g));
            assert!(p.iter().eq(all));
            assert!(p.size_bytes() < 14 << 20 && p.another().iter().next().is_none());
        }
    }
}
