import { expect, it } from 'vitest';
import type { GoroutineStay } from '../../../contract/answers';
import { axisOf, boxesOf, fromBegin, idsOfArg, legendOf, meet, stripLines, tokenOf, type Strip } from './strip-model';

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

const strip = (id: number, ...stays: GoroutineStay[]): Strip => ({
  id,
  name: '',
  stays,
  stayCount: stays.length,
  originNanos: 0,
});
const fast = strip(7, stay(100, 150, 'running'));
const slow = strip(9, stay(9_000, 9_100, 'runnable'), stay(9_100, 9_700, 'waiting', 'sync'));

it('F97: two that lived at different times are laid over each other from their begins', () => {
  expect([meet([fast, slow]), meet([slow, strip(1, stay(9_650, 9_651, 'running'))])]).toEqual([false, true]);
  expect(axisOf([fast, slow])).toEqual({ from: 100, to: 9_700 });
  const both = fromBegin([fast, slow]);
  expect(axisOf(both)).toEqual({ from: 0, to: 700 });
  expect(stripLines(both).map((l) => l.bars.map((b) => [b.from, b.to]))).toEqual([
    [[0, 50]],
    [
      [0, 100],
      [100, 700],
    ],
  ]);
  expect(axisOf(fromBegin([strip(1)]))).toEqual({ from: 0, to: 0 });
});
it('has a legend of what is drawn, in the order of bars', () => {
  expect(legendOf([slow, fast]).map((l) => l.name)).toEqual(['running', 'sched wait', 'sync, channel']);
});
