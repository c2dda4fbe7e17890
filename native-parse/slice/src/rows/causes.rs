//! Why a goroutine waited: who ended it, what that one had waited for within this wait, and so on. The chain is that of
//! the command line's `causes`; here each step costs the segments it lies in, not a pass.

use serde_json::{Value, json};
use tracewell_index::rows::{Book, Step};
use tracewell_index::{BriefSpan, SpanState};
use tracewell_source::{Code, Result, TraceError};

use super::detail::{stack_of, state_at};
use super::look::frames;
use super::track::{RowKind, RowTrack};
use crate::Trace;
use crate::trace::Inner;

/// Steps of a chain at most.
const LIMIT: usize = 8;

struct Cause {
    g: i64,
    track: u32,
    /// None: it was created.
    state: Option<SpanState>,
    span: BriefSpan,
    by: i64,
}

impl Trace {
    /// Shapes: `Causes`. Errors: RANGE when the goroutine did not live then. Cost: a few segments for each step.
    pub fn causes(&self, g: i64, at: i64) -> Result<Value> {
        let inner = &self.inner;
        let book = inner.book()?;
        let (track, span, ended) = state_at(inner, &book, g, at)
            .ok_or_else(|| TraceError::new(Code::Range, format!("Goroutine {g} does not live at {at} ns")))?;
        let since = span.start;
        let by = inner.ended_by(&book, &span, ended);
        let mut steps = vec![Cause { g, track: track.id(), state: Some(span.state), span, by }];
        let stop = loop {
            let Some(last) = steps.last() else { break "unknown" };
            if last.by < 0 {
                break "unknown";
            }
            if steps.len() == LIMIT {
                break "limit";
            }
            let (by, end, was) = (last.by, last.span.end, last.g);
            match inner.cause_before(&book, by, end, since) {
                // The goroutine cannot be its own cause: that is the wait it came from.
                Some(s) if s.span.end > since && !(s.span.end == end && by == was) => steps.push(s),
                _ => break "ran",
            }
        };
        let ends: Vec<i64> = steps.iter().map(|s| s.span.end).collect();
        let steps: Vec<Value> = steps
            .iter()
            .enumerate()
            .map(|(i, s)| {
                let before = ends.get(i + 1).map_or(since, |e| (*e).max(since));
                inner.cause_json(&book, s, s.span.end - before)
            })
            .collect();
        Ok(json!({"steps": steps, "stop": stop}))
    }
}

impl Inner {
    /// Who ended a wait; -1: nobody is named, or it was no wait.
    fn ended_by(&self, book: &Book, span: &BriefSpan, ended: Option<Step>) -> i64 {
        if span.state != SpanState::Waiting || span.open {
            return -1;
        }
        ended.or_else(|| self.step_at(book, span.g, span.end)).map_or(-1, |s| s.by)
    }

    /// The last wait of a goroutine that ended up to a time; else its creation, if that was after `since`.
    fn cause_before(&self, book: &Book, g: i64, until: i64, since: i64) -> Option<Cause> {
        let place = book.lives.find(g, until)?;
        let life = book.lives.get(place).filter(|l| l.start <= until)?;
        let track = RowTrack::new(RowKind::Goroutine, place, 0);
        let range = book.pieces_in(life.start, until);
        for segment in book.attended(place, &life, &range).into_iter().rev() {
            let w = self.row_window(book, segment, true)?;
            let steps = w.steps(g);
            let ends = |s: &Step| s.at <= until && s.at >= life.start && s.from == SpanState::Waiting;
            let Some(i) = steps.iter().rposition(ends) else {
                // Nothing that ended this early can be within the first wait; what it was then is still told.
                continue;
            };
            let end = steps[i];
            let carried = || book.carried(place, &life, segment);
            let begun = steps[..i].iter().copied().rfind(|s| s.state == SpanState::Waiting);
            let (start, reason) = match (begun, carried()) {
                // A mention says nothing new of what was carried here.
                (Some(s), Some(c)) if s.cause == tracewell_index::rows::Cause::Mention => (c.since, c.reason),
                (Some(s), _) => (s.at, s.reason),
                (None, Some(c)) => (c.since, c.reason),
                (None, None) => (life.start, tracewell_order::Sym::EMPTY),
            };
            let span = BriefSpan {
                began_before: life.older && start == life.start,
                ..super::walk::brief(start, end.at, SpanState::Waiting, g, reason)
            };
            return Some(Cause { g, track: track.id(), state: Some(SpanState::Waiting), span, by: end.by });
        }
        let created = !life.older && life.start > since;
        let span =
            super::walk::brief(life.start, life.start, SpanState::Runnable, g, tracewell_order::Sym::EMPTY);
        created.then(|| Cause {
            g,
            track: track.id(),
            state: None,
            span,
            by: self.creator(book, g, life.start),
        })
    }

    fn creator(&self, book: &Book, g: i64, at: i64) -> i64 {
        self.step_at(book, g, at).map_or(-1, |s| s.by)
    }

    fn stack_at(&self, book: &Book, g: i64, at: i64, own: bool) -> Vec<Value> {
        let mut out = Vec::new();
        self.look(book, at, at, &mut |e, stage| {
            if let Some((stack, of_own)) = stack_of(e, g) {
                out = frames(stage, if own && of_own != 0 { of_own } else { stack });
            }
            true
        });
        out
    }

    fn cause_json(&self, book: &Book, c: &Cause, share: i64) -> Value {
        let s = &c.span;
        let waits = s.state == SpanState::Waiting;
        let name = |g: i64, at: i64| {
            let life = book.lives.find(g, at).and_then(|l| book.lives.get(l));
            life.map_or("", |l| book.symbols.text(l.name)).to_string()
        };
        let stack = if s.began_before || c.state.is_none() {
            Vec::new()
        } else {
            self.stack_at(book, c.g, s.start, true)
        };
        let by_stack = if c.by >= 0 { self.stack_at(book, c.g, s.end, false) } else { Vec::new() };
        json!({
            "goroutine": c.g,
            "name": name(c.g, s.start),
            "track": c.track,
            "state": c.state.map_or("created", SpanState::as_str),
            "reason": if waits { book.symbols.text(s.reason) } else { "" },
            "startNanos": s.start,
            "endNanos": s.end,
            "byGoroutine": (c.by >= 0).then_some(c.by),
            "byName": if c.by >= 0 { name(c.by, s.end) } else { String::new() },
            "byStack": by_stack,
            "stack": stack,
            "shareNanos": share,
        })
    }
}
