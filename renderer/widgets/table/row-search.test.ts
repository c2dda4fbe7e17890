import { expect, it } from 'vitest';
import type { Column } from './columns';
import { searchedByColumns } from './row-search';

interface Row {
  readonly name: string;
  readonly at: number;
  readonly nanos: number;
  readonly max: number;
}
const COLUMNS: readonly Column<Row>[] = [
  { id: 'name', title: 'Name', help: 'Name', kind: 'code', value: (r) => r.name, widthPx: 1 },
  { id: 'at', title: 'At', help: 'When', kind: 'time', value: (r) => r.at, widthPx: 1 },
  { id: 'nanos', title: 'Time', help: 'How long', kind: 'duration', value: (r) => r.nanos, widthPx: 1 },
  { id: 'max', title: 'Max', help: 'Longest', kind: 'duration', value: (r) => r.max, widthPx: 1 },
  { id: 'drawn', title: 'Drawn', help: 'Drawn', kind: 'custom', value: () => 7, widthPx: 1 },
  { id: 'said', title: 'Said', help: 'Said', kind: 'custom', value: (r) => `said ${r.name}`, widthPx: 1 },
  { id: 'share', title: 'Share', help: 'Share', kind: 'share', value: () => 0.5, widthPx: 1 },
];

it('a row is searched by its texts, its first time and its first duration', () => {
  expect(searchedByColumns(COLUMNS, { name: 'main.work', at: 3, nanos: 7, max: 9 })).toEqual({
    names: ['main.work', 'said main.work'],
    numbers: { t: 3, dur: 7 },
  });
});

// Every component that shows a table, as text: none may forget its filter, nor the button that clears it.
const SOURCES = import.meta.glob<string>('/renderer/{pages,charts,profile-views,widgets}/**/*.vue', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const tables = Object.entries(SOURCES).flatMap(([file, text]) =>
  [...text.matchAll(/<VirtualTable\b[^]*?(?<!=)>/g)].map(([tag]) => [file, tag] as const),
);

it('there are tables to look at', () => expect(tables.length).toBeGreaterThan(25));

it.each(tables)('a table of %s says its filter and clears it: %s', (_file, tag) => {
  expect(tag).toContain(':filter-text=');
  expect(tag).toContain('@clear-filter=');
});

it.each(Object.entries(SOURCES).filter(([, text]) => text.includes('<VirtualTable')))(
  'what shows tables has columns to choose and CSV, or leaves both to whoever shows it: %s',
  (file, text) => {
    // The twin of a chart has its tools in the head of its frame.
    if (file.endsWith('/charts/TwinTable.vue')) {
      expect(SOURCES['/renderer/charts/FrameTools.vue']).toContain('<TableTools');
      for (const frame of ['ChartFrame', 'StripFrame'])
        expect(SOURCES[`/renderer/charts/${frame}.vue`]).toContain('<FrameTools');
    } else expect(text).toContain('<TableTools');
  },
);

it.each(Object.entries(SOURCES))('no list of figures is a plain table: %s', (file, text) => {
  // The start page has no trace, and so nobody who reads queries.
  if (!file.endsWith('/start/RecentTraces.vue')) expect(text).not.toContain('<table');
});
