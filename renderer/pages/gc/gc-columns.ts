// Columns of the page's tables, with what each figure is.

import type { GcCycle, GcReport, GcShare, GcStop } from '../../../contract/answers';
import type { Column } from '../../widgets/table/columns';

/** A cycle with its place. */
export interface CycleRow extends GcCycle {
  readonly place: number;
}
export type StopRow = GcStop & { readonly place: number };
export type ReasonRow = GcReport['stopsByReason'][number];
export type FunctionRow = GcReport['functions'][number];

export const cycleRows = (report: GcReport): CycleRow[] => report.cycles.map((c, i) => ({ ...c, place: i + 1 }));
export const stopRows = (report: GcReport): StopRow[] => report.stops.map((s, i) => ({ ...s, place: i + 1 }));

export const cycleColumns: readonly Column<CycleRow>[] = [
  {
    id: 'place',
    title: 'Cycle',
    help: 'Cycles of the collector in order of time; a click opens View trace there',
    kind: 'id',
    value: (r) => r.place,
    link: () => true,
    widthPx: 72,
    fixed: true,
  },
  {
    id: 'start',
    title: 'Start',
    help: 'When it began, from the begin of the trace',
    kind: 'time',
    value: (r) => r.fromNanos,
    widthPx: 104,
  },
  {
    id: 'duration',
    title: 'Duration',
    help: 'From its begin to its end; a cycle that began before the trace or goes on at its end counts from there or to there',
    kind: 'duration',
    value: (r) => r.toNanos - r.fromNanos,
    widthPx: 104,
    bar: 'st-mark',
  },
  {
    id: 'mark',
    title: 'Marking',
    help: 'Time of it in which marking went on beside the program',
    kind: 'duration',
    value: (r) => r.markNanos,
    widthPx: 104,
  },
  {
    id: 'stw',
    title: 'STW',
    help: 'Time in which the world was stopped while it lasted',
    kind: 'duration',
    value: (r) => r.stwNanos,
    widthPx: 104,
    bar: 'st-stw',
  },
  {
    id: 'stops',
    title: 'Stops',
    help: 'How often the world was stopped while it lasted',
    kind: 'count',
    value: (r) => r.stwCount,
    widthPx: 70,
    drops: 2,
  },
  {
    id: 'assist',
    title: 'Assists',
    help: 'Time that goroutines had to help marking, summed over goroutines',
    kind: 'duration',
    value: (r) => r.assistNanos,
    widthPx: 104,
    bar: 'st-assist',
  },
  {
    id: 'cpu',
    title: 'CPU share',
    help: 'Share of all processors’ time that mark workers and assists had while it lasted',
    kind: 'share',
    value: (r) => r.cpuShare,
    widthPx: 92,
    bar: 'st-mark',
  },
  {
    id: 'heapBegin',
    title: 'Heap at begin',
    help: 'Allocated when it began: what triggered it',
    kind: 'bytes',
    value: (r) => r.heapAtBeginBytes,
    widthPx: 116,
  },
  {
    id: 'goalBegin',
    title: 'Goal at begin',
    help: 'The size at which it was to end, as known when it began',
    kind: 'bytes',
    value: (r) => r.goalAtBeginBytes,
    widthPx: 116,
    drops: 4,
  },
  {
    id: 'heapEnd',
    title: 'Heap at end',
    help: 'Allocated when it ended',
    kind: 'bytes',
    value: (r) => r.heapAtEndBytes,
    widthPx: 108,
  },
  {
    id: 'goalEnd',
    title: 'Next goal',
    help: 'The goal that was set when it ended: where the next cycle is to end',
    kind: 'bytes',
    value: (r) => r.goalAtEndBytes,
    widthPx: 108,
    drops: 3,
  },
  {
    id: 'note',
    title: 'Note',
    help: 'Whether the trace holds all of it',
    kind: 'text',
    value: (r) => [r.isOlder ? 'began before' : '', r.isOpen ? 'goes on at the end' : ''].filter(Boolean).join(', '),
    widthPx: 110,
    grows: true,
    drops: 1,
  },
];

export const stopColumns: readonly Column<StopRow>[] = [
  {
    id: 'place',
    title: '#',
    help: 'Stops of the world in order of time; a click opens View trace there',
    kind: 'id',
    value: (r) => r.place,
    link: () => true,
    widthPx: 72,
    fixed: true,
  },
  {
    id: 'start',
    title: 'Start',
    help: 'When the world stood still, from the begin of the trace',
    kind: 'time',
    value: (r) => r.fromNanos,
    widthPx: 120,
  },
  {
    id: 'duration',
    title: 'Duration',
    help: 'How long nothing of the program ran',
    kind: 'duration',
    value: (r) => r.toNanos - r.fromNanos,
    widthPx: 120,
    bar: 'st-stw',
  },
  {
    id: 'reason',
    title: 'Reason',
    help: 'Why, in the words of Go’s runtime',
    kind: 'text',
    value: (r) => r.reason,
    widthPx: 260,
    grows: true,
  },
  {
    id: 'goroutine',
    title: 'Goroutine',
    help: 'The goroutine that stopped the world; a dash where the trace does not tell',
    kind: 'id',
    value: (r) => r.goroutine,
    text: (r) => (r.goroutine === null ? '–' : `G${r.goroutine}`),
    link: (r) => r.goroutine !== null,
    widthPx: 110,
  },
];

export const reasonColumns: readonly Column<ReasonRow>[] = [
  {
    id: 'reason',
    title: 'Reason',
    help: 'Why the world was stopped, in the words of Go’s runtime',
    kind: 'text',
    value: (r) => r.reason,
    widthPx: 260,
    grows: true,
    fixed: true,
  },
  {
    id: 'count',
    title: 'Count',
    help: 'How many stops had this reason',
    kind: 'count',
    value: (r) => r.count,
    widthPx: 100,
  },
  {
    id: 'total',
    title: 'Total',
    help: 'Time of all of them',
    kind: 'duration',
    value: (r) => r.nanos,
    widthPx: 120,
    bar: 'st-stw',
  },
  {
    id: 'mean',
    title: 'Mean',
    help: 'Total divided by count',
    kind: 'duration',
    value: (r) => (r.count ? Math.round(r.nanos / r.count) : 0),
    widthPx: 120,
  },
  {
    id: 'max',
    title: 'Longest',
    help: 'The longest of them',
    kind: 'duration',
    value: (r) => r.maxNanos,
    widthPx: 120,
    bar: 'st-stw',
  },
];

const shareColumns = <R extends Omit<GcShare, 'id'>>(): readonly Column<R>[] => [
  {
    id: 'assist',
    title: 'Assists',
    help: 'Time that had to be spent on helping the collector mark',
    kind: 'duration',
    value: (r) => r.assistNanos,
    widthPx: 120,
    bar: 'st-assist',
  },
  {
    id: 'sweep',
    title: 'Sweep',
    help: 'Time spent on sweeping memory before it could be allocated again',
    kind: 'duration',
    value: (r) => r.sweepNanos,
    widthPx: 120,
    bar: 'st-sweep',
  },
  {
    id: 'pause',
    title: 'GC pause',
    help: 'Time of life under a stopped world',
    kind: 'duration',
    value: (r) => r.pauseNanos,
    widthPx: 120,
    bar: 'st-stw',
  },
  {
    id: 'mark',
    title: 'GC mark',
    help: 'Time of life while the collector marked',
    kind: 'duration',
    value: (r) => r.markNanos,
    widthPx: 120,
    bar: 'st-mark',
  },
];

export const functionColumns: readonly Column<FunctionRow>[] = [
  {
    id: 'name',
    title: 'Start function',
    help: 'Goroutines by the function that they began with',
    kind: 'code',
    value: (r) => r.name || '(not told)',
    link: (r) => r.name !== '',
    widthPx: 260,
    grows: true,
    fixed: true,
  },
  {
    id: 'count',
    title: 'Goroutines',
    help: 'How many of its goroutines assisted or swept',
    kind: 'count',
    value: (r) => r.count,
    widthPx: 104,
  },
  ...shareColumns<FunctionRow>(),
];

export const goroutineColumns: readonly Column<GcShare>[] = [
  {
    id: 'id',
    title: 'Goroutine',
    help: 'Its number; a click opens its page',
    kind: 'id',
    value: (r) => r.id,
    text: (r) => `G${r.id}`,
    link: () => true,
    widthPx: 100,
    fixed: true,
  },
  {
    id: 'name',
    title: 'Start function',
    help: 'The function that it began with',
    kind: 'code',
    value: (r) => r.name || '(not told)',
    widthPx: 240,
    grows: true,
  },
  ...shareColumns<GcShare>(),
];
