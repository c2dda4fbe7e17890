import { expect, test } from 'vitest';
import type { Frame, Profile } from '../../../contract/answers';
import { aliveRows } from './alive-rows';

const frame = (name: string, line = 1): Frame => ({ function: name, file: 'f.go', line });
const frames = [
  frame('(synchronization wait)'),
  frame('runtime.chanrecv1', 9),
  frame('main.leak', 42),
  frame('main.main.gowrap1', 7),
  frame('(other wait)'),
  frame('runtime.bgsweep'),
];
const stack = (list: readonly number[], count: number, nanos: number) => ({
  frames: list,
  count,
  delayNanos: nanos,
  meanNanos: nanos / Math.max(1, count),
  maxNanos: nanos,
  longest: [{ goroutine: 8, fromNanos: 0, toNanos: nanos }],
});
const profile: Profile = {
  profile: 'wall',
  frames,
  ended: { count: 0, delayNanos: 0, stacks: [] },
  still: {
    count: 4,
    delayNanos: 130,
    stacks: [stack([0, 1, 2, 3], 3, 90), stack([4, 5], 1, 40), stack([0], 0, 5)],
  },
};

test('F99: goroutines that stand still at the end, by stack, with what is of the program', () => {
  const rows = aliveRows(profile);
  expect(rows.map((r) => [r.state, r.at, r.start, r.count, r.longestNanos, r.isSystem])).toEqual([
    ['synchronization wait', 'main.leak:42', 'main.main.gowrap1', 3, 90, false],
    ['other wait', 'runtime.bgsweep:1', 'runtime.bgsweep', 1, 40, true],
  ]);
  expect(rows[0]!.stack.map((f) => f.function)).toEqual(['runtime.chanrecv1', 'main.leak', 'main.main.gowrap1']);
  expect(rows[0]!.goroutines).toEqual([8]);
});
