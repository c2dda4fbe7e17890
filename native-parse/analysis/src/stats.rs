//! What a goroutine did with its time: sums by state, by reason of waiting, and of ranges.

use serde_json::{Map, Value, json};
use tracewell_order::{RangeName, Sym, Symbols};

use crate::event_lines::range_name;
use crate::lives::LifeState;
use crate::packed::{Reader, number, unsigned};

/// A range of time that an answer is for. Time is split at its cuts; a count belongs to the range that holds the end
/// of what is counted, so that the parts of a trace sum to the whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Clip {
    pub from: i64,
    /// Not part of it, except for the end of the trace.
    pub to: i64,
}

impl Default for Clip {
    fn default() -> Clip {
        Clip::ALL
    }
}

impl Clip {
    pub const ALL: Clip = Clip { from: i64::MIN, to: i64::MAX };

    pub fn is_all(self) -> bool {
        self == Clip::ALL
    }
    /// The part of [start, end) inside, ns.
    pub fn nanos(self, start: i64, end: i64) -> i64 {
        (end.min(self.to) - start.max(self.from)).max(0)
    }
    /// Whether what ends at `end` counts here; `trace_end`: the time of the trace's last event.
    pub fn counts(self, end: i64, trace_end: i64) -> bool {
        if end >= trace_end {
            return self.to >= end && (self.from < end || self.from <= 0);
        }
        self.from <= end && end < self.to
    }
    pub fn touches(self, start: i64, end: i64) -> bool {
        start <= self.to && end >= self.from
    }
}

/// Units: ns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stats {
    pub exec: i64,
    pub sched_wait: i64,
    pub syscall: i64,
    pub syscall_block: i64,
    pub block: Vec<(Sym, i64)>,
    pub range: Vec<(RangeName, i64)>,
    pub total: i64,
}

fn add_to<K: PartialEq>(list: &mut Vec<(K, i64)>, key: K, nanos: i64) {
    match list.iter_mut().find(|(k, _)| *k == key) {
        Some((_, sum)) => *sum += nanos,
        None => list.push((key, nanos)),
    }
}

impl Stats {
    pub fn add(&mut self, state: LifeState, reason: Sym, nanos: i64) {
        match state {
            LifeState::Running => self.exec += nanos,
            LifeState::Runnable => self.sched_wait += nanos,
            LifeState::Syscall => self.syscall += nanos,
            LifeState::SyscallBlocked => self.syscall_block += nanos,
            LifeState::Waiting => self.add_block(reason, nanos),
        }
    }
    pub fn add_block(&mut self, reason: Sym, nanos: i64) {
        add_to(&mut self.block, reason, nanos);
    }
    pub fn add_range(&mut self, name: RangeName, nanos: i64) {
        add_to(&mut self.range, name, nanos);
    }

    /// Gives back what was grown for more reasons.
    pub fn shrink(&mut self) {
        self.block.shrink_to_fit();
        self.range.shrink_to_fit();
    }

    pub fn plus(&mut self, other: &Stats) {
        self.scaled(other, 1);
    }
    pub fn minus(&mut self, other: &Stats) {
        self.scaled(other, -1);
    }
    fn scaled(&mut self, other: &Stats, by: i64) {
        self.exec += by * other.exec;
        self.sched_wait += by * other.sched_wait;
        self.syscall += by * other.syscall;
        self.syscall_block += by * other.syscall_block;
        self.total += by * other.total;
        for &(k, v) in &other.block {
            add_to(&mut self.block, k, by * v);
        }
        for &(k, v) in &other.range {
            add_to(&mut self.range, k, by * v);
        }
    }

    /// Time of the total that no state explains.
    pub fn unknown(&self) -> i64 {
        let waits: i64 = self.block.iter().map(|b| b.1).sum();
        (self.total - self.exec - self.sched_wait - self.syscall - self.syscall_block - waits).max(0)
    }

    /// As numbers of variable length.
    pub(crate) fn put(&self, out: &mut Vec<u8>) {
        for v in [self.exec, self.sched_wait, self.syscall, self.syscall_block, self.total] {
            number(out, v);
        }
        unsigned(out, self.block.len() as u64);
        for (reason, nanos) in &self.block {
            unsigned(out, reason.0.into());
            number(out, *nanos);
        }
        unsigned(out, self.range.len() as u64);
        for (name, nanos) in &self.range {
            number(out, range_code(*name));
            number(out, *nanos);
        }
    }

    pub(crate) fn get(r: &mut Reader<'_>) -> Option<Stats> {
        let (exec, sched_wait, syscall) = (r.number()?, r.number()?, r.number()?);
        let (syscall_block, total) = (r.number()?, r.number()?);
        let mut stats = Stats { exec, sched_wait, syscall, syscall_block, total, ..Stats::default() };
        for _ in 0..r.unsigned()? {
            stats.block.push((Sym(r.unsigned()? as u32), r.number()?));
        }
        for _ in 0..r.unsigned()? {
            stats.range.push((range_of(r.number()?), r.number()?));
        }
        Some(stats)
    }

    /// Writes the sums into an object; those of 0 by reason or range are left out.
    pub fn write(&self, out: &mut Value, symbols: &Symbols) {
        out["exec"] = json!(self.exec);
        out["sched_wait"] = json!(self.sched_wait);
        out["syscall"] = json!(self.syscall);
        out["syscall_block"] = json!(self.syscall_block);
        out["total"] = json!(self.total);
        out["block"] = sums(self.block.iter().map(|(k, v)| (symbols.text(*k).to_string(), *v)));
        out["range"] = sums(self.range.iter().map(|(k, v)| (range_name(*k, symbols), *v)));
    }
}

pub(crate) fn range_code(name: RangeName) -> i64 {
    match name {
        RangeName::GcMark => 0,
        RangeName::Sweep => 1,
        RangeName::MarkAssist => 2,
        RangeName::Stw(reason) => 3 + i64::from(reason.0),
    }
}

pub(crate) fn range_of(code: i64) -> RangeName {
    match code {
        0 => RangeName::GcMark,
        1 => RangeName::Sweep,
        2 => RangeName::MarkAssist,
        n => RangeName::Stw(Sym((n - 3) as u32)),
    }
}

fn sums(of: impl Iterator<Item = (String, i64)>) -> Value {
    Value::Object(of.filter(|(_, v)| *v != 0).map(|(k, v)| (k, json!(v))).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_trace_sum_to_the_whole() {
        let stays = [(0, 10), (3, 25), (25, 100), (99, 100), (40, 41)];
        let cuts = [0, 3, 25, 40, 99, 100, 101];
        for (a, b) in stays {
            let parts: Vec<Clip> = cuts.windows(2).map(|w| Clip { from: w[0], to: w[1] }).collect();
            assert_eq!(parts.iter().map(|c| c.nanos(a, b)).sum::<i64>(), b - a);
            assert_eq!(parts.iter().filter(|c| c.counts(b, 100)).count(), 1, "{a} {b}");
        }
        assert!(Clip::ALL.counts(100, 100) && Clip { from: 0, to: 100 }.counts(100, 100));
    }

    #[test]
    fn sums_add_and_subtract() {
        let mut a = Stats::default();
        a.add(LifeState::Running, Sym::EMPTY, 5);
        a.add(LifeState::Waiting, Sym(3), 7);
        a.total = 14;
        let mut b = a.clone();
        b.plus(&a);
        assert_eq!((b.exec, b.block[0].1, b.unknown()), (10, 14, 4));
        b.minus(&a);
        assert_eq!(b, a);
    }
}
