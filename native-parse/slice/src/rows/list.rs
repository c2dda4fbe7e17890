//! Lists of rows: chosen, sorted and grouped here, since there may be millions; heads are told for those in view.

use std::collections::HashMap;

use serde_json::{Value, json};
use tracewell_index::rows::Book;
use tracewell_source::{Code, Result, TraceError};

use super::track::{RowKind, RowTrack};
use crate::Trace;

/// What may be asked of one row, by a filter or for its head. Units: ns.
#[derive(Clone, Copy, Debug)]
pub struct RowFacts<'b> {
    pub kind: RowKind,
    pub id: i64,
    pub name: &'b str,
    /// Rows of one name have one number.
    pub name_id: u32,
    pub start: i64,
    pub end: i64,
    pub older: bool,
    pub alive: bool,
    /// Lanes of what nests in it.
    pub depth: u8,
    pub logs: bool,
    pub samples: bool,
    /// Who made it, or the task around it.
    pub parent: Option<i64>,
    pub running: i64,
    pub runnable: i64,
    pub waiting: i64,
    pub syscall: i64,
}

/// True: the row stays.
pub type RowFilter<'f> = &'f (dyn Fn(&RowFacts<'_>) -> bool + 'f);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RowOrder {
    Start,
    Duration,
    Running,
    Runnable,
    Waiting,
    Syscall,
    Id,
    Name,
}

impl RowOrder {
    pub fn from_name(name: &str) -> Option<RowOrder> {
        Some(match name {
            "start" => RowOrder::Start,
            "duration" => RowOrder::Duration,
            "running" => RowOrder::Running,
            "runnable" => RowOrder::Runnable,
            "waiting" => RowOrder::Waiting,
            "syscall" => RowOrder::Syscall,
            "id" => RowOrder::Id,
            "name" => RowOrder::Name,
            _ => return None,
        })
    }

    fn key(self, f: &RowFacts<'_>) -> i64 {
        match self {
            RowOrder::Start | RowOrder::Name => f.start,
            RowOrder::Duration => f.end - f.start,
            RowOrder::Running => f.running,
            RowOrder::Runnable => f.runnable,
            RowOrder::Waiting => f.waiting,
            RowOrder::Syscall => f.syscall,
            RowOrder::Id => f.id,
        }
    }
}

/// Which rows, in which order.
pub struct RowQuestion<'q> {
    pub by: RowKind,
    pub group_by_name: bool,
    pub sort: RowOrder,
    pub descending: bool,
    pub ids: Option<Vec<i64>>,
    /// Rows that live in it.
    pub window: Option<(i64, i64)>,
    pub filter: Option<RowFilter<'q>>,
}

pub(crate) struct RowList {
    kind: RowKind,
    places: Vec<u32>,
}

/// Rows of a group, and where they stand.
struct Group {
    name: String,
    from: usize,
    count: usize,
}

/// Rows of one kind.
fn count(book: &Book, kind: RowKind) -> u32 {
    match kind {
        RowKind::Goroutine => book.lives.len(),
        RowKind::Thread => book.threads.len() as u32,
        RowKind::Task => book.tasks.len() as u32,
        RowKind::Wakeup => 3,
    }
}

const WAKEUPS: [&str; 3] = ["Network", "Timers", "Syscalls"];

pub(crate) fn facts(book: &Book, kind: RowKind, place: u32) -> Option<RowFacts<'_>> {
    let none = RowFacts {
        kind,
        id: 0,
        name: "",
        name_id: 0,
        start: 0,
        end: 0,
        older: false,
        alive: false,
        depth: 0,
        logs: false,
        samples: false,
        parent: None,
        running: 0,
        runnable: 0,
        waiting: 0,
        syscall: 0,
    };
    Some(match kind {
        RowKind::Goroutine => {
            let l = book.lives.get(place)?;
            RowFacts {
                id: l.g,
                name: book.symbols.text(l.name),
                name_id: l.name.0,
                start: l.start,
                end: l.end,
                older: l.older,
                alive: l.alive,
                depth: l.depth,
                logs: l.logs,
                samples: l.samples,
                parent: l.parent.and_then(|p| book.lives.get(p)).map(|p| p.g),
                running: l.running,
                runnable: l.runnable,
                waiting: l.waiting(),
                syscall: l.syscall,
                ..none
            }
        }
        RowKind::Thread => {
            let t = book.threads.get(place as usize)?;
            // Of a run, what is no system call.
            let (running, syscall) = (t.running - t.syscall, t.syscall);
            RowFacts { id: t.m, start: t.first, end: t.last, depth: 1, running, syscall, ..none }
        }
        RowKind::Task => {
            let t = book.tasks.get(place as usize)?;
            RowFacts {
                id: t.id as i64,
                name: book.symbols.text(t.name),
                name_id: t.name.0,
                start: t.start,
                end: t.end,
                older: t.older,
                alive: t.alive,
                depth: t.depth,
                logs: t.logs,
                parent: (t.parent > 0).then_some(t.parent),
                ..none
            }
        }
        RowKind::Wakeup => {
            let name = WAKEUPS.get(place as usize)?;
            RowFacts { id: i64::from(place), name, name_id: place, end: book.end, ..none }
        }
    })
}

/// Places of ids; a goroutine id may have had several lives.
fn places_of(book: &Book, kind: RowKind, ids: &[i64]) -> Vec<u32> {
    let all = ids.iter().filter_map(|&id| match kind {
        RowKind::Goroutine => book.lives.find(id, i64::MAX),
        RowKind::Thread => book.thread(id),
        RowKind::Task => book.task(id as u64),
        RowKind::Wakeup => u32::try_from(id).ok().filter(|p| *p < 3),
    });
    all.collect()
}

fn head(book: &Book, kind: RowKind, place: u32) -> Option<Value> {
    let f = facts(book, kind, place)?;
    Some(json!({
        "track": RowTrack::new(kind, place, 0).id(),
        "id": f.id,
        "name": f.name,
        "startNanos": f.start,
        "endNanos": f.end,
        "beganBeforeTrace": f.older,
        "openAtEnd": f.alive,
        "nestedLanes": f.depth,
        "hasLogs": f.logs,
        "hasSamples": f.samples,
        "parentId": f.parent,
        "runningNanos": f.running,
        "runnableNanos": f.runnable,
        "waitingNanos": f.waiting,
        "syscallNanos": f.syscall,
    }))
}

/// The chosen rows in order, and their groups. Cost: O(rows log rows).
fn arrange(book: &Book, q: &RowQuestion<'_>) -> (Vec<u32>, Vec<Group>) {
    let candidates: Vec<u32> = match &q.ids {
        Some(ids) => places_of(book, q.by, ids),
        None => (0..count(book, q.by)).collect(),
    };
    let mut rows: Vec<(i64, u32)> = Vec::new();
    let mut names: HashMap<&str, u32> = HashMap::new();
    let mut of_row: Vec<u32> = Vec::new();
    let grouped = q.group_by_name || q.sort == RowOrder::Name;
    for place in candidates {
        let Some(f) = facts(book, q.by, place) else { continue };
        let lives = q.window.is_none_or(|(from, to)| f.start <= to && f.end >= from);
        if !lives || q.filter.is_some_and(|keep| !keep(&f)) {
            continue;
        }
        let key = q.sort.key(&f);
        rows.push((if q.descending && q.sort != RowOrder::Name { -key } else { key }, place));
        if grouped {
            let next = names.len() as u32;
            of_row.push(*names.entry(f.name).or_insert(next));
        }
    }
    if !grouped {
        rows.sort_unstable();
        return (rows.into_iter().map(|r| r.1).collect(), Vec::new());
    }
    let rank = rank_names(&names, &rows, &of_row, q);
    let mut keyed: Vec<(u32, i64, u32)> =
        rows.iter().zip(&of_row).map(|((key, place), n)| (rank[*n as usize], *key, *place)).collect();
    keyed.sort_unstable();
    let mut groups = Vec::new();
    if q.group_by_name {
        for (i, part) in keyed.chunk_by(|a, b| a.0 == b.0).enumerate() {
            let from = groups.last().map_or(0, |g: &Group| g.from + g.count);
            let first = part.first().and_then(|p| facts(book, q.by, p.2));
            let name = first.map_or_else(|| i.to_string(), |f| f.name.to_string());
            groups.push(Group { name, from, count: part.len() });
        }
    }
    (keyed.into_iter().map(|k| k.2).collect(), groups)
}

/// The order of names: by themselves where that is asked for, else by the sum, or the first, of their rows' keys.
fn rank_names(
    names: &HashMap<&str, u32>,
    rows: &[(i64, u32)],
    of_row: &[u32],
    q: &RowQuestion<'_>,
) -> Vec<u32> {
    let mut sums = vec![(0i128, i64::MAX); names.len()];
    for ((key, _), n) in rows.iter().zip(of_row) {
        let sum = &mut sums[*n as usize];
        sum.0 += i128::from(*key);
        sum.1 = sum.1.min(*key);
    }
    let mut order: Vec<(&str, u32)> = names.iter().map(|(name, n)| (*name, *n)).collect();
    order.sort_unstable();
    match q.sort {
        RowOrder::Name if q.descending => order.reverse(),
        RowOrder::Name => {}
        // Sums of ids and of begins say nothing.
        RowOrder::Id | RowOrder::Start => order.sort_by_key(|(_, n)| sums[*n as usize].1),
        _ => order.sort_by_key(|(_, n)| sums[*n as usize].0),
    }
    let mut rank = vec![0; names.len()];
    for (place, (_, n)) in order.iter().enumerate() {
        rank[*n as usize] = place as u32;
    }
    rank
}

impl Trace {
    /// Makes a list. Shapes: `RowList` of the contract. Cost: O(rows log rows); the book is made where it is not there.
    pub fn open_rows(&self, q: &RowQuestion<'_>) -> Result<Value> {
        let book = self.inner.book()?;
        let (places, groups) = arrange(&book, q);
        let shown = places.len();
        let list = RowList { kind: q.by, places };
        let id = self.inner.rows.lists.lock().unwrap_or_else(std::sync::PoisonError::into_inner).add(list);
        let groups: Vec<Value> =
            groups.iter().map(|g| json!({"name": g.name, "from": g.from, "count": g.count})).collect();
        Ok(json!({
            "rowsId": id,
            "by": q.by.as_str(),
            "count": shown,
            "totalCount": count(&book, q.by),
            "groups": groups,
        }))
    }

    fn list(&self, id: u32) -> Result<std::sync::Arc<RowList>> {
        let lists = self.inner.rows.lists.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let list = lists.open.get(&id).cloned();
        list.ok_or_else(|| TraceError::new(Code::Range, "This list of rows was closed; make it anew"))
    }

    /// Shapes: {heads: `RowHead`[]}. Errors: RANGE. Cost: O(count).
    pub fn row_heads(&self, id: u32, from: usize, most: usize) -> Result<Value> {
        let (book, list) = (self.inner.book()?, self.list(id)?);
        let places = list.places.iter().skip(from).take(most);
        let heads: Vec<Value> = places.filter_map(|p| head(&book, list.kind, *p)).collect();
        Ok(json!({ "heads": heads }))
    }

    /// Shapes: {index: number | null}. Errors: RANGE. Cost: O(rows).
    pub fn find_row(&self, id: u32, row: i64) -> Result<Value> {
        let (book, list) = (self.inner.book()?, self.list(id)?);
        let is_it = |p: &u32| facts(&book, list.kind, *p).is_some_and(|f| f.id == row);
        Ok(json!({ "index": list.places.iter().position(is_it) }))
    }

    /// Shapes: {heads: `RowHead`[]}, in the order asked for. Cost: O(ids).
    pub fn rows_by_id(&self, kind: RowKind, ids: &[i64]) -> Result<Value> {
        let book = self.inner.book()?;
        let heads: Vec<Value> =
            places_of(&book, kind, ids).iter().filter_map(|p| head(&book, kind, *p)).collect();
        Ok(json!({ "heads": heads }))
    }

    pub fn close_rows(&self, id: u32) {
        self.inner.rows.lists.lock().unwrap_or_else(std::sync::PoisonError::into_inner).open.remove(&id);
    }
}
