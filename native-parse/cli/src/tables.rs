//! The verbs that answer with tables: goroutines, tasks, regions.

use std::io::{self, BufWriter, Write};

use tracewell_analysis::{goroutines, regions, tasks};

use crate::args::Question;
use crate::verbs::{Opened, clip, said};
use crate::{Failure, print, print_answer};

pub fn goroutines(q: &Question, groups: bool) -> Result<(), Failure> {
    let clip = clip(&q.range)?;
    let opened = Opened::open(&q.file)?;
    let (all, outcome) = goroutines::read(opened.bytes(), opened.start, q.as_reference, clip)?;
    said(&outcome);
    if groups {
        return print(&all.groups());
    }
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    for line in all.lines() {
        serde_json::to_writer(&mut out, &line).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

pub fn tasks(q: &Question) -> Result<(), Failure> {
    let clip = clip(&q.range)?;
    let opened = Opened::open(&q.file)?;
    let (value, outcome) = tasks::read(opened.bytes(), opened.start, q.as_reference, clip)?;
    said(&outcome);
    print_answer(value)
}

pub fn regions(q: &Question) -> Result<(), Failure> {
    let clip = clip(&q.range)?;
    let opened = Opened::open(&q.file)?;
    let (value, outcome) = regions::read(opened.bytes(), opened.start, q.as_reference, clip)?;
    said(&outcome);
    print_answer(value)
}
