//! `tracewell events`: lines are written as they come; a closed pipe or the limit ends the reading.

use std::io::{self, BufWriter, Write};

use tracewell_analysis::event_lines::EventLines;
use tracewell_analysis::run;
use tracewell_order::{Event, Flow, Sink, Stage};
use tracewell_search::{EventRecord, Matcher, Names, Query};
use tracewell_wire::Generation;

use crate::args::EventsArgs;
use crate::verbs::Opened;
use crate::{Failure, warn};

struct Lines<W: Write> {
    lines: EventLines,
    line: String,
    out: W,
    from: i64,
    to: i64,
    left: u64,
    find: Option<(Matcher, Names)>,
    failed: Option<io::Error>,
}

impl<W: Write> Sink for Lines<W> {
    fn begin_generation(&mut self, g: &Generation, stage: &mut Stage<'_>) {
        self.lines.begin_generation(g, stage.tables);
        if let Some((matcher, _)) = &mut self.find {
            // Stacks have new numbers; texts of one reader keep theirs.
            matcher.forget(u32::MAX);
        }
    }

    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        if e.time > self.to || self.left == 0 {
            return Flow::Break(());
        }
        let found = match &mut self.find {
            _ if e.time < self.from => false,
            Some((matcher, names)) => matcher.matches(&EventRecord { event: e, stage, names }),
            None => true,
        };
        if !found {
            self.lines.skip();
            return Flow::Continue(());
        }
        self.line.clear();
        self.lines.write(&mut self.line, e, stage);
        self.left -= 1;
        match self.out.write_all(self.line.as_bytes()) {
            Ok(()) => Flow::Continue(()),
            Err(e) => {
                self.failed = Some(e);
                Flow::Break(())
            }
        }
    }
}

/// A query from the command line. Errors: usage, with the place of what is wrong.
pub fn query(text: &str) -> Result<Query, Failure> {
    tracewell_search::parse(text)
        .map_err(|e| Failure::Usage(format!("--find cannot be read {}", e.line(text).replace('\n', " "))))
}

/// What finds it. Cost: where names are asked for, a pass over the trace, since an event may come before they are told.
fn finder(query: &Query, opened: &Opened) -> Result<(Matcher, Names), Failure> {
    let names = match query.needs_names() {
        true => Names::read(opened.bytes(), opened.start)?,
        false => Names::default(),
    };
    Ok((Matcher::new(query), names))
}

pub fn run(args: &EventsArgs) -> Result<(), Failure> {
    let query = args.find.as_deref().map(query).transpose()?;
    let opened = Opened::open(&args.file)?;
    let mut sink = Lines {
        lines: EventLines::default(),
        line: String::new(),
        out: BufWriter::with_capacity(1 << 16, io::stdout().lock()),
        from: args.range.from.unwrap_or(i64::MIN),
        to: args.range.to.unwrap_or(i64::MAX),
        left: args.limit.unwrap_or(u64::MAX),
        find: query.map(|q| finder(&q, &opened)).transpose()?,
        failed: None,
    };
    let outcome = run::events(opened.bytes(), opened.start, &mut sink)?;
    if let Some(e) = sink.failed.take() {
        return Err(e.into());
    }
    sink.out.flush()?;
    if let Some(e) = &outcome.damage {
        warn(e);
    }
    Ok(())
}
