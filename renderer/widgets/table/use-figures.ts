// A table of rows that are there already, searched by what its columns say: sort, filter, columns, copy and CSV in one.

import type { Column, SortKey } from './columns';
import { memorySource } from './memory-source';
import { useColumnSearch, type ColumnSearch } from './row-search';
import { useTable, type Table } from './use-table';

export interface FigureOptions<Row> {
  readonly id: string;
  /** The accessible name. */
  readonly name: () => string;
  readonly columns: readonly Column<Row>[];
  readonly rows: () => readonly Row[];
  readonly rowKey: (row: Row) => string | number;
  readonly sort?: readonly SortKey[];
  /** Stem of the file name of an export; the id without it. */
  readonly fileStem?: () => string;
}

export interface Figures<Row> {
  readonly table: Table<Row>;
  /** Null: nobody here can read queries. */
  readonly search: ColumnSearch<Row> | null;
}

/** Call in set-up. */
export function useFigures<Row>({ rows, sort, fileStem, ...of }: FigureOptions<Row>): Figures<Row> {
  const search = useColumnSearch<Row>(rows, of.columns);
  const table = useTable<Row>({
    ...of,
    source: memorySource<Row>({
      rows,
      columns: of.columns,
      ...(sort && { sort }),
      filter: () => search?.filter() ?? null,
    }),
    fileStem: fileStem ?? (() => of.id.replace('.', '-')),
  });
  return { table, search };
}
