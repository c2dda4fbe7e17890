// Stays of goroutines as strips on one time axis. Pure.

import type { GoroutineStay, GoroutineState } from '../../../contract/answers';
import type { Nanos, Px } from '../../../contract/units';
import { familyOf } from '../../base/wait-family';

export interface Strip {
  readonly id: number;
  readonly name: string;
  readonly stays: readonly GoroutineStay[];
  /** Stays that are told; fewer than there are when the goroutine has very many. */
  readonly stayCount: number;
}

/** Token of a state's colour, without dashes. */
export function tokenOf(state: GoroutineState, reason: string): string {
  if (state === 'running') return 'st-running';
  if (state === 'runnable') return 'st-runnable';
  if (state === 'syscall') return 'st-syscall';
  if (state === 'syscall-blocked') return 'wait-sys';
  return `wait-${familyOf(reason)}`;
}

export interface StripBox {
  readonly x: Px;
  readonly width: Px;
  readonly token: string;
  readonly state: GoroutineState;
}

/** Least width of a stay: nothing is dropped, however short. */
const LEAST_PX = 1;

/** Boxes of the stays in a window; those that are equal and touch within a pixel become one. */
export function boxesOf(
  stays: readonly GoroutineStay[],
  fromNanos: Nanos,
  toNanos: Nanos,
  widthPx: Px,
): readonly StripBox[] {
  const scale = widthPx / Math.max(1, toNanos - fromNanos);
  const boxes: { x: number; width: number; token: string; state: GoroutineState }[] = [];
  for (const s of stays) {
    if (s.toNanos < fromNanos || s.fromNanos > toNanos) continue;
    const x = Math.max(0, (s.fromNanos - fromNanos) * scale);
    const end = Math.min(widthPx, (s.toNanos - fromNanos) * scale);
    const token = tokenOf(s.state, s.reason);
    const last = boxes.at(-1);
    if (last && last.token === token && x - (last.x + last.width) < LEAST_PX)
      last.width = Math.max(LEAST_PX, end - last.x);
    else boxes.push({ x, width: Math.max(LEAST_PX, end - x), token, state: s.state });
  }
  return boxes;
}

/** Ids of the argument: one, or two to compare. Null: it is no such thing. */
export function idsOfArg(arg: string): readonly number[] | null {
  const ids = arg.split(',').map((t) => Number(t.trim().replace(/^G/i, '') || Number.NaN));
  return ids.length <= 2 && ids.every((id) => Number.isSafeInteger(id) && id >= 0) ? ids : null;
}
