// How a time of A stands over a time of B: both axes aligned at a moment each, absolute or stretched. Pure.

import type { Nanos } from '../../../contract/units';
import { lengthOf, type TimeWindow } from '../../base/time-scale';

/** A moment of a trace and the length that follows it: where it is aligned, and what is stretched. */
export interface Anchor {
  readonly atNanos: Nanos;
  /** What is stretched to the same length; the whole trace where the alignment names no length. */
  readonly lengthNanos: Nanos;
}

/** tB = atB + (tA − atA) × scale. */
export interface AxisLink {
  readonly atA: Nanos;
  readonly atB: Nanos;
  readonly scale: number;
}

export function linkOf(a: Anchor, b: Anchor, stretched: boolean): AxisLink {
  const scale = stretched && a.lengthNanos > 0 && b.lengthNanos > 0 ? b.lengthNanos / a.lengthNanos : 1;
  return { atA: a.atNanos, atB: b.atNanos, scale };
}

export const inverse = (l: AxisLink): AxisLink => ({ atA: l.atB, atB: l.atA, scale: 1 / l.scale });

export const across = (l: AxisLink, t: Nanos): Nanos => l.atB + (t - l.atA) * l.scale;

export const windowAcross = (l: AxisLink, w: TimeWindow): TimeWindow => ({
  fromNanos: across(l, w.fromNanos),
  toNanos: across(l, w.toNanos),
});

/** The axes of both sides: each holds both traces, so that neither is moved by the other's ends. */
export function extentsOf(l: AxisLink, durationA: Nanos, durationB: Nanos): readonly [TimeWindow, TimeWindow] {
  const other = windowAcross(inverse(l), { fromNanos: 0, toNanos: durationB });
  const a = { fromNanos: Math.min(0, other.fromNanos), toNanos: Math.max(1, durationA, other.toNanos) };
  return [a, windowAcross(l, a)];
}

/** Whether two windows are one on the screen. */
export function isClose(a: TimeWindow, b: TimeWindow): boolean {
  const slop = Math.max(lengthOf(a), lengthOf(b)) * 1e-6;
  return Math.abs(a.fromNanos - b.fromNanos) <= slop && Math.abs(a.toNanos - b.toNanos) <= slop;
}

/** The part of a window that lies in a trace, in whole nanoseconds; null: all of the trace, or nothing of it. */
export function insideOf(w: TimeWindow, durationNanos: Nanos): TimeWindow | null {
  const fromNanos = Math.max(0, Math.floor(w.fromNanos));
  const toNanos = Math.min(durationNanos, Math.ceil(w.toNanos));
  return fromNanos >= toNanos || (fromNanos === 0 && toNanos === durationNanos) ? null : { fromNanos, toNanos };
}
