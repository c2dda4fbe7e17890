import { expect, it } from 'vitest';
import type { GoroutineStay } from '../../../contract/answers';
import { boxesOf, idsOfArg, tokenOf } from './strip-model';

const stay = (fromNanos: number, toNanos: number, state: GoroutineStay['state'], reason = ''): GoroutineStay => ({
  fromNanos,
  toNanos,
  state,
  reason,
  frames: [],
  by: null,
  byTop: '',
  isOpen: false,
});

it('F97: draws stays where they are, and none is dropped', () => {
  const boxes = boxesOf(
    [stay(0, 500, 'running'), stay(500, 500.1, 'runnable'), stay(501, 1000, 'waiting', 'chan receive')],
    0,
    1000,
    100,
  );
  expect(boxes.map((b) => [b.token, b.x, Math.round(b.width)])).toEqual([
    ['st-running', 0, 50],
    ['st-runnable', 50, 1],
    ['wait-sync', 50.1, 50],
  ]);
});
it('joins equal neighbours, and cuts at the window', () => {
  const boxes = boxesOf(
    [stay(0, 100, 'running'), stay(100, 200, 'running'), stay(900, 2000, 'syscall')],
    50,
    1050,
    100,
  );
  expect(boxes.map((b) => [b.x, b.width])).toEqual([
    [0, 15],
    [85, 15],
  ]);
});
it('has a colour for each state and reason', () => {
  expect(['network', 'select', 'sleep', 'sync', ''].map((r) => tokenOf('waiting', r))).toEqual([
    'wait-net',
    'wait-select',
    'wait-sleep',
    'wait-sync',
    'wait-other',
  ]);
  expect(tokenOf('syscall-blocked', '')).toBe('wait-sys');
});
it('reads one id or two', () => {
  expect([idsOfArg('7'), idsOfArg('G7,12'), idsOfArg('x'), idsOfArg('1,2,3'), idsOfArg('')]).toEqual([
    [7],
    [7, 12],
    null,
    null,
    null,
  ]);
});
