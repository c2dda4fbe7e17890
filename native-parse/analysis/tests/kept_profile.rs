//! Profiles as bytes: they come back as they were, and no bytes are trusted.

use std::path::Path;

use tracewell_analysis::kept_profile::{decode, encode};
use tracewell_analysis::profiles::{self, Profile, Read};
use tracewell_analysis::stats::Clip;
use tracewell_source::{Code, TraceError};

fn read(profile: Profile) -> Read {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/traces/go1.26-tasks.trace");
    let bytes = std::fs::read(path).unwrap();
    profiles::read(&bytes, 0, profile, &Default::default(), Clip::ALL).unwrap().0
}

#[test]
fn come_back_as_they_were() {
    for profile in [Profile::Net, Profile::Sync, Profile::Syscall, Profile::Sched, Profile::Cpu] {
        let whole = read(profile);
        let damage = TraceError::at(Code::Truncated, 7, "It ends");
        let (again, said) = decode(profile, &encode(&whole, Some(&damage)).unwrap()).unwrap();
        assert_eq!(again.json(), whole.json());
        assert_eq!(said, Some(damage));
        let pprof = |r: &Read| tracewell_analysis::pprof::encode(r).unwrap();
        assert_eq!(pprof(&again), pprof(&whole));
        assert_eq!(decode(profile, &encode(&whole, None).unwrap()).unwrap().1, None);
        assert!(encode(&whole, Some(&TraceError::cancelled())).is_none());
    }
}

#[test]
fn other_bytes_give_none_or_one_that_can_be_asked() {
    let whole = encode(&read(Profile::Sync), None).unwrap();
    let look = |bytes: &[u8]| {
        if let Some((read, _)) = decode(Profile::Sync, bytes) {
            let _ = read.json();
            let _ = tracewell_analysis::pprof::encode(&read);
        }
    };
    for cut in (0..whole.len()).step_by(13) {
        assert!(decode(Profile::Sync, &whole[..cut]).is_none());
    }
    for at in (0..whole.len()).step_by(3) {
        for value in [0, 0x7f, 0xff] {
            let mut bytes = whole.clone();
            bytes[at] = value;
            look(&bytes);
        }
    }
}
