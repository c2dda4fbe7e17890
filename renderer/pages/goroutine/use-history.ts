// The history of a goroutine: read from the engine page by page in order of time; all of it, up to a limit, where it is
// sorted or filtered.

import { computed, shallowRef, watch, type ComputedRef } from 'vue';
import type { GoroutineDetails, GoroutineStay, Scope } from '../../../contract/answers';
import { MAX_ROWS_MATCHED, type SearchedRow } from '../../../contract/search';
import type { TraceStore } from '../../trace/trace-store';
import type { PageQuestions } from '../../trace/trace-client';
import { useAnswer } from '../../trace/use-answer';
import { useFoundRows, type FoundRows } from '../../trace/use-found-rows';
import { memorySource } from '../../widgets/table/memory-source';
import { pagedSource } from '../../widgets/table/paged-source';
import { useTable, type Table } from '../../widgets/table/use-table';
import { eitherSource } from './either-source';
import { historyColumns, type HistoryRow } from './goroutine-columns';

/** Stays of one answer at most (contract/answers.ts). */
export const STAYS_A_READ = 500;
const NONE = { from: 0, count: 1 };

interface Question {
  readonly id: number;
  readonly scope: Scope;
}

const rowOf = (s: GoroutineStay, d: GoroutineDetails): HistoryRow => {
  const f = s.frames[0] === undefined ? null : d.frames[s.frames[0]];
  return { ...s, top: f ? `${f.function}:${f.line}` : '' };
};

/** In the engine's words a system call without a processor is one too. */
const searched = (r: HistoryRow): SearchedRow => ({
  names: [r.state, r.reason, r.top, r.byTop, r.by ? `G${r.by.id} ${r.by.name}` : ''],
  numbers: { t: r.fromNanos, dur: r.toNanos - r.fromNanos },
  texts: { reason: r.reason, stack: [r.top, r.byTop] },
  state: r.state === 'syscall-blocked' ? 'syscall' : r.state,
});

export interface History extends FoundRows<HistoryRow> {
  readonly table: Table<HistoryRow>;
  /** How many stays are sorted and filtered of how many, where those are not all. */
  readonly cut: ComputedRef<{ readonly of: number; readonly all: number } | null>;
  retry(): void;
}

async function readAll(ask: PageQuestions, q: Question, how: { signal?: AbortSignal }): Promise<readonly HistoryRow[]> {
  const rows: HistoryRow[] = [];
  for (;;) {
    const d = await ask.readGoroutine({ ...q, stays: { from: rows.length, count: STAYS_A_READ } }, how);
    rows.push(...d.stays.map((s) => rowOf(s, d)));
    if (d.stays.length === 0 || rows.length >= Math.min(d.stayCount, MAX_ROWS_MATCHED)) return rows;
  }
}

/** Call in set-up. `title`: of the page; `fileStem`: of exports. */
export function useHistory(
  store: TraceStore,
  details: () => GoroutineDetails | null,
  scope: () => Scope,
  title: () => string,
  fileStem: () => string,
): History {
  const question = computed<Question | null>(() => {
    const d = details();
    return d && { id: d.id, scope: scope() };
  });
  let opened: Question | null = null;
  const paged = pagedSource<HistoryRow, Question>({
    query: () => question.value,
    open: async (q) => {
      const { stayCount } = await store.client.ask.readGoroutine({ ...q, stays: NONE });
      opened = q;
      return { tableId: 1, rowCount: stayCount, totalCount: stayCount };
    },
    read: async (_id, from, count) => {
      if (!opened) return [];
      const d = await store.client.ask.readGoroutine({ ...opened, stays: { from, count } });
      return d.stays.map((s) => rowOf(s, d));
    },
    close: () => undefined,
  });
  /** An order or a filter needs all rows. */
  const wanted = shallowRef(false);
  const all = useAnswer(store, () => {
    const q = question.value;
    return q && wanted.value ? (ask, how) => readAll(ask, q, how) : null;
  });
  const found = useFoundRows<HistoryRow>(store, () => all.value.value, searched);
  const memory = memorySource<HistoryRow>({
    rows: () => all.value.value,
    columns: historyColumns,
    filter: found.filter,
    loading: () => all.loading.value,
    error: () => all.error.value,
  });
  watch(
    () => memory.sort.length > 0 || found.find.value.trim() !== '',
    (on) => (wanted.value = on),
    { flush: 'sync' },
  );
  const stayCount = (): number => details()?.stayCount ?? 0;
  const table = useTable<HistoryRow>({
    id: 'goroutine.history',
    name: () => `History of ${title()}`,
    columns: historyColumns,
    source: eitherSource(() => wanted.value, paged, memory, stayCount),
    rowKey: (s) => s.fromNanos,
    fileStem,
  });
  const cut = computed(() =>
    wanted.value && all.value.value && all.value.value.length < stayCount()
      ? { of: all.value.value.length, all: stayCount() }
      : null,
  );
  return { ...found, table, cut, retry: () => all.retry() };
}
