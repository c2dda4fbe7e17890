import { expect, it } from 'vitest';
import { bandsOf } from './gc-charts';

const cycle = (fromNanos: number, toNanos: number) => ({ fromNanos, toNanos });

it('F135: cycles within a pixel of each other are one band, and none is drawn outside', () => {
  const cycles = [cycle(0, 10), cycle(15, 20), cycle(400, 500), cycle(900, 1000)];
  expect(bandsOf(cycles, { from: 0, to: 1000 }, 100)).toEqual([cycle(0, 20), cycle(400, 500), cycle(900, 1000)]);
  expect(bandsOf(cycles, { from: 0, to: 100 }, 100)).toEqual([cycle(0, 10), cycle(15, 20)]);
  expect(cycles[0]).toEqual(cycle(0, 10));
});
it('F135: there are never more bands than pixels', () => {
  const cycles = Array.from({ length: 10_000 }, (_, i) => cycle(i * 10, i * 10 + 4));
  expect(bandsOf(cycles, { from: 0, to: 100_000 }, 500)).toEqual([cycle(0, 99_994)]);
});
