//! The steps of a segment, in some ten bytes each instead of 56: by blocks of time, in each by goroutine.

use tracewell_order::Sym;

use super::machine::{Cause, Step};
use super::tails::{put, take};
use crate::span::SpanState;

/// Steps in a block.
const BLOCK: usize = 1 << 15;
/// Every so many goroutines of a block are in its table.
const SKIP: usize = 16;

const CAUSES: [Cause; 4] = [Cause::Own, Cause::Mention, Cause::Create, Cause::Unblock];
const HAS_BY: u8 = 16;
const HAS_REASON: u8 = 32;

struct Block {
    from: i64,
    to: i64,
    bytes: Box<[u8]>,
    /// Goroutine, and where its group begins in `bytes`.
    skip: Box<[(i64, u32)]>,
}

#[derive(Default)]
pub(super) struct StepLog {
    blocks: Vec<Block>,
    /// The block that is being filled.
    open: Vec<(i64, Step)>,
}

fn zigzag(v: i64) -> u64 {
    (v.wrapping_shl(1) ^ (v >> 63)) as u64
}

fn unzigzag(v: u64) -> i64 {
    (v >> 1) as i64 ^ -((v & 1) as i64)
}

impl StepLog {
    pub fn push(&mut self, g: i64, step: Step) {
        if self.open.len() == BLOCK {
            self.close();
        }
        self.open.push((g, step));
    }

    /// Packs what is open.
    pub fn close(&mut self) {
        // What came first of a goroutine stays first.
        self.open.sort_by_key(|s| s.0);
        let Some(from) = self.open.iter().map(|s| s.1.at).min() else { return };
        let to = self.open.iter().map(|s| s.1.at).max().unwrap_or(from);
        let (mut bytes, mut skip) = (Vec::with_capacity(self.open.len() * 10), Vec::new());
        for (i, group) in self.open.chunk_by(|a, b| a.0 == b.0).enumerate() {
            let g = group.first().map_or(0, |s| s.0);
            if i % SKIP == 0 {
                skip.push((g, bytes.len() as u32));
            }
            put(&mut bytes, zigzag(g));
            put(&mut bytes, group.len() as u64);
            let mut at = from;
            for (_, s) in group {
                pack(&mut bytes, g, at, s);
                at = s.at;
            }
        }
        self.blocks.push(Block { from, to, bytes: bytes.into(), skip: skip.into() });
        self.open.clear();
    }

    /// No more will come.
    pub fn finish(&mut self) {
        self.close();
        self.open = Vec::new();
    }

    pub fn bytes(&self) -> usize {
        let blocks: usize =
            self.blocks.iter().map(|b| b.bytes.len() + b.skip.len() * 16 + size_of::<Block>()).sum();
        blocks + self.open.capacity() * size_of::<(i64, Step)>()
    }

    /// Steps of a goroutine, by time. Cost: O(blocks × log goroutines + steps).
    pub fn of(&self, g: i64) -> Vec<Step> {
        let mut out = Vec::new();
        for block in &self.blocks {
            let place = block.skip.partition_point(|(first, _)| *first <= g);
            let Some((_, offset)) = place.checked_sub(1).and_then(|p| block.skip.get(p)) else { continue };
            let Some(mut bytes) = block.bytes.get(*offset as usize..) else { continue };
            while let Some(of) = take(&mut bytes).map(unzigzag).filter(|of| *of <= g) {
                if group(&mut bytes, of, block.from, &mut |s| {
                    if of == g {
                        out.push(s)
                    }
                })
                .is_none()
                    || of == g
                {
                    break;
                }
            }
        }
        out
    }

    /// Steps of all goroutines in [from, to], block by block. Cost: O(steps of the blocks that touch it).
    pub fn each(&self, from: i64, to: i64, see: &mut dyn FnMut(i64, &Step)) {
        for block in self.blocks.iter().filter(|b| b.from <= to && b.to >= from) {
            let mut bytes = &block.bytes[..];
            while let Some(g) = take(&mut bytes).map(unzigzag) {
                let seen = &mut |s: Step| {
                    if (from..=to).contains(&s.at) {
                        see(g, &s);
                    }
                };
                if group(&mut bytes, g, block.from, seen).is_none() {
                    break;
                }
            }
        }
    }
}

fn pack(bytes: &mut Vec<u8>, g: i64, last: i64, s: &Step) {
    put(bytes, zigzag(s.at - last));
    let cause = CAUSES.iter().position(|c| *c == s.cause).unwrap_or(0) as u8;
    bytes.push(s.state as u8 | cause << 4);
    let by = if s.by >= 0 { HAS_BY } else { 0 };
    let reason = if s.reason == Sym::EMPTY { 0 } else { HAS_REASON };
    bytes.push(s.from as u8 | by | reason);
    put(bytes, zigzag(s.m));
    put(bytes, zigzag(s.p));
    if by != 0 {
        put(bytes, zigzag(s.by.wrapping_sub(g)));
    }
    if reason != 0 {
        put(bytes, u64::from(s.reason.0));
    }
}

/// Reads the steps of a goroutine in a block.
fn group(bytes: &mut &[u8], g: i64, from: i64, see: &mut dyn FnMut(Step)) -> Option<()> {
    let mut at = from;
    for _ in 0..take(bytes)? {
        at = at.wrapping_add(unzigzag(take(bytes)?));
        let (&[code, more], rest) = bytes.split_first_chunk::<2>()?;
        *bytes = rest;
        let m = unzigzag(take(bytes)?);
        let p = unzigzag(take(bytes)?);
        let by = if more & HAS_BY != 0 { g.wrapping_add(unzigzag(take(bytes)?)) } else { -1 };
        let reason = if more & HAS_REASON != 0 { Sym(take(bytes)? as u32) } else { Sym::EMPTY };
        see(Step {
            at,
            by,
            m,
            p,
            reason,
            from: SpanState::ALL[usize::from(more & 15)],
            state: SpanState::ALL[usize::from(code & 15)],
            cause: CAUSES[usize::from(code >> 4 & 3)],
        });
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back_by_goroutine_and_by_time() {
        let mut log = StepLog::default();
        let mut all = Vec::new();
        for i in 0..100_000i64 {
            let g = [i % 97, -5, i64::MAX, 1_000_000 + i][(i % 4) as usize];
            let step = Step {
                at: i * 10 + i % 3,
                by: if i % 5 == 0 { i } else { -1 },
                m: i % 8 - 1,
                p: i % 4 - 1,
                reason: Sym((i % 7) as u32),
                from: SpanState::ALL[(i % 16) as usize],
                state: SpanState::ALL[(i % 13) as usize],
                cause: CAUSES[(i % 4) as usize],
            };
            all.push((g, step));
            log.push(g, step);
        }
        log.finish();
        assert!(log.bytes() < all.len() * 16);
        for g in [-5, 0, 96, i64::MAX, 1_000_003, 1_099_999, 97] {
            let want: Vec<Step> = all.iter().filter(|s| s.0 == g).map(|s| s.1).collect();
            assert_eq!(log.of(g), want, "{g}");
        }
        let mut seen = Vec::new();
        log.each(333_000, 444_000, &mut |g, s| seen.push((g, *s)));
        let mut want: Vec<_> =
            all.iter().filter(|s| (333_000..=444_000).contains(&s.1.at)).copied().collect();
        seen.sort_by_key(|s| (s.1.at, s.0));
        want.sort_by_key(|s| (s.1.at, s.0));
        assert_eq!(seen, want);
    }
}
