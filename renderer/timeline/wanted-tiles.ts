// What a view asks for, most important first:
// 1. the tiles of the visible rows and the curves, 2. the overview, 3. the tiles left and right of the view, for panning,
// 4. the whole trace for the visible rows, which stands in while something finer is on its way.

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
}

export interface WantedTiles {
  /** Without these the picture is not whole. */
  readonly needed: readonly WantedTile[];
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

/** The list for a view. Cost: O(groups × tiles in view). */
export function wantedTiles(v: ViewOfTiles): WantedTiles {
  const { window, widthPx, durationNanos, groups } = v;
  const whole: TimeWindow = { fromNanos: 0, toNanos: Math.max(1, durationNanos) };
  const level = levelForWindow(window, widthPx);
  const wholeLevel = levelForWindow(whole, widthPx);
  const rows = [null, GC_GROUP, ...groups];
  const needed = [
    ...tilesFor(window, level, rows, durationNanos),
    ...tilesFor(whole, wholeLevel, [null, GC_GROUP], durationNanos),
  ];
  const around = {
    fromNanos: Math.max(0, window.fromNanos - tileNanos(level)),
    toNanos: window.toNanos + tileNanos(level),
  };
  const all = [
    ...needed,
    ...tilesFor(whole, wholeLevel, groups, durationNanos),
    ...tilesFor(around, level, rows, durationNanos),
  ];
  return { needed, all };
}
