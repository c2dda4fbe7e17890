//! The order of a table's rows by a column.

use std::sync::{Mutex, OnceLock};

use crate::desk::share::lock;

/// A cell to sort or compare by: texts are compared as such.
#[derive(Clone, PartialEq, PartialOrd)]
pub(super) enum Key {
    Number(i64),
    Text(String),
}

/// Stable.
pub(super) fn sorted(mut keyed: Vec<(Key, u32)>, descending: bool) -> Vec<u32> {
    let order = |a: &Key, b: &Key| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal);
    if descending {
        keyed.sort_by(|a, b| order(&b.0, &a.0));
    } else {
        keyed.sort_by(|a, b| order(&a.0, &b.0));
    }
    keyed.into_iter().map(|k| k.1).collect()
}

/// Stable. In place where the rows come in the fold's order, as they do but behind another column's sort: of millions of
/// rows the memory counts.
pub(super) fn sorted_by_number(mut keyed: Vec<(i64, u32)>, descending: bool) -> Vec<u32> {
    if descending {
        // The greatest first, equal ones still as they came.
        keyed.iter_mut().for_each(|k| k.0 = !k.0);
    }
    if keyed.is_sorted_by(|a, b| a.1 < b.1) {
        keyed.sort_unstable();
    } else {
        keyed.sort_by_key(|k| k.0);
    }
    keyed.into_iter().map(|k| k.1).collect()
}

/// Rows that are there before all others are sorted.
const FIRST: usize = 1024;
/// So few are sorted at once.
const FEW: usize = 1 << 16;

/// Rows in the order of a table. Of very many the first are known at once, the others when they are sorted.
#[derive(Default)]
pub(super) struct Order {
    first: Vec<u32>,
    len: usize,
    /// Behind the first, not sorted yet.
    rest: Mutex<Vec<(i64, u32)>>,
    all: OnceLock<Vec<u32>>,
}

impl Order {
    pub(super) fn of(mut rows: Vec<u32>) -> Order {
        rows.shrink_to_fit();
        Order { len: rows.len(), all: rows.into(), ..Order::default() }
    }

    /// As `sorted_by_number` of rows that came in the fold's order. Cost: O(rows); of few O(rows log rows).
    pub(super) fn by_number(mut keyed: Vec<(i64, u32)>, descending: bool) -> Order {
        if keyed.len() <= FEW {
            keyed.sort_unstable_by_key(|k| k.1);
            return Order::of(sorted_by_number(keyed, descending));
        }
        if descending {
            keyed.iter_mut().for_each(|k| k.0 = !k.0);
        }
        keyed.select_nth_unstable(FIRST);
        let len = keyed.len();
        let (first, _) = keyed.split_at_mut(FIRST);
        first.sort_unstable();
        let first = first.iter().map(|k| k.1).collect();
        Order { first, len, rest: Mutex::new(keyed), all: OnceLock::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }
    pub(super) fn is_whole(&self) -> bool {
        self.all.get().is_some()
    }

    /// Waits until they are sorted, or sorts them. Cost: O(rows log rows), once.
    pub(super) fn all(&self) -> &[u32] {
        self.all.get_or_init(|| {
            let mut rest = std::mem::take(&mut *lock(&self.rest));
            let middle = rest.len() / 2;
            if middle > FIRST {
                rest.select_nth_unstable(middle);
            }
            let (low, high) = rest.split_at_mut(middle);
            std::thread::scope(|s| {
                s.spawn(|| high.sort_unstable());
                low.sort_unstable();
            });
            rest.into_iter().map(|k| k.1).collect()
        })
    }

    /// Cost: none among the first; else as `all`.
    pub(super) fn some(&self, from: usize, count: usize) -> &[u32] {
        let end = from.saturating_add(count).min(self.len);
        let rows = match self.all.get() {
            None if end <= self.first.len() => &self.first,
            _ => self.all(),
        };
        rows.get(from..end).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_sort_as_texts_do(
            cells in prop::collection::vec((-3i64..3, 0u32..40), 0..40),
            in_order: bool,
            descending: bool,
        ) {
            let mut cells = cells;
            if in_order {
                cells.sort_by_key(|c| c.1);
                cells.dedup_by_key(|c| c.1);
            }
            cells.extend([(i64::MIN, 50), (i64::MAX, 51), (i64::MIN, 52)]);
            let keyed = cells.iter().map(|c| (Key::Number(c.0), c.1)).collect();
            prop_assert_eq!(sorted_by_number(cells, descending), sorted(keyed, descending));
        }
    }

    #[test]
    fn the_first_of_many_are_those_of_all() {
        for descending in [false, true] {
            for kinds in [3, 1 << 20] {
                let cells: Vec<(i64, u32)> = (0..FEW as u32 * 2)
                    .map(|i| (i64::from(i.wrapping_mul(2_654_435_761) % kinds) - 1, i))
                    .collect();
                let want = sorted_by_number(cells.clone(), descending);
                // They come in the order in which threads found them.
                let mut mixed = cells;
                mixed.rotate_left(1000);
                let order = Order::by_number(mixed, descending);
                assert_eq!(order.some(3, 500), &want[3..503]);
                assert!(!order.is_whole());
                assert_eq!(order.some(FIRST - 1, 500), &want[FIRST - 1..FIRST + 499]);
                assert_eq!((order.all(), order.len()), (&want[..], want.len()));
                assert_eq!(order.some(want.len() - 2, 500), &want[want.len() - 2..]);
                assert!(order.some(want.len() + 2, 500).is_empty());
            }
        }
    }
}
