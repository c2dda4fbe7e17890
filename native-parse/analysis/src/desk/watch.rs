//! Goroutines that are followed while the trace, or a segment of it, is read.

use std::sync::Arc;

use tracewell_order::{Event, GoState, Kind, StackId, Stage, Sym, Symbols};
use tracewell_source::{Result, SeededMap};

use crate::desk::cuts::Cuts;
use crate::desk::fold::Fold;
use crate::desk::pass::{Begin, Follow, Pass};
use crate::desk::segment::{self, Told};
use crate::desk::tally::{Listed, Tally};
use crate::desk::waits;
use crate::lives::{Life, LifeMachine, LifeSpan, Lives};
use crate::stacks::{Blank, Finder, StackIx, Stacks};
use crate::stats::Clip;

/// Stacks and texts that what was found is told in.
pub enum Texts {
    Own(Stacks, Symbols),
    /// Stacks of the pass over the whole.
    Of(Arc<Fold>, Symbols),
}

impl Texts {
    pub fn stacks(&self) -> &Stacks {
        match self {
            Texts::Own(stacks, _) => stacks,
            Texts::Of(fold, _) => fold.waits.stacks(),
        }
    }
    pub fn text(&self, s: Sym) -> &str {
        match self {
            Texts::Own(_, symbols) | Texts::Of(_, symbols) => symbols.text(s),
        }
    }
    pub fn symbols(&self) -> &Symbols {
        match self {
            Texts::Own(_, symbols) | Texts::Of(_, symbols) => symbols,
        }
    }
    /// Memory beyond what is there anyway.
    pub fn size_bytes(&self) -> usize {
        if let Texts::Own(stacks, _) = self { stacks.size_bytes() } else { 0 }
    }
}

/// Which stays of each are kept: the `from`th and `most` in all.
#[derive(Clone, Copy)]
pub struct Keep {
    pub from: usize,
    pub most: usize,
}

/// What was found of one goroutine.
#[derive(Default)]
pub struct Watched {
    pub tally: Tally,
    /// Those that were to be kept.
    pub stays: Vec<Listed>,
    /// Where it was made, as far as that was seen.
    pub creation: StackIx,
}

enum Known {
    Own(Stacks),
    Found(Finder),
}

impl Known {
    fn intern(&mut self, id: StackId, stage: &mut Stage<'_>) -> StackIx {
        match self {
            Known::Own(stacks) => stacks.intern(id, stage),
            Known::Found(finder) => finder.find(id, stage),
        }
    }
}

struct Watch {
    of: SeededMap<i64, Watched>,
    known: Known,
    clip: Clip,
    keep: Keep,
    /// Of the event at hand.
    from: GoState,
    own_stack: StackId,
    /// What goes on from now on goes on behind the trace's end.
    trace_ends: bool,
}

impl Watch {
    fn new(ids: &[i64], known: Known, clip: Clip, keep: Keep) -> Watch {
        let of = ids.iter().map(|g| (*g, Watched::default())).collect();
        Watch { of, known, clip, keep, from: GoState::Undetermined, own_stack: 0, trace_ends: false }
    }

    /// In the order of `ids`.
    fn into_found(mut self, ids: &[i64]) -> Vec<Watched> {
        ids.iter().map(|g| self.of.remove(g).unwrap_or_default()).collect()
    }
}

impl Lives for Watch {
    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) {
        if let Kind::GoTransition { from, own_stack, .. } = e.kind {
            (self.from, self.own_stack) = (from, own_stack);
        }
    }

    fn born(&mut self, life: &Life) {
        if let Some(creator) = self.of.get_mut(&life.creator) {
            creator.tally.child(life.g);
        }
    }

    fn stand(&mut self, life: &Life, state: GoState, id: StackId, stage: &mut Stage<'_>) -> StackIx {
        let Watch { of, known, from, own_stack, .. } = self;
        let Some(watched) = of.get_mut(&life.g) else { return StackIx::default() };
        if *from == GoState::NotExist {
            watched.creation = known.intern(id, stage);
        }
        waits::stand(life, (*from, *own_stack), state, id, |id| known.intern(id, stage))
    }

    fn wants_top(&self, life: &Life) -> bool {
        self.of.contains_key(&life.g)
    }

    fn span(&mut self, life: &Life, s: &LifeSpan) {
        let (clip, Keep { from, most }) = (self.clip, self.keep);
        let counts = s.by >= 0 && s.by != life.g && clip.counts(s.end, i64::MAX);
        if counts && let Some(waker) = self.of.get_mut(&s.by) {
            waker.tally.partners.entry(life.g).or_default().1 += 1;
        }
        let Some(Watched { tally, stays, .. }) = self.of.get_mut(&life.g) else { return };
        if counts {
            tally.partners.entry(s.by).or_default().0 += 1;
        }
        let nanos = clip.nanos(s.start, s.end);
        if nanos == 0 && !(s.start >= clip.from && s.end < clip.to) {
            return;
        }
        let stay = Listed { span: *s, stack: life.stood, open: self.trace_ends };
        tally.sums.at(stay.key()).add(nanos);
        if tally.stay_count >= from && stays.len() < most {
            stays.push(stay);
        }
        tally.stay_count += 1;
    }
}

impl Follow for Watch {
    fn finish(&mut self) {
        self.trace_ends = true;
    }
}

/// Follows goroutines from the begin of a generation (None: all) until a time. Errors: those of `Reader`; CANCELLED. Cost: a
/// pass over that time.
pub fn follow(
    pass: &Pass<'_>,
    ids: &[i64],
    clip: Clip,
    keep: Keep,
    (begin, until): (Option<Begin>, i64),
) -> Result<(Vec<Watched>, Texts)> {
    let mut watch = Watch::new(ids, Known::Own(Stacks::new(Blank::Drop)), clip, keep);
    let symbols = pass.lives(&mut watch, begin, until)?;
    let Known::Own(stacks) = std::mem::replace(&mut watch.known, Known::Own(Stacks::default())) else {
        unreachable!("stacks stay what they are")
    };
    Ok((watch.into_found(ids), Texts::Own(stacks, symbols)))
}

struct Telling {
    machine: LifeMachine,
    watch: Watch,
    until: i64,
}

impl Told for Telling {
    fn is_living(&mut self, g: i64) -> bool {
        self.machine.is_living(g)
    }
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        if e.time <= self.until {
            self.machine.event(e, stage, &mut self.watch);
        }
    }
}

/// Follows goroutines through segment `i`; what is open at its end is not told where it goes on. None: the segment is not what
/// the pass over the whole saw. Errors: CANCELLED. Cost: by events of the segment, and by goroutines that live at its border.
pub fn segment(
    pass: &Pass<'_>,
    all: &Arc<Fold>,
    cuts: &Cuts,
    i: usize,
    ids: &[i64],
    clip: Clip,
    keep: Keep,
) -> Result<Option<(Vec<Watched>, Texts)>> {
    let known = Known::Found(Finder::new(all.waits.all_stacks()));
    let (watch, until) = (Watch::new(ids, known, clip, keep), clip.to);
    let mut telling = Telling { machine: LifeMachine::default(), watch, until };
    if let Some(border) = cuts.border(i) {
        segment::resume_lives(&mut telling.machine, cuts, border, |_| ());
    }
    let Some(symbols) = segment::walk(pass, all, cuts, i, &mut telling)? else { return Ok(None) };
    let Telling { mut machine, mut watch, .. } = telling;
    if until < cuts.begin_of(i + 1).min(all.end_nanos) {
        machine.finish(until, &mut watch);
    } else if i >= cuts.borders.len() {
        watch.trace_ends = true;
        machine.finish(all.end_nanos, &mut watch);
    }
    let is_same = !machine.is_odd() && matches!(&watch.known, Known::Found(f) if !f.missed);
    Ok(is_same.then(|| (watch.into_found(ids), Texts::Of(all.clone(), symbols))))
}
