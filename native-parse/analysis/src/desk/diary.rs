//! Diaries of goroutines that live at a border: what one page of the app asks of one goroutine, a page for each segment in
//! which it did something, written down by the pass over the whole. So a life as long as the trace is told without reading it
//! again. Of one that began in a segment behind very many others, that segment is read, for nobody knows yet that it will
//! be long.
//!
//! Memory: by what such goroutines do in a segment; pages that are written are in a file where they are many. Where it
//! is too much there are no diaries, and one goroutine takes a pass over its life.

use std::cmp::Reverse;
use std::path::Path;

use tracewell_order::Sym;
use tracewell_source::{Scratch, SeededMap, SeededSet};

use crate::desk::cuts::Spacing;
use crate::desk::tally::{Key, Listed, Sum, Tally};
use crate::lives::{Life, LifeSpan, LifeState};
use crate::packed::{Reader, number, unsigned};
use crate::stacks::StackIx;

/// The first stays of a goroutine are listed, which its page draws; later ones of a segment with so few, for such a segment
/// is not worth reading.
const FIRST: usize = 2048;
const FEW: usize = 512;
/// Lists of the segment at hand.
const LISTS: usize = 8 << 20;
/// Partners that are told.
pub const PARTNERS: usize = 50;
/// Goroutines with a diary, and what their pages of the segment at hand hold.
const MOST: usize = 1 << 19;
/// Of the trace's bytes, what diaries may take, and what they may take of any trace.
const SHARE: u64 = 16;
const FREE: u64 = 8 << 20;

type Partner = (i64, (u64, u64));

/// The most interaction first.
pub fn by_interaction((g, (woke, woken)): &Partner) -> (Reverse<u64>, i64) {
    (Reverse(woke + woken), *g)
}

/// The page at hand.
#[derive(Default)]
struct Page {
    tally: Tally,
    /// The stay that the segment's begin lies in.
    first: Option<(Key, i64, i64)>,
    list: Vec<u8>,
    listed: usize,
    /// Where it was made, if that was here.
    creation: StackIx,
    /// How many of this segment may be listed.
    room: usize,
    last: i64,
}

/// The last page that was written of a goroutine.
#[derive(Clone, Copy)]
struct Last {
    address: u64,
    stays: usize,
}

/// Writes diaries while the trace is read.
pub struct Diarist {
    pages: SeededMap<i64, Page>,
    /// Who has a diary: those that lived at the last border, those older than the trace, and the first that began since.
    followed: SeededSet<i64>,
    early: SeededSet<i64>,
    early_most: usize,
    /// Of each segment, until when goroutines that began in it are followed.
    early_until: Vec<i64>,
    last: SeededMap<i64, Last>,
    records: Scratch,
    /// Last pages of those that ended.
    ended: Vec<(i64, u64)>,
    begin: i64,
    /// Sums and partners of the pages at hand at most, and bytes of their lists.
    held: usize,
    lists: usize,
    written: u64,
    most: u64,
    trace_ends: bool,
    is_too_much: bool,
}

impl Diarist {
    /// `bytes`: of the trace; `folder`: as for `Scratch`.
    pub fn new(spacing: Spacing, bytes: u64, folder: Option<&Path>) -> Diarist {
        Diarist {
            pages: SeededMap::default(),
            followed: SeededSet::default(),
            early: SeededSet::default(),
            early_most: spacing.early,
            early_until: vec![i64::MAX],
            last: SeededMap::default(),
            records: Scratch::new(folder),
            ended: Vec::new(),
            begin: i64::MIN,
            held: 0,
            lists: 0,
            written: 0,
            most: bytes / SHARE + FREE,
            trace_ends: false,
            is_too_much: false,
        }
    }

    pub fn follows(&self, life: &Life) -> bool {
        let is_early = self.early_until.last().is_some_and(|until| life.start < *until);
        (life.older || is_early) && !self.is_too_much
    }

    fn page(&mut self, g: i64) -> &mut Page {
        let Diarist { pages, last, written, most, .. } = self;
        pages.entry(g).or_insert_with(|| {
            let before = last.get(&g).map_or(0, |l| l.stays);
            // Sums are worth more than lists.
            let room = if *written < *most / 2 { FIRST.saturating_sub(before).max(FEW) } else { 0 };
            Page { room, ..Page::default() }
        })
    }

    pub fn born(&mut self, life: &Life) {
        if self.follows(life) {
            self.followed.insert(life.g);
            if !life.older && self.early.insert(life.g) && self.early.len() == self.early_most {
                self.early_until.last_mut().into_iter().for_each(|until| *until = life.start + 1);
            }
        }
        if life.creator >= 0 && self.followed.contains(&life.creator) {
            self.page(life.creator).tally.child(life.g);
        }
        self.check();
    }

    /// Where one that is followed was made.
    pub fn made(&mut self, g: i64, creation: StackIx) {
        self.page(g).creation = creation;
    }

    /// The next stay is listed with who ended it.
    pub fn wants_top(&self, life: &Life) -> bool {
        self.follows(life)
            && self.lists < LISTS
            && self.pages.get(&life.g).is_none_or(|p| p.listed == p.tally.stay_count && p.listed < p.room)
    }

    pub fn span(&mut self, life: &Life, s: &LifeSpan) {
        if s.by >= 0 && s.by != life.g && self.followed.contains(&s.by) {
            let partners = &mut self.page(s.by).tally.partners;
            partners.entry(life.g).or_default().1 += 1;
            self.held += 1;
        }
        if !self.follows(life) {
            return;
        }
        let (is_listed, begin, open) = (self.wants_top(life), self.begin, self.trace_ends);
        let page = self.page(life.g);
        if s.by >= 0 && s.by != life.g {
            page.tally.partners.entry(s.by).or_default().0 += 1;
        }
        let stay = Listed { span: *s, stack: life.stood, open };
        match s.start < begin && page.first.is_none() {
            true => page.first = Some((stay.key(), s.start, s.end)),
            false => page.tally.sums.at(stay.key()).add(s.end - s.start),
        }
        page.tally.stay_count += 1;
        if is_listed {
            let before = page.list.len();
            stay.put(&mut page.list, &mut page.last);
            page.listed += 1;
            let more = page.list.len() - before;
            self.lists += more;
        }
        self.held += 1;
        self.check();
    }

    /// What is open from now on goes on behind the trace's end.
    pub fn trace_ends(&mut self) {
        self.trace_ends = true;
    }

    fn check(&mut self) {
        // What pages hold is counted where its bound is reached.
        let mut held = 0;
        if self.held > MOST {
            held = self.pages.values().map(|p| p.tally.sums.len() + p.tally.partners.len()).sum();
            self.held = held;
        }
        if held > MOST / 2 || self.followed.len() > MOST || self.written > self.most {
            let records = self.records.another();
            (self.pages, self.followed, self.last) = Default::default();
            (self.records, self.ended, self.held, self.written) = (records, Vec::new(), 0, 0);
            self.is_too_much = true;
        }
    }

    /// A border, or the trace's end: `living` go on behind it, at `at`.
    pub fn end_segment(&mut self, at: i64, living: SeededSet<i64>) {
        if self.is_too_much {
            return;
        }
        let mut pages: Vec<(i64, Page)> = std::mem::take(&mut self.pages).into_iter().collect();
        pages.sort_unstable_by_key(|p| p.0);
        let segment = self.early_until.len() - 1;
        // Who began and ended here is read here.
        pages.retain(|(g, _)| living.contains(g) || !self.early.contains(g));
        for (g, page) in pages {
            let last = self.last.get(&g).copied();
            let is_older = |h| self.followed.contains(&h) && !self.early.contains(&h);
            let record = page.record(segment, last, |h| living.contains(&h) || is_older(h));
            self.written += record.len() as u64;
            let address = self.records.push(&record);
            let stays = last.map_or(0, |l| l.stays) + page.tally.stay_count;
            self.last.insert(g, Last { address, stays });
        }
        for g in self.followed.iter().filter(|g| !living.contains(g)) {
            self.ended.extend(self.last.remove(g).map(|l| (*g, l.address)));
        }
        (self.followed, self.early) = (living, SeededSet::default());
        (self.begin, self.held, self.lists) = (at, 0, 0);
        self.early_until.push(i64::MAX);
        self.check();
    }

    /// The trace has ended, and all that lived has been told so.
    pub fn finish(mut self) -> Option<Diaries> {
        // All have ended: what they did last is written as if they went on.
        let living = std::mem::take(&mut self.followed);
        self.end_segment(i64::MAX, living);
        if self.is_too_much {
            return None;
        }
        self.ended.extend(self.last.drain().map(|(g, l)| (g, l.address)));
        self.records.settle();
        self.ended.sort_unstable();
        self.ended.shrink_to_fit();
        Some(Diaries { records: self.records, last: self.ended, early_until: self.early_until })
    }
}

impl Page {
    /// `goes_on`: another that was or will be met in other segments too.
    fn record(&self, segment: usize, last: Option<Last>, goes_on: impl Fn(i64) -> bool) -> Vec<u8> {
        let mut out = Vec::new();
        unsigned(&mut out, last.map_or(0, |l| l.address + 1));
        let Tally { sums, partners, children, child_count, stay_count } = &self.tally;
        // A part of a busy segment's stays is of use at a diary's begin only.
        let is_listed = self.listed == *stay_count || last.is_none_or(|l| l.stays < FIRST);
        let listed = if is_listed { self.listed } else { 0 };
        [segment, *stay_count, listed].iter().for_each(|n| unsigned(&mut out, *n as u64));
        unsigned(&mut out, u64::from(self.first.is_some()));
        unsigned(&mut out, u64::from(self.creation.0));
        if let Some((key, start, end)) = self.first {
            put_key(&mut out, key);
            [start, end].iter().for_each(|t| number(&mut out, *t));
        }
        unsigned(&mut out, sums.len() as u64);
        for (key, s) in sums.iter() {
            put_key(&mut out, *key);
            unsigned(&mut out, s.count);
            [s.nanos, s.max].iter().for_each(|n| number(&mut out, *n));
        }
        let (mut others, mut here): (Vec<Partner>, Vec<Partner>) =
            partners.iter().map(|(g, n)| (*g, *n)).partition(|p| goes_on(p.0));
        others.sort_unstable();
        unsigned(&mut out, here.len() as u64);
        here.sort_unstable_by_key(by_interaction);
        here.truncate(PARTNERS);
        for list in [others, here] {
            unsigned(&mut out, list.len() as u64);
            for (g, (woke, woken)) in list {
                number(&mut out, g);
                [woke, woken].iter().for_each(|n| unsigned(&mut out, *n));
            }
        }
        unsigned(&mut out, *child_count);
        unsigned(&mut out, children.len() as u64);
        children.iter().for_each(|g| number(&mut out, *g));
        if is_listed {
            out.extend_from_slice(&self.list);
        }
        out
    }
}

fn put_key(out: &mut Vec<u8>, (state, reason, stack): Key) {
    [state as u64, u64::from(reason.0), u64::from(stack.0)].iter().for_each(|v| unsigned(out, *v));
}

fn get_key(r: &mut Reader<'_>) -> Option<Key> {
    let state = *LifeState::ALL.get(r.unsigned()? as usize)?;
    Some((state, Sym(r.unsigned()? as u32), StackIx(r.unsigned()? as u32)))
}

/// Pages of goroutines that lived at a border.
pub struct Diaries {
    records: Scratch,
    /// The last page of each, by goroutine.
    last: Vec<(i64, u64)>,
    early_until: Vec<i64>,
}

/// What a goroutine did in a segment.
pub struct Entry<'a> {
    pub segment: usize,
    /// Where it was made, if that was here.
    pub creation: StackIx,
    /// With all partners that were met in other segments too.
    pub tally: Tally,
    /// The stay that the segment's begin lies in; not among the sums.
    pub first: Option<(Key, i64, i64)>,
    /// How many partners lived in this segment alone, and those of them that it had most to do with.
    pub passing: u64,
    pub passing_most: Vec<Partner>,
    pub list: List<'a>,
}

/// The first stays of a segment.
#[derive(Clone)]
pub struct List<'a> {
    pub len: usize,
    bytes: Reader<'a>,
}

impl List<'_> {
    pub fn stays(self) -> impl Iterator<Item = Listed> {
        let List { len, mut bytes } = self;
        let mut last = 0;
        (0..len).map_while(move |_| Listed::get(&mut bytes, &mut last))
    }
}

impl Diaries {
    /// Pages of a goroutine by time; none where it lived in one segment. None where they cannot be read, which is never so.
    pub fn of(&self, g: i64) -> Option<Vec<Entry<'_>>> {
        let mut next = match self.last.binary_search_by_key(&g, |l| l.0) {
            Ok(i) => self.last.get(i)?.1 + 1,
            Err(_) => 0,
        };
        let mut out = Vec::new();
        while let Some(address) = next.checked_sub(1) {
            let mut r = Reader::new(self.records.at(address));
            next = r.unsigned()?;
            if next > address {
                return None;
            }
            out.push(Entry::get(r)?);
        }
        out.reverse();
        Some(out)
    }

    /// Whether one that began in a segment, and lives behind it, has a page of it.
    pub fn has_begin(&self, segment: usize, begin: i64) -> bool {
        self.early_until.get(segment).is_some_and(|until| begin < *until)
    }

    pub fn size_bytes(&self) -> usize {
        self.records.bytes() + self.last.capacity() * size_of::<(i64, u64)>()
    }
}

impl<'a> Entry<'a> {
    fn get(mut r: Reader<'a>) -> Option<Entry<'a>> {
        let (segment, stay_count, len) =
            (r.unsigned()? as usize, r.unsigned()? as usize, r.unsigned()? as usize);
        let (has_first, creation) = (r.unsigned()?, StackIx(r.unsigned()? as u32));
        let first = match has_first {
            0 => None,
            _ => Some((get_key(&mut r)?, r.number()?, r.number()?)),
        };
        let mut tally = Tally { stay_count, ..Tally::default() };
        for _ in 0..r.unsigned()? {
            let key = get_key(&mut r)?;
            *tally.sums.at(key) = Sum { count: r.unsigned()?, nanos: r.number()?, max: r.number()? };
        }
        let passing = r.unsigned()?;
        let partner = |r: &mut Reader<'_>| Some((r.number()?, (r.unsigned()?, r.unsigned()?)));
        for _ in 0..r.unsigned()? {
            let (g, n) = partner(&mut r)?;
            tally.partners.insert(g, n);
        }
        let mut passing_most = Vec::new();
        for _ in 0..r.unsigned()? {
            passing_most.push(partner(&mut r)?);
        }
        tally.child_count = r.unsigned()?;
        for _ in 0..r.unsigned()? {
            tally.children.push(r.number()?);
        }
        Some(Entry { segment, creation, tally, first, passing, passing_most, list: List { len, bytes: r } })
    }
}
