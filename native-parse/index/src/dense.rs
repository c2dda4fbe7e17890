//! A counter that changes with nearly every event, of a generation that is read alone: kept as sums by bucket, above what
//! it was at the begin.

use crate::buckets::CounterBucket;
use crate::pyramid::Buckets;

#[derive(Clone)]
pub(crate) struct Dense {
    level: u32,
    /// Closed ones; the open one is apart.
    sums: Buckets<CounterBucket>,
    /// Where the open bucket ends, and from when on the counter is known in it.
    ends: i64,
    from: i64,
    /// Value times ns in the open bucket, as if the value stayed to its end; the greatest value that stayed.
    area: i128,
    stayed: i64,
    /// Time of the first change.
    first: Option<i64>,
    /// Time of the last change, and the value from there on.
    since: i64,
    value: i64,
    /// Of all values.
    max: i64,
}

/// What a counter came to.
pub(crate) struct Sums {
    pub sums: Buckets<CounterBucket>,
    pub first: i64,
    pub last: (i64, i64),
    pub max: i64,
}

impl Dense {
    pub fn new(level: u32) -> Dense {
        Dense {
            level,
            sums: Buckets::new(level),
            ends: i64::MIN,
            from: 0,
            area: 0,
            stayed: i64::MIN,
            first: None,
            since: i64::MIN,
            value: 0,
            max: i64::MIN,
        }
    }

    /// From `time` on, which is no earlier than the last and not below 0, it has this value.
    #[inline(always)]
    pub fn set(&mut self, time: i64, value: i64) {
        if time >= self.ends {
            self.cross(time);
        }
        let (by, left) = (value - self.value, self.ends - time);
        self.area += match by.checked_mul(left) {
            Some(area) => i128::from(area),
            None => wide(by, left),
        };
        // No branches: what changes next nobody can guess.
        let before = if self.since < time { self.value } else { i64::MIN };
        self.stayed = self.stayed.max(before);
        self.since = time;
        self.value = value;
        self.max = self.max.max(value);
    }

    /// Over the end of the open bucket, which the first change has not.
    #[inline(never)]
    fn cross(&mut self, time: i64) {
        if self.first.is_some() {
            let end = self.ends;
            self.stayed = self.stayed.max(self.value);
            self.close(end);
            let mut start = end;
            while start >> self.level < time >> self.level {
                self.open(start, start);
                self.stayed = self.value;
                self.close(self.ends);
                start = self.ends;
            }
            self.open(start, start);
        } else {
            self.first = Some(time);
            self.open(time, time >> self.level << self.level);
            self.since = time;
        }
    }

    /// Begins the bucket at `start`.
    fn open(&mut self, from: i64, start: i64) {
        self.ends = start.saturating_add(1 << self.level);
        self.from = from;
        self.since = from;
        self.stayed = i64::MIN;
        self.area = wide(self.value, self.ends - from);
    }

    /// Puts what the open bucket is up to `end` behind the others.
    fn close(&mut self, end: i64) {
        if self.from < end {
            let sum = CounterBucket::of(self.area, (end - self.from) as u64, self.stayed);
            self.sums.buckets.push(((self.from >> self.level) as usize, sum));
        }
    }

    /// None: it never changed.
    pub fn end(mut self) -> Option<Sums> {
        let first = self.first?;
        self.area -= wide(self.value, self.ends - self.since);
        self.close(self.since);
        Some(Sums { sums: self.sums, first, last: (self.since, self.value), max: self.max })
    }
}

#[inline(never)]
fn wide(value: i64, nanos: i64) -> i128 {
    i128::from(value) * i128::from(nanos)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_by_bucket_as_one_interval_after_another() {
        for seed in 1..50u64 {
            let (mut x, mut t, mut v) = (seed, (seed % 7) as i64 * 5, 0i64);
            let (mut dense, mut plain) = (Dense::new(4), Buckets::<CounterBucket>::new(4));
            let mut last: Option<(i64, i64)> = None;
            for _ in 0..200 {
                x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                t += [0, 1, 3, 16, 15, 80][(x >> 33) as usize % 6];
                if seed & 1 == 1 && x >> 50 & 3 == 0 {
                    t = (t + 15) & !15;
                }
                v += (x >> 40) as i64 % 3 - 1;
                dense.set(t, v);
                if let Some((since, was)) = last {
                    plain.add(since, t, |b, n, _| b.add(was, n));
                }
                last = Some((t, v));
            }
            let of =
                |b: &[(usize, CounterBucket)]| -> Vec<_> { b.iter().map(|(i, b)| (*i, b.known())).collect() };
            let sums = dense.end().unwrap();
            assert_eq!(of(&sums.sums.buckets), of(&plain.buckets));
            assert_eq!(sums.last, last.unwrap());
        }
    }
}
