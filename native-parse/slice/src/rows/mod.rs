//! Rows by goroutine, thread and task: lists, pictures, details, and what connects them.
//!
//! `store` keeps the book (`tracewell_index::rows`) and decoded segments; `walk` finds the exact spans of any rows in a
//! range; `tile` folds them, or answers at once from the book alone; `folds` keeps what was folded of rows seen; `list` sorts and filters; `detail`, `flows`, `causes`
//! and `area` are questions on top of `walk`.

mod area;
mod arrange;
mod causes;
mod detail;
mod flows;
mod folds;
mod latency;
mod list;
mod look;
mod store;
mod strands;
mod tile;
mod track;
mod wakeups;
mod walk;

pub use list::{RowFacts, RowFilter, RowOrder, RowQuestion};
pub(crate) use store::RowStore;
pub(crate) use tile::RowsAsked;
pub use track::{RowKind, RowTrack};
