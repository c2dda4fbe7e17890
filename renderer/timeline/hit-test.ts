// What is drawn under a place of the timeline, and which question to the engine means it.

import {
  curveAt,
  rowItemAt,
  trackRowAt,
  type CurveRow,
  type Layout,
  type RowItem,
  type RowsInView,
  type TrackRow,
} from './layout';
import type { Nanos, Px } from '../../contract/units';
import { nanosFromPx, nanosPerPx, type TimeWindow } from '../base/time-scale';
import { hitTrack, type RowHit } from './draw/draw-track';
import type { GroupView } from './group-view';
import { PICK_SLOP_PX } from './metrics';

export type Hit =
  | { readonly kind: 'row'; readonly row: TrackRow; readonly hit: RowHit }
  | { readonly kind: 'curve'; readonly curve: CurveRow }
  | { readonly kind: 'empty'; readonly row: TrackRow | null; readonly item: RowItem | null };

export interface HitInput {
  readonly layout: Layout;
  readonly rows: RowsInView;
  readonly scrollTopPx: Px;
  readonly window: TimeWindow;
  readonly widthPx: Px;
  readonly viewOf: (row: TrackRow) => GroupView | null;
}

/** What is drawn at a place. Units: px of the chart, y of its visible part. */
export function hitTest(o: HitInput, xPx: Px, yPx: Px): Hit {
  const curve = yPx < o.layout.pinnedPx ? null : curveAt(o.layout, yPx + o.scrollTopPx);
  if (curve) return { kind: 'curve', curve };
  const row = trackRowAt(o.layout, o.rows, o.scrollTopPx, yPx);
  const item = rowItemAt(o.layout, o.rows, o.scrollTopPx, yPx);
  if (!row) return { kind: 'empty', row: null, item };
  const view = o.viewOf(row);
  const hit = view && hitTrack(view.forTrack(row.track), xPx, PICK_SLOP_PX, o.window, o.widthPx);
  return hit ? { kind: 'row', row, hit } : { kind: 'empty', row, item };
}

/** The question of TraceApi.pickSpan that means a hit: the middle of what is drawn, and all of it as the tolerance. */
export function pickOf(
  hit: RowHit,
  xPx: Px,
  w: TimeWindow,
  widthPx: Px,
): { readonly atNanos: Nanos; readonly toleranceNanos: Nanos } {
  const pointer = nanosFromPx(w, widthPx, xPx);
  if (hit.kind === 'span')
    return { atNanos: Math.floor(Math.max(hit.startNanos, Math.min(hit.endNanos - 1, pointer))), toleranceNanos: 0 };
  const half = (hit.endPx - hit.fromPx) / 2;
  const middle = nanosFromPx(w, widthPx, hit.fromPx + half);
  // A column takes the buckets whose middle is in it: a lone tick may be half a pixel beside it.
  const beside = hit.count <= 1 ? 0.5 : 0;
  return { atNanos: Math.floor(middle), toleranceNanos: Math.ceil((half + beside) * nanosPerPx(w, widthPx)) };
}
