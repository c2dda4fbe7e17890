//! Station 5: one pass over ordered events, kept as little as needed to answer at any scale.
//!
//! Read `machine` first (what a span is), then `index` (what is kept), `builder` (the pass), `window` (decoding again).

mod alone;
mod border;
mod buckets;
pub mod builder;
mod counters;
mod dense;
mod facts;
mod holders;
mod ids;
mod index;
mod initial;
mod machine;
mod pipe;
mod pyramid;
mod row;
pub mod rows;
pub mod sidecar;
mod span;
pub mod window;

pub use buckets::{CounterBucket, CounterCell, StateBucket, StateCell};
pub use builder::{Order, Outline, Plan, Progress, Shared};
pub use counters::{SERIES, Series};
pub use facts::Facts;
pub use ids::{IdSet, Names};
pub use index::{BriefSpan, Index, LONG_BUCKETS, PartStart, Piece, Segment, Status};
pub use initial::initial_states;
pub use machine::{Initial, Lanes, Machine};
pub use pyramid::{Bucket, Kept, Lane};
pub use span::{Ended, STATES, Span, SpanState, Track};
pub use window::Window;

/// Raised when the meaning or layout of what the index keeps changes.
pub const INDEX_VERSION: u32 = 4;
