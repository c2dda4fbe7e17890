//! Traces of Go 1.5 to 1.21 as the same ordered events as later ones.
//!
//! Read `merge` first (the processors' events become one stream), then `rules` (what the scheduler allows, and what each
//! event is called since Go 1.22), `futile` (wakeups that never were), `play` (the loop).

mod futile;
mod merge;
mod play;
mod ready;
mod rules;

pub use play::Resume;
pub(crate) use play::V1;
