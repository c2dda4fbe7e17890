// What a frame draws, collected before it is drawn: rectangles by layer and colour, then texts. The lists are kept from
// frame to frame, so that a frame allocates nothing.

import { SPAN_STATES, stateIx } from '../../../contract/blocks/tile';
import { HUE_COUNT, TASK_COLOUR_COUNT, type Palette } from '../../base/palette';
import { WAIT_FAMILIES } from '../../base/wait-family';
import { hatchOf } from './hatch';

/** The part of a 2D context that the timeline uses; tests count calls on a fake one. */
export type Ctx = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle'
  | 'strokeStyle'
  | 'globalAlpha'
  | 'lineWidth'
  | 'font'
  | 'textAlign'
  | 'textBaseline'
  | 'fillRect'
  | 'strokeRect'
  | 'clearRect'
  | 'fillText'
  | 'measureText'
  | 'beginPath'
  | 'moveTo'
  | 'lineTo'
  | 'closePath'
  | 'rect'
  | 'roundRect'
  | 'clip'
  | 'fill'
  | 'stroke'
  | 'save'
  | 'restore'
  | 'setLineDash'
  | 'setTransform'
  | 'createPattern'
>;

/** What rectangles are drawn on: a context, or the pixels of a frame (`raster`). */
export interface Rects extends Pick<Ctx, 'fillStyle' | 'globalAlpha' | 'fillRect' | 'createPattern'> {
  /** All of a list at once, where that is faster: x, y, width, height each. */
  fillRects?(rects: Float32Array, count: number): void;
  /** Columns of one px from a base up to their heights, of one colour; NaN: none. The first is at 0. */
  fillSteps?(heights: Float32Array, count: number, basePx: number): void;
  /** The first whole line from y on, over all of a height. */
  repeatLine?(y: number, height: number): void;
}

/** A growing list of rectangles of one colour. */
export class RectList {
  #data = new Float32Array(256);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  clear(): void {
    this.#count = 0;
  }

  push(x: number, y: number, w: number, h: number): void {
    const at = this.#count * 4;
    if (at + 4 > this.#data.length) {
      const more = new Float32Array(this.#data.length * 2);
      more.set(this.#data);
      this.#data = more;
    }
    this.#data[at] = x;
    this.#data[at + 1] = y;
    this.#data[at + 2] = w;
    this.#data[at + 3] = h;
    this.#count++;
  }

  each(visit: (x: number, y: number, w: number, h: number) => void): void {
    const d = this.#data;
    for (let at = 0, end = this.#count * 4; at < end; at += 4) visit(d[at]!, d[at + 1]!, d[at + 2]!, d[at + 3]!);
  }

  fill(g: Rects, colour: string | CanvasPattern): void {
    if (this.#count === 0) return;
    g.fillStyle = colour;
    const d = this.#data;
    if (g.fillRects) g.fillRects(d, this.#count);
    else this.each((x, y, w, h) => g.fillRect(x, y, w, h));
  }

  /** The rectangles as arrays, for tests. */
  toArray(): [number, number, number, number][] {
    return Array.from(
      { length: this.#count },
      (_, i) => [...this.#data.subarray(i * 4, i * 4 + 4)] as [number, number, number, number],
    );
  }
}

const STATE_COUNT = SPAN_STATES.length;
const RUNNABLE = stateIx('runnable');
const REGION = stateIx('region');
const lists = (n: number): RectList[] => Array.from({ length: n }, () => new RectList());
const listPerState = (): RectList[] => lists(STATE_COUNT);
/** Outer spans before those that may lie inside them. */
const DRAW_ORDER: readonly number[] = (
  ['idle', 'other', 'syscall', 'running', 'gc-worker', 'gc-mark', 'assist', 'sweep', 'stw'] as const
).map(stateIx);
/** Ink of a label that stands on the row's ground or on a pale fill. */
export const PLAIN_INK = 0;
/** Ink of a label on a hue. */
export const HUE_INK = -1;
/** How much stays of what is not meant, when something is highlighted or looked for. */
const DIMMED = 0.35;

/** A text that is drawn over its rectangle. */
export interface Label {
  text: string;
  xPx: number;
  yPx: number;
  /** State whose ink it has; PLAIN_INK, HUE_INK. */
  state: number;
  /** Width of the ground that is cleared under the text; 0 for none. */
  groundPx: number;
}

export class Picture {
  /** Centre lines of rows: idle is absence. */
  readonly axis = new RectList();
  /** Wide spans, and ticks of lone narrow ones. */
  readonly solids = listPerState();
  /** Merged spans: pale body, foot as tall as the busy share, dark edge. */
  readonly bodies = listPerState();
  readonly feet = listPerState();
  readonly edges = new RectList();
  /** What must not be hidden by what takes more time. */
  readonly rares = listPerState();
  /** Spans that run, in the hue of their goroutine or function. */
  readonly hues = lists(HUE_COUNT);
  /** Waits by family: pale with a hatch, never solid. */
  readonly waits = lists(WAIT_FAMILIES.length);
  readonly runnables = new RectList();
  /** Regions and tasks as bands. */
  readonly bands = lists(TASK_COLOUR_COUNT);
  /** Right ends of what goes on after the trace. */
  readonly torn = new RectList();
  readonly logs = new RectList();
  readonly samples = new RectList();
  /** Ticks where a goroutine was woken. */
  readonly wakes = new RectList();
  /** Veil over what is not meant while something is highlighted, and lines under what is. */
  readonly dimmed = new RectList();
  readonly hits = new RectList();
  readonly labels: Label[] = [];
  labelCount = 0;

  clear(): void {
    this.axis.clear();
    this.edges.clear();
    for (let s = 0; s < STATE_COUNT; s++) {
      this.solids[s]!.clear();
      this.bodies[s]!.clear();
      this.feet[s]!.clear();
      this.rares[s]!.clear();
    }
    for (const l of this.#others()) l.clear();
    this.labelCount = 0;
  }

  #others(): readonly RectList[] {
    return [
      ...this.hues,
      ...this.waits,
      ...this.bands,
      ...[this.runnables, this.torn, this.logs, this.samples, this.wakes, this.dimmed, this.hits],
    ];
  }

  label(text: string, xPx: number, yPx: number, state: number, groundPx = 0): void {
    const l = this.labels[this.labelCount];
    if (l) Object.assign(l, { text, xPx, yPx, state, groundPx });
    else this.labels.push({ text, xPx, yPx, state, groundPx });
    this.labelCount++;
  }

  /** Number of rectangles in all, for tests and the measured figures. */
  get rectCount(): number {
    let n = this.axis.count + this.edges.count;
    for (const l of this.#others()) n += l.count;
    for (let s = 0; s < STATE_COUNT; s++)
      n += this.solids[s]!.count + this.bodies[s]!.count + this.feet[s]!.count + this.rares[s]!.count;
    return n;
  }

  /** Draws the rectangles, one pass per colour. */
  paintRects(g: Rects, p: Palette): void {
    g.globalAlpha = 0.55;
    this.axis.fill(g, p.idle);
    g.globalAlpha = 0.34;
    for (const s of DRAW_ORDER) this.bodies[s]!.fill(g, p.states[s]!);
    g.globalAlpha = 1;
    for (const s of DRAW_ORDER) this.feet[s]!.fill(g, p.states[s]!);
    g.globalAlpha = 0.55;
    this.edges.fill(g, p.mergedEdge);
    g.globalAlpha = 1;
    this.#paintWaits(g, p);
    this.#paintRunnables(g, p);
    for (const s of DRAW_ORDER) this.solids[s]!.fill(g, p.states[s]!);
    this.hues.forEach((l, i) => l.fill(g, p.hues[i]!));
    for (const s of DRAW_ORDER) this.rares[s]!.fill(g, p.states[s]!);
    this.#paintBands(g, p);
    this.#paintTicks(g, p);
    g.globalAlpha = 1 - DIMMED;
    this.dimmed.fill(g, p.row);
    g.globalAlpha = 1;
    this.hits.fill(g, p.warn);
    // A count stands on many colours: its ground is cleared.
    g.fillStyle = p.row;
    g.globalAlpha = 0.78;
    for (let i = 0; i < this.labelCount; i++) {
      const l = this.labels[i]!;
      if (l.groundPx > 0) g.fillRect(l.xPx - 3, l.yPx - 6.5, l.groundPx + 6, 12);
    }
    g.globalAlpha = 1;
  }

  /** Draws what is no rectangle over them: torn edges and texts. */
  paintInk(g: Ctx, p: Palette): void {
    g.globalAlpha = 1;
    this.#paintTorn(g, p);
    g.font = `11px ${p.fontUi}`;
    g.textAlign = 'left';
    g.textBaseline = 'middle';
    for (let i = 0; i < this.labelCount; i++) {
      const l = this.labels[i]!;
      g.fillStyle = l.state === HUE_INK ? p.hueInk : (p.stateInks[l.state] ?? p.ink);
      g.fillText(l.text, l.xPx, l.yPx);
    }
  }

  /** Pale, hatched by family, with a line at the left and at the foot. */
  #paintWaits(g: Rects, p: Palette): void {
    this.waits.forEach((l, family) => {
      if (l.count === 0) return;
      l.fill(g, p.waitFills[family]!);
      const hatch = hatchOf(g, WAIT_FAMILIES[family]!, p.waitInks[family]!);
      if (hatch) l.fill(g, hatch);
      g.fillStyle = p.waitInks[family]!;
      l.each((x, y, w, h) => {
        g.fillRect(x, y + h - 1, w, 1);
        if (w > 3) g.fillRect(x, y, 1, h);
      });
    });
  }

  /** What never ends has a torn edge. */
  #paintTorn(g: Ctx, p: Palette): void {
    g.fillStyle = p.row;
    this.torn.each((x, y, w, h) => {
      for (let k = 0; k < h; k += 4) {
        g.beginPath();
        g.moveTo(x + w, y + k);
        g.lineTo(x + w - 3, y + k + 2);
        g.lineTo(x + w, y + Math.min(h, k + 4));
        g.closePath();
        g.fill();
      }
    });
  }

  #paintRunnables(g: Rects, p: Palette): void {
    const l = this.runnables;
    if (l.count === 0) return;
    g.globalAlpha = 0.22;
    l.fill(g, p.states[RUNNABLE]!);
    g.globalAlpha = 1;
    l.each((x, y, w, h) => {
      g.fillRect(x, y, w, 2);
      g.fillRect(x, y + h - 1, w, 1);
    });
  }

  #paintBands(g: Rects, p: Palette): void {
    this.bands.forEach((l, i) => {
      if (l.count === 0) return;
      const colour = p.tasks[i] ?? p.states[REGION]!;
      g.globalAlpha = 0.26;
      l.fill(g, colour);
      g.globalAlpha = 1;
      l.each((x, y, w, h) => {
        g.fillRect(x, y, w, 1);
        g.fillRect(x, y + h - 1, w, 1);
        g.fillRect(x, y, 1, h);
        if (w > 2) g.fillRect(x + w - 1, y, 1, h);
      });
    });
  }

  #paintTicks(g: Rects, p: Palette): void {
    this.logs.fill(g, p.log);
    this.samples.fill(g, p.sample);
    this.wakes.fill(g, p.states[RUNNABLE]!);
  }
}
