//! How values are spread: `Histogram` of the contract.

use serde_json::{Value, json};

use crate::histogram::{bucket_of, least_of};

/// Shares of all at which quantiles are told.
const QUANTILES: [f64; 8] = [0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0];

/// Cost: O(n log n). A quantile is the least value that a share q of all do not exceed.
pub fn histogram(mut values: Vec<i64>) -> Value {
    values.sort_unstable();
    let sum: i128 = values.iter().map(|v| i128::from(*v)).sum();
    let n = values.len();
    let rank = |q: f64| ((q * n as f64).ceil() as usize).clamp(1, n) - 1;
    let quantiles: Vec<Value> = QUANTILES
        .iter()
        .filter(|_| n > 0)
        .filter_map(|q| Some(json!({"q": q, "nanos": values.get(rank(*q))?})))
        .collect();
    json!({"count": n, "sumNanos": sum as i64, "buckets": buckets(&values), "quantiles": quantiles})
}

fn buckets(sorted: &[i64]) -> Vec<Value> {
    let (Some(first), Some(last)) = (sorted.first(), sorted.last()) else { return Vec::new() };
    let mut at = 0;
    (bucket_of(*first)..=bucket_of(*last))
        .map(|b| {
            let len = sorted.get(at..).unwrap_or_default().partition_point(|v| bucket_of(*v) <= b);
            at += len;
            json!({"fromNanos": least_of(b), "toNanos": least_of(b + 1), "count": len})
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_value_once() {
        let h = histogram(vec![0, 5, 5_000_000, 1, 100, 101, 99]);
        let buckets = h["buckets"].as_array().unwrap();
        assert_eq!(buckets.iter().map(|b| b["count"].as_u64().unwrap()).sum::<u64>(), 7);
        assert!(buckets.windows(2).all(|w| w[0]["toNanos"] == w[1]["fromNanos"]));
        assert_eq!((buckets[0]["fromNanos"].as_i64(), buckets[0]["count"].as_u64()), (Some(0), Some(2)));
        let q: Vec<i64> =
            h["quantiles"].as_array().unwrap().iter().map(|q| q["nanos"].as_i64().unwrap()).collect();
        assert_eq!(q, [0, 1, 99, 101, 5_000_000, 5_000_000, 5_000_000, 5_000_000]);
        assert_eq!(histogram(Vec::new())["quantiles"].as_array().unwrap().len(), 0);
    }
}
