// The pointer over the rows: hover with a tooltip after a moment, click, drag, wheel, pinch, double-click.

import { onBeforeUnmount, shallowRef, type ShallowRef } from 'vue';
import type { Nanos, Px } from '../../contract/units';
import { trackBusy } from '../base/idle';
import { lengthOf, nanosFromPx, nanosPerPx, type TimeWindow } from '../base/time-scale';
import type { Selection } from '../trace/trace-store';
import { hitTest, pickOf, type Hit, type HitInput } from './hit-test';
import { rowItemAt, viewTop, type RowItem } from './layout';
import { CLICK_SLOP_PX } from './metrics';
import type { Drawing } from './use-drawing';
import type { AreaMoves } from './use-area';
import { rangeOf, type SelectionMoves } from './use-selection';
import type { Timeline } from './use-timeline';

/** Rest before a tooltip appears. */
const TOOLTIP_AFTER_MS = 120;
/** Rest of the picture before it is looked up what is under the pointer now: while it moves, that is something else in each frame. */
const REST_MS = 60;

export interface Hover {
  readonly hit: Hit;
  /** Place of the pointer in the chart, y of its visible part. */
  readonly xPx: Px;
  readonly yPx: Px;
}

/** What a drag over the rows does: 1, 2, 3 on the keyboard. Shift with any of them selects an area, with that it pans. */
export const DRAG_MODES = ['pan', 'area', 'measure'] as const;
export type DragMode = (typeof DRAG_MODES)[number];

/** What is drawn while the button is down. */
export interface Rubber {
  readonly kind: 'area' | 'measure';
  readonly range: TimeWindow;
  /** y of the visible part. */
  readonly topPx: Px;
  readonly endPx: Px;
}

export interface Tooltip {
  readonly hover: Hover;
  /** What the engine says about it; null until the answer is there. */
  readonly details: Selection | null;
}

export interface PointerMoves {
  readonly hover: ShallowRef<Hover | null>;
  readonly tooltip: ShallowRef<Tooltip | null>;
  readonly dragMode: ShallowRef<DragMode>;
  readonly tooltipsOn: ShallowRef<boolean>;
  readonly rubber: ShallowRef<Rubber | null>;
  onPointerDown(e: PointerEvent): void;
  onPointerMove(e: PointerEvent): void;
  onPointerUp(e: PointerEvent): void;
  onPointerLeave(): void;
  onDoubleClick(e: MouseEvent): void;
  onWheel(e: WheelEvent): void;
  /** The picture moved under a pointer that rests. */
  refresh(): void;
}

export interface PointerInput {
  readonly timeline: Timeline;
  readonly drawing: Drawing;
  readonly selection: SelectionMoves;
  readonly area: AreaMoves;
  /** A range was measured by a drag. */
  readonly onMeasure: (range: TimeWindow) => void;
  /** Scrolls the rows. */
  readonly scrollBy: (px: Px) => void;
  /** The element that scrolls, and its chart area's left edge in the window. */
  readonly scroller: () => HTMLElement | null;
  readonly chartLeftPx: () => Px;
}

/** Zoom of a wheel step: a notch of a mouse is about 120, a pinch sends small steps. */
export function wheelFactor(deltaPx: number): number {
  return Math.exp(deltaPx * (Math.abs(deltaPx) < 40 ? 0.01 : 0.0025));
}

export function usePointer({
  timeline,
  drawing,
  selection,
  area,
  onMeasure,
  scrollBy,
  scroller,
  chartLeftPx,
}: PointerInput): PointerMoves {
  const { store } = timeline;
  const hover = shallowRef<Hover | null>(null);
  const tooltip = shallowRef<Tooltip | null>(null);
  let timer: ReturnType<typeof setTimeout> | null = null;
  let timerDone: (() => void) | null = null;
  const dragMode = shallowRef<DragMode>('pan');
  const tooltipsOn = shallowRef(true);
  const rubber = shallowRef<Rubber | null>(null);
  interface Drag {
    readonly kind: DragMode;
    readonly x: Px;
    readonly y: Px;
    readonly from: Nanos;
    readonly item: RowItem | null;
    readonly id: number;
    lastY: Px;
    moved: boolean;
  }
  let drag: Drag | null = null;
  let last: { x: Px; y: Px } | null = null;
  let rest: ReturnType<typeof setTimeout> | undefined;
  let restDone: (() => void) | null = null;

  const placeOf = (e: MouseEvent): { x: Px; y: Px } => {
    const box = scroller()?.getBoundingClientRect();
    return { x: e.clientX - chartLeftPx(), y: e.clientY - (box?.top ?? 0) };
  };
  const hitInput = (): HitInput => ({
    layout: timeline.layout.value,
    rows: timeline.rowsInView.value,
    scrollTopPx: store.scrollTopPx,
    window: timeline.view.value,
    widthPx: timeline.widthPx.value,
    viewOf: drawing.viewOf,
  });
  const hitAt = (x: Px, y: Px): Hit => hitTest(hitInput(), x, y);
  const itemAt = (y: Px): RowItem | null =>
    rowItemAt(timeline.layout.value, timeline.rowsInView.value, store.scrollTopPx, y);
  const inChart = (x: Px): boolean => x >= 0 && x <= timeline.widthPx.value;

  function clearTooltip(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    timerDone?.();
    timerDone = null;
    tooltip.value = null;
  }

  function endHover(): void {
    clearTooltip();
    store.client.drop('hover');
    if (hover.value) {
      hover.value = null;
      drawing.invalidate('overlay');
    }
  }

  async function showTooltip(h: Hover): Promise<void> {
    tooltip.value = { hover: h, details: null };
    if (h.hit.kind !== 'row') return;
    const { atNanos, toleranceNanos } = pickOf(h.hit.hit, h.xPx, timeline.view.value, timeline.widthPx.value);
    const details = await selection.pick('hover', h.hit.row, atNanos, toleranceNanos);
    if (details && tooltip.value?.hover === h) tooltip.value = { hover: h, details };
  }

  function sameHit(a: Hit, b: Hit): boolean {
    if (a.kind !== 'row' || b.kind !== 'row' || a.row.track !== b.row.track) return false;
    return (
      a.hit.kind === b.hit.kind &&
      Math.abs(a.hit.fromPx - b.hit.fromPx) < 0.5 &&
      Math.abs(a.hit.endPx - b.hit.endPx) < 0.5
    );
  }

  function hoverAt(x: Px, y: Px): void {
    last = { x, y };
    store.setCursor(inChart(x) ? nanosFromPx(timeline.view.value, timeline.widthPx.value, x) : null);
    const hit: Hit = inChart(x) ? hitAt(x, y) : { kind: 'empty', row: null, item: null };
    if (hit.kind !== 'row') {
      endHover();
      return;
    }
    const before = hover.value;
    const h: Hover = { hit, xPx: x, yPx: y };
    if (before && sameHit(before.hit, hit)) return;
    clearTooltip();
    hover.value = h;
    drawing.invalidate('overlay');
    if (!tooltipsOn.value) return;
    timerDone = trackBusy('tooltip');
    timer = setTimeout(() => {
      timer = null;
      void showTooltip(h);
      timerDone?.();
      timerDone = null;
    }, TOOLTIP_AFTER_MS);
  }

  async function click(x: Px, y: Px): Promise<void> {
    if (!inChart(x)) return;
    const hit = hitAt(x, y);
    if (hit.kind === 'curve') {
      await selection.selectSample(nanosFromPx(timeline.view.value, timeline.widthPx.value, x));
      return;
    }
    if (hit.kind === 'empty') {
      selection.select(null);
      return;
    }
    const { atNanos, toleranceNanos } = pickOf(hit.hit, x, timeline.view.value, timeline.widthPx.value);
    const picked = await selection.pick('click', hit.row, atNanos, toleranceNanos);
    if (picked) selection.select(picked);
  }

  async function fitAt(x: Px, y: Px): Promise<void> {
    const hit = inChart(x) ? hitAt(x, y) : null;
    if (hit?.kind !== 'row') return;
    const { atNanos, toleranceNanos } = pickOf(hit.hit, x, timeline.view.value, timeline.widthPx.value);
    const picked = await selection.pick('click', hit.row, atNanos, toleranceNanos);
    const range = rangeOf(picked);
    if (!picked || !range) return;
    selection.select(picked);
    timeline.fit(range, true);
  }

  /** What a drag that begins now does. */
  function dragKind(e: PointerEvent): DragMode {
    if (!e.shiftKey) return dragMode.value;
    return dragMode.value === 'area' ? 'pan' : 'area';
  }

  function dragTo(d: Drag, x: Px, y: Px): void {
    const w = timeline.view.value;
    const widthPx = timeline.widthPx.value;
    if (d.kind === 'pan') {
      const from = d.from - (x - d.x) * nanosPerPx(w, widthPx);
      timeline.goTo({ fromNanos: from, toNanos: from + lengthOf(w) }, false);
      scrollBy(d.lastY - y);
    } else rubber.value = rubberOf(d, x, y);
    d.lastY = y;
    store.setCursor(nanosFromPx(timeline.view.value, widthPx, Math.max(0, Math.min(widthPx, x))));
    drawing.invalidate('overlay');
  }

  function rubberOf(d: Drag, x: Px, y: Px): Rubber {
    const w = timeline.view.value;
    const widthPx = timeline.widthPx.value;
    const time = (px: Px): Nanos => nanosFromPx(w, widthPx, Math.max(0, Math.min(widthPx, px)));
    const range = { fromNanos: time(Math.min(d.x, x)), toNanos: time(Math.max(d.x, x)) };
    if (d.kind === 'measure') return { kind: 'measure', range, topPx: 0, endPx: timeline.heightPx.value };
    // The whole of each row that it touches.
    const ends = [d.item, itemAt(y)].flatMap((i) =>
      i ? [viewTop(i, store.scrollTopPx), viewTop(i, store.scrollTopPx) + i.heightPx] : [],
    );
    const topPx = ends.length > 0 ? Math.min(...ends) : Math.min(d.y, y);
    const endPx = ends.length > 0 ? Math.max(...ends) : Math.max(d.y, y);
    return { kind: 'area', range, topPx, endPx };
  }

  function endDrag(d: Drag, y: Px): void {
    const r = rubber.value;
    rubber.value = null;
    drawing.invalidate('overlay');
    if (!r) return;
    if (r.kind === 'measure') onMeasure(r.range);
    else void area.select(r.range, d.item, itemAt(y));
  }

  function endRest(): void {
    clearTimeout(rest);
    restDone?.();
    restDone = null;
  }

  onBeforeUnmount(() => {
    clearTooltip();
    endRest();
    store.setCursor(null);
  });

  return {
    hover,
    tooltip,
    dragMode,
    tooltipsOn,
    rubber,
    onPointerDown(e) {
      const { x, y } = placeOf(e);
      // Beside the chart are the gutter and the scroll bar, which keep their own ways.
      if (e.button !== 0 || !inChart(x)) return;
      const from = timeline.view.value.fromNanos;
      drag = { kind: dragKind(e), x, y, from, item: itemAt(y), id: e.pointerId, lastY: y, moved: false };
    },
    onPointerMove(e) {
      const { x, y } = placeOf(e);
      if (!drag || drag.id !== e.pointerId) {
        hoverAt(x, y);
        return;
      }
      if (!drag.moved && Math.hypot(x - drag.x, y - drag.y) < CLICK_SLOP_PX) return;
      if (!drag.moved) {
        drag.moved = true;
        endHover();
        scroller()?.setPointerCapture(e.pointerId);
      }
      dragTo(drag, x, y);
    },
    onPointerUp(e) {
      const d = drag;
      drag = null;
      if (!d || d.id !== e.pointerId) return;
      if (e.type === 'pointercancel') rubber.value = null;
      else if (d.moved) endDrag(d, placeOf(e).y);
      else void click(d.x, d.y);
    },
    onPointerLeave() {
      if (drag) return;
      last = null;
      endRest();
      endHover();
      store.setCursor(null);
    },
    onDoubleClick(e) {
      const { x, y } = placeOf(e);
      void fitAt(x, y);
    },
    onWheel(e) {
      const unit = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? 32 : e.deltaMode === WheelEvent.DOM_DELTA_PAGE ? 400 : 1;
      const [dx, dy] = [e.deltaX * unit, e.deltaY * unit];
      const { x, y } = placeOf(e);
      e.preventDefault();
      const w = timeline.view.value;
      const widthPx = timeline.widthPx.value;
      if (e.ctrlKey || e.metaKey)
        timeline.zoom(wheelFactor(dy), nanosFromPx(w, widthPx, Math.max(0, Math.min(widthPx, x))), false);
      else if (e.shiftKey) timeline.pan((dy || dx) * nanosPerPx(w, widthPx), false);
      else if (Math.abs(dx) > Math.abs(dy)) timeline.pan(dx * nanosPerPx(w, widthPx), false);
      else scrollBy(dy);
      last = { x, y };
    },
    refresh() {
      if (!last || drag) return;
      endHover();
      store.setCursor(inChart(last.x) ? nanosFromPx(timeline.view.value, timeline.widthPx.value, last.x) : null);
      endRest();
      restDone = trackBusy('hover');
      rest = setTimeout(() => {
        if (last && !drag) hoverAt(last.x, last.y);
        endRest();
      }, REST_MS);
    },
  };
}
