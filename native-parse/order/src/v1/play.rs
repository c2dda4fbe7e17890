//! One trace from its first record to its last.
//!
//! 1. The walk over all records found tables and batches (`wire::v1::scan`).
//! 2. All events are judged once without being delivered: a trace that contradicts itself gives nothing, for its clock and
//!    its order are those of the whole.
//! 3. They are judged again and delivered, between the Sync of the only generation and the last one. Now and then a border
//!    is told: a copy of all state, from which reading can begin again.

use std::sync::Arc;

use tracewell_source::{Code, Result, TraceError};
use tracewell_wire::header::HEADER_LEN;
use tracewell_wire::v1::{Scan, scan};
use tracewell_wire::{End, Generation, Header};

use super::futile;
use super::merge::{File, Stream};
use super::rules::{Desk, READ_BY_GO, Rules};
use crate::event::{Event, Kind};
use crate::reader::{Carry, Flow, GenerationSummary, Reader, Sink, Stage};
use crate::symbols::SymCache;

/// Between two borders at least so many events, and so many for each goroutine and processor that a border has to keep.
const EVENTS_A_BORDER: u64 = 1 << 18;
const EVENTS_A_THING: u64 = 64;

/// A trace that was walked over.
struct Walked {
    scan: Scan,
    start: u64,
    /// Places of futile wakeups in the order.
    skip: Vec<u64>,
}

/// A place in a trace of Go before 1.22 where reading can begin again. Cheap to copy.
#[derive(Clone)]
pub struct Resume(Arc<Border>);

struct Border {
    walked: Arc<Walked>,
    state: Play,
}

/// Everything between two events.
#[derive(Clone)]
struct Play {
    stream: Stream,
    rules: Rules,
    /// Events before.
    place: u64,
    /// Futile ones before.
    skipped: usize,
}

/// A trace that is about to be played.
pub(crate) struct V1 {
    walked: Arc<Walked>,
    /// It was judged before.
    trusted: bool,
    from: Option<Resume>,
}

impl V1 {
    /// `start`: offset of the header. Errors: those of `scan`. Cost: one pass over the records.
    pub fn new(bytes: &[u8], head: Header, start: u64, trusted: bool) -> Result<Box<V1>> {
        let scan = scan(bytes, head, start)?;
        let skip = futile::find(bytes, &scan).map_err(|e| because(&scan, e))?;
        Ok(Box::new(V1 { walked: Arc::new(Walked { scan, start, skip }), trusted, from: None }))
    }

    pub fn resume(from: Resume) -> Box<V1> {
        Box::new(V1 { walked: from.0.walked.clone(), trusted: true, from: Some(from) })
    }

    pub fn trust(&mut self) {
        self.trusted = true;
    }
}

/// What stands before a damage may be its first sign: then the damage is told.
fn because(scan: &Scan, e: TraceError) -> TraceError {
    match &scan.ended_by {
        End::Damage(first) if e.offset.is_none_or(|o| o < scan.end) => TraceError {
            message: format!("{}, and the events before that contradict each other", first.message),
            ..first.clone()
        },
        _ => e,
    }
}

/// Damage behind the clock: all events were read.
fn behind_all(e: &TraceError) -> TraceError {
    let message = match e.code {
        Code::Truncated => format!("{}, behind all events; some stacks or names may be missing", e.message),
        _ => format!(
            "Behind its last event the file goes on with what no Go program writes, so something was appended to it, or \
             its end is damaged; all before is shown ({})",
            e.message
        ),
    };
    TraceError { message, ..e.clone() }
}

impl Play {
    fn new(f: File<'_>) -> Result<Play> {
        Ok(Play { stream: Stream::new(f)?, rules: Rules::new(), place: 0, skipped: 0 })
    }

    /// Judges the next event that is not left out and appends what it is called now. Ok(false): there is none.
    fn next(&mut self, walked: &Walked, desk: &mut Desk<'_>) -> Result<bool> {
        loop {
            let Some(raw) = self.stream.next(desk.file)? else { return Ok(false) };
            self.place += 1;
            if walked.skip.get(self.skipped) == Some(&(self.place - 1)) {
                self.skipped += 1;
                continue;
            }
            self.rules.apply(&raw, desk).map_err(|why| {
                TraceError::damaged(raw.offset, format!("The events contradict each other: {why}"))
            })?;
            return Ok(true);
        }
    }

    /// About where in the file, by the events that are behind: bytes of processors are interleaved, so nothing is exact.
    fn pos(&self, walked: &Walked) -> u64 {
        let first = walked.start + HEADER_LEN as u64;
        let part = self.place as f64 / walked.scan.events.max(1) as f64;
        (first + ((walked.scan.end - first) as f64 * part) as u64).min(walked.scan.end)
    }
}

impl Reader<'_> {
    /// Plays the whole trace, or the rest of it. Ok(None): another one follows in the file. Err: it is damaged behind its
    /// last event.
    pub(crate) fn play(&mut self, v1: &V1, sink: &mut impl Sink) -> Result<Option<Flow>> {
        let walked = &v1.walked;
        let scan = &walked.scan;
        if !v1.trusted {
            self.judge(walked).map_err(|e| because(scan, e))?;
        }
        self.keeps_ties = scan.header.minor < READ_BY_GO;
        let mut play = match &v1.from {
            Some(from) => from.0.state.clone(),
            None => {
                if self.begin(walked, sink).is_break() {
                    return Ok(Some(Flow::Break(())));
                }
                Play::new(File { bytes: self.bytes, scan })?
            }
        };
        if self.deliver(walked, &mut play, sink)?.is_break() {
            return Ok(Some(Flow::Break(())));
        }
        self.pos = scan.end;
        self.carry.generations = 1;
        let (summary, carry) = (self.summary(walked, scan.end), self.carry);
        let tables = &scan.tables;
        let mut stage = Stage { bytes: self.bytes, tables, symbols: &mut self.symbols, generation: 0 };
        let flow = sink.end_generation(&summary, &carry, &mut stage);
        match &scan.ended_by {
            End::Damage(e) => Err(behind_all(e)),
            End::NextTrace => {
                self.next_trace = Some(scan.end);
                Ok(if flow.is_break() { Some(flow) } else { None })
            }
            _ => Ok(Some(flow)),
        }
    }

    /// Judges all events and delivers none.
    fn judge(&mut self, walked: &Walked) -> Result<()> {
        let file = File { bytes: self.bytes, scan: &walked.scan };
        let mut play = Play::new(file)?;
        let (mut syms, mut out) = (SymCache::default(), Vec::new());
        let mut desk = Desk { file, symbols: &mut self.symbols, syms: &mut syms, out: &mut out };
        while play.next(walked, &mut desk)? {
            desk.out.clear();
        }
        if play.place == 0 { Err(no_events(&walked.scan)) } else { Ok(()) }
    }

    /// The Sync before all events; the reference puts it 1 ns before the first.
    fn begin(&mut self, walked: &Walked, sink: &mut impl Sink) -> Flow {
        let zero = -i64::from(!self.keeps_ties);
        self.carry = Carry { zero: Some(zero), last: 0, syncs: 1, generations: 0 };
        let scan = &walked.scan;
        let generation = Generation {
            number: 1,
            start: walked.start,
            end: scan.end,
            batches: Vec::new(),
            ended_by: scan.ended_by.clone(),
        };
        let tables = &scan.tables;
        let mut stage = Stage { bytes: self.bytes, tables, symbols: &mut self.symbols, generation: 0 };
        sink.begin_generation(&generation, &mut stage);
        let kind = Kind::Sync { number: 1, clock: None };
        sink.event(&Event { time: 0, m: -1, p: -1, g: -1, kind }, &mut stage)
    }

    fn deliver(&mut self, walked: &Arc<Walked>, play: &mut Play, sink: &mut impl Sink) -> Result<Flow> {
        let (bytes, scan) = (self.bytes, &walked.scan);
        let (file, tables) = (File { bytes, scan }, &scan.tables);
        let (mut syms, mut queue) = (SymCache::default(), Vec::new());
        let mut border = play.place + EVENTS_A_BORDER;
        loop {
            let mut desk = Desk { file, symbols: &mut self.symbols, syms: &mut syms, out: &mut queue };
            if !play.next(walked, &mut desk)? {
                return Ok(Flow::Continue(()));
            }
            for mut event in queue.drain(..) {
                event.time = self.repair(event.time);
                let mut stage = Stage { bytes, tables, symbols: &mut self.symbols, generation: 0 };
                if sink.event(&event, &mut stage).is_break() {
                    return Ok(Flow::Break(()));
                }
            }
            if play.place >= border && !play.rules.is_initial() {
                border = play.place + EVENTS_A_BORDER.max(EVENTS_A_THING * play.stream.size() as u64);
                self.pos = play.pos(walked);
                let (summary, carry) = (self.summary(walked, self.pos), self.carry);
                let resume = || Resume(Arc::new(Border { walked: walked.clone(), state: play.clone() }));
                let mut stage = Stage { bytes, tables, symbols: &mut self.symbols, generation: 0 };
                if sink.border(&summary, &carry, &resume, &mut stage).is_break() {
                    return Ok(Flow::Break(()));
                }
            }
        }
    }

    fn summary(&self, walked: &Walked, end: u64) -> GenerationSummary {
        let to_nanos = self.carry.last - self.carry.zero.unwrap_or(0);
        GenerationSummary { start: walked.start, end, number: 1, from_nanos: 0, to_nanos }
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
