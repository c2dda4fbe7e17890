//! `contract/search.ts`: queries as they are typed, and hits in the timeline. Offsets of texts are those of JavaScript.

use serde_json::{Value, json};
use tracewell_analysis::desk::Call;
use tracewell_search::complete::complete;
use tracewell_search::field::Field;
use tracewell_search::spans::{SpanFinder, wants_events};
use tracewell_search::{Matcher, NameSource, Query, parse};
use tracewell_source::{Code, Result, TraceError};

use super::input::{flag, number, text};
use super::{Asked, record_filter};

/// Values that are offered for a field at most.
const MOST_VALUES: usize = 2000;

/// None: the method is not one of these.
pub fn ask(asked: &Asked, method: &str, input: &Value, call: &Call<'_>) -> Option<Result<Value>> {
    Some(match method {
        "checkQuery" => text(input, "query").map(check),
        "matchRows" => record_filter::matching(input),
        "completeQuery" => completion(asked, input, call),
        "findHit" => hit(asked, input, call),
        "readHitTicks" => ticks(asked, input, call),
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

fn finder<'f>(
    look: &'f tracewell_search::spans::ReadIndex<'f>,
    window: &'f dyn Fn(usize) -> Option<std::sync::Arc<tracewell_search::Window>>,
) -> SpanFinder<'f> {
    SpanFinder { read: look, window }
}

fn hit(asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
    let query = parsed(text(input, "query")?)?;
    let (from, forward) = (number(input, "fromNanos")?, flag(input, "forward"));
    if query == Query::All {
        return Ok(Value::Null);
    }
    if about_events(asked, &query, call)? {
        return asked.events.hit(asked, text(input, "query")?, from, forward, call);
    }
    let (look, window) = (|see: &mut dyn FnMut(&_)| asked.trace.with_index(see), |i| asked.trace.window(i));
    let go_on = |done: f64| {
        (call.progress)(done);
        call.check().is_ok()
    };
    let found = finder(&look, &window).next(&mut Matcher::new(&query), from, forward, &go_on);
    call.check()?;
    Ok(found.map_or(Value::Null, |h| {
        json!({
            "kind": "span",
            "track": h.track.id(),
            "startNanos": h.span.start,
            "endNanos": h.span.end,
            "goroutine": (h.span.g >= 0).then_some(h.span.g),
            "what": h.label,
            "eventIndex": Value::Null,
        })
    }))
}

/// Shapes: {count, ticks}: hits in equal steps of the whole trace.
fn ticks(asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
    let query = parsed(text(input, "query")?)?;
    let ticks = if query == Query::All {
        Vec::new()
    } else if about_events(asked, &query, call)? {
        asked.events.found(asked, text(input, "query")?, (i64::MIN, i64::MAX), call)?.ticks.clone()
    } else {
        let (look, window) =
            (|see: &mut dyn FnMut(&_)| asked.trace.with_index(see), |i| asked.trace.window(i));
        let go_on = |done: f64| {
            (call.progress)(done);
            call.check().is_ok()
        };
        finder(&look, &window).ticks(&mut Matcher::new(&query), &go_on).ok_or_else(TraceError::cancelled)?
    };
    let count: u64 = ticks.iter().map(|n| u64::from(*n)).sum();
    Ok(json!({"count": count, "ticks": ticks}))
}
