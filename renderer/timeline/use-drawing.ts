// Owns the canvases: sizes them, asks for the tiles of the view, and draws in one loop what has changed.

import { onBeforeUnmount, shallowRef, watch, type ShallowRef } from 'vue';
import type { ErrorCode } from '../../contract/errors';
import { TRACK_GC, TRACK_STW, type Nanos, type Px, type TrackId } from '../../contract/units';
import { formatBytesBinary, formatDurationText, formatShare, nanosOfDay } from '../base/format';
import { currentPalette, watchPalette, type Palette } from '../base/palette';
import { levelForWindow, type TimeWindow } from '../base/time-scale';
import { LATENCY_GROUP, type TrackGroup, type WantedTile } from '../trace/tile-cache';
import { curveTop, meanOver, mostOver, valueAt, type CurvesInView } from './draw/draw-curves';
import { drawHandle, drawOverview, handleOf } from './draw/draw-overview';
import { drawOverlay, drawRulerOverlay, type OverlayInput } from './draw/draw-overlay';
import { drawHatch, drawRows, Pictures, type RowsInput } from './draw/draw-rows';
import { drawPill, drawRuler } from './draw/draw-ruler';
import { drawFlows, type FlowsInView } from './draw/draw-flows';
import { busyShare } from './draw/draw-track';
import { cachedMeasure, type Measure } from './draw/labels';
import type { Ctx } from './draw/picture';
import { Raster } from './draw/raster';
import { FrameLoop } from './frame-loop';
import { curvesInView, GroupView, readTo } from './group-view';
import { CURVE_NAMES, GC_GROUP, type CurveName, type TrackRow } from './layout';
import { OVERVIEW_PX, RULER_PX } from './metrics';
import type { Paint } from './paint';
import { groupsInView } from './track-groups';
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
  'cursorNanos' | 'selection' | 'sampleNanos' | 'hover' | 'marks' | 'brush' | 'area' | 'measured'
> & {
  readonly selected: TimeWindow | null;
  readonly flows: FlowsInView;
};

/** What else the picture depends on. */
export interface DrawingInput {
  readonly overlay: () => OverlayState;
  readonly paint: () => Paint;
  /** Times of hits of a search, over the whole trace: ticks in the overview. */
  readonly hits: () => readonly Nanos[];
  /** Rows in view need their heads. */
  readonly wantRows: (from: number, end: number) => void;
}

export interface Drawing {
  attach(canvases: Canvases): void;
  invalidate(...parts: Part[]): void;
  /** Busy share of each processor in the window, in percent. */
  readonly busyPercent: ShallowRef<ReadonlyMap<number, number>>;
  /** Values of the curves under the cursor, or their means over the window. */
  readonly curveTexts: ShallowRef<Readonly<Record<CurveName, string>>>;
  /** Why a part of the picture is missing; null when nothing is. N.B. the death of the process is said elsewhere. */
  readonly failure: ShallowRef<string | null>;
  /** Where the tiles of a line are; null: it is not in view. */
  viewOf(row: TrackRow): GroupView | null;
  /** The canvases of the picture as it stands, for whoever saves it. */
  canvases(): Canvases | null;
  /** Draws the rows and what lies over them onto another context of the same size. */
  drawOnto(rows: Ctx, ruler: Ctx): void;
}

/** The tab's bar says these. */
const TOLD_ELSEWHERE: readonly ErrorCode[] = ['ENGINE_DIED', 'CHANGED', 'CANCELLED'];
type CurveTexts = Readonly<Record<CurveName, string>>;
const NO_TEXTS = Object.fromEntries(CURVE_NAMES.map((n) => [n, ''])) as CurveTexts;

export function useDrawing(timeline: Timeline, { overlay, paint, hits, wantRows }: DrawingInput): Drawing {
  const { store } = timeline;
  const { tiles } = store.client;
  const busyPercent = shallowRef<ReadonlyMap<number, number>>(new Map());
  const curveTexts = shallowRef(NO_TEXTS);
  const failure = shallowRef<string | null>(null);
  const dirty = new Set<Part>();
  const pictures = new Pictures();
  const raster = new Raster();
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

  let viewsByTrack: ReadonlyMap<TrackId, GroupView> = new Map();
  /** Views of all lines that are seen, and the groups whose tiles they want. */
  function viewsInView(): { readonly groups: readonly TrackGroup[]; readonly views: readonly GroupView[] } {
    const groups = groupsInView(timeline.layout.value, timeline.rowsInView.value, store.procs);
    const views = groups.map((g) => new GroupView(tiles, g, timeline.view.value, timeline.widthPx.value));
    const byTrack = new Map<TrackId, GroupView>();
    groups.forEach((g, i) => {
      for (const t of g.tracks) byTrack.set(t, views[i]!);
    });
    viewsByTrack = byTrack;
    return { groups, views };
  }
  const viewOf = (row: Pick<TrackRow, 'track'>): GroupView | null =>
    row.track === TRACK_GC || row.track === TRACK_STW ? gcView() : (viewsByTrack.get(row.track) ?? null);
  const gcView = (): GroupView => new GroupView(tiles, GC_GROUP, timeline.view.value, timeline.widthPx.value);

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
      if (g) {
        drawOverlay(g, input, palette, measure);
        drawFlows(g, overlay().flows, input.window, widthPx, palette);
      }
      updateTexts();
    }
  }

  function drawRowsPart(c: Canvases, widthPx: Px, heightPx: Px): void {
    const g = contextOf(c.rows, widthPx, heightPx);
    if (!g) return;
    const w = timeline.view.value;
    const { groups, views } = viewsInView();
    const rows = timeline.rowsInView.value;
    const indices = rows.items.flatMap((i) => (i.index === null ? [] : [i.index]));
    if (indices.length > 0) wantRows(Math.min(...indices), Math.max(...indices) + 1);
    if (store.durationNanos > 0) {
      const asked = showsLatency() ? [...groups, LATENCY_GROUP] : groups;
      const wanted = wantedTiles({ window: w, widthPx, durationNanos: store.durationNanos, groups: asked });
      needed = wanted.needed;
      tiles.want(wanted.all);
    }
    const input = rowsInput(widthPx, heightPx, views);
    raster.begin(g, c.rows.width, c.rows.height, window.devicePixelRatio || 1);
    drawRows(g, input, pictures, palette, measure, raster);
    updateBusy(w);
    updateTexts();
    noteDrawn(views);
  }

  function rowsInput(widthPx: Px, heightPx: Px, views: readonly GroupView[]): RowsInput {
    const w = timeline.view.value;
    const curves = curvesInView(tiles, w, widthPx);
    const latency = latencyInView(w, widthPx);
    const gc = gcView();
    updateTops(curves, latency, w, widthPx);
    // What the tiles hold may be behind what is read by now: between the two nothing is known to be idle.
    const behind = [gc.readToNanos, readTo(curves.map((c) => c.curves.block)), ...views.map((x) => x.readToNanos)];
    const readToNanos = Math.min(store.status === 'indexing' ? store.indexedToNanos : Infinity, ...behind);
    return {
      window: w,
      widthPx,
      heightPx,
      scrollTopPx: store.scrollTopPx,
      layout: timeline.layout.value,
      rows: timeline.rowsInView.value,
      viewOf,
      gc,
      curves,
      latency,
      curveTops: tops,
      bands: store.mode.bands,
      paint: paint(),
      tickShiftNanos: nanosOfDay(clock()) ?? 0,
      indexedToNanos: Number.isFinite(readToNanos) ? readToNanos : store.indexedToNanos,
      durationNanos: Math.max(1, store.durationNanos),
      unreadText: store.status === 'indexing' || store.status === 'opening' ? 'still reading' : 'not read',
    };
  }

  /** It needs a pass over the trace when it is first shown, so it is asked for only when it is, and the trace is read. */
  const showsLatency = (): boolean =>
    timeline.layout.value.curves.some((c) => c.name === 'Scheduler latency') &&
    (store.status === 'done' || store.status === 'cancelled');
  const latencyInView = (w: TimeWindow, widthPx: Px): readonly CurvesInView[] =>
    showsLatency() ? curvesInView(tiles, w, widthPx, LATENCY_GROUP) : [];

  const procCount = (): number => Math.max(1, store.info?.gomaxprocs ?? store.procs.length);

  /** The axis is made anew when the scale changes, and only grows while panning. */
  function updateTops(
    curves: readonly CurvesInView[],
    latency: readonly CurvesInView[],
    w: TimeWindow,
    widthPx: Px,
  ): void {
    const level = levelForWindow(w, widthPx);
    for (const { name } of timeline.layout.value.curves) {
      const top = curveTop(name, name === 'Scheduler latency' ? latency : curves, w, widthPx, procCount());
      tops.set(name, level === topsLevel ? Math.max(tops.get(name) ?? 0, top) : top);
    }
    if (curves.length > 0) topsLevel = level;
  }

  function updateBusy(w: TimeWindow): void {
    const next = new Map<number, number>();
    for (const { proc, tracks } of [...timeline.rowsInView.value.pinned, ...timeline.rowsInView.value.items]) {
      const view = proc === null ? null : viewOf(tracks[0]!);
      const share = view && busyShare(view.forTrack(tracks[0]!.track), w);
      if (proc === null || share === null) continue;
      next.set(proc, share < 0.01 ? Math.ceil(share * 1000) / 10 : Math.round(share * 100));
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
    const shareText = (s: Parameters<typeof valueAt>[1]): string => {
      const v = one(s);
      return v === null ? '–' : `${formatShare(v / procCount())} of ${procCount()} P`;
    };
    const latency = latencyInView(w, widthPx);
    const latencyText = (): string => {
      if (latency.length === 0) return 'reading';
      const mean = at === null ? meanOver(latency, 'schedLatency', w, widthPx) : valueAt(latency, 'schedLatency', at);
      const most =
        at === null ? mostOver(latency, 'schedLatency', w, widthPx) : valueAt(latency, 'schedLatency', at, 'maxima');
      if (mean === null || most === null) return 'no goroutine began to run';
      return `${formatDurationText(Math.round(mean))} · most ${formatDurationText(Math.round(most))}`;
    };
    const next: CurveTexts =
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
            'Processor use': shareText('procsRunning'),
            'GC CPU': shareText('gcWorkers'),
            'Scheduler latency': latencyText(),
          };
    if (CURVE_NAMES.some((n) => curveTexts.value[n] !== next[n])) curveTexts.value = next;
  }

  function noteDrawn(views: readonly GroupView[]): void {
    if (store.drawn === 'whole-trace' || !views.some((x) => !x.isEmpty)) return;
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
    drawOverview(
      g,
      {
        whole,
        widthPx,
        heightPx: OVERVIEW_PX,
        curves: curvesInView(tiles, whole, widthPx),
        gc: cycles ?? [],
        stw: stw ?? [],
        procCount: procCount(),
        runnableTop,
        hits: hits(),
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

  /** When the trace began, when the axis shows the time of day. */
  const clock = (): string | null => (store.mode.clock ? (store.info?.startedAt ?? null) : null);

  function drawRulerPart(c: Canvases, widthPx: Px, input: OverlayInput): void {
    const g = contextOf(c.ruler, widthPx, RULER_PX);
    if (!g) return;
    drawRuler(g, input.window, widthPx, palette, measure, clock());
    drawRulerOverlay(g, input, overlay().selected, palette, measure);
    if (input.cursorNanos !== null) drawPill(g, input.cursorNanos, input.window, widthPx, palette, measure, clock());
  }

  watch(timeline.view, () => invalidate('handle', 'ruler', 'rows', 'overlay'));
  watch([timeline.widthPx, timeline.heightPx, timeline.layout], everything);
  watch([() => store.scrollTopPx, timeline.rowsInView, paint], () => invalidate('rows', 'overlay'));
  watch(
    () => store.mode,
    () => invalidate('rows', 'ruler', 'overlay'),
  );
  watch(hits, () => {
    overviewDrawn = false;
    invalidate('overview');
  });
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
    viewOf: (row) => viewOf(row),
    canvases: () => canvases,
    drawOnto(rows, ruler) {
      const [widthPx, heightPx] = [timeline.widthPx.value, timeline.heightPx.value];
      const input: OverlayInput = { window: timeline.view.value, widthPx, heightPx, ...overlay(), cursorNanos: null };
      drawRows(rows, rowsInput(widthPx, heightPx, viewsInView().views), new Pictures(), palette, measure);
      drawOverlay(rows, { ...input, hover: null }, palette, measure, false);
      drawFlows(rows, overlay().flows, input.window, widthPx, palette);
      drawRuler(ruler, input.window, widthPx, palette, measure, clock());
      drawRulerOverlay(ruler, input, overlay().selected, palette, measure);
    },
  };
}
