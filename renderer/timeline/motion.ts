// Moves by key: the window runs after its target, fast at first and slower at the end, and a new target is taken up from
// the frame that is on the screen. Wheel and drag set the window at once and do not come here.

import { lengthOf, type TimeWindow } from '../base/time-scale';

/** A move by key is over after this time. */
export const MOTION_MS = 220;
const TAU_MS = 40;

/**
 * The window `elapsedMs` later on its way to the target. N.B. the length goes by ratio and both edges with it, so that a
 * zoom keeps the time under the pointer where it is.
 */
export function approach(current: TimeWindow, target: TimeWindow, elapsedMs: number): TimeWindow {
  const part = 1 - Math.exp(-elapsedMs / TAU_MS);
  const [now, then] = [lengthOf(current), lengthOf(target)];
  const share = Math.abs(then - now) < 1e-6 * now ? part : (now * (then / now) ** part - now) / (then - now);
  return {
    fromNanos: current.fromNanos + (target.fromNanos - current.fromNanos) * share,
    toNanos: current.toNanos + (target.toNanos - current.toNanos) * share,
  };
}

/** True when the rest of the way is under a third of a pixel. */
export function hasArrived(current: TimeWindow, target: TimeWindow, widthPx: number): boolean {
  const third = lengthOf(target) / Math.max(1, widthPx) / 3;
  return Math.abs(current.fromNanos - target.fromNanos) < third && Math.abs(current.toNanos - target.toNanos) < third;
}
