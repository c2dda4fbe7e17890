// Owns the canvases: sizes them, asks for the tiles of the view, and draws in one loop what has changed.

import { onBeforeUnmount, shallowRef, watch, type ShallowRef } from 'vue';
import type { ErrorCode } from '../../contract/errors';
import type { Px } from '../../contract/units';
import { formatBytesBinary } from '../base/format';
import { currentPalette, watchPalette, type Palette } from '../base/palette';
import { levelForWindow, type TimeWindow } from '../base/time-scale';
import type { WantedTile } from '../trace/tile-cache';
import { curveTop, meanOver, valueAt, type CurvesInView } from './draw/draw-curves';
import { drawHandle, drawOverview, handleOf } from './draw/draw-overview';
import { drawOverlay, drawRulerOverlay, type OverlayInput } from './draw/draw-overlay';
import { drawHatch, drawRows } from './draw/draw-rows';
import { drawPill, drawRuler } from './draw/draw-ruler';
import { busyShare } from './draw/draw-track';
import { cachedMeasure, type Measure } from './draw/labels';
import { Picture, type Ctx } from './draw/picture';
import { FrameLoop } from './frame-loop';
import { curvesInView, GroupView, readTo } from './group-view';
import { GC_GROUP, groupsOf, PROCS_PER_GROUP, visibleProcs, type CurveName } from './layout';
import { OVERVIEW_PX, RULER_PX } from './metrics';
import type { Timeline } from './use-timeline';
import { wantedTiles, wholeTiles } from './wanted-tiles';

export interface Canvases {
  readonly overview: HTMLCanvasElement;
  readonly handle: HTMLCanvasElement;
  readonly ruler: HTMLCanvasElement;
  readonly rows: HTMLCanvasElement;
  readonly overlay: HTMLCanvasElement;
}

type Part = 'overview' | 'handle' | 'ruler' | 'rows' | 'overlay';

/** What the pointer and the selection add to the picture; read when the overlay is drawn. */
export type OverlayState = Pick<
  OverlayInput,
  'cursorNanos' | 'selection' | 'sampleNanos' | 'hover' | 'marks' | 'brush'
> & {
  readonly selected: TimeWindow | null;
};

export interface Drawing {
  attach(canvases: Canvases): void;
  invalidate(...parts: Part[]): void;
  /** Busy share of each processor in the window, in percent. */
  readonly busyPercent: ShallowRef<ReadonlyMap<number, number>>;
  /** Values of the curves under the cursor, or their means over the window. */
  readonly curveTexts: ShallowRef<Readonly<Record<CurveName, string>>>;
  /** Why a part of the picture is missing; null when nothing is. N.B. the death of the process is said elsewhere. */
  readonly failure: ShallowRef<string | null>;
  groupViewOf(proc: number): GroupView | null;
  gcView(): GroupView;
}

/** The tab's bar says these. */
const TOLD_ELSEWHERE: readonly ErrorCode[] = ['ENGINE_DIED', 'CHANGED', 'CANCELLED'];
const NO_TEXTS: Readonly<Record<CurveName, string>> = { Goroutines: '', Heap: '', Threads: '' };

export function useDrawing(timeline: Timeline, overlay: () => OverlayState): Drawing {
  const { store } = timeline;
  const { tiles } = store.client;
  const busyPercent = shallowRef<ReadonlyMap<number, number>>(new Map());
  const curveTexts = shallowRef(NO_TEXTS);
  const failure = shallowRef<string | null>(null);
  const dirty = new Set<Part>();
  const picture = new Picture();
  const tops = new Map<CurveName, number>();
  let topsLevel = -1;
  let canvases: Canvases | null = null;
  let palette: Palette = currentPalette();
  let measure: Measure = (s) => s.length * 6;
  let needed: readonly WantedTile[] = [];
  /** The overview was drawn from all of its tiles. */
  let overviewDrawn = false;

  const loop = new FrameLoop((nowMs) => {
    const moving = timeline.step(nowMs);
    draw();
    return moving || dirty.size > 0;
  });
  timeline.onMotion = () => loop.request();

  function invalidate(...parts: Part[]): void {
    for (const p of parts) dirty.add(p);
    if (canvases) loop.request();
  }
  const everything = (): void => invalidate('overview', 'handle', 'ruler', 'rows', 'overlay');

  function contextOf(canvas: HTMLCanvasElement, widthPx: Px, heightPx: Px): Ctx | null {
    const g = canvas.getContext('2d');
    if (!g) return null;
    const ratio = window.devicePixelRatio || 1;
    const [w, h] = [Math.round(widthPx * ratio), Math.round(heightPx * ratio)];
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
      canvas.style.width = `${widthPx}px`;
      canvas.style.height = `${heightPx}px`;
    }
    g.setTransform(ratio, 0, 0, ratio, 0, 0);
    return g;
  }

  function remeasure(): void {
    const g = canvases?.rows.getContext('2d');
    if (!g) return;
    measure = cachedMeasure((s) => {
      g.font = `11px ${palette.fontUi}`;
      return g.measureText(s).width;
    });
  }

  function groupsInView(): {
    procs: readonly { row: (typeof timeline.layout.value.procRows)[number]; view: GroupView }[];
    groups: ReturnType<typeof groupsOf>;
  } {
    const layout = timeline.layout.value;
    const { first, end } = visibleProcs(layout, store.scrollTopPx, timeline.heightPx.value);
    const all = groupsOf(store.procs);
    const [from, to] = [Math.floor(first / PROCS_PER_GROUP), Math.ceil(end / PROCS_PER_GROUP)];
    const groups = all.slice(from, to);
    const views = groups.map((g) => new GroupView(tiles, g, timeline.view.value, timeline.widthPx.value));
    const procs = layout.procRows
      .slice(first, end)
      .map((row, i) => ({ row, view: views[Math.floor((first + i) / PROCS_PER_GROUP) - from]! }));
    return { procs, groups };
  }

  function draw(): void {
    const widthPx = timeline.widthPx.value;
    const heightPx = timeline.heightPx.value;
    if (!canvases || widthPx <= 0 || heightPx <= 0) {
      dirty.clear();
      return;
    }
    const parts = new Set(dirty);
    dirty.clear();
    const input: OverlayInput = { window: timeline.view.value, widthPx, heightPx, ...overlay() };
    if (parts.has('rows')) drawRowsPart(canvases, widthPx, heightPx);
    if (parts.has('overview')) drawOverviewPart(canvases, widthPx);
    if (parts.has('handle')) drawHandlePart(canvases, widthPx);
    if (parts.has('ruler') || parts.has('overlay')) drawRulerPart(canvases, widthPx, input);
    if (parts.has('overlay')) {
      const g = contextOf(canvases.overlay, widthPx, heightPx);
      if (g) drawOverlay(g, input, palette);
      updateTexts();
    }
  }

  function drawRowsPart(c: Canvases, widthPx: Px, heightPx: Px): void {
    const g = contextOf(c.rows, widthPx, heightPx);
    if (!g) return;
    const w = timeline.view.value;
    const { procs, groups } = groupsInView();
    if (store.durationNanos > 0) {
      const wanted = wantedTiles({ window: w, widthPx, durationNanos: store.durationNanos, groups });
      needed = wanted.needed;
      tiles.want(wanted.all);
    }
    const curves = curvesInView(tiles, w, widthPx);
    const gc = new GroupView(tiles, GC_GROUP, w, widthPx);
    updateTops(curves, w, widthPx);
    // What the tiles hold may be behind what is read by now: between the two nothing is known to be idle.
    const behind = [gc.readToNanos, readTo(curves.map((c) => c.curves.block)), ...procs.map((x) => x.view.readToNanos)];
    const readToNanos = Math.min(store.status === 'indexing' ? store.indexedToNanos : Infinity, ...behind);
    drawRows(
      g,
      {
        window: w,
        widthPx,
        heightPx,
        scrollTopPx: store.scrollTopPx,
        layout: timeline.layout.value,
        procs,
        gc,
        curves,
        curveTops: tops,
        bands: timeline.bands.value,
        indexedToNanos: Number.isFinite(readToNanos) ? readToNanos : store.indexedToNanos,
        durationNanos: Math.max(1, store.durationNanos),
        unreadText: store.status === 'indexing' || store.status === 'opening' ? 'still reading' : 'not read',
      },
      picture,
      palette,
      measure,
    );
    updateBusy(procs, w);
    updateTexts();
    noteDrawn(procs);
  }

  /** The axis is made anew when the scale changes, and only grows while panning. */
  function updateTops(curves: readonly CurvesInView[], w: TimeWindow, widthPx: Px): void {
    const level = levelForWindow(w, widthPx);
    for (const { name } of timeline.layout.value.curves) {
      const top = curveTop(name, curves, w, widthPx);
      tops.set(name, level === topsLevel ? Math.max(tops.get(name) ?? 0, top) : top);
    }
    if (curves.length > 0) topsLevel = level;
  }

  function updateBusy(procs: ReturnType<typeof groupsInView>['procs'], w: TimeWindow): void {
    const next = new Map<number, number>();
    for (const { row, view } of procs) {
      const share = busyShare(view.forTrack(row.upper.track), w);
      if (share !== null) next.set(row.proc, share < 0.01 ? Math.ceil(share * 1000) / 10 : Math.round(share * 100));
    }
    const before = busyPercent.value;
    if (next.size === before.size && [...next].every(([k, v]) => before.get(k) === v)) return;
    busyPercent.value = next;
  }

  function updateTexts(): void {
    const w = timeline.view.value;
    const widthPx = timeline.widthPx.value;
    const curves = curvesInView(tiles, w, widthPx);
    const at = store.cursorNanos;
    const one = (s: Parameters<typeof valueAt>[1]): number | null =>
      at === null ? meanOver(curves, s, w, widthPx) : valueAt(curves, s, at);
    const count = (s: Parameters<typeof valueAt>[1]): string => {
      const v = one(s);
      return v === null ? '–' : Math.abs(v - Math.round(v)) < 0.05 ? String(Math.round(v)) : v.toFixed(1);
    };
    const [heap, goal] = [one('heapAllocated'), one('heapGoal')];
    const next: Record<CurveName, string> =
      curves.length === 0
        ? NO_TEXTS
        : {
            Goroutines: `${count('running')} running · ${count('runnable')} runnable`,
            Heap:
              heap === null
                ? 'not known here'
                : goal === null
                  ? formatBytesBinary(heap)
                  : `${formatBytesBinary(heap)} of ${formatBytesBinary(goal)}`,
            Threads: `${count('procsRunning')} running · ${count('inSyscall')} in syscall`,
          };
    const before = curveTexts.value;
    if (before.Goroutines !== next.Goroutines || before.Heap !== next.Heap || before.Threads !== next.Threads)
      curveTexts.value = next;
  }

  function noteDrawn(procs: ReturnType<typeof groupsInView>['procs']): void {
    if (store.drawn === 'whole-trace' || !procs.some((x) => !x.view.isEmpty)) return;
    const whole = store.status !== 'indexing' && timeline.isWhole.value && tiles.holdsAll(needed);
    if (whole) store.setDrawn('whole-trace');
    else if (store.drawn === 'nothing') store.setDrawn('first-spans');
  }

  function drawOverviewPart(c: Canvases, widthPx: Px): void {
    const g = contextOf(c.overview, widthPx, OVERVIEW_PX);
    if (!g) return;
    const whole = { fromNanos: 0, toNanos: Math.max(1, store.durationNanos) };
    const gc = new GroupView(tiles, GC_GROUP, whole, widthPx);
    const runnableTop = store.info?.maxima.runnable ?? 1;
    // N.B. a view gives one track at a time: the lists are copied.
    const [cycles, stw] = GC_GROUP.tracks.map((t) => gc.forTrack(t).map((x) => ({ ...x })));
    const procCount = store.info?.gomaxprocs ?? store.procs.length;
    drawOverview(
      g,
      {
        whole,
        widthPx,
        heightPx: OVERVIEW_PX,
        curves: curvesInView(tiles, whole, widthPx),
        gc: cycles ?? [],
        stw: stw ?? [],
        procCount,
        runnableTop,
      },
      palette,
    );
    overviewDrawn =
      store.status !== 'indexing' && tiles.holdsAll(wholeTiles(store.durationNanos, widthPx, [null, GC_GROUP]));
    if (store.indexedToNanos < store.durationNanos) {
      const x = (store.indexedToNanos / store.durationNanos) * widthPx;
      drawHatch(g, x, 0, widthPx - x, OVERVIEW_PX, palette);
    }
  }

  function drawHandlePart(c: Canvases, widthPx: Px): void {
    const g = contextOf(c.handle, widthPx, OVERVIEW_PX);
    const whole = { fromNanos: 0, toNanos: Math.max(1, store.durationNanos) };
    if (g) drawHandle(g, handleOf(timeline.view.value, whole, widthPx), widthPx, OVERVIEW_PX, palette);
  }

  function drawRulerPart(c: Canvases, widthPx: Px, input: OverlayInput): void {
    const g = contextOf(c.ruler, widthPx, RULER_PX);
    if (!g) return;
    drawRuler(g, input.window, widthPx, palette, measure);
    drawRulerOverlay(g, input, overlay().selected, palette);
    if (input.cursorNanos !== null) drawPill(g, input.cursorNanos, input.window, widthPx, palette, measure);
  }

  watch(timeline.view, () => invalidate('handle', 'ruler', 'rows', 'overlay'));
  watch([timeline.widthPx, timeline.heightPx, timeline.layout], everything);
  watch([() => store.scrollTopPx, timeline.bands], () => invalidate('rows', 'overlay'));
  watch([() => store.indexedToNanos, () => store.status, () => store.info], () => invalidate('overview', 'rows'));
  watch([() => store.selection, () => store.cursorNanos, () => store.marks], () => invalidate('overlay'));
  const endTiles = tiles.onChange(() => {
    const e = tiles.lastError;
    failure.value = e && !TOLD_ELSEWHERE.includes(e.code) ? e.message : null;
    invalidate('rows');
    // The strip of the whole trace does not change any more once its own tiles are there.
    if (!overviewDrawn) invalidate('overview');
  });
  const endPalette = watchPalette((p) => {
    palette = p;
    remeasure();
    everything();
  });
  onBeforeUnmount(() => {
    endTiles();
    endPalette();
    timeline.onMotion = null;
    loop.stop();
    tiles.want([]);
  });

  return {
    busyPercent,
    curveTexts,
    failure,
    attach(c) {
      canvases = c;
      palette = currentPalette();
      remeasure();
      everything();
      // Labels are measured in the bundled face, which may come after the first frame.
      void document.fonts?.ready.then(() => {
        remeasure();
        everything();
      });
    },
    invalidate,
    groupViewOf(proc) {
      const ix = store.procs.indexOf(proc);
      const group = groupsOf(store.procs)[Math.floor(ix / PROCS_PER_GROUP)];
      return ix >= 0 && group ? new GroupView(tiles, group, timeline.view.value, timeline.widthPx.value) : null;
    },
    gcView: () => new GroupView(tiles, GC_GROUP, timeline.view.value, timeline.widthPx.value),
  };
}
