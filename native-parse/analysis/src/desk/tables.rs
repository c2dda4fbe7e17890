//! Tables of goroutines, tasks and regions: sorted and filtered here, read in parts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};
use tracewell_source::{Code, Result, TraceError};

use crate::desk::fold::Fold;
use crate::desk::row_view::{Passes, View};
use crate::desk::share::lock;
use crate::desk::sums::{self, Measure};
use crate::desk::{Call, Desk, none};
use crate::packed::Row;
use crate::stats::Clip;
use crate::summary::{Region, Task, is_system};

/// Tables that may be open at a time: a page that forgets to close them must not fill memory.
const OPEN: usize = 64;
/// Rows of one answer at most.
const MOST_ROWS: usize = 500;
/// Rows between two looks whether anybody still waits.
const STEP: usize = 1 << 12;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Table {
    Goroutines,
    Tasks,
    Regions,
}

pub struct Sort {
    pub column: String,
    pub descending: bool,
}

/// Rows whose column lies within [from, to].
pub struct Within {
    pub column: String,
    pub from: f64,
    pub to: f64,
}

pub struct TableAsk<'f> {
    pub table: Table,
    pub clip: Clip,
    /// Only rows of this name, and of this frame.
    pub name: Option<String>,
    pub frame: Option<String>,
    pub find: String,
    /// A filter that is more than text. None: `find` is plain text.
    pub filter: Option<&'f Passes<'f>>,
    pub within: Vec<Within>,
    pub sort: Vec<Sort>,
    /// Columns whose greatest value is told, for bars in cells.
    pub bars: Vec<String>,
}

impl TableAsk<'_> {
    /// What decides which rows there are, whatever their order.
    fn key(&self) -> String {
        let within = self.within.iter().map(|w| format!("{:?}", (&w.column, w.from, w.to)));
        let within: Vec<String> = within.collect();
        format!("{:?}", (self.table, self.clip, &self.name, &self.frame, &self.find, within, &self.bars))
    }
}

pub(super) struct Open {
    pub(super) fold: Arc<Fold>,
    table: Table,
    /// Ids of tasks in order, which are known by number else.
    tasks: Vec<u64>,
    /// Places of the rows in the fold, in the table's order.
    order: Vec<u32>,
    /// What chose them: another order of the same rows does not look for them again.
    key: String,
    total: usize,
    maxima: Vec<(String, i64)>,
    used: u64,
}

/// Rows that pass, in the fold's order.
struct Chosen {
    rows: Vec<u32>,
    total: usize,
    maxima: Vec<(String, i64)>,
}

#[derive(Default)]
pub struct Tables {
    open: Mutex<(u64, HashMap<u64, Arc<Open>>)>,
}

/// A cell to sort or compare by: texts are compared as such.
#[derive(Clone, PartialEq, PartialOrd)]
enum Key {
    Number(i64),
    Text(String),
}

enum Column {
    Measure(Measure),
    Field(&'static str),
}

/// Columns beside the sums, by table.
const FIELDS: [(Table, &[&str]); 3] = [
    (Table::Goroutines, &["id", "name", "parent", "begin", "end", "duration", "regions"]),
    (
        Table::Tasks,
        &["id", "name", "parent", "begin", "end", "duration", "regions", "logs", "goroutines", "complete"],
    ),
    (Table::Regions, &["id", "name", "begin", "end", "duration", "goroutine", "task"]),
];

fn column(table: Table, text: &str) -> Result<Column> {
    let fields = FIELDS.iter().find(|f| f.0 == table).map_or(&[][..], |f| f.1);
    if let Some(f) = fields.iter().find(|f| **f == text) {
        return Ok(Column::Field(f));
    }
    match Measure::parse(text) {
        Some(m) if table != Table::Tasks => Ok(Column::Measure(m)),
        _ => Err(TraceError::new(Code::Range, format!("The table has no column {text}"))),
    }
}

/// One row of a table, as far as it is needed.
pub(super) enum RowOf<'f> {
    Goroutine(usize, Box<Row>),
    Task(u64, &'f Task),
    Region(usize, &'f Region),
}

impl Open {
    fn len(&self) -> usize {
        match self.table {
            Table::Goroutines => self.fold.rows.len(),
            Table::Tasks => self.tasks.len(),
            Table::Regions => self.fold.regions.len(),
        }
    }

    fn row(&self, i: usize) -> Option<RowOf<'_>> {
        Some(match self.table {
            Table::Goroutines => RowOf::Goroutine(i, Box::new(self.fold.row(i)?)),
            Table::Tasks => {
                let id = *self.tasks.get(i)?;
                RowOf::Task(id, self.fold.tasks.get(&id)?)
            }
            Table::Regions => RowOf::Region(i, self.fold.regions.get(i)?),
        })
    }

    pub(super) fn name(&self, row: &RowOf<'_>) -> &str {
        let name = match row {
            RowOf::Goroutine(_, r) => r.0.name,
            RowOf::Task(_, t) => t.name,
            RowOf::Region(_, r) => r.name,
        };
        self.fold.symbols.text(name)
    }

    fn key(&self, row: &RowOf<'_>, column: &Column) -> Key {
        let fold = &self.fold;
        Key::Number(match (row, column) {
            (_, Column::Field("name")) => return Key::Text(self.name(row).to_lowercase()),
            (RowOf::Goroutine(i, r), Column::Measure(m)) => {
                let collected = if m.needs_collector() { fold.collected(*i) } else { (0, 0) };
                m.of(&r.0.stats, collected, &fold.symbols)
            }
            (RowOf::Region(_, r), Column::Measure(m)) => {
                let collected = if m.needs_collector() { fold.collected_in(r) } else { (0, 0) };
                m.of(&r.stats, collected, &fold.symbols)
            }
            (RowOf::Goroutine(_, r), Column::Field(f)) => match *f {
                "id" => r.0.g,
                "parent" => r.0.creator,
                "begin" => r.0.creation,
                "end" => r.0.end.unwrap_or(i64::MAX),
                "duration" => r.0.end.unwrap_or(fold.end_nanos) - r.0.creation,
                _ => i64::from(r.1),
            },
            (RowOf::Task(id, t), Column::Field(f)) => match *f {
                "id" => *id as i64,
                "parent" => t.parent.map_or(-1, |p| p as i64),
                "begin" => t.start.unwrap_or(0),
                "end" => t.end.unwrap_or(i64::MAX),
                "duration" => t.end.unwrap_or(fold.end_nanos) - t.start.unwrap_or(0),
                "regions" => t.regions as i64,
                "logs" => t.logs.len() as i64,
                "goroutines" => t.goroutines.len() as i64,
                _ => i64::from(t.start.is_some() && t.end.is_some()),
            },
            (RowOf::Region(i, r), Column::Field(f)) => {
                let (from, to) = fold.span_of(r);
                match *f {
                    "id" => *i as i64,
                    "begin" => from,
                    "end" => to,
                    "duration" => to - from,
                    "goroutine" => r.g,
                    _ => r.task as i64,
                }
            }
            (RowOf::Task(..), Column::Measure(_)) => 0,
        })
    }

    /// Plain text, already in small letters, anywhere in the row's texts; a number is also an id.
    fn holds_text(&self, row: &RowOf<'_>, text: &str, id: Option<i64>) -> bool {
        let symbols = &self.fold.symbols;
        let has = |s: &str| s.to_lowercase().contains(text);
        match row {
            RowOf::Goroutine(_, r) => Some(r.0.g) == id || has(symbols.text(r.0.name)),
            RowOf::Task(n, t) => {
                Some(*n as i64) == id
                    || has(symbols.text(t.name))
                    || t.logs.iter().any(|l| has(symbols.text(l.category)) || has(&l.message))
            }
            RowOf::Region(_, r) => {
                Some(r.g) == id
                    || (id.is_some() && Some(r.task as i64) == id)
                    || has(symbols.text(r.name))
                    || has(symbols.text(r.frame.text))
                    || has(self.fold.name_of(r.g))
            }
        }
    }

    fn json(&self, row: &RowOf<'_>) -> Value {
        let (fold, symbols) = (&self.fold, &self.fold.symbols);
        match row {
            RowOf::Goroutine(i, r) => {
                let d = &r.0;
                let name = symbols.text(d.name);
                let mut v = json!({
                    "id": d.g, "name": name, "isSystem": is_system(name),
                    "parent": (d.creator >= 0).then_some(d.creator),
                    "beginNanos": d.creation, "isOlder": d.older, "firstRunNanos": d.first_run,
                    "endNanos": d.end, "regionCount": r.1,
                });
                sums::write(&mut v, &d.stats, fold.collected(*i), symbols);
                v
            }
            RowOf::Task(id, t) => {
                let begin = t.start.unwrap_or(0);
                json!({
                    "id": id, "name": symbols.text(t.name), "parent": t.parent, "beginNanos": begin,
                    "durationNanos": t.end.unwrap_or(fold.end_nanos) - begin,
                    "hasBegin": t.start.is_some(), "hasEnd": t.end.is_some(),
                    "isComplete": t.start.is_some() && t.end.is_some(),
                    "childCount": t.children.len(), "regionCount": t.regions, "logCount": t.logs.len(),
                    "goroutineCount": t.goroutines.len(),
                })
            }
            RowOf::Region(i, r) => {
                let (from, to) = fold.span_of(r);
                let mut v = fold.region_json(r);
                v["id"] = json!(i);
                v["goroutineName"] = json!(fold.name_of(r.g));
                v["durationNanos"] = json!(to - from);
                sums::write(&mut v, &r.stats, fold.collected_in(r), symbols);
                v
            }
        }
    }

    /// The rows that are asked for, in the fold's order, and how many there are without `find` and `within`.
    fn chosen(&self, ask: &TableAsk<'_>, call: &Call<'_>) -> Result<Chosen> {
        let bars = ask.bars.iter().map(|b| column(ask.table, b)).collect::<Result<Vec<_>>>()?;
        let mut maxima = vec![0; bars.len()];
        let within = ask
            .within
            .iter()
            .map(|w| Ok((column(ask.table, &w.column)?, w.from, w.to)))
            .collect::<Result<Vec<_>>>()?;
        let text = ask.find.trim().to_lowercase();
        let id = text.parse::<i64>().ok();
        let (mut kept, mut total) = (Vec::new(), 0);
        for i in 0..self.len() {
            if i.is_multiple_of(STEP) {
                call.check()?;
            }
            let Some(row) = self.row(i) else { continue };
            if ask.name.as_ref().is_some_and(|n| self.name(&row) != n) {
                continue;
            }
            if let (Some(f), RowOf::Region(_, r)) = (&ask.frame, &row)
                && self.fold.symbols.text(r.frame.text) != f
            {
                continue;
            }
            total += 1;
            let fits = |(c, from, to): &(Column, f64, f64)| match self.key(&row, c) {
                Key::Number(n) => *from <= n as f64 && n as f64 <= *to,
                Key::Text(_) => false,
            };
            let found = match ask.filter {
                Some(filter) => filter(&View { open: self, row: &row }),
                None => text.is_empty() || self.holds_text(&row, &text, id),
            };
            if found && within.iter().all(fits) {
                kept.push(i as u32);
                for (most, bar) in maxima.iter_mut().zip(&bars) {
                    if let Key::Number(n) = self.key(&row, bar) {
                        *most = n.max(*most);
                    }
                }
            }
        }
        Ok(Chosen { rows: kept, total, maxima: ask.bars.iter().cloned().zip(maxima).collect() })
    }

    fn sort(&self, rows: Vec<u32>, by: &[Sort], call: &Call<'_>) -> Result<Vec<u32>> {
        let mut rows = rows;
        // The first decides, so it is sorted by last; each sort is stable.
        for s in by.iter().rev() {
            let column = column(self.table, &s.column)?;
            let mut keyed: Vec<(Key, u32)> = Vec::with_capacity(rows.len());
            for (n, i) in rows.iter().enumerate() {
                if n.is_multiple_of(STEP) {
                    call.check()?;
                }
                if let Some(row) = self.row(*i as usize) {
                    keyed.push((self.key(&row, &column), *i));
                }
            }
            rows = sorted(keyed, s.descending);
        }
        Ok(rows)
    }
}

fn sorted(mut keyed: Vec<(Key, u32)>, descending: bool) -> Vec<u32> {
    let order = |a: &Key, b: &Key| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal);
    if descending {
        keyed.sort_by(|a, b| order(&b.0, &a.0));
    } else {
        keyed.sort_by(|a, b| order(&a.0, &b.0));
    }
    keyed.into_iter().map(|k| k.1).collect()
}

impl Desk {
    /// Shapes: `OpenedTable`. Errors: RANGE for a column that the table does not have. Cost: a pass, then O(rows log rows).
    pub fn open_table(&self, ask: &TableAsk<'_>, call: &Call<'_>) -> Result<Value> {
        let fold = self.fold(ask.clip, call)?;
        let tasks = match ask.table {
            Table::Tasks => fold.tasks.keys().copied().collect(),
            _ => Vec::new(),
        };
        let key = ask.key();
        let mut open = Open {
            fold,
            table: ask.table,
            tasks,
            order: Vec::new(),
            key,
            total: 0,
            maxima: Vec::new(),
            used: 0,
        };
        let chosen = match self.chosen_before(&open.key) {
            Some(chosen) => chosen,
            None => open.chosen(ask, call)?,
        };
        (open.total, open.maxima) = (chosen.total, chosen.maxima);
        let maxima: Map<String, Value> = open.maxima.iter().map(|(c, n)| (c.clone(), json!(n))).collect();
        let total = open.total;
        open.order = open.sort(chosen.rows, &ask.sort, call)?;
        open.order.shrink_to_fit();
        let count = open.order.len();
        let mut tables = lock(&self.tables.open);
        tables.0 += 1;
        let id = tables.0;
        open.used = id;
        if tables.1.len() >= OPEN
            && let Some(oldest) = tables.1.iter().min_by_key(|t| t.1.used).map(|t| *t.0)
        {
            tables.1.remove(&oldest);
        }
        tables.1.insert(id, Arc::new(open));
        Ok(json!({"tableId": id, "rowCount": count, "totalCount": total, "maxima": maxima}))
    }

    /// The rows of a table that is open and was asked for alike. Cost: O(rows log rows) of whole numbers.
    fn chosen_before(&self, key: &str) -> Option<Chosen> {
        let open = lock(&self.tables.open).1.values().find(|t| t.key == key).cloned()?;
        let mut rows = open.order.clone();
        rows.sort_unstable();
        Some(Chosen { rows, total: open.total, maxima: open.maxima.clone() })
    }

    fn table(&self, id: u64) -> Result<Arc<Open>> {
        lock(&self.tables.open)
            .1
            .get(&id)
            .cloned()
            .ok_or_else(|| none(format!("Table {id} is not open any more")))
    }

    /// Shapes: rows of the table's kind. Cost: O(count).
    pub fn read_rows(&self, id: u64, from: usize, count: usize) -> Result<Value> {
        let open = self.table(id)?;
        let rows = open.order.iter().skip(from).take(count.min(MOST_ROWS));
        Ok(rows.filter_map(|i| open.row(*i as usize)).map(|r| open.json(&r)).collect())
    }

    /// Place of a row by its id; null when it is not among those kept.
    pub fn find_row(&self, id: u64, row: i64) -> Result<Value> {
        let open = self.table(id)?;
        let place = match open.table {
            Table::Goroutines => open.fold.rows.find(row),
            Table::Tasks => open.tasks.iter().position(|t| *t as i64 == row),
            Table::Regions => usize::try_from(row).ok(),
        };
        let at = place.and_then(|p| open.order.iter().position(|i| *i as usize == p));
        Ok(json!(at))
    }

    pub fn close_table(&self, id: u64) {
        lock(&self.tables.open).1.remove(&id);
    }
}
