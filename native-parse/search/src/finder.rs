//! Hits in the timeline, one after another: by begin, those that begin together by row.

use std::cmp::Ordering;

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
