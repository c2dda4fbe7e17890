// Which columns are shown, in which order and how wide: chosen by the user, kept by the table's id.

import type { Column } from './columns';

export interface ColumnChoice {
  /** Ids in their order; columns that are not named follow in the order of the program. */
  readonly order: readonly string[];
  /** By id: shown or hidden by hand. What is not named is as the program says, and may leave when the table is narrow. */
  readonly shown: Readonly<Record<string, boolean>>;
  readonly widths: Readonly<Record<string, number>>;
}

export const NO_CHOICE: ColumnChoice = { order: [], shown: {}, widths: {} };

export const LEAST_WIDTH_PX = 48;
const MOST_WIDTH_PX = 1600;

const keyOf = (tableId: string): string => `tracewell.table.${tableId}`;

/** Reads what is kept; anything that is not a choice counts as none. */
export function readChoice(storage: Pick<Storage, 'getItem'>, tableId: string): ColumnChoice {
  try {
    const kept: unknown = JSON.parse(storage.getItem(keyOf(tableId)) ?? 'null');
    if (typeof kept !== 'object' || kept === null) return NO_CHOICE;
    const { order, shown, widths } = kept as Partial<Record<keyof ColumnChoice, unknown>>;
    return {
      order: Array.isArray(order) ? order.filter((id) => typeof id === 'string') : [],
      shown: entries(shown, (v) => typeof v === 'boolean'),
      widths: entries(widths, (v) => typeof v === 'number' && v >= LEAST_WIDTH_PX && v <= MOST_WIDTH_PX),
    };
  } catch {
    return NO_CHOICE;
  }
}

function entries<V>(kept: unknown, fits: (v: unknown) => boolean): Record<string, V> {
  if (typeof kept !== 'object' || kept === null) return {};
  return Object.fromEntries(Object.entries(kept).filter(([, v]) => fits(v))) as Record<string, V>;
}

export function writeChoice(storage: Pick<Storage, 'setItem' | 'removeItem'>, tableId: string, c: ColumnChoice): void {
  const none = c.order.length === 0 && Object.keys(c.shown).length === 0 && Object.keys(c.widths).length === 0;
  if (none) storage.removeItem(keyOf(tableId));
  else storage.setItem(keyOf(tableId), JSON.stringify(c));
}

/** All columns in the order of the choice. */
export function orderedColumns<Row>(columns: readonly Column<Row>[], choice: ColumnChoice): readonly Column<Row>[] {
  const place = (c: Column<Row>): number => {
    const at = choice.order.indexOf(c.id);
    return at < 0 ? choice.order.length + columns.indexOf(c) : at;
  };
  return [...columns].sort((a, b) => place(a) - place(b));
}

export const widthOf = <Row>(c: Column<Row>, choice: ColumnChoice): number => choice.widths[c.id] ?? c.widthPx;

/**
 * What is shown in a width: those that are chosen, less those that may leave until the rest fits. A column that was
 * chosen by hand never leaves.
 */
export function shownColumns<Row>(
  columns: readonly Column<Row>[],
  choice: ColumnChoice,
  widthPx: number,
): readonly Column<Row>[] {
  let shown = orderedColumns(columns, choice).filter((c) => c.fixed || (choice.shown[c.id] ?? !c.hidden));
  const room = (): number => shown.reduce((sum, c) => sum + widthOf(c, choice), 0);
  const leaving = shown
    .filter((c) => (c.drops ?? 0) > 0 && choice.shown[c.id] !== true)
    .sort((a, b) => b.drops! - a.drops!);
  for (const c of leaving) {
    if (room() <= widthPx) break;
    shown = shown.filter((s) => s !== c);
  }
  return shown;
}

/** The order with a column moved by `by` places. */
export function movedColumn<Row>(
  columns: readonly Column<Row>[],
  choice: ColumnChoice,
  id: string,
  by: number,
): ColumnChoice {
  const order = orderedColumns(columns, choice).map((c) => c.id);
  const from = order.indexOf(id);
  const to = Math.min(order.length - 1, Math.max(0, from + by));
  if (from < 0 || from === to) return choice;
  order.splice(to, 0, ...order.splice(from, 1));
  return { ...choice, order };
}

export const clampWidth = (px: number): number => Math.round(Math.min(MOST_WIDTH_PX, Math.max(LEAST_WIDTH_PX, px)));
