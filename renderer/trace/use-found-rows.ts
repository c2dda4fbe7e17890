// Filters of tables whose rows the page holds itself, in the search language: the engine reads the query, so that one
// grammar holds everywhere.

import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import { MAX_ROWS_MATCHED, type SearchedRow } from '../../contract/search';
import { trackBusy } from '../base/idle';
import type { TraceStore } from './trace-store';

export interface FoundRows<Row> {
  /** The query that is in force, for the field. */
  readonly find: ShallowRef<string>;
  /** For `memorySource`: null, all rows pass. */
  filter(): ((row: Row) => boolean) | null;
}

/** `record` says how a row is searched; `query`: the query, where somebody else has the field. Rows beyond `MAX_ROWS_MATCHED` are not looked at, and do not pass. */
export function useFoundRows<Row extends object>(
  store: TraceStore,
  rows: () => readonly Row[] | null,
  record: (row: Row) => SearchedRow,
  query?: () => string,
): FoundRows<Row> {
  const find = shallowRef('');
  const found = shallowRef<ReadonlySet<Row> | null>(null);
  let asked = 0;

  async function look(text: string, list: readonly Row[] | null): Promise<void> {
    const mine = ++asked;
    if (text.trim() === '' || list === null) {
      found.value = null;
      return;
    }
    const rest = trackBusy('filter');
    try {
      const looked = list.slice(0, MAX_ROWS_MATCHED);
      const places = await store.client.ask.matchRows({ query: text, rows: looked.map(record) });
      if (mine === asked) found.value = new Set(places.map((i) => looked[i]!));
    } catch {
      // The field has checked the query before: what fails here is an engine that has ended, and that is said elsewhere.
    } finally {
      rest();
    }
  }
  watch([query ?? find, rows] as const, ([text, list]) => void look(text, list), { immediate: true });
  onScopeDispose(() => asked++);

  return {
    find,
    filter() {
      const passed = found.value;
      return passed && ((row) => passed.has(row));
    },
  };
}
