//! The index, part by part; each `put_` has its `get_`, in the same order.

use std::path::Path;
use std::sync::Arc;

use tracewell_order::event::Clock;
use tracewell_order::{Carry, Place, ProcState, RangeName, Record, Sym, Symbols};
use tracewell_source::SeededSet;
use tracewell_wire::Header;

use super::io::{In, Out};
use super::{get_damage, put_damage};
use crate::counters::SERIES;
use crate::facts::Facts;
use crate::ids::{IdSet, Names};
use crate::index::{BriefSpan, Index, LONG_BUCKETS, PartStart, Segment, Status};
use crate::machine::{Inner, Machine, OpenRange, Proc, Values};
use crate::pyramid::{Lane, TOP_LEVEL};
use crate::span::{SpanState, Track};

/// Levels finer than this share of the trace's bytes are not kept: of a short trace they are soon decoded again.
const CELLS_SHARE: u64 = 8;

pub fn put_index(out: &mut Out, index: &Index) {
    out.list(index.symbols.since(0).iter(), |out, t| out.text(t));
    let cells =
        index.rows().map(|r| r.1.bytes()).chain(index.counters.iter().map(Lane::bytes)).sum::<usize>();
    let most = (index.read_to / CELLS_SHARE).max(1);
    // Each level is half as large as the one below.
    let skip = (cells as u64 / most + 1).ilog2().min(TOP_LEVEL - index.base());
    let base = index.base() + skip;
    out.u(u64::from(base));
    out.list(index.rows().collect::<Vec<_>>().into_iter(), |out, (id, lane)| {
        out.i(id);
        lane.put_kept(out, skip);
    });
    for lane in &index.counters {
        lane.put_kept(out, skip);
    }
    let mut long: Vec<_> = index.long.iter().collect();
    long.sort_by_key(|(t, _)| **t);
    out.list(long.into_iter(), |out, (track, spans)| {
        put_track(out, *track);
        let mut before = 0;
        let long: Vec<_> = spans.iter().filter(|s| s.crossing || s.nanos() >= LONG_BUCKETS << base).collect();
        out.list(long.into_iter(), |out, s| {
            put_span(out, s, before);
            before = s.end;
        });
    });
    out.list(index.segments.iter(), put_segment);
    index.names.put_kept(out);
    put_facts(out, &index.facts);
    out.option(index.damage.as_ref(), put_damage);
    out.option(index.next_trace, Out::u);
    for n in
        [index.read_to, u64::from(index.generations), u64::from(index.joined), index.gc_cycles, index.stws]
    {
        out.u(n);
    }
    for n in [index.end_nanos, index.zero_nanos, index.max_running, index.max_runnable] {
        out.i(n);
    }
    out.option(index.max_heap, Out::i);
    out.i((index.proc_nanos >> 64) as i64);
    out.u(index.proc_nanos as u64);
}

pub fn get_index(
    from: &mut In<'_>,
    header: Header,
    trace_bytes: u64,
    folder: Option<&Path>,
) -> Option<Index> {
    let mut index = Index::new(header);
    let texts: Vec<&str> = from.list(In::text)?;
    let mut symbols = Symbols::default();
    texts.iter().for_each(|t| {
        symbols.intern(t);
    });
    index.symbols = symbols;
    let base = from.u32()?;
    let rows: Vec<_> = from.list(|from| Some((from.i()?, Lane::get_kept(from, base)?)))?;
    index.set_rows(base, rows)?;
    let mut counters = Vec::with_capacity(SERIES);
    for _ in 0..SERIES {
        counters.push(Lane::get_kept(from, base)?);
    }
    index.counters = counters.try_into().ok()?;
    index.long = from.list(|from| {
        let track = get_track(from)?;
        let mut before = 0;
        let spans: Vec<BriefSpan> = from.list(|from| {
            let s = get_span(from, before)?;
            before = s.end;
            Some(s)
        })?;
        Some((track, spans))
    })?;
    index.segments = from.list(|from| get_segment(from, trace_bytes))?;
    index.names = Names::get_kept(from, folder)?;
    index.facts = get_facts(from)?;
    index.damage = from.option(get_damage)?;
    index.next_trace = from.option(In::u)?.filter(|n| *n <= trace_bytes);
    index.read_to = from.u()?.min(trace_bytes);
    index.generations = from.u32()?;
    index.joined = from.u32()?;
    index.gc_cycles = from.u()?;
    index.stws = from.u()?;
    index.end_nanos = from.nanos()?.max(0);
    index.zero_nanos = from.nanos()?;
    index.max_running = from.i()?;
    index.max_runnable = from.i()?;
    index.max_heap = from.option(In::i)?;
    index.proc_nanos = (i128::from(from.i()?) << 64) | i128::from(from.u()?);
    index.settled_to = index.end_nanos;
    index.generations_expected = index.generations;
    index.duration_expected = index.end_nanos;
    index.status = Status::Done;
    Some(index)
}

// ---- spans

fn put_track(out: &mut Out, track: Track) {
    match track {
        Track::Gc => out.u(0),
        Track::Stw => out.u(1),
        Track::Proc(p, lane) => {
            out.u(2 + u64::from(lane));
            out.i(p);
        }
    }
}

fn get_track(from: &mut In<'_>) -> Option<Track> {
    Some(match from.u()? {
        0 => Track::Gc,
        1 => Track::Stw,
        n @ (2 | 3) => Track::Proc(from.i()?, n as u8 - 2),
        _ => return None,
    })
}

pub(crate) fn put_span(out: &mut Out, s: &BriefSpan, before: i64) {
    out.i(s.end - before);
    out.u((s.end - s.start).max(0) as u64);
    out.i(s.g);
    out.u(u64::from(s.reason.0));
    out.u(s.state as u64
        | u64::from(s.began_before) << 4
        | u64::from(s.open) << 5
        | u64::from(s.crossing) << 6);
}

pub(crate) fn get_span(from: &mut In<'_>, before: i64) -> Option<BriefSpan> {
    // In order of their end, of which others make use.
    let end = before.checked_add(from.nanos()?).filter(|e| *e >= before && *e <= 1 << 62)?;
    let start = end.checked_sub(i64::try_from(from.u()?).ok()?).filter(|s| *s >= -(1 << 62))?;
    let (g, reason, bits) = (from.i()?, Sym(from.u32()?), from.u()?);
    Some(BriefSpan {
        start,
        end,
        g,
        reason,
        state: *SpanState::ALL.get((bits & 15) as usize)?,
        began_before: bits & 16 != 0,
        open: bits & 32 != 0,
        crossing: bits & 64 != 0,
    })
}

// ---- segments, and the machine at the begin of each

fn put_segment(out: &mut Out, s: &Segment) {
    out.u(s.start);
    out.u(s.end);
    out.i(s.from_nanos);
    out.i(s.to_nanos);
    out.option(s.carry.zero, Out::i);
    out.i(s.carry.last);
    out.u(u64::from(s.carry.syncs));
    out.u(u64::from(s.carry.generations));
    out.flag(s.whole);
    put_machine(out, &s.machine);
    out.option(s.record.as_deref(), put_record);
    put_parts(out, s);
}

fn get_segment(from: &mut In<'_>, trace_bytes: u64) -> Option<Segment> {
    let (start, end) = (from.u()?, from.u()?);
    if start > end || end > trace_bytes {
        return None;
    }
    let (from_nanos, to_nanos) = (from.nanos()?, from.nanos()?);
    let zero = from.option(In::nanos)?;
    let last = from.nanos()?;
    let (syncs, generations) = (from.u32()?, from.u32()?);
    let whole = from.flag()?;
    let carry = Carry { zero, last, syncs, generations };
    Some(Segment {
        start,
        end,
        from_nanos,
        to_nanos,
        carry,
        resume: None,
        machine: get_machine(from)?,
        whole,
        record: from.option(get_record)?.map(Arc::new),
        parts: Arc::new(get_parts(from, from_nanos)?),
    })
}

fn put_record(out: &mut Out, r: &Record) {
    out.flag(r.first);
    out.u(r.steps);
    out.list(r.new_procs.iter(), |out, p| out.i(*p));
    out.u(r.detours.len() as u64);
    out.0.extend_from_slice(&r.detours);
    out.list(r.places.iter(), |out, p| {
        out.u(p.bytes.len() as u64);
        out.0.extend_from_slice(&p.bytes);
        out.list(p.stws.iter(), |out, (g, s)| {
            out.i(*g);
            out.u(u64::from(s.0));
        });
    });
}

fn get_bytes(from: &mut In<'_>) -> Option<Box<[u8]>> {
    let n = usize::try_from(from.u()?).ok()?;
    from.take(n).map(Box::from)
}

fn get_record(from: &mut In<'_>) -> Option<Record> {
    Some(Record {
        first: from.flag()?,
        steps: from.u()?,
        new_procs: from.list(In::i)?,
        detours: get_bytes(from)?.into(),
        places: from.list(|from| {
            let bytes = get_bytes(from)?;
            Some(Place { bytes, stws: from.list(|from| Some((from.i()?, Sym(from.u32()?))))? })
        })?,
    })
}

fn put_parts(out: &mut Out, s: &Segment) {
    let mut before = s.from_nanos;
    out.list(s.parts.iter(), |out, p| {
        out.i(p.from_nanos - before);
        before = p.from_nanos;
        out.u(u64::from(p.place));
        out.u(p.machine.len() as u64);
        out.0.extend_from_slice(&p.machine);
    });
}

/// In order of their begin, of which others make use.
fn get_parts(from: &mut In<'_>, from_nanos: i64) -> Option<Vec<PartStart>> {
    let mut before = from_nanos;
    from.list(|from| {
        let at = before.checked_add(from.nanos()?).filter(|t| *t >= before && *t <= 1 << 62)?;
        before = at;
        Some(PartStart { from_nanos: at, place: from.u32()?, machine: get_bytes(from)? })
    })
}

/// A machine as bytes by itself, and back; what is equal gives equal bytes.
pub(crate) fn machine_bytes(m: &Machine) -> Box<[u8]> {
    let mut out = Out::default();
    put_machine(&mut out, m);
    out.0.into_boxed_slice()
}

pub(crate) fn machine_of(bytes: &[u8]) -> Option<Machine> {
    get_machine(&mut In::new(bytes))
}

fn put_name(out: &mut Out, name: RangeName) {
    match name {
        RangeName::GcMark => out.u(0),
        RangeName::Sweep => out.u(1),
        RangeName::MarkAssist => out.u(2),
        RangeName::Stw(s) => {
            out.u(3);
            out.u(u64::from(s.0));
        }
    }
}

fn get_name(from: &mut In<'_>) -> Option<RangeName> {
    Some(match from.u()? {
        0 => RangeName::GcMark,
        1 => RangeName::Sweep,
        2 => RangeName::MarkAssist,
        3 => RangeName::Stw(Sym(from.u32()?)),
        _ => return None,
    })
}

const PROC_STATES: [ProcState; 4] =
    [ProcState::Undetermined, ProcState::NotExist, ProcState::Running, ProcState::Idle];

fn put_proc(out: &mut Out, p: &Proc) {
    out.option(p.state, |out, s| out.u(PROC_STATES.iter().position(|o| *o == s).unwrap_or(0) as u64));
    out.i(p.g);
    out.i(p.held);
    out.i(p.thread);
    out.option(p.call, Out::i);
    out.option(p.mark, |out, (t, label)| {
        out.i(t);
        out.u(u64::from(label.0));
    });
    out.option(p.sweep, |out, (t, g, before)| {
        out.i(t);
        out.i(g);
        out.flag(before);
    });
    out.list(p.inner.iter(), |out, i| {
        out.u(i.state as u64);
        out.option(i.range, put_name);
    });
    out.i(p.inner_since);
    out.flag(p.inner_first);
}

fn get_proc(from: &mut In<'_>) -> Option<Proc> {
    Some(Proc {
        state: from.option(|from| PROC_STATES.get(from.u()? as usize).copied())?,
        g: from.i()?,
        held: from.nanos()?,
        thread: from.i()?,
        call: from.option(In::nanos)?,
        mark: from.option(|from| Some((from.nanos()?, Sym(from.u32()?))))?,
        sweep: from.option(|from| Some((from.nanos()?, from.i()?, from.flag()?)))?,
        inner: from.list(|from| {
            let state = *SpanState::ALL.get(from.u()? as usize)?;
            Some(Inner { state, range: from.option(get_name)? })
        })?,
        inner_since: from.nanos()?,
        inner_first: from.flag()?,
        ..Proc::default()
    })
}

/// Entries of a hash map by their key.
fn sorted<'m, K: Ord, V>(entries: impl Iterator<Item = (&'m K, V)>) -> std::vec::IntoIter<(&'m K, V)> {
    let mut all: Vec<(&K, V)> = entries.collect();
    all.sort_unstable_by_key(|e| e.0);
    all.into_iter()
}

fn put_machine(out: &mut Out, m: &Machine) {
    out.list(m.procs.iter().collect::<Vec<_>>().into_iter(), |out, (id, p)| {
        out.i(id);
        put_proc(out, p);
    });
    out.list(m.of_g.sorted().into_iter(), |out, (g, p)| {
        out.i(g);
        out.i(p);
    });
    out.list(sorted(m.ranges.iter()), |out, (g, open)| {
        out.i(*g);
        out.list(open.iter(), |out, r| {
            put_name(out, r.name);
            out.i(r.began);
            out.flag(r.before);
        });
    });
    out.option(m.gc, |out, (t, before)| {
        out.i(t);
        out.flag(before);
    });
    out.list(sorted(m.stws.iter()), |out, ((g, reason), (t, before))| {
        out.i(*g);
        out.u(u64::from(reason.0));
        out.i(*t);
        out.flag(*before);
    });
    out.list(sorted(m.gc_waiting.iter().map(|g| (g, ()))), |out, (g, ())| out.i(*g));
    let v = &m.values;
    for n in [v.running, v.runnable, v.in_syscall, v.syscall_with_proc, v.procs, v.workers, m.sync] {
        out.i(n);
    }
    out.option(v.heap, Out::i);
    out.option(v.goal, Out::i);
    out.flag(m.seeded);
    out.flag(m.initial_counted);
}

fn get_machine(from: &mut In<'_>) -> Option<Machine> {
    let mut m = Machine::default();
    for (id, p) in from.list::<_, Vec<_>>(|from| Some((from.i()?, get_proc(from)?)))? {
        m.procs.or_insert_with(id, || p);
    }
    m.of_g = from.list::<_, Vec<_>>(|from| Some((from.i()?, from.i()?)))?.into_iter().collect();
    m.ranges = from.list(|from| {
        let g = from.i()?;
        let open: Vec<OpenRange> = from.list(|from| {
            Some(OpenRange { name: get_name(from)?, began: from.nanos()?, before: from.flag()? })
        })?;
        Some((g, open))
    })?;
    m.gc = from.option(|from| Some((from.nanos()?, from.flag()?)))?;
    m.stws = from.list(|from| Some(((from.i()?, Sym(from.u32()?)), (from.nanos()?, from.flag()?))))?;
    m.gc_waiting = from.list(In::i)?;
    let mut n = [0; 7];
    for n in &mut n {
        *n = from.nanos()?;
    }
    let [running, runnable, in_syscall, syscall_with_proc, procs, workers, sync] = n;
    let (heap, goal) = (from.option(In::i)?, from.option(In::i)?);
    m.values = Values { running, runnable, in_syscall, syscall_with_proc, procs, workers, heap, goal };
    m.sync = sync;
    m.seeded = from.flag()?;
    m.initial_counted = from.flag()?;
    Some(m)
}

// ---- counts

fn put_ids(out: &mut Out, ids: &SeededSet<i64>) {
    let mut sorted: Vec<i64> = ids.iter().copied().collect();
    sorted.sort_unstable();
    out.list(sorted.into_iter(), Out::i);
}

fn put_facts(out: &mut Out, f: &Facts) {
    f.kinds.iter().for_each(|n| out.u(*n));
    put_ids(out, &f.procs);
    put_ids(out, &f.made_up_procs);
    put_ids(out, &f.threads);
    out.u(f.goroutines.len());
    out.option(f.gomaxprocs, Out::u);
    out.option(f.clock, |out, c| {
        out.i(c.trace_nanos);
        out.u(c.mono_nanos);
        out.u(c.unix_seconds);
        out.u(c.unix_nanos);
    });
}

fn get_facts(from: &mut In<'_>) -> Option<Facts> {
    let mut f = Facts::default();
    for n in &mut f.kinds {
        *n = from.u()? & (u64::MAX >> 8);
    }
    f.procs = from.list(In::i)?;
    f.made_up_procs = from.list(In::i)?;
    f.threads = from.list(In::i)?;
    f.goroutines = IdSet::counted(from.u()?);
    f.gomaxprocs = from.option(In::u)?;
    f.clock = from.option(|from| {
        Some(Clock {
            trace_nanos: from.nanos()?,
            mono_nanos: from.u()?,
            unix_seconds: from.u()? & (u64::MAX >> 20),
            unix_nanos: from.u()? & (u64::MAX >> 20),
        })
    })?;
    Some(f)
}
