//! Whether two distributions differ by more than chance: the two-sample Kolmogorov–Smirnov test, on buckets. Buckets make
//! it careful: a shift within one is not seen.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::digest::Histogram;

/// Below this probability of a chance, a shift is said to be one.
const ALPHA: f64 = 0.01;

/// Shapes: {statistic, probability, countA, countB, isMoreThanNoise}; null when a side has no values.
pub fn test(a: &Histogram, b: &Histogram) -> Value {
    if a.count == 0 || b.count == 0 {
        return Value::Null;
    }
    let edges: BTreeSet<i64> = a.buckets.iter().chain(&b.buckets).map(|k| k.to_nanos).collect();
    let (mut statistic, mut ia, mut ib, mut na, mut nb) = (0.0_f64, 0, 0, 0_u64, 0_u64);
    for edge in edges {
        while let Some(k) = a.buckets.get(ia).filter(|k| k.to_nanos <= edge) {
            na += k.count;
            ia += 1;
        }
        while let Some(k) = b.buckets.get(ib).filter(|k| k.to_nanos <= edge) {
            nb += k.count;
            ib += 1;
        }
        statistic = statistic.max((na as f64 / a.count as f64 - nb as f64 / b.count as f64).abs());
    }
    let (n, m) = (a.count as f64, b.count as f64);
    let probability = survival(statistic * (n * m / (n + m)).sqrt());
    json!({
        "statistic": statistic,
        "probability": probability,
        "countA": a.count,
        "countB": b.count,
        "isMoreThanNoise": probability < ALPHA,
    })
}

/// Kolmogorov's distribution: the probability of a greater distance when nothing differs.
fn survival(x: f64) -> f64 {
    if x < 0.2 {
        return 1.0;
    }
    let term = |k: i32| {
        let sign = if k % 2 == 1 { 1.0 } else { -1.0 };
        sign * (-2.0 * f64::from(k * k) * x * x).exp()
    };
    (2.0 * (1..=100).map(term).sum::<f64>()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Bucket;

    fn histogram(counts: &[u64]) -> Histogram {
        let bucket = |(i, n): (usize, &u64)| Bucket {
            from_nanos: i as i64 * 10,
            to_nanos: i as i64 * 10 + 10,
            count: *n,
        };
        Histogram {
            count: counts.iter().sum(),
            buckets: counts.iter().enumerate().map(bucket).collect(),
            ..Histogram::default()
        }
    }

    #[test]
    fn the_same_is_noise_and_a_shift_of_many_is_not() {
        let a = histogram(&[10, 200, 10, 0]);
        assert_eq!(test(&a, &a)["isMoreThanNoise"], false);
        assert_eq!(test(&a, &a)["statistic"], 0.0);
        let shifted = test(&a, &histogram(&[0, 10, 200, 10]));
        assert_eq!(shifted["isMoreThanNoise"], true);
        assert!(shifted["probability"].as_f64().unwrap() < 1e-6);
        assert_eq!(test(&histogram(&[1, 1]), &histogram(&[0, 2]))["isMoreThanNoise"], false);
        assert_eq!(test(&a, &Histogram::default()), Value::Null);
    }

    #[test]
    fn kolmogorov_at_known_points() {
        for (x, p) in [(0.5, 0.9639), (1.0, 0.27), (1.36, 0.0494), (1.63, 0.0098)] {
            assert!((survival(x) - p).abs() < 0.001, "{x}: {}", survival(x));
        }
    }
}
