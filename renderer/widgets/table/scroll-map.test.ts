import { expect, it } from 'vitest';
import { MOST_PX, offsetToShow, rowsInView, scrollMap } from './scroll-map';

it('is the identity while the rows fit into a scroll bar', () => {
  const m = scrollMap(1000, 26, 300);
  expect([m.heightPx, m.lastPx, m.scaled]).toEqual([26_000, 25_700, false]);
  expect([m.offsetOf(1234), m.scrollOf(1234), m.offsetOf(1e9)]).toEqual([1234, 1234, 25_700]);
});

it('reaches both ends of a table that is longer than a scroll bar, there and back', () => {
  const m = scrollMap(4_200_000, 26, 300);
  expect([m.heightPx, m.scaled]).toEqual([MOST_PX, true]);
  expect([m.offsetOf(0), m.offsetOf(MOST_PX - 300)]).toEqual([0, 4_200_000 * 26 - 300]);
  for (const px of [0, 17, 5_000_000, m.lastPx]) expect(m.offsetOf(m.scrollOf(px))).toBeCloseTo(px, 3);
  const { from, to } = rowsInView(m.lastPx, 4_200_000, 26, 300, 6);
  expect([from, to]).toEqual([4_199_982, 4_200_000]);
});

it('has no rows without rows, and none outside the table', () => {
  expect(rowsInView(0, 0, 26, 300, 6)).toEqual({ from: 0, to: 0 });
  expect(rowsInView(1e6, 10, 26, 300, 6)).toEqual({ from: 10, to: 10 });
  expect(scrollMap(0, 26, 300).offsetOf(50)).toBe(0);
});

it('moves no further than a row asks for', () => {
  expect(offsetToShow(5, 0, 26, 300)).toBe(0);
  expect(offsetToShow(20, 0, 26, 300)).toBe(21 * 26 - 300);
  expect(offsetToShow(2, 520, 26, 300)).toBe(52);
});
