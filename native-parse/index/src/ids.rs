//! Tables by goroutine id: ids are dense in real traces and hostile in others, so both cost little, and those that are done
//! with cost next to nothing.

use std::collections::BTreeMap;
use std::path::Path;

use tracewell_order::Sym;
use tracewell_source::{Scratch, SeededMap};

use crate::sidecar::{In, Out};

/// A set of ids, a bit each, in pages of 512; of pages that are full only from where to where they go.
#[derive(Clone, Default)]
pub struct IdSet {
    pages: SeededMap<u64, [u64; 8]>,
    /// Begin of a row of full pages, and its end.
    full: BTreeMap<u64, u64>,
    count: u64,
}

impl IdSet {
    pub fn insert(&mut self, id: i64) {
        let id = id as u64;
        let (word, bit) = ((id >> 6 & 7) as usize, 1u64 << (id & 63));
        let mut words = [0; 8];
        words[word] = bit;
        match self.pages.get_mut(&(id >> 9)) {
            // Mostly it is neither new nor the last of its page.
            Some(page) if page[word] & bit != 0 => {}
            Some(page) if page[word] | bit != u64::MAX => {
                page[word] |= bit;
                self.count += 1;
            }
            _ => self.add(id >> 9, &words),
        }
    }

    fn add(&mut self, page: u64, words: &[u64; 8]) {
        if self.is_full(page) {
            return;
        }
        let mine = self.pages.entry(page).or_default();
        for (a, b) in mine.iter_mut().zip(words) {
            self.count += u64::from((b & !*a).count_ones());
            *a |= b;
        }
        if mine.iter().all(|w| *w == u64::MAX) {
            self.pages.remove(&page);
            self.fill(page);
        }
    }

    fn is_full(&self, page: u64) -> bool {
        self.full.range(..=page).next_back().is_some_and(|(_, end)| page < *end)
    }

    /// The page joins the rows before and behind it.
    fn fill(&mut self, page: u64) {
        let end = self.full.remove(&(page + 1)).unwrap_or(page + 1);
        match self.full.range_mut(..page).next_back() {
            Some((_, before)) if *before == page => *before = end,
            _ => {
                self.full.insert(page, end);
            }
        }
    }

    pub fn merge(&mut self, other: &IdSet) {
        for (page, words) in &other.pages {
            self.add(*page, words);
        }
        for page in other.full.iter().flat_map(|(from, to)| *from..*to) {
            self.add(page, &[u64::MAX; 8]);
        }
    }

    /// So many ids, of which nothing more is known.
    pub(crate) fn counted(count: u64) -> IdSet {
        IdSet { count, ..IdSet::default() }
    }
    pub fn len(&self) -> u64 {
        self.count
    }
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// Names in a page: small, for an id may stand alone in its page.
const PAGE: usize = 64;
/// Names that are packed together.
const GROUP: usize = 4096;
const PAGES: u64 = (GROUP / PAGE) as u64;
/// A group whose runs take more than this is kept as it is: each look walks over them.
const MOST_RUNS: usize = GROUP / 16;
/// Pages that are not packed: those before them are mostly of goroutines that are gone.
const OPEN: usize = 1 << 13;
/// A name that came when all other bytes were taken: no program starts so many functions often.
const OTHER: u8 = u8::MAX;

/// The start function of each goroutine: a byte for one, in pages that are packed once they are many. What is said of a page
/// later is kept apart.
#[derive(Default)]
pub struct Names {
    pages: SeededMap<u64, [u8; PAGE]>,
    /// Addresses of groups, and how many bytes each has.
    packed: SeededMap<u64, (u64, u16)>,
    groups: Scratch,
    /// So many pages are borne until some are packed.
    limit: usize,
    /// What the bytes stand for, less one; 0 is no name.
    codes: Vec<Sym>,
    code_of: SeededMap<Sym, u8>,
    /// Of goroutines whose byte is `OTHER`.
    others: SeededMap<i64, Sym>,
}

impl Names {
    /// `folder`: where a file may be for what is too much for memory.
    pub(crate) fn new(folder: Option<&Path>) -> Names {
        Names { groups: Scratch::new(folder), limit: OPEN, ..Names::default() }
    }

    pub fn set(&mut self, g: i64, name: Sym) {
        let code = self.code(name);
        if code == OTHER {
            self.others.insert(g, name);
        }
        let (page, place) = (g as u64 / PAGE as u64, g as u64 as usize % PAGE);
        match self.pages.get_mut(&page) {
            Some(codes) => codes[place] = code,
            None => self.open(page)[place] = code,
        }
    }

    #[cold]
    fn open(&mut self, page: u64) -> &mut [u8; PAGE] {
        if self.pages.len() >= self.limit.max(OPEN) {
            self.pack();
        }
        let known = self.of_group(page / PAGES);
        let codes = known.map_or([0; PAGE], |bytes| {
            let first = (page % PAGES) as usize * PAGE;
            std::array::from_fn(|i| code_in(bytes, first + i))
        });
        self.pages.entry(page).or_insert(codes)
    }

    /// Packs all pages of groups that are not packed yet. Those of others are few, or the file is none of a Go program: then
    /// they cost what they cost.
    fn pack(&mut self) {
        let is_packed = |page: &u64| self.packed.contains_key(&(page / PAGES));
        let mut groups: Vec<u64> = self.pages.keys().filter(|p| !is_packed(p)).map(|p| p / PAGES).collect();
        groups.sort_unstable();
        groups.dedup();
        for group in groups {
            let bytes = pack(&self.unpacked(group));
            let place = (self.groups.push(&bytes), bytes.len() as u16);
            self.packed.insert(group, place);
            (group * PAGES..(group + 1) * PAGES).for_each(|page| {
                self.pages.remove(&page);
            });
        }
        self.limit = self.pages.len() * 2 + OPEN;
        // N.B. a table that was made for many keeps its room.
        self.pages.shrink_to(self.limit);
    }

    fn of_group(&self, group: u64) -> Option<&[u8]> {
        let (address, len) = *self.packed.get(&group)?;
        self.groups.at(address).get(..usize::from(len))
    }

    /// All names of a group.
    fn unpacked(&self, group: u64) -> [u8; GROUP] {
        let mut all = [0; GROUP];
        if let Some(bytes) = self.of_group(group) {
            unpack(bytes, &mut all);
        }
        for (page, codes) in (group * PAGES..).zip(all.as_chunks_mut::<PAGE>().0) {
            if let Some(open) = self.pages.get(&page) {
                *codes = *open;
            }
        }
        all
    }

    fn code(&mut self, name: Sym) -> u8 {
        if name == Sym::EMPTY {
            return 0;
        }
        if let Some(code) = self.code_of.get(&name) {
            return *code;
        }
        let next = self.codes.len() as u8 + 1;
        if next < OTHER {
            self.codes.push(name);
            self.code_of.insert(name, next);
        }
        next
    }

    /// All names that were set, some of them many times.
    pub fn names(&self) -> impl Iterator<Item = Sym> + '_ {
        self.codes.iter().chain(self.others.values()).copied()
    }

    /// Empty while it is not known. Cost: O(1) of those named lately; of others up to some 100 steps.
    #[inline]
    pub fn get(&self, g: i64) -> Sym {
        let page = g as u64 / PAGE as u64;
        let code = match self.pages.get(&page) {
            Some(codes) => codes[g as u64 as usize % PAGE],
            None => self.of_group(page / PAGES).map_or(0, |b| code_in(b, g as u64 as usize % GROUP)),
        };
        match code {
            0 => Sym::EMPTY,
            OTHER => self.others.get(&g).copied().unwrap_or_default(),
            code => self.codes.get(usize::from(code) - 1).copied().unwrap_or_default(),
        }
    }

    /// For a sidecar.
    pub(crate) fn put_kept(&self, out: &mut Out) {
        out.list(self.codes.iter(), |out, name| out.u(u64::from(name.0)));
        let mut others: Vec<_> = self.others.iter().collect();
        others.sort_unstable();
        out.list(others.into_iter(), |out, (g, name)| {
            out.i(*g);
            out.u(u64::from(name.0));
        });
        let mut groups: Vec<u64> = self.pages.keys().map(|p| p / PAGES).collect();
        groups.extend(self.packed.keys());
        groups.sort_unstable();
        groups.dedup();
        out.list(groups.into_iter(), |out, group| {
            let bytes = pack(&self.unpacked(group));
            out.u(group);
            out.u(bytes.len() as u64);
            out.0.extend_from_slice(&bytes);
        });
    }

    /// None when they are none. `folder`: as for `new`.
    pub(crate) fn get_kept(from: &mut In<'_>, folder: Option<&Path>) -> Option<Names> {
        let mut all = Names::new(folder);
        all.codes = from.list(|from| Some(Sym(from.u32()?)))?;
        all.others = from.list(|from| Some((from.i()?, Sym(from.u32()?))))?;
        for _ in 0..from.u()? {
            let group = from.u().filter(|g| *g <= u64::MAX / GROUP as u64)?;
            let len = u16::try_from(from.u()?).ok()?;
            let place = (all.groups.push(from.take(usize::from(len))?), len);
            all.packed.insert(group, place);
        }
        all.groups.settle();
        Some(all)
    }
}

/// A group as runs, each a code and its length, or where these would be many as it is.
fn pack(codes: &[u8; GROUP]) -> Vec<u8> {
    let mut out = Out::default();
    for run in codes.chunk_by(|a, b| a == b) {
        out.0.push(run[0]);
        out.u(run.len() as u64);
        if out.0.len() > MOST_RUNS {
            return codes.to_vec();
        }
    }
    out.0
}

/// The runs of a packed group: code and length; of bytes that are none what can be told.
fn runs(bytes: &[u8]) -> impl Iterator<Item = (u8, usize)> + '_ {
    let mut from = In::new(bytes);
    std::iter::from_fn(move || Some((from.byte()?, from.u()?.min(GROUP as u64) as usize)))
}

fn unpack(bytes: &[u8], all: &mut [u8; GROUP]) {
    if let Ok(whole) = bytes.try_into() {
        *all = whole;
        return;
    }
    let mut at = 0;
    for (code, len) in runs(bytes) {
        let end = (at + len).min(GROUP);
        all[at..end].fill(code);
        at = end;
    }
}

fn code_in(bytes: &[u8], place: usize) -> u8 {
    if bytes.len() == GROUP {
        return bytes[place];
    }
    let mut end = 0;
    let run = runs(bytes).find(|(_, len)| {
        end += len;
        place < end
    });
    run.map_or(0, |(code, _)| code)
}

/// Ids that were lately put in, not all of them: spares looking up again what is surely known.
#[derive(Clone)]
pub(crate) struct Recent(Box<[i64; RECENT]>);

const RECENT: usize = 256;

impl Default for Recent {
    fn default() -> Self {
        // In each place an id that does not belong there.
        Recent(Box::new(std::array::from_fn(|i| i as i64 + 1)))
    }
}

impl Recent {
    #[inline(always)]
    fn place(id: i64) -> usize {
        id as usize & (RECENT - 1)
    }
    #[inline(always)]
    pub fn has(&self, id: i64) -> bool {
        self.0[Recent::place(id)] == id
    }
    #[inline(always)]
    pub fn put(&mut self, id: i64) {
        self.0[Recent::place(id)] = id;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_each_id_once_wherever_it_lies() {
        let mut s = IdSet::default();
        for id in [1, 2, 2, 511, 512, i64::MAX, -2, -2] {
            s.insert(id);
        }
        assert_eq!(s.len(), 6);
    }

    #[test]
    fn full_pages_take_no_room_and_count_once() {
        let (mut all, mut some) = (IdSet::default(), IdSet::default());
        // Page after page, then the one before, then one that joins two rows of them.
        for page in [8i64, 9, 7, 20, 11, 10] {
            (page * 512..(page + 1) * 512).rev().for_each(|id| all.insert(id));
        }
        assert_eq!((all.len(), all.pages.len()), (6 * 512, 0));
        assert_eq!(all.full.iter().collect::<Vec<_>>(), [(&7, &12), (&20, &21)]);
        (7 * 512..12 * 512).for_each(|id| all.insert(id));
        (6 * 512 + 100..9 * 512).for_each(|id| some.insert(id));
        (-512..0).for_each(|id| some.insert(id));
        for _ in 0..2 {
            some.merge(&all);
            assert_eq!(some.len(), 6 * 512 + 412 + 512);
        }
        (6 * 512..6 * 512 + 100).for_each(|id| some.insert(id));
        assert_eq!(some.len(), 8 * 512);
        assert_eq!(some.full.iter().next(), Some((&6, &12)));
    }

    #[test]
    fn remembers_what_was_lately_there() {
        let mut r = Recent::default();
        for id in [0, 1, 255, 256, -1, i64::MIN] {
            assert!(!r.has(id), "{id}");
            r.put(id);
            assert!(r.has(id));
        }
        assert!(!r.has(0));
    }

    fn copy_of(names: &Names) -> Names {
        let mut out = Out::default();
        names.put_kept(&mut out);
        Names::get_kept(&mut In::new(&out.0), None).unwrap()
    }

    #[test]
    fn remembers_names() {
        let mut n = Names::default();
        n.set(70, Sym(5));
        assert_eq!((n.get(70), n.get(71), n.get(1 << 40)), (Sym(5), Sym(0), Sym(0)));
        for i in 0..1000 {
            n.set(i, Sym(i as u32));
        }
        n.set(900, Sym(7));
        n.set(-1, Sym(8));
        for names in [&n, &copy_of(&n)] {
            assert!((1..900).all(|i| names.get(i) == Sym(i as u32)));
            assert_eq!((names.get(0), names.get(900), names.get(-1)), (Sym::EMPTY, Sym(7), Sym(8)));
        }
    }

    #[test]
    fn very_many_names_take_little_and_can_be_changed() {
        let folder = tempfile::tempdir().unwrap();
        let mut n = Names::new(Some(folder.path()));
        let many = 3_000_000i64;
        // Long runs first, then any name after any other, then ids far from each other.
        let name =
            |i: i64| Sym(if i < many / 2 { 1 + (i >> 12) as u32 % 3 } else { 1 + (i * i % 200) as u32 });
        let id = |i: i64| {
            if i < many - 10_000 { i } else { (i - many).wrapping_mul(0x9e37_79b9_7f4a_7c15u64 as i64) }
        };
        for i in 0..many {
            n.set(id(i), name(i));
            // What was named long ago gets another name, as a goroutine does whose id comes again.
            if i % 1000 == 0 {
                n.set(i / 2, Sym(199));
            }
        }
        let again = |g: i64| (0..many / 2).contains(&g) && g % 500 == 0;
        for names in [&n, &copy_of(&n)] {
            let wrong =
                (0..many).find(|i| names.get(id(*i)) != if again(id(*i)) { Sym(199) } else { name(*i) });
            assert_eq!(wrong, None);
        }
        assert!(n.pages.len() < 6 * OPEN, "{}", n.pages.len());
    }
}
