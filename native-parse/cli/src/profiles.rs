//! `tracewell profile`, and the same as a file for pprof.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use tracewell_analysis::profile_scope::Ask;
use tracewell_analysis::profiles::{self, Profile, Read};
use tracewell_analysis::stats::Clip;
use tracewell_analysis::{pprof, reference_profiles};
use tracewell_export::OutFile;

use crate::args::{ProfileArg, ProfileArgs};
use crate::kept::Kept;
use crate::verbs::{Opened, clip, said};
use crate::{Failure, print, warn};

/// `-pprof=TYPE [BINARY] FILE` of `go tool trace` becomes `pprof TYPE FILE`; all else stays.
pub fn habits(args: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut all: Vec<OsString> = args.collect();
    let Some(kind) = all.get(1).and_then(|a| a.to_str()).and_then(|a| a.strip_prefix("-pprof=")) else {
        return all;
    };
    let kind = kind.to_string();
    // Since Go 1.7 traces have their names inside: the binary is then not looked at.
    let is_plain = |a: Option<&OsString>| a.is_some_and(|a| !a.to_string_lossy().starts_with('-'));
    if all.len() == 4 && is_plain(all.get(2)) && is_plain(all.get(3)) {
        let binary = all.remove(2);
        all.extend(["--binary".into(), binary]);
    }
    all.splice(1..2, ["pprof".into(), kind.into()]);
    all
}

fn read(a: &ProfileArgs) -> Result<Read, Failure> {
    let clip = clip(&a.question.range)?;
    let opened = Opened::open(&a.question.file)?;
    let ask = Ask { function: a.function.clone(), region: a.region.clone() };
    let profile = match a.profile {
        ProfileArg::Net => Profile::Net,
        ProfileArg::Sync => Profile::Sync,
        ProfileArg::Syscall => Profile::Syscall,
        ProfileArg::Sched => Profile::Sched,
        ProfileArg::Cpu => Profile::Cpu,
        ProfileArg::Other => Profile::Other,
    };
    // The reference has no profile of CPU samples, nor of what is in none of its own.
    let known = !matches!(profile, Profile::Cpu | Profile::Other);
    let (read, outcome) = if a.question.as_reference && known {
        reference_profiles::read(opened.bytes(), opened.start, profile, &ask)?
    } else {
        let whole = clip == Clip::ALL && ask == Ask::default() && a.question.file.binary.is_none();
        let kept = Kept::of(&opened, profile).filter(|_| whole);
        if let Some((read, damage)) = kept.as_ref().and_then(Kept::load) {
            damage.iter().for_each(warn);
            return Ok(read);
        }
        let (read, outcome) = profiles::read(opened.bytes(), opened.start, profile, &ask, clip)?;
        if let Some(kept) = kept {
            kept.store(&opened, &read, outcome.damage.as_ref());
        }
        (read, outcome)
    };
    said(&outcome);
    Ok(read)
}

pub fn json(a: &ProfileArgs) -> Result<(), Failure> {
    print(&read(a)?.json())
}

pub fn pprof(a: &ProfileArgs, output: Option<&Path>) -> Result<(), Failure> {
    let bytes = pprof::encode(&read(a)?)?;
    match output {
        Some(path) => {
            let mut out = OutFile::create(path)?;
            out.write_all(&bytes).map_err(|e| out.failure(&e))?;
            Ok(out.finish()?)
        }
        None => {
            let mut out = io::stdout().lock();
            out.write_all(&bytes)?;
            out.flush()?;
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_words_of_go_tool_trace() {
        let took = |words: &[&str]| {
            let all = habits(words.iter().map(OsString::from));
            all.iter().map(|w| w.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(took(&["tracewell", "-pprof=sync", "a.trace"]), "tracewell pprof sync a.trace");
        assert_eq!(
            took(&["tracewell", "-pprof=net", "bin", "a.trace"]),
            "tracewell pprof net a.trace --binary bin"
        );
        assert_eq!(took(&["tracewell", "info", "a.trace"]), "tracewell info a.trace");
    }
}
