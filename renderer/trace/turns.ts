// Which of the wanted tiles are asked for next. Pure.
//
// What makes up the picture goes first, and all of it roughly before any of it exactly. What is costly or only may be wanted
// waits while the view moves: there the frames need the processors.

import type { Running, WantedTile } from './tile-cache';

/** What a tile that is not under way lacks. */
export type Lack = 'nothing' | 'all' | 'exactness';

/** A view that has not changed for so long rests. */
export const REST_MS = 80;
/** Answers are soon made mostly, and take a frame to come: more of them than there are processors. */
const MAX_RUNNING = 4;
/** Exact ones may be decoded, on two threads each. */
const MAX_EXACT = 2;
/** Of what is not needed yet, while the view moves. */
const MAX_AHEAD = 1;

export interface Turns {
  readonly start: readonly { readonly wanted: WantedTile; readonly lack: Lack }[];
  /** Something waits until the view rests. */
  readonly held: boolean;
}

const isSame = (a: WantedTile, b: WantedTile): boolean =>
  a.level === b.level && a.tile === b.tile && a.group?.key === b.group?.key;

/** Whether two lists ask for the same tiles in the same order. */
export const isSameList = (a: readonly WantedTile[], b: readonly WantedTile[]): boolean =>
  a.length === b.length && a.every((w, i) => isSame(w, b[i]!));

/**
 * What to ask for beside what runs. `needed`: so many of the list make up the picture; `lack` is asked of each at most
 * twice. Cost: O(list).
 */
export function nextTurns(
  list: readonly WantedTile[],
  needed: number,
  running: readonly Running[],
  lack: (w: WantedTile) => Lack,
  moving: boolean,
): Turns {
  const start: { wanted: WantedTile; lack: Lack }[] = [];
  let held = false;
  let taken = running.filter((r) => !r.wanted.group?.waits).length;
  let exact = running.filter((r) => r.lack === 'exactness').length;
  const waiting = new Set(running.flatMap((r) => (r.wanted.group?.waits ? [r.wanted.group.key] : [])));

  /** Takes what lacks this in a part of the list. False: some must wait for a place. */
  function take(from: number, end: number, what: Lack, most: number): boolean {
    for (let i = from; i < end; i++) {
      const wanted = list[i]!;
      if (lack(wanted) !== what || start.some((s) => isSame(s.wanted, wanted))) continue;
      if (what === 'exactness' && moving) {
        held = true;
        return true;
      }
      const { group } = wanted;
      if (group?.waits) {
        // One at a time, beside all others.
        if (waiting.has(group.key)) continue;
        waiting.add(group.key);
      } else {
        if (taken >= most || (what === 'exactness' && exact >= MAX_EXACT)) return false;
        taken++;
        if (what === 'exactness') exact++;
      }
      start.push({ wanted, lack: what });
    }
    return true;
  }

  const all =
    take(0, needed, 'all', MAX_RUNNING) &&
    take(0, needed, 'exactness', MAX_RUNNING) &&
    take(needed, list.length, 'all', moving ? MAX_AHEAD : MAX_RUNNING);
  if (all) take(needed, list.length, 'exactness', MAX_RUNNING);
  return { start, held };
}
