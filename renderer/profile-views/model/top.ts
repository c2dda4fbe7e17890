// The top table of a profile, and the callers and callees of a function. Pure.

import type { Nanos } from '../../../contract/units';
import { weightOf, type StackSet, type Weight } from './stack-set';

/** Flat: the function was the leaf. Cum: it was anywhere in the stack, counted once. */
export interface TopRow {
  readonly functionIx: number;
  readonly name: string;
  readonly file: string;
  readonly flatNanos: Nanos;
  readonly flatCount: number;
  readonly cumNanos: Nanos;
  readonly cumCount: number;
  /** Of the stacks that it is in. */
  readonly meanNanos: Nanos;
  readonly maxNanos: Nanos;
}

interface Sum {
  readonly functionIx: number;
  flatNanos: number;
  flatCount: number;
  cumNanos: number;
  cumCount: number;
  maxNanos: number;
  /** The stack that was counted last: recursion counts once. */
  last: number;
}

/** A row for each function that is in a stack, by falling cumulative time. Cost: O(frames of all stacks). */
export function topRows(set: StackSet): readonly TopRow[] {
  const sums: (Sum | undefined)[] = Array<undefined>(set.functions.length).fill(undefined);
  set.stacks.forEach((s, at) => {
    for (let depth = 0; depth < s.functions.length; depth++) {
      const f = s.functions[depth]!;
      const sum = (sums[f] ??= {
        functionIx: f,
        flatNanos: 0,
        flatCount: 0,
        cumNanos: 0,
        cumCount: 0,
        maxNanos: 0,
        last: -1,
      });
      if (sum.last === at) continue;
      sum.last = at;
      if (depth === 0) {
        sum.flatNanos += s.nanos;
        sum.flatCount += s.count;
      }
      sum.cumNanos += s.nanos;
      sum.cumCount += s.count;
      if (s.maxNanos > sum.maxNanos) sum.maxNanos = s.maxNanos;
    }
  });
  return sums
    .flatMap((sum) => (sum ? [rowOf(set, sum)] : []))
    .sort((a, b) => b.cumNanos - a.cumNanos || b.cumCount - a.cumCount || (a.name < b.name ? -1 : 1));
}

function rowOf(set: StackSet, sum: Sum): TopRow {
  const { functionIx, flatNanos, flatCount, cumNanos, cumCount, maxNanos } = sum;
  const meanNanos = cumCount > 0 ? cumNanos / cumCount : 0;
  return { ...set.functions[functionIx]!, functionIx, flatNanos, flatCount, cumNanos, cumCount, meanNanos, maxNanos };
}

export interface PeekEntry {
  readonly functionIx: number;
  readonly name: string;
  readonly nanos: Nanos;
  readonly count: number;
}

export interface Peek {
  readonly row: TopRow;
  /** Who called it, and whom it called, on the way to the waits; by falling time. */
  readonly callers: readonly PeekEntry[];
  readonly callees: readonly PeekEntry[];
  /** Of stacks whose outermost function it is. */
  readonly asRootNanos: Nanos;
  readonly asRootCount: number;
}

/** Callers and callees, each pair counted once a stack. Null: the function is in no stack. */
export function peekOf(set: StackSet, rows: readonly TopRow[], functionIx: number): Peek | null {
  const row = rows.find((r) => r.functionIx === functionIx);
  if (!row) return null;
  const callers = new Map<number, { nanos: number; count: number }>();
  const callees = new Map<number, { nanos: number; count: number }>();
  const root = { nanos: 0, count: 0 };
  for (const s of set.stacks) {
    const seen = new Set<string>();
    s.functions.forEach((f, depth) => {
      if (f !== functionIx) return;
      const [caller, callee] = [s.functions[depth + 1], s.functions[depth - 1]];
      if (caller === undefined) add(root, s);
      else if (once(seen, `<${caller}`)) addTo(callers, caller, s);
      if (callee !== undefined && once(seen, `>${callee}`)) addTo(callees, callee, s);
    });
  }
  const entries = (of: typeof callers): PeekEntry[] =>
    [...of]
      .map(([ix, sum]) => ({ functionIx: ix, name: set.functions[ix]!.name, ...sum }))
      .sort((a, b) => b.nanos - a.nanos || b.count - a.count || (a.name < b.name ? -1 : 1));
  return {
    row,
    callers: entries(callers),
    callees: entries(callees),
    asRootNanos: root.nanos,
    asRootCount: root.count,
  };
}

type Weighted = { readonly nanos: number; readonly count: number };
function add(sum: { nanos: number; count: number }, s: Weighted): void {
  sum.nanos += s.nanos;
  sum.count += s.count;
}
function addTo(sums: Map<number, { nanos: number; count: number }>, key: number, s: Weighted): void {
  let sum = sums.get(key);
  if (!sum) sums.set(key, (sum = { nanos: 0, count: 0 }));
  add(sum, s);
}
const once = (seen: Set<string>, key: string): boolean => !seen.has(key) && (seen.add(key), true);

export interface LineRow {
  readonly file: string;
  readonly line: number;
  readonly flatNanos: Nanos;
  readonly cumNanos: Nanos;
  readonly count: number;
}

/** Time by line of one function: where in it the stacks went on, or ended. By file, then line. */
export function linesOf(set: StackSet, functionIx: number): readonly LineRow[] {
  const rows = new Map<string, { -readonly [K in keyof LineRow]: LineRow[K] }>();
  for (const s of set.stacks) {
    const seen = new Set<string>();
    s.frames.forEach((frameIx, depth) => {
      if (set.functionOfFrame[frameIx] !== functionIx) return;
      const { file, line } = set.frames[frameIx]!;
      const key = `${file}:${line}`;
      if (!once(seen, key)) return;
      let row = rows.get(key);
      if (!row) rows.set(key, (row = { file, line, flatNanos: 0, cumNanos: 0, count: 0 }));
      if (depth === 0) row.flatNanos += s.nanos;
      row.cumNanos += s.nanos;
      row.count += s.count;
    });
  }
  return [...rows.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line));
}

/** The whole that shares are of. */
export const totalOf = (set: StackSet, weight: Weight): number => weightOf(set, weight);
