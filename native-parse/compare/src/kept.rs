//! The digest of a whole trace, kept beside its index, so that two traces that were compared once are compared at once.

use std::io::{Read, Write};

use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use serde_json::Value;
use tracewell_analysis::SOURCES;
use tracewell_slice::Answers;
use tracewell_source::{Result, Source};

use crate::digest::Digest;

/// Its word among kept answers.
const WHAT: &str = "digest";
/// Bytes of a digest's text: a longer one is handed over nowhere (`MAX_DIGEST_CHARS` of contract/compare.ts), so not kept.
const MOST_BYTES: usize = 64 << 20;

/// The digest of the whole trace in `source`: as it was kept, else `make` tells it and it is kept. Whatever is wrong with
/// what is kept or with its folder, it is made. Errors: those of `make`. Cost: some milliseconds a MB of it, or that of `make`.
pub fn digest(
    answers: Option<&Answers>,
    source: &Source,
    make: impl FnOnce() -> Result<Value>,
) -> Result<Value> {
    let Some(answers) = answers else { return make() };
    if let Some(kept) = load(answers) {
        return Ok(kept);
    }
    let made = make()?;
    if let Some(packed) = pack(&made) {
        answers.store(source, WHAT, SOURCES, &packed);
    }
    Ok(made)
}

/// The digest as it was kept; None where there is none that can be read.
pub fn load(answers: &Answers) -> Option<Value> {
    answers.load(WHAT, SOURCES).and_then(|packed| unpack(&packed))
}

/// None for one that is too long.
fn pack(digest: &Value) -> Option<Vec<u8>> {
    let text = serde_json::to_vec(digest).ok().filter(|t| t.len() <= MOST_BYTES)?;
    let mut packer = ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(&text).ok()?;
    packer.finish().ok()
}

/// None for bytes that are no digest, whatever they are.
fn unpack(packed: &[u8]) -> Option<Value> {
    let mut text = Vec::new();
    ZlibDecoder::new(packed).take(MOST_BYTES as u64 + 1).read_to_end(&mut text).ok()?;
    if text.len() > MOST_BYTES || serde_json::from_slice::<Digest>(&text).is_err() {
        return None;
    }
    serde_json::from_slice(&text).ok().filter(Value::is_object)
}
