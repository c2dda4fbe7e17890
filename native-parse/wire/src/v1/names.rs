//! Names for a trace of Go 1.5 or 1.6, which holds addresses alone: what the program that wrote it says of them is put
//! behind the trace, as later traces have it inside, and all that reads the trace finds it there.
//!
//! ```text
//! trace | strings (length bytes)… frames (pc func file line)… | u64 length of these | "tw names"
//! ```

use std::path::Path;

use tracewell_source::{Binary, Code, Result, SeededMap, Source, TraceError};

use crate::header::Header;
use crate::tables::{Frame, MAX_PCS};
use crate::varint;

const MAGIC: &[u8; 8] = b"tw names";
const FOOT: usize = 16;
/// Longer names are none.
const MAX_NAME: u64 = 4096;

/// The bytes without names, and where names lie. Cost: O(1).
pub fn split(bytes: &[u8]) -> (&[u8], Option<&[u8]>) {
    let found = || {
        let (rest, foot) = bytes.split_at_checked(bytes.len().checked_sub(FOOT)?)?;
        let (len, magic) = foot.split_first_chunk::<8>()?;
        let len = usize::try_from(u64::from_le_bytes(*len)).ok()?;
        (magic == MAGIC).then(|| rest.split_at_checked(rest.len().checked_sub(len)?))?
    };
    match found() {
        Some((trace, names)) => (trace, Some(names)),
        None => (bytes, None),
    }
}

/// What stands behind a trace that was given names is no part of it; other traces are never given any.
pub(crate) fn without(head: Header, bytes: &[u8]) -> &[u8] {
    if is_bare(head) { split(bytes).0 } else { bytes }
}

/// How many bytes the file has without names; `head`: of the trace that is asked about.
pub fn len_without(head: Header, bytes: &[u8]) -> u64 {
    without(head, bytes).len() as u64
}

/// Whether a trace needs its program to tell names.
pub fn are_missing(head: Header, bytes: &[u8]) -> bool {
    is_bare(head) && split(bytes).1.is_none()
}

pub(crate) fn is_bare(head: Header) -> bool {
    head.minor < 7
}

/// The trace whose header is at `start`, with names from the program that wrote it. One that has its names inside stays as
/// it is, and the program is not looked at; so does one that cannot be read. Errors: those of `Binary::open`; NOT_A_BINARY,
/// when the program has nothing at any address of the trace; IO. Cost: a pass over the records, and a copy.
pub fn of_program(source: Source, start: u64, program: Option<&Path>) -> Result<Source> {
    let bytes = source.bytes();
    let head = bytes.get(start as usize..).and_then(|b| crate::header::read(b).ok());
    let (Some(program), Some(head)) = (program, head.filter(|h| are_missing(*h, bytes))) else {
        return Ok(source);
    };
    let binary = Binary::open(program)?;
    let Ok(scan) = super::scan(bytes, head, start) else { return Ok(source) };
    let addresses = scan.tables.addresses();
    let mut names = Names::default();
    for pc in &addresses {
        // What the file has is where a call returns to.
        if let Some(place) = binary.place(pc.wrapping_sub(1)) {
            names.add(*pc, place.func, place.file, place.line);
        }
    }
    if names.frames.is_empty() && !addresses.is_empty() {
        return Err(TraceError::new(
            Code::NotABinary,
            format!(
                "None of the {} addresses of this trace lies in {}; choose the program that wrote the trace",
                addresses.len(),
                program.display()
            ),
        ));
    }
    let more = names.written();
    source.followed_by(&more)
}

#[derive(Default)]
struct Names<'a> {
    places: SeededMap<&'a [u8], u64>,
    texts: Vec<&'a [u8]>,
    frames: Vec<Frame>,
}

impl<'a> Names<'a> {
    fn id(&mut self, text: &'a [u8]) -> u64 {
        if text.is_empty() || text.len() as u64 > MAX_NAME {
            return 0;
        }
        let next = self.texts.len() as u64 + 1;
        let id = *self.places.entry(text).or_insert(next);
        if id == next {
            self.texts.push(text);
        }
        id
    }

    fn add(&mut self, pc: u64, func: &'a [u8], file: &'a [u8], line: u64) {
        let (func, file) = (self.id(func), self.id(file));
        self.frames.push(Frame { pc, func, file, line });
    }

    fn written(&self) -> Vec<u8> {
        let mut out = Vec::new();
        varint::write(&mut out, self.texts.len() as u64);
        for text in &self.texts {
            varint::write(&mut out, text.len() as u64);
            out.extend_from_slice(text);
        }
        varint::write(&mut out, self.frames.len() as u64);
        for f in &self.frames {
            for n in [f.pc, f.func, f.file, f.line] {
                varint::write(&mut out, n);
            }
        }
        let len = out.len() as u64;
        out.extend_from_slice(&len.to_le_bytes());
        out.extend_from_slice(MAGIC);
        out
    }
}

/// Texts by place (offset in `bytes`, length), numbered from 1, and the frame of each address. What does not make sense is
/// as if it were not there: it is no part of the trace.
pub(crate) fn read(bytes: &[u8]) -> (Vec<(u64, u64)>, SeededMap<u64, Frame>) {
    let (trace, Some(part)) = split(bytes) else { return Default::default() };
    let (base, end) = (trace.len(), trace.len() + part.len());
    let all = || {
        let bytes = &bytes[..end];
        let mut pos = base;
        let mut texts = Vec::new();
        for _ in 0..varint::read(bytes, &mut pos)? {
            let len = varint::read(bytes, &mut pos).filter(|n| *n <= MAX_NAME && *n <= (end - pos) as u64)?;
            texts.push((pos as u64, len));
            pos += len as usize;
        }
        let mut frames = SeededMap::default();
        for _ in 0..varint::read(bytes, &mut pos)?.min(MAX_PCS as u64) {
            let mut number = || varint::read(bytes, &mut pos);
            let frame = Frame { pc: number()?, func: number()?, file: number()?, line: number()? };
            if frame.func != 0 && [frame.func, frame.file].iter().all(|id| *id <= texts.len() as u64) {
                frames.insert(frame.pc, frame);
            }
        }
        Some((texts, frames))
    };
    all().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: Header = Header { minor: 5, format: crate::header::Format::V1 };
    const TRACE: &[u8] = b"go 1.5 trace\0\0\0\0events";

    fn named() -> Vec<u8> {
        let mut names = Names::default();
        names.add(0x401000, b"main.main", b"/src/main.go", 7);
        names.add(0x401010, b"main.main", b"", 0);
        [TRACE, &names.written()].concat()
    }

    #[test]
    fn come_back_as_they_were_put() {
        let bytes = named();
        assert_eq!(split(&bytes).0, TRACE);
        assert_eq!(len_without(HEAD, &bytes), TRACE.len() as u64);
        let (texts, frames) = read(&bytes);
        let text = |id: u64| texts[id as usize - 1];
        let text = |id: u64| &bytes[text(id).0 as usize..][..text(id).1 as usize];
        let first = frames[&0x401000];
        assert_eq!(
            (text(first.func), text(first.file), first.line),
            (&b"main.main"[..], &b"/src/main.go"[..], 7)
        );
        assert_eq!((frames[&0x401010].func, frames[&0x401010].file), (first.func, 0));
    }

    #[test]
    fn what_makes_no_sense_is_not_there() {
        assert_eq!(split(TRACE), (TRACE, None));
        let whole = named();
        for at in TRACE.len()..whole.len() {
            for value in [0, 0x7f, 0xff, whole[at] ^ 1] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let (texts, frames) = read(&bytes);
                assert!(texts.iter().all(|(from, len)| from + len <= bytes.len() as u64));
                assert!(frames.values().all(|f| f.func.max(f.file) <= texts.len() as u64));
            }
        }
    }
}
