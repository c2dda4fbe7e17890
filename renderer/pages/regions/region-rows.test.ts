import { expect, test } from 'vitest';
import type { RegionSpan } from '../../../contract/answers';
import { rangeOfSpans, regionTimeline } from './region-rows';

const span = (name: string, goroutine: number, fromNanos: number, toNanos: number): RegionSpan => ({
  name,
  goroutine,
  task: 0,
  frame: '',
  fromNanos,
  toNanos,
  hasBegin: true,
  hasEnd: toNanos < 90,
});

test('F124: only the regions that were chosen are drawn, by goroutine, nested ones below each other', () => {
  const spans = [span('b', 8, 30, 40), span('a', 7, 10, 50), span('b', 7, 20, 30), span('a', 8, 60, 95)];
  const rows = regionTimeline(spans);
  expect(rows.map((r) => [r.label, r.levels, r.bands.map((b) => `${b.label}${b.level}`)])).toEqual([
    ['G7', 2, ['a0', 'b1']],
    ['G8', 1, ['b0', 'a0']],
  ]);
  const hue = (name: string): number[] => [
    ...new Set(rows.flatMap((r) => r.bands.filter((b) => b.label === name).map((b) => b.hue))),
  ];
  expect([hue('a').length, hue('b').length]).toEqual([1, 1]);
  expect(hue('a')).not.toEqual(hue('b'));
  expect(rows[1]!.bands[1]!.isOpen).toBe(true);
  expect(rangeOfSpans(spans)).toEqual({ fromNanos: 10, toNanos: 95 });
  expect(rangeOfSpans([])).toEqual({ fromNanos: 0, toNanos: 1 });
});
