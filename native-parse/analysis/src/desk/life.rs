//! What is known of goroutines in a range: from their diaries and the segments at its ends, or from a pass over their lives.

use std::collections::BTreeMap;
use std::sync::Arc;

use tracewell_source::{Code, Result, TraceError};

use crate::books::Done;
use crate::desk::cuts::Cuts;
use crate::desk::diary::{Diaries, Entry, PARTNERS, by_interaction};
use crate::desk::fold::Fold;
use crate::desk::pass::{Pass, begin_at};
use crate::desk::tally::{Listed, Tally};
use crate::desk::watch::{self, Keep, Texts, Watched};
use crate::desk::{Call, Desk, no_goroutine};
use crate::stacks::StackIx;
use crate::stats::Clip;

/// Stays that are kept of one reading: the history of a busy goroutine is read in such chapters.
const CHAPTER: usize = 1 << 16;

/// Goroutines in a range.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct LifeKey {
    ids: Vec<i64>,
    range: (i64, i64),
}

/// A chapter of the stays of a part of lives.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct StaysKey {
    ids: Vec<i64>,
    range: (i64, i64),
    /// None: the part is all of it.
    segment: Option<usize>,
    chapter: usize,
}

/// Stays, and what they are told in.
pub struct Stays {
    pub list: Vec<Listed>,
    pub texts: Arc<Texts>,
}

impl Stays {
    pub fn size_bytes(&self) -> usize {
        self.list.capacity() * size_of::<Listed>() + self.texts.size_bytes()
    }
}

/// A stretch of a life: how many stays it has, and the first of them.
struct Part {
    count: usize,
    first: Stays,
    segment: Option<usize>,
}

/// What is known of one goroutine in a range.
pub struct Life {
    pub g: i64,
    range: (i64, i64),
    /// With all partners that are told; others are counted.
    pub tally: Tally,
    pub other_partners: u64,
    pub creation: StackIx,
    parts: Vec<Part>,
    pub texts: Arc<Texts>,
}

impl Life {
    pub fn size_bytes(&self) -> usize {
        self.tally.size_bytes() + self.parts.iter().map(|p| p.first.size_bytes()).sum::<usize>()
    }

    fn new(g: i64, clip: Clip, texts: Arc<Texts>) -> Life {
        let (tally, range) = (Tally::default(), (clip.from, clip.to));
        Life { g, range, tally, other_partners: 0, creation: StackIx(0), parts: Vec::new(), texts }
    }

    /// What was found by reading, later than all before.
    fn add(&mut self, found: Watched, segment: Option<usize>, texts: &Arc<Texts>) {
        self.tally.join(&found.tally);
        if found.creation != StackIx(0) {
            self.creation = found.creation;
        }
        let first = Stays { list: found.stays, texts: texts.clone() };
        self.parts.push(Part { count: found.tally.stay_count, first, segment });
    }

    /// A page of its diary. `children`: the segment lies before the range.
    fn turn(&mut self, entry: &Entry<'_>, children_only: bool, texts: &Arc<Texts>) {
        if entry.creation != StackIx(0) {
            self.creation = entry.creation;
        }
        if children_only {
            let Tally { children, child_count, .. } = &entry.tally;
            let (children, child_count) = (children.clone(), *child_count);
            self.tally.join(&Tally { children, child_count, ..Tally::default() });
            return;
        }
        self.tally.join(&entry.tally);
        let clip = Clip { from: self.range.0, to: self.range.1 };
        let mut count = entry.tally.stay_count;
        if let Some((key, start, end)) = entry.first {
            match clip.nanos(start, end) {
                // It ended when the range began.
                0 if start < clip.from => {
                    count -= 1;
                    self.tally.stay_count -= 1;
                }
                nanos => self.tally.sums.at(key).add(nanos),
            }
        }
        let skipped = entry.tally.stay_count - count;
        let list = entry.list.clone().stays().skip(skipped).collect();
        self.other_partners += entry.passing;
        for (g, of) in &entry.passing_most {
            self.tally.partners.insert(*g, *of);
            self.other_partners -= 1;
        }
        // Those beyond the first are of no use, whatever comes.
        let first = Stays { list, texts: texts.clone() };
        self.parts.push(Part { count, first, segment: Some(entry.segment) });
    }

    /// Partners by falling interaction.
    pub fn partners(&self) -> Vec<(i64, (u64, u64))> {
        let mut of: Vec<_> = self.tally.partners.iter().map(|(g, n)| (*g, *n)).collect();
        of.sort_unstable_by_key(by_interaction);
        of.truncate(PARTNERS);
        of
    }
    pub fn partner_count(&self) -> u64 {
        self.tally.partners.len() as u64 + self.other_partners
    }
}

/// How segments lie to a range.
struct Range<'a> {
    all: &'a Fold,
    cuts: &'a Cuts,
    diaries: &'a Diaries,
    clip: Clip,
}

impl Range<'_> {
    /// All of a segment lies in it.
    fn holds(&self, i: usize) -> bool {
        let from = self.clip.from <= self.cuts.begin_of(i).max(0);
        from && self.clip.to >= self.cuts.begin_of(i + 1).min(self.all.end_nanos + 1)
    }
    fn begins_behind(&self, i: usize) -> bool {
        self.cuts.begin_of(i + 1) <= self.clip.from
    }
    /// Segments that are read for a life, beside what its diary tells.
    fn read(&self, row: &Done) -> Vec<usize> {
        let until = row.end.unwrap_or(i64::MAX).min(self.clip.to).min(self.all.end_nanos);
        let last = self.cuts.segment_of(until);
        let mut out = Vec::new();
        let birth = self.cuts.segment_of(row.creation);
        let lives_on = self.cuts.segment_of(row.end.unwrap_or(i64::MAX)) > birth || row.end.is_none();
        let has_page = row.older || (lives_on && self.diaries.has_begin(birth, row.creation));
        if !has_page {
            out.push(birth);
        }
        for end in [self.cuts.segment_of(self.clip.from).max(birth), last] {
            if !self.holds(end) && !self.begins_behind(end) {
                out.push(end);
            }
        }
        out.sort_unstable();
        out.dedup();
        out.retain(|i| (birth..=last).contains(i));
        out
    }
}

type Read = (usize, Vec<i64>, Vec<Watched>, Arc<Texts>);

/// Reads segments, each for those who need it, two side by side. None: one is not what the pass over the whole saw.
fn read_segments(
    pass: &Pass<'_>,
    all: &Arc<Fold>,
    cuts: &Cuts,
    wanted: Vec<(usize, Vec<i64>)>,
    clip: Clip,
) -> Result<Option<Vec<Read>>> {
    let keep = Keep { from: 0, most: CHAPTER / 16 };
    let one = |(i, ids): &(usize, Vec<i64>)| -> Result<Option<Read>> {
        let found = watch::segment(pass, all, cuts, *i, ids, clip, keep)?;
        Ok(found.map(|(found, texts)| (*i, ids.clone(), found, Arc::new(texts))))
    };
    let mut out = Vec::new();
    for two in wanted.chunks(2) {
        let parts: Vec<Result<Option<Read>>> = match two {
            [a, b] => std::thread::scope(|s| {
                let other = s.spawn(|| one(a));
                let b = one(b);
                // A panic of the other goes on here.
                let a = other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                vec![a, b]
            }),
            _ => two.iter().map(one).collect(),
        };
        for part in parts {
            match part? {
                Some(part) => out.push(part),
                None => return Ok(None),
            }
        }
    }
    Ok(Some(out))
}

/// Lives from diaries. None: they take a pass. Errors: CANCELLED. Cost: by events of at most three segments for each, which
/// they share.
fn from_diaries(
    pass: &Pass<'_>,
    all: &Arc<Fold>,
    rows: &[Done],
    clip: Clip,
) -> Result<Option<Vec<Arc<Life>>>> {
    let is_odd = !clip.is_all() && (clip.from > clip.to || clip.to < 0 || clip.from >= all.end_nanos);
    let Some((cuts, diaries)) = diaries_of(all).filter(|_| !is_odd) else { return Ok(None) };
    let range = Range { all, cuts, diaries, clip };
    let mut wanted: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
    for row in rows {
        range.read(row).into_iter().for_each(|i| wanted.entry(i).or_default().push(row.g));
    }
    let Some(mut read) = read_segments(pass, all, cuts, wanted.into_iter().collect(), clip)? else {
        return Ok(None);
    };
    let texts = Arc::new(Texts::Of(all.clone(), all.symbols.clone()));
    let mut lives = Vec::new();
    for row in rows {
        let mut life = Life::new(row.g, clip, texts.clone());
        let Some(entries) = diaries.of(row.g) else { return Ok(None) };
        let mut entries = entries.into_iter().filter(|e| cuts.begin_of(e.segment) <= clip.to).peekable();
        for (i, ids, found, texts) in &mut read {
            let Some(at) = ids.iter().position(|g| *g == row.g) else { continue };
            while let Some(e) = entries.next_if(|e| e.segment < *i) {
                life.turn(&e, range.begins_behind(e.segment), &life.texts.clone());
            }
            // What was read is in the diary too.
            entries.next_if(|e| e.segment == *i);
            life.add(std::mem::take(&mut found[at]), Some(*i), texts);
        }
        entries.for_each(|e| life.turn(&e, range.begins_behind(e.segment), &texts));
        lives.push(Arc::new(life));
    }
    Ok(Some(lives))
}

fn diaries_of(all: &Fold) -> Option<(&Cuts, &Diaries)> {
    let cuts = all.cuts.as_ref()?;
    Some((cuts, cuts.diaries.as_ref()?))
}

/// Lives by a pass over them. Errors: those of `Reader`; CANCELLED.
fn from_pass(
    pass: &Pass<'_>,
    all: &Fold,
    ids: &[i64],
    clip: Clip,
    keep: Keep,
) -> Result<(Vec<Watched>, Arc<Texts>)> {
    let whole = |(from, until): (i64, i64), g: &i64| {
        let (begin, end) = all.life_of(*g);
        (from.min(begin), until.max(end))
    };
    let (from, until) = ids.iter().fold((i64::MAX, i64::MIN), whole);
    let reading = (begin_at(&all.begins, from), until.min(clip.to));
    let (found, texts) = watch::follow(pass, ids, clip, keep, reading)?;
    Ok((found, Arc::new(texts)))
}

impl Desk {
    /// Lives of goroutines in a range. Errors: RANGE when there is no such goroutine; CANCELLED. Cost: by events of the
    /// segments where they began and where the range begins and ends; where there are no diaries, a pass over all of their
    /// lives. Kept for a while.
    pub(super) fn lives(&self, clip: Clip, ids: &[i64], call: &Call<'_>) -> Result<Vec<Arc<Life>>> {
        let all = self.fold(Clip::ALL, call)?;
        let row =
            |g: &i64| all.rows.find(*g).and_then(|i| all.row(i)).map(|r| r.0).ok_or_else(|| no_goroutine(*g));
        let rows = ids.iter().map(row).collect::<Result<Vec<Done>>>()?;
        let range = (clip.from, clip.to);
        let key = LifeKey { ids: ids.to_vec(), range };
        if let Some(kept) = self.lives.ready(&key) {
            return Ok(kept.to_vec());
        }
        let (ids, passes) = (ids.to_vec(), self.passes_of_lives.clone());
        let make = self.reading(move |pass| {
            if let Some(lives) = from_diaries(pass, &all, &rows, clip)? {
                return Ok(lives);
            }
            passes.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let (found, texts) = from_pass(pass, &all, &ids, clip, Keep { from: 0, most: CHAPTER })?;
            let one = |(g, found): (&i64, Watched)| {
                let mut life = Life::new(*g, clip, texts.clone());
                life.add(found, None, &texts);
                Arc::new(life)
            };
            Ok(ids.iter().zip(found).map(one).collect())
        });
        Ok(self.lives.get(&key, &self.turns, call, make)?.to_vec())
    }

    /// The life of one is at hand.
    pub(super) fn knows_life(&self, clip: Clip, g: i64) -> bool {
        self.lives.ready(&LifeKey { ids: vec![g], range: (clip.from, clip.to) }).is_some()
    }

    /// Stays of a life from the `from`th on, in runs that are told in the same texts. Those of `with` will be asked for alike.
    /// Errors: CANCELLED. Cost: none where they are listed; else by events of the segments that they lie in, kept for a while.
    pub(super) fn stays(
        &self,
        life: &Life,
        (from, count): (usize, usize),
        with: &[i64],
        call: &Call<'_>,
    ) -> Result<Vec<Stays>> {
        let (mut out, mut behind) = (Vec::new(), 0);
        for part in &life.parts {
            let (first, last) = (from.max(behind), from.saturating_add(count).min(behind + part.count));
            let mut at = first - behind;
            let end = last.saturating_sub(behind);
            behind += part.count;
            while at < end {
                let known = part.first.list.get(at..end.min(part.first.list.len())).unwrap_or_default();
                let run = match known.is_empty() {
                    false => Stays { list: known.to_vec(), texts: part.first.texts.clone() },
                    true => self.some_stays(life, part, (at, end), with, call)?,
                };
                if run.list.is_empty() {
                    break;
                }
                at += run.list.len();
                out.push(run);
            }
        }
        Ok(out)
    }

    /// Stays of a part that are not at hand, up to the end of their chapter.
    fn some_stays(
        &self,
        life: &Life,
        part: &Part,
        (at, end): (usize, usize),
        with: &[i64],
        call: &Call<'_>,
    ) -> Result<Stays> {
        let all = self.fold(Clip::ALL, call)?;
        let chapter = at / CHAPTER;
        let is_shared = with.contains(&life.g) && chapter == 0;
        let ids = if is_shared { with.to_vec() } else { vec![life.g] };
        let place = ids.iter().position(|g| *g == life.g).unwrap_or(0);
        let key = StaysKey { ids: ids.clone(), range: life.range, segment: part.segment, chapter };
        let clip = Clip { from: life.range.0, to: life.range.1 };
        let segment = part.segment;
        let make = self.reading(move |pass| {
            let keep = Keep { from: chapter * CHAPTER, most: CHAPTER / ids.len().max(1) };
            let segment = segment.and_then(|i| Some((i, all.cuts.as_ref()?)));
            let found = match segment {
                Some((i, cuts)) => watch::segment(pass, &all, cuts, i, &ids, clip, keep)?
                    .map(|(found, texts)| (found, Arc::new(texts))),
                None => Some(from_pass(pass, &all, &ids, clip, keep)?),
            };
            // A segment that was read once can be read again.
            let (found, texts) =
                found.ok_or_else(|| TraceError::new(Code::Internal, "The trace has changed"))?;
            Ok(found.into_iter().map(|w| Stays { list: w.stays, texts: texts.clone() }).collect())
        });
        let kept = self.stays.get(&key, &self.turns, call, make)?;
        let from = at - chapter * CHAPTER;
        let Some(kept) = kept.get(place) else { return Err(no_goroutine(life.g)) };
        let list = kept.list.iter().skip(from).take(end - at).copied().collect();
        Ok(Stays { list, texts: kept.texts.clone() })
    }
}
