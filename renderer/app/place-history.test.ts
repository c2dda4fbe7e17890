import { expect, it } from 'vitest';
import { amend, canGo, currentPlace, go, historyOf, mapPlaces, MAX_PLACES, visit } from './place-history';

it('goes back and forward, and forgets what was forward of a new place', () => {
  let h = visit(visit(historyOf('a'), 'b'), 'c');
  expect(canGo(h, 1)).toBe(false);
  h = go(go(h, -1), -1);
  expect([currentPlace(h), canGo(h, -1)]).toEqual(['a', false]);
  expect(currentPlace(go(h, -1))).toBe('a');
  h = go(h, 1);
  expect(currentPlace(h)).toBe('b');
  h = visit(h, 'd');
  expect(h.entries).toEqual(['a', 'b', 'd']);
});

it('amends a place without a step and has an end', () => {
  expect(amend(visit(historyOf(1), 2), 3).entries).toEqual([1, 3]);
  let h = historyOf(0);
  for (let i = 1; i < MAX_PLACES + 10; i++) h = visit(h, i);
  expect([h.entries.length, currentPlace(h)]).toEqual([MAX_PLACES, MAX_PLACES + 9]);
});

it('changes all places without a step', () => {
  const h = go(visit(historyOf(1), 2), -1);
  expect(mapPlaces(h, (p) => p * 10)).toEqual({ entries: [10, 20], at: 0 });
});
