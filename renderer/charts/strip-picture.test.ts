import { expect, it } from 'vitest';
import { effectScope, shallowRef } from 'vue';
import { readPalette } from '../base/palette';
import { themeOf } from './chart-theme';
import { stripPictureSize, svgOfStrips, type StripLine } from './strip-picture';
import { useStripZoom } from './use-strip-zoom';

const token = (n: string): string => (n === '--st-running' ? '#00aa00' : '#808080');
const theme = themeOf(readPalette(token, false), token);
const LINES: readonly StripLine[] = [
  {
    label: 'G7 main.<work>',
    heightPx: 26,
    bars: [
      { from: 0, to: 100, topPx: 5, heightPx: 16, fill: 'st-running' },
      { from: 900, to: 1000, topPx: 5, heightPx: 16, fill: 'wait-sync-fill', foot: 'wait-sync' },
    ],
    ticks: [50, 950],
  },
];

it('strips are written as SVG with title, names and axis; what lies outside of the range is not in it', () => {
  const svg = svgOfStrips('Its life', LINES, { from: 0, to: 1000 }, 1200, theme);
  const { heightPx } = stripPictureSize(LINES, 1200);
  expect(svg).toMatch(new RegExp(`^<svg[^>]*width="1200" height="${heightPx}"`));
  for (const text of ['Its life', 'G7 main.&#60;work&#62;', '#00aa00']) expect(svg).toContain(text);
  expect(svg).not.toMatch(/NaN|undefined|<work>/);
  expect(svg.match(/<rect /g)).toHaveLength(1 + 2 + 1);
  const closer = svgOfStrips('Its life', LINES, { from: 800, to: 1000 }, 1200, theme);
  expect(closer).not.toContain('#00aa00');
  expect(closer.match(/<rect /g)).toHaveLength(1 + 1 + 1);
});

it('strips zoom by keys within the whole, and another axis begins whole', async () => {
  const extent = shallowRef({ from: 100, to: 300 });
  const scope = effectScope();
  const zoom = scope.run(() => useStripZoom(() => extent.value))!;
  const press = (key: string): void => zoom.onKey(new KeyboardEvent('keydown', { key }));
  press('+');
  expect(zoom.range.value).toEqual({ from: 150, to: 250 });
  for (let i = 0; i < 9; i++) press('ArrowRight');
  expect(zoom.range.value).toEqual({ from: 200, to: 300 });
  press('-');
  expect(zoom.zoom.value).toBeNull();
  press('=');
  press('Escape');
  expect(zoom.range.value).toEqual({ from: 100, to: 300 });
  press('+');
  extent.value = { from: 0, to: 10 };
  await Promise.resolve();
  expect(zoom.range.value).toEqual({ from: 0, to: 10 });
  scope.stop();
});
