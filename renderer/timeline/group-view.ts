// The tiles of one group of tracks that are drawn in a frame: the wanted ones, or coarser ones in their place.

import type { Nanos, Px } from '../../contract/units';
import { levelForWindow, pxFromNanos, tileNanos, tilesOfWindow, type TimeWindow } from '../base/time-scale';
import type { TileCache, TrackGroup } from '../trace/tile-cache';
import type { TileInView } from './draw/draw-track';
import type { CurvesInView } from './draw/series-columns';

/** Filled anew for each track, so that a frame makes a list per group and not per row. */
type MutableTileInView = { -readonly [K in keyof TileInView]: TileInView[K] };

export class GroupView {
  readonly #group: TrackGroup;
  readonly #tiles: MutableTileInView[] = [];

  constructor(cache: TileCache, group: TrackGroup, w: TimeWindow, widthPx: Px) {
    this.#group = group;
    const level = levelForWindow(w, widthPx);
    const { first, last } = tilesOfWindow(w, level);
    for (let n = first; n <= last; n++) {
      const exact = cache.tile(level, n, group);
      const tile = exact ?? cache.standIn(level, n, group);
      if (!tile) continue;
      this.#tiles.push({
        tile,
        trackIx: 0,
        exact: exact !== undefined,
        fromPx: pxFromNanos(w, widthPx, n * tileNanos(level)),
        endPx: pxFromNanos(w, widthPx, (n + 1) * tileNanos(level)),
      });
    }
  }

  get isEmpty(): boolean {
    return this.#tiles.length === 0;
  }

  /** Up to where the tiles in view are drawn from what was read; Infinity when they are whole. */
  get readToNanos(): Nanos {
    return readTo(this.#tiles.map((t) => t.tile.block));
  }

  /** The tiles with one of the group's tracks chosen. N.B. the next call changes the list that this one gave. */
  forTrack(track: number): readonly TileInView[] {
    const ix = this.#group.tracks.indexOf(track);
    if (ix < 0) return [];
    for (const t of this.#tiles) t.trackIx = ix;
    return this.#tiles;
  }
}

/** The least time up to which incomplete blocks are filled; Infinity when all are whole. */
export function readTo(blocks: readonly { readonly complete: boolean; readonly indexedToNanos: Nanos }[]): Nanos {
  return blocks.reduce((least, b) => (b.complete ? least : Math.min(least, b.indexedToNanos)), Infinity);
}

/** The blocks of curves over a window, coarser ones where the wanted are not there yet. */
export function curvesInView(
  cache: TileCache,
  w: TimeWindow,
  widthPx: Px,
  group: TrackGroup | null = null,
): readonly CurvesInView[] {
  const level = levelForWindow(w, widthPx);
  const { first, last } = tilesOfWindow(w, level);
  const out: CurvesInView[] = [];
  for (let n = first; n <= last; n++) {
    const curves = cache.curves(level, n, group) ?? cache.curvesStandIn(level, n, group);
    if (!curves) continue;
    out.push({
      curves,
      fromPx: pxFromNanos(w, widthPx, n * tileNanos(level)),
      endPx: pxFromNanos(w, widthPx, (n + 1) * tileNanos(level)),
    });
  }
  return out;
}
