//! Ordering on one core, indexing on another: events in order cross in chunks of bounded size and number. Of a generation
//! that is read in sequence, and of the last of those read side by side, when the other cores have nothing more to do.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use tracewell_order::{
    Carry, Event, Flow, GenerationSummary, Kind, Reader, Record, Resume, Sink, Stage, Sym, SymCache, Symbols,
    has_record,
};
use tracewell_source::Result;

use crate::alone::bottom;
use crate::index::SEGMENT_BYTES;

/// Events in a chunk, and chunks on their way: 2 MB in all.
const CHUNK_EVENTS: usize = 4096;
const CHUNKS: usize = 4;
/// Events in order, with what can only be told where the tables of their generation are.
#[derive(Default)]
pub struct Chunk {
    /// The event, and the start function that its own stack names (empty where it has none).
    pub events: Vec<(Event, Sym)>,
    /// Texts that are new since the last chunk, in the order of their symbols.
    pub texts: Vec<Arc<str>>,
    /// A long generation begins with the chunk: it will have a record.
    pub begins_long: bool,
    /// A part of the generation ends with the chunk.
    pub ends_part: bool,
    /// How the generation was ordered, behind its last event.
    pub record: Option<Record>,
    /// The chunk ends where decoding can begin again.
    pub border: Option<Border>,
}

/// The end of a generation, or a place inside a v1 trace from which its reader can go on.
pub struct Border {
    pub summary: GenerationSummary,
    pub carry: Carry,
    pub resume: Option<Resume>,
    pub ends_generation: bool,
}

/// Puts events into chunks, where they are ordered.
pub(crate) struct Sender {
    chunk: Chunk,
    out: SyncSender<Chunk>,
    /// Emptied chunks come back, so that their room is used again.
    back: Receiver<Chunk>,
    told: usize,
    /// Where the segment that is read begins, as the index counts it.
    segment_start: u64,
    place_every: u64,
    /// Stacks of this generation that were already looked up: bottom function.
    names: SymCache,
}

impl Sender {
    fn send(&mut self, symbols: &Symbols) -> Flow {
        let mut next = self.back.try_recv().unwrap_or_default();
        next.events.clear();
        next.texts.clear();
        (next.begins_long, next.ends_part, next.record, next.border) = (false, false, None, None);
        std::mem::swap(&mut self.chunk, &mut next);
        next.texts.extend(symbols.since(self.told).iter().cloned());
        self.told = symbols.len();
        // An error means that nobody listens any more.
        if self.out.send(next).is_err() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }
}

impl Sink for Sender {
    fn begin_generation(&mut self, g: &tracewell_wire::Generation, _stage: &mut Stage<'_>) {
        self.names = SymCache::default();
        self.chunk.begins_long = has_record(g, self.place_every);
    }

    fn place_every(&self) -> u64 {
        self.place_every
    }

    fn place(&mut self, stage: &mut Stage<'_>) {
        self.chunk.ends_part = true;
        // When nobody listens any more, the next event is told so.
        let _ = self.send(stage.symbols);
    }

    fn recorded(&mut self, record: Record) {
        self.chunk.record = Some(record);
    }

    #[inline]
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        let name = match e.kind {
            Kind::GoTransition { own_stack, .. } if own_stack != 0 => {
                bottom(&mut self.names, own_stack, stage)
            }
            _ => Sym::EMPTY,
        };
        self.chunk.events.push((*e, name));
        if self.chunk.events.len() < CHUNK_EVENTS {
            ControlFlow::Continue(())
        } else {
            self.send(stage.symbols)
        }
    }

    fn end_generation(&mut self, s: &GenerationSummary, carry: &Carry, stage: &mut Stage<'_>) -> Flow {
        self.cut(s, carry, None, stage)
    }

    fn border(
        &mut self,
        s: &GenerationSummary,
        carry: &Carry,
        resume: &dyn Fn() -> Resume,
        stage: &mut Stage<'_>,
    ) -> Flow {
        // A border costs memory, so only those are told that will end a segment.
        if s.end - self.segment_start < SEGMENT_BYTES {
            return ControlFlow::Continue(());
        }
        self.cut(s, carry, Some(resume()), stage)
    }
}

impl Sender {
    fn cut(
        &mut self,
        s: &GenerationSummary,
        carry: &Carry,
        resume: Option<Resume>,
        stage: &mut Stage<'_>,
    ) -> Flow {
        if s.end - self.segment_start >= SEGMENT_BYTES {
            self.segment_start = s.end;
        }
        let ends_generation = resume.is_none();
        self.chunk.border = Some(Border { summary: s.clone(), carry: *carry, resume, ends_generation });
        self.send(stage.symbols)
    }
}

pub(crate) fn bottom_function(stack: u64, stage: &mut Stage<'_>) -> Sym {
    let function = stage.tables.bottom(stage.bytes, stack);
    let name = stage.tables.string(stage.bytes, function).unwrap_or_default();
    stage.symbols.intern(&String::from_utf8_lossy(name))
}

/// What is known where chunks begin.
pub(crate) struct From {
    /// Texts that are known already.
    pub told: usize,
    /// Where the segment that is read begins.
    pub segment_start: u64,
    /// Events of a part.
    pub place_every: u64,
}

/// Orders the next generation of `reader` on a thread of its own and hands its chunks to `take` on this one, until `take`
/// answers false. `told`: texts that are known already; `place_every`: events of a part. Answers as `Reader::next_generation`.
pub fn run(
    reader: &mut Reader<'_>,
    told: usize,
    place_every: u64,
    take: impl FnMut(&mut Chunk) -> bool,
) -> Result<Option<Flow>> {
    let from = From { told, segment_start: reader.pos(), place_every };
    let order = |sender: &mut Sender| {
        let done = reader.next_generation(sender);
        let _ = sender.send(reader.symbols());
        done
    };
    beside(from, order, take)
}

/// Runs `order` on a thread of its own, and hands what it sends to `take` on this one, until `take` answers false.
pub(crate) fn beside<T: Send>(
    from: From,
    order: impl FnOnce(&mut Sender) -> T + Send,
    mut take: impl FnMut(&mut Chunk) -> bool,
) -> T {
    let (out, chunks) = sync_channel::<Chunk>(CHUNKS);
    let (give_back, back) = sync_channel::<Chunk>(CHUNKS + 2);
    let From { told, segment_start, place_every } = from;
    let (chunk, names) = (Chunk::default(), SymCache::default());
    std::thread::scope(|scope| {
        let ordering = scope
            .spawn(move || order(&mut Sender { chunk, out, back, told, segment_start, place_every, names }));
        for mut chunk in chunks.iter() {
            let go_on = take(&mut chunk);
            let _ = give_back.try_send(chunk);
            if !go_on {
                break;
            }
        }
        drop(chunks);
        match ordering.join() {
            Ok(done) => done,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}
