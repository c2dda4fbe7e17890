//! Station 5: one pass over ordered events, kept as little as needed to answer at any scale.

pub mod counters;
pub mod initial;
pub mod machine;
pub mod span;

pub use initial::initial_states;
pub use counters::{SERIES, Series};
pub use machine::{Initial, Lanes, Machine};
pub use span::{Ended, Span, SpanState, Track};

/// Raised when the meaning or layout of what the index keeps changes.
pub const INDEX_VERSION: u32 = 1;
