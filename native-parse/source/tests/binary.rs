//! Programs that names come from: what they say, and that nothing in them is trusted.

use std::path::{Path, PathBuf};

use tracewell_source::{Binary, Code};

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/binaries/go1.5-locks")
}

fn with_bytes<T>(name: &str, bytes: &[u8], look: impl FnOnce(Result<Binary, Code>) -> T) -> T {
    let path = std::env::temp_dir().join(format!("tracewell-binary-{name}-{}", std::process::id()));
    std::fs::write(&path, bytes).unwrap();
    let seen = look(Binary::open(&path).map_err(|e| e.code));
    std::fs::remove_file(&path).unwrap();
    seen
}

#[test]
fn tells_function_file_and_line_of_an_address() {
    let binary = Binary::open(&fixture()).unwrap();
    let at = |address| {
        binary.place(address).map(|p| {
            let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
            format!("{} {}:{}", text(p.func), text(p.file), p.line)
        })
    };
    assert_eq!(at(0x401000).as_deref(), Some("main.main /src/locks/main.go:20"));
    assert_eq!(at(0x40100f).as_deref(), Some("main.main /src/locks/main.go:20"));
    assert_eq!(at(0x401010).as_deref(), Some("main.main /src/locks/main.go:21"));
    assert_eq!(at(0x402fff).as_deref(), Some("main.contend /src/locks/main.go:170"));
    assert_eq!(at(0x4808f3).as_deref(), Some("sync.(*Mutex).Lock /usr/lib/go/src/sync/mutex.go:55"));
    assert_eq!(at(0x400fff), None);
    assert_eq!(at(0x482000), None);
    assert_eq!(at(u64::MAX), None);
}

#[test]
fn says_what_is_no_program_of_go() {
    let code = |name: &str, bytes: &[u8]| with_bytes(name, bytes, |b| b.err());
    assert_eq!(code("text", b"#!/bin/sh\n"), Some(Code::NotABinary));
    assert_eq!(code("empty", b""), Some(Code::NotABinary));
    assert_eq!(Binary::open(Path::new("/no/such/program")).err().map(|e| e.code), Some(Code::NotFound));
    assert_eq!(Binary::open(Path::new("/")).err().map(|e| e.code), Some(Code::IsDirectory));
    let mut newer = std::fs::read(fixture()).unwrap();
    newer[256] = 0xf1;
    let said = with_bytes("newer", &newer, |b| b.err());
    assert_eq!(said, Some(Code::NotABinary));
}

/// Cut anywhere, with any byte flipped: an answer or none, never a panic, and never for long.
#[test]
fn trusts_no_byte_of_a_program() {
    let whole = std::fs::read(fixture()).unwrap();
    let look = |name: &str, bytes: &[u8]| {
        with_bytes(name, bytes, |b| {
            let Ok(binary) = b else { return };
            for address in (0x400f00..0x483000).step_by(0x3f1).chain([0, 0x401000, u64::MAX]) {
                let _ = binary.place(address);
            }
        });
    };
    for cut in (0..whole.len()).step_by(7) {
        look("cut", &whole[..cut]);
    }
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        look("flip", &bytes);
        bytes[at] = 0xff;
        look("flip", &bytes);
    }
}
