//! How values are spread: `Histogram` of the contract.

use serde_json::{Value, json};

use crate::histogram::{bucket_of, least_of};

/// Shares of all at which quantiles are told.
const QUANTILES: [f64; 8] = [0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0];

/// Cost: O(n). A quantile is the least value that a share q of all do not exceed.
pub fn histogram(mut values: Vec<i64>) -> Value {
    let sum: i128 = values.iter().map(|v| i128::from(*v)).sum();
    let (n, buckets) = (values.len(), buckets(&values));
    let rank = |q: f64| ((q * n as f64).ceil() as usize).clamp(1, n) - 1;
    let mut quantiles = Vec::new();
    if n > 0 {
        // Ranks rise: what lies before the last one is not looked at again.
        let mut behind = 0;
        for q in QUANTILES {
            let at = rank(q);
            let rest = values.get_mut(behind..).unwrap_or_default();
            let (_, nanos, _) = rest.select_nth_unstable(at - behind);
            quantiles.push(json!({"q": q, "nanos": *nanos}));
            behind = at;
        }
    }
    json!({"count": n, "sumNanos": sum as i64, "buckets": buckets, "quantiles": quantiles})
}

fn buckets(values: &[i64]) -> Vec<Value> {
    let (Some(least), Some(most)) = (values.iter().min(), values.iter().max()) else { return Vec::new() };
    let (first, last) = (bucket_of(*least), bucket_of(*most));
    // The greatest value of each bucket but the last: a logarithm for each of millions of values takes its time.
    let ends: Vec<i64> = (first..last).map(|b| greatest_of(b, *least, *most)).collect();
    let mut counts = vec![0u64; ends.len() + 1];
    for v in values {
        if let Some(count) = counts.get_mut(ends.partition_point(|end| end < v)) {
            *count += 1;
        }
    }
    (first..=last)
        .zip(counts)
        .map(|(b, count)| json!({"fromNanos": least_of(b), "toNanos": least_of(b + 1), "count": count}))
        .collect()
}

/// The greatest of [`low`, `high`] that is in a bucket or before it, `low` being so.
fn greatest_of(bucket: u32, mut low: i64, mut high: i64) -> i64 {
    while low < high {
        let middle = high - ((high as i128 - low as i128) / 2) as i64;
        if bucket_of(middle) <= bucket { low = middle } else { high = middle - 1 }
    }
    low
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
