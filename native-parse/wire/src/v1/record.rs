//! One record: a byte of type and number count, then the numbers.
//!
//! ```text
//! 8e 4c 14 01              type 14, count 2 -> 3 numbers: +76 ticks, goroutine 20, sequence 1
//! f0 04 38 01 07 13 03 ..  type 48, count 3 -> 4 bytes of numbers follow, then (this type only) a text of 3 bytes
//! 25 07 03 63 61 74        type 37, a string: id 7, 3 bytes; its count says nothing
//! ```

use tracewell_source::{Code, TraceError};

use super::events::{self, ty};
use crate::varint;

/// No record but a stack has more numbers.
pub const MAX_NUMBERS: usize = 5;
const MAX_TEXT_BYTES: u64 = 1_000_000;
const MAX_FRAMES: u64 = 1_000;

#[derive(Clone, Copy, Default, Debug)]
pub struct Record {
    pub ty: u8,
    pub numbers: [u64; MAX_NUMBERS],
    /// Strings and logs: where their text lies. Stacks: where the count of frames lies, and how many there are.
    pub offset: u64,
    pub len: u64,
}

/// Reads the record at `*pos` and moves behind it. Errors: TRUNCATED where the bytes end inside, DAMAGED.
/// Cost: one branch a number.
#[inline]
pub fn read(bytes: &[u8], pos: &mut usize, minor: u32) -> Result<Record, TraceError> {
    let start = *pos;
    let Some(&first) = bytes.get(start) else { return Err(cut(bytes)) };
    let (number, narg) = (first & 0x3f, usize::from(first >> 6));
    if events::spec_of(number, minor).is_none() {
        return Err(TraceError::damaged(
            start as u64,
            format!("An event has the type {number}, which traces of Go 1.{minor} do not have"),
        ));
    }
    *pos = start + 1;
    let mut r = Record { ty: number, ..Record::default() };
    if number == ty::STRING {
        r.numbers[0] = uvarint(bytes, pos)?;
        return text(bytes, pos, start, r);
    }
    let base = usize::from(minor < 7);
    let end = if narg == 3 {
        let len = uvarint(bytes, pos)?;
        let end = usize::try_from(len).ok().and_then(|l| pos.checked_add(l)).filter(|e| *e <= bytes.len());
        Some(end.ok_or_else(|| cut(bytes))?)
    } else {
        None
    };
    if number == ty::STACK {
        stack(bytes, pos, start, end, &mut r, minor)?;
        return Ok(r);
    }
    let count = events::arg_count(number, minor);
    if end.is_none() && count != narg + 1 + base {
        return Err(wrong_count(start, number, minor));
    }
    for n in r.numbers.iter_mut().take(count) {
        *n = uvarint(bytes, pos)?;
    }
    if end.is_some_and(|e| e != *pos) {
        return Err(wrong_count(start, number, minor));
    }
    if number == ty::USER_LOG { text(bytes, pos, start, r) } else { Ok(r) }
}

/// A text in the file, and under which id; a log's message has none: 0.
pub struct Text {
    pub id: u64,
    pub offset: usize,
    pub len: usize,
}

/// Steps over a record; its text, where it has one. `frames` gets the ids of functions and files of a stack. Errors:
/// TRUNCATED, DAMAGED.
pub fn text_at(
    bytes: &[u8],
    pos: &mut usize,
    minor: u32,
    frames: &mut dyn FnMut(u64),
) -> Result<Option<Text>, TraceError> {
    let r = read(bytes, pos, minor)?;
    let text = Text { id: r.numbers[0], offset: r.offset as usize, len: r.len as usize };
    match r.ty {
        ty::STRING => return Ok(Some(text)),
        ty::USER_LOG => return Ok(Some(Text { id: 0, ..text })),
        ty::STACK if numbers_a_frame(minor) == 4 => {
            let mut at = text.offset;
            uvarint(bytes, &mut at)?;
            for i in 0..4 * r.len {
                let n = uvarint(bytes, &mut at)?;
                if matches!(i % 4, 1 | 2) {
                    frames(n);
                }
            }
        }
        _ => {}
    }
    Ok(None)
}

fn text(bytes: &[u8], pos: &mut usize, start: usize, mut r: Record) -> Result<Record, TraceError> {
    let len = uvarint(bytes, pos)?;
    let empty_name = r.ty == ty::STRING && (len == 0 || r.numbers[0] == 0);
    if len > MAX_TEXT_BYTES || empty_name {
        return Err(TraceError::damaged(start as u64, "A text has no name, no letters or too many"));
    }
    if len > (bytes.len() - *pos) as u64 {
        return Err(cut(bytes));
    }
    (r.offset, r.len) = (*pos as u64, len);
    *pos += len as usize;
    Ok(r)
}

/// Steps over the frames; they are read when a stack is asked for.
fn stack(
    bytes: &[u8],
    pos: &mut usize,
    start: usize,
    end: Option<usize>,
    r: &mut Record,
    minor: u32,
) -> Result<(), TraceError> {
    let bad = || TraceError::damaged(start as u64, "A stack is damaged here");
    let end = end.ok_or_else(bad)?;
    r.numbers[0] = uvarint(bytes, pos)?;
    r.offset = *pos as u64;
    r.len = uvarint(bytes, pos)?;
    if r.len > MAX_FRAMES {
        return Err(bad());
    }
    for _ in 0..r.len * numbers_a_frame(minor) {
        uvarint(bytes, pos)?;
    }
    if *pos == end { Ok(()) } else { Err(bad()) }
}

/// Address, function, file, line; before Go 1.7 the address alone.
pub fn numbers_a_frame(minor: u32) -> u64 {
    if minor < 7 { 1 } else { 4 }
}

#[inline]
fn uvarint(bytes: &[u8], pos: &mut usize) -> Result<u64, TraceError> {
    match varint::read(bytes, pos) {
        Some(n) => Ok(n),
        None => Err(bad_number(bytes, *pos)),
    }
}

#[cold]
fn bad_number(bytes: &[u8], pos: usize) -> TraceError {
    if bytes.len().saturating_sub(pos) < 10 {
        cut(bytes)
    } else {
        TraceError::damaged(pos as u64, "A number does not fit in 64 bits")
    }
}

#[cold]
fn cut(bytes: &[u8]) -> TraceError {
    TraceError::at(Code::Truncated, bytes.len() as u64, "The file ends in the middle of an event")
}

#[cold]
fn wrong_count(start: usize, number: u8, minor: u32) -> TraceError {
    let name = events::spec_of(number, minor).map_or("", |s| s.name);
    TraceError::damaged(start as u64, format!("An event {name} has too many or too few numbers"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(bytes: &[u8], minor: u32) -> Result<(Record, usize), Code> {
        let mut pos = 0;
        read(bytes, &mut pos, minor).map(|r| (r, pos)).map_err(|e| e.code)
    }

    #[test]
    fn reads_what_the_runtimes_wrote() {
        let (r, at) = one(&[0x8e, 0x4c, 0x14, 0x01], 19).unwrap();
        assert_eq!((r.ty, &r.numbers[..3], at), (ty::GO_START, &[76, 20, 1][..], 4));
        let (r, at) = one(&[0xf0, 0x04, 0x38, 0x01, 0x07, 0x13, 0x03, 0x6d, 0x73, 0x67], 19).unwrap();
        assert_eq!(
            (r.ty, &r.numbers[..4], r.offset, r.len, at),
            (ty::USER_LOG, &[56, 1, 7, 19][..], 7, 3, 10)
        );
        let (r, _) = one(&[0x25, 0x07, 0x03, 0x63, 0x61, 0x74], 7).unwrap();
        assert_eq!((r.ty, r.numbers[0], r.offset, r.len), (ty::STRING, 7, 3, 3));
        let (r, _) = one(&[0x4e, 0x16, 0xba, 0x31, 0x1c], 5).unwrap();
        assert_eq!(&r.numbers[..3], &[22, 6330, 28]);
        let (r, at) = one(&[0xc3, 0x04, 9, 2, 0x10, 0x20], 5).unwrap();
        assert_eq!((r.numbers[0], r.offset, r.len, at), (9, 3, 2, 6));
    }

    #[test]
    fn refuses_what_no_runtime_wrote() {
        assert_eq!(one(&[0x00], 21).err(), Some(Code::Damaged));
        assert_eq!(one(&[0x8e, 1, 1], 21).err(), Some(Code::Truncated));
        assert_eq!(one(&[0x4e, 1, 1], 21).err(), Some(Code::Damaged));
        assert_eq!(one(&[0x25, 1, 9, 1], 21).err(), Some(Code::Truncated));
        assert_eq!(one(&[0x25, 1, 0, 1], 21).err(), Some(Code::Damaged));
        assert_eq!(one(&[0xc3, 0x7f, 1, 1], 21).err(), Some(Code::Truncated));
        let huge = [&[0xc3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1][..], &[0; 40]].concat();
        assert_eq!(one(&huge, 21).err(), Some(Code::Truncated));
    }
}
