// What stands where in the scrolled part of the timeline: heads, curves, GC rows, processors. Pure arithmetic; both the
// page's elements (gutter, regions) and the canvas take their places from here.

import { TRACK_GC, TRACK_STW, trackOfProc, type Px, type TrackId } from '../../contract/units';
import type { TrackGroup } from '../trace/tile-cache';
import {
  CURVE_LOW_PX,
  CURVE_PX,
  CYCLES_PX,
  HEAD_PX,
  LOWER_PX,
  LOWER_TOP_PX,
  STRIP_PX,
  STW_PX,
  UPPER_PX,
} from './metrics';

export type CurveName = 'Goroutines' | 'Heap' | 'Threads';

export interface CurveRow {
  readonly name: CurveName;
  readonly topPx: Px;
  readonly heightPx: Px;
}

/** One drawn line of spans. */
export interface TrackRow {
  readonly track: TrackId;
  readonly topPx: Px;
  readonly heightPx: Px;
  /** Upper rows and GC rows carry labels, lower rows do not. */
  readonly labelled: boolean;
}

export interface ProcRow {
  readonly proc: number;
  readonly topPx: Px;
  readonly upper: TrackRow;
  readonly lower: TrackRow;
}

export interface Band {
  readonly topPx: Px;
  readonly heightPx: Px;
}

export interface Layout {
  readonly statistics: Band;
  readonly curves: readonly CurveRow[];
  readonly gc: Band;
  readonly gcRows: readonly TrackRow[];
  readonly processors: Band;
  readonly procRows: readonly ProcRow[];
  readonly heightPx: Px;
}

/** Places of all rows for these processors; `low` windows have smaller curves and leave out Threads. */
export function layoutOf(procs: readonly number[], low: boolean): Layout {
  const names: readonly CurveName[] = low ? ['Goroutines', 'Heap'] : ['Goroutines', 'Heap', 'Threads'];
  const curvePx = low ? CURVE_LOW_PX : CURVE_PX;
  let y = HEAD_PX;
  const curves = names.map((name) => {
    const row: CurveRow = { name, topPx: y, heightPx: curvePx };
    y += curvePx + 1;
    return row;
  });
  const statistics: Band = { topPx: 0, heightPx: y };
  const gcTop = y;
  y += HEAD_PX + 3;
  const cycles: TrackRow = { track: TRACK_GC, topPx: y, heightPx: CYCLES_PX, labelled: true };
  y += CYCLES_PX + 2;
  const stw: TrackRow = { track: TRACK_STW, topPx: y, heightPx: STW_PX, labelled: true };
  y += STW_PX + 5;
  const gc: Band = { topPx: gcTop, heightPx: y - gcTop };
  const procTop = y;
  y += HEAD_PX + 3;
  const procRows = procs.map((proc) => {
    const row: ProcRow = {
      proc,
      topPx: y,
      upper: { track: trackOfProc(proc, 0), topPx: y, heightPx: UPPER_PX, labelled: true },
      lower: { track: trackOfProc(proc, 1), topPx: y + LOWER_TOP_PX, heightPx: LOWER_PX, labelled: false },
    };
    y += STRIP_PX;
    return row;
  });
  y += 4;
  return {
    statistics,
    curves,
    gc,
    gcRows: [cycles, stw],
    processors: { topPx: procTop, heightPx: y - procTop },
    procRows,
    heightPx: y,
  };
}

/** Processors of which something is seen. Shapes: indices [first, end) into `procRows`. */
export function visibleProcs(
  l: Layout,
  scrollTopPx: Px,
  heightPx: Px,
): { readonly first: number; readonly end: number } {
  const top = l.procRows[0]?.topPx;
  if (top === undefined) return { first: 0, end: 0 };
  const first = Math.max(0, Math.floor((scrollTopPx - top) / STRIP_PX));
  const end = Math.min(l.procRows.length, Math.ceil((scrollTopPx + heightPx - top) / STRIP_PX));
  return { first: Math.min(first, l.procRows.length), end: Math.max(first, end) };
}

export const GC_GROUP: TrackGroup = { key: 'gc', tracks: [TRACK_GC, TRACK_STW] };
/** Processors whose tracks are asked for together: 16 tracks, about 100 kB a tile. */
export const PROCS_PER_GROUP = 8;

/** Groups of tracks by processor: always the same eight share one, so that a tile is found again after scrolling. */
export function groupsOf(procs: readonly number[]): readonly TrackGroup[] {
  const groups: TrackGroup[] = [];
  for (let i = 0; i < procs.length; i += PROCS_PER_GROUP) {
    const some = procs.slice(i, i + PROCS_PER_GROUP);
    groups.push({ key: `p${some.join(',')}`, tracks: some.flatMap((p) => [trackOfProc(p, 0), trackOfProc(p, 1)]) });
  }
  return groups;
}

/** All rows of spans from top to bottom: the order of the arrow keys. */
export function trackRowsOf(l: Layout): readonly TrackRow[] {
  return [...l.gcRows, ...l.procRows.flatMap((p) => [p.upper, p.lower])];
}

/** The row of spans under a place of the scrolled content; the gap under a row counts to it. */
export function trackRowAt(l: Layout, yPx: Px): TrackRow | null {
  for (const r of l.gcRows) if (yPx >= r.topPx - 1 && yPx < r.topPx + r.heightPx + 1) return r;
  const top = l.procRows[0]?.topPx;
  if (top === undefined || yPx < top) return null;
  const p = l.procRows[Math.floor((yPx - top) / STRIP_PX)];
  if (!p) return null;
  return yPx - p.topPx < LOWER_TOP_PX ? p.upper : p.lower;
}

/** The curve under a place of the scrolled content. */
export function curveAt(l: Layout, yPx: Px): CurveRow | null {
  return l.curves.find((c) => yPx >= c.topPx && yPx < c.topPx + c.heightPx) ?? null;
}
