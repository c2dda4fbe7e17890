//! Minimum mutator utilization: of step functions, the least mean over any window of a length, exactly. The mean is
//! linear between the places where an edge of the window meets a step, so those places are all that is looked at.

/// A step function: from `times[i]` on, `units[i]`; it ends at the last time.
#[derive(Clone, Debug, Default)]
pub struct Series {
    times: Vec<i64>,
    units: Vec<i64>,
    /// Units × ns before every `BLOCK`th step.
    blocks: Vec<i128>,
}

/// Steps whose windows are passed over together where none of them can be the least.
const BLOCK: usize = 256;

/// Step functions of one scale: `den` units are the whole.
#[derive(Clone, Debug)]
pub struct Curves {
    pub series: Vec<Series>,
    pub den: i64,
}

/// A window and the mean utilization in it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Worst {
    pub start: i64,
    pub utilization: f64,
}

/// Where the worst window of each series began.
#[derive(Default)]
pub struct Hints(Vec<i64>);

/// How many of the worst windows are told.
const WORST: usize = 10;

impl Series {
    /// `steps` by rising time; the last one only says where it ends.
    pub fn new(steps: impl Iterator<Item = (i64, i64)>) -> Series {
        let (times, units): (Vec<i64>, Vec<i64>) = steps.unzip();
        let mut s = Series { times, units, blocks: Vec::new() };
        let mut walk = Walk::default();
        s.blocks = s.times.iter().step_by(BLOCK).map(|t| walk.area(&s, *t)).collect();
        s
    }

    /// Units × ns before a time. Cost: O(log steps).
    fn area_before(&self, t: i64) -> i128 {
        let step = self.times.partition_point(|x| *x <= t).saturating_sub(1);
        let before = self.blocks.get(step / BLOCK).copied().unwrap_or(0);
        Walk { step: step / BLOCK * BLOCK, before }.area(self, t)
    }

    /// The least units × ns of any window of length `w`, which is at most the length. `hint`: where it may begin; then
    /// where it does. Cost: O(steps) at most, little where the hint is good.
    fn least(&self, w: i64, hint: &mut i64) -> i128 {
        let (first, stop) = (self.first(), self.first() + self.length() - w);
        let area = |start: i64| self.area_before(start + w) - self.area_before(start);
        *hint = (*hint).clamp(first, stop);
        let mut low = area(*hint);
        for (from, to) in self.blocks() {
            // No window that begins between the two has less: the function is never below 0.
            if low == 0 || from > stop {
                break;
            }
            if self.area_before(from + w) - self.area_before(to.min(stop)) >= low {
                continue;
            }
            self.windows_in(w, from, to, |start, area| {
                if area < low {
                    (low, *hint) = (area, start);
                }
            });
        }
        low
    }

    /// Times of every `BLOCK`th step and of the one behind it; the last is behind all.
    fn blocks(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        let at = |step: usize| self.times.get(step).copied();
        (0..self.times.len())
            .step_by(BLOCK)
            .filter_map(move |step| Some((at(step)?, at(step + BLOCK).unwrap_or(i64::MAX))))
    }

    fn first(&self) -> i64 {
        self.times.first().copied().unwrap_or(0)
    }
    fn length(&self) -> i64 {
        self.times.last().map_or(0, |t| t - self.first())
    }

    /// The function between two times. Cost: O(steps).
    pub fn cut(&self, from: i64, to: i64) -> Series {
        let Some(&last) = self.times.last() else { return Series::default() };
        let (from, to) = (from.max(self.first()), to.min(last));
        if from >= to {
            return Series::default();
        }
        let i = self.times.partition_point(|t| *t <= from).saturating_sub(1);
        let units = |i: usize| self.units.get(i).copied().unwrap_or(0);
        let mut steps = vec![(from, units(i))];
        for (j, &t) in self.times.iter().enumerate().skip(i + 1) {
            if t < to {
                steps.push((t, units(j)));
            }
        }
        steps.push((to, 0));
        Series::new(steps.into_iter())
    }

    /// Calls `visit(start, units × ns)` for the windows of length `w` that have an edge on a step or an end, by start.
    /// `w` is at most the length. Cost: O(steps).
    fn windows(&self, w: i64, visit: impl FnMut(i64, i128)) {
        self.windows_in(w, self.first(), i64::MAX, visit);
    }

    /// Of them, those that begin in [`from`, `to`).
    fn windows_in(&self, w: i64, from: i64, to: i64, mut visit: impl FnMut(i64, i128)) {
        let t = &self.times;
        let stop = (self.first() + self.length() - w).min(to - 1);
        // Places: the next step for the left edge, and for the right edge.
        let (mut left, mut right) = (t.partition_point(|x| *x < from), t.partition_point(|x| *x < from + w));
        let walk = |step: usize| {
            let block = step.saturating_sub(1) / BLOCK;
            Walk { step: block * BLOCK, before: self.blocks.get(block).copied().unwrap_or(0) }
        };
        let (mut at_left, mut at_right) = (walk(left), walk(right));
        loop {
            let by_left = t.get(left).copied().filter(|x| *x <= stop);
            let by_right = t.get(right).map(|x| x - w).filter(|x| *x <= stop);
            let start = match (by_left, by_right) {
                (Some(a), Some(b)) => a.min(b),
                (Some(a), None) => a,
                (None, Some(b)) => b,
                (None, None) => break,
            };
            left += usize::from(by_left == Some(start));
            right += usize::from(by_right == Some(start));
            visit(start, at_right.area(self, start + w) - at_left.area(self, start));
        }
    }
}

/// Reads the area, units × ns, up to rising times.
#[derive(Default)]
struct Walk {
    step: usize,
    /// Of all before this step.
    before: i128,
}

impl Walk {
    fn area(&mut self, s: &Series, t: i64) -> i128 {
        let of = |step: usize, until: i64| match (s.times.get(step), s.units.get(step)) {
            (Some(since), Some(units)) => i128::from(until - since) * i128::from(*units),
            _ => 0,
        };
        while let Some(&next) = s.times.get(self.step + 1).filter(|x| **x <= t) {
            self.before += of(self.step, next);
            self.step += 1;
        }
        self.before + of(self.step, t)
    }
}

impl Curves {
    /// Series of shares (free, of): the program has `free` of `of` processors from a time on.
    pub fn of_shares(parts: &[Vec<(i64, i64, i64)>]) -> Curves {
        /// Beyond this a fraction is rounded, to less than 10⁻¹².
        const MOST: i64 = 1 << 40;
        let mut den = 1i64;
        for &(_, _, of) in parts.iter().flatten() {
            let of = of.max(1);
            den = match den.checked_mul(of / gcd(den, of)) {
                Some(d) if d <= MOST => d,
                _ => {
                    den = MOST;
                    break;
                }
            };
        }
        let units = |free: i64, of: i64| (i128::from(free) * i128::from(den) / i128::from(of.max(1))) as i64;
        let series =
            parts.iter().map(|p| Series::new(p.iter().map(|&(t, free, of)| (t, units(free, of))))).collect();
        Curves { series, den }
    }

    pub fn cut(&self, from: i64, to: i64) -> Curves {
        Curves { series: self.series.iter().map(|s| s.cut(from, to)).collect(), den: self.den }
    }

    fn mean(&self, area: i128, w: i64) -> f64 {
        area as f64 / (self.den as f64 * w as f64)
    }

    fn each(&self, w: i64) -> impl Iterator<Item = (&Series, i64)> {
        self.series.iter().filter(|s| s.length() > 0).map(move |s| (s, w.min(s.length())))
    }

    /// The least mean over windows of `w` ns; a window longer than a series is cut to it. None: there is no series.
    /// Cost: O(steps).
    pub fn mmu(&self, w: i64) -> Option<f64> {
        self.mmu_near(w, &mut Hints::default())
    }

    /// The same for one of many windows of rising length: the least one often begins where that of the length before did.
    pub fn mmu_near(&self, w: i64, hints: &mut Hints) -> Option<f64> {
        if w <= 0 {
            return Some(0.0);
        }
        let mut best: Option<f64> = None;
        hints.0.resize(self.series.len(), 0);
        let series = self.series.iter().zip(&mut hints.0).filter(|(s, _)| s.length() > 0);
        for (s, hint) in series {
            let w = w.min(s.length());
            let mean = self.mean(s.least(w, hint), w);
            best = Some(best.map_or(mean, |b| b.min(mean)));
        }
        best
    }

    /// The means that a part `q` of all windows of `w` ns do not exceed, for each of `quantiles`; where all windows are
    /// one, its mean. Cost: O(steps log steps).
    pub fn quantiles(&self, w: i64, quantiles: &[f64]) -> Option<Vec<f64>> {
        let least = self.mmu(w)?;
        let mut mass = Mass::default();
        for (s, w) in self.each(w) {
            let mut before: Option<(i64, f64)> = None;
            s.windows(w, |start, area| {
                let mean = self.mean(area, w);
                if let Some((t, m)) = before {
                    mass.add(m.min(mean), m.max(mean), (start - t) as f64);
                }
                before = Some((start, mean));
            });
        }
        Some(mass.quantiles(quantiles, least))
    }

    /// The worst windows of `w` ns that do not overlap, worst first. Not the only answer where means are equal.
    /// Cost: O(steps log steps).
    pub fn worst(&self, w: i64) -> Vec<Worst> {
        let mut all: Vec<(f64, i64, i64)> = Vec::new();
        for (s, w) in self.each(w.max(1)) {
            s.windows(w, |start, area| all.push((self.mean(area, w), start, w)));
        }
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let mut kept: Vec<(i64, i64)> = Vec::new();
        let mut worst = Vec::new();
        for (utilization, start, w) in all {
            if kept.iter().all(|(a, b)| start + w <= *a || start >= *b) {
                kept.push((start, start + w));
                worst.push(Worst { start, utilization });
                if worst.len() == WORST {
                    break;
                }
            }
        }
        worst
    }
}

fn gcd(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// Time spread evenly over ranges of means.
#[derive(Default)]
struct Mass {
    /// (mean, change of density, mass that lies on the mean itself)
    edges: Vec<(f64, f64, f64)>,
    total: f64,
}

impl Mass {
    fn add(&mut self, low: f64, high: f64, nanos: f64) {
        self.total += nanos;
        if high - low < 1e-12 {
            self.edges.push((low, 0.0, nanos));
        } else {
            let density = nanos / (high - low);
            self.edges.push((low, density, 0.0));
            self.edges.push((high, -density, 0.0));
        }
    }

    /// The least x with mass(<= x) >= q × total.
    fn quantiles(mut self, quantiles: &[f64], least: f64) -> Vec<f64> {
        self.edges.sort_by(|a, b| a.0.total_cmp(&b.0));
        let find = |q: f64| {
            let want = q * self.total;
            if want <= 0.0 {
                return least;
            }
            let (mut sum, mut density, mut at) = (0.0, 0.0, least);
            for &(x, change, point) in &self.edges {
                let up_to = sum + density * (x - at);
                if up_to >= want && density > 0.0 {
                    return at + (want - sum) / density;
                }
                sum = up_to + point;
                if sum >= want {
                    return x;
                }
                (at, density) = (x, density + change);
            }
            at
        };
        quantiles.iter().map(|q| find(*q)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curves() -> Curves {
        let steps = vec![(0, 4, 4), (10, 0, 4), (13, 4, 4), (20, 3, 4), (27, 1, 3), (29, 3, 3), (40, 0, 1)];
        Curves::of_shares(&[steps, vec![(5, 1, 1), (30, 0, 1)]])
    }

    /// The mean of each window that begins on a whole ns.
    fn brute(c: &Curves, w: i64) -> Vec<f64> {
        let mut out = Vec::new();
        for (s, w) in c.each(w) {
            for t in s.first()..=s.first() + s.length() - w {
                let sum: i128 =
                    (t..t + w).map(|x| Walk::default().area(s, x + 1) - Walk::default().area(s, x)).sum();
                out.push(c.mean(sum, w));
            }
        }
        out
    }

    #[test]
    fn equals_brute_force() {
        let c = curves();
        for w in 1..45 {
            let want = brute(&c, w).into_iter().fold(f64::MAX, f64::min);
            let got = c.mmu(w).unwrap();
            assert!((want - got).abs() < 1e-12, "{w}: {want} {got}");
        }
        assert_eq!((c.mmu(3), c.mmu(0)), (Some(0.0), Some(0.0)));
    }

    #[test]
    fn blocks_that_are_passed_over_hold_nothing_less() {
        let mut seed = 7u64;
        let mut next = |n: i64| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (seed >> 33) as i64 % n
        };
        for (steps, rare) in [(BLOCK, 2), (BLOCK + 1, 50), (BLOCK * 7 + 3, 4), (BLOCK * 7, 500)] {
            let mut t = 3;
            let mut all = Vec::new();
            for _ in 0..steps {
                all.push((t, if next(rare) == 0 { next(2) } else { 2 + next(3) }));
                t += 1 + next(40);
            }
            all.push((t, 0));
            let s = Series::new(all.into_iter());
            let mut hint = 0;
            for w in (1..s.length()).step_by(1 + s.length() as usize / 300).chain([s.length()]) {
                let mut want = i128::MAX;
                s.windows(w, |_, area| want = want.min(area));
                assert_eq!((s.least(w, &mut hint), s.least(w, &mut next(t).clone())), (want, want), "{w}");
                assert_eq!(s.area_before(hint + w) - s.area_before(hint), want);
            }
        }
    }

    #[test]
    fn quantiles_rise_from_the_minimum() {
        let c = curves();
        let q = c.quantiles(5, &[0.0, 0.001, 0.01, 0.05, 0.5, 1.0]).unwrap();
        assert!(q.is_sorted() && q[0] == c.mmu(5).unwrap() && (q[5] - 1.0).abs() < 1e-9, "{q:?}");
        let all = brute(&c, 5);
        for part in [0.1, 0.2, 0.4, 0.5, 0.9] {
            // The windows that begin on a whole ns stand for all.
            let x = c.quantiles(5, &[part]).unwrap()[0];
            let share =
                |f: &dyn Fn(f64) -> bool| all.iter().filter(|m| f(**m)).count() as f64 / all.len() as f64;
            let (below, up_to) = (share(&|m| m < x - 1e-9), share(&|m| m <= x + 1e-9));
            assert!(below <= part + 0.05 && up_to >= part - 0.05, "{part}: {below} {up_to} {x}");
        }
    }

    #[test]
    fn worst_windows_do_not_overlap() {
        let worst = curves().worst(4);
        assert_eq!(worst[0].utilization, curves().mmu(4).unwrap());
        for (i, a) in worst.iter().enumerate() {
            assert!(worst[..i].iter().all(|b| (a.start - b.start).abs() >= 4), "{worst:?}");
        }
    }

    #[test]
    fn a_cut_is_the_same_function() {
        let c = curves();
        let cut = c.cut(8, 25);
        assert_eq!((cut.series[0].first(), cut.series[0].length()), (8, 17));
        assert_eq!(cut.mmu(5), Some(0.4));
        assert!(c.cut(50, 60).mmu(5).is_none());
    }
}
