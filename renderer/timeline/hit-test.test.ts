import { expect, it } from 'vitest';
import { TileCache } from '../trace/tile-cache';
import { idle } from '../base/idle';
import { fakeCounters, fakeTile, type FakeTraceOptions } from '../trace/testing/fake-trace';
import { GroupView } from './group-view';
import { hitTest, pickOf } from './hit-test';
import { curvesShown, FIRST_CURVES } from './curve-settings';
import { GC_GROUP, groupsOf, layoutOf, rowsInView, type TrackRow } from './layout';
import { wheelFactor } from './use-pointer';
import { wantedTiles } from './wanted-tiles';

const W = 1000;
const window = { fromNanos: 0, toNanos: 1e9 };
const trace: FakeTraceOptions = {
  durationNanos: 1e9,
  procs: [0],
  spans: [
    { track: 2, start: 100e6, end: 200e6, state: 'running', label: 'G1 main.main' },
    ...Array.from({ length: 500 }, (_, i) => ({
      track: 2,
      start: 500e6 + i * 200_000,
      end: 500e6 + i * 200_000 + 90_000,
      state: 'running' as const,
    })),
  ],
};

async function input() {
  const cache = new TileCache({
    readTile: async ({ level, tile, tracks }) => fakeTile(trace, level, tile, tracks),
    readCounters: async ({ level, tile }) => fakeCounters(trace, level, tile),
    readLatency: async ({ level, tile }) => ({ level, tile, means: [], maxima: [], complete: true }),
  });
  const groups = groupsOf([0]);
  cache.want(wantedTiles({ window, widthPx: W, durationNanos: 1e9, groups, near: [] }).all);
  await idle();
  const curves = curvesShown(FIRST_CURVES, false);
  const layout = layoutOf({ procs: [0], curves, byProcs: true, list: null, pinned: [] });
  return {
    layout,
    rows: rowsInView(layout, 0, 600),
    scrollTopPx: 0,
    window,
    widthPx: W,
    viewOf: (row: TrackRow) => new GroupView(cache, row.track < 2 ? GC_GROUP : groups[0]!, window, W),
  };
}

it('tells spans, crowds, curves and empty places apart', async () => {
  const o = await input();
  const y = o.layout.procTopPx + 5;
  expect(hitTest(o, 150, y)).toMatchObject({ kind: 'row', hit: { kind: 'span', label: 'G1 main.main' } });
  expect(hitTest(o, 550, y)).toMatchObject({ kind: 'row', hit: { kind: 'cells', count: 500 } });
  expect(hitTest(o, 300, y)).toMatchObject({ kind: 'empty', row: { track: 2 } });
  expect(hitTest(o, 300, o.layout.curves[0]!.topPx + 5)).toMatchObject({
    kind: 'curve',
    curve: { name: 'Goroutines' },
  });
  expect(hitTest(o, 300, o.layout.heightPx + 50)).toEqual({ kind: 'empty', row: null, item: null });
});

it('asks for the span under the pointer, or for all of a crowd', async () => {
  const o = await input();
  const y = o.layout.procTopPx + 5;
  const span = hitTest(o, 150, y);
  const crowd = hitTest(o, 520, y);
  if (span.kind !== 'row' || crowd.kind !== 'row') throw new Error('not hit');
  expect(pickOf(span.hit, 150, window, W)).toEqual({ atNanos: 150e6, toleranceNanos: 0 });
  const { atNanos, toleranceNanos } = pickOf(crowd.hit, 520, window, W);
  expect(atNanos - toleranceNanos).toBeLessThanOrEqual(500e6);
  expect(atNanos + toleranceNanos).toBeGreaterThanOrEqual(500e6 + 499 * 200_000);
});

it('zooms by a notch of a wheel about as much as by a pinch of a few pixels', () => {
  expect(wheelFactor(-120)).toBeCloseTo(0.74, 2);
  expect(wheelFactor(-10)).toBeCloseTo(0.905, 2);
  expect(wheelFactor(120) * wheelFactor(-120)).toBeCloseTo(1, 9);
});
