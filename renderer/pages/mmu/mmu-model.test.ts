import { expect, it } from 'vitest';
import { readPalette } from '../../base/palette';
import { svgOf } from '../../charts/chart-export';
import { themeOf } from '../../charts/chart-theme';
import {
  blackoutNanos,
  curvesOf,
  curveWindows,
  DEFAULT_OPTIONS,
  mmuModel,
  optionsName,
  partsOf,
  roundWindows,
} from './mmu-model';

const token = (): string => '#808080';
const theme = themeOf(readPalette(token, false), token);

it('F128: asks for windows from 1 µs to the range, evenly on a logarithmic axis, the round ones among them', () => {
  const windows = curveWindows(135_485_505);
  expect([windows[0], windows.at(-1)]).toEqual([1000, 135_485_505]);
  expect(windows.length).toBeGreaterThan(100);
  for (const w of roundWindows(135_485_505)) expect(windows).toContain(w);
  for (let i = 1; i < windows.length; i++) expect(windows[i]! / windows[i - 1]!).toBeLessThan(1.11);
  expect(curveWindows(10)).toEqual([10]);
  expect(roundWindows(5e6)).toEqual([1e3, 3e3, 1e4, 3e4, 1e5, 3e5, 1e6, 3e6, 5e6]);
});

it('F130: percentiles are curves of their own, named as the reference names them', () => {
  const mmu = {
    quantiles: [0, 0.001, 0.01, 0.05],
    curve: [{ windowNanos: 1000, values: [0, 0.1, 0.2, null] }],
    worst: [],
  };
  const curves = curvesOf(mmu, 'a', 'whole', { colour: 'accent' });
  expect(curves.map((c) => c.series.name)).toEqual(['whole', 'p99.9', 'p99', 'p95']);
  expect(curves.map((c) => c.points[0]![1])).toEqual([0, 0.1, 0.2, null]);
});

it('the picture says up to where there is no mutator at all', () => {
  const points = [
    [1000, 0],
    [1e6, 0],
    [1e7, 0.5],
  ] as const;
  expect(blackoutNanos(points)).toBe(1e6);
  const series = { id: 'a', name: 'whole', colour: 'accent' };
  const model = mmuModel({ curves: [{ series, points }], chosenNanos: 1e6, wholeShare: 0.5 })!;
  expect(model.summary).toContain('whole from 0\u202f% to 50.0\u202f%');
  const view = { range: model.extent, hidden: new Set<string>(), widthPx: 600, heightPx: 300 };
  const svg = svgOf({ grid: { left: 50, right: 10, top: 10, bottom: 30 }, ...model.option(theme, view) }, 600, 300);
  expect(svg).toContain('no mutator at all somewhere, up to 1.000\u202fms');
  expect(svg).not.toMatch(/NaN|undefined/);
});

it('F132: the parts of a window add up to it', () => {
  const window = { fromNanos: 100, toNanos: 1100, utilization: 0.4 };
  const stops = [
    { fromNanos: 0, toNanos: 200 },
    { fromNanos: 1000, toNanos: 1300 },
  ];
  const parts = partsOf(window, stops, DEFAULT_OPTIONS.flags);
  expect(parts.map((p) => p.amount)).toEqual([200, 400, 400]);
  expect(partsOf(window, stops, ['assist']).map((p) => p.amount)).toEqual([0, 600, 400]);
});

it('a set of options has a name', () => {
  expect(optionsName(DEFAULT_OPTIONS)).toBe('whole system: STW, workers, assists');
  expect(optionsName({ flags: [], perProc: true })).toBe('per processor: nothing');
});
