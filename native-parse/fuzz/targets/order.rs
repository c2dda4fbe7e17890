//! The reader over the whole input: times rise, and a byte makes only so many events.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tracewell_order::{Event, Flow, Reader, Sink, Stage};

/// An event has at least two bytes and makes at most three events; Syncs, late returns and samples come on top.
const EVENTS_A_BYTE: u64 = 4;

struct Watch {
    last: i64,
    events: u64,
    strictly: bool,
}

impl Sink for Watch {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        let rises = if self.strictly { e.time > self.last } else { e.time >= self.last };
        // At the end of what a clock can show times stand still.
        assert!(rises || e.time > 1 << 61, "{} after {}: {e:?}", e.time, self.last);
        self.last = e.time;
        self.events += 1;
        assert!(stage.symbols.len() <= stage.bytes.len() + 16);
        Flow::Continue(())
    }
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(mut reader) = Reader::new(bytes, 0) else { return };
    let mut watch = Watch { last: -1, events: 0, strictly: reader.header().minor >= 22 };
    let _ = reader.run(&mut watch);
    assert!(watch.events <= EVENTS_A_BYTE * bytes.len() as u64 + 16);
    assert!(reader.pos() <= bytes.len() as u64);
});
