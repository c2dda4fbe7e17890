// Keys of a table: the row in front moves by arrows, pages and ends; Space and Shift select, Enter opens, Ctrl+C copies.

import { shallowRef, type ShallowRef } from 'vue';
import type { TableSource } from './table-source';
import type { Table } from './use-table';

/** Rows that one selection or copy may take at most; more is what the CSV is for. */
export const MOST_COPIED = 10_000;

export interface KeysOptions<Row> {
  readonly table: Table<Row>;
  readonly rowsAPage: () => number;
  show(row: number): void;
  focusRow(): void;
  open(row: Row): void;
  copy(rows: readonly Row[]): void;
}

export interface TableKeys {
  /** The row that has, or would get, the focus. */
  readonly active: Readonly<ShallowRef<number>>;
  activate(row: number): void;
  onKeydown(e: KeyboardEvent): void;
  onRowClick(e: MouseEvent, row: number): void;
}

const STEPS: Readonly<Record<string, (page: number, count: number) => number>> = {
  ArrowDown: () => 1,
  ArrowUp: () => -1,
  PageDown: (page) => page,
  PageUp: (page) => -page,
  Home: (_page, count) => -count,
  End: (_page, count) => count,
};

export function useTableKeys<Row>(o: KeysOptions<Row>): TableKeys {
  const active = shallowRef(0);
  /** Where a range that is being selected began. */
  let anchor = 0;
  const source = (): TableSource<Row> => o.table.source;

  function activate(row: number): void {
    active.value = Math.max(0, Math.min(source().rowCount - 1, row));
  }

  async function selectRange(from: number, to: number): Promise<void> {
    const first = Math.min(from, to);
    const rows = await source().read(first, Math.min(MOST_COPIED, Math.abs(to - from) + 1));
    o.table.select(rows, 'only');
  }

  function move(by: number, extend: boolean): void {
    const before = active.value;
    activate(before + by);
    if (extend) void selectRange(anchor, active.value);
    else anchor = active.value;
    o.show(active.value);
    o.focusRow();
  }

  function copy(): void {
    const row = source().rowAt(active.value);
    const chosen = [...o.table.selected.value.values()];
    if (chosen.length > 0) o.copy(chosen);
    else if (row !== undefined) o.copy([row]);
  }

  function onCommand(e: KeyboardEvent): boolean {
    const key = e.key.toLowerCase();
    if (key === 'c' && !window.getSelection()?.toString()) copy();
    else if (key === 'a') void selectRange(0, source().rowCount - 1);
    else return false;
    return true;
  }

  function onKeydown(e: KeyboardEvent): void {
    if (!(e.target as HTMLElement).closest('[data-row]') || source().rowCount === 0) return;
    if (onKey(e)) e.preventDefault();
  }

  function onKey(e: KeyboardEvent): boolean {
    if (e.altKey) return false;
    if ((e.ctrlKey || e.metaKey) && !['Home', 'End'].includes(e.key)) return onCommand(e);
    const step = STEPS[e.key];
    if (step) {
      move(step(o.rowsAPage(), source().rowCount), e.shiftKey);
      return true;
    }
    const row = source().rowAt(active.value);
    // Enter on a link follows the link.
    if (row === undefined || (e.target as HTMLElement).closest('a, button, input')) return false;
    if (e.key === 'Enter') o.open(row);
    else if (e.key === ' ') o.table.select([row], 'toggle');
    else if (e.key === 'Escape' && o.table.selected.value.size > 0) o.table.select([], 'only');
    else return false;
    return true;
  }

  function onRowClick(e: MouseEvent, index: number): void {
    const row = source().rowAt(index);
    if (row === undefined) return;
    activate(index);
    if (e.shiftKey) {
      void selectRange(anchor, index);
      return;
    }
    anchor = index;
    o.table.select([row], e.ctrlKey || e.metaKey ? 'toggle' : 'only');
  }

  return { active, activate, onKeydown, onRowClick };
}
