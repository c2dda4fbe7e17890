import { describe, expect, it } from 'vitest';
import type { ComparedStack, StackSide } from '../../../contract/compare';
import { flameTree } from '../../profile-views/model/flame-tree';
import { diffFunctions, diffNodes, diffStacks, toneOf } from './diff-stacks';

const side = (delayNanos: number, count = 1): StackSide => ({
  count,
  delayNanos,
  stillCount: 0,
  stillNanos: 0,
  frames: [],
});
const stack = (functions: string[], a: number | null, b: number | null): ComparedStack => ({
  functions,
  a: a === null ? null : side(a),
  b: b === null ? null : side(b),
  differenceNanos: (b ?? 0) - (a ?? 0),
  ratio: null,
  only: a === null ? 'b' : b === null ? 'a' : null,
});
// Leaf first.
const STACKS = [
  stack(['recv', 'work', 'main'], 100, 400),
  stack(['lock', 'work', 'main'], 50, null),
  stack(['idle', 'main'], 10, 10),
];

describe('F159: the differential profile', () => {
  const d = diffStacks(STACKS, 'delay');

  it('tells of each node what both have, and which way it went', () => {
    const tree = flameTree(d.both, 'delay', false);
    const nodes = diffNodes(tree, d);
    const byName = new Map(
      nodes.map((n, i) => [i === 0 ? 'All' : d.both.functions[tree.functionIx[i]!]!.name, [n.a, n.b, n.tone]]),
    );
    expect(Object.fromEntries(byName)).toEqual({
      All: [160, 410, 'more'],
      main: [160, 410, 'more'],
      work: [150, 400, 'more'],
      recv: [100, 400, 'more'],
      lock: [50, 0, 'less'],
      idle: [10, 10, 'same'],
    });
  });

  it('what only one side has is as wide as it is there', () => {
    const tree = flameTree(d.both, 'delay', false);
    expect(tree.total[0]).toBe(570);
  });

  it('the graph of changes leaves out what is as it was', () => {
    expect(d.changed.stacks.map((s) => s.nanos)).toEqual([300, 50, 0]);
    const tones = diffFunctions(d).map((n, i) => [d.both.functions[i]!.name, n.tone]);
    expect(Object.fromEntries(tones)).toMatchObject({ recv: 'more', lock: 'less', idle: 'same' });
  });

  it('a trace with itself is the same throughout', () => {
    const same = diffStacks([stack(['f'], 7, 7)], 'delay');
    expect(same.changed.nanos).toBe(0);
    expect(diffFunctions(same).every((n) => n.tone === 'same' && n.strength === 0)).toBe(true);
    expect([toneOf(100, 101), toneOf(0, 0), toneOf(0, 1)]).toEqual(['same', 'same', 'more']);
  });
});
