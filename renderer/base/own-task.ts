// Work that would make one long task together: each piece gets a task of its own, in the order in which it was asked for,
// so that input and frames come in between. The page counts as busy until the piece is done.

import { trackBusy } from './idle';

interface Piece {
  readonly work: () => void;
  readonly done: () => void;
}

const queue: Piece[] = [];
let pending = false;

function next(): void {
  const piece = queue.shift();
  pending = queue.length > 0;
  if (pending) setTimeout(next, 0);
  if (!piece) return;
  try {
    piece.work();
  } finally {
    piece.done();
  }
}

/** Runs `work` in a task of its own; the function that is returned takes it back, if it has not run yet. */
export function inOwnTask(reason: string, work: () => void): () => void {
  const piece: Piece = { work, done: trackBusy(reason) };
  queue.push(piece);
  if (!pending) {
    pending = true;
    setTimeout(next, 0);
  }
  return () => {
    const at = queue.indexOf(piece);
    if (at < 0) return;
    queue.splice(at, 1);
    piece.done();
  };
}

/** The rest of what waits for it goes on in a task of its own. */
export const nextTask = (reason: string): Promise<void> => new Promise((resolve) => inOwnTask(reason, resolve));

/** A piece of work that is due at most once: asked for again before it ran, it stays where it is in the queue. */
export function ownTask(reason: string, work: () => void): { request(): void; cancel(): void } {
  let takeBack: (() => void) | null = null;
  return {
    request() {
      takeBack ??= inOwnTask(reason, () => {
        takeBack = null;
        work();
      });
    },
    cancel() {
      takeBack?.();
      takeBack = null;
    },
  };
}
