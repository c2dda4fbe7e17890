import { expect, it } from 'vitest';
import { groupsOf } from './layout';
import { wantedTiles } from './wanted-tiles';

const groups = groupsOf([0, 1, 2, 3]);

it('asks for rows and curves in view first, then the overview, the whole trace, the neighbours', () => {
  const { needed, all } = wantedTiles({
    window: { fromNanos: 400e6, toNanos: 401e6 },
    widthPx: 1000,
    durationNanos: 1e9,
    groups,
    near: [{ key: 'next', tracks: [0x8000_0000] }],
  });
  const level = 9;
  const first = Math.floor(400e6 / (1024 * 512));
  expect(needed.slice(0, 3)).toEqual([0, 1, 2].map((i) => ({ level, tile: first + i, group: null })));
  expect(new Set(needed.map((w) => `${w.level} ${w.group?.key ?? 'curves'}`))).toEqual(
    new Set(['9 curves', '9 gc', `9 ${groups[0]!.key}`, '19 curves', '19 gc']),
  );
  expect(all.slice(0, needed.length)).toEqual(needed);
  expect(all.some((w) => w.level === level && w.tile === first - 1)).toBe(true);
  // The neighbours are those of what is in view.
  const next = all.filter((w) => w.group?.key === 'next');
  expect(next.map((w) => w.tile)).toEqual([0, 1, 2].map((i) => first + i));
});

it('never asks for tiles outside of the trace', () => {
  const { all } = wantedTiles({
    window: { fromNanos: 0, toNanos: 1000 },
    widthPx: 1000,
    durationNanos: 12,
    groups,
    near: [],
  });
  expect(all.every((w) => w.tile === 0)).toBe(true);
});
