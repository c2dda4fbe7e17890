// The line of spans above or below another, over the borders of rows, groups and lists: the order of the arrow keys.

import type { RowHead } from '../../contract/rows';
import { isRowTrack, trackOfLane, type TrackId } from '../../contract/units';
import type { RowListSource } from '../trace/row-list';
import { listItem, procItem, type Layout, type TrackRow } from './layout';
import { STRIP_PX } from './metrics';

export interface LineInput {
  readonly layout: Layout;
  readonly list: Pick<RowListSource, 'find' | 'readHead'> | null;
  readonly headOfTrack: (track: TrackId) => RowHead | null;
}

/** GC rows and processors, from top to bottom. */
export const fixedLines = (l: Layout): readonly TrackRow[] => [
  ...l.gcRows,
  ...l.procs.flatMap((p, i) => procItem(p, l.procTopPx + i * STRIP_PX).tracks),
  ...l.wakeups,
];

async function linesOfRow(o: LineInput, index: number): Promise<readonly TrackRow[]> {
  const head = await o.list?.readHead(index);
  if (!head || !o.layout.list) return [];
  const { by, geometry, topPx } = o.layout.list;
  const place = geometry.placeOf(index);
  return listItem(by, head, index, topPx + place.topPx, place.heightPx).tracks;
}

/** The line above (-1) or below (+1); null at the end. Rows of closed groups are passed over. */
export async function nextLine(o: LineInput, from: TrackId, direction: 1 | -1): Promise<TrackRow | null> {
  const fixed = fixedLines(o.layout);
  const { list } = o.layout;
  const edge = (lines: readonly TrackRow[]): TrackRow | null => (direction > 0 ? lines[0] : lines.at(-1)) ?? null;
  if (!isRowTrack(from) || fixed.some((f) => f.track === from)) {
    const at = fixed.findIndex((f) => f.track === from);
    const next = fixed[at + direction];
    if (next || direction < 0 || !list) return next ?? null;
    const first = list.geometry.neighbour(-1, 1);
    return first === null ? null : edge(await linesOfRow(o, first));
  }
  const head = o.headOfTrack(trackOfLane(from, 0));
  const index = head && o.list ? await o.list.find(head.id) : null;
  if (index === null || !list) return null;
  const mine = await linesOfRow(o, index);
  const beside = mine[mine.findIndex((t) => t.track === from) + direction];
  if (beside) return beside;
  const next = list.geometry.neighbour(index, direction);
  if (next === null) return direction < 0 ? (fixed.at(-1) ?? null) : null;
  return edge(await linesOfRow(o, next));
}
