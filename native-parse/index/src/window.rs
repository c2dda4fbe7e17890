//! A segment decoded again: every span in it, for scales finer than the index keeps.

use std::ops::ControlFlow;

use rustc_hash::FxHashMap;
use tracewell_order::{Event, Flow, GenerationSummary, Reader, Sink, Stage, Symbols};
use tracewell_wire::Header;

use crate::index::{BriefSpan, Segment};
use crate::machine::{Lanes, Machine};
use crate::span::{Span, Track};

/// The spans of a segment by row, in order of their end. Those that cross its borders are in the index instead.
#[derive(Default)]
pub struct Window {
    pub spans: FxHashMap<Track, Vec<BriefSpan>>,
}

impl Window {
    pub fn bytes(&self) -> usize {
        self.spans.values().map(|v| v.capacity()).sum::<usize>() * size_of::<BriefSpan>()
    }
}

struct Decode<'l, L, E> {
    machine: Machine,
    lanes: &'l mut L,
    on_event: E,
    end: u64,
}

impl<L: Lanes, E: FnMut(&Event, &mut Stage<'_>) -> Flow> Sink for Decode<'_, L, E> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.machine.event(e, stage.symbols, self.lanes);
        (self.on_event)(e, stage)
    }
    fn end_generation(&mut self, s: &GenerationSummary, _c: &tracewell_order::Carry) -> Flow {
        if s.end >= self.end { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

/// Decodes a segment into `lanes`; `on_event` sees each event after the machine did and may stop.
/// Counters begin with their values at the segment's begin. Damage at its end was told when it was indexed.
/// Cost: one pass over its bytes.
pub fn decode<L: Lanes>(
    bytes: &[u8],
    header: Header,
    segment: &Segment,
    symbols: Symbols,
    lanes: &mut L,
    on_event: impl FnMut(&Event, &mut Stage<'_>) -> Flow,
) {
    segment.machine.tell_all(segment.from_nanos, lanes);
    let mut reader = Reader::at_generation(bytes, header, segment.start, segment.carry, symbols);
    let mut sink = Decode { machine: segment.machine.clone(), lanes, on_event, end: segment.end };
    while reader.pos() < segment.end {
        match reader.next_generation(&mut sink) {
            Ok(Some(ControlFlow::Continue(()))) => {}
            _ => break,
        }
    }
}

struct Collect {
    window: Window,
    from: i64,
}

impl Lanes for Collect {
    fn span(&mut self, s: &Span) {
        if s.start >= self.from && s.is_shown() {
            self.window.spans.entry(s.track).or_default().push(BriefSpan::of(s, false));
        }
    }
}

/// All spans that lie wholly inside a segment.
pub fn read(bytes: &[u8], header: Header, segment: &Segment, symbols: Symbols) -> Window {
    let mut collect = Collect { window: Window::default(), from: segment.from_nanos };
    decode(bytes, header, segment, symbols, &mut collect, |_, _| Flow::Continue(()));
    collect.window
}
