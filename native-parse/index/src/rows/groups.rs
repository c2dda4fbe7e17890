//! Lives as a sidecar has them: column by column, so that they pack well.

use tracewell_order::Sym;

use super::facts::LifeFacts;
use crate::sidecar::{In, Out};

/// Ids and begins mostly grow from one to the next, so their differences are kept.
pub(super) fn put_columns(lives: &[LifeFacts], out: &mut Out) {
    type Of = fn(&LifeFacts) -> i64;
    const SUMS: [Of; 3] = [|l| l.running, |l| l.runnable, |l| l.syscall];
    out.u(lives.len() as u64);
    let (mut id, mut start) = (0i64, 0i64);
    for l in lives {
        out.i(l.g.wrapping_sub(id));
        id = l.g;
    }
    for l in lives {
        out.i(l.start - start);
        start = l.start;
    }
    for sum in SUMS {
        lives.iter().for_each(|l| out.u(sum(l) as u64));
    }
    // What is left of the length: most wait for nothing.
    lives.iter().for_each(|l| out.i(l.waiting()));
    lives.iter().for_each(|l| out.u(u64::from(l.name.0)));
    lives.iter().for_each(|l| out.u(l.parent_number()));
    lives.iter().for_each(|l| out.0.push(l.flags()));
    lives.iter().for_each(|l| out.0.push(l.stays_byte()));
}

/// At least one, and at most so many. None when they are none.
pub(super) fn get_columns(from: &mut In<'_>, most: usize) -> Option<Vec<LifeFacts>> {
    let n = usize::try_from(from.u()?).ok().filter(|n| (1..=most).contains(n))?;
    let mut lives = vec![LifeFacts::new(0, 0, false, None); n];
    let (mut id, mut start) = (0i64, 0i64);
    for l in &mut lives {
        id = id.wrapping_add(from.i()?);
        l.g = id;
    }
    for l in &mut lives {
        start = start.checked_add(from.i()?).filter(|s| s.unsigned_abs() >> 62 == 0)?;
        l.start = start;
    }
    let mut sums = vec![[0; 3]; n];
    for column in 0..3 {
        for sum in &mut sums {
            sum[column] = from.u()?;
        }
    }
    for (l, sums) in lives.iter_mut().zip(sums) {
        l.set_sums(sums, from.i()?)?;
    }
    for l in &mut lives {
        l.name = Sym(from.u32()?);
    }
    for l in &mut lives {
        l.set_parent(from.u()?)?;
    }
    for l in &mut lives {
        l.set_flags(from.byte()?);
    }
    for l in &mut lives {
        l.set_stays(from.byte()?);
    }
    Some(lives)
}
