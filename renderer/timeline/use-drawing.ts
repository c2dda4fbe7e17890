// Owns the canvases: sizes them, asks for the tiles of the view, and draws in one loop what has changed.

import { onBeforeUnmount, shallowRef, watch, type ShallowRef } from 'vue';
import type { ErrorCode } from '../../contract/errors';
import { TRACK_GC, TRACK_STW, type Nanos, type Px, type TrackId } from '../../contract/units';
import { nanosOfDay } from '../base/format';
import { currentPalette, watchPalette, type Palette } from '../base/palette';
import { levelForWindow, type TimeWindow } from '../base/time-scale';
import { LATENCY_GROUP, type TrackGroup, type WantedTile } from '../trace/tile-cache';
import { curveTop } from './draw/draw-curves';
import { drawHandle, drawOverview, handleOf } from './draw/draw-overview';
import { drawOverlay, drawRulerOverlay, type OverlayInput } from './draw/draw-overlay';
import { drawHatch, drawInk, drawRows, fillRows, Pictures, type RowsInput } from './draw/draw-rows';
import { drawPill, drawRuler } from './draw/draw-ruler';
import { drawFlows, type FlowsInView } from './draw/draw-flows';
import { cachedMeasure, type Measure } from './draw/labels';
import type { Ctx } from './draw/picture';
import { Raster } from './draw/raster';
import type { CurvesInView } from './draw/series-columns';
import { FrameLoop } from './frame-loop';
import { curvesInView, GroupView, readTo } from './group-view';
import { GC_GROUP, type CurveName, type TrackRow } from './layout';
import { OVERVIEW_PX, RULER_PX } from './metrics';
import type { Paint } from './paint';
import { contextOf } from './surface';
import { groupsInView, groupsNear } from './track-groups';
import type { TileHits } from './tile-hits';
import { useFigures, type Figures } from './use-figures';
import type { Timeline } from './use-timeline';
import { wantedTiles, wholeTiles } from './wanted-tiles';

export interface Canvases {
  readonly overview: HTMLCanvasElement;
  readonly handle: HTMLCanvasElement;
  readonly ruler: HTMLCanvasElement;
  readonly rows: HTMLCanvasElement;
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

/** What lies over the rows and the ruler in a frame. */
type FrameInput = OverlayInput & OverlayState;

/** What else the picture depends on. */
export interface DrawingInput {
  readonly overlay: () => OverlayState;
  readonly paint: () => Paint;
  /** Hits on the rows: a frame asks of each tile that it draws. */
  readonly marking?: TileHits;
  /** Times of hits of a search, over the whole trace: ticks in the overview. */
  readonly hits: () => readonly Nanos[];
  /** Rows in view need their heads. */
  readonly wantRows: (from: number, end: number) => void;
}

export interface Drawing {
  attach(canvases: Canvases): void;
  invalidate(...parts: Part[]): void;
  readonly figures: Figures;
  /** Why a part of the picture is missing; null when nothing is. N.B. the death of the process is said elsewhere. */
  readonly failure: ShallowRef<string | null>;
  /** Where the tiles of a line are; null: it is not in view. */
  viewOf(row: TrackRow): GroupView | null;
  /** Draws the rows and what lies over them onto another context of the same size. */
  drawOnto(rows: Ctx, ruler: Ctx): void;
}

/** The tab's bar says these. */
const TOLD_ELSEWHERE: readonly ErrorCode[] = ['ENGINE_DIED', 'CHANGED', 'CANCELLED'];

export function useDrawing(timeline: Timeline, { overlay, paint, hits, marking, wantRows }: DrawingInput): Drawing {
  const { store } = timeline;
  const { tiles } = store.client;
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

  function remeasure(): void {
    const g = canvases && new OffscreenCanvas(1, 1).getContext('2d');
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
    const input: FrameInput = { window: timeline.view.value, widthPx, heightPx, ...overlay() };
    if (parts.has('rows') || parts.has('overlay')) drawRowsPart(canvases, widthPx, heightPx, parts.has('rows'), input);
    if (parts.has('overview')) drawOverviewPart(canvases, widthPx);
    if (parts.has('handle')) drawHandlePart(canvases, widthPx);
    if (parts.has('ruler') || parts.has('overlay')) drawRulerPart(canvases, widthPx, input);
  }

  /** What the rows were drawn from, for frames in which only what lies over them changes. */
  let drawnRows: RowsInput | null = null;
  /** Rectangles of the rows are made anew only when they changed; what lies over them is drawn in each frame. */
  function drawRowsPart(c: Canvases, widthPx: Px, heightPx: Px, changed: boolean, over: FrameInput): void {
    const g = contextOf(c.rows, { widthPx, heightPx, opaque: true });
    if (!g) return;
    if (changed || !drawnRows) drawnRows = fillRowsPart(g, widthPx, heightPx);
    raster.show(g);
    drawInk(g, drawnRows, pictures, palette);
    drawOverlay(g, over, palette, measure);
    drawFlows(g, over.flows, over.window, widthPx, palette);
    figures.invalidate();
  }

  function fillRowsPart(g: Ctx, widthPx: Px, heightPx: Px): RowsInput {
    const w = timeline.view.value;
    const { groups, views } = viewsInView();
    const rows = timeline.rowsInView.value;
    const indices = rows.items.flatMap((i) => (i.index === null ? [] : [i.index]));
    if (indices.length > 0) wantRows(Math.min(...indices), Math.max(...indices) + 1);
    if (store.durationNanos > 0) {
      const asked = showsLatency() ? [...groups, LATENCY_GROUP] : groups;
      const near = groupsNear(timeline.layout.value, timeline.rowsInView.value);
      const wanted = wantedTiles({ window: w, widthPx, durationNanos: store.durationNanos, groups: asked, near });
      needed = wanted.needed;
      tiles.want(wanted.all, wanted.needed.length);
    }
    const input = rowsInput(widthPx, heightPx, views);
    marking?.beginFrame();
    const ratio = window.devicePixelRatio || 1;
    raster.begin(g, Math.round(widthPx * ratio), Math.round(heightPx * ratio), ratio);
    fillRows(raster, input, pictures, palette, measure);
    marking?.endFrame();
    noteDrawn(views);
    return input;
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
  const figures = useFigures(timeline, {
    viewOf,
    latency: () => latencyInView(timeline.view.value, timeline.widthPx.value),
    procCount,
  });

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

  function noteDrawn(views: readonly GroupView[]): void {
    if (store.drawn === 'whole-trace' || !views.some((x) => !x.isEmpty)) return;
    const whole = store.status !== 'indexing' && timeline.isWhole.value && tiles.holdsAll(needed);
    if (whole) store.setDrawn('whole-trace');
    else if (store.drawn === 'nothing') store.setDrawn('first-spans');
  }

  function drawOverviewPart(c: Canvases, widthPx: Px): void {
    const g = contextOf(c.overview, { widthPx, heightPx: OVERVIEW_PX, opaque: false });
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
    const g = contextOf(c.handle, { widthPx, heightPx: OVERVIEW_PX, opaque: false });
    const whole = { fromNanos: 0, toNanos: Math.max(1, store.durationNanos) };
    if (g) drawHandle(g, handleOf(timeline.view.value, whole, widthPx), widthPx, OVERVIEW_PX, palette);
  }

  /** When the trace began, when the axis shows the time of day. */
  const clock = (): string | null => (store.mode.clock ? (store.info?.startedAt ?? null) : null);

  function drawRulerPart(c: Canvases, widthPx: Px, input: FrameInput): void {
    const g = contextOf(c.ruler, { widthPx, heightPx: RULER_PX, opaque: false });
    if (!g) return;
    drawRuler(g, input.window, widthPx, palette, measure, clock());
    drawRulerOverlay(g, input, input.selected, palette, measure);
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
    figures,
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
    drawOnto(rows, ruler) {
      const [widthPx, heightPx] = [timeline.widthPx.value, timeline.heightPx.value];
      const input: FrameInput = { window: timeline.view.value, widthPx, heightPx, ...overlay(), cursorNanos: null };
      drawRows(rows, rowsInput(widthPx, heightPx, viewsInView().views), new Pictures(), palette, measure);
      drawOverlay(rows, { ...input, hover: null }, palette, measure);
      drawFlows(rows, input.flows, input.window, widthPx, palette);
      drawRuler(ruler, input.window, widthPx, palette, measure, clock());
      drawRulerOverlay(ruler, input, input.selected, palette, measure);
    },
  };
}
