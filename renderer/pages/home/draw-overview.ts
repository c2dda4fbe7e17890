// The overview strip on a canvas: runnable backlog above, processors below, GC behind both, one time axis.
import type { Nanos, Px } from '../../../contract/units';
import { formatAxisTimeText } from '../../base/format';
import type { Palette } from '../../base/palette';
import { ticksOf } from '../../base/time-scale';
import type { Ctx } from '../../timeline/draw/picture';

export interface OverviewPicture {
  readonly durationNanos: Nanos;
  /** The trace is read up to here. */
  readonly knownToNanos: Nanos;
  readonly runnable: Float32Array;
  readonly running: Float32Array;
  readonly gcWorkers: Float32Array;
  /** Shares, 0 where there is none. */
  readonly gc: Float32Array;
  readonly stw: Float32Array;
  readonly topRunnable: number;
  readonly topRunning: number;
}

export interface OverviewOverlay {
  readonly hoverX: Px | null;
  /** A range that is being dragged out, in px of the plot. */
  readonly dragged: { readonly from: Px; readonly to: Px } | null;
}

export const OVERVIEW_HEIGHT: Px = 122;
/** Left and right of the plot. */
export const OVERVIEW_PAD: Px = 14;

const STW = { top: 5, height: 4 };
const BACKLOG = { top: 12, height: 36 };
const PROCS = { top: 54, height: 44 };
const AXIS = { top: 98, height: 22 };

export function drawOverview(
  g: CanvasRenderingContext2D,
  widthPx: Px,
  p: OverviewPicture | null,
  overlay: OverviewOverlay,
  palette: Palette,
): void {
  g.clearRect(0, 0, widthPx, OVERVIEW_HEIGHT);
  if (!p || p.durationNanos <= 0) return;
  const width = widthPx - 2 * OVERVIEW_PAD;
  g.save();
  g.translate(OVERVIEW_PAD, 0);
  drawPlot(g, width, p, overlay, palette);
  g.restore();
}

/** All but the margins, from x 0 on: also for a file. */
export function drawPlot(g: Ctx, width: Px, p: OverviewPicture, overlay: OverviewOverlay, palette: Palette): void {
  drawAxis(g, width, p.durationNanos, palette);
  bands(g, p.gc, BACKLOG.top, PROCS.top + PROCS.height - BACKLOG.top, palette.gcBand);
  bands(g, p.stw, STW.top, STW.height, palette.states[6] ?? palette.ink);
  steps(g, p.runnable, BACKLOG.top, BACKLOG.height, p.topRunnable, palette.runnable, 0.28, true);
  rule(g, width, BACKLOG.top + BACKLOG.height, palette.line);
  steps(g, p.running, PROCS.top, PROCS.height, p.topRunning, palette.running, 1, false);
  steps(g, p.gcWorkers, PROCS.top, PROCS.height, p.topRunning, palette.gcWorker, 1, false);
  rule(g, width, PROCS.top + PROCS.height, palette.lineStrong);
  if (p.knownToNanos < p.durationNanos) notRead(g, (p.knownToNanos / p.durationNanos) * width, width, palette);
  drawOverlay(g, width, overlay, palette);
}

function drawAxis(g: Ctx, width: Px, durationNanos: Nanos, palette: Palette): void {
  const window = { fromNanos: 0, toNanos: durationNanos };
  const { stepNanos, firstNanos, count } = ticksOf(window, width, 110);
  g.font = `11px ${palette.fontUi}`;
  g.textBaseline = 'middle';
  for (let i = 0; i < count; i++) {
    const t = firstNanos + i * stepNanos;
    const x = Math.round((t / durationNanos) * width);
    g.fillStyle = palette.grid;
    g.fillRect(x, STW.top, 1, AXIS.top - STW.top);
    g.fillStyle = palette.lineStrong;
    g.fillRect(x, AXIS.top, 1, 6);
    const label = formatAxisTimeText(t, stepNanos);
    g.fillStyle = palette.ink2;
    if (x + 4 + g.measureText(label).width < width) g.fillText(label, x + 4, AXIS.top + 12);
    g.fillStyle = palette.line;
    for (let minor = 1; minor < 5; minor++) {
      const at = ((t + (stepNanos * minor) / 5) / durationNanos) * width;
      if (at < width) g.fillRect(Math.round(at), AXIS.top, 1, 4);
    }
  }
}

/** One rectangle for each run of pixels of the same share, the fainter the less of it there is. */
function bands(g: Ctx, shares: Float32Array, top: Px, height: Px, colour: string): void {
  g.fillStyle = colour;
  for (let x = 0; x < shares.length;) {
    const share = shares[x]!;
    const from = x;
    while (x < shares.length && shares[x] === share) x++;
    if (share === 0) continue;
    g.globalAlpha = share;
    g.fillRect(from, top, x - from, height);
  }
  g.globalAlpha = 1;
}

/** A curve of steps over a ground line: filled, and with a line on top when it is see-through. */
function steps(
  g: Ctx,
  columns: Float32Array,
  top: Px,
  height: Px,
  topValue: number,
  colour: string,
  opacity: number,
  line: boolean,
): void {
  const yOf = (v: number): Px => top + height - Math.min(1, v / topValue) * height;
  g.fillStyle = colour;
  g.globalAlpha = opacity;
  for (let x = 0; x < columns.length; x++) {
    const v = columns[x]!;
    if (!(v > 0)) continue;
    // However little there is, it is there.
    const y = Math.min(yOf(v), top + height - 1);
    g.fillRect(x, y, 1, top + height - y);
  }
  g.globalAlpha = 1;
  if (!line) return;
  let before: Px | null = null;
  for (let x = 0; x < columns.length; x++) {
    const v = columns[x]!;
    if (Number.isNaN(v)) {
      before = null;
      continue;
    }
    const y = Math.round(yOf(v));
    const from: Px = before ?? y;
    g.fillRect(x, Math.min(from, y), 1, Math.abs(from - y) + 1);
    before = y;
  }
}

function rule(g: Ctx, width: Px, y: Px, colour: string): void {
  g.fillStyle = colour;
  g.fillRect(0, y, width, 1);
}

function notRead(g: Ctx, from: Px, width: Px, palette: Palette): void {
  const [top, bottom] = [STW.top, AXIS.top];
  g.save();
  g.beginPath();
  g.rect(from, top, width - from, bottom - top);
  g.clip();
  g.fillStyle = palette.surface;
  g.fillRect(from, top, width - from, bottom - top);
  g.strokeStyle = palette.line;
  g.beginPath();
  for (let x = from - (bottom - top); x < width; x += 8) {
    g.moveTo(x, bottom);
    g.lineTo(x + (bottom - top), top);
  }
  g.stroke();
  g.restore();
  g.fillStyle = palette.accent;
  g.fillRect(Math.round(from), top, 2, bottom - top);
  const label = 'not read yet';
  const labelWidth = g.measureText(label).width;
  if (width - from < labelWidth + 24) return;
  const middle = (from + width) / 2;
  g.fillStyle = palette.surface;
  g.fillRect(middle - labelWidth / 2 - 6, (top + bottom) / 2 - 10, labelWidth + 12, 20);
  g.fillStyle = palette.ink2;
  g.fillText(label, middle - labelWidth / 2, (top + bottom) / 2);
}

function drawOverlay(g: Ctx, width: Px, overlay: OverviewOverlay, palette: Palette): void {
  const [top, bottom] = [STW.top, AXIS.top];
  if (overlay.dragged) {
    const from = Math.max(0, Math.min(overlay.dragged.from, overlay.dragged.to));
    const to = Math.min(width, Math.max(overlay.dragged.from, overlay.dragged.to));
    g.globalAlpha = 0.12;
    g.fillStyle = palette.accent;
    g.fillRect(from, top, to - from, bottom - top);
    g.globalAlpha = 1;
    g.fillRect(from, top, 1, bottom - top);
    g.fillRect(to - 1, top, 1, bottom - top);
  } else if (overlay.hoverX !== null) {
    g.fillStyle = palette.crosshair;
    g.fillRect(Math.round(overlay.hoverX), top, 1, bottom - top);
  }
}
