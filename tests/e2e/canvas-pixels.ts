// What a canvas of the timeline shows, read back. Its frames come from a surface of its own: the element has no context.

import type { Locator } from '@playwright/test';

export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** How many pixels each colour (`r,g,b`) has on a canvas, or on a part of it. Pixels of the canvas; a `y` below 0 counts from its foot. */
export const coloursOf = (canvas: Locator, area: Area | null = null): Promise<Record<string, number>> =>
  canvas.evaluate((el, part) => {
    const from = el as unknown as HTMLCanvasElement;
    const a = part ?? { x: 0, y: 0, width: from.width, height: from.height };
    const copy = document.createElement('canvas');
    [copy.width, copy.height] = [a.width, a.height];
    const g = copy.getContext('2d', { willReadFrequently: true })!;
    g.drawImage(from, -a.x, -(a.y < 0 ? from.height + a.y : a.y));
    const { data } = g.getImageData(0, 0, a.width, a.height);
    const seen: Record<string, number> = {};
    for (let i = 0; i < data.length; i += 4) {
      const key = `${data[i]},${data[i + 1]},${data[i + 2]}`;
      seen[key] = (seen[key] ?? 0) + 1;
    }
    return seen;
  }, area);
