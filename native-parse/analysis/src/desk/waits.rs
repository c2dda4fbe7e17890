//! Stays of goroutines as a pass follows them: where each began, and what kind it is; and all profiles of them.

use std::sync::Arc;

use tracewell_order::{Event, GoState, Kind, StackId, Stage, Sym};
use tracewell_source::SeededMap;

use crate::desk::kinds::{Cell, Kinds, Mask, Who};
use crate::desk::stay_books::{Book, Books, Occurrence, Place, StackSum, StackSums};
use crate::lives::{Life, LifeState, Stay};
use crate::profile_scope::Scope;
use crate::profiles::{NOT_COUNTED, SAMPLE_NANOS, is_sync};
use crate::stacks::{Blank, Finder, StackIx, Stacks};
use crate::stats::Clip;

/// Stacks and kinds by which stays are summed up: found in this reading, or known from one that saw all of them.
enum Known {
    Own(Box<(Stacks, Kinds)>),
    Found { stacks: Finder, kinds: Arc<Kinds>, missed: bool },
}

impl Known {
    fn intern(&mut self, id: StackId, stage: &mut Stage<'_>) -> StackIx {
        match self {
            Known::Own(own) => own.0.intern(id, stage),
            Known::Found { stacks, .. } => stacks.find(id, stage),
        }
    }

    fn kinds(&self) -> &Kinds {
        match self {
            Known::Own(own) => &own.1,
            Known::Found { kinds, .. } => kinds,
        }
    }

    /// One who was not known by its function yet may be by now, for what is begun in the middle.
    fn who(&mut self, name: Sym, g: i64) -> u32 {
        let late = if g >= 0 { Who::Goroutine(g) } else { Who::Nobody };
        let who = if name == Sym::EMPTY { late } else { Who::Function(name) };
        match self {
            Known::Own(own) => own.1.who(who),
            Known::Found { kinds, missed, .. } => {
                let found = kinds.find_who(who).or_else(|| kinds.find_who(late));
                *missed |= found.is_none() && !kinds.is_mixed;
                found.unwrap_or(0)
            }
        }
    }

    /// Of who is known by its number, and as goroutine `g`.
    fn cell(&mut self, who: u32, set: u32, g: i64, cell: Cell) -> u32 {
        match self {
            Known::Own(own) => own.1.cell(who, set, cell),
            Known::Found { kinds, missed, .. } => {
                let late = || kinds.find_cell(kinds.find_who(Who::Goroutine(g))?, set, cell);
                let found = kinds.find_cell(who, set, cell).or_else(late);
                *missed |= found.is_none();
                found.unwrap_or(NOT_COUNTED.0)
            }
        }
    }

    fn set_behind(&mut self, set: u32, name: Sym, begins: bool) -> u32 {
        match self {
            Known::Own(own) => own.1.set_behind(set, name, begins),
            Known::Found { kinds, missed, .. } => {
                let found = kinds.find_set_behind(set, name, begins);
                *missed |= found.is_none();
                found.unwrap_or(0)
            }
        }
    }
}

pub struct Waits {
    clip: Clip,
    scope: Scope,
    /// Functions and regions are told apart.
    tells: bool,
    known: Known,
    /// Which profile a wait of a reason belongs to.
    reasons: SeededMap<Sym, Book>,
    /// Regions that goroutines are in, as sets of `Kinds`.
    inside: SeededMap<i64, u32>,
    /// Memory of stacks and kinds that these waits found.
    own_bytes: usize,
    pub books: Books,
    /// Of the event at hand.
    from: GoState,
    own_stack: StackId,
    /// Stack of the stay that ended last.
    left: StackIx,
    /// Stays that are counted and go on.
    open: u64,
    /// Numbers of functions that were asked for last.
    whos: [(Sym, u32); WHOS],
}

const WHOS: usize = 64;

/// Where a goroutine stands in the state that an event brings it to: `from` which state, with which stack of its own.
pub fn stand(
    life: &Life,
    (from, own_stack): (GoState, StackId),
    to: GoState,
    id: StackId,
    mut intern: impl FnMut(StackId) -> StackIx,
) -> StackIx {
    match (from, to) {
        (GoState::NotExist, _) => intern(own_stack),
        // The event's stack is the waker's; one that starts has none of its own.
        (GoState::Waiting | GoState::Syscall, GoState::Runnable) | (_, GoState::Running) => life.stood,
        _ => intern(id),
    }
}

impl Waits {
    /// Of all goroutines: functions and regions are told apart.
    pub fn new(clip: Clip) -> Waits {
        Waits { tells: true, ..Waits::within(clip, Scope::default()) }
    }

    /// Of some goroutines, or of parts of their lives.
    pub fn within(clip: Clip, scope: Scope) -> Waits {
        Waits {
            clip,
            scope,
            tells: false,
            known: Known::Own(Box::new((Stacks::new(Blank::Drop), Kinds::default()))),
            reasons: SeededMap::default(),
            inside: SeededMap::default(),
            own_bytes: 0,
            books: Books::default(),
            from: GoState::Undetermined,
            own_stack: 0,
            left: NOT_COUNTED,
            open: 0,
            whos: [(Sym::EMPTY, 0); WHOS],
        }
    }

    /// Waits of a range, by the stacks and the kinds of those of the whole trace.
    pub fn of_range(&self, clip: Clip) -> Option<Waits> {
        let known = match &self.known {
            Known::Found { stacks, kinds, .. } => {
                let stacks = Finder::new(stacks.all().clone());
                Known::Found { stacks, kinds: kinds.clone(), missed: false }
            }
            Known::Own(_) => return None,
        };
        Some(Waits { known, ..Waits::new(clip) })
    }

    /// All stacks and kinds are known from now on. `is_odd`: lives are not what they seem.
    pub fn settle(&mut self, is_odd: bool) {
        if let Known::Own(own) = &mut self.known {
            let (mut stacks, mut kinds) = std::mem::take(&mut **own);
            stacks.rest();
            kinds.is_mixed |= is_odd;
            self.own_bytes = stacks.size_bytes() + kinds.size_bytes();
            let stacks = Finder::new(Arc::new(stacks));
            self.known = Known::Found { stacks, kinds: Arc::new(kinds), missed: false };
        }
        (self.inside, self.reasons) = Default::default();
    }

    pub fn kinds(&self) -> &Kinds {
        self.known.kinds()
    }
    pub fn stacks(&self) -> &Stacks {
        match &self.known {
            Known::Own(own) => &own.0,
            Known::Found { stacks, .. } => stacks.all(),
        }
    }

    /// Of a range or of the whole trace, once all are known.
    pub fn all_stacks(&self) -> Arc<Stacks> {
        match &self.known {
            Known::Own(_) => Arc::default(),
            Known::Found { stacks, .. } => stacks.all().clone(),
        }
    }

    /// A stack or a kind was asked for that the whole trace does not have.
    pub fn missed(&self) -> bool {
        matches!(&self.known, Known::Found { stacks, missed, .. } if *missed || stacks.missed)
    }

    /// Goroutines that are in regions, and in which.
    pub fn inside(&self) -> Vec<(i64, u32)> {
        self.inside.iter().map(|(g, set)| (*g, *set)).collect()
    }
    pub fn inside_len(&self) -> usize {
        self.inside.len()
    }
    pub fn resume(&mut self, inside: &[(i64, u32)]) {
        self.inside = inside.iter().copied().collect();
    }

    /// Whether a stay that is counted goes on.
    pub fn is_open(&self) -> bool {
        self.open > 0
    }

    pub fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        self.scope.event(e, stage);
        if let Kind::GoTransition { from, own_stack, .. } = e.kind {
            (self.from, self.own_stack) = (from, own_stack);
        }
        if !self.tells {
            return;
        }
        match e.kind {
            Kind::GoTransition { g, to: GoState::NotExist, .. } if !self.inside.is_empty() => {
                self.inside.remove(&g);
            }
            Kind::RegionBegin { name, .. } => self.region(e.g, name, true),
            Kind::RegionEnd { name, .. } => self.region(e.g, name, false),
            _ => {}
        }
    }

    fn region(&mut self, g: i64, name: Sym, begins: bool) {
        let before = self.inside_of(g);
        match self.known.set_behind(before, name, begins) {
            0 => self.inside.remove(&g),
            set => self.inside.insert(g, set),
        };
    }

    fn inside_of(&self, g: i64) -> u32 {
        if self.inside.is_empty() { 0 } else { self.inside.get(&g).copied().unwrap_or(0) }
    }

    fn cell(&mut self, life: Option<&Life>, g: i64, book: Book, stack: StackIx, waiter: StackIx) -> u32 {
        let cell = Cell { class: 0, book, stack, waiter };
        if !self.tells {
            return self.known.cell(0, 0, -1, cell);
        }
        let (who, set) = (self.who(life.map_or(Sym::EMPTY, |l| l.name), g), self.inside_of(g));
        self.known.cell(who, set, g, cell)
    }

    pub fn sample(&mut self, life: Option<&Life>, e: &Event, stack: StackId, stage: &mut Stage<'_>) {
        if self.clip.counts(e.time, i64::MAX) && self.scope.holds(e.g) {
            let stack = self.known.intern(stack, stage);
            let cell = self.cell(life, e.g, Book::Cpu, stack, StackIx(0));
            let o = Occurrence { nanos: SAMPLE_NANOS, g: e.g, start: e.time, end: e.time };
            self.books.sample(cell, o);
        }
    }

    pub fn keep_stack(
        &mut self,
        life: &Life,
        state: GoState,
        reason: Sym,
        id: StackId,
        stage: &mut Stage<'_>,
    ) -> StackIx {
        if !matches!(state, GoState::Waiting | GoState::Syscall | GoState::Runnable)
            || !self.scope.holds(life.g)
        {
            return NOT_COUNTED;
        }
        self.open += 1;
        let stack = self.known.intern(id, stage);
        let (book, waiter) = match state {
            GoState::Waiting => (self.book_of(reason, stage), StackIx(0)),
            GoState::Syscall => (Book::Syscall, StackIx(0)),
            _ => (Book::SchedByWaker, self.waiter(stack, stage)),
        };
        StackIx(self.cell(Some(life), life.g, book, stack, waiter))
    }

    /// Where a goroutine is made by the event at hand; None: it makes none.
    pub fn creation(&mut self, id: StackId, stage: &mut Stage<'_>) -> Option<StackIx> {
        (self.from == GoState::NotExist).then(|| self.known.intern(id, stage))
    }

    /// Where a goroutine stands in the state that it enters; told of all of them.
    pub fn stand(&mut self, life: &Life, state: GoState, id: StackId, stage: &mut Stage<'_>) -> StackIx {
        stand(life, (self.from, self.own_stack), state, id, |id| self.known.intern(id, stage))
    }

    fn book_of(&mut self, reason: Sym, stage: &Stage<'_>) -> Book {
        *self.reasons.entry(reason).or_insert_with(|| match stage.symbols.text(reason) {
            "network" => Book::Net,
            text if is_sync(text, true) => Book::Sync,
            _ => Book::Other,
        })
    }

    /// Where one that is made runnable with a stack stands itself.
    fn waiter(&mut self, stack: StackIx, stage: &mut Stage<'_>) -> StackIx {
        match self.from {
            GoState::NotExist => self.known.intern(self.own_stack, stage),
            GoState::Waiting | GoState::Syscall if self.left != NOT_COUNTED => self.left,
            GoState::Waiting | GoState::Syscall => StackIx(0),
            _ => stack,
        }
    }

    /// A stay is over, which the next one may ask for; whether it counts is not said.
    pub fn leave(&mut self, s: &Stay) {
        if s.stack != NOT_COUNTED {
            self.open = self.open.saturating_sub(1);
        }
        let cell = self.kinds().cell_of(s.stack.0).filter(|_| s.state != GoState::Runnable);
        self.left = cell.map_or(NOT_COUNTED, |c| c.stack);
    }

    pub fn stay(&mut self, life: &Life, s: &Stay) {
        self.leave(s);
        self.books.count(self.known.kinds(), self.clip, life.g, s);
        if self.tells {
            let who = self.who(life.name, life.g);
            self.books.states(self.clip, who, s);
        }
    }

    /// A goroutine goes from state to state; None: it is made, or ends. A step belongs to the range that holds its time.
    pub fn step(
        &mut self,
        life: &Life,
        from: Option<(LifeState, Sym)>,
        to: Option<(LifeState, Sym)>,
        at: i64,
    ) {
        if self.tells && self.clip.counts(at, i64::MAX) {
            let who = self.who(life.name, life.g);
            *self.books.steps.entry((who, Place::of(from), Place::of(to))).or_default() += 1;
        }
    }

    /// The number of who did something, which makes it known.
    pub fn who(&mut self, name: Sym, g: i64) -> u32 {
        if let Some((last, who)) = self.whos.get(name.0 as usize % WHOS)
            && *last == name
            && name != Sym::EMPTY
        {
            return *who;
        }
        let who = self.known.who(name, g);
        if let Some(last) = self.whos.get_mut(name.0 as usize % WHOS) {
            *last = (name, who);
        }
        who
    }

    /// Adds a stay that a border lies in, or its part in a range, to books of the same kinds.
    pub fn count(&mut self, books: &mut Books, clip: Clip, name: Sym, g: i64, s: &Stay) {
        let who = self.who(name, g);
        books.count(self.known.kinds(), clip, g, s);
        books.states(clip, who, s);
    }

    /// Sums of a profile's part by stack; `of`: of some classes only. Cost: O(kinds).
    pub fn sums(&self, book: Book, ended: bool, of: Option<&Mask>) -> StackSums {
        let mut all = StackSums::default();
        for (stack, sum) in self.told(book, ended, of) {
            all.entry(stack).or_default().join(sum);
        }
        all
    }

    fn told<'a>(
        &'a self,
        book: Book,
        ended: bool,
        of: Option<&'a Mask>,
    ) -> impl Iterator<Item = (StackIx, &'a StackSum)> {
        let kind = if book == Book::SchedByWaiter { Book::SchedByWaker } else { book };
        self.books.sums(ended).iter().filter_map(move |(cell, sum)| {
            let cell = self.kinds().cell_of(*cell).filter(|c| c.book == kind)?;
            let is_asked = of.is_none_or(|of| of.get(cell.class as usize).is_some_and(|is| *is));
            let stack = if book == Book::SchedByWaiter { cell.waiter } else { cell.stack };
            is_asked.then_some((stack, sum))
        })
    }

    /// Count and delay of what ended, and the count of what never did.
    pub fn totals(&self, book: Book) -> (u64, i64, u64) {
        let ended = self.told(book, true, None).fold((0, 0), |(n, ns), (_, s)| (n + s.count, ns + s.nanos));
        (ended.0, ended.1, self.told(book, false, None).map(|(_, s)| s.count).sum())
    }

    /// Memory that it holds.
    pub fn size_bytes(&self) -> usize {
        let found = match &self.known {
            Known::Own(own) => own.0.size_bytes() + own.1.size_bytes(),
            Known::Found { .. } => self.own_bytes,
        };
        found + self.books.size_bytes()
    }
}
