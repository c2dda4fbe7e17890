//! Events for people: a line of the page's table, and everything about one of them. JSON as the page's contract has it.

use serde_json::{Value, json};
use tracewell_order::event::KIND_NAMES;
use tracewell_order::{Event, GoState, Kind, ProcState, RangeName, Scope, StackId, Stage, Sym};
use tracewell_wire::events as wire_events;

use crate::events::{stacks, subject};
use crate::names::{NameSource, Names};

/// Shapes: `EventRow` of the contract.
pub fn row(index: u64, e: &Event, stage: &Stage<'_>, names: &Names) -> Value {
    let id = |id: i64| (id >= 0).then_some(id);
    let [stack, own] = stacks(e);
    json!({
        "index": index,
        "timeNanos": e.time,
        "kind": KIND_NAMES[e.kind_index()],
        "goroutine": id(e.g),
        "goroutineName": if e.g >= 0 { names.text(names.goroutine(e.g)) } else { "" },
        "proc": id(e.p),
        "thread": id(e.m),
        "detail": detail(e, stage, names),
        "top": frames(if stack != 0 { stack } else { own }, stage, 1).pop(),
    })
}

/// Shapes: `EventDetails` of the contract.
pub fn details(index: u64, e: &Event, stage: &Stage<'_>, names: &Names) -> Value {
    let mut v = row(index, e, stage, names);
    let [stack, own] = stacks(e);
    let fields = fields(e, stage);
    v["fields"] = fields.into_iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    v["subject"] = json!(subject(e).filter(|g| *g >= 0));
    v["subjectName"] = json!(subject(e).map_or("", |g| names.text(names.goroutine(g))));
    v["stack"] = Value::Array(frames(stack, stage, usize::MAX));
    v["ownStack"] = Value::Array(if own == stack { Vec::new() } else { frames(own, stage, usize::MAX) });
    v
}

fn frames(id: StackId, stage: &Stage<'_>, most: usize) -> Vec<Value> {
    if id == 0 {
        return Vec::new();
    }
    let text =
        |id| String::from_utf8_lossy(stage.tables.string(stage.bytes, id).unwrap_or_default()).into_owned();
    let all = stage.tables.stack(stage.bytes, id);
    let named = all.iter().filter(|f| f.func != 0).take(most);
    named.map(|f| json!({"function": text(f.func), "file": text(f.file), "line": f.line})).collect()
}

fn goroutine(g: i64, names: &Names) -> String {
    let name = names.text(names.goroutine(g));
    if name.is_empty() { format!("G{g}") } else { format!("G{g} {name}") }
}

fn range_name(name: RangeName, stage: &Stage<'_>) -> String {
    match name {
        RangeName::GcMark => "GC concurrent mark phase".into(),
        RangeName::Sweep => "GC incremental sweep".into(),
        RangeName::MarkAssist => "GC mark assist".into(),
        RangeName::Stw(reason) => format!("stop-the-world ({})", stage.symbols.text(reason)),
    }
}

fn message(id: u64, stage: &Stage<'_>) -> String {
    String::from_utf8_lossy(stage.tables.string(stage.bytes, id).unwrap_or_default()).into_owned()
}

/// What happened, in a line.
fn detail(e: &Event, stage: &Stage<'_>, names: &Names) -> String {
    let text = |s: Sym| stage.symbols.text(s);
    match e.kind {
        Kind::Sync { number, .. } => format!("generation {number}"),
        Kind::ProcTransition { proc, from, to } => {
            format!(
                "P{proc} {}",
                step(from == to || from == ProcState::Undetermined, from.as_str(), to.as_str())
            )
        }
        Kind::GoTransition { g, from, to, reason, .. } => {
            let what = match (from, to) {
                (GoState::NotExist, to) => format!("made, {}", to.as_str()),
                (_, GoState::NotExist) => "ends".into(),
                _ => step(from == to || from == GoState::Undetermined, from.as_str(), to.as_str()),
            };
            let reason = match text(reason) {
                "" => String::new(),
                reason => format!(": {reason}"),
            };
            // The name last: it may be long.
            let name = match names.text(names.goroutine(g)) {
                "" => String::new(),
                name => format!(" · {name}"),
            };
            format!("G{g} {what}{reason}{name}")
        }
        Kind::Metric { metric, value, .. } => format!("{} = {value}", metric.as_str()),
        Kind::Label { g, label } => format!("{}: {}", goroutine(g, names), text(label)),
        Kind::RangeBegin { scope, name, .. }
        | Kind::RangeActive { scope, name }
        | Kind::RangeEnd { scope, name, .. } => {
            let name = range_name(name, stage);
            match scope {
                Scope::None => name,
                Scope::Goroutine(g) => format!("{name}, {}", goroutine(g, names)),
                Scope::Proc(p) => format!("{name}, P{p}"),
            }
        }
        Kind::TaskBegin { task, parent, name, .. } | Kind::TaskEnd { task, parent, name, .. } => {
            let of = if parent > 0 { format!(" of task {parent}") } else { String::new() };
            format!("{} (task {task}{of})", text(name))
        }
        Kind::RegionBegin { task, name, .. } | Kind::RegionEnd { task, name, .. } => {
            format!("{}{}", text(name), of_task(task))
        }
        Kind::Log { task, category, message: id, .. } => {
            let category = match text(category) {
                "" => String::new(),
                c => format!("[{c}] "),
            };
            format!("{category}{}{}", message(id, stage), of_task(task))
        }
        Kind::Experimental { ty, args } => {
            let Some(spec) = wire_events::spec_of(ty) else { return String::new() };
            let args: Vec<String> = spec.args.iter().zip(args).map(|(n, v)| format!("{n} {v}")).collect();
            format!("{} {}", spec.name, args.join(", "))
        }
        Kind::StackSample { .. } => "CPU sample".into(),
    }
}

/// A change of state, or the state that something is said to be in.
fn step(is_status: bool, from: &str, to: &str) -> String {
    if is_status { format!("is {to}") } else { format!("{from} → {to}") }
}

fn of_task(task: u64) -> String {
    if task == 0 { String::new() } else { format!(" (task {task})") }
}

/// The fields that an event has besides time and context, by the names that they have in Go's tools.
fn fields(e: &Event, stage: &Stage<'_>) -> Vec<(&'static str, String)> {
    let text = |s: Sym| stage.symbols.text(s).to_string();
    let mut of: Vec<(&'static str, String)> = match e.kind {
        Kind::Sync { number, clock } => {
            let mut v = vec![("Generation", number.to_string())];
            if let Some(c) = clock {
                v.push(("Wall clock", tracewell_order::wall_clock::rfc3339(&c, 0)));
            }
            v
        }
        Kind::ProcTransition { proc, from, to } => {
            vec![
                ("Processor", format!("P{proc}")),
                ("From", from.as_str().into()),
                ("To", to.as_str().into()),
            ]
        }
        Kind::GoTransition { from, to, reason, .. } => {
            vec![("From", from.as_str().into()), ("To", to.as_str().into()), ("Reason", text(reason))]
        }
        Kind::Metric { metric, value, .. } => {
            vec![("Metric", metric.as_str().into()), ("Value", value.to_string())]
        }
        Kind::Label { label, .. } => vec![("Label", text(label))],
        Kind::RangeBegin { name, .. } | Kind::RangeActive { name, .. } => {
            vec![("Range", range_name(name, stage))]
        }
        Kind::RangeEnd { name, swept, reclaimed, .. } => {
            let mut v = vec![("Range", range_name(name, stage))];
            if name == RangeName::Sweep {
                v.push(("Bytes swept", swept.to_string()));
                v.push(("Bytes reclaimed", reclaimed.to_string()));
            }
            v
        }
        Kind::TaskBegin { task, parent, name, .. } | Kind::TaskEnd { task, parent, name, .. } => {
            let parent = if parent >= 0 { parent.to_string() } else { String::new() };
            vec![("Task", task.to_string()), ("Type", text(name)), ("Parent", parent)]
        }
        Kind::RegionBegin { task, name, .. } | Kind::RegionEnd { task, name, .. } => {
            vec![("Region", text(name)), ("Task", task.to_string())]
        }
        Kind::Log { task, category, message: id, .. } => {
            vec![("Message", message(id, stage)), ("Category", text(category)), ("Task", task.to_string())]
        }
        Kind::Experimental { ty, args } => match wire_events::spec_of(ty) {
            Some(spec) => spec.args.iter().zip(args).map(|(n, v)| (*n, v.to_string())).collect(),
            None => Vec::new(),
        },
        Kind::StackSample { .. } => Vec::new(),
    };
    of.retain(|(_, value)| !value.is_empty());
    of
}
