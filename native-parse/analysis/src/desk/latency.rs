//! Lengths in fine logarithmic buckets: quantiles of a million waits in some kilobytes, to 1.6 %.

use serde_json::{Value, json};

/// Buckets of one power of two.
const STEPS: u32 = 6;
const QUANTILES: [f64; 4] = [0.5, 0.9, 0.99, 0.999];

#[derive(Default, Debug)]
pub struct Latency {
    counts: Vec<u64>,
    count: u64,
    max: i64,
}

fn bucket(nanos: u64) -> usize {
    let steps = 1_u64 << STEPS;
    if nanos < steps {
        return nanos as usize;
    }
    let shift = 63 - nanos.leading_zeros() - STEPS;
    ((u64::from(shift) + 1) * steps + ((nanos >> shift) - steps)) as usize
}

/// The greatest value of a bucket.
fn most(bucket: usize) -> i64 {
    let steps = 1_u64 << STEPS;
    let b = bucket as u64;
    if b < steps {
        return b as i64;
    }
    let shift = (b / steps - 1) as u32;
    let least = (steps + b % steps) << shift;
    (least + ((1_u64 << shift) - 1)) as i64
}

impl Latency {
    pub fn add(&mut self, nanos: i64) {
        let at = bucket(nanos.max(0) as u64);
        if self.counts.len() <= at {
            self.counts.resize(at + 1, 0);
        }
        if let Some(n) = self.counts.get_mut(at) {
            *n += 1;
        }
        self.count += 1;
        self.max = self.max.max(nanos);
    }

    pub fn merge(&mut self, other: &Latency) {
        if self.counts.len() < other.counts.len() {
            self.counts.resize(other.counts.len(), 0);
        }
        for (n, more) in self.counts.iter_mut().zip(&other.counts) {
            *n += more;
        }
        self.count += other.count;
        self.max = self.max.max(other.max);
    }

    /// `[{q, nanos}]`; empty without values. A quantile is at most 1.6 % above the value it stands for.
    pub fn quantiles(&self) -> Value {
        let told = QUANTILES.iter().filter(|_| self.count > 0).map(|q| {
            let rank = ((q * self.count as f64).ceil() as u64).clamp(1, self.count);
            let mut seen = 0;
            let at = self.counts.iter().position(|n| {
                seen += n;
                seen >= rank
            });
            json!({"q": q, "nanos": most(at.unwrap_or(0)).min(self.max)})
        });
        told.collect()
    }

    pub fn size_bytes(&self) -> usize {
        self.counts.capacity() * size_of::<u64>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_follow_each_other_and_are_fine() {
        let mut before = None;
        for nanos in (0..5000_u64).chain([1 << 20, (1 << 20) + 1, 123_456_789, i64::MAX as u64]) {
            let b = bucket(nanos);
            assert!(before.is_none_or(|x| b >= x), "{nanos}");
            assert!(most(b) as u64 >= nanos, "{nanos}");
            assert!((most(b) as f64) <= nanos as f64 * 1.016 + 1.0, "{nanos}: {}", most(b));
            before = Some(b);
        }
    }

    #[test]
    fn quantiles_are_those_of_the_values() {
        let mut l = Latency::default();
        assert_eq!(l.quantiles(), json!([]));
        for n in 1..=1000 {
            l.add(n * 1000);
        }
        let q: Vec<f64> =
            l.quantiles().as_array().unwrap().iter().map(|q| q["nanos"].as_f64().unwrap()).collect();
        for (got, want) in q.iter().zip([500e3, 900e3, 990e3, 999e3]) {
            assert!((got / want - 1.0).abs() < 0.016, "{got} {want}");
        }
        l.add(-5);
        assert_eq!(l.quantiles().as_array().unwrap().len(), 4);
    }
}
