//! Everything the details panel shows of one span: its piece is decoded once more, with stacks.

use std::ops::ControlFlow;

use serde_json::{Value, json};
use tracewell_index::window::Watch;
use tracewell_index::{BriefSpan, Ended, Lanes, Piece, STATES, Segment, Span, SpanState, Track, window};
use tracewell_order::{Event, Flow, GoState, Kind, Scope, StackId, Stage, Sym, Symbols};
use tracewell_source::Result;

use crate::Trace;
use crate::tile::flatten;

/// Earlier pieces looked through for where a goroutine had stopped.
const MAX_BACK: usize = 64;
/// Pieces decoded for what happened inside a span.
const MAX_INSIDE: usize = 64;

type Frames = Vec<Value>;

/// Finds a span and the stacks at its ends.
struct Finder {
    track: Track,
    start: i64,
    end: i64,
    state: SpanState,
    g: i64,
    span: Option<Span>,
    worker: Option<Sym>,
    start_stack: Option<(Frames, &'static str)>,
    end_stack: Option<Frames>,
    /// Where the goroutine last stopped: in this generation, or already in words.
    last_stop: Option<(StackId, &'static str)>,
    last_stop_frames: Option<(Frames, &'static str)>,
}

impl Finder {
    fn new(track: Track, s: &BriefSpan) -> Finder {
        Finder {
            track,
            start: s.start,
            end: s.end,
            state: s.state,
            g: s.g,
            span: None,
            worker: None,
            start_stack: None,
            end_stack: None,
            last_stop: None,
            last_stop_frames: None,
        }
    }

    fn stopped(&self, stage: &Stage<'_>) -> Option<(Frames, &'static str)> {
        match self.last_stop {
            Some((id, source)) => Some((frames(stage, id), source)),
            None => self.last_stop_frames.clone(),
        }
    }
}

impl Lanes for Finder {
    fn span(&mut self, s: &Span) {
        if s.track == self.track && s.start == self.start && s.end == self.end && s.state == self.state {
            self.span = Some(*s);
        }
        // Which kind of mark worker it was is told by a label, which is a span of its own inside of this one.
        let within = s.g == self.g && s.start >= self.start && s.end <= self.end;
        if s.state == SpanState::GcWorker && matches!(s.track, Track::Proc(_, 1)) && within {
            self.worker = Some(s.label);
        }
    }
}

impl Watch for Finder {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        if e.time > self.end {
            return ControlFlow::Break(());
        }
        let ours =
            |scope: Scope| scope == Scope::Goroutine(self.g) || matches!(scope, Scope::None | Scope::Proc(_));
        match e.kind {
            Kind::GoTransition { g, from, to, stack, own_stack, .. } if g == self.g => {
                let upper = matches!(self.track, Track::Proc(_, 0));
                if e.time == self.start && to == GoState::Running && upper {
                    self.start_stack = self.stopped(stage);
                }
                if e.time == self.start && to == GoState::Syscall && self.state == SpanState::Syscall {
                    self.start_stack = Some((frames(stage, stack), "recorded"));
                }
                if e.time == self.end && own_stack != 0 {
                    self.end_stack = Some(frames(stage, own_stack));
                }
                if own_stack != 0 {
                    let source = if from == GoState::NotExist { "created" } else { "last-stop" };
                    self.last_stop = Some((own_stack, source));
                }
            }
            Kind::RangeBegin { scope, stack, .. } if e.time == self.start && ours(scope) && stack != 0 => {
                self.start_stack = Some((frames(stage, stack), "recorded"));
            }
            _ => {}
        }
        Flow::Continue(())
    }

    fn end_generation(&mut self, stage: &mut Stage<'_>) {
        // Stack ids end with their generation; what they say is taken along.
        self.last_stop_frames = self.stopped(stage);
        self.last_stop = None;
    }
}

/// Frames as the contract has them, leaf first; places without a name are left out.
fn frames(stage: &Stage<'_>, id: StackId) -> Frames {
    let text =
        |id| String::from_utf8_lossy(stage.tables.string(stage.bytes, id).unwrap_or_default()).into_owned();
    let all = stage.tables.stack(stage.bytes, id);
    all.iter()
        .filter(|f| f.func != 0)
        .map(|f| json!({"function": text(f.func), "file": text(f.file), "line": f.line}))
        .collect()
}

impl Trace {
    pub(crate) fn details(&self, track: Track, s: &BriefSpan) -> Result<Value> {
        let (first, last, symbols) = {
            let index = self.inner.shared.read();
            let pieces = index.pieces_in(s.start, s.end);
            let none = Piece { segment: usize::MAX, part: 0 };
            let first = pieces.first().copied().unwrap_or(none);
            (first, pieces.last().copied().unwrap_or(first), index.symbols.clone())
        };
        let mut finder = Finder::new(track, s);
        self.look(first, &symbols, &mut finder);
        if last != first {
            // The span crosses a border: its end, and all that is told with it, is in the last piece.
            let begin = finder.start_stack.take();
            self.look(last, &symbols, &mut finder);
            finder.start_stack = begin;
        }
        if finder.start_stack.is_none() && matches!(track, Track::Proc(_, 0)) {
            finder.start_stack = self.earlier_stop(first, s, &symbols);
        }
        Ok(self.describe(track, s, finder))
    }

    fn look(&self, piece: Piece, symbols: &Symbols, finder: &mut Finder) {
        let found: Option<Segment> = self.inner.shared.read().segments.get(piece.segment).cloned();
        if let Some(found) = found {
            let (bytes, header) = (self.inner.source.bytes(), self.inner.header);
            let prepared = window::prepare(bytes, header, &found, true);
            let at = (&found, piece.part);
            window::decode_part(bytes, header, at, prepared.as_ref(), symbols.clone(), finder);
        }
    }

    /// Where the goroutine had stopped, when that was in an earlier piece.
    fn earlier_stop(
        &self,
        before: Piece,
        s: &BriefSpan,
        symbols: &Symbols,
    ) -> Option<(Frames, &'static str)> {
        let mut piece = before;
        for _ in 0..MAX_BACK {
            piece = self.inner.shared.read().beside(piece, false)?;
            let mut finder = Finder { start: i64::MAX, end: i64::MAX, ..Finder::new(Track::Gc, s) };
            self.look(piece, symbols, &mut finder);
            if finder.last_stop_frames.is_some() {
                return finder.last_stop_frames;
            }
        }
        None
    }

    fn describe(&self, track: Track, s: &BriefSpan, finder: Finder) -> Value {
        let inside = self.inside(track, s);
        let within: i64 = inside.iter().map(|i| i.1).sum();
        let index = self.inner.shared.read();
        let full = finder.span;
        let reason = |r| match index.symbols.text(r) {
            "" => "waiting".to_string(),
            t => t.to_string(),
        };
        let ended = match full.map_or(Ended::Completed, |f| f.ended) {
            Ended::Completed => "completed".to_string(),
            Ended::Blocked(r) | Ended::Stopped(r) => reason(r),
            Ended::Returned => "system call returned".into(),
            Ended::ProcTaken => "processor taken in a system call".into(),
            Ended::GoroutineEnded => "goroutine ended".into(),
            Ended::TraceEnded => "trace ended".into(),
        };
        let ended = if s.open { "trace ended".to_string() } else { ended };
        let args: Vec<Value> = match (s.state, full) {
            (SpanState::Sweep, Some(f)) => vec![
                json!({"name": "bytes swept", "value": f.values.0}),
                json!({"name": "bytes reclaimed", "value": f.values.1}),
            ],
            _ => Vec::new(),
        };
        let (start_stack, source) =
            finder.start_stack.filter(|s| !s.0.is_empty()).unwrap_or((Vec::new(), "none"));
        let name = index.symbols.text(index.names.get(s.g));
        let kind = finder.worker.filter(|_| s.state == SpanState::GcWorker).map(|w| index.symbols.text(w));
        let title = match kind {
            Some(kind) => format!("{}, {kind}", index.label(track, s)),
            None => index.label(track, s),
        };
        json!({
            "kind": "span",
            "track": track.id(),
            "title": title,
            "state": s.state.as_str(),
            "startNanos": s.start,
            "endNanos": s.end,
            "selfNanos": s.nanos() - within,
            "goroutineId": (s.g >= 0).then_some(s.g),
            "goroutineName": (s.g >= 0 && !name.is_empty()).then_some(name),
            "procId": if let Track::Proc(p, _) = track { Some(p) } else { None },
            "threadId": full.map(|f| f.thread).filter(|t| *t > 0),
            "startStack": start_stack,
            "startStackSource": source,
            "endStack": finder.end_stack.unwrap_or_default(),
            "endReason": ended,
            "args": args,
            "beganBeforeTrace": s.began_before,
            "openAtEnd": s.open,
            "inside": inside
                .iter()
                .map(|(state, nanos, count)| json!({"state": state.as_str(), "nanos": nanos, "count": count}))
                .collect::<Vec<_>>(),
        })
    }

    /// Time by state of the lower lane inside a span of the upper one.
    fn inside(&self, track: Track, s: &BriefSpan) -> Vec<(SpanState, i64, u64)> {
        let Track::Proc(p, 0) = track else { return Vec::new() };
        let spans = self.inner.spans(Track::Proc(p, 1), s.start, s.end, MAX_INSIDE).unwrap_or_default();
        let mut sums = [(0i64, 0u64); STATES];
        flatten(&spans, |a, b, inner, first| {
            let sum = &mut sums[inner.state as usize];
            sum.0 += (b.min(s.end) - a.max(s.start)).max(0);
            sum.1 += u64::from(first);
        });
        let all = SpanState::ALL.iter().zip(sums).filter(|(_, n)| n.0 > 0);
        all.map(|(state, (nanos, count))| (*state, nanos, count)).collect()
    }
}
