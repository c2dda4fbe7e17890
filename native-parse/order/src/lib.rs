//! Station 4: the events of many threads become one stream in order. Holds all scheduler state and is the only judge of
//! whether a trace makes sense.
//!
//! Read `reader` first (the loop over generations), then `steps` (over the events of one), `frontier` (which thread is tried next), then `rules` (when an
//! event may happen, and what it changes). `v1` makes the same stream of traces of Go before 1.22.

mod claims;
pub mod event;
mod frontier;
mod goroutines;
pub mod parallel;
mod reader;
mod record;
pub mod replay;
mod rules;
mod state;
mod steps;
mod symbols;
mod table;
mod v1;
pub mod wall_clock;

pub use event::{Event, GoState, Kind, Metric, ProcState, RangeName, Scope, StackId};
pub use reader::{Alone, Carry, Flow, GenerationSummary, Reader, Sink, Stage};
pub use record::{Place, Record, has_record};
pub use symbols::{Sym, SymCache, Symbols};
pub use table::Table;
pub use v1::Resume;
