//! Rows read by several threads at once.

use std::ops::Range;

/// Rows that are worth a thread of their own.
const WORTH: usize = 1 << 15;
const MOST: usize = 4;

/// Hands ranges of `count` rows, which begin at multiples of 64, to threads; answers in the order of the ranges.
pub(super) fn side_by_side<T: Send>(count: usize, one: impl Fn(Range<usize>) -> T + Sync) -> Vec<T> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = (count / WORTH).clamp(1, cores.min(MOST));
    let step = count.div_ceil(threads).next_multiple_of(64);
    let range = |i: usize| count.min(i * step)..count.min((i + 1) * step);
    std::thread::scope(|s| {
        let others: Vec<_> = (1..threads)
            .map(|i| {
                s.spawn({
                    let one = &one;
                    move || one(range(i))
                })
            })
            .collect();
        let first = one(range(0));
        let others = others.into_iter().map(|t| {
            // A panic of another goes on here.
            t.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        });
        [first].into_iter().chain(others).collect()
    })
}
