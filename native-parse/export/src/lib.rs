//! A trace in the formats of other programs.

mod anonymise;
pub mod csv;
mod events;
mod flows;
mod frames;
pub mod out;
mod perfetto;
mod tables;

pub use anonymise::{Copied, write as write_anonymised};
pub use events::{EventCsv, HEAD as EVENTS_HEAD, write as write_events};
pub use out::OutFile;
pub use perfetto::write as write_perfetto;
pub use tables::{Table, write as write_table};
