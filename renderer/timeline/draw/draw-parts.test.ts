import { describe, expect, it } from 'vitest';
import { stateIx } from '../../../contract/blocks/tile';
import { readPalette } from '../../base/palette';
import { prepareTile } from '../../trace/prepare-tile';
import { fakeCounters, fakeTile, type FakeTraceOptions } from '../../trace/testing/fake-trace';
import { curveTop, drawCurve, drawGoal } from './draw-curves';
import { drawFlows } from './draw-flows';
import { drawHandle, drawOverview, eachStwColumn, handleOf } from './draw-overview';
import { drawOverlay, drawRulerOverlay } from './draw-overlay';
import { drawPill, drawRuler, pointerTime } from './draw-ruler';
import { fakeCtx } from './fake-ctx';
import { Picture } from './picture';
import { meanOver, valueAt, type CurvesInView } from './series-columns';

const p = readPalette((n) => n, false);
const measure = (s: string): number => s.length * 6;
const W = 1000;
const w = { fromNanos: 0, toNanos: 1_024_000 };
const trace: FakeTraceOptions = {
  durationNanos: 1_024_000,
  procs: [0],
  spans: [
    { track: 0, start: 100_000, end: 400_000, state: 'gc-mark' },
    { track: 1, start: 700_007, end: 700_009, state: 'stw' },
  ],
  running: (t) => (t < 512_000 ? 2 : 4),
};
const curves = (level = 9): CurvesInView[] => {
  const tiles = Math.ceil(1_024_000 / (1024 * 2 ** level));
  return Array.from({ length: tiles }, (_, i) => {
    const block = fakeCounters(trace, level, i);
    return { curves: { block, startNanos: i * 1024 * 2 ** level, bucketNanos: 2 ** level }, fromPx: 0, endPx: W };
  });
};
const tilesOf = (ix: number) =>
  [0, 1].map((i) => ({
    tile: prepareTile(fakeTile(trace, 9, i, [0, 1])),
    trackIx: ix,
    exact: true,
    fromPx: 0,
    endPx: W,
  }));
const plain = (s: unknown): string => String(s).replaceAll('\u202f', ' ');

describe('curves', () => {
  it('stacks means and rounds the top of the axis up', () => {
    // running, runnable and waitingGc are the same in the fake: three times 4.
    expect(curveTop('Goroutines', curves(), w, W)).toBe(20);
    const { g, ops } = fakeCtx();
    drawCurve(g, 'Goroutines', curves(), w, W, 0, 30, 12, p);
    const running = ops.filter((o) => o.op === 'fillRect' && o.fill === '--st-running').map((o) => o.args);
    expect(running).toEqual([
      [0, 25, 500, 5],
      [500, 20, 500, 10],
    ]);
  });

  it('marks a maximum that the mean hides', () => {
    const c = curves();
    c[0]!.curves.block.maxima[5] = 40;
    const { g, ops } = fakeCtx();
    drawCurve(g, 'Goroutines', c, w, W, 0, 30, 60, p);
    expect(ops.filter((o) => o.op === 'fillRect' && o.args[2] === 1 && o.args[3] === 1)).toHaveLength(1);
  });

  it('draws the goal of the heap as a dashed line', () => {
    const { g, ops } = fakeCtx();
    drawGoal(g, 'Heap', curves(), w, W, 0, 30, 5e6, p);
    expect(ops.filter((o) => o.op === 'setLineDash').map((o) => o.args[0])).toEqual([[4, 3], []]);
    expect(ops.some((o) => o.op === 'stroke')).toBe(true);
  });

  it('reads values at a time and over the window', () => {
    expect(valueAt(curves(), 'running', 100_000)).toBe(2);
    expect(valueAt(curves(), 'running', 2e9)).toBeNull();
    expect(meanOver(curves(), 'running', w, W)).toBeCloseTo(3, 1);
  });

  it('draws from a coarser block meanwhile', () => {
    const { g, ops } = fakeCtx();
    drawCurve(g, 'Threads', curves(13), w, W, 0, 30, 12, p);
    const width = ops.filter((o) => o.fill === '--st-running').reduce((sum, o) => sum + Number(o.args[2]), 0);
    expect(width).toBeGreaterThan(W * 0.98);
  });
});

describe('overview', () => {
  const input = {
    whole: w,
    widthPx: W,
    heightPx: 44,
    curves: curves(),
    gc: tilesOf(0),
    stw: tilesOf(1),
    procCount: 4,
    runnableTop: 4,
  };
  it('shows a stop of two nanoseconds in a millisecond', () => {
    const seen: number[] = [];
    eachStwColumn(tilesOf(1), w, W, (x) => seen.push(x));
    expect(seen).toHaveLength(1);
    expect(seen[0]).toBeCloseTo((700_008 / 1_024_000) * W, -1);
    const { g, ops } = fakeCtx();
    drawOverview(g, input, p);
    expect(ops.filter((o) => o.fill === '--st-stw')).toHaveLength(1);
  });
  it('tints the GC cycles', () => {
    const { g, ops } = fakeCtx();
    drawOverview(g, input, p);
    expect(ops.find((o) => o.fill === '--tl-gc-band')?.args.slice(0, 1)).toEqual([98]);
  });
  it('has one grip when the window is too narrow for two', () => {
    expect(handleOf({ fromNanos: 0, toNanos: 1024 }, w, W).single).toBe(true);
    const two = fakeCtx();
    drawHandle(two.g, handleOf({ fromNanos: 100_000, toNanos: 300_000 }, w, W), W, 44, p);
    const one = fakeCtx();
    drawHandle(one.g, handleOf({ fromNanos: 100_000, toNanos: 100_100 }, w, W), W, 44, p);
    expect([two, one].map((c) => c.ops.filter((o) => o.op === 'roundRect').length)).toEqual([2, 1]);
  });
});

describe('ruler and overlay', () => {
  it('labels its ticks', () => {
    const { g, ops } = fakeCtx();
    drawRuler(g, { fromNanos: 93e6, toNanos: 135e6 }, W, p, measure);
    expect(
      ops
        .filter((o) => o.op === 'fillText')
        .map((o) => plain(o.args[0]))
        .slice(0, 2),
    ).toEqual(['95 ms', '100 ms']);
  });
  it('keeps the pill inside, with the precision of a pixel', () => {
    const { g, ops } = fakeCtx();
    drawPill(g, 134_999_000, { fromNanos: 93e6, toNanos: 135e6 }, W, p, measure);
    expect(plain(ops.find((o) => o.op === 'fillText')?.args[0])).toBe('134.999 ms');
    const [x, , width] = ops.find((o) => o.op === 'roundRect')!.args as number[];
    expect(x! + width!).toBeLessThanOrEqual(W);
    expect(plain(pointerTime(135_204_113.4, { fromNanos: 135_204_000, toNanos: 135_205_000 }, W))).toBe(
      '135 204.113 µs',
    );
  });
  it('outlines the selection outside of the span, and nothing when it is out of view', () => {
    const base = {
      window: w,
      widthPx: W,
      heightPx: 300,
      cursorNanos: 512_000,
      hover: null,
      sampleNanos: null,
      marks: [{ fromNanos: 5, toNanos: 9, text: null }],
      measured: null,
      area: null,
      brush: null,
    };
    const inView = fakeCtx();
    drawOverlay(
      inView.g,
      { ...base, selection: { fromNanos: 102_400, toNanos: 204_800, yPx: 50, heightPx: 18 } },
      p,
      measure,
    );
    expect(inView.ops.filter((o) => o.op === 'strokeRect').map((o) => o.args)).toEqual([
      [99.5, 49.5, 100, 19],
      [98, 48, 103, 22],
    ]);
    expect(inView.ops.some((o) => o.op === 'fillRect' && o.args[0] === 500)).toBe(true);
    const away = fakeCtx();
    drawOverlay(away.g, { ...base, selection: { fromNanos: 2e6, toNanos: 3e6, yPx: 50, heightPx: 18 } }, p, measure);
    expect(away.ops.filter((o) => o.op === 'strokeRect')).toHaveLength(0);
  });
  it('washes an area, with its length where that fits', () => {
    const { g, ops } = fakeCtx();
    const area = { fromNanos: 102_400, toNanos: 307_200, yPx: 40, heightPx: 90, text: '204.8 µs' };
    const none = { selection: null, hover: null, sampleNanos: null, brush: null, marks: [], measured: null };
    drawOverlay(g, { window: w, widthPx: W, heightPx: 300, cursorNanos: null, ...none, area }, p, measure);
    expect(ops.find((o) => o.op === 'fillRect' && o.alpha === 0.12)?.args).toEqual([100, 40, 200, 90]);
    expect(ops.filter((o) => o.op === 'fillText').map((o) => o.args[0])).toEqual(['204.8 µs']);
  });
  it('shows the time of day on the axis, at round times of day', () => {
    const { g, ops } = fakeCtx();
    drawRuler(g, { fromNanos: 0, toNanos: 1e9 }, W, p, measure, '2026-11-22T10:10:56.762913004Z');
    const texts = ops.filter((o) => o.op === 'fillText').map((o) => [o.args[0], Number(o.args[1]) - 4]);
    expect(texts[0]).toEqual(['10:10:56.8', 37]);
    expect(texts.at(-1)![0]).toBe('10:10:57.6');
  });
  it('sets flags for marks', () => {
    const { g, ops } = fakeCtx();
    drawRulerOverlay(
      g,
      {
        window: w,
        widthPx: W,
        heightPx: 24,
        cursorNanos: null,
        selection: null,
        hover: null,
        sampleNanos: null,
        brush: null,
        marks: [
          { fromNanos: 1e5, toNanos: 1e5, text: null },
          { fromNanos: 2e5, toNanos: 3e5, text: null },
        ],
        measured: { fromNanos: 1e5, toNanos: 2e5 },
        area: null,
      },
      { fromNanos: 2e5, toNanos: 3e5 },
      p,
      measure,
    );
    expect(ops.filter((o) => o.op === 'closePath')).toHaveLength(3);
    // How long the range is, and how far the last two are apart.
    expect(ops.filter((o) => o.op === 'fillText').map((o) => plain(o.args[0]))).toEqual(['100.0 µs', '100.0 µs']);
  });
});

describe('flows', () => {
  const arrow = { fromNanos: 102_400, fromYPx: 20, toNanos: 512_000, toYPx: 80, created: false };
  it('draws those of the selection thick with a dot at the cause, creations dashed', () => {
    const { g, ops } = fakeCtx();
    drawFlows(g, { selected: [arrow], all: [{ ...arrow, created: true }], sentence: null }, w, W, p);
    expect(ops.filter((o) => o.op === 'stroke')).toHaveLength(2);
    expect(ops.filter((o) => o.op === 'setLineDash').map((o) => o.args[0])).toEqual([[4, 3], [], [], []]);
    expect(ops.find((o) => o.op === 'roundRect')?.args.slice(0, 2)).toEqual([97, 17]);
    // The head stands at the effect.
    expect(ops.filter((o) => o.op === 'moveTo').at(-1)?.args).toEqual([500, 80]);
  });
});

it('paints one pass per colour', () => {
  const picture = new Picture();
  for (let i = 0; i < 10; i++) {
    picture.solids[stateIx('running')]!.push(i * 10, 0, 4, 18);
    picture.solids[stateIx('stw')]!.push(i * 10 + 5, 0, 1, 18);
  }
  const { g, ops } = fakeCtx();
  picture.paintRects(g, p);
  picture.paintInk(g, p);
  const fills = ops.filter((o) => o.op === 'fillRect').map((o) => o.fill);
  expect(fills.filter((f, i) => f !== fills[i - 1])).toEqual(['--st-running', '--st-stw']);
});
