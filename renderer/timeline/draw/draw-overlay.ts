// What changes with the pointer and the selection, over the rows: a moving pointer makes none of their rectangles anew.

import type { Nanos, Px } from '../../../contract/units';
import type { Palette } from '../../base/palette';
import { pxFromNanos, type TimeWindow } from '../../base/time-scale';
import { formatDurationText } from '../../base/format';
import { isRange, type Mark } from '../../trace/marks';
import { RULER_PX } from '../metrics';
import { fitLabel, type Measure } from './labels';
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
  /** What lies between the two marks that were set last. */
  readonly measured: TimeWindow | null;
  /** A piece of several rows that is selected, or being drawn. */
  readonly area: (Outline & { readonly text: string }) | null;
  /** The range that is drawn on the ruler, while the button is down. */
  readonly brush: TimeWindow | null;
}

/** Crosshair, hover, selection, area, marks and brush over the rows. */
export function drawOverlay(g: Ctx, o: OverlayInput, p: Palette, measure: Measure): void {
  const { window: w, widthPx, heightPx } = o;
  const x = (t: Nanos): Px => pxFromNanos(w, widthPx, t);
  g.globalAlpha = 1;
  if (o.area) drawArea(g, o.area, x, p, measure);
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
    const { heightPx: h } = o.selection;
    const yPx = Math.round(o.selection.yPx);
    // A pixel in the surface's colour keeps the outline apart from the span; both lie outside, a tick stays seen.
    g.strokeStyle = p.surface;
    g.lineWidth = 1;
    g.strokeRect(a - 0.5, yPx - 0.5, width + 1, h + 1);
    g.strokeStyle = p.selection;
    g.lineWidth = 2;
    g.strokeRect(a - 2, yPx - 2, width + 4, h + 4);
  }
}

/** A wash with an edge, and how long it is. */
function drawArea(
  g: Ctx,
  a: NonNullable<OverlayInput['area']>,
  x: (t: Nanos) => Px,
  p: Palette,
  measure: Measure,
): void {
  const [from, end] = [Math.round(x(a.fromNanos)), Math.round(x(a.toNanos))];
  const width = Math.max(1, end - from);
  g.fillStyle = p.accent;
  g.globalAlpha = 0.12;
  g.fillRect(from, a.yPx, width, a.heightPx);
  g.globalAlpha = 1;
  g.strokeStyle = p.accent;
  g.lineWidth = 1;
  g.strokeRect(from + 0.5, Math.round(a.yPx) + 0.5, Math.max(1, width - 1), Math.max(1, Math.round(a.heightPx) - 1));
  const room = measure(a.text) + 10;
  if (width < room + 6 || a.heightPx < 18) return;
  const left = Math.max(4, from + (width - room) / 2);
  const top = Math.max(4, a.yPx + 3);
  g.beginPath();
  g.roundRect(left, top, room, 16, 3);
  g.fill();
  g.font = `500 11px ${p.fontUi}`;
  g.textAlign = 'left';
  g.textBaseline = 'middle';
  g.fillStyle = p.onAccent;
  g.fillText(a.text, left + 5, top + 8.5);
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
export function drawRulerOverlay(
  g: Ctx,
  o: OverlayInput,
  selected: TimeWindow | null,
  p: Palette,
  measure: Measure,
): void {
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
    if (isRange(m)) {
      flag(g, Math.round(x(m.toNanos)), 1);
      g.fillRect(x(m.fromNanos), 6, x(m.toNanos) - x(m.fromNanos), 1);
    }
  }
  for (const m of o.marks) if (m.text !== null) drawNote(g, m, x(m.fromNanos), widthPx, p, measure);
  if (o.measured) drawMeasure(g, o.measured, x, p, measure);
  for (const m of o.marks) if (isRange(m) && m.text === null) drawMeasure(g, m, x, p, measure);
}

/** A note's text on a flag of its own, right of its pole. */
function drawNote(g: Ctx, m: Mark, xPx: Px, widthPx: Px, p: Palette, measure: Measure): void {
  if (xPx < -4 || xPx > widthPx) return;
  const text = fitLabel(m.text ?? '', '', Math.min(160, widthPx - xPx - 14), measure);
  if (!text) return;
  g.fillStyle = p.mark;
  g.beginPath();
  g.roundRect(xPx, 3, measure(text) + 10, 15, 3);
  g.fill();
  g.font = `500 11px ${p.fontUi}`;
  g.textAlign = 'left';
  g.textBaseline = 'middle';
  g.fillStyle = p.surface;
  g.fillText(text, xPx + 5, 11);
}

/** How long a range is, on a line with ends, where there is room. */
function drawMeasure(g: Ctx, r: TimeWindow, x: (t: Nanos) => Px, p: Palette, measure: Measure): void {
  const [a, b] = [Math.round(x(r.fromNanos)), Math.round(x(r.toNanos))];
  const text = formatDurationText(r.toNanos - r.fromNanos);
  const room = measure(text) + 8;
  g.fillStyle = p.mark;
  g.fillRect(a, 19, b - a, 1);
  if (b - a < room + 24) return;
  const left = (a + b - room) / 2;
  g.fillStyle = p.row;
  g.fillRect(left, 12, room, 12);
  g.font = `500 11px ${p.fontUi}`;
  g.textAlign = 'left';
  g.textBaseline = 'middle';
  g.fillStyle = p.mark;
  g.fillText(text, left + 4, 18.5);
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
