//! The verbs that answer with one object.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tracewell_analysis::{causes, counters, exact_slices, info, run};
use tracewell_source::{Code, Result, Source, TraceError};
use tracewell_wire::header;
use tracewell_wire::sections::sections;
use tracewell_wire::v1::names;

use tracewell_analysis::stats::Clip;

use crate::args::{FileArg, RangeArg, RowsArg};
use crate::{Failure, print, warn};

/// A file and the trace in it that was asked for.
pub struct Opened {
    source: Arc<Source>,
    /// Offset of the trace's header.
    pub start: u64,
}

impl Opened {
    pub fn open(file: &FileArg) -> Result<Opened> {
        let source = if file.path == "-" {
            Source::from_reader(io::stdin().lock())?
        } else {
            Source::open(Path::new(&file.path))?
        };
        let head = header::read(source.bytes())?;
        let start = if file.section == 1 {
            0
        } else {
            let sections = sections(source.bytes(), head);
            sections.get(file.section as usize - 1).map(|s| s.offset).ok_or_else(|| {
                TraceError::new(
                    Code::Range,
                    format!(
                        "The file holds {} trace(s); there is no number {}",
                        sections.len(),
                        file.section
                    ),
                )
            })?
        };
        if file.binary.is_some() && has_names(source.bytes(), start) {
            eprintln!("tracewell: note: this trace has its names inside; --binary is not needed");
        }
        let source = names::of_program(source, start, file.binary.as_deref())?;
        let source = Arc::new(source);
        let_go(&source);
        Ok(Opened { source, start })
    }

    pub fn bytes(&self) -> &[u8] {
        self.source.bytes()
    }

    pub fn source(&self) -> &Source {
        &self.source
    }
}

/// From here on a file is not held whole.
const LARGE_BYTES: usize = 64 << 20;
const EVERY: Duration = Duration::from_millis(200);

/// A map counts all it touched as resident. While an answer is made of a large file, what was read is let go again and
/// again: what is still in use comes back from the system's own cache. It ends with the file.
fn let_go(source: &Arc<Source>) {
    if source.bytes().len() < LARGE_BYTES {
        return;
    }
    let source = Arc::downgrade(source);
    let started = std::thread::Builder::new().name("let go".into()).spawn(move || {
        loop {
            std::thread::sleep(EVERY);
            let Some(source) = source.upgrade() else { return };
            source.drop_behind(0, source.bytes().len());
        }
    });
    // Without it the answer is the same.
    drop(started);
}

fn has_names(bytes: &[u8], start: u64) -> bool {
    header::read(&bytes[start as usize..]).is_ok_and(|head| !names::are_missing(head, bytes))
}

/// Says on standard error what could not be read.
pub fn said(outcome: &run::Outcome) {
    if let Some(e) = &outcome.damage {
        warn(e);
    }
}

pub fn info(file: &FileArg, footprint: bool) -> Result<(), Failure> {
    let opened = Opened::open(file)?;
    let (mut value, outcome) = info::read(opened.bytes(), opened.start)?;
    if footprint {
        value = tracewell_analysis::footprint::read(opened.bytes(), opened.start)?;
    }
    said(&outcome);
    print(&value)
}

pub fn counters(file: &FileArg, range: &RangeArg, at: &[i64], width: Option<u32>) -> Result<(), Failure> {
    let clip = clip(range)?;
    if !at.is_sorted() {
        return Err(Failure::Usage("--at wants rising times".into()));
    }
    let opened = Opened::open(file)?;
    let (value, outcome) = match width {
        None => counters::read_at(opened.bytes(), opened.start, at.to_vec(), !at.is_empty(), clip)?,
        Some(px) => counters::read_curves(opened.bytes(), opened.start, px, clip)?,
    };
    said(&outcome);
    print(&value)
}

pub fn slices(
    file: &FileArg,
    rows: RowsArg,
    range: &RangeArg,
    width: u32,
    exact: bool,
) -> Result<(), Failure> {
    let (from, to) = (range.from.unwrap_or(0), range.to.unwrap_or(i64::MAX));
    if from > to {
        return Err(Failure::Usage("--from is behind --to".into()));
    }
    let opened = Opened::open(file)?;
    let rows = match rows {
        RowsArg::Procs => exact_slices::Rows::Procs,
        RowsArg::Threads => exact_slices::Rows::Threads,
        RowsArg::Goroutines => exact_slices::Rows::Goroutines,
        RowsArg::Gc => exact_slices::Rows::Gc,
    };
    let (value, outcome) = if exact {
        exact_slices::read(opened.bytes(), opened.start, rows, from, to)?
    } else {
        tracewell_analysis::drawn_slices::read(opened.bytes(), opened.start, rows, from, to, width)?
    };
    said(&outcome);
    print(&value)
}

/// The range that was asked for. Errors: usage, when it ends before it begins.
pub fn clip(range: &RangeArg) -> Result<Clip, Failure> {
    let clip = Clip { from: range.from.unwrap_or(i64::MIN), to: range.to.unwrap_or(i64::MAX) };
    if clip.from > clip.to {
        return Err(Failure::Usage("--from is behind --to".into()));
    }
    Ok(clip)
}

pub fn causes(file: &FileArg, goroutine: i64, at: i64) -> Result<(), Failure> {
    let opened = Opened::open(file)?;
    let (value, outcome) = causes::read(opened.bytes(), opened.start, goroutine, at)?;
    said(&outcome);
    print(&value)
}
