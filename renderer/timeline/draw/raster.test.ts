import { expect, it, vi } from 'vitest';
import { fakeCtx } from './fake-ctx';
import { hatchOf } from './hatch';
import { Raster } from './raster';

const COLOURS: Readonly<Record<string, readonly [number, number, number, number]>> = {
  ground: [255, 255, 255, 255],
  blue: [0, 40, 200, 255],
  veil: [0, 0, 0, 128],
};

function raster(width: number, height: number, ratio = 1): Raster {
  const r = new Raster((c) => COLOURS[c] ?? [0, 0, 0, 255]);
  r.begin(fakeCtx().g, width, height, ratio);
  r.fillStyle = 'ground';
  r.fillRect(0, 0, width, height);
  return r;
}

it('fills whole pixels, within the frame only', () => {
  const r = raster(40, 4);
  r.fillStyle = 'blue';
  r.fillRect(2, 1, 1, 2);
  r.fillRect(30, 3, 99, 99);
  r.fillRect(-5, -5, 5, 5);
  r.fillRect(10, 1, 0, 1);
  const blue = [...Array(4 * 40).keys()].filter((i) => r.at(i % 40, Math.floor(i / 40))[2] === 200);
  expect(blue).toEqual([42, 82, ...Array.from({ length: 10 }, (_, i) => 150 + i)]);
});

it('mixes as a canvas does: alpha of the colour times that of the context, over what is there', () => {
  const r = raster(4, 1);
  r.fillStyle = 'blue';
  r.globalAlpha = 0.34;
  r.fillRect(0, 0, 1, 1);
  r.globalAlpha = 0.5;
  r.fillStyle = 'veil';
  r.fillRect(1, 0, 1, 1);
  const near = (got: number[], want: number[]): void => {
    got.forEach((v, i) => expect(Math.abs(v - want[i]!)).toBeLessThanOrEqual(1));
  };
  near(r.at(0, 0), [168, 182, 236, 255]);
  near(r.at(1, 0), [191, 191, 191, 255]);
  expect(r.at(2, 0)).toEqual([255, 255, 255, 255]);
});

it('shares an edge between pixels out by coverage, at any ratio of pixels', () => {
  const r = raster(8, 8);
  r.fillStyle = 'blue';
  r.fillRect(1.5, 2.5, 2, 1);
  // A quarter of a pixel at each corner, half at each edge.
  expect(r.at(1, 2)[0]).toBe(191);
  expect(r.at(2, 2)[0]).toBe(128);
  expect(r.at(3, 3)[0]).toBe(191);
  expect(r.at(2, 4)[0]).toBe(255);
  const fine = raster(8, 8, 2);
  fine.fillStyle = 'blue';
  fine.fillRect(1.5, 2.5, 2, 1);
  expect([fine.at(2, 5)[0], fine.at(3, 5)[0], fine.at(6, 6)[0], fine.at(7, 6)[0], fine.at(3, 7)[0]]).toEqual([
    255, 0, 0, 255, 255,
  ]);
});

it('repeats a line that was drawn over all of a height, also where pixels are finer or edges lie between them', () => {
  for (const ratio of [1, 1.25, 2]) {
    const r = raster(10, 20, ratio);
    r.fillStyle = 'blue';
    r.fillRect(2, 3, 2, 2);
    r.repeatLine(3, 5);
    const x = Math.round(3 * ratio);
    const blue = [...Array(20).keys()].filter((y) => r.at(x, y)[0] === 0);
    const [from, end] = [Math.round(3 * ratio), Math.round(8 * ratio)];
    expect(blue).toEqual([...Array(20).keys()].filter((y) => y >= from && y < end));
  }
});

it('fills many rectangles as it fills each of them', () => {
  const rects = [1, 1, 1, 3, 4, 2, 20, 2, 30, 0, 1, 4, 3.5, 1, 2, 2, 38, 2, 9, 9, -3, 0, 5, 1];
  for (const alpha of [1, 0.34]) {
    const [one, many] = [raster(40, 4), raster(40, 4)];
    for (const r of [one, many]) {
      r.fillStyle = 'blue';
      r.globalAlpha = alpha;
    }
    for (let i = 0; i < rects.length; i += 4) one.fillRect(rects[i]!, rects[i + 1]!, rects[i + 2]!, rects[i + 3]!);
    many.fillRects(new Float32Array(rects), rects.length / 4);
    const pixels = (r: Raster): number[][] => Array.from({ length: 160 }, (_, i) => r.at(i % 40, Math.floor(i / 40)));
    expect(pixels(many)).toEqual(pixels(one));
  }
});

it('fills columns up to their heights as rectangles would, outside of the frame too', () => {
  const heights = Float32Array.from([0, 2, 2, 3.5, NaN, NaN, 0.5, 9, -1, 6, 6]);
  for (const [basePx, ratio] of [
    [6, 1],
    [4.5, 1],
    [12, 1],
    [6, 2],
    [6, 0.5],
  ] as const) {
    const [steps, rects] = [raster(9, 8, ratio), raster(9, 8, ratio)];
    for (const r of [steps, rects]) {
      // Where a px is less than a pixel the ground of nine does not reach the frame's end.
      r.fillStyle = 'ground';
      r.fillRect(0, 0, 18, 16);
      r.fillStyle = 'blue';
      r.globalAlpha = 0.75;
    }
    steps.fillSteps(heights, heights.length, basePx);
    heights.forEach((h, x) => h > 0 && rects.fillRect(x, basePx - h, 1, h));
    const pixels = (r: Raster): number[][] => [...Array(72).keys()].map((i) => r.at(i % 9, Math.floor(i / 9)));
    expect(pixels(steps)).toEqual(pixels(rects));
  }
});

it('fills a hatch over many of its tiles as it fills each pixel, over what is there', () => {
  const hatch = Int32Array.from({ length: 64 }, (_, i) => (i % 3 === 0 ? (40 + i) * 2 ** 24 + 0x10a0f0 : 0) | 0);
  vi.stubGlobal(
    'OffscreenCanvas',
    class {
      getContext(): unknown {
        const draw = (): void => undefined;
        const getImageData = (): unknown => ({ data: new Uint8ClampedArray(hatch.buffer) });
        return { beginPath: draw, moveTo: draw, lineTo: draw, stroke: draw, fillRect: draw, getImageData };
      }
    },
  );
  const [wide, single] = [raster(40, 12), raster(40, 12)];
  for (const r of [wide, single]) {
    r.fillStyle = 'blue';
    r.fillRect(5, 0, 3, 12);
    const pattern = hatchOf({ ...fakeCtx().g, createPattern: () => ({}) as CanvasPattern }, 'sync', 'ink');
    r.fillStyle = pattern!;
    r.globalAlpha = 0.8;
  }
  const rects = [3, 1, 29, 10, 38, 0, 9, 12, 33, 2, 1, 9];
  wide.fillRects(new Float32Array(rects), rects.length / 4);
  for (let i = 0; i < rects.length; i += 4)
    for (let x = rects[i]!; x < rects[i]! + rects[i + 2]!; x++)
      for (let y = rects[i + 1]!; y < rects[i + 1]! + rects[i + 3]!; y++) single.fillRect(x, y, 1, 1);
  const pixels = (r: Raster): number[][] => Array.from({ length: 480 }, (_, i) => r.at(i % 40, Math.floor(i / 40)));
  expect(pixels(wide)).toEqual(pixels(single));
  expect(new Set(pixels(wide).map(String)).size).toBeGreaterThan(20);
  vi.unstubAllGlobals();
});
