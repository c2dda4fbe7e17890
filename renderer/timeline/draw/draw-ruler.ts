// The ruler: ticks at steps of 1, 2 and 5 with the label right of each, four minor ticks between, the selection as a
// line at its foot, marks as flags, and the pointer's time in a pill.

import type { Nanos, Px } from '../../../contract/units';
import { formatAxisTimeText, formatClock, nanosOfDay } from '../../base/format';
import type { Palette } from '../../base/palette';
import { nanosPerPx, pxFromNanos, ticksOf, type Ticks, type TimeWindow } from '../../base/time-scale';
import { RULER_PX, TICK_SPACING_PX } from '../metrics';
import type { Measure } from './labels';
import type { Ctx } from './picture';

/**
 * x of each main tick in view; the rows draw their grid at the same places. `shiftNanos`: ticks stand at whole steps of
 * the time plus this, so that they are round in the time of day.
 */
export function eachTick(w: TimeWindow, widthPx: Px, visit: (xPx: Px, t: Nanos) => void, shiftNanos: Nanos = 0): Nanos {
  const { stepNanos, firstNanos, count } = shiftedTicks(w, widthPx, shiftNanos);
  for (let i = 0; i < count; i++) {
    const t = firstNanos + i * stepNanos;
    visit(Math.round(pxFromNanos(w, widthPx, t)), t);
  }
  return stepNanos;
}

function shiftedTicks(w: TimeWindow, widthPx: Px, shiftNanos: Nanos): Ticks {
  if (shiftNanos === 0) return ticksOf(w, widthPx, TICK_SPACING_PX);
  const shifted = { fromNanos: w.fromNanos + shiftNanos, toNanos: w.toNanos + shiftNanos };
  const ticks = ticksOf(shifted, widthPx, TICK_SPACING_PX);
  return { ...ticks, firstNanos: ticks.firstNanos - shiftNanos };
}

/** `startedAt`: when the trace began, to show the time of day; null: times since its start. */
export function drawRuler(
  g: Ctx,
  w: TimeWindow,
  widthPx: Px,
  p: Palette,
  measure: Measure,
  startedAt: string | null = null,
): void {
  g.clearRect(0, 0, widthPx, RULER_PX);
  const day = nanosOfDay(startedAt);
  const { stepNanos, firstNanos } = shiftedTicks(w, widthPx, day ?? 0);
  const minor = stepNanos / 5;
  g.fillStyle = p.line;
  for (let t = firstNanos - stepNanos; t < w.toNanos; t += stepNanos) {
    for (let k = 1; k < 5; k++) {
      const x = Math.round(pxFromNanos(w, widthPx, t + minor * k));
      if (x >= 0 && x < widthPx && minor >= 1) g.fillRect(x, RULER_PX - 4, 1, 4);
    }
  }
  g.font = `11px ${p.fontUi}`;
  g.textAlign = 'left';
  g.textBaseline = 'middle';
  const visit = (x: Px, t: Nanos): void => {
    g.fillStyle = p.lineStrong;
    g.fillRect(x, RULER_PX - 7, 1, 7);
    const text = day === null ? formatAxisTimeText(t, stepNanos) : formatClock(day + t, stepNanos);
    if (x + 4 + measure(text) > widthPx) return;
    g.fillStyle = p.ink2;
    g.fillText(text, x + 4, RULER_PX / 2 - 1);
  };
  eachTick(w, widthPx, visit, day ?? 0);
}

/** The pointer's time with the decimals of a pixel, in a filled pill that stays inside the ruler. */
export function drawPill(
  g: Ctx,
  t: Nanos,
  w: TimeWindow,
  widthPx: Px,
  p: Palette,
  measure: Measure,
  startedAt: string | null = null,
): void {
  const text = pointerTime(t, w, widthPx, startedAt);
  const width = measure(text) + 12;
  const middle = Math.round(pxFromNanos(w, widthPx, t));
  const x = Math.max(0, Math.min(widthPx - width, middle - width / 2));
  g.fillStyle = p.ink;
  g.beginPath();
  g.roundRect(x, 3, width, 17, 3);
  g.fill();
  g.font = `500 11px ${p.fontUi}`;
  g.textAlign = 'left';
  g.textBaseline = 'middle';
  g.fillStyle = p.surface;
  g.fillText(text, x + 6, 12);
}

/** A pointer's time: the unit of the ticks, decimals a tenth of a pixel's power of ten, never finer than 1 ns. */
export function pointerTime(t: Nanos, w: TimeWindow, widthPx: Px, startedAt: string | null = null): string {
  const fine = Math.max(1, 10 ** (Math.floor(Math.log10(nanosPerPx(w, widthPx)) + 1e-9) - 1));
  const day = nanosOfDay(startedAt);
  if (day !== null) return formatClock(day + t, fine, false);
  return formatAxisTimeText(Math.round(t), fine, ticksOf(w, widthPx, TICK_SPACING_PX).stepNanos);
}
