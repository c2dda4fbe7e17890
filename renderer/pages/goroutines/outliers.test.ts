import { expect, test } from 'vitest';
import type { Distribution } from '../../../contract/answers';
import { outlierFrom, outliersOf } from './outliers';

const spread = (q25: number, q75: number, slowest: number[]): Distribution => ({
  measure: 'exec',
  histogram: {
    count: 9,
    sumNanos: 0,
    buckets: [],
    quantiles: [
      { q: 0.25, nanos: q25 },
      { q: 0.75, nanos: q75 },
    ],
  },
  fastest: [],
  slowest: slowest.map((nanos, id) => ({ id, nanos })),
});

test('F145: goroutines far beyond the quartiles of their function are flagged, others are not', () => {
  const d = spread(10, 20, [90, 51, 50, 20]);
  expect(outlierFrom(d)).toBe(50);
  expect(outliersOf(d).map((o) => o.nanos)).toEqual([90, 51]);
  expect(outliersOf(spread(10, 20, [50, 20]))).toEqual([]);
  expect(outliersOf(spread(0, 0, []))).toEqual([]);
});
