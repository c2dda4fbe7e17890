//! Rows of the tables as records of the search language: the row is what `readRows` answers.

use std::cell::RefCell;

use serde_json::Value;
use tracewell_analysis::desk::Table;
use tracewell_search::field::Field;
use tracewell_search::query::{Op, Pattern, Query, Test, Value as Operand};
use tracewell_search::record::{See, Text};
use tracewell_search::{Matcher, Record};
use tracewell_source::Result;

use super::search::parsed;

/// A query that is asked of rows.
pub struct RowFilter {
    table: Table,
    matcher: RefCell<Matcher>,
}

impl RowFilter {
    /// None: the text is empty, all rows pass. Errors: RANGE with the place of what is wrong.
    pub fn new(table: Table, find: &str) -> Result<Option<RowFilter>> {
        match parsed(find)? {
            Query::All => Ok(None),
            query => Ok(Some(RowFilter { table, matcher: RefCell::new(Matcher::new(&by_id(query, table))) })),
        }
    }

    pub fn passes(&self, row: &Value) -> bool {
        self.matcher.borrow_mut().matches(&Row { table: self.table, row })
    }
}

/// A bare number finds the row of that id beside names that hold it.
fn by_id(query: Query, table: Table) -> Query {
    let all = |of: Vec<Query>| of.into_iter().map(|q| by_id(q, table)).collect();
    match query {
        Query::And(of) => Query::And(all(of)),
        Query::Or(of) => Query::Or(all(of)),
        Query::Not(q) => Query::Not(Box::new(by_id(*q, table))),
        Query::Text(Pattern::Contains(text)) => {
            let digits = text.strip_prefix(['G', 'g']).unwrap_or(&text);
            let id = digits.parse().ok().filter(|_| digits.bytes().all(|b| b.is_ascii_digit()));
            let words = Query::Text(Pattern::Contains(text.clone()));
            let field = if table == Table::Tasks { Field::Task } else { Field::G };
            match id {
                Some(id) => Query::Or(vec![
                    words,
                    Query::Test(Test { field, op: Op::Equal, values: vec![Operand::Number(id)] }),
                ]),
                None => words,
            }
        }
        leaf => leaf,
    }
}

struct Row<'v> {
    table: Table,
    row: &'v Value,
}

impl Row<'_> {
    fn nanos(&self, name: &str) -> Option<i64> {
        let v = &self.row[name];
        v.as_i64().or_else(|| v.as_f64().map(|f| f as i64))
    }

    fn text(&self, name: &str) -> &str {
        self.row[name].as_str().unwrap_or_default()
    }

    fn blocks(&self) -> impl Iterator<Item = (&String, i64)> {
        let of = self.row["blockNanos"].as_object().into_iter().flatten();
        of.filter_map(|(k, v)| Some((k, v.as_i64().or_else(|| v.as_f64().map(|f| f as i64))?)))
    }
}

impl Record for Row<'_> {
    fn number(&self, field: Field) -> Option<i64> {
        let has_sums = self.table != Table::Tasks;
        match (field, self.table) {
            (Field::G | Field::Goroutine, Table::Goroutines) => self.nanos("id"),
            (Field::G | Field::Goroutine, Table::Regions) => self.nanos("goroutine"),
            (Field::Task, Table::Tasks) => self.nanos("id"),
            (Field::Task, Table::Regions) => self.nanos("task"),
            (Field::Parent, _) => self.nanos("parent"),
            (Field::Dur, Table::Goroutines) => self.nanos("totalNanos"),
            (Field::Dur, _) => self.nanos("durationNanos"),
            (Field::T, Table::Regions) => self.nanos("fromNanos"),
            (Field::T, _) => self.nanos("beginNanos"),
            (Field::Exec, _) => self.nanos("execNanos"),
            (Field::Sched, _) => self.nanos("schedWaitNanos"),
            (Field::Syscall, _) if has_sums => {
                Some(self.nanos("syscallNanos")? + self.nanos("syscallBlockNanos").unwrap_or(0))
            }
            (Field::Wait, _) if has_sums => Some(self.blocks().map(|(_, n)| n).sum()),
            _ => None,
        }
    }

    fn texts(&self, field: Field, see: &mut See<'_>) {
        match (field, self.table) {
            (Field::Fn, Table::Goroutines) => {
                see(Text::Once(self.text("name")));
            }
            (Field::Fn, Table::Regions) => {
                see(Text::Once(self.text("goroutineName")));
            }
            (Field::Task, Table::Tasks) | (Field::Region, Table::Regions) => {
                see(Text::Once(self.text("name")));
            }
            // What it waited for at all.
            (Field::Reason, _) => {
                for (reason, nanos) in self.blocks() {
                    if nanos > 0 && see(Text::Once(reason)) {
                        return;
                    }
                }
            }
            _ => {}
        }
    }

    fn names(&self, see: &mut See<'_>) {
        for name in ["name", "goroutineName", "frame"] {
            if see(Text::Once(self.text(name))) {
                return;
            }
        }
    }
}
