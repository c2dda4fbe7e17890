//! What one goroutine did in a stretch of time, and its stays as they are listed.

use tracewell_order::Sym;
use tracewell_source::SeededMap;

use crate::lives::{LifeSpan, LifeState};
use crate::packed::{Reader, number, unsigned};
use crate::stacks::StackIx;

/// Children that are told.
pub const CHILDREN: usize = 100;
/// Sums that are found by looking through them.
const FEW: usize = 16;

/// State, reason of a wait, and where it stood.
pub type Key = (LifeState, Sym, StackIx);

#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Sum {
    pub count: u64,
    pub nanos: i64,
    pub max: i64,
}

impl Sum {
    pub fn add(&mut self, nanos: i64) {
        self.join(&Sum { count: 1, nanos, max: nanos });
    }
    pub fn join(&mut self, other: &Sum) {
        self.count += other.count;
        self.nanos += other.nanos;
        self.max = self.max.max(other.max);
    }
}

/// Sums by key, few mostly.
#[derive(Default)]
pub struct Sums {
    list: Vec<(Key, Sum)>,
    of: SeededMap<Key, usize>,
}

impl Sums {
    pub fn at(&mut self, key: Key) -> &mut Sum {
        let known = match self.of.is_empty() {
            true => self.list.iter().position(|(k, _)| *k == key),
            false => self.of.get(&key).copied(),
        };
        let at = known.unwrap_or_else(|| {
            self.list.push((key, Sum::default()));
            if self.list.len() > FEW {
                // All are in it once one is.
                let from = if self.of.is_empty() { 0 } else { self.list.len() - 1 };
                self.of.extend((from..).zip(&self.list[from..]).map(|(i, (k, _))| (*k, i)));
            }
            self.list.len() - 1
        });
        &mut self.list[at].1
    }
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &(Key, Sum)> {
        self.list.iter()
    }
    pub fn len(&self) -> usize {
        self.list.len()
    }
}

#[derive(Default)]
pub struct Tally {
    pub sums: Sums,
    /// How often another ended a wait of it, and it one of the other's.
    pub partners: SeededMap<i64, (u64, u64)>,
    /// The first `CHILDREN`.
    pub children: Vec<i64>,
    pub child_count: u64,
    pub stay_count: usize,
}

impl Tally {
    pub fn child(&mut self, g: i64) {
        self.child_count += 1;
        if self.children.len() < CHILDREN {
            self.children.push(g);
        }
    }

    /// Adds what it did later.
    pub fn join(&mut self, later: &Tally) {
        later.sums.iter().for_each(|(key, sum)| self.sums.at(*key).join(sum));
        for (g, (woke, woken)) in &later.partners {
            let of = self.partners.entry(*g).or_default();
            *of = (of.0 + woke, of.1 + woken);
        }
        let room = CHILDREN - self.children.len().min(CHILDREN);
        self.children.extend(later.children.iter().take(room));
        self.child_count += later.child_count;
        self.stay_count += later.stay_count;
    }

    pub fn size_bytes(&self) -> usize {
        self.sums.len() * 80 + self.partners.capacity() * 32
    }
}

/// A stay as it is listed.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Listed {
    pub span: LifeSpan,
    pub stack: StackIx,
    /// It goes on when the trace ends.
    pub open: bool,
}

impl Listed {
    pub fn key(&self) -> Key {
        (self.span.state, self.span.reason, self.stack)
    }

    /// Some twelve bytes. `last`: end of the one before.
    pub fn put(&self, out: &mut Vec<u8>, last: &mut i64) {
        let Listed { span: s, stack, open } = self;
        unsigned(out, s.state as u64 * 2 + u64::from(*open));
        number(out, s.start.wrapping_sub(*last));
        number(out, s.end.wrapping_sub(s.start));
        [s.reason.0, stack.0, s.by_top.0].iter().for_each(|v| unsigned(out, u64::from(*v)));
        number(out, s.by);
        *last = s.end;
    }

    pub fn get(r: &mut Reader<'_>, last: &mut i64) -> Option<Listed> {
        let code = r.unsigned()?;
        let start = r.number()?.wrapping_add(*last);
        let end = r.number()?.wrapping_add(start);
        *last = end;
        let state = *LifeState::ALL.get((code / 2) as usize)?;
        let (reason, stack) = (Sym(r.unsigned()? as u32), StackIx(r.unsigned()? as u32));
        let by_top = Sym(r.unsigned()? as u32);
        let span = LifeSpan { start, end, state, reason, by: r.number()?, by_top };
        Some(Listed { span, stack, open: code % 2 == 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_sums_are_found_as_few_are() {
        let key = |i: u32| (LifeState::ALL[i as usize % 5], Sym(i % 7), StackIx(i));
        for kinds in [1, FEW as u32, FEW as u32 + 1, 1000] {
            let mut sums = Sums::default();
            (0..kinds * 3).for_each(|i| sums.at(key(i % kinds)).add(i64::from(i)));
            assert_eq!(sums.len(), kinds as usize);
            for (i, (k, sum)) in (0..kinds).zip(sums.iter()) {
                let nanos = i64::from(i * 3 + kinds * 3);
                assert_eq!((*k, *sum), (key(i), Sum { count: 3, nanos, max: i64::from(i + kinds * 2) }));
            }
        }
    }

    #[test]
    fn stays_come_back_from_their_bytes() {
        let span = |start, end, by| LifeSpan {
            start,
            end,
            state: LifeState::SyscallBlocked,
            reason: Sym(300),
            by,
            by_top: Sym(u32::MAX),
        };
        let all: Vec<Listed> = [(0, 5, -1), (5, i64::MAX, 7), (-3, 9, i64::MIN), (9, 9, 0)]
            .map(|(a, b, by)| Listed { span: span(a, b, by), stack: StackIx(by as u32), open: by == 0 })
            .to_vec();
        let (mut bytes, mut last) = (Vec::new(), 0);
        all.iter().for_each(|s| s.put(&mut bytes, &mut last));
        let (mut r, mut last) = (Reader::new(&bytes), 0);
        let back: Vec<Listed> = std::iter::from_fn(|| Listed::get(&mut r, &mut last)).collect();
        assert_eq!(back, all);
    }
}
