//! Whether goroutines waited for a processor while one had nothing to do: what of their latency was not for lack of
//! processors.

use serde_json::{Value, json};
use tracewell_order::{Event, GoState, Kind, ProcState};
use tracewell_source::{Result, SeededSet};

use crate::desk::{Call, Desk};
use crate::stats::Clip;

/// Units: ns. Only what the trace tells: a processor counts as idle from the event that says so.
pub struct Spare {
    clip: Clip,
    idle: SeededSet<i64>,
    runnable: i64,
    since: i64,
    /// Time in which a processor was idle while a goroutine was runnable.
    pub starved: i64,
    /// Runnable time of all goroutines, and the part of it in `starved`.
    waited: i64,
    waited_idle: i64,
    /// Idle time of all processors.
    spare: i64,
}

impl Spare {
    pub fn new(clip: Clip) -> Spare {
        Spare {
            clip,
            idle: SeededSet::default(),
            runnable: 0,
            since: 0,
            starved: 0,
            waited: 0,
            waited_idle: 0,
            spare: 0,
        }
    }

    /// Goes on at a time with the processors that are idle and so many runnable goroutines.
    pub fn resume(&mut self, at: i64, idle: &[i64], runnable: i64) {
        self.idle = idle.iter().copied().collect();
        (self.since, self.runnable) = (at, runnable);
    }
    pub fn open(&self) -> (Vec<i64>, i64) {
        (self.idle.iter().copied().collect(), self.runnable)
    }
    /// The sums, up to the last settlement.
    pub fn sums(&self) -> [i64; 4] {
        [self.starved, self.waited, self.waited_idle, self.spare]
    }
    pub fn add(&mut self, sums: [i64; 4]) {
        for (sum, v) in [&mut self.starved, &mut self.waited, &mut self.waited_idle, &mut self.spare]
            .into_iter()
            .zip(sums)
        {
            *sum += v;
        }
    }

    pub fn settle(&mut self, time: i64) {
        let nanos = self.clip.nanos(self.since, time);
        self.since = time;
        self.waited += nanos * self.runnable;
        self.spare += nanos * self.idle.len() as i64;
        if !self.idle.is_empty() && self.runnable > 0 {
            self.starved += nanos;
            self.waited_idle += nanos * self.runnable;
        }
    }

    pub fn event(&mut self, e: &Event) {
        match e.kind {
            Kind::ProcTransition { proc, to, .. } => {
                self.settle(e.time);
                match to {
                    ProcState::Idle => self.idle.insert(proc),
                    _ => self.idle.remove(&proc),
                };
            }
            Kind::GoTransition { from, to, .. }
                if (from == GoState::Runnable) != (to == GoState::Runnable) =>
            {
                self.settle(e.time);
                self.runnable += if to == GoState::Runnable { 1 } else { -1 };
            }
            _ => {}
        }
    }
}

impl Desk {
    /// Shapes: `Parallelism`. Cost: a pass.
    pub fn parallelism(&self, clip: Clip, call: &Call<'_>) -> Result<Value> {
        let s = &self.fold(clip, call)?.spare;
        Ok(json!({
            "starvedNanos": s.starved,
            "waitedNanos": s.waited,
            "waitedIdleNanos": s.waited_idle,
            "idleNanos": s.spare,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_processors_count_while_somebody_waits() {
        let mut s = Spare::new(Clip { from: 10, to: 100 });
        s.idle.insert(1);
        s.settle(20);
        assert_eq!((s.spare, s.starved), (10, 0));
        s.runnable = 2;
        s.settle(50);
        assert_eq!((s.starved, s.waited, s.waited_idle, s.spare), (30, 60, 60, 40));
        s.idle.clear();
        s.settle(120);
        assert_eq!((s.starved, s.waited, s.waited_idle, s.spare), (30, 160, 60, 40));
    }
}
