//! The kept digest of a trace: the same as a fresh one, made anew where anything is wrong with it, and never a hindrance.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use tracewell_analysis::SOURCES;
use tracewell_analysis::desk::{Call, Desk};
use tracewell_analysis::stats::Clip;
use tracewell_compare::{Ask, compare, kept, read};
use tracewell_slice::{Answers, Cache};
use tracewell_source::{Code, Result, Source, TraceError};

const TRACE: &str = "../../tests/fixtures/traces/go1.26-pprofsrv5.trace";

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(TRACE)
}

fn fresh(source: &Arc<Source>) -> Result<Value> {
    let stop = AtomicBool::new(false);
    Desk::new(source.clone(), 0, 1 << 24).digest(Clip::ALL, &Call { stop: &stop, progress: &|_| () })
}

/// The digest of a file as a program gets it, and whether it had to be made.
fn ask(path: &Path, cache: &Cache) -> (Value, bool) {
    let source = Arc::new(Source::open(path).unwrap());
    let made = Cell::new(false);
    let answers = Answers::of(cache.clone(), &source);
    let value = kept::digest(answers.as_ref(), &source, || {
        made.set(true);
        fresh(&source)
    });
    (value.unwrap(), made.get())
}

fn only_file(dir: &Path) -> PathBuf {
    let all: Vec<PathBuf> = fs::read_dir(dir).unwrap().flatten().map(|e| e.path()).collect();
    assert_eq!(all.len(), 1, "{all:?}");
    all[0].clone()
}

#[test]
fn the_second_comparison_needs_no_pass_and_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::at(dir.path(), 1 << 30);
    let (first, made) = ask(&fixture(), &cache);
    assert!(made && first["eventCount"].as_i64().unwrap() > 0);
    // What was used last goes last.
    let file = only_file(dir.path());
    let long_ago = SystemTime::now() - Duration::from_secs(3600);
    fs::File::options().write(true).open(&file).unwrap().set_modified(long_ago).unwrap();
    let (second, made) = ask(&fixture(), &cache);
    assert!(!made);
    assert!(fs::metadata(&file).unwrap().modified().unwrap() > long_ago + Duration::from_secs(60));
    assert!(first == second);
    let pair = |b: &Value| compare(&read(first.clone()).unwrap(), &read(b.clone()).unwrap(), &Ask::default());
    assert!(pair(&first).unwrap() == pair(&second).unwrap());
}

#[test]
fn what_is_damaged_or_foreign_is_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::at(dir.path(), 1 << 30);
    let (first, _) = ask(&fixture(), &cache);
    let file = only_file(dir.path());
    let good = fs::read(&file).unwrap();
    let mut bads: Vec<Vec<u8>> = [0, 9, 20, 35, 45, 55, good.len() / 2, good.len() - 1]
        .into_iter()
        .map(|at| {
            let mut bad = good.clone();
            bad[at] ^= 1;
            bad
        })
        .collect();
    bads.extend([Vec::new(), good[..good.len() / 2].to_vec(), vec![0; 1 << 16]]);
    for bad in bads {
        fs::write(&file, bad).unwrap();
        assert!(ask(&fixture(), &cache) == (first.clone(), true));
        assert!(fs::read(&file).unwrap() == good);
    }
    // Whole, with a checksum that is right, but no digest.
    let source = Source::open(&fixture()).unwrap();
    let answers = Answers::of(cache.clone(), &source).unwrap();
    for foreign in [&b"no digest"[..], &packed(&json!([1, 2])), &packed(&json!({"sums": 7}))] {
        answers.store(&source, "digest", SOURCES, foreign);
        assert!(fs::read(&file).unwrap() != good);
        assert!(ask(&fixture(), &cache) == (first.clone(), true));
    }
    // Of a program that counts otherwise.
    answers.store(&source, "digest", SOURCES ^ 1, &packed(&first));
    assert!(ask(&fixture(), &cache) == (first.clone(), true));
    assert!(ask(&fixture(), &cache) == (first, false));
}

fn packed(value: &Value) -> Vec<u8> {
    use std::io::Write;
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(value.to_string().as_bytes()).unwrap();
    packer.finish().unwrap()
}

#[test]
fn a_file_that_changed_is_another_trace() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::at(&dir.path().join("cache"), 1 << 30);
    let path = dir.path().join("a.trace");
    fs::copy(fixture(), &path).unwrap();
    let (first, _) = ask(&path, &cache);
    assert!(ask(&path, &cache) == (first.clone(), false));
    // Of the same bytes, written later.
    let later = SystemTime::now() + Duration::from_secs(10);
    fs::File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
    assert!(ask(&path, &cache) == (first.clone(), true));
    // Another trace in its place.
    let other = fixture().with_file_name("go1.26-gcheavy.trace");
    fs::copy(other, &path).unwrap();
    let (second, made) = ask(&path, &cache);
    assert!(made && second != first);
}

#[test]
fn nothing_is_kept_of_a_file_that_changes_meanwhile_nor_of_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let cache = Cache::at(&dir.path().join("cache"), 1 << 30);
    let path = dir.path().join("a.trace");
    fs::copy(fixture(), &path).unwrap();
    let source = Arc::new(Source::open(&path).unwrap());
    let answers = Answers::of(cache.clone(), &source);
    let wrong = kept::digest(answers.as_ref(), &source, || Err(TraceError::cancelled()));
    assert_eq!(wrong.err().map(|e| e.code), Some(Code::Cancelled));
    let changed = kept::digest(answers.as_ref(), &source, || {
        let value = fresh(&source);
        fs::copy(&path, dir.path().join("b.trace")).unwrap();
        let later = SystemTime::now() + Duration::from_secs(10);
        let copy = fs::File::options().write(true).open(dir.path().join("b.trace")).unwrap();
        copy.set_modified(later).unwrap();
        fs::rename(dir.path().join("b.trace"), &path).unwrap();
        value
    });
    assert!(changed.is_ok());
    assert_eq!(cache.usage().bytes, 0);
}

#[test]
fn where_nothing_can_be_kept_the_answer_is_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let (first, _) = ask(&fixture(), &Cache::at(dir.path(), 1 << 30));
    // A file stands where the folder should be; no room at all.
    let blocked = dir.path().join("blocked");
    fs::write(&blocked, b"x").unwrap();
    for cache in [Cache::at(&blocked, 1 << 30), Cache::at(&dir.path().join("none"), 0)] {
        for _ in 0..2 {
            assert!(ask(&fixture(), &cache) == (first.clone(), true));
        }
    }
    assert!(!dir.path().join("none").exists());
}
