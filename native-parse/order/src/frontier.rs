//! The threads that still have events, the earliest first: a binary heap laid out and repaired exactly as the
//! reference does it, since that decides which of two equal times comes first.

use tracewell_wire::{Cursor, Tables};

use crate::record::Seat;

/// No thread, or not known yet where it is.
pub const NO_THREAD: u32 = u32::MAX;

/// A cursor and the place of its thread in the state.
pub struct Lane {
    pub cursor: Cursor,
    pub thread: u32,
}

#[derive(Default)]
pub struct Frontier {
    lanes: Vec<Lane>,
    /// Heap of (time of the next event, index into `lanes`).
    heap: Vec<(i64, u32)>,
    /// The earliest time but for the first lane's: up to there that one may go on and stays the first.
    others: i64,
}

impl Frontier {
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
    pub fn len(&self) -> usize {
        self.heap.len()
    }
    pub fn lane(&mut self, place: usize) -> &mut Lane {
        let i = self.heap[place].1 as usize;
        &mut self.lanes[i]
    }
    /// Time of the earliest next event.
    pub fn min_time(&self) -> Option<i64> {
        self.heap.first().map(|e| e.0)
    }

    pub fn insert(&mut self, lane: Lane) {
        self.heap.push((lane.cursor.event.time, self.lanes.len() as u32));
        self.lanes.push(lane);
        self.sift_up(self.heap.len() - 1);
        self.look();
    }

    /// A lane that is not in the heap yet.
    pub fn keep(&mut self, lane: Lane) {
        self.lanes.push(lane);
    }

    /// Where each lane is, in the order of the heap.
    pub fn seats(&self) -> Vec<Seat> {
        let seat = |&(time, lane): &(i64, u32)| {
            let (batch, at) = self.lanes[lane as usize].cursor.place();
            Seat { lane: u64::from(lane), batch: batch as u64, at: at as u64, time }
        };
        self.heap.iter().map(seat).collect()
    }

    /// Puts lanes that were kept back to where `seats` says. None: they are not there.
    pub fn seat(&mut self, seats: &[Seat], bytes: &[u8], tables: &Tables) -> Option<()> {
        for s in seats {
            let lane = self.lanes.get_mut(s.lane as usize)?;
            lane.cursor.seek(bytes, tables, s.batch as usize, s.at as usize, s.time)?;
            self.heap.push((s.time, s.lane as u32));
        }
        self.look();
        Some(())
    }

    fn look(&mut self) {
        let time = |i: usize| self.heap.get(i).map_or(i64::MAX, |e| e.0);
        self.others = time(1).min(time(2));
    }

    /// Puts the lane at `place` where its new time belongs.
    #[inline(always)]
    pub fn update(&mut self, place: usize, time: i64) {
        self.heap[place].0 = time;
        if place > 0 || time > self.others {
            self.repair(place);
        }
    }

    #[inline(never)]
    fn repair(&mut self, place: usize) {
        if self.sift_up(place) == place {
            self.sift_down(place);
        }
        self.look();
    }

    pub fn remove(&mut self, place: usize) {
        // Carried to the root whatever its time, then exchanged with the last: the reference's way.
        let mut i = place;
        while i > 0 {
            let parent = (i - 1) / 2;
            self.heap.swap(parent, i);
            i = parent;
        }
        let last = self.heap.len() - 1;
        self.heap.swap(0, last);
        self.heap.pop();
        self.sift_down(0);
        self.look();
    }

    /// Sorted by time; a sorted heap is still a heap. Done when the earliest thread cannot go on, which is rare.
    pub fn sort(&mut self) {
        self.heap.sort_by_key(|e| e.0);
        self.look();
    }

    fn sift_up(&mut self, mut i: usize) -> usize {
        while i > 0 {
            let parent = (i - 1) / 2;
            if self.heap[parent].0 <= self.heap[i].0 {
                break;
            }
            self.heap.swap(parent, i);
            i = parent;
        }
        i
    }

    fn sift_down(&mut self, mut i: usize) {
        let heap = &mut self.heap[..];
        let Some(&entry) = heap.get(i) else { return };
        loop {
            let (left, right) = (2 * i + 1, 2 * i + 2);
            let (mut least, mut from) = (entry, i);
            if let Some(l) = heap.get(left).filter(|l| least.0 > l.0) {
                (least, from) = (*l, left);
            }
            if let Some(r) = heap.get(right).filter(|r| least.0 > r.0) {
                (least, from) = (*r, right);
            }
            heap[i] = least;
            if from == i {
                return;
            }
            i = from;
        }
    }
}
