//! Files made to cost much: what they cost in memory and answers stays a small multiple of their size.

mod written;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use peak_alloc::PeakAlloc;
use proptest::prelude::*;
use tracewell_analysis::{counters, info, run, stats::Clip};
use tracewell_index::{Lanes, Span};
use tracewell_order::{Event, Flow, Sink, Stage};
use tracewell_slice::{TILE_BUCKETS, Trace};
use tracewell_source::Source;
use written::{V2, batch, number};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Memory is that of the process: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What `f` holds at most, beside what was there before.
fn peak(f: impl FnOnce()) -> usize {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    f();
    MEMORY.peak_usage().saturating_sub(before)
}

#[derive(Default)]
struct Count {
    events: usize,
    spans: usize,
}

impl Sink for Count {
    fn event(&mut self, _e: &Event, _stage: &mut Stage<'_>) -> Flow {
        self.events += 1;
        Flow::Continue(())
    }
}

impl Lanes for Count {
    fn span(&mut self, _span: &Span) {
        self.spans += 1;
    }
}

/// All that a page asks of a trace, at places that `n` chooses.
fn look(bytes: &[u8], n: u64) {
    let Ok(trace) = Trace::of(Source::from_bytes(bytes.to_vec()), Path::new("test"), None) else { return };
    let Ok(info) = trace.index(None) else { return };
    let end = info["durationNanos"].as_i64().unwrap();
    let at = (n >> 1) as i64 % end.saturating_add(9);
    for level in [n as u32 % 60, 4, 13] {
        let tile = (at as u64 / TILE_BUCKETS as u64).checked_shr(level).unwrap_or(0);
        let _ = trace.tile(level, tile, &[0, 1, 2, 3, n as u32 % 16, n as u32]);
        let _ = trace.counters(level, tile);
    }
    for (track, at, reach) in [(n as u32 % 16, at, 0), (2, at, 1 << (n % 50)), (n as u32, n as i64, i64::MAX)]
    {
        let _ = trace.pick(track, at, reach).unwrap();
        let _ = trace.adjacent(track, at, n.is_multiple_of(2)).unwrap();
        let _ = trace.counters_at(at).unwrap();
    }
}

/// Everything that reads, with its bounds: no panic, events and memory by the size of the file.
fn read(bytes: &[u8], n: u64) {
    let mut count = Count::default();
    let plain = peak(|| {
        let events = run::events(bytes, 0, &mut count);
        let facts = info::read(bytes, 0);
        assert_eq!(events.is_ok(), facts.is_ok());
        let _ = counters::read_at(bytes, 0, vec![0, (n >> 1) as i64], true, Clip::ALL);
    });
    assert!(count.events <= 4 * bytes.len() + 16, "{} events", count.events);
    assert!(plain <= (1 << 20) + 200 * bytes.len(), "{plain} bytes for events of {}", bytes.len());
    let shown = peak(|| look(bytes, n));
    // The cells of rows and counters have a budget of their own, whatever the file.
    assert!(shown <= (32 << 20) + 400 * bytes.len(), "{shown} bytes for the index of {}", bytes.len());
}

const SMALL: [&str; 9] = [
    "traces/go1.26-fractal-seq",
    "traces/go1.26-tiny",
    "traces/go1.25-cgoish",
    "traces/go1.23-coro",
    "traces/go1.22-tiny",
    "traces/go1.21-tiny",
    "traces/go1.11-tasks",
    "legacy/go1.8-fractal-col",
    "legacy/go1.5-locks",
];

fn fixture(name: &str) -> Vec<u8> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures");
    std::fs::read(dir.join(format!("{name}.trace"))).unwrap()
}

#[derive(Clone, Debug)]
enum Edit {
    Cut(u16),
    Flip(u16, u8),
    Set(u16, u8),
    /// The stretch from the first to the second is gone, or there twice.
    Remove(u16, u16),
    Repeat(u16, u16),
    /// From here on another file.
    Splice(u16, usize, u16),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        1 => any::<u16>().prop_map(Edit::Cut),
        5 => (any::<u16>(), 0..8u8).prop_map(|(at, bit)| Edit::Flip(at, bit)),
        3 => (any::<u16>(), any::<u8>()).prop_map(|(at, to)| Edit::Set(at, to)),
        2 => any::<(u16, u16)>().prop_map(|(a, b)| Edit::Remove(a, b)),
        2 => any::<(u16, u16)>().prop_map(|(a, b)| Edit::Repeat(a, b)),
        1 => (any::<u16>(), 0..SMALL.len(), any::<u16>()).prop_map(|(a, f, b)| Edit::Splice(a, f, b)),
    ]
}

/// Places are parts of 65,536 of what lies behind the header.
fn apply(bytes: &mut Vec<u8>, edit: &Edit) {
    let place = |len: usize, at: u16| 16 + len.saturating_sub(16) * usize::from(at) / 65_536;
    let len = bytes.len();
    let range = |a: u16, b: u16| place(len, a.min(b))..place(len, a.max(b));
    match *edit {
        Edit::Cut(at) => bytes.truncate(place(len, at)),
        Edit::Flip(at, bit) if len > 16 => bytes[place(len, at)] ^= 1 << bit,
        Edit::Set(at, to) if len > 16 => bytes[place(len, at)] = to,
        Edit::Flip(..) | Edit::Set(..) => {}
        Edit::Remove(a, b) if len > 16 => drop(bytes.drain(range(a, b))),
        Edit::Repeat(a, b) if len > 16 && len < 60_000 => {
            let again = bytes[range(a, b)].to_vec();
            let at = range(a, b).end;
            bytes.splice(at..at, again);
        }
        Edit::Remove(..) | Edit::Repeat(..) => {}
        Edit::Splice(at, file, from) => {
            let other = fixture(SMALL[file]);
            bytes.truncate(place(len, at));
            bytes.extend_from_slice(&other[place(other.len(), from)..]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_trace_ends_well_and_costs_little(
        file in 0..SMALL.len(),
        edits in prop::collection::vec(edit(), 1..5),
        n in any::<u64>(),
    ) {
        let _alone = alone();
        let mut bytes = fixture(SMALL[file]);
        edits.iter().for_each(|e| apply(&mut bytes, e));
        read(&bytes, n);
    }
}

#[test]
fn open_ranges_are_not_told_anew_without_bound() {
    let _alone = alone();
    let (ranges, turns) = (1500u64, 3000u64);
    let mut t = V2::new();
    let strings: Vec<u8> = (1..=ranges)
        .flat_map(|id| {
            let text = format!("{id:04}");
            [vec![5], number(id), number(4), text.into_bytes()].concat()
        })
        .collect();
    t.table(4, &strings);
    // Thread 7 has processor 0 and runs goroutine 1, which stops the world again and again and goes on.
    let mut events = vec![vec![13, 1, 0, 1], vec![25, 1, 1, 7, 2]];
    events.extend((1..=ranges).map(|id| [vec![26, 1], number(id), vec![0]].concat()));
    for turn in 0..turns {
        events.push(vec![19, 1, 0, 0]);
        events.push([vec![16, 1, 1], number(turn + 1)].concat());
    }
    t.events(7, 1, &events);
    let bytes = t.done();
    let mut count = Count::default();
    let (outcome, _) = run::lanes(&bytes, 0, &mut count).unwrap();
    assert!(outcome.damage.is_none(), "{:?}", outcome.damage);
    assert!(count.spans > turns as usize && count.spans < 12 * turns as usize, "{} spans", count.spans);
    let held = peak(|| look(&bytes, 1));
    assert!(held < (64 << 20) + 400 * bytes.len(), "{held}");
}

#[test]
fn invented_processors_cost_a_bounded_number_of_rows() {
    let _alone = alone();
    let mut t = V2::new();
    // Each sweeps when the trace begins, so each has something to draw.
    let procs = 40_000u64;
    let events: Vec<Vec<u8>> = (1..procs)
        .flat_map(|p| [[vec![13, 1], number(p), vec![2]].concat(), [vec![31, 1], number(p)].concat()])
        .collect();
    t.events(7, 1, &events);
    // The last event is as late as a clock can tell.
    t.events(8, 1 << 51, &[vec![13, 1, 0, 1], [vec![37], number(1 << 51), vec![9]].concat()]);
    let bytes = t.done();
    let held = peak(|| look(&bytes, 1));
    assert!(held < 320 << 20, "{held}");
    let trace = Trace::of(Source::from_bytes(bytes), Path::new("test"), None).unwrap();
    let info = trace.index(None).unwrap();
    assert!(info["damage"].is_null(), "{}", info["damage"]);
    assert_eq!(info["procs"].as_array().map(Vec::len), Some(procs as usize));
    assert!(info["durationNanos"].as_i64() > Some(1 << 61));
}

#[test]
fn threads_that_wait_for_each_other_are_given_up() {
    let _alone = alone();
    let mut t = V2::new();
    for m in 0..16_000 {
        // Waits for a goroutine that never comes.
        t.events(100 + m, 1, &[vec![16, 1, 9, 5]]);
    }
    let steps = vec![vec![37, 1, 9]; 20_000];
    t.events(7, 900, &[vec![vec![13, 1, 0, 1]], steps].concat());
    let bytes = t.done();
    let mut count = Count::default();
    let outcome = run::events(&bytes, 0, &mut count).unwrap();
    let damage = outcome.damage.unwrap();
    assert!(damage.message.contains("Too many threads"), "{damage}");
    assert!(count.events < 20_000);
}

#[test]
fn processors_that_wait_for_nothing_are_not_looked_at_again() {
    let _alone = alone();
    let mut bytes = b"go 1.19 trace\0\0\0".to_vec();
    for p in 1..8_000u64 {
        bytes.extend([vec![0x41], number(p), number(5)].concat());
        // GoStart of a goroutine that was never created.
        bytes.extend([0x8e, 1, 9, 5]);
    }
    bytes.extend([0x41, 0, 6]);
    for _ in 0..30_000 {
        bytes.extend([0x61, 1, 9]);
    }
    bytes.extend([0x02, 0x80, 0x94, 0xeb, 0xdc, 0x03]);
    assert!(run::events(&bytes, 0, &mut Count::default()).is_err());
}

#[test]
fn a_clock_at_its_end_is_damage() {
    let _alone = alone();
    for ts in [1 << 53, u64::MAX] {
        let mut t = V2::new();
        t.events(7, 5, &[vec![13, 1, 0, 1]]);
        let mut bytes = t.done();
        bytes.extend(batch(2, u64::MAX, ts, &[8, 0xc0, 0x84, 0x3d]));
        let mut count = Count::default();
        let outcome = run::events(&bytes, 0, &mut count).unwrap();
        assert!(outcome.damage.is_some_and(|e| e.message.contains("clock")));
        assert_eq!(count.events, 3);
        read(&bytes, ts);
    }
}

#[test]
fn many_small_generations_are_read_in_one_go() {
    let _alone = alone();
    let mut t = V2::new();
    let events: Vec<Vec<u8>> = (1..30_000u64).map(|p| [vec![13, 1], number(p), vec![2]].concat()).collect();
    t.events(7, 1, &events);
    let mut bytes = t.done();
    let n = 20_000u64;
    for g in 2..n {
        bytes.extend(batch(g, u64::MAX, 1000 * g, &[8, 0x80, 0x94, 0xeb, 0xdc, 0x03]));
    }
    let held = peak(|| look(&bytes, 5));
    assert!(held < (64 << 20) + 400 * bytes.len(), "{held}");
    let (facts, _) = info::read(&bytes, 0).unwrap();
    assert!(facts["damage"].is_null(), "{facts}");
    assert_eq!(facts["generations"].as_u64(), Some(n - 1), "{facts}");
}
