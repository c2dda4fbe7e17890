//! `goroutines`: what each goroutine did with its time, and the same by start function.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tracewell_order::{Sym, Symbols};
use tracewell_source::Result;

use crate::books::{Book, Done, RightBook};
use crate::packed::{Join, Packed, Row};
use crate::reference_book::ReferenceBook;
use crate::run::Outcome;
use crate::stats::{Clip, Stats};
use crate::summary::{self, Want, is_system};

/// Every goroutine of the trace, by id.
pub struct Goroutines {
    rows: Packed,
    join: Join,
    symbols: Symbols,
}

/// Reads them. `as_reference`: with its errors, and then always of the whole trace. Units: ns since the trace's first
/// event. Errors: those of `Reader`. Cost: one pass; memory by goroutines, about 60 bytes each.
pub fn read(bytes: &[u8], start: u64, as_reference: bool, clip: Clip) -> Result<(Goroutines, Outcome)> {
    if as_reference {
        collect(bytes, start, ReferenceBook::default(), Clip::ALL)
    } else {
        collect(bytes, start, RightBook::new(clip), clip)
    }
}

fn collect<B: Book>(bytes: &[u8], start: u64, book: B, clip: Clip) -> Result<(Goroutines, Outcome)> {
    let mut rows = Packed::default();
    let keep = |done: Done, regions: u32| {
        let end = done.end.unwrap_or(i64::MAX);
        if clip.touches(done.creation, end) {
            rows.push(&done, regions);
        }
    };
    let (_, symbols, outcome) = summary::read(bytes, start, book, keep, Want::default(), clip)?;
    rows.sort();
    let join: Join = if B::AS_REFERENCE { keep_last } else { join };
    Ok((Goroutines { rows, join, symbols }, outcome))
}

/// Ids come again where C threads call Go: their lives are one row.
pub fn join(first: &mut Row, later: Row) {
    let (a, b) = (&mut first.0, &later.0);
    a.stats.plus(&b.stats);
    a.end = b.end;
    a.first_run = a.first_run.or(b.first_run);
    if b.name != Sym::EMPTY {
        a.name = b.name;
    }
    first.1 += later.1;
}

/// The reference forgets the lives before.
fn keep_last(first: &mut Row, later: Row) {
    *first = later;
}

impl Goroutines {
    /// Shapes: {id, name, creation, start, end, exec, sched_wait, syscall, syscall_block, block, range, total, unknown,
    /// regions}, by id.
    pub fn lines(&self) -> impl Iterator<Item = Value> {
        self.rows.rows(self.join).map(|(d, regions)| {
            let mut v = json!({
                "id": d.g,
                "name": self.symbols.text(d.name),
                "creation": d.creation,
                "start": d.first_run,
                "end": d.end,
                "unknown": d.stats.unknown(),
                "regions": regions,
            });
            d.stats.write(&mut v, &self.symbols);
            v
        })
    }

    /// Shapes: [{name, n, system, exec, sched_wait, syscall, syscall_block, block, range, total}], by execution time.
    pub fn groups(&self) -> Value {
        let mut groups: BTreeMap<Sym, (u64, Stats)> = BTreeMap::new();
        for (d, _) in self.rows.rows(self.join) {
            let (n, stats) = groups.entry(d.name).or_default();
            *n += 1;
            stats.plus(&d.stats);
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by(|(a_name, (_, a)), (b_name, (_, b))| {
            let name = |s: &Sym| self.symbols.text(*s);
            b.exec.cmp(&a.exec).then_with(|| name(a_name).cmp(name(b_name)))
        });
        let groups = groups.into_iter().map(|(name, (n, stats))| {
            let name = self.symbols.text(name);
            let mut v = json!({"name": name, "n": n, "system": is_system(name)});
            stats.write(&mut v, &self.symbols);
            v
        });
        Value::Array(groups.collect())
    }
}
