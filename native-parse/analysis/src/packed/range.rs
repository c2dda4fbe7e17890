//! Rows of a range of time: those of the whole trace, but for goroutines that a border of the range cuts.

use std::ops::Range;
use std::sync::Arc;

use tracewell_source::Numbers;

use super::side_by_side::side_by_side;
use super::{Packed, Row, said};
use crate::books::Done;

/// Rows that others are taken from.
pub(super) struct Of {
    rows: Arc<Packed>,
    /// Places of those that differ, rising: the `i`th of them is the own row `i`.
    changed: Vec<u32>,
    /// A bit for each row that is in the range.
    kept: Vec<u64>,
}

fn is_kept(kept: &[u64], ix: u32) -> bool {
    kept.get(ix as usize / 64).is_some_and(|w| w >> (ix % 64) & 1 != 0)
}

impl Of {
    pub(super) fn rows(&self) -> &Packed {
        &self.rows
    }
    pub(super) fn row(&self, own: &Packed, ix: u32) -> Option<Row> {
        match self.changed.binary_search(&ix) {
            Ok(i) => own.own(i as u32),
            Err(_) => self.rows.own(ix),
        }
    }
}

/// How a life lies to a range.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lies {
    Outside,
    Inside,
    Cut,
}

impl Packed {
    /// No goroutine has two rows.
    pub fn is_single(&self) -> bool {
        self.firsts.is_none()
    }

    /// All rows, each with its number, in parts that threads read side by side: what `visit` makes of each, in the order in
    /// which rows came. It takes a fraction of the time of `rows`. None: some goroutine has several rows, which are to be joined.
    pub fn each<T: Default + Send>(&self, visit: impl Fn(&mut T, u32, &Done, u32) + Sync) -> Option<Vec<T>> {
        let rows = self.of.as_ref().map_or(self, |of| of.rows());
        if !rows.is_single() {
            return None;
        }
        let one = |range: Range<usize>| {
            let mut found = T::default();
            self.part(range, |ix, done, regions| visit(&mut found, ix, done, regions))?;
            Some(found)
        };
        side_by_side(rows.count, one).into_iter().collect()
    }

    /// As `each`, one after the other.
    pub fn each_in_turn(&self, mut visit: impl FnMut(&Done)) -> Option<()> {
        let rows = self.of.as_ref().map_or(self, |of| of.rows());
        if !rows.is_single() {
            return None;
        }
        self.part(0..rows.count, |_, done, _| visit(done))
    }

    /// Those of some numbers; None: what is packed is damaged.
    fn part(&self, range: Range<usize>, mut visit: impl FnMut(u32, &Done, u32)) -> Option<()> {
        let rows = self.of.as_ref().map_or(self, |of| of.rows());
        let mut all = rows.some(range.start);
        let changed = self.of.as_ref().map_or(&[][..], |of| &of.changed);
        let first = changed.partition_point(|ix| (*ix as usize) < range.start);
        let mut changed = changed.iter().enumerate().skip(first).peekable();
        for ix in range.start as u32..range.end as u32 {
            let (mark, row) = all.next()?;
            if self.of.as_ref().is_some_and(|of| !is_kept(&of.kept, ix)) {
                continue;
            }
            let (done, regions) = match changed.next_if(|(_, at)| **at == ix) {
                Some((i, _)) => self.own(i as u32)?,
                None => Self::decode(row, mark)?,
            };
            visit(ix, &done, regions);
        }
        Some(())
    }

    /// Where each row, by its number in `each`, is in the order of goroutines; u32::MAX: nowhere. Rows are single.
    pub fn order_of(&self) -> Vec<u32> {
        let rows = self.of.as_ref().map_or(self, |of| of.rows());
        let mut places = vec![u32::MAX; rows.count];
        for i in 0..self.order.len() {
            if let Some(place) = self.order.get(i).and_then(|ix| places.get_mut(ix as usize)) {
                *place = i as u32;
            }
        }
        places
    }

    /// The rows of a range. `lies`: by begin and end (None: it lives when the trace ends); `cut` changes those that are cut, in
    /// the order in which they came; None from it: the whole is None. Before it `sort` was called, and rows are single.
    /// Cost: O(rows).
    pub fn within(
        self: &Arc<Packed>,
        lies: impl Fn(i64, Option<i64>) -> Lies + Sync,
        mut cut: impl FnMut(&mut Done) -> Option<()>,
    ) -> Option<Packed> {
        let mut own = Packed::default();
        let one = |range: Range<usize>| {
            let (mut kept, mut cut) = (vec![0u64; range.len().div_ceil(64)], Vec::new());
            let mut all = self.some(range.start);
            for at in 0..range.len() {
                let (mark, mut r) = all.next()?;
                let flags = r.unsigned()?;
                r.number()?;
                let begin = r.number()?.wrapping_add(mark.begin);
                let end =
                    if flags & said::NO_END != 0 { None } else { Some(r.number()?.wrapping_add(begin)) };
                match lies(begin, end) {
                    Lies::Outside => continue,
                    Lies::Inside => {}
                    Lies::Cut => cut.push((range.start + at) as u32),
                }
                *kept.get_mut(at / 64)? |= 1 << (at % 64);
            }
            Some((kept, cut))
        };
        let (mut kept, mut changed) = (Vec::new(), Vec::new());
        for part in side_by_side(self.count, one) {
            let (words, rows) = part?;
            kept.extend(words);
            changed.extend(rows);
        }
        for ix in &changed {
            let (mut done, regions) = self.own(*ix)?;
            cut(&mut done)?;
            own.push(&done, regions);
        }
        own.order = Numbers::beside(&self.bytes);
        let places = (0..self.order.len()).map_while(|i| self.order.get(i));
        places.filter(|ix| is_kept(&kept, *ix)).for_each(|ix| own.order.push(ix));
        own.order.settle();
        own.settle();
        own.of = Some(Box::new(Of { rows: self.clone(), changed, kept }));
        Some(own)
    }
}
