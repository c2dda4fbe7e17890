//! Stacks that outlive their generation. Ids of a generation mean others in the next, so what a profile needs of a
//! stack is kept once, by its text.

use std::sync::Arc;

use tracewell_order::{StackId, Stage, Sym, Symbols};
use tracewell_source::SeededMap;
use tracewell_wire::Frame;

/// Index into `Stacks`. 0 is the stack without frames.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct StackIx(pub u32);

/// What to do with frames that have neither function nor line.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Blank {
    /// They say nothing.
    #[default]
    Drop,
    /// The reference shows them.
    Keep,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    pub func: Sym,
    pub file: Sym,
    pub line: u64,
    pub pc: u64,
}

impl Place {
    fn is_blank(&self) -> bool {
        self.func == Sym::EMPTY && self.line == 0
    }
}

/// Grows with the distinct stacks of what is asked for, never with events.
#[derive(Default)]
pub struct Stacks {
    blank: Blank,
    places: Vec<Place>,
    of_place: SeededMap<(Sym, u64), u32>,
    /// Places of each stack, leaf first.
    stacks: Vec<Box<[u32]>>,
    of_places: SeededMap<Box<[u32]>, StackIx>,
    generation: Option<u32>,
    cache: SeededMap<StackId, StackIx>,
}

impl Stacks {
    pub fn new(blank: Blank) -> Stacks {
        let mut s = Stacks { blank, ..Stacks::default() };
        s.stacks.push(Box::default());
        s.of_places.insert(Box::default(), StackIx(0));
        s
    }

    /// The stack of an event of the stage's generation. Cost: O(frames) the first time in a generation.
    pub fn intern(&mut self, id: StackId, stage: &mut Stage<'_>) -> StackIx {
        if self.generation != Some(stage.generation) {
            self.generation = Some(stage.generation);
            self.cache.clear();
        }
        if let Some(&s) = self.cache.get(&id) {
            return s;
        }
        let frames = stage.tables.stack(stage.bytes, id);
        let s = self.add(&frames, stage);
        self.cache.insert(id, s);
        s
    }

    fn add(&mut self, frames: &[Frame], stage: &mut Stage<'_>) -> StackIx {
        let mut key: Vec<u32> = Vec::with_capacity(frames.len());
        for f in frames {
            let place = place(f, stage);
            if self.blank == Blank::Keep || !place.is_blank() {
                key.push(self.place_ix(place));
            }
        }
        let next = StackIx(self.stacks.len() as u32);
        let s = *self.of_places.entry(key.clone().into()).or_insert(next);
        if s == next {
            self.stacks.push(key.into());
        }
        s
    }

    /// The stack of an event, if one with the same text was kept; texts that are not known are added to the stage.
    pub(crate) fn find(&self, id: StackId, stage: &mut Stage<'_>) -> Option<StackIx> {
        let frames = stage.tables.stack(stage.bytes, id);
        let mut key: Vec<u32> = Vec::with_capacity(frames.len());
        for f in &frames {
            let place = place(f, stage);
            if self.blank == Blank::Keep || !place.is_blank() {
                key.push(*self.of_place.get(&(place.func, place.line))?);
            }
        }
        self.of_places.get(&key[..]).copied()
    }

    /// Lets go of what only events of its last generation need.
    pub(crate) fn rest(&mut self) {
        self.generation = None;
        self.cache = SeededMap::default();
    }

    fn place_ix(&mut self, place: Place) -> u32 {
        let next = self.places.len() as u32;
        let ix = *self.of_place.entry((place.func, place.line)).or_insert(next);
        if ix == next {
            self.places.push(place);
        }
        ix
    }

    /// As they were, to be asked only.
    pub(crate) fn of(blank: Blank, places: Vec<Place>, stacks: Vec<Box<[u32]>>) -> Stacks {
        Stacks { blank, places, stacks, ..Stacks::default() }
    }
    pub(crate) fn places(&self) -> &[Place] {
        &self.places
    }
    /// Places of each, leaf first.
    pub(crate) fn all(&self) -> &[Box<[u32]>] {
        &self.stacks
    }
    pub(crate) fn has(&self, s: StackIx) -> bool {
        (s.0 as usize) < self.stacks.len()
    }

    /// Leaf first.
    pub fn frames(&self, s: StackIx) -> impl Iterator<Item = &Place> {
        let stack = self.stacks.get(s.0 as usize).map_or(&[][..], |b| b);
        stack.iter().filter_map(|i| self.places.get(*i as usize))
    }

    /// The same as numbers of places.
    pub fn frame_ids(&self, s: StackIx) -> &[u32] {
        self.stacks.get(s.0 as usize).map_or(&[][..], |b| b)
    }
    pub fn place(&self, id: u32) -> Option<&Place> {
        self.places.get(id as usize)
    }

    /// No frame of it says anything.
    pub fn is_blank(&self, s: StackIx) -> bool {
        self.frames(s).all(Place::is_blank)
    }

    /// Memory that it holds, about.
    pub fn size_bytes(&self) -> usize {
        let frames: usize = self.stacks.iter().map(|s| s.len()).sum();
        frames * 8 + self.stacks.len() * 56 + self.places.len() * 64 + self.cache.capacity() * 16
    }

    /// `func@line`, leaf first.
    pub fn text(&self, s: StackIx, symbols: &Symbols) -> Vec<String> {
        self.frames(s).map(|p| format!("{}@{}", symbols.text(p.func), p.line)).collect()
    }
}

fn place(f: &Frame, stage: &mut Stage<'_>) -> Place {
    let mut text = |id| {
        let raw = stage.tables.string(stage.bytes, id).unwrap_or_default();
        stage.symbols.intern(&String::from_utf8_lossy(raw))
    };
    Place { func: text(f.func), file: text(f.file), line: f.line, pc: f.pc }
}

/// The outermost frame of a stack.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Hash)]
pub struct Bottom {
    pub func: Sym,
    /// `func@line`
    pub text: Sym,
    pub pc: u64,
}

/// Finds stacks among those of a pass that saw all of them.
pub(crate) struct Finder {
    all: Arc<Stacks>,
    generation: Option<u32>,
    cache: SeededMap<StackId, StackIx>,
    /// One was not found.
    pub missed: bool,
}

impl Finder {
    pub fn new(all: Arc<Stacks>) -> Finder {
        Finder { all, generation: None, cache: SeededMap::default(), missed: false }
    }
    pub fn all(&self) -> &Arc<Stacks> {
        &self.all
    }

    /// As `Stacks::intern`.
    pub fn find(&mut self, id: StackId, stage: &mut Stage<'_>) -> StackIx {
        if self.generation != Some(stage.generation) {
            self.generation = Some(stage.generation);
            self.cache.clear();
        }
        if let Some(&s) = self.cache.get(&id) {
            return s;
        }
        let found = self.all.find(id, stage);
        self.missed |= found.is_none();
        let s = found.unwrap_or_default();
        self.cache.insert(id, s);
        s
    }
}

/// Single frames of stacks as texts: leaf `func@line`, or the function at the bottom. Kept for a generation.
#[derive(Default)]
pub struct FrameTexts {
    generation: Option<u32>,
    leaves: SeededMap<StackId, Sym>,
    bottoms: SeededMap<StackId, Bottom>,
}

impl FrameTexts {
    fn turn(&mut self, stage: &Stage<'_>) {
        if self.generation != Some(stage.generation) {
            *self = FrameTexts { generation: Some(stage.generation), ..FrameTexts::default() };
        }
    }

    /// `func@line` of the leaf; EMPTY for a stack without frames.
    pub fn leaf(&mut self, id: StackId, stage: &mut Stage<'_>) -> Sym {
        if id == 0 {
            return Sym::EMPTY;
        }
        self.turn(stage);
        *self.leaves.entry(id).or_insert_with(|| {
            let frames = stage.tables.stack(stage.bytes, id);
            frames.first().map_or(Sym::EMPTY, |f| at_line(f, stage).1)
        })
    }

    /// The outermost frame; all empty for a stack without frames.
    pub fn bottom(&mut self, id: StackId, stage: &mut Stage<'_>) -> Bottom {
        if id == 0 {
            return Bottom::default();
        }
        self.turn(stage);
        *self.bottoms.entry(id).or_insert_with(|| {
            let frames = stage.tables.stack(stage.bytes, id);
            frames.last().map_or(Bottom::default(), |f| {
                let (func, text) = at_line(f, stage);
                Bottom { func, text, pc: f.pc }
            })
        })
    }
}

fn at_line(f: &Frame, stage: &mut Stage<'_>) -> (Sym, Sym) {
    let p = place(f, stage);
    let text = format!("{}@{}", stage.symbols.text(p.func), p.line);
    (p.func, stage.symbols.intern(&text))
}
