// Bands of tasks and regions as a picture for a file and as a table. Pure.

import type { ChartModel } from '../charts/chart-model';
import type { StripLine } from '../charts/strip-picture';
import type { Column } from '../widgets/table/columns';
import type { TimelineRow } from './bands';

export const BAND_PX = 13;
const LEAST_ROW_PX = 24;

/** Height of a row with all levels of its bands. */
export const rowPx = (row: TimelineRow): number => Math.max(LEAST_ROW_PX, row.levels * BAND_PX + 9);

export const bandLines = (rows: readonly TimelineRow[]): readonly StripLine[] =>
  rows.map((row) => ({
    label: row.label,
    heightPx: rowPx(row),
    bars: row.bands.map((b) => ({
      from: b.fromNanos,
      to: b.toNanos,
      topPx: 5 + b.level * BAND_PX,
      heightPx: BAND_PX - 2,
      fill: `task-${b.hue}`,
      pale: true,
      label: row.goroutine === null ? '' : b.label,
    })),
    ticks: row.logs.map((l) => l.atNanos),
  }));

interface TwinRow {
  readonly row: string;
  readonly kind: string;
  readonly what: string;
  readonly fromNanos: number;
  readonly toNanos: number;
  readonly isOpen: boolean;
}

/** A row for each band and each log, in the order of the picture. */
export function bandTwin(rows: readonly TimelineRow[]): ChartModel['twin'] {
  const list = rows.flatMap((row): TwinRow[] => [
    ...row.bands.map((b) => ({
      row: row.label,
      kind: b.region === null ? 'task' : 'region',
      what: b.label,
      fromNanos: b.fromNanos,
      toNanos: b.toNanos,
      isOpen: b.isOpen,
    })),
    ...row.logs.map((l) => ({
      row: row.label,
      kind: 'log',
      what: l.text,
      fromNanos: l.atNanos,
      toNanos: l.atNanos,
      isOpen: false,
    })),
  ]);
  const columns: readonly Column<number>[] = [
    {
      id: 'row',
      title: 'Row',
      help: 'The task or goroutine whose row it is in',
      kind: 'text',
      value: (i) => list[i]!.row,
      widthPx: 170,
      fixed: true,
    },
    { id: 'kind', title: 'Kind', help: 'Task, region or log', kind: 'text', value: (i) => list[i]!.kind, widthPx: 80 },
    {
      id: 'what',
      title: 'What',
      help: 'Its name, or the text of the log',
      kind: 'text',
      value: (i) => list[i]!.what,
      widthPx: 180,
      grows: true,
    },
    {
      id: 'start',
      title: 'Start',
      help: 'When it began, from the begin of the trace',
      kind: 'time',
      value: (i) => list[i]!.fromNanos,
      widthPx: 120,
    },
    {
      id: 'duration',
      title: 'Duration',
      help: 'From begin to end; what has no end in the trace counts to the trace’s end',
      kind: 'duration',
      value: (i) => list[i]!.toNanos - list[i]!.fromNanos,
      widthPx: 120,
    },
    {
      id: 'open',
      title: 'End',
      help: 'Whether the trace holds its end',
      kind: 'text',
      value: (i) => (list[i]!.isOpen ? 'not in this trace' : 'yes'),
      widthPx: 120,
      drops: 1,
    },
  ];
  return { columns, rowCount: list.length };
}
