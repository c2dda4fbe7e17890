// Draws a flame graph's boxes on a canvas. Knows pixels and colours, not where they come from.

import { hueOf, withoutTypeArguments } from './model/names';
import type { FlameBox, FlameTree } from './model/flame-tree';
import type { StackSet } from './model/stack-set';

export const ROW_PX = 22;
const PAD_PX = 5;
const LEAST_TEXT_PX = 26;
/** What a search leaves of the others. */
const FAINT = 0.35;

export interface FlameColours {
  readonly surface: string;
  readonly ink: string;
  readonly ink2: string;
  readonly accent: string;
  readonly root: string;
  readonly hues: readonly string[];
  readonly hueInk: string;
  readonly fontMono: string;
}

export interface FlamePicture {
  readonly set: StackSet;
  readonly tree: FlameTree;
  readonly boxes: readonly FlameBox[];
  /** Root at the foot instead of the top. */
  readonly upward: boolean;
  /** Nodes that a search matches; null: no search. */
  readonly matched: ReadonlySet<number> | null;
  readonly selected: number | null;
  readonly hovered: number | null;
  readonly rootText: string;
  readonly rowCount: number;
}

/** Top of a row in the whole picture. */
export const rowTop = (p: Pick<FlamePicture, 'upward' | 'rowCount'>, row: number): number =>
  (p.upward ? p.rowCount - 1 - row : row) * ROW_PX;

export function labelOf(p: FlamePicture, box: FlameBox): string {
  if (box.merged > 0) return '';
  if (box.node === 0) return p.rootText;
  const name = withoutTypeArguments(p.set.functions[p.tree.functionIx[box.node]!]!.name);
  const times = p.tree.times[box.node]!;
  return times > 1 ? `${name} × ${times}` : name;
}

/** A text in a width, cut at its end; empty when nothing of it fits. */
export function fitText(text: string, widthPx: number, measure: (t: string) => number): string {
  if (measure(text) <= widthPx) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (measure(`${text.slice(0, mid)}…`) <= widthPx) low = mid;
    else high = mid - 1;
  }
  return low > 1 ? `${text.slice(0, low)}…` : '';
}

/** Draws what of the picture lies in [topPx, topPx + heightPx). */
export function drawFlame(
  g: CanvasRenderingContext2D,
  p: FlamePicture,
  c: FlameColours,
  widthPx: number,
  topPx: number,
  heightPx: number,
): void {
  g.fillStyle = c.surface;
  g.fillRect(0, 0, widthPx, heightPx);
  g.font = `11.5px ${c.fontMono}`;
  g.textBaseline = 'middle';
  const measure = (t: string): number => g.measureText(t).width;
  for (const box of p.boxes) {
    const y = rowTop(p, box.row) - topPx;
    if (y + ROW_PX < 0 || y > heightPx) continue;
    const faint = p.matched !== null && box.node !== 0 && !p.matched.has(box.node);
    g.globalAlpha = faint ? FAINT : 1;
    const isRoot = box.node === 0;
    const name = isRoot ? '' : p.set.functions[p.tree.functionIx[box.node]!]!.name;
    g.fillStyle = isRoot ? c.root : box.merged > 0 ? c.ink2 : c.hues[hueOf(name)]!;
    const width = Math.max(1, box.width - (box.width > 3 ? 1 : 0));
    g.fillRect(box.x, y, width, ROW_PX - 1);
    if (box.width >= LEAST_TEXT_PX && box.merged === 0) {
      const text = fitText(labelOf(p, box), box.width - 2 * PAD_PX, measure);
      g.fillStyle = isRoot ? c.ink : c.hueInk;
      if (text) g.fillText(text, box.x + PAD_PX, y + ROW_PX / 2);
    }
    g.globalAlpha = 1;
    if (box.merged === 0 && (box.node === p.selected || box.node === p.hovered)) {
      const on = box.node === p.selected;
      g.strokeStyle = on ? c.accent : c.ink;
      g.lineWidth = on ? 2 : 1;
      const inset = on ? 1 : 0.5;
      g.strokeRect(box.x + inset, y + inset, Math.max(1, width - 2 * inset), ROW_PX - 1 - 2 * inset);
    }
  }
}

/** The box at a place of the whole picture; null: none. */
export function boxAt(p: FlamePicture, x: number, y: number): FlameBox | null {
  const at = Math.floor(y / ROW_PX);
  const row = p.upward ? p.rowCount - 1 - at : at;
  return p.boxes.find((b) => b.row === row && x >= b.x && x < b.x + Math.max(1, b.width)) ?? null;
}

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);

/** The picture as an SVG file. `title` stands above it. */
export function svgOfFlame(p: FlamePicture, c: FlameColours, widthPx: number, title: string): string {
  const head = 28;
  const height = p.rowCount * ROW_PX + head;
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${height}" viewBox="0 0 ${widthPx} ${height}" font-family="${escaped(c.fontMono)}" font-size="11.5">`,
    `<rect width="100%" height="100%" fill="${c.surface}"/>`,
    `<text x="8" y="18" font-size="13" font-weight="600" fill="${c.ink}">${escaped(title)}</text>`,
  ];
  for (const box of p.boxes) {
    const y = rowTop(p, box.row) + head;
    const isRoot = box.node === 0;
    const name = isRoot ? p.rootText : p.set.functions[p.tree.functionIx[box.node]!]!.name;
    const fill = isRoot ? c.root : box.merged > 0 ? c.ink2 : c.hues[hueOf(name)]!;
    const faint = p.matched !== null && !isRoot && !p.matched.has(box.node) ? ` opacity="${FAINT}"` : '';
    const text = box.merged > 0 ? '' : fitText(labelOf(p, box), box.width - 2 * PAD_PX, (t) => t.length * 6.9);
    out.push(
      `<g${faint}><title>${escaped(box.merged > 0 ? `${box.merged} narrow ones` : name)}</title>` +
        `<rect x="${box.x.toFixed(2)}" y="${y}" width="${Math.max(0.5, box.width - 1).toFixed(2)}" height="${ROW_PX - 1}" fill="${fill}"/>` +
        (text
          ? `<text x="${(box.x + PAD_PX).toFixed(2)}" y="${y + 15}" fill="${isRoot ? c.ink : c.hueInk}">${escaped(text)}</text>`
          : '') +
        '</g>',
    );
  }
  out.push('</svg>');
  return out.join('\n');
}
