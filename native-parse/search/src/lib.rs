//! The search language of every page and of `events --find`: text to a query, a query to a yes or no about a record.
//!
//! Read `query` first (what a query is), then `parse`, `record` (what can be asked of), `matcher`. `events` is the
//! record of an ordered event; tables and the timeline bring their own.

pub mod book;
pub mod complete;
pub mod events;
pub mod field;
pub mod finder;
pub mod hits;
mod lexer;
mod matcher;
pub mod names;
mod parse;
pub mod query;
pub mod record;
pub mod rows;
pub mod spans;
pub mod stays;
mod value;

pub use book::EventBook;
pub use events::EventRecord;
pub use field::{Field, State};
pub use hits::Hits;
pub use matcher::Matcher;
pub use names::{NameSource, Names};
pub use parse::{QueryError, parse};
pub use query::Query;
pub use record::{Record, Text};

/// What records and rows are made of, for those above who use no station below.
pub use tracewell_index::rows::Stay;
pub use tracewell_index::{Index, Status, Track, Window};
pub use tracewell_order::{Event, Stage, Sym};
