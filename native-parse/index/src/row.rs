//! A row of a generation that is read alone: sums by bucket, packed as they close.
//!
//! A bucket as it is takes 144 bytes, of which a closed one mostly uses ten; there are tens of thousands of them in each row.
//! Of a closed one is written: how far behind the one before, which states, how many begins, and for how long each state.

use tracewell_wire::varint;

use crate::buckets::StateBucket;
use crate::pyramid::Bucket;
use crate::span::SpanState;

pub(crate) struct Row {
    level: u32,
    /// The open bucket is that from here to there; none as long as both are 0.
    from: i64,
    to: i64,
    open: StateBucket,
    /// Those before it that something lies in, rising, and the place of the last of them.
    closed: Vec<u8>,
    last: u64,
}

impl Row {
    /// `level`: of its buckets.
    pub fn new(level: u32) -> Row {
        Row { level, from: 0, to: 0, open: StateBucket::default(), closed: Vec::new(), last: 0 }
    }

    /// As `Lane::add`: a state from `start` to `end`; `first`: a span begins there. What lies before the open bucket is lost.
    #[inline(always)]
    pub fn add(&mut self, start: i64, end: i64, state: SpanState, first: bool) {
        // Mostly all of it lies in the open bucket.
        if start >= self.from && end <= self.to && start < end {
            self.open.add(state, (end - start) as u64, first);
        } else {
            self.add_over(start, end, state, first);
        }
    }

    #[inline(never)]
    fn add_over(&mut self, start: i64, end: i64, state: SpanState, first: bool) {
        let start = start.max(0);
        let mut at = start.max(self.from);
        while at < end {
            if at >= self.to {
                self.close();
                self.from = at >> self.level << self.level;
                self.to = self.from.saturating_add(1 << self.level);
            }
            let until = end.min(self.to);
            self.open.add(state, (until - at) as u64, first && at == start);
            at = until;
        }
    }

    fn close(&mut self) {
        if self.from < self.to {
            let bucket = (self.from >> self.level) as u64;
            varint::write(&mut self.closed, bucket - self.last);
            std::mem::take(&mut self.open).pack(&mut self.closed);
            self.last = bucket;
        }
    }

    /// Shows its buckets as those of `level`, which is no finer, rising.
    pub fn each(mut self, level: u32, mut see: impl FnMut(usize, &StateBucket)) {
        self.close();
        let by = level.saturating_sub(self.level);
        let (mut pos, mut bucket) = (0, 0u64);
        let mut sum: Option<(u64, StateBucket)> = None;
        while let Some(step) = varint::read(&self.closed, &mut pos)
            && let Some(b) = StateBucket::unpack(&self.closed, &mut pos)
        {
            bucket += step;
            match &mut sum {
                Some((at, sum)) if *at == bucket >> by => sum.merge(&b),
                _ => {
                    if let Some((at, sum)) = sum.replace((bucket >> by, b)) {
                        see(at as usize, &sum);
                    }
                }
            }
        }
        if let Some((at, sum)) = sum {
            see(at as usize, &sum);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pyramid::Lane;

    /// Spans of one row, one behind the other: begin, end, state, and whether one begins there.
    fn spans(seed: u64) -> Vec<(i64, i64, SpanState, bool)> {
        let (mut x, mut t) = (seed, 0i64);
        let mut next = move |n: u64| {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (x >> 33) % n
        };
        let span = |_| {
            let start = t + [0, 0, 3, 90, 5_000][next(5) as usize];
            t = start + [1, 7, 16, 300][next(4) as usize];
            (start, t, SpanState::ALL[1 + next(15) as usize], next(2) == 0)
        };
        (0..400).map(span).collect()
    }

    #[test]
    fn says_what_a_lane_would_at_any_level() {
        for seed in 1..20 {
            for level in [4, 5, 9] {
                let mut row = Row::new(4);
                let (mut lane, mut whole) = (Lane::<StateBucket>::new(level), Lane::new(level));
                for (start, end, state, first) in spans(seed) {
                    row.add(start, end, state, first);
                    lane.add(start, end, |b, n, at_start| b.add(state, n, first && at_start));
                }
                let mut behind = None;
                row.each(level, |i, b| {
                    assert!(behind.replace(i) < Some(i));
                    whole.put(i, b);
                });
                for level in [level, level + 3, 40] {
                    let mut cells = [[Default::default(); 3000]; 2];
                    lane.read(level, 0, &mut cells[0]);
                    whole.read(level, 0, &mut cells[1]);
                    assert_eq!(cells[0], cells[1], "level {level}");
                }
            }
        }
    }

    #[test]
    fn takes_times_that_no_trace_has() {
        let mut row = Row::new(10);
        row.add(i64::MAX - 5, i64::MAX, SpanState::Running, true);
        row.add(-7, 5, SpanState::Running, true);
        row.each(10, |_, _| {});
        let mut row = Row::new(10);
        row.add(-7, 5, SpanState::Running, true);
        row.add(5, 5, SpanState::Syscall, true);
        row.each(12, |i, b| assert_eq!((i, b.count(), b.states().count()), (0, 1, 1)));
    }
}
