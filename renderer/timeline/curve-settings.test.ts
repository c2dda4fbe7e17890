import { expect, it } from 'vitest';
import { curvesShown, FIRST_CURVES, moveCurve, readCurves } from './curve-settings';
import { CURVE_MAX_PX } from './metrics';

const names = (list: readonly { name: string }[]): string[] => list.map((c) => c.name);

it('shows the three of the reference at first, in a low window without Threads', () => {
  expect(names(curvesShown(FIRST_CURVES, false))).toEqual(['Goroutines', 'Heap', 'Threads']);
  expect(names(curvesShown(FIRST_CURVES, true))).toEqual(['Goroutines', 'Heap']);
});

it('moves a curve, not beyond the ends', () => {
  expect(names(moveCurve(FIRST_CURVES, 'Heap', -1)).slice(0, 2)).toEqual(['Heap', 'Goroutines']);
  expect(moveCurve(FIRST_CURVES, 'Goroutines', -1)).toBe(FIRST_CURVES);
});

it('reads what it wrote, heights inside their limits, and first settings from anything else', () => {
  const mine = moveCurve(FIRST_CURVES, 'Heap', -1).map((c) => ({ ...c, shown: true, heightPx: 60 }));
  expect(readCurves(JSON.stringify(mine))).toEqual(mine);
  expect(readCurves('[{"name":"Heap","shown":true,"heightPx":9999},{"name":"No"}]')[0]).toEqual({
    name: 'Heap',
    shown: true,
    heightPx: CURVE_MAX_PX,
  });
  for (const bad of [null, 'x', '{}', '[null, 3]']) expect(readCurves(bad)).toEqual(FIRST_CURVES);
});
