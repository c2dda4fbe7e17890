// Columns of a goroutine's history, of its time by state and of those it interacts with.

import type { GoroutineDetails, GoroutineStay, StateSum } from '../../../contract/answers';
import type { Column } from '../../widgets/table/columns';
import { lookOf } from '../../widgets/time-parts';

/** A stay with the leaf of its stack, `func:line`. */
export interface HistoryRow extends GoroutineStay {
  readonly top: string;
}

export const historyColumns: readonly Column<HistoryRow>[] = [
  {
    id: 'from',
    title: 'Start',
    help: 'When it entered the state',
    kind: 'time',
    value: (s) => s.fromNanos,
    link: () => true,
    widthPx: 110,
    fixed: true,
  },
  {
    id: 'time',
    title: 'Duration',
    help: 'How long it stayed',
    kind: 'duration',
    value: (s) => s.toNanos - s.fromNanos,
    widthPx: 110,
  },
  {
    id: 'state',
    title: 'State',
    help: 'What it was in',
    kind: 'text',
    value: (s) => s.state,
    swatch: (s) => lookOf(s.state, s.reason),
    widthPx: 146,
  },
  {
    id: 'reason',
    title: 'Reason',
    help: 'Of a wait, in Go’s words',
    kind: 'text',
    value: (s) => s.reason,
    widthPx: 130,
  },
  {
    id: 'top',
    title: 'At',
    help: 'Where it stood: the leaf of its stack',
    kind: 'code',
    value: (s) => s.top,
    widthPx: 200,
    grows: true,
  },
  {
    id: 'by',
    title: 'Ended by',
    help: 'Who ended the wait; a dash: nobody is named',
    kind: 'text',
    value: (s) => s.by?.id ?? null,
    text: (s) => (s.by ? `G${s.by.id} ${s.by.name}` : '–'),
    link: (s) => s.by !== null,
    widthPx: 190,
    drops: 2,
  },
  {
    id: 'byTop',
    title: 'From',
    help: 'Where whoever ended it stood',
    kind: 'code',
    value: (s) => s.byTop,
    widthPx: 190,
    drops: 3,
  },
];

/** The first columns of times by state. `help`: whose they are; `reasonPx`: how wide reasons begin. */
export const stateAndReason = <Row extends Pick<StateSum, 'state' | 'reason'>>(
  help: string,
  reasonPx: number,
): readonly Column<Row>[] => [
  {
    id: 'state',
    title: 'State',
    help,
    kind: 'text',
    value: (s) => s.state,
    swatch: (s) => lookOf(s.state, s.reason),
    widthPx: 150,
    fixed: true,
  },
  {
    id: 'reason',
    title: 'Reason',
    help: 'Of waits, in Go’s words',
    kind: 'text',
    value: (s) => s.reason,
    widthPx: reasonPx,
    grows: true,
  },
];

export const stateColumns: readonly Column<StateSum>[] = [
  ...stateAndReason<StateSum>('What it was in', 160),
  { id: 'nanos', title: 'Time', help: 'In all', kind: 'duration', value: (s) => s.nanos, widthPx: 120, bar: 'accent' },
  { id: 'count', title: 'Count', help: 'How often', kind: 'count', value: (s) => s.count, widthPx: 90 },
  {
    id: 'mean',
    title: 'Mean',
    help: 'Time divided by count',
    kind: 'duration',
    value: (s) => (s.count > 0 ? Math.round(s.nanos / s.count) : 0),
    widthPx: 110,
  },
  { id: 'max', title: 'Max', help: 'The longest', kind: 'duration', value: (s) => s.maxNanos, widthPx: 110 },
];

/** One that ended waits of the goroutine, or whose waits it ended. */
export type Partner = GoroutineDetails['partners'][number];

export const partnerColumns: readonly Column<Partner>[] = [
  {
    id: 'id',
    title: 'Goroutine',
    help: 'Its number; a click opens it',
    kind: 'id',
    value: (p) => p.id,
    text: (p) => `G${p.id}`,
    link: () => true,
    widthPx: 92,
    fixed: true,
  },
  {
    id: 'name',
    title: 'Start function',
    help: 'The function that it was started with',
    kind: 'code',
    value: (p) => p.name,
    widthPx: 110,
    grows: true,
  },
  {
    id: 'wokeIt',
    title: 'Woke it',
    help: 'How often it ended a wait of this goroutine',
    kind: 'count',
    value: (p) => p.wokeIt,
    widthPx: 76,
  },
  {
    id: 'wokenByIt',
    title: 'Woken by it',
    help: 'How often this goroutine ended a wait of it',
    kind: 'count',
    value: (p) => p.wokenByIt,
    widthPx: 104,
  },
];
