//! What the pyramid keeps of a bucket: of rows, which state ruled and what else was there; of counters, mean and maximum.

use tracewell_wire::varint;

use crate::pyramid::{Bucket, Kept};
use crate::sidecar::{In, Out};
use crate::span::{STATES, SpanState};

/// A bucket of a row, as the page's tiles have it.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct StateCell {
    /// The state with most time; ties go to the lower number. 0: nothing was there.
    pub state: u8,
    /// Share that is not idle, rounded up; 255 is all.
    pub share: u8,
    /// Spans that start here, at most 65,535.
    pub count: u16,
    /// Bit s: state s was here, however short.
    pub mask: u16,
}

#[derive(Clone, Default)]
pub struct StateBucket {
    nanos: [u64; STATES],
    count: u32,
    mask: u16,
}

impl StateBucket {
    #[inline]
    pub fn add(&mut self, state: SpanState, nanos: u64, starts: bool) {
        self.nanos[state as usize] += nanos;
        self.mask |= 1 << state as u8;
        self.count = self.count.saturating_add(u32::from(starts));
    }

    /// Each state that is in it, and for how long.
    #[inline]
    pub fn states(&self) -> impl Iterator<Item = (u8, u64)> + '_ {
        let mut left = self.mask;
        std::iter::from_fn(move || {
            let s = left.trailing_zeros() as u8;
            let nanos = *self.nanos.get(usize::from(s))?;
            left &= left - 1;
            Some((s, nanos))
        })
    }

    /// Writes what it is, as numbers of few bytes.
    pub(crate) fn pack(&self, out: &mut Vec<u8>) {
        varint::write(out, u64::from(self.mask));
        varint::write(out, u64::from(self.count));
        self.states().for_each(|(_, nanos)| varint::write(out, nanos));
    }

    /// What `pack` wrote. None: there is nothing more.
    pub(crate) fn unpack(from: &[u8], pos: &mut usize) -> Option<StateBucket> {
        let mut b = StateBucket { mask: varint::read(from, pos)? as u16, ..StateBucket::default() };
        b.count = varint::read(from, pos)? as u32;
        let mut left = b.mask;
        while left != 0 {
            b.nanos[left.trailing_zeros() as usize] = varint::read(from, pos)?;
            left &= left - 1;
        }
        Some(b)
    }

    /// Spans that start in it.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Adds what `states` and `count` say of another. False: there is no such state.
    #[inline]
    pub fn add_state(&mut self, state: u8, nanos: u64) -> bool {
        let Some(n) = self.nanos.get_mut(usize::from(state)) else { return false };
        *n = n.saturating_add(nanos);
        self.mask |= 1 << state;
        true
    }

    #[inline]
    pub fn add_count(&mut self, starts: u32) {
        self.count = self.count.saturating_add(starts);
    }
}

impl Bucket for StateBucket {
    type Cell = StateCell;

    fn merge(&mut self, finer: &Self) {
        for (a, b) in self.nanos.iter_mut().zip(finer.nanos) {
            *a += b;
        }
        self.count = self.count.saturating_add(finer.count);
        self.mask |= finer.mask;
    }

    fn cell(&self, nanos: u64) -> StateCell {
        // Few states are in it.
        let (mut busy, mut state, mut most) = (0, 0, 0);
        for (s, n) in self.states() {
            busy += n;
            if n > most {
                (state, most) = (s, n);
            }
        }
        if busy == 0 {
            return StateCell::default();
        }
        let share = (u128::from(busy) * 255).div_ceil(u128::from(nanos)).min(255) as u8;
        StateCell { state, share, count: self.count.min(65_535) as u16, mask: self.mask }
    }
}

/// A bucket of a counter. NaN: not known.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct CounterCell {
    pub mean: f32,
    pub max: f32,
}

impl Default for CounterCell {
    fn default() -> Self {
        CounterCell { mean: f32::NAN, max: f32::NAN }
    }
}

#[derive(Clone, Default)]
pub struct CounterBucket {
    /// Exact, so that it does not matter in which parts it was summed.
    area: i128,
    nanos: u64,
    max: Option<i64>,
}

impl CounterBucket {
    #[inline]
    pub fn add(&mut self, value: i64, nanos: u64) {
        self.area += i128::from(value) * i128::from(nanos);
        self.nanos += nanos;
        self.max = Some(self.max.map_or(value, |m| m.max(value)));
    }

    /// Value times ns, ns that are known, the greatest value.
    pub(crate) fn of(area: i128, nanos: u64, max: i64) -> CounterBucket {
        CounterBucket { area, nanos, max: Some(max) }
    }

    /// Time that is known, the maximum, and how much less than that all the time the values were: in value × ns. None:
    /// nothing is known.
    pub fn known(&self) -> Option<(u64, i64, i128)> {
        let max = self.max?;
        Some((self.nanos, max, i128::from(max) * i128::from(self.nanos) - self.area))
    }

    /// Adds what `known` says of another.
    #[inline]
    pub fn add_known(&mut self, nanos: u64, max: i64, less: u64) {
        let area = i128::from(max) * i128::from(nanos) - i128::from(less);
        self.area = self.area.saturating_add(area);
        self.nanos = self.nanos.saturating_add(nanos);
        self.max = Some(self.max.map_or(max, |m| m.max(max)));
    }

    /// The same with `base` added to every value.
    pub fn above(&self, base: i64) -> CounterBucket {
        CounterBucket {
            area: self.area + i128::from(base) * i128::from(self.nanos),
            nanos: self.nanos,
            max: self.max.map(|m| m.saturating_add(base)),
        }
    }
}

impl Bucket for CounterBucket {
    type Cell = CounterCell;

    fn merge(&mut self, finer: &Self) {
        self.area += finer.area;
        self.nanos += finer.nanos;
        if let Some(b) = finer.max {
            self.max = Some(self.max.map_or(b, |a| a.max(b)));
        }
    }

    fn cell(&self, _nanos: u64) -> CounterCell {
        match self.max {
            Some(max) => CounterCell { mean: (self.area as f64 / self.nanos as f64) as f32, max: max as f32 },
            None => CounterCell::default(),
        }
    }
}

impl Kept for StateCell {
    fn put(&self, out: &mut Out) {
        out.0.extend_from_slice(&[self.state, self.share]);
        out.0.extend_from_slice(&self.count.to_le_bytes());
        out.0.extend_from_slice(&self.mask.to_le_bytes());
    }
    fn get(from: &mut In<'_>) -> Option<StateCell> {
        let &[state, share, c0, c1, m0, m1] = from.take(6)? else { return None };
        let (count, mask) = (u16::from_le_bytes([c0, c1]), u16::from_le_bytes([m0, m1]));
        (usize::from(state) < STATES).then_some(StateCell { state, share, count, mask })
    }
}

impl Kept for StateBucket {
    fn put(&self, out: &mut Out) {
        self.nanos.iter().for_each(|n| out.u(*n));
        out.u(u64::from(self.count));
        out.u(u64::from(self.mask));
    }
    fn get(from: &mut In<'_>) -> Option<StateBucket> {
        let mut b = StateBucket::default();
        for n in &mut b.nanos {
            *n = from.u()? & (u64::MAX >> 11);
        }
        b.count = from.u32()?;
        b.mask = u16::try_from(from.u()?).ok()?;
        Some(b)
    }
}

impl Kept for CounterCell {
    fn put(&self, out: &mut Out) {
        out.0.extend_from_slice(&self.mean.to_bits().to_le_bytes());
        out.0.extend_from_slice(&self.max.to_bits().to_le_bytes());
    }
    fn get(from: &mut In<'_>) -> Option<CounterCell> {
        let mut float = || from.take(4)?.try_into().ok().map(|b| f32::from_bits(u32::from_le_bytes(b)));
        Some(CounterCell { mean: float()?, max: float()? })
    }
}

impl Kept for CounterBucket {
    fn put(&self, out: &mut Out) {
        out.0.extend_from_slice(&self.area.to_le_bytes());
        out.u(self.nanos);
        out.option(self.max, Out::i);
    }
    fn get(from: &mut In<'_>) -> Option<CounterBucket> {
        // Sums of them must not overflow, whatever the file says.
        let area = i128::from_le_bytes(from.take(16)?.try_into().ok()?);
        let area = area.clamp(-(1 << 120), 1 << 120);
        Some(CounterBucket { area, nanos: from.u()? & (u64::MAX >> 7), max: from.option(In::i)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blip_is_kept_beside_what_rules() {
        let mut b = StateBucket::default();
        b.add(SpanState::Running, 900, true);
        b.add(SpanState::Stw, 1, true);
        assert_eq!(
            b.cell(1024),
            StateCell { state: SpanState::Running as u8, share: 225, count: 2, mask: 0b100_0010 }
        );
        let mut blip = StateBucket::default();
        blip.add(SpanState::Syscall, 1, true);
        assert_eq!(blip.cell(1 << 40).share, 1);
    }

    #[test]
    fn a_spike_is_kept_in_the_maximum() {
        let mut b = CounterBucket::default();
        assert!(b.cell(8).mean.is_nan());
        b.add(1, 9);
        b.add(11, 1);
        assert_eq!(b.cell(10), CounterCell { mean: 2.0, max: 11.0 });
    }
}
