import { expect, it } from 'vitest';
import { idle } from '../../base/idle';
import { readPalette } from '../../base/palette';
import { TileCache } from '../../trace/tile-cache';
import { fakeCounters, fakeTile, type FakeTraceOptions } from '../../trace/testing/fake-trace';
import { curvesInView, GroupView } from '../group-view';
import { curvesShown, FIRST_CURVES } from '../curve-settings';
import { GC_GROUP, groupsOf, layoutOf, rowsInView } from '../layout';
import { PLAIN } from '../paint';
import { wantedTiles } from '../wanted-tiles';
import { drawRows, Pictures, type RowsInput } from './draw-rows';
import { fakeCtx } from './fake-ctx';

const p = readPalette((n) => n, false);
const W = 1000;
const trace: FakeTraceOptions = {
  durationNanos: 1e9,
  procs: [0, 1],
  spans: [
    { track: 0, start: 100e6, end: 400e6, state: 'gc-mark', label: 'GC concurrent mark' },
    { track: 1, start: 100e6, end: 140e6, state: 'stw', label: 'stop-the-world (GC sweep termination)' },
    { track: 2, start: 0, end: 900e6, state: 'running', label: 'G1 main.main', goroutine: 1 },
    { track: 3, start: 200e6, end: 300e6, state: 'assist', label: 'GC mark assist' },
  ],
  running: () => 1,
};

async function frame(
  over: Partial<RowsInput> = {},
  indexedToNanos = 1e9,
  pinned: readonly { readonly row: string; readonly head: null }[] = [],
) {
  const cache = new TileCache({
    readTile: async ({ level, tile, tracks }) => ({
      ...fakeTile(trace, level, tile, tracks),
      complete: indexedToNanos >= 1e9,
      indexedToNanos,
    }),
    readCounters: async ({ level, tile }) => fakeCounters(trace, level, tile),
    readLatency: async ({ level, tile }) => ({ level, tile, means: [], maxima: [], complete: true }),
  });
  const window = { fromNanos: 0, toNanos: 1e9 };
  const groups = groupsOf(trace.procs);
  cache.want(wantedTiles({ window, widthPx: W, durationNanos: 1e9, groups, near: [] }).all);
  await idle();
  const curves = curvesShown(FIRST_CURVES, false);
  const layout = layoutOf({ procs: trace.procs, curves, byProcs: true, list: null, pinned });
  const scrollTopPx = over.scrollTopPx ?? 0;
  const view = new GroupView(cache, groups[0]!, window, W);
  const input: RowsInput = {
    window,
    widthPx: W,
    heightPx: 470,
    scrollTopPx: 0,
    layout,
    rows: rowsInView(layout, scrollTopPx, 470),
    viewOf: (row) => (groups[0]!.tracks.includes(row.track) ? view : null),
    gc: new GroupView(cache, GC_GROUP, window, W),
    paint: PLAIN,
    tickShiftNanos: 0,
    curves: curvesInView(cache, window, W),
    latency: [],
    curveTops: new Map([['Goroutines', 4]]),
    bands: true,
    indexedToNanos,
    durationNanos: 1e9,
    unreadText: 'still reading',
    ...over,
  };
  const { g, ops } = fakeCtx();
  const pictures = new Pictures();
  drawRows(g, input, pictures, p, (s) => s.length * 6);
  return { ops, picture: pictures.scrolled, view };
}
const texts = (ops: Awaited<ReturnType<typeof frame>>['ops']): string[] =>
  ops.filter((o) => o.op === 'fillText').map((o) => String(o.args[0]).replaceAll('\u202f', ' '));

it('draws rows with their labels, lower rows without', async () => {
  const { ops } = await frame();
  expect(texts(ops)).toEqual(['GC concurrent mark  300.0 ms', 'STW', 'G1 main.main  900.0 ms']);
  expect(ops.some((o) => o.op === 'fillRect' && o.fill === '--st-assist')).toBe(true);
});

it('draws bands through all rows, and none when they are off', async () => {
  const on = await frame();
  expect(on.ops.filter((o) => o.fill === '--tl-stw-band').map((o) => o.args)).toEqual([[100, 0, 40, 470]]);
  const off = await frame({ bands: false });
  expect(off.ops.some((o) => o.fill === '--tl-stw-band' || o.fill === '--tl-gc-band')).toBe(false);
});

it('draws nothing of rows that are scrolled away', async () => {
  const { picture } = await frame({ scrollTopPx: 2000 });
  expect(picture.rectCount - picture.axis.count).toBe(0);
});

it('keeps pinned rows on top of what is scrolled', async () => {
  const { ops } = await frame({ scrollTopPx: 2000 }, 1e9, [{ row: 'P0', head: null }]);
  expect(texts(ops)).toEqual(['G1 main.main  900.0 ms']);
});

it('colours what runs by goroutine, and leaves other states as they are', async () => {
  const { picture } = await frame({ paint: { ...PLAIN, colourBy: 'goroutine' } });
  expect(picture.hues[7]!.count).toBe(1);
  expect(picture.solids[1]!.count).toBe(0);
  const other = await frame({ paint: { ...PLAIN, emphasis: { kind: 'goroutine', id: 2, name: 'main.f' } } });
  expect(other.picture.dimmed.count).toBeGreaterThan(0);
});

it('covers what is not read with a hatch that says so', async () => {
  const { ops, view } = await frame({}, 500e6);
  expect(texts(ops)).toContain('still reading');
  expect(ops.find((o) => o.op === 'rect')?.args).toEqual([500, 0, 500, 470]);
  expect(view.readToNanos).toBe(500e6);
  expect(texts((await frame()).ops)).not.toContain('still reading');
});
