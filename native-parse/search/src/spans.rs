//! Spans of the timeline as records, and the next one that a query matches.
//!
//! A query about what only events have (`kind`, `region`, `log` …) finds events instead; see `wants_events`.

use std::sync::Arc;

use tracewell_index::{BriefSpan, Index, SpanState, Track, Window};
use tracewell_order::Symbols;

use crate::field::{Field, State};
use crate::finder::{Haystack, SeeHit, SpanHit};
use crate::matcher::Matcher;
use crate::query::Query;
use crate::record::{Record, See, Text};

/// What spans that are no goroutine's run are called.
const LABELS: [&str; 6] = [
    "GC concurrent mark",
    "stop-the-world",
    "GC mark assist",
    "GC incremental sweep",
    "syscall",
    "gc-worker",
];

/// A name that a span may have.
struct Label<'t>(&'t str);

impl Record for Label<'_> {
    fn names(&self, see: &mut See<'_>) {
        see(Text::Once(self.0));
    }
}

/// Shows every name it knows to whom it is given.
pub type Names<'n> = dyn Fn(&mut dyn FnMut(&str)) + 'n;
/// Lends the index for a moment.
pub type ReadIndex<'r> = dyn Fn(&mut dyn FnMut(&Index)) + 'r;

/// Whether a query asks for what spans do not have: a field of events, or a text that is the name of no span.
/// `names`: start functions of goroutines.
pub fn wants_events(query: &Query, names: &Names<'_>) -> bool {
    let mut texts = Vec::new();
    query.each_leaf(&mut |leaf| {
        if matches!(leaf, Query::Text(_)) {
            texts.push(Matcher::new(leaf));
        }
    });
    for text in &mut texts {
        let mut is_name = LABELS.iter().any(|l| text.matches(&Label(l)));
        names(&mut |name| is_name = is_name || text.matches(&Label(name)));
        if !is_name {
            return true;
        }
    }
    asks_fields(query)
}

fn asks_fields(query: &Query) -> bool {
    let mut wants = false;
    query.each_leaf(&mut |leaf| {
        if let Query::Test(t) = leaf {
            wants |= !matches!(
                t.field,
                Field::G | Field::P | Field::Goroutine | Field::Fn | Field::State | Field::Dur | Field::T
            );
        }
    });
    wants
}

struct SpanRecord<'i> {
    index: &'i Index,
    track: Track,
    span: &'i BriefSpan,
}

fn texts(index: &Index) -> &Symbols {
    &index.symbols
}

impl Record for SpanRecord<'_> {
    fn number(&self, field: Field) -> Option<i64> {
        match field {
            Field::G | Field::Goroutine => (self.span.g >= 0).then_some(self.span.g),
            Field::P => match self.track {
                Track::Proc(p, _) => Some(p),
                _ => None,
            },
            Field::Dur => Some(self.span.nanos()),
            Field::T => Some(self.span.start),
            _ => None,
        }
    }

    fn state(&self) -> Option<State> {
        match (self.track, self.span.state) {
            (_, SpanState::Syscall) => Some(State::Syscall),
            (Track::Proc(_, 0), _) => Some(State::Running),
            _ => None,
        }
    }

    fn texts(&self, field: Field, see: &mut See<'_>) {
        if field == Field::Fn && self.span.g >= 0 {
            let name = self.index.names.get(self.span.g);
            see(Text::Known(name.0, texts(self.index).text(name)));
        }
    }

    fn names(&self, see: &mut See<'_>) {
        match self.track {
            Track::Proc(_, 0) => self.texts(Field::Fn, see),
            _ => {
                see(Text::Once(&self.index.label(self.track, self.span)));
            }
        }
    }
}

/// Rows of processors, to look for hits in; a hit's row is its track. `window` gives the spans inside of a segment; those that cross a border are the
/// index's.
pub struct SpanFinder<'f> {
    pub read: &'f ReadIndex<'f>,
    pub window: &'f dyn Fn(usize) -> Option<Arc<Window>>,
}

impl Haystack for SpanFinder<'_> {
    fn segments(&self, at: i64) -> (usize, usize, i64) {
        let mut found = (0, 0, 0);
        (self.read)(&mut |index| {
            found = (index.segments.len(), index.segments_in(at, at).start, index.end_nanos);
        });
        found
    }

    fn each(&self, segment: usize, matcher: &mut Matcher, see: &mut SeeHit<'_>) {
        // Before the lock: a window that is not kept is decoded, which needs the index itself.
        let window = (self.window)(segment);
        (self.read)(&mut |index| {
            let Some(at) = index.segments.get(segment) else { return };
            let is_last = segment + 1 == index.segments.len();
            let (from, to) = (at.from_nanos, if is_last { i64::MAX } else { at.to_nanos });
            matcher.forget(index.symbols.len() as u32);
            let mut look = |track: Track, span: &BriefSpan| {
                if matcher.matches(&SpanRecord { index, track, span }) {
                    see(span.start, track.id().unwrap_or(u32::MAX), &|| hit(index, track, span));
                }
            };
            for (track, span) in window.iter().flat_map(|w| w.all()) {
                look(track, span);
            }
            let mut crossing: Vec<(&Track, &Vec<BriefSpan>)> = index.long.iter().collect();
            crossing.sort_unstable_by_key(|(track, _)| **track);
            for (track, spans) in crossing {
                for span in spans.iter().filter(|s| s.crossing && (from..=to).contains(&s.start)) {
                    look(*track, span);
                }
            }
        });
    }
}

fn hit(index: &Index, track: Track, span: &BriefSpan) -> SpanHit {
    let (row, label) = (track.id().unwrap_or(u32::MAX), index.label(track, span));
    SpanHit { row, start: span.start, end: span.end, g: span.g, label }
}
