// What changes with the pointer and the selection, on a canvas of its own above the rows, so that a moving pointer does
// not draw the rows again.

import type { Nanos, Px } from '../../../contract/units';
import type { Palette } from '../../base/palette';
import { pxFromNanos, type TimeWindow } from '../../base/time-scale';
import type { Mark } from '../../trace/trace-store';
import { RULER_PX } from '../metrics';
import type { Ctx } from './picture';

/** An outlined piece of a row. y of the visible part of the rows. */
export interface Outline {
  readonly fromNanos: Nanos;
  readonly toNanos: Nanos;
  readonly yPx: Px;
  readonly heightPx: Px;
}

export interface OverlayInput {
  readonly window: TimeWindow;
  readonly widthPx: Px;
  readonly heightPx: Px;
  readonly cursorNanos: Nanos | null;
  readonly selection: Outline | null;
  /** A moment that was clicked on a curve. */
  readonly sampleNanos: Nanos | null;
  readonly hover: { readonly fromPx: Px; readonly endPx: Px; readonly yPx: Px; readonly heightPx: Px } | null;
  readonly marks: readonly Mark[];
  /** The range that is drawn on the ruler, while the button is down. */
  readonly brush: TimeWindow | null;
}

/** Crosshair, hover, selection, marks and brush over the rows. */
export function drawOverlay(g: Ctx, o: OverlayInput, p: Palette): void {
  const { window: w, widthPx, heightPx } = o;
  const x = (t: Nanos): Px => pxFromNanos(w, widthPx, t);
  g.clearRect(0, 0, widthPx, heightPx);
  g.globalAlpha = 1;
  if (o.brush) {
    const [a, b] = [x(o.brush.fromNanos), x(o.brush.toNanos)];
    g.fillStyle = p.accent;
    g.globalAlpha = 0.12;
    g.fillRect(a, 0, b - a, heightPx);
    g.globalAlpha = 1;
    g.fillRect(Math.round(a), 0, 1, heightPx);
    g.fillRect(Math.round(b) - 1, 0, 1, heightPx);
  }
  for (const m of o.marks) drawMarkLines(g, m, x, heightPx, p);
  if (o.cursorNanos !== null) {
    g.fillStyle = p.crosshair;
    g.fillRect(Math.round(x(o.cursorNanos)), 0, 1, heightPx);
  }
  if (o.sampleNanos !== null) {
    g.fillStyle = p.selection;
    g.fillRect(Math.round(x(o.sampleNanos)), 0, 1.5, heightPx);
  }
  if (o.hover) {
    const { fromPx, endPx, yPx, heightPx: h } = o.hover;
    g.strokeStyle = p.ink;
    g.lineWidth = 1;
    g.strokeRect(
      Math.round(fromPx) - 0.5,
      Math.round(yPx) - 0.5,
      Math.max(2, Math.round(endPx) - Math.round(fromPx)),
      h + 1,
    );
  }
  if (o.selection) {
    const a = Math.max(-6, Math.round(x(o.selection.fromNanos)));
    const b = Math.min(widthPx + 6, Math.max(a + 1, Math.round(x(o.selection.toNanos))));
    if (b < -3 || a > widthPx + 3) return;
    // As wide as the span is drawn: without the gap after it.
    const width = b - a > 2.5 ? b - a - 1 : b - a;
    const { yPx, heightPx: h } = o.selection;
    // A pixel in the surface's colour keeps the outline apart from the span; both lie outside, a tick stays seen.
    g.strokeStyle = p.surface;
    g.lineWidth = 1;
    g.strokeRect(a - 0.5, yPx - 0.5, width + 1, h + 1);
    g.strokeStyle = p.selection;
    g.lineWidth = 2;
    g.strokeRect(a - 2, yPx - 2, width + 4, h + 4);
  }
}

function drawMarkLines(g: Ctx, m: Mark, x: (t: Nanos) => Px, heightPx: Px, p: Palette): void {
  g.strokeStyle = p.mark;
  g.lineWidth = 1;
  g.setLineDash([3, 3]);
  g.beginPath();
  for (const t of m.toNanos > m.fromNanos ? [m.fromNanos, m.toNanos] : [m.fromNanos]) {
    const at = Math.round(x(t)) + 0.5;
    g.moveTo(at, 0);
    g.lineTo(at, heightPx);
  }
  g.stroke();
  g.setLineDash([]);
}

/** The ruler's share, over its ticks: selection at its foot, flags of marks, brush. */
export function drawRulerOverlay(g: Ctx, o: OverlayInput, selected: TimeWindow | null, p: Palette): void {
  const { window: w, widthPx } = o;
  const x = (t: Nanos): Px => pxFromNanos(w, widthPx, t);
  g.globalAlpha = 1;
  if (selected) {
    const a = Math.max(0, x(selected.fromNanos));
    const b = Math.min(widthPx, Math.max(a + 2, x(selected.toNanos)));
    g.fillStyle = p.accent;
    if (b > 0 && a < widthPx) g.fillRect(a, RULER_PX - 3, b - a, 3);
  }
  if (o.brush) {
    g.fillStyle = p.accent;
    g.globalAlpha = 0.18;
    g.fillRect(x(o.brush.fromNanos), 0, x(o.brush.toNanos) - x(o.brush.fromNanos), RULER_PX);
    g.globalAlpha = 1;
  }
  g.fillStyle = p.mark;
  for (const m of o.marks) {
    flag(g, Math.round(x(m.fromNanos)), -1);
    if (m.toNanos > m.fromNanos) {
      flag(g, Math.round(x(m.toNanos)), 1);
      g.fillRect(x(m.fromNanos), 6, x(m.toNanos) - x(m.fromNanos), 1);
    }
  }
}

/** A flag on its pole; a range has one that looks to each side. */
function flag(g: Ctx, xPx: Px, side: 1 | -1): void {
  g.fillRect(xPx, 5, 1, RULER_PX - 5);
  g.beginPath();
  g.moveTo(xPx + 0.5, 5);
  g.lineTo(xPx + 0.5 + side * 11, 9.5);
  g.lineTo(xPx + 0.5, 14);
  g.closePath();
  g.fill();
}
