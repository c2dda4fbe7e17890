import { expect, it } from 'vitest';
import { TILE_BUCKETS, stateIx } from '../../contract/blocks/tile';
import { trackOfProc } from '../../contract/units';
import { prepareTile, rarestState } from './prepare-tile';
import { fakeTile, type FakeSpan } from './testing/fake-trace';

const [upper, lower] = [trackOfProc(0, 0), trackOfProc(0, 1)];
const prepared = (spans: FakeSpan[], level = 4) =>
  prepareTile(fakeTile({ durationNanos: 1e6, procs: [0], spans }, level, 0, [upper, lower]));
const restOf = (t: ReturnType<typeof prepared>, track: number): number[] => {
  const out: number[] = [];
  for (let b = 0; b < TILE_BUCKETS; b++)
    if (t.restCounts[track * TILE_BUCKETS + b] || t.restShares[track * TILE_BUCKETS + b]) out.push(b);
  return out;
};

it('leaves nothing beside a wide span, whatever its edges', () => {
  const t = prepared([{ track: upper, start: 1007, end: 5003, state: 'running' }]);
  expect([...t.spanFrom]).toEqual([0, 1, 1]);
  expect(restOf(t, 0)).toEqual([]);
});

it('keeps a blip in the bucket where a wide span ends', () => {
  const t = prepared([
    { track: upper, start: 1600, end: 3205, state: 'running' },
    { track: upper, start: 3207, end: 3214, state: 'gc-worker' },
  ]);
  expect(restOf(t, 0)).toEqual([200]);
  expect([t.restCounts[200], t.restStates[200]]).toEqual([1, stateIx('gc-worker')]);
});

it('keeps what lies inside a wide span, in its own colour', () => {
  const t = prepared([
    { track: lower, start: 1600, end: 8000, state: 'assist' },
    { track: lower, start: 4001, end: 4006, state: 'sweep' },
  ]);
  expect(restOf(t, 1)).toEqual([250]);
  expect(t.restStates[TILE_BUCKETS + 250]).toBe(stateIx('sweep'));
});

it('keeps cells without wide spans as they are', () => {
  const t = prepared([
    { track: upper, start: 160, end: 164, state: 'running' },
    { track: upper, start: 165, end: 170, state: 'running' },
  ]);
  expect([t.restCounts[10], t.restShares[10]]).toEqual([2, Math.ceil((9 / 16) * 255)]);
});

it('knows which state must be seen first', () => {
  expect(rarestState((1 << stateIx('running')) | (1 << stateIx('stw')))).toBe(stateIx('stw'));
  expect(rarestState(0)).toBe(0);
});
