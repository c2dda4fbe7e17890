// Columns of the table of kinds of events.

import type { Column } from '../../widgets/table/columns';
import type { KindRow } from './home-texts';

export const kindColumns: readonly Column<KindRow>[] = [
  {
    id: 'kind',
    title: 'Kind',
    help: 'What the event tells; a click lists them',
    kind: 'text',
    value: (r) => r.kind,
    link: () => true,
    widthPx: 160,
    fixed: true,
  },
  {
    id: 'count',
    title: 'Count',
    help: 'How many of them there are in the trace',
    kind: 'count',
    value: (r) => r.count,
    widthPx: 140,
    grows: true,
    bar: 'accent',
  },
  {
    id: 'share',
    title: 'Share',
    help: 'Of all events',
    kind: 'share',
    value: (r) => r.share,
    text: (r) => r.percent,
    widthPx: 92,
  },
];
