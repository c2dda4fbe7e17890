//! Lists of rows: chosen, sorted and grouped here, since there may be millions; heads are told for those in view.

use serde_json::{Value, json};
use tracewell_index::rows::{Book, LifeReader};
use tracewell_source::{Code, Result, TraceError};

use super::arrange::{Arranged, arrange};
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

    pub(super) fn key(self, f: &RowFacts<'_>) -> i64 {
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

/// What a row takes in a file while a list is made.
const ROW_BYTES: u64 = 20;

pub(crate) struct RowList {
    kind: RowKind,
    rows: Arranged,
}

/// Rows of one kind.
pub(super) fn count(book: &Book, kind: RowKind) -> u32 {
    match kind {
        RowKind::Goroutine => book.lives.len(),
        RowKind::Thread => book.threads.len() as u32,
        RowKind::Task => book.tasks.len() as u32,
        RowKind::Wakeup => 3,
    }
}

const WAKEUPS: [&str; 3] = ["Network", "Timers", "Syscalls"];

/// Reads facts of rows, best by places that rise.
pub(super) struct Facts<'b> {
    book: &'b Book,
    kind: RowKind,
    lives: LifeReader<'b>,
    /// Who made them: mostly the same for many.
    parents: Option<LifeReader<'b>>,
}

impl<'b> Facts<'b> {
    pub fn new(book: &'b Book, kind: RowKind, with_parents: bool) -> Facts<'b> {
        let parents = with_parents.then(|| book.lives.reader());
        Facts { book, kind, lives: book.lives.reader(), parents }
    }

    pub fn get(&mut self, place: u32) -> Option<RowFacts<'b>> {
        let (book, kind) = (self.book, self.kind);
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
                let l = self.lives.get(place)?;
                let parents = self.parents.as_mut().zip(l.parent);
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
                    parent: parents.and_then(|(of, p)| of.get(p)).map(|p| p.g),
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
}

/// Places of ids; a goroutine id may have had several lives.
pub(super) fn places_of(book: &Book, kind: RowKind, ids: &[i64]) -> Vec<u32> {
    let all = ids.iter().filter_map(|&id| match kind {
        RowKind::Goroutine => book.lives.find(id, i64::MAX),
        RowKind::Thread => book.thread(id),
        RowKind::Task => book.task(id as u64),
        RowKind::Wakeup => u32::try_from(id).ok().filter(|p| *p < 3),
    });
    all.collect()
}

/// Heads of rows, in the order asked for.
fn heads(book: &Book, kind: RowKind, places: impl Iterator<Item = u32>) -> Value {
    let mut facts = Facts::new(book, kind, true);
    let all: Vec<Value> = places.filter_map(|p| Some(head(kind, p, &facts.get(p)?))).collect();
    json!({ "heads": all })
}

fn head(kind: RowKind, place: u32, f: &RowFacts<'_>) -> Value {
    json!({
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
    })
}

impl Trace {
    /// Makes a list. Shapes: `RowList` of the contract. Cost: O(rows log rows), in memory some MB however many there are; the
    /// book is made where it is not there.
    pub fn open_rows(&self, q: &RowQuestion<'_>) -> Result<Value> {
        let book = self.inner.book()?;
        let room = u64::from(count(&book, q.by)) * ROW_BYTES;
        let folder = self.inner.cache.as_ref().and_then(|c| c.scratch(room));
        let (rows, groups) = arrange(&book, q, folder);
        let shown = rows.len();
        let list = RowList { kind: q.by, rows };
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
        Ok(heads(&book, list.kind, list.rows.iter_from(from).take(most)))
    }

    /// Shapes: {index: number | null}. Errors: RANGE. Cost: O(rows).
    pub fn find_row(&self, id: u32, row: i64) -> Result<Value> {
        let (book, list) = (self.inner.book()?, self.list(id)?);
        let of_row: Vec<u32> = match list.kind {
            RowKind::Goroutine => book.lives.all_of(row).collect(),
            kind => places_of(&book, kind, &[row]),
        };
        Ok(json!({ "index": list.rows.iter_from(0).position(|p| of_row.contains(&p)) }))
    }

    /// Shapes: {heads: `RowHead`[]}, in the order asked for. Cost: O(ids).
    pub fn rows_by_id(&self, kind: RowKind, ids: &[i64]) -> Result<Value> {
        let book = self.inner.book()?;
        Ok(heads(&book, kind, places_of(&book, kind, ids).into_iter()))
    }

    pub fn close_rows(&self, id: u32) {
        self.inner.rows.lists.lock().unwrap_or_else(std::sync::PoisonError::into_inner).open.remove(&id);
    }
}
