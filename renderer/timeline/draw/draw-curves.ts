// The curves of STATS: stacked steps of the means, and above them, as thin marks, the maxima, so that no spike is lost
// in a mean. Goroutines and Threads are stacks; Heap is an area with its goal as a dashed step line.

import type { CounterSeries } from '../../../contract/blocks/counters';
import type { Px } from '../../../contract/units';
import type { Palette } from '../../base/palette';
import { niceCeiling, type TimeWindow } from '../../base/time-scale';
import type { CurveName } from '../layout';
import { RectList, type Ctx, type Rects } from './picture';
import { columnsOf, type CurveSeries, type CurvesInView, type SeriesColumns } from './series-columns';

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

/** Fills columns from a base up to their heights, equal neighbours as one rectangle. NaN: nothing there. */
function fillSteps(g: Rects, of: Float32Array, n: Px, basePx: Px): void {
  if (g.fillSteps) {
    g.fillSteps(of, n, basePx);
    return;
  }
  let from = 0;
  for (let x = 1; x <= n; x++) {
    const h = of[from]!;
    if (x < n && (of[x] === h || (Number.isNaN(h) && Number.isNaN(of[x]!)))) continue;
    if (h > 0) g.fillRect(from, basePx - h, x - from, h);
    from = x;
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
  const stack = spec.stack.map((s) => columnsOf(s.series, blocks, w, widthPx));
  const goal = spec.goal ? columnsOf(spec.goal, blocks, w, widthPx) : null;
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

/** What a curve is drawn from, by pixel column. Kept from curve to curve. */
class Heights {
  /** Of the stack up to and with each series, in px; NaN where nothing is known. */
  readonly upTo: Float32Array[] = [];
  /** The highest point, maxima and all. */
  tops = new Float32Array(0);
  /** The series that rises most over its mean; -1: none does. */
  risers = new Int8Array(0);

  /** Cost: O(columns × series). */
  fill(stack: readonly SeriesColumns[], n: Px, heightPx: Px, top: number): void {
    if (n > this.tops.length) {
      this.upTo.length = 0;
      this.tops = new Float32Array(n);
      this.risers = new Int8Array(n);
    }
    while (this.upTo.length < stack.length) this.upTo.push(new Float32Array(this.tops.length));
    const scale = top > 0 ? heightPx / top : 0;
    for (let x = 0; x < n; x++) {
      let [sum, known, rise, riser] = [0, false, 0, -1];
      for (let k = 0; k < stack.length; k++) {
        const mean = stack[k]!.means[x]!;
        if (!Number.isNaN(mean)) {
          known = true;
          sum += mean;
          const over = stack[k]!.maxima[x]! - mean;
          if (over > rise) [rise, riser] = [over, k];
        }
        this.upTo[k]![x] = known ? snapped(Math.min(heightPx, sum * scale)) : NaN;
      }
      this.tops[x] = snapped(Math.min(heightPx, (sum + rise) * scale));
      this.risers[x] = riser;
    }
  }
}
const heights = new Heights();
const stems = new RectList();
const points = new RectList();

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
  const { stack, goal } = CURVES[name];
  const n = Math.ceil(widthPx);
  const columns = stack.map((s) => columnsOf(s.series, blocks, w, widthPx));
  heights.fill(columns, n, heightPx, top);
  const basePx = yPx + heightPx;
  // The whole stack first in the top colour, then what is under it: no seams between the parts.
  for (let k = stack.length - 1; k >= 0; k--) {
    const { alpha, colour } = stack[k]!;
    g.globalAlpha = 1;
    g.fillStyle = p.row;
    if (alpha < 1) fillSteps(g, heights.upTo[k]!, n, basePx);
    g.globalAlpha = alpha;
    g.fillStyle = colour(p);
    fillSteps(g, heights.upTo[k]!, n, basePx);
  }
  g.globalAlpha = 1;
  if (goal) {
    g.fillStyle = stack.at(-1)!.colour(p);
    drawTopLine(g, n, basePx, heights.tops, 1.5);
    return;
  }
  // Where a maximum is over the mean, a stem in its series' colour leads up to it, with a point at its end.
  const means = heights.upTo[stack.length - 1]!;
  for (let k = 0; k < stack.length; k++) {
    stems.clear();
    points.clear();
    for (let x = 0; x < n; x++) {
      if (heights.risers[x] !== k) continue;
      const [mean, high] = [means[x]!, heights.tops[x]!];
      if (Number.isNaN(mean) || high <= mean + 1) continue;
      stems.push(x, basePx - high, 1, high - mean);
      points.push(x, basePx - high, 1, 1);
    }
    g.globalAlpha = 0.45;
    stems.fill(g, stack[k]!.colour(p));
    g.globalAlpha = 1;
    points.fill(g, stack[k]!.colour(p));
  }
}

/** A step line of a thickness, with its risers. */
function drawTopLine(g: Rects, n: Px, basePx: Px, of: Float32Array, thicknessPx: Px): void {
  let from = 0;
  for (let x = 1; x <= n; x++) {
    const h = of[from]!;
    const next = x < n ? of[x]! : NaN;
    if (next === h) continue;
    if (h > 0) g.fillRect(from, basePx - h, x - from, thicknessPx);
    if (h > 0 && next > 0) g.fillRect(x, basePx - Math.max(h, next), 1, Math.abs(next - h));
    from = x;
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
  const goal = columnsOf(series, blocks, w, widthPx);
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
