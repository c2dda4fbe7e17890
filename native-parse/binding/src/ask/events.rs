//! The events of `contract/search.ts`: a table of all events, or of those that a query finds.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt::Write;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tracewell_analysis::desk::Call;
use tracewell_analysis::event_lines::EventLines;
use tracewell_export::{EVENTS_HEAD, EventCsv};
use tracewell_search::book::parts_of;
use tracewell_search::{EventBook, Hits, Query, rows};
use tracewell_source::{Code, Result, Source, TraceError};

use super::input::{maybe_number, number, text};
use super::search::parsed;
use super::{Asked, lock};

/// Tables that may be open at a time, and finds that are kept for the next question about the same.
const OPEN: usize = 64;
const KEPT: usize = 4;
/// Rows of one answer at most.
const MOST_ROWS: usize = 500;
/// Bytes of one answer of text, about.
const TEXT_BYTES: usize = 1 << 20;

type Range = (i64, i64);

/// Hits of a query in a range.
type Found = ((String, Range), Arc<Hits>);

/// What is open, and what was found out.
#[derive(Default)]
pub struct Events {
    book: Mutex<Option<Arc<EventBook>>>,
    found: Mutex<Vec<Found>>,
    tables: Mutex<(u64, HashMap<u64, Open>)>,
}

#[derive(Clone)]
struct Open {
    book: Arc<EventBook>,
    /// None: all events.
    hits: Option<Arc<Hits>>,
    used: u64,
}

impl Open {
    fn len(&self) -> u64 {
        self.hits.as_ref().map_or(self.book.len(), |h| h.len())
    }
}

/// None: the method is not one of these.
pub fn ask(asked: &Asked, method: &str, input: &Value, call: &Call<'_>) -> Option<Result<Value>> {
    let events = &asked.events;
    Some(match method {
        "openEvents" => events.open(asked, input, call),
        "readEvents" => events.read(asked, input),
        "readEvent" => events.one(asked, input, call),
        "findEventRow" => events.row_of(asked, input),
        "readEventText" => events.text(asked, input),
        "closeEvents" => number(input, "tableId").map(|id| {
            lock(&events.tables).1.remove(&(id as u64));
            Value::Null
        }),
        _ => return None,
    })
}

pub fn is_short(method: &str) -> bool {
    method == "closeEvents"
}

impl Events {
    /// The book of all events. Cost: the first time a pass over the trace.
    pub fn book(&self, asked: &Asked, call: &Call<'_>) -> Result<Arc<EventBook>> {
        // Two that come at once read it once: the second waits here.
        let mut book = lock(&self.book);
        if let Some(book) = &*book {
            return Ok(book.clone());
        }
        let (mut parts, mut events, mut is_done) = (Vec::new(), 0, false);
        asked.trace.with_index(&mut |index| {
            parts = parts_of(index);
            events = index.facts.events();
            is_done = index.status == tracewell_search::Status::Done;
        });
        let source = asked.trace.source();
        let watch = watch(&source, call);
        let read = Arc::new(EventBook::read(source.bytes(), asked.trace.start(), parts, events, &watch)?);
        let_go(&source);
        if is_done {
            *book = Some(read.clone());
        }
        Ok(read)
    }

    /// What a query finds. Cost: a pass over the trace, but for the last few questions.
    pub fn found(&self, asked: &Asked, query: &str, range: Range, call: &Call<'_>) -> Result<Arc<Hits>> {
        let key = (query.to_string(), range);
        if let Some((_, hits)) = lock(&self.found).iter().find(|(k, _)| *k == key) {
            return Ok(hits.clone());
        }
        let book = self.book(asked, call)?;
        let source = asked.trace.source();
        let watch = watch(&source, call);
        let hits =
            Arc::new(book.find(source.bytes(), asked.trace.start(), &parsed(query)?, range, &watch)?);
        let_go(&source);
        let mut found = lock(&self.found);
        found.insert(0, (key, hits.clone()));
        found.truncate(KEPT);
        Ok(hits)
    }

    fn open(&self, asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
        let query = text(input, "query")?;
        let window = &input["window"];
        let range = match window.is_null() {
            true => (i64::MIN, i64::MAX),
            false => (number(window, "fromNanos")?, number(window, "toNanos")?),
        };
        let is_all = parsed(query)? == Query::All && window.is_null();
        let book = self.book(asked, call)?;
        let hits = if is_all { None } else { Some(self.found(asked, query, range, call)?) };
        let mut open = Open { book, hits, used: 0 };
        let mut tables = lock(&self.tables);
        tables.0 += 1;
        let id = tables.0;
        open.used = id;
        let (rows, total) = (open.len(), open.book.len());
        tables.1.insert(id, open);
        // A page that forgets to close them must not fill memory.
        while tables.1.len() > OPEN {
            let oldest = tables.1.iter().min_by_key(|(_, t)| t.used).map(|(id, _)| *id);
            oldest.map(|id| tables.1.remove(&id));
        }
        Ok(json!({"tableId": id, "rowCount": rows, "totalCount": total}))
    }

    fn table(&self, input: &Value) -> Result<Open> {
        let id = number(input, "tableId")? as u64;
        let mut tables = lock(&self.tables);
        tables.0 += 1;
        let now = tables.0;
        let open = tables.1.get_mut(&id);
        let open = open.ok_or_else(|| TraceError::new(Code::Range, "This table was closed"))?;
        open.used = now;
        Ok(open.clone())
    }

    fn read(&self, asked: &Asked, input: &Value) -> Result<Value> {
        let open = self.table(input)?;
        let from = number(input, "from")?.max(0) as u64;
        let count = number(input, "count")?.clamp(0, MOST_ROWS as i64) as usize;
        let mut out = Vec::with_capacity(count);
        each(asked, &open, from, &mut |_, number, e, stage| {
            if out.len() < count {
                out.push(rows::row(number, e, stage, &open.book.names));
            }
            out.len() < count
        });
        Ok(Value::Array(out))
    }

    fn one(&self, asked: &Asked, input: &Value, call: &Call<'_>) -> Result<Value> {
        let book = self.book(asked, call)?;
        let index = number(input, "index")?.max(0) as u64;
        let mut found = Value::Null;
        if index < book.len() {
            book.visit(asked.trace.source().bytes(), index, &mut |number, e, stage| {
                if number == index {
                    found = rows::details(number, e, stage, &book.names);
                }
                false
            });
        }
        Ok(found)
    }

    /// Place of the event with a number, or of the first at a time or after it; null where the table has none.
    fn row_of(&self, asked: &Asked, input: &Value) -> Result<Value> {
        let open = self.table(input)?;
        let wanted = match maybe_number(input, "index") {
            Some(index) => index.max(0) as u64,
            None => open.book.at_time(asked.trace.source().bytes(), number(input, "atNanos")?),
        };
        let row = open.hits.as_ref().map_or(wanted, |h| h.place(wanted));
        Ok(if row < open.len() { json!(row) } else { Value::Null })
    }

    fn text(&self, asked: &Asked, input: &Value) -> Result<Value> {
        let open = self.table(input)?;
        let from = number(input, "from")?.max(0) as u64;
        let is_csv = text(input, "format")? == "csv";
        let mut out = String::new();
        if is_csv && from == 0 {
            out.push_str(EVENTS_HEAD);
        }
        let (mut csv, mut lines) = (EventCsv::default(), EventLines::anywhere(open.book.zero_nanos));
        let (mut generation, mut next) = (None, from);
        each(asked, &open, from, &mut |row, number, e, stage| {
            let is_new = generation != Some(stage.generation);
            generation = Some(stage.generation);
            if is_csv {
                if is_new {
                    csv.turn();
                }
                csv.write(&mut out, number, e, stage);
            } else {
                lines.turn(number, is_new);
                lines.write(&mut out, e, stage);
            }
            next = row + 1;
            out.len() < TEXT_BYTES
        });
        let is_end = next >= open.len() || next == from;
        Ok(json!({"text": out, "next": if is_end { Value::Null } else { json!(next) }}))
    }

    /// The hit next to a time, as `findHit` answers it.
    pub fn hit(
        &self,
        asked: &Asked,
        query: &str,
        from: i64,
        forward: bool,
        call: &Call<'_>,
    ) -> Result<Value> {
        let hits = self.found(asked, query, (i64::MIN, i64::MAX), call)?;
        let book = self.book(asked, call)?;
        let source = asked.trace.source();
        let time = if forward { from.saturating_add(1) } else { from };
        let place = hits.place(book.at_time(source.bytes(), time));
        let place = if forward { Some(place) } else { place.checked_sub(1) };
        let Some(index) = place.and_then(|p| hits.from(p).next()) else { return Ok(Value::Null) };
        let mut found = Value::Null;
        book.visit(source.bytes(), index, &mut |_, e, stage| {
            let row = rows::row(index, e, stage, &book.names);
            let mut what = String::new();
            let _ = write!(what, "{} {}", e.kind_name(), row["detail"].as_str().unwrap_or_default());
            let track = tracewell_search::Track::Proc(e.p, 0);
            let goroutine =
                tracewell_search::events::subject(e).filter(|g| *g >= 0).or((e.g >= 0).then_some(e.g));
            found = json!({
                "kind": "event",
                "track": if e.p >= 0 { track.id() } else { None },
                "startNanos": e.time,
                "endNanos": e.time,
                "goroutine": goroutine,
                "what": what,
                "eventIndex": index,
                "place": place,
            });
            false
        });
        Ok(found)
    }
}

/// Looks of a pass at who asks, one each 65,536 events, until what was read of the file is let go.
const LOOKS_A_DROP: u32 = 16;

fn watch<'c>(source: &'c Source, call: &'c Call<'_>) -> impl Fn(f64) -> bool + 'c {
    let looks = Cell::new(0u32);
    move |done| {
        looks.set(looks.get() + 1);
        if looks.get().is_multiple_of(LOOKS_A_DROP) {
            let_go(source);
        }
        (call.progress)(done);
        call.check().is_ok()
    }
}

/// A map counts all that was touched: what an answer read of the file is not kept. What others still read comes back from the
/// system's own cache.
fn let_go(source: &Source) {
    source.drop_behind(0, source.bytes().len());
}

/// Shows rows of a table from one on, with their number in the trace, until `see` says false.
fn each(
    asked: &Asked,
    open: &Open,
    from: u64,
    see: &mut dyn FnMut(u64, u64, &tracewell_search::Event, &mut tracewell_search::Stage<'_>) -> bool,
) {
    if from >= open.len() {
        return;
    }
    let source = asked.trace.source();
    let bytes = source.bytes();
    let Some(hits) = &open.hits else {
        open.book.visit(bytes, from, &mut |number, e, stage| see(number, number, e, stage));
        return let_go(&source);
    };
    let mut wanted = hits.from(from).peekable();
    let mut row = from;
    // Hits may lie far apart: what lies between is not decoded.
    while let Some(&first) = wanted.peek() {
        let mut more = true;
        open.book.visit_part(bytes, first, &mut |number, e, stage| {
            if wanted.peek() == Some(&number) {
                wanted.next();
                more = see(row, number, e, stage);
                row += 1;
            }
            more && wanted.peek().is_some()
        });
        // Each part may lie in another generation, whose tables it reads.
        let_go(&source);
        if !more || wanted.peek() == Some(&first) {
            return;
        }
    }
}
