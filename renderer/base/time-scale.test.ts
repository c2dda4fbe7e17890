import { describe, expect, it } from 'vitest';
import {
  clampWindow,
  fitWindow,
  levelForWindow,
  nanosFromPx,
  nanosPerPx,
  niceCeiling,
  panWindow,
  pxFromNanos,
  revealRange,
  ticksOf,
  tilesOfWindow,
  wholeTrace,
  zoomWindow,
} from './time-scale';

const limits = { durationNanos: 135_500_000, widthPx: 1000 };
const w = { fromNanos: 93e6, toNanos: 135e6 };

describe('pixels and levels', () => {
  it('maps both ways', () => {
    expect(pxFromNanos(w, 1000, 114e6)).toBe(500);
    expect(nanosFromPx(w, 1000, 500)).toBe(114e6);
  });
  it.each([
    [1000, 0],
    [1999, 0],
    [2000, 1],
    [42e6, 15],
    [2 ** 20 * 1000, 20],
  ])('a window of %d ns on 1000 px is level %d: a bucket is never wider than a pixel', (length, level) => {
    const v = { fromNanos: 0, toNanos: length };
    expect(levelForWindow(v, 1000)).toBe(level);
    expect(2 ** level).toBeLessThanOrEqual(nanosPerPx(v, 1000));
    expect(2 ** (level + 1)).toBeGreaterThan(nanosPerPx(v, 1000));
  });
  it('names the tiles of a window without the one that starts at its end', () => {
    expect(tilesOfWindow({ fromNanos: 0, toNanos: 1024 }, 0)).toEqual({ first: 0, last: 0 });
    expect(tilesOfWindow({ fromNanos: 1023, toNanos: 1025 }, 0)).toEqual({ first: 0, last: 1 });
    expect(tilesOfWindow({ fromNanos: 2048, toNanos: 4096 }, 1)).toEqual({ first: 1, last: 1 });
  });
});

describe('moves keep the limits', () => {
  it('zooms with the anchor at its pixel', () => {
    const z = zoomWindow(w, 100e6, 0.5, limits);
    expect(pxFromNanos(z, 1000, 100e6)).toBeCloseTo(pxFromNanos(w, 1000, 100e6), 6);
    expect(z.toNanos - z.fromNanos).toBe(21e6);
  });
  it('stops at 1 ns a pixel and at the whole trace', () => {
    let z = w;
    for (let i = 0; i < 60; i++) z = zoomWindow(z, 100e6, 0.5, limits) as typeof w;
    expect(nanosPerPx(z, 1000)).toBe(1);
    for (let i = 0; i < 60; i++) z = zoomWindow(z, 100e6, 2, limits) as typeof w;
    expect(z).toEqual(wholeTrace(limits));
  });
  it('stops panning at the ends', () => {
    expect(panWindow(w, 1e9, limits)).toEqual({ fromNanos: 93.5e6, toNanos: 135.5e6 });
    expect(panWindow(w, -1e9, limits)).toEqual({ fromNanos: 0, toNanos: 42e6 });
  });
  it('fits a range with a margin', () => {
    expect(fitWindow({ fromNanos: 50e6, toNanos: 60e6 }, 0.1, limits)).toEqual({ fromNanos: 49e6, toNanos: 61e6 });
  });
  it('gives a trace shorter than the screen 1 ns a pixel', () => {
    expect(wholeTrace({ durationNanos: 12, widthPx: 1000 })).toEqual({ fromNanos: 0, toNanos: 1000 });
    expect(clampWindow({ fromNanos: -5, toNanos: 3 }, { durationNanos: 0, widthPx: 10 })).toEqual({
      fromNanos: 0,
      toNanos: 10,
    });
  });
  it('reveals a range and stays when it is seen', () => {
    expect(revealRange(w, { fromNanos: 100e6, toNanos: 101e6 }, limits)).toBe(w);
    const r = revealRange(w, { fromNanos: 10e6, toNanos: 11e6 }, limits);
    expect(r.fromNanos).toBeLessThan(10e6);
    expect(r.toNanos - r.fromNanos).toBe(42e6);
  });
});

describe('ticks', () => {
  it('has steps of 1, 2 and 5 that are at least the spacing apart', () => {
    for (const length of [1000, 3e3, 42e6, 7e9, 3.6e12]) {
      const v = { fromNanos: 12_345, toNanos: 12_345 + length };
      const t = ticksOf(v, 1000, 110);
      expect(['1', '2', '5']).toContain(String(t.stepNanos)[0]);
      expect((t.stepNanos / length) * 1000).toBeGreaterThanOrEqual(109.9);
      expect(t.firstNanos).toBeGreaterThanOrEqual(v.fromNanos);
      expect(t.firstNanos + (t.count - 1) * t.stepNanos).toBeLessThanOrEqual(v.toNanos);
    }
  });
  it('is never finer than a nanosecond', () =>
    expect(ticksOf({ fromNanos: 0, toNanos: 5 }, 1000, 110).stepNanos).toBe(1));
});

it('rounds the top of an axis up', () => {
  expect([0, 3, 5, 9, 62e6].map(niceCeiling)).toEqual([1, 4, 5, 10, 80e6]);
});
