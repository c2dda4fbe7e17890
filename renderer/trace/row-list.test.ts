import { expect, it } from 'vitest';
import type { RowHead, RowList } from '../../contract/rows';
import { PAGE_ROWS, RowListSource, WHOLE_ROWS, type RowAsker } from './row-list';

const request = {
  by: 'goroutines',
  groupByName: false,
  sort: 'start',
  descending: false,
  filter: '',
  ids: null,
  window: null,
} as const;
const headOf = (id: number): RowHead => ({ id, track: 0x8000_0000 + id * 16 }) as RowHead;

/** An engine with lists of a length each; notes what is asked. */
function asker(counts: readonly number[], fail = false) {
  const asked: string[] = [];
  let opened = 0;
  const a: RowAsker = {
    openRows: (_r, onProgress) => {
      onProgress({ done: 0.5 });
      if (fail) return Promise.reject(new Error('RANGE: “moon” is no field'));
      const rowsId = ++opened;
      const list: RowList = { rowsId, by: 'goroutines', count: counts[rowsId - 1]!, totalCount: 9, groups: [] };
      return Promise.resolve(list);
    },
    readRowHeads: (rowsId, from, count) => {
      asked.push(`${rowsId}:${from}+${count}`);
      return Promise.resolve(Array.from({ length: count }, (_, i) => headOf(from + i)));
    },
    findRow: (_rowsId, id) => Promise.resolve(id),
    closeRows: (rowsId) => {
      asked.push(`close ${rowsId}`);
      return Promise.resolve();
    },
  };
  return { a, asked };
}
const settle = (): Promise<void> => new Promise((done) => setTimeout(done, 0));

it('reads a short list whole, so that each row can have its height', async () => {
  const { a, asked } = asker([PAGE_ROWS + 5]);
  const s = new RowListSource(a);
  await s.open(request);
  expect(asked).toEqual([`1:0+${PAGE_ROWS}`, `1:${PAGE_ROWS}+5`]);
  expect([s.status, s.head(PAGE_ROWS + 4)?.id, s.headOfTrack(headOf(3).track)?.id]).toEqual(['open', PAGE_ROWS + 4, 3]);
});

it('reads of a long list the pages that are wanted, each once, and forgets the far ones', async () => {
  const { a, asked } = asker([4_200_000]);
  const s = new RowListSource(a);
  let changes = 0;
  s.onChange(() => changes++);
  await s.open(request);
  expect(asked).toEqual([]);
  expect(WHOLE_ROWS).toBeLessThan(4_200_000);
  const before = changes;
  s.want(1_000_010, 1_000_030);
  s.want(1_000_010, 1_000_030);
  await settle();
  expect(asked).toEqual([`1:1000000+${PAGE_ROWS}`]);
  expect([s.head(1_000_012)?.id, s.head(5), changes - before]).toEqual([1_000_012, undefined, 1]);
  for (let i = 0; i < 80; i++) s.want(i * PAGE_ROWS, i * PAGE_ROWS + 1);
  await settle();
  expect(s.head(1_000_012)).toBeUndefined();
  expect((await s.readHead(7))?.id).toBe(7);
  expect(await s.readHead(4_200_000)).toBeNull();
});

it('gives the old list back, and keeps it until the new one is there', async () => {
  const { a, asked } = asker([3, 2]);
  const s = new RowListSource(a);
  await s.open(request);
  const next = s.open({ ...request, descending: true });
  expect([s.status, s.list?.rowsId]).toEqual(['opening', 1]);
  await next;
  expect([s.list?.rowsId, asked.includes('close 1')]).toEqual([2, true]);
  s.close();
  expect([s.list, s.status, asked.at(-1)]).toEqual([null, 'closed', 'close 2']);
});

it('says why a list could not be made', async () => {
  const s = new RowListSource(asker([], true).a);
  await s.open(request);
  expect([s.status, s.error?.message]).toEqual(['failed', '“moon” is no field.']);
});
