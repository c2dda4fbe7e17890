import { expect, it } from 'vitest';
import { COUNTER_SERIES } from '../../contract/blocks/counters';
import { TILE_BUCKETS } from '../../contract/blocks/tile';
import { heapPoints, tilesOf } from './heap-curve';

it('asks for few tiles that hold the range with about a thousand points', () => {
  expect(tilesOf({ fromNanos: 0, toNanos: 1024 })).toEqual({ level: 0, tiles: [0] });
  expect(tilesOf({ fromNanos: 0, toNanos: 135_485_505 })).toEqual({ level: 18, tiles: [0] });
  const cut = tilesOf({ fromNanos: 1000, toNanos: 3000 });
  expect([cut.level, cut.tiles]).toEqual([1, [0, 1]]);
  expect(tilesOf({ fromNanos: 5, toNanos: 5 }).tiles).toEqual([0]);
});

it('F53: keeps what lies in the range, and knows what is not known', () => {
  const maxima = new Float32Array(COUNTER_SERIES.length * TILE_BUCKETS).fill(NaN);
  const at = COUNTER_SERIES.indexOf('heapAllocated') * TILE_BUCKETS;
  maxima[at + 5] = 4096;
  const block = { level: 2, tile: 0, means: maxima, maxima, complete: true, indexedToNanos: 4096 };
  const points = heapPoints([block], { fromNanos: 18, toNanos: 30 });
  expect(points.map((p) => p.atNanos)).toEqual([16, 20, 24, 28]);
  expect(points.map((p) => p.heapBytes)).toEqual([null, 4096, null, null]);
  expect(points.every((p) => p.goalBytes === null)).toBe(true);
});
