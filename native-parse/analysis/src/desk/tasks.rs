//! User tasks by type, and one task with all that belongs to it.

use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use tracewell_order::Sym;
use tracewell_source::Result;

use crate::desk::{Call, Desk, spread};
use crate::stats::Clip;

#[derive(Default)]
struct Type {
    count: u64,
    lengths: Vec<i64>,
}

impl Desk {
    /// Shapes: `TaskType[]`, by name; task 0, which is what belongs to none, is left out. Cost: a pass, then O(tasks).
    pub fn task_types(&self, clip: Clip, call: &Call<'_>) -> Result<Value> {
        let fold = self.fold(clip, call)?;
        let end = fold.end_nanos;
        let mut types: FxHashMap<Sym, Type> = FxHashMap::default();
        let counted = fold.tasks.iter().filter(|(id, t)| **id != 0 && clip.counts(t.end.unwrap_or(end), end));
        for (_, t) in counted {
            let of = types.entry(t.name).or_default();
            of.count += 1;
            if let (Some(a), Some(b)) = (t.start, t.end) {
                of.lengths.push(b - a);
            }
        }
        let mut types: Vec<(&str, Type)> =
            types.into_iter().map(|(s, t)| (fold.symbols.text(s), t)).collect();
        types.sort_by_key(|(name, _)| *name);
        let one = |(name, t): (&str, Type)| {
            json!({"name": name, "count": t.count, "completeCount": t.lengths.len(),
                   "histogram": spread::histogram(t.lengths)})
        };
        Ok(types.into_iter().map(one).collect())
    }
}
