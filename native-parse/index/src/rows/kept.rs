//! A book as bytes, so that the rows of a trace that was opened once need no second pass; each `put_` has its `get_`, in
//! the same order. As a sidecar it is not trusted: whatever its bytes, reading gives a book that can be asked, or none.

use std::io::{Error, ErrorKind, Read, Result, Write};
use std::path::Path;

use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use tracewell_order::{Sym, Symbols};
use tracewell_source::SeededMap;

use super::attendance::Attendance;
use super::book::{Book, Border, CrossRegion, Task, Thread};
use super::columns::Lives;
use super::make::Bounds;
use super::regions::Region;
use super::tails::Tails;
use super::within::Within;
use crate::index::Piece;
use crate::pyramid::Lane;
use crate::sidecar::{In, Out, get_span, put_span};

/// Changes with whatever a book holds, and with how it is made.
pub const BOOK_VERSION: u64 = 5;
/// No book is larger, and no part of it that is read at once.
const MAX_UNPACKED: u64 = 1 << 30;
const MAX_PART: u64 = 1 << 28;
/// A life takes no less, packed: a book of too many is not begun.
const LEAST_LIFE_BYTES: u64 = 4;

/// Writes a book, packed: a part for the rest, then its lives in groups, each with its length before it. Errors: those of `to`;
/// FileTooLarge: it would take more than `most`, and what was written is none. Cost: O(book), about 10 ms a MB.
pub fn put_book(book: &Book, most: u64, to: &mut dyn Write) -> Result<()> {
    if u64::from(book.lives.len()).saturating_mul(LEAST_LIFE_BYTES) > most {
        return Err(too_large());
    }
    let mut packer = ZlibEncoder::new(Least { to, left: most }, flate2::Compression::fast());
    let (mut out, mut sum) = (Out::default(), 0);
    put_rest(&mut out, book);
    for group in 0..=book.lives.groups() {
        sum += out.0.len() as u64;
        if out.0.len() as u64 > MAX_PART || sum > MAX_UNPACKED {
            return Err(too_large());
        }
        packer.write_all(&(out.0.len() as u32).to_le_bytes())?;
        packer.write_all(&out.0)?;
        out.0.clear();
        if group < book.lives.groups() {
            book.lives.put_group(group, &mut out);
        }
    }
    packer.finish().map(|_| ())
}

fn too_large() -> Error {
    Error::from(ErrorKind::FileTooLarge)
}

/// Takes so many bytes and no more.
struct Least<W> {
    to: W,
    left: u64,
}

impl<W: Write> Write for Least<W> {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        if bytes.len() as u64 > self.left {
            return Err(too_large());
        }
        let n = self.to.write(bytes)?;
        self.left -= n as u64;
        Ok(n)
    }
    fn flush(&mut self) -> Result<()> {
        self.to.flush()
    }
}

/// The book that `put_book` wrote; None when it is none, or of other pieces than these. `folder`: as in `make`.
/// Cost: O(book), about 5 ms a MB.
pub fn get_book(packed: impl Read, bounds: &[Bounds], folder: Option<&Path>) -> Option<Book> {
    let mut from = ZlibDecoder::new(packed).take(MAX_UNPACKED);
    let (mut part, mut book) = (Vec::new(), None);
    while let Some(()) = next_part(&mut from, &mut part)? {
        let bytes = &mut In::new(&part);
        match &mut book {
            None => book = Some(get_rest(bytes, folder)?),
            Some((book, lives)) => {
                book.lives.get_group(bytes).filter(|()| book.lives.len() <= *lives)?;
            }
        }
        if !bytes.is_empty() {
            return None;
        }
    }
    let (mut book, lives) = book?;
    let same = book.borders.len() == bounds.len()
        && book.borders.iter().zip(bounds).all(|(b, s)| b.from == s.from && b.to == s.to);
    if !same || book.lives.len() != lives {
        return None;
    }
    for (border, bounds) in book.borders.iter_mut().zip(bounds) {
        border.piece = bounds.piece;
    }
    book.lives.settle();
    book.tails.settle();
    book.attend();
    Some(book)
}

/// Reads a part into `part`. Some(None): there is none any more.
fn next_part(from: &mut impl Read, part: &mut Vec<u8>) -> Option<Option<()>> {
    let mut len = [0; 4];
    match from.read(&mut len[..1]).ok()? {
        0 => return Some(None),
        _ => from.read_exact(&mut len[1..]).ok()?,
    }
    let len = u64::from(u32::from_le_bytes(len));
    part.clear();
    from.take(len.min(MAX_PART)).read_to_end(part).ok()?;
    (part.len() as u64 == len).then_some(Some(()))
}

/// All but the lives.
fn put_rest(out: &mut Out, b: &Book) {
    out.u(u64::from(b.lives.len()));
    out.u(u64::from(b.base));
    out.i(b.end);
    out.u(b.tasks_left_out);
    out.list(b.symbols.since(0).iter(), |out, t| out.text(t));
    out.list(b.threads.iter(), put_thread);
    out.list(b.tasks.iter(), put_task);
    put_places(out, &b.thread_of, Out::i);
    put_places(out, &b.task_of, Out::u);
    b.tails.put_kept(out);
    out.list(b.borders.iter(), |out, border| put_border(out, border, b.tails.stored(border.seed)));
    out.list(b.crossing.iter(), put_crossing);
    out.option(b.within.as_ref(), |out, w| w.put_kept(out));
    for lane in &b.wakeups {
        out.option(lane.as_ref(), |out, l| l.put_kept(out, 0));
    }
    out.option(b.latency.as_ref(), |out, l| l.put_kept(out, 0));
}

/// A book that has no lives yet, and how many it has.
fn get_rest(from: &mut In<'_>, folder: Option<&Path>) -> Option<(Book, u32)> {
    let lives = from.u32()?;
    let base = from.u32()?;
    let (end, tasks_left_out) = (from.nanos()?, from.u()?);
    let texts: Vec<&str> = from.list(In::text)?;
    let mut symbols = Symbols::default();
    for t in texts {
        symbols.intern(t);
    }
    let lane = |from: &mut In<'_>| from.option(|from| Lane::get_kept(from, base));
    let mut tails = Tails::new(folder);
    let book = Book {
        base,
        end,
        tasks_left_out,
        symbols,
        lives: Lives::new(folder),
        threads: from.list(|from| get_thread(from, base))?,
        tasks: from.list(get_task)?,
        thread_of: get_places(from, In::i)?,
        task_of: get_places(from, In::u)?,
        borders: {
            tails.get_kept(from)?;
            from.list(|from| get_border(from, &mut tails))?
        },
        tails,
        attendance: Attendance::default(),
        crossing: from.list(get_crossing)?,
        within: from.option(Within::get_kept)?,
        wakeups: [lane(from)?, lane(from)?, lane(from)?],
        latency: from.option(|from| Lane::get_kept(from, base))?,
    };
    Some((book, lives))
}

fn put_places<K: Copy + Ord>(out: &mut Out, places: &SeededMap<K, u32>, put: impl Fn(&mut Out, K)) {
    let mut all: Vec<_> = places.iter().collect();
    all.sort_unstable();
    out.list(all.into_iter(), |out, (key, place)| {
        put(out, *key);
        out.u(u64::from(*place));
    });
}

fn get_places<'b, K: std::hash::Hash + Eq>(
    from: &mut In<'b>,
    get: impl Fn(&mut In<'b>) -> Option<K>,
) -> Option<SeededMap<K, u32>> {
    from.list(|from| Some((get(from)?, from.u32()?)))
}

fn put_thread(out: &mut Out, t: &Thread) {
    for n in [t.m, t.first, t.last, t.running, t.syscall, t.ends[0], t.ends[1]] {
        out.i(n);
    }
    for lane in &t.lanes {
        out.option(lane.as_ref(), |out, l| l.put_kept(out, 0));
    }
    for spans in &t.kept {
        let mut before = 0;
        out.list(spans.iter(), |out, s| {
            put_span(out, s, before);
            before = s.end;
        });
    }
}

fn get_thread(from: &mut In<'_>, base: u32) -> Option<Thread> {
    let m = from.i()?;
    let mut n = [0; 6];
    for n in &mut n {
        *n = from.i()?;
    }
    let [first, last, running, syscall, end, inner_end] = n;
    let lane = |from: &mut In<'_>| from.option(|from| Lane::get_kept(from, base));
    let lanes = [lane(from)?, lane(from)?];
    let spans = |from: &mut In<'_>| {
        let mut before = 0;
        from.list(|from| {
            let s = get_span(from, before)?;
            before = s.end;
            Some(s)
        })
    };
    let kept = [spans(from)?, spans(from)?];
    Some(Thread { m, first, last, running, syscall, lanes, kept, ends: [end, inner_end] })
}

fn put_task(out: &mut Out, t: &Task) {
    out.u(t.id);
    for n in [t.parent, t.start, t.end] {
        out.i(n);
    }
    out.u(u64::from(t.name.0));
    for is in [t.older, t.alive, t.logs] {
        out.flag(is);
    }
    out.0.push(t.depth);
}

fn get_task(from: &mut In<'_>) -> Option<Task> {
    Some(Task {
        id: from.u()?,
        parent: from.i()?,
        start: from.nanos()?,
        end: from.nanos()?,
        name: Sym(from.u32()?),
        older: from.flag()?,
        alive: from.flag()?,
        logs: from.flag()?,
        depth: from.byte()?,
    })
}

fn put_border(out: &mut Out, b: &Border, seed: &[u8]) {
    out.i(b.from);
    out.i(b.to);
    out.u(seed.len() as u64);
    out.0.extend_from_slice(seed);
    out.u(b.flows);
}

fn get_border(from: &mut In<'_>, tails: &mut Tails) -> Option<Border> {
    let (begin, to) = (from.nanos()?, from.nanos()?);
    let n = usize::try_from(from.u()?).ok()?;
    let seed = tails.store(from.take(n)?);
    Some(Border { from: begin, to, piece: Piece::default(), seed, flows: from.u()? })
}

fn put_crossing(out: &mut Out, c: &CrossRegion) {
    out.u(u64::from(c.life));
    let r = &c.region;
    for n in [r.g, r.start, r.end] {
        out.i(n);
    }
    out.u(u64::from(r.name.0));
    out.u(r.task);
    out.0.push(r.depth);
    out.flag(r.before);
}

fn get_crossing(from: &mut In<'_>) -> Option<CrossRegion> {
    let life = from.u32()?;
    let (g, start, end) = (from.i()?, from.nanos()?, from.nanos()?);
    let (name, task) = (Sym(from.u32()?), from.u()?);
    Some(CrossRegion {
        life,
        region: Region { g, start, end, name, task, depth: from.byte()?, before: from.flag()? },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tracewell_source::Source;

    #[test]
    fn whatever_the_bytes_a_book_can_be_asked_or_there_is_none() {
        let traces = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/traces/");
        let source = Source::open(format!("{traces}go1.26-tasks.trace").as_ref()).unwrap();
        let all = [Bounds { piece: Piece::default(), start: 0, bytes: 1, from: 0, to: i64::MAX / 4 }];
        let book = super::super::make::make(&source, 0, &all, None, None, &mut |_| true).unwrap();
        let [mut rest, mut lives] = [Out::default(), Out::default()];
        put_rest(&mut rest, &book);
        book.lives.put_group(0, &mut lives);
        let head = rest.0.len();
        let raw = [rest.0, lives.0].concat();
        for at in (0..raw.len()).step_by(raw.len() / 300) {
            for flip in [1, 0xff] {
                let mut bytes = raw.clone();
                bytes[at] ^= flip;
                let Some((mut odd, _)) = get_rest(&mut In::new(&bytes[..head]), None) else { continue };
                if odd.lives.get_group(&mut In::new(&bytes[head..])).is_none() {
                    continue;
                }
                odd.lives.settle();
                odd.attend();
                let _ = odd.within().map(|w| (w.regions(1), w.logs(1), w.samples(1)));
                for place in 0..odd.lives.len().min(64) {
                    let Some(life) = odd.lives.get(place) else { continue };
                    let own = odd.pieces_of(&life);
                    let _ = (odd.lives.find(life.g, life.start), odd.tail(0, place, &life));
                    let _ = (odd.attended(place, &life, &own), odd.carried(place, &life, 1));
                    let _ = (odd.next_step(place, &life, 0), odd.seed(0).map(|s| s.machine()));
                }
            }
        }
    }
}
