// Columns of what goroutines did with their time: the same in every table that has them. Ids are those of `Measure`
// (contract/answers.ts), so that the engine sorts by them too.

import type { TimeSums } from '../../contract/answers';
import type { SearchedRow } from '../../contract/search';
import { familyOf } from '../base/wait-family';
import type { Column } from './table/columns';
import { partsOfSums } from './time-parts';

/** Reasons that have a column even where nobody waited for them; in this order. */
const USUAL = ['sync', 'select', 'chan receive', 'chan send', 'sleep', 'network'];
/** When the table is narrow the higher leave first. */
const DROPS: Readonly<Record<string, number>> = { sync: 2, select: 4, 'chan receive': 3, 'chan send': 7 };
const title = (reason: string): string => reason.charAt(0).toUpperCase() + reason.slice(1);

/** Reasons of waits that need a column, the usual ones first. */
export const reasonsOf = (rows: readonly TimeSums[]): readonly string[] => [
  ...new Set([...USUAL, ...rows.flatMap((r) => Object.keys(r.blockNanos)).sort()]),
];
export const rangesOf = (rows: readonly TimeSums[]): readonly string[] => [
  ...new Set(rows.flatMap((r) => Object.keys(r.rangeNanos)).sort()),
];

/** `widthPx` 96 each. Reasons that are not usual, ranges, and unknown time where there is none, are hidden until chosen. */
export function timeColumns<Row extends TimeSums>(
  reasons: readonly string[] = USUAL,
  ranges: readonly string[] = [],
  hasUnknown = false,
): readonly Column<Row>[] {
  const time = (
    id: string,
    name: string,
    help: string,
    value: (r: Row) => number,
    more: Partial<Column<Row>> = {},
  ): Column<Row> => ({ id, title: name, help, kind: 'duration', value, widthPx: 98, ...more });
  return [
    time(
      'total',
      'Total',
      'From its begin to its end, within the range; all columns of states add up to it',
      (r) => r.totalNanos,
      { bar: 'ink-3' },
    ),
    {
      id: 'breakdown',
      title: 'Breakdown',
      help: 'The total by state: hover for the figures',
      kind: 'breakdown',
      value: () => null,
      parts: (r) => partsOfSums(r),
      widthPx: 130,
      drops: 4,
    },
    time('exec', 'Execution', 'Running on a processor', (r) => r.execNanos, { bar: 'st-running' }),
    time('schedWait', 'Sched wait', 'Ready to run, waiting for a processor', (r) => r.schedWaitNanos, {
      bar: 'st-runnable',
    }),
    ...reasons.map((reason) =>
      time(
        `block:${reason}`,
        reason === '' ? 'No reason' : title(reason),
        reason === '' ? 'Waiting; Go recorded no reason' : `Waiting, with the reason “${reason}” as Go has it`,
        (r) => r.blockNanos[reason] ?? 0,
        {
          bar: `wait-${familyOf(reason)}`,
          drops: DROPS[reason] ?? 5,
          hidden: !USUAL.includes(reason),
          widthPx: reason.length > 9 ? 112 : 98,
        },
      ),
    ),
    time('syscall', 'Syscall', 'In system calls that kept the processor', (r) => r.syscallNanos, {
      bar: 'st-syscall',
      drops: 6,
    }),
    time(
      'syscallBlock',
      'Syscall blocked',
      'In system calls after the processor was taken away',
      (r) => r.syscallBlockNanos,
      { bar: 'wait-sys', drops: 6, hidden: true, widthPx: 116 },
    ),
    time(
      'gcPause',
      'GC pause',
      'Overlap of its life with a stopped world; other columns hold this time too',
      (r) => r.gcPauseNanos,
      { bar: 'st-stw', drops: 6 },
    ),
    time(
      'gcMark',
      'GC mark',
      'Overlap of its life with the collector marking; other columns hold this time too',
      (r) => r.gcMarkNanos,
      { bar: 'st-mark', hidden: true },
    ),
    time(
      'range:GC incremental sweep',
      'GC sweep',
      'Sweeping for the collector, inside its execution',
      (r) => r.rangeNanos['GC incremental sweep'] ?? 0,
      { bar: 'st-sweep', drops: 6 },
    ),
    ...ranges
      .filter((name) => name !== 'GC incremental sweep')
      .map((name) =>
        time(
          `range:${name}`,
          title(name),
          `Inside the range “${name}” of the runtime; it overlaps the states, which hold this time too`,
          (r) => r.rangeNanos[name] ?? 0,
          { hidden: true, widthPx: 140 },
        ),
      ),
    time(
      'unknown',
      'Unknown',
      'Life of which the trace does not tell the state: before the event that first mentions it. It is in the total and in no other column',
      (r) => r.unknownNanos,
      { hidden: !hasUnknown },
    ),
  ];
}

/** How sums are searched: `exec>1ms reason:sync`, in the fields that goroutines in the engine's tables have too. */
export const searchedSums = (r: TimeSums): Required<Pick<SearchedRow, 'numbers' | 'texts'>> => ({
  numbers: {
    dur: r.totalNanos,
    exec: r.execNanos,
    sched: r.schedWaitNanos,
    syscall: r.syscallNanos + r.syscallBlockNanos,
    wait: Object.values(r.blockNanos).reduce((n, x) => n + x, 0),
  },
  texts: {
    reason: Object.keys(r.blockNanos).filter((reason) => r.blockNanos[reason]! > 0),
  },
});

/** One row over all: sums of sums. */
export function addSums(rows: readonly TimeSums[]): TimeSums {
  const add = (f: (r: TimeSums) => number): number => rows.reduce((n, r) => n + f(r), 0);
  const merge = (f: (r: TimeSums) => Readonly<Record<string, number>>): Record<string, number> => {
    const out: Record<string, number> = {};
    for (const r of rows) for (const [k, v] of Object.entries(f(r))) out[k] = (out[k] ?? 0) + v;
    return out;
  };
  return {
    totalNanos: add((r) => r.totalNanos),
    execNanos: add((r) => r.execNanos),
    schedWaitNanos: add((r) => r.schedWaitNanos),
    syscallNanos: add((r) => r.syscallNanos),
    syscallBlockNanos: add((r) => r.syscallBlockNanos),
    blockNanos: merge((r) => r.blockNanos),
    rangeNanos: merge((r) => r.rangeNanos),
    unknownNanos: add((r) => r.unknownNanos),
    gcPauseNanos: add((r) => r.gcPauseNanos),
    gcMarkNanos: add((r) => r.gcMarkNanos),
  };
}
