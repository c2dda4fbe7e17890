// What a table knows beside its rows: columns, selection, copies and exports. Made by a page in its set-up, handed to
// `VirtualTable` and, where the page wants them elsewhere, to `TableTools`.

import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import { trackBusy } from '../../base/idle';
import { csvLines, tsvOf } from './cell-text';
import {
  NO_CHOICE,
  clampWidth,
  movedColumn,
  orderedColumns,
  readChoice,
  shownColumns,
  writeChoice,
  type ColumnChoice,
} from './column-layout';
import type { Column } from './columns';
import type { TableSource } from './table-source';

export interface TableOptions<Row> {
  /** Names what is kept of the user's choice: `tasks.types`. */
  readonly id: string;
  /** The accessible name: that of the page, or of the part of it. */
  readonly name: () => string;
  readonly columns: readonly Column<Row>[];
  readonly source: TableSource<Row>;
  /** What is the same row under another order. */
  readonly rowKey: (row: Row) => string | number;
  /** Stem of the file name of an export; the table's id without it. */
  readonly fileStem?: () => string;
}

/** How far an export is. */
export interface ExportProgress {
  readonly done: number;
  readonly all: number;
}

/** Where an export goes: opened by whoever knows the shell. Null: the user thought otherwise. */
export interface TextSink {
  write(text: string): Promise<void>;
  /** `keep`: the file is whole; else nothing must be left of it. */
  end(keep: boolean): Promise<void>;
}

export interface Table<Row> extends TableOptions<Row> {
  readonly choice: Readonly<ShallowRef<ColumnChoice>>;
  /** All columns in the user's order, and those shown in the table's width. */
  readonly ordered: ComputedRef<readonly Column<Row>[]>;
  readonly shown: ComputedRef<readonly Column<Row>[]>;
  readonly selected: Readonly<ShallowRef<ReadonlyMap<string | number, Row>>>;
  /** How many rows are being written to a file; null when none are. */
  readonly exporting: Readonly<ShallowRef<ExportProgress | null>>;
  setWidth(px: number): void;
  showColumn(id: string, on: boolean): void;
  moveColumn(id: string, by: number): void;
  resizeColumn(id: string, px: number): void;
  resetColumns(): void;
  select(rows: readonly Row[], how: 'only' | 'toggle' | 'add'): void;
  /** The rows as text for the clipboard. */
  textOf(rows: readonly Row[]): string;
  /** Writes all rows that pass the filter, in their order. Errors: those of the source and the sink. */
  exportCsv(sink: TextSink): Promise<void>;
  cancelExport(): void;
}

const ROWS_A_CHUNK = 2000;

export function useTable<Row>(options: TableOptions<Row>): Table<Row> {
  const { columns, source } = options;
  const choice = shallowRef(readChoice(localStorage, options.id));
  const widthPx = shallowRef(Infinity);
  const selected = shallowRef<ReadonlyMap<string | number, Row>>(new Map());
  const exporting = shallowRef<ExportProgress | null>(null);
  let cancelled = false;

  function choose(next: ColumnChoice): void {
    choice.value = next;
    writeChoice(localStorage, options.id, next);
  }
  const ordered = computed(() => orderedColumns(columns, choice.value));
  const shown = computed(() => shownColumns(columns, choice.value, widthPx.value));

  function select(rows: readonly Row[], how: 'only' | 'toggle' | 'add'): void {
    const next = new Map(how === 'only' ? [] : selected.value);
    for (const row of rows) {
      const key = options.rowKey(row);
      if (how === 'toggle' && next.has(key)) next.delete(key);
      else next.set(key, row);
    }
    selected.value = next;
  }
  // Rows of another filter are not those that were chosen.
  watch(
    () => source.totalCount,
    () => select([], 'only'),
  );

  async function exportCsv(sink: TextSink): Promise<void> {
    if (exporting.value) return;
    cancelled = false;
    const all = source.rowCount;
    const done = trackBusy('export');
    exporting.value = { done: 0, all };
    let whole = false;
    try {
      const out = ordered.value;
      await sink.write(csvLines(null, out));
      for (let from = 0; from < all && !cancelled; from += ROWS_A_CHUNK) {
        const rows = await source.read(from, Math.min(ROWS_A_CHUNK, all - from));
        await sink.write(csvLines(rows, out));
        exporting.value = { done: from + rows.length, all };
      }
      whole = !cancelled;
    } finally {
      exporting.value = null;
      done();
      await sink.end(whole);
    }
  }

  return {
    ...options,
    choice,
    ordered,
    shown,
    selected,
    exporting,
    setWidth: (px) => void (widthPx.value = px),
    showColumn: (id, on) => choose({ ...choice.value, shown: { ...choice.value.shown, [id]: on } }),
    moveColumn: (id, by) => choose(movedColumn(columns, choice.value, id, by)),
    resizeColumn: (id, px) => choose({ ...choice.value, widths: { ...choice.value.widths, [id]: clampWidth(px) } }),
    resetColumns: () => choose(NO_CHOICE),
    select,
    textOf: (rows) => tsvOf(rows, shown.value),
    exportCsv,
    cancelExport: () => void (cancelled = true),
  };
}
