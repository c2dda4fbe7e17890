//! Station 6: a question about the timeline to columns, bounded by pixels and rows, never by events.
//!
//! `trace` is the way in: an open trace with its index and its cache of decoded windows.

mod answers;
mod cache;
mod detail;
mod pick;
mod rows;
mod sketch;
mod sketches;
mod tile;
mod trace;
mod windows;

pub use answers::Answers;
pub use cache::{Cache, Usage};
pub use rows::{RowFacts, RowFilter, RowKind, RowOrder, RowQuestion, RowTrack};
pub use sketch::SKETCH_BUCKETS;
#[doc(hidden)]
pub use sketch::read_all as read_sketch;
pub use sketches::{give_way, give_way_to_page};
pub use tile::{CounterTile, GoOn, MAX_TRACKS, TILE_BUCKETS, Tile};
pub use trace::{Options, Trace};
pub use tracewell_index::CounterCell;
