//! The book of an open trace, made when it is first needed, and the pieces that were decoded for rows.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};

use tracewell_index::rows::{
    BOOK_VERSION, Blobs, Book, Bounds, RowWindow, Stay, Wakeups, get_book, make, put_book, stays,
};
use tracewell_index::sidecar::Key;
use tracewell_index::{Piece, Segment, Status};
use tracewell_source::{Code, Result, SeededMap, TraceError, bound_pages, give_back};

use super::folds::Folds;
use super::list::RowList;
use super::strands::{StrandWriter, Strands};
use crate::cache::Cache;
use crate::sketches::give_way;
use crate::tile::GoOn;
use crate::trace::{Inner, Trace};
use crate::windows::Windows;

/// Stays of a segment that are kept at most: 48 bytes each.
const MAX_STAYS: usize = 200_000;
/// Lists that are open at once; the oldest goes first.
const MAX_LISTS: usize = 16;

/// The word under which a book is kept beside the index.
pub(super) const KEPT: &str = "rows";
/// A book that takes more than this share of the trace is not kept: of very many short goroutines it is nearly as large.
const KEPT_SHARE: u64 = 8;
/// What lives take in a nameless file, while the trace is open.
const SCRATCH_SHARE: u64 = 8;
/// Most take less than this share.
const KEPT_ABOUT: u64 = 16;

/// Up to so many bytes of a trace its book is made as soon as the index is: a few tenths of a second of processor time.
const ROWS_AHEAD_BYTES: usize = 16 << 20;

pub(crate) struct RowStore {
    /// Up to which byte the trace was read when it was made, and the book.
    pub book: Mutex<Option<(u64, Arc<Book>)>>,
    /// Before there is a book.
    pub wakeups: Mutex<Option<Arc<Wakeups>>>,
    /// Of that book.
    strands: Mutex<Option<Arc<Strands>>>,
    windows: Windows<usize, RowWindow>,
    pub folds: Folds,
    /// A pass that makes the book is under way.
    is_made: AtomicBool,
    /// Pieces that were decoded so far.
    decoded: AtomicUsize,
    /// Those of the segment that was searched last: the next hit is mostly in it too.
    stays: Mutex<Option<(usize, Arc<[Stay]>)>>,
    pub lists: Mutex<Lists>,
}

#[derive(Default)]
pub(crate) struct Lists {
    pub open: SeededMap<u32, Arc<RowList>>,
    last: u32,
}

impl Lists {
    pub fn add(&mut self, list: RowList) -> u32 {
        self.last += 1;
        self.open.insert(self.last, Arc::new(list));
        if self.open.len() > MAX_LISTS
            && let Some(oldest) = self.open.keys().min().copied()
        {
            self.open.remove(&oldest);
        }
        self.last
    }
}

impl RowStore {
    pub fn new(budget: usize) -> RowStore {
        RowStore {
            book: Mutex::new(None),
            wakeups: Mutex::new(None),
            strands: Mutex::new(None),
            windows: Windows::new(budget),
            folds: Folds::new(budget / 2),
            is_made: AtomicBool::new(false),
            decoded: AtomicUsize::new(0),
            lists: Mutex::default(),
            stays: Mutex::default(),
        }
    }
}

/// Says that the book is being made, as long as it lives.
struct Made<'a>(&'a AtomicBool);

impl Made<'_> {
    fn begin(is_made: &AtomicBool) -> Made<'_> {
        is_made.store(true, Relaxed);
        Made(is_made)
    }
}

impl Drop for Made<'_> {
    fn drop(&mut self) {
        self.0.store(false, Relaxed);
    }
}

fn lock<T>(m: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Trace {
    /// Makes the book, or answers when it is there. Waits for the index. `progress` gets bytes read and all bytes, and
    /// says whether to go on. Errors: CANCELLED, those of reading. Cost: a pass, once.
    pub fn make_rows(&self, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<()> {
        self.inner.book_with(progress).map(|_| ())
    }

    /// Of a small trace, makes rows before anybody asks: the pass is over before a page is drawn that shows them. First the
    /// wake-ups alone, which View trace draws from the begin. Of others, nothing. Errors: those of `make_rows`.
    pub fn make_rows_ahead(&self) -> Result<()> {
        if !self.inner.wants_rows_ahead() {
            return Ok(());
        }
        self.inner.early_wakeups();
        self.make_rows(&mut |_, _| true)
    }

    /// Whether the pass that makes rows is under way: what is found for later only waits for it, so that the memory of both is
    /// not needed at once.
    pub fn makes_rows(&self) -> bool {
        self.inner.rows.is_made.load(Relaxed)
    }

    /// The book of rows; made where it is not there yet. Errors: those of `make_rows`.
    pub fn row_book(&self) -> Result<Arc<Book>> {
        self.inner.book()
    }

    /// Shows what goroutines are in from moments of a segment on, in no order. Cost: a decoding.
    pub fn stays(&self, book: &Book, segment: usize, see: &mut dyn FnMut(&Stay)) {
        let inner = &self.inner;
        let kept = lock(&inner.rows.stays).as_ref().filter(|k| k.0 == segment).map(|k| k.1.clone());
        if let Some(kept) = kept {
            return kept.iter().for_each(see);
        }
        let Some(s) = inner.shared.read().segments.get(segment).filter(|s| s.whole).cloned() else { return };
        let (mut all, mut fits) = (Vec::new(), true);
        let place = book.first_of(segment);
        stays(inner.source.bytes(), inner.header, (&s, place), book, &mut |stay| {
            see(stay);
            fits = fits && all.len() < MAX_STAYS;
            if fits {
                all.push(*stay);
            }
        });
        inner.source.drop_behind(s.start as usize, s.end as usize);
        *lock(&inner.rows.stays) = fits.then(|| (segment, all.into()));
    }

    /// How many pieces were decoded for rows so far.
    pub fn row_pieces_decoded(&self) -> usize {
        self.inner.rows.decoded.load(Relaxed)
    }

    /// What rows hold in memory, windows not counted. Units: bytes.
    pub fn row_bytes(&self) -> usize {
        lock(&self.inner.rows.book).as_ref().map_or(0, |(_, b)| b.bytes())
    }
}

impl Inner {
    pub fn wants_rows_ahead(&self) -> bool {
        self.source.bytes().len() <= ROWS_AHEAD_BYTES
    }

    /// The book; made where it is not there yet.
    pub fn book(&self) -> Result<Arc<Book>> {
        self.book_with(&mut |_, _| true)
    }

    fn book_with(&self, progress: &mut dyn FnMut(u64, u64) -> bool) -> Result<Arc<Book>> {
        let total = self.source.bytes().len() as u64;
        while !self.wait_for_pass(std::time::Duration::from_millis(50)) {
            if !progress(0, total) {
                return Err(TraceError::cancelled());
            }
        }
        let mut kept = lock(&self.rows.book);
        let (read_to, bounds) = {
            let index = self.shared.read();
            let whole = index.segments.iter().filter(|s| s.whole);
            let pieces = whole.enumerate().flat_map(|(segment, s)| {
                (0..=s.more_parts()).map(move |part| {
                    let (from, to) = s.bounds(part);
                    let bytes = (s.end - s.start) / (s.more_parts() as u64 + 1);
                    Bounds { piece: Piece { segment, part }, start: s.start, bytes, from, to }
                })
            });
            (index.read_to, pieces.collect::<Vec<Bounds>>())
        };
        if let Some((at, book)) = &*kept
            && *at == read_to
        {
            return Ok(book.clone());
        }
        let answers = self.answers();
        let whole = self.shared.read().status == Status::Done;
        // Strands are made with the book: where they can be kept and are not there, it is made anew.
        let at = self.kept_at().filter(|_| answers.is_some() && whole);
        let found = at.as_ref().and_then(|(cache, key)| Strands::find(cache, key, &bounds));
        let known = answers.as_ref().filter(|_| at.is_none() || found.is_some());
        let folder = self.cache.as_ref().and_then(|c| c.scratch(total / SCRATCH_SHARE));
        let known = known.and_then(|a| get_book(a.open(KEPT, BOOK_VERSION)?, &bounds, folder));
        let is_new = known.is_none();
        let (book, strands) = match known {
            Some(book) => (book, found),
            None => {
                let mut writer = at.and_then(|(cache, key)| self.strand_writer(cache, key));
                let _made = Made::begin(&self.rows.is_made);
                let mut go_on = |done| progress(done, total);
                let book = self.made(&bounds, writer.as_mut(), folder, &mut go_on)?;
                let keep = self.source.check_unchanged().is_ok();
                (book, writer.and_then(|w| w.finish(&bounds, keep)))
            }
        };
        let book = Arc::new(book);
        // Places in an older book are not those of this one.
        self.rows.windows.clear();
        self.rows.folds.clear();
        *lock(&self.rows.stays) = None;
        *lock(&self.rows.strands) = strands.map(Arc::new);
        *kept = Some((read_to, book.clone()));
        drop(kept);
        *lock(&self.rows.wakeups) = None;
        give_back();
        if let Some(answers) = answers.filter(|_| is_new)
            && whole
        {
            let write = |to: &mut dyn std::io::Write| put_book(&book, total / KEPT_SHARE, to);
            answers.store_by(&self.source, KEPT, BOOK_VERSION, total / KEPT_ABOUT, write);
        }
        Ok(book)
    }

    /// Makes the book on a thread that gives way to those that draw and answer.
    fn made(
        &self,
        bounds: &[Bounds],
        strands: Option<&mut StrandWriter<'_>>,
        folder: Option<&Path>,
        progress: &mut dyn FnMut(u64) -> bool,
    ) -> Result<Book> {
        let (tell, told) = channel();
        let stop = &AtomicBool::new(false);
        // What it tells by goes with it: so the end of the pass is the end of what is told.
        let pass = move || {
            give_way();
            let out = strands.map(|w| w as &mut dyn Blobs);
            let mut go_on = |done| tell.send(done).is_ok() && !stop.load(Relaxed);
            make(&self.source, self.start, bounds, out, folder, &mut go_on)
        };
        std::thread::scope(|scope| {
            let begun = std::thread::Builder::new().name("rows".into()).spawn_scoped(scope, pass);
            let pass = begun
                .map_err(|e| TraceError::new(Code::Internal, format!("No thread could be started: {e}")))?;
            for done in told {
                if !progress(done) {
                    stop.store(true, Relaxed);
                }
            }
            pass.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    fn strand_writer<'c>(&self, cache: &'c Cache, key: Key) -> Option<StrandWriter<'c>> {
        let bytes = self.source.bytes().len() as u64;
        // What the index takes is known when it is kept, which may be a moment behind the pass.
        let _ = self.wait_until_kept();
        let (index, sketches) = cache.size_of(&key);
        // Sketches that are not made yet will take a twentieth.
        let others = index.unwrap_or(0) + sketches.unwrap_or(bytes / 20);
        let lives = self.shared.read().facts.goroutines.len();
        StrandWriter::begin(cache, key, bytes, others, lives)
    }

    /// The strands of the book that is there; None: there are none.
    pub fn strands(&self) -> Option<Arc<Strands>> {
        lock(&self.rows.strands).clone()
    }

    /// Decodes pieces that are not kept, two at a time, so that they are kept when they are asked for;
    /// as long as `go_on` says so.
    pub fn row_windows_ahead(&self, book: &Book, places: &[usize], go_on: GoOn<'_>) {
        let missing: Vec<usize> = places.iter().copied().filter(|p| !self.has_row_window(*p)).collect();
        if missing.len() < 2 {
            return;
        }
        let next = AtomicUsize::new(0);
        let work = || {
            while let Some(place) = missing.get(next.fetch_add(1, Relaxed)).filter(|_| go_on()) {
                self.row_window(book, *place, true);
            }
        };
        std::thread::scope(|scope| {
            scope.spawn(work);
            work();
        });
    }

    /// A piece decoded for rows; `place`: its number in the book. `keep`: it is likely to be asked for again.
    pub fn row_window(&self, book: &Book, place: usize, keep: bool) -> Option<Arc<RowWindow>> {
        if let Some(w) = self.rows.windows.peek(place) {
            return Some(w);
        }
        let piece = book.piece(place)?;
        let s: Segment = self.shared.read().segments.get(piece.segment).filter(|s| s.whole)?.clone();
        let read = || {
            self.rows.decoded.fetch_add(1, Relaxed);
            let prepared = self.prepared(piece.segment, &s);
            let bytes = self.source.bytes();
            let w = RowWindow::read(bytes, self.header, (&s, place), prepared.as_deref(), book);
            if prepared.is_some() {
                bound_pages((s.end - s.start) as usize / (s.more_parts() + 1));
            } else {
                self.source.drop_behind(s.start as usize, s.end as usize);
            }
            w
        };
        Some(if keep { self.rows.windows.get(place, read) } else { Arc::new(read()) })
    }

    /// It costs nothing to look at.
    pub fn has_row_window(&self, place: usize) -> bool {
        self.rows.windows.peek(place).is_some()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use tracewell_index::Plan;
    use tracewell_source::Source;

    use super::*;
    use crate::Options;

    /// The lists of what is rare are what decoding every piece gives.
    #[test]
    fn lists_of_goroutines_are_those_of_all_pieces() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/traces");
        for (name, part_events) in
            [("go1.26-tasks", 0), ("go1.19-tasks", 60), ("go1.26-flightrec2", 60), ("go1.26-cpuprofile", 60)]
        {
            let path = folder.join(format!("{name}.trace"));
            let options = Options { plan: Plan { part_events, threads: 2 }, ..Options::default() };
            let trace = Trace::with(Source::open(&path).unwrap(), &path, options).unwrap();
            trace.index(None).unwrap();
            let book = trace.row_book().unwrap();
            let within = book.within().unwrap();
            let (mut regions, mut logs, mut samples) = (Vec::new(), Vec::new(), Vec::new());
            for place in 0..book.pieces() {
                let w = trace.inner.row_window(&book, place, false).unwrap();
                regions.extend_from_slice(w.all_regions());
                logs.extend_from_slice(w.all_logs());
                samples.extend_from_slice(w.all_samples());
            }
            regions.sort_by_key(|r| (r.g, r.start, -r.end));
            logs.sort_by_key(|l| (l.g, l.at));
            samples.sort_by_key(|s| (s.g, s.at));
            let sum = regions.len() + logs.len() + samples.len();
            assert!(sum > 0, "{name}");
            let place = format!("{name}, {part_events} events");
            for own in regions.chunk_by(|a, b| a.g == b.g) {
                assert_eq!(within.regions(own[0].g), own, "{place}");
            }
            for own in logs.chunk_by(|a, b| a.g == b.g) {
                assert_eq!(within.logs(own[0].g), own, "{place}");
            }
            for own in samples.chunk_by(|a, b| a.g == b.g) {
                assert_eq!(within.samples(own[0].g), own, "{place}");
            }
            assert_eq!(within.len(), sum, "{name}");
        }
    }
}
