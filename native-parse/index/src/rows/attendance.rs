//! In which pieces long lives did something, so that the one before and the one behind a moment are found without a look at
//! all those between: some twenty goroutines of a busy program live in thousands of pieces.

use std::ops::Range;

use tracewell_source::SeededMap;

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

    /// `each` shows (life, piece) of all lives that are taken in, in order of the pieces; twice, so that room is made once for
    /// as many as there are.
    pub fn new(mut each: impl FnMut(&mut dyn FnMut(u32, u32))) -> Attendance {
        let mut next: SeededMap<u32, u32> = SeededMap::default();
        each(&mut |life, _| *next.entry(life).or_default() += 1);
        let mut lives: Vec<u32> = next.keys().copied().collect();
        lives.sort_unstable();
        let (mut ends, mut end) = (Vec::with_capacity(lives.len()), 0);
        for life in &lives {
            if let Some(count) = next.get_mut(life) {
                // From its number to where its first piece goes.
                end += std::mem::replace(count, end);
            }
            ends.push(end);
        }
        let mut pieces = vec![0; end as usize];
        each(&mut |life, piece| {
            if let Some(at) = next.get_mut(&life) {
                if let Some(place) = pieces.get_mut(*at as usize) {
                    *place = piece;
                }
                *at += 1;
            }
        });
        Attendance { lives, ends, pieces }
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
        let pairs = [(9, 0), (3, 1), (9, 1), (3, 4), (9, 7), (4, 8)];
        let all = Attendance::new(|see| pairs.iter().for_each(|(life, piece)| see(*life, *piece)));
        assert_eq!(all.of(3, &(0..9)), Some(&[1, 4][..]));
        assert_eq!(all.of(9, &(1..7)), Some(&[1][..]));
        assert_eq!(all.of(4, &(0..8)), Some(&[][..]));
        assert_eq!(all.of(5, &(0..9)), None);
    }
}
