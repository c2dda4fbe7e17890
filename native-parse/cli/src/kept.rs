//! Profiles of whole traces, kept in the cache folder: the second time they are there at once.

use tracewell_analysis::SOURCES;
use tracewell_analysis::kept_profile::{self, KEPT_VERSION};
use tracewell_analysis::profiles::{Profile, Read};
use tracewell_slice::{Answers, Cache};
use tracewell_source::TraceError;

use crate::verbs::Opened;

/// Of the shape and of all that counts.
const VERSION: u64 = KEPT_VERSION ^ SOURCES;

/// Where the profile of a trace is kept.
pub struct Kept {
    answers: Answers,
    profile: Profile,
    name: &'static str,
}

impl Kept {
    /// None where nothing is kept: of profiles that the reference has not, of standard input, of small traces, of further traces of a file, and with
    /// `TRACEWELL_CACHE_MB=0`.
    pub fn of(opened: &Opened, profile: Profile) -> Option<Kept> {
        let name = match profile {
            Profile::Net => "net",
            Profile::Sync => "sync",
            Profile::Syscall => "syscall",
            Profile::Sched => "sched",
            Profile::Cpu => "cpu",
            _ => return None,
        };
        let cache = Cache::of_app(None).filter(|_| opened.start == 0)?;
        Some(Kept { answers: Answers::of(cache, opened.source())?, profile, name })
    }

    /// The profile with the damage of its trace, if it is kept. Cost: reads some kilobytes.
    pub fn load(&self) -> Option<(Read, Option<TraceError>)> {
        kept_profile::decode(self.profile, &self.answers.load(self.name, VERSION)?)
    }

    /// Keeps a profile of `opened`. Where that fails it is made anew the next time.
    pub fn store(&self, opened: &Opened, read: &Read, damage: Option<&TraceError>) {
        if let Some(bytes) = kept_profile::encode(read, damage) {
            self.answers.store(opened.source(), self.name, VERSION, &bytes);
        }
    }
}
