//! One pass for a digest of a large trace at a time, over all processes of the app: each finds some hundreds of MB on its
//! way, and two engines that are asked for a comparison would hold them side by side.

use std::fs::File;
use std::path::Path;
use std::time::Duration;

use tracewell_analysis::desk::Call;
use tracewell_source::Result;

/// Smaller traces need no turn.
const LARGE_BYTES: usize = 256 << 20;
/// How often who waits looks whether it is its turn, and whether it is still wanted.
const LOOK: Duration = Duration::from_millis(40);

/// Its turn, until it is dropped; a process that ends gives it up.
pub struct Turn {
    _held: Option<File>,
}

/// Waits in `folder` until nobody else makes a digest. Where there is no folder, no such lock, or nothing large to read,
/// nobody waits. Errors: CANCELLED.
pub fn wait(folder: Option<&Path>, trace_bytes: usize, call: &Call<'_>) -> Result<Turn> {
    let file = folder.filter(|_| trace_bytes >= LARGE_BYTES).and_then(lock_in);
    if let Some(file) = &file {
        while is_taken(file) {
            call.check()?;
            std::thread::sleep(LOOK);
        }
    }
    Ok(Turn { _held: file })
}

/// N.B. of the first traces that are ever opened the folder is not there yet: who came before it was made would hold nothing.
fn lock_in(folder: &Path) -> Option<File> {
    std::fs::create_dir_all(folder).ok()?;
    File::create(folder.join("digest.lock")).ok()
}

/// False: it is ours now, or there are no locks here.
#[cfg(unix)]
fn is_taken(file: &File) -> bool {
    use rustix::fs::{FlockOperation, flock};
    matches!(flock(file, FlockOperation::NonBlockingLockExclusive), Err(rustix::io::Errno::WOULDBLOCK))
}

#[cfg(not(unix))]
fn is_taken(_: &File) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    fn call(stop: &AtomicBool) -> Call<'_> {
        Call { stop, progress: &|_| () }
    }

    #[test]
    fn large_traces_wait_for_each_other_and_small_ones_for_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let (go, stop) = (AtomicBool::new(false), AtomicBool::new(true));
        // Made by the first who wants it.
        let folder = folder.path().join("index");
        let at = Some(folder.as_path());
        let first = wait(at, LARGE_BYTES, &call(&go)).unwrap();
        assert!(wait(at, LARGE_BYTES, &call(&stop)).is_err(), "given up while another has its turn");
        assert!(wait(at, LARGE_BYTES - 1, &call(&go)).is_ok() && wait(None, LARGE_BYTES, &call(&go)).is_ok());
        let told = std::sync::Arc::new(AtomicBool::new(false));
        let tell = told.clone();
        let second = std::thread::spawn(move || {
            let held = wait(Some(&folder), LARGE_BYTES, &call(&AtomicBool::new(false))).is_ok();
            assert!(held && tell.load(Ordering::Relaxed), "before its turn");
        });
        told.store(true, Ordering::Relaxed);
        drop(first);
        second.join().unwrap();
    }
}
