import { flushPromises } from '@vue/test-utils';
import { expect, it } from 'vitest';
import { effectScope, shallowRef } from 'vue';
import type { GoroutineDetails, GoroutineStay } from '../../../contract/answers';
import type { TraceStore } from '../../trace/trace-store';
import { fakePages, NO_TIME } from '../../trace/testing/fake-pages';
import { STAYS_A_READ, useHistory } from './use-history';

const COUNT = 1200;
const stays: readonly GoroutineStay[] = Array.from({ length: COUNT }, (_, i) => ({
  fromNanos: i * 100,
  toNanos: i * 100 + ((i * 37) % 100),
  state: i % 2 === 0 ? 'running' : 'waiting',
  reason: i % 2 === 0 ? '' : i % 4 === 1 ? 'sync' : 'chan receive',
  frames: [],
  by: null,
  byTop: '',
  isOpen: false,
}));
const DETAILS: GoroutineDetails = {
  id: 7,
  name: 'main.work',
  isSystem: false,
  beginNanos: 0,
  isOlder: false,
  firstRunNanos: 0,
  endNanos: null,
  parent: null,
  frames: [],
  creationFrames: [],
  childCount: 0,
  children: [],
  sums: NO_TIME,
  stayCount: COUNT,
  stays: [],
  byState: [],
  stacks: [],
  partners: [],
  partnerCount: 0,
};

function opened() {
  const reads: number[] = [];
  const ask = fakePages({
    readGoroutine: ({ stays: { from, count } }) => {
      reads.push(from);
      expect(count).toBeLessThanOrEqual(STAYS_A_READ);
      return Promise.resolve({ ...DETAILS, stays: stays.slice(from, from + count) });
    },
    matchRows: ({ rows }) => Promise.resolve(rows.flatMap((r, i) => (r.texts?.['reason'] === 'sync' ? [i] : []))),
  });
  const store = { status: 'done', client: { ask } } as unknown as TraceStore;
  const details = shallowRef<GoroutineDetails | null>(DETAILS);
  const scope = effectScope();
  const history = scope.run(() =>
    useHistory(
      store,
      () => details.value,
      () => ({ window: null }),
      () => 'Goroutine view: G7',
      () => 'trace-goroutine-7',
    ),
  )!;
  return { history, reads, end: () => scope.stop() };
}

it('F97: a history is read page by page, and wholly where it is sorted', async () => {
  const { history, reads, end } = opened();
  await flushPromises();
  const { source } = history.table;
  expect(source.rowCount).toBe(COUNT);
  source.need(0, 10);
  await flushPromises();
  expect(source.rowAt(3)?.fromNanos).toBe(300);
  // Nothing beyond the page on screen was asked for.
  expect(Math.max(...reads)).toBe(0);

  const before = source.version;
  source.setSort([{ column: 'time', descending: true }]);
  await flushPromises();
  expect(source.version).not.toBe(before);
  expect(source.rowCount).toBe(COUNT);
  const sorted = [...stays].sort((a, b) => b.toNanos - b.fromNanos - (a.toNanos - a.fromNanos));
  expect(source.rowAt(0)?.fromNanos).toBe(sorted[0]!.fromNanos);
  expect((await source.read(0, 3)).length).toBe(3);
  end();
});

it('F97: a history takes the search language, and all of it comes back', async () => {
  const { history, end } = opened();
  await flushPromises();
  const { source } = history.table;
  history.find.value = 'reason:sync';
  await flushPromises();
  expect(source.rowCount).toBe(stays.filter((s) => s.reason === 'sync').length);
  expect(source.totalCount).toBe(COUNT);
  expect(history.cut.value).toBeNull();
  history.find.value = '';
  await flushPromises();
  expect(source.rowCount).toBe(COUNT);
  end();
});
