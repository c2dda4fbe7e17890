import { describe, expect, it } from 'vitest';
import { LOOKS, overlayModel, stepsOf } from './overlay-model';

const curve = (id: 'A' | 'B', points: [number, number | null][]) => ({
  series: { id, name: id, ...LOOKS[id] },
  points,
});

describe('F160: both curves in one chart', () => {
  const model = overlayModel({
    curves: [
      curve('A', [
        [1000, 0.1],
        [10000, 0.5],
      ]),
      curve('B', [
        [1000, 0],
        [10000, 0.9],
      ]),
    ],
    x: 'log',
    xName: 'window',
    y: 'share',
    what: 'Utilization',
  });

  it('are read at the same places, and are told apart by line and name', () => {
    expect(model?.series.map((s) => [s.name, s.line])).toEqual([
      ['A', 'solid'],
      ['B', 'dashed'],
    ]);
    expect(model?.read(1).values.map((v) => v.text.replace('\u202f', ' '))).toEqual(['50.0 %', '90.0 %']);
    expect(Array.from(model?.places ?? [])).toEqual([3, 4]);
    expect(model?.twin.rowCount).toBe(2);
    expect(model?.twin.columns.map((c) => c.value(0))).toEqual([1000, 0.1, 0]);
  });

  it('there is none where neither side has a value', () => {
    const empty = { curves: [curve('A', [[1, null]])], x: 'time', xName: '', y: 'bytes', what: '' } as const;
    expect(overlayModel(empty)).toBeNull();
  });
});

it('F156: lengths of both sides are shares of each, so that sizes do not matter', () => {
  const of = (times: number) => ({
    count: 4 * times,
    sumNanos: 0,
    buckets: [
      { fromNanos: 100, toNanos: 158, count: times },
      { fromNanos: 158, toNanos: 251, count: 3 * times },
    ],
    quantiles: [],
  });
  expect(stepsOf(of(1))).toEqual(stepsOf(of(50)));
  expect(stepsOf(of(1)).map((p) => p[1])).toEqual([0, 0.25, 0.25, 0.75, 0.75, 0]);
  expect(stepsOf({ count: 0, sumNanos: 0, buckets: [], quantiles: [] })).toEqual([]);
});
