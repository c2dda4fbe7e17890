// Columns of the joined tables.

import type { Column } from '../../widgets/table/columns';
import type { JoinedRow } from './joined-tables';
import { differenceText, ratioText } from './measure-text';

export function joinedColumns(
  title: string,
  kind: 'duration' | 'count',
  withTest: boolean,
): readonly Column<JoinedRow>[] {
  const unit = kind === 'duration' ? 'ns' : 'count';
  const all: Column<JoinedRow>[] = [
    {
      id: 'name',
      title,
      help: 'Joined by name; lines that moved do not matter',
      kind: 'custom',
      value: (r) => (r.more ? `${r.name} ${r.more}` : r.name),
      widthPx: 260,
      grows: true,
      fixed: true,
      sortable: true,
      exported: true,
    },
    { id: 'a', title: 'A', help: 'The figure of A', kind, value: (r) => r.a, widthPx: 96 },
    { id: 'b', title: 'B', help: 'The figure of B', kind, value: (r) => r.b, widthPx: 96 },
    {
      id: 'bars',
      title: 'A over B',
      help: 'Both on the scale of the greatest figure of the table',
      kind: 'custom',
      value: () => null,
      widthPx: 190,
      drops: 2,
      exported: false,
    },
    {
      id: 'difference',
      title: 'Difference',
      help: 'B less A',
      kind,
      value: (r) => r.difference,
      text: (r) => differenceText(unit, r.difference),
      widthPx: 104,
    },
    {
      id: 'ratio',
      title: 'B ÷ A',
      help: 'How many times as much B has',
      kind: 'count',
      value: (r) => r.ratio,
      text: (r) => ratioText(r.ratio),
      widthPx: 78,
    },
    {
      id: 'change',
      title: 'Change',
      help: 'By how much it changed, whichever way; sorts the greatest changes first',
      kind: 'custom',
      value: (r) => Math.abs(r.difference),
      widthPx: 112,
      sortable: true,
      exported: false,
    },
  ];
  if (withTest)
    all.push({
      id: 'test',
      title: 'Shifted',
      help: 'Whether the lengths shifted by more than chance (Kolmogorov and Smirnov, 1 %), and how many stand behind it',
      kind: 'text',
      value: (r) => (r.test ? (r.test.isMoreThanNoise ? 'yes' : 'no') : null),
      text: (r) =>
        r.test
          ? `${r.test.isMoreThanNoise ? 'more than noise' : 'may be noise'} (${r.test.countA}, ${r.test.countB})`
          : '–',
      widthPx: 170,
      drops: 3,
    });
  all.push({
    id: 'pages',
    title: 'Pages',
    help: 'What each side’s own pages say of it',
    kind: 'custom',
    value: () => null,
    widthPx: 64,
    fixed: true,
    exported: false,
  });
  return all;
}
