import { expect, it } from 'vitest';
import { curveAt, groupsOf, layoutOf, trackRowAt, trackRowsOf, visibleProcs } from './layout';
import { STRIP_PX } from './metrics';

const procs = Array.from({ length: 64 }, (_, i) => i);

it('stacks everything without overlap', () => {
  const l = layoutOf(procs, false);
  expect(l.curves.map((c) => c.name)).toEqual(['Goroutines', 'Heap', 'Threads']);
  expect(l.gc.topPx).toBe(l.statistics.heightPx);
  expect(l.processors.topPx).toBe(l.gc.topPx + l.gc.heightPx);
  expect(l.heightPx).toBe(l.processors.topPx + l.processors.heightPx);
  const rows = trackRowsOf(l);
  for (let i = 1; i < rows.length; i++)
    expect(rows[i]!.topPx).toBeGreaterThanOrEqual(rows[i - 1]!.topPx + rows[i - 1]!.heightPx);
});

it('leaves Threads out where the window is low', () => {
  expect(layoutOf([0], true).curves.map((c) => c.name)).toEqual(['Goroutines', 'Heap']);
});

it('sees only the processors in view', () => {
  const l = layoutOf(procs, false);
  const top = l.procRows[0]!.topPx;
  expect(visibleProcs(l, 0, top + 2 * STRIP_PX)).toEqual({ first: 0, end: 2 });
  expect(visibleProcs(l, top + 10 * STRIP_PX + 5, 3 * STRIP_PX)).toEqual({ first: 10, end: 14 });
  expect(visibleProcs(layoutOf([], false), 0, 500)).toEqual({ first: 0, end: 0 });
});

it('finds rows and curves under a place', () => {
  const l = layoutOf([0, 1], false);
  expect(trackRowAt(l, l.gcRows[1]!.topPx + 3)?.track).toBe(1);
  expect(trackRowAt(l, l.procRows[1]!.topPx + 4)?.track).toBe(4);
  expect(trackRowAt(l, l.procRows[1]!.topPx + 24)?.track).toBe(5);
  expect(trackRowAt(l, 5)).toBeNull();
  expect(curveAt(l, l.curves[1]!.topPx + 1)?.name).toBe('Heap');
});

it('asks for the same eight processors together', () => {
  const groups = groupsOf(procs);
  expect(groups).toHaveLength(8);
  expect(groups[1]!.tracks).toHaveLength(16);
  expect(groups[1]!.tracks[0]).toBe(2 + 2 * 8);
});
