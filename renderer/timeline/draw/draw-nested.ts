// Regions and tasks as bands that nest, and moments (logs, CPU samples, wake-ups) as ticks.

import { stateIx } from '../../../contract/blocks/tile';
import type { Px } from '../../../contract/units';
import { TASK_COLOUR_COUNT } from '../../base/palette';
import { formatDurationText } from '../../base/format';
import type { TimeWindow } from '../../base/time-scale';
import { LABEL_MIN_PX, LABEL_PAD_PX } from '../metrics';
import { hueOfFunction } from '../paint';
import type { Columns } from './columns';
import type { RowPlace, TileInView } from './draw-track';
import { fitLabel, type Measure } from './labels';
import { PLAIN_INK, type Picture } from './picture';

const LOG = stateIx('log');
const SAMPLE = stateIx('sample');

/** The colour of a region or task: by its name, the same wherever it is met. */
export const taskColourOf = (name: string): number => hueOfFunction(name) % TASK_COLOUR_COUNT;

/** Adds bands: columns of what is under a pixel, and the wide spans with their names. */
export function addBands(
  out: Picture,
  c: Columns,
  tiles: readonly TileInView[],
  row: RowPlace,
  w: TimeWindow,
  widthPx: Px,
  measure: Measure,
): void {
  const { yPx: y, heightPx: h } = row;
  for (let x = 0; x < c.widthPx; x++) {
    if (c.counts[x] === 0 && c.shares[x] === 0) continue;
    let e = x + 1;
    while (e < c.widthPx && c.counts[e] === 0 && c.shares[e]! > 0) e++;
    out.bands[0]!.push(x, y, Math.max(1, e - x), h);
    x = e - 1;
  }
  const scale = widthPx / (w.toNanos - w.fromNanos);
  tiles.forEach((t, ix) => {
    const b = t.tile.block;
    const shared = tiles[ix - 1]?.exact === true && t.exact;
    for (let i = t.tile.spanFrom[t.trackIx]!, end = t.tile.spanFrom[t.trackIx + 1]!; i < end; i++) {
      const [start, stop] = [b.spanStart[i]!, b.spanEnd[i]!];
      if (stop <= w.fromNanos || start >= w.toNanos || (shared && start < t.tile.startNanos)) continue;
      const x0 = Math.max(-2, Math.round((start - w.fromNanos) * scale));
      const x1 = Math.min(widthPx + 2, Math.round((stop - w.fromNanos) * scale));
      const name = b.labels[b.spanLabel[i]!] ?? '';
      out.bands[taskColourOf(name)]!.push(x0, y, Math.max(1, x1 - x0), h);
      const left = Math.max(0, x0);
      const room = Math.min(widthPx, x1) - left;
      if (room < LABEL_MIN_PX) continue;
      const text = fitLabel(name, formatDurationText(stop - start), room - 2 * LABEL_PAD_PX + 2, measure);
      if (text) out.label(text, left + LABEL_PAD_PX, y + h / 2 + 0.5, PLAIN_INK);
    }
  });
}

/** Adds ticks: one pixel for each column in which something is, three where a sample is alone. */
export function addTicks(out: Picture, c: Columns, row: RowPlace): void {
  const { yPx: y, heightPx: h } = row;
  for (let x = 0; x < c.widthPx; x++) {
    if (c.counts[x] === 0 && c.shares[x] === 0) continue;
    const state = c.states[x]!;
    const list = state === SAMPLE ? out.samples : state === LOG ? out.logs : out.wakes;
    list.push(x, y, 1, h);
  }
}
