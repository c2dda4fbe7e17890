import { mount } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { nextTick } from 'vue';
import { idle } from '../../base/idle';
import { ROW_SEARCH } from './row-search';
import SmallTable from './SmallTable.vue';
import type { Column } from './columns';

interface Row {
  readonly name: string;
  readonly nanos: number;
}
const COLUMNS: readonly Column<Row>[] = [
  { id: 'name', title: 'Name', help: 'What it is', kind: 'text', value: (r) => r.name, widthPx: 80 },
  { id: 'nanos', title: 'Time', help: 'How long', kind: 'duration', value: (r) => r.nanos, widthPx: 80 },
];
const ROWS: readonly Row[] = [
  { name: 'sync', nanos: 5 },
  { name: 'sleep', nanos: 7 },
];

it('a short table is filtered by the search language behind a button, and closing it shows all again', async () => {
  const asked: string[] = [];
  const search = {
    language: { check: () => Promise.resolve(null), complete: () => Promise.reject(new Error('none')) },
    match: (query: string, rows: readonly { readonly names: readonly string[] }[]) => {
      asked.push(query);
      return Promise.resolve(rows.flatMap((r, i) => (r.names.includes(query) ? [i] : [])));
    },
  };
  const props = {
    id: 't',
    title: 'Time by state',
    columns: COLUMNS,
    rows: ROWS,
    rowKey: (r: Row) => r.name,
    noun: 'state',
  };
  const table = mount(SmallTable<Row>, { props, global: { provide: { [ROW_SEARCH as symbol]: search } } });
  const count = (): string | undefined => table.get('[role=table]').attributes('aria-rowcount');
  expect(table.get('section').attributes('aria-label')).toBe('Time by state');
  expect([table.get('h2').text(), count()]).toEqual(['Time by state', '3']);
  expect(table.findAll('[role=columnheader]').map((h) => h.text())).toEqual(['NameWhat it is', 'TimeHow long']);
  await table.get('button[aria-label="Find a state"]').trigger('click');
  await table.get('input').setValue('sleep');
  await idle();
  await nextTick();
  expect([asked.at(-1), count()]).toEqual(['sleep', '2']);
  await table.get('button[aria-label="Close the filter"]').trigger('click');
  await idle();
  expect([table.find('input').exists(), count()]).toEqual([false, '3']);
  table.unmount();
});
