// Where the rows of a table come from. A table asks for rows by their number in the order and filter that is on; a
// source answers at once from what it holds, and gets the rest meanwhile. All properties are reactive.

import type { SortKey } from './columns';

export interface TableSource<Row> {
  /** Rows that pass the filter. */
  readonly rowCount: number;
  /** Rows without any filter. */
  readonly totalCount: number;
  /** Something is on its way: the first rows, another order. */
  readonly loading: boolean;
  /** Why there are no rows; null when nothing failed. */
  readonly error: string | null;
  /** Another number: another order or filter; rows of the one before are void. */
  readonly version: number;
  readonly sort: readonly SortKey[];
  setSort(keys: readonly SortKey[]): void;
  /** A row at its place in the order; undefined while it is on its way. */
  rowAt(index: number): Row | undefined;
  /** Says which rows are on screen: those are got first, others not at all. */
  need(from: number, count: number): void;
  /** Rows for copies and exports, however many. Errors: those of the engine, or CHANGED after another order or filter. */
  read(from: number, count: number): Promise<readonly Row[]>;
  /** The greatest value of a column, for bars in cells; 0 when not known. */
  maxOf(column: string): number;
  /** The row over all rows that stands above them; null where a table has none. */
  readonly sum: Row | null;
}
