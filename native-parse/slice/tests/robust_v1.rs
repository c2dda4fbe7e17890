//! Traces of Go before 1.22, cut anywhere, with any byte changed: no panic, no hang, and nothing shown without its clock.

use std::path::PathBuf;

use tracewell_analysis::{counters, event_lines::EventLines, info, run};
use tracewell_order::{Event, Flow, Sink, Stage};
use tracewell_source::Code;
use tracewell_wire::Generation;

fn fixture(name: &str) -> Vec<u8> {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    std::fs::read(dir.join(format!("{name}.trace"))).unwrap()
}

#[derive(Default)]
struct Lines {
    lines: EventLines,
    text: String,
    last: i64,
}

impl Sink for Lines {
    fn begin_generation(&mut self, g: &Generation, stage: &mut Stage<'_>) {
        self.lines.begin_generation(g, stage.tables);
    }
    fn event(&mut self, e: &Event, stage: &mut Stage<'_>) -> Flow {
        assert!(e.time >= self.last);
        self.last = e.time;
        self.lines.write(&mut self.text, e, stage);
        Flow::Continue(())
    }
}

/// Everything that reads a trace, none of which may panic; the events where there are any.
fn read(bytes: &[u8]) -> Result<String, Code> {
    let mut lines = Lines::default();
    let read = run::events(bytes, 0, &mut lines);
    match &read {
        Err(e) => {
            // Nothing was told before it was known that nothing can be.
            assert!(lines.text.is_empty() && e.message.len() > 30, "{e}");
            assert!(info::read(bytes, 0).is_err());
        }
        Ok(_) => {
            let _ = info::read(bytes, 0).unwrap();
            let _ = counters::read_at(bytes, 0, vec![0, 1000], true, tracewell_analysis::stats::Clip::ALL)
                .unwrap();
        }
    }
    read.map(|_| lines.text).map_err(|e| e.code)
}

const NAMES: [&str; 6] = [
    "traces/go1.11-tasks",
    "traces/go1.19-cpuprofile",
    "traces/go1.21-tiny",
    "legacy/go1.5-locks",
    "legacy/go1.8-fractal-col",
    "legacy/go1.10-locks",
];

#[test]
fn cut_at_any_byte_it_opens_only_with_its_clock() {
    for name in NAMES {
        let bytes = fixture(name);
        let whole = read(&bytes).unwrap();
        let events = |text: &str| text.lines().count();
        for cut in (16..bytes.len()).step_by(if bytes.len() > 8000 { 61 } else { 7 }).chain([bytes.len() - 1])
        {
            match read(&bytes[..cut]) {
                // Behind the clock stand stacks and their names alone.
                Ok(text) => assert_eq!(events(&text), events(&whole), "{name} cut at {cut}"),
                Err(code) => assert_eq!(code, Code::Truncated, "{name} cut at {cut}"),
            }
        }
    }
}

#[test]
fn any_byte_changed_ends_well() {
    let mut x = 12_345u64;
    let mut random = move |n: usize| {
        x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (x >> 33) as usize % n
    };
    for name in NAMES {
        let bytes = fixture(name);
        for _ in 0..400 {
            let mut changed = bytes.clone();
            for _ in 0..=random(3) {
                let at = 16 + random(bytes.len() - 16);
                changed[at] ^= 1 << random(8);
            }
            let _ = read(&changed);
        }
        // Whole stretches gone, twice there, or of another file.
        for _ in 0..60 {
            let (a, b) = (16 + random(bytes.len() - 16), 16 + random(bytes.len() - 16));
            let _ = read(&[&bytes[..a], &bytes[b..]].concat());
            let _ = read(&[&bytes[..a], &bytes[b..], &bytes[a..]].concat());
        }
        let noise: Vec<u8> = (0..20_000).map(|_| random(256) as u8).collect();
        let _ = read(&[&bytes[..16], &noise].concat());
    }
}

#[test]
fn several_traces_in_a_file_are_all_found() {
    let (a, b) = (fixture("traces/go1.21-tiny"), fixture("traces/go1.26-tiny"));
    for both in [[&a[..], &b[..]], [&b[..], &a[..]], [&a[..], &a[..]]] {
        let bytes = both.concat();
        let first = tracewell_wire::header::read(&bytes).unwrap();
        let sections = tracewell_wire::sections::sections(&bytes, first);
        let lens: Vec<usize> = sections.iter().map(|s| s.bytes as usize).collect();
        assert_eq!(lens, [both[0].len(), both[1].len()]);
        for (s, alone) in sections.iter().zip(both) {
            let count = |bytes: &[u8], start| info::read(bytes, start).unwrap().0["events"].clone();
            assert_eq!(count(&bytes, s.offset), count(alone, 0));
        }
    }
}
