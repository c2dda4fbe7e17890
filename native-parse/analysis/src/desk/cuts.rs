//! Borders in a trace from which a part of it can be told without what came before: written down by the pass over the
//! whole, at ends of generations. Between two of them is a segment; what began and ended in one is summed up by
//! segments, what a border lies in is kept as itself.
//!
//! Memory: at most `LIMIT` and what one border takes: where many goroutines live, borders are farther apart.

use tracewell_order::{Event, GoState, RangeName, Sym};

use crate::books::Done;
use crate::desk::diary::{Diaries, Diarist};
use crate::desk::fold::{Both, BothBook, Crossings};
use crate::desk::pass::Begin;
use crate::desk::spare::Spare;
use crate::desk::stay_books::{Books, PackedBooks};
use crate::gc;
use crate::lives::{Life, Stay};
use crate::packed::Packed;
use crate::stacks::StackIx;
use crate::stats::{Clip, Stats};
use crate::summary::{Rows, Summary};

/// How much is written down.
#[derive(Clone, Copy)]
pub struct Spacing {
    /// Bytes of the trace between two borders at least; u64::MAX: there are none.
    pub every: u64,
    /// Goroutines of a segment that have a diary from their begin on.
    pub early: usize,
}

pub const SPACING: Spacing = Spacing { every: 4 << 20, early: 4096 };
pub const NO_BORDERS: Spacing = Spacing { every: u64::MAX, early: 0 };
/// What borders may take.
const LIMIT: u64 = 32 << 20;
/// What a goroutine takes that lives at a border: a stay, and what it had done.
const PER_GOROUTINE: u64 = 72;

/// A stay that a border lies in.
pub struct Crossing {
    pub g: i64,
    /// Its start function, as far as it was known when the stay was over.
    pub name: Sym,
    start: i64,
    pub end: i64,
    blocked: i64,
    reason: Sym,
    stack: StackIx,
    /// Where the goroutine stood.
    stood: StackIx,
    state: GoState,
    ended: bool,
}

impl Crossing {
    pub fn of(life: &Life, s: &Stay) -> Crossing {
        let Stay { start, end, blocked, reason, stack, state, ended, .. } = *s;
        let Life { g, name, stood, .. } = *life;
        Crossing { g, name, start, end, blocked, reason, stack, stood, state, ended }
    }
    /// Its goroutine, as a reading that begins at a border knows it.
    pub fn life(&self) -> Life {
        Life {
            g: self.g,
            start: self.start,
            older: true,
            creator: -1,
            create_top: Sym::EMPTY,
            name: self.name,
            first_run: None,
            stood: self.stood,
        }
    }
    /// Since when the goroutine was in the state that it was in at a border; it held a processor there, or not.
    pub fn since(&self, has_proc: bool) -> i64 {
        if self.state == GoState::Syscall && !has_proc { self.blocked } else { self.start }
    }
    pub fn stay(&self) -> Stay {
        let Crossing { start, end, blocked, reason, stack, state, ended, .. } = *self;
        Stay { start, seen: start, end, ended, state, blocked, reason, stack, thread: -1 }
    }
    pub fn holds(&self, at: i64) -> bool {
        self.start < at && self.end >= at
    }
}

/// Tells whether a segment that is read again is the same as in the whole.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub struct Check {
    events: u64,
    times: u64,
}

impl Check {
    pub fn event(&mut self, e: &Event) {
        self.events += 1;
        self.times = self.times.rotate_left(7) ^ e.time as u64;
    }
}

pub struct Border {
    pub begin: Begin,
    /// What each goroutine that lives here has done; one row for each.
    sums: Packed,
    /// Processors and who holds them.
    pub holders: Vec<(i64, i64)>,
    pub ranges: Vec<(i64, RangeName, i64)>,
    /// Goroutines that are in regions.
    pub inside: Vec<(i64, u32)>,
    pub idle: Vec<i64>,
    pub runnable: i64,
    pub spare: [i64; 4],
}

impl Border {
    /// What a goroutine that lives here has done before.
    pub fn sums_of(&self, g: i64) -> Option<Stats> {
        let i = self.sums.find(g)?;
        self.sums.row(i, |_, _| ()).map(|(done, _)| done.stats)
    }
    fn size_bytes(&self) -> usize {
        size_of::<Border>()
            + self.sums.size_bytes()
            + (self.holders.capacity()
                + self.ranges.capacity() * 2
                + self.idle.capacity()
                + self.inside.capacity())
                * 16
    }
}

/// What is summed up of a segment: of stays that began and ended in it, and of what was told of the heap.
pub struct Segment {
    pub books: PackedBooks,
    pub heap: gc::HeapTold,
    pub check: Check,
}

pub struct Cuts {
    pub borders: Vec<Border>,
    /// One more than borders.
    pub segments: Vec<Segment>,
    /// By end.
    pub crossing: Vec<Crossing>,
    /// What goroutines did that lived at borders; None: it was too much.
    pub diaries: Option<Diaries>,
}

impl Cuts {
    /// The segment that a time lies in.
    pub fn segment_of(&self, t: i64) -> usize {
        self.borders.partition_point(|b| b.begin.from <= t)
    }
    /// Where segment `i` begins; None: at the trace's begin.
    pub fn border(&self, i: usize) -> Option<&Border> {
        i.checked_sub(1).and_then(|i| self.borders.get(i))
    }
    pub fn begin_of(&self, i: usize) -> i64 {
        if i > self.borders.len() { i64::MAX } else { self.border(i).map_or(i64::MIN, |b| b.begin.from) }
    }
    /// Stays that reach to a time, or beyond it.
    pub fn crossing_from(&self, t: i64) -> &[Crossing] {
        self.crossing.get(self.crossing.partition_point(|c| c.end < t)..).unwrap_or_default()
    }
    /// Memory that it holds.
    pub fn size_bytes(&self) -> usize {
        let segments: usize = self.segments.iter().map(|s| size_of::<Segment>() + s.books.size_bytes()).sum();
        segments
            + self.borders.iter().map(Border::size_bytes).sum::<usize>()
            + self.crossing.capacity() * size_of::<Crossing>()
            + self.diaries.as_ref().map_or(0, Diaries::size_bytes)
    }
}

/// Makes borders while the trace is read.
pub struct Cutter {
    every: u64,
    /// Bytes of the trace, and of what was written down so far.
    length: u64,
    spent: u64,
    /// Where the last border lies.
    last: u64,
    borders: Vec<Border>,
    segments: Vec<Segment>,
    /// Of the segment at hand.
    pub check: Check,
}

impl Cutter {
    pub fn new(every: u64, length: u64) -> Cutter {
        let (spent, last, borders, segments) = (0, 0, Vec::new(), Vec::new());
        Cutter { every, length, spent, last, borders, segments, check: Check::default() }
    }

    /// Whether a border is to be made: not too near to the last one, and not more than there is room for.
    pub fn is_due<R: Rows>(&self, begin: Begin, summary: &mut Summary<BothBook, R>) -> bool {
        let book = summary.book();
        let (living, inside) = (book.machine.living().len() as u64, book.both.waits.inside_len() as u64);
        let cost = living * PER_GOROUTINE + inside * 16 + 4096;
        let share = (u128::from(self.length) * u128::from(cost) / u128::from(LIMIT)) as u64;
        let since = begin.start.saturating_sub(self.last);
        begin.start < self.length && since >= self.every && since >= share && self.spent + cost <= LIMIT
    }

    pub fn cut<R: Rows>(
        &mut self,
        begin: Begin,
        summary: &mut Summary<BothBook, R>,
        spare: &mut Spare,
        heap: gc::HeapTold,
    ) {
        let at = begin.from;
        spare.settle(at);
        let lives: Vec<(i64, i64)> = summary.book().machine.living().map(|l| (l.g, l.start)).collect();
        let mut sums = Packed::default();
        for (g, creation) in lives {
            let stats = summary.snapshot(g, at);
            let (name, creator) = (Sym::EMPTY, -1);
            let done = Done {
                g,
                name,
                is_system: false,
                creation,
                creator,
                older: false,
                first_run: None,
                end: None,
                stats,
            };
            sums.push(&done, 0);
        }
        sums.sort();
        summary.border(at);
        let ranges = summary.open_ranges();
        let book = summary.book();
        book.both.border = at;
        let BothBook { machine, both } = book;
        if let Some(diarist) = &mut both.diarist {
            diarist.end_segment(at, machine.living().map(|l| l.g).collect());
        }
        let (books, inside) = (book.both.waits.books.pack(), book.both.waits.inside());
        let (idle, runnable) = spare.open();
        let holders = book.machine.holders().collect();
        let border = Border { begin, sums, holders, ranges, inside, idle, runnable, spare: spare.sums() };
        let crossing = border.sums.len() * size_of::<Crossing>();
        self.spent += (border.size_bytes() + books.size_bytes() + crossing) as u64;
        self.borders.push(border);
        self.segments.push(Segment { books, heap, check: std::mem::take(&mut self.check) });
        self.last = begin.start;
    }

    /// Puts the sums of all segments together to those of the whole. `is_odd`: lives are not what they seem, nothing can be told
    /// from the middle. None: there are no borders.
    pub fn finish(
        mut self,
        both: &mut Both,
        gc: &mut gc::Fold,
        heap: gc::HeapTold,
        is_odd: bool,
    ) -> Option<Cuts> {
        let Crossings::Kept(crossing) = &mut both.crossing else { return None };
        let mut crossing = std::mem::take(crossing);
        let diaries = both.diarist.take().and_then(Diarist::finish);
        if self.borders.is_empty() {
            return None;
        }
        let books = both.waits.books.pack();
        self.segments.push(Segment { books, heap, check: self.check });
        let mut books = Books::default();
        for s in &self.segments {
            let _ = books.add(&s.books);
        }
        for c in &crossing {
            both.waits.count(&mut books, Clip::ALL, c.name, c.g, &c.stay());
        }
        both.waits.books = books;
        let mut told = gc::HeapTold::default();
        self.segments.iter().for_each(|s| told.then(s.heap));
        gc.tell_heap(told);
        crossing.shrink_to_fit();
        (!is_odd).then_some(Cuts { borders: self.borders, segments: self.segments, crossing, diaries })
    }
}
