// The table twin of a flame graph: a row for each node, in the order of the tree.

import type { Column } from '../widgets/table/columns';
import type { FlameTree } from './model/flame-tree';
import type { StackSet } from './model/stack-set';

export interface FlameRow {
  readonly node: number;
  readonly depth: number;
  readonly name: string;
  readonly total: number;
  readonly share: number;
  readonly self: number;
  readonly count: number;
}

/** Rows depth first, as one reads the picture. Cost: O(nodes). */
export function flameRows(tree: FlameTree, set: StackSet): readonly FlameRow[] {
  const rows: FlameRow[] = [];
  const whole = tree.total[0] || 1;
  const todo = [...(tree.children[0] ?? [])].reverse();
  for (let n = todo.pop(); n !== undefined; n = todo.pop()) {
    rows.push({
      node: n,
      depth: tree.depth[n]!,
      name: set.functions[tree.functionIx[n]!]!.name,
      total: tree.total[n]!,
      share: tree.total[n]! / whole,
      self: tree.self[n]!,
      count: tree.count[n]!,
    });
    todo.push(...[...tree.children[n]!].reverse());
  }
  return rows;
}

export const flameColumns = (kind: 'duration' | 'count', counted: string): readonly Column<FlameRow>[] => [
  { id: 'depth', title: 'Depth', help: 'Calls from the root', kind: 'count', value: (r) => r.depth, widthPx: 70 },
  {
    id: 'function',
    title: 'Function',
    help: 'The function, below whom it was called by',
    kind: 'code',
    value: (r) => r.name,
    text: (r) => `${'\u2007'.repeat(Math.min(24, r.depth - 1))}${r.name}`,
    widthPx: 280,
    grows: true,
    fixed: true,
  },
  {
    id: 'total',
    title: 'Total',
    help: 'Of all stacks through it',
    kind,
    value: (r) => r.total,
    widthPx: 110,
    bar: 'accent',
  },
  { id: 'share', title: 'Share', help: 'Of the whole', kind: 'share', value: (r) => r.share, widthPx: 80, drops: 1 },
  { id: 'self', title: 'Self', help: 'Of stacks that end in it', kind, value: (r) => r.self, widthPx: 110 },
  {
    id: 'count',
    title: 'Count',
    help: `How many ${counted} went through it`,
    kind: 'count',
    value: (r) => r.count,
    widthPx: 90,
  },
];
