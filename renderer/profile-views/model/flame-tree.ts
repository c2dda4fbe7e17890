// Stacks as a tree for the flame graph: equal beginnings become one node. Struct of arrays, since a profile may have a
// hundred thousand nodes. Pure.

import { weightOf, type StackSet, type Weight } from './stack-set';

/** Node 0 is the root, "All". A node's parent has a lower number. */
export interface FlameTree {
  readonly length: number;
  /** Into `functions` of the set; -1 of the root. */
  readonly functionIx: Int32Array;
  readonly parent: Int32Array;
  readonly depth: Int32Array;
  /** Weight of all stacks through the node, and of those that end in it. */
  readonly total: Float64Array;
  readonly self: Float64Array;
  readonly count: Float64Array;
  /** Calls of itself in a row that the node stands for: 1 without recursion. */
  readonly times: Int32Array;
  readonly children: readonly (readonly number[])[];
  readonly maxDepth: number;
  /** Stacks through each node, as numbers into the set. */
  readonly stacksOf: (node: number) => readonly number[];
}

interface Grown {
  functionIx: number;
  parent: number;
  depth: number;
  total: number;
  self: number;
  count: number;
  times: number;
  children: Map<number, number>;
  stacks: number[];
}

/**
 * `inverted`: from the leaf, so that a node's children are its callers. Recursion in a row is folded. Children by
 * falling weight. Cost: O(frames of all stacks).
 */
export function flameTree(set: StackSet, weight: Weight, inverted: boolean): FlameTree {
  const grown: Grown[] = [node(-1, -1, 0)];
  const add = (g: Grown, w: number, count: number): void => {
    g.total += w;
    g.count += count;
  };
  set.stacks.forEach((s, stackIx) => {
    const w = weightOf(s, weight);
    if (w === 0) return;
    const path = inverted ? s.functions : [...s.functions].reverse();
    let at = 0;
    add(grown[0]!, w, s.count);
    let run = 1;
    path.forEach((f, i) => {
      const here = grown[at]!;
      if (i > 0 && here.functionIx === f) {
        here.times = Math.max(here.times, ++run);
        return;
      }
      run = 1;
      let next = here.children.get(f);
      if (next === undefined) {
        next = grown.push(node(f, at, here.depth + 1)) - 1;
        here.children.set(f, next);
      }
      at = next;
      add(grown[at]!, w, s.count);
    });
    grown[at]!.self += w;
    grown[at]!.stacks.push(stackIx);
  });
  return frozen(grown);
}

const node = (functionIx: number, parent: number, depth: number): Grown => ({
  functionIx,
  parent,
  depth,
  total: 0,
  self: 0,
  count: 0,
  times: 1,
  children: new Map(),
  stacks: [],
});

function frozen(grown: readonly Grown[]): FlameTree {
  const children = grown.map((g) =>
    [...g.children.values()].sort((a, b) => grown[b]!.total - grown[a]!.total || a - b),
  );
  const stacksOf = (at: number): readonly number[] => {
    const out: number[] = [];
    const todo = [at];
    for (let n = todo.pop(); n !== undefined; n = todo.pop()) {
      out.push(...grown[n]!.stacks);
      todo.push(...children[n]!);
    }
    return out;
  };
  return {
    length: grown.length,
    functionIx: Int32Array.from(grown, (g) => g.functionIx),
    parent: Int32Array.from(grown, (g) => g.parent),
    depth: Int32Array.from(grown, (g) => g.depth),
    total: Float64Array.from(grown, (g) => g.total),
    self: Float64Array.from(grown, (g) => g.self),
    count: Float64Array.from(grown, (g) => g.count),
    times: Int32Array.from(grown, (g) => g.times),
    children,
    maxDepth: grown.reduce((d, g) => Math.max(d, g.depth), 0),
    stacksOf,
  };
}

/** A node as it is drawn: in pixels from the left, rows from the root. */
export interface FlameBox {
  readonly node: number;
  readonly row: number;
  readonly x: number;
  readonly width: number;
  /** Nodes that are too narrow to be drawn by themselves stand here together: how many. */
  readonly merged: number;
}

/**
 * Boxes of the tree when `zoomed` fills the width: its ancestors above it in full width, below it all that is a pixel and
 * wider; what is narrower is drawn as one box for each run of neighbours, so that nothing is left out. Cost: O(boxes).
 */
export function flameBoxes(tree: FlameTree, zoomed: number, widthPx: number): readonly FlameBox[] {
  const boxes: FlameBox[] = [];
  for (let n = zoomed; n >= 0; n = tree.parent[n]!)
    boxes.push({ node: n, row: tree.depth[n]!, x: 0, width: widthPx, merged: 0 });
  boxes.reverse();
  const whole = tree.total[zoomed]!;
  if (whole <= 0 || widthPx <= 0) return boxes;
  const scale = widthPx / whole;
  const todo: { node: number; x: number }[] = [{ node: zoomed, x: 0 }];
  for (let at = todo.pop(); at; at = todo.pop()) {
    let x = at.x;
    const rest = { x: 0, width: 0, merged: 0, node: -1 };
    for (const child of tree.children[at.node]!) {
      const width = tree.total[child]! * scale;
      if (width >= 1) {
        boxes.push({ node: child, row: tree.depth[child]!, x, width, merged: 0 });
        todo.push({ node: child, x });
      } else {
        // Children fall in weight: all that follow are as narrow.
        if (rest.merged === 0) Object.assign(rest, { x, node: child });
        rest.width += width;
        rest.merged++;
      }
      x += width;
    }
    if (rest.merged > 0)
      boxes.push({ node: rest.node, row: tree.depth[at.node]! + 1, x: rest.x, width: rest.width, merged: rest.merged });
  }
  return boxes;
}

/** Nodes whose function a search matches. */
export function matchingNodes(tree: FlameTree, set: StackSet, pattern: RegExp): ReadonlySet<number> {
  const hit = set.functions.map((f) => pattern.test(f.name));
  const nodes = new Set<number>();
  for (let n = 1; n < tree.length; n++) if (hit[tree.functionIx[n]!]) nodes.add(n);
  return nodes;
}

/** Weight of all stacks that a search matches, each counted once. */
export function matchedWeight(set: StackSet, weight: Weight, pattern: RegExp): number {
  const hit = set.functions.map((f) => pattern.test(f.name));
  return set.stacks.reduce((sum, s) => (s.functions.some((f) => hit[f]) ? sum + weightOf(s, weight) : sum), 0);
}

/** The node beside one, for the arrow keys; the node itself where there is none. */
export function neighbour(tree: FlameTree, at: number, to: 'parent' | 'child' | 'left' | 'right'): number {
  if (to === 'parent') return Math.max(0, tree.parent[at]!);
  if (to === 'child') return tree.children[at]![0] ?? at;
  const siblings = tree.children[tree.parent[at]!] ?? [at];
  const i = siblings.indexOf(at) + (to === 'left' ? -1 : 1);
  return siblings[i] ?? at;
}
