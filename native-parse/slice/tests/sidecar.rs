//! What is kept of a trace for its next opening: it is found, it is the same, and it is never trusted.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tracewell_index::rows::{Book, Bounds, get_book, put_book};
use tracewell_index::sidecar::{self, Key};
use tracewell_index::{Index, Plan, Shared, builder};
use tracewell_slice::{Cache, Options, TILE_BUCKETS, Trace};
use tracewell_source::Source;
use tracewell_wire::header;

const TRACE: &str = "go1.26-pprofsrv5";
const FEW_GOROUTINES: &str = "go1.26-gcheavy";

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/traces").join(format!("{name}.trace"))
}

fn open(path: &Path, cache: Option<&Cache>) -> (Trace, Value) {
    let options = Options { cache: cache.cloned(), ..Options::default() };
    let trace = Trace::with(Source::open(path).unwrap(), path, options).unwrap();
    let info = trace.index(None).unwrap();
    (trace, info)
}

/// What can be asked of a trace, as one text.
fn asked(trace: &Trace, info: &Value) -> String {
    let mut out = String::new();
    let mut info = info.clone();
    info.as_object_mut().unwrap().remove("indexedInMs");
    out.push_str(&info.to_string());
    let end = info["durationNanos"].as_i64().unwrap();
    let tracks: Vec<u32> = (0..8).collect();
    // Between them are levels that a sidecar leaves out: drawn then from the trace itself, with more spans than before.
    for level in [6, 10, 24, 30] {
        let tile = (end / 2) / ((TILE_BUCKETS as i64) << level);
        let t = trace.tile(level, tile as u64, &tracks).unwrap();
        out.push_str(&format!("{:?} {:?} {:?}", t.cells, t.spans, t.labels));
        out.push_str(&format!("{:?}", trace.counters(level, tile as u64).unwrap().cells));
    }
    for at in [end / 3, end / 2] {
        out.push_str(&trace.pick(2, at, 1000).unwrap().to_string());
        out.push_str(&trace.counters_at(at).unwrap().to_string());
    }
    out
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(dir).map(|d| d.flatten().map(|e| e.path()).collect());
    all.unwrap_or_default()
}

#[test]
fn the_second_opening_needs_no_pass_and_answers_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::at(dir.path(), 1 << 30);
    let (plain, plain_info) = open(&fixture(TRACE), None);
    let (first, info) = open(&fixture(TRACE), Some(&cache));
    first.kept().unwrap();
    assert_eq!(files(dir.path()).len(), 1);
    assert_eq!(cache.usage().entries, 1);
    let (again, info_again) = open(&fixture(TRACE), Some(&cache));
    assert_eq!(info_again["status"], "done");
    let plain = asked(&plain, &plain_info);
    assert_eq!(plain, asked(&first, &info));
    assert_eq!(plain, asked(&again, &info_again));
    let bytes = fs::metadata(fixture(TRACE)).unwrap().len();
    assert!(cache.usage().bytes < bytes / 3, "{} of {bytes}", cache.usage().bytes);
    cache.clear().unwrap();
    assert_eq!(cache.usage(), Default::default());
}

#[test]
fn another_file_at_the_same_place_is_indexed_anew() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::at(&dir.path().join("cache"), 1 << 30);
    let path = dir.path().join("a.trace");
    fs::copy(fixture(TRACE), &path).unwrap();
    open(&path, Some(&cache)).0.kept().unwrap();
    fs::copy(fixture("go1.26-gcheavy"), &path).unwrap();
    let (other, info) = open(&path, Some(&cache));
    other.kept().unwrap();
    let (plain, plain_info) = open(&fixture("go1.26-gcheavy"), None);
    assert_eq!(info["eventCount"], plain_info["eventCount"]);
    assert_eq!(info["goroutineCount"], plain_info["goroutineCount"]);
    drop(plain);
    assert_eq!(cache.usage().entries, 2);
}

#[test]
fn a_damaged_sidecar_is_made_again() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::at(dir.path(), 1 << 30);
    let path = fixture("go1.26-locks");
    let (first, info) = open(&path, Some(&cache));
    first.kept().unwrap();
    let whole = asked(&first, &info);
    let sidecar = files(dir.path()).remove(0);
    let good = fs::read(&sidecar).unwrap();
    for damage in [&b""[..], b"TWINDEX\0", &good[..good.len() / 2], &[&good[..40], &[1u8; 5000][..]].concat()]
    {
        fs::write(&sidecar, damage).unwrap();
        let (trace, info) = open(&path, Some(&cache));
        assert_eq!(asked(&trace, &info), whole);
        trace.kept().unwrap();
        assert_eq!(fs::read(&sidecar).unwrap().len(), good.len(), "made again");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_told_and_does_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    // A file stands where the folder should be: not even root can write there.
    let place = dir.path().join("cache");
    fs::write(&place, "not a folder").unwrap();
    let cache = Cache::at(&place, 1 << 30);
    let (trace, info) = open(&fixture(TRACE), Some(&cache));
    assert_eq!(info["status"], "done");
    let said = info["cacheNotice"].as_str().unwrap();
    assert!(said.contains("Nothing can be kept in") && said.contains("cache"), "{said}");
    assert_eq!(trace.kept().unwrap_err(), said);
    assert_eq!(fs::read(&place).unwrap(), b"not a folder");
}

#[test]
fn over_the_limit_the_least_recently_used_goes() {
    let dir = tempfile::tempdir().unwrap();
    let large = Cache::at(dir.path(), 1 << 30);
    let names = ["go1.26-locks", "go1.26-pprofsrv5", "go1.26-gcheavy"];
    for (i, name) in names.iter().enumerate() {
        open(&fixture(name), Some(&large)).0.kept().unwrap();
        // Times of the file system may be as coarse as the test is fast.
        let newest =
            files(dir.path()).into_iter().max_by_key(|f| fs::metadata(f).unwrap().modified().unwrap());
        let then = std::time::SystemTime::now() - std::time::Duration::from_secs(3000 - 1000 * i as u64);
        fs::File::options().write(true).open(newest.unwrap()).unwrap().set_modified(then).unwrap();
    }
    // The first is used again, so the second is the oldest.
    open(&fixture(names[0]), Some(&large)).0.kept().unwrap();
    let before = large.usage();
    assert_eq!(before.entries, 3);
    // Room for one more, if the oldest goes.
    let small = Cache::at(dir.path(), before.bytes + 1);
    open(&fixture("go1.26-locks-p64"), Some(&small)).0.kept().unwrap();
    assert!(small.usage().bytes <= before.bytes + 1);
    let key = |name: &str| Key::of(&Source::open(&fixture(name)).unwrap()).unwrap().name();
    let kept = |name: &str| files(dir.path()).iter().any(|f| f.to_string_lossy().contains(&key(name)));
    assert!(!kept(names[1]) && kept("go1.26-locks-p64"));
}

#[test]
fn whatever_the_bytes_an_index_can_be_asked_or_is_refused() {
    let bytes = fs::read(fixture("go1.26-fractal-seq")).unwrap();
    let head = header::read(&bytes).unwrap();
    let shared = Shared::new(Index::new(head));
    let source = Source::from_bytes(bytes.clone());
    builder::build(&source, 0, &shared, Plan::default(), None, &mut |_| {}, &|| {}).unwrap();
    let raw = sidecar::encode(&shared.read()).unwrap();
    let len = bytes.len() as u64;
    assert!(sidecar::decode(head, &raw, len, None).is_some());
    for cut in (0..raw.len()).step_by(1 + raw.len() / 300) {
        assert!(sidecar::decode(head, &raw[..cut], len, None).is_none(), "cut at {cut}");
    }
    let step = 1 + raw.len() / 500;
    for (i, at) in (0..raw.len()).step_by(step).enumerate() {
        let mut raw = raw.clone();
        raw[at] ^= 1 << (i % 8);
        let Some(index) = sidecar::decode(head, &raw, len, None) else { continue };
        let trace = Trace::of_index(Source::from_bytes(bytes.clone()), index).unwrap();
        let _ = trace.info();
        let _ = trace.tile(20, 0, &[0, 1, 2, 3]);
        if i % 16 == 0 {
            let _ = trace.tile(8, 0, &[0, 1, 2, 3]);
            let _ = trace.counters(8, 0);
            let _ = trace.pick(2, 1000, 10);
        }
    }
}

/// Bounds of the pieces of a book, as far as they are compared.
fn bounds_of(book: &Book) -> Vec<Bounds> {
    (0..book.pieces())
        .filter_map(|i| Some((book.piece(i)?, book.bounds(i)?)))
        .map(|(piece, (from, to))| Bounds { piece, start: 0, bytes: 0, from, to })
        .collect()
}

fn book_bytes(book: &Book, most: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    put_book(book, most, &mut bytes).ok().map(|()| bytes)
}

fn book_of(bytes: &[u8], bounds: &[Bounds]) -> Option<Book> {
    get_book(bytes, bounds, None)
}

#[test]
fn a_book_of_rows_comes_back_as_it_was() {
    for name in ["go1.26-pprofsrv5", "go1.26-tasks", "go1.22-cgoish", "go1.26-locks-p64", "go1.11-tasks"] {
        let (trace, _) = open(&fixture(name), None);
        let book = trace.row_book().unwrap();
        let bytes = book_bytes(&book, u64::MAX).unwrap();
        let again = book_of(&bytes, &bounds_of(&book)).unwrap_or_else(|| panic!("{name}: not read back"));
        assert_eq!(book_bytes(&again, u64::MAX).unwrap(), bytes, "{name}");
        assert_eq!((again.lives.len(), again.bytes() > 0), (book.lives.len(), true), "{name}");
        for place in 0..book.lives.len() {
            let life = book.lives.get(place).unwrap();
            assert_eq!(again.lives.get(place), Some(life), "{name}");
            assert_eq!(again.lives.find(life.g, life.start), book.lives.find(life.g, life.start), "{name}");
        }
        let mut others = bounds_of(&book);
        others[0].to += 1;
        assert!(book_of(&bytes, &others).is_none(), "{name}: of other segments");
        assert!(book_bytes(&book, bytes.len() as u64 - 1).is_none(), "{name}: larger than it may be");
        for cut in [0, 1, bytes.len() / 2, bytes.len() - 1] {
            assert!(book_of(&bytes[..cut], &bounds_of(&book)).is_none(), "{name}: cut at {cut}");
        }
    }
}

#[test]
fn the_rows_of_a_second_opening_need_no_pass() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::at(dir.path(), 1 << 30);
    let passes = |trace: &Trace| {
        let mut told = 0;
        trace
            .make_rows(&mut |_, _| {
                told += 1;
                true
            })
            .unwrap();
        told
    };
    let rows = |trace: &Trace| {
        let book = trace.row_book().unwrap();
        let tracks: Vec<u32> = (0..3).map(|i| 0xe000_0000 + 16 * i).chain([0x8000_0000]).collect();
        let t = trace.tile(20, 0, &tracks).unwrap();
        format!("{:?} {:?} {:?} {:?}", t.cells, t.spans, t.labels, book.lives.get(0))
    };
    let (first, _) = open(&fixture(FEW_GOROUTINES), Some(&cache));
    first.kept().unwrap();
    assert!(passes(&first) > 0);
    assert_eq!(files(dir.path()).len(), 3, "index, rows, and their strands");
    let (second, _) = open(&fixture(FEW_GOROUTINES), Some(&cache));
    assert_eq!(passes(&second), 0);
    assert_eq!(rows(&second), rows(&first));

    let kept =
        files(dir.path()).into_iter().find(|f| f.extension().is_some_and(|e| e == "twanswer")).unwrap();
    let whole = fs::read(&kept).unwrap();
    for at in [0, 10, 60, whole.len() / 2, whole.len() - 1] {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x20;
        fs::write(&kept, &bytes).unwrap();
        let (damaged, _) = open(&fixture(FEW_GOROUTINES), Some(&cache));
        assert!(passes(&damaged) > 0, "damaged at {at}: made anew");
        assert_eq!(rows(&damaged), rows(&first));
        assert_eq!(fs::read(&kept).unwrap(), whole, "and kept again");
    }
}
