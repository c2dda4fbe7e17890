//! Tables of goroutines, tasks and regions: sorted and filtered here, read in parts.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Map, Value, json};
use tracewell_source::Result;

use crate::desk::cells::{Column, RowOf, column};
use crate::desk::fold::Fold;
use crate::desk::order::{Key, Order, sorted, sorted_by_number};
use crate::desk::row_view::{Passes, View};
use crate::desk::share::lock;
use crate::desk::{Call, Desk, none};
use crate::stats::Clip;

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
    pub(super) table: Table,
    /// Places of the rows in the fold, in the table's order.
    order: Order,
    /// What chose them: another order of the same rows does not look for them again.
    key: String,
    total: usize,
    maxima: Vec<(String, i64)>,
    used: u64,
}

/// Rows that pass.
pub(super) struct Chosen {
    pub(super) rows: Rows,
    pub(super) total: usize,
    pub(super) maxima: Vec<(String, i64)>,
}

pub(super) enum Rows {
    /// In the fold's order.
    Plain(Vec<u32>),
    /// With what they are sorted by, where that is one column of numbers: read with the rows, for reading them again costs as
    /// much.
    Keyed(Vec<(i64, u32)>),
}

#[derive(Default)]
pub struct Tables {
    open: Mutex<(u64, HashMap<u64, Arc<Open>>)>,
}

/// In the fold's order.
pub(super) fn places_of(keyed: Vec<(i64, u32)>) -> Vec<u32> {
    let mut rows: Vec<u32> = keyed.into_iter().map(|k| k.1).collect();
    rows.sort_unstable();
    rows
}

impl Open {
    fn len(&self) -> usize {
        match self.table {
            Table::Goroutines => self.fold.rows.len(),
            Table::Tasks => self.fold.tasks.len(),
            Table::Regions => self.fold.regions.len(),
        }
    }

    fn row(&self, i: usize) -> Option<RowOf> {
        Some(match self.table {
            Table::Goroutines => RowOf::Goroutine(i, Box::new(self.fold.row(i)?)),
            Table::Tasks => RowOf::Task(Box::new(self.fold.tasks.get(i)?)),
            Table::Regions => RowOf::Region(i, Box::new(self.fold.regions.get(i)?)),
        })
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
        let by = match &ask.sort[..] {
            [one] => Some(column(ask.table, &one.column)?).filter(Column::is_number),
            _ => None,
        };
        let (mut kept, mut keys, mut total) = (Vec::new(), Vec::new(), 0);
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
                keys.extend(by.as_ref().and_then(|by| self.number(&row, by)));
                for (most, bar) in maxima.iter_mut().zip(&bars) {
                    if let Key::Number(n) = self.key(&row, bar) {
                        *most = n.max(*most);
                    }
                }
            }
        }
        let rows = match by {
            Some(_) if keys.len() == kept.len() => Rows::Keyed(keys.into_iter().zip(kept).collect()),
            _ => Rows::Plain(kept),
        };
        Ok(Chosen { rows, total, maxima: ask.bars.iter().cloned().zip(maxima).collect() })
    }

    fn sort(&self, rows: Rows, by: &[Sort], call: &Call<'_>) -> Result<Order> {
        let mut rows = match (rows, by) {
            (Rows::Keyed(keyed), [s]) => return Ok(Order::by_number(keyed, s.descending)),
            (Rows::Keyed(keyed), _) => places_of(keyed),
            (Rows::Plain(rows), _) => rows,
        };
        // The first decides, so it is sorted by last; each sort is stable.
        for s in by.iter().rev() {
            let column = column(self.table, &s.column)?;
            rows = match column.is_number() {
                true => {
                    let keyed = self.keyed(&rows, |row| self.number(row, &column), call)?;
                    sorted_by_number(keyed, s.descending)
                }
                false => sorted(self.keyed(&rows, |row| Some(self.key(row, &column)), call)?, s.descending),
            };
        }
        Ok(Order::of(rows))
    }

    fn keyed<K>(
        &self,
        rows: &[u32],
        key: impl Fn(&RowOf) -> Option<K>,
        call: &Call<'_>,
    ) -> Result<Vec<(K, u32)>> {
        let mut keyed = Vec::with_capacity(rows.len());
        for (n, i) in rows.iter().enumerate() {
            if n.is_multiple_of(STEP) {
                call.check()?;
            }
            keyed.extend(self.row(*i as usize).and_then(|row| Some((key(&row)?, *i))));
        }
        Ok(keyed)
    }
}

impl Desk {
    /// Shapes: `OpenedTable`. Errors: RANGE for a column that the table does not have. Cost: a pass, then O(rows log rows).
    pub fn open_table(&self, ask: &TableAsk<'_>, call: &Call<'_>) -> Result<Value> {
        let fold = self.fold(ask.clip, call)?;
        let key = ask.key();
        let mut open = Open {
            fold,
            table: ask.table,
            order: Order::default(),
            key,
            total: 0,
            maxima: Vec::new(),
            used: 0,
        };
        let chosen = match self.chosen_before(&open.key) {
            Some(chosen) => chosen,
            None => match open.scanned(ask, call)? {
                Some(chosen) => chosen,
                None => open.chosen(ask, call)?,
            },
        };
        (open.total, open.maxima) = (chosen.total, chosen.maxima);
        let maxima: Map<String, Value> = open.maxima.iter().map(|(c, n)| (c.clone(), json!(n))).collect();
        let total = open.total;
        open.order = open.sort(chosen.rows, &ask.sort, call)?;
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
        let open = Arc::new(open);
        tables.1.insert(id, open.clone());
        drop(tables);
        if !open.order.is_whole() {
            // The first rows are there to be looked at. Where there is no thread, who asks for others sorts them.
            let sort = move || {
                open.order.all();
            };
            let _ = std::thread::Builder::new().name("sort".into()).spawn(sort);
        }
        Ok(json!({"tableId": id, "rowCount": count, "totalCount": total, "maxima": maxima}))
    }

    /// The rows of a table that is open and was asked for alike. Cost: O(rows log rows) of whole numbers.
    fn chosen_before(&self, key: &str) -> Option<Chosen> {
        let open = lock(&self.tables.open).1.values().find(|t| t.key == key).cloned()?;
        let mut rows = open.order.all().to_vec();
        rows.sort_unstable();
        Some(Chosen { rows: Rows::Plain(rows), total: open.total, maxima: open.maxima.clone() })
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
        let rows = open.order.some(from, count.min(MOST_ROWS)).iter();
        Ok(rows.filter_map(|i| open.row(*i as usize)).map(|r| open.json(&r)).collect())
    }

    /// Place of a row by its id; null when it is not among those kept.
    pub fn find_row(&self, id: u64, row: i64) -> Result<Value> {
        let open = self.table(id)?;
        let place = match open.table {
            Table::Goroutines => open.fold.rows.find(row),
            Table::Tasks => open.fold.tasks.find(row as u64),
            Table::Regions => usize::try_from(row).ok(),
        };
        let at = place.and_then(|p| open.order.all().iter().position(|i| *i as usize == p));
        Ok(json!(at))
    }

    pub fn close_table(&self, id: u64) {
        lock(&self.tables.open).1.remove(&id);
    }
}
