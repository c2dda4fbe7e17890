import { expect, it } from 'vitest';
import { MAX_MOVES, moved, NO_MOVES, redone, undone } from './move-history';

const w = (fromNanos: number) => ({ fromNanos, toNanos: fromNanos + 10 });

it('undoes and redoes move by move', () => {
  let h = moved(NO_MOVES, null, 0, true);
  h = moved(h, w(1), 50, true);
  const back = undone(h, w(2))!;
  expect(back.to).toEqual(w(1));
  const first = undone(back.history, w(1))!;
  expect(first.to).toBeNull();
  expect(undone(first.history, null)).toBeNull();
  const again = redone(first.history, null)!;
  expect(again.to).toEqual(w(1));
  expect(redone(again.history, w(1))!.to).toEqual(w(2));
});

it('takes steps of a wheel that follow closely as one move', () => {
  let h = moved(NO_MOVES, null, 0, false);
  h = moved(h, w(1), 100, false);
  h = moved(h, w(2), 450, false);
  expect(h.past).toEqual([null]);
  h = moved(h, w(3), 900, false);
  expect(h.past).toEqual([null, w(3)]);
});

it('forgets what was undone when the user moves on, and keeps a bounded past', () => {
  const back = undone(moved(NO_MOVES, null, 0, true), w(5))!;
  expect(redone(moved(back.history, null, 9, true), w(6))).toBeNull();
  let h = NO_MOVES;
  for (let i = 0; i < MAX_MOVES + 20; i++) h = moved(h, w(i), i, true);
  expect(h.past).toHaveLength(MAX_MOVES);
});
