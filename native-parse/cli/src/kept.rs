//! Profiles of whole traces, kept in the cache folder: the second time they are there at once.

use std::time::UNIX_EPOCH;

use tracewell_analysis::kept_profile::{self, KEPT_VERSION};
use tracewell_analysis::profiles::{Profile, Read};
use tracewell_index::sidecar::Key;
use tracewell_slice::Cache;
use tracewell_source::TraceError;

use crate::verbs::Opened;

/// Where the profile of a trace is kept.
pub struct Kept {
    cache: Cache,
    key: Key,
    profile: Profile,
    name: &'static str,
}

impl Kept {
    /// None where nothing is kept: of profiles that the reference has not, of standard input, of small traces, of further traces of a file, and with
    /// `TRACEWELL_CACHE_MB=0`.
    pub fn of(opened: &Opened, profile: Profile) -> Option<Kept> {
        let cache =
            Cache::of_app(None).filter(|c| opened.start == 0 && c.wants(opened.bytes().len() as u64))?;
        let name = match profile {
            Profile::Net => "net",
            Profile::Sync => "sync",
            Profile::Syscall => "syscall",
            Profile::Sched => "sched",
            Profile::Cpu => "cpu",
            _ => return None,
        };
        Some(Kept { cache, key: Key::of(opened.source())?, profile, name })
    }

    /// The profile with the damage of its trace, if it is kept. Cost: reads some kilobytes.
    pub fn load(&self) -> Option<(Read, Option<TraceError>)> {
        let bytes = self.cache.load_answer(&self.key, self.name, version())?;
        kept_profile::decode(self.profile, &bytes)
    }

    /// Keeps a profile. Where that fails it is made anew the next time.
    pub fn store(&self, read: &Read, damage: Option<&TraceError>) {
        if let Some(bytes) = kept_profile::encode(read, damage) {
            let _ = self.cache.store_answer(&self.key, self.name, version(), &bytes);
        }
    }
}

/// Of the shape and of this very program: one that was built anew may count otherwise.
fn version() -> u64 {
    let built = std::env::current_exe().and_then(std::fs::metadata).ok();
    let modified = built.as_ref().and_then(|m| m.modified().ok()?.duration_since(UNIX_EPOCH).ok());
    let nanos = modified.map_or(0, |d| d.as_nanos() as u64);
    KEPT_VERSION ^ nanos.rotate_left(8) ^ built.map_or(0, |m| m.len()).rotate_left(40)
}
