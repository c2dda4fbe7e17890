use clap::{Args, Parser, Subcommand, ValueEnum};

/// What a Go program really did: answers about Go execution traces.
#[derive(Parser)]
#[command(name = "tracewell", disable_version_flag = true, max_term_width = 100, after_help = AFTER)]
pub struct Cli {
    /// Versions of the app, the engine, the index format, Electron and Node
    #[arg(long)]
    pub version: bool,
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

const AFTER: &str = "\
The app:
  tracewell [open] [FILE…] [--wait]    open the app on these files; without files, the start page
  tracewell shot FILE --page PAGE -o OUT.png [--from NS --to NS] [--size 1440x900] [--theme light|dark]
                 [--select ID] [--timing]    a picture of a page of the app

FILE may be - for standard input. Times are whole nanoseconds from the trace's first event.
Environment: TRACEWELL_CACHE_DIR, TRACEWELL_DATA_DIR, TRACEWELL_MEMORY_MB.";

#[derive(Subcommand)]
pub enum Verb {
    /// Facts of a trace, as one JSON object
    Info {
        #[command(flatten)]
        file: FileArg,
        /// Wire events by name: count and bytes
        #[arg(long)]
        footprint: bool,
    },
    /// Every event, a JSON object a line
    Events(EventsArgs),
    /// Goroutines, heap and threads over time
    Counters {
        #[command(flatten)]
        file: FileArg,
        /// Values at these times
        #[arg(long, value_name = "NS,NS…", value_delimiter = ',', conflicts_with = "width")]
        at: Vec<i64>,
        /// The curves in this many steps
        #[arg(long, value_name = "PX", value_parser = clap::value_parser!(u32).range(1..=16384))]
        width: Option<u32>,
    },
    /// What each goroutine did with its time, an object a line
    Goroutines {
        #[command(flatten)]
        question: Question,
        /// One array by start function instead
        #[arg(long)]
        groups: bool,
    },
    /// User tasks, their logs, and types of tasks
    Tasks(Question),
    /// User regions, and types of regions
    Regions(Question),
    /// What View trace would draw
    Slices {
        #[command(flatten)]
        file: FileArg,
        #[arg(long, value_enum)]
        rows: RowsArg,
        #[command(flatten)]
        range: RangeArg,
        /// Pixels across the range; spans narrower than one are merged
        #[arg(long, value_name = "PX", default_value_t = 1200, value_parser = clap::value_parser!(u32).range(1..=16384))]
        width: u32,
        /// Every span, none merged
        #[arg(long)]
        exact: bool,
    },
}

#[derive(Args)]
pub struct FileArg {
    /// The trace; - for standard input
    #[arg(value_name = "FILE")]
    pub path: String,
    /// The Nth trace of a file that holds several
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub section: u32,
}

#[derive(Args)]
pub struct RangeArg {
    /// From this time on
    #[arg(long, value_name = "NS")]
    pub from: Option<i64>,
    /// Up to this time
    #[arg(long, value_name = "NS")]
    pub to: Option<i64>,
}

/// A file, a range of it, and how to reckon.
#[derive(Args)]
pub struct Question {
    #[command(flatten)]
    pub file: FileArg,
    #[command(flatten)]
    pub range: RangeArg,
    /// As `go tool trace` reckons, its known errors included
    #[arg(long, conflicts_with_all = ["from", "to"])]
    pub as_reference: bool,
}

#[derive(Args)]
pub struct EventsArgs {
    #[command(flatten)]
    pub file: FileArg,
    #[command(flatten)]
    pub range: RangeArg,
    /// Stop after this many lines
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq, Debug)]
pub enum RowsArg {
    Procs,
    Threads,
    Goroutines,
    Gc,
}
