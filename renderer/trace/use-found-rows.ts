// Filters of tables whose rows a page holds itself, in the search language of its trace.

import type { SearchedRow } from '../../contract/search';
import { useMatchedRows, type FoundRows } from '../base/matched-rows';
import type { TraceStore } from './trace-store';

export type { FoundRows } from '../base/matched-rows';

/** As `useMatchedRows`; the engine of the trace matches. */
export const useFoundRows = <Row>(
  store: TraceStore,
  rows: () => readonly Row[] | null,
  record: (row: Row) => SearchedRow,
  query?: () => string,
): FoundRows<Row> =>
  useMatchedRows((text, list) => store.client.ask.matchRows({ query: text, rows: list }), rows, record, query);
