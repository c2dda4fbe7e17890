// A task's tree as rows, and as rows of its own timeline: first the tasks, then the goroutines with their regions and logs.

import type { RegionSpan, TaskDetails, TaskNode, TimeRange } from '../../../contract/answers';
import type { NodeRow } from './task-columns';

/** Time of a range that none of the others covers. Cost: O(n log n). */
export function uncovered(range: TimeRange, others: readonly TimeRange[]): number {
  let free = range.toNanos - range.fromNanos;
  let reached = range.fromNanos;
  for (const o of [...others].sort((a, b) => a.fromNanos - b.fromNanos)) {
    const from = Math.max(reached, o.fromNanos);
    const to = Math.min(range.toNanos, o.toNanos);
    if (to > from) free -= to - from;
    reached = Math.max(reached, to);
  }
  return free;
}

/** The tree from its root, parents before their children. */
export function nodeRows(node: TaskNode, depth = 0): readonly NodeRow[] {
  const own: NodeRow = { ...node, depth, selfNanos: uncovered(node, node.children) };
  return [own, ...node.children.flatMap((c) => nodeRows(c, depth + 1))];
}

export interface Band extends TimeRange {
  readonly label: string;
  /** Depth among bands that overlap on the same row. */
  readonly level: number;
  /** Colour: 1..8 of the tokens `task-N`. */
  readonly hue: number;
  readonly isOpen: boolean;
  readonly region: RegionSpan | null;
}

export interface TimelineRow {
  readonly key: string;
  readonly label: string;
  readonly depth: number;
  readonly task: number | null;
  readonly goroutine: number | null;
  readonly bands: readonly Band[];
  readonly levels: number;
  readonly logs: readonly { readonly atNanos: number; readonly text: string }[];
}

/** A hue for a name, the same for equal ones in this picture. */
export function hues(names: readonly string[]): (name: string) => number {
  const known = new Map([...new Set(names)].map((n, i) => [n, (i % 8) + 1]));
  return (name) => known.get(name) ?? 1;
}

/** Bands on levels: each on the first level where nothing that still goes on stands. Shapes: sorted by begin. */
export function levelled(spans: readonly RegionSpan[], hueOf: (name: string) => number): readonly Band[] {
  const ends: number[] = [];
  return [...spans]
    .sort((a, b) => a.fromNanos - b.fromNanos || b.toNanos - a.toNanos)
    .map((r) => {
      const free = ends.findIndex((end) => end <= r.fromNanos);
      const level = free < 0 ? ends.length : free;
      ends[level] = r.toNanos;
      return {
        fromNanos: r.fromNanos,
        toNanos: r.toNanos,
        label: r.name || '(no name)',
        level,
        hue: hueOf(r.name),
        isOpen: !r.hasEnd,
        region: r,
      };
    });
}

export function timelineRows(d: TaskDetails): readonly TimelineRow[] {
  const nodes = nodeRows(d.tree);
  const taskHue = hues(nodes.map((n) => n.name));
  const regionHue = hues(d.regions.map((r) => r.name));
  const tasks = nodes.map((n): TimelineRow => ({
    key: `t${n.id}`,
    label: `${n.name || 'task'} ${n.id}`,
    depth: n.depth,
    task: n.id,
    goroutine: null,
    bands: [{ ...n, label: n.name, level: 0, hue: taskHue(n.name), isOpen: !n.hasEnd, region: null }],
    levels: 1,
    logs: d.logs
      .filter((l) => l.task === n.id)
      .map((l) => ({ atNanos: l.atNanos, text: [l.category, l.message].filter(Boolean).join(': ') })),
  }));
  const goroutines = d.goroutines.map((g): TimelineRow => {
    const bands = levelled(
      d.regions.filter((r) => r.goroutine === g.id),
      regionHue,
    );
    return {
      key: `g${g.id}`,
      label: `G${g.id} ${g.name}`,
      depth: 0,
      task: null,
      goroutine: g.id,
      bands,
      levels: Math.max(1, ...bands.map((b) => b.level + 1)),
      logs: d.logs
        .filter((l) => l.goroutine === g.id)
        .map((l) => ({ atNanos: l.atNanos, text: [l.category, l.message].filter(Boolean).join(': ') })),
    };
  });
  return [...tasks, ...goroutines];
}

/** What the timeline shows: the task, and what of it lies outside of its own begin and end. */
export function rangeOf(rows: readonly TimelineRow[], tree: TaskNode): TimeRange {
  let { fromNanos, toNanos } = tree;
  for (const { bands } of rows)
    for (const b of bands) {
      fromNanos = Math.min(fromNanos, b.fromNanos);
      toNanos = Math.max(toNanos, b.toNanos);
    }
  return { fromNanos, toNanos: Math.max(toNanos, fromNanos + 1) };
}
