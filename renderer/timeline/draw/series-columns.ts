// Counters of tiles → pixel columns of one series: the mean of each column and its maximum.

import { COUNTER_SERIES, type CounterSeries } from '../../../contract/blocks/counters';
import { TILE_BUCKETS } from '../../../contract/blocks/tile';
import type { Nanos, Px } from '../../../contract/units';
import type { TimeWindow } from '../../base/time-scale';
import type { Curves } from '../../trace/tile-cache';

/** The counters, and what the goroutines that began to run had waited for it: that one comes in blocks of its own. */
export type CurveSeries = CounterSeries | 'schedLatency';

/** Where a series begins in its block. */
const offsetOf = (s: CurveSeries): number => (s === 'schedLatency' ? 0 : COUNTER_SERIES.indexOf(s) * TILE_BUCKETS);

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
  /** What they were filled from: within a frame a series is asked for more than once. */
  #blocks: readonly CurvesInView[] | null = null;
  #series: CurveSeries | null = null;
  #window: TimeWindow | null = null;
  #widthPx: Px = 0;

  /**
   * Fills the columns from the blocks; each bucket gives to the column of its middle, as in Columns.
   * Cost: O(columns and buckets in view), nothing when they are filled from the same list and window.
   */
  fill(blocks: readonly CurvesInView[], series: CurveSeries, w: TimeWindow, widthPx: Px): void {
    if (blocks === this.#blocks && series === this.#series && w === this.#window && widthPx === this.#widthPx) return;
    [this.#blocks, this.#series, this.#window, this.#widthPx] = [blocks, series, w, widthPx];
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
    const pxPerNano = 1 / nanosPerPx;
    const offset = offsetOf(series);
    for (const { curves, fromPx, endPx } of blocks) {
      const { block, startNanos, bucketNanos } = curves;
      const [firstPx, lastPx] = [Math.max(0, Math.round(fromPx)), Math.min(n, Math.round(endPx))];
      if (bucketNanos <= nanosPerPx * 1.000001) {
        const first = Math.max(0, Math.floor((w.fromNanos - startNanos) / bucketNanos));
        const end = Math.min(TILE_BUCKETS, Math.ceil((w.toNanos - startNanos) / bucketNanos));
        for (let b = first; b < end; b++) {
          const x = Math.floor((startNanos + (b + 0.5) * bucketNanos - w.fromNanos) * pxPerNano);
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
/** The columns of a series, which all drawing of a frame shares. */
export function columnsOf(s: CurveSeries, blocks: readonly CurvesInView[], w: TimeWindow, widthPx: Px): SeriesColumns {
  let c = bySeries.get(s);
  if (!c) bySeries.set(s, (c = new SeriesColumns()));
  c.fill(blocks, s, w, widthPx);
  return c;
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
  const c = columnsOf(series, blocks, w, widthPx);
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
  const c = columnsOf(series, blocks, w, widthPx);
  let most: number | null = null;
  for (let x = 0; x < Math.ceil(widthPx); x++) if (c.maxima[x]! > (most ?? -1)) most = c.maxima[x]!;
  return most;
}
