//! `contract/tables.ts`.

use serde_json::Value;
use tracewell_analysis::desk::{Call, Passes, RowView, Sort, Table, TableAsk, Within};
use tracewell_source::{Code, Result, TraceError};

use super::Asked;
use super::input::{clip, flag, list, maybe_text, number, text};
use super::table_filter::RowFilter;

/// None: the method is not one of these.
pub fn ask(asked: &Asked, method: &str, input: &Value, call: &Call<'_>) -> Option<Result<Value>> {
    Some(match method {
        "openTable" => open(asked, input, call),
        "readRows" => read(asked, input),
        "findRow" => find(asked, input),
        "closeTable" => number(input, "tableId").map(|id| {
            asked.desk.close_table(id as u64);
            Value::Null
        }),
        _ => return None,
    })
}

pub fn is_short(method: &str) -> bool {
    matches!(method, "readRows" | "findRow" | "closeTable")
}

fn open(asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
    let table = match text(input, "table")? {
        "goroutines" => Table::Goroutines,
        "tasks" => Table::Tasks,
        "regions" => Table::Regions,
        other => return Err(TraceError::new(Code::Range, format!("There is no table {other}"))),
    };
    let column = |v: &Value| text(v, "column").map(String::from);
    let sort = list(input, "sort")
        .iter()
        .map(|s| Ok(Sort { column: column(s)?, descending: flag(s, "descending") }))
        .collect::<Result<_>>()?;
    let within = list(input, "within")
        .iter()
        .map(|w| {
            let edge = |name: &str, or: f64| w[name].as_f64().unwrap_or(or);
            Ok(Within {
                column: column(w)?,
                from: edge("from", f64::NEG_INFINITY),
                to: edge("to", f64::INFINITY),
            })
        })
        .collect::<Result<_>>()?;
    let found = RowFilter::new(table, text(input, "find")?)?;
    let filter = |row: &dyn RowView| found.as_ref().is_none_or(|f| f.passes(row));
    let ask = TableAsk {
        table,
        clip: clip(input)?,
        name: maybe_text(input, "name"),
        frame: maybe_text(input, "frame"),
        find: text(input, "find")?.into(),
        filter: found.as_ref().map(|_| &filter as &Passes<'_>),
        within,
        sort,
        bars: list(input, "bars").iter().filter_map(|b| b.as_str().map(String::from)).collect(),
    };
    asked.desk.open_table(&ask, call)
}

fn read(asked: &Asked, input: &Value) -> Result<Value> {
    let place = |name: &str| number(input, name).map(|n| usize::try_from(n).unwrap_or(0));
    asked.desk.read_rows(number(input, "tableId")? as u64, place("from")?, place("count")?)
}

fn find(asked: &Asked, input: &Value) -> Result<Value> {
    asked.desk.find_row(number(input, "tableId")? as u64, number(input, "id")?)
}
