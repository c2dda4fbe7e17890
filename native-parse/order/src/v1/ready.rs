//! The processors whose next event may happen, the earliest first: a binary heap that is grown and shrunk exactly as the
//! reference does it, since that decides which of two equal times comes first.

#[derive(Clone, Default)]
pub struct Ready {
    /// (time or place, lane)
    heap: Vec<(u64, usize)>,
}

impl Ready {
    pub fn push(&mut self, key: u64, lane: usize) {
        let mut i = self.heap.len();
        self.heap.push((key, lane));
        while i > 0 {
            let parent = (i - 1) / 2;
            if self.heap[i].0 >= self.heap[parent].0 {
                break;
            }
            self.heap.swap(i, parent);
            i = parent;
        }
    }

    /// The lane with the earliest event.
    pub fn pop(&mut self) -> Option<usize> {
        let last = self.heap.len().checked_sub(1)?;
        self.heap.swap(0, last);
        let lane = self.heap.pop()?.1;
        let mut i = 0;
        loop {
            let (left, right) = (2 * i + 1, 2 * i + 2);
            if left >= last {
                return Some(lane);
            }
            let less = if right < last && self.heap[right].0 < self.heap[left].0 { right } else { left };
            if self.heap[less].0 >= self.heap[i].0 {
                return Some(lane);
            }
            self.heap.swap(i, less);
            i = less;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_in_order_and_the_older_of_two_first() {
        let mut r = Ready::default();
        for (lane, key) in [5, 3, 9, 3, 1].into_iter().enumerate() {
            r.push(key, lane);
        }
        let all: Vec<usize> = std::iter::from_fn(|| r.pop()).collect();
        assert_eq!((all[0], all[3], all[4]), (4, 0, 2));
        r.push(3, 7);
        r.push(3, 8);
        assert_eq!((r.pop(), r.pop(), r.pop()), (Some(7), Some(8), None));
    }
}
