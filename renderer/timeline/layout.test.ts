import { describe, expect, it } from 'vitest';
import type { RowHead } from '../../contract/rows';
import { trackOfLane } from '../../contract/units';
import { curvesShown, FIRST_CURVES } from './curve-settings';
import {
  curveAt,
  groupsOf,
  layoutOf,
  listItem,
  parseRowName,
  rowItemAt,
  rowsInView,
  trackRowAt,
  type Layout,
} from './layout';
import { GROUP_HEAD_PX, LIST_ROW_PX, NEST_PX, STRIP_PX } from './metrics';
import { fixedLines } from './next-line';
import { RowGeometry } from './row-geometry';
import { groupsInView, groupsNear, ROWS_PER_GROUP } from './track-groups';

const many = Array.from({ length: 64 }, (_, i) => i);
const curves = curvesShown(FIRST_CURVES, false);
const ofProcs = (procs: readonly number[], pinned: readonly string[] = []): Layout =>
  layoutOf({ procs, curves, byProcs: true, list: null, pinned: pinned.map((row) => ({ row, head: null })) });
const head = (id: number, over: Partial<RowHead> = {}): RowHead => ({
  track: 0x8000_0000 + id * 16,
  id,
  name: 'main.f',
  startNanos: 0,
  endNanos: 100,
  beganBeforeTrace: false,
  openAtEnd: false,
  nestedLanes: 0,
  hasLogs: false,
  hasSamples: false,
  parentId: null,
  runningNanos: 1,
  runnableNanos: 1,
  waitingNanos: 98,
  syscallNanos: 0,
  ...over,
});

describe('processors', () => {
  it('stack below curves and GC without overlap', () => {
    const l = ofProcs(many);
    expect(l.curves.map((c) => c.name)).toEqual(['Goroutines', 'Heap', 'Threads']);
    expect(l.gc.topPx).toBe(l.statistics.heightPx);
    expect(l.rows.topPx).toBe(l.gc.topPx + l.gc.heightPx);
    expect(l.heightPx).toBe(l.rows.topPx + l.rows.heightPx);
    const lines = fixedLines(l);
    for (let i = 1; i < lines.length; i++)
      expect(lines[i]!.topPx).toBeGreaterThanOrEqual(lines[i - 1]!.topPx + lines[i - 1]!.heightPx);
  });

  it('are seen only where they are', () => {
    const l = ofProcs(many);
    const seen = (top: number, height: number): number[] => rowsInView(l, top, height).items.map((i) => i.proc!);
    expect(seen(0, l.procTopPx + 2 * STRIP_PX)).toEqual([0, 1]);
    expect(seen(l.procTopPx + 10 * STRIP_PX + 5, 3 * STRIP_PX)).toEqual([10, 11, 12, 13]);
    expect(rowsInView(ofProcs([]), 0, 500).items).toEqual([]);
  });

  it('and curves are found under a place', () => {
    const l = ofProcs([0, 1]);
    const view = rowsInView(l, 0, 800);
    const at = (y: number): number | undefined => trackRowAt(l, view, 0, y)?.track;
    expect(at(l.gcRows[1]!.topPx + 3)).toBe(1);
    expect(at(l.procTopPx + STRIP_PX + 4)).toBe(4);
    expect(at(l.procTopPx + STRIP_PX + 24)).toBe(5);
    expect(at(5)).toBeUndefined();
    expect(curveAt(l, l.curves[1]!.topPx + 1)?.name).toBe('Heap');
  });

  it('stay on top when pinned, and are meant there', () => {
    const l = ofProcs(many, ['P7', 'P99', 'x']);
    expect(l.pinned.map((i) => i.row)).toEqual(['P7']);
    expect(l.statistics.topPx).toBe(l.pinnedPx);
    const view = rowsInView(l, 5000, 400);
    expect(rowItemAt(l, view, 5000, 10)?.row).toBe('P7');
    expect(rowItemAt(l, view, 0, l.pinnedPx + 2)?.row).not.toBe('P7');
  });

  it('are asked for by the same eight', () => {
    const groups = groupsOf(many);
    expect(groups).toHaveLength(8);
    expect(groups[1]!.tracks).toHaveLength(16);
    expect(groups[1]!.tracks[0]).toBe(2 + 2 * 8);
    const l = ofProcs(many);
    const seen = groupsInView(l, rowsInView(l, l.procTopPx + 9 * STRIP_PX, 60), many);
    expect(seen.map((g) => g.key)).toEqual([groups[1]!.key]);
    // Sources of wake-ups stand below the last processor: what is not seen is not asked for.
    const last = groupsInView(l, rowsInView(l, l.procTopPx + 63 * STRIP_PX, 100), many);
    expect(last.map((g) => g.key)).toEqual([groups[7]!.key, 'wakeups']);
  });
});

describe('rows of a list', () => {
  const heads = Array.from({ length: 20 }, (_, i) => head(i, { nestedLanes: i % 3 }));
  const list = {
    by: 'goroutines' as const,
    geometry: new RowGeometry({
      count: 20,
      groups: [{ name: 'main.f', from: 0, count: 20 }],
      closed: new Set(),
      headPx: GROUP_HEAD_PX,
      rowPx: (i) => LIST_ROW_PX + (i % 3) * NEST_PX,
    }),
    headOf: (i: number) => heads[i],
  };
  const l = layoutOf({ procs: many, curves, byProcs: false, list, pinned: [{ row: 'G3', head: heads[3]! }] });

  it('have lanes for what nests in them, and ticks', () => {
    const item = listItem('goroutines', head(4, { nestedLanes: 2, hasLogs: true }), 4, 0, LIST_ROW_PX + 2 * NEST_PX);
    expect(item.tracks.map((t) => [t.style, t.track])).toEqual([
      ['states', heads[4]!.track],
      ['nested', trackOfLane(heads[4]!.track, 1)],
      ['nested', trackOfLane(heads[4]!.track, 2)],
      ['ticks', trackOfLane(heads[4]!.track, 15)],
    ]);
    expect(listItem('threads', undefined, 9, 0, 25).tracks).toEqual([]);
    // System calls of a thread are a state, with the colour that it has everywhere.
    const thread = listItem('threads', head(4, { nestedLanes: 1 }), 4, 0, LIST_ROW_PX + NEST_PX);
    expect(thread.tracks.map((t) => t.style)).toEqual(['solid', 'solid']);
  });

  it('stand where the geometry says, with the head of their group', () => {
    const view = rowsInView(l, 0, 2000);
    expect(view.items).toHaveLength(20);
    expect(view.heads.map((h) => h.group.name)).toEqual(['main.f']);
    expect(view.items[0]!.topPx).toBe(l.list!.topPx + GROUP_HEAD_PX);
    expect(view.pinned.map((i) => i.row)).toEqual(['G3']);
  });

  it('are asked for in the same groups wherever the list is scrolled', () => {
    const all = groupsInView(l, rowsInView(l, 0, 5000), many);
    const some = groupsInView(l, rowsInView(l, l.list!.topPx + GROUP_HEAD_PX, 90), many);
    expect(some.every((g) => all.some((a) => a.key === g.key))).toBe(true);
    expect(all.every((g) => g.tracks.length <= 32)).toBe(true);
    expect(all.flatMap((g) => g.tracks)).toContain(heads[ROWS_PER_GROUP]!.track);
    const near = groupsNear(l, rowsInView(l, l.list!.topPx + GROUP_HEAD_PX, 90));
    expect(near.length).toBeGreaterThan(0);
    expect(near.every((g) => all.some((a) => a.key === g.key) && !some.some((s) => s.key === g.key))).toBe(true);
  });

  it('have names', () => {
    expect(parseRowName('G12')).toEqual({ by: 'goroutines', id: 12 });
    expect(parseRowName('M7')).toEqual({ by: 'threads', id: 7 });
    expect(parseRowName('T4')).toEqual({ by: 'tasks', id: 4 });
    expect(parseRowName('P3')).toBeNull();
  });
});
