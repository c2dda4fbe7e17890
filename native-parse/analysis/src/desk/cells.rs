//! The cells of a table: its columns, and what a row has in each.

use serde_json::{Value, json};
use tracewell_source::{Code, Result, TraceError};

use crate::books::Done;
use crate::desk::fold::Fold;
use crate::desk::order::Key;
use crate::desk::sums::{self, Measure};
use crate::desk::tables::{Open, Table};
use crate::packed::Row;
use crate::region_rows::Region;
use crate::summary::is_system;
use crate::task_book::Task;

pub(super) enum Column {
    Measure(Measure),
    Field(&'static str),
}

impl Column {
    pub(super) fn is_number(&self) -> bool {
        !matches!(self, Column::Field("name"))
    }
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

pub(super) fn column(table: Table, text: &str) -> Result<Column> {
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
pub(super) enum RowOf {
    Goroutine(usize, Box<Row>),
    Task(Box<Task>),
    Region(usize, Box<Region>),
}

/// What a goroutine has in a column that is no text; `collected`: what the collector took of its lives.
pub(super) fn goroutine_number(
    fold: &Fold,
    d: &Done,
    regions: u32,
    column: &Column,
    collected: impl Fn() -> (i64, i64),
) -> i64 {
    match column {
        Column::Measure(m) => {
            let collected = if m.needs_collector() { collected() } else { (0, 0) };
            m.of(&d.stats, collected, &fold.symbols)
        }
        Column::Field(f) => match *f {
            "id" => d.g,
            "parent" => d.creator,
            "begin" => d.creation,
            "end" => d.end.unwrap_or(i64::MAX),
            "duration" => d.end.unwrap_or(fold.end_nanos) - d.creation,
            _ => i64::from(regions),
        },
    }
}

impl Open {
    pub(super) fn name(&self, row: &RowOf) -> &str {
        let name = match row {
            RowOf::Goroutine(_, r) => r.0.name,
            RowOf::Task(t) => t.name,
            RowOf::Region(_, r) => r.name,
        };
        self.fold.symbols.text(name)
    }

    pub(super) fn key(&self, row: &RowOf, column: &Column) -> Key {
        let fold = &self.fold;
        Key::Number(match (row, column) {
            (_, Column::Field("name")) => return Key::Text(self.name(row).to_lowercase()),
            (RowOf::Goroutine(i, r), _) => goroutine_number(fold, &r.0, r.1, column, || fold.collected(*i)),
            (RowOf::Region(_, r), Column::Measure(m)) => {
                let collected = if m.needs_collector() { fold.collected_in(r) } else { (0, 0) };
                m.of(&r.stats, collected, &fold.symbols)
            }
            (RowOf::Task(t), Column::Field(f)) => match *f {
                "id" => t.id as i64,
                "parent" => t.parent.map_or(-1, |p| p as i64),
                "begin" => t.start.unwrap_or(0),
                "end" => t.end.unwrap_or(i64::MAX),
                "duration" => t.end.unwrap_or(fold.end_nanos) - t.start.unwrap_or(0),
                "regions" => t.regions as i64,
                "logs" => t.logs as i64,
                "goroutines" => t.goroutines as i64,
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
    pub(super) fn holds_text(&self, row: &RowOf, text: &str, id: Option<i64>) -> bool {
        let symbols = &self.fold.symbols;
        let has = |s: &str| s.to_lowercase().contains(text);
        match row {
            RowOf::Goroutine(_, r) => Some(r.0.g) == id || has(symbols.text(r.0.name)),
            RowOf::Task(t) => {
                let mut logs = self.fold.tasks.logs(t);
                Some(t.id as i64) == id
                    || has(symbols.text(t.name))
                    || logs.any(|l| has(symbols.text(l.category)) || has(&l.message))
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

    pub(super) fn json(&self, row: &RowOf) -> Value {
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
            RowOf::Task(t) => {
                let begin = t.start.unwrap_or(0);
                json!({
                    "id": t.id, "name": symbols.text(t.name), "parent": t.parent, "beginNanos": begin,
                    "durationNanos": t.end.unwrap_or(fold.end_nanos) - begin,
                    "hasBegin": t.start.is_some(), "hasEnd": t.end.is_some(),
                    "isComplete": t.start.is_some() && t.end.is_some(),
                    "childCount": t.children, "regionCount": t.regions, "logCount": t.logs,
                    "goroutineCount": t.goroutines,
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

    pub(super) fn number(&self, row: &RowOf, column: &Column) -> Option<i64> {
        match self.key(row, column) {
            Key::Number(n) => Some(n),
            Key::Text(_) => None,
        }
    }
}
