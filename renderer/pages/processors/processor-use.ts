// How busy each processor was, and how many goroutines ran and waited, in equal steps of a range. Pure.
//
//   tiles of the timeline: buckets of 2^level ns     → STEPS steps: means over the buckets whose begin lies in them

import type { TimeRange } from '../../../contract/answers';
import { COUNTER_SERIES, type CounterBlock, type CounterSeries } from '../../../contract/blocks/counters';
import { MAX_LEVEL, TILE_BUCKETS, type TileBlock } from '../../../contract/blocks/tile';
import type { Nanos, TrackId } from '../../../contract/units';

/** Columns of the heat map at most: buckets are a little finer than that. */
export const MOST_STEPS = 256;

export interface Steps {
  readonly fromNanos: Nanos;
  readonly stepNanos: Nanos;
  readonly count: number;
}

/** The tiles that hold a range, with 1 to 2 buckets a step and more. */
export function tilesOf(range: TimeRange): { readonly level: number; readonly tiles: readonly number[] } {
  const length = Math.max(1, range.toNanos - range.fromNanos);
  const level = Math.min(MAX_LEVEL, Math.max(0, Math.ceil(Math.log2(length / TILE_BUCKETS))));
  const tileNanos = TILE_BUCKETS * 2 ** level;
  const first = Math.floor(range.fromNanos / tileNanos);
  const last = Math.floor(Math.max(range.fromNanos, range.toNanos - 1) / tileNanos);
  return { level, tiles: Array.from({ length: last - first + 1 }, (_, i) => first + i) };
}

export function stepsOf(range: TimeRange): Steps {
  const length = Math.max(1, range.toNanos - range.fromNanos);
  const count = Math.min(MOST_STEPS, Math.ceil(length));
  return { fromNanos: range.fromNanos, stepNanos: length / count, count };
}

/** Means of values that each stand for one bucket; NaN where nothing is known. */
function means(
  steps: Steps,
  range: TimeRange,
  level: number,
  tiles: readonly number[],
  at: (tile: number, bucket: number) => number,
): Float64Array {
  const sums = new Float64Array(steps.count);
  const known = new Uint32Array(steps.count);
  const bucketNanos = 2 ** level;
  tiles.forEach((tile, ix) => {
    for (let b = 0; b < TILE_BUCKETS; b++) {
      // The middle says where a bucket lies; the one that holds the begin of the range is not lost.
      const middle = (tile * TILE_BUCKETS + b + 0.5) * bucketNanos;
      if (middle < range.fromNanos || middle >= range.toNanos) continue;
      const value = at(ix, b);
      if (Number.isNaN(value)) continue;
      const step = Math.min(steps.count - 1, Math.floor((middle - steps.fromNanos) / steps.stepNanos));
      sums[step]! += value;
      known[step]!++;
    }
  });
  return sums.map((sum, i) => (known[i]! > 0 ? sum / known[i]! : Number.NaN));
}

/** One counter over the range. Shapes: blocks of one level, in the order of `tiles`. */
export function seriesSteps(blocks: readonly CounterBlock[], series: CounterSeries, range: TimeRange): Float64Array {
  const offset = COUNTER_SERIES.indexOf(series) * TILE_BUCKETS;
  const at = (ix: number, b: number): number => blocks[ix]!.means[offset + b] ?? Number.NaN;
  return means(
    stepsOf(range),
    range,
    blocks[0]?.level ?? 0,
    blocks.map((b) => b.tile),
    at,
  );
}

/** Share of each step, 0..1, that a track was not idle. */
export function busySteps(blocks: readonly TileBlock[], track: TrackId, range: TimeRange): Float64Array {
  const rows = blocks.map((b) => b.tracks.indexOf(track));
  const at = (ix: number, b: number): number =>
    rows[ix]! < 0 ? Number.NaN : blocks[ix]!.shares[rows[ix]! * TILE_BUCKETS + b]! / 255;
  return means(
    stepsOf(range),
    range,
    blocks[0]?.level ?? 0,
    blocks.map((b) => b.tile),
    at,
  );
}

/** Mean of what is known; null without. */
export function meanOf(values: ArrayLike<number>): number | null {
  let [sum, n] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i]!)) continue;
    sum += values[i]!;
    n++;
  }
  return n > 0 ? sum / n : null;
}
