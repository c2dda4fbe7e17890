// The palette's other half: what is offered now, what choosing does, and what was used before.
import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { RecentTrace } from '../../contract/shell-api';
import { formatDurationText } from '../base/format';
import { trackPromise } from '../base/idle';
import { usePreferences } from '../base/preferences';
import { lengthOf } from '../base/time-scale';
import { useTraceStore, type TraceStore } from '../trace/trace-store';
import { isMac } from '../widgets/key-names';
import { runCommand, useEnabledCommands } from './commands';
import { isEmptyPage, LISTED_PAGES, pageById } from './pages';
import {
  commandItems,
  nameItems,
  NO_NAMES,
  pageItems,
  recentItems,
  timeItems,
  type PaletteAction,
  type PaletteItem,
  type TraceNames,
} from './palette-items';
import { useTabs } from './tabs-store';
import { readGoroutinesLike, readTraceNames } from './trace-names';

/** Kept over restarts in the page's own store: it is a habit, not a setting. */
const USED_KEY = 'palette-used';
const MOST_USED = 30;

export function usedKeys(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(USED_KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((k): k is string => typeof k === 'string') : [];
  } catch {
    return [];
  }
}

export function rememberUsed(key: string): void {
  const keys = [key, ...usedKeys().filter((k) => k !== key)].slice(0, MOST_USED);
  localStorage.setItem(USED_KEY, JSON.stringify(keys));
}

export interface PaletteOffer {
  readonly items: ComputedRef<readonly PaletteItem[]>;
  /** Names of the trace are on their way. */
  readonly isLoading: ShallowRef<boolean>;
}

/** All that can be chosen now; asks for the names of the trace in front. Call in setup. */
export function usePaletteItems(text: () => string): PaletteOffer {
  const tabs = useTabs();
  const enabled = useEnabledCommands();
  const preferences = usePreferences();
  const recents = shallowRef<readonly RecentTrace[]>([]);
  void trackPromise('recent traces', window.shell.readRecents(null)).then((list) => (recents.value = list));
  const store = computed(() =>
    tabs.active && !tabs.active.trace.error ? useTraceStore(tabs.active.trace.traceId) : null,
  );
  const { names, isLoading } = useTraceNames(store, text);

  const fixed = computed(() => {
    const s = store.value;
    const { keyPreset, letterKeys } = preferences.value;
    const emptyIds = new Set(LISTED_PAGES.filter((p) => isEmptyPage(p, s?.info ?? null)).map((p) => p.id));
    return [
      ...commandItems(enabled.value, { mac: isMac(), preset: keyPreset, letterKeys }, s !== null),
      ...(s ? pageItems(LISTED_PAGES, emptyIds) : []),
      ...nameItems(names.value, (id) => s !== null && pageById(id) !== undefined),
      ...recentItems(recents.value),
    ];
  });
  const items = computed(() => {
    const s = store.value;
    const times = s ? timeItems(text(), s.durationNanos, lengthOf(s.window), formatDurationText) : [];
    return [...times, ...fixed.value];
  });
  return { items, isLoading };
}

/** Names of the trace in front, once it is read; goroutines follow what is typed. Given up with the palette. */
function useTraceNames(
  store: ComputedRef<TraceStore | null>,
  text: () => string,
): { names: ComputedRef<TraceNames>; isLoading: ShallowRef<boolean> } {
  const fixed = shallowRef<Omit<TraceNames, 'goroutines'>>(NO_NAMES);
  const goroutines = shallowRef<TraceNames['goroutines']>([]);
  const isLoading = shallowRef(false);
  const readable = computed(() =>
    store.value?.status === 'done' || store.value?.status === 'cancelled' ? store.value : null,
  );
  watch(
    readable,
    async (s, _before, onCleanup) => {
      fixed.value = NO_NAMES;
      if (!s) return;
      const stop = new AbortController();
      onCleanup(() => stop.abort());
      isLoading.value = true;
      const found = await readTraceNames(s, stop.signal).catch(() => NO_NAMES);
      if (stop.signal.aborted) return;
      fixed.value = found;
      isLoading.value = false;
    },
    { immediate: true },
  );
  watch(
    [readable, text] as const,
    async ([s, typed], _before, onCleanup) => {
      if (!s || typed === '') {
        goroutines.value = [];
        return;
      }
      const stop = new AbortController();
      onCleanup(() => stop.abort());
      const found = await readGoroutinesLike(s, typed, stop.signal).catch(() => []);
      if (!stop.signal.aborted) goroutines.value = found;
    },
    { immediate: true },
  );
  return { names: computed(() => ({ ...fixed.value, goroutines: goroutines.value })), isLoading };
}

export function runPaletteAction(action: PaletteAction): void {
  const tabs = useTabs();
  switch (action.kind) {
    case 'command':
      runCommand(action.id);
      return;
    case 'place':
      tabs.openPlace(action.place);
      return;
    case 'open':
      void window.shell.openPaths({ paths: [action.path] });
      return;
    case 'timeline':
      if (tabs.active) runInTimeline(action.id, tabs.active.trace.traceId);
  }
}

/** Runs a command of View trace, which is opened first when it is not on the screen. */
function runInTimeline(id: string, traceId: number): void {
  const store = useTraceStore(traceId);
  if (store.runCommand(id)) return;
  useTabs().openPlace({ page: 'view-trace' }, traceId);
  const stop = watch(
    () => store.commandHandler,
    (handler) => {
      if (!handler) return;
      store.runCommand(id);
      queueMicrotask(() => stop());
    },
    { immediate: true },
  );
}
