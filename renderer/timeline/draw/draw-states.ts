// A row in which every moment of a life has a state → rectangles and labels of a picture. What runs is solid, what is
// runnable a frame, what waits pale with a hatch; under a pixel the state with most time stands, and what ran in it
// shows as a foot, so that no run is lost among waits.

import { SPAN_STATES, stateIx } from '../../../contract/blocks/tile';
import type { Px } from '../../../contract/units';
import { formatDurationText } from '../../base/format';
import type { TimeWindow } from '../../base/time-scale';
import { LABEL_MIN_PX, LABEL_PAD_PX } from '../metrics';
import { hueOf, isMeant, isMuted, type Paint } from '../paint';
import { familyIx, familyOf } from '../../base/wait-family';
import type { Columns } from './columns';
import type { RowPlace, TileInView } from './draw-track';
import { fitLabel, type Measure } from './labels';
import { HUE_INK, PLAIN_INK, type Picture } from './picture';

const RUNNABLE = stateIx('runnable');
const WAITING = stateIx('waiting');
const BLOCKED = stateIx('syscall-blocked');
const RUNNING = stateIx('running');
const SYS = familyIx('sys');
const OTHER = familyIx('other');
const GOES_ON = 2;
/** States that hold a processor. */
const ON_PROC = SPAN_STATES.reduce(
  (mask, s, i) =>
    ['running', 'gc-worker', 'syscall', 'assist', 'sweep', 'stw', 'other'].includes(s) ? mask | (1 << i) : mask,
  0,
);

const lowest = (mask: number): number => 31 - Math.clz32(mask & -mask);

/** Whose row it is: colours and highlights go by it. */
export interface RowOwner {
  readonly goroutine: number;
  readonly name: string;
}

const MARK_WORKER = stateIx('gc-worker');
/** What a row's goroutine runs is mark work where it is a mark worker: it has its own colour, as on processors. */
const workOf = (state: number, owner: RowOwner): number =>
  state === RUNNING && owner.name === 'runtime.gcBgMarkWorker' ? MARK_WORKER : state;

/** One stretch in its state's form. */
function pushState(out: Picture, state: number, label: string, x: Px, y: Px, w: Px, h: Px, hue: number | null): void {
  if (state === RUNNABLE) out.runnables.push(x, y, w, h);
  else if (state === WAITING) out.waits[label ? familyIx(familyOf(label)) : OTHER]!.push(x, y, w, h);
  else if (state === BLOCKED) out.waits[SYS]!.push(x, y, w, h);
  else if (state === RUNNING && hue !== null) out.hues[hue]!.push(x, y, w, h);
  else out.solids[state]!.push(x, y, w, h);
}

/** Adds what is narrower than spans of their own: columns of one state become one stretch. */
export function addStateColumns(out: Picture, c: Columns, row: RowPlace, owner: RowOwner, paint: Paint): void {
  const { yPx: y, heightPx: h } = row;
  const hue = hueOf(paint.colourBy, owner.goroutine, owner.name);
  let from = 0;
  for (let x = 1; x <= c.widthPx; x++) {
    const before = c.states[from]!;
    if (x < c.widthPx && c.states[x] === before) continue;
    const drawn = workOf(before, owner);
    if (before !== 0) pushState(out, drawn, '', from, y, x - from, h, hue);
    if (before !== 0 && isMuted(paint.muted, drawn, '')) out.dimmed.push(from, y, x - from, h);
    from = x;
  }
  const ranTop = Math.round(h * 0.4);
  for (let x = 0; x < c.widthPx; x++) {
    const mask = c.masks[x]!;
    const ran = mask & ON_PROC & ~(1 << c.states[x]!);
    if (ran !== 0) out.rares[workOf(lowest(ran), owner)]!.push(x, y + ranTop, 1, h - ranTop);
    // Several under this pixel: the edge of merged spans.
    if (c.counts[x]! > 1) out.edges.push(x, y, 1, 1);
  }
}

const figureOf = (state: number, start: number, end: number): string =>
  state === RUNNING || state === MARK_WORKER || state === RUNNABLE || state === WAITING || state === BLOCKED
    ? formatDurationText(end - start)
    : '';

/** Adds the wide spans of one tile. `before`: the tile left of it, which has what crosses the border. */
export function addStateSpans(
  out: Picture,
  t: TileInView,
  before: TileInView | undefined,
  row: RowPlace,
  owner: RowOwner,
  paint: Paint,
  w: TimeWindow,
  widthPx: Px,
  measure: Measure,
): void {
  const { tile, trackIx, exact } = t;
  const b = tile.block;
  const flags = paint.marking?.covers(row.track) ? paint.marking.of(tile)?.spans : null;
  const shared = before !== undefined && before.exact && exact;
  const scale = widthPx / (w.toNanos - w.fromNanos);
  const { yPx: y, heightPx: h } = row;
  const hue = hueOf(paint.colourBy, owner.goroutine, owner.name);
  for (let i = tile.spanFrom[trackIx]!, end = tile.spanFrom[trackIx + 1]!; i < end; i++) {
    const [start, stop] = [b.spanStart[i]!, b.spanEnd[i]!];
    if (stop <= w.fromNanos || start >= w.toNanos || (shared && start < tile.startNanos)) continue;
    let x0 = Math.max(-2, Math.round((start - w.fromNanos) * scale));
    let x1 = Math.min(widthPx + 2, Math.round((stop - w.fromNanos) * scale));
    if (!exact) {
      x0 = Math.max(x0, Math.round(t.fromPx));
      x1 = Math.min(x1, Math.round(t.endPx));
    }
    if (x1 < x0 || x1 < 0 || x0 > widthPx) continue;
    const width = Math.max(1, x1 - x0);
    const state = workOf(Math.min(b.spanState[i]!, SPAN_STATES.length - 1), owner);
    const label = b.labels[b.spanLabel[i]!] ?? '';
    pushState(out, state, label, x0, y, width, h, hue);
    const goesOn = (b.spanFlags[i]! & GOES_ON) !== 0;
    if (goesOn && (state === WAITING || state === BLOCKED) && width > 6) out.torn.push(x0, y, width, h);
    if (flags?.[i] === 0 || isMuted(paint.muted, state, label)) out.dimmed.push(x0, y, width, h);
    else if (flags?.[i] === 1) out.hits.push(x0, y + h, width, 2);
    const left = Math.max(0, x0);
    const room = Math.min(widthPx, x1) - left;
    if (room < LABEL_MIN_PX) continue;
    const pale = state === WAITING || state === BLOCKED;
    const figure = goesOn && pale ? 'until the trace ends' : figureOf(state, start, stop);
    const text = fitLabel(label, figure, room - 2 * LABEL_PAD_PX + 2, measure);
    const ink = pale || state === RUNNABLE ? PLAIN_INK : state === RUNNING && hue !== null ? HUE_INK : state;
    if (text) out.label(text, left + LABEL_PAD_PX, y + h / 2 + 0.5, ink, pale ? measure(text) : 0);
  }
  if (!isMeant(paint.emphasis, owner.goroutine, owner.name)) out.dimmed.push(0, y, widthPx, h);
}
