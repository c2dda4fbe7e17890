// The overview of a whole trace as one value a pixel, from the blocks that hold it. Pure.
//
//   blocks    |-- tile 0: 1024 buckets --|-- tile 1 --|     level: a bucket is never wider than a pixel
//   columns   ▂▂▃▅▅▅▃▁▁▂▂▂▅▅▅▅▅▅▅▅▅▃▁                       mean of what each pixel covers, NaN where nothing is known

import { COUNTER_SERIES, type CounterBlock, type CounterSeries } from '../../../contract/blocks/counters';
import { SPAN_STATES, TILE_BUCKETS, type TileBlock } from '../../../contract/blocks/tile';
import type { Nanos, Px } from '../../../contract/units';

/** What is there is seen, however short it is. */
export const LEAST_SHARE = 0.35;

/** The finest level at which one tile holds the whole trace. */
export function wholeTraceLevel(durationNanos: Nanos): number {
  return Math.max(0, Math.ceil(Math.log2(Math.max(1, durationNanos) / TILE_BUCKETS) - 1e-12));
}

/** Mean of one series for each pixel of the trace's length. Blocks are of one level, in order, without gaps, from time 0. */
export function seriesColumns(
  blocks: readonly CounterBlock[],
  series: CounterSeries,
  durationNanos: Nanos,
  widthPx: Px,
): Float32Array {
  const at = COUNTER_SERIES.indexOf(series) * TILE_BUCKETS;
  return columnsOf(blocks[0]?.level ?? 0, durationNanos, widthPx, (bucket) => {
    const block = blocks[Math.floor(bucket / TILE_BUCKETS)];
    return block?.means[at + (bucket % TILE_BUCKETS)] ?? NaN;
  });
}

/**
 * For each pixel the greatest share of a bucket that a track of the tiles is in a state; at least LEAST_SHARE where it
 * is at all, however short; 0 where it is not.
 */
export function presenceColumns(
  tiles: readonly TileBlock[],
  track: number,
  state: (typeof SPAN_STATES)[number],
  durationNanos: Nanos,
  widthPx: Px,
): Float32Array {
  const bit = 1 << SPAN_STATES.indexOf(state);
  const level = tiles[0]?.level ?? 0;
  const columns = new Float32Array(Math.max(0, Math.round(widthPx)));
  const buckets = Math.max(1, durationNanos / 2 ** level);
  for (let t = 0; t < tiles.length; t++) {
    const tile = tiles[t]!;
    const row = tile.tracks.indexOf(track);
    if (row < 0) continue;
    for (let b = 0; b < TILE_BUCKETS; b++) {
      if (!(tile.masks[row * TILE_BUCKETS + b]! & bit)) continue;
      const bucket = t * TILE_BUCKETS + b;
      const from = Math.floor((bucket / buckets) * columns.length);
      const end = Math.max(from + 1, Math.ceil(((bucket + 1) / buckets) * columns.length));
      const share = Math.max(LEAST_SHARE, tile.shares[row * TILE_BUCKETS + b]! / 255);
      for (let px = from; px < Math.min(end, columns.length); px++) columns[px] = Math.max(columns[px]!, share);
    }
  }
  return columns;
}

function columnsOf(level: number, durationNanos: Nanos, widthPx: Px, value: (bucket: number) => number): Float32Array {
  const width = Math.max(0, Math.round(widthPx));
  const columns = new Float32Array(width);
  const buckets = Math.max(1, durationNanos / 2 ** level);
  for (let x = 0; x < width; x++) {
    const from = Math.floor((x / width) * buckets);
    const to = Math.max(from + 1, Math.floor(((x + 1) / width) * buckets));
    let sum = 0;
    let known = 0;
    for (let b = from; b < to; b++) {
      const v = value(b);
      if (Number.isNaN(v)) continue;
      sum += v;
      known++;
    }
    columns[x] = known > 0 ? sum / known : NaN;
  }
  return columns;
}

/** The highest known value, at least `least`. */
export function topOf(columns: Float32Array, least: number): number {
  let top = least;
  for (const v of columns) if (v > top) top = v;
  return top;
}
