//! A lane of time at every scale: buckets of 2^level ns, each level half as long as the one below.
//!
//! ```text
//! level 12   [ run     ][ run+call ][          ] |open
//! level 11   [run][run ][run ][call][    ][    ] |open       closed buckets are cells, the last one is still open
//! ```
//! When the finest level outgrows its limit it is dropped, so that memory stays flat however long the trace is.

use crate::sidecar::{In, Out};

/// Something that a sidecar holds.
pub trait Kept: Sized {
    fn put(&self, out: &mut Out);
    fn get(from: &mut In<'_>) -> Option<Self>;
}

/// What a bucket gathers while it is open, and what is kept of it.
pub trait Bucket: Clone + Default + Kept {
    type Cell: Copy + Default + Kept;
    fn merge(&mut self, finer: &Self);
    /// `nanos`: length of the bucket.
    fn cell(&self, nanos: u64) -> Self::Cell;
}

/// No trace is longer than 2^52 ns (52 days).
pub const TOP_LEVEL: u32 = 52;

/// Buckets of one level, of a part of a lane that is put into the whole later (`Lane::put`).
#[derive(Clone)]
pub struct Buckets<B> {
    level: u32,
    /// Only those that something lies in, rising.
    pub buckets: Vec<(usize, B)>,
}

impl<B: Bucket> Buckets<B> {
    pub fn new(level: u32) -> Buckets<B> {
        Buckets { level, buckets: Vec::new() }
    }

    /// As `Lane::add`.
    #[cfg(test)]
    pub fn add(&mut self, start: i64, end: i64, mut f: impl FnMut(&mut B, u64, bool)) {
        let level = self.level;
        let (start, end) = (start.max(0) as u64, end.max(0) as u64);
        let last = self.buckets.last().map_or(0, |b| b.0 as u64);
        let mut at = start.max(last << level);
        while at < end {
            let bucket = (at >> level) as usize;
            let until = end.min((bucket as u64 + 1) << level);
            if self.buckets.last().is_none_or(|b| b.0 != bucket) {
                self.buckets.push((bucket, B::default()));
            }
            if let Some((_, b)) = self.buckets.last_mut() {
                f(b, until - at, at == start);
            }
            at = until;
        }
    }

    /// Makes its buckets those of a coarser level.
    pub fn coarsen(&mut self, level: u32) {
        let by = level.saturating_sub(self.level);
        if by == 0 {
            return;
        }
        let finer = std::mem::take(&mut self.buckets);
        for (i, b) in finer {
            match self.buckets.last_mut() {
                Some((last, sum)) if *last == i >> by => sum.merge(&b),
                _ => self.buckets.push((i >> by, b)),
            }
        }
        self.level = level;
    }
}

#[derive(Clone)]
struct Level<B: Bucket> {
    cells: Vec<B::Cell>,
    /// The bucket with index `cells.len()`.
    open: B,
}

#[derive(Clone)]
pub struct Lane<B: Bucket> {
    base: u32,
    /// Levels base, base + 1, ... TOP_LEVEL.
    levels: Vec<Level<B>>,
}

impl<B: Bucket> Lane<B> {
    pub fn new(base: u32) -> Lane<B> {
        let level = Level { cells: Vec::new(), open: B::default() };
        Lane { base, levels: vec![level; (TOP_LEVEL - base + 1) as usize] }
    }

    /// Level of the finest buckets.
    pub fn base(&self) -> u32 {
        self.base
    }

    /// Hands the part of [start, end) that lies in each bucket to `f`, with its length and whether it is the first.
    /// What lies before the open bucket is lost: lanes grow in order. Cost: O(buckets touched).
    #[inline]
    pub fn add(&mut self, start: i64, end: i64, mut f: impl FnMut(&mut B, u64, bool)) {
        let base = self.base;
        let (start, end) = (start.max(0) as u64, end.max(0) as u64);
        let l = &mut self.levels[0];
        let open = (l.cells.len() as u64) << base;
        // Mostly all of it lies in the open bucket.
        if start >= open && end <= open + (1 << base) && start < end {
            f(&mut l.open, end - start, true);
            return;
        }
        let mut at = start.max(open);
        while at < end {
            let bucket = at >> base;
            self.advance(0, bucket as usize);
            let until = end.min((bucket + 1) << base);
            f(&mut self.levels[0].open, until - at, at == start);
            at = until;
        }
    }

    /// Adds a whole bucket of the finest level. Like `add`, only from the open one on.
    pub fn put(&mut self, bucket: usize, sum: &B) {
        if bucket >= self.levels[0].cells.len() {
            self.advance(0, bucket);
            self.levels[0].open.merge(sum);
        }
    }

    /// Closes buckets until `bucket` is the open one.
    fn advance(&mut self, level: usize, bucket: usize) {
        let len = self.levels[level].cells.len();
        if bucket <= len {
            return;
        }
        let nanos = 1u64 << (self.base as usize + level);
        let l = &mut self.levels[level];
        let closed = std::mem::take(&mut l.open);
        l.cells.push(closed.cell(nanos));
        l.cells.resize(bucket, B::Cell::default());
        if level + 1 < self.levels.len() {
            self.advance(level + 1, len >> 1);
            self.levels[level + 1].open.merge(&closed);
        }
    }

    /// Buckets that the finest level would have at time `t`.
    pub fn buckets_at(&self, t: i64) -> u64 {
        (t.max(0) as u64) >> self.base
    }

    /// Gives up the finest level.
    pub fn drop_finest(&mut self) {
        if self.levels.len() < 2 {
            return;
        }
        let open_parent = self.levels[0].cells.len() >> 1;
        self.advance(1, open_parent);
        let finest = self.levels.remove(0);
        self.levels[0].open.merge(&finest.open);
        self.base += 1;
    }

    /// Cells [from, from + out.len()) of a level at or above the base; what lies outside is default.
    pub fn read(&self, level: u32, from: u64, out: &mut [B::Cell]) {
        out.fill(B::Cell::default());
        let Some(ix) = level.checked_sub(self.base).map(|l| l as usize).filter(|l| *l < self.levels.len())
        else {
            return;
        };
        let cells = &self.levels[ix].cells;
        let begin = (from as usize).min(cells.len());
        let end = (from as usize + out.len()).min(cells.len());
        out[..end - begin].copy_from_slice(&cells[begin..end]);
        // A finer level may be ahead of this one by a gap, so each level's open bucket is looked at.
        for k in 0..=ix {
            let bucket = self.levels[k].cells.len() >> (ix - k);
            if bucket >= cells.len()
                && let Some(slot) = (bucket as u64).checked_sub(from).and_then(|i| out.get_mut(i as usize))
            {
                *slot = self.open_cell(ix, bucket);
            }
        }
    }

    fn open_cell(&self, level: usize, bucket: usize) -> B::Cell {
        let mut sum = B::default();
        for (k, l) in self.levels[..=level].iter().enumerate() {
            if l.cells.len() >> (level - k) == bucket {
                sum.merge(&l.open);
            }
        }
        sum.cell(1u64 << (self.base as usize + level))
    }

    /// For a sidecar, without the finest `skip` levels.
    pub fn put_kept(&self, out: &mut Out, skip: u32) {
        let mut coarser;
        let mut lane = self;
        if skip > 0 {
            coarser = self.clone();
            (0..skip).for_each(|_| coarser.drop_finest());
            lane = &coarser;
        }
        for level in &lane.levels {
            // Levels far above the trace's length have nothing.
            out.list(level.cells.iter(), |out, c| c.put(out));
            level.open.put(out);
        }
    }

    /// None when it is none. `base`: level of its finest buckets.
    pub fn get_kept(from: &mut In<'_>, base: u32) -> Option<Lane<B>> {
        if base > TOP_LEVEL {
            return None;
        }
        let mut levels = Vec::new();
        for _ in base..=TOP_LEVEL {
            levels.push(Level { cells: from.vec(B::Cell::get)?, open: B::get(from)? });
        }
        Some(Lane { base, levels })
    }

    /// Bytes held by cells.
    pub fn bytes(&self) -> usize {
        self.levels.iter().map(|l| l.cells.capacity()).sum::<usize>() * size_of::<B::Cell>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Sum(u64);
    impl Kept for Sum {
        fn put(&self, out: &mut Out) {
            out.u(self.0);
        }
        fn get(from: &mut In<'_>) -> Option<Sum> {
            from.u().map(Sum)
        }
    }
    impl Kept for u64 {
        fn put(&self, out: &mut Out) {
            out.u(*self);
        }
        fn get(from: &mut In<'_>) -> Option<u64> {
            from.u()
        }
    }
    impl Bucket for Sum {
        type Cell = u64;
        fn merge(&mut self, finer: &Self) {
            self.0 += finer.0;
        }
        fn cell(&self, _nanos: u64) -> u64 {
            self.0
        }
    }

    fn brute(spans: &[(i64, i64)], level: u32, bucket: u64) -> u64 {
        let (a, b) = ((bucket << level) as i64, ((bucket + 1) << level) as i64);
        spans.iter().map(|s| (s.1.min(b) - s.0.max(a)).max(0) as u64).sum()
    }

    #[test]
    fn every_level_sums_what_was_added_whenever_levels_are_dropped() {
        let spans: Vec<(i64, i64)> = (0..300i64).map(|i| (i * 97, i * 97 + (i * 31) % 90)).collect();
        for drop_at in [0usize, 7, 150, 299] {
            let mut lane: Lane<Sum> = Lane::new(3);
            for (i, s) in spans.iter().enumerate() {
                if i == drop_at {
                    lane.drop_finest();
                    lane.drop_finest();
                }
                lane.add(s.0, s.1, |b, n, _| b.0 += n);
                if i % 50 == 0 || i + 1 == spans.len() {
                    for level in lane.base()..20 {
                        let mut cells = vec![0; 40];
                        lane.read(level, 2, &mut cells);
                        for (k, c) in cells.iter().enumerate() {
                            assert_eq!(
                                *c,
                                brute(&spans[..=i], level, 2 + k as u64),
                                "level {level} bucket {}",
                                2 + k
                            );
                        }
                    }
                }
            }
            assert_eq!(lane.base(), 5);
        }
    }

    #[test]
    fn a_long_gap_costs_no_more_than_its_cells() {
        let mut lane: Lane<Sum> = Lane::new(4);
        lane.add(0, 10, |b, n, first| b.0 += n + u64::from(first));
        lane.add(1 << 20, (1 << 20) + 3, |b, n, _| b.0 += n);
        let mut cells = [0; 2];
        lane.read(20, 0, &mut cells);
        assert_eq!(cells, [11, 3]);
        lane.read(2, 0, &mut cells);
        assert_eq!(cells, [0, 0]);
    }
}
