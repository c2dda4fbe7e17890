//! A segment decoded again: every span in it, for scales finer than the index keeps.

use std::ops::ControlFlow;

use tracewell_order::{
    Carry, Event, Flow, GenerationSummary, Reader, Resume, Sink, Stage, Symbols, Table, replay,
};
use tracewell_wire::{Batch, Generation, Header, Tables, scan};

use crate::counters::Series;
use crate::index::{BriefSpan, Segment, place};
use crate::machine::{Lanes, Machine};
use crate::span::{Span, Track};

/// The spans of a segment by row, in order of their end. Those that cross its borders are in the index instead.
#[derive(Default)]
pub struct Window {
    rows: Table<(Track, Row)>,
}

/// Spans of a row in order of their end.
#[derive(Default)]
struct Row {
    spans: Vec<BriefSpan>,
    longest: i64,
}

impl Window {
    pub fn bytes(&self) -> usize {
        self.rows.iter().map(|(_, (_, r))| r.spans.capacity()).sum::<usize>() * size_of::<BriefSpan>()
    }

    /// Rows that something is in; those of processors that Go has, by their number.
    pub fn tracks(&self) -> impl Iterator<Item = Track> + '_ {
        self.rows.iter().map(|(_, (track, _))| *track)
    }

    /// Every span, row by row.
    pub fn all(&self) -> impl Iterator<Item = (Track, &BriefSpan)> {
        self.rows.iter().flat_map(|(_, (track, row))| row.spans.iter().map(|s| (*track, s)))
    }

    /// Spans of a row that touch [from, to). Cost: O(log spans + those found + those nested around).
    pub fn touching(&self, track: Track, from: i64, to: i64) -> impl Iterator<Item = &BriefSpan> {
        let row = self.rows.get(place(track)).map(|(_, row)| row);
        let longest = row.map_or(0, |r| r.longest);
        let spans = row.map_or(&[][..], |r| &r.spans);
        touching(spans, longest, from, to)
    }
}

/// Looks at events while a segment is decoded.
pub trait Watch {
    /// After the machine saw the event. Break ends the decoding.
    fn event(&mut self, _e: &Event, _stage: &mut Stage<'_>) -> Flow {
        ControlFlow::Continue(())
    }
    /// The tables of a generation are still there.
    fn end_generation(&mut self, _stage: &mut Stage<'_>) {}
}

/// What sees the events of a decoding: a machine, and who looks at what it does.
struct Driven<'l, L> {
    machine: Machine,
    out: &'l mut L,
}

impl<L: Lanes + Watch> Watch for Driven<'_, L> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.machine.event(e, stage.symbols, self.out);
        self.out.event(e, stage)
    }
    fn end_generation(&mut self, stage: &mut Stage<'_>) {
        self.out.end_generation(stage);
    }
}

struct Decode<'l, W> {
    out: &'l mut W,
    end: u64,
}

impl<W: Watch> Sink for Decode<'_, W> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.out.event(e, stage)
    }
    fn end_generation(&mut self, s: &GenerationSummary, _c: &Carry, stage: &mut Stage<'_>) -> Flow {
        self.out.end_generation(stage);
        if s.end >= self.end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
    fn border(
        &mut self,
        s: &GenerationSummary,
        _c: &Carry,
        _r: &dyn Fn() -> Resume,
        stage: &mut Stage<'_>,
    ) -> Flow {
        if s.end < self.end {
            return ControlFlow::Continue(());
        }
        self.out.end_generation(stage);
        ControlFlow::Break(())
    }
}

/// Decodes a segment into `out`, which sees each event after the machine did and may stop.
/// Counters begin with their values at the segment's begin. Damage at its end was told when it was indexed.
/// Cost: one pass over its bytes.
pub fn decode<L: Lanes + Watch>(
    bytes: &[u8],
    header: Header,
    segment: &Segment,
    symbols: Symbols,
    out: &mut L,
) {
    segment.machine.tell_all(segment.from_nanos, out);
    tell(bytes, header, segment, symbols, &mut Driven { machine: segment.machine.clone(), out });
}

/// Shows the events of a segment to `out`, until that stops. Cost: one pass over its bytes.
fn tell(bytes: &[u8], header: Header, segment: &Segment, symbols: Symbols, out: &mut impl Watch) {
    let (start, carry) = (segment.start, segment.carry);
    let mut reader = match &segment.resume {
        Some(from) => Reader::resume(bytes, header, from.clone(), start, carry, symbols),
        None => Reader::at_generation(bytes, header, start, carry, symbols),
    };
    let mut sink = Decode { out, end: segment.end };
    while reader.pos() < segment.end {
        match reader.next_generation(&mut sink) {
            Ok(Some(ControlFlow::Continue(()))) => {}
            _ => break,
        }
    }
}

/// Spans in order of their end that touch [from, to): none is longer than `longest`, so the search can stop.
pub fn touching(spans: &[BriefSpan], longest: i64, from: i64, to: i64) -> impl Iterator<Item = &BriefSpan> {
    let first = spans.partition_point(|s| s.end <= from);
    spans[first..]
        .iter()
        .take_while(move |s| s.end.saturating_sub(longest) < to)
        .filter(move |s| s.start < to)
}

/// What all parts of a segment need: where its batches lie, and its texts.
pub struct Prepared {
    generation: Generation,
    tables: Tables,
}

impl Prepared {
    pub fn bytes(&self) -> usize {
        self.generation.batches.len() * size_of::<Batch>() + self.tables.bytes()
    }
}

/// Prepares the decoding of parts; None for a segment without. `stacks`: whether a sink will ask for stacks.
/// Cost: O(batches + bytes of its texts), and of its stacks.
pub fn prepare(bytes: &[u8], header: Header, segment: &Segment, stacks: bool) -> Option<Prepared> {
    if segment.more_parts() == 0 {
        return None;
    }
    let generation = scan::generation_at(bytes, header, segment.start)?;
    let tables = Tables::load_some(bytes, header, &generation, stacks).ok()?;
    Some(Prepared { generation, tables })
}

/// Decodes a part of a segment, as `decode` does all of it. Cost: O(events of the part); where the segment has no parts
/// (`prepared` is None), that of `decode`.
pub fn decode_part<L: Lanes + Watch>(
    bytes: &[u8],
    header: Header,
    (segment, part): (&Segment, usize),
    prepared: Option<&Prepared>,
    symbols: Symbols,
    out: &mut L,
) {
    if segment.record.is_none() || prepared.is_none() {
        return decode(bytes, header, segment, symbols, out);
    }
    let machine = match part.checked_sub(1) {
        None => Some(segment.machine.clone()),
        Some(i) => segment.parts.get(i).and_then(|p| crate::sidecar::machine_of(&p.machine)),
    };
    let Some(machine) = machine else { return };
    machine.tell_all(segment.bounds(part).0, out);
    tell_part(bytes, header, (segment, part), prepared, symbols, &mut Driven { machine, out });
}

/// As `decode_part`, for who needs the events alone: no machine runs.
pub fn tell_part(
    bytes: &[u8],
    header: Header,
    (segment, part): (&Segment, usize),
    prepared: Option<&Prepared>,
    mut symbols: Symbols,
    out: &mut impl Watch,
) {
    let (Some(record), Some(Prepared { generation, tables })) = (&segment.record, prepared) else {
        return tell(bytes, header, segment, symbols, out);
    };
    let start = |part: usize| part.checked_sub(1).and_then(|i| segment.parts.get(i));
    let mut sink = Decode { out, end: u64::MAX };
    let place = |part: usize| start(part).map(|p| p.place as usize + 1);
    let span = replay::Part {
        bytes,
        generation,
        tables,
        record,
        from: place(part).unwrap_or(0),
        to: place(part + 1).unwrap_or(record.places.len() + 1),
        carry: segment.carry,
    };
    // A record that does not go with the file gives what it can.
    let _ = replay::replay(&span, &mut symbols, &mut sink);
    let generation = segment.carry.generations;
    sink.out.end_generation(&mut Stage { bytes, tables, symbols: &mut symbols, generation });
}

struct Collect<'s, C> {
    window: Window,
    segment: &'s Segment,
    from: i64,
    /// What ends before crosses no border of parts.
    inside: i64,
    counters: &'s mut C,
}

/// Nobody asks for the counters.
struct NoCounters;

impl Lanes for NoCounters {}

impl<C> Watch for Collect<'_, C> {}

impl<C: Lanes> Lanes for Collect<'_, C> {
    fn counter(&mut self, series: Series, time: i64, value: Option<i64>) {
        self.counters.counter(series, time, value);
    }

    fn span(&mut self, s: &Span) {
        let kept = s.start >= self.from && s.is_shown();
        if kept && (s.end < self.inside || !self.segment.crosses(s.start, s.end)) {
            let (_, row) = self.window.rows.or_insert_with(place(s.track), || (s.track, Row::default()));
            row.longest = row.longest.max(s.nanos());
            row.spans.push(BriefSpan::of(s, false));
        }
    }
}

fn collect<'s, C>(segment: &'s Segment, part: usize, from: i64, counters: &'s mut C) -> Collect<'s, C> {
    let inside = segment.parts.get(part).map_or(i64::MAX, |next| next.from_nanos);
    Collect { window: Window::default(), segment, from, inside, counters }
}

/// All spans that lie inside a segment and cross no border of its parts.
pub fn read(bytes: &[u8], header: Header, segment: &Segment, symbols: Symbols) -> Window {
    let counters = &mut NoCounters;
    let mut collect = collect(segment, 0, segment.from_nanos, counters);
    decode(bytes, header, segment, symbols, &mut collect);
    collect.window
}

/// All spans that lie wholly inside a part of a segment.
pub fn read_part(
    bytes: &[u8],
    header: Header,
    at: (&Segment, usize),
    prepared: Option<&Prepared>,
    symbols: Symbols,
) -> Window {
    read_part_and(bytes, header, at, prepared, symbols, &mut NoCounters)
}

/// As `read_part`; what the counters do is told to `counters`.
pub fn read_part_and<C: Lanes>(
    bytes: &[u8],
    header: Header,
    (segment, part): (&Segment, usize),
    prepared: Option<&Prepared>,
    symbols: Symbols,
    counters: &mut C,
) -> Window {
    let mut collect = collect(segment, part, segment.bounds(part).0, counters);
    decode_part(bytes, header, (segment, part), prepared, symbols, &mut collect);
    collect.window
}
