//! Answers are kept from one run to the next by two programs, the command line and the app's engine. What they may share is
//! told by the sources that count: where one of them changes, nothing that was kept before is taken.

use std::error::Error;
use std::fs;
use std::hash::Hasher;
use std::path::{Path, PathBuf};

/// This crate and those below it, and the versions of all others.
const COUNTED_BY: [&str; 7] =
    ["source/src", "wire/src", "order/src", "index/src", "analysis/src", "Cargo.toml", "Cargo.lock"];

fn main() -> Result<(), Box<dyn Error>> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    // Of no fixed keys: the same for the same bytes.
    let mut hasher = std::hash::DefaultHasher::new();
    for part in COUNTED_BY {
        let path = workspace.join(part);
        println!("cargo::rerun-if-changed={}", path.display());
        for file in files(&path)? {
            hasher.write(file.strip_prefix(&workspace)?.as_os_str().as_encoded_bytes());
            let bytes = fs::read(&file)?;
            hasher.write_usize(bytes.len());
            hasher.write(&bytes);
        }
    }
    println!("cargo::rustc-env=TRACEWELL_SOURCES={:016x}", hasher.finish());
    Ok(())
}

/// A file, or all files of a folder, in one order.
fn files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut entries: Vec<PathBuf> =
        fs::read_dir(path)?.map(|e| e.map(|e| e.path())).collect::<std::io::Result<_>>()?;
    entries.sort();
    let mut all = Vec::new();
    for entry in entries {
        all.extend(files(&entry)?);
    }
    Ok(all)
}
