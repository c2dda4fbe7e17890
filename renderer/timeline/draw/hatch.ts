// Hatches of waits: one small tile for each family and colour, repeated by the canvas. ╱ sync, ╲ network, ╳ select,
// dots sleep, ═ system call, ║ GC, sparse dots for the rest.

import type { WaitFamily } from '../../base/wait-family';
import type { Rects } from './picture';

/** Width and height of a hatch's tile. */
export const HATCH_PX = 8;
type Draw = (g: OffscreenCanvasRenderingContext2D) => void;

const lines =
  (...pieces: readonly (readonly [number, number, number, number])[]): Draw =>
  (g) => {
    g.lineWidth = 1;
    g.beginPath();
    for (const [x0, y0, x1, y1] of pieces) {
      g.moveTo(x0, y0);
      g.lineTo(x1, y1);
    }
    g.stroke();
  };
const dots =
  (...at: readonly (readonly [number, number])[]): Draw =>
  (g) => {
    for (const [x, y] of at) g.fillRect(x, y, 1.2, 1.2);
  };

// Diagonals run over the tile's corners so that they join without a seam.
const RISING = [
  [-2, 10, 10, -2],
  [-2, 2, 2, -2],
  [6, 10, 10, 6],
] as const;
const FALLING = [
  [-2, -2, 10, 10],
  [-2, 6, 2, 10],
  [6, -2, 10, 2],
] as const;

const TILES: Readonly<Record<WaitFamily, Draw>> = {
  sync: lines(...RISING),
  net: lines(...FALLING),
  select: lines(...RISING, ...FALLING),
  sleep: dots([1, 1], [5, 5], [5, 1], [1, 5]),
  sys: lines([0, 2.5, 8, 2.5], [0, 6.5, 8, 6.5]),
  gc: lines([2.5, 0, 2.5, 8], [6.5, 0, 6.5, 8]),
  other: dots([2, 2], [6, 6]),
};

const patterns = new Map<string, CanvasPattern>();
interface Source {
  readonly family: WaitFamily;
  readonly colour: string;
  /** HATCH_PX lines of as many: alpha, blue, green, red, from the highest byte. */
  readonly pixels: Int32Array;
}
/** What a pattern was made of, for whoever makes the picture in another form. */
const sources = new WeakMap<CanvasPattern, Source>();

/** The pattern of a family; null where the system has none (tests). */
export function hatchOf(g: Rects, family: WaitFamily, colour: string): CanvasPattern | null {
  const key = `${family} ${colour}`;
  const known = patterns.get(key);
  if (known) return known;
  if (typeof OffscreenCanvas === 'undefined') return null;
  const tile = new OffscreenCanvas(HATCH_PX, HATCH_PX);
  const t = tile.getContext('2d');
  if (!t) return null;
  t.strokeStyle = t.fillStyle = colour;
  t.globalAlpha = 0.45;
  TILES[family](t);
  const pattern = g.createPattern(tile, 'repeat');
  if (!pattern) return null;
  // Two themes, seven families: no more than that is ever kept.
  patterns.set(key, pattern);
  const { data } = t.getImageData(0, 0, HATCH_PX, HATCH_PX);
  sources.set(pattern, { family, colour, pixels: new Int32Array(data.buffer) });
  return pattern;
}

/** What a pattern stands for. */
export const hatchSource = (p: CanvasPattern): Source | undefined => sources.get(p);

/** Its tile; null: it is none of ours. */
export const hatchPixels = (p: CanvasPattern): Int32Array | null => sources.get(p)?.pixels ?? null;
