//! What lies within goroutines in a trace where it is rare: regions that cross no border, logs and samples, all of them. So
//! a picture of the whole trace need not decode every piece for a few of them. Where they are many there is no list, and
//! pieces are decoded.
//!
//! ```text
//! goroutine - that before | start - that before | length | name | task - that before | depth | ...
//! ```

use tracewell_order::Sym;

use super::regions::Region;
use super::window::{LogTick, Tick};
use crate::sidecar::{In, Out};

/// So many are kept of a trace of any size, one for so many bytes, and never more than that: some ten bytes each.
const LEAST: u64 = 1 << 12;
const BYTES_EACH: u64 = 1 << 10;
const MOST: u64 = 1 << 19;
/// Reading begins at each of so many.
const BLOCK: usize = 64;

/// One of them; what a kind has not is 0.
#[derive(Clone, Copy, Default, PartialEq, Debug)]
struct Entry {
    g: i64,
    start: i64,
    end: i64,
    name: Sym,
    task: u64,
    depth: u8,
}

/// By goroutine, then begin; of those that begin together the longest first.
#[derive(Default)]
struct List {
    bytes: Vec<u8>,
    /// First goroutine and first byte of each block.
    blocks: Vec<(i64, u32)>,
}

fn put(out: &mut Out, e: &Entry, last: &Entry) {
    out.i(e.g.wrapping_sub(last.g));
    out.i(e.start.wrapping_sub(last.start));
    out.u(e.end.wrapping_sub(e.start) as u64);
    out.u(u64::from(e.name.0));
    out.i(e.task.wrapping_sub(last.task) as i64);
    out.0.push(e.depth);
}

fn get(from: &mut In<'_>, last: &Entry) -> Option<Entry> {
    let g = last.g.wrapping_add(from.i()?);
    let start = last.start.checked_add(from.i()?)?;
    let end = start.checked_add(i64::try_from(from.u()?).ok()?)?;
    let name = Sym(from.u32()?);
    let task = last.task.wrapping_add(from.i()? as u64);
    Some(Entry { g, start, end, name, task, depth: from.byte()? })
}

impl List {
    fn of(mut all: Vec<Entry>) -> List {
        all.sort_by_key(|e| (e.g, e.start, -e.end));
        let (mut out, mut blocks) = (Out::default(), Vec::new());
        for block in all.chunks(BLOCK) {
            blocks.push((block[0].g, out.0.len() as u32));
            let mut last = Entry::default();
            for e in block {
                put(&mut out, e, &last);
                last = *e;
            }
        }
        out.0.shrink_to_fit();
        List { bytes: out.0, blocks }
    }

    fn len(&self) -> usize {
        let mut n = 0;
        self.each(0, &mut |_| {
            n += 1;
            true
        });
        n
    }

    /// Those of a goroutine. Cost: O(log blocks), and O(those and the rest of their blocks).
    fn of_goroutine(&self, g: i64, see: &mut dyn FnMut(Entry)) {
        let first = self.blocks.partition_point(|b| b.0 < g).saturating_sub(1);
        self.each(first, &mut |e| {
            if e.g == g {
                see(e);
            }
            e.g <= g
        });
    }

    /// All from a block on, until `see` has seen enough.
    fn each(&self, first: usize, see: &mut dyn FnMut(Entry) -> bool) {
        for (i, (_, at)) in self.blocks.iter().enumerate().skip(first) {
            let end = self.blocks.get(i + 1).map_or(self.bytes.len(), |b| b.1 as usize);
            let from = &mut In::new(self.bytes.get(*at as usize..end).unwrap_or_default());
            let mut last = Entry::default();
            while let Some(e) = get(from, &last) {
                last = e;
                if !see(e) {
                    return;
                }
            }
        }
    }

    fn bytes(&self) -> usize {
        self.bytes.capacity() + self.blocks.capacity() * size_of::<(i64, u32)>()
    }

    fn put_kept(&self, out: &mut Out) {
        let mut begin = 0;
        let ends = self.blocks.iter().skip(1).map(|b| b.1 as usize).chain([self.bytes.len()]);
        let all: Vec<(i64, usize)> = self.blocks.iter().zip(ends).map(|(b, end)| (b.0, end)).collect();
        out.list(all.into_iter(), |out, (g, end)| {
            out.i(g);
            out.u((end - begin) as u64);
            out.0.extend_from_slice(self.bytes.get(begin..end).unwrap_or_default());
            begin = end;
        });
    }

    fn get_kept(from: &mut In<'_>) -> Option<List> {
        let mut bytes = Vec::new();
        let blocks = from.list(|from| {
            let (g, len) = (from.i()?, usize::try_from(from.u()?).ok()?);
            let begin = u32::try_from(bytes.len()).ok()?;
            bytes.extend_from_slice(from.take(len)?);
            Some((g, begin))
        })?;
        Some(List { bytes, blocks })
    }
}

/// All regions within pieces, logs and samples of goroutines.
#[derive(Default)]
pub struct Within {
    regions: List,
    logs: List,
    samples: List,
}

impl Within {
    /// Regions that begin and end in one piece, as `RowWindow::regions` of that piece has them, by begin.
    pub fn regions(&self, g: i64) -> Vec<Region> {
        let mut all = Vec::new();
        self.regions.of_goroutine(g, &mut |Entry { g, start, end, name, task, depth }| {
            all.push(Region { g, start, end, name, task, depth, before: false });
        });
        all
    }

    pub fn logs(&self, g: i64) -> Vec<LogTick> {
        let mut all = Vec::new();
        self.logs.of_goroutine(g, &mut |e| {
            all.push(LogTick { at: e.start, g: e.g, task: e.task, category: e.name });
        });
        all
    }

    pub fn samples(&self, g: i64) -> Vec<Tick> {
        let mut all = Vec::new();
        self.samples.of_goroutine(g, &mut |e| all.push(Tick { at: e.start, g: e.g }));
        all
    }

    /// How many there are of all.
    pub fn len(&self) -> usize {
        [&self.regions, &self.logs, &self.samples].iter().map(|l| l.len()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn bytes(&self) -> usize {
        self.regions.bytes() + self.logs.bytes() + self.samples.bytes()
    }

    pub(super) fn put_kept(&self, out: &mut Out) {
        for list in [&self.regions, &self.logs, &self.samples] {
            list.put_kept(out);
        }
    }

    pub(super) fn get_kept(from: &mut In<'_>) -> Option<Within> {
        let (regions, logs) = (List::get_kept(from)?, List::get_kept(from)?);
        Some(Within { regions, logs, samples: List::get_kept(from)? })
    }
}

/// Gathers them, as long as they are rare.
pub(super) struct Gathered {
    /// None: they are many.
    all: Option<[Vec<Entry>; 3]>,
    most: u64,
    count: u64,
}

impl Gathered {
    /// Of a trace of so many bytes.
    pub fn of(bytes: u64) -> Gathered {
        Gathered { all: Some(Default::default()), most: (bytes / BYTES_EACH).clamp(LEAST, MOST), count: 0 }
    }

    fn add(&mut self, kind: usize, e: Entry) {
        self.count += 1;
        match &mut self.all {
            Some(all) if self.count <= self.most => all[kind].push(e),
            _ => self.all = None,
        }
    }

    pub fn region(&mut self, r: &Region) {
        let Region { g, start, end, name, task, depth, .. } = *r;
        self.add(0, Entry { g, start, end, name, task, depth });
    }

    pub fn log(&mut self, g: i64, at: i64, task: u64, name: Sym) {
        self.add(1, Entry { g, start: at, end: at, name, task, depth: 0 });
    }

    pub fn sample(&mut self, g: i64, at: i64) {
        self.add(2, Entry { g, start: at, end: at, ..Entry::default() });
    }

    pub fn finish(self) -> Option<Within> {
        let [regions, logs, samples] = self.all?.map(List::of);
        Some(Within { regions, logs, samples })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Gathered {
        let mut all = Gathered::of(0);
        for i in 0..1000i64 {
            let (g, start) = (i * 7 % 23, i * i % 977);
            let region = Region {
                g,
                start,
                end: start + i % 5,
                name: Sym(i as u32 % 3),
                task: u64::MAX - i as u64 % 2,
                depth: (i % 4) as u8,
                before: false,
            };
            all.region(&region);
            all.log(g, start, i as u64, Sym(1));
            all.sample(g + 100, start);
        }
        all
    }

    #[test]
    fn each_goroutine_has_its_own_by_time_and_they_are_kept() {
        let within = some().finish().unwrap();
        let mut out = Out::default();
        within.put_kept(&mut out);
        let kept = Within::get_kept(&mut In::new(&out.0)).unwrap();
        for w in [&within, &kept] {
            let mut sum = 0;
            for g in -1..=23 {
                let (regions, logs) = (w.regions(g), w.logs(g));
                assert!(regions.is_sorted_by_key(|r| (r.start, -r.end)) && regions.iter().all(|r| r.g == g));
                assert!(logs.is_sorted_by_key(|l| l.at) && logs.len() == regions.len());
                assert_eq!(w.samples(g + 100).len(), logs.len());
                sum += regions.len();
            }
            assert_eq!(sum, 1000);
            assert_eq!(w.regions(7).first().map(|r| r.task >= u64::MAX - 1), Some(true));
        }
    }

    #[test]
    fn where_they_are_many_there_is_no_list() {
        let mut all = some();
        for at in 0..LEAST as i64 {
            all.sample(1, at);
        }
        assert!(all.finish().is_none());
    }

    #[test]
    fn whatever_the_bytes_they_can_be_asked_or_there_are_none() {
        let mut out = Out::default();
        some().finish().unwrap().put_kept(&mut out);
        for at in (0..out.0.len()).step_by(37) {
            for flip in [1u8, 0x80, 0xff] {
                let mut odd = out.0.clone();
                odd[at] ^= flip;
                if let Some(w) = Within::get_kept(&mut In::new(&odd)) {
                    let _ = (w.regions(7), w.logs(7), w.samples(107), w.bytes());
                }
            }
            let _ = Within::get_kept(&mut In::new(&out.0[..at]));
        }
    }
}
