// The scrolled part of the timeline on one canvas: grid, bands, curves, GC rows, processors, and a calm hatch over what is
// not read yet. Drawn from what is there; never waits.

import type { Nanos, Px } from '../../../contract/units';
import type { Palette } from '../../base/palette';
import { pxFromNanos, type TimeWindow } from '../../base/time-scale';
import type { Layout, RowItem, RowsInView, TrackRow } from '../layout';
import { LIST_ROW_TOP_PX, STRIP_PX, UPPER_PX } from '../metrics';
import type { GroupView } from '../group-view';
import type { Paint } from '../paint';
import { drawCurve, drawGoal } from './draw-curves';
import { eachPiece } from './draw-overview';
import { eachTick } from './draw-ruler';
import { addTrack } from './draw-track';
import type { Measure } from './labels';
import { Picture, type Ctx, type Rects } from './picture';
import type { CurvesInView } from './series-columns';

export interface RowsInput {
  readonly window: TimeWindow;
  readonly widthPx: Px;
  readonly heightPx: Px;
  readonly scrollTopPx: Px;
  readonly layout: Layout;
  readonly rows: RowsInView;
  /** Where the tiles of a line are; null: nothing of it is there yet. */
  readonly viewOf: (row: TrackRow) => GroupView | null;
  readonly gc: GroupView;
  readonly curves: readonly CurvesInView[];
  /** Of the curve of scheduler latency; empty where it is not shown. */
  readonly latency: readonly CurvesInView[];
  readonly curveTops: ReadonlyMap<string, number>;
  /** GC and stop-the-world through all rows. */
  readonly bands: boolean;
  readonly paint: Paint;
  /** As eachTick takes it: the grid stands where the ruler's ticks do. */
  readonly tickShiftNanos: Nanos;
  readonly indexedToNanos: Nanos;
  readonly durationNanos: Nanos;
  /** Said over what is not read: that it will be, or that reading was stopped. */
  readonly unreadText: string;
}

/** The lists of a frame, kept for the next one: rows that scroll, and those on top. */
export class Pictures {
  readonly scrolled = new Picture();
  readonly pinned = new Picture();
}

/**
 * The rectangles of a frame: they lie under all else. `to`: a context, or the pixels of a frame, which is much faster.
 * Cost: O(visible rows × (buckets + spans in view)).
 */
export function fillRows(to: Rects, o: RowsInput, { scrolled, pinned }: Pictures, p: Palette, measure: Measure): void {
  addRects(to, o, scrolled, p, measure);
  if (o.layout.pinnedPx > 0) addPinned(to, o, pinned, p, measure);
}

/** What is no rectangle, over those that `fillRows` has collected: lines, texts, the hatch over what is not read. */
export function drawInk(g: Ctx, o: RowsInput, { scrolled, pinned }: Pictures, p: Palette): void {
  drawScrolledInk(g, o, scrolled, p);
  if (o.layout.pinnedPx > 0) pinned.paintInk(g, p);
  drawUnread(g, o, p);
}

/** Both onto one context. */
export function drawRows(g: Ctx, o: RowsInput, pictures: Pictures, p: Palette, measure: Measure): void {
  fillRows(g, o, pictures, p, measure);
  drawInk(g, o, pictures, p);
}

function addRects(g: Rects, o: RowsInput, picture: Picture, p: Palette, measure: Measure): void {
  const { window: w, widthPx, scrollTopPx: top, layout } = o;
  addGround(g, o, p);
  for (const c of curvesSeen(o)) {
    const y = c.topPx - top;
    drawCurve(g, c.name, blocksOf(c, o), w, widthPx, y + 3, c.heightPx - 4, o.curveTops.get(c.name) ?? 1, p);
    g.fillStyle = p.lineSoft;
    g.fillRect(0, y + c.heightPx, widthPx, 1);
  }
  picture.clear();
  for (const r of layout.gcRows) addRow(picture, r, r.topPx - top, null, o.gc, o, measure);
  for (const r of layout.wakeups) addRow(picture, r, r.topPx - top, null, o.viewOf(r), o, measure);
  g.fillStyle = p.lineSoft;
  for (const item of o.rows.items) addItem(g, picture, item, item.topPx - top, o, measure);
  picture.paintRects(g, p);
}

/** Rows on top cover what is scrolled under them. */
function addPinned(g: Rects, o: RowsInput, picture: Picture, p: Palette, measure: Measure): void {
  const { layout, widthPx } = o;
  g.fillStyle = p.rowAlt;
  g.fillRect(0, 0, widthPx, layout.pinnedPx);
  g.fillStyle = p.grid;
  eachTick(o.window, widthPx, (x) => g.fillRect(x, 0, 1, layout.pinnedPx), o.tickShiftNanos);
  picture.clear();
  g.fillStyle = p.lineSoft;
  for (const item of o.rows.pinned) addItem(g, picture, item, item.topPx, o, measure);
  picture.paintRects(g, p);
  g.fillStyle = p.line;
  g.fillRect(0, layout.pinnedPx - 1, widthPx, 1);
}

/** Lines and texts of what scrolls; rows on top cover those too. */
function drawScrolledInk(g: Ctx, o: RowsInput, picture: Picture, p: Palette): void {
  const { window: w, widthPx, heightPx, scrollTopPx: top, layout } = o;
  const covered = layout.pinnedPx > 0;
  if (covered) {
    g.save();
    g.beginPath();
    g.rect(0, layout.pinnedPx, widthPx, heightPx - layout.pinnedPx);
    g.clip();
  }
  g.globalAlpha = 1;
  for (const c of curvesSeen(o)) {
    const y = c.topPx - top;
    drawGoal(g, c.name, blocksOf(c, o), w, widthPx, y + 3, c.heightPx - 4, o.curveTops.get(c.name) ?? 1, p);
  }
  picture.paintInk(g, p);
  if (covered) g.restore();
}

type CurveRow = Layout['curves'][number];
const curvesSeen = ({ layout, scrollTopPx, heightPx }: RowsInput): readonly CurveRow[] =>
  layout.curves.filter((c) => c.topPx + c.heightPx >= scrollTopPx && c.topPx - scrollTopPx <= heightPx);
const blocksOf = (c: CurveRow, o: RowsInput): readonly CurvesInView[] =>
  c.name === 'Scheduler latency' ? o.latency : o.curves;

/** One row with all of its lines. N.B. expects the fill style of the lines between rows. */
function addItem(g: Rects, out: Picture, item: RowItem, yPx: Px, o: RowsInput, measure: Measure): void {
  if (yPx + item.heightPx < 0 || yPx > o.heightPx) return;
  const isProc = item.proc !== null;
  g.fillRect(0, yPx + (isProc ? STRIP_PX - 3 : item.heightPx - 1), o.widthPx, 1);
  if (isProc) out.axis.push(0, yPx + UPPER_PX / 2, o.widthPx, 1);
  else addLife(out, item, yPx, o, item.tracks[0]?.style === 'solid');
  const { head } = item;
  const owner = head && { goroutine: head.id, name: head.name };
  for (const r of item.tracks) addRow(out, r, yPx + r.topPx - item.topPx, owner, o.viewOf(r), o, measure);
}

/** The axis of a life: nothing before it was made and after it ended. */
function addLife(out: Picture, { head }: RowItem, yPx: Px, o: RowsInput, line: boolean): void {
  if (!head) return;
  const from = Math.max(0, Math.round(pxFromNanos(o.window, o.widthPx, head.startNanos)));
  const end = Math.min(o.widthPx, Math.round(pxFromNanos(o.window, o.widthPx, head.endNanos)));
  const middle = yPx + LIST_ROW_TOP_PX + UPPER_PX / 2;
  // Where each moment has a state there is no idleness to draw, and a line through a pale band would strike its name out.
  if (line && end > from) out.axis.push(from, middle, Math.max(1, end - from), 1);
  // A whisker where it was made, and where it ended.
  if (!head.beganBeforeTrace && from > 0) out.axis.push(from - 1, yPx + LIST_ROW_TOP_PX, 1, UPPER_PX);
  if (!head.openAtEnd && end < o.widthPx) out.axis.push(end, yPx + LIST_ROW_TOP_PX, 1, UPPER_PX);
}

function addRow(
  out: Picture,
  row: TrackRow,
  yPx: Px,
  owner: { readonly goroutine: number; readonly name: string } | null,
  view: GroupView | null,
  o: RowsInput,
  measure: Measure,
): void {
  if (!view || yPx + row.heightPx < 0 || yPx > o.heightPx) return;
  const { track, heightPx, labelled, style } = row;
  // On whole pixels: sharp, and much faster to fill.
  const place = { track, yPx: Math.round(yPx), heightPx, labelled, style, ...(owner && { owner }) };
  addTrack(out, view.forTrack(track), place, o.window, o.widthPx, measure, o.paint);
}

/** Lines that are drawn to be repeated: one of them is whole at any ratio of pixels. */
const REPEATED_PX = 2;

/** What lies under the rows: ground, stop-the-world and grid over all of the height, GC from the rows on. */
function addGround(g: Rects, o: RowsInput, p: Palette): void {
  const rowsTop = Math.min(o.heightPx, Math.max(0, Math.round(o.layout.rows.topPx - o.scrollTopPx)));
  // Hundreds of bands as high as the picture: one line of them is drawn, the others are copies.
  const ends = g.repeatLine ? [0, rowsTop, o.heightPx] : [0, o.heightPx];
  for (let i = 1; i < ends.length; i++) {
    const [top, full] = [ends[i - 1]!, ends[i]! - ends[i - 1]!];
    if (full <= 0) continue;
    const height = g.repeatLine ? Math.min(REPEATED_PX, full) : full;
    g.globalAlpha = 1;
    g.fillStyle = p.row;
    g.fillRect(0, top, o.widthPx, height);
    if (o.bands) addBands(g, o, p, top, height, rowsTop);
    g.fillStyle = p.grid;
    eachTick(o.window, o.widthPx, (x) => g.fillRect(x, top, 1, height), o.tickShiftNanos);
    if (height < full) g.repeatLine?.(top, full);
  }
}

function addBands(g: Rects, o: RowsInput, p: Palette, yPx: Px, heightPx: Px, rowsTopPx: Px): void {
  const { window: w, widthPx, layout } = o;
  const [cycles, stw] = layout.gcRows;
  if (!cycles || !stw) return;
  const gcTop = Math.max(yPx, rowsTopPx);
  const gcHeight = yPx + heightPx - gcTop;
  if (gcHeight > 0) {
    g.fillStyle = p.gcBand;
    const gc = o.gc.forTrack(cycles.track).filter((t) => t.exact);
    eachPiece(gc, w, widthPx, (x, width) => g.fillRect(x, gcTop, width, gcHeight));
  }
  g.fillStyle = p.stwBand;
  const stops = o.gc.forTrack(stw.track).filter((t) => t.exact);
  // Stops of a fraction of a pixel have a paler band: hundreds of them would paint the whole picture.
  eachPiece(stops, w, widthPx, (x, width, share) => {
    g.globalAlpha = share > 0.5 ? 1 : 0.4;
    g.fillRect(x, yPx, width, heightPx);
  });
  g.globalAlpha = 1;
}

/** Diagonal lines over the part that is still to be read, with the words in its middle. */
function drawUnread(g: Ctx, o: RowsInput, p: Palette): void {
  if (o.indexedToNanos >= o.durationNanos) return;
  const from = Math.max(0, Math.round(pxFromNanos(o.window, o.widthPx, o.indexedToNanos)));
  if (from >= o.widthPx) return;
  drawHatch(g, from, 0, o.widthPx - from, o.heightPx, p);
  g.fillStyle = p.accent;
  if (from > 0) g.fillRect(from, 0, 1.5, o.heightPx);
  const text = o.unreadText;
  g.font = `12px ${p.fontUi}`;
  const width = g.measureText(text).width + 20;
  if (o.widthPx - from < width + 16) return;
  const x = from + (o.widthPx - from - width) / 2;
  const y = o.heightPx / 2 - 12;
  g.fillStyle = p.raised;
  g.beginPath();
  g.roundRect(x, y, width, 24, 5);
  g.fill();
  g.fillStyle = p.ink2;
  g.textAlign = 'left';
  g.textBaseline = 'middle';
  g.fillText(text, x + 10, y + 12);
}

/** A calm diagonal hatch over a rectangle. */
export function drawHatch(g: Ctx, x: Px, y: Px, w: Px, h: Px, p: Palette): void {
  g.save();
  g.beginPath();
  g.rect(x, y, w, h);
  g.clip();
  g.fillStyle = p.surface2;
  g.fillRect(x, y, w, h);
  g.strokeStyle = p.line;
  g.lineWidth = 1;
  g.beginPath();
  for (let d = -h; d < w; d += 9) {
    g.moveTo(x + d, y + h);
    g.lineTo(x + d + h, y);
  }
  g.stroke();
  g.restore();
}
