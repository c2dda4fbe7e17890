// Columns of the lists of tasks and of what a task holds.

import type { RegionSpan, TaskLog, TaskNode, TaskType } from '../../../contract/answers';
import type { TaskRow } from '../../../contract/tables';
import type { Column } from '../../widgets/table/columns';

export const NO_TYPE = '(began before the trace, or no task)';
export const typeName = (name: string): string => name || NO_TYPE;

const quantile = (type: TaskType, q: number): number | null =>
  type.histogram.quantiles.find((x) => x.q === q)?.nanos ?? null;

/** The histograms of all types on one axis: buckets from the least to the greatest of any. */
export function bucketAxis(types: readonly TaskType[]): readonly number[] {
  const all = new Set(types.flatMap((t) => t.histogram.buckets.map((b) => b.fromNanos)));
  return [...all].sort((a, b) => a - b);
}

export const typeColumns = (axis: () => readonly number[]): readonly Column<TaskType>[] => [
  {
    id: 'name',
    title: 'Type',
    help: 'The name that the program gave: the second argument of trace.NewTask',
    kind: 'text',
    value: (t) => typeName(t.name),
    widthPx: 200,
    grows: true,
    fixed: true,
  },
  {
    id: 'count',
    title: 'Count',
    help: 'Tasks of this type in the range',
    kind: 'count',
    value: (t) => t.count,
    widthPx: 84,
    bar: 'accent',
  },
  {
    id: 'complete',
    title: 'Complete',
    help: 'Those whose begin and end both lie in the trace',
    kind: 'count',
    value: (t) => t.completeCount,
    widthPx: 88,
  },
  {
    id: 'unfinished',
    title: 'Unfinished',
    help: 'Those whose begin or end the trace does not hold; they are not in the histogram',
    kind: 'count',
    value: (t) => t.count - t.completeCount,
    widthPx: 96,
    drops: 2,
  },
  {
    id: 'histogram',
    title: 'Durations',
    help: 'Durations of complete tasks in logarithmic buckets, five a decade; one axis for all rows',
    kind: 'histogram',
    value: () => null,
    counts: (t) => axis().map((from) => t.histogram.buckets.find((b) => b.fromNanos === from)?.count ?? 0),
    widthPx: 180,
    drops: 3,
  },
  {
    id: 'p50',
    title: 'p50',
    help: 'Half of the complete tasks took no longer',
    kind: 'duration',
    value: (t) => quantile(t, 0.5),
    widthPx: 104,
  },
  {
    id: 'p90',
    title: 'p90',
    help: 'Nine of ten complete tasks took no longer',
    kind: 'duration',
    value: (t) => quantile(t, 0.9),
    widthPx: 104,
    drops: 1,
  },
  {
    id: 'max',
    title: 'Max',
    help: 'The longest complete task',
    kind: 'duration',
    value: (t) => quantile(t, 1),
    widthPx: 104,
    bar: 'accent',
  },
];

export const taskColumns: readonly Column<TaskRow>[] = [
  {
    id: 'id',
    title: 'Task',
    help: 'Its number in the trace; a click opens the task',
    kind: 'id',
    value: (t) => t.id,
    link: () => true,
    widthPx: 84,
    fixed: true,
  },
  {
    id: 'name',
    title: 'Type',
    help: 'The name that the program gave it',
    kind: 'text',
    value: (t) => typeName(t.name),
    widthPx: 160,
    grows: true,
  },
  {
    id: 'begin',
    title: 'Start',
    help: 'When it began, from the begin of the trace',
    kind: 'time',
    value: (t) => t.beginNanos,
    widthPx: 104,
  },
  {
    id: 'duration',
    title: 'Duration',
    help: 'From its begin to its end; an unfinished one counts from the begin or to the end of the trace',
    kind: 'duration',
    value: (t) => t.durationNanos,
    widthPx: 104,
    bar: 'accent',
  },
  {
    id: 'complete',
    title: 'Complete',
    help: 'Whether the trace holds its begin and its end',
    kind: 'text',
    value: (t) => t.isComplete,
    text: (t) =>
      t.isComplete ? 'yes' : !t.hasEnd && !t.hasBegin ? 'no begin, no end' : t.hasBegin ? 'no end' : 'no begin',
    widthPx: 110,
  },
  {
    id: 'parent',
    title: 'Parent',
    help: 'The task that it is a part of; a dash for none',
    kind: 'id',
    value: (t) => t.parent,
    link: (t) => t.parent !== null,
    widthPx: 84,
    drops: 3,
  },
  {
    id: 'children',
    title: 'Subtasks',
    help: 'Tasks that name it as their parent',
    kind: 'count',
    value: (t) => t.childCount,
    sortable: false,
    widthPx: 84,
    drops: 4,
  },
  {
    id: 'regions',
    title: 'Regions',
    help: 'User regions that ran under it',
    kind: 'count',
    value: (t) => t.regionCount,
    widthPx: 80,
    drops: 5,
  },
  {
    id: 'logs',
    title: 'Logs',
    help: 'Messages that were logged under it',
    kind: 'count',
    value: (t) => t.logCount,
    widthPx: 70,
    drops: 6,
  },
  {
    id: 'goroutines',
    title: 'Goroutines',
    help: 'Goroutines that worked on it',
    kind: 'count',
    value: (t) => t.goroutineCount,
    widthPx: 98,
    drops: 2,
  },
  {
    id: 'where',
    title: 'Where',
    help: 'Opens View trace at the task',
    kind: 'custom',
    value: () => null,
    widthPx: 112,
    drops: 1,
  },
];

export const logColumns = (beginNanos: () => number): readonly Column<TaskLog>[] => [
  {
    id: 'at',
    title: 'Time',
    help: 'When, from the begin of the trace; a click opens View trace there',
    kind: 'time',
    value: (l) => l.atNanos,
    link: () => true,
    widthPx: 110,
    fixed: true,
  },
  {
    id: 'since',
    title: 'Since begin',
    help: 'Time since the task began',
    kind: 'duration',
    value: (l) => l.atNanos - beginNanos(),
    widthPx: 110,
  },
  {
    id: 'goroutine',
    title: 'Goroutine',
    help: 'Who logged it',
    kind: 'id',
    value: (l) => l.goroutine,
    text: (l) => `G${l.goroutine}`,
    link: () => true,
    widthPx: 96,
  },
  {
    id: 'task',
    title: 'Task',
    help: 'The task or subtask that it belongs to',
    kind: 'id',
    value: (l) => l.task,
    widthPx: 70,
    drops: 1,
  },
  {
    id: 'category',
    title: 'Category',
    help: 'The category that the program gave; empty for none',
    kind: 'text',
    value: (l) => l.category,
    widthPx: 130,
  },
  {
    id: 'message',
    title: 'Message',
    help: 'What was logged',
    kind: 'text',
    value: (l) => l.message,
    widthPx: 240,
    grows: true,
  },
];

export const regionColumns: readonly Column<RegionSpan & { readonly place: number }>[] = [
  {
    id: 'name',
    title: 'Region',
    help: 'The name that the program gave; a click opens all regions of that name',
    kind: 'text',
    value: (r) => r.name || '(no name)',
    link: (r) => r.name !== '',
    widthPx: 160,
    grows: true,
    fixed: true,
  },
  {
    id: 'start',
    title: 'Start',
    help: 'When it began; a click opens View trace there',
    kind: 'time',
    value: (r) => r.fromNanos,
    link: () => true,
    widthPx: 104,
  },
  {
    id: 'duration',
    title: 'Duration',
    help: 'From its begin to its end; where the trace holds only one of them, from or to the end of the trace',
    kind: 'duration',
    value: (r) => r.toNanos - r.fromNanos,
    widthPx: 104,
    bar: 'accent',
  },
  {
    id: 'goroutine',
    title: 'Goroutine',
    help: 'Who ran it',
    kind: 'id',
    value: (r) => r.goroutine,
    text: (r) => `G${r.goroutine}`,
    link: () => true,
    widthPx: 96,
  },
  {
    id: 'task',
    title: 'Task',
    help: 'The task or subtask that it belongs to',
    kind: 'id',
    value: (r) => r.task,
    widthPx: 70,
    drops: 1,
  },
  {
    id: 'frame',
    title: 'Begun in',
    help: 'The outermost function of the stack with which it began',
    kind: 'code',
    value: (r) => r.frame,
    widthPx: 220,
    drops: 2,
  },
];

/** A subtask with its depth below the task. */
export interface NodeRow extends TaskNode {
  readonly depth: number;
  /** Time of it that none of its subtasks covers. */
  readonly selfNanos: number;
}

export const nodeColumns: readonly Column<NodeRow>[] = [
  {
    id: 'id',
    title: 'Task',
    help: 'Its number; a click opens it',
    kind: 'id',
    value: (n) => n.id,
    link: () => true,
    widthPx: 84,
    fixed: true,
  },
  {
    id: 'name',
    title: 'Type',
    help: 'Its type, moved in by its depth in the tree',
    kind: 'text',
    value: (n) => typeName(n.name),
    text: (n) => `${'\u2003'.repeat(n.depth)}${typeName(n.name)}`,
    widthPx: 200,
    grows: true,
  },
  { id: 'start', title: 'Start', help: 'When it began', kind: 'time', value: (n) => n.fromNanos, widthPx: 104 },
  {
    id: 'duration',
    title: 'Duration',
    help: 'From its begin to its end',
    kind: 'duration',
    value: (n) => n.toNanos - n.fromNanos,
    widthPx: 104,
    bar: 'accent',
  },
  {
    id: 'self',
    title: 'Self',
    help: 'Time of it in which none of its subtasks ran',
    kind: 'duration',
    value: (n) => n.selfNanos,
    widthPx: 104,
  },
  {
    id: 'regions',
    title: 'Regions',
    help: 'User regions that ran under it',
    kind: 'count',
    value: (n) => n.regionCount,
    widthPx: 84,
  },
  {
    id: 'complete',
    title: 'Complete',
    help: 'Whether the trace holds its begin and its end',
    kind: 'text',
    value: (n) => (n.hasBegin && n.hasEnd ? 'yes' : 'no'),
    widthPx: 90,
  },
];
