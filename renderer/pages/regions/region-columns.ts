// Columns of the lists of regions.

import type { GoroutineRef, RegionType } from '../../../contract/answers';
import type { RegionRow } from '../../../contract/tables';
import type { Column } from '../../widgets/table/columns';
import { partsOfSums } from '../../widgets/time-parts';

/** A name that is empty is written `-` in an address (`region/-`). */
export const argOfName = (name: string): string => name || '-';
export const nameOfArg = (arg: string): string => (arg === '-' ? '' : arg);
export const shownName = (name: string): string => name || '(no name)';

const quantile = (type: RegionType, q: number): number | null =>
  type.histogram.quantiles.find((x) => x.q === q)?.nanos ?? null;

export function bucketAxis(types: readonly RegionType[]): readonly number[] {
  return [...new Set(types.flatMap((t) => t.histogram.buckets.map((b) => b.fromNanos)))].sort((a, b) => a - b);
}

export const typeColumns = (axis: () => readonly number[]): readonly Column<RegionType>[] => [
  {
    id: 'name',
    title: 'Region',
    help: 'The name that the program gave; a click opens it',
    kind: 'text',
    value: (t) => shownName(t.name),
    link: () => true,
    widthPx: 150,
    fixed: true,
  },
  {
    id: 'frame',
    title: 'Begun in',
    help: 'The outermost function and line of the stack with which it began',
    kind: 'code',
    value: (t) => t.frame || '(no stack)',
    widthPx: 190,
    grows: true,
    drops: 3,
  },
  {
    id: 'count',
    title: 'Count',
    help: 'Regions of this name and place in the range',
    kind: 'count',
    value: (t) => t.count,
    widthPx: 84,
    bar: 'accent',
  },
  {
    id: 'open',
    title: 'Open',
    help: 'Of them, those that began before the trace or had not ended when it did; they count from or to its edge',
    kind: 'count',
    value: (t) => t.openCount,
    widthPx: 70,
    drops: 2,
  },
  {
    id: 'total',
    title: 'Total',
    help: 'Time of all of them; regions that overlap count each',
    kind: 'duration',
    value: (t) => t.sumNanos,
    widthPx: 104,
    bar: 'accent',
  },
  {
    id: 'mean',
    title: 'Mean',
    help: 'Total divided by count',
    kind: 'duration',
    value: (t) => (t.count ? Math.round(t.sumNanos / t.count) : 0),
    widthPx: 104,
    drops: 1,
  },
  {
    id: 'histogram',
    title: 'Durations',
    help: 'Durations in logarithmic buckets, five a decade; one axis for all rows',
    kind: 'histogram',
    value: () => null,
    counts: (t) => axis().map((from) => t.histogram.buckets.find((b) => b.fromNanos === from)?.count ?? 0),
    widthPx: 180,
    drops: 4,
  },
  {
    id: 'p50',
    title: 'p50',
    help: 'Half of them took no longer',
    kind: 'duration',
    value: (t) => quantile(t, 0.5),
    widthPx: 104,
  },
  {
    id: 'p90',
    title: 'p90',
    help: 'Nine of ten took no longer',
    kind: 'duration',
    value: (t) => quantile(t, 0.9),
    widthPx: 104,
    drops: 2,
  },
  {
    id: 'max',
    title: 'Max',
    help: 'The longest',
    kind: 'duration',
    value: (t) => quantile(t, 1),
    widthPx: 104,
    bar: 'accent',
  },
];

/** What a row of occurrences needs; the worst and the list in the engine both have it. */
export type OccurrenceRow = Omit<RegionRow, 'id' | 'goroutineName' | 'durationNanos'> & { readonly place: number };

const durationOf = (r: { fromNanos: number; toNanos: number }): number => r.toNanos - r.fromNanos;

/** `sorted`: ids as the engine's columns are called, so that heads can sort there. */
export const occurrenceColumns = <R extends Omit<OccurrenceRow, 'place'>>(
  placeOf: (r: R) => number,
): readonly Column<R>[] => [
  {
    id: 'id',
    title: '#',
    help: 'Its place; a click opens View trace at it',
    kind: 'id',
    value: placeOf,
    link: () => true,
    widthPx: 72,
    fixed: true,
  },
  {
    id: 'goroutine',
    title: 'Goroutine',
    help: 'Who ran it; a click opens the goroutine',
    kind: 'id',
    value: (r) => r.goroutine,
    text: (r) => `G${r.goroutine}`,
    link: () => true,
    widthPx: 96,
  },
  {
    id: 'task',
    title: 'Task',
    help: 'The task that it belongs to; a dash for none',
    kind: 'id',
    value: (r) => r.task || null,
    link: (r) => r.task > 0,
    widthPx: 76,
    drops: 2,
  },
  {
    id: 'begin',
    title: 'Start',
    help: 'When it began, from the begin of the trace',
    kind: 'time',
    value: (r) => r.fromNanos,
    widthPx: 104,
  },
  {
    id: 'duration',
    title: 'Duration',
    help: 'From its begin to its end; where the trace holds only one of them, from or to the end of the trace',
    kind: 'duration',
    value: durationOf,
    widthPx: 104,
    bar: 'accent',
  },
  {
    id: 'parts',
    title: 'Breakdown',
    help: 'What the goroutine did inside; the parts add up to the duration',
    kind: 'breakdown',
    value: () => null,
    parts: partsOfSums,
    widthPx: 150,
    grows: true,
  },
  {
    id: 'exec',
    title: 'Execution',
    help: 'Time inside in which the goroutine ran',
    kind: 'duration',
    value: (r) => r.execNanos,
    widthPx: 104,
    bar: 'st-running',
  },
  {
    id: 'schedWait',
    title: 'Sched wait',
    help: 'Time inside in which it could run and waited for a processor',
    kind: 'duration',
    value: (r) => r.schedWaitNanos,
    widthPx: 104,
    bar: 'st-runnable',
    drops: 3,
  },
  {
    id: 'block',
    title: 'Blocked',
    help: 'Time inside in which it waited, of any reason',
    kind: 'duration',
    value: (r) => Object.values(r.blockNanos).reduce((a, b) => a + b, 0),
    widthPx: 104,
    drops: 4,
  },
  {
    id: 'syscall',
    title: 'Syscall',
    help: 'Time inside in system calls, while they held a processor',
    kind: 'duration',
    value: (r) => r.syscallNanos,
    widthPx: 104,
    bar: 'st-syscall',
    drops: 5,
  },
  {
    id: 'whole',
    title: 'Whole',
    help: 'Whether the trace holds its begin and its end',
    kind: 'text',
    value: (r) => (r.hasBegin && r.hasEnd ? 'yes' : r.hasBegin ? 'no end' : r.hasEnd ? 'no begin' : 'neither'),
    sortable: false,
    widthPx: 84,
    drops: 6,
  },
];

export type GoroutineShare = GoroutineRef & { readonly count: number; readonly nanos: number };
export const goroutineColumns: readonly Column<GoroutineShare>[] = [
  {
    id: 'id',
    title: 'Goroutine',
    help: 'Its number; a click opens it',
    kind: 'id',
    value: (g) => g.id,
    text: (g) => `G${g.id}`,
    link: () => true,
    widthPx: 100,
    fixed: true,
  },
  {
    id: 'name',
    title: 'Start function',
    help: 'The function that it began with',
    kind: 'code',
    value: (g) => g.name || '(not told)',
    widthPx: 240,
    grows: true,
  },
  {
    id: 'count',
    title: 'Count',
    help: 'How many of these regions it ran',
    kind: 'count',
    value: (g) => g.count,
    widthPx: 100,
  },
  {
    id: 'time',
    title: 'Time',
    help: 'Its time inside of them',
    kind: 'duration',
    value: (g) => g.nanos,
    widthPx: 130,
    bar: 'accent',
  },
];
