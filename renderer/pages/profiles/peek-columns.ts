// Columns of the callers and the callees of a function.

import type { PeekEntry } from '../../profile-views/model/top';
import type { Column } from '../../widgets/table/columns';
import { countOnly, type ProfileKind } from './profile-kinds';

/** `shareOf`: of the cum of the function between them. */
export function peekColumns(kind: ProfileKind, shareOf: (e: PeekEntry) => number): readonly Column<PeekEntry>[] {
  const plain = countOnly(kind);
  const columns: readonly Column<PeekEntry>[] = [
    {
      id: 'function',
      title: 'Function',
      help: 'The function, with its package; a click looks at it',
      kind: 'code',
      value: (e) => e.name,
      link: () => true,
      widthPx: 220,
      grows: true,
      fixed: true,
    },
    {
      id: 'amount',
      title: plain ? 'Samples' : 'Time',
      help: `Of the ${kind.many} whose stacks have both functions next to each other`,
      kind: plain ? 'count' : 'duration',
      value: (e) => (plain ? e.count : e.nanos),
      widthPx: 116,
      bar: 'accent',
    },
    {
      id: 'share',
      title: 'Of its cum',
      help: 'The same, as a share of the cum of the function between callers and callees',
      kind: 'share',
      value: shareOf,
      widthPx: 96,
    },
    {
      id: 'count',
      title: 'Count',
      help: `How many ${kind.many}`,
      kind: 'count',
      value: (e) => e.count,
      widthPx: 90,
    },
  ];
  // Samples have a number, no length.
  return plain ? columns.filter((c) => c.id !== 'count') : columns;
}
