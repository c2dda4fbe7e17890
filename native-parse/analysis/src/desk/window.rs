//! A range of the trace from what the pass over the whole kept: the two segments that its ends lie in are read again,
//! those between are summed up.
//!
//! All of it is the same as what a pass over the whole trace finds for that range, to the nanosecond.

use std::sync::{Arc, OnceLock};

use tracewell_source::Result;

use crate::books::Done;
use crate::desk::cuts::Cuts;
use crate::desk::fold::Fold;
use crate::desk::pass::Pass;
use crate::desk::segment::{self, Part};
use crate::desk::spare::Spare;
use crate::desk::stay_books::Books;
use crate::desk::waits::Waits;
use crate::gc::HeapTold;
use crate::packed::Lies;
use crate::region_rows::{Region, Regions};
use crate::stats::{Clip, Stats};
use crate::task_book::Task;

/// The parts of a range: whole segments [`from`, `to`), and those that were read, by segment.
struct Parts<'a> {
    all: &'a Fold,
    cuts: &'a Cuts,
    clip: Clip,
    whole: (usize, usize),
    read: Vec<(usize, Part)>,
}

/// Makes the fold of a range. None: it takes a pass over the whole. Errors: CANCELLED. Cost: by events of at most two
/// segments, then O(goroutines, regions, tasks, what borders keep).
pub fn read(pass: &Pass<'_>, all: &Arc<Fold>, clip: Clip) -> Result<Option<Fold>> {
    let Some(cuts) = &all.cuts else { return Ok(None) };
    if clip.from > clip.to || clip.to < 0 || clip.from >= all.end_nanos {
        return Ok(None);
    }
    let (first, last) = (cuts.segment_of(clip.from), cuts.segment_of(clip.to));
    let from = if clip.from <= cuts.begin_of(first).max(0) { first } else { first + 1 };
    let to = if clip.to >= all.end_nanos { cuts.segments.len() } else { last };
    let mut ends = vec![first, last];
    ends.dedup();
    ends.retain(|i| !(from..to).contains(i) && *i < cuts.segments.len());
    let read = match read_all(pass, all, cuts, &ends, clip)? {
        Some(read) => read,
        None => return Ok(None),
    };
    Ok(Parts { all, cuts, clip, whole: (from, to.max(from)), read }.fold())
}

/// Reads segments side by side.
fn read_all(
    pass: &Pass<'_>,
    all: &Fold,
    cuts: &Cuts,
    ends: &[usize],
    clip: Clip,
) -> Result<Option<Vec<(usize, Part)>>> {
    let one = |i: usize| segment::read(pass, all, cuts, i, clip);
    let parts: Vec<Result<Option<Part>>> = match *ends {
        [a, b] => std::thread::scope(|s| {
            let other = s.spawn(|| one(a));
            let b = one(b);
            // A panic of the other goes on here.
            let a = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            vec![a, b]
        }),
        _ => ends.iter().map(|i| one(*i)).collect(),
    };
    ends.iter().zip(parts).map(|(i, part)| Ok(part?.map(|p| (*i, p)))).collect()
}

impl Parts<'_> {
    fn part(&self, segment: usize) -> Option<&Part> {
        self.read.iter().find(|(i, _)| *i == segment).map(|(_, p)| p)
    }

    fn fold(mut self) -> Option<Fold> {
        let (all, clip) = (self.all, self.clip);
        let (waits, spare, heap) = (self.waits()?, self.spare(), self.heap());
        let end = all.end_nanos;
        let lies = |a: i64, b: Option<i64>| {
            let b = b.unwrap_or(i64::MAX);
            match clip.touches(a, b) {
                false => Lies::Outside,
                true if clip.from <= a && b.min(end) <= clip.to => Lies::Inside,
                true => Lies::Cut,
            }
        };
        let rows = all.rows.within(lies, |done| {
            done.stats = self.sums(done)?;
            Some(())
        })?;
        let regions = self.regions()?;
        let tasks = all.tasks.filtered(|t: &Task| clip.touches(t.start.unwrap_or(0), t.end.unwrap_or(end)));
        let gc = all.gc.within_range(clip, heap);
        Some(Fold {
            clip,
            end_nanos: end,
            rows: Arc::new(rows),
            waits,
            regions: Arc::new(regions),
            tasks,
            stop_times: gc.stop_times(),
            mark_times: gc.mark_times(),
            gc,
            work: all.work.clone(),
            spare,
            symbols: all.symbols.clone(),
            events: all.events,
            begins: all.begins.clone(),
            cuts: None,
            groups: OnceLock::new(),
            home: OnceLock::new(),
        })
    }

    fn waits(&mut self) -> Option<Waits> {
        let (all, clip) = (self.all, self.clip);
        let mut waits = all.waits.of_range(clip)?;
        let mut books = Books::default();
        for segment in self.cuts.segments.get(self.whole.0..self.whole.1)? {
            books.add(&segment.books)?;
        }
        for (_, part) in &mut self.read {
            books.merge(std::mem::take(&mut part.books));
        }
        for c in self.cuts.crossing_from(clip.from) {
            waits.count(&mut books, clip, c.name, c.g, &c.stay());
        }
        waits.books = books;
        (!waits.missed()).then_some(waits)
    }

    fn spare(&self) -> Spare {
        let mut spare = Spare::new(self.clip);
        self.read.iter().for_each(|(_, p)| spare.add(p.spare));
        let until = |i: usize| match self.cuts.border(i) {
            _ if i >= self.cuts.segments.len() => self.all.spare.sums(),
            Some(b) => b.spare,
            None => [0; 4],
        };
        let (from, to) = (until(self.whole.0), until(self.whole.1));
        if self.whole.0 < self.whole.1 {
            spare.add(std::array::from_fn(|k| to[k] - from[k]));
        }
        spare
    }

    fn heap(&self) -> HeapTold {
        let mut heap = HeapTold::default();
        for (i, segment) in self.cuts.segments.iter().enumerate() {
            if (self.whole.0..self.whole.1).contains(&i) {
                heap.then(segment.heap);
            } else if let Some(part) = self.part(i) {
                heap.then(part.heap);
            }
        }
        heap
    }

    /// What a goroutine had done before segment `i`; `all`: its row of the whole trace.
    fn until(&self, all: &Done, i: usize) -> Option<Stats> {
        let begin = self.cuts.begin_of(i);
        if all.end.unwrap_or(i64::MAX) < begin || i >= self.cuts.segments.len() {
            return Some(all.stats.clone());
        }
        match self.cuts.border(i) {
            Some(border) if all.creation < begin => border.sums_of(all.g),
            _ => Some(Stats::default()),
        }
    }

    /// What a goroutine did in the range.
    fn sums(&self, all: &Done) -> Option<Stats> {
        let mut sums = Stats::default();
        for (_, part) in &self.read {
            if let Some(s) = part.sums.get(&all.g) {
                sums.plus(s);
            }
        }
        let (from, to) = self.whole;
        if from < to {
            sums.plus(&self.until(all, to)?);
            sums.minus(&self.until(all, from)?);
        }
        sums.total = self.clip.nanos(all.creation, all.end.unwrap_or(self.all.end_nanos));
        Some(sums)
    }

    /// Those that touch the range, each with what its goroutine did in it there.
    fn regions(&self) -> Option<Regions> {
        let (clip, end) = (self.clip, self.all.end_nanos);
        let mut regions = Regions::of(&self.all.regions);
        for (i, r) in self.all.regions.iter().enumerate() {
            let (a, b) = (r.start.unwrap_or(i64::MIN), r.end.unwrap_or(end));
            if !clip.touches(a.max(0), b) {
                continue;
            }
            let lies_inside = clip.from <= a.max(0) && b <= clip.to;
            let changed = match lies_inside {
                true => None,
                false => Some(Region { stats: self.sums_in(&r, a, b)?, at_begin: None, ..r }),
            };
            regions.take(i, changed);
        }
        regions.settle_order();
        Some(regions)
    }

    fn row_of(&self, g: i64) -> Option<Done> {
        self.all.rows.find(g).and_then(|i| self.all.row(i)).map(|(d, _)| d)
    }

    /// What the goroutine of a region that the range cuts did in both.
    fn sums_in(&self, r: &Region, begin: i64, end: i64) -> Option<Stats> {
        let clip = self.clip;
        let row = self.row_of(r.g)?;
        let mut stats = if begin <= clip.from && end >= clip.to {
            self.sums(&row)?
        } else if begin <= clip.from {
            self.until_end(r, &row, end)?
        } else {
            self.since_begin(r, &row, begin)?
        };
        stats.total = clip.nanos(begin.max(row.creation), end);
        Some(stats)
    }

    /// From the range's begin to the region's end.
    fn until_end(&self, r: &Region, row: &Done, end: i64) -> Option<Stats> {
        let (first, last) = (self.cuts.segment_of(self.clip.from), self.cuts.segment_of(end));
        let part = self.part(first)?;
        let of_goroutine = || part.sums.get(&r.g).cloned();
        if first == last {
            let begins_here = r.start.is_some_and(|t| self.cuts.segment_of(t) == first);
            return match r.ended_by_goroutine || r.end.is_none() {
                true => of_goroutine(),
                false => part.of_region(r, begins_here).cloned(),
            };
        }
        // In the first segment, and then from its end on: what was done until the region's end less what was until there.
        let mut stats = of_goroutine()?;
        stats.plus(&r.stats);
        if let Some(before) = &r.at_begin {
            stats.plus(before);
        } else if r.start.is_some() {
            return None;
        }
        stats.minus(&self.until(row, first + 1)?);
        Some(stats)
    }

    /// From the region's begin to the range's end.
    fn since_begin(&self, r: &Region, row: &Done, begin: i64) -> Option<Stats> {
        let (first, last) = (self.cuts.segment_of(begin), self.cuts.segment_of(self.clip.to));
        let part = self.part(last)?;
        if first == last {
            return part.of_region(r, true).cloned();
        }
        let mut stats = self.until(row, last)?;
        stats.minus(r.at_begin.as_deref()?);
        stats.plus(part.sums.get(&r.g)?);
        Some(stats)
    }
}
