//! Goroutines that ended, kept small: a trace may have millions, each with few numbers that are not 0.

mod range;
mod side_by_side;
#[cfg(test)]
mod tests;

use std::path::Path;

use tracewell_order::Sym;
use tracewell_source::{Numbers, Scratch, Sorter};

use crate::books::Done;
use crate::stats::{Stats, range_code, range_of};

pub use range::Lies;

/// Rows between two marks: reaching a row skips at most so many.
const STEP: usize = 16;

/// What a row says only when it is not so: most goroutines run once, from their begin to their end, without the rest.
/// By how often it is said: the first six make one byte.
mod said {
    pub const BLOCK: u64 = 1;
    pub const NAME: u64 = 1 << 1;
    pub const CREATOR: u64 = 1 << 2;
    pub const SYSCALL: u64 = 1 << 3;
    pub const RANGE: u64 = 1 << 4;
    pub const REGIONS: u64 = 1 << 5;
    pub const OLDER: u64 = 1 << 6;
    pub const NEVER_RAN: u64 = 1 << 7;
    pub const NO_END: u64 = 1 << 8;
    pub const TOTAL: u64 = 1 << 9;
}

/// What the rows of a step differ from; written before them.
#[derive(Clone, Copy, Default)]
struct Mark {
    g: i64,
    begin: i64,
    name: Sym,
    creator: i64,
}

/// Rows as variable-length numbers, some 20 bytes each, in a file where they are very many, as is what finds
/// them, four bytes each.
#[derive(Default)]
pub struct Packed {
    bytes: Scratch,
    /// Where each `STEP` of rows is, with its mark.
    steps: Vec<u64>,
    /// The step that is not whole yet, and what its rows differ from.
    step: Vec<u8>,
    mark: Mark,
    count: usize,
    /// Rows by goroutine, those of one in the order in which they came. Made by `sort`.
    order: Numbers,
    /// Where in `order` each goroutine begins; None: each has one row.
    firsts: Option<Numbers>,
    scratch: Vec<u8>,
    /// Where most rows are taken from.
    of: Option<Box<range::Of>>,
}

impl Mark {
    fn put(&self, out: &mut Vec<u8>) {
        [self.g, self.begin, i64::from(self.name.0), self.creator].iter().for_each(|n| number(out, *n));
    }
    fn get(r: &mut Reader<'_>) -> Option<Mark> {
        Some(Mark { g: r.number()?, begin: r.number()?, name: Sym(r.number()? as u32), creator: r.number()? })
    }
}

/// A goroutine's row, and how many regions ended in it.
pub type Row = (Done, u32);

/// Makes one of two rows of a goroutine: the first, changed by the second.
pub type Join = fn(&mut Row, Row);

impl Packed {
    /// `folder`: where a file may be for what is too much for memory.
    pub fn new(folder: Option<&Path>) -> Packed {
        Packed { bytes: Scratch::new(folder), ..Packed::default() }
    }

    pub fn push(&mut self, done: &Done, regions: u32) {
        let begin = done.creation;
        if self.count.is_multiple_of(STEP) {
            self.end_step();
            self.mark = Mark { g: done.g, begin, name: done.name, creator: done.creator };
            self.mark.put(&mut self.step);
        }
        let mark = self.mark;
        self.count += 1;
        let mut row = std::mem::take(&mut self.scratch);
        row.clear();
        let s = &done.stats;
        let flags = [
            (said::BLOCK, !s.block.is_empty()),
            (said::NAME, done.name != mark.name),
            (said::CREATOR, done.creator != mark.creator),
            (said::SYSCALL, s.syscall != 0 || s.syscall_block != 0),
            (said::RANGE, !s.range.is_empty()),
            (said::REGIONS, regions != 0),
            (said::OLDER, done.older),
            (said::NEVER_RAN, done.first_run.is_none()),
            (said::NO_END, done.end.is_none()),
            (said::TOTAL, s.total != life(begin, done.end)),
        ];
        let flags = flags.iter().filter(|f| f.1).fold(0, |all, f| all | f.0);
        unsigned(&mut row, flags);
        number(&mut row, done.g.wrapping_sub(mark.g));
        number(&mut row, begin.wrapping_sub(mark.begin));
        if let Some(end) = done.end {
            number(&mut row, end.wrapping_sub(begin));
        }
        number(&mut row, s.sched_wait);
        if let Some(run) = done.first_run {
            // Mostly it waited for a processor once, before it ran.
            number(&mut row, run.wrapping_sub(begin).wrapping_sub(s.sched_wait));
        }
        let when = |row: &mut Vec<u8>, flag: u64, values: &[i64]| {
            if flags & flag != 0 {
                values.iter().for_each(|v| number(row, *v));
            }
        };
        when(&mut row, said::NAME, &[i64::from(done.name.0)]);
        when(&mut row, said::CREATOR, &[done.creator]);
        when(&mut row, said::SYSCALL, &[s.syscall, s.syscall_block]);
        when(&mut row, said::REGIONS, &[i64::from(regions)]);
        when(&mut row, said::TOTAL, &[s.total]);
        when(&mut row, said::BLOCK, &[s.block.len() as i64]);
        for (reason, nanos) in &s.block {
            number(&mut row, i64::from(reason.0));
            number(&mut row, *nanos);
        }
        when(&mut row, said::RANGE, &[s.range.len() as i64]);
        for (name, nanos) in &s.range {
            number(&mut row, range_code(*name));
            number(&mut row, *nanos);
        }
        // What no other state explains it ran.
        number(&mut row, unexplained(s).wrapping_sub(s.exec));
        unsigned(&mut self.step, row.len() as u64);
        self.step.extend_from_slice(&row);
        self.scratch = row;
    }

    fn end_step(&mut self) {
        if !self.step.is_empty() {
            self.steps.push(self.bytes.push(&self.step));
            self.step.clear();
        }
    }

    /// No more rows come: they can be read.
    fn settle(&mut self) {
        self.end_step();
        self.bytes.settle();
        self.steps.shrink_to_fit();
        (self.step, self.scratch) = (Vec::new(), Vec::new());
    }

    /// By goroutine; rows of one in the order in which they came. Before it there are no rows to read.
    pub fn sort(&mut self) {
        self.settle();
        let mut sorter = Sorter::new(self.bytes.folder());
        self.ids().zip(0u32..).for_each(|row| sorter.push(row));
        self.order = Numbers::beside(&self.bytes);
        let mut firsts = Numbers::beside(&self.bytes);
        let mut last = None;
        for (g, ix) in sorter.finish() {
            if last.replace(g) != Some(g) {
                firsts.push(self.order.len() as u32);
            }
            self.order.push(ix);
        }
        self.order.settle();
        firsts.settle();
        self.firsts = Some(firsts).filter(|f| f.len() < self.order.len());
    }

    /// All rows in the order in which they came, not read yet.
    fn all(&self) -> impl Iterator<Item = (Mark, Reader<'_>)> {
        self.some(0)
    }

    /// Those from a multiple of `STEP` on.
    fn some(&self, from: usize) -> impl Iterator<Item = (Mark, Reader<'_>)> {
        let of_step = |(i, at): (usize, &u64)| {
            let mut r = Reader { bytes: self.bytes.at(*at) };
            let mark = Mark::get(&mut r);
            (i * STEP..self.count.min((i + 1) * STEP)).map_while(move |_| Some((mark?, r.row()?)))
        };
        self.steps.iter().enumerate().skip(from / STEP).flat_map(of_step)
    }

    /// The goroutine of each row, in the order in which they came.
    fn ids(&self) -> impl Iterator<Item = i64> + '_ {
        self.all().map_while(|(mark, mut row)| {
            row.unsigned()?;
            Some(row.number()?.wrapping_add(mark.g))
        })
    }

    /// Goroutines, each once.
    pub fn len(&self) -> usize {
        self.firsts.as_ref().map_or(self.order.len(), Numbers::len)
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Memory that it holds.
    pub fn size_bytes(&self) -> usize {
        let firsts = self.firsts.as_ref().map_or(0, Numbers::bytes);
        self.bytes.bytes() + self.steps.capacity() * size_of::<u64>() + self.order.bytes() + firsts
    }

    /// All rows in order.
    pub fn rows(&self, join: Join) -> impl Iterator<Item = Row> + '_ {
        (0..self.len()).filter_map(move |i| self.row(i, join))
    }

    /// The `i`th goroutine in order of id. Cost: O(1).
    pub fn row(&self, i: usize, join: Join) -> Option<Row> {
        let mut all = self.places(i);
        let mut row = self.one(all.next()?)?;
        for next in all {
            join(&mut row, self.one(next)?);
        }
        Some(row)
    }

    /// The rows of the `i`th goroutine, not joined: one for each of its lives.
    pub fn lives(&self, i: usize) -> impl Iterator<Item = Row> + '_ {
        self.places(i).filter_map(|ix| self.one(ix))
    }

    fn places(&self, i: usize) -> impl Iterator<Item = u32> + '_ {
        let range = match &self.firsts {
            None => i..i + 1,
            Some(f) => {
                let first = |i: usize| f.get(i).map_or(self.order.len(), |n| n as usize);
                first(i)..first(i + 1)
            }
        };
        range.map_while(|at| self.order.get(at))
    }

    /// Place of a goroutine in the order of ids. Cost: O(log n).
    pub fn find(&self, g: i64) -> Option<usize> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let at = self.firsts.as_ref().map_or(Some(middle), |f| f.get(middle).map(|n| n as usize))?;
            let rows = self.of.as_ref().map_or(self, |of| of.rows());
            let (mut row, mark) = rows.reader(self.order.get(at)?)?;
            row.unsigned()?;
            match row.number()?.wrapping_add(mark.g).cmp(&g) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return Some(middle),
            }
        }
        None
    }

    fn reader(&self, ix: u32) -> Option<(Reader<'_>, Mark)> {
        let mut r = Reader { bytes: self.bytes.at(*self.steps.get(ix as usize / STEP)?) };
        let mark = Mark::get(&mut r)?;
        for _ in 0..ix as usize % STEP {
            r.row()?;
        }
        Some((r.row()?, mark))
    }

    fn one(&self, ix: u32) -> Option<Row> {
        match &self.of {
            None => self.own(ix),
            Some(of) => of.row(self, ix),
        }
    }

    fn own(&self, ix: u32) -> Option<Row> {
        let (r, mark) = self.reader(ix)?;
        Self::decode(r, mark)
    }

    fn decode(mut r: Reader<'_>, mark: Mark) -> Option<Row> {
        let flags = r.unsigned()?;
        let said = |flag: u64| flags & flag != 0;
        let g = r.number()?.wrapping_add(mark.g);
        let creation = r.number()?.wrapping_add(mark.begin);
        let end = if said(said::NO_END) { None } else { Some(r.number()?.wrapping_add(creation)) };
        let mut stats = Stats { sched_wait: r.number()?, ..Stats::default() };
        let first_run = match said(said::NEVER_RAN) {
            true => None,
            false => Some(r.number()?.wrapping_add(stats.sched_wait).wrapping_add(creation)),
        };
        let name = if said(said::NAME) { Sym(r.number()? as u32) } else { mark.name };
        let creator = if said(said::CREATOR) { r.number()? } else { mark.creator };
        if said(said::SYSCALL) {
            (stats.syscall, stats.syscall_block) = (r.number()?, r.number()?);
        }
        let regions = if said(said::REGIONS) { r.number()? as u32 } else { 0 };
        stats.total = if said(said::TOTAL) { r.number()? } else { life(creation, end) };
        for _ in 0..if said(said::BLOCK) { r.number()? } else { 0 } {
            stats.block.push((Sym(r.number()? as u32), r.number()?));
        }
        for _ in 0..if said(said::RANGE) { r.number()? } else { 0 } {
            stats.range.push((range_of(r.number()?), r.number()?));
        }
        stats.exec = unexplained(&stats).wrapping_sub(r.number()?);
        let older = said(said::OLDER);
        Some((Done { g, name, is_system: false, creation, creator, older, first_run, end, stats }, regions))
    }
}

/// How long it lives; what is not known of an end is said beside it.
fn life(begin: i64, end: Option<i64>) -> i64 {
    end.map_or(0, |end| end.wrapping_sub(begin))
}

/// What is left of a life beside waits and system calls.
fn unexplained(s: &Stats) -> i64 {
    let others = [s.sched_wait, s.syscall, s.syscall_block].into_iter().chain(s.block.iter().map(|b| b.1));
    others.fold(s.total, i64::wrapping_sub)
}

/// Seven bits a byte.
pub(crate) fn unsigned(out: &mut Vec<u8>, mut v: u64) {
    while v >= 0x80 {
        out.push(v as u8 | 0x80);
        v >>= 7;
    }
    out.push(v as u8);
}

/// Zigzag.
pub(crate) fn number(out: &mut Vec<u8>, v: i64) {
    unsigned(out, (v.wrapping_shl(1) ^ (v >> 63)) as u64);
}

#[derive(Clone)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Reader<'a> {
        Reader { bytes }
    }
    pub fn unsigned(&mut self) -> Option<u64> {
        let (mut v, mut shift) = (0u64, 0);
        loop {
            let (&b, rest) = self.bytes.split_first()?;
            self.bytes = rest;
            v |= u64::from(b & 0x7f).checked_shl(shift)?;
            if b < 0x80 {
                return Some(v);
            }
            shift += 7;
        }
    }
    pub fn number(&mut self) -> Option<i64> {
        self.unsigned().map(|v| (v >> 1) as i64 ^ -((v & 1) as i64))
    }
    /// All that is left.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes
    }
    /// The next row; the reader goes behind it.
    fn row(&mut self) -> Option<Reader<'a>> {
        let len = self.unsigned()? as usize;
        let (row, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(Reader { bytes: row })
    }
}
