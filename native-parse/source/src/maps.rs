//! Maps by what a file says: numbers of goroutines, tasks, strings, stacks, and names.
//!
//! Their hash has a seed that is drawn anew in each process. With one that is known, a file of 2 MB can name 160,000
//! ids that all fall on one place, and reading it takes as many steps squared. The order in which they are gone through
//! is another each time, so no answer may follow it.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

/// A map whose keys a file may choose. Cost: that of a hash of a few nanoseconds.
pub type SeededMap<K, V> = HashMap<K, V, RandomState>;

/// A set of what a file may choose.
pub type SeededSet<K> = HashSet<K, RandomState>;

#[cfg(test)]
mod tests {
    use std::hash::BuildHasher;

    use super::*;

    /// How many pairs of neighbours in order of their place (its last bits, of a table of `places`) have the same.
    fn collisions(ids: impl Iterator<Item = u64>, places: u64) -> usize {
        let set: SeededSet<u64> = SeededSet::default();
        let mut at: Vec<u64> = ids.map(|id| set.hasher().hash_one(id) & (places - 1)).collect();
        at.sort_unstable();
        at.windows(2).filter(|w| w[0] == w[1]).count()
    }

    #[test]
    fn ids_that_a_file_chooses_do_not_collide() {
        // A factor of a hash without a seed, turned round: times it, 0, 1, 2 … differ in the last bits only.
        let factor = 0xf135_7aea_2e62_a9c5_u64;
        let inverse = (0..6).fold(1u64, |x, _| x.wrapping_mul(2u64.wrapping_sub(factor.wrapping_mul(x))));
        for kind in 0..5 {
            let chosen = |i: u64| {
                [i, i << 40, i << 50 | i, (i << 32).wrapping_mul(inverse), i.wrapping_mul(inverse)][kind]
            };
            let n = collisions((0..4096).map(chosen), 8192);
            // By chance some 900 of them; all but one, if they had one place.
            assert!(n < 1500, "kind {kind}: {n}");
        }
    }

    #[test]
    fn each_map_has_a_seed_of_its_own() {
        let [a, b]: [SeededSet<u64>; 2] = Default::default();
        assert!((0..8).any(|id: u64| a.hasher().hash_one(id) != b.hasher().hash_one(id)));
    }
}
