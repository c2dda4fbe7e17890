// What a view asks for, most important first:
// 1. the tiles of the visible rows and the curves, 2. the overview, 3. the whole trace for the visible rows, which stands in
// while something finer is on its way, 4. the tiles above, below, left and right of the view, for scrolling and panning.

import type { Nanos, Px } from '../../contract/units';
import { levelForWindow, tileNanos, tilesOfWindow, type TimeWindow } from '../base/time-scale';
import type { TrackGroup, WantedTile } from '../trace/tile-cache';
import { GC_GROUP } from './layout';

export interface ViewOfTiles {
  readonly window: TimeWindow;
  readonly widthPx: Px;
  readonly durationNanos: Nanos;
  /** Groups of the processors in view. */
  readonly groups: readonly TrackGroup[];
  /** Groups of rows that a scroll comes to next. */
  readonly near: readonly TrackGroup[];
}

export interface WantedTiles {
  /** Without these the picture is not whole. */
  readonly needed: readonly WantedTile[];
  /** Those first, then what may be wanted next. */
  readonly all: readonly WantedTile[];
}

function tilesFor(
  w: TimeWindow,
  level: number,
  groups: readonly (TrackGroup | null)[],
  durationNanos: Nanos,
): WantedTile[] {
  const { first, last } = tilesOfWindow(w, level);
  const end = Math.max(0, Math.ceil(durationNanos / tileNanos(level)) - 1);
  const out: WantedTile[] = [];
  for (const group of groups)
    for (let tile = first; tile <= Math.min(last, end); tile++) out.push({ level, tile, group });
  return out;
}

/** The tiles of the whole trace on so many pixels: the overview's, and what stands in for everything finer. */
export function wholeTiles(durationNanos: Nanos, widthPx: Px, groups: readonly (TrackGroup | null)[]): WantedTile[] {
  const whole: TimeWindow = { fromNanos: 0, toNanos: Math.max(1, durationNanos) };
  return tilesFor(whole, levelForWindow(whole, widthPx), groups, durationNanos);
}

/** The list for a view. Cost: O(groups × tiles in view). */
export function wantedTiles(v: ViewOfTiles): WantedTiles {
  const { window, widthPx, durationNanos, groups, near } = v;
  const level = levelForWindow(window, widthPx);
  const rows = [null, GC_GROUP, ...groups];
  const needed = [
    ...tilesFor(window, level, rows, durationNanos),
    ...wholeTiles(durationNanos, widthPx, [null, GC_GROUP]),
  ];
  const around = {
    fromNanos: Math.max(0, window.fromNanos - tileNanos(level)),
    toNanos: window.toNanos + tileNanos(level),
  };
  const all = [
    ...needed,
    ...wholeTiles(durationNanos, widthPx, groups),
    ...tilesFor(window, level, near, durationNanos),
    ...tilesFor(around, level, rows, durationNanos),
  ];
  return { needed, all };
}
