// The search language for tables that know no trace: twins of charts, flame graphs. The tab of a trace provides who can
// read queries; without one (the gallery, a test) such tables have no filter.

import { inject, type InjectionKey } from 'vue';
import type { SearchedRow } from '../../../contract/search';
import { useMatchedRows, type FoundRows, type RowMatcher } from '../../base/matched-rows';
import type { QueryLanguage } from '../query-language';
import type { Column } from './columns';

export interface RowSearch {
  readonly language: QueryLanguage;
  readonly match: RowMatcher;
}

export const ROW_SEARCH: InjectionKey<RowSearch> = Symbol('row search');

const NAMES: ReadonlySet<string> = new Set(['text', 'code', 'id', 'custom']);

/** A row as its columns tell it: texts as names, the first time as `t`, the first duration as `dur`. */
export function searchedByColumns<Row>(columns: readonly Column<Row>[], row: Row): SearchedRow {
  const names: string[] = [];
  const numbers: Record<string, number> = {};
  for (const c of columns) {
    const value = c.value(row);
    if (NAMES.has(c.kind) && !(c.kind === 'custom' && typeof value !== 'string'))
      names.push(c.text?.(row) ?? String(value ?? ''));
    if (typeof value !== 'number') continue;
    if (c.kind === 'time') numbers['t'] ??= value;
    if (c.kind === 'duration') numbers['dur'] ??= value;
  }
  return { names, numbers };
}

export interface ColumnSearch<Row> extends FoundRows<Row> {
  readonly language: QueryLanguage;
}

/** Call in set-up. Null: nobody here can read queries. */
export const useRowSearch = (): RowSearch | null => inject(ROW_SEARCH, null);

/** Call in set-up. Null: nobody here can read queries. */
export function useColumnSearch<Row>(
  rows: () => readonly Row[] | null,
  columns: readonly Column<Row>[],
): ColumnSearch<Row> | null {
  const search = useRowSearch();
  if (!search) return null;
  return { ...useMatchedRows(search.match, rows, (row) => searchedByColumns(columns, row)), language: search.language };
}
