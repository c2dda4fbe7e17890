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
    batches: Vec<Batch>,
    batch: usize,
    pos: usize,
    last: i64,
}

impl Cursor {
    pub fn new(m: u64, batches: Vec<Batch>) -> Cursor {
        Cursor { m, event: RawEvent::default(), offset: 0, batches, batch: 0, pos: 0, last: 0 }
    }

    /// Moves to the next event. Ok(false): there is none. Errors: DAMAGED. Cost: O(1), about 3 ns.
    #[inline]
    pub fn next(&mut self, bytes: &[u8], tables: &Tables) -> Result<bool> {
        let (batch, payload) = loop {
            let Some(b) = self.batches.get(self.batch) else { return Ok(false) };
            if self.pos < b.len as usize {
                let from = b.offset as usize;
                // The length was checked against the file when the batch was found.
                break (b, &bytes[from..from + b.len as usize]);
            }
            self.batch += 1;
            self.pos = 0;
            self.last = 0;
        };
        // 0 stands for "no event of this batch yet", as in the reference; it only matters where a clock reads 0.
        if self.last == 0 {
            self.last = tables.nanos(batch.ts);
        }
        let at = self.pos;
        let ty = payload[at];
        self.offset = batch.offset + at as u64;
        let count = ARG_COUNTS[usize::from(ty)];
        if count == 255 {
            return Err(TraceError::damaged(self.offset, format!("An event has the unknown type {ty}")));
        }
        let mut pos = at + 1;
        let offset = self.offset;
        let bad = || TraceError::damaged(offset, "The numbers of an event do not fit into its batch");
        let dt = varint::read(payload, &mut pos).ok_or_else(bad)?;
        for i in 0..usize::from(count) {
            self.event.args[i] = varint::read(payload, &mut pos).ok_or_else(bad)?;
        }
        self.event.ty = ty;
        self.event.time = tables.nanos(dt).checked_add(self.last).ok_or_else(|| {
            TraceError::at(
                Code::Damaged,
                offset,
                "The time of an event lies outside of what a clock can show",
            )
        })?;
        self.last = self.event.time;
        self.pos = pos;
        Ok(true)
    }

    /// Where the event that is next stands: its batch, and in which byte of it.
    pub fn place(&self) -> (usize, usize) {
        let from = self.batches.get(self.batch).map_or(0, |b| b.offset);
        (self.batch, self.offset.saturating_sub(from) as usize)
    }

    /// Goes to such a place, of whose event the time is known. None: there is none.
    pub fn seek(&mut self, bytes: &[u8], tables: &Tables, batch: usize, at: usize, time: i64) -> Option<()> {
        let b = self.batches.get(batch)?;
        if at >= b.len as usize {
            return None;
        }
        (self.batch, self.pos, self.last) = (batch, at, 0);
        if !self.next(bytes, tables).ok()? {
            return None;
        }
        (self.event.time, self.last) = (time, time);
        Some(())
    }
}
