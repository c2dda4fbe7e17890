//! Traces of Go 1.5 to 1.21: records of processors, without lengths, generations or a table of contents. The clock and
//! the stacks stand at the end of the file, so nothing can be told before all of it was walked over.
//!
//! Read `events` first (what a record may be), then `record` (its bytes), `scan` (the walk over all of them, which finds
//! each processor's batches), `cursor` (one processor's events). `names` gives one of Go 1.5 what its program says.

pub mod cursor;
pub mod events;
pub mod names;
mod record;
pub mod scan;

pub use cursor::{Cursor, Event};
pub use record::{Text, text_at};
pub use scan::{Exit, Processor, Sample, Scan, footprint, next_trace, scan};
