//! One trace from its first record to its last.
//!
//! 1. The walk over all records found tables and batches (`wire::v1::scan`).
//! 2. All events are judged once without being delivered: a trace that contradicts itself gives nothing, for its clock and
//!    its order are those of the whole.
//! 3. They are judged again and delivered, between the Sync of the only generation and the last one.

use tracewell_source::{Code, Result, TraceError};
use tracewell_wire::v1::{Scan, scan};
use tracewell_wire::{End, Generation, Header};

use super::futile;
use super::merge::Stream;
use super::rules::{Desk, READ_BY_GO, Rules};
use crate::event::{Event, Kind};
use crate::reader::{Carry, Flow, GenerationSummary, Reader, Sink, Stage, SymCache};

/// A trace that was walked over and not yet played.
pub(crate) struct V1 {
    scan: Scan,
    start: u64,
    /// It was judged before.
    trusted: bool,
}

impl V1 {
    /// `start`: offset of the header. Errors: those of `scan`. Cost: one pass over the records.
    pub fn new(bytes: &[u8], head: Header, start: u64, trusted: bool) -> Result<Box<V1>> {
        Ok(Box::new(V1 { scan: scan(bytes, head, start)?, start, trusted }))
    }
}

impl Reader<'_> {
    /// Plays the whole trace. Ok(None): another one follows in the file. Err: it is damaged behind its last event.
    pub(crate) fn play(&mut self, v1: &V1, sink: &mut impl Sink) -> Result<Option<Flow>> {
        let scan = &v1.scan;
        let because = |e: TraceError| match &scan.ended_by {
            // What stands before the damage may be its first sign.
            End::Damage(first) if e.offset.is_none_or(|o| o < scan.end) => TraceError {
                message: format!("{}, and the events before that contradict each other", first.message),
                ..first.clone()
            },
            _ => e,
        };
        let skip = futile::find(self.bytes, scan).map_err(because)?;
        if !v1.trusted {
            let (mut queue, mut any) = (Vec::new(), false);
            let judged = self.each(scan, &skip, &mut queue, |_, queue| {
                any = true;
                queue.clear();
                Ok(Flow::Continue(()))
            });
            // Nothing stops it, and nothing is delivered.
            let _ = judged.map_err(because)?;
            if !any {
                return Err(no_events(scan));
            }
        }
        self.deliver(v1, &skip, sink)
    }

    /// Judges all events; `then` gets each with what it is called now.
    fn each(
        &mut self,
        scan: &Scan,
        skip: &[u64],
        queue: &mut Vec<Event>,
        mut then: impl FnMut(&mut Self, &mut Vec<Event>) -> Result<Flow>,
    ) -> Result<Flow> {
        let mut stream = Stream::new(self.bytes, scan)?;
        let mut rules = Rules::new(scan);
        let mut syms = SymCache::default();
        let mut skip = skip.iter().peekable();
        let mut place = 0;
        while let Some(raw) = stream.next()? {
            place += 1;
            if skip.next_if(|s| **s == place - 1).is_some() {
                continue;
            }
            let mut desk =
                Desk { bytes: self.bytes, symbols: &mut self.symbols, syms: &mut syms, out: queue };
            rules.apply(&raw, &mut desk).map_err(|why| {
                TraceError::damaged(raw.offset, format!("The events contradict each other: {why}"))
            })?;
            if then(self, queue)?.is_break() {
                return Ok(Flow::Break(()));
            }
        }
        Ok(Flow::Continue(()))
    }

    fn deliver(&mut self, v1: &V1, skip: &[u64], sink: &mut impl Sink) -> Result<Option<Flow>> {
        let scan = &v1.scan;
        let (bytes, tables) = (self.bytes, &scan.tables);
        let by_go = scan.header.minor >= READ_BY_GO;
        let generation = Generation {
            number: 1,
            start: v1.start,
            end: scan.end,
            batches: Vec::new(),
            ended_by: scan.ended_by.clone(),
        };
        // The reference puts the Sync 1 ns before the first event.
        let zero = -i64::from(by_go);
        self.carry = Carry { zero: Some(zero), last: 0, syncs: 1, generations: 0 };
        self.keeps_ties = !by_go;
        {
            let mut stage = Stage { bytes, tables, symbols: &mut self.symbols, generation: 0 };
            sink.begin_generation(&generation, &mut stage);
            let kind = Kind::Sync { number: 1, clock: None };
            if sink.event(&Event { time: 0, m: -1, p: -1, g: -1, kind }, &mut stage).is_break() {
                return Ok(Some(Flow::Break(())));
            }
        }
        let mut queue = Vec::new();
        let flow = self.each(scan, skip, &mut queue, |reader, queue| {
            for mut event in queue.drain(..) {
                event.time = reader.repair(event.time);
                let mut stage = Stage { bytes, tables, symbols: &mut reader.symbols, generation: 0 };
                if sink.event(&event, &mut stage).is_break() {
                    return Ok(Flow::Break(()));
                }
            }
            Ok(Flow::Continue(()))
        })?;
        if flow.is_break() {
            return Ok(Some(flow));
        }
        self.pos = scan.end;
        self.carry.generations = 1;
        let summary = GenerationSummary {
            start: v1.start,
            end: scan.end,
            number: 1,
            from_nanos: 0,
            to_nanos: self.carry.last - zero,
        };
        let carry = self.carry;
        let mut stage = Stage { bytes, tables, symbols: &mut self.symbols, generation: 0 };
        let flow = sink.end_generation(&summary, &carry, &mut stage);
        match &scan.ended_by {
            End::Damage(e) => Err(e.clone()),
            End::NextTrace => {
                self.next_trace = Some(scan.end);
                Ok(if flow.is_break() { Some(flow) } else { None })
            }
            _ => Ok(Some(flow)),
        }
    }
}

fn no_events(scan: &Scan) -> TraceError {
    TraceError::at(
        Code::Truncated,
        scan.end,
        "The trace has a clock and no events; record it again and let the program do something between trace.Start and \
         trace.Stop",
    )
}
