// The call graph as a file: the same picture as on the screen, with its colours written out. Pure.

import { heatOf } from './names';
import type { GraphPicture } from './graph-layout';

export interface GraphColours {
  readonly surface: string;
  readonly ink: string;
  readonly ink2: string;
  readonly line: string;
  /** From cold to hot. */
  readonly heat: readonly string[];
  readonly fontMono: string;
}

const PAD = 16;
const HEAD = 28;

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);

/** A share of one colour over another. Shapes: `#rrggbb` in and out; others come back as the first. */
export function mixed(colour: string, share: number, under: string): string {
  const parts = (c: string): number[] | null => {
    const hex = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(c.trim());
    return hex ? hex.slice(1).map((h) => Number.parseInt(h, 16)) : null;
  };
  const [a, b] = [parts(colour), parts(under)];
  if (!a || !b) return colour;
  return `#${a
    .map((v, i) =>
      Math.round(v * share + b[i]! * (1 - share))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** Size of the file's picture. Units: CSS pixels. */
export const svgSize = (p: GraphPicture): { readonly widthPx: number; readonly heightPx: number } => ({
  widthPx: Math.ceil(p.widthPx + 2 * PAD),
  heightPx: Math.ceil(p.heightPx + 2 * PAD + HEAD),
});

export function svgOfGraph(p: GraphPicture, title: string, c: GraphColours): string {
  const { widthPx, heightPx } = svgSize(p);
  const out = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}" viewBox="0 0 ${widthPx} ${heightPx}" font-family="${escaped(c.fontMono)}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="100%" height="100%" fill="${c.surface}"/>`,
    `<text x="${PAD}" y="${PAD + 10}" font-size="13" font-weight="600" fill="${c.ink}">${escaped(title)}</text>`,
    `<g transform="translate(${PAD},${PAD + HEAD})">`,
  ];
  for (const e of p.edges) {
    const stroke = mixed(c.heat[heatOf(e.share)]!, 0.7, c.line);
    const dash = e.residual ? ' stroke-dasharray="2 4"' : '';
    out.push(
      `<path d="${e.path}" fill="none" stroke="${stroke}" stroke-width="${e.widthPx.toFixed(2)}"${dash}/>`,
      `<path d="${e.head}" fill="${stroke}"/>`,
      `<text x="${e.labelX.toFixed(1)}" y="${(e.labelY + 4).toFixed(1)}" font-size="11" text-anchor="middle" fill="${c.ink2}">${escaped(e.label)}</text>`,
    );
  }
  for (const n of p.nodes) {
    const heat = c.heat[heatOf(n.share)]!;
    out.push(
      `<g transform="translate(${n.x.toFixed(1)},${n.y.toFixed(1)})"><title>${escaped(n.name)}</title>`,
      `<rect x="${-n.widthPx / 2}" y="${-n.heightPx / 2}" width="${n.widthPx}" height="${n.heightPx}" rx="3" fill="${mixed(heat, 0.2, c.surface)}" stroke="${mixed(heat, 0.85, c.line)}"/>`,
    );
    let y = -n.heightPx / 2 + 7;
    const line = (text: string, px: number, fill: string): void => {
      out.push(
        `<text y="${(y + px).toFixed(1)}" font-size="${px}" text-anchor="middle" fill="${fill}">${escaped(text)}</text>`,
      );
      y += px * 1.25;
    };
    for (const text of n.lines) line(text, n.fontPx, c.ink);
    for (const text of n.figures) line(text, n.figurePx, c.ink2);
    out.push('</g>');
  }
  out.push('</g></svg>');
  return out.join('\n');
}
