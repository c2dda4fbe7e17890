//! How long things took, on a scale of five steps a decade, as the reference's pages have it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// Counts by bucket; only those that hold something.
#[derive(Default)]
pub struct Histogram {
    buckets: BTreeMap<u32, u64>,
    count: u64,
}

fn step() -> f64 {
    10f64.powf(0.2).ln()
}

/// The bucket that holds a length. Units: ns.
pub fn bucket_of(nanos: i64) -> u32 {
    if nanos <= 0 { 0 } else { ((nanos as f64).ln() / step()) as u32 }
}

/// Where a bucket begins, as the reference writes it; the first holds 0 too.
pub fn least_of(bucket: u32) -> i64 {
    if bucket == 0 { 0 } else { (f64::from(bucket) * step()).exp() as i64 }
}

impl Histogram {
    /// Units: ns.
    pub fn add(&mut self, nanos: i64) {
        *self.buckets.entry(bucket_of(nanos)).or_default() += 1;
        self.count += 1;
    }

    /// Shapes: {count, buckets: [{bucket, min_ns, n}]}, rising.
    pub fn json(&self) -> Value {
        let buckets: Vec<Value> = self
            .buckets
            .iter()
            .map(|(b, n)| json!({"bucket": b, "min_ns": (f64::from(*b) * step()).exp() as i64, "n": n}))
            .collect();
        json!({"count": self.count, "buckets": buckets})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_buckets_a_decade() {
        let mut h = Histogram::default();
        for n in [0, -3, 1, 999_999, 1_000_001, 1_584_000] {
            h.add(n);
        }
        let b: Vec<_> = h.buckets.iter().map(|(b, n)| (*b, *n)).collect();
        assert_eq!((b, h.count), (vec![(0, 3), (29, 1), (30, 2)], 6));
        assert_eq!(h.json()["buckets"][1]["min_ns"], 630_957);
    }
}
