// Rows of bars on one axis of time (strips of goroutines, bands of tasks and regions) as a file. Pure.

import { formatAxisTimeText } from '../base/format';
import { linearTicks, type AxisRange } from './axes';
import type { ChartTheme } from './chart-theme';

export interface StripBar {
  readonly from: number;
  readonly to: number;
  /** From the top of its row. Units: CSS pixels, as all sizes here. */
  readonly topPx: number;
  readonly heightPx: number;
  /** Token of its colour, without dashes. */
  readonly fill: string;
  /** Less than full strength, under an outline of the same colour. */
  readonly pale?: boolean;
  /** Token of the line at its foot. */
  readonly foot?: string;
  readonly label?: string;
}

export interface StripLine {
  readonly label: string;
  readonly heightPx: number;
  readonly bars: readonly StripBar[];
  /** Moments, drawn as thin lines. */
  readonly ticks?: readonly number[];
}

const [GUTTER, HEAD, AXIS, PAD] = [200, 40, 24, 12];
const MOST_LABEL = 28;
const escaped = (s: string): string => s.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const px = (n: number): string => String(Math.round(n * 100) / 100);

export const stripPictureSize = (
  lines: readonly StripLine[],
  widthPx: number,
): { readonly widthPx: number; readonly heightPx: number } => ({
  widthPx,
  heightPx: HEAD + AXIS + PAD + lines.reduce((n, l) => n + l.heightPx, 0),
});

/** The picture with its title, rows with their names, and the axis; bars outside of the range are cut off. Units: ns. */
export function svgOfStrips(
  title: string,
  lines: readonly StripLine[],
  range: AxisRange,
  widthPx: number,
  t: ChartTheme,
): string {
  const size = stripPictureSize(lines, widthPx);
  const plot = widthPx - GUTTER - PAD;
  const x = (n: number): number => GUTTER + ((n - range.from) / Math.max(1, range.to - range.from)) * plot;
  const text = (at: number, y: number, s: string, more = ''): string =>
    `<text x="${px(at)}" y="${px(y)}" ${more}>${escaped(s)}</text>`;
  const out: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${px(size.widthPx)}" height="${px(size.heightPx)}" font-family="${escaped(t.fontUi)}" font-size="11" fill="${t.colour('ink-2')}">`,
    `<rect width="100%" height="100%" fill="${t.colour('surface')}"/>`,
    text(PAD, 24, title, `font-size="13" font-weight="600" fill="${t.colour('ink')}"`),
  ];
  const ticks = linearTicks(range, 8);
  for (const at of ticks.at) {
    out.push(
      `<path d="M${px(x(at))} ${HEAD + 14}V${px(size.heightPx - PAD)}" stroke="${t.colour('line')}"/>`,
      text(x(at) + 3, HEAD + 10, formatAxisTimeText(at, ticks.step)),
    );
  }
  let top = HEAD + AXIS;
  for (const line of lines) {
    const label = line.label.length > MOST_LABEL ? `${line.label.slice(0, MOST_LABEL - 1)}…` : line.label;
    out.push(text(PAD, top + 16, label));
    for (const b of line.bars) {
      if (b.to < range.from || b.from > range.to) continue;
      const [from, to] = [x(Math.max(b.from, range.from)), x(Math.min(b.to, range.to))];
      const width = Math.max(1, to - from);
      const colour = t.colour(b.fill);
      const look = b.pale ? `fill="${colour}" fill-opacity="0.28" stroke="${colour}"` : `fill="${colour}"`;
      out.push(
        `<rect x="${px(from)}" y="${px(top + b.topPx)}" width="${px(width)}" height="${px(b.heightPx)}" ${look}/>`,
      );
      if (b.foot)
        out.push(
          `<rect x="${px(from)}" y="${px(top + b.topPx + b.heightPx - 2)}" width="${px(width)}" height="2" fill="${t.colour(b.foot)}"/>`,
        );
      if (b.label && width > b.label.length * 6)
        out.push(text(from + 3, top + b.topPx + b.heightPx - 2, b.label, `font-size="9" fill="${t.colour('ink')}"`));
    }
    for (const at of line.ticks ?? [])
      if (at >= range.from && at <= range.to)
        out.push(`<path d="M${px(x(at))} ${top + 3}v${line.heightPx - 6}" stroke="${t.colour('tl-log')}"/>`);
    top += line.heightPx;
  }
  return `${out.join('\n')}\n</svg>\n`;
}
