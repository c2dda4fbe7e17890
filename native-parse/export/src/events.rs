//! Every event as a line of CSV.

use std::io::{self, Write};

use tracewell_analysis::event_lines::range_name;
use tracewell_analysis::run::{self, Outcome};
use tracewell_analysis::stats::Clip;
use tracewell_order::{Event, Flow, Kind, RangeName, Scope, Sink, StackId, Stage};
use tracewell_search::{EventRecord, Matcher, Names, Query};
use tracewell_source::{Result, SeededMap};
use tracewell_wire::{Generation, events as wire_events};

use crate::csv;

pub const HEAD: &str =
    "i,t_ns,m,p,g,kind,resource,id,from,to,reason,name,value,task,parent,category,message,stack,own_stack\n";
/// Kept texts of stacks of one generation.
const STACK_TEXT_BYTES: usize = 32 << 20;

/// What stands in the columns behind the kind.
#[derive(Default)]
struct Cells<'a> {
    resource: &'a str,
    id: Option<i64>,
    from: &'a str,
    to: &'a str,
    reason: &'a str,
    name: &'a str,
    value: &'a str,
    task: Option<u64>,
    parent: Option<i64>,
    category: &'a str,
    message: &'a str,
}

struct Rows<'o, W> {
    out: &'o mut W,
    line: String,
    clip: Clip,
    find: Option<(Matcher, Names)>,
    index: u64,
    csv: EventCsv,
    failed: Option<io::Error>,
}

/// Writes events as lines of CSV; keeps the texts of a generation's stacks.
#[derive(Default)]
pub struct EventCsv {
    stacks: SeededMap<StackId, Box<str>>,
    stack_bytes: usize,
}

/// Writes the events in the range, those that a query finds. Errors: those of the trace; Ok(Err): of `out`.
/// Cost: one pass, two where the query asks for names; memory by the texts of a generation's stacks.
pub fn write(
    bytes: &[u8],
    start: u64,
    query: Option<&Query>,
    clip: Clip,
    out: &mut impl Write,
) -> Result<io::Result<Outcome>> {
    let find = match query {
        None => None,
        Some(q) if q.needs_names() => Some((Matcher::new(q), Names::read(bytes, start)?)),
        Some(q) => Some((Matcher::new(q), Names::default())),
    };
    if let Err(e) = out.write_all(HEAD.as_bytes()) {
        return Ok(Err(e));
    }
    let mut rows =
        Rows { out, line: String::new(), clip, find, index: 0, csv: EventCsv::default(), failed: None };
    let outcome = run::events(bytes, start, &mut rows)?;
    Ok(match rows.failed {
        Some(e) => Err(e),
        None => Ok(outcome),
    })
}

impl<W: Write> Sink for Rows<'_, W> {
    fn begin_generation(&mut self, _g: &Generation, _stage: &mut Stage<'_>) {
        self.csv.turn();
        if let Some((matcher, _)) = &mut self.find {
            matcher.forget(u32::MAX);
        }
    }

    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.index += 1;
        if e.time > self.clip.to {
            return Flow::Break(());
        }
        let found = match &mut self.find {
            _ if e.time < self.clip.from => false,
            Some((matcher, names)) => matcher.matches(&EventRecord { event: e, stage, names }),
            None => true,
        };
        if !found {
            return Flow::Continue(());
        }
        self.line.clear();
        self.csv.write(&mut self.line, self.index - 1, e, stage);
        match self.out.write_all(self.line.as_bytes()) {
            Ok(()) => Flow::Continue(()),
            Err(e) => {
                self.failed = Some(e);
                Flow::Break(())
            }
        }
    }
}

impl EventCsv {
    /// Stacks have other numbers from here on.
    pub fn turn(&mut self) {
        self.stacks.clear();
        self.stack_bytes = 0;
    }

    /// Appends the line of one event, under `HEAD`.
    pub fn write(&mut self, out: &mut String, index: u64, e: &Event, stage: &Stage<'_>) {
        let id = |id: i64| (id >= 0).then_some(id);
        csv::number(out, Some(index));
        for n in [Some(e.time), id(e.m), id(e.p), id(e.g)] {
            out.push(',');
            csv::number(out, n);
        }
        out.push(',');
        out.push_str(e.kind_name());
        cells(e, stage, |c| c.write(out));
        for id in tracewell_search::events::stacks(e) {
            out.push(',');
            self.stack(out, id, stage);
        }
        out.push('\n');
    }

    fn stack(&mut self, out: &mut String, id: StackId, stage: &Stage<'_>) {
        if id == 0 {
            return;
        }
        if self.stack_bytes > STACK_TEXT_BYTES {
            self.turn();
        }
        let text = self.stacks.entry(id).or_insert_with(|| {
            let mut cell = String::new();
            csv::text(&mut cell, &frames(id, stage));
            self.stack_bytes += cell.len() + 32;
            cell.into()
        });
        out.push_str(text);
    }
}

/// `func@line;func@line`, leaf first.
fn frames(id: StackId, stage: &Stage<'_>) -> String {
    let mut out = String::new();
    for f in stage.tables.stack(stage.bytes, id) {
        let name = stage.tables.string(stage.bytes, f.func).unwrap_or_default();
        if !out.is_empty() {
            out.push(';');
        }
        out.push_str(&String::from_utf8_lossy(name));
        out.push_str(&format!("@{}", f.line));
    }
    out
}

impl Cells<'_> {
    fn write(&self, out: &mut String) {
        let text = |out: &mut String, t: &str| {
            out.push(',');
            csv::text(out, t);
        };
        text(out, self.resource);
        out.push(',');
        csv::number(out, self.id);
        for t in [self.from, self.to, self.reason, self.name, self.value] {
            text(out, t);
        }
        out.push(',');
        csv::number(out, self.task);
        out.push(',');
        csv::number(out, self.parent);
        text(out, self.category);
        text(out, self.message);
    }
}

fn cells(e: &Event, stage: &Stage<'_>, write: impl FnOnce(Cells<'_>)) {
    let symbols = &*stage.symbols;
    let range = |scope: Scope, name: RangeName, value: &str, write: &mut dyn FnMut(Cells<'_>)| {
        let (resource, id) = match scope {
            Scope::None => ("", None),
            Scope::Goroutine(g) => ("Goroutine", Some(g)),
            Scope::Proc(p) => ("Proc", Some(p)),
        };
        let name = range_name(name, symbols);
        write(Cells { resource, id, name: &name, value, ..Cells::default() });
    };
    let mut write = Some(write);
    let mut write = |c: Cells<'_>| {
        if let Some(write) = write.take() {
            write(c);
        }
    };
    match e.kind {
        Kind::Sync { number, .. } => write(Cells { value: &number.to_string(), ..Cells::default() }),
        Kind::ProcTransition { proc, from, to } => write(Cells {
            resource: "Proc",
            id: Some(proc),
            from: from.as_str(),
            to: to.as_str(),
            ..Cells::default()
        }),
        Kind::GoTransition { g, from, to, reason, .. } => write(Cells {
            resource: "Goroutine",
            id: Some(g),
            from: from.as_str(),
            to: to.as_str(),
            reason: symbols.text(reason),
            ..Cells::default()
        }),
        Kind::Metric { metric, value, .. } => {
            write(Cells { name: metric.as_str(), value: &value.to_string(), ..Cells::default() })
        }
        Kind::Label { g, label } => {
            write(Cells { resource: "Goroutine", id: Some(g), name: symbols.text(label), ..Cells::default() })
        }
        Kind::RangeBegin { scope, name, .. } | Kind::RangeActive { scope, name } => {
            range(scope, name, "", &mut write)
        }
        Kind::RangeEnd { scope, name, swept, reclaimed } => {
            let value = match name {
                RangeName::Sweep => format!("swept {swept}, reclaimed {reclaimed}"),
                _ => String::new(),
            };
            range(scope, name, &value, &mut write)
        }
        Kind::TaskBegin { task, parent, name, .. } | Kind::TaskEnd { task, parent, name, .. } => {
            write(Cells {
                name: symbols.text(name),
                task: Some(task),
                parent: (parent >= 0).then_some(parent),
                ..Cells::default()
            })
        }
        Kind::RegionBegin { task, name, .. } | Kind::RegionEnd { task, name, .. } => {
            write(Cells { name: symbols.text(name), task: Some(task), ..Cells::default() })
        }
        Kind::Log { task, category, message, .. } => {
            let message = stage.tables.string(stage.bytes, message).unwrap_or_default();
            write(Cells {
                task: Some(task),
                category: symbols.text(category),
                message: &String::from_utf8_lossy(message),
                ..Cells::default()
            })
        }
        Kind::Experimental { ty, args } => {
            let spec = wire_events::spec_of(ty);
            let of: Vec<String> = spec
                .map_or(&[][..], |s| s.args)
                .iter()
                .zip(args)
                .map(|(name, value)| format!("{name} {value}"))
                .collect();
            write(Cells { name: spec.map_or("", |s| s.name), value: &of.join(", "), ..Cells::default() })
        }
        Kind::StackSample { .. } => write(Cells::default()),
    }
}
