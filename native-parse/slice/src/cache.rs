//! The folder where finished indexes are kept between two openings: under a limit, least recently used first to go.
//!
//! Never needed: whatever is wrong with it, a trace is indexed again. Never next to the user's file.

use std::fs;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use tempfile::NamedTempFile;
use tracewell_index::Index;
use tracewell_index::sidecar::{self, Key};
use tracewell_wire::Header;

/// Bytes of all sidecars together where nobody says otherwise.
const DEFAULT_LIMIT: u64 = 2 << 30;
/// Smaller traces are indexed sooner than a sidecar is found.
const LEAST_TRACE_BYTES: u64 = 1 << 20;
/// What an index may take in a file without a name while its trace is open: this share of the trace, about.
pub(crate) const SCRATCH_SHARE: u64 = 64;
/// Left free on the disk.
const SPARE_BYTES: u64 = 256 << 20;
const SUFFIX: &str = "twindex";
/// Answers about a whole trace.
const ANSWERS: &str = "twanswer";
const ANSWER_MAGIC: &[u8; 8] = b"TWANSWER";
/// Sketches of a trace's pieces, and strands of its goroutines.
pub(crate) const SKETCHES: &str = "twsketch";
pub(crate) const STRANDS: &str = "twstrand";
const TEMPORARY: &str = ".twindex-";
/// A temporary file this old was left by a process that died.
const STALE: Duration = Duration::from_secs(24 * 3600);

/// A folder of sidecars.
#[derive(Clone, Debug)]
pub struct Cache {
    dir: PathBuf,
    limit: u64,
    least_trace: u64,
}

/// What a folder of sidecars takes.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Usage {
    pub bytes: u64,
    pub entries: u64,
}

impl Cache {
    /// The app's cache folder: `TRACEWELL_CACHE_DIR`, or where the system keeps caches; None where it has no such place.
    /// `limit`: bytes, else `TRACEWELL_CACHE_MB`, else 2 GiB; 0: nothing is kept. Cost: O(1), nothing is made yet.
    pub fn of_app(limit: Option<u64>) -> Option<Cache> {
        let own = std::env::var_os("TRACEWELL_CACHE_DIR").filter(|d| !d.is_empty()).map(PathBuf::from);
        let dir = own.or_else(|| Some(system_folder()?.join("tracewell")))?.join("index");
        let said = std::env::var("TRACEWELL_CACHE_MB").ok().and_then(|n| n.parse::<u64>().ok());
        let limit = limit.or(said.map(|mb| mb.saturating_mul(1 << 20))).unwrap_or(DEFAULT_LIMIT);
        Some(Cache { dir, limit, least_trace: LEAST_TRACE_BYTES })
    }

    /// A folder of one's own, with a limit in bytes, for traces of any size.
    pub fn at(dir: &Path, limit: u64) -> Cache {
        Cache { dir: dir.to_path_buf(), limit, least_trace: 0 }
    }

    /// Where it is; nothing may be there yet.
    pub fn folder(&self) -> &Path {
        &self.dir
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.dir.join(key.name()).with_extension(SUFFIX)
    }

    /// The index of a trace; None when there is none, or one that cannot be used. Cost: about 5 ms a MB of it.
    pub fn load(&self, key: &Key, header: Header, trace_bytes: u64) -> Option<Index> {
        let path = self.path(key);
        let file = fs::read(&path).ok()?;
        let index =
            sidecar::unpack(key, header, &file, trace_bytes, self.scratch(trace_bytes / SCRATCH_SHARE));
        if index.is_some() {
            used(&path);
        } else {
            let _ = fs::remove_file(&path);
        }
        index
    }

    /// Whether a trace of so many bytes is worth a sidecar.
    pub fn wants(&self, trace_bytes: u64) -> bool {
        self.limit > 0 && trace_bytes >= self.least_trace
    }

    fn failed(&self, e: &std::io::Error) -> String {
        format!("Nothing can be kept in {} for the next opening: {}", self.dir.display(), reason(e))
    }

    fn room_for(&self, bytes: u64) -> Result<(), String> {
        if free_bytes(&self.dir).is_none_or(|free| free >= bytes + SPARE_BYTES) {
            return Ok(());
        }
        Err(format!(
            "Nothing is kept in {} for the next opening: the disk is nearly full",
            self.dir.display()
        ))
    }

    /// Where a nameless file of about so many bytes may be for a while; nothing is made yet. None: nothing is kept at all, or the
    /// disk is nearly full.
    pub fn scratch(&self, bytes: u64) -> Option<&Path> {
        (self.limit > 0 && self.room_for(bytes).is_ok()).then_some(&self.dir)
    }

    /// Whether anything could be kept. Err: why not, in a sentence. Cost: a file that is made and removed.
    pub fn probe(&self) -> Result<(), String> {
        fs::create_dir_all(&self.dir).map_err(|e| self.failed(&e))?;
        self.room_for(0)?;
        let file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(&self.dir);
        file.map(drop).map_err(|e| self.failed(&e))
    }

    /// Keeps an index (`sidecar::encode`). Err: why not, in a sentence. Cost: about 10 ms a MB; a look at the folder.
    pub fn store(&self, key: &Key, raw: &[u8]) -> Result<(), String> {
        // Packed it is about half as large, and never much larger.
        self.put(&self.path(key), raw.len() as u64, |file| sidecar::pack(key, raw, file))
    }

    /// Writes a file of about so many bytes, whole or not at all.
    fn put(
        &self,
        path: &Path,
        bytes: u64,
        write: impl FnOnce(&mut fs::File) -> std::io::Result<()>,
    ) -> Result<(), String> {
        let failed = |e: std::io::Error| self.failed(&e);
        fs::create_dir_all(&self.dir).map_err(failed)?;
        self.room_for(bytes)?;
        let mut file = tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(&self.dir).map_err(failed)?;
        write(file.as_file_mut()).map_err(failed)?;
        if file.as_file().metadata().map_err(failed)?.len() > self.limit {
            return Ok(());
        }
        file.persist(path).map_err(|e| self.failed(&e.error))?;
        self.shrink(path);
        Ok(())
    }

    fn bits_path(&self, key: &Key, suffix: &str) -> PathBuf {
        self.dir.join(key.name()).with_extension(suffix)
    }

    /// A trace's file of a kind (sketches, strands), to be read as it is asked for; None: there is none.
    pub(crate) fn open_bits(&self, key: &Key, suffix: &str) -> Option<fs::File> {
        let path = self.bits_path(key, suffix);
        let file = fs::File::open(&path).ok()?;
        used(&path);
        Some(file)
    }

    /// Bytes of the index and the sketches of a trace, as far as they are there.
    pub(crate) fn size_of(&self, key: &Key) -> (Option<u64>, Option<u64>) {
        let size = |path: PathBuf| fs::metadata(path).ok().map(|m| m.len());
        (size(self.path(key)), size(self.bits_path(key, SKETCHES)))
    }

    /// A file of this folder that is written bit by bit, `bytes` in all. None: nothing can be kept.
    pub(crate) fn begin(&self, bytes: u64) -> Option<NamedTempFile> {
        fs::create_dir_all(&self.dir).ok()?;
        self.room_for(bytes).ok()?;
        tempfile::Builder::new().prefix(TEMPORARY).tempfile_in(&self.dir).ok()
    }

    /// Keeps a whole file of a kind; one that is over the limit goes with whoever has it open.
    pub(crate) fn keep_bits(&self, key: &Key, suffix: &str, file: NamedTempFile) {
        let path = self.bits_path(key, suffix);
        if file.as_file().metadata().is_ok_and(|m| m.len() <= self.limit) && file.persist(&path).is_ok() {
            self.shrink(&path);
        }
    }

    fn answer_path(&self, key: &Key, what: &str) -> PathBuf {
        self.dir.join(format!("{}-{what}", key.name())).with_extension(ANSWERS)
    }

    /// An answer about a trace that `store_answer` kept. None: there is none, or it is of another version, or damaged.
    /// Cost: reads it.
    pub(crate) fn load_answer(&self, key: &Key, what: &str, version: u64) -> Option<Vec<u8>> {
        let mut answer = Vec::new();
        self.open_answer(key, what, version)?.read_to_end(&mut answer).ok()?;
        Some(answer)
    }

    /// As `load_answer`, for what is read bit by bit. Cost: reads it for its checksum.
    pub(crate) fn open_answer(&self, key: &Key, what: &str, version: u64) -> Option<impl Read + use<>> {
        let path = self.answer_path(key, what);
        let mut file = fs::File::open(&path).ok()?;
        let mut head = [0; ANSWER_HEAD];
        file.read_exact(&mut head).ok()?;
        let mut sum = Summed { to: std::io::sink(), crc: flate2::Crc::new(), bytes: 0 };
        std::io::copy(&mut file, &mut sum).ok()?;
        if head[..] != answer_head(key, version, &sum)[..] {
            return None;
        }
        file.seek(SeekFrom::Start(ANSWER_HEAD as u64)).ok()?;
        used(&path);
        Some(BufReader::with_capacity(1 << 16, file))
    }

    /// Keeps an answer about a trace, `what` being a word for a file's name. Err: why not, in a sentence. Cost: writes it; a
    /// look at the folder.
    pub(crate) fn store_answer(
        &self,
        key: &Key,
        what: &str,
        version: u64,
        answer: &[u8],
    ) -> Result<(), String> {
        if answer.len() as u64 > self.limit {
            return Ok(());
        }
        self.store_answer_by(key, what, version, answer.len() as u64, |to| to.write_all(answer))
    }

    /// As `store_answer`, for what is written bit by bit, about so many bytes.
    pub(crate) fn store_answer_by(
        &self,
        key: &Key,
        what: &str,
        version: u64,
        about: u64,
        write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
    ) -> Result<(), String> {
        self.put(&self.answer_path(key, what), ANSWER_HEAD as u64 + about, |file| {
            // Length and checksum are known when all is written.
            file.write_all(&[0; ANSWER_HEAD])?;
            let to = BufWriter::with_capacity(1 << 16, &mut *file);
            let mut sum = Summed { to, crc: flate2::Crc::new(), bytes: 0 };
            write(&mut sum)?;
            sum.flush()?;
            let head = answer_head(key, version, &sum);
            drop(sum);
            file.seek(SeekFrom::Start(0))?;
            file.write_all(&head)
        })
    }

    /// Removes what is over the limit, the least recently used first, but not `newest`.
    fn shrink(&self, newest: &Path) {
        let mut all = self.files();
        all.sort_by_key(|f| f.modified);
        let mut sum: u64 = all.iter().map(|f| f.bytes).sum();
        for f in all {
            let stale = f.temporary && f.modified.elapsed().is_ok_and(|age| age > STALE);
            let over = sum > self.limit && !f.temporary && f.path != newest;
            if (stale || over) && fs::remove_file(&f.path).is_ok() {
                sum -= f.bytes;
            }
        }
    }

    /// What it takes on the disk. Cost: a look at each file.
    pub fn usage(&self) -> Usage {
        let files = self.files();
        let entries = files.iter().filter(|f| f.path.extension().is_some_and(|e| e == SUFFIX)).count() as u64;
        Usage { bytes: files.iter().map(|f| f.bytes).sum(), entries }
    }

    /// Removes all sidecars. Errors: those of the file system, of the first that stays.
    pub fn clear(&self) -> std::io::Result<()> {
        let mut outcome = Ok(());
        for f in self.files() {
            let removed = fs::remove_file(&f.path);
            if outcome.is_ok() {
                outcome = removed;
            }
        }
        outcome
    }

    /// Only files that are ours, by their names.
    fn files(&self) -> Vec<File> {
        let Ok(dir) = fs::read_dir(&self.dir) else { return Vec::new() };
        let known = |e: fs::DirEntry| {
            let path = e.path();
            let temporary = e.file_name().to_string_lossy().starts_with(TEMPORARY);
            if !temporary
                && ![SUFFIX, ANSWERS, SKETCHES, STRANDS]
                    .iter()
                    .any(|s| path.extension().is_some_and(|e| e == *s))
            {
                return None;
            }
            let meta = e.metadata().ok().filter(|m| m.is_file())?;
            Some(File { path, bytes: meta.len(), modified: meta.modified().ok()?, temporary })
        };
        dir.flatten().filter_map(known).collect()
    }
}

/// What was used last goes last.
fn used(path: &Path) {
    let _ = fs::File::options().write(true).open(path).and_then(|f| f.set_modified(SystemTime::now()));
}

/// Magic, version, the trace's three numbers, length and checksum of the answer.
const ANSWER_HEAD: usize = 8 + 8 + 3 * 8 + 8 + 4;

/// Sums up what goes through it.
struct Summed<W> {
    to: W,
    crc: flate2::Crc,
    bytes: u64,
}

impl<W: Write> Write for Summed<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = self.to.write(bytes)?;
        self.crc.update(&bytes[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.to.flush()
    }
}

fn answer_head<W>(key: &Key, version: u64, sum: &Summed<W>) -> Vec<u8> {
    let mut head = ANSWER_MAGIC.to_vec();
    for n in [version, key.bytes, key.modified_nanos, key.content, sum.bytes] {
        head.extend_from_slice(&n.to_le_bytes());
    }
    head.extend_from_slice(&sum.crc.sum().to_le_bytes());
    head
}

struct File {
    path: PathBuf,
    bytes: u64,
    modified: SystemTime,
    temporary: bool,
}

fn reason(e: &std::io::Error) -> &'static str {
    match e.kind() {
        std::io::ErrorKind::PermissionDenied => "this account may not write there",
        std::io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only",
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => "the disk is full",
        std::io::ErrorKind::NotADirectory | std::io::ErrorKind::AlreadyExists => "a file stands in its place",
        _ => "the system refuses to write there",
    }
}

#[cfg(unix)]
fn free_bytes(dir: &Path) -> Option<u64> {
    let s = rustix::fs::statvfs(dir).ok()?;
    s.f_bavail.checked_mul(s.f_frsize)
}

#[cfg(not(unix))]
fn free_bytes(_dir: &Path) -> Option<u64> {
    None
}

fn system_folder() -> Option<PathBuf> {
    let of = |name: &str| std::env::var_os(name).filter(|d| !d.is_empty()).map(PathBuf::from);
    if cfg!(windows) {
        of("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        Some(of("HOME")?.join("Library/Caches"))
    } else {
        of("XDG_CACHE_HOME").filter(|d| d.is_absolute()).or_else(|| Some(of("HOME")?.join(".cache")))
    }
}
