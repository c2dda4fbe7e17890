// What the runtime did on a goroutine or around it: ranges, which overlap its states. Pure.

import type { TimeSums } from '../../../contract/answers';
import type { Nanos } from '../../../contract/units';
import type { Column } from '../../widgets/table/columns';

export interface RangeRow {
  readonly name: string;
  readonly about: string;
  readonly nanos: Nanos;
  /** Of its life within the range, 0..1. */
  readonly share: number;
}

const ABOUT: readonly (readonly [RegExp, string])[] = [
  [/mark assist/, 'It had to mark for the collector because it allocated'],
  [/sweep/, 'It swept spans before it could allocate from them'],
  [/stop-the-world/, 'It stopped the world itself'],
];

/** Ranges by name, and the collector's time while it lived; those of 0 are left out. */
export function rangeRowsOf(sums: TimeSums): readonly RangeRow[] {
  const row = (name: string, about: string, nanos: Nanos): RangeRow => ({
    name,
    about,
    nanos,
    share: sums.totalNanos > 0 ? nanos / sums.totalNanos : 0,
  });
  return [
    ...Object.entries(sums.rangeNanos).map(([name, nanos]) =>
      row(name, ABOUT.find(([pattern]) => pattern.test(name))?.[1] ?? 'A range of the runtime', nanos),
    ),
    row('GC pause', 'The world stood still while it lived, whoever stopped it', sums.gcPauseNanos),
    row('GC mark', 'The collector marked while it lived', sums.gcMarkNanos),
  ].filter((r) => r.nanos > 0);
}

export const RANGE_COLUMNS: readonly Column<RangeRow>[] = [
  {
    id: 'name',
    title: 'Range',
    help: 'As Go’s runtime calls it',
    kind: 'text',
    value: (r) => r.name,
    widthPx: 240,
    fixed: true,
  },
  {
    id: 'about',
    title: 'What it is',
    help: 'What it means for this goroutine',
    kind: 'text',
    value: (r) => r.about,
    widthPx: 300,
    grows: true,
    drops: 1,
  },
  {
    id: 'nanos',
    title: 'Time',
    help: 'Time inside the range; it overlaps the states of the goroutine',
    kind: 'duration',
    value: (r) => r.nanos,
    widthPx: 120,
    bar: 'st-mark',
  },
  {
    id: 'share',
    title: 'Of its life',
    help: 'The time as a share of its life within the time window',
    kind: 'share',
    value: (r) => r.share,
    widthPx: 100,
  },
];
