// What a frame draws, collected before it is drawn: rectangles by layer and colour, then texts. One pass per colour keeps
// the canvas fast, and the lists are kept from frame to frame, so that a frame allocates nothing.

import { SPAN_STATES } from '../../../contract/blocks/tile';
import type { Palette } from '../../base/palette';

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
>;

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

  fill(g: Ctx, colour: string): void {
    if (this.#count === 0) return;
    g.fillStyle = colour;
    const d = this.#data;
    for (let at = 0, end = this.#count * 4; at < end; at += 4) g.fillRect(d[at]!, d[at + 1]!, d[at + 2]!, d[at + 3]!);
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
const listPerState = (): RectList[] => Array.from({ length: STATE_COUNT }, () => new RectList());
/** Outer spans before those that may lie inside them. */
const DRAW_ORDER: readonly number[] = (
  ['idle', 'other', 'syscall', 'running', 'gc-worker', 'gc-mark', 'assist', 'sweep', 'stw'] as const
).map((s) => SPAN_STATES.indexOf(s));

/** A text that is drawn over its rectangle. */
export interface Label {
  text: string;
  xPx: number;
  yPx: number;
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
    this.labelCount = 0;
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
    for (let s = 0; s < STATE_COUNT; s++)
      n += this.solids[s]!.count + this.bodies[s]!.count + this.feet[s]!.count + this.rares[s]!.count;
    return n;
  }

  /** Draws everything, one pass per colour. */
  paint(g: Ctx, p: Palette): void {
    g.globalAlpha = 0.55;
    this.axis.fill(g, p.idle);
    g.globalAlpha = 0.34;
    for (const s of DRAW_ORDER) this.bodies[s]!.fill(g, p.states[s]!);
    g.globalAlpha = 1;
    for (const s of DRAW_ORDER) this.feet[s]!.fill(g, p.states[s]!);
    g.globalAlpha = 0.55;
    this.edges.fill(g, p.mergedEdge);
    g.globalAlpha = 1;
    for (const s of DRAW_ORDER) this.solids[s]!.fill(g, p.states[s]!);
    for (const s of DRAW_ORDER) this.rares[s]!.fill(g, p.states[s]!);
    // A count stands on many colours: its ground is cleared.
    g.fillStyle = p.row;
    g.globalAlpha = 0.78;
    for (let i = 0; i < this.labelCount; i++) {
      const l = this.labels[i]!;
      if (l.groundPx > 0) g.fillRect(l.xPx - 3, l.yPx - 6.5, l.groundPx + 6, 12);
    }
    g.globalAlpha = 1;
    g.font = `11px ${p.fontUi}`;
    g.textAlign = 'left';
    g.textBaseline = 'middle';
    for (let i = 0; i < this.labelCount; i++) {
      const l = this.labels[i]!;
      g.fillStyle = p.stateInks[l.state] ?? p.ink;
      g.fillText(l.text, l.xPx, l.yPx);
    }
  }
}
