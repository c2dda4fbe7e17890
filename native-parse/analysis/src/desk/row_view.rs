//! A row of a table as a filter reads it: field by field, without the answer that `readRows` would make of it. Of four
//! million goroutines that is most of what a filter costs.

use super::cells::RowOf;
use super::tables::Open;

/// Fields by their names in `GoroutineRow`, `TaskRow` and `RegionRow` of the contract.
pub trait RowView {
    /// Ids, and times in ns; None: the row has no such field, or nothing in it.
    fn number(&self, field: &str) -> Option<i64>;
    /// Empty: the row has no such text.
    fn text(&self, field: &str) -> &str;
    /// Shows each reason that it waited for, with the time in ns; true ends the showing.
    fn waits(&self, see: &mut dyn FnMut(&str, i64) -> bool);
}

/// Whether a row passes.
pub type Passes<'f> = dyn Fn(&dyn RowView) -> bool + 'f;

pub(super) struct View<'o> {
    pub open: &'o Open,
    pub row: &'o RowOf,
}

impl RowView for View<'_> {
    fn number(&self, field: &str) -> Option<i64> {
        let fold = &self.open.fold;
        let stats = match self.row {
            RowOf::Goroutine(_, r) => {
                let d = &r.0;
                match field {
                    "id" => return Some(d.g),
                    "parent" => return Some(d.creator).filter(|p| *p >= 0),
                    "beginNanos" => return Some(d.creation),
                    _ => &d.stats,
                }
            }
            RowOf::Task(t) => {
                let begin = t.start.unwrap_or(0);
                return match field {
                    "id" => Some(t.id as i64),
                    "parent" => t.parent.map(|p| p as i64),
                    "beginNanos" => Some(begin),
                    "durationNanos" => Some(t.end.unwrap_or(fold.end_nanos) - begin),
                    _ => None,
                };
            }
            RowOf::Region(i, r) => {
                let (from, to) = fold.span_of(r);
                match field {
                    "id" => return Some(*i as i64),
                    "goroutine" => return Some(r.g),
                    "task" => return Some(r.task as i64),
                    "fromNanos" => return Some(from),
                    "durationNanos" => return Some(to - from),
                    _ => &r.stats,
                }
            }
        };
        match field {
            "totalNanos" => Some(stats.total),
            "execNanos" => Some(stats.exec),
            "schedWaitNanos" => Some(stats.sched_wait),
            "syscallNanos" => Some(stats.syscall),
            "syscallBlockNanos" => Some(stats.syscall_block),
            _ => None,
        }
    }

    fn text(&self, field: &str) -> &str {
        let fold = &self.open.fold;
        match (self.row, field) {
            (row, "name") => self.open.name(row),
            (RowOf::Region(_, r), "frame") => fold.symbols.text(r.frame.text),
            (RowOf::Region(_, r), "goroutineName") => fold.name_of(r.g),
            _ => "",
        }
    }

    fn waits(&self, see: &mut dyn FnMut(&str, i64) -> bool) {
        let block = match self.row {
            RowOf::Goroutine(_, r) => &r.0.stats.block,
            RowOf::Region(_, r) => &r.stats.block,
            RowOf::Task(..) => return,
        };
        let symbols = &self.open.fold.symbols;
        let _ = block.iter().filter(|b| b.1 != 0).any(|b| see(symbols.text(b.0), b.1));
    }
}
