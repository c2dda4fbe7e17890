//! An ordered event as a record.
//!
//! `g`, `p`, `m` are those in whose context it happened, before it happened, as in the event's line; `goroutine` is also
//! the one that it happens to, and `fn` the start function of either. `state` is the one that a goroutine comes into.

use tracewell_order::{Event, GoState, Kind, RangeName, Scope, Stage, Sym};
use tracewell_wire::events as wire_events;

use crate::field::{Field, State};
use crate::names::NameSource;
use crate::record::{Record, See, Text};

pub struct EventRecord<'e, 's, N> {
    pub event: &'e Event,
    pub stage: &'e Stage<'s>,
    pub names: &'e N,
}

/// The goroutine that an event happens to, where it says one.
pub fn subject(e: &Event) -> Option<i64> {
    match e.kind {
        Kind::GoTransition { g, .. } | Kind::Label { g, .. } => Some(g),
        Kind::RangeBegin { scope: Scope::Goroutine(g), .. }
        | Kind::RangeActive { scope: Scope::Goroutine(g), .. }
        | Kind::RangeEnd { scope: Scope::Goroutine(g), .. } => Some(g),
        _ => None,
    }
}

/// The user task that an event belongs to.
pub fn task(e: &Event) -> Option<u64> {
    match e.kind {
        Kind::TaskBegin { task, .. }
        | Kind::TaskEnd { task, .. }
        | Kind::RegionBegin { task, .. }
        | Kind::RegionEnd { task, .. }
        | Kind::Log { task, .. } => Some(task),
        _ => None,
    }
}

/// Stacks of an event: of the context, and of the goroutine that changes.
pub fn stacks(e: &Event) -> [u64; 2] {
    match e.kind {
        Kind::GoTransition { stack, own_stack, .. } => [stack, own_stack],
        Kind::Metric { stack, .. }
        | Kind::RangeBegin { stack, .. }
        | Kind::TaskBegin { stack, .. }
        | Kind::TaskEnd { stack, .. }
        | Kind::RegionBegin { stack, .. }
        | Kind::RegionEnd { stack, .. }
        | Kind::Log { stack, .. }
        | Kind::StackSample { stack } => [stack, 0],
        _ => [0; 2],
    }
}

impl<N: NameSource> EventRecord<'_, '_, N> {
    /// A text of the trace. Its numbers are even, those of names are odd: one memory serves both.
    fn known(&self, s: Sym, see: &mut See<'_>) -> bool {
        see(Text::Known(s.0 * 2, self.stage.symbols.text(s)))
    }
    fn name(&self, s: Sym, see: &mut See<'_>) -> bool {
        see(Text::Known(s.0 * 2 + 1, self.names.text(s)))
    }
    fn function(&self, see: &mut See<'_>) -> bool {
        let e = self.event;
        e.g >= 0 && self.name(self.names.goroutine(e.g), see)
            || subject(e).is_some_and(|g| g != e.g && self.name(self.names.goroutine(g), see))
    }
    fn task(&self, see: &mut See<'_>) -> bool {
        task(self.event).is_some_and(|t| self.name(self.names.task(t), see))
    }
    fn message(&self, id: u64, see: &mut See<'_>) -> bool {
        let raw = self.stage.tables.string(self.stage.bytes, id).unwrap_or_default();
        see(Text::Once(&String::from_utf8_lossy(raw)))
    }
    fn range(&self, name: RangeName, see: &mut See<'_>) -> bool {
        match name {
            RangeName::GcMark => see(Text::Once("GC concurrent mark phase")),
            RangeName::Sweep => see(Text::Once("GC incremental sweep")),
            RangeName::MarkAssist => see(Text::Once("GC mark assist")),
            RangeName::Stw(reason) => {
                see(Text::Once(&format!("stop-the-world ({})", self.stage.symbols.text(reason))))
            }
        }
    }
}

impl<N: NameSource> Record for EventRecord<'_, '_, N> {
    fn number(&self, field: Field) -> Option<i64> {
        let e = self.event;
        let id = |id: i64| (id >= 0).then_some(id);
        match field {
            Field::G => id(e.g),
            Field::P => id(e.p),
            Field::M => id(e.m),
            Field::T => Some(e.time),
            Field::Task => task(e).and_then(|t| i64::try_from(t).ok()),
            Field::Parent => match e.kind {
                Kind::TaskBegin { parent, .. } | Kind::TaskEnd { parent, .. } => id(parent),
                _ => None,
            },
            _ => None,
        }
    }

    fn numbers(&self, field: Field) -> [Option<i64>; 2] {
        match field {
            Field::Goroutine => [self.number(Field::G), subject(self.event).filter(|g| *g >= 0)],
            _ => [self.number(field), None],
        }
    }

    fn state(&self) -> Option<State> {
        let Kind::GoTransition { to, .. } = self.event.kind else { return None };
        match to {
            GoState::Running => Some(State::Running),
            GoState::Runnable => Some(State::Runnable),
            GoState::Waiting => Some(State::Waiting),
            GoState::Syscall => Some(State::Syscall),
            GoState::Undetermined | GoState::NotExist => None,
        }
    }

    fn kind(&self) -> Option<usize> {
        Some(self.event.kind_index())
    }

    fn texts(&self, field: Field, see: &mut See<'_>) {
        let _ = match (field, self.event.kind) {
            (Field::Fn, _) => self.function(see),
            (Field::Task, _) => self.task(see),
            (Field::Reason, Kind::GoTransition { reason, .. }) => self.known(reason, see),
            (Field::Region, Kind::RegionBegin { name, .. } | Kind::RegionEnd { name, .. }) => {
                self.known(name, see)
            }
            (Field::Log, Kind::Log { message, .. }) => self.message(message, see),
            (Field::Cat, Kind::Log { category, .. }) => self.known(category, see),
            _ => false,
        };
    }

    fn names(&self, see: &mut See<'_>) {
        if self.function(see) || self.task(see) {
            return;
        }
        match self.event.kind {
            Kind::GoTransition { reason: s, .. }
            | Kind::Label { label: s, .. }
            | Kind::RegionBegin { name: s, .. }
            | Kind::RegionEnd { name: s, .. } => {
                self.known(s, see);
            }
            Kind::TaskBegin { name, .. } | Kind::TaskEnd { name, .. } => {
                self.known(name, see);
            }
            Kind::Log { category, message, .. } => {
                let _ = self.known(category, see) || self.message(message, see);
            }
            Kind::RangeBegin { name, .. } | Kind::RangeActive { name, .. } | Kind::RangeEnd { name, .. } => {
                self.range(name, see);
            }
            Kind::Metric { metric, .. } => {
                see(Text::Once(metric.as_str()));
            }
            Kind::Experimental { ty, .. } => {
                see(Text::Once(wire_events::spec_of(ty).map_or("", |s| s.name)));
            }
            _ => {}
        }
    }

    fn stacks(&self) -> [u64; 2] {
        let [a, b] = stacks(self.event);
        [a, if a == b { 0 } else { b }]
    }

    fn frames(&self, stack: u64, see: &mut dyn FnMut(&str) -> bool) {
        for f in self.stage.tables.stack(self.stage.bytes, stack) {
            let name = self.stage.tables.string(self.stage.bytes, f.func).unwrap_or_default();
            if see(&format!("{}@{}", String::from_utf8_lossy(name), f.line)) {
                return;
            }
        }
    }
}
