// What the session keeps of a tab, as plain JSON: pages and places, marks, what was selected, what pages keep of
// themselves. Read back with doubt: the file may be of another version, or of somebody's editor.
import type { TimeWindow } from '../base/time-scale';
import type { Nanos } from '../../contract/units';
import { readMarks, type Mark } from '../trace/marks';
import { selectText } from '../trace/saved-place';
import type { TraceStore } from '../trace/trace-store';
import { readMode, type ViewMode } from '../trace/view-mode';
import { pageById } from './pages';
import { historyOf, type PlaceHistory } from './place-history';
import type { PagePlace } from './tabs-store';

interface SavedPlace {
  readonly page: string;
  readonly arg: string | null;
  readonly window: TimeWindow | null;
  readonly scrollTopPx: number;
  /** Rows, order, colours of View trace. */
  readonly mode: ViewMode;
}

export interface SavedTabState {
  readonly version: 1;
  readonly places: readonly SavedPlace[];
  readonly at: number;
  readonly select: string | null;
  readonly marks: readonly Mark[];
  readonly pageState: Readonly<Record<string, unknown>>;
}

/** Places that are kept on each side of the current one. */
const MAX_SAVED_PLACES = 25;

export function savedTabState(store: TraceStore, history: PlaceHistory<PagePlace>): SavedTabState {
  const first = Math.max(0, history.at - MAX_SAVED_PLACES);
  const here: Partial<PagePlace> = store.place();
  const places = history.entries.slice(first, history.at + MAX_SAVED_PLACES + 1).map((p, i) => {
    const { page, arg, window, scrollTopPx, mode } = first + i === history.at ? { ...p, ...here } : p;
    return { page, arg, window, scrollTopPx, mode };
  });
  return {
    version: 1,
    places,
    at: history.at - first,
    // What is still to be selected has not come to the screen yet.
    select: selectText(store.selection) ?? store.wantedSelect,
    marks: store.marks,
    pageState: store.pageState,
  };
}

const isNanos = (v: unknown): v is Nanos => typeof v === 'number' && Number.isFinite(v) && v >= 0;
const asObject = (v: unknown): Readonly<Record<string, unknown>> =>
  typeof v === 'object' && v !== null && !Array.isArray(v) ? (v as Readonly<Record<string, unknown>>) : {};
const asList = (v: unknown): readonly unknown[] => (Array.isArray(v) ? v : []);

function readWindow(value: unknown): TimeWindow | null {
  const { fromNanos, toNanos } = asObject(value);
  return isNanos(fromNanos) && isNanos(toNanos) && toNanos > fromNanos ? { fromNanos, toNanos } : null;
}

function readPlace(value: unknown): SavedPlace | null {
  const { page, arg, window, scrollTopPx, mode } = asObject(value);
  const known = typeof page === 'string' ? pageById(page) : undefined;
  if (!known) return null;
  const about = known.arg && typeof arg === 'string' ? arg : null;
  if (known.arg === 'required' && about === null) return null;
  return {
    page: known.id,
    arg: about,
    window: readWindow(window),
    scrollTopPx: isNanos(scrollTopPx) ? scrollTopPx : 0,
    mode: readMode(mode),
  };
}

/** Brings a trace back to what was kept. Answers its history; null when nothing of it is of use. Errors: none. */
export function restoreTab(store: TraceStore, value: unknown): PlaceHistory<PagePlace> | null {
  const { version, places, at, select, marks, pageState } = asObject(value);
  if (version !== 1) return null;
  const known = asList(places).map(readPlace);
  const index = typeof at === 'number' && known[at] ? at : known.reduce((last, p, i) => (p ? i : last), -1);
  const current = known[index];
  if (!current) return null;
  store.setMarks(readMarks(marks));
  for (const [key, state] of Object.entries(asObject(pageState))) store.setPageState(key, state);
  store.setWindow(current.window);
  store.setScrollTop(current.scrollTopPx);
  store.setMode(current.mode);
  if (typeof select === 'string') store.setWantedSelect(select);
  const entries = known.flatMap((p) => (p ? [{ ...store.place(), ...p, selection: null }] : []));
  const position = known.slice(0, index).filter((p) => p !== null).length;
  return entries.length > 0 ? { entries, at: position } : historyOf({ ...store.place(), ...current });
}
