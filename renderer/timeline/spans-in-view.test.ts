import { expect, it } from 'vitest';
import type { SpanDetails } from '../../contract/trace-api';
import { prepareTile } from '../trace/prepare-tile';
import { fakeTile, type FakeTraceOptions } from '../trace/testing/fake-trace';
import { spansInView, withTrueTimes } from './spans-in-view';

const w = { fromNanos: 0, toNanos: 1_024_000 };
const trace: FakeTraceOptions = {
  durationNanos: 1_024_000,
  procs: [0],
  spans: [
    { track: 2, start: 100_000, end: 600_000, state: 'running', label: 'G1 main.main', goroutine: 1 },
    ...Array.from({ length: 50 }, (_, i) => ({
      track: 2,
      start: 700_000 + i * 400,
      end: 700_000 + i * 400 + 100,
      state: 'running' as const,
    })),
  ],
};
const tiles = [0, 1].map((i) => ({
  tile: prepareTile(fakeTile(trace, 9, i, [2])),
  trackIx: 0,
  exact: true,
  fromPx: 0,
  endPx: 1000,
}));

it('F143: tells wide spans one by one, once over the border of tiles, and narrow ones together', () => {
  const spans = spansInView([{ row: 'P 0', track: 2, tiles }], w);
  expect(spans[0]).toMatchObject({
    row: 'P 0',
    startNanos: 100_000,
    endNanos: 600_000,
    label: 'G1 main.main',
    count: 1,
    underPixel: false,
  });
  expect(spans.slice(1).reduce((sum, s) => sum + s.count, 0)).toBe(50);
  expect(spans.slice(1).every((s) => s.state === 'running' && s.startNanos >= 699_000 && s.underPixel)).toBe(true);
});

it('tells only what is in the window', () => {
  const spans = spansInView([{ row: 'P 0', track: 2, tiles }], { fromNanos: 620_000, toNanos: 690_000 });
  expect(spans).toEqual([]);
});

it('gives lone narrow spans their true times, and passes wide ones by', async () => {
  const lone = {
    ...trace,
    spans: [trace.spans[0]!, { track: 2, start: 700_010, end: 700_020, state: 'running' as const }],
  };
  const view = [
    {
      row: 'P 0',
      track: 2,
      tiles: [0, 1].map((i) => ({ ...tiles[i]!, tile: prepareTile(fakeTile(lone, 9, i, [2])) })),
    },
  ];
  const drawn = spansInView(view, w);
  expect(drawn[1]).toMatchObject({ underPixel: true, count: 1 });
  expect(drawn[1]!.endNanos - drawn[1]!.startNanos).toBeGreaterThan(10);
  const told = await withTrueTimes(drawn, (_, from) => {
    const s = lone.spans.find((x) => x.start > from);
    return Promise.resolve(
      s
        ? ({
            startNanos: s.start,
            endNanos: s.end,
            state: s.state,
            title: 'G9 main.blip',
            goroutineId: 9,
          } as SpanDetails)
        : null,
    );
  });
  expect(told[0]).toBe(drawn[0]);
  expect(told[1]).toMatchObject({
    startNanos: 700_010,
    endNanos: 700_020,
    label: 'G9 main.blip',
    goroutine: 9,
    underPixel: false,
  });
  // Merged ones stay as they are: the table says how many.
  const crowd = spansInView([{ row: 'P 0', track: 2, tiles }], w);
  expect(await withTrueTimes(crowd, () => Promise.resolve(null))).toEqual(crowd);
});
