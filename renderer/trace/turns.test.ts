import { expect, it } from 'vitest';
import type { Running, TrackGroup, WantedTile } from './tile-cache';
import { isSameList, nextTurns, type Lack } from './turns';

const group: TrackGroup = { key: 'p', tracks: [2] };
const slow: TrackGroup = { key: 'w', tracks: [3], waits: true };
const at = (tile: number, of: TrackGroup | null = group): WantedTile => ({ level: 5, tile, group: of });
const running = (wanted: WantedTile, lack: Lack): Running => ({ wanted, lack, stop: new AbortController() });

/** What is asked for of tiles that lack this, by their numbers. */
const ask = (lacks: readonly Lack[], needed: number, runs: readonly Running[], moving: boolean) => {
  const list = lacks.map((_, i) => at(i));
  const turns = nextTurns(list, needed, runs, (w) => lacks[w.tile]!, moving);
  return [...turns.start.map((s) => s.wanted.tile), ...(turns.held ? ['held'] : [])];
};

it('asks for all of the picture roughly before any of it exactly, and ahead of it last', () => {
  expect(ask(['exactness', 'all', 'nothing', 'all'], 2, [], false)).toEqual([1, 0, 3]);
  expect(ask(['all', 'all', 'all', 'all', 'all', 'exactness'], 6, [], false)).toEqual([0, 1, 2, 3]);
  expect(ask(['exactness', 'exactness', 'exactness', 'all'], 3, [], false)).toEqual([0, 1]);
  expect(ask(['exactness'], 1, [running(at(8), 'exactness'), running(at(9), 'exactness')], false)).toEqual([]);
});

it('while the view moves nothing is made exact, and one tile is asked for ahead', () => {
  expect(ask(['exactness', 'all', 'all', 'all'], 1, [], true)).toEqual([1, 'held']);
  expect(ask(['all', 'all', 'all'], 1, [], true)).toEqual([0]);
  expect(ask(['nothing', 'all'], 1, [running(at(7), 'all')], true)).toEqual([]);
});

it('what waits for a pass is asked for one at a time and takes no place', () => {
  const list = [at(0, slow), at(1, slow), ...[2, 3, 4, 5, 6].map((t) => at(t))];
  const next = (runs: readonly Running[]) => nextTurns(list, list.length, runs, () => 'all', false).start;
  expect(next([]).map((s) => s.wanted.tile)).toEqual([0, 2, 3, 4, 5]);
  expect(next([running(at(9, slow), 'all')]).map((s) => s.wanted.tile)).toEqual([2, 3, 4, 5]);
});

it('a list is the same when its tiles are, in their order', () => {
  expect(isSameList([at(0), at(1, null)], [at(0), at(1, null)])).toBe(true);
  expect(isSameList([at(0), at(1)], [at(1), at(0)])).toBe(false);
  expect(isSameList([at(0)], [at(0), at(1)])).toBe(false);
  expect(isSameList([at(0)], [at(0, null)])).toBe(false);
});
