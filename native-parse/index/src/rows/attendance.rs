//! In which pieces long lives did something, so that the one before and the one behind a moment are found without a look at
//! all those between: some twenty goroutines of a busy program live in thousands of pieces.

use std::ops::Range;

/// Lives in fewer pieces are looked for in each.
const MANY: usize = 16;

#[derive(Default)]
pub(super) struct Attendance {
    /// Rising.
    lives: Vec<u32>,
    /// For each, where its pieces end in `pieces`.
    ends: Vec<u32>,
    pieces: Vec<u32>,
}

impl Attendance {
    /// Whether a life in so many pieces is taken in.
    pub fn wants(pieces: usize) -> bool {
        pieces > MANY
    }

    /// Of (life, piece), in order of the pieces.
    pub fn new(mut pairs: Vec<(u32, u32)>) -> Attendance {
        // In their place: they are many, and of one life they rise.
        pairs.sort_unstable();
        let mut all = Attendance::default();
        for (i, (life, _)) in pairs.iter().enumerate() {
            if all.lives.last() != Some(life) {
                all.lives.push(*life);
                all.ends.push(0);
            }
            if let Some(end) = all.ends.last_mut() {
                *end = i as u32 + 1;
            }
        }
        // N.B. by reference: else they would stay in the room of the pairs, which is twice theirs.
        all.pieces = pairs.iter().map(|p| p.1).collect();
        all.lives.shrink_to_fit();
        all.ends.shrink_to_fit();
        all
    }

    pub fn bytes(&self) -> usize {
        (self.lives.capacity() + self.ends.capacity() + self.pieces.capacity()) * 4
    }

    /// Pieces of a life among these, rising. None: it was not taken in. Cost: O(log).
    pub fn of(&self, life: u32, among: &Range<usize>) -> Option<&[u32]> {
        let place = self.lives.binary_search(&life).ok()?;
        let begin = place.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        let all = self.pieces.get(begin..self.ends[place] as usize)?;
        let first = all.partition_point(|p| (*p as usize) < among.start);
        let last = all.partition_point(|p| (*p as usize) < among.end);
        Some(&all[first..last.max(first)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_found_by_life() {
        let pairs = vec![(9, 0), (3, 1), (9, 1), (3, 4), (9, 7), (4, 8)];
        let all = Attendance::new(pairs);
        assert_eq!(all.of(3, &(0..9)), Some(&[1, 4][..]));
        assert_eq!(all.of(9, &(1..7)), Some(&[1][..]));
        assert_eq!(all.of(4, &(0..8)), Some(&[][..]));
        assert_eq!(all.of(5, &(0..9)), None);
    }
}
