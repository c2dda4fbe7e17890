//! The order of a table's rows by a column.

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
}
