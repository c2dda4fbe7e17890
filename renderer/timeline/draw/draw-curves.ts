// The curves of STATS: stacked steps of the means, and above them, as thin marks, the maxima, so that no spike is lost
// in a mean. Goroutines and Threads are stacks; Heap is an area with its goal as a dashed step line.

import { COUNTER_SERIES, type CounterSeries } from '../../../contract/blocks/counters';
import { TILE_BUCKETS } from '../../../contract/blocks/tile';
import type { Nanos, Px } from '../../../contract/units';
import type { Palette } from '../../base/palette';
import { niceCeiling, type TimeWindow } from '../../base/time-scale';
import type { Curves } from '../../trace/tile-cache';
import type { CurveName } from '../layout';
import type { Ctx, Rects } from './picture';

/** The counters, and what the goroutines that began to run had waited for it: that one comes in blocks of its own. */
export type CurveSeries = CounterSeries | 'schedLatency';

/** Where a series begins in its block. */
const offsetOf = (s: CurveSeries): number => (s === 'schedLatency' ? 0 : COUNTER_SERIES.indexOf(s) * TILE_BUCKETS);

export interface CurveSpec {
  /** From the bottom of the stack to its top. */
  readonly stack: readonly {
    readonly series: CurveSeries;
    readonly colour: (p: Palette) => string;
    readonly alpha: number;
  }[];
  /** Drawn as a dashed line of its own, not stacked. */
  readonly goal: CounterSeries | null;
  /** Counts of processors that are told as a share of all of them: the top of the axis is all of them. */
  readonly ofProcs?: boolean;
}

export const CURVES: Readonly<Record<CurveName, CurveSpec>> = {
  Goroutines: {
    stack: [
      { series: 'running', colour: (p) => p.running, alpha: 1 },
      { series: 'runnable', colour: (p) => p.runnable, alpha: 0.75 },
      { series: 'waitingGc', colour: (p) => p.waitingGc, alpha: 0.75 },
    ],
    goal: null,
  },
  Heap: { stack: [{ series: 'heapAllocated', colour: (p) => p.heap, alpha: 0.3 }], goal: 'heapGoal' },
  Threads: {
    stack: [
      { series: 'procsRunning', colour: (p) => p.running, alpha: 1 },
      { series: 'inSyscall', colour: (p) => p.syscall, alpha: 1 },
    ],
    goal: null,
  },
  // A processor is in use while a goroutine runs on it; mark workers are goroutines too.
  'Processor use': {
    stack: [{ series: 'procsRunning', colour: (p) => p.running, alpha: 0.75 }],
    goal: null,
    ofProcs: true,
  },
  // Moments at which no goroutine began to run have none.
  'Scheduler latency': {
    stack: [{ series: 'schedLatency', colour: (p) => p.runnable, alpha: 0.9 }],
    goal: null,
  },
  'GC CPU': {
    stack: [{ series: 'gcWorkers', colour: (p) => p.gcWorker, alpha: 0.85 }],
    goal: null,
    ofProcs: true,
  },
};

/** One curve in view: the blocks that cover the window, by time. Coarser stand-ins are among them. */
export interface CurvesInView {
  readonly curves: Curves;
  readonly fromPx: Px;
  readonly endPx: Px;
}

/** Means and maxima of one series by pixel column; NaN where nothing is known. Kept from frame to frame. */
export class SeriesColumns {
  means = new Float32Array(0);
  maxima = new Float32Array(0);
  #weights = new Uint8Array(0);

  /** Fills the columns from the blocks; each bucket gives to the column of its middle, as in Columns. */
  fill(blocks: readonly CurvesInView[], series: CurveSeries, w: TimeWindow, widthPx: Px): void {
    const n = Math.max(1, Math.ceil(widthPx));
    if (n > this.means.length) {
      this.means = new Float32Array(n);
      this.maxima = new Float32Array(n);
      this.#weights = new Uint8Array(n);
    }
    this.means.fill(NaN, 0, n);
    this.maxima.fill(NaN, 0, n);
    this.#weights.fill(0, 0, n);
    const nanosPerPx = (w.toNanos - w.fromNanos) / widthPx;
    const offset = offsetOf(series);
    for (const { curves, fromPx, endPx } of blocks) {
      const { block, startNanos, bucketNanos } = curves;
      const [firstPx, lastPx] = [Math.max(0, Math.round(fromPx)), Math.min(n, Math.round(endPx))];
      if (bucketNanos <= nanosPerPx * 1.000001) {
        const first = Math.max(0, Math.floor((w.fromNanos - startNanos) / bucketNanos));
        const end = Math.min(TILE_BUCKETS, Math.ceil((w.toNanos - startNanos) / bucketNanos));
        for (let b = first; b < end; b++) {
          const x = Math.floor((startNanos + (b + 0.5) * bucketNanos - w.fromNanos) / nanosPerPx);
          this.#put(Math.max(0, Math.min(n - 1, x)), block.means[offset + b]!, block.maxima[offset + b]!);
        }
      } else {
        for (let x = firstPx; x < lastPx; x++) {
          const b = Math.floor((w.fromNanos + (x + 0.5) * nanosPerPx - startNanos) / bucketNanos);
          if (b >= 0 && b < TILE_BUCKETS) this.#put(x, block.means[offset + b]!, block.maxima[offset + b]!);
        }
      }
    }
  }

  #put(x: Px, mean: number, max: number): void {
    if (Number.isNaN(mean)) return;
    const weight = ++this.#weights[x]!;
    if (weight === 1) {
      this.means[x] = mean;
      this.maxima[x] = max;
    } else {
      this.means[x] = this.means[x]! + (mean - this.means[x]!) / weight;
      this.maxima[x] = Math.max(this.maxima[x]!, max);
    }
  }
}

const bySeries = new Map<CurveSeries, SeriesColumns>();
const columnsOf = (s: CurveSeries): SeriesColumns => {
  let c = bySeries.get(s);
  if (!c) bySeries.set(s, (c = new SeriesColumns()));
  return c;
};

/** Fills a row of heights, equal neighbours as one rectangle. NaN: nothing there. */
function fillSteps(g: Rects, heights: (x: Px) => number, widthPx: Px, yPx: Px, heightPx: Px): void {
  let from = 0;
  let h = heights(0);
  for (let x = 1; x <= widthPx; x++) {
    const next = x < widthPx ? heights(x) : -1;
    if (next === h || (Number.isNaN(next) && Number.isNaN(h))) continue;
    if (h > 0) g.fillRect(from, yPx + heightPx - h, x - from, h);
    from = x;
    h = next;
  }
}

/** Half pixels: smooth enough to read a slope, and neighbours are still equal often. */
const snapped = (v: number): number => Math.round(v * 2) / 2;

/**
 * The top of the value axis for what is in view: the highest stack of the window, rounded up. While panning the caller
 * keeps the greater of the old and the new one, so that the curve does not breathe.
 */
export function curveTop(
  name: CurveName,
  blocks: readonly CurvesInView[],
  w: TimeWindow,
  widthPx: Px,
  procCount = 1,
): number {
  const spec = CURVES[name];
  if (spec.ofProcs) return procCount;
  const stack = spec.stack.map((s) => columnsOf(s.series));
  spec.stack.forEach((s, i) => stack[i]!.fill(blocks, s.series, w, widthPx));
  const goal = spec.goal ? columnsOf(spec.goal) : null;
  if (goal && spec.goal) goal.fill(blocks, spec.goal, w, widthPx);
  let top = 0;
  for (let x = 0; x < Math.ceil(widthPx); x++) {
    const t = topAt(stack, x);
    if (t > top) top = t;
    if (goal && goal.maxima[x]! > top) top = goal.maxima[x]!;
  }
  return niceCeiling(top);
}

/**
 * The highest point of a stack in a column: one series at its maximum, the others at their means. The maxima of several
 * series need not have been at the same time, so their sum would claim too much.
 */
function topAt(stack: readonly SeriesColumns[], x: Px): number {
  let sum = 0;
  let rise = 0;
  for (const s of stack) {
    const mean = s.means[x]!;
    if (Number.isNaN(mean)) continue;
    sum += mean;
    rise = Math.max(rise, s.maxima[x]! - mean);
  }
  return sum + rise;
}

/** Draws one curve but for its goal. Units: px of the canvas; `top` in the curve's own unit. Cost: O(columns × series). */
export function drawCurve(
  g: Rects,
  name: CurveName,
  blocks: readonly CurvesInView[],
  w: TimeWindow,
  widthPx: Px,
  yPx: Px,
  heightPx: Px,
  top: number,
  p: Palette,
): void {
  const spec = CURVES[name];
  const n = Math.ceil(widthPx);
  const stack = spec.stack.map((s) => columnsOf(s.series));
  spec.stack.forEach((s, i) => stack[i]!.fill(blocks, s.series, w, widthPx));
  const height = (v: number): number => Math.min(1, v / top) * heightPx;
  /** Height of the stack up to and with the series k. */
  const upTo = (k: number, x: Px): number => {
    let sum = 0;
    let known = false;
    for (let i = 0; i <= k; i++) {
      const v = stack[i]!.means[x]!;
      if (Number.isNaN(v)) continue;
      known = true;
      sum += v;
    }
    return known ? snapped(height(sum)) : NaN;
  };
  // The whole stack first in the top colour, then what is under it: no seams between the parts.
  for (let k = stack.length - 1; k >= 0; k--) {
    g.globalAlpha = 1;
    g.fillStyle = p.row;
    if (spec.stack[k]!.alpha < 1) fillSteps(g, (x) => upTo(k, x), n, yPx, heightPx);
    g.globalAlpha = spec.stack[k]!.alpha;
    g.fillStyle = spec.stack[k]!.colour(p);
    fillSteps(g, (x) => upTo(k, x), n, yPx, heightPx);
  }
  g.globalAlpha = 1;
  if (spec.goal) {
    g.fillStyle = spec.stack.at(-1)!.colour(p);
    drawTopLine(g, n, yPx + heightPx, (x) => snapped(height(topAt(stack, x))), 1.5);
    return;
  }
  // Where a maximum is over the mean, a stem in its series' colour leads up to it, with a point at its end.
  for (let k = 0; k < stack.length; k++) {
    g.fillStyle = spec.stack[k]!.colour(p);
    for (let x = 0; x < n; x++) {
      if (risingSeries(stack, x) !== k) continue;
      const mean = upTo(stack.length - 1, x);
      const high = snapped(height(topAt(stack, x)));
      if (Number.isNaN(mean) || high <= mean + 1) continue;
      g.globalAlpha = 0.45;
      g.fillRect(x, yPx + heightPx - high, 1, high - mean);
      g.globalAlpha = 1;
      g.fillRect(x, yPx + heightPx - high, 1, 1);
    }
  }
}

/** Which series of a stack rises most over its mean in a column. */
function risingSeries(stack: readonly SeriesColumns[], x: Px): number {
  let best = -1;
  let most = 0;
  for (let k = 0; k < stack.length; k++) {
    const rise = stack[k]!.maxima[x]! - stack[k]!.means[x]!;
    if (rise > most) {
      most = rise;
      best = k;
    }
  }
  return best;
}

/** A step line of a thickness, with its risers. */
function drawTopLine(g: Rects, n: Px, basePx: Px, heights: (x: Px) => number, thicknessPx: Px): void {
  let from = 0;
  let h = n > 0 ? heights(0) : 0;
  for (let x = 1; x <= n; x++) {
    const next = x < n ? heights(x) : NaN;
    if (next === h) continue;
    if (h > 0) g.fillRect(from, basePx - h, x - from, thicknessPx);
    if (h > 0 && next > 0) g.fillRect(x, basePx - Math.max(h, next), 1, Math.abs(next - h));
    from = x;
    h = next;
  }
}

/** Draws the goal of a curve that has one: a dashed line. As `drawCurve`. */
export function drawGoal(
  g: Ctx,
  name: CurveName,
  blocks: readonly CurvesInView[],
  w: TimeWindow,
  widthPx: Px,
  yPx: Px,
  heightPx: Px,
  top: number,
  p: Palette,
): void {
  const series = CURVES[name].goal;
  if (!series) return;
  const goal = columnsOf(series);
  goal.fill(blocks, series, w, widthPx);
  g.strokeStyle = p.ink2;
  g.lineWidth = 1;
  g.setLineDash([4, 3]);
  g.beginPath();
  const n = Math.ceil(widthPx);
  const yOf = (x: Px): number => Math.round(yPx + heightPx - Math.min(1, goal.means[x]! / top) * heightPx) + 0.5;
  for (let x = 0; x < n;) {
    if (Number.isNaN(goal.means[x]!)) {
      x++;
      continue;
    }
    const y = yOf(x);
    let e = x + 1;
    while (e < n && !Number.isNaN(goal.means[e]!) && yOf(e) === y) e++;
    g.moveTo(x, y);
    g.lineTo(e, y);
    x = e;
  }
  g.stroke();
  g.setLineDash([]);
}

/** Mean of a series over the bucket at a time; null where nothing is known. */
export function valueAt(
  blocks: readonly CurvesInView[],
  series: CurveSeries,
  t: Nanos,
  of: 'means' | 'maxima' = 'means',
): number | null {
  for (const { curves } of blocks) {
    const b = Math.floor((t - curves.startNanos) / curves.bucketNanos);
    if (b < 0 || b >= TILE_BUCKETS) continue;
    const v = curves.block[of][offsetOf(series) + b]!;
    if (!Number.isNaN(v)) return v;
  }
  return null;
}

/** Mean of a series over the window; null where nothing is known. */
export function meanOver(
  blocks: readonly CurvesInView[],
  series: CurveSeries,
  w: TimeWindow,
  widthPx: Px,
): number | null {
  const c = columnsOf(series);
  c.fill(blocks, series, w, widthPx);
  let [sum, n] = [0, 0];
  for (let x = 0; x < Math.ceil(widthPx); x++) {
    const v = c.means[x]!;
    if (Number.isNaN(v)) continue;
    sum += v;
    n++;
  }
  return n > 0 ? sum / n : null;
}

/** The greatest maximum of a series over the window; null where nothing is known. */
export function mostOver(
  blocks: readonly CurvesInView[],
  series: CurveSeries,
  w: TimeWindow,
  widthPx: Px,
): number | null {
  const c = columnsOf(series);
  c.fill(blocks, series, w, widthPx);
  let most: number | null = null;
  for (let x = 0; x < Math.ceil(widthPx); x++) if (c.maxima[x]! > (most ?? -1)) most = c.maxima[x]!;
  return most;
}
