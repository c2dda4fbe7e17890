//! Wakeups that never were: a goroutine is woken, finds what it waited for taken, and waits again. Such a stretch is left
//! out, so that the goroutine waits throughout. Only traces before Go 1.11 have them.

use tracewell_source::{Result, SeededMap};
use tracewell_wire::v1::events::ty;
use tracewell_wire::v1::{Event, Scan};

use super::merge::{File, Stream};

/// A goroutine that runs longer without a wait than this many events did something.
const MAX_STRETCH: usize = 64;

#[derive(Default)]
struct Stretch {
    /// Places of its events in the order.
    events: Vec<u64>,
    futile: bool,
}

/// Places in the order of the events to leave out, rising. Errors: those of `Stream`. Cost: one pass where there are any.
pub fn find(bytes: &[u8], scan: &Scan) -> Result<Vec<u64>> {
    let mut out = Vec::new();
    if !scan.has_futile {
        return Ok(out);
    }
    let f = File { bytes, scan };
    let mut stream = Stream::new(f)?;
    let mut open: SeededMap<u64, Stretch> = SeededMap::default();
    let mut place = 0;
    while let Some(e) = stream.next(f)? {
        look(&mut open, place, &e, &mut out);
        place += 1;
    }
    out.sort_unstable();
    Ok(out)
}

fn look(open: &mut SeededMap<u64, Stretch>, place: u64, e: &Event, out: &mut Vec<u64>) {
    match e.ty {
        ty::GO_UNBLOCK => {
            let s = open.entry(e.args[0]).or_default();
            s.events.clear();
            s.events.push(place);
        }
        ty::GO_START | ty::GO_PREEMPT | ty::FUTILE_WAKEUP => {
            let s = open.entry(e.g).or_default();
            s.futile |= e.ty == ty::FUTILE_WAKEUP;
            if s.events.len() < MAX_STRETCH {
                s.events.push(place);
            }
        }
        ty::GO_BLOCK | ty::GO_BLOCK_SEND..=ty::GO_BLOCK_COND => {
            if let Some(s) = open.remove(&e.g)
                && s.futile
            {
                out.extend(s.events);
                out.push(place);
            }
        }
        ty::GO_END | ty::GO_STOP => {
            open.remove(&e.g);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_out_the_whole_stretch() {
        let e = |ty, g, arg| Event { ty, g, args: [arg, 0, 0], ..Event::default() };
        let events = [
            e(ty::GO_START, 5, 5),
            e(ty::GO_BLOCK_RECV, 5, 0),
            e(ty::GO_UNBLOCK, 1, 5),
            e(ty::GO_START, 5, 5),
            e(ty::FUTILE_WAKEUP, 5, 0),
            e(ty::GO_BLOCK_RECV, 5, 0),
            e(ty::GO_UNBLOCK, 1, 5),
            e(ty::GO_START, 5, 5),
            e(ty::GO_BLOCK_SYNC, 5, 0),
        ];
        let (mut open, mut out) = (SeededMap::default(), Vec::new());
        for (i, e) in events.iter().enumerate() {
            look(&mut open, i as u64, e, &mut out);
        }
        assert_eq!(out, [2, 3, 4, 5]);
    }
}
