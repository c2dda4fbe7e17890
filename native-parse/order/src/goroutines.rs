//! The goroutines that live, by id: looked up with nearly every event, so a table of its own.
//!
//! Places are tried one after another from where the id's hash points to. The hash has a seed that is drawn anew in each
//! process: ids come from a file, and one that knew the seed could make all of them collide.

use std::hash::{BuildHasher, RandomState};
use std::sync::OnceLock;

use crate::state::Goroutine;

/// Places at the begin, and of how many one stays free: three of four are taken at most.
const LEAST: usize = 64;

#[derive(Clone, Copy)]
struct Place {
    id: i64,
    /// Its status is 0 in a free place: no goroutine has that.
    goroutine: Goroutine,
}

/// A map from id to goroutine. Nothing that is told depends on the order of its places.
#[derive(Clone)]
pub struct Goroutines {
    /// A power of two of them, or none.
    places: Box<[Place]>,
    len: usize,
    seed: Seed,
}

/// What ids are mixed and multiplied with.
#[derive(Clone, Copy)]
struct Seed(u64, u64);

impl Seed {
    /// The one of this process.
    fn drawn() -> Seed {
        static SEED: OnceLock<Seed> = OnceLock::new();
        *SEED.get_or_init(|| {
            let random = RandomState::new();
            Seed(random.hash_one(0u8), random.hash_one(1u8) | 1)
        })
    }

    /// Both halves of the product, one over the other.
    #[inline(always)]
    fn hash(self, id: i64) -> usize {
        let product = u128::from(id as u64 ^ self.0) * u128::from(self.1);
        (product as u64 ^ (product >> 64) as u64) as usize
    }
}

const FREE: Place = Place { id: 0, goroutine: Goroutine::NONE };

impl Default for Goroutines {
    fn default() -> Self {
        Goroutines::seeded(Seed::drawn())
    }
}

impl Goroutines {
    fn seeded(seed: Seed) -> Goroutines {
        Goroutines { places: Box::default(), len: 0, seed }
    }

    /// The place of an id, or the free one where it would be; None while there are no places.
    #[inline(always)]
    fn find(&self, id: i64) -> Option<usize> {
        let mask = self.places.len().wrapping_sub(1);
        let mut i = self.seed.hash(id) & mask;
        loop {
            let place = self.places.get(i)?;
            if place.id == id || place.goroutine.status == 0 {
                return Some(i);
            }
            i = (i + 1) & mask;
        }
    }

    #[inline(always)]
    pub fn get_mut(&mut self, id: i64) -> Option<&mut Goroutine> {
        let i = self.find(id)?;
        let goroutine = &mut self.places[i].goroutine;
        (goroutine.status != 0).then_some(goroutine)
    }

    pub fn get(&self, id: i64) -> Option<&Goroutine> {
        let goroutine = &self.places[self.find(id)?].goroutine;
        (goroutine.status != 0).then_some(goroutine)
    }

    pub fn contains(&self, id: i64) -> bool {
        self.get(id).is_some()
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// False, and nothing changed: there is one of that id.
    #[inline]
    pub fn insert_new(&mut self, id: i64, goroutine: Goroutine) -> bool {
        if 4 * (self.len + 1) > 3 * self.places.len() {
            self.grow();
        }
        let Some(place) = self.find(id).and_then(|i| self.places.get_mut(i)) else { return false };
        if place.goroutine.status != 0 {
            return false;
        }
        *place = Place { id, goroutine };
        self.len += 1;
        true
    }

    /// Puts one in, whether there is one of that id or not.
    pub fn insert(&mut self, id: i64, goroutine: Goroutine) {
        if !self.insert_new(id, goroutine)
            && let Some(there) = self.get_mut(id)
        {
            *there = goroutine;
        }
    }

    #[inline]
    pub fn remove(&mut self, id: i64) -> Option<Goroutine> {
        let mut hole = self.find(id)?;
        let removed = self.places[hole].goroutine;
        if removed.status == 0 {
            return None;
        }
        self.len -= 1;
        // Those behind it move up where else a search for them would end at the hole.
        let mask = self.places.len() - 1;
        let mut i = hole;
        loop {
            i = (i + 1) & mask;
            let next = self.places[i];
            if next.goroutine.status == 0 {
                break;
            }
            let way = i.wrapping_sub(self.seed.hash(next.id)) & mask;
            if way >= i.wrapping_sub(hole) & mask {
                self.places[hole] = next;
                hole = i;
            }
        }
        self.places[hole] = FREE;
        Some(removed)
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self) {
        let len = (2 * self.places.len()).max(LEAST);
        let before = std::mem::replace(&mut self.places, vec![FREE; len].into_boxed_slice());
        for place in before.iter().filter(|p| p.goroutine.status != 0) {
            if let Some(i) = self.find(place.id) {
                self.places[i] = *place;
            }
        }
    }

    /// In no order.
    pub fn iter(&self) -> impl Iterator<Item = (i64, &Goroutine)> {
        self.places.iter().filter(|p| p.goroutine.status != 0).map(|p| (p.id, &p.goroutine))
    }

    pub fn extend(&mut self, all: impl IntoIterator<Item = (i64, Goroutine)>) {
        all.into_iter().for_each(|(id, g)| self.insert(id, g));
    }

    /// How many places a search for each id looks at, in all.
    #[cfg(test)]
    fn looks(&self) -> usize {
        let mask = self.places.len().wrapping_sub(1);
        let way = |(i, p): (usize, &Place)| (i.wrapping_sub(self.seed.hash(p.id)) & mask) + 1;
        self.places.iter().enumerate().filter(|(_, p)| p.goroutine.status != 0).map(way).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracewell_source::SeededMap;

    fn goroutine(n: u64) -> Goroutine {
        let seq = crate::state::Seq::new(1, n);
        Goroutine { status: 1, seq, ..Goroutine::NONE }
    }

    #[test]
    fn is_a_map() {
        let (mut mine, mut plain, mut x) = (Goroutines::default(), SeededMap::default(), 7u64);
        assert!(mine.get(0).is_none() && mine.remove(0).is_none());
        for n in 0..60_000u64 {
            x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let id =
                [0, i64::MIN, i64::MAX - 300][(x >> 60) as usize % 3].wrapping_add((x >> 33) as i64 % 300);
            match x >> 40 & 3 {
                0 => assert_eq!(
                    mine.insert_new(id, goroutine(n)),
                    plain.insert(id, n).is_none() || {
                        mine.insert(id, goroutine(n));
                        false
                    }
                ),
                1 => {
                    mine.insert(id, goroutine(n));
                    plain.insert(id, n);
                }
                _ => assert_eq!(mine.remove(id).map(|g| g.seq.n), plain.remove(&id)),
            }
            assert_eq!(mine.get_mut(id).map(|g| g.seq.n), plain.get(&id).copied());
            assert_eq!((mine.len(), mine.is_empty()), (plain.len(), plain.is_empty()));
        }
        let mut all: Vec<_> = mine.iter().map(|(id, g)| (id, g.seq.n)).collect();
        let mut expected: Vec<_> = plain.into_iter().collect();
        all.sort_unstable();
        expected.sort_unstable();
        assert_eq!(all, expected);
    }

    #[test]
    fn ids_that_a_file_chooses_do_not_collide() {
        // Of seeds that are known here, so that it counts the same each time.
        let seeds = [Seed(0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7345), Seed(0, 0xf135_7aea_2e62_a9c5)];
        // By the second seed's factor turned round these are 0, 1, 2 … in the upper half of the product, or in the lower.
        let inverse = (0..6).fold(1u64, |x, _| x.wrapping_mul(2u64.wrapping_sub(seeds[1].1.wrapping_mul(x))));
        let chosen =
            |i: u64| [i, i << 40, i << 50 | i, (i << 32).wrapping_mul(inverse), i.wrapping_mul(inverse)];
        for kind in 0..5 {
            let mut table = Goroutines::seeded(seeds[0]);
            (0..4096).for_each(|i| table.insert(chosen(i)[kind] as i64, goroutine(i)));
            assert_eq!(table.len(), 4096);
            // Two or three each; if all had one hash it would be 2,048.
            assert!(table.looks() < 8 * 4096, "kind {kind}: {} looks", table.looks());
        }
        assert_ne!(Seed::drawn().1, seeds[1].1);
    }
}
