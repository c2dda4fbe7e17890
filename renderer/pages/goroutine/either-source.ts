// A list that the engine reads out in one order only, and all of its rows in memory for every other order and every
// filter: whichever is wanted, as one source.

import type { SortKey } from '../../widgets/table/columns';
import type { TableSource } from '../../widgets/table/table-source';

/** `whole`: the order or a filter needs all rows. `sort` is kept by the caller, so that it can tell. */
export function eitherSource<Row>(
  whole: () => boolean,
  paged: TableSource<Row>,
  memory: TableSource<Row>,
  totalCount: () => number,
): TableSource<Row> {
  const now = (): TableSource<Row> => (whole() ? memory : paged);
  return {
    get rowCount() {
      return now().rowCount;
    },
    get totalCount() {
      return totalCount();
    },
    get loading() {
      return now().loading;
    },
    get error() {
      return now().error;
    },
    /** Odd and even: going from one to the other is another order. */
    get version() {
      return whole() ? memory.version * 2 + 1 : paged.version * 2;
    },
    get sort() {
      return memory.sort;
    },
    setSort: (keys: readonly SortKey[]) => memory.setSort(keys),
    rowAt: (index) => now().rowAt(index),
    need: (from, count) => now().need(from, count),
    read: (from, count) => now().read(from, count),
    maxOf: (column) => now().maxOf(column),
    sum: null,
  };
}
