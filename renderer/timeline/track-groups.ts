// Which lines of spans are asked for together. The same rows always share a group, so that scrolling back finds their
// tiles again. Pure.

import { MAX_TILE_TRACKS } from '../../contract/blocks/tile';
import type { TrackId } from '../../contract/units';
import type { TrackGroup } from '../trace/tile-cache';
import {
  groupsOf,
  listItem,
  listRowPx,
  PROCS_PER_GROUP,
  WAKEUP_GROUP,
  type Layout,
  type RowItem,
  type RowsInView,
} from './layout';

/** Rows of a list whose tiles are asked for together. */
export const ROWS_PER_GROUP = 8;

const groupOf = (tracks: readonly TrackId[]): TrackGroup => ({ key: `r${tracks.join(',')}`, tracks });

/** Tracks in groups of at most what one question takes. */
export function splitTracks(tracks: readonly TrackId[]): readonly TrackGroup[] {
  const out: TrackGroup[] = [];
  for (let i = 0; i < tracks.length; i += MAX_TILE_TRACKS) out.push(groupOf(tracks.slice(i, i + MAX_TILE_TRACKS)));
  return out;
}

const tracksOf = (item: RowItem): readonly TrackId[] => item.tracks.map((t) => t.track);

/** Rows of a list are asked for in chunks; those of rows in view. */
const chunksOf = (items: readonly RowItem[]): ReadonlySet<number> =>
  new Set(items.flatMap((i) => (i.head && i.index !== null ? [Math.floor(i.index / ROWS_PER_GROUP)] : [])));

function listGroups(l: NonNullable<Layout['list']>, chunks: Iterable<number>): readonly TrackGroup[] {
  return [...chunks].flatMap((chunk) => {
    const tracks: TrackId[] = [];
    for (let i = chunk * ROWS_PER_GROUP; i < (chunk + 1) * ROWS_PER_GROUP; i++) {
      const head = l.headOf(i);
      if (head) tracks.push(...tracksOf(listItem(l.by, head, i, 0, listRowPx(head))));
    }
    return splitTracks(tracks);
  });
}

/** The groups of all lines in view, those of pinned rows first. Cost: O(rows in view). */
export function groupsInView(l: Layout, view: RowsInView, procs: readonly number[]): readonly TrackGroup[] {
  const seen = new Set([...view.pinned, ...view.items].flatMap((i) => (i.proc === null ? [] : [i.proc])));
  const ofProcs =
    seen.size === 0
      ? []
      : groupsOf(procs).filter((_, i) =>
          procs.slice(i * PROCS_PER_GROUP, (i + 1) * PROCS_PER_GROUP).some((p) => seen.has(p)),
        );
  const ofPinned = view.pinned.filter((i) => i.head).flatMap((i) => splitTracks(tracksOf(i)));
  const ofList = l.list ? listGroups(l.list, chunksOf(view.items)) : [];
  return [...ofPinned, ...ofProcs, ...ofList, ...(view.wakeups ? [WAKEUP_GROUP] : [])];
}

/** The groups of rows of a list just below and above those in view, which a scroll comes to next. Cost: O(rows in view). */
export function groupsNear(l: Layout, view: RowsInView): readonly TrackGroup[] {
  const seen = [...chunksOf(view.items)];
  if (!l.list || seen.length === 0) return [];
  return listGroups(l.list, [Math.max(...seen) + 1, Math.min(...seen) - 1]);
}
