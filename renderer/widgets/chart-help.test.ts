import { mount } from '@vue/test-utils';
import { expect, it, vi } from 'vitest';
import { CHART_HELP, type ChartHelpId } from './chart-help';
import ChartHelp from './ChartHelp.vue';

const texts = Object.entries(CHART_HELP) as [ChartHelpId, string][];

it.each(texts)('F178: the help of a chart is plain sentences, short enough to be read at once: %s', (_id, text) => {
  expect(text).toMatch(/^[A-Z].*\.$/);
  expect(text.length).toBeGreaterThan(40);
  expect(text.length).toBeLessThan(240);
});

it('F178: the mark is a button with a name, says the text to screen readers, and shows it on keyboard focus', async () => {
  const mark = mount(ChartHelp, { props: { of: 'mmu', name: 'Utilization' }, attachTo: document.body });
  const button = mark.get('button');
  expect(button.attributes('aria-label')).toBe('What is shown: Utilization');
  expect(button.attributes('aria-description')).toBe(CHART_HELP.mmu);
  // happy-dom knows no `:focus-visible`: what has the focus by key matches.
  vi.spyOn(button.element, 'matches').mockReturnValue(true);
  await button.trigger('focus');
  expect(document.querySelector('.tip-box')?.textContent).toBe(CHART_HELP.mmu);
  await button.trigger('keydown', { key: 'Escape' });
  expect(document.querySelector('.tip-box')).toBeNull();
  mark.unmount();
});

// What draws a chart, as text: each takes its help from the table, and no text of the table is without a chart.
const SOURCES = import.meta.glob<string>('/renderer/{pages,charts,profile-views,timeline,gallery}/**/*.vue', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const DRAWERS = /<(ChartFrame|CallGraph|BandTimeline|StripFrame)\b[^]*?(?<!=)>/g;
const uses = Object.entries(SOURCES).flatMap(([file, text]) =>
  [...text.matchAll(DRAWERS)].map(([tag]) => [file, tag] as const),
);

it('there are charts to look at', () => expect(uses.length).toBeGreaterThan(14));

it.each(uses)('F178: the chart of %s explains itself: %s', (_file, tag) => {
  expect(tag).toMatch(/\s:?help="/);
});

it.each(texts)('F178: the text %s belongs to a chart', (id) => {
  expect(Object.values(SOURCES).some((text) => text.includes(`help="${id}"`) || text.includes(`of="${id}"`))).toBe(
    true,
  );
});

it.each([
  '/renderer/profile-views/FlameGraph.vue',
  '/renderer/pages/compare/DiffFlame.vue',
  '/renderer/pages/home/OverviewStrip.vue',
])('F178: what is no chart frame has the mark itself: %s', (file) => expect(SOURCES[file]).toContain('<ChartHelp'));
