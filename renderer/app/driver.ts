// For whoever drives the page from outside (`tracewell shot`, end-to-end tests): shows what a picture is asked of, says
// when it stands, and what went wrong in it.
import { watch } from 'vue';
import type { TraceError } from '../../contract/errors';
import { COMPARE_PAGE, parsePageRef, parseSides } from '../../contract/places';
import type { ShotRequest, TimingMark } from '../../contract/shell-api';
import { trackBusy } from '../base/idle';
import { useTraceStore } from '../trace/trace-store';
import { isAppTabId, START_TAB, useTabs, type Tab } from './tabs-store';

declare global {
  interface Window {
    /** N.B. shares `window.__tracewell` with renderer/base/idle.ts. */
    __tracewellFrontError?: () => TraceError | null;
  }
}

/** The error that the tab in front shows; null when it shows a trace. */
function frontError(): TraceError | null {
  const { active } = useTabs();
  return active ? (active.trace.error ?? useTraceStore(active.trace.traceId).error) : null;
}

export function installDriver(): void {
  window.__tracewellFrontError = frontError;
}

const mark = (moment: TimingMark): void => void window.shell.markTiming({ mark: moment });

/**
 * Brings the first trace that is opened to the page and range of the picture; busy until that is on screen.
 * `openingCount`: traces that come.
 */
export function driveShot(shot: ShotRequest, openingCount: number): void {
  const tabs = useTabs();
  // It stands already, and nothing comes that would cover it.
  if (shot.page === 'start' && openingCount === 0) return;
  if (isAppTabId(shot.page)) {
    const { page } = shot;
    tabs.openAppTab(page);
    // The trace of the request comes to the front when it is opened: its tab belongs behind.
    const stop = watch(
      () => tabs.active,
      (tab) => {
        if (!tab) return;
        queueMicrotask(() => stop());
        tabs.openAppTab(page);
      },
    );
    return;
  }
  const placed = trackBusy('shot');
  const { page, arg } = parsePageRef(shot.page);
  // Traces that stand beside each other: the page is of the first, when the last of them is there.
  const wanted = page === COMPARE_PAGE ? new Set(parseSides(arg).map((s) => s.path)).size : 1;
  // N.B. the tab may be there already: main's news of a trace can be quicker than its answer, which brings us here.
  whenThere(
    () => (tabs.tabs.length < wanted ? null : wanted > 1 ? tabs.tabs[0] : tabs.active),
    (tab) => {
      place(tab, shot);
      placed();
    },
  );
}

/** Calls `f` once, with the first that `source` has, now or later. */
function whenThere<T>(source: () => T | null | undefined, f: (there: T) => void): void {
  const now = source();
  if (now) return f(now);
  const stop = watch(source, (there) => {
    if (!there) return;
    // First: what `f` does may change it.
    stop();
    f(there);
  });
}

function place(tab: Tab, shot: ShotRequest): void {
  if (shot.page === 'start') {
    // The trace of the request has its tab behind it.
    useTabs().activate(START_TAB);
    return;
  }
  if (tab.trace.error) return;
  useTabs().activate(tab.trace.traceId);
  const store = useTraceStore(tab.trace.traceId);
  const { fromNanos, toNanos, select, view } = shot;
  const window = fromNanos !== null && toNanos !== null ? { window: { fromNanos, toNanos } } : {};
  useTabs().openPlace({ ...parsePageRef(shot.page), ...window, select, ...(view ? { view } : {}) });
  whenFirst(() => store.info !== null || store.progress !== null, 'fileOpened');
  whenFirst(() => store.drawn !== 'nothing', 'firstSpans');
  whenFirst(() => store.drawn === 'whole-trace', 'wholeTraceDrawn');
  whenFirst(() => store.status === 'done', 'allIndexed');
}

function whenFirst(happened: () => boolean, moment: TimingMark): void {
  const stop = watch(
    happened,
    (yes) => {
      if (!yes) return;
      mark(moment);
      queueMicrotask(() => stop());
    },
    { immediate: true, flush: 'sync' },
  );
}
