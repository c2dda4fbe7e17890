//! Hits in the timeline, one after another: by begin, those that begin together by row.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::book::{TICKS, tick_of};
use crate::matcher::Matcher;

/// A span that was found.
#[derive(Clone, PartialEq, Debug)]
pub struct SpanHit {
    pub row: u32,
    pub start: i64,
    pub end: i64,
    /// -1: of no goroutine.
    pub g: i64,
    pub label: String,
}

/// A hit and where it stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Place {
    pub hit: SpanHit,
    /// Segment that it begins in, and how many hits of that segment come before it.
    pub segment: usize,
    pub rank: u64,
}

/// How many hits there are.
#[derive(Clone, Debug, Default)]
pub struct HitCounts {
    /// In equal steps of time.
    pub ticks: Vec<u32>,
    pub by_segment: Vec<u64>,
}

/// Receives a hit: begin, row, and the rest when it is wanted.
pub type SeeHit<'s> = dyn FnMut(i64, u32, &dyn Fn() -> SpanHit) + 's;

/// Spans in the segments of a trace.
pub trait Haystack {
    /// How many segments there are, in which one a time lies, and the end of the trace.
    fn segments(&self, at: i64) -> (usize, usize, i64);
    /// Shows each span that begins in a segment and that matches, in no order.
    fn each(&self, segment: usize, matcher: &mut Matcher, see: &mut SeeHit<'_>);
}

/// The first hit behind a place, or the last one before. A place without a row is behind all that begin then (going back:
/// before them). None: there is none, or `go_on` said false. Cost: decoding segments until one has a hit.
pub fn next_hit(
    hay: &impl Haystack,
    matcher: &mut Matcher,
    (from, row): (i64, Option<u32>),
    forward: bool,
    go_on: &dyn Fn(f64) -> bool,
) -> Option<Place> {
    let (count, first, _) = hay.segments(from);
    let first = first.min(count.saturating_sub(1));
    let order: Vec<usize> = if forward { (first..count).collect() } else { (0..=first).rev().collect() };
    let all = order.len().max(1) as f64;
    for (i, segment) in order.into_iter().enumerate() {
        if !go_on(i as f64 / all) {
            return None;
        }
        let mut best: Option<SpanHit> = None;
        let (mut wanted, mut others) = (0u64, 0u64);
        hay.each(segment, matcher, &mut |start, at_row, hit| {
            let side = start.cmp(&from).then(row.map_or(Ordering::Equal, |r| at_row.cmp(&r)));
            if side != if forward { Ordering::Greater } else { Ordering::Less } {
                others += 1;
                return;
            }
            wanted += 1;
            let better = best.as_ref().is_none_or(|b| {
                let (a, b) = ((start, at_row), (b.start, b.row));
                if forward { a < b } else { a > b }
            });
            if better {
                best = Some(hit());
            }
        });
        if let Some(hit) = best {
            return Some(Place { hit, segment, rank: if forward { others } else { wanted - 1 } });
        }
    }
    None
}

/// Buckets of equal length from a time on.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Cells {
    pub from: i64,
    pub bucket: i64,
    pub count: usize,
}

/// In which buckets of some rows (None: of one that has no hits) there is a hit that is shorter than so many of them, by row
/// in the order given; those that began up to that long before are looked at too. Shapes: buckets rise, each once. None: `go_on` said false, or the time
/// lies in more than `most` segments. Cost: decoding those; memory by rows and buckets.
pub fn hit_cells(
    hay: &impl Haystack,
    matcher: &mut Matcher,
    rows: &[Option<u32>],
    (cells, short, most): (Cells, i64, usize),
    go_on: &dyn Fn(f64) -> bool,
) -> Option<Vec<Vec<u32>>> {
    let long = cells.bucket.saturating_mul(short);
    let end = cells.from.saturating_add(cells.bucket.saturating_mul(cells.count as i64));
    let (all, first, _) = hay.segments(cells.from.saturating_sub(long));
    // N.B. a segment that begins where the last bucket ends is looked at in vain.
    let behind = hay.segments(end).1.saturating_add(1).min(all);
    let segments = first.min(all)..behind.max(first.min(all));
    if segments.len() > most {
        return None;
    }
    let place: HashMap<u32, usize> = rows.iter().enumerate().filter_map(|(i, r)| Some(((*r)?, i))).collect();
    let mut found = vec![vec![false; cells.count]; rows.len()];
    let number = segments.len().max(1) as f64;
    for (i, segment) in segments.enumerate() {
        if !go_on(i as f64 / number) {
            return None;
        }
        hay.each(segment, matcher, &mut |start, row, hit| {
            let Some(of_row) = place.get(&row).and_then(|at| found.get_mut(*at)) else { return };
            if start >= end || start < cells.from.saturating_sub(long) {
                return;
            }
            let stop = hit().end;
            if stop.saturating_sub(start) >= long || stop < cells.from {
                return;
            }
            let bucket = |t: i64| (t.saturating_sub(cells.from)).div_euclid(cells.bucket.max(1));
            // What ends where a bucket begins is not in it; a moment is in the bucket that it lies in.
            let last = bucket(stop.saturating_sub(1).max(start)).min(cells.count as i64 - 1);
            for b in bucket(start).max(0)..=last {
                if let Some(cell) = usize::try_from(b).ok().and_then(|b| of_row.get_mut(b)) {
                    *cell = true;
                }
            }
        });
    }
    let buckets = |row: Vec<bool>| (0u32..).zip(row).filter_map(|(b, is)| is.then_some(b)).collect();
    Some(found.into_iter().map(buckets).collect())
}

/// How many hits there are. None: `go_on` said false. Cost: decoding all segments.
pub fn count_hits(
    hay: &impl Haystack,
    matcher: &mut Matcher,
    go_on: &dyn Fn(f64) -> bool,
) -> Option<HitCounts> {
    let (count, _, end) = hay.segments(0);
    let mut out = HitCounts { ticks: vec![0u32; TICKS], by_segment: vec![0; count] };
    for segment in 0..count {
        if !go_on(segment as f64 / count as f64) {
            return None;
        }
        hay.each(segment, matcher, &mut |start, _, _| {
            let tick = &mut out.ticks[tick_of(start, end)];
            *tick = tick.saturating_add(1);
            out.by_segment[segment] += 1;
        });
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;
    use crate::record::Record;

    struct Anything;
    impl Record for Anything {}

    /// Segments of 100 ns, and spans in them: row, begin, end.
    struct Spans(&'static [(u32, i64, i64)]);
    impl Haystack for Spans {
        fn segments(&self, at: i64) -> (usize, usize, i64) {
            (10, (at.max(0) / 100) as usize, 1000)
        }
        fn each(&self, segment: usize, matcher: &mut Matcher, see: &mut SeeHit<'_>) {
            let from = segment as i64 * 100;
            for &(row, start, end) in self.0.iter().filter(|s| (from..from + 100).contains(&s.1)) {
                if matcher.matches(&Anything) {
                    see(start, row, &|| SpanHit { row, start, end, g: -1, label: String::new() });
                }
            }
        }
    }

    #[test]
    fn tells_the_buckets_that_short_hits_touch() {
        let spans = Spans(&[
            (7, 95, 115),
            (7, 130, 140),
            (7, 155, 155),
            (9, 120, 165),
            (7, 175, 400),
            (8, 110, 120),
            (7, 199, 205),
        ]);
        let Ok(query) = parse("-g:1") else { panic!("the query reads") };
        let mut matcher = Matcher::new(&query);
        let cells = Cells { from: 100, bucket: 10, count: 10 };
        let mut ask =
            |rows: &[Option<u32>], most| hit_cells(&spans, &mut matcher, rows, (cells, 8, most), &|_| true);
        // What began before is cut, what is long (8 buckets and more) is not a matter of buckets, nor are other rows.
        assert_eq!(
            ask(&[Some(9), None, Some(7)], 3),
            Some(vec![vec![2, 3, 4, 5, 6], vec![], vec![0, 1, 3, 5, 9]])
        );
        assert_eq!(ask(&[], 3), Some(vec![]));
        assert_eq!(ask(&[Some(7)], 2), None, "too many segments");
        assert_eq!(hit_cells(&spans, &mut matcher, &[Some(7)], (cells, 8, 3), &|_| false), None, "stopped");
    }
}
