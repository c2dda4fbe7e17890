// A 2D context that writes SVG: the same drawing code makes the picture on screen and the file. Only what `Ctx` lists.

import { hatchSource } from './draw/hatch';
import type { Ctx } from './draw/picture';

const escape = (s: string): string => s.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const n = (v: number): string => String(Math.round(v * 100) / 100);

interface State {
  fillStyle: string | CanvasGradient | CanvasPattern;
  strokeStyle: string | CanvasGradient | CanvasPattern;
  globalAlpha: number;
  lineWidth: number;
  font: string;
  textAlign: CanvasTextAlign;
  textBaseline: CanvasTextBaseline;
  dash: readonly number[];
  clips: number;
}

/** What the context drew. N.B. patterns of other pages than ours become their plain colour. */
export class SvgContext {
  readonly #parts: string[] = [];
  readonly #defs = new Map<string, string>();
  readonly #measure: (text: string) => number;
  #path = '';
  #state: State = {
    fillStyle: '#000',
    strokeStyle: '#000',
    globalAlpha: 1,
    lineWidth: 1,
    font: '',
    textAlign: 'left',
    textBaseline: 'middle',
    dash: [],
    clips: 0,
  };
  readonly #stack: State[] = [];
  /** Ids must differ between the contexts of one file. */
  readonly #prefix: string;

  constructor(prefix: string, measure: (text: string) => number) {
    this.#prefix = prefix;
    this.#measure = measure;
  }

  /** This as the drawing code takes it. */
  get ctx(): Ctx {
    return this as unknown as Ctx;
  }

  get fillStyle(): State['fillStyle'] {
    return this.#state.fillStyle;
  }
  set fillStyle(v: State['fillStyle']) {
    this.#state.fillStyle = v;
  }
  get strokeStyle(): State['strokeStyle'] {
    return this.#state.strokeStyle;
  }
  set strokeStyle(v: State['strokeStyle']) {
    this.#state.strokeStyle = v;
  }
  get globalAlpha(): number {
    return this.#state.globalAlpha;
  }
  set globalAlpha(v: number) {
    this.#state.globalAlpha = v;
  }
  get lineWidth(): number {
    return this.#state.lineWidth;
  }
  set lineWidth(v: number) {
    this.#state.lineWidth = v;
  }
  get font(): string {
    return this.#state.font;
  }
  set font(v: string) {
    this.#state.font = v;
  }
  textAlign: CanvasTextAlign = 'left';
  textBaseline: CanvasTextBaseline = 'middle';

  #paint(style: State['fillStyle']): string {
    if (typeof style === 'string') return escape(style);
    const source = style instanceof CanvasPattern ? hatchSource(style) : undefined;
    if (!source) return 'none';
    const id = `${this.#prefix}-${source.family}`;
    this.#defs.set(id, patternOf(id, source.family, source.colour));
    return `url(#${id})`;
  }

  #alpha(): string {
    return this.#state.globalAlpha < 1 ? ` opacity="${n(this.#state.globalAlpha)}"` : '';
  }

  fillRect(x: number, y: number, w: number, h: number): void {
    if (w <= 0 || h <= 0) return;
    this.#parts.push(
      `<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" fill="${this.#paint(this.#state.fillStyle)}"${this.#alpha()}/>`,
    );
  }
  strokeRect(x: number, y: number, w: number, h: number): void {
    this.#parts.push(
      `<rect x="${n(x)}" y="${n(y)}" width="${n(w)}" height="${n(h)}" fill="none"${this.#line()}${this.#alpha()}/>`,
    );
  }
  clearRect(): void {
    // A file begins empty.
  }
  #line(): string {
    const { dash, lineWidth, strokeStyle } = this.#state;
    const dashes = dash.length > 0 ? ` stroke-dasharray="${dash.join(' ')}"` : '';
    return ` stroke="${this.#paint(strokeStyle)}" stroke-width="${n(lineWidth)}"${dashes}`;
  }
  fillText(text: string, x: number, y: number): void {
    const weight = /^(\d{3}) /.exec(this.#state.font)?.[1];
    const size = /(\d+(?:\.\d+)?)px/.exec(this.#state.font)?.[1] ?? '11';
    this.#parts.push(
      `<text x="${n(x)}" y="${n(y)}" font-size="${size}"${weight ? ` font-weight="${weight}"` : ''} dominant-baseline="central" fill="${this.#paint(this.#state.fillStyle)}"${this.#alpha()}>${escape(text)}</text>`,
    );
  }
  measureText(text: string): { width: number } {
    return { width: this.#measure(text) };
  }
  beginPath(): void {
    this.#path = '';
  }
  moveTo(x: number, y: number): void {
    this.#path += `M${n(x)} ${n(y)}`;
  }
  lineTo(x: number, y: number): void {
    this.#path += `L${n(x)} ${n(y)}`;
  }
  closePath(): void {
    this.#path += 'Z';
  }
  rect(x: number, y: number, w: number, h: number): void {
    this.#path += `M${n(x)} ${n(y)}h${n(w)}v${n(h)}h${n(-w)}Z`;
  }
  roundRect(x: number, y: number, w: number, h: number, r: number): void {
    const [a, b] = [Math.min(r, w / 2), Math.min(r, h / 2)];
    this.#path += `M${n(x + a)} ${n(y)}h${n(w - 2 * a)}q${n(a)} 0 ${n(a)} ${n(b)}v${n(h - 2 * b)}q0 ${n(b)} ${n(-a)} ${n(b)}h${n(2 * a - w)}q${n(-a)} 0 ${n(-a)} ${n(-b)}v${n(2 * b - h)}q0 ${n(-b)} ${n(a)} ${n(-b)}Z`;
  }
  fill(): void {
    this.#parts.push(`<path d="${this.#path}" fill="${this.#paint(this.#state.fillStyle)}"${this.#alpha()}/>`);
  }
  stroke(): void {
    this.#parts.push(`<path d="${this.#path}" fill="none"${this.#line()}${this.#alpha()}/>`);
  }
  clip(): void {
    const id = `${this.#prefix}-clip${this.#defs.size}`;
    this.#defs.set(id, `<clipPath id="${id}"><path d="${this.#path}"/></clipPath>`);
    this.#parts.push(`<g clip-path="url(#${id})">`);
    this.#state.clips++;
  }
  save(): void {
    this.#stack.push({ ...this.#state });
    this.#state.clips = 0;
  }
  restore(): void {
    this.#parts.push('</g>'.repeat(this.#state.clips));
    this.#state = this.#stack.pop() ?? this.#state;
  }
  setLineDash(dash: number[]): void {
    this.#state.dash = dash;
  }
  setTransform(): void {
    // The file's own pixels.
  }
  createPattern(): null {
    return null;
  }

  /** What was drawn, moved to a place and cut at a size. */
  group(x: number, y: number, width: number, height: number): string {
    const clip = `${this.#prefix}-box`;
    const box = `<clipPath id="${clip}"><rect width="${n(width)}" height="${n(height)}"/></clipPath>`;
    return `<defs>${box}${[...this.#defs.values()].join('')}</defs><g transform="translate(${n(x)} ${n(y)})" clip-path="url(#${clip})">${this.#parts.join('')}</g>`;
  }
}

/** The hatches of draw/hatch.ts as SVG patterns. */
function patternOf(id: string, family: string, colour: string): string {
  const rising = 'M-2 10L10 -2M-2 2L2 -2M6 10L10 6';
  const falling = 'M-2 -2L10 10M-2 6L2 10M6 -2L10 2';
  const paths: Readonly<Record<string, string>> = {
    sync: rising,
    net: falling,
    select: rising + falling,
    sleep: 'M1 1h1M5 5h1M5 1h1M1 5h1',
    sys: 'M0 2.5H8M0 6.5H8',
    gc: 'M2.5 0V8M6.5 0V8',
    other: 'M2 2h1M6 6h1',
  };
  return `<pattern id="${id}" width="8" height="8" patternUnits="userSpaceOnUse"><path d="${paths[family] ?? ''}" stroke="${escape(colour)}" opacity="0.45" fill="none"/></pattern>`;
}
