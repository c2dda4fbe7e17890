//! `contract/rows.ts`.

use std::cell::RefCell;

use serde_json::{Value, json};
use tracewell_analysis::desk::Call;
use tracewell_search::record::See;
use tracewell_search::{Field, Matcher, Record, Text, parse};
use tracewell_slice::{CounterCell, RowFacts, RowKind, RowOrder, RowQuestion, Trace};
use tracewell_source::{Code, Result, TraceError};

use super::Asked;
use super::input::{flag, list, maybe_number, number, text, whole};

/// None: the method is not one of these.
pub fn ask(asked: &Asked, method: &str, input: &Value, call: &Call<'_>) -> Option<Result<Value>> {
    let trace = &asked.trace;
    Some(match method {
        "openRows" => ready(trace, call).and_then(|()| open(trace, input)),
        "readRowHeads" => heads(trace, input),
        "findInRows" => find(trace, input),
        "readRowsById" => ready(trace, call).and_then(|()| by_id(trace, input)),
        "closeRows" => rows_id(input).map(|id| {
            trace.close_rows(id);
            Value::Null
        }),
        "readFlows" => ready(trace, call).and_then(|()| flows(trace, input)),
        "readConnections" => ready(trace, call)
            .and_then(|()| trace.connections(number(input, "goroutine")?, number(input, "atNanos")?)),
        "readCauses" => ready(trace, call)
            .and_then(|()| trace.causes(number(input, "goroutine")?, number(input, "atNanos")?)),
        "readLatency" => ready(trace, call).and_then(|()| latency(trace, input)),
        "readLatencyAt" => ready(trace, call).and_then(|()| trace.latency_at(number(input, "atNanos")?)),
        "readArea" => ready(trace, call).and_then(|()| area(trace, input, call)),
        _ => return None,
    })
}

pub fn is_short(method: &str) -> bool {
    matches!(method, "readRowHeads" | "findInRows" | "closeRows")
}

/// Rows are there, made now where they were not.
pub fn ready(trace: &Trace, call: &Call<'_>) -> Result<()> {
    trace.make_rows(&mut |done, total| {
        (call.progress)(done as f64 / total.max(1) as f64);
        call.check().is_ok()
    })
}

fn latency(trace: &Trace, input: &Value) -> Result<Value> {
    let (level, tile) = (number(input, "level")?, number(input, "tile")?);
    let block =
        trace.latency(u32::try_from(level).unwrap_or(u32::MAX), u64::try_from(tile).unwrap_or(u64::MAX))?;
    let of = |f: fn(&CounterCell) -> f32| -> Vec<f32> { block.cells.iter().map(f).collect() };
    Ok(json!({
        "level": level,
        "tile": tile,
        "means": of(|c| c.mean),
        "maxima": of(|c| c.max),
        "complete": block.complete,
    }))
}

fn rows_id(input: &Value) -> Result<u32> {
    Ok(u32::try_from(number(input, "rowsId")?).unwrap_or(0))
}

fn kind(input: &Value) -> Result<RowKind> {
    let name = text(input, "by")?;
    RowKind::from_name(name)
        .ok_or_else(|| TraceError::new(Code::Range, format!("There are no rows by {name}")))
}

fn ids(input: &Value) -> Vec<i64> {
    list(input, "ids").iter().filter_map(whole).collect()
}

fn open(trace: &Trace, input: &Value) -> Result<Value> {
    let sort = text(input, "sort")?;
    let sort = RowOrder::from_name(sort)
        .ok_or_else(|| TraceError::new(Code::Range, format!("Rows are not sorted by {sort}")))?;
    let window = &input["window"];
    let window = match window.is_null() {
        true => None,
        false => Some((number(window, "fromNanos")?, number(window, "toNanos")?)),
    };
    let filter = text(input, "filter")?;
    let query = parse(filter)
        .map_err(|e| TraceError::new(Code::Range, format!("The filter cannot be read {}", e.line(filter))))?;
    let matcher = RefCell::new(Matcher::new(&query));
    let keep = |f: &RowFacts<'_>| matcher.borrow_mut().matches(&Row(f));
    trace.open_rows(&RowQuestion {
        by: kind(input)?,
        group_by_name: flag(input, "groupByName"),
        sort,
        descending: flag(input, "descending"),
        ids: (!input["ids"].is_null()).then(|| ids(input)),
        window,
        filter: if filter.trim().is_empty() { None } else { Some(&keep) },
    })
}

/// A row as the search language sees it.
struct Row<'f, 'b>(&'f RowFacts<'b>);

impl Row<'_, '_> {
    fn name(&self) -> Text<'_> {
        Text::Known(self.0.name_id, self.0.name)
    }
}

impl Record for Row<'_, '_> {
    fn number(&self, field: Field) -> Option<i64> {
        let f = self.0;
        let of_goroutines = |n: i64| (f.kind == RowKind::Goroutine).then_some(n);
        match field {
            Field::G | Field::Goroutine => of_goroutines(f.id),
            Field::M => (f.kind == RowKind::Thread).then_some(f.id),
            Field::Task => (f.kind == RowKind::Task).then_some(f.id),
            Field::Dur => Some(f.end - f.start),
            Field::T => Some(f.start),
            Field::Parent => f.parent,
            Field::Exec => of_goroutines(f.running),
            Field::Wait => of_goroutines(f.waiting),
            Field::Sched => of_goroutines(f.runnable),
            Field::Syscall => of_goroutines(f.syscall),
            _ => None,
        }
    }

    fn texts(&self, field: Field, see: &mut See<'_>) {
        let ours = match field {
            Field::Fn => self.0.kind == RowKind::Goroutine,
            Field::Task => self.0.kind == RowKind::Task,
            _ => false,
        };
        if ours {
            see(self.name());
        }
    }

    fn names(&self, see: &mut See<'_>) {
        see(self.name());
    }
}

fn heads(trace: &Trace, input: &Value) -> Result<Value> {
    let place = |name: &str| number(input, name).map(|n| usize::try_from(n).unwrap_or(0));
    trace.row_heads(rows_id(input)?, place("from")?, place("count")?)
}

fn find(trace: &Trace, input: &Value) -> Result<Value> {
    trace.find_row(rows_id(input)?, number(input, "id")?)
}

fn by_id(trace: &Trace, input: &Value) -> Result<Value> {
    trace.rows_by_id(kind(input)?, &ids(input))
}

fn flows(trace: &Trace, input: &Value) -> Result<Value> {
    let most = usize::try_from(number(input, "max")?).unwrap_or(0);
    trace.flows(
        number(input, "fromNanos")?,
        number(input, "toNanos")?,
        maybe_number(input, "goroutine"),
        most,
    )
}

fn area(trace: &Trace, input: &Value, call: &Call<'_>) -> Result<Value> {
    let tracks: Vec<u32> =
        list(input, "tracks").iter().filter_map(|t| u32::try_from(whole(t)?).ok()).collect();
    let go_on = || call.check().is_ok();
    trace.area(&tracks, number(input, "fromNanos")?, number(input, "toNanos")?, &go_on)
}
