// Rows that the page holds itself: lists of types, functions, cycles. Sorted and filtered here.

import { computed, shallowRef } from 'vue';
import { compareValues, type CellValue, type Column, type SortKey } from './columns';
import type { TableSource } from './table-source';

export interface MemoryOptions<Row> {
  /** Null: not there yet. */
  readonly rows: () => readonly Row[] | null;
  readonly columns: readonly Column<Row>[];
  readonly sort?: readonly SortKey[];
  /** Null: all rows pass. */
  readonly filter?: () => ((row: Row) => boolean) | null;
  readonly error?: () => string | null;
  /** True while rows of another question are on their way and these still stand. */
  readonly loading?: () => boolean;
  readonly sum?: () => Row | null;
}

/** Rows in the order of the keys; equal ones keep their order. Cost: O(n log n), values are read once. */
export function sortRows<Row>(
  rows: readonly Row[],
  keys: readonly SortKey[],
  columns: readonly Column<Row>[],
): readonly Row[] {
  const by: { values: CellValue[]; sign: number }[] = keys.flatMap((k) => {
    const column = columns.find((c) => c.id === k.column);
    return column ? [{ values: rows.map(column.value), sign: k.descending ? -1 : 1 }] : [];
  });
  if (by.length === 0) return rows;
  const order = rows.map((_, i) => i);
  order.sort((a, b) => {
    for (const { values, sign } of by) {
      const d = compareValues(values[a]!, values[b]!);
      if (d !== 0) return d * sign;
    }
    return a - b;
  });
  return order.map((i) => rows[i]!);
}

export function memorySource<Row>(options: MemoryOptions<Row>): TableSource<Row> {
  const { columns } = options;
  const sort = shallowRef<readonly SortKey[]>(options.sort ?? []);
  const passed = computed(() => {
    const rows = options.rows() ?? [];
    const filter = options.filter?.() ?? null;
    return filter ? rows.filter(filter) : rows;
  });
  const sorted = computed(() => sortRows(passed.value, sort.value, columns));
  // N.B. a plain counter: a computed may not write what it reads.
  let versions = 0;
  const version = computed(() => (void sorted.value, ++versions));
  const maxima = computed(() => {
    const rows = passed.value;
    return new Map(
      columns
        .filter((c) => c.bar)
        .map((c) => [c.id, rows.reduce((m, row) => Math.max(m, Number(c.value(row)) || 0), 0)]),
    );
  });
  return {
    get rowCount() {
      return sorted.value.length;
    },
    get totalCount() {
      return options.rows()?.length ?? 0;
    },
    get loading() {
      if (options.error?.()) return false;
      return options.rows() === null || (options.loading?.() ?? false);
    },
    get error() {
      return options.error?.() ?? null;
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
    rowAt: (index) => sorted.value[index],
    need: () => undefined,
    read: (from, count) => Promise.resolve(sorted.value.slice(from, from + count)),
    maxOf: (column) => maxima.value.get(column) ?? 0,
    get sum() {
      return options.sum?.() ?? null;
    },
  };
}
