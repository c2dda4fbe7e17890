//! A piece of the trace in some hundred buckets a row: a tile at a scale just below the pyramid takes it instead of
//! decoding the piece. Exact: it has the time in each state, so that buckets of any coarser level are sums of its own.
//!
//! ```text
//! level | level of counters | rows: track, bytes of buckets, of spans | bytes of each counter | all of these
//! ```
//! It may come from a file of the cache folder, which is not trusted: whatever its bytes, reading gives buckets or stops.

use std::ops::Range;

use tracewell_index::sidecar::{In, Out};
use tracewell_index::{
    BriefSpan, Bucket, CounterBucket, Lanes, SERIES, STATES, Series, SpanState, StateBucket, Track,
};
use tracewell_order::Sym;

use crate::tile::{WIDE_BUCKETS, fold};

/// Buckets of a row, at most, where nobody says otherwise.
pub const SKETCH_BUCKETS: u32 = 256;
/// Buckets of a counter are twice as long.
const COUNTER_SHIFT: u32 = 1;
/// No level is higher; no piece has more buckets.
const MAX_LEVEL: u32 = 52;
const MAX_BUCKETS: usize = 1 << 13;

/// Tags of buckets in the bytes: a run of empty ones, one with any states, a run of full ones with one state (in the low
/// bits), one with one state and fewer than 7 starts (in the bits between).
const EMPTY: u8 = 0;
const ANY: u8 = 1;
const FULL: u8 = 0x40;
const ONE: u8 = 0x80;
const FEW: u32 = 7;

/// Tags of a counter's buckets: unknown, one value for the whole of each, known for all of it, for some of it.
const UNKNOWN: u8 = 0;
const CONSTANT: u8 = 1;
const WHOLE: u8 = 2;
const SOME: u8 = 3;

/// The level at which the moments [from, to] lie in `most` buckets.
pub(crate) fn level_for(from: i64, to: i64, most: u32) -> u32 {
    (0..MAX_LEVEL).find(|l| count(from, to, *l) <= most as usize).unwrap_or(MAX_LEVEL)
}

fn count(from: i64, to: i64, level: u32) -> usize {
    ((to.max(from) >> level) - (from >> level) + 1) as usize
}

/// Adds up what counters do in [from, to), in buckets from the one on that holds `from`.
pub(crate) struct CounterFold {
    pub buckets: Vec<CounterBucket>,
    each: usize,
    level: u32,
    origin: i64,
    from: i64,
    to: i64,
    open: [(i64, Option<i64>); SERIES],
}

impl CounterFold {
    /// `each`: buckets of a series.
    pub fn new(from: i64, to: i64, level: u32, each: usize) -> CounterFold {
        let origin = (from >> level) << level;
        let buckets = vec![CounterBucket::default(); SERIES * each];
        CounterFold { buckets, each, level, origin, from, to, open: [(0, None); SERIES] }
    }

    fn settle(&mut self, series: usize, t: i64) {
        let (since, value) = self.open[series];
        self.open[series].0 = t;
        let Some(v) = value else { return };
        let (mut at, end) = (since.max(self.from), t.min(self.to));
        while at < end {
            let bucket = (at - self.origin) >> self.level;
            let until = end.min(self.origin + ((bucket + 1) << self.level));
            if let Some(b) = self.buckets.get_mut(series * self.each + bucket as usize) {
                b.add(v, (until - at) as u64);
            }
            at = until;
        }
    }

    /// The values hold until `t`, and are not known from there on.
    pub fn close(&mut self, t: i64) {
        for s in 0..SERIES {
            self.settle(s, t);
            self.open[s].1 = None;
        }
    }

    pub fn is_over(&self, t: i64) -> bool {
        t > self.to
    }
}

impl Lanes for CounterFold {
    fn counter(&mut self, series: Series, time: i64, value: Option<i64>) {
        self.settle(series as usize, time);
        self.open[series as usize].1 = value;
    }
}

/// What a sketch is made of: the moments from `from` to `to`, and all spans that touch them, by row and start.
pub(crate) struct Source<'a> {
    pub from: i64,
    pub to: i64,
    /// Spans of a row, and which of them lie inside.
    pub rows: Vec<(Track, Vec<BriefSpan>)>,
    /// Folded at `counter_level(level)`.
    pub counters: &'a CounterFold,
}

/// Level of counters beside rows of a level.
pub(crate) fn counter_level(level: u32) -> u32 {
    level + COUNTER_SHIFT
}

/// The bytes of a sketch at `level` or above, but below `below`, so that they are at most `most`. None: there is none.
/// Cost: O(spans), a few times.
pub(crate) fn make(source: &mut Source<'_>, level: u32, below: u32, most: usize) -> Option<Vec<u8>> {
    let mut counters = source.counters.buckets.clone();
    let mut each = source.counters.each;
    let mut counter_level = source.counters.level;
    for level in level..below {
        while counter_level < self::counter_level(level) {
            (counters, each) = coarsened(&counters, each, source.from, counter_level);
            counter_level += 1;
        }
        if let Some(bytes) = encode(source, level, &counters, most) {
            return Some(bytes);
        }
    }
    None
}

/// The buckets of each series at the next level.
fn coarsened(all: &[CounterBucket], each: usize, from: i64, level: u32) -> (Vec<CounterBucket>, usize) {
    let first = from >> level;
    let next = ((first + each as i64 - 1) >> 1) - (first >> 1) + 1;
    let mut out = vec![CounterBucket::default(); SERIES * next as usize];
    for (i, b) in all.iter().enumerate() {
        let (series, at) = (i / each, (i % each) as i64);
        let to = ((first + at) >> 1) - (first >> 1);
        out[series * next as usize + to as usize].merge(b);
    }
    (out, next as usize)
}

/// None: they are more than `most` bytes, or numbers that no trace has.
fn encode(source: &mut Source<'_>, level: u32, counters: &[CounterBucket], most: usize) -> Option<Vec<u8>> {
    let (from, to) = (source.from, source.to);
    let n = count(from, to, level);
    let (mut head, mut body) = (Out::default(), Out::default());
    head.u(u64::from(level));
    let known: Vec<_> = source.rows.iter_mut().filter_map(|(t, spans)| Some((t.id()?, spans))).collect();
    head.u(known.len() as u64);
    let mut buckets = Vec::new();
    for (track, spans) in known {
        buckets.clear();
        buckets.resize(n, StateBucket::default());
        fold(spans, level, (from >> level) << level, (from, to + 1), &mut buckets);
        let begin = body.0.len();
        put_states(&mut body, &buckets, level);
        let middle = body.0.len();
        put_spans(&mut body, spans, from, to, level);
        head.u(u64::from(track));
        head.u((middle - begin) as u64);
        head.u((body.0.len() - middle) as u64);
        if body.0.len() > most {
            return None;
        }
    }
    for series in counters.chunks(counters.len() / SERIES) {
        let begin = body.0.len();
        put_counter(&mut body, series, counter_level(level))?;
        head.u((body.0.len() - begin) as u64);
    }
    head.0.extend_from_slice(&body.0);
    (head.0.len() <= most).then_some(head.0)
}

/// How many more like the first there are.
fn run<T>(all: &[T], same: impl Fn(&T) -> bool) -> usize {
    all.iter().take_while(|b| same(b)).count()
}

fn put_states(out: &mut Out, buckets: &[StateBucket], level: u32) {
    let full = |b: &StateBucket| {
        let mut states = b.states();
        let first = states.next().filter(|s| s.1 == 1 << level && b.count() == 0);
        first.filter(|_| states.next().is_none()).map(|s| s.0)
    };
    let mut rest = buckets;
    while let Some(b) = rest.first() {
        let states: Vec<(u8, u64)> = b.states().collect();
        let mut taken = 1;
        match (&states[..], full(b)) {
            ([], _) => {
                taken = run(rest, |b| b.states().next().is_none());
                out.0.push(EMPTY);
                out.u(taken as u64);
            }
            (_, Some(state)) => {
                taken = run(rest, |b| full(b) == Some(state));
                out.0.push(FULL | state);
                out.u(taken as u64);
            }
            (&[(state, nanos)], _) if b.count() < FEW => {
                out.0.push(ONE | (b.count() as u8) << 4 | state);
                out.u(nanos);
            }
            _ => {
                out.0.push(ANY);
                out.u(u64::from(b.count()));
                out.list(states.into_iter(), |out, (state, nanos)| {
                    out.0.push(state);
                    out.u(nanos);
                });
            }
        }
        rest = &rest[taken..];
    }
}

/// Those inside that are wide enough to be drawn as themselves at some level where this is used.
fn put_spans(out: &mut Out, spans: &[BriefSpan], from: i64, to: i64, level: u32) {
    let inside = |s: &&BriefSpan| {
        !s.crossing && s.start >= from && s.end <= to + 1 && s.nanos() >= WIDE_BUCKETS << level
    };
    let mut last = from;
    for s in spans.iter().filter(inside) {
        out.i(s.start - last);
        last = s.start;
        out.u(s.nanos() as u64);
        out.i(s.g);
        out.0.push(s.state as u8 | u8::from(s.began_before) << 4 | u8::from(s.open) << 5);
        if s.state == SpanState::Stw {
            out.u(u64::from(s.reason.0));
        }
    }
}

/// None: a sum is none that a trace has.
fn put_counter(out: &mut Out, buckets: &[CounterBucket], level: u32) -> Option<()> {
    let whole = 1u64 << level;
    let (mut rest, mut last) = (buckets, 0i64);
    while let Some(b) = rest.first() {
        let mut taken = 1;
        if let Some((nanos, max, less)) = b.known() {
            let constant = nanos == whole && less == 0;
            out.0.push(if constant { CONSTANT } else { [SOME, WHOLE][usize::from(nanos == whole)] });
            out.i(max.wrapping_sub(last));
            last = max;
            if constant {
                taken = run(rest, |b| b.known() == Some((whole, max, 0)));
                out.u(taken as u64);
            } else {
                out.u(u64::try_from(less).ok()?);
                if nanos != whole {
                    out.u(nanos);
                }
            }
        } else {
            taken = run(rest, |b| b.known().is_none());
            out.0.push(UNKNOWN);
            out.u(taken as u64);
        }
        rest = &rest[taken..];
    }
    Some(())
}

/// A sketch that can be asked.
pub(crate) struct Sketch {
    bytes: Vec<u8>,
    from: i64,
    to: i64,
    pub level: u32,
    /// Track, where its buckets lie, where its spans lie; by track.
    rows: Vec<(u32, Range<usize>, Range<usize>)>,
    counters: [Range<usize>; SERIES],
}

impl Sketch {
    /// The sketch of the moments [from, to]. None: these bytes are none. Cost: O(rows).
    pub fn of(bytes: Vec<u8>, from: i64, to: i64) -> Option<Sketch> {
        let mut head = In::new(&bytes);
        let level = head.u32().filter(|l| *l <= MAX_LEVEL && count(from, to, *l) <= MAX_BUCKETS)?;
        let mut at = 0usize;
        let mut next = |len: u64| {
            let begin = at;
            at = usize::try_from(len).ok().and_then(|len| begin.checked_add(len))?;
            Some(begin..at)
        };
        let mut rows = head.vec(|h| Some((h.u32()?, h.u()?, h.u()?)))?.into_iter();
        let mut rows: Vec<_> = rows.try_fold(Vec::new(), |mut all, (t, b, s)| {
            all.push((t, next(b)?, next(s)?));
            Some(all)
        })?;
        let mut counters: [Range<usize>; SERIES] = Default::default();
        for c in &mut counters {
            *c = next(head.u()?)?;
        }
        // All of them stand behind the head, and nothing else does.
        let shift = bytes.len().checked_sub(at).filter(|s| *s == bytes.len() - head.left())?;
        let moved = |r: &Range<usize>| r.start + shift..r.end + shift;
        for (_, a, b) in &mut rows {
            (*a, *b) = (moved(a), moved(b));
        }
        let counters = counters.map(|c| moved(&c));
        rows.sort_unstable_by_key(|r| r.0);
        Some(Sketch { bytes, from, to, level, rows, counters })
    }

    /// Whether it can tell counters at a level.
    pub fn has_counters(&self, level: u32) -> bool {
        counter_level(self.level) <= level
    }

    fn row(&self, track: u32) -> Option<(In<'_>, In<'_>)> {
        let row = self.rows.binary_search_by_key(&track, |r| r.0).ok().and_then(|i| self.rows.get(i))?;
        Some((In::new(self.bytes.get(row.1.clone())?), In::new(self.bytes.get(row.2.clone())?)))
    }

    /// Adds a row's buckets to those of `level`, of which the first of `out` has the number `first`. Cost: O(its buckets).
    pub fn add_row(&self, track: u32, level: u32, first: u64, out: &mut [StateBucket]) -> Option<()> {
        let (mut from, _) = self.row(track)?;
        let shift = level.checked_sub(self.level)?;
        let n = count(self.from, self.to, self.level) as u64;
        let begin = (self.from >> self.level) as u64;
        let mut at = 0;
        while at < n && !from.is_empty() {
            let place = ((begin + at) >> shift).checked_sub(first).map_or(usize::MAX, |p| p as usize);
            let tag = from.byte()?;
            let state = tag & (STATES as u8 - 1);
            match tag {
                EMPTY => at += from.u()?.min(n),
                ANY => {
                    let starts = from.u32()?;
                    let mut nothing = StateBucket::default();
                    let bucket = out.get_mut(place).unwrap_or(&mut nothing);
                    bucket.add_count(starts);
                    for _ in 0..from.u()? {
                        if !bucket.add_state(from.byte()?, from.u()?) {
                            return None;
                        }
                    }
                    at += 1;
                }
                t if t & ONE != 0 => {
                    let nanos = from.u()?;
                    if let Some(b) = out.get_mut(place) {
                        b.add_state(state, nanos);
                        b.add_count(u32::from(tag >> 4 & 7));
                    }
                    at += 1;
                }
                t if t & FULL != 0 => {
                    let end = at + from.u()?.min(n - at);
                    while at < end {
                        // All that lie in the same coarser bucket at once.
                        let bucket = (begin + at) >> shift;
                        let until = end.min(((bucket + 1) << shift) - begin);
                        let b = bucket.checked_sub(first).and_then(|p| out.get_mut(p as usize));
                        if let Some(b) = b {
                            b.add_state(state, (until - at) << self.level);
                        }
                        at = until;
                    }
                }
                _ => return None,
            }
        }
        Some(())
    }

    /// The spans of a row that lie inside and are at least `WIDE_BUCKETS` of its buckets long.
    pub fn spans(&self, track: u32) -> Vec<BriefSpan> {
        let mut all = Vec::new();
        let Some((_, mut from)) = self.row(track) else { return all };
        let mut last = self.from;
        while !from.is_empty() {
            let Some(s) = self.span(&mut from, last) else { break };
            last = s.start;
            all.push(s);
        }
        all
    }

    fn span(&self, from: &mut In<'_>, last: i64) -> Option<BriefSpan> {
        let start = last.checked_add(from.i()?).filter(|t| (self.from..=self.to).contains(t))?;
        let end = start.checked_add_unsigned(from.u()?).filter(|t| *t <= self.to + 1)?;
        let g = from.i()?;
        let flags = from.byte()?;
        let state = *SpanState::ALL.get(usize::from(flags & 15))?;
        let reason = if state == SpanState::Stw { Sym(from.u32()?) } else { Sym::EMPTY };
        let (began_before, open) = (flags & 16 != 0, flags & 32 != 0);
        Some(BriefSpan { start, end, g, reason, state, began_before, open, crossing: false })
    }

    /// Adds a counter's buckets to those of `level`, of which the first of `out` has the number `first`.
    pub fn add_counter(
        &self,
        series: usize,
        level: u32,
        first: u64,
        out: &mut [CounterBucket],
    ) -> Option<()> {
        let own = counter_level(self.level);
        let shift = level.checked_sub(own)?;
        let mut from = In::new(self.bytes.get(self.counters.get(series)?.clone())?);
        let n = count(self.from, self.to, own) as u64;
        let begin = (self.from >> own) as u64;
        let (mut at, mut max) = (0, 0i64);
        let mut add = |at: u64, nanos: u64, max: i64, less: u64| {
            let place = ((begin + at) >> shift).checked_sub(first);
            if let Some(b) = place.and_then(|p| out.get_mut(p as usize)) {
                b.add_known(nanos.min(1 << own), max, less);
            }
        };
        while at < n && !from.is_empty() {
            let tag = from.byte()?;
            if tag == UNKNOWN {
                at += from.u()?.min(n);
                continue;
            }
            max = max.wrapping_add(from.i()?);
            match tag {
                CONSTANT => {
                    let end = at + from.u()?.min(n - at);
                    (at..end).for_each(|at| add(at, 1 << own, max, 0));
                    at = end;
                }
                WHOLE | SOME => {
                    let less = from.u()?;
                    let nanos = if tag == WHOLE { 1 << own } else { from.u()? };
                    add(at, nanos, max, less);
                    at += 1;
                }
                _ => return None,
            }
        }
        Some(())
    }
}

/// Asks for all that bytes have of some rows and of the counters, at two scales: for tests, and for `npm run fuzz`.
#[doc(hidden)]
pub fn read_all(bytes: Vec<u8>, from: i64, to: i64, tracks: &[u32]) -> Option<(Vec<StateBucket>, usize)> {
    let sketch = Sketch::of(bytes, from, to)?;
    let mut states = vec![StateBucket::default(); 64];
    let mut found = 0;
    for level in [sketch.level, sketch.level + 3] {
        let first = (from >> level) as u64;
        for track in tracks {
            let _ = sketch.add_row(*track, level, first, &mut states);
            found += sketch.spans(*track).len();
        }
        let mut sums = vec![CounterBucket::default(); 64];
        for series in 0..SERIES {
            let _ = sketch.add_counter(series, level, first, &mut sums);
        }
        found += sums.iter().filter(|b| b.cell(1 << level).max > 0.0).count();
    }
    Some((states, found))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: i64 = 1_000_003;
    const TO: i64 = 1_900_000;

    fn random(seed: &mut u64) -> i64 {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) as i64
    }

    fn sketch() -> Vec<u8> {
        let mut counters = CounterFold::new(FROM, TO, counter_level(12), 120);
        let (mut spans, mut at, mut seed) = (Vec::new(), FROM, 7);
        while at < TO - 60_000 {
            let (start, end) = (at + random(&mut seed) % 5_000, at + 5_000 + random(&mut seed) % 50_000);
            let state = [SpanState::Running, SpanState::Syscall, SpanState::Stw][(at % 3) as usize];
            let (began_before, open, crossing) = (false, false, false);
            spans.push(BriefSpan {
                start,
                end,
                g: at % 9 - 1,
                reason: Sym(3),
                state,
                began_before,
                open,
                crossing,
            });
            counters.counter(Series::Running, at, Some(at % 7));
            counters.counter(Series::HeapAllocated, at, Some(at << 20));
            at = end;
        }
        counters.close(TO);
        let rows = vec![(Track::Proc(0, 0), spans.clone()), (Track::Proc(3, 1), spans)];
        let mut source = Source { from: FROM, to: TO, rows, counters: &counters };
        make(&mut source, 12, 20, 1 << 20).unwrap()
    }

    fn read_all(bytes: Vec<u8>) -> Option<(Vec<StateBucket>, usize)> {
        super::read_all(bytes, FROM, TO, &[2, 9, 77])
    }

    #[test]
    fn a_sketch_is_read_as_it_was_made() {
        let (states, spans) = read_all(sketch()).unwrap();
        assert!(spans > 20);
        assert!(states.iter().any(|b| b.count() > 1));
    }

    #[test]
    fn whatever_the_bytes_reading_ends_and_stays_inside() {
        let whole = sketch();
        for cut in 0..whole.len() {
            let _ = read_all(whole[..cut].to_vec());
        }
        let mut seed = 1;
        for _ in 0..20_000 {
            let mut bytes = whole.clone();
            for _ in 0..=random(&mut seed) % 3 {
                let at = random(&mut seed) as usize % bytes.len();
                bytes[at] = random(&mut seed) as u8;
            }
            let _ = read_all(bytes);
        }
    }
}
