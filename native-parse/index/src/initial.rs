//! The states of the trace's first moment, which are only told in the course of its first generation.

use tracewell_order::{Carry, Event, Flow, GenerationSummary, Reader, Resume, Sink, Stage};
use tracewell_source::Result;
use tracewell_wire::Format;

use crate::machine::Initial;

struct Collect(Initial);

impl Sink for Collect {
    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) -> Flow {
        self.0.collect(e);
        Flow::Continue(())
    }
    fn end_generation(&mut self, _s: &GenerationSummary, _c: &Carry, _stage: &mut Stage<'_>) -> Flow {
        Flow::Break(())
    }
    fn border(
        &mut self,
        _s: &GenerationSummary,
        _c: &Carry,
        _r: &dyn Fn() -> Resume,
        _stage: &mut Stage<'_>,
    ) -> Flow {
        // What was there before the trace is told before the first one.
        Flow::Break(())
    }
}

/// Reads the first generation of the trace whose header is at `start`. Damage in it is left to the pass that follows.
/// Errors: those of `Reader::new`. Cost: one generation.
pub fn initial_states(bytes: &[u8], start: u64) -> Result<Initial> {
    let mut reader = Reader::new(bytes, start)?;
    reader.trust();
    let names_late = reader.header().format == Format::V1;
    let mut collect = Collect(Initial::default());
    collect.0.names_late = names_late;
    let _ = reader.next_generation(&mut collect);
    Ok(collect.0)
}
