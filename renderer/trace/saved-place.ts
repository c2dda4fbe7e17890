// Where the user stands in a trace, as plain JSON for the session and as text for a link. Spans are kept by their name
// (`P3@96642560`: row and time), never by what the engine said of them, and are asked for again.

import type { ViewWords } from '../../contract/places';
import type { Nanos, Px } from '../../contract/units';
import type { TimeWindow } from '../base/time-scale';
import { readMarks, type Mark } from './marks';
import type { Selection, TraceStore } from './trace-store';
import { COLOUR_BY, FIRST_MODE, readMode, ROWS_BY, type ViewMode } from './view-mode';

export interface SavedPlace {
  readonly version: 1;
  /** Null: the whole trace. */
  readonly window: TimeWindow | null;
  readonly mode: ViewMode;
  /** Name of what was selected; null for nothing. */
  readonly select: string | null;
  readonly scrollTopPx: Px;
  readonly marks: readonly Mark[];
}

/** The name under which a selection is found again: `P3@TIME`, `P3.1@TIME`, `gc@TIME`, `G12@TIME`, `at@TIME`, `area@FROM-TO`. */
export function selectText(s: Selection | null): string | null {
  if (s === null) return null;
  if (s.kind === 'sample') return `at@${s.values.atNanos}`;
  if (s.kind === 'area') return `area@${Math.round(s.area.fromNanos)}-${Math.round(s.area.toNanos)}`;
  return `${s.row}@${Math.floor(s.details.startNanos)}`;
}

/** What the session keeps of a trace's tab. */
export const placeOf = (store: TraceStore): SavedPlace => ({
  version: 1,
  window: store.placedWindow,
  mode: store.mode,
  select: selectText(store.selection),
  scrollTopPx: store.scrollTopPx,
  marks: store.marks,
});

const isNanos = (v: unknown): v is Nanos => typeof v === 'number' && Number.isFinite(v) && v >= 0;

function readWindow(value: unknown): TimeWindow | null {
  const { fromNanos, toNanos } = (value ?? {}) as Partial<Record<string, unknown>>;
  return isNanos(fromNanos) && isNanos(toNanos) && toNanos > fromNanos ? { fromNanos, toNanos } : null;
}

/** Brings a trace back to a place that was kept. Errors: none; what is wrong in it is left as it is. */
export function restorePlace(store: TraceStore, value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  const v = value as Record<string, unknown>;
  store.setWindow(readWindow(v['window']));
  store.setMode(readMode(v['mode']));
  store.setMarks(readMarks(v['marks']));
  if (isNanos(v['scrollTopPx'])) store.setScrollTop(v['scrollTopPx']);
  if (typeof v['select'] === 'string') store.setWantedSelect(v['select']);
}

/** The mode that the words of a link mean, on top of another one. */
export const modeOf = (words: ViewWords, mode: ViewMode): ViewMode => ({
  ...mode,
  rowsBy: ROWS_BY.find((r) => r === words.rows) ?? FIRST_MODE.rowsBy,
  colourBy: COLOUR_BY.find((c) => c === words.colour) ?? FIRST_MODE.colourBy,
  filter: words.filter ?? '',
});

export type LinkedPlace = Pick<SavedPlace, 'window' | 'mode' | 'select'>;

/** A link to a place of View trace, which the system, the command line and Go to open. Left out is what is as at first. */
export function linkOf(file: string, { window: w, mode, select }: LinkedPlace): string {
  const parts = new URLSearchParams({ file, page: 'view-trace' });
  if (w) {
    parts.set('from', String(Math.round(w.fromNanos)));
    parts.set('to', String(Math.round(w.toNanos)));
  }
  if (mode.rowsBy !== FIRST_MODE.rowsBy) parts.set('rows', mode.rowsBy);
  if (mode.colourBy !== FIRST_MODE.colourBy) parts.set('colour', mode.colourBy);
  if (mode.filter) parts.set('filter', mode.filter);
  if (select) parts.set('select', select);
  return `${LINK_START}${parts.toString()}`;
}

const LINK_START = 'tracewell://open?';
export const isPlaceLink = (text: string): boolean => text.trim().startsWith(LINK_START);

/** The place that a link names, on top of a mode; null when it names none in View trace. Errors: none. */
export function parseLink(text: string, mode: ViewMode): (LinkedPlace & { readonly file: string }) | null {
  if (!isPlaceLink(text)) return null;
  const parts = new URLSearchParams(text.trim().slice(LINK_START.length));
  const file = parts.get('file');
  if (file === null || (parts.get('page') ?? 'view-trace') !== 'view-trace') return null;
  const number = (name: string): number => Number(parts.get(name) ?? NaN);
  const words = Object.fromEntries(parts.entries()) as ViewWords;
  return {
    file,
    window: readWindow({ fromNanos: number('from'), toNanos: number('to') }),
    mode: modeOf(words, mode),
    select: parts.get('select'),
  };
}
