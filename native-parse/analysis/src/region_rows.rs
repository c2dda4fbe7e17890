//! User regions, kept small: a trace may have millions.

use std::path::Path;
use std::sync::Arc;

use tracewell_order::Sym;
use tracewell_source::{Numbers, Records, SeededMap, Sorter};

use crate::packed::{Reader, number, unsigned};
use crate::stacks::Bottom;
use crate::stats::Stats;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Region {
    pub g: i64,
    pub task: u64,
    pub name: Sym,
    /// None: it began before the trace.
    pub start: Option<i64>,
    /// The goroutine was made within a region of its creator; a habit of the reference.
    pub inherited: bool,
    pub frame: Bottom,
    pub end: Option<i64>,
    /// It ended with its goroutine.
    pub ended_by_goroutine: bool,
    /// What its goroutine had done when it began; of those that a border lies in (`Summary::border`).
    pub(crate) at_begin: Option<Box<Stats>>,
    pub stats: Stats,
}

/// What a region has, or is.
mod said {
    pub const START: u64 = 1;
    pub const END: u64 = 1 << 1;
    pub const INHERITED: u64 = 1 << 2;
    pub const BY_GOROUTINE: u64 = 1 << 3;
    pub const AT_BEGIN: u64 = 1 << 4;
}

impl Region {
    fn put(&self, out: &mut Vec<u8>) {
        let flags = [
            (said::START, self.start.is_some()),
            (said::END, self.end.is_some()),
            (said::INHERITED, self.inherited),
            (said::BY_GOROUTINE, self.ended_by_goroutine),
            (said::AT_BEGIN, self.at_begin.is_some()),
        ];
        unsigned(out, flags.iter().filter(|f| f.1).fold(0, |all, f| all | f.0));
        number(out, self.g);
        let Bottom { func, text, pc } = self.frame;
        for v in [self.task, self.name.0.into(), func.0.into(), text.0.into(), pc] {
            unsigned(out, v);
        }
        self.start.iter().for_each(|t| number(out, *t));
        self.end.iter().for_each(|t| number(out, t.wrapping_sub(self.start.unwrap_or(0))));
        self.stats.put(out);
        self.at_begin.iter().for_each(|s| s.put(out));
    }

    fn get(bytes: &[u8]) -> Option<Region> {
        let mut r = Reader::new(bytes);
        let flags = r.unsigned()?;
        let said = |flag: u64| flags & flag != 0;
        let (g, task) = (r.number()?, r.unsigned()?);
        let mut sym = || r.unsigned().map(|n| Sym(n as u32));
        let (name, func, text) = (sym()?, sym()?, sym()?);
        let frame = Bottom { func, text, pc: r.unsigned()? };
        let start = if said(said::START) { Some(r.number()?) } else { None };
        let end = if said(said::END) { Some(r.number()?.wrapping_add(start.unwrap_or(0))) } else { None };
        let stats = Stats::get(&mut r)?;
        let at_begin = if said(said::AT_BEGIN) { Some(Box::new(Stats::get(&mut r)?)) } else { None };
        let (inherited, ended_by_goroutine) = (said(said::INHERITED), said(said::BY_GOROUTINE));
        Some(Region { g, task, name, start, inherited, frame, end, ended_by_goroutine, at_begin, stats })
    }
}

/// Regions as variable-length numbers, some 40 bytes each, in a file where they are very many.
#[derive(Default)]
pub struct Regions {
    rows: Records,
    /// Places of their rows; of a range, in `of`.
    order: Numbers,
    /// Where they are taken from, and those that the range cuts, by their place there.
    of: Option<(Arc<Regions>, SeededMap<u32, Region>)>,
    scratch: Vec<u8>,
}

impl Regions {
    /// `folder`: where a file may be for what is too much for memory.
    pub fn new(folder: Option<&Path>) -> Regions {
        Regions { rows: Records::new(folder), ..Regions::default() }
    }

    pub(crate) fn push(&mut self, region: &Region) {
        self.scratch.clear();
        region.put(&mut self.scratch);
        self.rows.push(&self.scratch);
    }

    /// No more come.
    pub(crate) fn settle(&mut self) {
        self.rows.settle();
        self.scratch = Vec::new();
    }

    /// All in the order in which they ended; after `settle`.
    pub(crate) fn told(&self) -> impl Iterator<Item = Region> + '_ {
        (0..self.rows.len()).filter_map(|i| Region::get(self.rows.get(i)?))
    }

    /// Puts those that are kept in order: by begin, those older than the trace first, then by goroutine. Before it there are
    /// none to read.
    pub(crate) fn sort(&mut self, is_kept: impl Fn(&Region) -> bool) {
        self.settle();
        let mut sorter = Sorter::new(self.rows.scratch().folder());
        for (place, r) in (0u32..).zip(self.told()) {
            if is_kept(&r) {
                sorter.push((r.start.map_or(i64::MIN, |t| t.max(i64::MIN + 1)), place));
            }
        }
        self.order = Numbers::beside(self.rows.scratch());
        let mut last = None;
        let mut same: Vec<u32> = Vec::new();
        for (start, place) in sorter.finish() {
            if last.replace(start) != Some(start) {
                self.put_in_order(&mut same);
            }
            same.push(place);
        }
        self.put_in_order(&mut same);
        self.order.settle();
    }

    /// Of one begin.
    fn put_in_order(&mut self, same: &mut Vec<u32>) {
        if same.len() > 1 {
            let rows = &self.rows;
            same.sort_by_cached_key(|place| Region::get(rows.get(*place as usize)?).map(|r| r.g));
        }
        same.drain(..).for_each(|place| self.order.push(place));
    }

    /// Those of a range, to be taken from `all` in their order.
    pub(crate) fn of(all: &Arc<Regions>) -> Regions {
        let order = Numbers::beside(all.rows.scratch());
        Regions { order, of: Some((all.clone(), SeededMap::default())), ..Regions::default() }
    }

    /// Takes the `i`th of the others, as it is there or changed; then `settle_order`.
    pub(crate) fn take(&mut self, i: usize, changed: Option<Region>) {
        self.order.push(i as u32);
        if let (Some((_, cut)), Some(region)) = (&mut self.of, changed) {
            cut.insert(i as u32, region);
        }
    }
    pub(crate) fn settle_order(&mut self) {
        self.order.settle();
    }

    pub fn len(&self) -> usize {
        self.order.len()
    }
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    /// Cost: O(1).
    pub fn get(&self, i: usize) -> Option<Region> {
        let place = self.order.get(i)?;
        match &self.of {
            Some((all, cut)) => cut.get(&place).cloned().or_else(|| all.get(place as usize)),
            None => Region::get(self.rows.get(place as usize)?),
        }
    }

    /// All in order.
    pub fn iter(&self) -> impl Iterator<Item = Region> + '_ {
        (0..self.len()).filter_map(|i| self.get(i))
    }

    /// Memory that it holds; of a range, what it does not share.
    pub fn size_bytes(&self) -> usize {
        let cut = self.of.as_ref().map_or(0, |(_, cut)| cut.capacity() * (size_of::<Region>() + 64));
        self.rows.bytes() + self.order.bytes() + cut
    }
}

#[cfg(test)]
mod tests {
    use tracewell_order::RangeName;

    use super::*;

    fn all() -> Vec<Region> {
        let stats = Stats {
            exec: 3,
            total: i64::MAX,
            block: vec![(Sym(7), -2), (Sym(1), i64::MIN)],
            range: vec![(RangeName::Sweep, 5), (RangeName::Stw(Sym(u32::MAX - 3)), 6)],
            ..Stats::default()
        };
        let frame = Bottom { func: Sym(4), text: Sym(u32::MAX), pc: u64::MAX };
        let one =
            |g: i64, start: Option<i64>, end: Option<i64>| Region { g, start, end, ..Region::default() };
        vec![
            Region {
                task: u64::MAX,
                name: Sym(9),
                frame,
                stats: stats.clone(),
                ..one(5, Some(10), Some(20))
            },
            Region { inherited: true, ended_by_goroutine: true, ..one(i64::MIN, Some(10), None) },
            one(9, None, Some(3)),
            one(5, Some(10), Some(12)),
            Region { at_begin: Some(Box::new(stats)), ..one(2, None, None) },
            one(1, Some(i64::MIN), Some(i64::MAX)),
            one(1, Some(4), Some(2)),
        ]
    }

    #[test]
    fn regions_come_back_as_they_were_by_begin_and_goroutine() {
        let mut regions = Regions::default();
        all().iter().for_each(|r| regions.push(r));
        regions.sort(|r| r.g != 9);
        let mut want = all();
        want.retain(|r| r.g != 9);
        want.sort_by_key(|r| (r.start.is_some(), r.start, r.g));
        assert_eq!(regions.iter().collect::<Vec<_>>(), want);
        assert_eq!(regions.told().collect::<Vec<_>>(), all());
        assert_eq!((regions.len(), regions.get(6), regions.is_empty()), (6, None, false));
    }

    #[test]
    fn a_range_has_some_of_them_and_some_changed() {
        let mut regions = Regions::default();
        all().iter().for_each(|r| regions.push(r));
        regions.sort(|_| true);
        let regions = Arc::new(regions);
        let mut some = Regions::of(&regions);
        let changed = Region { g: 77, ..Region::default() };
        some.take(1, None);
        some.take(4, Some(changed.clone()));
        some.settle_order();
        assert_eq!(some.iter().collect::<Vec<_>>(), [regions.get(1).unwrap(), changed]);
    }
}
