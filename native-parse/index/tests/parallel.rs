//! Generations read side by side give the index that reading in sequence gives, in whole and broken files.

use std::path::{Path, PathBuf};

use tracewell_index::window::{self, Watch};
use tracewell_index::{
    BriefSpan, CounterCell, Index, Lanes, Plan, Series, Shared, Span, SpanState, StateCell, Status, Track,
    Window, builder, sidecar,
};
use tracewell_source::Source;
use tracewell_wire::header;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/traces")
}

/// So small that the generations of the fixtures have parts.
const PART_EVENTS: u64 = 1000;

fn indexed(bytes: &[u8], threads: usize) -> Option<Index> {
    indexed_by(bytes, Plan { threads, part_events: PART_EVENTS })
}

fn indexed_by(bytes: &[u8], plan: Plan) -> Option<Index> {
    let head = header::read(bytes).ok()?;
    let shared = Shared::new(Index::new(head));
    let source = Source::from_bytes(bytes.to_vec());
    let _ = builder::build(&source, 0, &shared, plan, None, &mut |_| {}, &|| {});
    Some(shared.into_inner())
}

/// All that a machine says of a segment, from the state that is kept at its begin.
#[derive(Default, PartialEq, Debug)]
struct Said {
    spans: Vec<Span>,
    segments: Vec<(Track, i64, i64, SpanState, bool)>,
    counters: Vec<(Series, i64, Option<i64>)>,
}

impl Watch for Said {}
impl Lanes for Said {
    fn span(&mut self, s: &Span) {
        self.spans.push(*s);
    }
    fn segment(&mut self, track: Track, start: i64, end: i64, state: SpanState, first: bool) {
        self.segments.push((track, start, end, state, first));
    }
    fn counter(&mut self, series: Series, time: i64, value: Option<i64>) {
        self.counters.push((series, time, value));
    }
}

fn said(bytes: &[u8], index: &Index, segment: usize) -> Said {
    let mut out = Said::default();
    let symbols = index.symbols.clone();
    window::decode(bytes, index.header, &index.segments[segment], symbols, &mut out);
    out
}

/// What the parts of a segment say, one after the other; their own first word on counters left out.
fn said_by_part(bytes: &[u8], index: &Index, segment: usize, part: usize) -> Said {
    let mut out = Said::default();
    let s = &index.segments[segment];
    let prepared = window::prepare(bytes, index.header, s, false);
    window::decode_part(bytes, index.header, (s, part), prepared.as_ref(), index.symbols.clone(), &mut out);
    out
}

fn tracks(index: &Index) -> Vec<Track> {
    let procs = index.facts.sorted_procs();
    let of = procs.iter().flat_map(|p| [Track::Proc(*p, 0), Track::Proc(*p, 1)]);
    [Track::Gc, Track::Stw].into_iter().chain(of).collect()
}

fn assert_same(name: &str, bytes: &[u8], a: &Index, b: &Index) {
    assert_eq!(a.base(), b.base(), "{name}: finest level");
    for track in tracks(a) {
        for level in [a.base(), a.base() + 1, a.base() + 3, a.base() + 8] {
            let mut cells = [vec![StateCell::default(); 3000], vec![StateCell::default(); 3000]];
            for (index, cells) in [a, b].iter().zip(&mut cells) {
                if let Some(row) = index.row(track) {
                    row.read(level, 0, cells);
                }
            }
            let differ = (0..3000).find(|i| cells[0][*i] != cells[1][*i]);
            assert!(
                differ.is_none(),
                "{name}: {track:?} level {level} bucket {differ:?}: {:?}",
                differ.map(|i| (cells[0][i], cells[1][i]))
            );
        }
        let long = |i: &Index| i.long.get(&track).cloned().unwrap_or_default();
        assert_eq!(long(a), long(b), "{name}: long spans of {track:?}");
    }
    for series in Series::ALL {
        let mut cells = [vec![CounterCell::default(); 3000], vec![CounterCell::default(); 3000]];
        for level in [a.base(), a.base() + 1, a.base() + 3, a.base() + 8] {
            a.counters[series as usize].read(level, 0, &mut cells[0]);
            b.counters[series as usize].read(level, 0, &mut cells[1]);
            let bits = |c: &CounterCell| (c.mean.to_bits(), c.max.to_bits());
            let differ = (0..3000).find(|i| bits(&cells[0][*i]) != bits(&cells[1][*i]));
            let both = differ.map(|i| (cells[0][i], cells[1][i]));
            assert!(differ.is_none(), "{name}: {series:?} level {level} bucket {differ:?}: {both:?}");
        }
    }
    let facts = |i: &Index| {
        let kinds: Vec<_> = i.facts.kinds().collect();
        let mut threads: Vec<i64> = i.facts.threads.iter().copied().collect();
        threads.sort_unstable();
        let counts = (i.gc_cycles, i.stws, i.max_running, i.max_runnable, i.max_heap, i.proc_nanos);
        let ends = (i.read_to, i.end_nanos, i.zero_nanos, i.settled_to, i.generations, i.next_trace);
        let more = (i.facts.goroutines.len(), i.facts.sorted_procs(), i.facts.gomaxprocs, i.facts.clock);
        (
            kinds,
            threads,
            counts,
            ends,
            more,
            i.damage.as_ref().map(|d| d.to_string()),
            i.status == Status::Done,
        )
    };
    assert_eq!(facts(a), facts(b), "{name}");
    assert_eq!(a.symbols.since(0), b.symbols.since(0), "{name}: texts");
    let borders =
        |i: &Index| i.segments.iter().map(|s| (s.start, s.end, s.from_nanos, s.to_nanos)).collect::<Vec<_>>();
    assert_eq!(borders(a), borders(b), "{name}: segments");
    for s in 0..a.segments.len() {
        assert_eq!(said(bytes, a, s), said(bytes, b, s), "{name}: segment {s}");
        assert_eq!(a.segments[s].more_parts(), b.segments[s].more_parts(), "{name}: parts of segment {s}");
        for part in 0..=a.segments[s].more_parts() {
            assert_eq!(
                said_by_part(bytes, a, s, part),
                said_by_part(bytes, b, s, part),
                "{name}: segment {s} part {part}"
            );
        }
    }
    for g in 0..20_000 {
        assert_eq!(a.names.get(g), b.names.get(g), "{name}: name of goroutine {g}");
    }
}

fn compare(name: &str, bytes: &[u8]) {
    let Some(sequential) = indexed(bytes, 0) else { return };
    if let Some(index) = indexed(bytes, 3) {
        assert_same(name, bytes, &sequential, &index);
    }
}

fn traces(dir: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(dir).unwrap().flatten().map(|e| e.path()).collect();
    all.retain(|p| p.extension().is_some_and(|e| e == "trace"));
    all.sort();
    all
}

#[test]
fn any_number_of_threads_gives_the_same_index() {
    for path in traces(&fixtures()) {
        let bytes = std::fs::read(&path).unwrap();
        if bytes.len() < 16 << 20 {
            compare(&path.file_name().unwrap().to_string_lossy(), &bytes);
        }
    }
}

/// The same for traces that lie elsewhere: `TRACEWELL_TRACES=DIR cargo test ... -- --ignored`.
#[test]
#[ignore = "needs a folder of traces"]
fn any_number_of_threads_gives_the_same_index_elsewhere() {
    for path in traces(Path::new(&std::env::var("TRACEWELL_TRACES").unwrap())) {
        let bytes = std::fs::read(&path).unwrap();
        if bytes.len() < 200 << 20 {
            compare(&path.file_name().unwrap().to_string_lossy(), &bytes);
        }
    }
}

#[test]
fn generations_of_a_whole_trace_need_no_second_reading() {
    let bytes = std::fs::read(fixtures().join("go1.26-pprofsrv5.trace")).unwrap();
    let index = indexed(&bytes, 2).unwrap();
    assert!(index.joined + 1 >= index.generations, "{} of {}", index.joined, index.generations);
}

#[test]
fn a_changed_byte_anywhere_gives_the_same_index() {
    for name in ["go1.26-pprofsrv5", "go1.23-flightrec", "go1.25-flightrec2"] {
        let Ok(whole) = std::fs::read(fixtures().join(format!("{name}.trace"))) else { continue };
        let mut seed = 0x9e37_79b9_7f4a_7c15u64;
        for round in 0..18 {
            let mut bytes = whole.clone();
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            let at = 16 + (seed >> 20) as usize % (bytes.len() - 16);
            match round % 3 {
                0 => bytes[at] ^= 1 << (seed & 7),
                1 => bytes[at] = bytes[at].wrapping_add(1),
                _ => bytes.truncate(at),
            }
            compare(&format!("{name} changed at {at}"), &bytes);
        }
    }
}

/// Spans of a row that an index knows as themselves, or finds by decoding: by segments, or by pieces.
fn spans_of(bytes: &[u8], index: &Index, by_piece: bool) -> Vec<(Track, BriefSpan)> {
    let mut all = Vec::new();
    for (i, s) in index.segments.iter().enumerate() {
        let windows: Vec<Window> = if by_piece {
            let prepared = window::prepare(bytes, index.header, s, false);
            let of = |part| {
                let symbols = index.symbols.clone();
                window::read_part(bytes, index.header, (s, part), prepared.as_ref(), symbols)
            };
            (0..=index.segments[i].more_parts()).map(of).collect()
        } else {
            vec![window::read(bytes, index.header, s, index.symbols.clone())]
        };
        all.extend(windows.iter().flat_map(|w| w.all().map(|(t, s)| (t, *s)).collect::<Vec<_>>()));
    }
    for (track, spans) in &index.long {
        all.extend(
            spans.iter().filter(|s| s.crossing).map(|s| (*track, BriefSpan { crossing: false, ..*s })),
        );
    }
    all.sort_by_key(|(t, s)| (*t, s.start, s.end, s.state as u8, s.g));
    all
}

fn assert_parts_hold_all(name: &str, bytes: &[u8]) {
    let plan = |threads, part_events| Plan { threads, part_events };
    let Some(whole) = indexed_by(bytes, plan(0, 0)) else { return };
    // A trace that ends in damage: what comes behind its last whole generation is decoded by parts alone.
    let to =
        if whole.damage.is_some() { whole.segments.last().map_or(0, |s| s.from_nanos) } else { i64::MAX };
    let upto = |all: Vec<(Track, BriefSpan)>| all.into_iter().filter(|s| s.1.end < to).collect::<Vec<_>>();
    let expected = upto(spans_of(bytes, &whole, false));
    for (threads, part_events) in [(0, 500), (3, 3001)] {
        let Some(index) = indexed_by(bytes, plan(threads, part_events)) else { continue };
        for by_piece in [false, true] {
            let got = upto(spans_of(bytes, &index, by_piece));
            let differ = (0..expected.len().max(got.len())).find(|i| expected.get(*i) != got.get(*i));
            assert!(
                differ.is_none(),
                "{name}, {threads} threads, {part_events} events a part, by piece {by_piece}: {:?} is {:?}",
                differ.and_then(|i| expected.get(i)),
                differ.and_then(|i| got.get(i)),
            );
        }
    }
}

/// Whatever the size of parts, and whoever decodes them, the spans are the same.
#[test]
fn a_window_by_its_parts_is_the_window_of_its_segment() {
    let mut with_parts = 0;
    for path in traces(&fixtures()) {
        let bytes = std::fs::read(&path).unwrap();
        if bytes.len() < 2 << 20 {
            let name = path.file_name().unwrap().to_string_lossy();
            assert_parts_hold_all(&name, &bytes);
            let index = indexed_by(&bytes, Plan { threads: 2, part_events: 500 });
            with_parts += index.map_or(0, |i| i.segments.iter().filter(|s| s.more_parts() > 0).count());
        }
    }
    assert!(with_parts > 20, "only {with_parts} segments have parts");
}

#[test]
#[ignore = "needs a folder of traces"]
fn a_window_by_its_parts_is_the_window_of_its_segment_elsewhere() {
    for path in traces(Path::new(&std::env::var("TRACEWELL_TRACES").unwrap())) {
        let bytes = std::fs::read(&path).unwrap();
        if bytes.len() < 200 << 20 {
            assert_parts_hold_all(&path.file_name().unwrap().to_string_lossy(), &bytes);
        }
    }
}

#[test]
fn parts_of_a_sidecar_are_those_of_the_index() {
    for name in ["go1.26-pprofsrv5", "go1.26-gcheavy", "go1.23-netsys"] {
        let bytes = std::fs::read(fixtures().join(format!("{name}.trace"))).unwrap();
        let index = indexed(&bytes, 2).unwrap();
        let raw = sidecar::encode(&index).unwrap();
        let again = sidecar::decode(index.header, &raw, bytes.len() as u64, None).unwrap();
        assert_eq!(spans_of(&bytes, &index, true), spans_of(&bytes, &again, true), "{name}");
        assert!(again.segments.iter().any(|s| s.more_parts() > 0), "{name}");
    }
}
