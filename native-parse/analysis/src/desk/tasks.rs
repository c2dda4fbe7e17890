//! User tasks by type, and one task with all that belongs to it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tracewell_order::{Event, GoState, Kind, StackId, Stage, Sym};
use tracewell_source::{Result, SeededMap, SeededSet};

use crate::desk::fold::Fold;
use crate::desk::goroutine::reference;
use crate::desk::pass::{Begin, Follow, Pass, begin_at};
use crate::desk::{Call, Desk, no_task, spread};
use crate::lives::{Life, Lives};
use crate::region_rows::Region;
use crate::stacks::StackIx;
use crate::stats::Clip;
use crate::task_book::{LogLine, Task};

#[derive(Default)]
struct Type {
    count: u64,
    lengths: Vec<i64>,
}

impl Desk {
    /// Shapes: `TaskType[]`, by name; task 0 is what belongs to none. Cost: a pass, then O(tasks).
    pub fn task_types(&self, clip: Clip, call: &Call<'_>) -> Result<Value> {
        let fold = self.fold(clip, call)?;
        let end = fold.end_nanos;
        let mut types: SeededMap<Sym, Type> = SeededMap::default();
        for t in fold.tasks.iter().filter(|t| clip.counts(t.end.unwrap_or(end), end)) {
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

/// Tasks of one tree that are told, and lines of it.
const NODES: usize = 1000;
const LINES: usize = 5000;

/// Where one task's time went, by state and reason.
pub struct Work {
    breakdown: Vec<(Busy, String, i64)>,
}

impl Work {
    pub fn size_bytes(&self) -> usize {
        self.breakdown.iter().map(|b| 64 + b.1.len()).sum()
    }
}

/// The most active comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
enum Busy {
    Running,
    Syscall,
    Runnable,
    Waiting,
    None,
}

impl Busy {
    fn of(state: GoState) -> Busy {
        match state {
            GoState::Running => Busy::Running,
            GoState::Syscall => Busy::Syscall,
            GoState::Runnable => Busy::Runnable,
            GoState::Waiting => Busy::Waiting,
            _ => Busy::None,
        }
    }
    fn as_str(self) -> &'static str {
        match self {
            Busy::Running => "running",
            Busy::Syscall => "syscall",
            Busy::Runnable => "runnable",
            Busy::Waiting => "waiting",
            Busy::None => "none",
        }
    }
}

/// Watches the goroutines that are in regions of some tasks.
struct Watch {
    /// Tasks whose regions count; empty: `members` are given and stay.
    tasks: SeededSet<u64>,
    /// Regions of them that are open in each goroutine.
    members: SeededMap<i64, u32>,
    states: SeededMap<i64, (Busy, Sym)>,
    /// How many members are in each state.
    now: BTreeMap<(Busy, Sym), u32>,
    clip: Clip,
    since: i64,
    sums: SeededMap<(Busy, Sym), i64>,
    time: i64,
}

impl Watch {
    fn settle(&mut self) {
        let nanos = self.clip.nanos(self.since, self.time);
        self.since = self.time;
        if nanos == 0 {
            return;
        }
        // Of the most active state the reason that most are in.
        let first = self.now.first_key_value().map(|(k, _)| k.0);
        let best = self
            .now
            .iter()
            .filter(|(k, _)| Some(k.0) == first)
            .max_by_key(|(k, n)| (**n, std::cmp::Reverse(k.1)));
        *self.sums.entry(best.map_or((Busy::None, Sym::EMPTY), |b| *b.0)).or_default() += nanos;
    }

    fn count(&mut self, g: i64, by: i32) {
        let Some(state) = self.states.get(&g).copied().filter(|s| s.0 != Busy::None) else { return };
        let n = self.now.entry(state).or_default();
        *n = n.saturating_add_signed(by);
        if *n == 0 {
            self.now.remove(&state);
        }
    }

    fn turn(&mut self, g: i64, to: Option<(Busy, Sym)>) {
        let member = self.members.contains_key(&g);
        if member {
            self.settle();
            self.count(g, -1);
        }
        match to {
            Some(state) => self.states.insert(g, state),
            None => self.states.remove(&g),
        };
        if member {
            self.count(g, 1);
        }
    }

    fn enter(&mut self, g: i64) {
        self.settle();
        let depth = self.members.entry(g).or_default();
        *depth += 1;
        if *depth == 1 {
            self.count(g, 1);
        }
    }

    fn leave(&mut self, g: i64) {
        let Some(depth) = self.members.get_mut(&g) else { return };
        *depth -= 1;
        if *depth == 0 {
            self.settle();
            self.count(g, -1);
            self.members.remove(&g);
        }
    }
}

impl Lives for Watch {
    fn event(&mut self, e: &Event, _stage: &mut Stage<'_>) {
        self.time = e.time;
        match e.kind {
            Kind::RegionBegin { task, .. } if self.tasks.contains(&task) => self.enter(e.g),
            Kind::RegionEnd { task, .. } if self.tasks.contains(&task) => self.leave(e.g),
            _ => {}
        }
    }
    fn keep_stack(
        &mut self,
        life: &Life,
        state: GoState,
        reason: Sym,
        _id: StackId,
        _s: &mut Stage<'_>,
    ) -> StackIx {
        self.turn(life.g, Some((Busy::of(state), reason)));
        StackIx::default()
    }
    fn gone(&mut self, life: &Life, end: i64, _alive: bool) {
        self.time = self.time.max(end);
        self.turn(life.g, None);
        if !self.tasks.is_empty() {
            self.members.remove(&life.g);
        }
    }
}

impl Follow for Watch {}

fn work(pass: &Pass<'_>, mut watch: Watch, begin: Option<Begin>) -> Result<Work> {
    let until = watch.clip.to;
    let symbols = pass.lives(&mut watch, begin, until)?;
    watch.time = until;
    watch.settle();
    let mut breakdown: Vec<(Busy, String, i64)> =
        watch.sums.iter().map(|((b, r), n)| (*b, symbols.text(*r).to_string(), *n)).collect();
    breakdown.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (a.0, &a.1).cmp(&(b.0, &b.1))));
    Ok(Work { breakdown })
}

impl Desk {
    /// Shapes: `TaskDetails`; `clip` is for where its time went. Errors: RANGE when there is no such task. Cost: a pass over
    /// its time, kept for a while.
    pub fn task(&self, id: u64, clip: Clip, call: &Call<'_>) -> Result<Value> {
        let fold = self.fold(Clip::ALL, call)?;
        let task = fold.tasks.task(id).ok_or_else(|| no_task(id))?;
        let mut ids = SeededSet::default();
        let tree = node(&fold, id, &mut ids);
        let (mut regions, mut older, mut region_count): (Vec<Region>, Vec<i64>, usize) = Default::default();
        for r in fold.regions.iter().filter(|r| ids.contains(&r.task)) {
            region_count += 1;
            older.extend(r.start.is_none().then_some(r.g));
            if regions.len() < LINES {
                regions.push(r);
            }
        }
        let mut watch = watch_of(&fold, &task, &ids, (region_count > 0).then_some(older));
        // Who enters a region runs: nothing is to be known of it from before, unless it is in one from the begin. N.B. a
        // window that begins later does not change that: what is open there began with the task.
        let begin = match watch.tasks.is_empty() || !watch.members.is_empty() {
            true => None,
            false => begin_at(&fold.begins, watch.clip.from),
        };
        watch.clip = common(watch.clip, clip);
        let asked = (id, clip.from, clip.to);
        let work =
            self.works.get(&asked, &self.turns, call, self.reading(move |pass| work(pass, watch, begin)))?;

        let of: Vec<Task> = {
            let mut ids: Vec<u64> = ids.iter().copied().collect();
            ids.sort_unstable();
            ids.into_iter().filter_map(|i| fold.tasks.task(i)).collect()
        };
        let (logs, log_count) = first_logs(&fold, &of);
        let mut goroutines: Vec<i64> = of.iter().flat_map(|t| fold.tasks.goroutines(t)).collect();
        goroutines.sort_unstable();
        goroutines.dedup();
        let text = |s: Sym| fold.symbols.text(s);
        let log = |(task, l): &(u64, LogLine)| json!({"atNanos": l.time, "goroutine": l.g, "task": task, "category": text(l.category), "message": l.message});
        let busy = |(b, reason, nanos): &(Busy, String, i64)| json!({"state": b.as_str(), "reason": reason, "nanos": nanos});
        Ok(json!({
            "tree": tree,
            "ancestors": ancestors(&fold, &task),
            "nodeCount": ids.len(),
            "regions": regions.iter().map(|r| fold.region_json(r)).collect::<Vec<_>>(),
            "regionCount": region_count,
            "logs": logs.iter().map(log).collect::<Vec<_>>(),
            "logCount": log_count,
            "goroutines": goroutines.iter().filter(|g| **g >= 0).map(|g| reference(&fold, *g)).collect::<Vec<_>>(),
            "breakdown": work.breakdown.iter().map(busy).collect::<Vec<_>>(),
        }))
    }
}

/// What two ranges have in common; an empty one where that is nothing.
fn common(a: Clip, b: Clip) -> Clip {
    let from = a.from.max(b.from);
    Clip { from, to: a.to.min(b.to).max(from) }
}

/// The first lines of some tasks by time, and how many there are.
fn first_logs(fold: &Fold, of: &[Task]) -> (Vec<(u64, LogLine)>, usize) {
    let (mut logs, mut count) = (Vec::new(), 0);
    let cut = |logs: &mut Vec<(u64, LogLine)>| {
        logs.sort_by_key(|(_, l)| l.time);
        logs.truncate(LINES);
    };
    for (id, line) in of.iter().flat_map(|t| fold.tasks.logs(t).map(|l| (t.id, l))) {
        count += 1;
        logs.push((id, line));
        if logs.len() >= 4 * LINES {
            cut(&mut logs);
        }
    }
    cut(&mut logs);
    (logs, count)
}

/// `older`: goroutines that are in a region of the tasks from before the trace, once for each; None: the tasks have none at all.
fn watch_of(fold: &Fold, task: &Task, ids: &SeededSet<u64>, older: Option<Vec<i64>>) -> Watch {
    let clip = Clip { from: task.start.unwrap_or(0), to: task.end.unwrap_or(fold.end_nanos) };
    let mut members: SeededMap<i64, u32> = SeededMap::default();
    let has_regions = older.is_some();
    if !has_regions {
        members.extend(fold.tasks.goroutines(task).into_iter().map(|g| (g, 1)));
    }
    for g in older.into_iter().flatten() {
        *members.entry(g).or_default() += 1;
    }
    Watch {
        tasks: if has_regions { ids.clone() } else { SeededSet::default() },
        members,
        states: SeededMap::default(),
        now: BTreeMap::new(),
        clip,
        since: 0,
        sums: SeededMap::default(),
        time: 0,
    }
}

/// A task with all below it. Cost: O(tasks below).
pub fn with_subtasks(fold: &Fold, id: u64) -> SeededSet<u64> {
    let (mut seen, mut next) = (SeededSet::default(), vec![id]);
    while let Some(id) = next.pop() {
        if seen.insert(id)
            && let Some(t) = fold.tasks.task(id)
        {
            next.extend(fold.tasks.children(&t));
        }
    }
    seen
}

/// Shapes: `TaskNode`. Children beyond `NODES` tasks are left out; a task that is its own ancestor is told once.
fn node(fold: &Fold, id: u64, seen: &mut SeededSet<u64>) -> Value {
    seen.insert(id);
    let Some(t) = fold.tasks.task(id) else { return Value::Null };
    let mut children = Vec::new();
    // A chain deeper than this is no program's but would end the stack.
    let deep = seen.len() > NODES;
    for child in fold.tasks.children(&t).filter(|_| !deep) {
        if seen.len() < NODES && !seen.contains(&child) {
            children.push(node(fold, child, seen));
        }
    }
    json!({
        "id": id,
        "name": fold.symbols.text(t.name),
        "parent": t.parent,
        "fromNanos": t.start.unwrap_or(0),
        "toNanos": t.end.unwrap_or(fold.end_nanos),
        "hasBegin": t.start.is_some(),
        "hasEnd": t.end.is_some(),
        "regionCount": t.regions,
        "children": children,
    })
}

fn ancestors(fold: &Fold, task: &Task) -> Vec<Value> {
    let mut out = Vec::new();
    let mut next = task.parent;
    while let Some(id) = next
        && id != 0
        && out.len() < NODES
        && let Some(t) = fold.tasks.task(id)
    {
        out.push(json!({"id": id, "name": fold.symbols.text(t.name)}));
        next = t.parent;
    }
    out
}
