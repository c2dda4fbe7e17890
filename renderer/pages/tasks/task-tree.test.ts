import { expect, it } from 'vitest';
import type { RegionSpan, TaskDetails, TaskNode } from '../../../contract/answers';
import { hues, levelled } from '../../timeline/bands';
import { completeness, nodeRows, rangeOf, timelineRows, uncovered, within } from './task-tree';

const node = (id: number, fromNanos: number, toNanos: number, children: TaskNode[] = []): TaskNode => ({
  id,
  name: `type${id % 2}`,
  parent: null,
  fromNanos,
  toNanos,
  hasBegin: true,
  hasEnd: id !== 3,
  regionCount: 0,
  children,
});
const region = (name: string, goroutine: number, fromNanos: number, toNanos: number): RegionSpan => ({
  name,
  goroutine,
  task: 1,
  frame: 'main.main@1',
  fromNanos,
  toNanos,
  hasBegin: true,
  hasEnd: true,
});
const details: TaskDetails = {
  tree: node(1, 0, 100, [node(2, 10, 40, [node(4, 20, 30)]), node(3, 30, 60)]),
  ancestors: [],
  nodeCount: 4,
  regions: [region('a', 7, 0, 50), region('b', 7, 10, 20), region('c', 7, 20, 45), region('a', 8, 90, 140)],
  regionCount: 4,
  logs: [{ atNanos: 15, goroutine: 7, task: 2, category: 'k', message: 'v' }],
  logCount: 1,
  goroutines: [
    { id: 7, name: 'main.f' },
    { id: 8, name: '' },
  ],
  breakdown: [],
};

it('F125: the tree is told with depth and with the time that no subtask covers', () => {
  expect(nodeRows(details.tree).map((n) => [n.id, n.depth, n.selfNanos])).toEqual([
    [1, 0, 50],
    [2, 1, 20],
    [4, 2, 10],
    [3, 1, 30],
  ]);
  expect(
    uncovered({ fromNanos: 0, toNanos: 10 }, [
      { fromNanos: -5, toNanos: 3 },
      { fromNanos: 8, toNanos: 20 },
    ]),
  ).toBe(5);
});

it('regions that overlap stand on levels, those that follow each other on one', () => {
  const bands = levelled(details.regions.slice(0, 3), hues(['a', 'b', 'c']));
  expect(bands.map((b) => [b.label, b.level, b.hue])).toEqual([
    ['a', 0, 1],
    ['b', 1, 2],
    ['c', 1, 3],
  ]);
});

it('F120: the task’s own timeline has its tree, then its goroutines, and reaches as far as they do', () => {
  const rows = timelineRows(details);
  expect(rows.map((r) => r.label)).toEqual(['type1 1', 'type0 2', 'type0 4', 'type1 3', 'G7 main.f', 'G8 ']);
  expect(rows.find((r) => r.task === 3)!.bands[0]!.isOpen).toBe(true);
  expect(rows.find((r) => r.goroutine === 7)!.logs).toEqual([{ atNanos: 15, text: 'k: v' }]);
  expect(rangeOf(rows, details.tree)).toEqual({ fromNanos: 0, toNanos: 140 });
});

it('F105: what touches the time window is shown, edges included', () => {
  const window = { fromNanos: 10, toNanos: 20 };
  const spans = [0, 5, 10, 15, 20, 25].map((fromNanos) => ({ fromNanos, toNanos: fromNanos + 5 }));
  expect(spans.filter((s) => within(s, window)).map((s) => s.fromNanos)).toEqual([5, 10, 15, 20]);
  expect(spans.every((s) => within(s, null))).toBe(true);
});

it('says what of a task is missing', () => {
  expect(completeness({ hasBegin: true, hasEnd: true })).toBe('complete');
  expect(completeness({ hasBegin: true, hasEnd: true }, 'yes')).toBe('yes');
  expect(completeness({ hasBegin: true, hasEnd: false })).toMatch(/^unfinished/);
  expect(completeness({ hasBegin: false, hasEnd: true })).toMatch(/begin/);
});
