//! The loop over generations.
//!
//! 1. Find the batches of the next generation (`wire::scan`) and load its tables.
//! 2. Put a cursor for each thread, in order of first appearance, into the frontier.
//! 3. Deliver a Sync at the generation's begin.
//! 4. Deliver the next CPU sample where it is earlier than all threads; else let the earliest thread advance, or, when
//!    the rules forbid it now, the others in order of time. When none can, the trace is broken.
//! 5. Repair times: each delivered event is later than the one before.
//! 6. At the end, or at damage, deliver a last Sync.

use std::ops::ControlFlow;

use tracewell_source::{Code, Result, SeededMap, TraceError};
use tracewell_wire::header::HEADER_LEN;
use tracewell_wire::{BatchKind, Cursor, End, Format, Generation, Header, Tables, scan};

use crate::event::{Event, Kind};
use crate::frontier::{Frontier, Lane, NO_THREAD};
use crate::record::{Record, Recorder};
use crate::rules::Judge;
use crate::state::State;
use crate::steps::{LOOKS, LOOKS_A_BYTE, Queue, Steps};
use crate::symbols::{Sym, SymCache, Symbols};
use crate::v1::{Resume, V1};

/// A hundred and forty years after the clock's begin, times can soon no longer be told apart.
const LAST_NANOS: i64 = 1 << 62;

/// What a sink may look at beside the event.
pub struct Stage<'a> {
    pub bytes: &'a [u8],
    pub tables: &'a Tables,
    pub symbols: &'a mut Symbols,
    /// Place of the generation in the file, from 0.
    pub generation: u32,
}

pub type Flow = ControlFlow<()>;

/// Receives the events in order.
pub trait Sink {
    /// Break stops the reader; it is not asked again.
    fn event(&mut self, event: &Event, stage: &mut Stage<'_>) -> Flow;
    /// Some events, one behind the other. Break stops the reader; it is not asked again.
    #[inline]
    fn events(&mut self, events: &[Event], stage: &mut Stage<'_>) -> Flow {
        for event in events {
            self.event(event, stage)?;
        }
        Flow::Continue(())
    }
    /// Before the Sync of a generation.
    fn begin_generation(&mut self, _generation: &Generation, _stage: &mut Stage<'_>) {}
    /// After the last event of a whole generation; `carry` is what the next one begins with. Break stops the reader.
    fn end_generation(
        &mut self,
        _summary: &GenerationSummary,
        _carry: &Carry,
        _stage: &mut Stage<'_>,
    ) -> Flow {
        Flow::Continue(())
    }
    /// How many events apart the places of a record are to be; 0: no record is wanted.
    fn place_every(&self) -> u64 {
        0
    }
    /// Inside of a long generation, between two events: a part of its record begins here (`record`).
    fn place(&mut self, _stage: &mut Stage<'_>) {}
    /// The order of a long generation, behind its last event; of a damaged one, as far as it was read.
    fn recorded(&mut self, _record: Record) {}
    /// Inside of a generation, a place where reading can begin again (`Reader::resume`). Only traces of Go before 1.22 have
    /// them. `summary.end` is about where in the file. Break stops the reader. Cost: that of `resume`, a copy of all
    /// state, where it is called.
    fn border(
        &mut self,
        _summary: &GenerationSummary,
        _carry: &Carry,
        _resume: &dyn Fn() -> Resume,
        _stage: &mut Stage<'_>,
    ) -> Flow {
        Flow::Continue(())
    }
}

/// Where a generation lies and how it was read.
#[derive(Clone, Debug)]
pub struct GenerationSummary {
    pub start: u64,
    pub end: u64,
    pub number: u64,
    /// Time of its Sync and of its last event, ns since the trace's first event.
    pub from_nanos: i64,
    pub to_nanos: i64,
}

/// What passes from one generation to the next beside the scheduler's state.
#[derive(Clone, Copy, Debug, Default)]
pub struct Carry {
    /// Absolute ns of the trace's first event.
    pub zero: Option<i64>,
    /// Absolute ns of the last delivered event.
    pub last: i64,
    pub syncs: u32,
    pub generations: u32,
}

/// Reads one trace of a file: from its header to its end, or to the header of the next.
pub struct Reader<'a> {
    pub(crate) bytes: &'a [u8],
    header: Header,
    pub(crate) pos: u64,
    state: State,
    pub(crate) symbols: Symbols,
    pub(crate) carry: Carry,
    /// Where reading ended before the end of the file.
    damage: Option<TraceError>,
    pub(crate) next_trace: Option<u64>,
    /// A trace of Go before 1.22, until it was played.
    v1: Option<Box<V1>>,
    /// Equal times stay equal: Go before 1.11, whose parser had it so.
    pub(crate) keeps_ties: bool,
    /// The highest number of a generation so far.
    highest: u64,
}

/// A whole generation that was read by itself (`parallel`).
pub struct Alone {
    /// What was taken for granted about times, and what they came to.
    begun: Carry,
    ended: Carry,
    number: u64,
    /// Absolute ns of its begin, as its batches say.
    start_nanos: i64,
    state: State,
    symbols: Symbols,
    end: u64,
}

/// One cursor for each thread with events, in order of first appearance. `begun`: each at its first event, and in the
/// frontier; else the frontier is still to be filled (`Frontier::seat`).
pub(crate) fn frontier_of(
    bytes: &[u8],
    generation: &Generation,
    tables: &Tables,
    begun: bool,
) -> Result<Frontier> {
    let mut order: Vec<(u64, Vec<scan::Batch>)> = Vec::new();
    let mut place: SeededMap<u64, usize> = SeededMap::default();
    for b in generation.batches.iter().filter(|b| b.kind == BatchKind::Events) {
        let i = *place.entry(b.m).or_insert_with(|| {
            order.push((b.m, Vec::new()));
            order.len() - 1
        });
        order[i].1.push(*b);
    }
    let mut frontier = Frontier::default();
    for (m, batches) in order {
        let mut cursor = Cursor::new(m, batches);
        // A thread without events has no state: made at its first event, as `rules` expects.
        if !begun {
            frontier.keep(Lane { cursor, thread: NO_THREAD });
        } else if cursor.next(bytes, tables)? {
            frontier.insert(Lane { cursor, thread: NO_THREAD });
        }
    }
    Ok(frontier)
}

impl<'a> Reader<'a> {
    /// `start`: offset of the trace's header. Errors: those of `header::read`; TRUNCATED, DAMAGED for a trace of Go
    /// before 1.22 whose clock cannot be found. Cost: O(1); before Go 1.22 a pass over all records.
    pub fn new(bytes: &'a [u8], start: u64) -> Result<Reader<'a>> {
        let header = tracewell_wire::header::read(&bytes[start as usize..])?;
        let pos = start + tracewell_wire::header::HEADER_LEN as u64;
        let mut reader = Reader::at_generation(bytes, header, pos, Carry::default(), Symbols::default());
        if header.format == Format::V1 {
            reader.v1 = Some(V1::new(bytes, header, start, false)?);
        }
        Ok(reader)
    }

    /// A reader of one generation by itself, with what earlier ones left: its times are the same as in the whole, its
    /// states begin as Undetermined. A trace of Go before 1.22 is one generation.
    pub fn at_generation(
        bytes: &'a [u8],
        header: Header,
        start: u64,
        carry: Carry,
        symbols: Symbols,
    ) -> Reader<'a> {
        Reader {
            bytes,
            header,
            pos: start,
            state: State::default(),
            symbols,
            carry,
            damage: None,
            next_trace: None,
            v1: None,
            keeps_ties: false,
            highest: 0,
        }
    }

    /// Reads one whole generation by itself: all but the first write down what they take for granted. `begun`: times and
    /// counts as the one before leaves them, as far as known. None: it is damaged, or the sink stopped.
    pub(crate) fn alone(
        bytes: &'a [u8],
        header: Header,
        generation: &Generation,
        begun: Carry,
        sink: &mut impl Sink,
    ) -> Option<Alone> {
        if !generation.is_whole(header) || !matches!(generation.ended_by, End::Closed | End::Eof) {
            return None;
        }
        let mut reader = Reader::at_generation(bytes, header, generation.start, begun, Symbols::default());
        if begun.generations > 0 {
            reader.state.claims = Some(Box::default());
        }
        let tables = Tables::load(bytes, header, generation).ok()?;
        let start_nanos = tables.nanos(generation.min_ts());
        let flow = reader.order_generation(generation, &tables, sink).ok()?;
        if flow.is_break() {
            return None;
        }
        reader.carry.generations += 1;
        Some(Alone {
            begun,
            ended: reader.carry,
            number: generation.number,
            start_nanos,
            state: reader.state,
            symbols: reader.symbols,
            end: generation.end,
        })
    }

    /// Goes on behind a generation that was read by itself. Ok: its texts in this reader's table, by place. Err(()): it
    /// took something for granted that is not so; nothing was changed, and it is to be read in sequence.
    pub(crate) fn adopt(&mut self, alone: Alone) -> std::result::Result<Vec<Sym>, ()> {
        let (was, is) = (alone.begun, self.carry);
        // The last time matters where the generation begins before it: its first events are then moved behind.
        let same_last = was.last == is.last || was.last.max(is.last) < alone.start_nanos;
        if was.zero != is.zero || was.syncs != is.syncs || was.generations != is.generations || !same_last {
            return Err(());
        }
        if is.generations > 0 && alone.number <= self.highest {
            return Err(());
        }
        if is.generations == 0 {
            self.state = alone.state;
            self.symbols = alone.symbols;
            self.carry = alone.ended;
            self.highest = alone.number;
            self.pos = alone.end;
            return Ok((0..self.symbols.len() as u32).map(Sym).collect());
        }
        let texts = alone.symbols.since(0);
        let known: Vec<Option<Sym>> = texts.iter().map(|t| self.symbols.find(t)).collect();
        // Texts are added only when the claims hold, so the state is taken over with places that are still to come.
        let mut next = self.symbols.len() as u32;
        let places: Vec<Sym> = known
            .iter()
            .map(|k| {
                k.unwrap_or_else(|| {
                    next += 1;
                    Sym(next - 1)
                })
            })
            .collect();
        if !self.state.adopt(alone.state, |s| places.get(s.0 as usize).copied().unwrap_or_default()) {
            return Err(());
        }
        for t in texts {
            self.symbols.intern(t);
        }
        self.carry = alone.ended;
        self.highest = alone.number;
        self.pos = alone.end;
        Ok(places)
    }

    /// A reader that goes on from a border, with what earlier events left: all of it is the same as in the whole.
    pub fn resume(
        bytes: &'a [u8],
        header: Header,
        from: Resume,
        start: u64,
        carry: Carry,
        symbols: Symbols,
    ) -> Reader<'a> {
        let mut reader = Reader::at_generation(bytes, header, start, carry, symbols);
        reader.v1 = Some(V1::resume(from));
        reader
    }

    /// For a first look: a trace of Go before 1.22 that contradicts itself is then only felt where it does.
    pub fn trust(&mut self) {
        if let Some(v1) = &mut self.v1 {
            v1.trust();
        }
    }

    /// The trace of Go before 1.22 that begins at `pos` and was not played yet.
    fn take_v1(&mut self) -> Result<Option<Box<V1>>> {
        if self.v1.is_some() {
            return Ok(self.v1.take());
        }
        // Begun in the middle: what was read before is not judged again. Only its begin is such a place.
        let Some(start) = self.pos.checked_sub(HEADER_LEN as u64) else { return Ok(None) };
        let here = self.bytes.get(start as usize..).and_then(tracewell_wire::header::minor_at);
        if self.carry.generations > 0 || here != Some(self.header.minor) {
            return Ok(None);
        }
        V1::new(self.bytes, self.header, start, true).map(Some)
    }

    /// With texts that are known already, where nothing was read yet.
    pub fn with_symbols(mut self, symbols: Symbols) -> Reader<'a> {
        self.symbols = symbols;
        self
    }

    pub fn header(&self) -> Header {
        self.header
    }
    /// Goroutines that live.
    pub(crate) fn goroutines(&self) -> usize {
        self.state.goroutines.len()
    }
    pub fn carry(&self) -> &Carry {
        &self.carry
    }
    pub fn symbols(&self) -> &Symbols {
        &self.symbols
    }
    pub fn damage(&self) -> Option<&TraceError> {
        self.damage.as_ref()
    }
    /// Offset of the header of another trace behind this one.
    pub fn next_trace(&self) -> Option<u64> {
        self.next_trace
    }
    /// All before this offset was read.
    pub fn pos(&self) -> u64 {
        self.pos
    }
    pub fn into_symbols(self) -> Symbols {
        self.symbols
    }

    /// Reads all generations and delivers the last Sync. Errors: TRUNCATED, DAMAGED when nothing at all can be shown;
    /// damage behind a good part is kept in `damage` instead. Ok(false): the sink stopped it.
    pub fn run(&mut self, sink: &mut impl Sink) -> Result<bool> {
        let outcome = loop {
            match self.next_generation(sink) {
                Ok(Some(Flow::Continue(()))) => {}
                other => break other,
            }
        };
        self.close(outcome, sink)
    }

    /// The end of `run`: `outcome` is the last answer of `next_generation`.
    pub fn close(&mut self, outcome: Result<Option<Flow>>, sink: &mut impl Sink) -> Result<bool> {
        match outcome {
            Ok(Some(_)) => return Ok(false),
            Ok(None) => {}
            Err(e) => self.damage = Some(e),
        }
        if self.carry.generations == 0 && self.carry.zero.is_none() {
            return Err(self.damage.take().unwrap_or_else(|| {
                TraceError::at(
                    Code::Truncated,
                    self.bytes.len() as u64,
                    "The trace ends right after its header; the program ended before the first events were written, \
                     so record it again and call trace.Stop before it exits",
                )
            }));
        }
        self.last_sync(sink);
        Ok(true)
    }

    fn last_sync(&mut self, sink: &mut impl Sink) {
        let tables = Tables::none();
        self.carry.syncs += 1;
        let number = self.carry.syncs;
        let time = self.repair(self.carry.last);
        let mut stage = Stage {
            bytes: self.bytes,
            tables: &tables,
            symbols: &mut self.symbols,
            generation: self.carry.generations.saturating_sub(1),
        };
        let event = Event { time, m: -1, p: -1, g: -1, kind: Kind::Sync { number, clock: None } };
        let _ = sink.event(&event, &mut stage);
    }

    /// Orders the next generation. None: there is none. Err: it is damaged; what came before the damage was delivered.
    pub fn next_generation(&mut self, sink: &mut impl Sink) -> Result<Option<Flow>> {
        if self.header.format == Format::V1 {
            return match self.take_v1()? {
                Some(v1) => self.play(&v1, sink),
                None => Ok(None),
            };
        }
        let Some(generation) = scan::generation_at(self.bytes, self.header, self.pos) else {
            return Ok(None);
        };
        match &generation.ended_by {
            End::Damage(e) if generation.batches.is_empty() => return Err(e.clone()),
            End::NextTrace => self.next_trace = Some(generation.end),
            _ => {}
        }
        if generation.batches.is_empty() && !matches!(generation.ended_by, End::Closed) {
            return Ok(None);
        }
        if !generation.is_whole(self.header) {
            let why = generation.cut().unwrap_or_else(|| {
                TraceError::at(
                    Code::Truncated,
                    generation.end,
                    format!(
                        "The file ends inside part {} of the trace, which begins at byte {}; a part takes about a second, and \
                         its end is written when it is over or by trace.Stop",
                        self.carry.generations + 1,
                        generation.start
                    ),
                )
            });
            return self.order_cut(&generation, why, sink);
        }
        let tables = match Tables::load(self.bytes, self.header, &generation) {
            // Before Go 1.26 the last generation may as well be a part of one, whose stacks and texts were still to come.
            Ok(tables) if generation.ended_by != End::Closed && !self.header.has_end_marks() => {
                tables.allow_missing()
            }
            Ok(tables) => tables,
            // Before Go 1.26 a missing table is how one feels that the file ends here, or stops making sense.
            Err(e) if generation.ended_by != End::Closed => {
                return self.order_cut(&generation, generation.cut().unwrap_or(e), sink);
            }
            Err(e) => return Err(e),
        };
        let flow = self.order_generation(&generation, &tables, sink).map_err(|e| {
            let unfinished = || TraceError {
                code: Code::Truncated,
                message: format!(
                    "The last part of the trace is incomplete, as when the program is killed while it writes. {}",
                    e.message
                ),
                ..e.clone()
            };
            match generation.ended_by {
                End::Eof => unfinished(),
                _ => generation.cut().unwrap_or(e),
            }
        })?;
        if tables.has_missed() {
            return Err(generation.cut().unwrap_or_else(|| {
                TraceError::at(
                    Code::Truncated,
                    generation.end,
                    "The last part of the trace is incomplete, as when the program is killed while it writes: stacks and \
                     texts of its end are missing",
                )
            }));
        }
        self.pos = generation.end;
        self.carry.generations += 1;
        self.highest = self.highest.max(generation.number);
        match generation.ended_by {
            End::Damage(e) => Err(e),
            End::NextTrace => Ok(None),
            _ => Ok(Some(flow)),
        }
    }

    /// Delivers what can be put in order of a generation that was cut off: its events as far as they agree with each other,
    /// under a Sync without a clock. Answers why it was cut, or that the sink stopped.
    fn order_cut(
        &mut self,
        generation: &Generation,
        why: TraceError,
        sink: &mut impl Sink,
    ) -> Result<Option<Flow>> {
        let events = generation.batches.iter().filter(|b| b.kind == BatchKind::Events).count();
        let Some(tables) = Tables::of_cut(self.bytes, self.header, generation).filter(|_| events > 0) else {
            return Err(why);
        };
        let is_first = self.carry.zero.is_none();
        let sync = if is_first { tables.nanos(generation.min_ts()).max(1) } else { self.carry.last + 1 };
        let flow = self.order_generation(generation, &tables, sink);
        if let Ok(Flow::Break(())) = flow {
            return Ok(Some(Flow::Break(())));
        }
        // Where they no longer agree is where the cut is first felt: no damage of its own.
        if self.carry.last <= sync {
            if is_first {
                // A trace of a Sync alone shows nothing: then only why is told.
                self.carry.zero = None;
            }
            return Err(why);
        }
        let shown = "What could be put in order of that part is shown; names and stacks stand at its end and are missing";
        Err(TraceError { message: format!("{}. {shown}", why.message), ..why })
    }

    fn order_generation(
        &mut self,
        generation: &Generation,
        tables: &Tables,
        sink: &mut impl Sink,
    ) -> Result<Flow> {
        let bytes = self.bytes;
        let frontier = frontier_of(bytes, generation, tables, true)?;
        let first = self.carry.generations == 0 && self.state.claims.is_none();
        self.state.odd = false;
        if !frontier.is_empty() {
            self.state.initial_generation.get_or_insert(generation.number);
        }
        let recorder = Recorder::new(generation, first, sink.place_every());
        let generation_ix = self.carry.generations;

        let start = tables.nanos(generation.min_ts());
        if start >= LAST_NANOS {
            return Err(TraceError::damaged(
                generation.start,
                "The time of a batch lies outside of what a clock can show",
            ));
        }
        self.carry.syncs += 1;
        // What was cut off is told as the reference tells the end of what came before: right behind it.
        let was_cut = tables.has_missed();
        let follows = was_cut && self.carry.zero.is_some();
        let time = self.repair(if follows { self.carry.last } else { start });
        {
            let mut stage = Stage { bytes, tables, symbols: &mut self.symbols, generation: generation_ix };
            sink.begin_generation(generation, &mut stage);
            let kind = Kind::Sync { number: self.carry.syncs, clock: tables.clock };
            if sink.event(&Event { time, m: -1, p: -1, g: -1, kind }, &mut stage).is_break() {
                return Ok(Flow::Break(()));
            }
        }
        let from_nanos = time;
        let mut syms = SymCache::default();
        let judge = Judge {
            state: &mut self.state,
            symbols: &mut self.symbols,
            syms: &mut syms,
            tables,
            bytes,
            generation: generation.number,
            out: Queue::default(),
            thread: NO_THREAD,
        };
        let looks = LOOKS + LOOKS_A_BYTE * (generation.end - generation.start);
        let carry = &mut self.carry;
        let mut steps = Steps { judge, carry, frontier, recorder, looks, generation: generation_ix, was_cut };
        let done = steps.run(sink);
        let recorder = steps.recorder;
        match done {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(())) => return Ok(Flow::Break(())),
            Err(e) => {
                if !tables.has_missed() {
                    self.recorded(recorder, generation.number, first, sink);
                }
                return Err(e);
            }
        }
        if tables.has_missed() {
            // Not recorded: what replays a record wants all tables.
            return Ok(Flow::Continue(()));
        }
        self.recorded(recorder, generation.number, first, sink);
        let summary = GenerationSummary {
            start: generation.start,
            end: generation.end,
            number: generation.number,
            from_nanos,
            to_nanos: self.carry.last - self.carry.zero.unwrap_or(0),
        };
        let carry = Carry { generations: generation_ix + 1, ..self.carry };
        let mut stage = Stage { bytes, tables, symbols: &mut self.symbols, generation: generation_ix };
        Ok(sink.end_generation(&summary, &carry, &mut stage))
    }

    fn recorded(&mut self, recorder: Recorder, number: u64, first: bool, sink: &mut impl Sink) {
        // What a generation calls known although it is the first, or new although it is not, no replay can tell.
        let initial = self.state.claims.is_none() && self.state.initial_generation == Some(number);
        if let Some(record) = recorder.end(self.state.odd || initial != first) {
            sink.recorded(record);
        }
    }

    /// Absolute ns as read to ns since the first event, strictly later than the last.
    #[inline]
    pub(crate) fn repair(&mut self, time: i64) -> i64 {
        if self.keeps_ties {
            self.carry.last = self.carry.last.max(time);
            return self.carry.last;
        }
        self.carry.repair(time)
    }
}

impl Carry {
    /// As `Reader::repair`, where no two times are equal.
    #[inline(always)]
    pub(crate) fn repair(&mut self, time: i64) -> i64 {
        // The reference begins at 0 too, so a clock that reads 0 is moved to 1.
        let time = if time <= self.last { self.last.saturating_add(1) } else { time };
        let zero = *self.zero.get_or_insert(time);
        self.last = time;
        time.saturating_sub(zero)
    }
}
