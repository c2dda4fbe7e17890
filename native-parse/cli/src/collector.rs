//! The verbs about the garbage collector.

use tracewell_analysis::mmu::{Ask, Flags};
use tracewell_analysis::{gc, mmu};

use crate::args::{FileArg, MmuArgs, MmuFlag, RangeArg};
use crate::verbs::{Opened, clip, said};
use crate::{Failure, print, print_answer};

pub fn mmu(a: &MmuArgs) -> Result<(), Failure> {
    let q = &a.question;
    let clip = clip(&q.range)?;
    let opened = Opened::open(&q.file)?;
    let has = |f| a.flags.contains(&f);
    let flags = Flags {
        stw: has(MmuFlag::Stw),
        background: has(MmuFlag::Background),
        assist: has(MmuFlag::Assist),
        sweep: has(MmuFlag::Sweep),
        per_proc: a.per_proc,
    };
    let ask = Ask {
        flags,
        windows: a.windows.clone(),
        worst_of: a.window,
        quantiles: a.quantiles,
        as_reference: q.as_reference,
    };
    let (value, outcome) = mmu::read(opened.bytes(), opened.start, &ask, clip)?;
    said(&outcome);
    print(&value)
}

pub fn gc(file: &FileArg, range: &RangeArg) -> Result<(), Failure> {
    let clip = clip(range)?;
    let opened = Opened::open(file)?;
    let (value, outcome) = gc::read(opened.bytes(), opened.start, clip)?;
    said(&outcome);
    print_answer(value)
}
