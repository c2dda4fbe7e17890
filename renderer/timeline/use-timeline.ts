// The timeline's window and how it moves. The store has the window that is on the screen; a move by key has a target
// that the window runs after, frame by frame. Wheel, drag and pinch set the window at once.

import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue';
import type { Nanos, Px } from '../../contract/units';
import {
  clampWindow,
  fitWindow,
  lengthOf,
  panWindow,
  revealRange,
  sameWindow,
  wholeTrace,
  zoomWindow,
  type TimeWindow,
  type WindowLimits,
} from '../base/time-scale';
import type { TraceStore } from '../trace/trace-store';
import { layoutOf, rowsInView, type Layout, type RowsInView } from './layout';
import { curvesShown, useCurveSettings, type CurveSettings } from './curve-settings';
import { approach, hasArrived, MOTION_MS } from './motion';
import type { Rows } from './use-rows';
import { moved, NO_MOVES, redone, undone, type MoveHistory, type Stand } from './move-history';

export interface Timeline {
  readonly store: TraceStore;
  /** Width of the chart, right of the gutter. */
  readonly widthPx: ShallowRef<Px>;
  /** Height of the visible rows. */
  readonly heightPx: ShallowRef<Px>;
  /** The window is low: smaller curves, no Threads. */
  readonly low: ShallowRef<boolean>;
  readonly curves: CurveSettings;
  readonly layout: ComputedRef<Layout>;
  readonly rowsInView: ComputedRef<RowsInView>;
  readonly limits: ComputedRef<WindowLimits>;
  /** What is on the screen. */
  readonly view: ComputedRef<TimeWindow>;
  readonly isWhole: ComputedRef<boolean>;
  /** Goes to a window, eased or at once. */
  goTo(w: TimeWindow, eased: boolean): void;
  zoom(factor: number, anchorNanos: Nanos, eased: boolean): void;
  pan(byNanos: Nanos, eased: boolean): void;
  /** The window round a range with a little room; when it stands there already, the range alone. */
  fit(range: TimeWindow, eased: boolean): void;
  /** Back to before the last move of the window, and forward again. */
  undo(): void;
  redo(): void;
  readonly canUndo: ComputedRef<boolean>;
  readonly canRedo: ComputedRef<boolean>;
  reveal(range: TimeWindow): void;
  /** Keeps moving while a key is down. `rate` gives the next window for a time that passed. */
  hold(rate: ((w: TimeWindow, elapsedMs: number) => TimeWindow) | null): void;
  /** One frame of the motion; true while there is more to come. */
  step(nowMs: number): boolean;
  /** Called when a frame is needed. */
  onMotion: (() => void) | null;
}

const reducedMotion = (): boolean => window.matchMedia('(prefers-reduced-motion: reduce)').matches;
/** A key that is down longer than this goes on moving. */
const HOLD_AFTER_MS = 260;
/** Room left and right of what is fitted. */
const FIT_MARGIN = 0.06;

/** `rows`: left out where only processors are shown. `extent`: the axis, where it is not the trace's own. */
export function useTimeline(
  store: TraceStore,
  rows?: Pick<Rows, 'list' | 'pinned'>,
  extent: () => TimeWindow | null = () => null,
): Timeline {
  const widthPx = shallowRef<Px>(0);
  const heightPx = shallowRef<Px>(0);
  const low = shallowRef(false);
  const curves = useCurveSettings();
  const layout = computed(() =>
    layoutOf({
      procs: store.procs,
      curves: curvesShown(curves.list.value, low.value),
      byProcs: store.mode.rowsBy === 'processors',
      list: rows?.list.value ?? null,
      pinned: rows?.pinned.value ?? [],
    }),
  );
  const inView = computed(() => rowsInView(layout.value, store.scrollTopPx, heightPx.value));
  const limits = computed<WindowLimits>(() => ({
    durationNanos: store.durationNanos,
    widthPx: widthPx.value,
    extent: extent(),
  }));
  const view = computed(() =>
    store.placedWindow ? clampWindow(store.placedWindow, limits.value) : wholeTrace(limits.value),
  );
  const isWhole = computed(() => sameWindow(view.value, wholeTrace(limits.value)));

  const moves = shallowRef<MoveHistory>(NO_MOVES);
  let target: TimeWindow | null = null;
  let targetSetAt: number | null = null;
  let held: ((w: TimeWindow, elapsedMs: number) => TimeWindow) | null = null;
  let heldSince: number | null = null;
  let lastStepAt: number | null = null;

  function place(w: TimeWindow): void {
    // The whole trace is kept as such: it grows while the file is read.
    store.setWindow(sameWindow(w, wholeTrace(limits.value)) ? null : w);
  }

  /** The window is about to leave where it stands. */
  function noteMove(eased: boolean): void {
    // On the way to a target the move has begun already.
    if (target === null) moves.value = moved(moves.value, store.placedWindow, performance.now(), eased);
  }

  function stepTo(found: { readonly to: Stand; readonly history: MoveHistory } | null): void {
    if (!found) return;
    moves.value = found.history;
    run(found.to ?? wholeTrace(limits.value), true);
  }

  function run(w: TimeWindow, eased: boolean): void {
    const to = clampWindow(w, limits.value);
    if (!eased || reducedMotion()) {
      target = null;
      place(to);
      return;
    }
    target = to;
    targetSetAt = null;
    timeline.onMotion?.();
  }

  const timeline: Timeline = {
    store,
    widthPx,
    heightPx,
    low,
    curves,
    layout,
    rowsInView: inView,
    limits,
    view,
    isWhole,
    onMotion: null,
    goTo(w, eased) {
      if (sameWindow(clampWindow(w, limits.value), target ?? view.value)) return;
      noteMove(eased);
      run(w, eased);
    },
    undo: () => stepTo(undone(moves.value, store.placedWindow)),
    redo: () => stepTo(redone(moves.value, store.placedWindow)),
    canUndo: computed(() => moves.value.past.length > 0),
    canRedo: computed(() => moves.value.future.length > 0),
    zoom(factor, anchorNanos, eased) {
      // A further step goes on from where the one before is heading.
      const from = eased ? (target ?? view.value) : view.value;
      timeline.goTo(zoomWindow(from, anchorNanos, factor, limits.value), eased);
    },
    pan(byNanos, eased) {
      timeline.goTo(panWindow(eased ? (target ?? view.value) : view.value, byNanos, limits.value), eased);
    },
    fit(range, eased) {
      const roomy = fitWindow(range, FIT_MARGIN, limits.value);
      const stands = target ?? view.value;
      const isThere = (a: Nanos, b: Nanos): boolean => Math.abs(a - b) <= lengthOf(roomy) * 0.005;
      const again = isThere(stands.fromNanos, roomy.fromNanos) && isThere(stands.toNanos, roomy.toNanos);
      timeline.goTo(again ? clampWindow(range, limits.value) : roomy, eased);
    },
    reveal(range) {
      const from = target ?? view.value;
      const to = revealRange(from, range, limits.value);
      if (to !== from) timeline.goTo(to, true);
    },
    hold(rate) {
      held = rate;
      heldSince = null;
      if (rate) timeline.onMotion?.();
    },
    step(nowMs) {
      const elapsed = lastStepAt === null ? 16 : Math.min(64, Math.max(0, nowMs - lastStepAt));
      lastStepAt = nowMs;
      heldSince ??= nowMs;
      if (held && nowMs - heldSince > HOLD_AFTER_MS) {
        noteMove(false);
        target = clampWindow(held(target ?? view.value, elapsed), limits.value);
        targetSetAt = nowMs;
      }
      if (target) {
        targetSetAt ??= nowMs;
        const next = approach(view.value, target, elapsed);
        const over = hasArrived(next, target, widthPx.value) || nowMs - targetSetAt >= MOTION_MS;
        place(over ? target : next);
        if (over) target = null;
      }
      const more = target !== null || held !== null;
      if (!more) lastStepAt = null;
      return more;
    },
  };
  return timeline;
}

/** Part of the window that a pan by key moves, and the factor of a zoom by key. */
export const PAN_STEP = 0.2;
export const ZOOM_STEP = 0.6;
/** While a key is down: windows a second, and doublings a second. */
export const panRate =
  (direction: 1 | -1, limits: () => WindowLimits, times = 1) =>
  (w: TimeWindow, elapsedMs: number): TimeWindow =>
    panWindow(w, (direction * times * lengthOf(w) * 1.1 * elapsedMs) / 1000, limits());
export const zoomRate =
  (direction: 1 | -1, anchor: () => Nanos, limits: () => WindowLimits, times = 1) =>
  (w: TimeWindow, elapsedMs: number): TimeWindow =>
    zoomWindow(w, anchor(), 2 ** ((-direction * times * 5 * elapsedMs) / 1000), limits());
