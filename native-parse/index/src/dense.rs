//! A counter that changes with nearly every event, of a generation that is read alone: kept as sums by bucket, above what
//! it was at the begin.

use crate::buckets::CounterBucket;
use crate::pyramid::Buckets;

#[derive(Clone)]
pub(crate) struct Dense {
    level: u32,
    /// Closed ones; the open one is apart.
    sums: Buckets<CounterBucket>,
    open: CounterBucket,
    /// The open bucket, and where it ends.
    bucket: u64,
    ends: i64,
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
            open: CounterBucket::default(),
            bucket: 0,
            ends: i64::MIN,
            first: None,
            since: i64::MIN,
            value: 0,
            max: i64::MIN,
        }
    }

    /// From `time` on it has this value.
    #[inline(always)]
    pub fn set(&mut self, time: i64, value: i64) {
        if self.since < time {
            if time > self.ends {
                self.cross(time);
            } else {
                self.open.add(self.value, (time - self.since) as u64);
            }
            self.since = time;
        }
        self.value = value;
        self.max = self.max.max(value);
    }

    /// Over the end of the open bucket, which the first change has not.
    #[inline(never)]
    fn cross(&mut self, time: i64) {
        let to = time.max(0) as u64;
        let mut at = if self.first.is_some() { self.since.max(0) as u64 } else { to };
        self.first.get_or_insert(time);
        while at < to {
            let bucket = at >> self.level;
            if bucket != self.bucket {
                self.close();
                self.bucket = bucket;
            }
            let until = to.min((bucket + 1) << self.level);
            self.open.add(self.value, until - at);
            at = until;
        }
        if self.open.is_empty() {
            self.bucket = to >> self.level;
        }
        self.ends = ((self.bucket + 1) << self.level).min(i64::MAX as u64) as i64;
    }

    fn close(&mut self) {
        let open = std::mem::take(&mut self.open);
        if !open.is_empty() {
            self.sums.buckets.push((self.bucket as usize, open));
        }
    }

    /// None: it never changed.
    pub fn end(mut self) -> Option<Sums> {
        self.close();
        Some(Sums { sums: self.sums, first: self.first?, last: (self.since, self.value), max: self.max })
    }
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
