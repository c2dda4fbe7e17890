// Arrows of cause and effect: of the selection thick and in the accent, of all in view thin. A creation is dashed. Where
// there are too many to read, a sentence says how many.

import type { Nanos, Px } from '../../../contract/units';
import type { Palette } from '../../base/palette';
import { pxFromNanos, type TimeWindow } from '../../base/time-scale';
import type { Ctx } from './picture';

/** One arrow. y of the visible part. */
export interface FlowArrow {
  readonly fromNanos: Nanos;
  readonly fromYPx: Px;
  readonly toNanos: Nanos;
  readonly toYPx: Px;
  readonly created: boolean;
}

export interface FlowsInView {
  readonly selected: readonly FlowArrow[];
  readonly all: readonly FlowArrow[];
  /** Said instead of arrows that would be too many, or about those that lead out of view. */
  readonly sentence: string | null;
}

export const NO_FLOWS: FlowsInView = { selected: [], all: [], sentence: null };
/** Under this distance an arrow is a straight line. */
const STRAIGHT_PX: Px = 12;
const HEAD_PX: Px = 5;

/** Draws the arrows; the sentence is an element of the page. Cost: O(arrows). */
export function drawFlows(g: Ctx, f: FlowsInView, w: TimeWindow, widthPx: Px, p: Palette): void {
  const x = (t: Nanos): Px => Math.max(-40, Math.min(widthPx + 40, pxFromNanos(w, widthPx, t)));
  g.globalAlpha = 0.55;
  g.strokeStyle = g.fillStyle = p.flow;
  g.lineWidth = 1;
  for (const a of f.all) arrow(g, a, x, 3);
  g.globalAlpha = 1;
  g.strokeStyle = g.fillStyle = p.selection;
  g.lineWidth = 2;
  for (const a of f.selected) {
    arrow(g, a, x, HEAD_PX);
    g.beginPath();
    g.roundRect(x(a.fromNanos) - 3, a.fromYPx - 3, 6, 6, 3);
    g.fill();
  }
  g.lineWidth = 1;
}

function arrow(g: Ctx, a: FlowArrow, x: (t: Nanos) => Px, headPx: Px): void {
  const [x0, x1] = [x(a.fromNanos), x(a.toNanos)];
  if ((x0 < 0 && x1 < 0) || (x0 === x1 && a.fromYPx === a.toYPx)) return;
  const down = a.toYPx >= a.fromYPx ? 1 : -1;
  const straight = Math.abs(x1 - x0) < STRAIGHT_PX;
  g.setLineDash(a.created ? [4, 3] : []);
  g.beginPath();
  g.moveTo(x0, a.fromYPx);
  if (straight) g.lineTo(x1, a.toYPx);
  else {
    // A bend with soft corners: away from the cause, along, and into the effect.
    const bend = Math.min(24, Math.abs(x1 - x0) / 2);
    const steps = 10;
    for (let i = 1; i <= steps; i++) {
      const t = i / steps;
      const s = 1 - t;
      const bx = s * s * s * x0 + 3 * s * s * t * (x0 + bend) + 3 * s * t * t * (x1 - bend) + t * t * t * x1;
      const by = s * s * s * a.fromYPx + 3 * s * s * t * a.fromYPx + 3 * s * t * t * a.toYPx + t * t * t * a.toYPx;
      g.lineTo(bx, by);
    }
  }
  g.stroke();
  g.setLineDash([]);
  g.beginPath();
  g.moveTo(x1, a.toYPx);
  if (straight) {
    g.lineTo(x1 - headPx * 0.7, a.toYPx - down * headPx * 1.3);
    g.lineTo(x1 + headPx * 0.7, a.toYPx - down * headPx * 1.3);
  } else {
    g.lineTo(x1 - headPx * 1.3, a.toYPx - headPx * 0.7);
    g.lineTo(x1 - headPx * 1.3, a.toYPx + headPx * 0.7);
  }
  g.closePath();
  g.fill();
}
