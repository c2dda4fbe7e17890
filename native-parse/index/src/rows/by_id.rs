//! Lives by goroutine, then by begin: of each block of them its first in memory, the others packed.

use tracewell_source::Scratch;

use crate::sidecar::{In, Out};

const BLOCK: usize = 128;

struct Head {
    g: i64,
    place: u32,
    address: u64,
}

#[derive(Default)]
pub(super) struct ById {
    heads: Vec<Head>,
    len: usize,
}

impl ById {
    /// Of (goroutine, place) in order; those of one goroutine by place, in which they also began.
    pub fn new(sorted: impl ExactSizeIterator<Item = (i64, u32)>, to: &mut Scratch) -> ById {
        let len = sorted.len();
        let mut all = ById { heads: Vec::with_capacity(len.div_ceil(BLOCK)), len };
        let (mut out, mut last) = (Out::default(), (0i64, 0u32));
        for (i, (g, place)) in sorted.enumerate() {
            if i % BLOCK == 0 {
                all.end_block(&mut out, to);
                all.heads.push(Head { g, place, address: 0 });
                last = (g, place);
            }
            out.u(g.wrapping_sub(last.0) as u64);
            out.i(i64::from(place) - i64::from(last.1));
            last = (g, place);
        }
        all.end_block(&mut out, to);
        all
    }

    fn end_block(&mut self, out: &mut Out, to: &mut Scratch) {
        if let Some(head) = self.heads.last_mut() {
            head.address = to.push(&out.0);
        }
        out.0.clear();
    }

    pub fn bytes(&self) -> usize {
        self.heads.capacity() * size_of::<Head>()
    }

    fn block<'b>(&self, i: usize, from: &'b Scratch) -> impl Iterator<Item = (i64, u32)> + 'b {
        let head = self.heads.get(i);
        let mut last = head.map_or((0, 0), |h| (h.g, h.place));
        let count = self.len.saturating_sub(i * BLOCK).min(BLOCK);
        let mut bytes = In::new(head.map_or(&[], |h| from.at(h.address)));
        (0..count).map_while(move |_| {
            last = (last.0.wrapping_add(bytes.u()? as i64), (i64::from(last.1) + bytes.i()?) as u32);
            Some(last)
        })
    }

    /// The life of a goroutine at a time, or its last before, or its first; `start`: when a life began.
    /// Cost: O(log lives + 64).
    pub fn find(&self, g: i64, at: i64, from: &Scratch, start: impl Fn(u32) -> i64) -> Option<u32> {
        let is_before = |h: &Head| h.g < g || (h.g == g && start(h.place) <= at);
        let next = self.heads.partition_point(is_before);
        let own = |i: usize| self.block(i, from).filter(|(id, _)| *id == g).map(|(_, place)| place);
        let Some(i) = next.checked_sub(1) else { return own(0).next() };
        let (mut first, mut before) = (None, None);
        for place in own(i) {
            first = first.or(Some(place));
            if start(place) > at {
                break;
            }
            before = Some(place);
        }
        before.or(first).or_else(|| self.heads.get(next).filter(|h| h.g == g).map(|h| h.place))
    }

    /// All lives of a goroutine. Cost: O(log lives + 64 + those found).
    pub fn all<'b>(&'b self, g: i64, from: &'b Scratch) -> impl Iterator<Item = u32> + 'b {
        let next = self.heads.partition_point(|h| h.g < g).saturating_sub(1);
        let last = self.heads.partition_point(|h| h.g <= g);
        let own = move |i: usize| self.block(i, from).filter(move |(id, _)| *id == g);
        (next..last).flat_map(own).map(|(_, place)| place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Goroutine, begin; by place.
    fn lives() -> Vec<(i64, i64)> {
        let once = (0..1000).map(|i| (i * 7 % 1000 - 3, i));
        // One id lives very often, so that its lives fill blocks.
        let often = (0..300).map(|i| (500, 2000 + 10 * i));
        let odd = [(i64::MAX, 9), (i64::MIN, 10), (u32::MAX as i64, 11)];
        once.chain(often).chain(odd).collect()
    }

    #[test]
    fn the_life_at_a_time_is_found_as_by_a_look_at_all() {
        let lives = lives();
        let mut sorted: Vec<(i64, u32)> = lives.iter().map(|l| l.0).zip(0..).collect();
        sorted.sort_unstable();
        let mut scratch = Scratch::default();
        let by_id = ById::new(sorted.iter().copied(), &mut scratch);
        scratch.settle();
        let start = |p: u32| lives[p as usize].1;
        for g in (-10..1010).chain([i64::MAX, i64::MIN, i64::from(u32::MAX), 5000]) {
            let own: Vec<u32> = sorted.iter().filter(|l| l.0 == g).map(|l| l.1).collect();
            assert_eq!(by_id.all(g, &scratch).collect::<Vec<_>>(), own, "{g}");
            for at in (0..5100).step_by(if g == 500 { 7 } else { 300 }) {
                let before = own.iter().rfind(|p| start(**p) <= at);
                let want = before.or(own.first()).copied();
                assert_eq!(by_id.find(g, at, &scratch, start), want, "{g} at {at}");
            }
        }
        assert_eq!(ById::default().find(3, 0, &scratch, start), None);
    }
}
