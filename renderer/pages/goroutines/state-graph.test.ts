import { expect, test } from 'vitest';
import type { StateGraph } from '../../../contract/answers';
import { pictureGraph, stepRows } from './state-graph';

const running = { state: 'running', reason: '' } as const;
const waiting = { state: 'waiting', reason: 'sync' } as const;
const GRAPH: StateGraph = {
  states: [
    { ...waiting, count: 3, nanos: 90 },
    { ...running, count: 4, nanos: 10 },
  ],
  steps: [
    { from: running, to: waiting, count: 3 },
    { from: waiting, to: running, count: 3 },
    { from: null, to: running, count: 1 },
    { from: running, to: null, count: 1 },
  ],
};

test('F100: states are boxes as large as they are visited, steps are lines, begin and end are places', () => {
  const g = pictureGraph(GRAPH);
  expect(g.nodes.map((n) => [n.name, n.cum])).toEqual([
    ['running', 4],
    ['waiting: sync', 3],
    ['begun', 1],
    ['ended', 1],
  ]);
  const name = (ix: number): string => g.nodes.find((n) => n.functionIx === ix)!.name;
  expect(g.edges.map((e) => [name(e.from), name(e.to), e.weight])).toEqual([
    ['running', 'waiting: sync', 3],
    ['waiting: sync', 'running', 3],
    ['begun', 'running', 1],
    ['running', 'ended', 1],
  ]);
  const rows = stepRows(GRAPH);
  expect(rows.map((r) => r.share)).toEqual([0.75, 1, 1, 0.25]);
  expect(rows.map((r) => r.nanos)).toEqual([10, 90, null, 10]);
});
