//! Traces of Go 1.23 written by hand: one generation.

/// A number as the wire has it.
pub fn number(mut n: u64) -> Vec<u8> {
    let mut out = Vec::new();
    while n >= 0x80 {
        out.push(n as u8 | 0x80);
        n >>= 7;
    }
    out.push(n as u8);
    out
}

pub fn batch(generation: u64, m: u64, ts: u64, payload: &[u8]) -> Vec<u8> {
    let head = [vec![1], number(generation), number(m), number(ts), number(payload.len() as u64)].concat();
    [&head, payload].concat()
}

/// A trace whose clock ticks a million times a second.
pub struct V2(Vec<u8>);

impl V2 {
    pub fn new() -> V2 {
        let frequency = [vec![8], number(1_000_000)].concat();
        V2([b"go 1.23 trace\0\0\0".to_vec(), batch(1, u64::MAX, 1, &frequency)].concat())
    }

    /// Entries of a table; it must fit into a batch.
    pub fn table(&mut self, kind: u8, entries: &[u8]) {
        self.0.extend(batch(1, u64::MAX, 1, &[&[kind], entries].concat()));
    }

    /// Events of a thread from tick `ts` on, in as many batches as they need.
    pub fn events(&mut self, m: u64, ts: u64, events: &[Vec<u8>]) {
        let mut payload = Vec::new();
        for e in events {
            if payload.len() + e.len() > 60_000 {
                self.0.extend(batch(1, m, ts, &payload));
                payload.clear();
            }
            payload.extend(e);
        }
        self.0.extend(batch(1, m, ts, &payload));
    }

    pub fn done(self) -> Vec<u8> {
        self.0
    }
}
