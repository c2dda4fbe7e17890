//! Rows by goroutine, thread and task: what one pass over the trace keeps of each life, and parts decoded again.
//!
//! ```text
//!            segment 0        segment 1        segment 2
//! G7     |--wait--|run|w...............................|run| gone     tails: 0: waits since, 2: first step, gone
//! G9              |run|w|run|                                         no tail: its life lies in one segment
//! ```
//! A life record says when a goroutine lived and how long it was in each state. Of each segment, a *tail* says of every
//! goroutine that did something there what it was in at the segment's end, since when, and when it had first moved:
//! so a parked stretch costs nothing however long, and both its ends are known without a look at the segments between.
//! All else is decoded from the segments in view (`window`).
//!
//! Read `machine` first, then `book` (what is kept), `make` (the pass), `window`.

mod attendance;
mod book;
mod columns;
mod kept;
mod latency;
mod machine;
mod make;
mod regions;
mod stays;
mod steps;
mod tails;
mod threads;
mod window;

pub use book::{Book, Carried, CrossRegion, Task, Thread};
pub use columns::{LifeFacts, Lives};
pub use kept::{BOOK_VERSION, book_bytes, book_of};
pub use latency::latencies;
pub use machine::{Cause, GoMachine, Holder, Step, Steps, Was};
pub use make::{Bounds, make};
pub use regions::Region;
pub use stays::{Stay, stays};
pub use tails::Tail;
pub use window::{LogTick, RowWindow, Tick, Wakeup, WakeupSource};
