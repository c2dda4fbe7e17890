//! Answers about a whole trace, kept in the cache folder beside its index: known by the same key, under the same limit.

use std::io::{Read, Write};

use tracewell_index::sidecar::Key;
use tracewell_source::Source;

use crate::cache::Cache;

/// Where answers about one trace are kept.
pub struct Answers {
    cache: Cache,
    key: Key,
}

impl Answers {
    /// None where nothing is kept: of bytes that are no file, of small traces, and with a limit of 0. Cost: a look at 128 KB.
    pub fn of(cache: Cache, source: &Source) -> Option<Answers> {
        let key = Key::of(source).filter(|_| cache.wants(source.bytes().len() as u64))?;
        Some(Answers { cache, key })
    }

    /// The answer that `store` kept under the same word and version; None: there is none, or it is damaged. Cost: reads it.
    pub fn load(&self, what: &str, version: u64) -> Option<Vec<u8>> {
        self.cache.load_answer(&self.key, what, version)
    }

    /// Keeps an answer, `what` being a word for a file's name; nothing of a file that changed since it was opened. Where it
    /// cannot be kept, it is made anew the next time. Cost: writes it; a look at the folder.
    pub fn store(&self, source: &Source, what: &str, version: u64, answer: &[u8]) {
        if source.check_unchanged().is_ok() {
            let _ = self.cache.store_answer(&self.key, what, version, answer);
        }
    }

    /// As `load`, for what is read bit by bit. Cost: reads it twice, for its checksum and for whoever asked.
    pub fn open(&self, what: &str, version: u64) -> Option<impl Read + use<>> {
        self.cache.open_answer(&self.key, what, version)
    }

    /// As `store`, for what is written bit by bit, about so many bytes. Where `write` fails nothing is kept.
    pub fn store_by(
        &self,
        source: &Source,
        what: &str,
        version: u64,
        about: u64,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) {
        if source.check_unchanged().is_ok() {
            let _ = self.cache.store_answer_by(&self.key, what, version, about, write);
        }
    }
}
