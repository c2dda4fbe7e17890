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
    last: i64,
    batches: Vec<Batch>,
    /// Batches that were begun.
    begun: usize,
}

/// With so many bytes behind its type, all numbers of an event can be read by words.
const ROOM: usize = varint::MAX_LEN * (1 + MAX_ARGS) + 8;

impl Cursor {
    pub fn new(m: u64, batches: Vec<Batch>) -> Cursor {
        let event = RawEvent::default();
        Cursor { m, event, offset: 0, pos: 0, end: 0, last: 0, batches, begun: 0 }
    }

    /// Moves to the next event. Ok(false): there is none. Errors: DAMAGED. Cost: O(1), about 3 ns.
    #[inline(always)]
    pub fn next(&mut self, bytes: &[u8], tables: &Tables) -> Result<bool> {
        if self.pos >= self.end && !self.next_batch() {
            return Ok(false);
        }
        // 0 stands for "no event of this batch yet", as in the reference; it only matters where a clock reads 0.
        if self.last == 0 {
            self.last = self.batches.get(self.begun - 1).map_or(0, |b| tables.nanos(b.ts));
        }
        let at = self.pos;
        self.offset = at as u64;
        // The end was checked against the file when the batch was found.
        let ty = bytes[at];
        let count = usize::from(ARG_COUNTS[usize::from(ty)]);
        if count > MAX_ARGS {
            return Err(unknown(at, ty));
        }
        let mut pos = at + 1;
        let dt = match bytes.get(pos..pos + ROOM) {
            Some(room) => self.numbers(room, count, &mut pos),
            None => self.last_numbers(bytes, count, &mut pos),
        };
        let Some(dt) = dt.filter(|_| pos <= self.end) else { return Err(misfit(at)) };
        let Some(time) = tables.nanos(dt).checked_add(self.last) else { return Err(no_time(at)) };
        self.event.ty = ty;
        self.event.time = time;
        self.last = time;
        self.pos = pos;
        Ok(true)
    }

    /// The time and the numbers of an event; None: one does not end.
    #[inline(always)]
    fn numbers(&mut self, room: &[u8], count: usize, pos: &mut usize) -> Option<u64> {
        let mut at = 0;
        let dt = varint::read_word(room, &mut at)?;
        for arg in &mut self.event.args[..count] {
            *arg = varint::read_word(room, &mut at)?;
        }
        *pos += at;
        Some(dt)
    }

    /// The same at the end of the file.
    #[cold]
    fn last_numbers(&mut self, bytes: &[u8], count: usize, pos: &mut usize) -> Option<u64> {
        let bytes = bytes.get(..self.end)?;
        let dt = varint::read(bytes, pos)?;
        for arg in &mut self.event.args[..count] {
            *arg = varint::read(bytes, pos)?;
        }
        Some(dt)
    }

    /// Begins the next batch that has events. False: there is none.
    #[cold]
    fn next_batch(&mut self) -> bool {
        while let Some(b) = self.batches.get(self.begun) {
            self.begun += 1;
            self.pos = b.offset as usize;
            self.end = self.pos + b.len as usize;
            self.last = 0;
            if self.pos < self.end {
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
        (self.begun, self.last) = (batch + 1, 0);
        self.end = b.offset as usize + b.len as usize;
        self.pos = b.offset as usize + at;
        if !self.next(bytes, tables).ok()? {
            return None;
        }
        (self.event.time, self.last) = (time, time);
        Some(())
    }
}

#[cold]
fn unknown(at: usize, ty: u8) -> TraceError {
    TraceError::damaged(at as u64, format!("An event has the unknown type {ty}"))
}

#[cold]
fn misfit(at: usize) -> TraceError {
    TraceError::damaged(at as u64, "The numbers of an event do not fit into its batch")
}

#[cold]
fn no_time(at: usize) -> TraceError {
    TraceError::at(Code::Damaged, at as u64, "The time of an event lies outside of what a clock can show")
}
