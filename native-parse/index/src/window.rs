//! A segment decoded again: every span in it, for scales finer than the index keeps.

use std::ops::ControlFlow;

use rustc_hash::FxHashMap;
use tracewell_order::{Carry, Event, Flow, GenerationSummary, Reader, Resume, Sink, Stage, Symbols};
use tracewell_wire::Header;

use crate::index::{BriefSpan, Segment};
use crate::machine::{Lanes, Machine};
use crate::span::{Span, Track};

/// The spans of a segment by row, in order of their end. Those that cross its borders are in the index instead.
#[derive(Default)]
pub struct Window {
    rows: FxHashMap<Track, Row>,
}

/// Spans of a row in order of their end.
#[derive(Default)]
struct Row {
    spans: Vec<BriefSpan>,
    longest: i64,
}

impl Window {
    pub fn bytes(&self) -> usize {
        self.rows.values().map(|r| r.spans.capacity()).sum::<usize>() * size_of::<BriefSpan>()
    }

    /// Every span, row by row.
    pub fn all(&self) -> impl Iterator<Item = (Track, &BriefSpan)> {
        self.rows.iter().flat_map(|(track, row)| row.spans.iter().map(|s| (*track, s)))
    }

    /// Spans of a row that touch [from, to). Cost: O(log spans + those found + those nested around).
    pub fn touching(&self, track: Track, from: i64, to: i64) -> impl Iterator<Item = &BriefSpan> {
        let row = self.rows.get(&track);
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

struct Decode<'l, L> {
    machine: Machine,
    out: &'l mut L,
    end: u64,
}

impl<L: Lanes + Watch> Sink for Decode<'_, L> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.machine.event(e, stage.symbols, self.out);
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
    let (start, carry) = (segment.start, segment.carry);
    let mut reader = match &segment.resume {
        Some(from) => Reader::resume(bytes, header, from.clone(), start, carry, symbols),
        None => Reader::at_generation(bytes, header, start, carry, symbols),
    };
    let mut sink = Decode { machine: segment.machine.clone(), out, end: segment.end };
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

struct Collect {
    window: Window,
    from: i64,
}

impl Watch for Collect {}

impl Lanes for Collect {
    fn span(&mut self, s: &Span) {
        if s.start >= self.from && s.is_shown() {
            let row = self.window.rows.entry(s.track).or_default();
            row.longest = row.longest.max(s.nanos());
            row.spans.push(BriefSpan::of(s, false));
        }
    }
}

/// All spans that lie wholly inside a segment.
pub fn read(bytes: &[u8], header: Header, segment: &Segment, symbols: Symbols) -> Window {
    let mut collect = Collect { window: Window::default(), from: segment.from_nanos };
    decode(bytes, header, segment, symbols, &mut collect);
    collect.window
}
