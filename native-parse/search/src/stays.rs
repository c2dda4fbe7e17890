//! What goroutines were in as records: where a query asks for waiting, for being runnable, or for a reason.

use tracewell_index::SpanState;
use tracewell_index::rows::{Book, Stay};

use crate::field::{Field, State};
use crate::finder::{Haystack, SeeHit, SpanHit};
use crate::matcher::Matcher;
use crate::query::Query;
use crate::record::{Record, See, Text};
use crate::spans::ReadIndex;

struct StateAlone(State);

impl Record for StateAlone {
    fn state(&self) -> Option<State> {
        Some(self.0)
    }
}

/// Whether a query asks for what only rows by goroutine show.
pub fn wants_stays(query: &Query) -> bool {
    let mut wants = false;
    query.each_leaf(&mut |leaf| {
        if let Query::Test(t) = leaf {
            wants |= match t.field {
                Field::Reason => true,
                Field::State => {
                    let mut m = Matcher::new(leaf);
                    m.matches(&StateAlone(State::Waiting)) || m.matches(&StateAlone(State::Runnable))
                }
                _ => false,
            };
        }
    });
    wants
}

/// Whether a query asks for nothing that stays do not have.
pub fn only_stays(query: &Query) -> bool {
    let mut only = true;
    query.each_leaf(&mut |leaf| {
        if let Query::Test(t) = leaf {
            only &= matches!(
                t.field,
                Field::G
                    | Field::Goroutine
                    | Field::Fn
                    | Field::State
                    | Field::Reason
                    | Field::Dur
                    | Field::T
                    | Field::Parent
            );
        }
    });
    only
}

struct StayRecord<'b> {
    book: &'b Book,
    stay: &'b Stay,
}

impl StayRecord<'_> {
    fn function(&self, see: &mut See<'_>) -> bool {
        self.book.lives.get(self.stay.life).is_some_and(|l| see(self.text(l.name)))
    }
    fn text(&self, s: tracewell_order::Sym) -> Text<'_> {
        Text::Known(s.0, self.book.symbols.text(s))
    }
}

impl Record for StayRecord<'_> {
    fn number(&self, field: Field) -> Option<i64> {
        match field {
            Field::G | Field::Goroutine => Some(self.stay.g),
            Field::Dur => Some(self.stay.end - self.stay.start),
            Field::T => Some(self.stay.start),
            Field::Parent => {
                let life = self.book.lives.get(self.stay.life)?;
                self.book.lives.get(life.parent?).map(|p| p.g)
            }
            _ => None,
        }
    }

    fn state(&self) -> Option<State> {
        Some(match self.stay.state {
            SpanState::Runnable => State::Runnable,
            SpanState::Waiting => State::Waiting,
            SpanState::Syscall | SpanState::SyscallBlocked => State::Syscall,
            _ => State::Running,
        })
    }

    fn texts(&self, field: Field, see: &mut See<'_>) {
        match field {
            Field::Fn => {
                self.function(see);
            }
            Field::Reason if self.stay.state == SpanState::Waiting => {
                see(self.text(self.stay.reason));
            }
            _ => {}
        }
    }

    fn names(&self, see: &mut See<'_>) {
        if !self.function(see) {
            self.texts(Field::Reason, see);
        }
    }
}

/// Shows each stay that begins in a segment.
pub type ReadStays<'r> = dyn Fn(usize, &mut dyn FnMut(&Stay)) + 'r;

/// Rows by goroutine, to look for hits in; a hit's row is the place of a life in the book.
pub struct StayFinder<'f> {
    pub book: &'f Book,
    pub read: &'f ReadIndex<'f>,
    pub stays: &'f ReadStays<'f>,
}

impl Haystack for StayFinder<'_> {
    fn segments(&self, at: i64) -> (usize, usize, i64) {
        let mut found = (0, 0, 0);
        (self.read)(&mut |index| {
            found = (index.segments.len(), index.segments_in(at, at).start, index.end_nanos);
        });
        found
    }

    fn each(&self, segment: usize, matcher: &mut Matcher, see: &mut SeeHit<'_>) {
        (self.stays)(segment, &mut |stay| {
            if matcher.matches(&StayRecord { book: self.book, stay }) {
                see(stay.start, stay.life, &|| self.hit(stay));
            }
        });
    }
}

impl StayFinder<'_> {
    fn hit(&self, s: &Stay) -> SpanHit {
        let reason = self.book.symbols.text(s.reason);
        let state = if reason.is_empty() { s.state.as_str() } else { reason };
        let name = match self.book.lives.get(s.life) {
            Some(life) => self.book.goroutine_label(&life),
            None => format!("G{}", s.g),
        };
        let label = format!("{name}: {state}");
        SpanHit { row: s.life, start: s.start, end: s.end, g: s.g, label }
    }
}
