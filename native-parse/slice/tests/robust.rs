//! Cut anywhere, with any byte changed: no panic, no hang, and what was good is still there.

use std::path::PathBuf;

use tracewell_analysis::{counters, event_lines::EventLines, info, run, stats::Clip};
use tracewell_order::{Event, Flow, Sink, Stage};
use tracewell_wire::Generation;

fn fixture(name: &str) -> Vec<u8> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/traces");
    std::fs::read(dir.join(format!("{name}.trace"))).unwrap()
}

#[derive(Default)]
struct Lines {
    lines: EventLines,
    text: String,
}

impl Sink for Lines {
    fn begin_generation(&mut self, g: &Generation, stage: &mut Stage<'_>) {
        self.lines.begin_generation(g, stage.tables);
    }
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        self.lines.write(&mut self.text, e, stage);
        Flow::Continue(())
    }
}

/// Everything that reads a trace, none of which may panic; the events where there are any.
fn read(bytes: &[u8]) -> Option<String> {
    let mut lines = Lines::default();
    let ok = run::events(bytes, 0, &mut lines).is_ok();
    let facts = info::read(bytes, 0);
    assert_eq!(ok, facts.is_ok());
    let _ = counters::read_at(bytes, 0, vec![0, 1000], true, Clip::ALL);
    ok.then_some(lines.text)
}

#[test]
fn cut_at_any_byte_the_good_part_stays() {
    for name in ["go1.26-fractal-seq", "go1.22-fractal-seq", "go1.25-fractal-seq"] {
        let bytes = fixture(name);
        let whole = read(&bytes).unwrap();
        // Before Go 1.26 a cut generation is read as far as it goes; its first moment may be that of a table behind the
        // cut, so its times, and the clock in its Sync, are then others.
        let shape = |line: &str| match name {
            "go1.26-fractal-seq" => line.to_string(),
            _ if line.contains("Sync") => String::new(),
            _ => line.split("\"m\"").nth(1).unwrap_or_default().to_string(),
        };
        for cut in 0..bytes.len() {
            if let Some(text) = read(&bytes[..cut]) {
                // All but the last Sync of the cut one stands at the same place in the whole.
                let good = text.lines().count().saturating_sub(1);
                for (a, b) in text.lines().zip(whole.lines()).take(good) {
                    assert_eq!(shape(a), shape(b), "{name} cut at {cut}");
                }
            }
        }
    }
}

#[test]
fn with_any_byte_changed_nothing_panics() {
    for (name, step) in
        [("go1.26-fractal-seq", 1), ("go1.22-tiny", 1), ("go1.23-coro", 11), ("go1.26-cgoish", 11)]
    {
        let bytes = fixture(name);
        // Changed in a way that differs from place to place.
        for at in (0..bytes.len()).step_by(step) {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            read(&changed);
            changed[at] = if at % 2 == 0 { 0xff } else { 0 };
            read(&changed);
        }
    }
}

#[test]
fn two_traces_in_a_file_are_two_sections() {
    let (a, b) = (fixture("go1.26-tiny"), fixture("go1.22-tiny"));
    let both = [a.clone(), b.clone()].concat();
    let (value, outcome) = info::read(&both, 0).unwrap();
    assert_eq!(outcome.next_trace, Some(a.len() as u64));
    assert_eq!(value["sections"][1]["offset"], a.len());
    assert_eq!(value["sections"][1]["bytes"], b.len());
    assert!(value["damage"].is_null());
    let (second, _) = info::read(&both, a.len() as u64).unwrap();
    let (alone, _) = info::read(&b, 0).unwrap();
    assert_eq!(second["events"], alone["events"]);
}
