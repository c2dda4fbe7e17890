//! A profile of a whole trace as bytes, for the next time that it is asked for. What reads them trusts nothing: whatever
//! they are, they give a profile that can be asked, or none.

use tracewell_index::sidecar::{In, Out};
use tracewell_order::{Sym, Symbols};
use tracewell_source::{Code, TraceError};

use crate::profiles::{Profile, Read, Sums};
use crate::stacks::{Blank, Place, StackIx, Stacks};

/// To be raised when the bytes, or what a profile counts, change.
pub const KEPT_VERSION: u64 = 1;

/// Codes of damage that a trace can be read in spite of.
const CODES: [Code; 2] = [Code::Truncated, Code::Damaged];

/// None for one that is not worth it: as the reference has it, or with damage of another kind.
pub fn encode(read: &Read, damage: Option<&TraceError>) -> Option<Vec<u8>> {
    let still = read.still.as_ref()?;
    let code = damage.map(|e| CODES.iter().position(|c| *c == e.code));
    let mut out = Out::default();
    out.i(read.end_nanos);
    match code {
        None => out.flag(false),
        Some(None) => return None,
        Some(Some(code)) => {
            let e = damage?;
            out.flag(true);
            out.u(code as u64);
            out.text(&e.message);
            out.option(e.offset, Out::u);
        }
    }
    // Only the texts of the stacks, numbered anew.
    let mut texts: Vec<Sym> = read.stacks.places().iter().flat_map(|p| [p.func, p.file]).collect();
    texts.sort_unstable();
    texts.dedup();
    out.list(texts.iter(), |out, s| out.text(read.symbols.text(*s)));
    let number = |s: Sym| texts.binary_search(&s).unwrap_or_default() as u64;
    out.list(read.stacks.places().iter(), |out, p| {
        for n in [number(p.func), number(p.file), p.line, p.pc] {
            out.u(n);
        }
    });
    out.list(read.stacks.all().iter(), |out, places| out.list(places.iter(), |out, p| out.u(u64::from(*p))));
    for sums in [&read.ended, still] {
        out.list(sums.rows().into_iter(), |out, (stack, count, nanos)| {
            out.u(u64::from(stack.0));
            out.u(count);
            out.i(nanos);
        });
    }
    Some(out.0)
}

/// What `encode` was given; None for other bytes.
pub fn decode(profile: Profile, bytes: &[u8]) -> Option<(Read, Option<TraceError>)> {
    let mut from = In::new(bytes);
    let end_nanos = from.nanos()?;
    let damage = from.option(|from| {
        let code = *CODES.get(usize::try_from(from.u()?).ok()?)?;
        let message = from.text()?.to_string();
        Some(TraceError { code, message, offset: from.option(In::u)? })
    })?;
    let mut symbols = Symbols::default();
    let texts: Vec<Sym> = from.list(|from| from.text().map(|t| symbols.intern(t)))?;
    let text = |n: u64| texts.get(usize::try_from(n).ok()?).copied();
    let places: Vec<Place> = from.list(|from| {
        Some(Place { func: text(from.u()?)?, file: text(from.u()?)?, line: from.u()?, pc: from.u()? })
    })?;
    let stacks: Vec<Box<[u32]>> =
        from.list(|from| from.list(|from| from.u32().filter(|p| (*p as usize) < places.len())))?;
    let stacks = Stacks::of(Blank::Drop, places, stacks);
    let mut sums = || {
        let mut sums = Sums::default();
        let rows: Vec<(u32, u64, i64)> =
            from.list(|from| Some((from.u32()?, from.u().filter(|n| *n < 1 << 62)?, from.nanos()?)))?;
        for (stack, count, nanos) in rows {
            if !stacks.has(StackIx(stack)) {
                return None;
            }
            sums.set(StackIx(stack), count, nanos);
        }
        // Totals are sums of these.
        sums.fits().then_some(sums)
    };
    let (ended, still) = (sums()?, sums()?);
    from.is_empty()
        .then_some((Read { profile, ended, still: Some(still), stacks, symbols, end_nanos }, damage))
}
