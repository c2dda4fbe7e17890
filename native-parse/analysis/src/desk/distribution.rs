//! How the goroutines of one function are spread by a measure.

use serde_json::{Value, json};
use tracewell_order::Sym;
use tracewell_source::{Code, Result, TraceError};

use crate::books::Done;
use crate::desk::fold::Fold;
use crate::desk::pass::State;
use crate::desk::sums::Measure;
use crate::desk::{Call, Desk, none, spread};
use crate::stats::Clip;

/// Fastest and slowest that are told.
const ENDS: usize = 10;

/// Goroutines of the function that one thread found.
#[derive(Default)]
struct Found {
    name: Option<(Sym, bool)>,
    values: Vec<i64>,
    /// By value, then by number: the least and the greatest.
    fastest: Vec<(i64, i64)>,
    slowest: Vec<(i64, i64)>,
}

/// Puts one among the first `ENDS`, rising.
fn keep<T: Ord + Copy>(ends: &mut Vec<T>, one: T) {
    if ends.len() < ENDS || ends.last().is_some_and(|last| one < *last) {
        let at = ends.partition_point(|e| *e < one);
        ends.truncate(ENDS - 1);
        ends.insert(at.min(ends.len()), one);
    }
}

impl Found {
    fn end(&mut self, value: i64, g: i64) {
        keep(&mut self.fastest, (value, g));
        // Turned round, the greatest is the first.
        keep(&mut self.slowest, (!value, !g));
    }
}

impl Desk {
    /// Shapes: `Distribution`. Errors: RANGE when no goroutine in the range starts with the function. Cost: a pass, then
    /// O(goroutines), by several threads; kept for a while.
    pub fn distribution(&self, clip: Clip, function: &str, measure: &str, call: &Call<'_>) -> Result<Value> {
        let key = ((clip.from, clip.to), function.to_string(), measure.to_string());
        if let Some(kept) = self.distributions.ready(&key) {
            return Ok((*kept).clone());
        }
        let what = Measure::parse(measure)
            .ok_or_else(|| TraceError::new(Code::Range, format!("There is no measure {measure}")))?;
        let fold = self.fold(clip, call)?;
        let (_, name, by) = key.clone();
        let make = move |_: &State| spread_of(&fold, &name, &what, &by);
        Ok((*self.distributions.get(&key, &self.turns, call, make)?).clone())
    }
}

fn spread_of(fold: &Fold, function: &str, what: &Measure, measure: &str) -> Result<Value> {
    let visit = |found: &mut Found, d: &Done, collected: &dyn Fn() -> (i64, i64)| {
        let is = match found.name {
            Some((last, is)) if last == d.name => is,
            _ => fold.symbols.text(d.name) == function,
        };
        found.name = Some((d.name, is));
        if is {
            let value =
                what.of(&d.stats, if what.needs_collector() { collected() } else { (0, 0) }, &fold.symbols);
            found.values.push(value);
            found.end(value, d.g);
        }
    };
    let parts = fold.rows.each(|found, _, d, _| visit(found, d, &|| fold.collected_of(d)));
    let parts = parts.unwrap_or_else(|| {
        let mut found = Found::default();
        let all = fold.all_rows().enumerate();
        all.for_each(|(i, (d, _))| visit(&mut found, &d, &|| fold.collected(i)));
        vec![found]
    });
    let mut all = Found::default();
    for part in parts {
        part.fastest.into_iter().for_each(|(value, g)| keep(&mut all.fastest, (value, g)));
        part.slowest.into_iter().for_each(|(value, g)| keep(&mut all.slowest, (value, g)));
        if all.values.is_empty() {
            all.values = part.values;
        } else {
            all.values.extend(part.values);
        }
    }
    if all.values.is_empty() {
        return Err(none(format!("No goroutine of this range starts with {function}")));
    }
    let end = |(value, g): (i64, i64)| json!({"id": g, "nanos": value});
    let fastest: Vec<Value> = all.fastest.into_iter().map(end).collect();
    let slowest: Vec<Value> = all.slowest.into_iter().map(|(value, g)| end((!value, !g))).collect();
    let histogram = spread::histogram(all.values);
    Ok(json!({"measure": measure, "histogram": histogram, "fastest": fastest, "slowest": slowest}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_those_of_all_in_order() {
        let values = |n: i64| (0..n).map(move |i| (i * 7 % 5, i * 13 % n.max(1)));
        for n in [0, 1, ENDS as i64, 97] {
            let mut found = Found::default();
            values(n).for_each(|(value, g)| found.end(value, g));
            let mut all: Vec<_> = values(n).collect();
            all.sort_unstable();
            assert_eq!(found.fastest, all.iter().take(ENDS).copied().collect::<Vec<_>>());
            let slowest: Vec<_> = found.slowest.iter().map(|(value, g)| (!value, !g)).collect();
            assert_eq!(slowest, all.iter().rev().take(ENDS).copied().collect::<Vec<_>>());
        }
    }
}
