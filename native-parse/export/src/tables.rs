//! Tables of the analyses as CSV: the rows of the command line's verbs, so figures cannot differ.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::Value;
use tracewell_analysis::answer::Answer;
use tracewell_analysis::profile_scope::Ask;
use tracewell_analysis::profiles::{self, Profile};
use tracewell_analysis::run::Outcome;
use tracewell_analysis::stats::Clip;
use tracewell_analysis::{gc, goroutines, regions, tasks};
use tracewell_source::Result;

use crate::csv;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Table {
    Goroutines,
    Groups,
    Tasks,
    TaskTypes,
    Regions,
    RegionTypes,
    /// Cycles of the collector.
    Gc,
    Stw,
    Profile(Profile),
}

/// A column: its head, and the key of the row that it shows.
type Column = (&'static str, &'static str);

const SUMS: [Column; 6] = [
    ("total_ns", "total"),
    ("exec_ns", "exec"),
    ("sched_wait_ns", "sched_wait"),
    ("syscall_ns", "syscall"),
    ("syscall_block_ns", "syscall_block"),
    ("unknown_ns", "unknown"),
];

/// Keys of a row that hold sums by name: a column for each name that occurs.
const BY_NAME: [(&str, &str); 2] = [("block", "block"), ("range", "range")];

fn columns(table: Table) -> Vec<Column> {
    let same = |keys: &[&'static str]| keys.iter().map(|k| (*k, *k)).collect::<Vec<Column>>();
    let mut of = match table {
        Table::Goroutines => {
            let mut c = same(&["id", "name"]);
            c.extend([("creation_ns", "creation"), ("start_ns", "start"), ("end_ns", "end")]);
            c.push(("regions", "regions"));
            c
        }
        Table::Groups => same(&["name", "n", "system"]),
        Table::Tasks => {
            let mut c = same(&["id", "name", "parent"]);
            c.extend([("start_ns", "start"), ("duration_ns", "duration")]);
            c.extend(same(&[
                "complete",
                "has_start",
                "has_end",
                "children",
                "goroutines",
                "regions",
                "logs",
            ]));
            c
        }
        Table::TaskTypes => same(&["name", "n", "complete"]),
        Table::Regions => {
            let mut c = same(&["g", "task", "name", "frame"]);
            c.extend([("start_ns", "start"), ("duration_ns", "duration")]);
            c.extend(same(&["has_start", "has_end"]));
            c
        }
        Table::RegionTypes => same(&["name", "frame", "n", "sum_ns"]),
        Table::Gc => {
            let mut c: Vec<Column> = vec![("start_ns", "start"), ("end_ns", "end")];
            c.extend(same(&["before_trace", "at_end", "stw_ns", "assist_ns"]));
            c
        }
        Table::Stw => vec![("start_ns", "start"), ("end_ns", "end"), ("reason", "reason"), ("g", "g")],
        Table::Profile(_) => {
            vec![("count", "count"), ("delay_ns", "delay"), ("still", "still"), ("stack", "stack")]
        }
    };
    if has_sums(table) {
        of.extend(SUMS.iter().filter(|(_, key)| *key != "unknown" || table != Table::Groups));
    }
    of
}

fn has_sums(table: Table) -> bool {
    matches!(table, Table::Goroutines | Table::Groups | Table::Regions)
}

/// Writes a table of the range. Errors: those of the trace; Ok(Err): of `out`. Cost: that of its verb, twice where
/// columns depend on what occurs.
pub fn write(
    bytes: &[u8],
    start: u64,
    table: Table,
    clip: Clip,
    out: &mut impl Write,
) -> Result<io::Result<Outcome>> {
    let mut names: [BTreeSet<String>; 2] = Default::default();
    if has_sums(table) {
        each_row(bytes, start, table, clip, &mut |row| {
            for (i, (key, _)) in BY_NAME.iter().enumerate() {
                for name in row[key].as_object().into_iter().flat_map(|o| o.keys()) {
                    if !names[i].contains(name) {
                        names[i].insert(name.clone());
                    }
                }
            }
            Ok(())
        })?;
    }
    let columns = columns(table);
    let mut line = String::new();
    for (i, (head, _)) in columns.iter().enumerate() {
        line.push_str(if i > 0 { "," } else { "" });
        line.push_str(head);
    }
    for (i, (_, head)) in BY_NAME.iter().enumerate() {
        for name in &names[i] {
            line.push(',');
            let name = if name.is_empty() { "(no reason)" } else { name };
            csv::text(&mut line, &format!("{head} {name} ns"));
        }
    }
    line.push('\n');
    if let Err(e) = out.write_all(line.as_bytes()) {
        return Ok(Err(e));
    }
    let mut failed = None;
    let outcome = each_row(bytes, start, table, clip, &mut |row| {
        line.clear();
        for (i, (_, key)) in columns.iter().enumerate() {
            line.push_str(if i > 0 { "," } else { "" });
            cell(&mut line, &row[*key]);
        }
        for (i, (key, _)) in BY_NAME.iter().enumerate() {
            for name in &names[i] {
                line.push(',');
                line.push_str(&row[*key][name].as_i64().unwrap_or(0).to_string());
            }
        }
        line.push('\n');
        out.write_all(line.as_bytes()).map_err(|e| failed = Some(e))
    })?;
    Ok(failed.map_or(Ok(outcome), Err))
}

fn cell(line: &mut String, value: &Value) {
    match value {
        Value::Null => {}
        Value::String(t) => csv::text(line, t),
        // Lists of ids and of logs: how many.
        Value::Array(list) => csv::number(line, Some(list.len())),
        other => line.push_str(&other.to_string()),
    }
}

type See<'s> = dyn FnMut(&Value) -> std::result::Result<(), ()> + 's;

fn each_row(bytes: &[u8], start: u64, table: Table, clip: Clip, see: &mut See<'_>) -> Result<Outcome> {
    let mut all = |rows: &mut dyn Iterator<Item = Value>| {
        for row in rows {
            if see(&row).is_err() {
                return;
            }
        }
    };
    let (answer, name, outcome) = match table {
        Table::Goroutines | Table::Groups => {
            let (list, outcome) = goroutines::read(bytes, start, false, clip)?;
            match table {
                Table::Goroutines => all(&mut list.lines()),
                _ => all(&mut list.groups().as_array().into_iter().flatten().cloned()),
            }
            return Ok(outcome);
        }
        Table::Tasks => named(tasks::read(bytes, start, false, clip)?, "tasks"),
        Table::TaskTypes => named(tasks::read(bytes, start, false, clip)?, "task_types"),
        Table::Regions => named(regions::read(bytes, start, false, clip)?, "regions"),
        Table::RegionTypes => named(regions::read(bytes, start, false, clip)?, "region_types"),
        Table::Gc => named(gc::read(bytes, start, clip)?, "cycles"),
        Table::Stw => named(gc::read(bytes, start, clip)?, "stw"),
        Table::Profile(profile) => {
            let (read, outcome) = profiles::read(bytes, start, profile, &Ask::default(), clip)?;
            let json = read.json();
            for (stacks, still) in [(&json["stacks"], false), (&json["still"]["stacks"], true)] {
                let rows = stacks.as_array().into_iter().flatten().cloned().map(|mut row| {
                    let frames = row["stack"].as_array().into_iter().flatten().filter_map(Value::as_str);
                    row["stack"] = frames.collect::<Vec<_>>().join(";").into();
                    row["still"] = still.into();
                    row
                });
                all(&mut { rows });
            }
            return Ok(outcome);
        }
    };
    if let Some(mut rows) = answer.rows(name) {
        all(&mut rows);
    }
    Ok(outcome)
}

fn named((answer, outcome): (Answer, Outcome), name: &'static str) -> (Answer, &'static str, Outcome) {
    (answer, name, outcome)
}
