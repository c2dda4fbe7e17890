// How View trace shows a trace: which rows, in which order and colours, with what drawn over them. One plain object that
// is replaced and never changed, so that history, session and links can keep it as it is.

import { ROW_SORTS, type RowKind, type RowSort } from '../../contract/rows';

export const ROWS_BY = ['processors', 'threads', 'goroutines', 'tasks'] as const;
export type RowsBy = (typeof ROWS_BY)[number];

/** The engine's word for rows that are not processors. */
export const kindOfRows = (by: RowsBy): RowKind | null => (by === 'processors' ? null : by);

export const COLOUR_BY = ['state', 'goroutine', 'function'] as const;
export type ColourBy = (typeof COLOUR_BY)[number];

export interface ViewMode {
  readonly rowsBy: RowsBy;
  readonly colourBy: ColourBy;
  readonly sort: RowSort;
  readonly descending: boolean;
  /** Rows of goroutines stand under their start function. */
  readonly grouped: boolean;
  /** Filter of the rows in the search language; empty: all. */
  readonly filter: string;
  /** Names of groups that are closed. */
  readonly closed: readonly string[];
  /** Rows that stay on top: `P3`, `M22603`, `G12`, `T4`. */
  readonly pinned: readonly string[];
  /** Arrows of cause and effect for all in view, not only for the selection. */
  readonly flows: boolean;
  /** GC and stop-the-world through all rows. */
  readonly bands: boolean;
  /** The axis shows the time of day where the trace has a clock. */
  readonly clock: boolean;
}

export const FIRST_MODE: ViewMode = {
  rowsBy: 'processors',
  colourBy: 'state',
  sort: 'start',
  descending: false,
  grouped: true,
  filter: '',
  closed: [],
  pinned: [],
  flows: false,
  bands: true,
  clock: false,
};

/** Rows that may be pinned: more would leave no room for the others. */
export const MAX_PINNED = 24;
const MAX_CLOSED = 10_000;
const MAX_TEXT = 2000;

const oneOf = <T extends string>(all: readonly T[], v: unknown, or: T): T => all.find((x) => x === v) ?? or;
const texts = (v: unknown, most: number): readonly string[] =>
  Array.isArray(v) ? v.filter((x): x is string => typeof x === 'string').slice(0, most) : [];

/** The mode of a JSON value from outside; what is missing or wrong is as at first. */
export function readMode(value: unknown): ViewMode {
  const v = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const flag = (name: 'descending' | 'grouped' | 'flows' | 'bands' | 'clock'): boolean =>
    typeof v[name] === 'boolean' ? v[name] : FIRST_MODE[name];
  return {
    rowsBy: oneOf(ROWS_BY, v['rowsBy'], FIRST_MODE.rowsBy),
    colourBy: oneOf(COLOUR_BY, v['colourBy'], FIRST_MODE.colourBy),
    sort: oneOf(ROW_SORTS, v['sort'], FIRST_MODE.sort),
    descending: flag('descending'),
    grouped: flag('grouped'),
    filter: typeof v['filter'] === 'string' ? v['filter'].slice(0, MAX_TEXT) : '',
    closed: texts(v['closed'], MAX_CLOSED),
    pinned: texts(v['pinned'], MAX_PINNED),
    flows: flag('flows'),
    bands: flag('bands'),
    clock: flag('clock'),
  };
}

/** The row is taken down when it is on top, and put there when it is not. */
export const togglePinned = (mode: ViewMode, row: string): ViewMode => ({
  ...mode,
  pinned: mode.pinned.includes(row) ? mode.pinned.filter((r) => r !== row) : [...mode.pinned, row].slice(-MAX_PINNED),
});
