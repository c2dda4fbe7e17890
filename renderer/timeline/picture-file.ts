// The visible part of the timeline as a file: a title, the ruler, and the rows with their names. PNG has the pixels of the
// screen, SVG is drawn anew by the same code.

import type { Px } from '../../contract/units';
import { currentPalette, type Palette } from '../base/palette';
import type { Ctx } from './draw/picture';
import type { GroupHead, Layout, RowsInView } from './layout';
import { GROUP_HEAD_PX, HEAD_PX, RULER_PX, UPPER_PX } from './metrics';
import { SvgContext } from './svg-context';
import type { Drawing } from './use-drawing';

const TITLE_PX: Px = 28;

export interface PictureInput {
  readonly drawing: Drawing;
  readonly layout: Layout;
  readonly rows: RowsInView;
  readonly scrollTopPx: Px;
  readonly gutterPx: Px;
  readonly widthPx: Px;
  readonly heightPx: Px;
  /** `gcheavy.trace · 93.00 – 135.0 ms`. */
  readonly title: string;
}

/** Names of rows beside the chart, and what the picture is of. */
function drawNames(g: Ctx, o: PictureInput, p: Palette): void {
  g.fillStyle = p.surface;
  g.fillRect(0, 0, o.gutterPx + o.widthPx, TITLE_PX + RULER_PX + o.heightPx);
  g.textAlign = 'left';
  g.textBaseline = 'middle';
  g.fillStyle = p.ink;
  g.font = `600 12px ${p.fontUi}`;
  g.fillText(o.title, 12, TITLE_PX / 2);
  const top = TITLE_PX + RULER_PX;
  g.fillStyle = p.surface2;
  g.fillRect(0, top, o.gutterPx - 1, o.heightPx);
  const name = (text: string, y: Px, strong = true): void => {
    if (y < 0 || y > o.heightPx) return;
    g.fillStyle = strong ? p.ink : p.ink3;
    g.font = `${strong ? '500 12px' : '11px'} ${p.fontUi}`;
    g.fillText(text, 14, top + y);
  };
  const { layout: l, scrollTopPx: s } = o;
  name('STATS', l.statistics.topPx - s + HEAD_PX / 2, false);
  for (const c of l.curves) name(c.name, c.topPx - s + c.heightPx / 2);
  name('GC', l.gc.topPx - s + HEAD_PX / 2, false);
  l.gcRows.forEach((r, i) => name(i === 0 ? 'Cycles' : 'STW', r.topPx - s + r.heightPx / 2));
  const headOf = (h: GroupHead): void => name(h.group.name, h.topPx - s + GROUP_HEAD_PX / 2);
  o.rows.heads.forEach(headOf);
  for (const i of o.rows.items) name(i.name, i.topPx - s + UPPER_PX / 2 + 2);
  for (const i of o.rows.pinned) name(i.name, i.topPx + UPPER_PX / 2 + 2);
}

function canvasOf(width: Px, height: Px, ratio: number): readonly [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const g = canvas.getContext('2d');
  if (!g) throw new Error('INTERNAL: this system has no canvas to draw a picture on');
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  return [canvas, g];
}

/** The picture as PNG bytes. Cost: two redraws. */
export async function pngOf(o: PictureInput, ratio = Math.max(2, window.devicePixelRatio || 1)): Promise<Uint8Array> {
  const p = currentPalette();
  const [sheet, g] = canvasOf(o.gutterPx + o.widthPx, TITLE_PX + RULER_PX + o.heightPx, ratio);
  const [rows, rowsG] = canvasOf(o.widthPx, o.heightPx, ratio);
  const [ruler, rulerG] = canvasOf(o.widthPx, RULER_PX, ratio);
  o.drawing.drawOnto(rowsG, rulerG);
  drawNames(g, o, p);
  g.setTransform(1, 0, 0, 1, 0, 0);
  g.drawImage(ruler, o.gutterPx * ratio, TITLE_PX * ratio);
  g.drawImage(rows, o.gutterPx * ratio, (TITLE_PX + RULER_PX) * ratio);
  const blob = await new Promise<Blob | null>((done) => sheet.toBlob(done, 'image/png'));
  if (!blob) throw new Error('INTERNAL: the picture could not be made');
  return new Uint8Array(await blob.arrayBuffer());
}

/** The picture as SVG text. */
export function svgOf(o: PictureInput): string {
  const p = currentPalette();
  const [, g] = canvasOf(1, 1, 1);
  g.font = `11px ${p.fontUi}`;
  const measure = (text: string): number => g.measureText(text).width;
  const [names, rows, ruler] = ['names', 'rows', 'ruler'].map((id) => new SvgContext(id, measure)) as [
    SvgContext,
    SvgContext,
    SvgContext,
  ];
  drawNames(names.ctx, o, p);
  o.drawing.drawOnto(rows.ctx, ruler.ctx);
  const [width, height] = [o.gutterPx + o.widthPx, TITLE_PX + RULER_PX + o.heightPx];
  const font = p.fontUi.replaceAll('"', "'");
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${font}">`,
    names.group(0, 0, width, height),
    ruler.group(o.gutterPx, TITLE_PX, o.widthPx, RULER_PX),
    rows.group(o.gutterPx, TITLE_PX + RULER_PX, o.widthPx, o.heightPx),
    '</svg>\n',
  ].join('\n');
}
