import { expect, it } from 'vitest';
import { pxFromNanos, zoomWindow, type TimeWindow } from '../base/time-scale';
import { approach, hasArrived, MOTION_MS } from './motion';

const limits = { durationNanos: 1e9, widthPx: 1000 };

it('keeps the anchor of a zoom at its pixel in every frame', () => {
  let w: TimeWindow = { fromNanos: 0, toNanos: 1e9 };
  const target = zoomWindow(w, 300e6, 0.25, limits);
  for (let i = 0; i < 10; i++) {
    w = approach(w, target, 16);
    expect(pxFromNanos(w, 1000, 300e6)).toBeCloseTo(300, 3);
  }
});

it('has all but arrived when the time is over', () => {
  let w: TimeWindow = { fromNanos: 0, toNanos: 1e8 };
  const target = { fromNanos: 5e7, toNanos: 1.5e8 };
  for (let t = 0; t < MOTION_MS; t += 10) w = approach(w, target, 10);
  expect(pxFromNanos(target, 1000, w.fromNanos)).toBeCloseTo(0, -1);
  expect(hasArrived(target, target, 1000)).toBe(true);
  expect(hasArrived({ fromNanos: 0, toNanos: 1e8 }, target, 1000)).toBe(false);
});
