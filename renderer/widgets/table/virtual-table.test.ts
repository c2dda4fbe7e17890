import { flushPromises, mount, type VueWrapper } from '@vue/test-utils';
import { beforeEach, expect, it } from 'vitest';
import { effectScope, shallowRef, type Component } from 'vue';
import { idle } from '../../base/idle';
import { DESK, type Desk } from '../desk';
import type { Column, SortKey } from './columns';
import { memorySource } from './memory-source';
import { pagedSource } from './paged-source';
import type { TableSource } from './table-source';
import TableTools from './TableTools.vue';
import { useTable, type Table } from './use-table';
import VirtualTable from './VirtualTable.vue';

interface Row {
  readonly id: number;
  readonly name: string;
  readonly nanos: number | null;
}
const COLUMNS: readonly Column<Row>[] = [
  {
    id: 'name',
    title: 'Name',
    help: 'What it is called',
    kind: 'code',
    value: (r) => r.name,
    widthPx: 200,
    fixed: true,
  },
  { id: 'id', title: 'ID', help: 'Its number', kind: 'id', value: (r) => r.id, widthPx: 80, link: () => true },
  {
    id: 'total',
    title: 'Total',
    help: 'All of its time',
    kind: 'duration',
    value: (r) => r.nanos,
    widthPx: 120,
    bar: 'accent',
    drops: 1,
  },
];
const rowsOf = (n: number): Row[] =>
  Array.from({ length: n }, (_, i) => ({ id: i, name: `f${i % 7}`, nanos: (i * 7919) % 100_003 }));

/** happy-dom lays nothing out: 10 rows and the head fit into the view. */
beforeEach(() => {
  localStorage.clear();
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, get: () => 28 + 260 });
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 600 });
});

function tableOf(source: TableSource<Row>): Table<Row> {
  return effectScope().run(() =>
    useTable({ id: 'test', name: () => 'Test', columns: COLUMNS, source, rowKey: (r) => r.id }),
  )!;
}
const written: string[] = [];
const desk: Desk = {
  copyText: (text) => Promise.resolve(void written.push(text)),
  openSink: () =>
    Promise.resolve({
      write: (chunk) => Promise.resolve(void written.push(String(chunk))),
      end: (keep) => Promise.resolve(void written.push(keep ? '<whole>' : '<none>')),
    }),
};
async function shown(source: TableSource<Row>): Promise<{ wrapper: VueWrapper; table: Table<Row> }> {
  written.length = 0;
  const table = tableOf(source);
  const wrapper = mount(VirtualTable as Component, {
    props: { table, noun: 'thing' },
    global: { provide: { [DESK as symbol]: desk } },
    attachTo: document.body,
  });
  // A table that still waits for its rows is not at rest.
  await (source.loading ? flushPromises() : idle());
  return { wrapper, table };
}
const lines = (w: VueWrapper): string[] =>
  w.findAll('[data-row]').map((r) =>
    r
      .findAll('[role=cell]')
      .map((c) => c.text())
      .join('|'),
  );

it('F89: draws the rows on screen only, says how many there are, and sorts both ways by its heads', async () => {
  const { wrapper } = await shown(memorySource({ rows: () => rowsOf(1000), columns: COLUMNS }));
  const grid = wrapper.get('[role=table]');
  expect([grid.attributes('aria-label'), grid.attributes('aria-rowcount')]).toEqual(['Test', '1001']);
  expect(wrapper.findAll('[data-row]')).toHaveLength(16);
  expect(lines(wrapper)[3]).toBe('f3|3|23.76µs');
  const head = wrapper.findAll('[role=columnheader]')[2]!;
  expect(head.attributes('aria-sort')).toBe('none');
  await head.get('button').trigger('click');
  expect(head.attributes('aria-sort')).toBe('descending');
  const most = [...rowsOf(1000)].sort((a, b) => b.nanos! - a.nanos!);
  expect(lines(wrapper)[0]).toContain(`|${most[0]!.id}|`);
  await head.get('button').trigger('click');
  expect(head.attributes('aria-sort')).toBe('ascending');
  expect(lines(wrapper)[0]).toContain(`|${most.at(-1)!.id}|`);
  // The second key decides among equals.
  await wrapper.findAll('[role=columnheader] button')[0]!.trigger('click');
  await head.get('button').trigger('click', { shiftKey: true });
  const both = [...rowsOf(1000)].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : b.nanos! - a.nanos!));
  expect(lines(wrapper)[5]).toContain(`${both[5]!.name}|${both[5]!.id}|`);
});

it('each head explains its column to eyes and to screen readers', async () => {
  const { wrapper } = await shown(memorySource({ rows: () => rowsOf(3), columns: COLUMNS }));
  const heads = wrapper.findAll('[role=columnheader]');
  const said = heads.map((h) => document.getElementById(h.attributes('aria-describedby')!)?.textContent);
  expect(said).toEqual(COLUMNS.map((c) => c.help));
});

it('F101: four million rows: the last one is reached by End, and by the scroll bar', async () => {
  const count = 4_200_000;
  const asked: number[] = [];
  const scope = effectScope();
  const source = scope.run(() =>
    pagedSource<Row, object>({
      query: () => ({}),
      open: () => Promise.resolve({ tableId: 1, rowCount: count, totalCount: count }),
      read: (_t, from, n) => {
        asked.push(n);
        return Promise.resolve(
          Array.from({ length: Math.min(n, count - from) }, (_, i) => ({ id: from + i, name: 'g', nanos: from + i })),
        );
      },
      close: () => undefined,
    }),
  )!;
  const { wrapper } = await shown(source);
  await idle();
  const body = wrapper.get('.rows').element as HTMLElement;
  expect(Number.parseFloat(body.style.height)).toBeLessThan(16_000_000);
  await wrapper.get('[data-row="0"]').trigger('keydown', { key: 'End' });
  await flushPromises();
  expect(document.activeElement?.getAttribute('aria-rowindex')).toBe(String(count + 1));
  expect(document.activeElement?.textContent).toContain(String(count - 1));
  // Every request was small, and few were made.
  expect(Math.max(...asked)).toBeLessThanOrEqual(500);
  expect(asked.length).toBeLessThan(8);
  scope.stop();
});

it('keys move, select, open and copy', async () => {
  const { wrapper, table } = await shown(memorySource({ rows: () => rowsOf(100), columns: COLUMNS }));
  const press = async (key: string, more: object = {}): Promise<void> => {
    const el = document.activeElement?.closest('[data-row]') ?? wrapper.get('[data-row="0"]').element;
    el.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more }));
    await flushPromises();
  };
  await press('ArrowDown');
  await press('ArrowDown');
  expect(document.activeElement?.getAttribute('data-row')).toBe('2');
  await press('PageDown');
  expect(document.activeElement?.getAttribute('data-row')).toBe('11');
  await press('Home');
  await press(' ');
  await press('ArrowDown');
  await press(' ');
  expect([...table.selected.value.keys()]).toEqual([0, 1]);
  await press('c', { ctrlKey: true });
  expect(written).toEqual(['Name\tID\tTotal (ns)\nf0\t0\t0\nf1\t1\t7919']);
  await press('ArrowDown', { shiftKey: true });
  await press('ArrowDown', { shiftKey: true });
  expect([...table.selected.value.keys()]).toEqual([1, 2, 3]);
  await press('Enter');
  expect(wrapper.emitted('open')?.[0]).toEqual([rowsOf(4)[3]]);
  await press('Escape');
  expect(table.selected.value.size).toBe(0);
});

it('a link in a cell is followed, and is no stop for Tab but in the row in front', async () => {
  const { wrapper } = await shown(memorySource({ rows: () => rowsOf(3), columns: COLUMNS }));
  expect(wrapper.findAll('a').map((a) => a.attributes('tabindex'))).toEqual(['0', '-1', '-1']);
  await wrapper.findAll('a')[1]!.trigger('click');
  expect(wrapper.emitted('follow')?.[0]).toEqual([rowsOf(2)[1], 'id']);
});

it('says why there are no rows: none at all, none that pass, none yet, an error', async () => {
  const rows = shallowRef<readonly Row[] | null>(null);
  const error = shallowRef<string | null>(null);
  const filter = shallowRef<((r: Row) => boolean) | null>(null);
  const source = memorySource({
    rows: () => rows.value,
    columns: COLUMNS,
    filter: () => filter.value,
    error: () => error.value,
  });
  const { wrapper } = await shown(source);
  expect(wrapper.get('.virtual-table').attributes('aria-busy')).toBe('true');
  rows.value = [];
  await flushPromises();
  expect(wrapper.text()).toContain('There is no thing here.');
  rows.value = rowsOf(5);
  filter.value = () => false;
  await flushPromises();
  expect(wrapper.text()).toContain('No thing matches.');
  expect(wrapper.text()).toContain('5 are hidden by the filter.');
  await wrapper.get('.said button').trigger('click');
  expect(wrapper.emitted('clearFilter')).toHaveLength(1);
  rows.value = null;
  error.value = 'ENGINE_DIED: gone';
  await flushPromises();
  expect(wrapper.get('[role=alert]').text()).toContain('ENGINE_DIED: gone');
});

it('F164: CSV holds all rows that pass, in their order, and no formulas', async () => {
  const evil: Row[] = [
    { id: 1, name: '=HYPERLINK("http://x","y")', nanos: -5 },
    { id: 2, name: '@SUM(A1), two', nanos: null },
    { id: 3, name: 'plain\nline', nanos: 3 },
    ...rowsOf(5000),
  ];
  const source = memorySource({
    rows: () => evil,
    columns: COLUMNS,
    filter: () => (r) => r.id !== 2,
    sort: [{ column: 'total', descending: false }],
  });
  const { table } = await shown(source);
  const tools = mount(TableTools as Component, { props: { table }, global: { provide: { [DESK as symbol]: desk } } });
  await tools.get('[aria-label="Export CSV"]').trigger('click');
  await flushPromises();
  expect(written.at(-1)).toBe('<whole>');
  const text = written.slice(0, -1).join('');
  expect(text.split('\n')[0]).toBe('Name,ID,Total (ns)');
  expect(text.split('\n')[1]).toBe(`"'=HYPERLINK(""http://x"",""y"")",1,-5`);
  expect(text).toContain('"plain\nline",3,3\n');
  expect(text).not.toContain('SUM');
  // One line end inside a field, the head, and all rows but the two with id 2.
  expect(text.match(/\n/g)).toHaveLength(1 + 1 + evil.length - 2);
});

it('columns are hidden, moved, made wider and reset; the choice is kept', async () => {
  const source = memorySource({ rows: () => rowsOf(2), columns: COLUMNS });
  const { wrapper, table } = await shown(source);
  const titles = (): string[] => wrapper.findAll('[role=columnheader] .title').map((h) => h.text());
  table.showColumn('id', false);
  table.moveColumn('total', -2);
  table.resizeColumn('total', 333);
  await flushPromises();
  expect(titles()).toEqual(['Total', 'Name']);
  expect(tableOf(source).choice.value).toEqual({
    order: ['total', 'name', 'id'],
    shown: { id: false },
    widths: { total: 333 },
  });
  table.resetColumns();
  await flushPromises();
  expect(titles()).toEqual(['Name', 'ID', 'Total']);
  expect(localStorage.length).toBe(0);
  // Narrow: what may leave does, unless it was chosen.
  table.setWidth(300);
  await flushPromises();
  expect(titles()).toEqual(['Name', 'ID']);
  table.showColumn('total', true);
  await flushPromises();
  expect(titles()).toEqual(['Name', 'ID', 'Total']);
});

it('an engine table is opened anew by sort and query, and answers that were overtaken are dropped and closed', async () => {
  const log: string[] = [];
  const query = shallowRef('a');
  const opens: ((id: number) => void)[] = [];
  const scope = effectScope();
  const source = scope.run(() =>
    pagedSource<Row, string>({
      query: () => query.value,
      open: (q, sort: readonly SortKey[]) =>
        new Promise((ok) => {
          log.push(`open ${q} ${sort.map((k) => k.column).join()}`);
          opens.push((tableId) => ok({ tableId, rowCount: 3, totalCount: 3 }));
        }),
      read: (t, from) => Promise.resolve([{ id: t, name: `${t}`, nanos: from }]),
      close: (t) => void log.push(`close ${t}`),
    }),
  )!;
  query.value = 'b';
  await flushPromises();
  opens[1]!(20);
  opens[0]!(10);
  await flushPromises();
  expect(log).toEqual(['open a ', 'open b ', 'close 10']);
  source.need(0, 3);
  await flushPromises();
  expect(source.rowAt(0)?.id).toBe(20);
  source.setSort([{ column: 'total', descending: true }]);
  await flushPromises();
  expect([source.loading, source.rowAt(0)?.id]).toEqual([true, 20]);
  opens[2]!(30);
  await flushPromises();
  expect([source.loading, source.rowAt(0)?.id]).toEqual([false, 30]);
  scope.stop();
  expect(log.slice(3)).toEqual(['open b total', 'close 20', 'close 30']);
});
