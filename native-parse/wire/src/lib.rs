//! Station 3: bytes to generations, batches, tables and raw events. Knows what bytes say and no scheduler.
//!
//! Read `scan` first (how a file is cut into generations), then `tables` (what a generation must have before one
//! time or stack can be told), then `raw` (one thread's events). `v1` is the same for Go before 1.22.

pub mod events;
pub mod header;
pub mod id_table;
pub mod raw;
pub mod scan;
pub mod sections;
pub mod tables;
pub mod v1;
pub mod varint;

pub use header::{Format, Header};
pub use raw::{Cursor, RawEvent};
pub use scan::{Batch, BatchKind, End, Generation};
pub use tables::{Clock, CpuSample, Frame, Tables};
