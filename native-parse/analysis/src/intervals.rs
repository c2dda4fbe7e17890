//! Sets of times as sorted intervals that do not touch.

/// Union of intervals [start, end). Units: ns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intervals {
    of: Vec<(i64, i64)>,
    /// Length of all before each one.
    before: Vec<i64>,
}

impl Intervals {
    /// Cost: O(n log n).
    pub fn union(mut list: Vec<(i64, i64)>) -> Intervals {
        list.sort_unstable();
        let mut of: Vec<(i64, i64)> = Vec::new();
        for (a, b) in list {
            match of.last_mut() {
                Some(last) if a <= last.1 => last.1 = last.1.max(b),
                _ => of.push((a, b)),
            }
        }
        let mut sum = 0;
        let before = of
            .iter()
            .map(|(a, b)| {
                sum += b - a;
                sum - (b - a)
            })
            .collect();
        Intervals { of, before }
    }

    pub fn list(&self) -> &[(i64, i64)] {
        &self.of
    }

    /// Length of [start, end) inside. Cost: O(log n).
    pub fn overlap(&self, start: i64, end: i64) -> i64 {
        if end <= start { 0 } else { self.until(end) - self.until(start) }
    }

    fn until(&self, t: i64) -> i64 {
        let i = self.of.partition_point(|(a, _)| *a < t);
        match i.checked_sub(1).and_then(|i| Some((self.of.get(i)?, self.before.get(i)?))) {
            Some(((a, b), before)) => before + (t.min(*b) - a),
            None => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overlaps_are_those_of_each_ns() {
        let u = Intervals::union(vec![(5, 9), (1, 3), (8, 12), (3, 4), (20, 20)]);
        assert_eq!(u.list(), [(1, 4), (5, 12), (20, 20)]);
        for a in 0..25 {
            for b in a..25 {
                let want = (a..b).filter(|t| (1..4).contains(t) || (5..12).contains(t)).count() as i64;
                assert_eq!(u.overlap(a, b), want, "{a} {b}");
            }
        }
    }
}
