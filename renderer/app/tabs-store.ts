// The tabs of the window: the start tab and one for each open trace, with the page it shows and its history.
import { defineStore } from 'pinia';
import { computed, effectScope, ref, shallowRef, watch, type EffectScope } from 'vue';
import {
  COMPARE_PAGE,
  formatSides,
  samePage,
  type PageRef,
  type PlaceRequest,
  type SideRef,
} from '../../contract/places';
import { MAX_SAVED_TABS, type FileChange, type OpenedTrace, type SavedSession } from '../../contract/shell-api';
import type { TraceId } from '../../contract/units';
import { trackBusy, trackPromise } from '../base/idle';
import { modeOf } from '../trace/saved-place';
import { useTraceStore, type Place } from '../trace/trace-store';
import { FIRST_PAGE, pageById } from './pages';
import { amend, canGo, currentPlace, go, historyOf, mapPlaces, visit, type PlaceHistory } from './place-history';
import { rememberTrace } from './remember-trace';
import { restoreTab, savedTabState } from './saved-tab';

export const START_TAB = 'start';
/** Tabs that belong to no trace and are opened by a command; each at most once. */
export const APP_TABS = ['settings', 'capture'] as const;
export type AppTabId = (typeof APP_TABS)[number];
export type TabId = typeof START_TAB | AppTabId | TraceId;
export const isAppTabId = (id: unknown): id is AppTabId => APP_TABS.some((one) => one === id);

export type PagePlace = Place & PageRef;

export interface Tab {
  readonly trace: OpenedTrace;
  readonly history: PlaceHistory<PagePlace>;
  /** False when the engine ended so often that another start would only repeat it. */
  readonly canReopen: boolean;
  /** What became of the file since it was opened; null while it is as it was. */
  readonly fileChange: FileChange | null;
}

/** Closed tabs that can be opened again. */
const MAX_CLOSED = 20;
/** The page whose window is moved by hand. */
const TIMELINE_PAGE = 'view-trace';
/** A position of the timeline is a place once it has stood this long. */
const SETTLE_MS = 500;

const sameWindow = (a: Place, b: Place): boolean =>
  a.window?.fromNanos === b.window?.fromNanos && a.window?.toNanos === b.window?.toNanos;

const sideKey = ({ path, section }: SideRef): string => `${path}\t${section}`;

export const useTabs = defineStore('tabs', () => {
  const tabs = shallowRef<readonly Tab[]>([]);
  const activeId = ref<TabId>(START_TAB);
  const appTabs = shallowRef<readonly AppTabId[]>([]);
  /** Of all tabs, from left to right. */
  const ids = computed<readonly TabId[]>(() => [
    START_TAB,
    ...tabs.value.map((t) => t.trace.traceId),
    ...appTabs.value,
  ]);
  /** What is known of traces that are not open: kept by the session, or closed a while ago. */
  const savedStates = new Map<string, unknown>();
  const closed = shallowRef<readonly string[]>([]);
  const closedCount = computed(() => closed.value.length);
  const active = computed(() => tabs.value.find((t) => t.trace.traceId === activeId.value) ?? null);
  const activePage = computed(() => (active.value ? currentPlace(active.value.history).page : null));
  /** The page in front and what it is about; null on the start tab. */
  const activeRef = computed<PageRef | null>(() => {
    if (!active.value) return null;
    const { page, arg } = currentPlace(active.value.history);
    return { page, arg };
  });
  /** Traces that are being opened for a page of another. */
  const behind = new Set<string>();
  const scopes = new Map<TraceId, EffectScope>();
  /** Traces whose port is on its way: the page is not at rest. */
  const awaited = new Map<TraceId, () => void>();

  const find = (traceId: TraceId): Tab | undefined => tabs.value.find((t) => t.trace.traceId === traceId);
  function change(traceId: TraceId, with_: Partial<Tab>): void {
    tabs.value = tabs.value.map((t) => (t.trace.traceId === traceId ? { ...t, ...with_ } : t));
  }

  /** A trace was opened, or there is news of one that has a tab. Its tab comes to the front. */
  function opened(trace: OpenedTrace): void {
    const { traceId } = trace;
    const store = useTraceStore(traceId);
    const known = find(traceId);
    if (known) {
      change(traceId, trace.starting ? { trace, canReopen: true, fileChange: null } : { trace });
      if (trace.replaced) {
        store.renew();
        // What was selected was in the other trace.
        change(traceId, { history: mapPlaces(known.history, (p) => ({ ...p, selection: null })) });
      }
    } else {
      const history = historyOf<PagePlace>({ page: FIRST_PAGE, arg: null, ...store.place() });
      const restored = restoreTab(store, savedStates.get(trace.path));
      savedStates.delete(trace.path);
      closed.value = closed.value.filter((p) => p !== trace.path);
      tabs.value = [...tabs.value, { trace, history: restored ?? history, canReopen: true, fileChange: null }];
      const scope = effectScope(true);
      scope.run(() => {
        rememberTrace(store, () => activeId.value === traceId);
        watchPlace(traceId);
      });
      scopes.set(traceId, scope);
    }
    if (trace.asleep) return;
    // One that another page asked for stays behind it.
    if (!behind.delete(sideKey(trace))) activeId.value = traceId;
    // Reading begins with the port that comes next.
    portAwaited(traceId);
    if (trace.starting) awaited.set(traceId, trackBusy('port'));
  }

  /** The port of a trace is there, or will not come. */
  function portAwaited(traceId: TraceId): void {
    awaited.get(traceId)?.();
    awaited.delete(traceId);
  }

  /** A trace can be asked from now on. N.B. one that was read before goes on by itself. */
  function connected(traceId: TraceId): void {
    const store = useTraceStore(traceId);
    if (store.status === 'opening') void store.start();
    portAwaited(traceId);
  }

  /** A position that stands for a while becomes a place in the history. */
  function watchPlace(traceId: TraceId): void {
    const store = useTraceStore(traceId);
    let timer: ReturnType<typeof setTimeout> | undefined;
    watch(
      () => store.placedWindow,
      (_now, _before, onCleanup) => {
        clearTimeout(timer);
        timer = setTimeout(() => recordPlace(traceId), SETTLE_MS);
        onCleanup(() => clearTimeout(timer));
      },
    );
  }

  /** Keeps where the user stands: as a new place when the window moved, else as a change of the current one. */
  function recordPlace(traceId: TraceId): void {
    const tab = find(traceId);
    if (!tab) return;
    const was = currentPlace(tab.history);
    const now: PagePlace = { page: was.page, arg: was.arg, ...useTraceStore(traceId).place() };
    change(traceId, { history: sameWindow(was, now) ? amend(tab.history, now) : visit(tab.history, now) });
  }

  /** Goes to a page, and to a place in it, as one step. A page that is not known, or needs to know of what, is not opened. */
  function openPlace(place: PlaceRequest, traceId = active.value?.trace.traceId): void {
    const known = pageById(place.page);
    const before = traceId === undefined ? undefined : find(traceId);
    if (!known || !before || traceId === undefined) return;
    const ref: PageRef = { page: place.page, arg: known.arg ? (place.arg ?? null) : null };
    if (known.arg === 'required' && ref.arg === null) return;
    const store = useTraceStore(traceId);
    // Rows, colours and a window that has not settled yet belong to the place that is left.
    if (place.page !== TIMELINE_PAGE && currentPlace(before.history).page === TIMELINE_PAGE) recordPlace(traceId);
    if (place.window !== undefined) {
      // The place that is left is kept as it was before the step.
      if (samePage(currentPlace(before.history), ref)) recordPlace(traceId);
      store.setWindow(place.window);
    }
    if (place.view) store.setMode(modeOf(place.view, store.mode));
    store.setWantedSelect(place.select ?? null);
    // N.B. a window that was chosen on the way (a link, a drag on the overview) is part of this step, not a step of its own.
    const { history } = find(traceId) ?? before;
    if (samePage(currentPlace(history), ref)) recordPlace(traceId);
    else change(traceId, { history: visit(history, { ...ref, ...store.place() }) });
  }

  function step(steps: -1 | 1): void {
    if (!active.value) return;
    const { traceId } = active.value.trace;
    recordPlace(traceId);
    const tab = find(traceId);
    if (!tab || !canGo(tab.history, steps)) return;
    const history = go(tab.history, steps);
    useTraceStore(traceId).setPlace(currentPlace(history));
    change(traceId, { history });
  }

  function close(id: TabId): void {
    if (isAppTabId(id)) closeAppTab(id);
    else if (id !== START_TAB) closeTrace(id);
  }

  function closeAppTab(id: AppTabId): void {
    const before = ids.value[ids.value.indexOf(id) - 1] ?? START_TAB;
    appTabs.value = appTabs.value.filter((t) => t !== id);
    if (activeId.value === id) activate(before);
  }

  function openAppTab(id: AppTabId): void {
    if (!appTabs.value.includes(id)) appTabs.value = [...appTabs.value, id];
    activeId.value = id;
  }

  function closeTrace(traceId: TraceId): void {
    const at = tabs.value.findIndex((t) => t.trace.traceId === traceId);
    const tab = tabs.value[at];
    if (!tab) return;
    savedStates.set(tab.trace.path, savedTabState(useTraceStore(traceId), tab.history));
    closed.value = [...closed.value, tab.trace.path].slice(-MAX_CLOSED);
    portAwaited(traceId);
    scopes.get(traceId)?.stop();
    scopes.delete(traceId);
    tabs.value = tabs.value.filter((t) => t.trace.traceId !== traceId);
    if (activeId.value === traceId) {
      const next = tabs.value[at] ?? tabs.value[at - 1];
      activate(next ? next.trace.traceId : START_TAB);
    }
    useTraceStore(traceId).dispose();
    void window.shell.closeTrace({ traceId });
  }

  /** The tab to the right (+1) or left (-1), round the end. */
  function turn(steps: -1 | 1): void {
    const all = ids.value;
    activate(all[(all.indexOf(activeId.value) + steps + all.length) % all.length] ?? START_TAB);
  }

  function activate(id: TabId): void {
    activeId.value = id;
    const trace = typeof id === 'number' ? find(id)?.trace : undefined;
    if (trace?.asleep) wake(trace);
  }

  /** A tab of the last session is looked at for the first time: now it gets its engine. */
  function wake(trace: OpenedTrace): void {
    change(trace.traceId, { trace: { ...trace, asleep: false } });
    awaited.set(trace.traceId, trackBusy('port'));
    void window.shell.reopenTrace({ traceId: trace.traceId });
  }

  /** Has a trace opened, or woken, behind the tab in front. */
  function ensure(side: SideRef): void {
    const ofFile = tabs.value.filter((t) => t.trace.path === side.path);
    const known = ofFile.find((t) => t.trace.section === side.section);
    if (known?.trace.asleep) {
      behind.add(sideKey(side));
      wake(known.trace);
    }
    if (known || behind.has(sideKey(side))) return;
    const [other] = ofFile;
    if (side.section > 1 && other) {
      behind.add(sideKey(side));
      void trackPromise('open', window.shell.openSection({ traceId: other.trace.traceId, section: side.section }));
    } else if (!behind.has(sideKey({ ...side, section: 1 }))) {
      behind.add(sideKey({ ...side, section: 1 }));
      void trackPromise('open', window.shell.openPaths({ paths: [side.path] }));
    }
  }

  /** Stands traces beside each other, on the page Compare of the first of them. */
  async function compare(sides: readonly SideRef[]): Promise<void> {
    const [first] = sides;
    if (!first) return;
    const find_ = (): Tab | undefined => tabs.value.find((t) => sideKey(t.trace) === sideKey(first));
    if (!find_()) await window.shell.openPaths({ paths: [first.path] });
    const tab = find_() ?? tabs.value.find((t) => t.trace.path === first.path);
    if (!tab) return;
    activate(tab.trace.traceId);
    openPlace({ page: COMPARE_PAGE, arg: formatSides(sides) }, tab.trace.traceId);
  }

  /** What is kept of traces that will be opened: the last session. */
  function expect(session: SavedSession): void {
    for (const { path, state } of session.tabs) savedStates.set(path, state);
  }

  function reopenClosed(): void {
    const path = closed.value.at(-1);
    if (path === undefined) return;
    closed.value = closed.value.slice(0, -1);
    void window.shell.openPaths({ paths: [path] });
  }

  /** All tabs as the session keeps them: one for each file, which is opened again at its first trace. */
  const session = computed<SavedSession>(() => ({
    tabs: tabs.value
      .filter(({ trace }) => trace.section === 1)
      .slice(0, MAX_SAVED_TABS)
      .map(({ trace, history }) => ({
        path: trace.path,
        state: savedTabState(useTraceStore(trace.traceId), history),
      })),
    activePath: active.value?.trace.path ?? null,
  }));

  function engineEnded(traceId: TraceId, canReopen: boolean): void {
    change(traceId, { canReopen });
    portAwaited(traceId);
  }

  function fileChanged(fileChange: FileChange): void {
    const { traceId, kind, bytesLost } = fileChange;
    if (!find(traceId)) return;
    change(traceId, { fileChange: kind === null ? null : fileChange });
    if (bytesLost) useTraceStore(traceId).lose();
  }

  const canGoBack = computed(() => active.value !== null && canGo(active.value.history, -1));
  const canGoForward = computed(() => active.value !== null && canGo(active.value.history, 1));

  return {
    tabs,
    activeId,
    active,
    activePage,
    activeRef,
    canGoBack,
    canGoForward,
    ids,
    appTabs,
    openAppTab,
    closedCount,
    reopenClosed,
    expect,
    session,
    opened,
    connected,
    openPlace,
    ensure,
    compare,
    step,
    close,
    turn,
    activate,
    engineEnded,
    fileChanged,
  };
});
