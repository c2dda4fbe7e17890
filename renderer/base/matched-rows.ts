// Rows that a page holds itself, filtered by a query of the search language: whoever has an engine matches them, so that
// one grammar holds everywhere.

import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import { MAX_ROWS_MATCHED, type SearchedRow } from '../../contract/search';
import { trackBusy } from './idle';

/** Places of the rows that the query finds. */
export type RowMatcher = (query: string, rows: readonly SearchedRow[]) => Promise<readonly number[]>;

export interface FoundRows<Row> {
  /** The query that is in force, for the field. */
  readonly find: ShallowRef<string>;
  /** For `memorySource`: null, all rows pass. */
  filter(): ((row: Row) => boolean) | null;
}

/** `record` says how a row is searched; `query`: the query, where somebody else has the field. Rows beyond `MAX_ROWS_MATCHED` are not looked at, and do not pass. */
export function useMatchedRows<Row>(
  match: RowMatcher,
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
      const places = await match(text, looked.map(record));
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
