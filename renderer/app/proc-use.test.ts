import { expect, it } from 'vitest';
import { COUNTER_SERIES, type CounterBlock } from '../../contract/blocks/counters';
import { TILE_BUCKETS } from '../../contract/blocks/tile';
import { procUse } from './proc-use';

function blockOf(procsRunning: readonly number[]): CounterBlock {
  const means = new Float32Array(COUNTER_SERIES.length * TILE_BUCKETS).fill(NaN);
  means.set(procsRunning, COUNTER_SERIES.indexOf('running') * TILE_BUCKETS);
  return { level: 0, tile: 0, means, maxima: means, complete: true, indexedToNanos: 0 };
}

it('averages buckets into steps and knows the end of the trace', () => {
  expect(procUse([blockOf([4, 4, 2, 2, 0, 0, NaN, NaN, 4, 4])], 8, 4, 4)).toEqual([1, 0.5, 0, 0]);
});

it('draws a trace shorter than its thumbnail as well', () => {
  expect(procUse([blockOf([2, 1])], 2, 2, 4)).toEqual([1, 1, 0.5, 0.5]);
  expect(procUse([blockOf([9])], 0, 1, 2)).toEqual([1, 1]);
});
