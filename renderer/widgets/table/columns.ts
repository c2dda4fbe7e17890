// What a column of a table is: where its value comes from, how it is written, what its head explains.

/** What is sorted, copied and exported: durations in ns, shares 0..1, bytes; null where there is none. */
export type CellValue = string | number | boolean | null;

/**
 * How a value is written. `duration`: ns, zero is a dash; `time`: ns since the trace's start; `breakdown`: a stacked bar
 * of `parts`; `histogram`: `counts` as small bars; `custom`: the slot `cell-ID` of the table.
 */
export type ColumnKind =
  'text' | 'code' | 'id' | 'count' | 'duration' | 'time' | 'bytes' | 'share' | 'breakdown' | 'histogram' | 'custom';

/** One part of a stacked bar. */
export interface BarPart {
  readonly name: string;
  /** Ends of the class `part-…` in styles/parts.css: `running`, `runnable`, `wait-sync` … */
  readonly look: string;
  /** In the unit of the whole, most often ns. */
  readonly amount: number;
}

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** What the figure is and how it is counted: the tooltip of the head. */
  readonly help: string;
  readonly kind: ColumnKind;
  readonly value: (row: Row) => CellValue;
  /** Another text than the kind would write. */
  readonly text?: (row: Row) => string;
  readonly widthPx: number;
  /** The column that takes what is left of the width; the first one if none says so. */
  readonly grows?: boolean;
  /** False: the head is no button. Breakdowns and histograms sort by nothing unless they say true. */
  readonly sortable?: boolean;
  /** True: the cell is a link, which the table reports with `follow`. */
  readonly link?: (row: Row) => boolean;
  /** Colour of the bar at the cell's foot, as the name of a token: `st-running`, `accent`. */
  readonly bar?: string;
  /** A square of its colour before the text: ends of the class `part-…` in styles/parts.css. */
  readonly swatch?: (row: Row) => string;
  readonly parts?: (row: Row) => readonly BarPart[];
  /** Bars of a histogram, all rows of a column on one axis. */
  readonly counts?: (row: Row) => readonly number[];
  /** Not shown before someone chooses it. */
  readonly hidden?: boolean;
  /** Leaves when the table is narrow; the higher, the earlier. 0 or absent: stays. */
  readonly drops?: number;
  /** Must not be hidden by anyone: what names the row. */
  readonly fixed?: boolean;
  /** False: not in the CSV, because other columns say the same in figures. */
  readonly exported?: boolean;
}

export interface SortKey {
  readonly column: string;
  readonly descending: boolean;
}

const RIGHT: ReadonlySet<ColumnKind> = new Set(['id', 'count', 'duration', 'time', 'bytes', 'share']);
const DRAWN: ReadonlySet<ColumnKind> = new Set(['breakdown', 'histogram', 'custom']);

/** Figures stand at the right. */
export const alignsRight = (kind: ColumnKind): boolean => RIGHT.has(kind);

export const isSortable = <Row>(c: Column<Row>): boolean => c.sortable ?? !DRAWN.has(c.kind);

export const isExported = <Row>(c: Column<Row>): boolean => c.exported ?? !DRAWN.has(c.kind);

/** The unit that stands beside a title in copies and CSV, where values are written in full. */
export function unitOf(kind: ColumnKind): string {
  return kind === 'duration' || kind === 'time' ? 'ns' : kind === 'bytes' ? 'bytes' : '';
}

/**
 * The sort after a click on a head: falling figures and rising names first, then the other way round. With `add` the
 * column joins what is sorted by as a further key.
 */
export function nextSort<Row>(sort: readonly SortKey[], column: Column<Row>, add: boolean): readonly SortKey[] {
  const firstDescending = alignsRight(column.kind) && column.kind !== 'id' && column.kind !== 'time';
  const was = sort.find((k) => k.column === column.id);
  const key = { column: column.id, descending: was ? !was.descending : firstDescending };
  if (!add) return [key];
  return was ? sort.map((k) => (k === was ? key : k)) : [...sort, key];
}

/** Order of two values: none last when rising, names without regard to case, then exactly. */
export function compareValues(a: CellValue, b: CellValue): number {
  if (a === b) return 0;
  if (a === null) return 1;
  if (b === null) return -1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [s, t] = [String(a), String(b)];
  const [l, m] = [s.toLowerCase(), t.toLowerCase()];
  return l < m ? -1 : l > m ? 1 : s < t ? -1 : s > t ? 1 : 0;
}
