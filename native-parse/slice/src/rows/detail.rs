//! What the details panel shows of a span of a row, and its neighbours on the row.

use serde_json::{Value, json};
use tracewell_index::rows::{Book, Step};
use tracewell_index::{BriefSpan, SpanState};
use tracewell_order::{Event, Kind, Stage, Symbols};
use tracewell_source::Result;

use super::look::frames;
use super::tile::{goroutine_label, row_label};
use super::track::{RowKind, RowTrack};
use super::walk::{RowSpan, plan};
use crate::Trace;
use crate::trace::Inner;

/// Pieces looked through for the next span, before the search gives up.
const MAX_SEARCHED: usize = 1024;

/// What the events at a span's ends say.
#[derive(Default)]
struct Ends {
    start_stack: Vec<Value>,
    end_stack: Vec<Value>,
    end_reason: String,
    args: Vec<Value>,
}

impl Trace {
    /// As `pick`, of a row. Cost: the segments around the pointer are decoded, those at the span's ends once more.
    pub(crate) fn pick_row(&self, track: RowTrack, at: i64, tolerance: i64) -> Result<Value> {
        let inner = &self.inner;
        let book = inner.book()?;
        let (from, to) = (at.saturating_sub(tolerance), at.saturating_add(tolerance));
        let spans = inner.row_spans(&book, track, from, to, usize::MAX).unwrap_or_default();
        let wide = |s: &&RowSpan| s.brief.nanos() >= tolerance && s.brief.start <= at && at < s.brief.end;
        if let Some(s) = spans.iter().filter(wide).max_by_key(|s| s.brief.start) {
            return Ok(inner.row_details(&book, track, s));
        }
        let narrow: Vec<&RowSpan> = spans.iter().filter(|s| s.brief.nanos() < tolerance).collect();
        Ok(match narrow.as_slice() {
            [] => match spans.iter().min_by_key(|s| (s.brief.start - at).max(at - s.brief.end)) {
                Some(s) => inner.row_details(&book, track, s),
                None => Value::Null,
            },
            [one] => inner.row_details(&book, track, one),
            many => merged(&book, track, many),
        })
    }

    pub(crate) fn adjacent_on_row(&self, track: RowTrack, from: i64, forward: bool) -> Result<Value> {
        let inner = &self.inner;
        let book = inner.book()?;
        let range = if forward { book.pieces_in(from, i64::MAX) } else { book.pieces_in(i64::MIN, from) };
        // Of goroutines and tasks it is known in which pieces something begins.
        let mut places: Vec<usize> = match track.kind {
            RowKind::Goroutine | RowKind::Task => {
                let (a, b) = if forward { (from, i64::MAX) } else { (i64::MIN, from) };
                let mut some = plan(&book, &[track], a, b).pieces;
                some.extend(if forward { Some(range.start) } else { range.end.checked_sub(1) });
                some
            }
            _ => range.collect(),
        };
        places.sort_unstable();
        places.dedup();
        if !forward {
            places.reverse();
        }
        for piece in places.into_iter().take(MAX_SEARCHED) {
            let Some((a, b)) = book.bounds(piece) else { continue };
            let (a, b) = if forward { (a.max(from), b) } else { (a, b.min(from)) };
            let spans = inner.row_spans(&book, track, a, b, usize::MAX).unwrap_or_default();
            let found = if forward {
                spans.iter().find(|s| s.brief.start > from)
            } else {
                spans.iter().rev().find(|s| s.brief.start < from)
            };
            if let Some(s) = found {
                return Ok(inner.row_details(&book, track, s));
            }
        }
        Ok(Value::Null)
    }
}

fn merged(book: &Book, track: RowTrack, spans: &[&RowSpan]) -> Value {
    let mut sums = [0i64; tracewell_index::STATES];
    for s in spans {
        sums[s.brief.state as usize] += s.brief.nanos();
    }
    let state = (0..sums.len()).max_by_key(|i| (sums[*i], usize::MAX - i)).unwrap_or(0);
    let first = spans.first().map_or(0, |s| s.brief.start);
    let one = spans.first().map(|s| s.brief.g).filter(|g| *g >= 0 && spans.iter().all(|s| s.brief.g == *g));
    let name = |g| {
        book.lives.find(g, first).and_then(|l| book.lives.get(l)).map_or("", |l| book.symbols.text(l.name))
    };
    json!({
        "kind": "merged",
        "track": track.id(),
        "startNanos": first,
        "endNanos": spans.iter().map(|s| s.brief.end).max(),
        "spanCount": spans.len(),
        "busyNanos": sums.iter().sum::<i64>(),
        "state": SpanState::ALL[state].as_str(),
        "mainGoroutine": one.map(|g| json!({
            "id": g,
            "name": name(g),
            "nanos": sums.iter().sum::<i64>(),
            "spanCount": spans.len(),
        })),
    })
}

/// Go's words for why a state ended, from the event that ended it.
fn end_reason(from: SpanState, to: SpanState, reason: &str) -> String {
    match to {
        SpanState::Idle => "goroutine ended".into(),
        SpanState::Waiting if reason.is_empty() => "waiting".into(),
        SpanState::Waiting => reason.into(),
        SpanState::Runnable if from == SpanState::Waiting => "woken".into(),
        SpanState::Runnable if matches!(from, SpanState::Syscall | SpanState::SyscallBlocked) => {
            "system call returned".into()
        }
        SpanState::Runnable if reason.is_empty() => "runnable".into(),
        SpanState::Runnable => reason.into(),
        SpanState::Syscall => "syscall".into(),
        SpanState::SyscallBlocked => "processor taken in a system call".into(),
        SpanState::Assist => "GC mark assist".into(),
        _ if from == SpanState::Runnable => "given a processor".into(),
        _ if from == SpanState::Assist => "assist completed".into(),
        _ if matches!(from, SpanState::Syscall | SpanState::SyscallBlocked) => "system call returned".into(),
        _ => "running".into(),
    }
}

fn reason_of<'s>(e: &Event, symbols: &'s Symbols) -> &'s str {
    match e.kind {
        Kind::GoTransition { reason, .. } => symbols.text(reason),
        _ => "",
    }
}

impl Inner {
    /// Shapes: `SpanDetails`.
    pub(crate) fn row_details(&self, book: &Book, track: RowTrack, span: &RowSpan) -> Value {
        let s = &span.brief;
        let ends = self.ends(book, track, span);
        let began = self.step_at(book, s.g, s.start);
        let (p, m) = match (track.kind, s.state) {
            (RowKind::Thread, _) => (None, book.threads.get(track.place as usize).map(|t| t.m)),
            (_, SpanState::Running | SpanState::Assist | SpanState::Syscall) => {
                (began.map(|b| b.p).filter(|p| *p >= 0), began.map(|b| b.m).filter(|m| *m >= 0))
            }
            _ => (None, None),
        };
        let life = book.lives.find(s.g, s.start).and_then(|l| book.lives.get(l));
        let name = life.map_or("", |l| book.symbols.text(l.name));
        let label = row_label(book, track, s);
        let title = match track.kind {
            RowKind::Goroutine if track.lane == 0 => {
                format!("{}: {label}", goroutine_label(book, s.g, s.start))
            }
            _ => label,
        };
        let source = if ends.start_stack.is_empty() { "none" } else { "recorded" };
        json!({
            "kind": "span",
            "track": track.id(),
            "title": title,
            "state": s.state.as_str(),
            "reason": if s.state == SpanState::Waiting { book.symbols.text(s.reason) } else { "" },
            "startNanos": s.start,
            "endNanos": s.end,
            "selfNanos": s.nanos(),
            "goroutineId": (s.g >= 0).then_some(s.g),
            "goroutineName": (s.g >= 0 && !name.is_empty()).then_some(name),
            "procId": p,
            "threadId": m,
            "startStack": ends.start_stack,
            "startStackSource": source,
            "endStack": ends.end_stack,
            "endReason": if s.open { "trace ended".to_string() } else { ends.end_reason },
            "args": ends.args,
            "beganBeforeTrace": s.began_before,
            "openAtEnd": s.open,
            "inside": [],
        })
    }

    /// The step by which a goroutine entered a state.
    pub(crate) fn step_at(&self, book: &Book, g: i64, at: i64) -> Option<Step> {
        let piece = book.pieces_in(at, at).start;
        let w = self.row_window(book, piece, true)?;
        w.steps(g).into_iter().rev().find(|s| s.at == at)
    }

    fn ends(&self, book: &Book, track: RowTrack, span: &RowSpan) -> Ends {
        let s = span.brief;
        let mut ends = Ends::default();
        let mut start = |e: &Event, stage: &mut Stage<'_>| {
            if let Some((stack, own)) = stack_of(e, s.g) {
                // A run has no stack of its own at its begin: the waker's says little here.
                let id = if own != 0 {
                    own
                } else if s.state == SpanState::Runnable {
                    0
                } else {
                    stack
                };
                if id != 0 {
                    ends.start_stack = frames(stage, id);
                }
            }
            if let Kind::Log { message, .. } = e.kind
                && s.state == SpanState::Log
                && e.g == s.g
            {
                let text = stage.tables.string(stage.bytes, message).unwrap_or_default();
                ends.end_reason = String::from_utf8_lossy(text).into_owned();
            }
            true
        };
        let tick = matches!(s.state, SpanState::Log | SpanState::Sample) || track.kind == RowKind::Wakeup;
        if !s.began_before {
            self.look(book, s.start, s.start, &mut start);
        }
        if s.open || tick {
            return ends;
        }
        let ended_by = span.ended_by.or_else(|| self.step_at(book, s.g, s.end));
        let mut end = |e: &Event, stage: &mut Stage<'_>| {
            let Some((_, own)) = stack_of(e, s.g) else { return true };
            if own != 0 {
                ends.end_stack = frames(stage, own);
            }
            if let Some(step) = ended_by {
                ends.end_reason = end_reason(s.state, step.state, reason_of(e, stage.symbols));
            }
            true
        };
        self.look(book, s.end, s.end, &mut end);
        if ends.end_reason.is_empty() {
            ends.end_reason = match (s.state, ended_by) {
                (SpanState::Region | SpanState::Task, _) | (_, None) => "completed".into(),
                (state, Some(step)) => end_reason(state, step.state, ""),
            };
        }
        ends
    }
}

/// Stack of the event's context, and of the goroutine itself, where the event is one of that goroutine.
pub(crate) fn stack_of(e: &Event, g: i64) -> Option<(u64, u64)> {
    match e.kind {
        Kind::GoTransition { g: of, stack, own_stack, .. } if of == g => Some((stack, own_stack)),
        Kind::RegionBegin { stack, .. }
        | Kind::RegionEnd { stack, .. }
        | Kind::Log { stack, .. }
        | Kind::TaskBegin { stack, .. }
        | Kind::TaskEnd { stack, .. }
        | Kind::StackSample { stack }
            if e.g == g || g < 0 =>
        {
            Some((stack, stack))
        }
        _ => None,
    }
}

/// A span of a goroutine that has no place on a row of its own yet.
pub(crate) fn state_at(
    inner: &Inner,
    book: &Book,
    g: i64,
    at: i64,
) -> Option<(RowTrack, BriefSpan, Option<Step>)> {
    let place = book.lives.find(g, at)?;
    let track = RowTrack::new(RowKind::Goroutine, place, 0);
    let spans = inner.row_spans(book, track, at, at, usize::MAX)?;
    let it = spans.iter().rev().find(|s| s.brief.start <= at && at < s.brief.end)?;
    Some((track, it.brief, it.ended_by))
}
