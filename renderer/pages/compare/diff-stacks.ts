// Stacks of both traces as one set: what the differential flame graph and call graph are made of. Pure.

import type { ComparedStack } from '../../../contract/compare';
import { stackSet, type StackSet } from '../../profile-views/model/stack-set';
import type { FlameTree } from '../../profile-views/model/flame-tree';

export type DiffWeight = 'delay' | 'count';
export type Tone = 'more' | 'less' | 'same';

export interface DiffStacks {
  /** A stack weighs what it has in both together, so that what only one side has is seen too. */
  readonly both: StackSet;
  /** A stack weighs by how much it changed: what did not is not there. */
  readonly changed: StackSet;
  /** By stack. */
  readonly a: readonly number[];
  readonly b: readonly number[];
}

export function diffStacks(stacks: readonly ComparedStack[], weight: DiffWeight): DiffStacks {
  const names = new Map<string, number>();
  const frames: { function: string; file: string; line: number }[] = [];
  const frameOf = (name: string, file: string): number => {
    const known = names.get(name);
    if (known !== undefined) return known;
    names.set(name, frames.length);
    return frames.push({ function: name, file, line: 0 }) - 1;
  };
  const of = (s: ComparedStack, side: 'a' | 'b'): number =>
    (weight === 'delay' ? s[side]?.delayNanos : s[side]?.count) ?? 0;
  const a = stacks.map((s) => of(s, 'a'));
  const b = stacks.map((s) => of(s, 'b'));
  const sets = (value: (i: number) => number): StackSet =>
    stackSet(
      frames,
      stacks.map((s, i) => ({
        frames: s.functions.map((f, k) => frameOf(f, (s.b ?? s.a)?.frames[k]?.file ?? '')),
        count: value(i),
        nanos: value(i),
        maxNanos: 0,
      })),
    );
  // N.B. frames grow in the first call and are the same in the second.
  return { both: sets((i) => a[i]! + b[i]!), changed: sets((i) => Math.abs(b[i]! - a[i]!)), a, b };
}

/** What became less than this share of both together is the same. */
const SAME = 0.02;

export const toneOf = (a: number, b: number): Tone =>
  Math.abs(b - a) <= SAME * Math.max(a, b) ? 'same' : b > a ? 'more' : 'less';

export const SIGN: Readonly<Record<Tone, string>> = { more: '▲', less: '▼', same: '=' };

export interface DiffNode {
  readonly a: number;
  readonly b: number;
  readonly tone: Tone;
  /** 0..1: how much of both together changed. */
  readonly strength: number;
}

export function diffNode(a: number, b: number): DiffNode {
  return { a, b, tone: toneOf(a, b), strength: a + b > 0 ? Math.abs(b - a) / (a + b) : 0 };
}

/** A and B of each node of a tree of `both`. */
export function diffNodes(tree: FlameTree, d: DiffStacks): readonly DiffNode[] {
  const sum = (stacks: readonly number[], of: readonly number[]): number => stacks.reduce((n, i) => n + of[i]!, 0);
  return Array.from({ length: tree.length }, (_, node) => {
    const stacks = tree.stacksOf(node);
    return diffNode(sum(stacks, d.a), sum(stacks, d.b));
  });
}

/** A and B of all stacks through each function. */
export function diffFunctions(d: DiffStacks): readonly DiffNode[] {
  const sums = d.both.functions.map(() => ({ a: 0, b: 0 }));
  d.both.stacks.forEach((s, i) => {
    for (const f of new Set(s.functions)) {
      sums[f]!.a += d.a[i]!;
      sums[f]!.b += d.b[i]!;
    }
  });
  return sums.map((s) => diffNode(s.a, s.b));
}
