// What stands where in the scrolled part of the timeline: pinned rows, heads, curves, GC rows, and below them processors or
// a list of other rows. Pure arithmetic; both the page's elements (gutter, regions) and the canvas take their places here.

import { LANE_LOGS, LANE_SAMPLES, MAX_NESTED_LANES, type RowGroup, type RowHead } from '../../contract/rows';
import {
  TRACK_GC,
  TRACK_STW,
  trackOfLane,
  trackOfProc,
  WAKEUP_TRACKS,
  type Px,
  type TrackId,
} from '../../contract/units';
import type { TrackGroup } from '../trace/tile-cache';
import type { RowsBy } from '../trace/view-mode';
import {
  CYCLES_PX,
  GROUP_HEAD_PX,
  HEAD_PX,
  LIST_ROW_PX,
  LIST_ROW_TOP_PX,
  LOWER_PX,
  LOWER_TOP_PX,
  NEST_PX,
  STRIP_PX,
  STW_PX,
  TICKS_PX,
  UPPER_PX,
  WAKEUP_PX,
} from './metrics';
import type { RowGeometry } from './row-geometry';

/** The three of the reference, and what is added. */
export const CURVE_NAMES = ['Goroutines', 'Heap', 'Threads', 'Processor use', 'GC CPU', 'Scheduler latency'] as const;
export type CurveName = (typeof CURVE_NAMES)[number];

export interface CurveRow {
  readonly name: CurveName;
  readonly topPx: Px;
  readonly heightPx: Px;
}

/**
 * How a line of spans is drawn. `solid`: idle is absence; `states`: every moment of a life has a state; `nested`: regions
 * and tasks as bands; `ticks`: moments over the row above.
 */
export type TrackStyle = 'solid' | 'states' | 'nested' | 'ticks';

/** One drawn line of spans. */
export interface TrackRow {
  readonly track: TrackId;
  /** Of the scrolled content; of the visible part when pinned. */
  readonly topPx: Px;
  readonly heightPx: Px;
  /** Upper rows and GC rows carry labels, lower rows do not. */
  readonly labelled: boolean;
  readonly style: TrackStyle;
  /** The row that it belongs to: `P3`, `G12`, `M22603`, `T4`, `gc`. */
  readonly row: string;
  readonly pinned: boolean;
}

/** A processor, goroutine, thread or task with all of its lines. */
export interface RowItem {
  readonly row: string;
  readonly name: string;
  readonly topPx: Px;
  readonly heightPx: Px;
  readonly tracks: readonly TrackRow[];
  readonly proc: number | null;
  /** Null for processors, and until it is read. */
  readonly head: RowHead | null;
  /** Place in the list; null for processors and pinned rows. */
  readonly index: number | null;
  readonly pinned: boolean;
}

export interface Band {
  readonly topPx: Px;
  readonly heightPx: Px;
}

/** The list of rows below the heads, when it is not of processors. */
export interface ListPart {
  readonly by: Exclude<RowsBy, 'processors'>;
  readonly topPx: Px;
  readonly geometry: RowGeometry;
  readonly headOf: (index: number) => RowHead | undefined;
}

export interface Layout {
  readonly pinned: readonly RowItem[];
  readonly pinnedPx: Px;
  readonly statistics: Band;
  readonly curves: readonly CurveRow[];
  readonly gc: Band;
  readonly gcRows: readonly TrackRow[];
  /** Processors, or the other rows. */
  readonly rows: Band;
  readonly procs: readonly number[];
  readonly procTopPx: Px;
  /** Network, Timers, Syscalls: where goroutines were woken from. */
  readonly wakeups: readonly TrackRow[];
  readonly list: ListPart | null;
  readonly heightPx: Px;
}

export interface LayoutInput {
  readonly procs: readonly number[];
  readonly curves: readonly Omit<CurveRow, 'topPx'>[];
  /** Processors below the heads; else the list, or nothing while it is being made. */
  readonly byProcs: boolean;
  readonly list: Omit<ListPart, 'topPx'> | null;
  /** Pinned rows by their name, with the heads of those that are not processors. */
  readonly pinned: readonly { readonly row: string; readonly head: RowHead | null }[];
}

const line = (
  track: TrackId,
  topPx: Px,
  heightPx: Px,
  row: string,
  style: TrackStyle = 'solid',
  labelled = true,
  pinned = false,
): TrackRow => ({ track, topPx, heightPx, labelled, style, row, pinned });

/** A processor: above the goroutine that runs, below what happens inside. */
export function procItem(proc: number, topPx: Px, pinned = false): RowItem {
  const row = `P${proc}`;
  return {
    row,
    name: `P ${proc}`,
    topPx,
    heightPx: STRIP_PX,
    tracks: [
      line(trackOfProc(proc, 0), topPx, UPPER_PX, row, 'solid', true, pinned),
      line(trackOfProc(proc, 1), topPx + LOWER_TOP_PX, LOWER_PX, row, 'solid', false, pinned),
    ],
    proc,
    head: null,
    index: null,
    pinned,
  };
}

const LETTERS: Readonly<Record<ListPart['by'], string>> = { goroutines: 'G', threads: 'M', tasks: 'T' };

/** `G12`, `M22603`, `T4`. */
export const rowName = (by: ListPart['by'], id: number): string => `${LETTERS[by]}${id}`;

/** Kind and id of the name of a row; null for a processor's and for none. */
export function parseRowName(row: string): { readonly by: ListPart['by']; readonly id: number } | null {
  const m = /^([GMT])(\d+)$/.exec(row);
  if (!m) return null;
  const by = (['goroutines', 'threads', 'tasks'] as const).find((k) => LETTERS[k] === m[1])!;
  return { by, id: Number(m[2]) };
}

/** Height of a row of a list with what nests in it. */
export const listRowPx = (head: Pick<RowHead, 'nestedLanes'> | undefined): Px =>
  LIST_ROW_PX + Math.min(MAX_NESTED_LANES, head?.nestedLanes ?? 0) * NEST_PX;

/** A goroutine, thread or task: its states, what nests in it, and ticks over it. */
export function listItem(
  by: ListPart['by'],
  head: RowHead | undefined,
  index: number | null,
  topPx: Px,
  heightPx: Px,
  pinned = false,
): RowItem {
  if (!head) return { row: `#${index}`, name: '', topPx, heightPx, tracks: [], proc: null, head: null, index, pinned };
  const row = rowName(by, head.id);
  const y = topPx + LIST_ROW_TOP_PX;
  const style: TrackStyle = by === 'tasks' ? 'nested' : by === 'threads' ? 'solid' : 'states';
  const tracks = [line(head.track, y, UPPER_PX, row, style, true, pinned)];
  const lanes = Math.min(MAX_NESTED_LANES, head.nestedLanes, Math.floor((heightPx - LIST_ROW_PX) / NEST_PX));
  for (let lane = 1; lane <= lanes; lane++)
    tracks.push(
      line(
        trackOfLane(head.track, lane),
        y + UPPER_PX + 1 + (lane - 1) * NEST_PX,
        NEST_PX - 1,
        row,
        // Inside of a thread's runs are its system calls: states, not what a program named.
        by === 'threads' ? 'solid' : 'nested',
        true,
        pinned,
      ),
    );
  const ticks = (lane: number, at: Px): TrackRow =>
    line(trackOfLane(head.track, lane), at, TICKS_PX, row, 'ticks', false, pinned);
  if (head.hasLogs) tracks.push(ticks(LANE_LOGS, topPx));
  if (head.hasSamples) tracks.push(ticks(LANE_SAMPLES, y + UPPER_PX));
  const name = by === 'threads' ? `M ${head.id}` : by === 'tasks' ? `Task ${head.id}` : `G${head.id}`;
  return { row, name, topPx, heightPx, tracks, proc: null, head, index, pinned };
}

/** Places of everything. Cost: O(groups of the list). */
export function layoutOf(o: LayoutInput): Layout {
  let y = 0;
  const pinned: RowItem[] = [];
  for (const p of o.pinned) {
    const proc = /^P(\d+)$/.exec(p.row)?.[1];
    const named = parseRowName(p.row);
    if (proc !== undefined && o.procs.includes(Number(proc))) pinned.push(procItem(Number(proc), y + 2, true));
    else if (named && p.head) pinned.push(listItem(named.by, p.head, null, y, listRowPx(p.head), true));
    else continue;
    y += pinned.at(-1)!.heightPx;
  }
  const pinnedPx = pinned.length > 0 ? y + 4 : 0;
  const statisticsTop = (y = pinnedPx);
  y += HEAD_PX;
  const curves = o.curves.map(({ name, heightPx }) => {
    const row: CurveRow = { name, topPx: y, heightPx };
    y += heightPx + 1;
    return row;
  });
  const statistics: Band = { topPx: statisticsTop, heightPx: y - statisticsTop };
  const gcTop = y;
  y += HEAD_PX + 3;
  const cycles = line(TRACK_GC, y, CYCLES_PX, 'gc');
  y += CYCLES_PX + 2;
  const stw = line(TRACK_STW, y, STW_PX, 'stw');
  y += STW_PX + 5;
  const gc: Band = { topPx: gcTop, heightPx: y - gcTop };
  const rowsTop = y;
  y += HEAD_PX + (o.byProcs ? 3 : 0);
  const procTopPx = y;
  const list = !o.byProcs && o.list ? { ...o.list, topPx: y } : null;
  const wakeups: TrackRow[] = [];
  if (list) y += list.geometry.heightPx;
  else if (o.byProcs) {
    y += o.procs.length * STRIP_PX;
    if (o.procs.length > 0)
      WAKEUP_TRACKS.forEach((track, i) => {
        wakeups.push(line(track, y + 2, WAKEUP_PX - 4, `wakeups${i}`, 'ticks', false));
        y += WAKEUP_PX;
      });
  }
  y += 4;
  return {
    pinned,
    pinnedPx,
    statistics,
    curves,
    gc,
    gcRows: [cycles, stw],
    rows: { topPx: rowsTop, heightPx: y - rowsTop },
    procs: o.byProcs ? o.procs : [],
    procTopPx,
    wakeups,
    list,
    heightPx: y,
  };
}

/** A head of a group that is seen. y of the scrolled content. */
export interface GroupHead {
  readonly group: RowGroup;
  readonly open: boolean;
  readonly topPx: Px;
}

/** What is seen of the rows. */
export interface RowsInView {
  readonly pinned: readonly RowItem[];
  readonly items: readonly RowItem[];
  readonly heads: readonly GroupHead[];
  /** Whether one of the rows of wake-ups is. */
  readonly wakeups: boolean;
}

/** Rows of which something is seen. Cost: O(rows in view + log groups). */
export function rowsInView(l: Layout, scrollTopPx: Px, heightPx: Px): RowsInView {
  const from = scrollTopPx + l.pinnedPx;
  const end = scrollTopPx + heightPx;
  if (!l.list) {
    const first = Math.max(0, Math.floor((from - l.procTopPx) / STRIP_PX));
    const stop = Math.min(l.procs.length, Math.ceil((end - l.procTopPx) / STRIP_PX));
    const items = l.procs.slice(first, stop).map((p, i) => procItem(p, l.procTopPx + (first + i) * STRIP_PX));
    const wakeups = l.wakeups.some((r) => r.topPx < end && r.topPx + r.heightPx > from);
    return { pinned: l.pinned, items, heads: [], wakeups };
  }
  const { by, topPx, geometry, headOf } = l.list;
  const items: RowItem[] = [];
  const heads: GroupHead[] = [];
  for (const i of geometry.between(from - topPx, end - topPx)) {
    if (i.kind === 'head') heads.push({ group: i.group, open: i.open, topPx: topPx + i.topPx });
    else items.push(listItem(by, headOf(i.index), i.index, topPx + i.topPx, i.heightPx));
  }
  return { pinned: l.pinned, items, heads, wakeups: false };
}

export const GC_GROUP: TrackGroup = { key: 'gc', tracks: [TRACK_GC, TRACK_STW] };
export const WAKEUP_GROUP: TrackGroup = { key: 'wakeups', tracks: [...WAKEUP_TRACKS], waits: true };
/** Processors whose tracks are asked for together: 16 tracks, about 100 kB a tile. */
export const PROCS_PER_GROUP = 8;

/** Groups of tracks by processor: always the same eight share one, so that a tile is found again after scrolling. */
export function groupsOf(procs: readonly number[]): readonly TrackGroup[] {
  const groups: TrackGroup[] = [];
  for (let i = 0; i < procs.length; i += PROCS_PER_GROUP) {
    const some = procs.slice(i, i + PROCS_PER_GROUP);
    groups.push({ key: `p${some.join(',')}`, tracks: some.flatMap((p) => [trackOfProc(p, 0), trackOfProc(p, 1)]) });
  }
  return groups;
}

/** The line of spans under a place of the visible part; the gap under a line counts to it. */
export function trackRowAt(l: Layout, view: RowsInView, scrollTopPx: Px, yPx: Px): TrackRow | null {
  if (yPx < l.pinnedPx) return lineOf(itemAt(view.pinned, yPx), yPx);
  const y = yPx + scrollTopPx;
  for (const r of [...l.gcRows, ...l.wakeups]) if (y >= r.topPx - 1 && y < r.topPx + r.heightPx + 1) return r;
  return lineOf(itemAt(view.items, y), y);
}

/** The row under a place of the visible part. */
export function rowItemAt(l: Layout, view: RowsInView, scrollTopPx: Px, yPx: Px): RowItem | null {
  return yPx < l.pinnedPx ? itemAt(view.pinned, yPx) : itemAt(view.items, yPx + scrollTopPx);
}

const itemAt = (items: readonly RowItem[], y: Px): RowItem | null =>
  items.find((i) => y >= i.topPx && y < i.topPx + i.heightPx) ?? null;

function lineOf(item: RowItem | null, y: Px): TrackRow | null {
  if (!item) return null;
  // Ticks lie over the other lines and are thinner: they are meant when the pointer is on them.
  const on = (t: TrackRow): boolean => y >= t.topPx && y < t.topPx + t.heightPx;
  const tick = item.tracks.find((t) => t.style === 'ticks' && on(t));
  if (tick) return tick;
  const lines = item.tracks.filter((t) => t.style !== 'ticks');
  return lines.filter((t) => y >= t.topPx).at(-1) ?? lines[0] ?? null;
}

/** The curve under a place of the scrolled content. */
export function curveAt(l: Layout, yPx: Px): CurveRow | null {
  return l.curves.find((c) => yPx >= c.topPx && yPx < c.topPx + c.heightPx) ?? null;
}

/** y of a line in the visible part. */
export const viewTop = (r: Pick<TrackRow, 'topPx' | 'pinned'>, scrollTopPx: Px): Px =>
  r.pinned ? r.topPx : r.topPx - scrollTopPx;

export { GROUP_HEAD_PX };
