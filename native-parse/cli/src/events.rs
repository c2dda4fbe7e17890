//! `tracewell events`: lines are written as they come; a closed pipe or the limit ends the reading.

use std::io::{self, BufWriter, Write};

use tracewell_analysis::event_lines::EventLines;
use tracewell_analysis::run;
use tracewell_order::{Event, Flow, Sink, Stage};
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
    failed: Option<io::Error>,
}

impl<W: Write> Sink for Lines<W> {
    fn begin_generation(&mut self, g: &Generation, stage: &mut Stage<'_>) {
        self.lines.begin_generation(g, stage.tables);
    }

    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        if e.time > self.to || self.left == 0 {
            return Flow::Break(());
        }
        if e.time < self.from {
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

pub fn run(args: &EventsArgs) -> Result<(), Failure> {
    let opened = Opened::open(&args.file)?;
    let mut sink = Lines {
        lines: EventLines::default(),
        line: String::new(),
        out: BufWriter::with_capacity(1 << 16, io::stdout().lock()),
        from: args.range.from.unwrap_or(i64::MIN),
        to: args.range.to.unwrap_or(i64::MAX),
        left: args.limit.unwrap_or(u64::MAX),
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
