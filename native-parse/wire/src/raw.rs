//! One thread's events of one generation, in the order the thread wrote them.

use tracewell_source::{Code, Result, TraceError};

use crate::events::{ARG_COUNTS, MAX_ARGS};
use crate::scan::Batch;
use crate::tables::Tables;
use crate::varint;

/// An event as the bytes say it; what its numbers mean: `events::spec_of(ty)`.
#[derive(Clone, Copy, Default, Debug)]
pub struct RawEvent {
    pub ty: u8,
    /// ns, not relative, not yet repaired.
    pub time: i64,
    pub args: [u64; MAX_ARGS],
}

/// Reads a thread's batches one after another. A copy of it is a place to return to.
#[derive(Clone, Debug)]
pub struct Cursor {
    /// Thread id on the wire; u64::MAX for batches of no thread.
    pub m: u64,
    /// The event that is next; valid after `next` answered true.
    pub event: RawEvent,
    /// File offset of that event.
    pub offset: u64,
    /// Where in the file its batch goes on behind it, and where that ends.
    pos: usize,
    end: usize,
    batches: Vec<Batch>,
    /// Batches that were begun.
    begun: usize,
}

/// What `Cursor::step` answers.
pub type Step = std::result::Result<bool, Box<TraceError>>;

/// Numbers of an event begin within the first 64 bytes from its type on, and a word stands behind each begin.
const ROOM: usize = 64 + 8;
const _: () = assert!(varint::MAX_LEN * (1 + MAX_ARGS) < 64);

/// Reads the numbers of an event one behind the other, without a look at where the room ends.
struct Words<'a> {
    room: &'a [u8; ROOM],
    at: usize,
}

impl Words<'_> {
    #[inline(always)]
    fn word(&self, at: usize) -> Option<u64> {
        Some(u64::from_le_bytes(*self.room[at..].first_chunk()?))
    }

    /// As `number`, of one that mostly takes a byte.
    #[inline(always)]
    fn small(&mut self) -> Option<u64> {
        let first = self.room[self.at & 63];
        if first >= 0x80 {
            return self.number();
        }
        self.at += 1;
        Some(u64::from(first))
    }

    /// None: the number does not end.
    #[inline(always)]
    fn number(&mut self) -> Option<u64> {
        let at = self.at & 63;
        let (value, len) = match varint::in_word(self.word(at)?) {
            Some(number) => number,
            None => varint::long(&self.room[at..])?,
        };
        self.at = at + len;
        Some(value)
    }
}

impl Cursor {
    pub fn new(m: u64, batches: Vec<Batch>) -> Cursor {
        let event = RawEvent::default();
        Cursor { m, event, offset: 0, pos: 0, end: 0, batches, begun: 0 }
    }

    /// Moves to the next event. Ok(false): there is none. Errors: DAMAGED. Cost: O(1), about 3 ns.
    #[inline(always)]
    pub fn next(&mut self, bytes: &[u8], tables: &Tables) -> Result<bool> {
        self.step(bytes, tables).map_err(|e| *e)
    }

    /// As `next`, with an answer that fits into registers.
    #[inline(always)]
    pub fn step(&mut self, bytes: &[u8], tables: &Tables) -> Step {
        if self.pos >= self.end && !self.next_batch(tables) {
            return Ok(false);
        }
        let at = self.pos;
        self.offset = at as u64;
        let Some(room) = bytes.get(at..).and_then(|b| b.first_chunk()) else {
            return self.next_at_end(bytes, tables);
        };
        let ty = room[0];
        let count = ARG_COUNTS[usize::from(ty)];
        let mut words = Words { room, at: 1 };
        let Some(dt) = self.numbers(&mut words, count) else { return Err(odd(at, ty)) };
        self.is_read(at + words.at, ty, dt, tables)
    }

    /// The time and the numbers of an event; None: one does not end, or nobody knows how many there are.
    #[inline(always)]
    fn numbers(&mut self, words: &mut Words<'_>, count: u8) -> Option<u64> {
        if usize::from(count) > MAX_ARGS {
            return None;
        }
        let dt = words.small()?;
        // Not a loop: how many there are is then guessed better.
        if count > 0 {
            self.event.args[0] = words.number()?;
            if count > 1 {
                self.event.args[1] = words.number()?;
                if count > 2 {
                    self.event.args[2] = words.number()?;
                    if count > 3 {
                        self.event.args[3] = words.number()?;
                    }
                }
            }
        }
        Some(dt)
    }

    /// An event of which all numbers are there, and which ends before `pos`.
    #[inline(always)]
    fn is_read(&mut self, pos: usize, ty: u8, dt: u64, tables: &Tables) -> Step {
        let at = self.pos;
        if pos > self.end {
            return Err(misfit(at));
        }
        let Some(time) = tables.nanos(dt).checked_add(self.event.time) else { return Err(no_time(at)) };
        self.event.ty = ty;
        self.event.time = time;
        self.pos = pos;
        Ok(true)
    }

    /// As `next`, at the end of the file.
    #[cold]
    #[inline(never)]
    fn next_at_end(&mut self, bytes: &[u8], tables: &Tables) -> Step {
        let at = self.pos;
        let ty = bytes.get(at).copied().unwrap_or_default();
        let (mut pos, batch) = (at + 1, bytes.get(..self.end).unwrap_or_default());
        let dt = varint::read(batch, &mut pos);
        for arg in self.event.args.iter_mut().take(usize::from(ARG_COUNTS[usize::from(ty)])) {
            match varint::read(batch, &mut pos) {
                Some(number) => *arg = number,
                None => return Err(odd(at, ty)),
            }
        }
        match dt {
            Some(dt) if usize::from(ARG_COUNTS[usize::from(ty)]) <= MAX_ARGS => {
                self.is_read(pos, ty, dt, tables)
            }
            _ => Err(odd(at, ty)),
        }
    }

    /// Begins the next batch that has events. False: there is none.
    #[cold]
    fn next_batch(&mut self, tables: &Tables) -> bool {
        while let Some(b) = self.batches.get(self.begun) {
            self.begun += 1;
            self.pos = b.offset as usize;
            self.end = self.pos + b.len as usize;
            if self.pos < self.end {
                self.event.time = tables.nanos(b.ts);
                return true;
            }
        }
        false
    }

    /// Where the event that is next stands: its batch, and in which byte of it.
    pub fn place(&self) -> (usize, usize) {
        let batch = self.begun.saturating_sub(1);
        let from = self.batches.get(batch).map_or(0, |b| b.offset);
        (batch, self.offset.saturating_sub(from) as usize)
    }

    /// Goes to such a place, of whose event the time is known. None: there is none.
    pub fn seek(&mut self, bytes: &[u8], tables: &Tables, batch: usize, at: usize, time: i64) -> Option<()> {
        let b = self.batches.get(batch)?;
        if at >= b.len as usize {
            return None;
        }
        self.begun = batch + 1;
        self.event.time = tables.nanos(b.ts);
        self.end = b.offset as usize + b.len as usize;
        self.pos = b.offset as usize + at;
        if !self.next(bytes, tables).ok()? {
            return None;
        }
        self.event.time = time;
        Some(())
    }
}

#[cold]
fn odd(at: usize, ty: u8) -> Box<TraceError> {
    if usize::from(ARG_COUNTS[usize::from(ty)]) <= MAX_ARGS {
        return misfit(at);
    }
    Box::new(TraceError::damaged(at as u64, format!("An event has the unknown type {ty}")))
}

#[cold]
fn misfit(at: usize) -> Box<TraceError> {
    Box::new(TraceError::damaged(at as u64, "The numbers of an event do not fit into its batch"))
}

#[cold]
fn no_time(at: usize) -> Box<TraceError> {
    let why = "The time of an event lies outside of what a clock can show";
    Box::new(TraceError::at(Code::Damaged, at as u64, why))
}
