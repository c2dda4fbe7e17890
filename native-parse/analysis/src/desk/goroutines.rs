//! Goroutines by start function.

use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use tracewell_order::Sym;
use tracewell_source::Result;

use crate::desk::fold::Fold;
use crate::desk::{Call, Desk, sums};
use crate::stats::{Clip, Stats};
use crate::summary::is_system;

#[derive(Default)]
struct Group {
    count: u64,
    stats: Stats,
    collected: (i64, i64),
}

impl Desk {
    /// Shapes: `GoroutineGroup[]`, by falling execution time, then by name. Cost: a pass, then O(goroutines).
    pub fn goroutine_groups(&self, clip: Clip, call: &Call<'_>) -> Result<Value> {
        let fold = self.fold(clip, call)?;
        Ok(fold.groups.get_or_init(|| groups(&fold)).clone())
    }
}

fn groups(fold: &Fold) -> Value {
    let mut groups: FxHashMap<Sym, Group> = FxHashMap::default();
    fold.each_row(|d, (stop, mark)| {
        let group = groups.entry(d.name).or_default();
        group.count += 1;
        group.stats.plus(&d.stats);
        group.collected.0 += stop;
        group.collected.1 += mark;
    });
    let text = |s: Sym| fold.symbols.text(s);
    let mut groups: Vec<(&str, Group)> = groups.into_iter().map(|(s, g)| (text(s), g)).collect();
    groups.sort_by(|a, b| b.1.stats.exec.cmp(&a.1.stats.exec).then(a.0.cmp(b.0)));
    let groups = groups.into_iter().map(|(name, g)| {
        let mut v = json!({"name": name, "count": g.count, "isSystem": is_system(name)});
        sums::write(&mut v, &g.stats, g.collected, &fold.symbols);
        v
    });
    Value::Array(groups.collect())
}
