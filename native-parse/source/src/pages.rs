//! What is mapped of files. A map counts all it touched as resident, and where one byte is looked at the system maps the
//! pages around it too: of a file that is looked at here and there, many times what was read.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use memmap2::Mmap;

/// Bytes of files that are mapped before all are let go of.
const MOST_BYTES: usize = 24 << 20;

/// The maps of this process's sources.
static MAPS: Mutex<Vec<Weak<Mmap>>> = Mutex::new(Vec::new());
/// Pages of files, as bytes, that were left when all were let go of: the program's own, and what others hold.
static LEFT: AtomicUsize = AtomicUsize::new(0);
/// Where the system does not tell: what was read since.
static READ: AtomicUsize = AtomicUsize::new(0);

/// From here on `bound_pages` lets go of this map.
pub(crate) fn watch(map: &Arc<Mmap>) {
    let mut maps = MAPS.lock().unwrap_or_else(PoisonError::into_inner);
    maps.retain(|m| m.strong_count() > 0);
    maps.push(Arc::downgrade(map));
}

/// For whoever reads a trace's file, each few hundred KB: lets go of the pages of all sources of this process when too many
/// are mapped. What is still in use comes back from the system's own cache. `read`: about how many bytes were read since
/// the last call, for systems that do not tell what is mapped.
/// Cost: some 3 µs; about a ms for each 24 MB that were mapped.
pub fn bound_pages(read: usize) {
    let now = file_bytes();
    let is_too_much = match now {
        // Others have let go of something.
        Some(now) if now < LEFT.fetch_min(now, Ordering::Relaxed) => false,
        Some(now) => now - LEFT.load(Ordering::Relaxed).min(now) > MOST_BYTES,
        None => READ.fetch_add(read, Ordering::Relaxed) + read > MOST_BYTES,
    };
    // Where the lock is taken another thread is at it.
    if let (true, Ok(maps)) = (is_too_much, MAPS.try_lock()) {
        maps.iter().filter_map(Weak::upgrade).for_each(|map| drop_pages(&map, 0, map.len()));
        READ.store(0, Ordering::Relaxed);
        LEFT.store(file_bytes().unwrap_or(0), Ordering::Relaxed);
    }
}

/// Lets go of the whole pages of a part of a map. Advice only, so failures are of no interest.
pub(crate) fn drop_pages(map: &Mmap, from: usize, to: usize) {
    #[cfg(unix)]
    {
        const PAGE: usize = 4096;
        let from = from.next_multiple_of(PAGE);
        // The last page may be a part of one.
        let to = if to >= map.len() { map.len() } else { to / PAGE * PAGE };
        if from < to {
            // SAFETY: the map is of a file and never written, so dropped pages are read again from the file.
            let _ =
                unsafe { map.unchecked_advise_range(memmap2::UncheckedAdvice::DontNeed, from, to - from) };
        }
    }
    #[cfg(not(unix))]
    let _ = (map, from, to);
}

/// Bytes of files that are mapped into this process, and of shared memory; None: the system does not tell.
fn file_bytes() -> Option<usize> {
    #[cfg(target_os = "linux")]
    {
        use std::io::Read;
        let mut text = [0; 96];
        let len = std::fs::File::open("/proc/self/statm").ok()?.read(&mut text).ok()?;
        // Pages: of all, resident, and resident of files.
        let shared = std::str::from_utf8(text.get(..len)?).ok()?.split(' ').nth(2)?;
        Some(shared.parse::<usize>().ok()? << 12)
    }
    #[cfg(not(target_os = "linux"))]
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::Source;

    #[test]
    fn what_is_read_of_files_does_not_stay_mapped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("trace");
        // Not in memory, where pages could not be told from shared ones.
        std::fs::write(&path, vec![7; 4 * MOST_BYTES]).unwrap();
        let source = Source::open(&path).unwrap();
        let before = file_bytes().unwrap();
        let mut sum = 0;
        for part in source.bytes().chunks(1 << 18) {
            sum += part.iter().step_by(4096).map(|b| *b as usize).sum::<usize>();
            bound_pages(part.len());
            // Other tests map files too.
            assert!(file_bytes().unwrap() < before + 2 * MOST_BYTES);
        }
        assert_eq!(sum, 7 * 4 * MOST_BYTES / 4096);
        assert_eq!(source.bytes()[3 * MOST_BYTES], 7);
    }
}
