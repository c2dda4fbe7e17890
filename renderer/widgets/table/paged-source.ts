// Rows that the engine holds: the table is opened there in an order and with a filter, and read page by page.
//
//   query or sort changes → open → swap (the old rows stand until then) → pages that are on screen
//
// An answer that was overtaken by another order or filter is dropped, and the engine's table closed.

import { onScopeDispose, shallowRef, triggerRef, watch } from 'vue';
import type { SortKey } from './columns';
import type { TableSource } from './table-source';

/** A table that is open in the engine. */
export interface OpenTable<Row> {
  readonly tableId: number;
  readonly rowCount: number;
  readonly totalCount: number;
  /** The greatest value by column, for bars in cells. */
  readonly maxima?: Readonly<Record<string, number>>;
  readonly sum?: Row | null;
}

export interface PagedOptions<Row, Query> {
  /** What is asked for besides the order: a change opens the table anew. Null: it cannot be asked yet. */
  readonly query: () => Query | null;
  readonly sort?: readonly SortKey[];
  open(query: Query, sort: readonly SortKey[]): Promise<OpenTable<Row>>;
  /** At most `MAX_ROWS_A_READ` rows. */
  read(tableId: number, from: number, count: number): Promise<readonly Row[]>;
  close(tableId: number): void;
}

const PAGE_ROWS = 100;
const PAGES_KEPT = 60;
const MAX_ROWS_A_READ = 500;
const READS_AT_ONCE = 2;

export function pagedSource<Row, Query>(options: PagedOptions<Row, Query>): TableSource<Row> {
  const sort = shallowRef<readonly SortKey[]>(options.sort ?? []);
  const table = shallowRef<OpenTable<Row> | null>(null);
  const pages = shallowRef(new Map<number, readonly Row[]>());
  const loading = shallowRef(true);
  const error = shallowRef<string | null>(null);
  const version = shallowRef(0);
  const inFlight = new Set<number>();
  let wanted: number[] = [];
  let asked = 0;

  async function reopen(query: Query | null): Promise<void> {
    const mine = ++asked;
    loading.value = true;
    if (query === null) return;
    try {
      const opened = await options.open(query, sort.value);
      if (mine !== asked) return options.close(opened.tableId);
      swap(opened);
      error.value = null;
    } catch (e) {
      if (mine !== asked) return;
      swap(null);
      error.value = e instanceof Error ? e.message : String(e);
    }
    loading.value = false;
  }

  function swap(opened: OpenTable<Row> | null): void {
    const was = table.value;
    table.value = opened;
    pages.value = new Map();
    inFlight.clear();
    version.value++;
    if (was) options.close(was.tableId);
    pump();
  }

  /** Asks for the pages that are wanted most and not there, a few at a time. */
  function pump(): void {
    const from = table.value;
    if (!from) return;
    for (const page of wanted) {
      if (inFlight.size >= READS_AT_ONCE) return;
      if (pages.value.has(page) || inFlight.has(page) || page * PAGE_ROWS >= from.rowCount) continue;
      inFlight.add(page);
      options.read(from.tableId, page * PAGE_ROWS, PAGE_ROWS).then(
        (rows) => arrived(from, page, rows),
        (e: unknown) => failed(from, page, e),
      );
    }
  }

  function arrived(from: OpenTable<Row>, page: number, rows: readonly Row[]): void {
    if (table.value !== from) return;
    inFlight.delete(page);
    pages.value.set(page, rows);
    for (const old of pages.value.keys()) {
      if (pages.value.size <= PAGES_KEPT) break;
      if (!wanted.includes(old)) pages.value.delete(old);
    }
    triggerRef(pages);
    pump();
  }

  function failed(from: OpenTable<Row>, page: number, e: unknown): void {
    if (table.value !== from) return;
    inFlight.delete(page);
    error.value = e instanceof Error ? e.message : String(e);
  }

  watch([options.query, sort], ([query]) => void reopen(query), { immediate: true });
  onScopeDispose(() => {
    asked++;
    if (table.value) options.close(table.value.tableId);
    table.value = null;
  });

  return {
    get rowCount() {
      return table.value?.rowCount ?? 0;
    },
    get totalCount() {
      return table.value?.totalCount ?? 0;
    },
    get loading() {
      return loading.value;
    },
    get error() {
      return error.value;
    },
    get version() {
      return version.value;
    },
    get sort() {
      return sort.value;
    },
    setSort(keys) {
      sort.value = keys;
    },
    rowAt(index) {
      const page = pages.value.get(Math.floor(index / PAGE_ROWS));
      return page?.[index % PAGE_ROWS];
    },
    need(from, count) {
      const [first, last] = [Math.floor(from / PAGE_ROWS), Math.floor((from + Math.max(1, count) - 1) / PAGE_ROWS)];
      wanted = Array.from({ length: last - first + 1 }, (_, i) => first + i);
      pump();
    },
    async read(from, count) {
      const opened = table.value;
      const out: Row[] = [];
      while (opened && out.length < count) {
        const rows = await options.read(
          opened.tableId,
          from + out.length,
          Math.min(MAX_ROWS_A_READ, count - out.length),
        );
        if (table.value !== opened) throw new Error('CHANGED: the table was sorted or filtered meanwhile.');
        if (rows.length === 0) break;
        out.push(...rows);
      }
      return out;
    },
    maxOf: (column) => table.value?.maxima?.[column] ?? 0,
    get sum() {
      return table.value?.sum ?? null;
    },
  };
}
