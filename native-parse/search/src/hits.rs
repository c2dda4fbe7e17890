//! Numbers of events that were found, a byte or two each.

/// Each so manyth hit is marked, so that any place is found without reading all gaps.
const STEP: u64 = 1024;

/// Grows while events are read in order.
#[derive(Default)]
pub struct HitList {
    /// Gaps between hits, 7 bits a byte.
    gaps: Vec<u8>,
    last: u64,
    count: u64,
    /// Number of each `STEP`th hit, and where its gap begins in `gaps`.
    marks: Vec<Mark>,
}

#[derive(Clone, Copy)]
struct Mark {
    number: u64,
    at: usize,
}

/// Hits in order. Memory: about a byte a hit.
pub struct Hits {
    list: HitList,
    /// How many there are in equal steps of time.
    pub ticks: Vec<u32>,
}

impl HitList {
    /// Numbers rise. N.B. the gap of a marked hit is written too, so that reading on from the mark before it works.
    pub fn push(&mut self, number: u64) {
        let at = self.gaps.len();
        let mut gap = if self.count == 0 { number } else { number - self.last };
        loop {
            let low = (gap & 127) as u8;
            gap >>= 7;
            self.gaps.push(if gap == 0 { low } else { low | 128 });
            if gap == 0 {
                break;
            }
        }
        if self.count.is_multiple_of(STEP) {
            self.marks.push(Mark { number, at });
        }
        self.last = number;
        self.count += 1;
    }

    pub fn finish(mut self, ticks: Vec<u32>) -> Hits {
        self.gaps.shrink_to_fit();
        self.marks.shrink_to_fit();
        Hits { list: self, ticks }
    }
}

impl Hits {
    pub fn len(&self) -> u64 {
        self.list.count
    }
    pub fn is_empty(&self) -> bool {
        self.list.count == 0
    }

    /// Numbers of hits from place `from` on. Cost: O(1024) to begin.
    pub fn from(&self, from: u64) -> impl Iterator<Item = u64> + '_ {
        let step = (from / STEP) as usize;
        let mark = self.list.marks.get(step).copied();
        let skip = (from % STEP) as usize;
        let gaps = mark.map_or(&[][..], |m| &self.list.gaps[m.at..]);
        let mut pos = 0;
        let mut number = None;
        std::iter::from_fn(move || {
            let gap = gap_at(gaps, &mut pos)?;
            let next = match number {
                None => mark?.number,
                Some(n) => n + gap,
            };
            number = Some(next);
            Some(next)
        })
        .skip(skip)
    }

    /// Place of the first hit whose number is at least this; `len` when there is none. Cost: O(log n + 1024).
    pub fn place(&self, number: u64) -> u64 {
        let step = self.list.marks.partition_point(|m| m.number < number).saturating_sub(1);
        let first = step as u64 * STEP;
        first + self.from(first).take_while(|n| *n < number).count() as u64
    }
}

fn gap_at(gaps: &[u8], pos: &mut usize) -> Option<u64> {
    let (mut gap, mut shift) = (0u64, 0);
    loop {
        let byte = *gaps.get(*pos)?;
        *pos += 1;
        gap |= u64::from(byte & 127) << shift;
        shift += 7;
        if byte & 128 == 0 || shift >= 64 {
            return Some(gap);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_was_found() {
        let numbers: Vec<u64> = (0..9000u64).map(|i| i * i / 3 + i).collect();
        let mut list = HitList::default();
        for n in &numbers {
            list.push(*n);
        }
        let hits = list.finish(Vec::new());
        assert_eq!(hits.len(), 9000);
        assert_eq!(hits.from(0).collect::<Vec<_>>(), numbers);
        for from in [1, 1023, 1024, 1025, 5000, 8999, 9000, 20_000] {
            let want: Vec<u64> = numbers.iter().skip(from).take(5).copied().collect();
            assert_eq!(hits.from(from as u64).take(5).collect::<Vec<_>>(), want, "{from}");
        }
        for number in [0, 1, 2, 500, numbers[1024], numbers[1024] + 1, numbers[8999], u64::MAX] {
            let want = numbers.iter().filter(|n| **n < number).count() as u64;
            assert_eq!(hits.place(number), want, "{number}");
        }
        assert_eq!(HitList::default().finish(Vec::new()).place(7), 0);
    }
}
