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
                 [--select ID] [--timing]    a picture of a page of the app; shot --help: the rest

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
        #[command(flatten)]
        range: RangeArg,
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
    /// Where goroutines waited, or were in system calls; where CPU samples fell
    Profile(ProfileArgs),
    /// A profile in pprof's own format
    Pprof {
        #[command(flatten)]
        profile: ProfileArgs,
        /// The file to write; standard output without
        #[arg(short, long, value_name = "OUT")]
        output: Option<std::path::PathBuf>,
    },
    /// Minimum mutator utilization: what the collector left to the program in the worst windows
    Mmu(MmuArgs),
    /// Cycles of the garbage collector, stops of the world, what goroutines lost to them
    Gc {
        #[command(flatten)]
        file: FileArg,
        #[command(flatten)]
        range: RangeArg,
    },
    /// Why a goroutine waited: who ended the wait, what that one had waited for, and so on
    Causes {
        #[command(flatten)]
        file: FileArg,
        #[arg(long, value_name = "ID")]
        goroutine: i64,
        #[arg(long, value_name = "NS")]
        at: i64,
    },
    /// User tasks, their logs, and types of tasks
    Tasks(Question),
    /// User regions, and types of regions
    Regions(Question),
    /// Findings about a trace: not due yet
    #[command(hide = true)]
    Insights(Rest),
    /// Two traces beside each other, or a series of runs against the first
    Compare(CompareArgs),
    /// The trace as a file for another program
    Export(ExportArgs),
    /// A copy without the program's own names and texts, to be shown to others
    Anonymise {
        #[command(flatten)]
        file: FileArg,
        /// The file to write
        #[arg(short, long, value_name = "OUT")]
        output: std::path::PathBuf,
    },
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
    /// The program that wrote the trace: only Go 1.5 and 1.6 need it, for the names in stacks
    #[arg(long, value_name = "FILE")]
    pub binary: Option<std::path::PathBuf>,
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
pub struct ProfileArgs {
    #[arg(value_enum, value_name = "TYPE")]
    pub profile: ProfileArg,
    #[command(flatten)]
    pub question: Question,
    /// Only goroutines that start with this function
    #[arg(long, value_name = "F")]
    pub function: Option<String>,
    /// Only within user regions of this name
    #[arg(long, value_name = "R")]
    pub region: Option<String>,
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq, Debug)]
pub enum ProfileArg {
    Net,
    Sync,
    Syscall,
    Sched,
    Cpu,
    /// Waits in none of these: sleep, the collector, timers
    Other,
}

#[derive(Args)]
pub struct MmuArgs {
    #[command(flatten)]
    pub question: Question,
    /// What counts as the collector's
    #[arg(long, value_enum, value_delimiter = ',', default_value = "stw,background,assist")]
    pub flags: Vec<MmuFlag>,
    /// Each processor by itself
    #[arg(long)]
    pub per_proc: bool,
    /// Lengths of windows; 100 from 1 µs to 1 s without
    #[arg(long, value_name = "NS,NS…", value_delimiter = ',', value_parser = clap::value_parser!(i64).range(1..))]
    pub windows: Vec<i64>,
    /// Tell also the worst windows of this length
    #[arg(long, value_name = "NS", value_parser = clap::value_parser!(i64).range(1..))]
    pub window: Option<i64>,
    /// Quantiles of all windows: the least, p99.9, p99, p95
    #[arg(long = "mut")]
    pub quantiles: bool,
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq, Debug)]
pub enum MmuFlag {
    Stw,
    Background,
    Assist,
    Sweep,
}

/// Words of a verb that is not due yet.
#[derive(Args)]
pub struct Rest {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    pub words: Vec<std::ffi::OsString>,
}

#[derive(Args)]
pub struct EventsArgs {
    #[command(flatten)]
    pub file: FileArg,
    #[command(flatten)]
    pub range: RangeArg,
    /// Only events that this query of the search language matches, such as 'kind:Log or reason:chan t<1ms'
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub find: Option<String>,
    /// Stop after this many lines
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
}

#[derive(Args)]
pub struct ExportArgs {
    #[command(flatten)]
    pub file: FileArg,
    /// perfetto: the timeline in Chrome's JSON, as ui.perfetto.dev opens it; csv: a table. A second --to, with a number,
    /// is the end of a range
    #[arg(long, value_name = "perfetto|csv", required = true, num_args = 1)]
    pub to: Vec<String>,
    /// The table that becomes a CSV file; events without. net, sync, syscall, sched and cpu: stacks of a profile
    #[arg(long, value_enum, value_name = "TABLE")]
    pub what: Option<TableArg>,
    /// From this time on
    #[arg(long, value_name = "NS")]
    pub from: Option<i64>,
    /// Of events only those that this query of the search language matches
    #[arg(long, value_name = "QUERY", allow_hyphen_values = true)]
    pub find: Option<String>,
    /// The file to write
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<std::path::PathBuf>,
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq, Debug)]
pub enum TableArg {
    Events,
    Goroutines,
    Groups,
    Tasks,
    TaskTypes,
    Regions,
    RegionTypes,
    Gc,
    Stw,
    Net,
    Sync,
    Syscall,
    Sched,
    Cpu,
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq, Debug)]
pub enum RowsArg {
    Procs,
    Threads,
    Goroutines,
    Gc,
}

#[derive(Args)]
pub struct CompareArgs {
    /// The traces: A, B, and further runs
    #[arg(value_name = "FILE", num_args = 2.., required = true)]
    pub files: Vec<String>,
    /// What figures are divided by first
    #[arg(long, value_enum, default_value = "none")]
    pub normalise: NormaliseArg,
    /// A function of A that has another name in B
    #[arg(long, value_name = "A=B", value_parser = pair)]
    pub renamed: Vec<(String, String)>,
    /// Only this range of A, ns
    #[arg(long, value_name = "NS..NS", value_parser = range)]
    pub range_a: Option<(i64, i64)>,
    /// Only this range of B, ns
    #[arg(long, value_name = "NS..NS", value_parser = range)]
    pub range_b: Option<(i64, i64)>,
    /// Shows them in the app, side by side
    #[arg(long)]
    pub open: bool,
}

#[derive(Clone, Copy, ValueEnum, PartialEq, Eq, Debug)]
pub enum NormaliseArg {
    None,
    /// By the second of trace
    Duration,
    /// By the user task that was completed
    Tasks,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (a, b) = text.split_once('=').ok_or("wants NAME IN A=NAME IN B")?;
    Ok((a.into(), b.into()))
}

fn range(text: &str) -> Result<(i64, i64), String> {
    let wrong = || "wants FROM..TO in whole nanoseconds, from less than to".to_string();
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    match (from.parse(), to.parse()) {
        (Ok(from), Ok(to)) if from < to => Ok((from, to)),
        _ => Err(wrong()),
    }
}
