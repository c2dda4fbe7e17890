import { expect, it } from 'vitest';
import { currentPalette } from '../../base/palette';
import type { OverviewPicture } from './draw-overview';
import { overviewSize, overviewTwin, svgOfOverview } from './overview-file';

const columns = (...of: number[]): Float32Array => Float32Array.from(of);
const picture: OverviewPicture = {
  durationNanos: 4000,
  knownToNanos: 4000,
  running: columns(1, 2, Number.NaN, 0.5),
  runnable: columns(0, 3, 0, 0),
  gcWorkers: columns(0, 0, 1, 0),
  gc: columns(0, 0, 0.5, 0),
  stw: columns(0, 0, 0, 1),
  topRunning: 2,
  topRunnable: 3,
};

it('the overview as rows: a step a pixel, and what is not known is none', () => {
  const { columns: heads, rowCount } = overviewTwin(picture);
  const rows = Array.from({ length: rowCount }, (_, i) => heads.map((c) => c.value(i)));
  expect(heads.map((c) => c.title)).toEqual(['From', 'In use', 'GC workers', 'Runnable', 'GC cycle', 'STW']);
  expect(rows).toEqual([
    [0, 1, 0, 0, 0, 0],
    [1000, 2, 0, 3, 0, 0],
    [2000, null, 1, 0, 0.5, 0],
    [3000, 0.5, 0, 0, 0, 1],
  ]);
});

it('the overview as SVG: its title, and a mark for all that is there', () => {
  const svg = svgOfOverview(picture, 'a <b>.trace', currentPalette());
  const doc = new DOMParser().parseFromString(svg, 'image/svg+xml');
  expect(doc.querySelector('text')?.textContent).toBe('a <b>.trace');
  expect(doc.querySelectorAll('rect').length).toBeGreaterThan(8);
  expect(overviewSize(picture)).toEqual({ widthPx: 32, heightPx: 150 });
});
