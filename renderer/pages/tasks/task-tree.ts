// A task's tree as rows, and as rows of its own timeline: first the tasks, then the goroutines with their regions and logs.

import type { TaskDetails, TaskNode, TimeRange } from '../../../contract/answers';
import { hues, levelled, type TimelineRow } from '../../timeline/bands';
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

/** Whether something touches the time window; null: the whole trace. */
export const within = (r: TimeRange, window: TimeRange | null): boolean =>
  window === null || (r.toNanos >= window.fromNanos && r.fromNanos <= window.toNanos);

/** Whether a task is whole within the trace, and else what of it is missing. */
export function completeness(t: Pick<TaskNode, 'hasBegin' | 'hasEnd'>, whole = 'complete'): string {
  if (t.hasBegin && t.hasEnd) return whole;
  return t.hasBegin ? 'unfinished: its end is not in this trace' : 'its begin is not in this trace';
}
