// What is drawn under a place of the timeline, and which question to the engine means it.

import { curveAt, trackRowAt, type CurveRow, type Layout, type TrackRow } from './layout';
import { TRACK_STW, procOfTrack, type Nanos, type Px } from '../../contract/units';
import { nanosFromPx, nanosPerPx, type TimeWindow } from '../base/time-scale';
import { hitTrack, type RowHit } from './draw/draw-track';
import type { GroupView } from './group-view';
import { PICK_SLOP_PX } from './metrics';

export type Hit =
  | { readonly kind: 'row'; readonly row: TrackRow; readonly hit: RowHit }
  | { readonly kind: 'curve'; readonly curve: CurveRow }
  | { readonly kind: 'empty'; readonly row: TrackRow | null };

export interface HitInput {
  readonly layout: Layout;
  readonly window: TimeWindow;
  readonly widthPx: Px;
  readonly gcView: () => GroupView;
  readonly groupViewOf: (proc: number) => GroupView | null;
}

/** What is drawn at a place. Units: px of the chart, y of the scrolled content. */
export function hitTest(o: HitInput, xPx: Px, yPx: Px): Hit {
  const curve = curveAt(o.layout, yPx);
  if (curve) return { kind: 'curve', curve };
  const row = trackRowAt(o.layout, yPx);
  if (!row) return { kind: 'empty', row: null };
  const proc = procOfTrack(row.track);
  const view = row.track <= TRACK_STW ? o.gcView() : proc === null ? null : o.groupViewOf(proc);
  const hit = view && hitTrack(view.forTrack(row.track), xPx, PICK_SLOP_PX, o.window, o.widthPx);
  return hit ? { kind: 'row', row, hit } : { kind: 'empty', row };
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
