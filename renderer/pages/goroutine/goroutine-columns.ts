// Columns of a goroutine's history and of its time by state.

import type { GoroutineStay, StateSum } from '../../../contract/answers';
import type { Column } from '../../widgets/table/columns';

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
    sortable: false,
    widthPx: 110,
    fixed: true,
  },
  {
    id: 'time',
    title: 'Duration',
    help: 'How long it stayed',
    kind: 'duration',
    value: (s) => s.toNanos - s.fromNanos,
    sortable: false,
    widthPx: 110,
  },
  {
    id: 'state',
    title: 'State',
    help: 'What it was in',
    kind: 'text',
    value: (s) => s.state,
    sortable: false,
    widthPx: 110,
  },
  {
    id: 'reason',
    title: 'Reason',
    help: 'Of a wait, in Go’s words',
    kind: 'text',
    value: (s) => s.reason,
    sortable: false,
    widthPx: 130,
  },
  {
    id: 'top',
    title: 'At',
    help: 'Where it stood: the leaf of its stack',
    kind: 'code',
    value: (s) => s.top,
    sortable: false,
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
    sortable: false,
    widthPx: 190,
    drops: 2,
  },
  {
    id: 'byTop',
    title: 'From',
    help: 'Where whoever ended it stood',
    kind: 'code',
    value: (s) => s.byTop,
    sortable: false,
    widthPx: 190,
    drops: 3,
  },
];

export const stateColumns: readonly Column<StateSum>[] = [
  {
    id: 'state',
    title: 'State',
    help: 'What it was in',
    kind: 'text',
    value: (s) => s.state,
    widthPx: 130,
    fixed: true,
  },
  {
    id: 'reason',
    title: 'Reason',
    help: 'Of waits, in Go’s words',
    kind: 'text',
    value: (s) => s.reason,
    widthPx: 160,
    grows: true,
  },
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
