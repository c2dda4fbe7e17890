//! Events read again from the border of their part are those of the whole, wherever the borders are.

use std::ops::ControlFlow;
use std::path::Path;

use serde_json::Value;
use tracewell_order::{Carry, Event, Flow, GenerationSummary, Reader, Resume, Sink, Stage};
use tracewell_search::book::{EventBook, Part};
use tracewell_search::{Names, parse, rows};
use tracewell_source::Source;

/// Parts of one generation each, or of each border of an old trace.
struct Borders(Vec<Part>);

impl Borders {
    fn cut(&mut self, end: u64, carry: &Carry, resume: Option<Resume>) {
        if let Some(last) = self.0.last_mut() {
            last.end = end;
        }
        self.0.push(Part { start: end, end, carry: *carry, resume });
    }
}

impl Sink for Borders {
    fn event(&mut self, _e: &Event, _stage: &mut Stage<'_>) -> Flow {
        ControlFlow::Continue(())
    }
    fn end_generation(&mut self, s: &GenerationSummary, carry: &Carry, _stage: &mut Stage<'_>) -> Flow {
        self.cut(s.end, carry, None);
        ControlFlow::Continue(())
    }
    fn border(
        &mut self,
        s: &GenerationSummary,
        carry: &Carry,
        r: &dyn Fn() -> Resume,
        _stage: &mut Stage<'_>,
    ) -> Flow {
        self.cut(s.end, carry, Some(r()));
        ControlFlow::Continue(())
    }
}

struct All<'n>(Vec<Value>, &'n Names);

impl Sink for All<'_> {
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.0.push(rows::details(self.0.len() as u64, e, stage, self.1));
        ControlFlow::Continue(())
    }
}

fn fixture(name: &str) -> Source {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures").join(name);
    Source::open(&path).unwrap()
}

fn parts(bytes: &[u8]) -> Vec<Part> {
    let first = Part { start: 16, end: 16, carry: Carry::default(), resume: None };
    let mut borders = Borders(vec![first]);
    Reader::new(bytes, 0).unwrap().run(&mut borders).unwrap();
    let mut parts = borders.0;
    if parts.last().is_some_and(|p| p.resume.is_none() && parts.len() > 1) {
        parts.pop();
    }
    // Behind the last whole generation there may be a part of one.
    if let Some(last) = parts.last_mut() {
        last.end = bytes.len() as u64;
    }
    parts
}

fn check(name: &str) {
    let source = fixture(name);
    let bytes = source.bytes();
    let book = EventBook::read(bytes, 0, parts(bytes), 1, &|_| true).unwrap();
    let mut all = All(Vec::new(), &book.names);
    Reader::new(bytes, 0).unwrap().run(&mut all).unwrap();
    let want = all.0;
    assert_eq!(book.len(), want.len() as u64);
    let mut got = Vec::new();
    book.visit(bytes, 0, &mut |i, e, stage| {
        got.push(rows::details(i, e, stage, &book.names));
        true
    });
    for (i, want) in want.iter().enumerate() {
        assert_eq!(got.get(i), Some(want), "{name} event {i}");
    }
    assert_eq!(got.len(), want.len());
    let step = (want.len() / 7).max(1);
    for from in (0..want.len()).step_by(step).chain([want.len() - 1]) {
        let mut some = Vec::new();
        book.visit(bytes, from as u64, &mut |_, e, stage| {
            some.push(rows::details(from as u64 + some.len() as u64, e, stage, &book.names));
            some.len() < 3
        });
        assert_eq!(some, want[from..(from + 3).min(want.len())], "{name} from {from}");
    }
    for query in ["kind:StateTransition state:waiting", "g=1", "main", "t>1ms -kind:Metric"] {
        let hits = book.find(bytes, 0, &parse(query).unwrap(), (i64::MIN, i64::MAX), &|_| true).unwrap();
        for n in hits.from(0) {
            assert!(n < book.len());
        }
        assert_eq!(hits.from(0).count() as u64, hits.len());
    }
    let none = EventBook::read(bytes, 0, Vec::new(), 1, &|_| false);
    assert!(want.len() < 1 << 16 || none.is_err());
}

#[test]
fn events_are_the_same_from_any_border() {
    for name in [
        "traces/go1.26-pprofsrv5.trace",
        "traces/go1.23-pprofsrv.trace",
        "traces/go1.26-tasks.trace",
        "traces/go1.25-flightrec2.trace",
        "traces/go1.19-tasks.trace",
        "traces/go1.18-netsys.trace",
        "broken/broken-v2-cut-mid-batch-last-generation.trace",
    ] {
        check(name);
    }
}
