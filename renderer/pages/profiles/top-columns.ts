// Columns of the top table. Shares are of all that the filters leave.

import type { Column } from '../../widgets/table/columns';
import type { TopRow } from '../../profile-views/model/top';
import { countOnly, type ProfileKind } from './profile-kinds';

/** `whole`: what shares are of. */
export function topColumns(kind: ProfileKind, whole: () => number): readonly Column<TopRow>[] {
  const share = (n: number): number => (whole() > 0 ? n / whole() : 0);
  const plain = countOnly(kind);
  const amount = plain ? 'count' : 'duration';
  const flat = (r: TopRow): number => (plain ? r.flatCount : r.flatNanos);
  const cum = (r: TopRow): number => (plain ? r.cumCount : r.cumNanos);
  const columns: readonly Column<TopRow>[] = [
    {
      id: 'function',
      title: 'Function',
      help: 'The function, with its package',
      kind: 'code',
      value: (r) => r.name,
      // All columns stand beside the panel in a window of 1440.
      widthPx: 190,
      grows: true,
      fixed: true,
    },
    {
      id: 'flat',
      title: 'Flat',
      help: 'Of stacks that end in this function',
      kind: amount,
      value: flat,
      widthPx: 110,
      bar: 'accent',
    },
    {
      id: 'flatShare',
      title: 'Flat %',
      help: 'Flat, as a share of the whole',
      kind: 'share',
      value: (r) => share(flat(r)),
      widthPx: 76,
      drops: 3,
    },
    {
      id: 'cum',
      title: 'Cum',
      help: 'Of stacks that this function is anywhere in; recursion counts once',
      kind: amount,
      value: cum,
      widthPx: 110,
      bar: 'accent',
    },
    {
      id: 'cumShare',
      title: 'Cum %',
      help: 'Cum, as a share of the whole',
      kind: 'share',
      value: (r) => share(cum(r)),
      widthPx: 76,
      drops: 2,
    },
    {
      id: 'count',
      title: 'Count',
      help: `How many ${kind.many} it is in`,
      kind: 'count',
      value: (r) => r.cumCount,
      widthPx: 84,
    },
    {
      id: 'mean',
      title: 'Mean',
      help: 'Cum, divided by count',
      kind: 'duration',
      value: (r) => Math.round(r.meanNanos),
      widthPx: 104,
      drops: 1,
    },
    {
      id: 'max',
      title: 'Max',
      help: `The longest of its ${kind.many}`,
      kind: 'duration',
      value: (r) => r.maxNanos,
      widthPx: 104,
    },
  ];
  // Samples have a number, no length.
  return plain ? columns.filter((c) => !['count', 'mean', 'max'].includes(c.id)) : columns;
}
