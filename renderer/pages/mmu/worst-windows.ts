// The tables of the page: the worst windows of one length, and the curve at round lengths.

import type { Mmu, MmuFlag, TimeRange } from '../../../contract/answers';
import type { BarPart, Column } from '../../widgets/table/columns';
import { partsOf } from './mmu-model';

export interface WorstRow {
  readonly place: number;
  readonly fromNanos: number;
  readonly toNanos: number;
  readonly utilization: number;
  readonly parts: readonly BarPart[];
}

export const worstRows = (worst: Mmu['worst'], stops: readonly TimeRange[], flags: readonly MmuFlag[]): WorstRow[] =>
  worst.map((w, i) => ({ ...w, place: i + 1, parts: partsOf(w, stops, flags) }));

const part =
  (at: number) =>
  (row: WorstRow): number =>
    row.parts[at]?.amount ?? 0;

export const worstColumns: readonly Column<WorstRow>[] = [
  {
    id: 'place',
    title: '#',
    help: 'Its place among windows that do not overlap, worst first',
    kind: 'id',
    value: (r) => r.place,
    widthPx: 52,
    fixed: true,
  },
  {
    id: 'start',
    title: 'Start',
    help: 'When the window begins, from the begin of the trace',
    kind: 'time',
    value: (r) => r.fromNanos,
    widthPx: 112,
  },
  {
    id: 'end',
    title: 'End',
    help: 'When the window ends',
    kind: 'time',
    value: (r) => r.toNanos,
    widthPx: 112,
    drops: 2,
  },
  {
    id: 'utilization',
    title: 'Utilization',
    help: 'Share of the processors’ time in the window that was the program’s',
    kind: 'share',
    value: (r) => r.utilization,
    widthPx: 116,
    bar: 'st-running',
  },
  {
    id: 'parts',
    title: 'What took the processors',
    help: 'The window’s time: stops of the world, other work of the collector that is counted, and the rest',
    kind: 'breakdown',
    value: () => null,
    parts: (r) => r.parts,
    widthPx: 180,
    grows: true,
  },
  {
    id: 'stw',
    title: 'STW',
    help: 'Time in the window in which the world was stopped',
    kind: 'duration',
    value: part(0),
    widthPx: 100,
    hidden: true,
  },
  {
    id: 'work',
    title: 'GC work',
    help: 'Time of the collector in the window beside the stops, as a share of all processors',
    kind: 'duration',
    value: part(1),
    widthPx: 100,
    hidden: true,
  },
  {
    id: 'link',
    title: 'Where',
    help: 'Opens View trace at the window',
    kind: 'custom',
    value: () => null,
    widthPx: 168,
    drops: 1,
  },
];

/** What the curve says at a round window. */
export interface ReadOff {
  readonly windowNanos: number;
  readonly share: number | null;
}

export const readColumns: readonly Column<ReadOff>[] = [
  {
    id: 'window',
    title: 'Window',
    help: 'The length of the windows; a click looks at the worst of them',
    kind: 'duration',
    value: (r) => r.windowNanos,
    link: () => true,
    widthPx: 96,
    fixed: true,
  },
  {
    id: 'share',
    title: 'Utilization',
    help: 'The least share of the processors that the program had in any window of this length',
    kind: 'share',
    value: (r) => r.share,
    widthPx: 104,
    grows: true,
    bar: 'accent',
  },
];
