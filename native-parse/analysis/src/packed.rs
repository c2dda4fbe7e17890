//! Goroutines that ended, kept small: a trace may have millions, each with few numbers that are not 0.

use tracewell_order::{RangeName, Sym};

use crate::books::Done;
use crate::stats::Stats;

/// Rows between two marks: reaching a row skips at most so many.
const STEP: usize = 16;

/// Rows as variable-length numbers, about 35 bytes each, and 4.5 bytes to find one.
#[derive(Default)]
pub struct Packed {
    bytes: Vec<u8>,
    /// Offset of each `STEP`th row.
    marks: Vec<u64>,
    count: usize,
    /// Rows by goroutine, those of one in the order in which they came. Made by `sort`.
    order: Vec<u32>,
    /// Where in `order` each goroutine begins; None: each has one row.
    firsts: Option<Vec<u32>>,
    scratch: Vec<u8>,
}

/// A goroutine's row, and how many regions ended in it.
pub type Row = (Done, u32);

/// Makes one of two rows of a goroutine: the first, changed by the second.
pub type Join = fn(&mut Row, Row);

impl Packed {
    pub fn push(&mut self, done: &Done, regions: u32) {
        if self.count.is_multiple_of(STEP) {
            self.marks.push(self.bytes.len() as u64);
        }
        self.count += 1;
        let mut row = std::mem::take(&mut self.scratch);
        row.clear();
        let s = &done.stats;
        let begin = done.creation;
        number(&mut row, done.g);
        number(&mut row, i64::from(done.name.0) << 1 | i64::from(done.older));
        number(&mut row, begin);
        number(&mut row, done.creator);
        option(&mut row, done.first_run, begin);
        option(&mut row, done.end, begin);
        for v in [s.exec, s.sched_wait, s.syscall, s.syscall_block, s.total, i64::from(regions)] {
            number(&mut row, v);
        }
        number(&mut row, s.block.len() as i64);
        for (reason, nanos) in &s.block {
            number(&mut row, i64::from(reason.0));
            number(&mut row, *nanos);
        }
        number(&mut row, s.range.len() as i64);
        for (name, nanos) in &s.range {
            number(&mut row, range_code(*name));
            number(&mut row, *nanos);
        }
        number(&mut self.bytes, row.len() as i64);
        self.bytes.extend_from_slice(&row);
        self.scratch = row;
    }

    /// By goroutine; rows of one in the order in which they came. Before it there are no rows to read.
    pub fn sort(&mut self) {
        let mut keyed: Vec<(i64, u32)> = Vec::with_capacity(self.count);
        let mut r = Reader { bytes: &self.bytes };
        while let Some(mut row) = r.row() {
            let Some(g) = row.number() else { break };
            keyed.push((g, keyed.len() as u32));
        }
        keyed.sort_unstable();
        if keyed.windows(2).any(|w| w[0].0 == w[1].0) {
            let starts = (0..keyed.len()).filter(|i| *i == 0 || keyed[*i].0 != keyed[*i - 1].0);
            self.firsts = Some(starts.map(|i| i as u32).collect());
        }
        self.order = keyed.into_iter().map(|(_, i)| i).collect();
        self.bytes.shrink_to_fit();
        self.marks.shrink_to_fit();
        self.scratch = Vec::new();
    }

    /// Goroutines, each once.
    pub fn len(&self) -> usize {
        self.firsts.as_ref().map_or(self.order.len(), Vec::len)
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Memory that it holds.
    pub fn size_bytes(&self) -> usize {
        let firsts = self.firsts.as_ref().map_or(0, Vec::capacity);
        self.bytes.capacity() + self.marks.capacity() * 8 + (self.order.capacity() + firsts) * 4
    }

    /// All rows in order.
    pub fn rows(&self, join: Join) -> impl Iterator<Item = Row> + '_ {
        (0..self.len()).filter_map(move |i| self.row(i, join))
    }

    /// The `i`th goroutine in order of id. Cost: O(1).
    pub fn row(&self, i: usize, join: Join) -> Option<Row> {
        let mut all = self.places(i).iter();
        let mut row = self.one(*all.next()?)?;
        for next in all {
            join(&mut row, self.one(*next)?);
        }
        Some(row)
    }

    /// The rows of the `i`th goroutine, not joined: one for each of its lives.
    pub fn lives(&self, i: usize) -> impl Iterator<Item = Row> + '_ {
        self.places(i).iter().filter_map(|ix| self.one(*ix))
    }

    fn places(&self, i: usize) -> &[u32] {
        let range = match &self.firsts {
            None => Some(i..i + 1),
            Some(f) => f.get(i).map(|n| *n as usize..f.get(i + 1).map_or(self.order.len(), |n| *n as usize)),
        };
        range.and_then(|r| self.order.get(r)).unwrap_or_default()
    }

    /// Place of a goroutine in the order of ids. Cost: O(log n).
    pub fn find(&self, g: i64) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let at = self.firsts.as_ref().map_or(Some(middle), |f| f.get(middle).map(|n| *n as usize))?;
            let id = self.reader(*self.order.get(at)?)?.number()?;
            match id.cmp(&g) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    fn reader(&self, ix: u32) -> Option<Reader<'_>> {
        let mark = *self.marks.get(ix as usize / STEP)?;
        let mut r = Reader { bytes: self.bytes.get(mark as usize..)? };
        for _ in 0..ix as usize % STEP {
            r.row()?;
        }
        r.row()
    }

    fn one(&self, ix: u32) -> Option<Row> {
        let mut r = self.reader(ix)?;
        let g = r.number()?;
        let name = r.number()?;
        let creation = r.number()?;
        let creator = r.number()?;
        let (first_run, end) = (r.option(creation)?, r.option(creation)?);
        let mut stats = Stats {
            exec: r.number()?,
            sched_wait: r.number()?,
            syscall: r.number()?,
            syscall_block: r.number()?,
            total: r.number()?,
            ..Stats::default()
        };
        let regions = r.number()? as u32;
        for _ in 0..r.number()? {
            stats.block.push((Sym(r.number()? as u32), r.number()?));
        }
        for _ in 0..r.number()? {
            stats.range.push((range_of(r.number()?), r.number()?));
        }
        let (name, older) = (Sym((name >> 1) as u32), name & 1 == 1);
        Some((Done { g, name, is_system: false, creation, creator, older, first_run, end, stats }, regions))
    }
}

/// Zigzag, seven bits a byte.
fn number(out: &mut Vec<u8>, v: i64) {
    let mut v = (v.wrapping_shl(1) ^ (v >> 63)) as u64;
    while v >= 0x80 {
        out.push(v as u8 | 0x80);
        v >>= 7;
    }
    out.push(v as u8);
}

/// A time as its distance from another.
fn option(out: &mut Vec<u8>, v: Option<i64>, from: i64) {
    number(out, i64::from(v.is_some()));
    if let Some(v) = v {
        number(out, v.wrapping_sub(from));
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn number(&mut self) -> Option<i64> {
        let (mut v, mut shift) = (0u64, 0);
        loop {
            let (&b, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            v |= u64::from(b & 0x7f).checked_shl(shift)?;
            if b < 0x80 {
                return Some((v >> 1) as i64 ^ -((v & 1) as i64));
            }
            shift += 7;
        }
    }
    fn option(&mut self, from: i64) -> Option<Option<i64>> {
        match self.number()? {
            1 => Some(Some(self.number()?.wrapping_add(from))),
            _ => Some(None),
        }
    }
    /// The next row; the reader goes behind it.
    fn row(&mut self) -> Option<Reader<'a>> {
        let len = self.number()? as usize;
        let (row, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(Reader { bytes: row })
    }
}

fn range_code(name: RangeName) -> i64 {
    match name {
        RangeName::GcMark => 0,
        RangeName::Sweep => 1,
        RangeName::MarkAssist => 2,
        RangeName::Stw(reason) => 3 + i64::from(reason.0),
    }
}

fn range_of(code: i64) -> RangeName {
    match code {
        0 => RangeName::GcMark,
        1 => RangeName::Sweep,
        2 => RangeName::MarkAssist,
        n => RangeName::Stw(Sym((n - 3) as u32)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(g: i64, exec: i64, end: Option<i64>) -> Done {
        let stats = Stats {
            exec,
            block: vec![(Sym(7), i64::MAX), (Sym(0), 1)],
            range: vec![(RangeName::Stw(Sym(9)), -3), (RangeName::Sweep, 4)],
            ..Stats::default()
        };
        let (name, creation) = (Sym(300), i64::MIN);
        Done { g, name, is_system: false, creation, creator: 7, older: true, first_run: None, end, stats }
    }

    #[test]
    fn rows_come_back_by_goroutine() {
        let mut p = Packed::default();
        p.push(&done(5, 1, Some(0)), 2);
        p.push(&done(-1, i64::MIN, None), 0);
        p.push(&done(5, 10, None), 1);
        p.sort();
        let join: Join = |a, b| {
            a.0.stats.exec += b.0.stats.exec;
            a.1 += b.1;
        };
        let rows: Vec<_> = p.rows(join).collect();
        assert_eq!((rows.len(), p.len(), p.find(5), p.find(-1), p.find(4)), (2, 2, Some(1), Some(0), None));
        assert_eq!((rows[0].0.g, rows[0].0.stats.exec, rows[0].0.end), (-1, i64::MIN, None));
        assert_eq!((rows[1].0.g, rows[1].0.stats.exec, rows[1].0.end, rows[1].1), (5, 11, Some(0), 3));
        assert_eq!(rows[1].0.stats.block, done(5, 1, None).stats.block);
        assert_eq!(rows[1].0.stats.range, done(5, 1, None).stats.range);
        assert_eq!((rows[1].0.name, rows[1].0.creation), (Sym(300), i64::MIN));
        assert_eq!((rows[1].0.creator, rows[1].0.older), (7, true));
    }

    #[test]
    fn each_of_many_rows_is_reached() {
        let mut p = Packed::default();
        for g in (0..100).rev() {
            p.push(&done(g * 3, g, Some(g)), 0);
        }
        p.sort();
        for i in 0..100 {
            let row = p.row(i, |_, _| ()).unwrap().0;
            assert_eq!((row.g, row.stats.exec, p.find(row.g)), (3 * i as i64, i as i64, Some(i)));
        }
        assert!(p.row(100, |_, _| ()).is_none() && p.find(1).is_none());
    }
}
