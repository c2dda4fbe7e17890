// A tile as the timeline draws it. The engine's cells say what is in each bucket, wide spans included; the picture
// draws wide spans as themselves and needs from the cells only what is left beside and inside them:
//
//   spans     |=========================|      |==================|
//   cells     9999999999999999999999999995..1..2999999999999999999
//   rest      ............................1..2....................      ← ticks and merged spans

import { SPAN_STATES, TILE_BUCKETS, stateIx, type TileBlock } from '../../contract/blocks/tile';
import type { Bytes, Nanos } from '../../contract/units';

export interface PreparedTile {
  readonly block: TileBlock;
  readonly startNanos: Nanos;
  readonly bucketNanos: Nanos;
  /** Spans of track i are [spanFrom[i], spanFrom[i + 1]). Shapes: u32[n + 1]. */
  readonly spanFrom: Uint32Array;
  /** What wide spans leave over, as the columns of the block. Shapes: each [n × 1024], track by track. */
  readonly restStates: Uint8Array;
  readonly restShares: Uint8Array;
  readonly restCounts: Uint16Array;
  readonly restMasks: Uint16Array;
  /** What the tile and all of the above hold, for the cache. */
  readonly bytes: Bytes;
}

/** States from the one that must be seen most to the one that may be hidden first. */
export const RARE_FIRST: readonly number[] = (
  ['stw', 'assist', 'sweep', 'gc-worker', 'gc-mark', 'other', 'syscall', 'running'] as const
).map(stateIx);

/** A share that is rounded up to 1/255 at both of its ends: differences up to this say nothing. */
const SHARE_NOISE = 2;

/** The state that must be seen first among those of a mask; 0 for an empty one. */
export function rarestState(mask: number): number {
  for (const s of RARE_FIRST) if (mask & (1 << s)) return s;
  return 0;
}

/** The tile with its wide spans taken out of its cells. Cost: O(buckets × tracks + spans × buckets each covers). */
export function prepareTile(block: TileBlock): PreparedTile {
  const n = block.tracks.length;
  const bucketNanos = 2 ** block.level;
  const startNanos = block.tile * TILE_BUCKETS * bucketNanos;
  const cells = n * TILE_BUCKETS;
  const spanFrom = new Uint32Array(n + 1);
  const restStates = new Uint8Array(cells);
  const restShares = new Uint8Array(cells);
  const restCounts = new Uint16Array(cells);
  const restMasks = new Uint16Array(cells);
  const cover = new Float32Array(TILE_BUCKETS);
  const coverMasks = new Uint16Array(TILE_BUCKETS);
  const starts = new Uint16Array(TILE_BUCKETS);
  let span = 0;
  for (let track = 0; track < n; track++) {
    spanFrom[track] = span;
    cover.fill(0);
    coverMasks.fill(0);
    starts.fill(0);
    for (; span < block.spanTrack.length && block.spanTrack[span] === track; span++) {
      const from = (block.spanStart[span]! - startNanos) / bucketNanos;
      const to = (block.spanEnd[span]! - startNanos) / bucketNanos;
      const bit = 1 << block.spanState[span]!;
      if (from >= 0 && from < TILE_BUCKETS) starts[Math.floor(from)]!++;
      const last = Math.min(TILE_BUCKETS, Math.ceil(to));
      for (let b = Math.max(0, Math.floor(from)); b < last; b++) {
        cover[b]! += Math.min(b + 1, to) - Math.max(b, from);
        coverMasks[b]! |= bit;
      }
    }
    for (let b = 0; b < TILE_BUCKETS; b++) {
      const at = track * TILE_BUCKETS + b;
      const count = Math.max(0, block.counts[at]! - starts[b]!);
      let share = block.shares[at]!;
      if (coverMasks[b]) share = Math.max(0, share - Math.ceil(Math.min(1, cover[b]!) * 255));
      if (coverMasks[b] && share < SHARE_NOISE) share = 0;
      // What begins in a bucket that a wide span covers whole lies inside it: it has no share of its own, but is there.
      if (count === 0 && share === 0) continue;
      const mask = block.masks[at]!;
      const beside = mask & ~coverMasks[b]!;
      const restMask = beside || mask || 1 << block.states[at]!;
      restCounts[at] = count;
      restShares[at] = share;
      restMasks[at] = restMask;
      const most = block.states[at]!;
      restStates[at] = restMask & (1 << most) ? most : rarestState(restMask);
    }
  }
  spanFrom[n] = span;
  const bytes = cells * 12 + spanFrom.byteLength + block.spanTrack.length * 40 + 1024;
  return { block, startNanos, bucketNanos, spanFrom, restStates, restShares, restCounts, restMasks, bytes };
}

/** The state of a number on the wire; a number of a later engine reads as `other`. */
export const stateOf = (ix: number): (typeof SPAN_STATES)[number] => SPAN_STATES[ix] ?? 'other';
