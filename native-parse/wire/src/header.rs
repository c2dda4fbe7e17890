//! The first 16 bytes: which format, or what else this file is, in a sentence for people.

use tracewell_source::{Code, Result, TraceError};

use crate::varint;

/// `go 1.N trace` and NULs.
pub const HEADER_LEN: usize = 16;

/// Formats with batches and generations, by the N of their header. Go 1.24 writes 23, Go 1.27 writes 26.
const V2: [u32; 4] = [22, 23, 25, 26];
/// Formats of Go before 1.22: one stream per processor, without lengths.
const V1: [u32; 8] = [5, 7, 8, 9, 10, 11, 19, 21];

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    V1,
    V2,
}

impl Format {
    /// `v1` or `v2`, as docs/format-notes.md calls them.
    pub fn as_str(self) -> &'static str {
        match self {
            Format::V1 => "v1",
            Format::V2 => "v2",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Header {
    /// The N of `go 1.N trace`.
    pub minor: u32,
    pub format: Format,
}

impl Header {
    /// `go 1.26 trace`
    pub fn text(self) -> String {
        format!("go 1.{} trace", self.minor)
    }
    /// `1.26`
    pub fn go(self) -> String {
        format!("1.{}", self.minor)
    }
    /// A byte of its own closes each generation.
    pub fn has_end_marks(self) -> bool {
        self.minor >= 26
    }
    /// Each generation begins with a batch of frequency and clocks.
    pub fn has_clock_snapshots(self) -> bool {
        self.minor >= 25
    }
}

/// The number N when the bytes begin with a header of any version.
pub fn minor_at(bytes: &[u8]) -> Option<u32> {
    let head = bytes.get(..HEADER_LEN)?;
    let rest = head.strip_prefix(b"go 1.")?;
    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    if digits == 0 || digits > 3 {
        return None;
    }
    let tail = rest[digits..].strip_prefix(b" trace")?;
    if tail.iter().any(|b| *b != 0) {
        return None;
    }
    rest[..digits].iter().try_fold(0u32, |n, b| Some(n * 10 + u32::from(b - b'0')))
}

/// Reads the header. Errors: EMPTY, TRUNCATED, TOO_NEW, IS_GZIP, IS_PPROF, NOT_A_TRACE; never reads past the first 4 KiB.
pub fn read(bytes: &[u8]) -> Result<Header> {
    let Some(minor) = minor_at(bytes) else { return Err(what_else(bytes)) };
    if V2.contains(&minor) {
        Ok(Header { minor, format: Format::V2 })
    } else if V1.contains(&minor) {
        Ok(Header { minor, format: Format::V1 })
    } else {
        Err(TraceError::at(
            Code::TooNew,
            0,
            format!(
                "The file says it was written by Go 1.{minor}, which this version of Tracewell does not know; it reads \
                 traces of Go 1.5 to 1.27, so look for a newer Tracewell"
            ),
        ))
    }
}

fn what_else(bytes: &[u8]) -> TraceError {
    let start = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    if bytes.is_empty() {
        return TraceError::at(
            Code::Empty,
            0,
            "The file is empty; the program ended before it wrote a trace",
        );
    }
    if start.starts_with(&[0x1f, 0x8b]) {
        return TraceError::at(
            Code::IsGzip,
            0,
            "The file is packed with gzip twice; unpack it with `gunzip` and open the result",
        );
    }
    if bytes.len() < HEADER_LEN && (b"go 1.".starts_with(start) || start.starts_with(b"go 1.")) {
        return TraceError::at(
            Code::Truncated,
            bytes.len() as u64,
            format!(
                "The file ends after {} bytes, inside its header; record the trace again and let the program call \
                 trace.Stop before it exits",
                bytes.len()
            ),
        );
    }
    if looks_like_profile(start) {
        return TraceError::at(
            Code::IsPprof,
            0,
            "This is a Go profile (pprof), not an execution trace; open it with `go tool pprof`, or record a trace \
             from /debug/pprof/trace",
        );
    }
    if is_text(start) {
        let line: String =
            String::from_utf8_lossy(start).lines().next().unwrap_or_default().chars().take(60).collect();
        return TraceError::at(
            Code::NotATrace,
            0,
            format!(
                "This is a text file that begins with \u{201c}{}\u{201d}, not a Go execution trace; if it was \
                 downloaded, it may be the server's error message",
                line.trim()
            ),
        );
    }
    TraceError::at(
        Code::NotATrace,
        0,
        "This is not a Go execution trace: its first bytes are not `go 1.N trace`; choose a file written by \
         runtime/trace, `go test -trace` or /debug/pprof/trace",
    )
}

/// An unpacked profile is a protocol buffer: its fields are numbers or lengths (1 to 14), and one of the first is a
/// sample type, two small numbers.
fn looks_like_profile(b: &[u8]) -> bool {
    let mut pos = 0;
    for _ in 0..8 {
        let Some(tag) = varint::read(b, &mut pos) else { return false };
        let Some(value) = varint::read(b, &mut pos) else { return false };
        match (tag >> 3, tag & 7) {
            (1, 2) => return value < 16 && b.get(pos) == Some(&0x08),
            (2..=14, 0) => {}
            (2..=14, 2) if value < b.len() as u64 => pos += value as usize,
            _ => return false,
        }
    }
    false
}

fn is_text(b: &[u8]) -> bool {
    !b.is_empty()
        && b.iter().all(|c| matches!(c, b'\n' | b'\r' | b'\t' | 0x20..=0x7e | 0x80..))
        && std::str::from_utf8(b).map_or_else(|e| e.error_len().is_none(), |_| true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(bytes: &[u8]) -> Code {
        read(bytes).unwrap_err().code
    }

    #[test]
    fn knows_every_header_of_go() {
        for n in V2 {
            let h = read(format!("go 1.{n} trace\0\0\0").as_bytes()).unwrap();
            assert_eq!((h.minor, h.format), (n, Format::V2));
        }
        assert_eq!(read(b"go 1.5 trace\0\0\0\0").unwrap().format, Format::V1);
        assert_eq!(read(b"go 1.21 trace\0\0\0").unwrap().text(), "go 1.21 trace");
    }

    #[test]
    fn names_what_is_not_a_trace() {
        assert_eq!(code(b""), Code::Empty);
        assert_eq!(code(b"go 1.2"), Code::Truncated);
        assert_eq!(code(b"go 1.99 trace\0\0\0"), Code::TooNew);
        assert_eq!(code(b"\x1f\x8b\x08\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), Code::IsGzip);
        assert_eq!(code(b"404 page not found\n"), Code::NotATrace);
        assert_eq!(
            code(b"\x0a\x04\x08\x01\x10\x02\x0a\x04\x08\x03\x10\x04\x0a\x04\x08\x05\x10"),
            Code::IsPprof
        );
        assert_eq!(
            code(b"\x48\x9c\x04\x50\xf9\x01\x0a\x04\x08\x01\x10\x02\x0a\x04\x08\x03\x10\x04"),
            Code::IsPprof
        );
        assert_eq!(code(b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\0"), Code::NotATrace);
    }
}
