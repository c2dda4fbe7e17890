//! Who made a goroutine run: an arrow from the processor of the waker, or of the creator, to where it runs next.

use tracewell_order::{Event, GoState, Kind, Sym};
use tracewell_source::SeededMap;

/// What made a goroutine runnable, until it runs.
#[derive(Clone, Copy)]
pub struct Cause {
    pub at: i64,
    pub proc: i64,
    /// Reason of the wait that ended; None: it was created.
    pub reason: Option<Sym>,
}

/// Memory by goroutines that were made runnable and did not run yet.
#[derive(Default)]
pub struct Flows {
    pending: SeededMap<i64, Cause>,
    /// Reason of what each goroutine waits for.
    waits: SeededMap<i64, Sym>,
}

impl Flows {
    /// The cause of a run that this event begins, where one is known and has a processor.
    pub fn event(&mut self, e: &Event) -> Option<Cause> {
        let Kind::GoTransition { g, from, to, reason, .. } = e.kind else { return None };
        if from == to {
            return None;
        }
        match (from, to) {
            (GoState::NotExist, GoState::Runnable | GoState::Waiting) if e.p >= 0 => {
                self.pending.insert(g, Cause { at: e.time, proc: e.p, reason: None });
            }
            (GoState::Waiting, _) => {
                let wait = self.waits.remove(&g).unwrap_or(Sym::EMPTY);
                if e.p >= 0 && e.g != g {
                    self.pending.insert(g, Cause { at: e.time, proc: e.p, reason: Some(wait) });
                }
            }
            _ => {}
        }
        match to {
            GoState::Waiting => {
                self.waits.insert(g, reason);
                None
            }
            GoState::Running => self.pending.remove(&g).filter(|_| e.p >= 0),
            GoState::NotExist => {
                self.pending.remove(&g);
                None
            }
            _ => None,
        }
    }
}
