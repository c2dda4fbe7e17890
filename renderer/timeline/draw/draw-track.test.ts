import { expect, it } from 'vitest';
import { stateIx, TILE_BUCKETS } from '../../../contract/blocks/tile';
import { levelForWindow, tilesOfWindow, type TimeWindow } from '../../base/time-scale';
import { prepareTile } from '../../trace/prepare-tile';
import { fakeTile, type FakeSpan, type FakeTraceOptions } from '../../trace/testing/fake-trace';
import { bitOfState, PLAIN } from '../paint';
import type { TileFlags } from '../tile-hits';
import { addTrack, busyShare, hitTrack, type TileInView } from './draw-track';
import { Picture } from './picture';

const W = 1000;
const row = { track: 2, yPx: 0, heightPx: 18, labelled: true };
const measure = (s: string): number => s.length * 6;
const [running, gcWorker, stw] = (['running', 'gc-worker', 'stw'] as const).map(stateIx) as [number, number, number];

function tilesFor(spans: readonly FakeSpan[], w: TimeWindow, coarser = 0): TileInView[] {
  const o: FakeTraceOptions = { durationNanos: 1e9, procs: [0], spans };
  const level = levelForWindow(w, W) + coarser;
  const { first, last } = tilesOfWindow(w, level);
  return Array.from({ length: last - first + 1 }, (_, i) => ({
    tile: prepareTile(fakeTile(o, level, first + i, [2])),
    trackIx: 0,
    exact: coarser === 0,
    fromPx: 0,
    endPx: W,
  }));
}
function draw(spans: readonly FakeSpan[], w: TimeWindow, coarser = 0): Picture {
  const p = new Picture();
  addTrack(p, tilesFor(spans, w, coarser), row, w, W, measure);
  return p;
}
const span = (
  start: number,
  end: number,
  state: FakeSpan['state'] = 'running',
  label = 'G27 main.churn',
): FakeSpan => ({ track: 2, start, end, state, label });

it('draws a wide span once, with its gap and its label, also over the border of tiles', () => {
  const w = { fromNanos: 0, toNanos: 10_000_000 };
  const p = draw([span(1_000_000, 9_000_000)], w);
  expect(p.solids[running]!.toArray()).toEqual([[100, 0, 799, 18]]);
  expect(p.labelCount).toBe(1);
  expect(p.labels[0]!.text.replaceAll('\u202f', ' ')).toBe('G27 main.churn  8.000 ms');
  expect(p.rectCount).toBe(1);
});

it('lets a label stick to the visible left edge', () => {
  const p = draw([span(0, 9_000_000)], { fromNanos: 4_000_000, toNanos: 5_000_000 });
  expect(p.labels[0]!.xPx).toBe(5);
});

it('never loses a lone blip: 50 ns among seconds are one full pixel in full colour', () => {
  for (const at of [0, 1, 333_333_333, 512 * 2 ** 19, 999_999_940]) {
    const p = draw([span(at, at + 50)], { fromNanos: 0, toNanos: 1e9 });
    const rects = p.solids[running]!.toArray();
    expect(rects).toHaveLength(1);
    expect(rects[0]!.slice(1)).toEqual([0, 1, 18]);
    expect(Math.abs(rects[0]![0] - at / 1e6)).toBeLessThanOrEqual(1);
    expect(p.bodies[running]!.count).toBe(0);
  }
});

it('merges what is crowded: body, foot as tall as the busy share, edge, count', () => {
  const spans = Array.from({ length: 1000 }, (_, i) => span(100e6 + i * 100_000, 100e6 + i * 100_000 + 50_000));
  const p = draw(spans, { fromNanos: 0, toNanos: 1e9 });
  const bodies = p.bodies[running]!.toArray();
  expect(bodies.reduce((sum, r) => sum + r[2], 0)).toBeGreaterThan(98);
  expect(p.edges.toArray()[0]!.slice(1)).toEqual([0, expect.any(Number), 2]);
  for (const f of p.feet[running]!.toArray()) expect(f[3]).toBeGreaterThanOrEqual(2);
  expect(p.solids[running]!.count).toBe(0);
  expect(p.labels.slice(0, p.labelCount).map((l) => l.text)).toEqual(['1,000 spans']);
});

it('splits when zoomed into', () => {
  const spans = Array.from({ length: 1000 }, (_, i) => span(100e6 + i * 100_000, 100e6 + i * 100_000 + 50_000));
  const p = draw(spans, { fromNanos: 100e6, toNanos: 101e6 });
  expect(p.solids[running]!.count).toBe(10);
  expect(p.bodies[running]!.count).toBe(0);
});

it('shows a stop-the-world that takes less time than what is beside it', () => {
  const spans = [
    ...Array.from({ length: 40 }, (_, i) => span(500e6 + i * 20_000, 500e6 + i * 20_000 + 15_000)),
    span(500e6 + 16_000, 500e6 + 16_200, 'stw'),
  ];
  const p = draw(spans, { fromNanos: 0, toNanos: 1e9 });
  expect(p.rares[stw]!.toArray().map((r) => r[3])).toEqual([9]);
});

it('draws neighbours of a few pixels as themselves, each in its state', () => {
  const p = draw([span(500e6, 504e6), span(504e6, 510e6, 'gc-worker')], { fromNanos: 0, toNanos: 1e9 });
  expect(p.bodies[running]!.count + p.bodies[gcWorker]!.count).toBe(0);
  expect([p.solids[running]!.count, p.solids[gcWorker]!.count]).toEqual([1, 1]);
});

it('draws a row with an idle trace as nothing', () =>
  expect(draw([], { fromNanos: 0, toNanos: 1e6 }).rectCount).toBe(0));

it('keeps a blip a tick and a crowd a crowd while a coarser tile stands in', () => {
  const blip = draw([span(333_333_333, 333_333_383)], { fromNanos: 333_000_000, toNanos: 334_000_000 }, 6);
  expect(blip.solids[running]!.toArray().map((r) => r[2])).toEqual([1]);
  const crowd = draw(
    Array.from({ length: 400 }, (_, i) => span(333_000_000 + i * 1000, 333_000_000 + i * 1000 + 500)),
    { fromNanos: 333_000_000, toNanos: 334_000_000 },
    6,
  );
  expect(crowd.bodies[running]!.toArray().reduce((sum, r) => sum + r[2], 0)).toBeGreaterThan(350);
});

it('at 1 ns a pixel draws to the nanosecond', () => {
  const p = draw([span(500_000_100, 500_000_350)], { fromNanos: 500_000_000, toNanos: 500_001_000 });
  expect(p.solids[running]!.toArray()).toEqual([[100, 0, 249, 18]]);
});

it('finds what is drawn under the pointer', () => {
  const w = { fromNanos: 0, toNanos: 1e9 };
  const tiles = tilesFor([span(100e6, 200e6), span(300_000_010, 300_000_060)], w);
  expect(hitTrack(tiles, 150, 3, w, W)).toMatchObject({
    kind: 'span',
    startNanos: 100e6,
    endNanos: 200e6,
    label: 'G27 main.churn',
  });
  expect(hitTrack(tiles, 302, 3, w, W)).toMatchObject({ kind: 'cells', count: 1, state: running });
  expect(hitTrack(tiles, 250, 3, w, W)).toBeNull();
});

it('tells how busy the visible part is', () => {
  const w = { fromNanos: 0, toNanos: 1e9 };
  const tiles = tilesFor([span(100e6, 600e6)], w);
  expect(busyShare(tiles, w)).toBeCloseTo(0.5, 2);
  expect(busyShare(tiles, { fromNanos: 100e6, toNanos: 200e6 })).toBeCloseTo(1, 2);
  expect(busyShare([], w)).toBeNull();
});

it('F70: what the legend made paler is paler at every scale: wide, alone under a pixel, merged', () => {
  const w = { fromNanos: 0, toNanos: 1e9 };
  const crowd = Array.from({ length: 1000 }, (_, i) =>
    span(800e6 + i * 100_000, 800e6 + i * 100_000 + 50_000, 'sweep'),
  );
  const spans = [span(100e6, 200e6, 'sweep'), span(500e6, 500e6 + 50, 'sweep'), ...crowd, span(300e6, 400e6)];
  const picture = new Picture();
  const paint = { ...PLAIN, muted: bitOfState('sweep') };
  addTrack(picture, tilesFor(spans, w), row, w, W, measure, paint);
  const covered = picture.dimmed.toArray().map(([x, , width]) => [x, x + width]);
  const isPaler = (x: number): boolean => covered.some(([from, end]) => x + 1 >= from! && x - 1 < end!);
  expect([150, 500, 850, 350].map(isPaler)).toEqual([true, true, true, false]);
});

it('F146: hits have a line under them, what is none is paler, what is not known stays as it is', () => {
  const w = { fromNanos: 0, toNanos: 1_000_000 };
  const spans = [span(100_000, 300_000), span(400_000, 600_000), span(700_000, 700_100), span(800_000, 800_100)];
  const tiles = tilesFor(spans, w);
  const isHit = (t: number): boolean => t === 100_000 || t === 800_000;
  const drawn = (known: boolean): Picture => {
    const p = new Picture();
    const of = ({ block: b, startNanos, bucketNanos }: TileInView['tile']): TileFlags | null => {
      const cells = new Uint8Array(TILE_BUCKETS);
      for (const s of spans.filter((x) => isHit(x.start))) cells[Math.floor((s.start - startNanos) / bucketNanos)] = 1;
      return known ? { spans: Uint8Array.from(b.spanStart, (t) => (isHit(t) ? 1 : 0)), cells } : null;
    };
    const marking = { covers: (track: number) => track === row.track, of };
    addTrack(p, tiles, row, w, W, measure, { ...PLAIN, marking });
    return p;
  };
  const told = drawn(true);
  expect(told.hits.toArray().map(([x, y]) => [x, y])).toEqual([
    [800, 18],
    [100, 18],
  ]);
  expect(told.dimmed.toArray().map(([x]) => x)).toEqual([700, 400]);
  expect(drawn(false).hits.count + drawn(false).dimmed.count).toBe(0);
});
