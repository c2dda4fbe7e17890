//! Lives by their place: those that are under way as they are told, the others packed, in a file where they are very many.

use std::path::Path;

use tracewell_order::Sym;
use tracewell_source::{Scratch, SeededMap, Sorter};

use super::by_id::ById;
use super::facts::{LifeFacts, pack, unpack};
use super::groups::{get_columns, put_columns};
use crate::sidecar::{In, Out};
use crate::span::SpanState;

/// Lives that are packed together, once most of them have ended …
const BLOCK: usize = 64;
/// … all but so many, which are kept apart until they have.
const MOST_LATE: usize = 8;
/// Lives whose numbers are kept side by side in a sidecar, so that they pack well.
const GROUP: usize = 1 << 14;

struct Open {
    lives: Vec<LifeFacts>,
    /// So many of them have.
    ended: usize,
}

enum Block {
    Open(Box<Open>),
    /// Its address.
    Packed(u64),
}

/// Life records by their place, which is the order in which goroutines are first mentioned.
#[derive(Default)]
pub struct Lives {
    blocks: Vec<Block>,
    len: u32,
    /// Whole blocks that are not packed.
    open: Vec<u32>,
    /// Of packed blocks, lives that had not ended: what is packed of them does not count.
    late: SeededMap<u32, LifeFacts>,
    packed: Scratch,
    by_id: ById,
}

impl Lives {
    /// `folder`: where a file may be for what is too much for memory.
    pub(super) fn new(folder: Option<&Path>) -> Lives {
        Lives { packed: Scratch::new(folder), ..Lives::default() }
    }

    pub fn len(&self) -> u32 {
        self.len
    }
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Memory that they take, what is mapped for a while not counted.
    pub fn bytes(&self) -> usize {
        let late = self.late.capacity() * size_of::<(u32, LifeFacts)>();
        self.blocks.capacity() * size_of::<Block>() + late + self.packed.bytes() + self.by_id.bytes()
    }

    /// What of them is in a file.
    pub fn file_bytes(&self) -> u64 {
        self.packed.file_bytes()
    }

    pub(super) fn push(&mut self, g: i64, start: i64, older: bool, parent: Option<u32>) -> u32 {
        let place = self.len;
        let life = LifeFacts::new(g, start, older, parent);
        match self.blocks.last_mut().filter(|_| !(place as usize).is_multiple_of(BLOCK)) {
            Some(Block::Open(o)) => o.lives.push(life),
            _ => {
                let mut lives = Vec::with_capacity(BLOCK);
                lives.push(life);
                self.blocks.push(Block::Open(Box::new(Open { lives, ended: 0 })));
            }
        }
        self.len += 1;
        if (self.len as usize).is_multiple_of(BLOCK) {
            self.open.push(place / BLOCK as u32);
        }
        place
    }

    fn get_mut(&mut self, place: u32) -> Option<&mut LifeFacts> {
        match self.blocks.get_mut(place as usize / BLOCK)? {
            Block::Open(o) => o.lives.get_mut(place as usize % BLOCK),
            Block::Packed(_) => self.late.get_mut(&place),
        }
    }

    pub(super) fn stayed(&mut self, place: u32, state: SpanState, nanos: i64) {
        if let Some(life) = self.get_mut(place) {
            life.stayed(state, nanos);
        }
    }

    /// Nothing more is told of it. Once for each life.
    pub(super) fn end(&mut self, place: u32, at: i64, alive: bool) {
        if let Some(life) = self.get_mut(place) {
            life.end = at.max(life.start);
            life.alive = alive;
        }
        if let Some(Block::Open(o)) = self.blocks.get_mut(place as usize / BLOCK) {
            o.ended += 1;
        }
    }

    pub(super) fn name(&mut self, place: u32, name: Sym) {
        if let Some(life) = self.get_mut(place).filter(|l| l.name == Sym::EMPTY) {
            life.name = name;
        }
    }

    pub(super) fn mark(&mut self, place: u32, depth: u8, logs: bool, samples: bool) {
        if let Some(life) = self.get_mut(place) {
            life.mark(depth, logs, samples);
        }
    }

    /// Packs blocks of which most have ended: of these nothing more may be told. Cost: O(blocks that are not packed).
    pub(super) fn pack_ended(&mut self) {
        let mut open = std::mem::take(&mut self.open);
        open.retain(|block| match self.blocks.get(*block as usize) {
            Some(Block::Open(o)) if o.lives.len() - o.ended.min(o.lives.len()) > MOST_LATE => true,
            _ => {
                self.pack(*block as usize, false);
                false
            }
        });
        self.open = open;
    }

    fn pack(&mut self, block: usize, all_is_told: bool) {
        let Some(b) = self.blocks.get_mut(block) else { return };
        let Block::Open(o) = b else { return };
        let late = ((block * BLOCK) as u32..).zip(&o.lives).filter(|(_, l)| l.alive && !all_is_told);
        self.late.extend(late.map(|(place, life)| (place, *life)));
        *b = Block::Packed(self.packed.push(&pack(&o.lives)));
    }

    /// All is told. Cost: O(lives log lives).
    pub(super) fn settle(&mut self) {
        (0..self.blocks.len()).for_each(|b| self.pack(b, true));
        self.open = Vec::new();
        self.pack_late();
        self.blocks.shrink_to_fit();
        self.by_id = self.sorted();
        self.packed.settle();
    }

    /// Packs blocks again with what was told of their lives later.
    fn pack_late(&mut self) {
        let mut blocks: Vec<usize> = self.late.keys().map(|place| *place as usize / BLOCK).collect();
        blocks.sort_unstable();
        blocks.dedup();
        for block in blocks {
            let places = (block * BLOCK) as u32..;
            let all = self.lives_of(block, 0);
            let now: Vec<LifeFacts> =
                places.zip(all).map(|(place, life)| self.late.get(&place).copied().unwrap_or(life)).collect();
            self.blocks[block] = Block::Packed(self.packed.push(&pack(&now)));
        }
        self.late = SeededMap::default();
    }

    fn sorted(&mut self) -> ById {
        let mut sorter = Sorter::new(self.packed.folder());
        self.each(|place, life| sorter.push((life.g, place)));
        ById::new(sorter.finish(), &mut self.packed)
    }

    fn lives_of(&self, block: usize, skip: usize) -> Box<dyn Iterator<Item = LifeFacts> + '_> {
        match self.blocks.get(block) {
            Some(Block::Open(o)) => Box::new(o.lives.iter().skip(skip).copied()),
            // Lives that are late are not known here.
            Some(Block::Packed(address)) => {
                // N.B. what follows a block is none of its lives.
                let count = (self.len as usize - block * BLOCK).min(BLOCK);
                Box::new(unpack(self.packed.at(*address), skip).take(count.saturating_sub(skip)))
            }
            None => Box::new(std::iter::empty()),
        }
    }

    /// Shows all lives by their place.
    fn each(&self, mut see: impl FnMut(u32, &LifeFacts)) {
        for block in 0..self.blocks.len() {
            let places = (block * BLOCK) as u32..;
            places.zip(self.lives_of(block, 0)).for_each(|(place, life)| see(place, &life));
        }
    }

    /// The life at a place. Cost: about 0.1 µs; for many that follow each other there is `reader`.
    pub fn get(&self, place: u32) -> Option<LifeFacts> {
        let skip = place as usize % BLOCK;
        if let Some(late) = self.late.get(&place) {
            return Some(*late);
        }
        match self.blocks.get(place as usize / BLOCK)? {
            Block::Open(o) => o.lives.get(skip).copied(),
            Block::Packed(_) if place >= self.len => None,
            Block::Packed(address) => unpack(self.packed.at(*address), skip).next(),
        }
    }

    /// Reads lives one after the other.
    pub fn reader(&self) -> LifeReader<'_> {
        LifeReader { lives: self, block: usize::MAX, known: Vec::with_capacity(BLOCK) }
    }

    /// The life of a goroutine at a time, or its last before, or its first. Cost: O(log lives).
    pub fn find(&self, g: i64, at: i64) -> Option<u32> {
        self.by_id.find(g, at, &self.packed, |place| self.get(place).map_or(i64::MAX, |l| l.start))
    }

    /// All lives of a goroutine, by their begin. Cost: O(log lives + those found).
    pub fn all_of(&self, g: i64) -> impl Iterator<Item = u32> + '_ {
        self.by_id.all(g, &self.packed)
    }

    /// How many groups `put_group` takes.
    pub(super) fn groups(&self) -> usize {
        (self.len as usize).div_ceil(GROUP)
    }

    /// Some of the lives, for a sidecar.
    pub(super) fn put_group(&self, group: usize, out: &mut Out) {
        let blocks = group * GROUP / BLOCK..(group + 1) * GROUP / BLOCK;
        let lives: Vec<LifeFacts> = blocks.flat_map(|b| self.lives_of(b, 0)).collect();
        put_columns(&lives, out);
    }

    /// Takes in a group that `put_group` wrote, behind those that are there. None when it is none.
    pub(super) fn get_group(&mut self, from: &mut In<'_>) -> Option<()> {
        let lives = get_columns(from, GROUP).filter(|_| (self.len as usize).is_multiple_of(GROUP))?;
        for block in lives.chunks(BLOCK) {
            self.blocks.push(Block::Packed(self.packed.push(&pack(block))));
        }
        self.len = self.len.checked_add(lives.len() as u32)?;
        Some(())
    }
}

/// Reads lives by places that mostly rise: those of a block are unpacked at once.
pub struct LifeReader<'l> {
    lives: &'l Lives,
    block: usize,
    known: Vec<LifeFacts>,
}

impl LifeReader<'_> {
    pub fn get(&mut self, place: u32) -> Option<LifeFacts> {
        let block = place as usize / BLOCK;
        if block != self.block {
            self.block = block;
            self.known.clear();
            self.known.extend(self.lives.lives_of(block, 0));
        }
        self.known.get(place as usize % BLOCK).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> (Lives, u32, u32) {
        let mut lives = Lives::default();
        let a = lives.push(7, 5, false, None);
        let b = lives.push(-3, 1 << 50, true, Some(a));
        lives.stayed(a, SpanState::Running, 100);
        lives.stayed(b, SpanState::SyscallBlocked, 3 << 32);
        lives.stayed(b, SpanState::SyscallBlocked, (1 << 32) - 1);
        lives.stayed(b, SpanState::SyscallBlocked, 1);
        lives.end(a, 1005, false);
        lives.end(b, (1 << 50) + (5 << 32), true);
        lives.mark(b, 3, true, false);
        (lives, a, b)
    }

    #[test]
    fn a_life_keeps_what_it_is_told_however_long_and_odd() {
        let (mut lives, a, b) = some();
        let told = (lives.get(a), lives.get(b));
        lives.settle();
        let (la, lb) = (lives.get(a).unwrap(), lives.get(b).unwrap());
        assert_eq!((Some(la), Some(lb)), told, "the same when they are packed");
        assert_eq!(
            (la.g, la.start, la.end, la.running, la.waiting(), la.alive),
            (7, 5, 1005, 100, 900, false)
        );
        assert_eq!((lb.g, lb.start, lb.nanos(), lb.syscall), (-3, 1 << 50, 5 << 32, 4 << 32));
        assert_eq!(
            (lb.older, lb.alive, lb.depth, lb.logs, lb.samples, lb.parent),
            (true, true, 3, true, false, Some(a))
        );
        assert_eq!((la.stays, lb.stays), (Some(1), None));
        assert_eq!((lives.find(7, 0), lives.find(-3, 0), lives.find(8, 0)), (Some(a), Some(b), None));
        assert_eq!((lives.get(2), lives.get(40)), (None, None));
    }

    #[test]
    fn of_two_lives_of_one_id_the_one_at_that_time_is_found() {
        let mut lives = Lives::default();
        let a = lives.push(7, 0, false, None);
        lives.end(a, 10, false);
        let b = lives.push(7, 20, false, None);
        lives.end(b, 30, false);
        lives.settle();
        assert_eq!([0, 15, 20, 99].map(|t| lives.find(7, t)), [Some(a), Some(a), Some(b), Some(b)]);
        assert_eq!(lives.all_of(7).collect::<Vec<_>>(), [a, b]);
    }

    #[test]
    fn what_lives_on_is_told_more_of_while_others_are_packed() {
        let folder = tempfile::tempdir().unwrap();
        let mut lives = Lives::new(Some(folder.path()));
        let many = 1_000_000u32;
        for i in 0..many {
            let place = lives.push(i64::from(i) * 3, i64::from(i) * 1000, false, i.checked_sub(1));
            lives.stayed(place, SpanState::Running, i64::from(i % 5000));
            // Every thousandth lives to the end.
            if i % 1000 != 0 {
                lives.end(place, i64::from(i) * 1000 + 7000, false);
            }
            if i % 10_000 == 0 {
                lives.pack_ended();
            }
        }
        for i in (0..many).step_by(1000) {
            lives.stayed(i, SpanState::Runnable, 5);
            lives.end(i, 1 << 40, true);
        }
        lives.settle();
        assert!(lives.file_bytes() > 4 << 20 && lives.bytes() < 12 << 20, "{}", lives.bytes());
        let mut reader = lives.reader();
        for i in (0..many).chain((0..many).step_by(997)) {
            let life = reader.get(i).unwrap();
            let long = i % 1000 == 0;
            assert_eq!(
                (life.g, life.start, life.parent),
                (i64::from(i) * 3, i64::from(i) * 1000, i.checked_sub(1))
            );
            assert_eq!((life.running, life.runnable), (i64::from(i % 5000), if long { 5 } else { 0 }));
            assert_eq!(life.alive, long);
        }
        for i in (0..many).step_by(331) {
            assert_eq!(lives.find(i64::from(i) * 3, 0), Some(i));
        }
        let mut again = Lives::new(Some(folder.path()));
        for group in 0..lives.groups() {
            let mut out = Out::default();
            lives.put_group(group, &mut out);
            again.get_group(&mut In::new(&out.0)).unwrap();
        }
        again.settle();
        assert_eq!(again.len(), many);
        for i in (0..many).step_by(331) {
            assert_eq!((again.get(i), again.find(i64::from(i) * 3, 0)), (lives.get(i), Some(i)));
        }
    }
}
