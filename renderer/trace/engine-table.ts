// Lists that live in the engine, as the tables of widgets want them: opened in an order, read by pages, closed.

import type { OpenedTable, TableColumn, TableName, TableQuestion, TableRows } from '../../contract/tables';
import type { TraceStore } from './trace-store';

/** What is asked besides the order. */
export type TableQuery = Omit<TableQuestion, 'table' | 'sort' | 'bars'>;

export interface EngineTable<Row> {
  open(
    query: TableQuery,
    sort: readonly { readonly column: string; readonly descending: boolean }[],
  ): Promise<OpenedTable>;
  read(tableId: number, from: number, count: number): Promise<readonly Row[]>;
  close(tableId: number): void;
}

/** Ids of the columns that sort or have bars must be those of the contract. */
export function engineTable<K extends TableName>(
  store: TraceStore,
  table: K,
  columns: readonly { readonly id: string; readonly bar?: string }[] = [],
): EngineTable<TableRows[K]> {
  const bars = columns.filter((c) => c.bar).map((c) => c.id as TableColumn);
  const { ask } = store.client;
  return {
    open: (query, sort) =>
      ask.openTable({
        ...query,
        table,
        bars,
        sort: sort.map((k) => ({ column: k.column as TableColumn, descending: k.descending })),
      }),
    read: (tableId, from, count) => ask.readRows({ tableId, from, count }) as Promise<readonly TableRows[K][]>,
    // A table of an engine that has ended is closed already.
    close: (tableId) => void ask.closeTable({ tableId }).catch(() => undefined),
  };
}
