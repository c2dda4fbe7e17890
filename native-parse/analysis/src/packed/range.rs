//! Rows of a range of time: those of the whole trace, but for goroutines that a border of the range cuts.

use std::sync::Arc;

use tracewell_source::Numbers;

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

    /// All rows in the order in which they came, which takes a fraction of the time of `rows`. None: some goroutine has
    /// several, which are to be joined.
    pub fn each(&self, mut visit: impl FnMut(&Done)) -> Option<()> {
        let rows = self.of.as_ref().map_or(self, |of| of.rows());
        if !rows.is_single() {
            return None;
        }
        let mut all = rows.all();
        let mut changed = self.of.iter().flat_map(|of| &of.changed).enumerate().peekable();
        for ix in 0..rows.count as u32 {
            let (mark, row) = all.next()?;
            if self.of.as_ref().is_some_and(|of| !is_kept(&of.kept, ix)) {
                continue;
            }
            let (done, _) = match changed.next_if(|(_, at)| **at == ix) {
                Some((i, _)) => self.own(i as u32)?,
                None => Self::decode(row, mark)?,
            };
            visit(&done);
        }
        Some(())
    }

    /// The rows of a range. `lies`: by begin and end (None: it lives when the trace ends); `cut` changes those that are cut, in
    /// the order in which they came; None from it: the whole is None. Before it `sort` was called, and rows are single.
    /// Cost: O(rows).
    pub fn within(
        self: &Arc<Packed>,
        lies: impl Fn(i64, Option<i64>) -> Lies,
        mut cut: impl FnMut(&mut Done) -> Option<()>,
    ) -> Option<Packed> {
        let mut kept = vec![0u64; self.count.div_ceil(64)];
        let mut own = Packed::default();
        let mut changed = Vec::new();
        let mut all = self.all();
        for ix in 0..self.count {
            let (mark, row) = all.next()?;
            let mut r = row.clone();
            let flags = r.unsigned()?;
            r.number()?;
            let begin = r.number()?.wrapping_add(mark.begin);
            let end = if flags & said::NO_END != 0 { None } else { Some(r.number()?.wrapping_add(begin)) };
            let how = lies(begin, end);
            if how == Lies::Outside {
                continue;
            }
            *kept.get_mut(ix / 64)? |= 1 << (ix % 64);
            if how == Lies::Cut {
                let (mut done, regions) = Self::decode(row, mark)?;
                cut(&mut done)?;
                own.push(&done, regions);
                changed.push(ix as u32);
            }
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
