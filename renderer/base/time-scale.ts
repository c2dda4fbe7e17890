// A window of time and its pixels. All pure: windows are values, each move gives a new one.
//
//   fromNanos                              toNanos
//      |------------- widthPx ----------------|      nanosPerPx = (to - from) / width
//
// A window lies inside the trace and is at least one nanosecond a pixel wide.

import { MAX_LEVEL, MIN_LEVEL, TILE_BUCKETS } from '../../contract/blocks/tile';
import type { Nanos, Px } from '../../contract/units';

export interface TimeWindow {
  readonly fromNanos: Nanos;
  readonly toNanos: Nanos;
}

/** What a window may be: the trace's length and the pixels that it fills. */
export interface WindowLimits {
  readonly durationNanos: Nanos;
  readonly widthPx: Px;
  /** Where the axis is another one than the trace's own: a trace beside another reaches beyond its ends. */
  readonly extent?: TimeWindow | null | undefined;
}

export const lengthOf = (w: TimeWindow): Nanos => w.toNanos - w.fromNanos;
export const nanosPerPx = (w: TimeWindow, widthPx: Px): number => lengthOf(w) / Math.max(1, widthPx);
export const pxFromNanos = (w: TimeWindow, widthPx: Px, t: Nanos): Px => ((t - w.fromNanos) / lengthOf(w)) * widthPx;
export const nanosFromPx = (w: TimeWindow, widthPx: Px, x: Px): Nanos => w.fromNanos + (x / widthPx) * lengthOf(w);
export const sameWindow = (a: TimeWindow, b: TimeWindow): boolean =>
  a.fromNanos === b.fromNanos && a.toNanos === b.toNanos;

export const bucketNanos = (level: number): Nanos => 2 ** level;
export const tileNanos = (level: number): Nanos => TILE_BUCKETS * 2 ** level;

/** The level whose bucket is the greatest power of two that is not wider than a pixel. */
export function levelForWindow(w: TimeWindow, widthPx: Px): number {
  const level = Math.floor(Math.log2(nanosPerPx(w, widthPx)) + 1e-9);
  return Math.min(MAX_LEVEL, Math.max(MIN_LEVEL, level));
}

/** Numbers of the tiles that a window touches. Shapes: first and last, both inside the trace. */
export function tilesOfWindow(w: TimeWindow, level: number): { readonly first: number; readonly last: number } {
  const length = tileNanos(level);
  return { first: Math.max(0, Math.floor(w.fromNanos / length)), last: Math.max(0, Math.ceil(w.toNanos / length) - 1) };
}

/** From where to where a window may reach. */
export const extentOf = ({ extent, durationNanos }: WindowLimits): TimeWindow =>
  extent ?? { fromNanos: 0, toNanos: durationNanos };

/** The window of a length, moved and cut so that it keeps the limits. N.B. a trace shorter than the screen is wide has 1 ns a pixel and blank space after it. */
export function clampWindow(w: TimeWindow, limits: WindowLimits): TimeWindow {
  const shortest = Math.max(1, limits.widthPx);
  const { fromNanos: least, toNanos: end } = extentOf(limits);
  const longest = Math.max(shortest, end - least);
  const length = Math.min(longest, Math.max(shortest, lengthOf(w)));
  const middle = (w.fromNanos + w.toNanos) / 2;
  let from = length === lengthOf(w) ? w.fromNanos : middle - length / 2;
  from = Math.max(least, Math.min(from, least + longest - length));
  return { fromNanos: from, toNanos: from + length };
}

export const wholeTrace = (limits: WindowLimits): TimeWindow =>
  clampWindow(limits.extent ?? { fromNanos: 0, toNanos: Math.max(1, limits.durationNanos) }, limits);

/** The window `factor` times as long, with the time `anchorNanos` staying at its pixel as far as the limits let it. */
export function zoomWindow(w: TimeWindow, anchorNanos: Nanos, factor: number, limits: WindowLimits): TimeWindow {
  const shortest = Math.max(1, limits.widthPx);
  const longest = Math.max(shortest, lengthOf(extentOf(limits)));
  const length = Math.min(longest, Math.max(shortest, lengthOf(w) * factor));
  const share = (anchorNanos - w.fromNanos) / lengthOf(w);
  const from = anchorNanos - share * length;
  return clampWindow({ fromNanos: from, toNanos: from + length }, limits);
}

/** The window moved by a time, stopped at the trace's ends. */
export function panWindow(w: TimeWindow, byNanos: Nanos, limits: WindowLimits): TimeWindow {
  return clampWindow({ fromNanos: w.fromNanos + byNanos, toNanos: w.toNanos + byNanos }, limits);
}

/** The window round a range with a margin at each side, as a share of the range. */
export function fitWindow(range: TimeWindow, margin: number, limits: WindowLimits): TimeWindow {
  const more = lengthOf(range) * margin;
  return clampWindow({ fromNanos: range.fromNanos - more, toNanos: range.toNanos + more }, limits);
}

/** The window of the same length that shows a range: unmoved when it is seen already, else with the range's start in its first third. */
export function revealRange(w: TimeWindow, range: TimeWindow, limits: WindowLimits): TimeWindow {
  const seen =
    range.fromNanos >= w.fromNanos && Math.min(range.toNanos, range.fromNanos + lengthOf(w) / 4) <= w.toNanos;
  if (seen && range.fromNanos < w.toNanos) return w;
  const from = range.fromNanos - lengthOf(w) / 4;
  return clampWindow({ fromNanos: from, toNanos: from + lengthOf(w) }, limits);
}

export interface Ticks {
  readonly stepNanos: Nanos;
  /** Time of the first tick in or after the window's start. */
  readonly firstNanos: Nanos;
  readonly count: number;
}

/** Ticks of an axis at steps of 1, 2 or 5 times a power of ten, at least `spacingPx` apart and never finer than 1 ns. */
export function ticksOf(w: TimeWindow, widthPx: Px, spacingPx: Px): Ticks {
  const raw = Math.max(1, nanosPerPx(w, widthPx) * spacingPx);
  const power = 10 ** Math.floor(Math.log10(raw) + 1e-9);
  const stepNanos = ([1, 2, 5, 10].find((m) => m * power >= raw * (1 - 1e-9)) ?? 10) * power;
  const firstNanos = Math.ceil(w.fromNanos / stepNanos - 1e-9) * stepNanos;
  return { stepNanos, firstNanos, count: Math.max(0, Math.floor((w.toNanos - firstNanos) / stepNanos + 1e-9) + 1) };
}

/** A number rounded up to 1, 2, 2.5, 4, 5 or 8 times a power of ten: the top of a value axis. */
export function niceCeiling(v: number): number {
  if (!(v > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(v));
  return ([1, 2, 2.5, 4, 5, 8, 10].find((m) => m * power >= v * (1 - 1e-9)) ?? 10) * power;
}
