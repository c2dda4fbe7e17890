// Rectangles as pixels. A frame of the rows has some 18,000 rectangles of mostly one column each; a canvas records each as
// a command and draws them one by one, 12 ms a frame without a GPU. Here they are written into the frame's pixels at once.
//
// Colours are mixed as a canvas does it (source over an opaque ground), to one step of 255; edges between pixels are
// shared out by coverage.

import { hatchPixels, HATCH_PX } from './hatch';
import type { Ctx, Rects } from './picture';

/** A colour of style sheets → red, green, blue, alpha, 0..255 each. */
export type ReadColour = (colour: string) => readonly [number, number, number, number];

/** An edge this near to a pixel's is on it. Lists of rectangles hold 32-bit floats. */
const ON_EDGE_PX = 1e-3;
const OPAQUE = 256;
/** `fill` has a price of its own: worth it from this many pixels on. */
const FILL_PX = 16;
/** The alpha of a pixel that hides all. */
const OPAQUE_PIXEL = 0xff << 24;

export class Raster implements Rects {
  globalAlpha = 1;
  readonly #readColour: ReadColour;
  #image: { readonly data: Uint8ClampedArray; readonly width: number; readonly height: number } | null = null;
  /**
   * Bytes of a pixel: red, green, blue, alpha; as one number the other way round (little endian everywhere).
   * N.B. signed: what has no 32nd bit stays a small integer, without which this is three times slower.
   */
  #pixels = new Int32Array(0);
  #width = 0;
  #height = 0;
  #ratio = 1;
  #fillStyle: Ctx['fillStyle'] = '';
  /** The colour without its alpha, and that: 0..256. */
  #colour = 0;
  #colourAlpha = OPAQUE;
  #hatch: Int32Array | null = null;
  #ctx: Ctx | null = null;

  constructor(readColour: ReadColour = colourByCanvas()) {
    this.#readColour = readColour;
  }

  /** Begins a frame. Units: pixels of the canvas; `ratio` of them are one px. What was drawn before is still there. */
  begin(ctx: Ctx, width: number, height: number, ratio: number): void {
    if (this.#image?.width !== width || this.#image.height !== height) {
      const data = new Uint8ClampedArray(width * height * 4);
      this.#image = typeof ImageData === 'undefined' ? { data, width, height } : new ImageData(data, width, height);
      this.#pixels = new Int32Array(data.buffer);
    }
    [this.#ctx, this.#width, this.#height, this.#ratio] = [ctx, width, height, ratio];
    this.globalAlpha = 1;
  }

  /** Puts the frame onto a canvas; what is drawn there from now on lies over it. Cost: O(pixels). */
  show(g: Pick<CanvasRenderingContext2D, 'putImageData'>): void {
    if (this.#image) g.putImageData(this.#image as ImageData, 0, 0);
  }

  /** Red, green, blue and alpha of a pixel, for tests. */
  at(x: number, y: number): number[] {
    return [...(this.#image?.data.subarray((y * this.#width + x) * 4, (y * this.#width + x) * 4 + 4) ?? [])];
  }

  get fillStyle(): Ctx['fillStyle'] {
    return this.#fillStyle;
  }

  set fillStyle(style: Ctx['fillStyle']) {
    if (style === this.#fillStyle) return;
    this.#fillStyle = style;
    if (typeof style !== 'string') {
      this.#hatch = hatchPixels(style as CanvasPattern);
      return;
    }
    this.#hatch = null;
    const [r, g, b, a] = this.#readColour(style);
    this.#colour = r | (g << 8) | (b << 16) | OPAQUE_PIXEL;
    this.#colourAlpha = Math.round((a / 255) * OPAQUE);
  }

  createPattern(image: CanvasImageSource, repetition: string | null): CanvasPattern | null {
    return this.#ctx?.createPattern(image, repetition) ?? null;
  }

  /** Cost: O(pixels of it). */
  fillRect(x: number, y: number, w: number, h: number): void {
    const r = this.#ratio;
    const x0 = Math.max(0, onEdge(x * r));
    const x1 = Math.min(this.#width, onEdge((x + w) * r));
    const y0 = Math.max(0, onEdge(y * r));
    const y1 = Math.min(this.#height, onEdge((y + h) * r));
    if (!(x1 > x0) || !(y1 > y0)) return;
    const alpha = this.#alpha();
    if (this.#hatch) this.#hatched(x0, y0, x1, y1, alpha);
    else if (Number.isInteger(x0) && Number.isInteger(x1)) this.#columns(x0, y0, x1, y1, alpha);
    else this.#lines(x0, y0, x1, y1, alpha);
  }

  /**
   * Many of one colour: x, y, width, height each, one after the other in `rects`. Most are a whole column or stretch of
   * whole pixels, and go the short way. Cost: O(pixels of them).
   */
  fillRects(rects: Float32Array, count: number): void {
    if (this.#hatch || this.#ratio !== 1) {
      for (let at = 0, end = count * 4; at < end; at += 4)
        this.fillRect(rects[at]!, rects[at + 1]!, rects[at + 2]!, rects[at + 3]!);
      return;
    }
    const pixels = this.#pixels;
    const [width, height, colour] = [this.#width, this.#height, this.#colour];
    const alpha = Math.round(this.#alpha());
    for (let at = 0, end = count * 4; at < end; at += 4) {
      const x = rects[at]!;
      const y = rects[at + 1]!;
      const w = rects[at + 2]!;
      const h = rects[at + 3]!;
      const [x0, y0] = [x | 0, y | 0];
      const [x1, y1] = [x0 + (w | 0), y0 + (h | 0)];
      const whole = x0 === x && y0 === y && x1 - x0 === w && y1 - y0 === h;
      if (whole && x0 >= 0 && y0 >= 0 && x1 <= width && y1 <= height)
        block(pixels, width, x0, y0, x1, y1, colour, alpha);
      else this.fillRect(x, y, w, h);
    }
  }

  /**
   * Columns of one px from a base up to their heights, in whole or half pixels; NaN: none. The first is at 0.
   * Cost: O(pixels of them).
   */
  fillSteps(heights: Float32Array, count: number, basePx: number): void {
    const short = this.#ratio === 1 && !this.#hatch && Number.isInteger(basePx) && basePx <= this.#height;
    const alpha = Math.round(this.#alpha());
    // N.B. a px may be less than a pixel: only where it is one does the frame end the columns.
    const n = short ? Math.min(count, this.#width) : count;
    for (let x = 0; x < n;) {
      const h = heights[x]!;
      let end = x + 1;
      while (end < n && heights[end] === h) end++;
      const whole = h | 0;
      if (!short || h > basePx) {
        if (h > 0) this.fillRect(x, basePx - h, end - x, h);
      } else if (h > 0) {
        this.#block(x, basePx - whole, end, basePx, alpha);
        if (h > whole) this.#block(x, basePx - whole - 1, end, basePx - whole, Math.round(alpha * (h - whole)));
      }
      x = end;
    }
  }

  /** Copies the first whole line from y on over the lines of a height. Cost: O(pixels of it), as memory is copied. */
  repeatLine(y: number, height: number): void {
    const r = this.#ratio;
    const from = Math.ceil(onEdge(y * r)) * this.#width;
    const end = Math.min(this.#height, Math.round((y + height) * r)) * this.#width;
    for (let at = Math.max(0, Math.round(y * r)) * this.#width; at < end; at += this.#width)
      if (at !== from) this.#pixels.copyWithin(at, from, from + this.#width);
  }

  /** 0..256; one more than a byte has, so that no division is needed. */
  #alpha(): number {
    return this.globalAlpha * (this.#hatch ? OPAQUE : this.#colourAlpha);
  }

  /** Whole pixels across, parts of them at the top and at the foot. */
  #columns(x0: number, y0: number, x1: number, y1: number, alpha: number): void {
    const first = Math.ceil(y0);
    const end = Math.floor(y1);
    // Within one line.
    if (first > end) this.#block(x0, end, x1, first, Math.round(alpha * (y1 - y0)));
    else {
      if (first > y0) this.#block(x0, first - 1, x1, first, Math.round(alpha * (first - y0)));
      this.#block(x0, first, x1, end, Math.round(alpha));
      if (y1 > end) this.#block(x0, end, x1, end + 1, Math.round(alpha * (y1 - end)));
    }
  }

  #block(x0: number, y0: number, x1: number, y1: number, alpha: number): void {
    block(this.#pixels, this.#width, x0, y0, x1, y1, this.#colour, alpha);
  }

  /** By coverage. */
  #lines(x0: number, y0: number, x1: number, y1: number, alpha: number): void {
    const first = Math.ceil(x0);
    const end = Math.floor(x1);
    for (let row = Math.floor(y0); row < y1; row++) {
      const covered = alpha * (Math.min(y1, row + 1) - Math.max(y0, row));
      const part = (from: number, to: number, share: number): void =>
        this.#block(from, row, to, row + 1, Math.round(covered * share));
      // Within one pixel.
      if (first > end) part(end, first, x1 - x0);
      else {
        if (first > x0) part(first - 1, first, first - x0);
        if (end > first) part(first, end, 1);
        if (x1 > end) part(end, end + 1, x1 - end);
      }
    }
  }

  /** A hatch, to whole pixels: it has no edge that one would see. */
  #hatched(x0: number, y0: number, x1: number, y1: number, alpha: number): void {
    const hatch = this.#hatch!;
    const [from, to] = [Math.round(x0), Math.round(x1)];
    for (let row = Math.round(y0), last = Math.round(y1); row < last; row++) {
      const line = (row % HATCH_PX) * HATCH_PX;
      const at = row * this.#width;
      for (let x = from, end = Math.min(to, from + HATCH_PX); x < end; x++) {
        const s = hatch[line + (x % HATCH_PX)]!;
        const own = (s >>> 24) * alpha;
        // Most of a hatch is nothing; what is something comes back in each of its tiles.
        if (own > 0) mix(this.#pixels, HATCH_PX, at + x, at + to, 1, s, (own / 255) | 0);
      }
    }
  }
}

const onEdge = (v: number): number => {
  const whole = Math.round(v);
  return Math.abs(v - whole) < ON_EDGE_PX ? whole : v;
};

/** Paints whole pixels [x0, x1) × [y0, y1) of a frame of `width`, all of them in it. `alpha`: 0..256. */
function block(
  pixels: Int32Array,
  width: number,
  x0: number,
  y0: number,
  x1: number,
  y1: number,
  colour: number,
  alpha: number,
): void {
  const n = x1 - x0;
  const last = y1 * width + x0;
  if (alpha < OPAQUE) {
    mix(pixels, width, y0 * width + x0, last, n, colour, alpha);
    return;
  }
  if (n === 1) {
    for (let at = y0 * width + x0; at < last; at += width) pixels[at] = colour;
    return;
  }
  for (let at = y0 * width + x0; at < last; at += width) {
    if (n > FILL_PX) pixels.fill(colour, at, at + n);
    else for (let i = at; i < at + n; i++) pixels[i] = colour;
  }
}

/** Mixes a colour over opaque pixels, `n` of each line from `first` to `last`; red and blue in one multiplication. */
function mix(
  pixels: Int32Array,
  width: number,
  first: number,
  last: number,
  n: number,
  colour: number,
  alpha: number,
): void {
  const rest = OPAQUE - alpha;
  const redBlue = (Math.imul(colour & 0xff00ff, alpha) + 0x800080) | 0;
  const green = (Math.imul((colour >>> 8) & 0xff, alpha) + 0x80) | 0;
  // Neighbours have the same ground more often than not. No pixel is 0: all are opaque.
  let ground = 0;
  let mixed = 0;
  for (let at = first; at < last; at += width) {
    for (let i = at; i < at + n; i++) {
      const under = pixels[i]!;
      if (under !== ground) {
        ground = under;
        const rb = (Math.imul(under & 0xff00ff, rest) + redBlue) | 0;
        const gr = (Math.imul((under >>> 8) & 0xff, rest) + green) | 0;
        mixed = ((rb >>> 8) & 0xff00ff) | (gr & 0xff00) | OPAQUE_PIXEL;
      }
      pixels[i] = mixed;
    }
  }
}

/** Reads colours by drawing them; each once. */
function colourByCanvas(): ReadColour {
  const known = new Map<string, readonly [number, number, number, number]>();
  let g: OffscreenCanvasRenderingContext2D | null = null;
  return (colour) => {
    const before = known.get(colour);
    if (before) return before;
    g ??= new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
    if (!g) return [0, 0, 0, 255];
    g.clearRect(0, 0, 1, 1);
    g.fillStyle = colour;
    g.fillRect(0, 0, 1, 1);
    const [r = 0, green = 0, b = 0, a = 0] = g.getImageData(0, 0, 1, 1).data;
    // A few dozen colours a theme; the settings can change them.
    if (known.size > 1_000) known.clear();
    known.set(colour, [r, green, b, a]);
    return [r, green, b, a];
  };
}
