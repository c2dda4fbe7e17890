// One row of spans → rectangles and labels of a picture. Wide spans come from the tiles' span columns, everything under
// that from their cells; what a cell hides behind its strongest state is still drawn as a mark of its own.

import { SPAN_STATES, stateIx } from '../../../contract/blocks/tile';
import type { Px, TrackId } from '../../../contract/units';
import { formatCount, formatDurationText } from '../../base/format';
import type { TimeWindow } from '../../base/time-scale';
import { rarestState, type PreparedTile } from '../../trace/prepare-tile';
import type { TrackStyle } from '../layout';
import { LABEL_MIN_PX, LABEL_PAD_PX } from '../metrics';
import { functionOfSpan } from '../tile-hits';
import { functionOfLabel, hueOf, isMeant, isMuted, PLAIN, type Paint } from '../paint';
import { Columns, eachSegment, HIT, MISS, type Segment } from './columns';
import { addBands, addTicks } from './draw-nested';
import { addStateColumns, addStateSpans, type RowOwner } from './draw-states';
import { fitLabel, shortLabel, type Measure } from './labels';
import { HUE_INK, type Picture } from './picture';

const STW = stateIx('stw');
const RUNNING = stateIx('running');
const NOBODY: RowOwner = { goroutine: -1, name: '' };

/** A tile in view and where the row's track stands in it. `exact`: not a stand-in from a coarser level. */
export interface TileInView {
  readonly tile: PreparedTile;
  readonly trackIx: number;
  readonly exact: boolean;
  /** Pixels that the wanted tile covers: a stand-in is drawn only there. */
  readonly fromPx: Px;
  readonly endPx: Px;
}

export interface RowPlace {
  readonly track: TrackId;
  readonly yPx: Px;
  readonly heightPx: Px;
  readonly labelled: boolean;
  /** Left out: solid. */
  readonly style?: TrackStyle;
  /** The goroutine whose row it is; left out where spans are of many. */
  readonly owner?: RowOwner;
}

const columns = new Columns();

/**
 * Adds one row to the picture. Shapes: tiles by time. Units: px of the chart area, y of the canvas.
 * Cost: O(spans and buckets in view).
 */
export function addTrack(
  out: Picture,
  tiles: readonly TileInView[],
  row: RowPlace,
  w: TimeWindow,
  widthPx: Px,
  measure: Measure,
  paint: Paint = PLAIN,
): void {
  columns.reset(widthPx);
  const marking = paint.marking?.covers(row.track) ? paint.marking : null;
  for (const t of tiles) {
    const hits = marking?.of(t.tile)?.cells ?? null;
    if (t.exact) columns.add(t.tile, t.trackIx, w, widthPx, hits);
    else addPart(t, w, widthPx, hits);
  }
  const { style = 'solid', owner = NOBODY } = row;
  if (style === 'nested') {
    addBands(out, columns, tiles, row, w, widthPx, measure);
    return;
  }
  if (style === 'ticks') {
    addTickSpans(tiles, w, widthPx);
    addTicks(out, columns, row);
    return;
  }
  if (style === 'states') {
    addStateColumns(out, columns, row, owner, paint);
    if (marking) addFound(out, row);
    tiles.forEach((t, i) => addStateSpans(out, t, tiles[i - 1], row, owner, paint, w, widthPx, measure));
    return;
  }
  eachSegment(columns, 0, columns.widthPx, (s) => addSegment(out, s, row, measure, paint.muted));
  if (marking) addFound(out, row);
  for (let i = 0; i < tiles.length; i++) addSpans(out, tiles, i, row, w, widthPx, measure, paint);
}

/** What is drawn from cells: a line under columns with a hit, a veil over those without. */
function addFound(out: Picture, { yPx: y, heightPx: h }: RowPlace): void {
  const { found } = columns;
  let from = 0;
  for (let x = 1; x <= columns.widthPx; x++) {
    if (x < columns.widthPx && found[x] === found[from]) continue;
    if (found[from] === HIT) out.hits.push(from, y + h, x - from, 2);
    else if (found[from] === MISS) out.dimmed.push(from, y, x - from, h);
    from = x;
  }
}

/** Ticks that came as spans of their own count as columns too. */
function addTickSpans(tiles: readonly TileInView[], w: TimeWindow, widthPx: Px): void {
  const scale = widthPx / (w.toNanos - w.fromNanos);
  for (const { tile, trackIx } of tiles) {
    for (let i = tile.spanFrom[trackIx]!, end = tile.spanFrom[trackIx + 1]!; i < end; i++) {
      const x = Math.floor((tile.block.spanStart[i]! - w.fromNanos) * scale);
      if (x < 0 || x >= columns.widthPx) continue;
      columns.states[x] = tile.block.spanState[i]!;
      columns.counts[x] = columns.counts[x]! + 1;
    }
  }
}

const part = new Columns();
/** A stand-in covers more than the tile that it stands for: only that tile's columns are taken. */
function addPart(t: TileInView, w: TimeWindow, widthPx: Px, hits: Uint8Array | null = null): void {
  part.reset(widthPx);
  part.add(t.tile, t.trackIx, w, widthPx, hits);
  for (let x = Math.max(0, Math.round(t.fromPx)); x < Math.min(columns.widthPx, Math.round(t.endPx)); x++) {
    columns.states[x] = part.states[x]!;
    columns.shares[x] = part.shares[x]!;
    columns.counts[x] = part.counts[x]!;
    columns.masks[x] = part.masks[x]!;
    columns.found[x] = part.found[x]!;
  }
}

function addSegment(out: Picture, s: Segment, row: RowPlace, measure: Measure, muted: number): void {
  const { yPx: y, heightPx: h } = row;
  const width = s.end - s.from;
  if (s.kind === 'span') {
    const drawn = width > 2.5 ? width - 1 : width;
    out.solids[s.state]!.push(s.from, y, drawn, h);
    if (isMuted(muted, s.state, '')) out.dimmed.push(s.from, y, drawn, h);
    for (let x = s.from; x < s.end; x++) addRare(out, x, s.state, y, h);
    return;
  }
  // Equal neighbours become one rectangle: body by state, foot by state and height.
  let [bodyFrom, footFrom] = [s.from, s.from];
  let footHeight = -1;
  let state = columns.states[s.from]!;
  const edge = h >= 14 ? 2 : 1;
  for (let x = s.from; x <= s.end; x++) {
    const here = x < s.end ? columns.states[x]! : -1;
    const height = x < s.end ? Math.max(2, Math.round((h - edge) * columns.shares[x]!)) : -1;
    if (here !== state || height !== footHeight) {
      if (footHeight > 0) out.feet[state]!.push(footFrom, y + h - footHeight, x - footFrom, footHeight);
      footFrom = x;
      footHeight = height;
    }
    if (here !== state) {
      out.bodies[state]!.push(bodyFrom, y, x - bodyFrom, h);
      if (isMuted(muted, state, '')) out.dimmed.push(bodyFrom, y, x - bodyFrom, h);
      bodyFrom = x;
      state = here;
    }
    if (here >= 0) addRare(out, x, here, y, h);
  }
  out.edges.push(s.from, y, width, edge);
  if (row.labelled && width > LABEL_MIN_PX) addCount(out, s, row, measure);
}

/** `5,022 spans`, or the number alone where that does not fit. */
function addCount(out: Picture, s: Segment, row: RowPlace, measure: Measure): void {
  const room = s.end - s.from - 2 * LABEL_PAD_PX;
  const count = formatCount(s.count);
  const text = measure(`${count} spans`) <= room ? `${count} spans` : measure(count) <= room ? count : '';
  if (text) out.label(text, s.from + LABEL_PAD_PX, row.yPx + row.heightPx / 2 + 0.5, 0, measure(text));
}

/** Marks the state of a column that its strongest state would hide, from the top: stop-the-world over half of the height, others less. */
function addRare(out: Picture, x: Px, strongest: number, y: Px, h: Px): void {
  const mask = columns.masks[x]! & ~(1 << strongest);
  if (mask === 0) return;
  const rare = rarestState(mask | (1 << strongest));
  if (rare === strongest) return;
  if (rare === STW) out.rares[rare]!.push(x, y, 1, Math.ceil(h / 2));
  else out.rares[rare]!.push(x, y, 1, Math.max(2, Math.round(h / 5)));
}

function addSpans(
  out: Picture,
  tiles: readonly TileInView[],
  ix: number,
  row: RowPlace,
  w: TimeWindow,
  widthPx: Px,
  measure: Measure,
  paint: Paint,
): void {
  const { tile, trackIx, exact, fromPx, endPx } = tiles[ix]!;
  const b = tile.block;
  const flags = paint.marking?.covers(row.track) ? paint.marking.of(tile)?.spans : null;
  const before = tiles[ix - 1];
  // A span over a tile's border is in both tiles: the second leaves it to the first.
  const shared = before !== undefined && before.exact && exact;
  const scale = widthPx / (w.toNanos - w.fromNanos);
  const { yPx: y, heightPx: h } = row;
  for (let i = tile.spanFrom[trackIx]!, end = tile.spanFrom[trackIx + 1]!; i < end; i++) {
    const start = b.spanStart[i]!;
    const stop = b.spanEnd[i]!;
    if (stop <= w.fromNanos || start >= w.toNanos || (shared && start < tile.startNanos)) continue;
    let x0 = Math.max(-2, Math.round((start - w.fromNanos) * scale));
    let x1 = Math.min(widthPx + 2, Math.round((stop - w.fromNanos) * scale));
    if (!exact) {
      x0 = Math.max(x0, Math.round(fromPx));
      x1 = Math.min(x1, Math.round(endPx));
    }
    if (x1 < x0 || x1 < 0 || x0 > widthPx) continue;
    const width = Math.max(1, x1 - x0);
    const state = Math.min(b.spanState[i]!, SPAN_STATES.length - 1);
    const label = b.labels[b.spanLabel[i]!] ?? '';
    const drawn = width > 2.5 ? width - 1 : width;
    const runs = state === RUNNING && paint !== PLAIN;
    const hue = runs ? hueOf(paint.colourBy, b.spanGoroutine[i]!, functionOfLabel(label)) : null;
    if (hue !== null) out.hues[hue]!.push(x0, y, drawn, h);
    else out.solids[state]!.push(x0, y, drawn, h);
    const found = flags?.[i];
    const meant =
      found !== 0 && (!paint.emphasis || isMeant(paint.emphasis, b.spanGoroutine[i]!, functionOfSpan(tile, i)));
    if (!meant || isMuted(paint.muted, state, label)) out.dimmed.push(x0, y, drawn, h);
    else if (found === 1 || (paint.emphasis && !flags)) out.hits.push(x0, y + h, drawn, 2);
    if (!row.labelled) continue;
    const left = Math.max(0, x0);
    const room = Math.min(widthPx, x1) - left;
    if (room < LABEL_MIN_PX) continue;
    const name = shortLabel(label);
    const text = fitLabel(name, formatDurationText(stop - start), room - 2 * LABEL_PAD_PX + 2, measure);
    if (text) out.label(text, left + LABEL_PAD_PX, y + h / 2 + 0.5, hue === null ? state : HUE_INK);
  }
}

/** What is drawn under a pixel of a row. */
export type RowHit =
  | {
      readonly kind: 'span';
      readonly fromPx: Px;
      readonly endPx: Px;
      readonly startNanos: number;
      readonly endNanos: number;
      readonly state: number;
      readonly label: string;
    }
  /** Drawn from cells: one span under a pixel or so (`count` 1), or several. */
  | {
      readonly kind: 'cells';
      readonly fromPx: Px;
      readonly endPx: Px;
      readonly state: number;
      readonly count: number;
      readonly share: number;
    };

/** What the row shows at a pixel: the innermost wide span, else the nearest piece of cells within the slop, else null. */
export function hitTrack(tiles: readonly TileInView[], xPx: Px, slopPx: Px, w: TimeWindow, widthPx: Px): RowHit | null {
  columns.reset(widthPx);
  for (const t of tiles) {
    if (t.exact) columns.add(t.tile, t.trackIx, w, widthPx);
    else addPart(t, w, widthPx);
  }
  let near: RowHit | null = null;
  let distance = Infinity;
  eachSegment(columns, 0, columns.widthPx, (s) => {
    const d = xPx < s.from ? s.from - xPx : xPx > s.end ? xPx - s.end : 0;
    if (d > slopPx || d >= distance) return;
    distance = d;
    let sum = 0;
    for (let x = s.from; x < s.end; x++) sum += columns.shares[x]!;
    near = {
      kind: 'cells',
      fromPx: s.from,
      endPx: s.end,
      state: s.state,
      count: s.count,
      share: sum / (s.end - s.from),
    };
  });
  const wide = hitSpan(tiles, xPx, w, widthPx);
  // A tick inside a wide span is meant when the pointer is on it.
  return wide && distance > 0 ? wide : (near ?? wide);
}

function hitSpan(tiles: readonly TileInView[], xPx: Px, w: TimeWindow, widthPx: Px): RowHit | null {
  const scale = widthPx / (w.toNanos - w.fromNanos);
  let found: RowHit | null = null;
  for (const { tile, trackIx } of tiles) {
    const b = tile.block;
    for (let i = tile.spanFrom[trackIx]!, end = tile.spanFrom[trackIx + 1]!; i < end; i++) {
      const from = (b.spanStart[i]! - w.fromNanos) * scale;
      const to = (b.spanEnd[i]! - w.fromNanos) * scale;
      if (xPx < Math.round(from) || xPx >= Math.max(Math.round(to), Math.round(from) + 1)) continue;
      found = {
        kind: 'span',
        fromPx: from,
        endPx: to,
        startNanos: b.spanStart[i]!,
        endNanos: b.spanEnd[i]!,
        state: b.spanState[i]!,
        label: b.labels[b.spanLabel[i]!] ?? '',
      };
    }
  }
  return found;
}

/** Share of the visible window in which a row is busy, 0..1; null while no tile of it is there. */
export function busyShare(tiles: readonly TileInView[], w: TimeWindow): number | null {
  let [sum, weight] = [0, 0];
  for (const { tile, trackIx } of tiles) {
    const from = Math.max(0, (w.fromNanos - tile.startNanos) / tile.bucketNanos);
    // What is not read yet is neither busy nor idle.
    const known = tile.block.complete ? w.toNanos : Math.min(w.toNanos, tile.block.indexedToNanos);
    const to = Math.min(1024, (known - tile.startNanos) / tile.bucketNanos);
    for (let b = Math.floor(from); b < to; b++) {
      const part = Math.min(b + 1, to) - Math.max(b, from);
      sum += (tile.block.shares[trackIx * 1024 + b]! / 255) * part * tile.bucketNanos;
      weight += part * tile.bucketNanos;
    }
  }
  return weight > 0 ? sum / weight : null;
}
