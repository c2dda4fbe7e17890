//! What `--version` says. Electron and Node are not started: set-up leaves their versions in `versions.json`.

use std::path::PathBuf;

use serde_json::Value;

/// One line an item, in the order people ask for them.
pub fn text() -> String {
    let v = installed().unwrap_or(Value::Null);
    let or = |key: &str, fallback: &str| v.get(key).and_then(Value::as_str).unwrap_or(fallback).to_string();
    format!(
        "tracewell {}\nengine {}\nindex format {}\nelectron {}\nnode {}",
        or("app", env!("CARGO_PKG_VERSION")),
        env!("CARGO_PKG_VERSION"),
        tracewell_index::INDEX_VERSION,
        or("electron", "not set up"),
        or("node", "not set up"),
    )
}

/// `dist/versions.json` of a clone, or `versions.json` beside the program in an installed app.
fn installed() -> Option<Value> {
    let exe = std::env::current_exe().ok()?.canonicalize().ok()?;
    exe.ancestors()
        .flat_map(|dir| [dir.join("versions.json"), dir.join("dist/versions.json")])
        .find(|p: &PathBuf| p.is_file())
        .and_then(|p| serde_json::from_slice(&std::fs::read(p).ok()?).ok())
}
