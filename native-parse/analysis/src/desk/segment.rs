//! A segment of the trace that a range begins or ends in, read again from its border.

use tracewell_order::{Carry, Event, Flow, GenerationSummary, GoState, Kind, Reader, Sink, Stage, Symbols};
use tracewell_source::{Result, SeededMap};

use crate::books::{Done, Sums};
use crate::desk::cuts::{Border, Check, Cuts};
use crate::desk::fold::{Both, BothBook, Crossings, Fold};
use crate::desk::pass::Pass;
use crate::desk::spare::Spare;
use crate::desk::stay_books::Books;
use crate::gc::HeapTold;
use crate::lives::LifeMachine;
use crate::region_rows::Region;
use crate::stats::{Clip, Stats};
use crate::summary::{Rows, Summary, Want};

/// Events between two looks whether anybody still waits.
const STEP: u64 = 1 << 14;

/// What a range has of one segment.
pub struct Part {
    /// What goroutines did in it, all states of them.
    pub sums: SeededMap<i64, Stats>,
    /// Regions that began in it, and those that ended.
    begun: SeededMap<(i64, i64), Stats>,
    ended: SeededMap<(i64, i64), Stats>,
    /// Of stays that began and ended in it.
    pub books: Books,
    pub spare: [i64; 4],
    pub heap: HeapTold,
}

impl Part {
    /// What a goroutine did in the part of a region that lies here, which began or ended here by an event.
    pub fn of_region(&self, r: &Region, begins_here: bool) -> Option<&Stats> {
        match begins_here {
            true => self.begun.get(&(r.g, r.start?)),
            false => self.ended.get(&(r.g, r.end?)),
        }
    }
}

/// Goroutines that the range cuts, or that live beyond the segment; the rows of others are those of the whole trace.
struct Lived {
    range: Clip,
    sums: SeededMap<i64, Stats>,
}

impl Rows for Lived {
    fn goroutine(&mut self, done: Done, _regions: u32) {
        let end = done.end.unwrap_or(i64::MAX);
        let is_cut = done.older || done.creation < self.range.from || end > self.range.to;
        if is_cut && self.range.touches(done.creation, end) {
            self.sums.insert(done.g, done.stats);
        }
    }
}

/// Who is told what happens in a segment.
pub trait Told {
    fn is_living(&mut self, g: i64) -> bool;
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>);
}

struct Driver<'p, T> {
    pass: &'p Pass<'p>,
    told: &'p mut T,
    check: Check,
    events: u64,
    /// Where the segment ends in the file; None: with the trace.
    until: Option<u64>,
    is_over: bool,
    dropped: u64,
}

impl<T: Told> Sink for Driver<'_, T> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        // Behind damage the reader has a last word.
        if self.is_over {
            return Flow::Break(());
        }
        self.check.event(e);
        self.events += 1;
        // A first mention within the segment says nothing new of a goroutine that lives.
        if let Kind::GoTransition { g, from: GoState::Undetermined, .. } = e.kind
            && self.told.is_living(g)
        {
            return Flow::Continue(());
        }
        self.told.event(e, stage);
        if self.events.is_multiple_of(STEP) { self.pass.look() } else { Flow::Continue(()) }
    }
    fn end_generation(&mut self, s: &GenerationSummary, _c: &Carry, _stage: &mut Stage<'_>) -> Flow {
        self.pass.drop_between(self.dropped, s.end);
        self.dropped = s.end;
        self.is_over = self.until.is_some_and(|end| s.end >= end);
        if self.is_over { Flow::Break(()) } else { Flow::Continue(()) }
    }
}

/// Tells all that happens in segment `i`; texts come back. None: it is not what the pass over the whole saw. Errors: CANCELLED.
/// Cost: by events of the segment.
pub fn walk(
    pass: &Pass<'_>,
    all: &Fold,
    cuts: &Cuts,
    i: usize,
    told: &mut impl Told,
) -> Result<Option<Symbols>> {
    let begin = cuts.border(i);
    let until = cuts.border(i + 1).filter(|_| i < cuts.borders.len()).map(|b| b.begin.start);
    let dropped = begin.map_or(pass.start(), |b| b.begin.start);
    let mut driver =
        Driver { pass, told, check: Check::default(), events: 0, until, is_over: false, dropped };
    let mut reader = match begin {
        Some(b) => pass.reader_at(b.begin, all.symbols.clone())?,
        None => Reader::new(pass.bytes(), pass.start())?.with_symbols(all.symbols.clone()),
    };
    let ended = reader.run(&mut driver);
    pass.ended(false)?;
    let is_same = ended.is_ok() && cuts.segments.get(i).is_some_and(|s| s.check == driver.check);
    Ok(is_same.then(|| reader.into_symbols()))
}

/// What a range is told of a segment.
struct Telling {
    summary: Summary<BothBook, Lived>,
    spare: Spare,
    clip: Clip,
    heap: HeapTold,
}

impl Told for Telling {
    fn is_living(&mut self, g: i64) -> bool {
        self.summary.book().machine.is_living(g)
    }
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        let _ = self.summary.event(e, stage);
        self.spare.event(e);
        self.heap.event(e, self.clip);
    }
}

/// Reads segment `i` for a range. None: it is not what the pass over the whole saw. Errors: CANCELLED. Cost: by events of
/// the segment, and by goroutines that live at its border.
pub fn read(pass: &Pass<'_>, all: &Fold, cuts: &Cuts, i: usize, range: Clip) -> Result<Option<Part>> {
    let clip = Clip { from: range.from.max(cuts.begin_of(i)), to: range.to.min(cuts.begin_of(i + 1)) };
    let Some(waits) = all.waits.of_range(range) else { return Ok(None) };
    let begin = cuts.border(i);
    let at = begin.map_or(i64::MIN, |b| b.begin.from);
    let both = Both {
        sums: Sums::new(clip),
        waits,
        border: at,
        crossing: Crossings::Left { at_end: false },
        diarist: None,
    };
    let mut book = BothBook { machine: LifeMachine::default(), both };
    let mut spare = Spare::new(clip);
    if let Some(border) = begin {
        resume(&mut book, cuts, border);
        spare.resume(at, &border.idle, border.runnable);
    }
    let want = Want { regions: true, tasks: false };
    let lived = Lived { range, sums: SeededMap::default() };
    let mut summary = Summary::new(book, lived, want, clip, None);
    for (g, name, since) in begin.iter().flat_map(|b| &b.ranges) {
        summary.resume_range(*g, *name, *since);
    }
    let mut telling = Telling { summary, spare, clip, heap: HeapTold::default() };
    if walk(pass, all, cuts, i, &mut telling)?.is_none() {
        return Ok(None);
    }
    let Telling { mut summary, mut spare, heap, .. } = telling;
    let goes_on = i < cuts.borders.len();
    let end = if goes_on { cuts.begin_of(i + 1) } else { all.end_nanos };
    if let Crossings::Left { at_end } = &mut summary.book().both.crossing {
        *at_end = goes_on;
    }
    summary.finish_at(end);
    spare.settle(end);
    let (book, lived, mut regions, _) = summary.into_parts();
    regions.settle();
    if book.machine.is_odd() || book.both.waits.missed() {
        return Ok(None);
    }
    let (mut begun, mut over) = (SeededMap::default(), SeededMap::default());
    for r in regions.told() {
        match (r.start, r.end) {
            (Some(start), _) => begun.insert((r.g, start), r.stats),
            (None, Some(end)) => over.insert((r.g, end), r.stats),
            (None, None) => None,
        };
    }
    let (books, spare) = (book.both.waits.books, spare.sums());
    Ok(Some(Part { sums: lived.sums, begun, ended: over, books, spare, heap }))
}

/// Puts all that lives at a border in its place.
fn resume(book: &mut BothBook, cuts: &Cuts, border: &Border) {
    book.both.waits.resume(&border.inside);
    let BothBook { machine, both } = book;
    resume_lives(machine, cuts, border, |g| both.sums.resume(g));
}

/// All that live at a border, each told to `each`.
pub fn resume_lives(machine: &mut LifeMachine, cuts: &Cuts, border: &Border, mut each: impl FnMut(i64)) {
    let at = border.begin.from;
    let held: SeededMap<i64, i64> = border.holders.iter().map(|(p, g)| (*g, *p)).collect();
    for c in cuts.crossing_from(at).iter().filter(|c| c.holds(at)) {
        let proc = held.get(&c.g).copied();
        machine.resume(c.life(), &c.stay(), c.since(proc.is_some()), proc.unwrap_or(-1));
        each(c.g);
    }
}
