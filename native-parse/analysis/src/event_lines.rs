//! Every event as a line of JSON, in the form and order of the official reader's dumps.

use std::fmt::Write;

use tracewell_order::wall_clock::rfc3339;
use tracewell_order::{Event, Kind, RangeName, Scope, StackId, Stage, Symbols};
use tracewell_source::SeededMap;
use tracewell_wire::{Generation, Tables, events};

use crate::json;

/// Writes lines; keeps the texts of a generation's stacks, which repeat.
#[derive(Default)]
pub struct EventLines {
    index: u64,
    /// Time of the trace's first event, absolute ns: clocks are shown relative to it.
    zero: i64,
    stacks: SeededMap<StackId, Box<str>>,
    stack_bytes: usize,
}

/// Kept stack texts of one generation; above this they are forgotten and made anew.
const STACK_TEXT_BYTES: usize = 32 << 20;

impl EventLines {
    /// Lines of events from anywhere in a trace; `zero`: absolute ns of its first event. `turn` says what comes.
    pub fn anywhere(zero: i64) -> EventLines {
        EventLines { zero, ..EventLines::default() }
    }

    /// The number of the next event; with `is_new` it is of another generation than the one before.
    pub fn turn(&mut self, index: u64, is_new: bool) {
        self.index = index;
        if is_new {
            self.stacks.clear();
            self.stack_bytes = 0;
        }
    }

    /// Call at the begin of each generation: ids of stacks mean others there.
    pub fn begin_generation(&mut self, generation: &Generation, tables: &Tables) {
        self.stacks.clear();
        self.stack_bytes = 0;
        if self.index == 0 {
            self.zero = tables.nanos(generation.min_ts());
        }
    }

    /// Counts an event that is not written.
    pub fn skip(&mut self) {
        self.index += 1;
    }

    /// Appends one line. Units: ns since the trace's first event. Cost: O(line).
    pub fn write(&mut self, out: &mut String, e: &Event, stage: &Stage<'_>) {
        let _ = write!(
            out,
            "{{\"i\":{},\"t\":{},\"m\":{},\"p\":{},\"g\":{},\"k\":\"{}\"",
            self.index,
            e.time,
            e.m,
            e.p,
            e.g,
            e.kind_name()
        );
        self.index += 1;
        let symbols = &*stage.symbols;
        let text = |out: &mut String, key: &str, value: &str| {
            let _ = write!(out, ",\"{key}\":");
            json::string(out, value);
        };
        match e.kind {
            Kind::Sync { number, clock } => {
                let _ = write!(out, ",\"n\":{number}");
                if let Some(c) = clock {
                    let _ = write!(
                        out,
                        ",\"clock\":{{\"mono\":{},\"trace\":{},\"wall\":\"{}\"}}",
                        c.mono_nanos,
                        c.trace_nanos - self.zero,
                        rfc3339(&c, 0)
                    );
                }
            }
            Kind::ProcTransition { proc, from, to } => {
                let _ = write!(
                    out,
                    ",\"res\":\"Proc\",\"id\":{proc},\"from\":\"{}\",\"to\":\"{}\"",
                    from.as_str(),
                    to.as_str()
                );
            }
            Kind::GoTransition { g, from, to, reason, stack, own_stack } => {
                let _ = write!(
                    out,
                    ",\"res\":\"Goroutine\",\"id\":{g},\"from\":\"{}\",\"to\":\"{}\"",
                    from.as_str(),
                    to.as_str()
                );
                text(out, "reason", symbols.text(reason));
                self.stack(out, "stack", stack, stage);
                self.stack(out, "tstack", own_stack, stage);
            }
            Kind::Metric { metric, value, stack } => {
                let _ = write!(out, ",\"name\":\"{}\",\"value\":{value}", metric.as_str());
                self.stack(out, "stack", stack, stage);
            }
            Kind::Label { g, label } => {
                let _ = write!(out, ",\"res\":\"Goroutine\",\"id\":{g}");
                text(out, "name", symbols.text(label));
            }
            Kind::RangeBegin { scope, name, stack } => {
                range(out, scope, name, symbols);
                self.stack(out, "stack", stack, stage);
            }
            Kind::RangeActive { scope, name } => range(out, scope, name, symbols),
            Kind::RangeEnd { scope, name, swept, reclaimed } => {
                range(out, scope, name, symbols);
                if name == RangeName::Sweep {
                    let _ =
                        write!(out, ",\"attrs\":{{\"bytes reclaimed\":{reclaimed},\"bytes swept\":{swept}}}");
                }
            }
            Kind::TaskBegin { task, parent, name, stack } | Kind::TaskEnd { task, parent, name, stack } => {
                text(out, "name", symbols.text(name));
                let _ = write!(out, ",\"task\":{task},\"parent\":{parent}");
                self.stack(out, "stack", stack, stage);
            }
            Kind::RegionBegin { task, name, stack } | Kind::RegionEnd { task, name, stack } => {
                text(out, "name", symbols.text(name));
                let _ = write!(out, ",\"task\":{task}");
                self.stack(out, "stack", stack, stage);
            }
            Kind::Log { task, category, message, stack } => {
                let _ = write!(out, ",\"task\":{task}");
                text(out, "cat", symbols.text(category));
                let message = stage.tables.string(stage.bytes, message).unwrap_or_default();
                text(out, "msg", &String::from_utf8_lossy(message));
                self.stack(out, "stack", stack, stage);
            }
            Kind::Experimental { ty, args } => {
                let spec = events::spec_of(ty);
                text(out, "name", spec.map_or("", |s| s.name));
                out.push_str(",\"args\":[");
                for (i, arg) in spec.map_or(&[][..], |s| s.args).iter().enumerate() {
                    let _ = write!(out, "{}[\"{arg}\",{}]", if i > 0 { "," } else { "" }, args[i]);
                }
                out.push(']');
            }
            Kind::StackSample { stack } => self.stack(out, "stack", stack, stage),
        }
        out.push_str("}\n");
    }

    fn stack(&mut self, out: &mut String, key: &str, id: StackId, stage: &Stage<'_>) {
        if id == 0 {
            return;
        }
        if self.stack_bytes > STACK_TEXT_BYTES {
            self.stacks.clear();
            self.stack_bytes = 0;
        }
        let text = self.stacks.entry(id).or_insert_with(|| {
            let t = frames(id, stage);
            self.stack_bytes += t.len() + 32;
            t.into()
        });
        if !text.is_empty() {
            let _ = write!(out, ",\"{key}\":{text}");
        }
    }
}

/// `["func@line",…]`, leaf first; empty text for a stack without frames.
fn frames(id: StackId, stage: &Stage<'_>) -> String {
    let mut out = String::new();
    for f in stage.tables.stack(stage.bytes, id) {
        out.push(if out.is_empty() { '[' } else { ',' });
        let name = stage.tables.string(stage.bytes, f.func).unwrap_or_default();
        json::string(&mut out, &format!("{}@{}", String::from_utf8_lossy(name), f.line));
    }
    if !out.is_empty() {
        out.push(']');
    }
    out
}

fn range(out: &mut String, scope: Scope, name: RangeName, symbols: &Symbols) {
    let _ = match scope {
        Scope::None => write!(out, ",\"res\":\"None\""),
        Scope::Goroutine(g) => write!(out, ",\"res\":\"Goroutine\",\"id\":{g}"),
        Scope::Proc(p) => write!(out, ",\"res\":\"Proc\",\"id\":{p}"),
    };
    out.push_str(",\"name\":");
    json::string(out, &range_name(name, symbols));
}

/// The range's name as the official reader has it.
pub fn range_name(name: RangeName, symbols: &Symbols) -> String {
    match name {
        RangeName::GcMark => "GC concurrent mark phase".into(),
        RangeName::Sweep => "GC incremental sweep".into(),
        RangeName::MarkAssist => "GC mark assist".into(),
        RangeName::Stw(reason) => format!("stop-the-world ({})", symbols.text(reason)),
    }
}
