import { mount } from '@vue/test-utils';
import { beforeEach, expect, it } from 'vitest';
import type { Component } from 'vue';
import { readPalette } from '../base/palette';
import { linearTicks, logOf, logTicks, shortDuration } from './axes';
import { nearestPlace } from './chart-model';
import { themeOf } from './chart-theme';
import { svgOf, withHead } from './chart-export';
import ChartFrame from './ChartFrame.vue';
import { bucketsIn, histogramModel, type Bucket } from './histogram-model';

beforeEach(() => localStorage.clear());

const BUCKETS: readonly Bucket[] = [
  { fromNanos: 1e3, toNanos: 1e4, count: 3 },
  { fromNanos: 1e4, toNanos: 1e5, count: 0 },
  { fromNanos: 1e5, toNanos: 1e6, count: 7 },
];
const model = histogramModel({ buckets: BUCKETS, noun: 'tasks', quantiles: [{ name: 'p50', nanos: 2e5 }] })!;
const token = (n: string): string => (n === '--accent' ? '#3c41d4' : n === '--hue-14' ? '#123456' : '#808080');
const theme = themeOf(readPalette(token, false), token);

it('ticks of a logarithmic axis are 1-2-5, decades where those are too many', () => {
  expect(logTicks({ from: 6, to: 7 }, 10).map((x) => shortDuration(10 ** x))).toEqual(
    ['1 ms', '2 ms', '5 ms', '10 ms'].map((s) => s.replace(' ', '\u202f')),
  );
  expect(logTicks({ from: 3, to: 9 }, 8)).toEqual([3, 4, 5, 6, 7, 8, 9]);
  expect(logTicks({ from: 3, to: 9 }, 4)).toEqual([3, 5, 7, 9]);
  expect(logTicks({ from: 6.31, to: 6.4 }, 4)).toEqual([6.31, 6.4]);
});

it('ticks of a plain axis are round', () => {
  expect(linearTicks({ from: 0, to: 97 }, 5)).toEqual({ step: 20, at: [0, 20, 40, 60, 80] });
  expect(linearTicks({ from: 0, to: 0 }, 5).at).toHaveLength(1);
});

it('finds the place next to the pointer', () => {
  expect([-5, 1, 1.4, 1.6, 9].map((x) => nearestPlace([1, 2, 4], x))).toEqual([0, 0, 0, 1, 2]);
  expect(nearestPlace([], 1)).toBe(-1);
});

it('F93: a range on a histogram chooses whole buckets', () => {
  expect(bucketsIn(BUCKETS, { from: logOf(5e3), to: logOf(2e5) })).toEqual({ fromNanos: 1e3, toNanos: 1e6, count: 10 });
  expect(bucketsIn(BUCKETS, { from: logOf(2e5), to: logOf(2e5) })).toEqual({ fromNanos: 1e5, toNanos: 1e6, count: 7 });
  expect(bucketsIn(BUCKETS, { from: 7, to: 8 })).toBeNull();
});

it('a histogram of nothing is no picture', () => {
  expect(histogramModel({ buckets: [{ fromNanos: 1, toNanos: 2, count: 0 }], noun: 'tasks' })).toBeNull();
});

it('the picture is written as SVG with its title, in the colours of the theme', () => {
  const view = { range: model.extent, hidden: new Set<string>(), widthPx: 600, heightPx: 300 };
  const option = withHead(
    { grid: { left: 50, right: 10, top: 10, bottom: 30 }, ...model.option(theme, view) },
    theme,
    'Durations',
    model.series,
  );
  const svg = svgOf(option, 600, 300);
  expect(svg).toMatch(/^<svg[^>]*width="600"[^>]*height="344"/);
  for (const text of ['Durations', '100\u202fµs', 'p50', '#3c41d4']) expect(svg).toContain(text);
  expect(svg).not.toMatch(/NaN|undefined/);
});

it('F184: a chart has a name, a summary, its figures as a table, and reads its values by key', async () => {
  const frame = mount(ChartFrame as Component, {
    props: { model, name: 'Durations', help: 'histogram', brushed: null },
    attachTo: document.body,
  });
  const picture = frame.get('[role=img]');
  expect(picture.attributes('aria-label')).toBe('Durations');
  expect(document.getElementById(picture.attributes('aria-describedby')!)?.textContent).toContain(
    '10 tasks from 1.000\u202fµs to 1.000\u202fms: p50 200.0\u202fµs.',
  );
  const box = frame.get('.frame');
  await box.trigger('keydown', { key: 'End' });
  expect(frame.get('[aria-live]').text()).toBe('100.0\u202fµs – 1.000\u202fms: tasks 7 (70.0\u202f%)');
  await box.trigger('keydown', { key: 'ArrowLeft' });
  await box.trigger('keydown', { key: 'ArrowLeft' });
  expect(frame.get('[aria-live]').text()).toContain('tasks 3');
  await box.trigger('keydown', { key: 'Enter' });
  const [range] = frame.emitted('brush')![0] as [{ from: number; to: number }];
  expect(bucketsIn(BUCKETS, range)?.count).toBe(3);
  await frame.get('[aria-label="Show as table"]').trigger('click');
  const table = frame.get('[role=table]');
  expect([table.attributes('aria-label'), table.attributes('aria-rowcount')]).toEqual(['Durations', '4']);
});
