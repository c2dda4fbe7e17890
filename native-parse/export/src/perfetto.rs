//! The timeline in Chrome's trace event format, which Perfetto and chrome://tracing open: processors with goroutine
//! slices and what happens inside of them, the collector, counters, flows, samples, logs, tasks and regions.
//!
//! Events are written as they end. Slices on a row must nest, and of two that begin together the outer one must come
//! first: so what happens inside of a goroutine's slice is held back until that ends.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Write};

use tracewell_analysis::exact_slices::exact_state;
use tracewell_analysis::json;
use tracewell_analysis::run::{self, Outcome};
use tracewell_analysis::stats::Clip;
use tracewell_index::{Lanes, Series, Span, SpanState, Track};
use tracewell_order::{Event, GoState, Kind, ProcState, RangeName, Stage, Sym, Symbols};
use tracewell_search::{NameSource, Names};
use tracewell_source::{Result, SeededMap};

use crate::flows::{Cause, Flows};
use crate::frames::{FrameId, FrameTree};

/// Rows that are no processor, with the numbers that `go tool trace` gives them.
const GC_ROW: i64 = 1_000_004;
const STW_ROW: i64 = 1_000_005;
/// The lower rows of processors, for what does not nest in a goroutine's slice.
const APART: i64 = 2_000_000;
/// Slices held back for one processor at most.
const MAX_HELD: usize = 1 << 16;
/// Sections, as processes of the format.
const PROCS: u32 = 0;
const STATS: u32 = 1;
const TASKS: u32 = 2;

/// Writes the range. Errors: those of the trace; Ok(Err): of `out`. Cost: two passes; memory by goroutines, and by
/// distinct stacks up to a bound.
pub fn write(bytes: &[u8], start: u64, clip: Clip, out: &mut impl Write) -> Result<io::Result<Outcome>> {
    let names = Names::read(bytes, start)?;
    let mut sink = Writer {
        out,
        names,
        clip,
        text: String::new(),
        is_first: true,
        failed: None,
        held: SeededMap::default(),
        rows: BTreeSet::new(),
        flows: Flows::default(),
        flow_count: 0,
        frames: FrameTree::default(),
        ended: None,
        stops: SeededMap::default(),
        counters: Default::default(),
        changed: 0,
        counted_at: 0,
        symbols: SeededMap::default(),
        open_tasks: SeededMap::default(),
        open_regions: SeededMap::default(),
    };
    sink.raw("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n");
    let (outcome, symbols) =
        run::watched_lanes(bytes, start, &mut sink, |e, stage, sink| sink.event(e, stage))?;
    sink.finish(outcome.end_nanos);
    sink.raw("],\n\"stackFrames\":");
    let Writer { out, frames, failed, .. } = sink;
    let mut end = || -> io::Result<()> {
        frames.write(&symbols, out)?;
        out.write_all(b"}\n")
    };
    Ok(match failed {
        Some(e) => Err(e),
        None => end().map(|()| outcome),
    })
}

/// A slice that waits for the one around it.
struct Held {
    start: i64,
    end: i64,
    name: String,
    args: String,
}

struct Writer<'o, W> {
    out: &'o mut W,
    names: Names,
    clip: Clip,
    text: String,
    is_first: bool,
    failed: Option<io::Error>,
    held: SeededMap<i64, Vec<Held>>,
    rows: BTreeSet<i64>,
    flows: Flows,
    flow_count: u64,
    frames: FrameTree,
    /// Stack of the stop that the event at hand is, for the slice that it ends.
    ended: Option<(i64, FrameId)>,
    /// Where each goroutine last stopped.
    stops: SeededMap<i64, FrameId>,
    /// Values of the series, and a bit for each that changed at `counted_at`.
    counters: [Option<i64>; tracewell_index::SERIES],
    changed: u32,
    counted_at: i64,
    /// Texts of labels and reasons that spans name, by symbol.
    symbols: SeededMap<Sym, Box<str>>,
    open_tasks: SeededMap<u64, ()>,
    /// Open regions of each goroutine, innermost last.
    open_regions: SeededMap<i64, Vec<Box<str>>>,
}

/// ns as µs with three digits, exactly.
fn micros(out: &mut String, nanos: i64) {
    let _ = write!(out, "{}.{:03}", nanos / 1000, nanos % 1000);
}

impl<W: Write> Writer<'_, W> {
    fn raw(&mut self, text: &str) {
        if self.failed.is_none()
            && let Err(e) = self.out.write_all(text.as_bytes())
        {
            self.failed = Some(e);
        }
    }

    /// One event: `fields` behind the usual ones.
    fn put(&mut self, ph: char, name: &str, section: u32, row: i64, at: i64, fields: &str) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        text.push_str(if self.is_first { "{\"name\":" } else { ",\n{\"name\":" });
        self.is_first = false;
        json::string(&mut text, name);
        let _ = write!(text, ",\"ph\":\"{ph}\",\"pid\":{section},\"tid\":{row},\"ts\":");
        micros(&mut text, at);
        text.push_str(fields);
        text.push('}');
        self.raw(&text);
        self.text = text;
    }

    fn slice(&mut self, name: &str, row: i64, start: i64, end: i64, args: &str) {
        let (from, to) = (start.max(self.clip.from), end.min(self.clip.to));
        if from > to {
            return;
        }
        let mut fields = String::from(",\"dur\":");
        micros(&mut fields, to - from);
        fields.push_str(args);
        self.rows.insert(row);
        self.put('X', name, PROCS, row, from, &fields);
    }

    fn has(&self, at: i64) -> bool {
        self.clip.touches(at, at)
    }

    fn goroutine(&self, g: i64) -> String {
        let name = self.names.text(self.names.goroutine(g));
        if name.is_empty() { format!("G{g}") } else { format!("G{g} {name}") }
    }

    /// Before the event changes anything.
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) {
        if e.time > self.counted_at {
            self.count();
            self.counted_at = e.time;
        }
        self.ended = None;
        if let Kind::GoTransition { g, own_stack, to, .. } = e.kind {
            if own_stack != 0 {
                self.ended = Some((g, self.frames.leaf(own_stack, stage)));
            }
            for s in [reason_of(e)].into_iter().flatten() {
                self.know(s, stage);
            }
            if let Some(cause) = self.flows.event(e) {
                self.flow(cause, g, e);
            }
            if to == GoState::NotExist {
                self.end_regions(g, e.time);
            }
        }
        match e.kind {
            Kind::Label { label, .. } => self.know(label, stage),
            Kind::RangeBegin { name: RangeName::Stw(r), .. }
            | Kind::RangeActive { name: RangeName::Stw(r), .. } => self.know(r, stage),
            _ => {}
        }
        if self.has(e.time) {
            self.instant(e, stage);
        }
        self.user(e, stage);
    }

    fn know(&mut self, s: Sym, stage: &Stage<'_>) {
        self.symbols.entry(s).or_insert_with(|| stage.symbols.text(s).into());
    }

    fn flow(&mut self, cause: Cause, g: i64, e: &Event) {
        if !self.has(cause.at) || !self.has(e.time) {
            return;
        }
        self.flow_count += 1;
        let name = match cause.reason {
            None => "go".to_string(),
            Some(r) => match self.symbols.get(&r) {
                Some(text) if !text.is_empty() => format!("unblock ({text})"),
                _ => "unblock".to_string(),
            },
        };
        let id = format!(",\"cat\":\"flow\",\"id\":{},\"args\":{{\"g\":{g}}}", self.flow_count);
        self.put('s', &name, PROCS, cause.proc, cause.at, &id);
        self.put('f', &name, PROCS, e.p, e.time, &format!("{id},\"bp\":\"e\""));
    }

    fn instant(&mut self, e: &Event, stage: &mut Stage<'_>) {
        let scope = ",\"s\":\"t\"";
        match e.kind {
            Kind::ProcTransition { proc, from, to } if from != to => {
                let name = match (from, to) {
                    (_, ProcState::Running) => "proc start",
                    (ProcState::Running, _) => "proc stop",
                    _ => return,
                };
                self.rows.insert(proc);
                self.put('i', name, PROCS, proc, e.time, &format!("{scope},\"args\":{{\"thread\":{}}}", e.m));
            }
            Kind::StackSample { stack } if e.p >= 0 => {
                let leaf = self.frames.leaf(stack, stage);
                self.rows.insert(e.p);
                self.put('i', "CPU profile sample", PROCS, e.p, e.time, &format!("{scope},\"sf\":{leaf}"));
            }
            Kind::Log { category, message, .. } if e.p >= 0 => {
                let raw = stage.tables.string(stage.bytes, message).unwrap_or_default();
                let message = String::from_utf8_lossy(raw);
                let category = stage.symbols.text(category);
                let name = if category.is_empty() {
                    message.into_owned()
                } else {
                    format!("[{category}] {message}")
                };
                self.rows.insert(e.p);
                self.put('i', &name, PROCS, e.p, e.time, &format!("{scope},\"cat\":\"user event\""));
            }
            _ => {}
        }
    }

    /// Tasks and regions, as asynchronous slices: a task has its own, a region one of its goroutine.
    fn user(&mut self, e: &Event, stage: &Stage<'_>) {
        let at = e.time.clamp(self.clip.from.max(0), self.clip.to);
        match e.kind {
            Kind::TaskBegin { task, parent, name, .. } if e.time <= self.clip.to => {
                self.open_tasks.insert(task, ());
                let name = format!("T{task} {}", stage.symbols.text(name));
                let parent =
                    if parent > 0 { format!(",\"args\":{{\"parent\":{parent}}}") } else { String::new() };
                self.put('b', &name, TASKS, 0, at, &format!(",\"cat\":\"task\",\"id\":{task}{parent}"));
            }
            Kind::TaskEnd { task, .. } if self.open_tasks.remove(&task).is_some() => self.end_task(task, at),
            Kind::RegionBegin { name, .. } if e.g >= 0 && e.time <= self.clip.to => {
                let name: Box<str> = stage.symbols.text(name).into();
                self.put('b', &name, TASKS, 1, at, &format!(",\"cat\":\"region\",\"id\":\"g{}\"", e.g));
                self.open_regions.entry(e.g).or_default().push(name);
            }
            Kind::RegionEnd { .. } => {
                let name = self.open_regions.get_mut(&e.g).and_then(Vec::pop);
                if let Some(name) = name {
                    self.end_region(e.g, &name, at);
                }
            }
            _ => {}
        }
    }

    fn end_task(&mut self, task: u64, at: i64) {
        let name = format!("T{task} {}", self.names.text(self.names.task(task)));
        self.put('e', &name, TASKS, 0, at, &format!(",\"cat\":\"task\",\"id\":{task}"));
    }

    fn end_region(&mut self, g: i64, name: &str, at: i64) {
        self.put('e', name, TASKS, 1, at, &format!(",\"cat\":\"region\",\"id\":\"g{g}\""));
    }

    fn end_regions(&mut self, g: i64, at: i64) {
        let at = at.clamp(self.clip.from.max(0), self.clip.to);
        while let Some(name) = self.open_regions.get_mut(&g).and_then(Vec::pop) {
            self.end_region(g, &name, at);
        }
        self.open_regions.remove(&g);
    }

    /// Writes the counters that changed at `counted_at`.
    fn count(&mut self) {
        let changed = std::mem::take(&mut self.changed);
        if changed == 0 || !self.has(self.counted_at) {
            return;
        }
        for (name, of) in COUNTERS {
            if of.iter().all(|(_, s)| changed >> *s as u32 & 1 == 0) {
                continue;
            }
            let mut args = String::from(",\"args\":{");
            for (i, (name, series)) in of.iter().enumerate() {
                let comma = if i > 0 { "," } else { "" };
                let value = self.counters[*series as usize].unwrap_or(0);
                let _ = write!(args, "{comma}\"{name}\":{value}");
            }
            args.push('}');
            self.put('C', name, STATS, 0, self.counted_at, &args);
        }
    }

    fn proc_span(&mut self, p: i64, s: &Span) {
        let (name, mut args) = (self.goroutine(s.g), String::new());
        let (before, now) = (self.stops.get(&s.g).copied(), self.ended.filter(|(g, _)| *g == s.g));
        if let Some(sf) = before.filter(|f| *f != 0) {
            let _ = write!(args, ",\"sf\":{sf}");
        }
        if let Some((g, esf)) = now.filter(|(_, f)| *f != 0) {
            let _ = write!(args, ",\"esf\":{esf}");
            self.stops.insert(g, esf);
        }
        let _ = write!(args, ",\"args\":{{\"g\":{},\"thread\":{}}}", s.g, s.thread);
        let mut held = self.held.remove(&p).unwrap_or_default();
        held.sort_by_key(|h| (h.start, -h.end));
        let (within, apart): (Vec<Held>, Vec<Held>) =
            held.into_iter().partition(|h| h.start >= s.start && h.end <= s.end);
        for h in apart {
            self.slice(&h.name, p + APART, h.start, h.end, &h.args);
        }
        self.slice(&name, p, s.start, s.end, &args);
        let mut open: Vec<i64> = Vec::new();
        for h in within {
            while open.last().is_some_and(|end| *end <= h.start) {
                open.pop();
            }
            // What crosses the end of the one around it cannot be drawn in it.
            let row = if open.last().is_some_and(|end| h.end > *end) { p + APART } else { p };
            if row == p {
                open.push(h.end);
            }
            self.slice(&h.name, row, h.start, h.end, &h.args);
        }
    }

    fn finish(&mut self, end: i64) {
        self.count();
        let mut held: Vec<(i64, Vec<Held>)> = self.held.drain().collect();
        held.sort_unstable_by_key(|(p, _)| *p);
        for (p, held) in held {
            for h in held {
                self.slice(&h.name, p + APART, h.start, h.end, &h.args);
            }
        }
        let mut regions: Vec<i64> = self.open_regions.keys().copied().collect();
        regions.sort_unstable();
        for g in regions {
            self.end_regions(g, end);
        }
        let mut tasks: Vec<u64> = self.open_tasks.drain().map(|(t, ())| t).collect();
        tasks.sort_unstable();
        for task in tasks {
            self.end_task(task, end.min(self.clip.to));
        }
        self.rows();
    }

    /// What the rows and sections are called, and their order.
    fn rows(&mut self) {
        for (section, name, order) in [(STATS, "STATS", 0), (TASKS, "TASKS", 1), (PROCS, "PROCS", 2)] {
            self.meta("process_name", section, 0, &format!("{{\"name\":\"{name}\"}}"));
            self.meta("process_sort_index", section, 0, &format!("{{\"sort_index\":{order}}}"));
        }
        for row in std::mem::take(&mut self.rows) {
            let (name, order) = match row {
                GC_ROW => ("GC".to_string(), -6),
                STW_ROW => ("STW".to_string(), -5),
                _ if row >= APART => (format!("Proc {} (runtime)", row - APART), (row - APART) * 2 + 1),
                _ => (format!("Proc {row}"), row * 2),
            };
            self.meta("thread_name", PROCS, row, &format!("{{\"name\":\"{name}\"}}"));
            self.meta("thread_sort_index", PROCS, row, &format!("{{\"sort_index\":{order}}}"));
        }
    }

    fn meta(&mut self, what: &str, section: u32, row: i64, args: &str) {
        self.put('M', what, section, row, 0, &format!(",\"args\":{args}"));
    }
}

/// The counters of the format: name, and its values with their series.
const COUNTERS: [(&str, &[(&str, Series)]); 3] = [
    (
        "Goroutines",
        &[("GCWaiting", Series::WaitingGc), ("Runnable", Series::Runnable), ("Running", Series::Running)],
    ),
    ("Heap", &[("Allocated", Series::HeapAllocated), ("Goal", Series::HeapGoal)]),
    ("Threads", &[("InSyscall", Series::InSyscall), ("Running", Series::ProcsRunning)]),
];

fn reason_of(e: &Event) -> Option<Sym> {
    match e.kind {
        Kind::GoTransition { reason, .. } => Some(reason),
        _ => None,
    }
}

impl<W: Write> Lanes for Writer<'_, W> {
    fn span(&mut self, s: &Span) {
        match s.track {
            Track::Proc(p, 0) => self.proc_span(p, s),
            Track::Gc => self.slice("GC concurrent mark phase", GC_ROW, s.start, s.end, ""),
            Track::Stw | Track::Proc(..) => {
                let name = self.span_name(s);
                let args = match s.state {
                    SpanState::Sweep => {
                        format!(
                            ",\"args\":{{\"bytes swept\":{},\"bytes reclaimed\":{}}}",
                            s.values.0, s.values.1
                        )
                    }
                    _ => format!(",\"args\":{{\"g\":{}}}", s.g),
                };
                let Track::Proc(p, _) = s.track else {
                    return self.slice(&name, STW_ROW, s.start, s.end, &args);
                };
                let held = self.held.entry(p).or_default();
                held.push(Held { start: s.start, end: s.end, name, args });
                if held.len() >= MAX_HELD {
                    for h in std::mem::take(held) {
                        self.slice(&h.name, p + APART, h.start, h.end, &h.args);
                    }
                }
            }
        }
    }

    fn counter(&mut self, series: Series, time: i64, value: Option<i64>) {
        if time > self.counted_at {
            self.count();
            self.counted_at = time;
        }
        self.counters[series as usize] = value;
        self.changed |= 1 << series as u32;
    }
}

impl<W> Writer<'_, W> {
    fn span_name(&self, s: &Span) -> String {
        let text = |s: &Sym| self.symbols.get(s).map_or("", |t| t);
        match (s.state, s.name) {
            (SpanState::GcWorker, _) => text(&s.label).into(),
            (_, Some(RangeName::Stw(r))) => format!("stop-the-world ({})", text(&r)),
            _ => exact_state(s, &Symbols::default()),
        }
    }
}
