//! A profile in pprof's own format: a protocol buffer (github.com/google/pprof/proto/profile.proto), gzipped. The few
//! fields that it needs are written here by hand.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use tracewell_source::{Code, Result, SeededMap, TraceError};

use crate::profiles::{Profile, Read};
use crate::stacks::{Place, StackIx, Stacks};
use tracewell_order::Symbols;

/// Fields of a message, in the wire format of protocol buffers.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut v: u64) {
        while v >= 0x80 {
            self.0.push(v as u8 | 0x80);
            v >>= 7;
        }
        self.0.push(v as u8);
    }
    fn number(&mut self, field: u64, v: u64) {
        if v != 0 {
            self.varint(field << 3);
            self.varint(v);
        }
    }
    fn bytes(&mut self, field: u64, v: &[u8]) {
        self.varint(field << 3 | 2);
        self.varint(v.len() as u64);
        self.0.extend_from_slice(v);
    }
    fn packed(&mut self, field: u64, values: &[u64]) {
        let mut all = Message::default();
        for &v in values {
            all.varint(v);
        }
        self.bytes(field, &all.0);
    }
}

/// Texts, functions and places with the numbers that the format gives them.
struct Tables {
    out: Message,
    strings: SeededMap<String, u64>,
    texts: Vec<String>,
    functions: SeededMap<(u64, u64), u64>,
    locations: SeededMap<(u64, u64, u64), u64>,
}

impl Tables {
    fn string(&mut self, text: &str) -> u64 {
        if let Some(&i) = self.strings.get(text) {
            return i;
        }
        let i = self.texts.len() as u64;
        self.texts.push(text.into());
        self.strings.insert(text.into(), i);
        i
    }

    fn value_type(&mut self, field: u64, name: &str, unit: &str) {
        let mut m = Message::default();
        let (name, unit) = (self.string(name), self.string(unit));
        m.number(1, name);
        m.number(2, unit);
        self.out.bytes(field, &m.0);
    }

    fn location(&mut self, p: &Place, symbols: &Symbols) -> u64 {
        let name = self.string(symbols.text(p.func));
        let file = self.string(symbols.text(p.file));
        let next = self.functions.len() as u64 + 1;
        let function = *self.functions.entry((name, file)).or_insert(next);
        if function == next {
            let mut m = Message::default();
            m.number(1, function);
            m.number(2, name);
            m.number(3, name);
            m.number(4, file);
            self.out.bytes(5, &m.0);
        }
        let next = self.locations.len() as u64 + 1;
        let location = *self.locations.entry((p.pc, function, p.line)).or_insert(next);
        if location == next {
            let (mut line, mut m) = (Message::default(), Message::default());
            line.number(1, function);
            line.number(2, p.line);
            m.number(1, location);
            m.number(3, p.pc);
            m.bytes(4, &line.0);
            self.out.bytes(4, &m.0);
        }
        location
    }
}

/// The profile as a file that `go tool pprof` reads: what ended, as the reference writes it. Cost: O(stacks).
pub fn encode(read: &Read) -> Result<Vec<u8>> {
    encode_rows(read.profile, &read.ended.rows(), &read.stacks, &read.symbols, read.end_nanos)
}

/// The same of stacks with their count and delay.
pub fn encode_rows(
    profile: Profile,
    rows: &[(StackIx, u64, i64)],
    stacks: &Stacks,
    symbols: &Symbols,
    end_nanos: i64,
) -> Result<Vec<u8>> {
    let mut t = Tables {
        out: Message::default(),
        strings: SeededMap::default(),
        texts: Vec::new(),
        functions: SeededMap::default(),
        locations: SeededMap::default(),
    };
    t.string("");
    if profile == Profile::Cpu {
        t.value_type(1, "samples", "count");
        t.value_type(1, "cpu", "nanoseconds");
    } else {
        t.value_type(1, "contentions", "count");
        t.value_type(1, "delay", "nanoseconds");
    }
    for &(stack, count, nanos) in rows {
        let locations: Vec<u64> = stacks.frames(stack).map(|p| t.location(p, symbols)).collect();
        let mut sample = Message::default();
        sample.packed(1, &locations);
        sample.packed(2, &[count, nanos as u64]);
        t.out.bytes(2, &sample.0);
    }
    t.value_type(11, "trace", "count");
    t.out.number(12, 1);
    t.out.number(10, end_nanos as u64);
    let Tables { mut out, texts, .. } = t;
    for text in &texts {
        out.bytes(6, text.as_bytes());
    }
    zip(&out.0).map_err(|e| TraceError::new(Code::Internal, format!("The profile could not be packed: {e}")))
}

fn zip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut z = GzEncoder::new(Vec::new(), Compression::default());
    z.write_all(bytes)?;
    z.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_fields_as_protocol_buffers_do() {
        let mut m = Message::default();
        m.number(1, 150);
        m.bytes(2, b"testing");
        m.packed(6, &[3, 270, 86942]);
        m.number(9, 0);
        let want = b"\x08\x96\x01\x12\x07testing\x32\x06\x03\x8e\x02\x9e\xa7\x05";
        assert_eq!(m.0, want);
    }
}
