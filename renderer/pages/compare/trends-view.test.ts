import { mount } from '@vue/test-utils';
import { beforeAll, expect, test } from 'vitest';
import type { Series } from '../../../contract/compare';
import { idle } from '../../base/idle';
import TrendsView from './TrendsView.vue';
import { letterOf, type Side } from './use-sides';

const facts = { fromNanos: 0, toNanos: 10, durationNanos: 10, eventCount: 1, goroutineCount: 1, completeTaskCount: 0 };
const side = (i: number): Side => ({
  path: `/runs/${i}.trace`,
  section: 1,
  letter: letterOf(i),
  name: `${i}.trace`,
  entry: null,
  store: null,
  window: null,
});
const series: Series = {
  normalise: 'none',
  runs: [facts, facts, facts],
  measures: [
    { id: 'duration', title: 'Duration', unit: 'ns', change: 'better', values: [4000, 3000, 1000] },
    { id: 'gc-cycles', title: 'Collections', unit: 'count', change: 'plain', values: [0, null, 7] },
  ],
};

beforeAll(() => {
  // Elements have no size here; the table shows as many rows as it has room for.
  Object.defineProperty(HTMLElement.prototype, 'clientHeight', { configurable: true, get: () => 288 });
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 1200 });
});

test('F155: a series of runs: each figure of each run, the last beside the first, a curve over all', async () => {
  const page = mount(TrendsView, { props: { series, sides: [0, 1, 2].map(side) }, attachTo: document.body });
  await idle();
  const [duration, cycles] = page.findAll('[data-row]');
  const cells = (row = duration): string[] => row!.findAll('[role="cell"]').map((c) => c.text().replace(/\s/g, ''));
  expect(cells()).toEqual(['Duration', '', '4.000µs', '3.000µs', '1.000µs', '×0.25', '▼better']);
  // What the first run had none of has no ratio; a run that does not tell has no point in the curve.
  expect(cells(cycles).slice(2, 6)).toEqual(['0', '–', '7', '–']);
  expect(page.findAll('polyline').map((l) => l.attributes('points')!.split(' ').length)).toEqual([3, 2]);
  expect(
    duration!
      .get('svg')
      .attributes('aria-label')
      ?.replace(/\u202f/g, ' '),
  ).toBe('Duration: A 4.000 µs, B 3.000 µs, C 1.000 µs');
  await page.get('button[aria-label="Compare A with 2.trace"]').trigger('click');
  expect(page.emitted('beside')).toEqual([[2]]);
  page.unmount();
});
