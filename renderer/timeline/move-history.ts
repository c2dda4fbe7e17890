// Undo and redo of moves of the window. A move begins where the window stood at rest; what follows within a moment
// (a wheel that turns, a drag) is the same move. Pure.

import type { TimeWindow } from '../base/time-scale';

/** A window at rest; null: the whole trace. */
export type Stand = TimeWindow | null;

export interface MoveHistory {
  readonly past: readonly Stand[];
  readonly future: readonly Stand[];
  /** When the window last moved. Units: ms of the page's clock. */
  readonly movedAtMs: number;
}

export const NO_MOVES: MoveHistory = { past: [], future: [], movedAtMs: -Infinity };
/** Moves that are kept. */
export const MAX_MOVES = 200;
/** Steps of a wheel or a drag that follow each other this closely are one move. */
const SAME_MOVE_MS = 400;

/** The window leaves `from`. `fresh`: a move of its own, however soon it follows the one before. */
export function moved(h: MoveHistory, from: Stand, nowMs: number, fresh: boolean): MoveHistory {
  if (!fresh && nowMs - h.movedAtMs <= SAME_MOVE_MS) return { ...h, movedAtMs: nowMs };
  return { past: [...h.past, from].slice(-MAX_MOVES), future: [], movedAtMs: nowMs };
}

/** Back to where the last move began. Null when there is none. */
export function undone(h: MoveHistory, now: Stand): { readonly to: Stand; readonly history: MoveHistory } | null {
  if (h.past.length === 0) return null;
  const history = { past: h.past.slice(0, -1), future: [...h.future, now], movedAtMs: -Infinity };
  return { to: h.past.at(-1)!, history };
}

/** Forward again. Null when nothing was undone since the last move. */
export function redone(h: MoveHistory, now: Stand): { readonly to: Stand; readonly history: MoveHistory } | null {
  if (h.future.length === 0) return null;
  const history = { past: [...h.past, now], future: h.future.slice(0, -1), movedAtMs: -Infinity };
  return { to: h.future.at(-1)!, history };
}
