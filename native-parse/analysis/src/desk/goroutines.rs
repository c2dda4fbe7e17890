//! Goroutines by start function.

use serde_json::{Value, json};
use tracewell_order::Sym;
use tracewell_source::{Result, SeededMap};

use crate::books::Done;
use crate::desk::fold::Fold;
use crate::desk::{Call, Desk, sums};
use crate::stats::{Clip, Stats};
use crate::summary::is_system;

/// Goroutines of one start function.
#[derive(Default)]
pub struct Group {
    count: u64,
    pub stats: Stats,
    collected: (i64, i64),
    /// Those that count in the range: a goroutine counts where it ends, as what it waited for does.
    pub ended: u64,
    /// The longest that one of them ran.
    pub longest_run: i64,
}

type Groups = SeededMap<Sym, Group>;

impl Group {
    pub fn add(&mut self, fold: &Fold, d: &Done, collected: (i64, i64)) {
        self.count += 1;
        self.stats.plus(&d.stats);
        self.collected.0 += collected.0;
        self.collected.1 += collected.1;
        self.ended += u64::from(fold.clip.counts(d.end.unwrap_or(fold.end_nanos), fold.end_nanos));
        self.longest_run = self.longest_run.max(d.stats.exec);
    }
    fn join(&mut self, other: &Group) {
        self.count += other.count;
        self.stats.plus(&other.stats);
        self.collected.0 += other.collected.0;
        self.collected.1 += other.collected.1;
        self.ended += other.ended;
        self.longest_run = self.longest_run.max(other.longest_run);
    }
}

impl Fold {
    /// Goroutines by start function, in no order. Cost: O(goroutines), once.
    pub fn functions(&self) -> &[(Sym, Group)] {
        self.groups.get_or_init(|| {
            let add = |groups: &mut Groups, d: &Done, collected: (i64, i64)| {
                groups.entry(d.name).or_default().add(self, d, collected);
            };
            let mut all = Groups::default();
            for part in self.each_row(add) {
                part.into_iter().for_each(|(name, of)| all.entry(name).or_default().join(&of));
            }
            all.into_iter().collect()
        })
    }
}

impl Desk {
    /// Shapes: `GoroutineGroup[]`, by falling execution time, then by name. Cost: a pass, then O(goroutines).
    pub fn goroutine_groups(&self, clip: Clip, call: &Call<'_>) -> Result<Value> {
        let fold = self.fold(clip, call)?;
        let text = |s: Sym| fold.symbols.text(s);
        let mut groups: Vec<(&str, &Group)> = fold.functions().iter().map(|(s, g)| (text(*s), g)).collect();
        groups.sort_by(|a, b| b.1.stats.exec.cmp(&a.1.stats.exec).then(a.0.cmp(b.0)));
        let groups = groups.into_iter().map(|(name, g)| {
            let mut v = json!({"name": name, "count": g.count, "isSystem": is_system(name)});
            sums::write(&mut v, &g.stats, g.collected, &fold.symbols);
            v
        });
        Ok(Value::Array(groups.collect()))
    }
}
