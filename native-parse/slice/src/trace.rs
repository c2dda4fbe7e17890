//! An open trace: its file, its index (built on a thread of its own), its cache of windows.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use tracewell_index::sidecar::{self, Key};
use tracewell_index::window::Prepared;
use tracewell_index::{
    Index, Order, Piece, Plan, Progress, Segment, Shared, Status, Window, builder, window,
};
use tracewell_order::Symbols;
use tracewell_source::{Code, Result, Source, TraceError, bound_pages, give_back};
use tracewell_wire::sections::{Section, sections};
use tracewell_wire::v1::names;
use tracewell_wire::{Header, header};

use crate::answers::Answers;
use crate::cache::{Cache, SCRATCH_SHARE};
use crate::rows::RowStore;
use crate::sketches::Sketches;
use crate::tile::{GoOn, still_wanted};
use crate::windows::Windows;

/// In place of a part: all of its segment.
const WHOLE: usize = usize::MAX;

/// What segments may take whose parts are likely to be asked for next.
const MAX_PREPARED_BYTES: usize = 4 << 20;

/// Megabytes of caches where nobody says otherwise.
const DEFAULT_MEMORY_MB: u32 = 192;

/// How far the pass is, for those who wait for it.
enum Pass {
    NotStarted,
    Running { since: Instant, before: Duration },
    Paused { took: Duration },
    Done { took: Duration },
    Failed(TraceError),
}

type OnProgress = Box<dyn Fn(String) + Send>;

pub(crate) struct Inner {
    pub source: Arc<Source>,
    pub shared: Shared,
    pub header: Header,
    /// Offset of the trace's header, and which of the file's traces it is, from 1.
    pub(crate) start: u64,
    section: u32,
    path: PathBuf,
    windows: Windows<Piece, Window>,
    prepared: Mutex<VecDeque<(usize, Arc<Prepared>)>>,
    pub rows: RowStore,
    budget: usize,
    pass: Mutex<Pass>,
    passed: Condvar,
    on_progress: Mutex<Option<OnProgress>>,
    plan: Plan,
    pub(crate) cache: Option<Cache>,
    /// Its names come from a program, which the key of what is kept does not tell.
    has_binary: bool,
    /// What became of keeping the index.
    kept: Mutex<Kept>,
    pub sketches: Sketches,
    /// The trace was closed.
    pub(crate) over: AtomicBool,
}

/// How a trace is opened.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Megabytes of caches.
    pub memory_mb: Option<u32>,
    pub plan: Plan,
    /// Where its index is kept for the next opening; None: nowhere.
    pub cache: Option<Cache>,
    /// Which of the traces of the file, from 1; 0 is the first too.
    pub section: u32,
    /// The program that wrote the trace, for the names in one of Go 1.5 or 1.6; all others need none.
    pub binary: Option<PathBuf>,
    /// Buckets of a row, at most, of each piece's sketch (`SKETCH_BUCKETS`); 0: none are made. They are worth it where very
    /// many tiles are asked for.
    pub sketch_buckets: u32,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Kept {
    /// Not before the trace is indexed.
    NotYet,
    /// As far as it is to be kept at all.
    Done,
    /// Why not, in a sentence.
    Failed(String),
}

/// Dropping it ends the pass.
pub struct Trace {
    pub(crate) inner: Arc<Inner>,
}

impl Drop for Trace {
    fn drop(&mut self) {
        self.inner.over.store(true, Ordering::Relaxed);
        self.inner.shared.order(Order::End);
    }
}

fn lock<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Offset of the header of the `section`th trace of a file, from 1.
fn start_of(source: &Source, section: u32) -> Result<u64> {
    if section == 1 {
        return Ok(0);
    }
    let all = sections(source.bytes(), header::read(source.bytes())?);
    all.get(section as usize - 1).map(|s| s.offset).ok_or_else(|| {
        let held = if all.len() == 1 { "one trace".into() } else { format!("{} traces", all.len()) };
        TraceError::new(Code::Range, format!("There is no part {section}: the file holds {held}"))
    })
}

impl Trace {
    /// Opens a file and checks its header. `memory_mb`: budget of caches. Errors: all codes about files. Cost: O(1).
    pub fn open(path: &Path, memory_mb: Option<u32>) -> Result<Trace> {
        Trace::of(Source::open(path)?, path, memory_mb)
    }

    /// A trace whose bytes are already there; `path` is only what it is called. Errors: those of `header::read`.
    pub fn of(source: Source, path: &Path, memory_mb: Option<u32>) -> Result<Trace> {
        Trace::with(source, path, Options { memory_mb, ..Options::default() })
    }

    /// As `of`, with all that can be chosen. Errors: also RANGE when the file has not so many traces, and those of
    /// `names::of_program`. Cost: O(1) for the first trace; else O(batches) of those before, or
    /// O(records) before Go 1.22.
    pub fn with(source: Source, path: &Path, options: Options) -> Result<Trace> {
        let Options { memory_mb, plan, cache, section, binary, sketch_buckets } = options;
        let section = section.max(1);
        let start = start_of(&source, section)?;
        let source = names::of_program(source, start, binary.as_deref())?;
        // A sidecar is of a file, so of the first trace in it.
        let cache = cache.filter(|_| section == 1);
        let head = header::read(source.bytes().get(start as usize..).unwrap_or_default())?;
        let budget = memory_mb.unwrap_or(DEFAULT_MEMORY_MB).clamp(16, 1 << 16) as usize * (1 << 20);
        Ok(Trace {
            inner: Arc::new(Inner {
                source: Arc::new(source),
                shared: Shared::new(Index::new(head)),
                header: head,
                start,
                section,
                path: path.to_path_buf(),
                budget,
                // The rest is for the index itself and for what a decoding holds.
                windows: Windows::new(budget / 2),
                rows: RowStore::new(budget / 4),
                prepared: Mutex::default(),
                pass: Mutex::new(Pass::NotStarted),
                passed: Condvar::new(),
                on_progress: Mutex::new(None),
                plan,
                cache,
                has_binary: binary.is_some(),
                kept: Mutex::new(Kept::NotYet),
                sketches: Sketches::new(sketch_buckets),
                over: AtomicBool::new(false),
            }),
        })
    }

    /// A trace with an index that is already there.
    pub fn of_index(source: Source, index: Index) -> Result<Trace> {
        let trace = Trace::of(source, Path::new(""), None)?;
        *trace.inner.shared.read() = index;
        *lock(&trace.inner.pass) = Pass::Done { took: Duration::ZERO };
        Ok(trace)
    }

    /// The bytes of its file.
    pub fn source(&self) -> Arc<Source> {
        self.inner.source.clone()
    }

    /// Where answers about it are kept; None: nowhere.
    pub fn answers(&self) -> Option<Answers> {
        self.inner.answers()
    }

    /// Where a nameless file of about so many bytes may be for a while; None: nowhere.
    pub fn scratch(&self, bytes: u64) -> Option<PathBuf> {
        self.inner.cache.as_ref().and_then(|c| c.scratch(bytes)).map(Path::to_path_buf)
    }

    /// Offset of its header in the file.
    pub fn start(&self) -> u64 {
        self.inner.start
    }

    /// ns of its last event; 0 until it is indexed.
    pub fn known_nanos(&self) -> i64 {
        let index = self.inner.shared.read();
        if index.status == Status::Done { index.end_nanos } else { 0 }
    }

    /// Bytes that caches may take.
    pub fn budget_bytes(&self) -> usize {
        self.inner.budget
    }

    /// Shows the index for a short look.
    pub fn with_index(&self, see: &mut dyn FnMut(&Index)) {
        see(&self.inner.shared.read());
    }

    /// The spans inside of a segment; None while it is read. Cost: nothing while they are kept, else a decoding.
    pub fn window(&self, segment: usize) -> Option<Arc<Window>> {
        self.inner.window(segment)
    }

    /// Decoded pieces that are kept now.
    pub fn windows_decoded(&self) -> usize {
        self.inner.windows.len()
    }

    /// Indexes the trace, or goes on with it after a pause; returns when it is done or paused. Shapes: `TraceInfo` of the
    /// contract; `on_progress` gets `IndexProgress` as JSON text. Errors: when nothing can be shown.
    pub fn index(&self, on_progress: Option<OnProgress>) -> Result<Value> {
        *lock(&self.inner.on_progress) = on_progress;
        let mut pass = lock(&self.inner.pass);
        match &*pass {
            Pass::NotStarted => {
                *pass = Pass::Running { since: Instant::now(), before: Duration::ZERO };
                let inner = self.inner.clone();
                let spawned = std::thread::Builder::new().name("index".into()).spawn(move || inner.run());
                if let Err(e) = spawned {
                    return Err(TraceError::new(Code::Internal, format!("No thread could be started: {e}")));
                }
            }
            Pass::Paused { took } => {
                *pass = Pass::Running { since: Instant::now(), before: *took };
                self.inner.shared.order(Order::Run);
            }
            _ => {}
        }
        while matches!(*pass, Pass::Running { .. }) {
            pass = self.inner.passed.wait(pass).unwrap_or_else(PoisonError::into_inner);
        }
        let failed = if let Pass::Failed(e) = &*pass { Some(e.clone()) } else { None };
        drop(pass);
        failed.map_or_else(|| Ok(self.info()), Err)
    }

    /// Waits until the index of a trace that was indexed is kept, or cannot be. Errors: why not.
    pub fn kept(&self) -> std::result::Result<(), String> {
        self.inner.wait_until_kept()
    }

    /// Waits until all sketches of an indexed trace are made; at once where none are wanted.
    pub fn sketched(&self) {
        while !self.inner.sketches.are_made() {
            let pass = lock(&self.inner.pass);
            drop(self.inner.passed.wait_timeout(pass, Duration::from_millis(50)));
        }
    }

    /// Pauses the pass; what was read stays. `index` goes on.
    pub fn pause(&self) {
        if matches!(*lock(&self.inner.pass), Pass::Running { .. }) {
            self.inner.shared.order(Order::Pause);
        }
    }

    /// What is known so far. Shapes: `TraceInfo` of the contract.
    pub fn info(&self) -> Value {
        let took = match &*lock(&self.inner.pass) {
            Pass::Running { since, before } => *before + since.elapsed(),
            Pass::Paused { took } | Pass::Done { took } => *took,
            Pass::NotStarted | Pass::Failed(_) => Duration::ZERO,
        };
        let inner = &*self.inner;
        let notice = if let Kept::Failed(why) = &*lock(&inner.kept) { Some(why.clone()) } else { None };
        let len = names::len_without(inner.header, inner.source.bytes());
        let index = inner.shared.read();
        let status = match index.status {
            Status::Indexing => "indexing",
            Status::Done => "done",
            Status::Cancelled => "cancelled",
        };
        let procs = index.facts.sorted_procs();
        let in_use = index.end_nanos as i128 * procs.len() as i128;
        let first = header::read(inner.source.bytes()).unwrap_or(inner.header);
        let sections: Vec<Value> = match index.next_trace {
            Some(_) => sections(inner.source.bytes(), first),
            None if inner.section > 1 => sections(inner.source.bytes(), first),
            None => vec![Section { offset: 0, bytes: len, header: inner.header.text() }],
        }
        .iter()
        .map(|s| json!({"offsetBytes": s.offset, "sizeBytes": s.bytes, "header": s.header}))
        .collect();
        let damage = index.damage.as_ref().map(|e| {
            json!({
                "code": e.code.as_str(),
                "message": e.message,
                "offsetBytes": e.offset.unwrap_or(index.read_to).min(len),
                "lostBytes": len.saturating_sub(index.read_to),
                "lostFromNanos": index.end_nanos,
            })
        });
        let done = index.status == Status::Done;
        let duration = if done { index.end_nanos } else { index.duration_expected.max(index.end_nanos) };
        json!({
            "path": inner.path.to_string_lossy(),
            "fileName": inner.path.file_name().unwrap_or_default().to_string_lossy(),
            "sizeBytes": len,
            "header": inner.header.text(),
            "goVersion": inner.header.go(),
            "format": inner.header.format.as_str(),
            "eventCount": index.facts.events(),
            "kinds": index.facts.kinds().map(|(k, n)| (k.to_string(), json!(n))).collect::<Map<_, _>>(),
            "durationNanos": duration,
            "generationCount": index.generations,
            "procs": procs,
            "threadCount": index.facts.threads.len(),
            "goroutineCount": index.facts.goroutines.len(),
            "gomaxprocs": index.facts.gomaxprocs,
            "startedAt": index.facts.started(index.zero_nanos),
            "sections": sections,
            "section": inner.section,
            "damage": damage,
            "procUse": (done && in_use > 0).then(|| index.proc_nanos as f64 / in_use as f64),
            "maxima": {"running": index.max_running, "runnable": index.max_runnable, "heapBytes": index.max_heap},
            "gcCycleCount": index.gc_cycles,
            "stwCount": index.stws,
            "status": status,
            "indexedToNanos": index.end_nanos,
            "cacheNotice": notice,
            "needsBinary": names::are_missing(inner.header, inner.source.bytes()),
            "indexedInMs": (took.as_secs_f64() * 1e4).round() / 10.0,
        })
    }
}

impl Inner {
    pub(crate) fn wait_until_kept(&self) -> std::result::Result<(), String> {
        loop {
            match &*lock(&self.kept) {
                Kept::NotYet => {}
                Kept::Done => return Ok(()),
                Kept::Failed(why) => return Err(why.clone()),
            }
            let pass = lock(&self.pass);
            let waited = self.passed.wait_timeout(pass, Duration::from_millis(50));
            drop(waited);
        }
    }

    /// Waits until the index is done, paused, or was not asked for; at most so long. True: there is nothing to wait for.
    pub fn wait_for_pass(&self, most: Duration) -> bool {
        let pass = lock(&self.pass);
        let waited = self.passed.wait_timeout_while(pass, most, |p| matches!(p, Pass::Running { .. }));
        let (pass, _) = waited.unwrap_or_else(PoisonError::into_inner);
        !matches!(*pass, Pass::Running { .. })
    }

    fn run(&self) {
        let mut progress = |p: Progress| {
            if let Some(f) = &*lock(&self.on_progress) {
                f(progress_json(&p).to_string());
            }
        };
        let on_pause = || {
            let mut pass = lock(&self.pass);
            if let Pass::Running { since, before } = &*pass {
                *pass = Pass::Paused { took: *before + since.elapsed() };
            }
            drop(pass);
            self.passed.notify_all();
        };
        let len = self.source.bytes().len() as u64;
        let built = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            if self.find() {
                return Ok(true);
            }
            self.probe();
            let folder = self.cache.as_ref().and_then(|c| c.scratch(len / SCRATCH_SHARE));
            let (source, shared) = (&self.source, &self.shared);
            builder::build(source, self.start, shared, self.plan, folder, &mut progress, &on_pause)
        }));
        let whole = matches!(built, Ok(Ok(true)));
        let mut pass = lock(&self.pass);
        let took = match &*pass {
            Pass::Running { since, before } => *before + since.elapsed(),
            _ => Duration::ZERO,
        };
        *pass = match built {
            Ok(Ok(_)) => Pass::Done { took },
            Ok(Err(e)) => Pass::Failed(e),
            Err(_) => Pass::Failed(TraceError::new(
                Code::Internal,
                "Tracewell failed while it read this trace; please report it with the file",
            )),
        };
        drop(pass);
        *lock(&self.on_progress) = None;
        self.passed.notify_all();
        // What threads of the pass held.
        give_back();
        let kept = if whole { self.keep() } else { Kept::Done };
        *lock(&self.kept) = kept;
        self.passed.notify_all();
        // Nobody waits for it; a failure leaves the rest to be decoded when it is asked for.
        if whole {
            let made = std::panic::AssertUnwindSafe(|| self.make_sketches(&self.over));
            let _ = std::panic::catch_unwind(made);
        }
        self.sketches.end();
        give_back();
        self.passed.notify_all();
    }

    /// The folder where what belongs to this trace is kept, and its key there. None: nowhere.
    pub(crate) fn kept_at(&self) -> Option<(&Cache, Key)> {
        let cache = self.cache.as_ref().filter(|c| c.wants(self.source.bytes().len() as u64))?;
        Some((cache, Key::of(&self.source)?))
    }

    pub(crate) fn answers(&self) -> Option<Answers> {
        let cache = self.cache.clone().filter(|_| !self.has_binary)?;
        Answers::of(cache, &self.source)
    }

    /// Takes over the index of an earlier opening. False: there is none.
    fn find(&self) -> bool {
        let found = || {
            let cache = self.cache.as_ref()?;
            let len = self.source.bytes().len() as u64;
            let key = Key::of(&self.source).filter(|_| cache.wants(len))?;
            cache.load(&key, self.header, len)
        };
        let Some(index) = found() else { return false };
        *self.shared.read() = index;
        *lock(&self.kept) = Kept::Done;
        true
    }

    /// Whether the index can be kept is known before there is one, so that it is told with it.
    fn probe(&self) {
        let len = self.source.bytes().len() as u64;
        if let Some(cache) = self.cache.as_ref().filter(|c| c.wants(len))
            && self.source.stamp().is_some()
            && let Err(why) = cache.probe()
        {
            *lock(&self.kept) = Kept::Failed(why);
        }
    }

    /// Keeps the index for the next opening, unless it comes from an earlier one.
    fn keep(&self) -> Kept {
        let Some(cache) = self.cache.as_ref().filter(|c| c.wants(self.source.bytes().len() as u64)) else {
            return Kept::Done;
        };
        let before = lock(&self.kept).clone();
        if before != Kept::NotYet {
            return before;
        }
        if self.source.check_unchanged().is_err() {
            return Kept::Done;
        }
        let Some(key) = Key::of(&self.source) else { return Kept::Done };
        let Some(raw) = sidecar::encode(&self.shared.read()) else { return Kept::Done };
        cache.store(&key, &raw).map_or_else(Kept::Failed, |()| Kept::Done)
    }

    /// The spans inside of a segment. Cost: nothing while it is kept, else a pass over its bytes.
    pub fn window(&self, segment: usize) -> Option<Arc<Window>> {
        let (s, symbols) = self.whole_segment(segment)?;
        Some(self.windows.get(Piece { segment, part: WHOLE }, || {
            let w = window::read(self.source.bytes(), self.header, &s, symbols);
            self.source.drop_behind(s.start as usize, s.end as usize);
            w
        }))
    }

    /// A decoded piece. Cost: nothing while it is kept, else a decoding of some ten thousand events.
    pub fn piece(&self, piece: Piece) -> Option<Arc<Window>> {
        if let Some(w) = self.windows.peek(piece) {
            return Some(w);
        }
        let (s, symbols) = self.whole_segment(piece.segment)?;
        Some(self.windows.get(piece, || {
            let prepared = self.prepared(piece.segment, &s);
            let at = (&s, piece.part);
            let w = window::read_part(self.source.bytes(), self.header, at, prepared.as_deref(), symbols);
            bound_pages((s.end - s.start) as usize / (s.more_parts() + 1));
            w
        }))
    }

    /// What the parts of a segment need, kept for the next one.
    pub(crate) fn prepared(&self, place: usize, segment: &Segment) -> Option<Arc<Prepared>> {
        if let Some((_, p)) = lock(&self.prepared).iter().find(|p| p.0 == place) {
            return Some(p.clone());
        }
        let prepared = Arc::new(window::prepare(self.source.bytes(), self.header, segment, false)?);
        // It touches every batch of the segment, and a map counts the pages around each: parts are read from few of them.
        self.source.drop_behind(segment.start as usize, segment.end as usize);
        let mut kept = lock(&self.prepared);
        let mut sum = prepared.bytes();
        if sum > MAX_PREPARED_BYTES {
            drop(kept);
            return Some(prepared);
        }
        // The newest of them, as far as there is room.
        let stay = kept.iter().rev().take_while(|p| {
            sum += p.1.bytes();
            sum <= MAX_PREPARED_BYTES
        });
        let gone = kept.len() - stay.count();
        kept.drain(..gone);
        kept.push_back((place, prepared.clone()));
        drop(kept);
        Some(prepared)
    }

    /// How many of them are not decoded.
    pub fn undecoded(&self, pieces: &[Piece]) -> usize {
        pieces.iter().filter(|p| self.windows.peek(**p).is_none()).count()
    }

    /// Decoded pieces, several at once where many are not there yet. Errors: CANCELLED, when `go_on` says no.
    pub fn pieces(&self, pieces: &[Piece], go_on: GoOn<'_>) -> Result<Vec<Option<Arc<Window>>>> {
        let missing: Vec<Piece> =
            pieces.iter().filter(|p| self.windows.peek(**p).is_none()).copied().collect();
        let threads = self.plan.threads.min(missing.len());
        if threads > 1 {
            let next = AtomicUsize::new(0);
            std::thread::scope(|scope| {
                for _ in 0..threads {
                    scope.spawn(|| {
                        while let Some(p) =
                            missing.get(next.fetch_add(1, Ordering::Relaxed)).filter(|_| go_on())
                        {
                            self.piece(*p);
                        }
                    });
                }
            });
        }
        pieces.iter().map(|p| still_wanted(go_on).map(|()| self.piece(*p))).collect()
    }

    pub(crate) fn whole_segment(&self, segment: usize) -> Option<(Segment, Symbols)> {
        let index = self.shared.read();
        let s = index.segments.get(segment).filter(|s| s.whole)?.clone();
        Some((s, index.symbols.clone()))
    }
}

fn progress_json(p: &Progress) -> Value {
    json!({
        "doneBytes": p.done_bytes,
        "totalBytes": p.total_bytes,
        "generation": p.generation,
        "generationCount": p.generations,
        "indexedToNanos": p.indexed_to_nanos,
        "durationNanos": p.duration_nanos,
        "eventCount": p.events,
        "procs": p.procs,
    })
}
