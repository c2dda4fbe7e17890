//! `contract/search.ts`: queries as they are typed, and hits in the timeline. Offsets of texts are those of JavaScript.

use std::sync::Mutex;

use serde_json::{Value, json};
use tracewell_analysis::desk::Call;
use tracewell_search::complete::complete;
use tracewell_search::field::Field;
use tracewell_search::finder::{Cells, HitCounts, Place, count_hits, hit_cells, next_hit};
use tracewell_search::spans::{SpanFinder, wants_events};
use tracewell_search::stays::{StayFinder, only_stays, wants_stays};
use tracewell_search::{Index, Matcher, NameSource, Query, Stay, parse};
use tracewell_slice::{MAX_TRACKS, RowKind, RowTrack, TILE_BUCKETS};
use tracewell_source::{Code, Result, TraceError};

use super::input::{flag, list, maybe_number, number, text, whole};
use super::rows::ready;
use super::{Asked, lock, record_filter};

/// Values that are offered for a field at most.
const MOST_VALUES: usize = 2000;
/// Segments that a question for hits in buckets may decode.
const MOST_SEGMENTS: usize = 24;
/// Of a tile: hits of so many buckets are drawn as spans of their own.
const SHORT_BUCKETS: i64 = 32;

/// None: the method is not one of these.
pub fn ask(asked: &Asked, method: &str, input: &Value, call: &Call<'_>) -> Option<Result<Value>> {
    Some(match method {
        "checkQuery" => text(input, "query").map(check),
        "matchRows" => record_filter::matching(input),
        "completeQuery" => completion(asked, input, call),
        "findHit" => hit(asked, input, call),
        "readHitTicks" => ticks(asked, input, call),
        "readHitCells" => cells(asked, input, call),
        _ => return None,
    })
}

pub fn is_short(method: &str) -> bool {
    matches!(method, "checkQuery" | "matchRows")
}

/// A query that the page has checked before. Errors: RANGE with its place.
pub fn parsed(query: &str) -> Result<Query> {
    parse(query).map_err(|e| {
        TraceError::new(Code::Range, format!("The query cannot be read {}", e.line(query).replace('\n', " ")))
    })
}

/// Places in JavaScript's text, which counts UTF-16.
fn char_at(text: &str, byte: usize) -> usize {
    text.get(..byte).map_or(0, |t| t.encode_utf16().count())
}

fn byte_at(text: &str, char: usize) -> usize {
    let mut seen = 0;
    for (i, c) in text.char_indices() {
        if seen >= char {
            return i;
        }
        seen += c.len_utf16();
    }
    text.len()
}

fn check(query: &str) -> Value {
    match parse(query) {
        Ok(_) => Value::Null,
        Err(e) => json!({
            "fromChar": char_at(query, e.from),
            "toChar": char_at(query, e.to),
            "message": e.message,
            "expected": e.expected,
        }),
    }
}

fn completion(asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
    let query = text(input, "query")?;
    let caret = byte_at(query, usize::try_from(number(input, "caret")?).unwrap_or(0));
    // Fields need no trace; values do, and whoever types them can wait for the names to be read.
    let asks_values = std::cell::Cell::new(false);
    let none = |_: Field| {
        asks_values.set(true);
        Vec::new()
    };
    let mut done = complete(query, caret, &none);
    if asks_values.get() {
        let book = asked.events.book(asked, call)?;
        done = complete(query, caret, &|field| values(&book, field));
    }
    let items: Vec<Value> =
        done.items.iter().map(|i| json!({"text": i.text, "label": i.label, "about": i.about})).collect();
    Ok(json!({"fromChar": char_at(query, done.from), "toChar": char_at(query, done.to), "items": items}))
}

/// Texts that occur, in order of the alphabet.
fn values(book: &tracewell_search::EventBook, field: Field) -> Vec<String> {
    let text = |s: &tracewell_search::Sym| book.names.text(*s).to_string();
    let mut all: Vec<String> = match field {
        Field::Fn => book.names.functions().iter().map(text).collect(),
        Field::Task => book.names.tasks.values().map(text).collect(),
        Field::Reason => book.vocabulary.reasons.iter().map(text).collect(),
        Field::Region => book.vocabulary.regions.iter().map(text).collect(),
        Field::Cat => book.vocabulary.categories.iter().map(text).collect(),
        _ => Vec::new(),
    };
    all.retain(|t| !t.is_empty());
    all.sort_unstable();
    all.dedup();
    all.truncate(MOST_VALUES);
    all
}

fn about_events(asked: &Asked, query: &Query, call: &Call<'_>) -> Result<bool> {
    let book = asked.events.book(asked, call)?;
    let names = |see: &mut dyn FnMut(&str)| {
        for name in book.names.functions() {
            see(book.names.text(name));
        }
    };
    Ok(wants_events(query, &names))
}

/// In which rows hits of a query are looked for.
#[derive(PartialEq)]
enum Rows {
    Events,
    Processors,
    Goroutines,
}

fn rows_of(asked: &Asked, query: &Query, call: &Call<'_>) -> Result<Rows> {
    if wants_stays(query) && only_stays(query) {
        return Ok(Rows::Goroutines);
    }
    Ok(if about_events(asked, query, call)? { Rows::Events } else { Rows::Processors })
}

/// Hits of the last query that was counted, by segment: from them a hit knows its place among all.
#[derive(Default)]
pub struct LastCounts(Mutex<Option<(String, Vec<u64>)>>);

impl LastCounts {
    fn keep(&self, query: &str, by_segment: Vec<u64>) {
        *lock(&self.0) = Some((query.to_string(), by_segment));
    }
    /// None: that query was not counted.
    fn before(&self, query: &str, segment: usize) -> Option<u64> {
        let kept = lock(&self.0);
        let (_, by_segment) = kept.as_ref().filter(|(q, _)| q == query)?;
        Some(by_segment.iter().take(segment).sum())
    }
}

/// Looks in rows of processors, or of goroutines, which are made first where they are not there.
fn look_in<T>(
    asked: &Asked,
    rows: &Rows,
    call: &Call<'_>,
    by_procs: impl FnOnce(&SpanFinder<'_>) -> T,
    by_goroutines: impl FnOnce(&StayFinder<'_>) -> T,
) -> Result<T> {
    let look = |see: &mut dyn FnMut(&Index)| asked.trace.with_index(see);
    if *rows != Rows::Goroutines {
        return Ok(by_procs(&SpanFinder { read: &look, window: &|i| asked.trace.window(i) }));
    }
    ready(&asked.trace, call)?;
    let book = asked.trace.row_book()?;
    let stays = |segment: usize, see: &mut dyn FnMut(&Stay)| asked.trace.stays(&book, segment, see);
    Ok(by_goroutines(&StayFinder { book: &book, read: &look, stays: &stays }))
}

fn hit(asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
    let typed = text(input, "query")?;
    let query = parsed(typed)?;
    let (from, forward) = (number(input, "fromNanos")?, flag(input, "forward"));
    if query == Query::All {
        return Ok(Value::Null);
    }
    let rows = rows_of(asked, &query, call)?;
    if rows == Rows::Events {
        return asked.events.hit(asked, typed, from, forward, call);
    }
    let row = maybe_number(input, "track").and_then(|t| u32::try_from(t).ok());
    let row = row.and_then(|t| match RowTrack::from_id(t) {
        Some(r) => (rows == Rows::Goroutines).then_some(r.place),
        None => (rows == Rows::Processors).then_some(t),
    });
    let go_on = |done: f64| {
        (call.progress)(done);
        call.check().is_ok()
    };
    let (place, mut matcher) = ((from, row), Matcher::new(&query));
    let mut other = Matcher::new(&query);
    let found = look_in(
        asked,
        &rows,
        call,
        |hay| next_hit(hay, &mut matcher, place, forward, &go_on),
        |hay| next_hit(hay, &mut other, place, forward, &go_on),
    )?;
    call.check()?;
    let Some(Place { hit, segment, rank }) = found else { return Ok(Value::Null) };
    let track = match rows {
        Rows::Goroutines => RowTrack::new(RowKind::Goroutine, hit.row, 0).id(),
        _ => hit.row,
    };
    Ok(json!({
        "kind": "span",
        "track": track,
        "startNanos": hit.start,
        "endNanos": hit.end,
        "goroutine": (hit.g >= 0).then_some(hit.g),
        "what": hit.label,
        "eventIndex": Value::Null,
        "place": asked.counts.before(typed, segment).map(|n| n + rank),
    }))
}

/// Shapes: {count, ticks}: hits in equal steps of the whole trace.
fn ticks(asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
    let typed = text(input, "query")?;
    let query = parsed(typed)?;
    let rows = rows_of(asked, &query, call)?;
    let ticks = if query == Query::All {
        Vec::new()
    } else if rows == Rows::Events {
        asked.events.found(asked, typed, (i64::MIN, i64::MAX), call)?.ticks.clone()
    } else {
        let go_on = |done: f64| {
            (call.progress)(done);
            call.check().is_ok()
        };
        let (mut matcher, mut other) = (Matcher::new(&query), Matcher::new(&query));
        let found = look_in(
            asked,
            &rows,
            call,
            |hay| count_hits(hay, &mut matcher, &go_on),
            |hay| count_hits(hay, &mut other, &go_on),
        )?;
        let HitCounts { ticks, by_segment } = found.ok_or_else(TraceError::cancelled)?;
        asked.counts.keep(typed, by_segment);
        ticks
    };
    let count: u64 = ticks.iter().map(|n| u64::from(*n)).sum();
    let on = match rows {
        Rows::Events => "events",
        Rows::Processors => "processors",
        Rows::Goroutines => "goroutines",
    };
    Ok(json!({"count": count, "ticks": ticks, "on": on}))
}

/// Shapes: {cells}: of each track the buckets of the tile with a short hit; null where that is not known.
fn cells(asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
    let query = parsed(text(input, "query")?)?;
    let level = u32::try_from(number(input, "level")?).unwrap_or(u32::MAX).min(52);
    let bucket = 1i64 << level;
    let from = number(input, "tile")?.saturating_mul(bucket.saturating_mul(TILE_BUCKETS as i64));
    let rows = rows_of(asked, &query, call)?;
    let tracks = list(input, "tracks").iter().take(MAX_TRACKS);
    let places: Vec<Option<u32>> =
        tracks.map(|t| whole(t).and_then(|t| place_of(u32::try_from(t).ok()?, &rows))).collect();
    if query == Query::All || rows == Rows::Events {
        return Ok(json!({"cells": Value::Null}));
    }
    let go_on = |_: f64| call.check().is_ok();
    let (mut matcher, mut other) = (Matcher::new(&query), Matcher::new(&query));
    let cells = Cells { from, bucket, count: TILE_BUCKETS };
    let found = look_in(
        asked,
        &rows,
        call,
        |hay| hit_cells(hay, &mut matcher, &places, (cells, SHORT_BUCKETS, MOST_SEGMENTS), &go_on),
        |hay| hit_cells(hay, &mut other, &places, (cells, SHORT_BUCKETS, MOST_SEGMENTS), &go_on),
    )?;
    call.check()?;
    Ok(json!({"cells": found}))
}

/// What hits name a track's row by: itself for processors, the place of a life for states of a goroutine. None: it is of
/// other rows than those that are looked in.
fn place_of(track: u32, rows: &Rows) -> Option<u32> {
    match (RowTrack::from_id(track), rows) {
        (None, Rows::Processors) => Some(track),
        (Some(r), Rows::Goroutines) => (r.kind == RowKind::Goroutine && r.lane == 0).then_some(r.place),
        _ => None,
    }
}
