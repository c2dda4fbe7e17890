// Curves of the heap from counter blocks: one point for each bucket that lies in the range.

import { COUNTER_SERIES, type CounterBlock, type CounterSeries } from '../../contract/blocks/counters';
import { MAX_LEVEL, TILE_BUCKETS } from '../../contract/blocks/tile';
import type { TimeRange } from '../../contract/answers';

/** The tiles that hold a range with about a thousand points: at most three of them. */
export function tilesOf(range: TimeRange): { readonly level: number; readonly tiles: readonly number[] } {
  const length = Math.max(1, range.toNanos - range.fromNanos);
  const level = Math.min(MAX_LEVEL, Math.max(0, Math.ceil(Math.log2(length / TILE_BUCKETS))));
  const tileNanos = TILE_BUCKETS * 2 ** level;
  const first = Math.floor(range.fromNanos / tileNanos);
  const last = Math.floor(Math.max(range.fromNanos, range.toNanos - 1) / tileNanos);
  return { level, tiles: Array.from({ length: last - first + 1 }, (_, i) => first + i) };
}

export interface HeapPoint {
  /** Where the bucket begins. */
  readonly atNanos: number;
  /** The most in the bucket; null where the trace has not told yet. */
  readonly heapBytes: number | null;
  readonly goalBytes: number | null;
}

const at = (block: CounterBlock, series: CounterSeries, bucket: number): number | null => {
  const v = block.maxima[COUNTER_SERIES.indexOf(series) * TILE_BUCKETS + bucket];
  return v === undefined || Number.isNaN(v) ? null : v;
};

/** Points of the range, rising. Shapes: blocks of one level, in order. */
export function heapPoints(blocks: readonly CounterBlock[], range: TimeRange): readonly HeapPoint[] {
  return blocks.flatMap((block) => {
    const bucketNanos = 2 ** block.level;
    return Array.from({ length: TILE_BUCKETS }, (_, b) => ({
      atNanos: (block.tile * TILE_BUCKETS + b) * bucketNanos,
      heapBytes: at(block, 'heapAllocated', b),
      goalBytes: at(block, 'heapGoal', b),
    })).filter((p) => p.atNanos + bucketNanos > range.fromNanos && p.atNanos < range.toNanos);
  });
}
