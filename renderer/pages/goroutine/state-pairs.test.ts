import { expect, it } from 'vitest';
import type { StateSum } from '../../../contract/answers';
import { moreOf, moreText, pairColumns, pairsOf } from './state-pairs';

const sum = (state: StateSum['state'], nanos: number, reason = ''): StateSum => ({
  state,
  reason,
  count: 1,
  nanos,
  maxNanos: nanos,
});

it('F97: two goroutines side by side: each state of either, and the difference', () => {
  const pairs = pairsOf(
    [sum('running', 500), sum('waiting', 2000, 'sync')],
    [sum('running', 1500), sum('waiting', 4000, 'sleep')],
  );
  expect(pairs.map((p) => [p.state, p.reason, moreOf(p)])).toEqual([
    ['waiting', 'sleep', 4000],
    ['waiting', 'sync', -2000],
    ['running', '', 1000],
  ]);
  expect(pairs.map((p) => p.sums.map((s) => s?.nanos ?? null))).toEqual([
    [null, 4000],
    [2000, null],
    [500, 1500],
  ]);
});
it('writes differences with their sign', () => {
  expect([4000, -2000, 0].map(moreText)).toEqual(['+4.000\u202fµs', '−2.000\u202fµs', '=']);
});
it('names each column after its goroutine', () => {
  expect(pairColumns(['G7', 'G12']).map((c) => c.title)).toEqual([
    'State',
    'Reason',
    'G7',
    'G12',
    'Difference',
    'G7, count',
    'G12, count',
  ]);
});
