import { describe, expect, it } from 'vitest';
import { COUNTER_SERIES, type CounterBlock } from '../../../contract/blocks/counters';
import { stateIx, TILE_BUCKETS, type TileBlock } from '../../../contract/blocks/tile';
import { presenceColumns, seriesColumns, topOf, wholeTraceLevel } from './overview-columns';

function counters(level: number, tile: number, runnable: (bucket: number) => number): CounterBlock {
  const means = new Float32Array(COUNTER_SERIES.length * TILE_BUCKETS).fill(NaN);
  const at = COUNTER_SERIES.indexOf('runnable') * TILE_BUCKETS;
  for (let b = 0; b < TILE_BUCKETS; b++) means[at + b] = runnable(tile * TILE_BUCKETS + b);
  return { level, tile, means, maxima: means, complete: true, indexedToNanos: 0 };
}

it.each([
  [0, 0],
  [1, 0],
  [1024, 0],
  [1025, 1],
  [2048, 1],
  [135_500_000, 18],
])('a trace of %d ns fits into one tile from level %d on', (duration, level) => {
  expect(wholeTraceLevel(duration)).toBe(level);
  expect(TILE_BUCKETS * 2 ** level).toBeGreaterThanOrEqual(duration);
});

describe('columns', () => {
  it('are means over what a pixel covers, over the border of tiles too', () => {
    const blocks = [0, 1].map((t) => counters(1, t, (b) => (b < 1000 ? 2 : 6)));
    const columns = seriesColumns(blocks, 'runnable', 4000, 4);
    expect([...columns]).toEqual([2, 2, 6, 6]);
    expect(topOf(columns, 1)).toBe(6);
  });

  it('repeat a bucket that is wider than a pixel, and know what is not known', () => {
    const blocks = [counters(0, 0, (b) => (b < 2 ? b + 1 : NaN))];
    const columns = seriesColumns(blocks, 'runnable', 4, 8);
    expect([...columns]).toEqual([1, 1, 2, 2, NaN, NaN, NaN, NaN]);
    expect(topOf(columns, 3)).toBe(3);
  });

  it('show a blip however short', () => {
    const masks = new Uint16Array(2 * TILE_BUCKETS);
    const shares = new Uint8Array(2 * TILE_BUCKETS);
    shares[TILE_BUCKETS + 513] = 255;
    masks[TILE_BUCKETS + 513] = (1 << stateIx('stw')) | (1 << stateIx('running'));
    const tile = { level: 0, tile: 0, tracks: Uint32Array.of(0, 1), masks, shares } as unknown as TileBlock;
    expect([...presenceColumns([tile], 1, 'stw', 1024, 4)]).toEqual([0, 0, 1, 0]);
    expect([...presenceColumns([tile], 1, 'gc-mark', 1024, 4)]).toEqual([0, 0, 0, 0]);
    // A bucket that is wider than a pixel marks all that it covers.
    expect(presenceColumns([tile], 1, 'stw', 1024, 4096).reduce((a, b) => a + b)).toBe(4);
    expect([...presenceColumns([tile], 7, 'stw', 1024, 4)]).toEqual([0, 0, 0, 0]);
  });
});
