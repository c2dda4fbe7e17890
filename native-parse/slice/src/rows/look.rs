//! A look at the events of a stretch, with their stacks: a segment is decoded once more.

use std::ops::ControlFlow;

use serde_json::{Value, json};
use tracewell_index::rows::Book;
use tracewell_index::window::{Watch, decode};
use tracewell_index::{Lanes, Segment};
use tracewell_order::{Event, Flow, StackId, Stage};

use crate::trace::Inner;

/// Frames as the contract has them, leaf first; places without a name are left out.
pub(crate) fn frames(stage: &Stage<'_>, id: StackId) -> Vec<Value> {
    let text =
        |id| String::from_utf8_lossy(stage.tables.string(stage.bytes, id).unwrap_or_default()).into_owned();
    let all = stage.tables.stack(stage.bytes, id);
    all.iter()
        .filter(|f| f.func != 0)
        .map(|f| json!({"function": text(f.func), "file": text(f.file), "line": f.line}))
        .collect()
}

struct Look<F> {
    from: i64,
    to: i64,
    each: F,
}

impl<F> Lanes for Look<F> {}

impl<F: FnMut(&Event, &mut Stage<'_>) -> bool> Watch for Look<F> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        if e.time > self.to || (e.time >= self.from && !(self.each)(e, stage)) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    }
}

impl Inner {
    /// Hands the events of [from, to] to `each`, until that answers false. Cost: the segments that it lies in.
    pub fn look(
        &self,
        book: &Book,
        from: i64,
        to: i64,
        each: &mut dyn FnMut(&Event, &mut Stage<'_>) -> bool,
    ) {
        let mut more = true;
        let segments: Vec<Segment> = {
            let index = self.shared.read();
            index.segments[index.segments_in(from, to)].iter().filter(|s| s.whole).cloned().collect()
        };
        for found in segments {
            let mut look = Look {
                from,
                to,
                each: |e: &Event, s: &mut Stage<'_>| {
                    more = each(e, s);
                    more
                },
            };
            decode(self.source.bytes(), self.header, &found, book.symbols.clone(), &mut look);
            if !more {
                return;
            }
        }
    }
}
