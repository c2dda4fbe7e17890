//! What goroutines were in at the end of each segment: some ten bytes for each that did something there and lives beyond.
//!
//! Entries of a segment are in order of their life's place, as numbers of variable length; every 32nd is in a table, so
//! that one is found without reading them all.

use tracewell_order::Sym;

use crate::sidecar::{In, Out};
use crate::span::SpanState;

const SKIP: usize = 32;

/// What a goroutine did in a segment. Units: ns since the trace's begin.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Tail {
    /// When it entered a state here for the first time, and for the last.
    pub first: i64,
    pub since: i64,
    /// That last state; Idle: it ended then.
    pub state: SpanState,
    pub reason: Sym,
    /// States entered here; 0: it did something else here (a log, a wake-up of another), and the rest says nothing.
    pub steps: u32,
    /// Of the time from `first` to `since`: running, runnable, system call, in 1/31.
    pub shares: [u8; 3],
}

impl Tail {
    pub(super) const NOTHING: Tail =
        Tail { first: 0, since: 0, state: SpanState::Idle, reason: Sym::EMPTY, steps: 0, shares: [0; 3] };
}

#[derive(Default)]
struct Segment {
    from: i64,
    bytes: Box<[u8]>,
    /// Place of the life, and offset in `bytes`, of every 32nd entry.
    skip: Box<[(u32, u32)]>,
}

#[derive(Default)]
pub(super) struct Tails {
    segments: Vec<Segment>,
}

pub(super) fn put(out: &mut Vec<u8>, mut v: u64) {
    while v >= 128 {
        out.push(v as u8 | 128);
        v >>= 7;
    }
    out.push(v as u8);
}

pub(super) fn take(bytes: &mut &[u8]) -> Option<u64> {
    let (mut v, mut shift) = (0u64, 0);
    loop {
        let (&b, rest) = bytes.split_first()?;
        *bytes = rest;
        v |= u64::from(b & 127).checked_shl(shift)?;
        if b < 128 {
            return Some(v);
        }
        shift += 7;
    }
}

fn decode(bytes: &mut &[u8], from: i64) -> Option<(u32, Tail)> {
    let delta = take(bytes)? as u32;
    let steps = take(bytes)? as u32;
    if steps == 0 {
        return Some((delta, Tail::NOTHING));
    }
    let code = take(bytes)?;
    let first = from.saturating_add(take(bytes)? as i64);
    let since = first.saturating_add(take(bytes)? as i64);
    let packed = if steps > 1 { take(bytes)? } else { 0 };
    let shares = [packed & 31, packed >> 5 & 31, packed >> 10 & 31].map(|s| s as u8);
    let state = SpanState::ALL.get((code & 15) as usize).copied().unwrap_or_default();
    Some((delta, Tail { first, since, state, reason: Sym((code >> 4) as u32), steps, shares }))
}

impl Tails {
    /// The next segment's entries, in order of their life's place.
    pub fn push(&mut self, from: i64, entries: &[(u32, Tail)]) {
        let (mut bytes, mut skip, mut last) = (Vec::new(), Vec::new(), 0);
        for (i, (life, t)) in entries.iter().enumerate() {
            if i % SKIP == 0 {
                skip.push((*life, bytes.len() as u32));
                last = *life;
            }
            put(&mut bytes, u64::from(life - last));
            last = *life;
            put(&mut bytes, u64::from(t.steps));
            if t.steps == 0 {
                continue;
            }
            put(&mut bytes, t.state as u64 | u64::from(t.reason.0) << 4);
            put(&mut bytes, (t.first - from).max(0) as u64);
            put(&mut bytes, (t.since - t.first).max(0) as u64);
            if t.steps > 1 {
                let [a, b, c] = t.shares.map(u64::from);
                put(&mut bytes, a | b << 5 | c << 10);
            }
        }
        self.segments.push(Segment { from, bytes: bytes.into(), skip: skip.into() });
    }

    pub fn put_kept(&self, out: &mut Out) {
        out.list(self.segments.iter(), |out, s| {
            out.i(s.from);
            out.u(s.bytes.len() as u64);
            out.0.extend_from_slice(&s.bytes);
            let mut before = (0, 0);
            out.list(s.skip.iter(), |out, (life, offset)| {
                out.u(u64::from(life - before.0));
                out.u(u64::from(offset - before.1));
                before = (*life, *offset);
            });
        });
    }

    /// None when it is none.
    pub fn get_kept(from: &mut In<'_>) -> Option<Tails> {
        let segments = from.list(|from| {
            let start = from.nanos()?;
            let n = usize::try_from(from.u()?).ok()?;
            let bytes = from.take(n)?.into();
            let mut before = (0u32, 0u32);
            let skip = from.list(|from| {
                before = (before.0.checked_add(from.u32()?)?, before.1.checked_add(from.u32()?)?);
                Some(before)
            })?;
            Some(Segment { from: start, bytes, skip })
        })?;
        Some(Tails { segments })
    }

    pub fn bytes(&self) -> usize {
        self.segments.iter().map(|s| s.bytes.len() + s.skip.len() * 8 + size_of::<Segment>()).sum()
    }

    /// Cost: O(log entries + 32).
    pub fn get(&self, segment: usize, life: u32) -> Option<Tail> {
        let s = self.segments.get(segment)?;
        let place = s.skip.partition_point(|(first, _)| *first <= life).checked_sub(1)?;
        let (mut at, offset) = *s.skip.get(place)?;
        let mut bytes = s.bytes.get(offset as usize..)?;
        for _ in 0..SKIP {
            let (delta, tail) = decode(&mut bytes, s.from)?;
            at = at.saturating_add(delta);
            if at >= life {
                return (at == life).then_some(tail);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_found_and_no_other() {
        let tail = |i: u32| Tail {
            first: 1000 + i64::from(i),
            since: 1000 + i64::from(i) * 1_000_003,
            state: SpanState::ALL[i as usize % 16],
            reason: Sym(i),
            steps: 1 + i % 3,
            shares: if i.is_multiple_of(3) { [0; 3] } else { [31, i as u8 % 32, 1] },
        };
        let mut tails = Tails::default();
        tails.push(0, &[]);
        let mut entries: Vec<(u32, Tail)> = (0..400).map(|i| (i * i, tail(i))).collect();
        entries[17].1 = Tail::NOTHING;
        tails.push(1000, &entries);
        for (life, t) in &entries {
            assert_eq!(tails.get(1, *life), Some(*t));
            assert_eq!(tails.get(0, *life), None);
        }
        for life in [2, 3, 5, 1000, 160_000] {
            assert_eq!(tails.get(1, life), None, "{life}");
        }
    }
}
