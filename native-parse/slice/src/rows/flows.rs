//! Who made whom run: arrows of a window, and all that is connected with one span.

use serde_json::{Value, json};
use tracewell_index::SpanState;
use tracewell_index::rows::{Book, Cause, RowWindow, Step};
use tracewell_order::{Event, GoState, Kind, RangeName, Scope, Stage, Sym, Symbols};
use tracewell_source::Result;

use super::detail::{stack_of, state_at};
use super::look::frames;
use super::track::{RowKind, RowTrack};
use crate::Trace;
use crate::trace::Inner;

/// Events listed before and after a span, and whom it woke.
const MAX_EVENTS: usize = 20;
const MAX_OUTGOING: usize = 100;
/// Segments looked through for the events of a goroutine, and pieces for when it runs next.
const MAX_SEARCHED: usize = 64;
const MAX_PIECES: usize = 1024;

/// A creation or wake-up: `step` is of `to`.
#[derive(Clone, Copy)]
pub(crate) struct FlowStep {
    pub to: i64,
    pub step: Step,
}

fn is_flow(s: &Step) -> bool {
    matches!(s.cause, Cause::Create | Cause::Unblock)
}

impl Inner {
    /// When and where a goroutine runs next after a time: the step.
    pub(crate) fn next_run(&self, book: &Book, g: i64, after: i64) -> Option<Step> {
        let place = book.lives.find(g, after)?;
        let life = book.lives.get(place)?;
        let range = book.pieces_in(after, life.end);
        let runs = |s: &Step| s.state == SpanState::Running || s.state == SpanState::Assist;
        for piece in book.attended(place, &life, &range).into_iter().take(MAX_PIECES) {
            let w = self.row_window(book, piece, true)?;
            let found = w.steps(g).into_iter().find(|s| s.at > after && runs(s));
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Reason of the wait that a step ended.
    fn ended_reason(&self, book: &Book, w: &RowWindow, segment: usize, f: &FlowStep) -> Sym {
        let before = w.steps(f.to).into_iter().rfind(|s| s.at < f.step.at);
        before.map_or_else(|| book.carried_reason(f.to, f.step.at, segment), |s| s.reason)
    }

    fn flow_json(&self, book: &Book, segment: usize, f: &FlowStep) -> Value {
        let w = self.row_window(book, segment, true);
        let created = f.step.cause == Cause::Create;
        let reason = match &w {
            Some(w) if !created => self.ended_reason(book, w, segment, f),
            _ => Sym::EMPTY,
        };
        let from = (f.step.by >= 0).then_some(f.step.by);
        let track =
            |g: i64| book.lives.find(g, f.step.at).map(|l| RowTrack::new(RowKind::Goroutine, l, 0).id());
        let name = |g: i64| {
            let life = book.lives.find(g, f.step.at).and_then(|l| book.lives.get(l));
            life.map_or("", |l| book.symbols.text(l.name)).to_string()
        };
        let run = self.next_run(book, f.to, f.step.at);
        json!({
            "kind": if created { "create" } else { "unblock" },
            "reason": book.symbols.text(reason),
            "fromGoroutine": from,
            "fromName": from.map_or(String::new(), name),
            "fromTrack": from.and_then(track),
            "fromProc": (f.step.p >= 0).then_some(f.step.p),
            "atNanos": f.step.at,
            "toGoroutine": f.to,
            "toName": name(f.to),
            "toTrack": track(f.to).unwrap_or(0),
            "startNanos": run.map(|r| r.at),
            "toProc": run.map(|r| r.p).filter(|p| *p >= 0),
        })
    }

    /// Flows with their cause in [from, to]: of one goroutine, or all; of more than `most` of all only their number.
    fn flows_in(
        &self,
        book: &Book,
        from: i64,
        to: i64,
        goroutine: Option<i64>,
        most: usize,
    ) -> (u64, Vec<(usize, FlowStep)>) {
        let range = book.pieces_in(from, to);
        let segments = match goroutine.and_then(|g| book.lives.find(g, to)) {
            Some(place) => {
                let life = book.lives.get(place);
                life.map_or(Vec::new(), |l| book.attended(place, &l, &range))
            }
            None => range.clone().collect(),
        };
        let ours = |g: i64, s: &Step| is_flow(s) && goroutine.is_none_or(|it| g == it || s.by == it);
        if goroutine.is_none() {
            let count = self.count_flows(book, from, to);
            if count > most as u64 {
                return (count, Vec::new());
            }
        }
        let mut found = Vec::new();
        for segment in segments {
            let Some(w) = self.row_window(book, segment, true) else { continue };
            w.each_step(from, to, &mut |to, step| {
                if ours(to, step) {
                    found.push((segment, FlowStep { to, step: *step }));
                }
            });
        }
        found.sort_by_key(|(_, f)| (f.step.at, f.to));
        (found.len() as u64, found)
    }

    /// Cost: two pieces, however long the range.
    fn count_flows(&self, book: &Book, from: i64, to: i64) -> u64 {
        let range = book.pieces_in(from, to);
        range
            .map(|segment| match book.bounds(segment) {
                Some((a, b)) if a >= from && b <= to => book.flows(segment),
                _ => self.row_window(book, segment, true).map_or(0, |w| {
                    let mut count = 0;
                    w.each_step(from, to, &mut |_, s| count += u64::from(is_flow(s)));
                    count
                }),
            })
            .sum()
    }
}

impl Trace {
    /// Shapes: `Flows`. Cost: see the contract.
    pub fn flows(&self, from: i64, to: i64, goroutine: Option<i64>, most: usize) -> Result<Value> {
        let book = self.inner.book()?;
        let (count, found) = self.inner.flows_in(&book, from, to, goroutine, most);
        let flows: Vec<Value> = if count > most as u64 {
            Vec::new()
        } else {
            found.iter().map(|(segment, f)| self.inner.flow_json(&book, *segment, f)).collect()
        };
        Ok(json!({"count": count, "flows": flows}))
    }

    /// Shapes: `Connections` or null. Cost: the segments of the span's ends, and those on the way to the next run.
    pub fn connections(&self, g: i64, at: i64) -> Result<Value> {
        let inner = &self.inner;
        let book = inner.book()?;
        let Some((_, span, _)) = state_at(inner, &book, g, at) else { return Ok(Value::Null) };
        let (flows_to, outgoing_count) = inner.outgoing(&book, g, span.start, span.end);
        let (until, next) = inner.until_next_run(&book, g, span.end);
        Ok(json!({
            "goroutine": g,
            "startNanos": span.start,
            "endNanos": span.end,
            "incoming": inner.incoming(&book, g, &span),
            "outgoing": flows_to,
            "outgoingCount": outgoing_count,
            "preceding": inner.events_before(&book, g, span.start),
            "following": inner.events_after(&book, g, span.start),
            "untilNextRun": until,
            "nextRunNanos": next,
        }))
    }
}

impl Inner {
    fn with_stack(&self, book: &Book, segment: usize, f: &FlowStep) -> Value {
        let mut flow = self.flow_json(book, segment, f);
        let mut stack = Vec::new();
        self.look(book, f.step.at, f.step.at, &mut |e, stage| {
            if let Some((id, _)) = stack_of(e, f.to) {
                stack = frames(stage, id);
            }
            true
        });
        flow["stack"] = Value::Array(stack);
        flow
    }

    /// What made it run: for a wait, what ended it; else the last creation or wake-up up to its begin.
    fn incoming(&self, book: &Book, g: i64, span: &tracewell_index::BriefSpan) -> Value {
        let place = book.lives.find(g, span.start);
        let Some((place, life)) = place.and_then(|p| Some((p, book.lives.get(p)?))) else {
            return Value::Null;
        };
        let last = if span.state == SpanState::Waiting { span.end } else { span.start };
        let range = book.pieces_in(life.start, last);
        let attended = book.attended(place, &life, &range);
        for segment in attended.into_iter().rev().take(MAX_PIECES) {
            let Some(w) = self.row_window(book, segment, true) else { break };
            let until = |s: &Step| s.at <= last && s.at >= life.start;
            if let Some(step) = w.steps(g).into_iter().rfind(|s| is_flow(s) && until(s)) {
                return self.with_stack(book, segment, &FlowStep { to: g, step });
            }
        }
        Value::Null
    }

    fn outgoing(&self, book: &Book, g: i64, from: i64, to: i64) -> (Vec<Value>, usize) {
        let (_, found) = self.flows_in(book, from, to, Some(g), usize::MAX);
        let ours: Vec<_> = found.iter().filter(|(_, f)| f.step.by == g && f.to != g).collect();
        let mut flows: Vec<Value> =
            ours.iter().take(MAX_OUTGOING).map(|(s, f)| self.flow_json(book, *s, f)).collect();
        // One look for the stacks of them all.
        let last = ours.iter().take(MAX_OUTGOING).map(|(_, f)| f.step.at).max();
        let first = ours.first().map(|(_, f)| f.step.at);
        if let (Some(first), Some(last)) = (first, last) {
            let mut next = 0;
            self.look(book, first, last, &mut |e, stage| {
                while let Some((_, f)) = ours.get(next).filter(|(_, f)| f.step.at <= e.time) {
                    if f.step.at == e.time
                        && let (Some(flow), Some((id, _))) = (flows.get_mut(next), stack_of(e, f.to))
                    {
                        flow["stack"] = Value::Array(frames(stage, id));
                    }
                    next += 1;
                }
                next < flows.len()
            });
        }
        for f in &mut flows {
            if f["stack"].is_null() {
                f["stack"] = json!([]);
            }
        }
        (flows, ours.len())
    }

    /// State by state from the end of a span until the goroutine runs, and when that is.
    fn until_next_run(&self, book: &Book, g: i64, end: i64) -> (Vec<Value>, Option<i64>) {
        let (mut at, mut out) = (end, Vec::new());
        while out.len() < MAX_EVENTS {
            let Some((_, s, _)) = state_at(self, book, g, at) else { return (out, None) };
            if matches!(s.state, SpanState::Running | SpanState::Assist) {
                return (out, Some(s.start));
            }
            let reason = if s.state == SpanState::Waiting { book.symbols.text(s.reason) } else { "" };
            out.push(json!({"state": s.state.as_str(), "reason": reason, "nanos": s.nanos()}));
            at = s.end;
        }
        (out, None)
    }

    fn events_after(&self, book: &Book, g: i64, from: i64) -> Vec<Value> {
        let mut out = Vec::new();
        let Some(life) = book.lives.find(g, from).and_then(|p| Some((p, book.lives.get(p)?))) else {
            return out;
        };
        let range = book.pieces_in(from, life.1.end);
        for (a, b) in by_segment(book, &book.attended(life.0, &life.1, &range)).into_iter().take(MAX_SEARCHED)
        {
            self.look(book, a.max(from), b.min(life.1.end), &mut |e, stage| {
                out.extend(event_line(e, g, stage));
                out.len() < MAX_EVENTS
            });
            if out.len() >= MAX_EVENTS {
                break;
            }
        }
        out
    }

    /// Newest first.
    fn events_before(&self, book: &Book, g: i64, to: i64) -> Vec<Value> {
        let mut out: Vec<Value> = Vec::new();
        let Some(life) = book.lives.find(g, to).and_then(|p| Some((p, book.lives.get(p)?))) else {
            return out;
        };
        let range = book.pieces_in(life.1.start, to);
        let attended = by_segment(book, &book.attended(life.0, &life.1, &range));
        for (a, b) in attended.into_iter().rev().take(MAX_SEARCHED) {
            let mut here = std::collections::VecDeque::new();
            self.look(book, a.max(life.1.start), b.min(to - 1), &mut |e, stage| {
                if let Some(line) = event_line(e, g, stage) {
                    here.push_back(line);
                    if here.len() > MAX_EVENTS {
                        here.pop_front();
                    }
                }
                true
            });
            out.extend(here.into_iter().rev());
            if out.len() >= MAX_EVENTS {
                out.truncate(MAX_EVENTS);
                break;
            }
        }
        out
    }
}

/// First and last time of the pieces of each segment, by time: a look costs its segment, however many pieces of it.
fn by_segment(book: &Book, places: &[usize]) -> Vec<(i64, i64)> {
    let segment = |place: &usize| book.piece(*place).map(|p| p.segment);
    let bounds = |of: &[usize]| {
        let (first, last) = (of.iter().min()?, of.iter().max()?);
        Some((book.bounds(*first)?.0, book.bounds(*last)?.1))
    };
    places.chunk_by(|a, b| segment(a) == segment(b)).filter_map(bounds).collect()
}

/// An event of a goroutine in words; None: it is another's.
fn event_line(e: &Event, g: i64, stage: &mut Stage<'_>) -> Option<Value> {
    let symbols = &*stage.symbols;
    let (text, stack) = match e.kind {
        Kind::GoTransition { g: of, from, to, reason, stack, own_stack } if of == g || e.g == g => {
            if from == to {
                return None;
            }
            let text = if of == g {
                own_words(e, from, to, symbols.text(reason))
            } else {
                other_words(of, from, to)?
            };
            (text, if of == g && own_stack != 0 { own_stack } else { stack })
        }
        Kind::RangeBegin { scope: Scope::Goroutine(of), name, stack } if of == g => {
            (format!("begins {}", range_words(name, symbols)), stack)
        }
        Kind::RangeEnd { scope: Scope::Goroutine(of), name, .. } if of == g => {
            (format!("ends {}", range_words(name, symbols)), 0)
        }
        Kind::RegionBegin { name, stack, .. } if e.g == g => {
            (format!("begins region {}", symbols.text(name)), stack)
        }
        Kind::RegionEnd { name, stack, .. } if e.g == g => {
            (format!("ends region {}", symbols.text(name)), stack)
        }
        Kind::TaskBegin { name, task, stack, .. } if e.g == g => {
            (format!("begins task {task} {}", symbols.text(name)), stack)
        }
        Kind::TaskEnd { name, task, stack, .. } if e.g == g => {
            (format!("ends task {task} {}", symbols.text(name)), stack)
        }
        Kind::Log { category, message, stack, .. } if e.g == g => {
            let raw = stage.tables.string(stage.bytes, message).unwrap_or_default();
            (format!("log {}: {}", symbols.text(category), String::from_utf8_lossy(raw)), stack)
        }
        Kind::StackSample { stack } if e.g == g => ("CPU sample".into(), stack),
        _ => return None,
    };
    let stack = if stack == 0 { Vec::new() } else { frames(stage, stack) };
    Some(json!({"atNanos": e.time, "kind": e.kind_name(), "text": text, "stack": stack}))
}

fn own_words(e: &Event, from: GoState, to: GoState, reason: &str) -> String {
    let with = |text: &str| if reason.is_empty() { text.to_string() } else { format!("{text}: {reason}") };
    match (from, to) {
        (GoState::NotExist, _) if e.g >= 0 => format!("is created by G{}", e.g),
        (GoState::NotExist, _) => "is created".into(),
        (GoState::Undetermined, to) => format!("is first seen: {}", to.as_str().to_lowercase()),
        (_, GoState::NotExist) => "ends".into(),
        (GoState::Syscall, GoState::Running) => "returns from a system call".into(),
        (GoState::Syscall, GoState::Runnable) => "returns from a system call, without a processor".into(),
        (_, GoState::Running) if e.p >= 0 => format!("runs on P {}", e.p),
        (_, GoState::Running) => "runs".into(),
        (GoState::Waiting, GoState::Runnable) if e.g >= 0 => format!("is woken by G{}", e.g),
        (GoState::Waiting, GoState::Runnable) => "is woken".into(),
        (_, GoState::Runnable) => with("stops"),
        (_, GoState::Waiting) => with("waits"),
        (_, GoState::Syscall) => "enters a system call".into(),
        (_, GoState::Undetermined) => "is lost".into(),
    }
}

/// What it does to another goroutine.
fn other_words(of: i64, from: GoState, to: GoState) -> Option<String> {
    match (from, to) {
        (GoState::NotExist, _) => Some(format!("creates G{of}")),
        (GoState::Waiting, GoState::Runnable) => Some(format!("wakes G{of}")),
        _ => None,
    }
}

fn range_words(name: RangeName, symbols: &Symbols) -> String {
    match name {
        RangeName::GcMark => "GC concurrent mark phase".into(),
        RangeName::Sweep => "GC incremental sweep".into(),
        RangeName::MarkAssist => "GC mark assist".into(),
        RangeName::Stw(reason) => format!("stop-the-world ({})", symbols.text(reason)),
    }
}
