//! Generations ordered side by side, and handed on one after the other.
//!
//! ```text
//! worker 1   [ generation 0 ]      [ generation 2 ]
//! worker 2       [ generation 1 ]        [ generation 3 ]
//! this           fold 0   fold 1   fold 2   fold 3            in order; a claim that is not true: read again in sequence
//! ```
//! Each worker feeds a sink of its own; what the sinks gathered is folded in the order of the trace. Of the events that a
//! sink sees in a generation read alone, these differ from the ones of `Reader::run`:
//! - first mentions come from `Undetermined`, and show the thread's context as far as the generation itself told it;
//! - a processor whose system call is soon lost is first told as running, on the thread that takes it;
//! - the end of a task that began earlier has neither name nor parent;
//! - texts (`Sym`) are the worker's: `Step::Alone` has the table to translate them.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use tracewell_source::Result;
use tracewell_wire::{BatchKind, Cursor, End, Format, Generation, Header, Tables, scan};

use crate::event::Event;
use crate::reader::{Alone, Carry, Flow, GenerationSummary, Reader, Sink, Stage};
use crate::record::Record;
use crate::symbols::Sym;

/// What parts under way may take together, and what one takes: all, and for each goroutine that lives.
const BYTES_UNDER_WAY: usize = 160 << 20;
const BYTES_A_PART: usize = 8 << 20;
const BYTES_A_GOROUTINE: usize = 160;

/// What is to be done next, in the order of the trace.
pub enum Step<'s, 'r, S> {
    /// A generation was read alone; its texts by place in its own table, as `reader.symbols()` has them.
    Alone { reader: &'s Reader<'r>, sink: S, symbols: Vec<Sym> },
    /// The next generation is to be read here, by `next_generation`, whose answer is to be returned.
    InSequence(&'s mut Reader<'r>),
}

/// A generation that is to be read by itself.
pub struct Job<'a> {
    bytes: &'a [u8],
    header: Header,
    generation: Generation,
    begun: Carry,
    stop: &'a AtomicBool,
}

impl Job<'_> {
    /// Reads it. None: it is damaged, or nobody wants it any more.
    pub fn order(&self, sink: &mut impl Sink) -> Option<Alone> {
        let mut stoppable = Stoppable { sink, stop: self.stop };
        Reader::alone(self.bytes, self.header, &self.generation, self.begun, &mut stoppable)
    }

    /// Behind it is nothing: the other threads soon have nothing to do.
    pub fn is_last(&self) -> bool {
        self.generation.end >= self.bytes.len() as u64
    }
}

type Done<S> = (u64, Option<Alone>, S);

/// Looks whether anybody still wants it.
struct Stoppable<'a, S> {
    sink: &'a mut S,
    stop: &'a AtomicBool,
}

impl<S: Sink> Sink for Stoppable<'_, S> {
    #[inline]
    fn event(&mut self, event: &Event, stage: &mut Stage<'_>) -> Flow {
        self.sink.event(event, stage)
    }
    #[inline]
    fn events(&mut self, events: &[Event], stage: &mut Stage<'_>) -> Flow {
        if self.stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        self.sink.events(events, stage)
    }
    fn begin_generation(&mut self, generation: &Generation, stage: &mut Stage<'_>) {
        self.sink.begin_generation(generation, stage);
    }
    fn end_generation(&mut self, summary: &GenerationSummary, carry: &Carry, stage: &mut Stage<'_>) -> Flow {
        self.sink.end_generation(summary, carry, stage)
    }
    fn place_every(&self) -> u64 {
        self.sink.place_every()
    }
    fn place(&mut self, stage: &mut Stage<'_>) {
        self.sink.place(stage);
    }
    fn recorded(&mut self, record: Record) {
        self.sink.recorded(record);
    }
}

/// Gathers in generations that are read side by side, and folds what was gathered. Called on one thread.
pub trait Fold {
    /// Fed with the events of one generation, on another thread.
    type Part: Sink + Send;
    /// The sink of a generation that could be read alone, asked for in the order of the trace. None: it is to be read in
    /// sequence. `begun` and `ends`: times and counts at its begin and behind it, as far as they can be told beforehand.
    fn part(&mut self, generation: &Generation, begun: &Carry, ends: &Carry) -> Option<Self::Part>;
    /// Reads a generation into its part, on another thread; as `Job::order`.
    fn feed(part: &mut Self::Part, job: &Job<'_>) -> Option<Alone> {
        job.order(part)
    }
    /// Whether the part goes with what was folded so far; else its generation is read in sequence.
    fn fits(&mut self, _part: &Self::Part) -> bool {
        true
    }
    /// The next generation in the order of the trace. Answers as `Reader::next_generation`.
    fn step(&mut self, step: Step<'_, '_, Self::Part>) -> Result<Option<Flow>>;
}

/// Reads all generations of `reader`, which is at the begin of its trace, `threads` at a time, into `fold`. The outcome is
/// the last answer of `Fold::step`; end with `Reader::close`. At most `threads + 1` parts and generations are held at once,
/// fewer where very many goroutines live.
/// Cost: a pass over the file, over `threads` cores; what is read again in sequence on top.
pub fn run<F: Fold>(reader: &mut Reader<'_>, threads: usize, fold: &mut F) -> Result<Option<Flow>> {
    let stop = AtomicBool::new(false);
    let (jobs, queue) = sync_channel::<(Job<'_>, F::Part)>(threads + 1);
    let (give, results) = sync_channel::<Done<F::Part>>(threads + 1);
    let queue = Mutex::new(queue);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (give, queue) = (give.clone(), &queue);
            scope.spawn(move || work(queue, &give, F::feed));
        }
        drop(give);
        let mut ahead = Ahead::new(reader, threads + 1);
        let outcome = loop {
            ahead.most = at_once(reader, threads);
            ahead.send(&jobs, &stop, fold);
            let outcome = match ahead.take(reader.pos, &results) {
                Some((Some(alone), sink)) if fold.fits(&sink) => match reader.adopt(alone) {
                    Ok(symbols) => fold.step(Step::Alone { reader, sink, symbols }),
                    Err(()) => fold.step(Step::InSequence(reader)),
                },
                _ => fold.step(Step::InSequence(reader)),
            };
            ahead.passed(reader.pos);
            match outcome {
                Ok(Some(ControlFlow::Continue(()))) => {}
                other => break other,
            }
        };
        stop.store(true, Ordering::Relaxed);
        drop(jobs);
        drop(results);
        outcome
    })
}

/// Generations to have under way: a core each and one that waits to be folded, where memory allows it. Before the first
/// is there, nobody knows how many goroutines there are.
fn at_once(reader: &Reader<'_>, threads: usize) -> usize {
    if reader.carry().generations == 0 {
        return threads.clamp(1, 2);
    }
    let each = BYTES_A_PART + BYTES_A_GOROUTINE * reader.goroutines();
    (BYTES_UNDER_WAY / each).clamp(1, threads + 1)
}

fn work<'a, S: Sink>(
    queue: &Mutex<Receiver<(Job<'a>, S)>>,
    give: &SyncSender<Done<S>>,
    feed: impl Fn(&mut S, &Job<'a>) -> Option<Alone>,
) {
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((job, mut sink)) = job else { return };
        if job.stop.load(Ordering::Relaxed) {
            return;
        }
        let alone = feed(&mut sink, &job);
        if give.send((job.generation.start, alone, sink)).is_err() {
            return;
        }
    }
}

/// The generations that are found ahead of the one that is folded.
struct Ahead<'a, S> {
    bytes: &'a [u8],
    header: Header,
    /// Where the next generation begins; None: no more can be read alone.
    pos: Option<u64>,
    begun: Carry,
    /// Begins of those under way, and which of them came back before their turn.
    sent: VecDeque<u64>,
    early: Vec<Done<S>>,
    most: usize,
}

impl<'a, S: Sink> Ahead<'a, S> {
    fn new(reader: &Reader<'a>, most: usize) -> Ahead<'a, S> {
        Ahead {
            bytes: reader.bytes,
            header: reader.header(),
            pos: (reader.header().format == Format::V2).then_some(reader.pos),
            begun: *reader.carry(),
            sent: VecDeque::new(),
            early: Vec::new(),
            most,
        }
    }

    fn send(
        &mut self,
        jobs: &SyncSender<(Job<'a>, S)>,
        stop: &'a AtomicBool,
        fold: &mut impl Fold<Part = S>,
    ) {
        while self.sent.len() < self.most
            && let Some(pos) = self.pos
        {
            self.pos = None;
            let Some(generation) = scan::generation_at(self.bytes, self.header, pos) else { return };
            let begun = self.begun;
            let next = expected(self.bytes, self.header, &generation, begun);
            if generation.ended_by == End::Closed
                && let Some(next) = next
            {
                self.pos = Some(generation.end);
                self.begun = next;
            }
            let Some(ends) = next else { return };
            // To be read in sequence: those behind it wait until it is passed.
            let Some(sink) = fold.part(&generation, &begun, &ends) else { return };
            self.sent.push_back(generation.start);
            let job = Job { bytes: self.bytes, header: self.header, generation, begun, stop };
            if jobs.send((job, sink)).is_err() {
                return;
            }
        }
    }

    /// The generation at `pos`, when it was read alone. Waits for it.
    fn take(&mut self, pos: u64, results: &Receiver<Done<S>>) -> Option<(Option<Alone>, S)> {
        if self.sent.front() != Some(&pos) {
            return None;
        }
        self.sent.pop_front();
        loop {
            if let Some(i) = self.early.iter().position(|d| d.0 == pos) {
                let (_, alone, sink) = self.early.swap_remove(i);
                return Some((alone, sink));
            }
            // Nobody sends any more when a worker panicked; the scope then passes the panic on.
            self.early.push(results.recv().ok()?);
        }
    }

    /// What was read up to `pos` in another way is not waited for.
    fn passed(&mut self, pos: u64) {
        while self.sent.front().is_some_and(|s| *s < pos) {
            if let Some(s) = self.sent.pop_front() {
                self.early.retain(|d| d.0 != s);
            }
        }
    }
}

/// Times and counts behind a generation, guessed from the last event of each thread; None where it has no clock.
/// Cost: the decoding of one batch a thread.
fn expected(bytes: &[u8], header: Header, generation: &Generation, begun: Carry) -> Option<Carry> {
    let tables = Tables::clock_only(bytes, header, generation)?;
    let start = tables.nanos(generation.min_ts());
    let mut carry = begun;
    let first = start.max(begun.last.checked_add(1)?);
    carry.zero.get_or_insert(first);
    carry.last = first.max(tables.cpu_samples.last().map_or(0, |s| s.time));
    let mut lasts = tracewell_source::SeededMap::default();
    for b in generation.batches.iter().filter(|b| b.kind == BatchKind::Events) {
        lasts.insert(b.m, *b);
    }
    for (m, batch) in lasts {
        let mut cursor = Cursor::new(m, vec![batch]);
        while let Ok(true) = cursor.next(bytes, &tables) {
            carry.last = carry.last.max(cursor.event.time);
        }
    }
    carry.syncs += 1;
    carry.generations += 1;
    Some(carry)
}
