//! The home page's figures: one line for each page.

use std::collections::HashSet;

use serde_json::{Value, json};
use tracewell_source::Result;

use crate::desk::fold::Fold;
use crate::desk::stay_books::Book;
use crate::desk::{Call, Desk};
use crate::mmu::Flags;
use crate::profiles::Profile;
use crate::stats::Clip;

/// What the home page says of utilization: the least of any window this long, with the flags of the reference's page.
const MMU_WINDOW: i64 = 10_000_000;
const MMU_FLAGS: Flags = Flags { stw: true, background: true, assist: true, sweep: false, per_proc: false };

impl Desk {
    /// Shapes: `HomeFigures`. Cost: a pass; everything that the other pages ask first comes from the same.
    pub fn home_figures(&self, call: &Call<'_>) -> Result<Value> {
        let fold = self.fold(Clip::ALL, call)?;
        Ok(fold.home.get_or_init(|| figures(&fold)).clone())
    }
}

/// All waits, calls and runnable time together.
fn wall(fold: &Fold) -> Value {
    let (mut count, mut nanos, mut still) = (0, 0, 0);
    for book in Book::of(Profile::Wall, true) {
        let of = fold.waits.totals(*book);
        (count, nanos, still) = (count + of.0, nanos + of.1, still + of.2);
    }
    json!({"count": count, "delayNanos": nanos, "stillCount": still})
}

fn figures(fold: &Fold) -> Value {
    let profile = |book: Book| {
        let (count, nanos, still) = fold.waits.totals(book);
        json!({"count": count, "delayNanos": nanos, "stillCount": still})
    };
    let region_types: HashSet<(u32, u32)> = fold.regions.iter().map(|r| (r.name.0, r.frame.text.0)).collect();
    // Task 0 is what belongs to none: alone it is no task.
    let has_tasks = fold.tasks.iter().any(|t| t.id != 0);
    let tasks = || fold.tasks.iter().filter(|_| has_tasks);
    let task_types: HashSet<u32> = tasks().map(|t| t.name.0).collect();
    let length = |list: &[(i64, i64)]| list.iter().map(|(a, b)| b - a).sum::<i64>();
    let curves = fold.work.curves(MMU_FLAGS, fold.end_nanos, &fold.symbols);
    json!({
        "goroutineCount": fold.rows.len(),
        "functionCount": fold.functions().len(),
        "profiles": {
            "net": profile(Book::Net),
            "sync": profile(Book::Sync),
            "syscall": profile(Book::Syscall),
            "sched": profile(Book::SchedByWaker),
            "cpu": profile(Book::Cpu),
            "other": profile(Book::Other),
            "wall": wall(fold),
        },
        "taskCount": tasks().count(),
        "completeTaskCount": tasks().filter(|t| t.start.is_some() && t.end.is_some()).count(),
        "taskTypeCount": task_types.len(),
        "regionCount": fold.regions.len(),
        "regionTypeCount": region_types.len(),
        "starvedNanos": fold.spare.starved,
        "gcCycleCount": fold.gc.cycles.len(),
        "gcMarkNanos": length(fold.mark_times.list()),
        "stwCount": fold.gc.stops.len(),
        "stwNanos": length(fold.stop_times.list()),
        "longestStwNanos": fold.gc.stops.iter().map(|s| s.end - s.start).max().unwrap_or(0),
        "mmu10ms": curves.mmu(MMU_WINDOW),
        "eventCount": fold.events,
    })
}
