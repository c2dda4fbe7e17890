// The strip of the whole trace: processors that run with the GC work inside, the backlog of runnable goroutines as a
// line, GC cycles as a tint, stop-the-world as ticks on top; and the visible window as a handle.

import { SPAN_STATES, TILE_BUCKETS, stateIx } from '../../../contract/blocks/tile';
import type { Nanos, Px } from '../../../contract/units';
import type { Palette } from '../../base/palette';
import { pxFromNanos, type TimeWindow } from '../../base/time-scale';
import { SeriesColumns, type CurvesInView } from './series-columns';
import { Columns } from './columns';
import type { TileInView } from './draw-track';
import type { Ctx } from './picture';

const running = new SeriesColumns();
const workers = new SeriesColumns();
const backlog = new SeriesColumns();
const pieces = new Columns();
const STW_BIT = 1 << stateIx('stw');

export interface OverviewInput {
  readonly whole: TimeWindow;
  readonly widthPx: Px;
  readonly heightPx: Px;
  readonly curves: readonly CurvesInView[];
  /** Tiles of the tracks GC and stop-the-world over the whole trace. */
  readonly gc: readonly TileInView[];
  readonly stw: readonly TileInView[];
  readonly procCount: number;
  /** Backlog at the top of the strip. */
  readonly runnableTop: number;
  /** Times of hits of a search. */
  readonly hits?: readonly Nanos[];
}

/** Draws the strip without the window. Cost: O(columns). */
export function drawOverview(g: Ctx, o: OverviewInput, p: Palette): void {
  const { whole, widthPx, heightPx: h } = o;
  const n = Math.ceil(widthPx);
  g.globalAlpha = 1;
  g.fillStyle = p.surface2;
  g.fillRect(0, 0, widthPx, h);
  g.fillStyle = p.gcBand;
  eachPiece(o.gc, whole, widthPx, (x, w) => g.fillRect(x, 0, w, h));
  running.fill(o.curves, 'running', whole, widthPx);
  workers.fill(o.curves, 'gcWorkers', whole, widthPx);
  backlog.fill(o.curves, 'runnable', whole, widthPx);
  const room = h - 12;
  const top = Math.max(1, o.procCount);
  const bars = (c: SeriesColumns): void => {
    for (let x = 0; x < n; x++) {
      const v = c.means[x]!;
      if (v > 0) g.fillRect(x, h - 1 - Math.min(1, v / top) * room, 1, Math.min(1, v / top) * room);
    }
  };
  g.globalAlpha = 0.55;
  g.fillStyle = p.running;
  bars(running);
  g.globalAlpha = 1;
  g.fillStyle = p.gcWorker;
  bars(workers);
  drawBacklog(g, n, h, room, Math.max(1, o.runnableTop), p);
  g.fillStyle = p.states[SPAN_STATES.indexOf('stw')]!;
  eachStwColumn(o.stw, whole, widthPx, (x, w) => g.fillRect(x, 0, w, 5));
  drawHits(g, o, p);
}

/** Where hits of a search are: ticks at the foot, one for each column that has any. */
function drawHits(g: Ctx, o: OverviewInput, p: Palette): void {
  if (!o.hits || o.hits.length === 0) return;
  const columns = new Set(o.hits.map((t) => Math.round(pxFromNanos(o.whole, o.widthPx, t))));
  g.fillStyle = p.warn;
  for (const x of columns) g.fillRect(x - 0.5, o.heightPx - 8, 2, 8);
}

function drawBacklog(g: Ctx, n: Px, h: Px, room: Px, top: number, p: Palette): void {
  g.fillStyle = p.runnable;
  let before = NaN;
  for (let x = 0; x < n; x++) {
    const v = backlog.means[x]!;
    const y = Number.isNaN(v) ? NaN : Math.round(h - 2 - Math.min(1, backlog.maxima[x]! / top) * room);
    if (!Number.isNaN(y)) {
      g.fillRect(x, y, 1, 1);
      if (!Number.isNaN(before) && before !== y) g.fillRect(x, Math.min(before, y), 1, Math.abs(before - y) + 1);
    }
    before = y;
  }
}

/** Pieces of a track: wide spans, and columns of what is narrower, with the share that is busy in them. */
export function eachPiece(
  tiles: readonly TileInView[],
  w: TimeWindow,
  widthPx: Px,
  visit: (x: Px, width: Px, share: number) => void,
): void {
  const scale = widthPx / (w.toNanos - w.fromNanos);
  for (const { tile, trackIx } of tiles) {
    for (let i = tile.spanFrom[trackIx]!, end = tile.spanFrom[trackIx + 1]!; i < end; i++) {
      const from = Math.round((tile.block.spanStart[i]! - w.fromNanos) * scale);
      visit(from, Math.max(1, Math.round((tile.block.spanEnd[i]! - w.fromNanos) * scale) - from), 1);
    }
  }
  pieces.reset(widthPx);
  for (const t of tiles) pieces.add(t.tile, t.trackIx, w, widthPx);
  for (let x = 0; x < pieces.widthPx; x++)
    if (pieces.counts[x]! > 0 || pieces.shares[x]! > 0) visit(x, 1, pieces.shares[x]!);
}

/** Every column in which the world was stopped, however shortly: read from the masks, which lose nothing. */
export function eachStwColumn(
  tiles: readonly TileInView[],
  w: TimeWindow,
  widthPx: Px,
  visit: (x: Px, width: Px) => void,
): void {
  const scale = widthPx / (w.toNanos - w.fromNanos);
  let last = -1;
  for (const { tile, trackIx } of tiles) {
    const width = Math.max(1, Math.round(tile.bucketNanos * scale));
    const first = Math.max(0, Math.floor((w.fromNanos - tile.startNanos) / tile.bucketNanos));
    const end = Math.min(TILE_BUCKETS, Math.ceil((w.toNanos - tile.startNanos) / tile.bucketNanos));
    for (let b = first; b < end; b++) {
      if (!(tile.block.masks[trackIx * TILE_BUCKETS + b]! & STW_BIT)) continue;
      const x = Math.floor(pxFromNanos(w, widthPx, tile.startNanos + (b + 0.5) * tile.bucketNanos) - (width - 1) / 2);
      if (x === last) continue;
      last = x;
      visit(x, width);
    }
  }
}

export interface Handle {
  readonly fromPx: Px;
  readonly endPx: Px;
  /** Too narrow for two grips. */
  readonly single: boolean;
}

/** Where the window's handle stands in the overview. */
export function handleOf(w: TimeWindow, whole: TimeWindow, widthPx: Px): Handle {
  const a = pxFromNanos(whole, widthPx, w.fromNanos);
  const b = pxFromNanos(whole, widthPx, w.toNanos);
  return { fromPx: a, endPx: b, single: b - a < 6 };
}

/** Draws veil, frame and grips over the strip. */
export function drawHandle(g: Ctx, handle: Handle, widthPx: Px, heightPx: Px, p: Palette): void {
  g.clearRect(0, 0, widthPx, heightPx);
  const { fromPx, endPx, single } = handle;
  g.globalAlpha = p.dark ? 0.62 : 0.68;
  g.fillStyle = p.bg;
  g.fillRect(0, 0, Math.max(0, fromPx), heightPx);
  g.fillRect(endPx, 0, Math.max(0, widthPx - endPx), heightPx);
  g.globalAlpha = 1;
  g.fillStyle = p.accent;
  const middle = heightPx / 2 - 9;
  if (single) {
    const x = (fromPx + endPx) / 2;
    g.fillRect(x - 0.75, 0, 1.5, heightPx);
    grip(g, x, middle);
    return;
  }
  g.strokeStyle = p.accent;
  g.lineWidth = 1.5;
  g.strokeRect(fromPx + 0.75, 0.75, Math.max(0, endPx - fromPx - 1.5), heightPx - 1.5);
  grip(g, Math.max(2.5, fromPx + 0.75), middle);
  grip(g, Math.min(widthPx - 2.5, endPx - 0.75), middle);
}

function grip(g: Ctx, xPx: Px, yPx: Px): void {
  g.beginPath();
  g.roundRect(xPx - 2.5, yPx, 5, 18, 2);
  g.fill();
}
