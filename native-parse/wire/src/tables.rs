//! What a generation must have before one time can be told or one stack resolved: frequency, clocks, strings, stacks,
//! CPU samples. Ids are of this generation only: the same id means another string in the next.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tracewell_source::{Code, Result, SeededMap, TraceError, bound_pages};

use crate::events::ty;
use crate::header::Header;
use crate::id_table::IdTable;
use crate::scan::{Batch, BatchKind, Generation};
use crate::v1::names;
use crate::varint;

const MAX_STRING_BYTES: u64 = 1024;
const MAX_FRAMES: u64 = 128;
const MAX_FRAMES_V1: u64 = 1_000;
/// More addresses than any program has; those beyond keep what their stack says, or no name.
pub(crate) const MAX_PCS: usize = 4 << 20;
/// Frequencies outside this are damage: 1 kHz to 1 THz.
pub(crate) const FREQUENCIES: std::ops::RangeInclusive<u64> = 1_000..=1_000_000_000_000;
/// Stack tables above this are not read ahead: their frames are then checked when a stack is asked for.
const EAGER_STACK_BYTES: u64 = 64 << 20;
/// Bytes of tables between two looks at how much of the file is mapped.
const BYTES_A_LOOK: usize = 1 << 20;
/// Stacks of large tables that are asked for between two such looks: each may lie elsewhere.
const STACKS_A_LOOK: usize = 64;
/// About what is mapped where a byte is looked at.
const MAPPED_AT_ONCE: usize = 64 << 10;

/// One moment on all clocks of the traced machine (Go 1.25 and later).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clock {
    /// Trace time of the moment, ns (not relative).
    pub trace_nanos: i64,
    pub mono_nanos: u64,
    pub unix_seconds: u64,
    pub unix_nanos: u64,
}

/// A frame as the file has it; names are string ids.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Frame {
    pub pc: u64,
    pub func: u64,
    pub file: u64,
    pub line: u64,
}

#[derive(Clone, Copy, Debug)]
pub struct CpuSample {
    /// ns, not relative.
    pub time: i64,
    pub m: u64,
    pub p: u64,
    /// 0 on the wire means none.
    pub g: u64,
    pub stack: u64,
}

/// A string's place is one number: its offset and, below, its length.
const LEN_BITS: u32 = 20;
/// So is a stack's: its offset and, above, the id of the text that names its bottom function, or that it is not told.
const OFFSET_BITS: u32 = 48;
const NOT_TOLD: u64 = 0xffff << OFFSET_BITS;
/// Ids of texts and stacks that the file does not number: logs of Go before 1.22, addresses of Go before 1.7.
const UNNUMBERED: u64 = 1 << 63;

/// How a stack's frames are written, and what ids without a table entry mean.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
enum Shape {
    /// Go 1.22 and later.
    #[default]
    V2,
    /// Go 1.7 to 1.21: names in the file.
    Named,
    /// Go 1.5 and 1.6: addresses alone.
    Bare,
}

/// How long a tick is.
#[derive(Clone, Copy, Debug)]
struct Rate {
    nanos_per_tick: f64,
    /// The same where it is a whole number (64 as Go writes it), and up to how many ticks a product of whole numbers is
    /// what floats come to; both 0 where it is none.
    whole: u64,
    most: u64,
}

impl Rate {
    fn of(nanos_per_tick: f64) -> Rate {
        // All whole numbers up to here are floats.
        const EXACT: u64 = 1 << 53;
        let whole = nanos_per_tick as u64;
        let most = EXACT.checked_div(whole).filter(|_| whole as f64 == nanos_per_tick).unwrap_or(0);
        Rate { nanos_per_tick, whole: if most > 0 { whole } else { 0 }, most }
    }
}

/// The tables of one generation. Holds offsets into the file, not copies.
pub struct Tables {
    rate: Rate,
    pub clock: Option<Clock>,
    /// Sorted by time; a stable sort.
    pub cpu_samples: Vec<CpuSample>,
    strings: IdTable,
    stacks: IdTable,
    /// The first frame that names a pc stands for that pc in the whole generation (as the reference has it).
    pcs: SeededMap<u64, Frame>,
    pub experimental_batches: u32,
    shape: Shape,
    /// What to call the addresses of a file without names.
    addresses: SeededMap<u64, Box<[u8]>>,
    /// Of a generation that may have been cut off: what is missing is empty, and it is written down that it was.
    is_partial: bool,
    missed: AtomicBool,
    /// Stacks that were asked for, where they are too large to stay mapped.
    asked: Option<AtomicUsize>,
}

impl Tables {
    /// Reads the tables. Errors: DAMAGED, TRUNCATED where one is missing, twice there, or points nowhere.
    /// Cost: O(bytes of the generation's table batches).
    pub fn load(bytes: &[u8], header: Header, generation: &Generation) -> Result<Tables> {
        Tables::load_some(bytes, header, generation, true)
    }

    /// As `load`; `stacks`: whether stacks can be asked for. Cost without them: O(bytes of texts and samples).
    pub fn load_some(
        bytes: &[u8],
        header: Header,
        generation: &Generation,
        with_stacks: bool,
    ) -> Result<Tables> {
        let of = |kind| generation.batches.iter().filter(move |b| b.kind == kind);
        let mut sync = None;
        for b in of(BatchKind::Sync) {
            if sync.is_some() {
                return Err(TraceError::damaged(b.offset, "A generation has two frequencies; Go writes one"));
            }
            sync = Some(read_sync(bytes, header, b)?);
        }
        let Some((nanos_per_tick, clock)) = sync else {
            return Err(TraceError::at(
                Code::Truncated,
                generation.end,
                "A part of the trace ends without its clock, as when the program is killed while it writes, so no time in \
                 it can be told",
            ));
        };
        let mut strings = Vec::new();
        for b in of(BatchKind::Strings).inspect(look_now_and_then()) {
            read_strings(bytes, b, &mut strings)?;
        }
        let strings = IdTable::build(&strings).map_err(|id| {
            TraceError::damaged(generation.start, format!("The string {id} is defined twice"))
        })?;

        let eager = stack_bytes(generation) <= EAGER_STACK_BYTES;
        let mut stacks = Vec::new();
        let mut pcs = SeededMap::default();
        for b in of(BatchKind::Stacks).filter(|_| with_stacks).inspect(look_now_and_then()) {
            read_stacks(bytes, b, &mut stacks, |at, frame| {
                if !eager {
                    return Ok(frame.func);
                }
                for id in [frame.func, frame.file] {
                    if id != 0 && strings.get(id).is_none() {
                        return Err(TraceError::damaged(
                            at,
                            format!("A stack names the string {id}, which is missing"),
                        ));
                    }
                }
                Ok(pcs.entry(frame.pc).or_insert(frame).func)
            })?;
        }
        let stacks = IdTable::build(&stacks).map_err(|id| {
            TraceError::damaged(generation.start, format!("The stack {id} is defined twice"))
        })?;

        let mut cpu_samples = Vec::new();
        for b in of(BatchKind::CpuSamples) {
            read_cpu_samples(bytes, b, nanos_per_tick, &mut cpu_samples)?;
        }
        cpu_samples.sort_by_key(|s| s.time);
        let experimental_batches = of(BatchKind::Experimental).count() as u32;
        Ok(Tables {
            rate: Rate::of(nanos_per_tick),
            clock,
            cpu_samples,
            strings,
            stacks,
            pcs,
            experimental_batches,
            asked: (!eager).then(AtomicUsize::default),
            ..Tables::none()
        })
    }

    /// What there is of the tables of a generation that was cut off before its end, where they stand. Before Go 1.25 its
    /// clock frequency is then missing too: that of the file's first generation is the same. None: no time can be told.
    /// Cost: O(bytes of the generation's table batches).
    pub fn of_cut(bytes: &[u8], header: Header, generation: &Generation) -> Option<Tables> {
        let of = |kind| generation.batches.iter().filter(move |b| b.kind == kind);
        let nanos_per_tick = match of(BatchKind::Sync).next() {
            Some(b) => read_sync(bytes, header, b).ok()?.0,
            None => first_frequency(bytes, header)?,
        };
        // A table that cannot be read is as one that was not written.
        let mut strings = Vec::new();
        for b in of(BatchKind::Strings).inspect(look_now_and_then()) {
            let _ = read_strings(bytes, b, &mut strings);
        }
        let strings = IdTable::build(&strings).unwrap_or_default();
        let mut stacks = Vec::new();
        for b in of(BatchKind::Stacks).inspect(look_now_and_then()) {
            let _ = read_stacks(bytes, b, &mut stacks, |_, frame| Ok(frame.func));
        }
        let stacks = IdTable::build(&stacks).unwrap_or_default();
        let mut cpu_samples = Vec::new();
        for b in of(BatchKind::CpuSamples) {
            let _ = read_cpu_samples(bytes, b, nanos_per_tick, &mut cpu_samples);
        }
        cpu_samples.sort_by_key(|s| s.time);
        let experimental_batches = of(BatchKind::Experimental).count() as u32;
        let rate = Rate::of(nanos_per_tick);
        let asked = (stack_bytes(generation) > EAGER_STACK_BYTES).then(AtomicUsize::default);
        let tables =
            Tables { rate, cpu_samples, strings, stacks, experimental_batches, asked, ..Tables::none() };
        tables.missed.store(true, Ordering::Relaxed);
        Some(tables.allow_missing())
    }

    /// What they take of memory.
    pub fn bytes(&self) -> usize {
        let ids = self.strings.bytes() + self.stacks.bytes();
        ids + self.pcs.len() * 2 * size_of::<Frame>() + self.cpu_samples.len() * size_of::<CpuSample>()
    }

    /// The clock and the CPU samples alone, for times; None where one cannot be read. Cost: O(bytes of samples).
    pub fn clock_only(bytes: &[u8], header: Header, generation: &Generation) -> Option<Tables> {
        let mut of = generation.batches.iter().filter(|b| b.kind == BatchKind::Sync);
        let (nanos_per_tick, clock) = read_sync(bytes, header, of.next()?).ok()?;
        let mut cpu_samples = Vec::new();
        for b in generation.batches.iter().filter(|b| b.kind == BatchKind::CpuSamples) {
            read_cpu_samples(bytes, b, nanos_per_tick, &mut cpu_samples).ok()?;
        }
        cpu_samples.sort_by_key(|s| s.time);
        Some(Tables { rate: Rate::of(nanos_per_tick), clock, cpu_samples, ..Tables::none() })
    }

    /// Clock ticks to ns, truncated as the reference does.
    #[inline(always)]
    pub fn nanos(&self, ticks: u64) -> i64 {
        if ticks <= self.rate.most {
            return (ticks * self.rate.whole) as i64;
        }
        self.odd_nanos(ticks)
    }

    /// Where a tick is no whole number, or there are days of them.
    #[inline(never)]
    fn odd_nanos(&self, ticks: u64) -> i64 {
        (ticks as f64 * self.rate.nanos_per_tick) as i64
    }

    pub fn nanos_per_tick(&self) -> f64 {
        self.rate.nanos_per_tick
    }

    /// The bytes of a string; Some(empty) for id 0, None for an unknown id.
    pub fn string<'a>(&'a self, bytes: &'a [u8], id: u64) -> Option<&'a [u8]> {
        if id == 0 {
            return Some(&[]);
        }
        let v = if id & UNNUMBERED == 0 || self.shape == Shape::V2 {
            match self.strings.get(id) {
                None if self.misses() => return Some(&[]),
                found => found?,
            }
        } else if self.shape == Shape::Bare {
            return self.addresses.get(&(id ^ UNNUMBERED)).map(|name| &**name);
        } else {
            id ^ UNNUMBERED
        };
        let (offset, len) = ((v >> LEN_BITS) as usize, (v & ((1 << LEN_BITS) - 1)) as usize);
        bytes.get(offset..offset + len)
    }

    #[inline]
    pub fn has_string(&self, id: u64) -> bool {
        id == 0 || self.strings.get(id).is_some() || self.misses()
    }

    /// These tables of a generation that may have been cut off: what an event names and they have not is then empty.
    pub fn allow_missing(self) -> Tables {
        Tables { is_partial: true, ..self }
    }

    /// They may have been cut off: something may turn out to be missing.
    pub fn may_miss(&self) -> bool {
        self.is_partial
    }

    /// Something was missing.
    pub fn has_missed(&self) -> bool {
        self.missed.load(Ordering::Relaxed)
    }

    #[cold]
    fn misses(&self) -> bool {
        if self.is_partial {
            self.missed.store(true, Ordering::Relaxed);
        }
        self.is_partial
    }

    #[inline]
    pub fn has_stack(&self, id: u64) -> bool {
        id == 0 || self.stacks.get(id).is_some() || self.misses()
    }

    /// The text that names the function at the bottom of a stack: 0 where there is none. Cost: O(1), mostly: where all
    /// stacks of a large table are asked for, it need not be read again.
    pub fn bottom(&self, bytes: &[u8], stack: u64) -> u64 {
        match self.stacks.get(stack) {
            Some(place) if place & NOT_TOLD != NOT_TOLD => place >> OFFSET_BITS,
            _ => self.stack(bytes, stack).last().map_or(0, |f| f.func),
        }
    }

    /// The frames of a stack, leaf first; empty for id 0 and for unknown ids. Cost: O(frames).
    pub fn stack(&self, bytes: &[u8], id: u64) -> Vec<Frame> {
        let mut out = Vec::new();
        if let Some(place) = self.stacks.get(id) {
            let mut pos = (place & !NOT_TOLD) as usize;
            if let Some(asked) = &self.asked
                && asked.fetch_add(1, Ordering::Relaxed) % STACKS_A_LOOK == 0
            {
                bound_pages(STACKS_A_LOOK * MAPPED_AT_ONCE);
            }
            // Checked when the table was read; a file that changed since gives a shorter stack.
            let _ = frames_at(bytes, &mut pos, self.shape, |f| {
                out.push(self.pcs.get(&f.pc).copied().unwrap_or(f));
                Ok(())
            });
        } else if self.shape == Shape::Bare && id & UNNUMBERED != 0 {
            let frame = bare_frame(id ^ UNNUMBERED);
            out.push(self.pcs.get(&frame.pc).copied().unwrap_or(frame));
        }
        out
    }
}

/// Of the generation that the file begins with, when that is of the same Go.
fn first_frequency(bytes: &[u8], header: Header) -> Option<f64> {
    let first = crate::header::read(bytes).ok().filter(|h| *h == header)?;
    let generation = crate::scan::generation_at(bytes, first, crate::header::HEADER_LEN as u64)?;
    let sync = generation.batches.iter().find(|b| b.kind == BatchKind::Sync)?;
    Some(read_sync(bytes, header, sync).ok()?.0)
}

fn read_sync(bytes: &[u8], header: Header, b: &Batch) -> Result<(f64, Option<Clock>)> {
    let payload = payload(bytes, b);
    let bad = |pos: usize| {
        TraceError::damaged(b.offset + pos as u64, "The clock frequency of a generation cannot be read")
    };
    let mut pos = usize::from(header.has_clock_snapshots());
    let mut frequency = None;
    let mut snapshot = None;
    while pos < payload.len() {
        let at = pos;
        pos += 1;
        let mut number = || varint::read(payload, &mut pos).ok_or_else(|| bad(at));
        match payload[at] {
            ty::FREQUENCY if frequency.is_none() => frequency = Some(number()?),
            ty::CLOCK_SNAPSHOT if header.has_clock_snapshots() && snapshot.is_none() => {
                snapshot = Some((number()?, number()?, number()?, number()?));
            }
            _ => return Err(bad(at)),
        }
    }
    let frequency = frequency.filter(|f| FREQUENCIES.contains(f)).ok_or_else(|| bad(0))?;
    if header.has_clock_snapshots() && snapshot.is_none() {
        return Err(bad(0));
    }
    let nanos_per_tick = 1.0 / (frequency as f64 / 1e9);
    let clock = snapshot.map(|(dt, mono, sec, nsec)| Clock {
        trace_nanos: (b.ts.saturating_add(dt) as f64 * nanos_per_tick) as i64,
        mono_nanos: mono,
        unix_seconds: sec,
        unix_nanos: nsec,
    });
    Ok((nanos_per_tick, clock))
}

fn stack_bytes(generation: &Generation) -> u64 {
    generation.batches.iter().filter(|b| b.kind == BatchKind::Stacks).map(|b| u64::from(b.len)).sum()
}

/// Shown batches that are read, it bounds what stays mapped of the file.
fn look_now_and_then() -> impl FnMut(&&Batch) {
    let mut read = 0;
    move |b| {
        read += b.len as usize;
        if read >= BYTES_A_LOOK {
            bound_pages(std::mem::take(&mut read));
        }
    }
}

fn payload<'a>(bytes: &'a [u8], b: &Batch) -> &'a [u8] {
    &bytes[b.offset as usize..b.offset as usize + b.len as usize]
}

/// Shows each text of a table: its id, where it lies in the file, its length. Errors: DAMAGED. Cost: O(bytes).
pub fn each_string(bytes: &[u8], b: &Batch, mut see: impl FnMut(u64, u64, u64)) -> Result<()> {
    let p = payload(bytes, b);
    let mut pos = 1;
    while pos < p.len() {
        let at = pos;
        let bad = || {
            TraceError::damaged(
                b.offset + at as u64,
                "A table of texts, such as names of functions, is damaged here",
            )
        };
        if p[pos] != ty::STRING {
            return Err(bad());
        }
        pos += 1;
        let id = varint::read(p, &mut pos).ok_or_else(bad)?;
        let len = varint::read(p, &mut pos).ok_or_else(bad)?;
        if id == 0 || len > MAX_STRING_BYTES || len > (p.len() - pos) as u64 {
            return Err(bad());
        }
        see(id, b.offset + pos as u64, len);
        pos += len as usize;
    }
    Ok(())
}

fn read_strings(bytes: &[u8], b: &Batch, out: &mut Vec<(u64, u64)>) -> Result<()> {
    each_string(bytes, b, |id, offset, len| out.push((id, (offset << LEN_BITS) | len)))
}

/// Shows each frame of each stack of a table. Errors: DAMAGED. Cost: O(bytes).
pub fn each_frame(bytes: &[u8], b: &Batch, mut see: impl FnMut(Frame)) -> Result<()> {
    read_stacks(bytes, b, &mut Vec::new(), |_, frame| {
        see(frame);
        Ok(frame.func)
    })
}

/// `on_frame` answers what names the frame's function.
fn read_stacks(
    bytes: &[u8],
    b: &Batch,
    out: &mut Vec<(u64, u64)>,
    mut on_frame: impl FnMut(u64, Frame) -> Result<u64>,
) -> Result<()> {
    let p = payload(bytes, b);
    let mut pos = 1;
    while pos < p.len() {
        let at = pos;
        let bad = || TraceError::damaged(b.offset + at as u64, "A table of stacks is damaged here");
        if p[pos] != ty::STACK {
            return Err(bad());
        }
        pos += 1;
        let id = varint::read(p, &mut pos).ok_or_else(bad)?;
        let place = b.offset + pos as u64;
        out.push((id, place | NOT_TOLD));
        let mut bottom = 0;
        frames_at(p, &mut pos, Shape::V2, |f| {
            bottom = on_frame(b.offset + at as u64, f)?;
            Ok(())
        })
        .map_err(|e| e.unwrap_or_else(bad))?;
        if let Some(last) = out.last_mut().filter(|_| bottom < NOT_TOLD >> OFFSET_BITS) {
            last.1 = place | bottom << OFFSET_BITS;
        }
    }
    Ok(())
}

/// Err(None): the bytes are no stack. Err(Some): the visitor refused.
fn frames_at(
    bytes: &[u8],
    pos: &mut usize,
    shape: Shape,
    mut on_frame: impl FnMut(Frame) -> Result<()>,
) -> std::result::Result<(), Option<TraceError>> {
    let most = if shape == Shape::V2 { MAX_FRAMES } else { MAX_FRAMES_V1 };
    let count = varint::read(bytes, pos).filter(|n| *n <= most).ok_or(None)?;
    for _ in 0..count {
        let mut number = || varint::read(bytes, pos).ok_or(None);
        let frame = match shape {
            Shape::Bare => bare_frame(number()?),
            _ => Frame { pc: number()?, func: number()?, file: number()?, line: number()? },
        };
        on_frame(frame).map_err(Some)?;
    }
    Ok(())
}

fn read_cpu_samples(bytes: &[u8], b: &Batch, nanos_per_tick: f64, out: &mut Vec<CpuSample>) -> Result<()> {
    let p = payload(bytes, b);
    let mut pos = 1;
    while pos < p.len() {
        let at = pos;
        let bad = || TraceError::damaged(b.offset + at as u64, "A table of CPU samples is damaged here");
        if p[pos] != ty::CPU_SAMPLE {
            return Err(bad());
        }
        pos += 1;
        let mut number = || varint::read(p, &mut pos).ok_or_else(bad);
        let (ts, m, proc, g, stack) = (number()?, number()?, number()?, number()?, number()?);
        out.push(CpuSample { time: (ts as f64 * nanos_per_tick) as i64, m, p: proc, g, stack });
    }
    Ok(())
}

/// A frame of which only the address is known; its function is called after it.
fn bare_frame(pc: u64) -> Frame {
    Frame { pc, func: pc | UNNUMBERED, file: 0, line: 0 }
}

/// The id of a log's text, of which the file has no number.
pub fn inline_text(offset: u64, len: u64) -> u64 {
    UNNUMBERED | (offset << LEN_BITS) | len
}

/// The id of a stack of one frame, of a file without names: where a new goroutine begins.
pub fn bare_stack(pc: u64) -> u64 {
    UNNUMBERED | pc
}

/// What the walk over a file of Go before 1.22 found: ids and places of texts and of stacks (at their frame count).
pub(crate) struct Found {
    pub frequency: u64,
    pub strings: Vec<(u64, u64, u64)>,
    pub stacks: Vec<(u64, u64)>,
    /// Go before 1.7: frames are addresses, and so are the begins of goroutines.
    pub bare: bool,
    pub begins: Vec<u64>,
}

impl Tables {
    /// The tables of a whole file of Go before 1.22. A stack that stands twice is what it was last; a string may not.
    pub(crate) fn of_v1(bytes: &[u8], found: Found) -> Result<Tables> {
        let shape = if found.bare { Shape::Bare } else { Shape::Named };
        let mut places: Vec<(u64, u64)> =
            found.strings.iter().map(|(id, offset, len)| (*id, (offset << LEN_BITS) | len)).collect();
        let mut pcs = SeededMap::default();
        if found.bare {
            let (texts, frames) = names::read(bytes);
            places = (1..).zip(texts).map(|(id, (offset, len))| (id, (offset << LEN_BITS) | len)).collect();
            pcs = frames;
        }
        let strings = IdTable::build(&places).map_err(|id| {
            TraceError::damaged(
                places_of(&found.strings, id),
                format!("The text {id} is defined twice, so no name in this trace can be trusted"),
            )
        })?;
        let mut addresses = SeededMap::default();
        let mut name = |pc: u64| {
            if addresses.len() >= MAX_PCS {
                return;
            }
            addresses.entry(pc).or_insert_with(|| format!("{pc:#x}").into_bytes().into_boxed_slice());
        };
        found.begins.iter().for_each(|pc| name(*pc));
        for (_, offset) in &found.stacks {
            // The walk read every frame; its numbers are whole.
            let _ = frames_at(bytes, &mut (*offset as usize), shape, |f| {
                if shape == Shape::Bare {
                    name(f.pc);
                } else if pcs.len() < MAX_PCS {
                    pcs.entry(f.pc).or_insert(f);
                }
                Ok(())
            });
        }
        let places: Vec<(u64, u64)> = found.stacks.iter().map(|s| (s.0, s.1 | NOT_TOLD)).collect();
        let stacks = IdTable::build(&places).or_else(|_| {
            let last: SeededMap<u64, u64> = places.iter().copied().collect();
            let once: Vec<(u64, u64)> = last.into_iter().collect();
            IdTable::build(&once)
        });
        let stacks = stacks.unwrap_or_default();
        let rate = Rate::of(1e9 / found.frequency as f64);
        Ok(Tables { rate, strings, stacks, pcs, shape, addresses, ..Tables::none() })
    }
}

impl Tables {
    /// All addresses of a trace without names, rising.
    pub(crate) fn addresses(&self) -> Vec<u64> {
        let mut all: Vec<u64> = self.addresses.keys().copied().collect();
        all.sort_unstable();
        all
    }
}

fn places_of(strings: &[(u64, u64, u64)], id: u64) -> u64 {
    strings.iter().rev().find(|s| s.0 == id).map_or(0, |s| s.1)
}

impl Tables {
    /// No tables: for events that stand outside of any generation.
    pub fn none() -> Tables {
        Tables {
            rate: Rate::of(1.0),
            clock: None,
            cpu_samples: Vec::new(),
            strings: IdTable::default(),
            stacks: IdTable::default(),
            pcs: SeededMap::default(),
            experimental_batches: 0,
            shape: Shape::V2,
            addresses: SeededMap::default(),
            is_partial: false,
            missed: AtomicBool::new(false),
            asked: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_whole_ticks_as_floats_do() {
        for nanos_per_tick in [64.0, 1.0, 1.0 / 3.0, 0.5, 1.5, 1e6, 1e-3] {
            let tables = Tables { rate: Rate::of(nanos_per_tick), ..Tables::none() };
            let most = tables.rate.most;
            assert_eq!(most > 0, nanos_per_tick.fract() == 0.0);
            for ticks in [0, 1, 3, 12_345, most.saturating_sub(1), most, most + 1, 1 << 62, u64::MAX] {
                assert_eq!(
                    tables.nanos(ticks),
                    (ticks as f64 * nanos_per_tick) as i64,
                    "{ticks} of {nanos_per_tick}"
                );
            }
        }
    }

    #[test]
    fn the_bottom_that_is_told_is_that_of_the_stack() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/traces");
        let bytes = std::fs::read(folder.join("go1.26-gcheavy.trace")).unwrap();
        let header = crate::header::read(&bytes).unwrap();
        let at = crate::header::HEADER_LEN as u64;
        let generation = crate::scan::generation_at(&bytes, header, at).unwrap();
        let whole = Tables::load(&bytes, header, &generation).unwrap();
        let cut = Tables::of_cut(&bytes, header, &generation).unwrap();
        for tables in [whole, cut] {
            let last = |id| tables.stack(&bytes, id).last().map_or(0, |f| f.func);
            assert!((0..10_000).filter(|id| last(*id) != 0).count() > 20);
            assert!((0..10_000).all(|id| tables.bottom(&bytes, id) == last(id)));
        }
    }

    #[test]
    fn a_bottom_that_has_no_room_or_is_damaged_is_that_of_what_can_be_read() {
        // The stack's id, then its frames: a pc, a function, a file, a line each.
        let stack = |id: u8, frames: &[u8]| [&[ty::STACK, id, 2], frames].concat();
        let far = stack(1, &[1, 5, 0, 9, 2, 0xff, 0xff, 3, 0, 9]);
        let near = stack(2, &[1, 5, 0, 9, 2, 7, 0, 9]);
        let damaged = stack(3, &[1, 5, 0, 9, 2, 0x80]);
        let bytes = [&[ty::STACKS][..], &far, &near, &damaged].concat();
        let b = Batch { kind: BatchKind::Stacks, len: bytes.len() as u32, offset: 0, m: 0, ts: 0 };
        let mut stacks = Vec::new();
        assert!(read_stacks(&bytes, &b, &mut stacks, |_, f| Ok(f.func)).is_err());
        let tables = Tables { stacks: IdTable::build(&stacks).unwrap(), ..Tables::none() };
        assert_eq!([1, 2, 3].map(|id| tables.bottom(&bytes, id)), [0xffff, 7, 5]);
        assert_eq!(tables.bottom(&bytes, 4), 0);
    }
}
