//! The command line: every answer with data, without Node and Electron. `open` and `shot` start the app: in a clone
//! `bin/tracewell` does that, in an installed app `app`.
//!
//! Answers go to standard output, messages to standard error. Exit codes: 0 done; 1 the file or the question cannot be
//! answered (one line, `tracewell: CODE: sentence`); 2 wrong usage.

mod app;
mod args;
mod collector;
mod compare;
mod events;
mod export;
mod kept;
mod profiles;
mod tables;
mod verbs;
mod versions;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Verb};

/// Why a verb ended without an answer.
pub enum Failure {
    /// The reader of our output went away: end quietly.
    Closed,
    Trace(tracewell_source::TraceError),
    Usage(String),
}

impl From<tracewell_source::TraceError> for Failure {
    fn from(e: tracewell_source::TraceError) -> Self {
        Failure::Trace(e)
    }
}

impl From<io::Error> for Failure {
    fn from(e: io::Error) -> Self {
        if e.kind() == io::ErrorKind::BrokenPipe {
            return Failure::Closed;
        }
        Failure::Trace(tracewell_source::TraceError::new(
            tracewell_source::Code::Io,
            format!("The answer could not be written: {e}"),
        ))
    }
}

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().skip(1).collect();
    if let Some(found) = app::installed_app().filter(|_| app::is_for_app(&words)) {
        return app::run(&found, words).unwrap_or_else(|e| {
            eprintln!("tracewell: INTERNAL: The app could not be started: {e}");
            ExitCode::FAILURE
        });
    }
    let cli = match Cli::try_parse_from(profiles::habits(std::env::args_os())) {
        Ok(cli) => cli,
        Err(e) => {
            let _ = e.print();
            return ExitCode::from(u8::try_from(e.exit_code()).unwrap_or(2));
        }
    };
    if cli.version {
        println!("{}", versions::text());
        return ExitCode::SUCCESS;
    }
    let Some(verb) = cli.verb else {
        return usage("say what to do; `tracewell --help` lists the verbs");
    };
    let done = match verb {
        Verb::Info { file, footprint } => verbs::info(&file, footprint),
        Verb::Events(a) => events::run(&a),
        Verb::Counters { file, range, at, width } => verbs::counters(&file, &range, &at, width),
        Verb::Goroutines { question, groups } => tables::goroutines(&question, groups),
        Verb::Profile(a) => profiles::json(&a),
        Verb::Pprof { profile, output } => profiles::pprof(&profile, output.as_deref()),
        Verb::Mmu(a) => collector::mmu(&a),
        Verb::Gc { file, range } => collector::gc(&file, &range),
        Verb::Causes { file, goroutine, at } => verbs::causes(&file, goroutine, at),
        Verb::Tasks(q) => tables::tasks(&q),
        Verb::Regions(q) => tables::regions(&q),
        Verb::Insights(_) => {
            Err(Failure::Usage("insights is not due yet; this version has no findings".into()))
        }
        Verb::Compare(a) => compare::run(&a),
        Verb::Export(a) => export::run(&a),
        Verb::Anonymise { file, output } => export::anonymise(&file, &output),
        Verb::Slices { file, rows, range, width, exact } => verbs::slices(&file, rows, &range, width, exact),
    };
    match done {
        Ok(()) | Err(Failure::Closed) => ExitCode::SUCCESS,
        Err(Failure::Usage(why)) => usage(&why),
        Err(Failure::Trace(e)) => {
            eprintln!("tracewell: {e}");
            ExitCode::FAILURE
        }
    }
}

fn usage(why: &str) -> ExitCode {
    eprintln!("tracewell: {why}");
    ExitCode::from(2)
}

/// One line of JSON to standard output.
pub fn print(value: &serde_json::Value) -> Result<(), Failure> {
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    serde_json::to_writer(&mut out, value).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}

/// The same of an answer with long lists.
pub fn print_answer(answer: tracewell_analysis::answer::Answer) -> Result<(), Failure> {
    let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
    answer.write(&mut out)?;
    out.flush()?;
    Ok(())
}

/// The line on standard error beside an answer about the good part of a damaged file.
pub fn warn(e: &tracewell_source::TraceError) {
    eprintln!("tracewell: warning: {e}");
}
