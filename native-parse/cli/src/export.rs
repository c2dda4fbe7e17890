//! `tracewell export`: a file for another program, whole or not at all.

use std::io;
use std::path::Path;

use tracewell_analysis::profiles::Profile;
use tracewell_analysis::run::Outcome;
use tracewell_export::{OutFile, Table};

use crate::Failure;
use crate::args::{ExportArgs, FileArg, RangeArg, TableArg};
use crate::events::query;
use crate::verbs::{Opened, clip, said};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Perfetto,
    Csv,
}

pub fn run(args: &ExportArgs) -> Result<(), Failure> {
    let (format, range) = asked(args)?;
    if format == Format::Perfetto && (args.what.is_some() || args.find.is_some()) {
        return Err(Failure::Usage("--what and --find are for --to csv".into()));
    }
    let what = args.what.unwrap_or(TableArg::Events);
    if args.find.is_some() && what != TableArg::Events {
        return Err(Failure::Usage("--find is for --what events".into()));
    }
    let find = args.find.as_deref().map(query).transpose()?;
    let Some(path) = args.output.as_deref() else {
        return Err(Failure::Usage("say where to write the file: -o OUT".into()));
    };
    let clip = clip(&range)?;
    let opened = Opened::open(&args.file)?;
    let (bytes, start) = (opened.bytes(), opened.start);
    to_file(path, |out| match (format, table(what)) {
        (Format::Perfetto, _) => tracewell_export::write_perfetto(bytes, start, clip, out),
        (_, None) => tracewell_export::write_events(bytes, start, find.as_ref(), clip, out),
        (_, Some(table)) => tracewell_export::write_table(bytes, start, table, clip, out),
    })
}

/// `tracewell anonymise`: a trace again, that says nothing of whose program it is.
pub fn anonymise(file: &FileArg, path: &Path) -> Result<(), Failure> {
    let opened = Opened::open(file)?;
    let mut out = OutFile::create(path)?;
    let copied = tracewell_export::write_anonymised(opened.bytes(), opened.start, &mut out)?
        .map_err(|e| out.failure(&e))?;
    out.finish()?;
    if let Some(e) = copied.damage {
        eprintln!("tracewell: note: the copy ends before the trace does: {e}");
    }
    println!(r#"{{"kept":{},"replaced":{}}}"#, copied.kept, copied.replaced);
    Ok(())
}

/// `--to` is the format, and with a number the end of the range, as of the other verbs.
fn asked(args: &ExportArgs) -> Result<(Format, RangeArg), Failure> {
    let mut format = None;
    let mut range = RangeArg { from: args.from, to: None };
    let twice = |what: &str| Failure::Usage(format!("{what} is there twice"));
    for to in &args.to {
        if let Ok(nanos) = to.parse() {
            if range.to.replace(nanos).is_some() {
                return Err(twice("--to NS"));
            }
            continue;
        }
        let found = match to.as_str() {
            "perfetto" => Format::Perfetto,
            "csv" => Format::Csv,
            "parquet" | "trace" => {
                return Err(Failure::Usage(format!(
                    "export --to {to} is not due yet; `tracewell export --to csv` and `--to perfetto` write files, \
                     `tracewell events` and the other verbs answer as JSON"
                )));
            }
            _ => {
                return Err(Failure::Usage(format!(
                    "there is no export --to {to}; perfetto and csv there are"
                )));
            }
        };
        if format.replace(found).is_some() {
            return Err(twice("--to perfetto|csv"));
        }
    }
    match format {
        Some(format) => Ok((format, range)),
        None => Err(Failure::Usage("say the format: --to perfetto or --to csv".into())),
    }
}

/// None: the events themselves.
fn table(what: TableArg) -> Option<Table> {
    Some(match what {
        TableArg::Events => return None,
        TableArg::Goroutines => Table::Goroutines,
        TableArg::Groups => Table::Groups,
        TableArg::Tasks => Table::Tasks,
        TableArg::TaskTypes => Table::TaskTypes,
        TableArg::Regions => Table::Regions,
        TableArg::RegionTypes => Table::RegionTypes,
        TableArg::Gc => Table::Gc,
        TableArg::Stw => Table::Stw,
        TableArg::Net => Table::Profile(Profile::Net),
        TableArg::Sync => Table::Profile(Profile::Sync),
        TableArg::Syscall => Table::Profile(Profile::Syscall),
        TableArg::Sched => Table::Profile(Profile::Sched),
        TableArg::Cpu => Table::Profile(Profile::Cpu),
    })
}

fn to_file(
    path: &Path,
    write: impl FnOnce(&mut OutFile) -> tracewell_source::Result<io::Result<Outcome>>,
) -> Result<(), Failure> {
    let mut out = OutFile::create(path)?;
    let outcome = write(&mut out)?.map_err(|e| out.failure(&e))?;
    out.finish()?;
    said(&outcome);
    Ok(())
}
