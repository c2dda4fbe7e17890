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

/// What of an event does not hang on the tables behind a cut: names and stacks do, and so does the first moment of a
/// generation, which may be that of a table, and with it all times.
fn shape(line: &str) -> &str {
    let from = line.find("\"m\":").unwrap_or_default();
    let names = ["reason", "tstack", "stack", "name", "cat", "msg"].map(|n| format!(",\"{n}\":"));
    let to = names.iter().filter_map(|n| line.find(n)).min().unwrap_or(line.len());
    &line[from..to.max(from)]
}

#[test]
fn f4_cut_at_any_byte_the_good_part_stays() {
    for name in ["go1.26-fractal-seq", "go1.22-fractal-seq", "go1.25-fractal-seq"] {
        let bytes = fixture(name);
        let whole = read(&bytes).unwrap();
        let shapes = |text: &str| -> Vec<String> {
            let events = text.lines().filter(|line| !line.contains("\"k\":\"Sync\""));
            events.map(|line| shape(line).to_string()).collect()
        };
        let all = shapes(&whole);
        let mut most = 0;
        for cut in 0..bytes.len() {
            if let Some(text) = read(&bytes[..cut]) {
                // In the same order as in the whole, without those of threads that wrote behind the cut.
                let mut rest = all.iter();
                let shown = shapes(&text);
                for event in &shown {
                    assert!(rest.any(|e| e == event), "{name} cut at {cut}: {event}");
                }
                most = most.max(shown.len());
            }
        }
        assert!(
            most * 2 > all.len(),
            "{name}: at most {most} of {} events are shown of a cut file",
            all.len()
        );
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
