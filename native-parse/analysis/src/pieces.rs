//! Many short times of goroutines, kept small: some seven bytes each.

use crate::packed::{Reader, number};

/// (begin, end, goroutine), in the order in which they came.
#[derive(Clone, Default)]
pub(crate) struct Pieces {
    bytes: Vec<u8>,
    last: (i64, i64),
}

impl Pieces {
    pub fn push(&mut self, begin: i64, end: i64, g: i64) {
        number(&mut self.bytes, begin.wrapping_sub(self.last.0));
        number(&mut self.bytes, end.wrapping_sub(begin));
        number(&mut self.bytes, g.wrapping_sub(self.last.1));
        self.last = (begin, g);
    }

    pub fn iter(&self) -> impl Iterator<Item = (i64, i64, i64)> + Clone + '_ {
        Iter { reader: Reader::new(&self.bytes), last: (0, 0) }
    }

    /// Memory that it holds.
    pub fn size_bytes(&self) -> usize {
        self.bytes.capacity()
    }
}

#[derive(Clone)]
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
        let all = [(5, 9, 1), (i64::MIN, i64::MAX, -1), (0, 0, i64::MIN), (3, 2, i64::MAX)];
        let mut p = Pieces::default();
        all.iter().for_each(|(a, b, g)| p.push(*a, *b, *g));
        assert_eq!(p.iter().collect::<Vec<_>>(), all);
        assert_eq!(Pieces::default().iter().count(), 0);
    }
}
