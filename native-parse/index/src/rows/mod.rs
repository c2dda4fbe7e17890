//! Rows by goroutine, thread and task: what one pass over the trace keeps of each life, and parts decoded again.
//!
//! ```text
//!            piece 0          piece 1          piece 2
//! G7     |--wait--|run|w...............................|run| gone     tails: 0: waits since, 2: first step, gone
//! G9              |run|w|run|                                         no tail: its life lies in one piece
//! ```
//! A piece is a segment, or a part of a long generation. A life record says when a goroutine lived and how long it was in
//! each state. Of each piece, a *tail* says of every goroutine that did something there what it was in at the piece's end,
//! since when, and when it had first moved: so a parked stretch costs nothing however long, and both its ends are known
//! without a look at the pieces between. All else is decoded from the pieces in view (`window`); wide tiles take *strands*,
//! which tell in buckets what each goroutine did in a run of pieces. Life records are packed (`facts`, `columns`, `by_id`): of
//! very many most are in a file. Regions, logs and samples are listed where they
//! are rare (`within`).
//!
//! Read `machine` first, then `book` (what is kept), `make` (the pass), `window`, `strand` and `strands`.

mod attendance;
mod book;
mod by_id;
mod columns;
mod facts;
mod groups;
mod kept;
mod latency;
mod machine;
mod make;
mod regions;
mod stays;
mod steps;
mod strand;
mod strands;
mod tails;
mod threads;
mod wakeups;
mod window;
mod within;

pub use book::{Book, Carried, CrossRegion, Task, Thread};
pub use columns::{LifeReader, Lives};
pub use facts::LifeFacts;
pub use kept::{BOOK_VERSION, get_book, put_book};
pub use latency::latencies;
pub use machine::{Cause, GoMachine, Holder, Step, Steps, Was};
pub use make::{Bounds, make};
pub use regions::Region;
pub use stays::{Stay, stays};
pub use strand::{Strand, Stretch};
pub use strands::{Blobs, HEIGHTS, blobs, node_of, nodes_below, ordinal, pieces_of_node, strand_in};
pub use tails::Tail;
pub use wakeups::Wakeups;
pub use window::{LogTick, RowWindow, Tick, Wakeup, WakeupSource};
pub use within::Within;
