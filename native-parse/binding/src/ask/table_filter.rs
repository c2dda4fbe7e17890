//! Rows of the tables as records of the search language.

use std::cell::RefCell;

use tracewell_analysis::desk::{RowView, Table};
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

    pub fn passes(&self, row: &dyn RowView) -> bool {
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
    row: &'v dyn RowView,
}

impl Record for Row<'_> {
    fn number(&self, field: Field) -> Option<i64> {
        let has_sums = self.table != Table::Tasks;
        match (field, self.table) {
            (Field::G | Field::Goroutine, Table::Goroutines) => self.row.number("id"),
            (Field::G | Field::Goroutine, Table::Regions) => self.row.number("goroutine"),
            (Field::Task, Table::Tasks) => self.row.number("id"),
            (Field::Task, Table::Regions) => self.row.number("task"),
            (Field::Parent, _) => self.row.number("parent"),
            (Field::Dur, Table::Goroutines) => self.row.number("totalNanos"),
            (Field::Dur, _) => self.row.number("durationNanos"),
            (Field::T, Table::Regions) => self.row.number("fromNanos"),
            (Field::T, _) => self.row.number("beginNanos"),
            (Field::Exec, _) => self.row.number("execNanos"),
            (Field::Sched, _) => self.row.number("schedWaitNanos"),
            (Field::Syscall, _) if has_sums => {
                Some(self.row.number("syscallNanos")? + self.row.number("syscallBlockNanos").unwrap_or(0))
            }
            (Field::Wait, _) if has_sums => {
                let mut all = 0;
                self.row.waits(&mut |_, nanos| {
                    all += nanos;
                    false
                });
                Some(all)
            }
            _ => None,
        }
    }

    fn texts(&self, field: Field, see: &mut See<'_>) {
        match (field, self.table) {
            (Field::Fn, Table::Goroutines) => {
                see(Text::Once(self.row.text("name")));
            }
            (Field::Fn, Table::Regions) => {
                see(Text::Once(self.row.text("goroutineName")));
            }
            (Field::Task, Table::Tasks) | (Field::Region, Table::Regions) => {
                see(Text::Once(self.row.text("name")));
            }
            // What it waited for at all.
            (Field::Reason, _) => self.row.waits(&mut |reason, nanos| nanos > 0 && see(Text::Once(reason))),
            _ => {}
        }
    }

    fn names(&self, see: &mut See<'_>) {
        for name in ["name", "goroutineName", "frame"] {
            if see(Text::Once(self.row.text(name))) {
                return;
            }
        }
    }
}
