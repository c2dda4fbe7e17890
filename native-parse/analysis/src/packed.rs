//! Goroutines that ended, kept small: a trace may have millions, each with few numbers that are not 0.

use tracewell_order::{RangeName, Sym};

use crate::books::Done;
use crate::stats::Stats;

/// Rows as variable-length numbers, about 40 bytes each.
#[derive(Default)]
pub struct Packed {
    bytes: Vec<u8>,
    /// Goroutine and offset of each row.
    index: Vec<(i64, u64)>,
}

impl Packed {
    pub fn push(&mut self, done: &Done, regions: u32) {
        self.index.push((done.g, self.bytes.len() as u64));
        let s = &done.stats;
        self.number(i64::from(done.name.0));
        self.number(done.creation);
        self.option(done.first_run);
        self.option(done.end);
        for v in [s.exec, s.sched_wait, s.syscall, s.syscall_block, s.total, i64::from(regions)] {
            self.number(v);
        }
        self.number(s.block.len() as i64);
        for (reason, nanos) in &s.block {
            self.number(i64::from(reason.0));
            self.number(*nanos);
        }
        self.number(s.range.len() as i64);
        for (name, nanos) in &s.range {
            self.number(range_code(*name));
            self.number(*nanos);
        }
    }

    /// Zigzag, seven bits a byte.
    fn number(&mut self, v: i64) {
        let mut v = (v.wrapping_shl(1) ^ (v >> 63)) as u64;
        while v >= 0x80 {
            self.bytes.push(v as u8 | 0x80);
            v >>= 7;
        }
        self.bytes.push(v as u8);
    }

    fn option(&mut self, v: Option<i64>) {
        self.number(i64::from(v.is_some()));
        self.number(v.unwrap_or(0));
    }

    /// By goroutine; rows of one in the order in which they came.
    pub fn sort(&mut self) {
        self.index.sort_unstable();
        self.bytes.shrink_to_fit();
    }

    /// All rows in order. `join` makes one of two rows of a goroutine: the first, changed by the second.
    pub fn rows<'a>(
        &'a self,
        mut join: impl FnMut(&mut (Done, u32), (Done, u32)) + 'a,
    ) -> impl Iterator<Item = (Done, u32)> + 'a {
        let mut index = self.index.iter().copied().peekable();
        std::iter::from_fn(move || {
            let (g, at) = index.next()?;
            let mut row = self.row(g, at)?;
            while let Some((_, at)) = index.next_if(|n| n.0 == g) {
                join(&mut row, self.row(g, at)?);
            }
            Some(row)
        })
    }

    fn row(&self, g: i64, at: u64) -> Option<(Done, u32)> {
        let mut r = Reader { bytes: self.bytes.get(at as usize..)? };
        let name = Sym(r.number()? as u32);
        let creation = r.number()?;
        let (first_run, end) = (r.option()?, r.option()?);
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
        Some((Done { g, name, is_system: false, creation, first_run, end, stats }, regions))
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl Reader<'_> {
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
    fn option(&mut self) -> Option<Option<i64>> {
        let is_some = self.number()? == 1;
        let v = self.number()?;
        Some(is_some.then_some(v))
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

    #[test]
    fn rows_come_back_by_goroutine() {
        let mut p = Packed::default();
        let done = |g: i64, exec: i64, end: Option<i64>| {
            let stats = Stats {
                exec,
                block: vec![(Sym(7), i64::MAX), (Sym(0), 1)],
                range: vec![(RangeName::Stw(Sym(9)), -3), (RangeName::Sweep, 4)],
                ..Stats::default()
            };
            Done { g, name: Sym(300), is_system: false, creation: i64::MIN, first_run: None, end, stats }
        };
        p.push(&done(5, 1, Some(0)), 2);
        p.push(&done(-1, i64::MIN, None), 0);
        p.push(&done(5, 10, None), 1);
        p.sort();
        let rows: Vec<_> = p.rows(|a, b| a.0.stats.exec += b.0.stats.exec).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].0.g, rows[0].0.stats.exec, rows[0].0.end), (-1, i64::MIN, None));
        assert_eq!((rows[1].0.g, rows[1].0.stats.exec, rows[1].0.end, rows[1].1), (5, 11, Some(0), 2));
        assert_eq!(rows[1].0.stats.block, done(5, 1, None).stats.block);
        assert_eq!(rows[1].0.stats.range, done(5, 1, None).stats.range);
        assert_eq!((rows[1].0.name, rows[1].0.creation), (Sym(300), i64::MIN));
    }
}
