// A call graph as pprof draws it: which functions and edges stay, and what is left of the others. Pure.
//
//   1. functions under nodeFraction of the total go; edges then lead past them ("residual", drawn dotted)
//   2. of the rest the most telling `nodeCount` stay: much weight, many ways in and out (pprof's entropy order)
//   3. edges under edgeFraction go, then residual edges that another way tells too
//
// Source: Go's pprof, internal/graph and internal/report (newTrimmedGraph).

import type { FlatStacks } from './flat-stacks';

export interface GraphLimits {
  readonly nodeFraction: number;
  readonly edgeFraction: number;
  readonly nodeCount: number;
}
/** pprof's own for pictures. */
export const PPROF_LIMITS: GraphLimits = { nodeFraction: 0.005, edgeFraction: 0.001, nodeCount: 80 };

export interface GraphNode {
  readonly functionIx: number;
  readonly name: string;
  readonly flat: number;
  readonly cum: number;
}

export interface GraphEdge {
  /** Functions: the caller and whom it called. */
  readonly from: number;
  readonly to: number;
  readonly weight: number;
  /** Functions between them were trimmed. */
  readonly residual: boolean;
}

export interface CallGraph {
  readonly total: number;
  readonly nodes: readonly GraphNode[];
  readonly edges: readonly GraphEdge[];
  readonly droppedNodes: number;
  readonly droppedEdges: number;
  /** Weights under which nodes and edges went. */
  readonly nodeCutoff: number;
  readonly edgeCutoff: number;
}

interface Node {
  ix: number;
  flat: number;
  cum: number;
  in: Map<Node, Edge>;
  out: Map<Node, Edge>;
  /** The stack that was counted last: each counts once, however often it comes by. */
  last: number;
}
interface Edge {
  from: Node;
  to: Node;
  weight: number;
  residual: boolean;
  last: number;
}

/** The whole graph, or that of the functions kept. Cost: O(frames of all stacks). */
function build(of: FlatStacks, kept: ReadonlySet<number> | null): Node[] {
  const nodes = new Map<number, Node>();
  const nodeOf = (ix: number): Node => {
    let n = nodes.get(ix);
    if (!n) nodes.set(ix, (n = { ix, flat: 0, cum: 0, in: new Map(), out: new Map(), last: -1 }));
    return n;
  };
  for (let at = 0; at < of.weights.length; at++) {
    const w = of.weights[at]!;
    if (w === 0) continue;
    let parent: Node | null = null;
    let residual = false;
    const leaf = at > 0 ? of.ends[at - 1]! : 0;
    // From the root to the leaf.
    for (let place = of.ends[at]! - 1; place >= leaf; place--) {
      const ix = of.functions[place]!;
      if (kept && !kept.has(ix)) {
        residual = true;
        continue;
      }
      const n = nodeOf(ix);
      if (n.last !== at) n.cum += w;
      n.last = at;
      if (parent && parent !== n) {
        const e = edgeOf(parent, n, residual);
        if (e.last !== at) e.weight += w;
        e.last = at;
      }
      parent = n;
      residual = false;
    }
    if (parent && !residual) parent.flat += w;
  }
  return [...nodes.values()];
}

function edgeOf(from: Node, to: Node, residual: boolean): Edge {
  const known = from.out.get(to);
  if (known) {
    if (residual) known.residual = true;
    return known;
  }
  const e: Edge = { from, to, weight: 0, residual, last: -1 };
  from.out.set(to, e);
  to.in.set(from, e);
  return e;
}

function entropyOf(edges: Iterable<Edge>, self: number): number {
  const weights = [...edges].map((e) => e.weight).filter((w) => w > 0);
  if (self > 0) weights.push(self);
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.reduce((score, w) => score - (w / total) * Math.log2(w / total), 0);
}

/** How much a node tells: entries and leaves, and where many ways meet, before others of the same weight. */
function scoreOf(n: Node): number {
  const score =
    (n.in.size === 0 ? 1 : entropyOf(n.in.values(), 0)) + (n.out.size === 0 ? 1 : entropyOf(n.out.values(), n.flat));
  return Math.trunc(score * n.cum) + n.flat;
}

function sorted(nodes: readonly Node[], names: (ix: number) => string): Node[] {
  const scores = new Map(nodes.map((n) => [n, scoreOf(n)]));
  return [...nodes].sort(
    (a, b) => scores.get(b)! - scores.get(a)! || b.cum - a.cum || (names(a.ix) < names(b.ix) ? -1 : 1),
  );
}

function trimEdges(nodes: readonly Node[], cutoff: number): number {
  let dropped = 0;
  for (const n of nodes) {
    for (const [from, e] of n.in) {
      if (e.weight >= cutoff) continue;
      n.in.delete(from);
      from.out.delete(n);
      dropped++;
    }
  }
  return dropped;
}

/** Whether the edge's end can be reached from its begin another way. */
function isRedundant(e: Edge): boolean {
  const seen = new Set<Node>([e.to]);
  const queue = [e.to];
  for (let n = queue.shift(); n; n = queue.shift()) {
    for (const into of n.in.values()) {
      if (into === e || seen.has(into.from)) continue;
      if (into.from === e.from) return true;
      seen.add(into.from);
      queue.push(into.from);
    }
  }
  return false;
}

function removeRedundant(nodes: readonly Node[], names: (ix: number) => string): void {
  for (let i = nodes.length - 1; i >= 0; i--) {
    const n = nodes[i]!;
    const into = [...n.in.values()].sort(
      (a, b) => b.weight - a.weight || (names(a.from.ix) < names(b.from.ix) ? -1 : 1),
    );
    for (let j = into.length - 1; j >= 0; j--) {
      const e = into[j]!;
      // An edge lighter than one that stays must not go: it would look as if it were less.
      if (!e.residual) break;
      if (!isRedundant(e)) continue;
      e.from.out.delete(n);
      n.in.delete(e.from);
    }
  }
}

/** The graph of a profile. Shapes: nodes in the order of their worth; edges by falling weight. Cost: O(frames) twice or thrice. */
export function callGraph(of: FlatStacks, limits: GraphLimits): CallGraph {
  const total = of.weights.reduce((sum, w) => sum + w, 0);
  const nodeCutoff = Math.trunc(total * limits.nodeFraction);
  const edgeCutoff = Math.trunc(total * limits.edgeFraction);
  const names = (ix: number): string => of.names[ix]!;
  let nodes = build(of, null);
  const whole = nodes.length;
  const keep = (which: readonly Node[]): void => {
    if (which.length < nodes.length) nodes = build(of, new Set(which.map((n) => n.ix)));
  };
  keep(nodes.filter((n) => n.cum >= nodeCutoff));
  if (nodes.length > limits.nodeCount) {
    trimEdges(nodes, edgeCutoff);
    keep(sorted(nodes, names).slice(0, limits.nodeCount));
  }
  nodes = sorted(nodes, names);
  const droppedEdges = trimEdges(nodes, edgeCutoff);
  removeRedundant(nodes, names);
  return {
    total,
    nodes: nodes.map((n) => ({ functionIx: n.ix, name: names(n.ix), flat: n.flat, cum: n.cum })),
    edges: nodes
      .flatMap((n) => [...n.out.values()])
      .map((e) => ({ from: e.from.ix, to: e.to.ix, weight: e.weight, residual: e.residual }))
      .sort((a, b) => b.weight - a.weight || a.from - b.from || a.to - b.to),
    droppedNodes: whole - nodes.length,
    droppedEdges,
    nodeCutoff,
    edgeCutoff,
  };
}
