//! How the goroutines of one function go from state to state: a graph of states with counts.

use serde_json::{Value, json};
use tracewell_order::{Sym, Symbols};
use tracewell_source::{Result, SeededMap, SeededSet};

use crate::desk::kinds::Mask;
use crate::desk::pass::{Follow, Pass};
use crate::desk::stay_books::Books;
use crate::desk::{Call, Desk, Filter};
use crate::lives::{Life, LifeSpan, LifeState, Lives};
use crate::stats::Clip;

/// None: before its begin, or behind its end.
type Place = Option<(LifeState, Sym)>;

#[derive(Default)]
pub struct Moves {
    clip: Clip,
    goroutines: SeededSet<i64>,
    /// Where each living goroutine was last.
    last: SeededMap<i64, Place>,
    stays: SeededMap<(LifeState, Sym), (u64, i64)>,
    steps: SeededMap<(Place, Place), u64>,
}

impl Moves {
    /// A step belongs to the range that holds its time.
    fn step(&mut self, from: Place, to: Place, time: i64) {
        if self.clip.counts(time, i64::MAX) {
            *self.steps.entry((from, to)).or_default() += 1;
        }
    }

    /// What the pass over all goroutines found of some.
    fn of_books(clip: Clip, books: &Books, whos: &Mask) -> Moves {
        let mut moves = Moves { clip, ..Moves::default() };
        let is = |who: u32| whos.get(who as usize).is_some_and(|is| *is);
        for ((_, place), (count, nanos)) in books.stays.iter().filter(|s| is(s.0.0)) {
            if let Some(place) = place.told() {
                let sum = moves.stays.entry(place).or_default();
                *sum = (sum.0 + count, sum.1 + nanos);
            }
        }
        for ((_, from, to), count) in books.steps.iter().filter(|s| is(s.0.0)) {
            *moves.steps.entry((from.told(), to.told())).or_default() += count;
        }
        moves
    }

    pub fn size_bytes(&self) -> usize {
        self.goroutines.len() * 16 + (self.stays.len() + self.steps.len()) * 64
    }
}

impl Lives for Moves {
    fn span(&mut self, life: &Life, s: &LifeSpan) {
        if !self.goroutines.contains(&life.g) {
            return;
        }
        let here = Some((s.state, s.reason));
        match self.last.insert(life.g, here) {
            Some(before) => self.step(before, here, s.start),
            // What is older than the trace comes from nowhere that it tells.
            None if !life.older => self.step(None, here, s.start),
            None => {}
        }
        let nanos = self.clip.nanos(s.start, s.end);
        if nanos > 0 {
            let sum = self.stays.entry((s.state, s.reason)).or_default();
            *sum = (sum.0 + 1, sum.1 + nanos);
        }
    }
    fn gone(&mut self, life: &Life, end: i64, alive: bool) {
        if let Some(last) = self.last.remove(&life.g)
            && !alive
        {
            self.step(last, None, end);
        }
    }
}

impl Follow for Moves {}

fn read(pass: &Pass<'_>, clip: Clip, goroutines: SeededSet<i64>) -> Result<(Moves, Symbols)> {
    let mut moves = Moves { clip, goroutines, ..Moves::default() };
    let symbols = pass.lives(&mut moves, None, i64::MAX)?;
    Ok((moves, symbols))
}

impl Desk {
    /// Shapes: `StateGraph`. Errors: RANGE when no goroutine starts with the function. Cost: a pass; another one, kept for a
    /// while, where functions are not told apart.
    pub fn state_graph(&self, clip: Clip, function: &str, call: &Call<'_>) -> Result<Value> {
        let fold = self.fold(clip, call)?;
        if let Some(whos) = self.starting_with(function, &fold, call)? {
            return Ok(Moves::of_books(clip, &fold.waits.books, &whos).json(&fold.symbols));
        }
        let key = ((clip.from, clip.to), function.to_string());
        let filter = Filter { function: Some(function.into()), ..Filter::default() };
        let of = self.goroutines_of(&filter, call)?.unwrap_or_default();
        let make = self.reading(move |pass| read(pass, clip, of));
        let found = self.moves.get(&key, &self.turns, call, make)?;
        Ok(found.0.json(&found.1))
    }
}

impl Moves {
    fn json(&self, symbols: &Symbols) -> Value {
        let place = |p: &Place| match p {
            Some((state, reason)) => json!({"state": state.as_str(), "reason": symbols.text(*reason)}),
            None => Value::Null,
        };
        let mut states: Vec<_> = self.stays.iter().collect();
        states.sort_by(|a, b| b.1.1.cmp(&a.1.1).then_with(|| a.0.cmp(b.0)));
        let mut steps: Vec<_> = self.steps.iter().collect();
        steps.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        let state = |((state, reason), (n, nanos)): (&(LifeState, Sym), &(u64, i64))| json!({"state": state.as_str(), "reason": symbols.text(*reason), "count": n, "nanos": nanos});
        let step = |((from, to), n): (&(Place, Place), &u64)| json!({"from": place(from), "to": place(to), "count": n});
        json!({
            "states": states.into_iter().map(state).collect::<Vec<_>>(),
            "steps": steps.into_iter().map(step).collect::<Vec<_>>(),
        })
    }
}
