//! The walk over all records: where each processor's batches lie, and the tables, which are complete only at its end.
//!
//! ```text
//! "go 1.21 trace\0\0\0" | Batch p=0 event event String event | Batch p=1 event … | Frequency | Batch p=0 Stack Stack …
//! ```

use tracewell_source::{Code, Result, SeededMap, SeededSet, TraceError};

use super::events::ty;
use super::names;
use super::record::{self, Record};
use crate::header::{self, HEADER_LEN, Header};
use crate::scan::End;
use crate::tables::{FREQUENCIES, Found, Tables};

/// No processor: batches of the scheduler, the collector and signals.
const NO_PROC: u64 = u64::MAX;
/// More than any machine has; each costs memory while the trace is read.
const MAX_PROCESSORS: usize = 1 << 16;
const MAX_PROC: u64 = i32::MAX as u64;

/// A stretch of the file with events of one processor.
#[derive(Clone, Copy, Debug)]
pub struct Batch {
    /// Offsets of its first record and behind its last.
    pub start: u64,
    pub end: u64,
    /// Clock ticks, and before Go 1.7 the place in the whole trace, from which its deltas count.
    pub ts: u64,
    pub seq: u64,
}

/// A processor's batches in the order it wrote them. `id` is -1 for none.
#[derive(Clone, Debug)]
pub struct Processor {
    pub id: i64,
    pub batches: Vec<Batch>,
}

/// A stack taken by the CPU profiler; `ts` in ticks.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub ts: u64,
    pub p: i64,
    pub g: u64,
    pub stack: u64,
    pub offset: u64,
}

/// A return from a system call that was written late: it happened at `real`, `written` is the time of its writing.
#[derive(Clone, Copy, Debug)]
pub struct Exit {
    pub real: u64,
    pub written: u64,
    /// Its true place in the trace, before Go 1.7.
    pub seq: u64,
    pub g: u64,
    pub offset: u64,
}

/// A whole trace, without its events.
pub struct Scan {
    pub header: Header,
    /// Offset behind the last whole record.
    pub end: u64,
    pub ended_by: End,
    /// In the order that decides between equal times.
    pub processors: Vec<Processor>,
    pub tables: Tables,
    /// By time.
    pub samples: Vec<Sample>,
    /// Goroutines with the times of their samples, sorted.
    pub sampled: Vec<(u64, u64)>,
    /// Late returns, by what orders them: their true place before Go 1.7, else their true time.
    pub exits: Vec<Exit>,
    /// Goroutines that run timers (up to Go 1.13).
    pub timers: SeededSet<u64>,
    /// Some wakeups were futile.
    pub has_futile: bool,
    /// Events, CPU samples included.
    pub events: u64,
}

/// Walks over the trace whose header is at `start`. Errors: TRUNCATED, DAMAGED where the clock was not reached; damage
/// behind it is `ended_by`. Cost: one pass, 24 bytes a batch and a stack, 40 a late return and a CPU sample.
pub fn scan(all: &[u8], head: Header, start: u64) -> Result<Scan> {
    let bytes = names::without(head, all);
    let mut walk = Walk {
        minor: head.minor,
        last: None,
        frequency: None,
        processors: Vec::new(),
        place: SeededMap::default(),
        found: Found {
            frequency: 0,
            strings: Vec::new(),
            stacks: Vec::new(),
            bare: names::is_bare(head),
            begins: Vec::new(),
        },
        samples: Vec::new(),
        exits: Vec::new(),
        timers: SeededSet::default(),
        has_futile: false,
        events: 0,
    };
    let mut pos = start as usize + HEADER_LEN;
    let (end, ended_by) = loop {
        let at = pos;
        match bytes.get(at) {
            None => break (at, End::Eof),
            // N.B. 'g' is a type that has more numbers than this byte says: no record begins with it.
            Some(b'g') if header::minor_at(&bytes[at..]).is_some() => break (at, End::NextTrace),
            _ => {}
        }
        let read = record::read(bytes, &mut pos, head.minor).and_then(|r| walk.record(&r, at, pos));
        if let Err(e) = read {
            break (at, End::Damage(e));
        }
    };
    walk.close(end as u64);
    walk.finish(all, head, start, end as u64, ended_by)
}

/// The batch that is open, and the clock within it.
struct Open {
    processor: usize,
    batch: Batch,
    events: u64,
    ts: u64,
    seq: u64,
}

struct Walk {
    minor: u32,
    last: Option<Open>,
    frequency: Option<u64>,
    processors: Vec<Processor>,
    place: SeededMap<i64, usize>,
    found: Found,
    samples: Vec<Sample>,
    exits: Vec<Exit>,
    timers: SeededSet<u64>,
    has_futile: bool,
    events: u64,
}

impl Walk {
    fn record(&mut self, r: &Record, at: usize, behind: usize) -> Result<()> {
        let n = &r.numbers;
        match r.ty {
            ty::BATCH => self.batch(r, at, behind)?,
            ty::FREQUENCY => {
                if !FREQUENCIES.contains(&n[0]) {
                    return Err(TraceError::damaged(
                        at as u64,
                        format!("The clock is said to tick {} times a second", n[0]),
                    ));
                }
                self.frequency = Some(n[0]);
            }
            ty::STACK => {
                if n[0] != 0 && r.len != 0 {
                    self.found.stacks.push((n[0], r.offset));
                }
            }
            ty::STRING => self.found.strings.push((n[0], r.offset, r.len)),
            ty::TIMER_GOROUTINE => {
                self.timers.insert(n[0]);
            }
            ty::CPU_SAMPLE => {
                let p = proc_id(n[2], at)?;
                self.events += 1;
                self.samples.push(Sample { ts: n[1], p, g: n[3], stack: n[4], offset: at as u64 });
            }
            _ => self.event(r, at)?,
        }
        Ok(())
    }

    fn batch(&mut self, r: &Record, at: usize, behind: usize) -> Result<()> {
        self.close(at as u64);
        let n = &r.numbers;
        let id = proc_id(n[0], at)?;
        let (seq, ts) = if self.minor < 7 { (n[1], n[2]) } else { (0, n[1]) };
        let next = self.processors.len();
        let processor = *self.place.entry(id).or_insert(next);
        if processor == next {
            if next >= MAX_PROCESSORS {
                return Err(TraceError::damaged(
                    at as u64,
                    "The trace names more processors than any machine has",
                ));
            }
            self.processors.push(Processor { id, batches: Vec::new() });
        }
        let batch = Batch { start: behind as u64, end: behind as u64, ts, seq };
        self.last = Some(Open { processor, batch, events: 0, ts, seq });
        Ok(())
    }

    fn event(&mut self, r: &Record, at: usize) -> Result<()> {
        let Some(open) = &mut self.last else {
            return Err(TraceError::damaged(at as u64, "An event stands before all processors"));
        };
        let base = super::events::base_args(self.minor);
        let n = &r.numbers;
        let late =
            || TraceError::damaged(at as u64, "The time of an event lies outside of what a clock can show");
        if base == 2 {
            open.seq = open.seq.wrapping_add(n[0]);
        }
        // Clocks of different cores may go back a little: the delta then wraps.
        open.ts = Some(open.ts.wrapping_add(n[base - 1])).filter(|t| *t < 1 << 63).ok_or_else(late)?;
        open.events += 1;
        self.events += 1;
        match r.ty {
            ty::GO_SYS_EXIT => {
                let (g, seq, real) = (n[base], n[base + 1], n[base + 2]);
                let moved = if base == 2 { true } else { real != 0 && real != open.ts };
                if moved {
                    let real = if real == 0 { open.ts } else { real };
                    self.exits.push(Exit { real, written: open.ts, seq, g, offset: at as u64 });
                }
            }
            ty::FUTILE_WAKEUP => self.has_futile = true,
            ty::GO_CREATE if base == 2 => self.found.begins.push(n[base + 1].wrapping_add(1)),
            _ => {}
        }
        Ok(())
    }

    /// Ends the open batch; one that holds tables alone is not kept.
    fn close(&mut self, end: u64) {
        if let Some(open) = self.last.take()
            && open.events > 0
        {
            self.processors[open.processor].batches.push(Batch { end, ..open.batch });
        }
    }

    fn finish(mut self, bytes: &[u8], head: Header, start: u64, end: u64, ended_by: End) -> Result<Scan> {
        let Some(frequency) = self.frequency else { return Err(no_clock(head, start, end, &ended_by)) };
        self.found.frequency = frequency;
        self.samples.sort_by_key(|s| s.ts);
        let mut sampled: Vec<(u64, u64)> = self.samples.iter().map(|s| (s.g, s.ts)).collect();
        sampled.sort_unstable();
        if head.minor < 7 {
            self.exits.sort_by_key(|e| e.seq);
        } else {
            // Two of the same true time stay in the order in which they were written.
            self.exits.sort_by_key(|e| (e.real, e.written));
        }
        self.processors.retain(|p| !p.batches.is_empty());
        self.processors.sort_by_key(|p| (tie_order(p.id), p.id));
        Ok(Scan {
            header: head,
            end,
            ended_by,
            processors: self.processors,
            tables: Tables::of_v1(bytes, self.found)?,
            sampled,
            samples: self.samples,
            exits: self.exits,
            timers: self.timers,
            has_futile: self.has_futile,
            events: self.events,
        })
    }
}

/// Where two processors' events have the same time, their order depends on the order of the processors at the begin. Any
/// is as true as another, and the reference draws one anew at each run: this one falls as in the runs that the goldens
/// were recorded from, so that comparing with them needs no exceptions.
fn tie_order(id: i64) -> i64 {
    (id + 1) * 24 % 31
}

fn proc_id(p: u64, at: usize) -> Result<i64> {
    match p {
        NO_PROC => Ok(-1),
        p if p <= MAX_PROC => Ok(p as i64),
        p => Err(TraceError::damaged(at as u64, format!("There is no processor {p}"))),
    }
}

/// Why nothing can be shown of a trace whose clock was not found.
fn no_clock(head: Header, start: u64, end: u64, ended_by: &End) -> TraceError {
    let go = head.go();
    if end == start + HEADER_LEN as u64 && *ended_by == End::Eof {
        return TraceError::at(
            Code::Truncated,
            end,
            "The trace ends right after its header; the program ended before the first events were written, so record \
             it again and call trace.Stop before it exits",
        );
    }
    match ended_by {
        End::Damage(e) if e.code != Code::Truncated => TraceError {
            code: e.code,
            message: format!(
                "{}, and a trace of Go {go} keeps its clock and its stacks at its end, behind that, so nothing of it \
                 can be shown; copy the file again or record it again",
                e.message
            ),
            offset: e.offset,
        },
        _ => TraceError::at(
            Code::Truncated,
            end,
            format!(
                "The file ends before its clock and its stacks, which a trace of Go {go} keeps at its end, so nothing \
                 of it can be shown; record it again and let the program call trace.Stop before it exits"
            ),
        ),
    }
}

/// Offset of the header of the next trace in the file; None: it is the last, or damage hides what follows. Cost: one
/// pass over the records.
pub fn next_trace(bytes: &[u8], head: Header, start: u64) -> Option<u64> {
    let bytes = names::without(head, bytes);
    let mut pos = start as usize + HEADER_LEN;
    while pos < bytes.len() {
        if bytes[pos] == b'g' && header::minor_at(&bytes[pos..]).is_some() {
            return Some(pos as u64);
        }
        record::read(bytes, &mut pos, head.minor).ok()?;
    }
    None
}

/// Tells each record's name and bytes, up to the header of another trace, or to damage. Cost: one pass over the records.
pub fn footprint(bytes: &[u8], head: Header, start: u64, mut tell: impl FnMut(&'static str, u64)) {
    let bytes = names::without(head, bytes);
    let mut pos = start as usize + HEADER_LEN;
    while pos < bytes.len() {
        if bytes[pos] == b'g' && header::minor_at(&bytes[pos..]).is_some() {
            return;
        }
        let at = pos;
        let Ok(r) = record::read(bytes, &mut pos, head.minor) else { return };
        tell(super::events::spec_of(r.ty, head.minor).map_or("", |s| s.name), (pos - at) as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::Format;

    const HEAD: Header = Header { minor: 21, format: Format::V1 };

    fn file(records: &[&[u8]]) -> Vec<u8> {
        [&[b"go 1.21 trace\0\0\0".as_slice()], records].concat().concat()
    }

    #[test]
    fn finds_batches_tables_and_the_next_trace() {
        let bytes = file(&[
            &[0x41, 0, 10],
            &[0x45, 3, 3],
            &[0x25, 1, 1, b'f'],
            &[0x41, 1, 20],
            &[0x06, 1],
            &[0x02, 0x80, 0x94, 0xeb, 0xdc, 0x03],
            &[0x41, 0, 30],
            &[0xc3, 6, 9, 1, 5, 1, 1, 7],
            b"go 1.22 trace\0\0\0",
        ]);
        let s = scan(&bytes, HEAD, 0).unwrap();
        let mut lanes: Vec<(i64, u64)> = s.processors.iter().map(|p| (p.id, p.batches[0].start)).collect();
        lanes.sort_unstable();
        assert_eq!(lanes, [(0, 19), (1, 29)]);
        assert!(s.processors.iter().all(|p| p.batches.len() == 1));
        assert_eq!(s.ended_by, End::NextTrace);
        assert_eq!(s.tables.nanos_per_tick(), 1.0);
        let frames = s.tables.stack(&bytes, 9);
        assert_eq!((frames.len(), frames[0].line), (1, 7));
        assert_eq!(s.tables.string(&bytes, frames[0].func), Some(&b"f"[..]));
        assert_eq!(next_trace(&bytes, HEAD, 0), Some(s.end));
    }

    #[test]
    fn without_its_clock_says_why() {
        let events: [&[u8]; 2] = [&[0x41, 0, 10], &[0x45, 3, 3]];
        let code = |b: &[u8]| scan(b, HEAD, 0).err().map(|e| e.code);
        assert_eq!(code(&file(&[])), Some(Code::Truncated));
        assert_eq!(code(&file(&events)), Some(Code::Truncated));
        assert_eq!(code(&file(&[events[0], &[0x45, 3]])), Some(Code::Truncated));
        assert_eq!(code(&file(&[events[0], &[0x3f, 3]])), Some(Code::Damaged));
        assert_eq!(code(&file(&[&[0x06, 1]])), Some(Code::Damaged));
    }
}
