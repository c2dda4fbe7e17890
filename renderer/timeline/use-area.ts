// A piece of the picture, by drag or by keyboard: a time range on neighbouring rows, and what the engine says it holds.

import { shallowRef, watch, type ShallowRef } from 'vue';
import { traceErrorFrom } from '../../contract/errors';
import type { Area } from '../../contract/rows';
import { trackOfProc, type Nanos, type TrackId } from '../../contract/units';
import { formatCount } from '../base/format';
import { lengthOf, type TimeWindow } from '../base/time-scale';
import type { RowListSource } from '../trace/row-list';
import { SUPERSEDED } from '../trace/trace-client';
import type { AreaBox, TraceStore } from '../trace/trace-store';
import type { RowItem } from './layout';
import { rangeOf } from './use-selection';
import type { Timeline } from './use-timeline';

/** Rows that an area takes in: more are not looked at, and that is said. */
export const MAX_AREA_ROWS = 1000;
/** What a key takes off or adds, as a share of the window. */
const STEP = 0.02;

export interface AreaMoves {
  /** What the selected area holds; null until it is known. */
  readonly answer: ShallowRef<Area | null>;
  readonly failure: ShallowRef<string | null>;
  /** Selects a time range on the rows between two of them, or on all in view. */
  select(range: TimeWindow, from: RowItem | null, to: RowItem | null): Promise<void>;
  ofSelection(): Promise<void>;
  ofView(): Promise<void>;
  /** Moves the area's end; without one, makes one of the selection or at the middle of the view. */
  grow(direction: 1 | -1): Promise<void>;
  growRows(direction: 1 | -1): Promise<void>;
}

/** Index of a row: of a processor its place, of others their place in the list. */
const indexOf = (item: RowItem, procs: readonly number[]): number =>
  item.proc !== null ? procs.indexOf(item.proc) : (item.index ?? -1);

export function useArea(store: TraceStore, timeline: Timeline, list: () => RowListSource | null): AreaMoves {
  const answer = shallowRef<Area | null>(null);
  const failure = shallowRef<string | null>(null);

  const byProcs = (): boolean => timeline.layout.value.list === null;
  const rowCount = (): number => (byProcs() ? timeline.layout.value.procs.length : (list()?.list?.count ?? 0));

  async function tracksOf(first: number, end: number): Promise<{ tracks: TrackId[]; names: string[] }> {
    if (byProcs()) {
      const procs = timeline.layout.value.procs.slice(first, end);
      return { tracks: procs.map((p) => trackOfProc(p, 0)), names: procs.map((p) => `P ${p}`) };
    }
    const tracks: TrackId[] = [];
    const names: string[] = [];
    const letter = { goroutines: 'G', threads: 'M ', tasks: 'Task ' }[timeline.layout.value.list!.by];
    for (let i = first; i < end; i++) {
      const head = await list()?.readHead(i);
      if (!head) continue;
      tracks.push(head.track);
      names.push(`${letter}${head.id}`);
    }
    return { tracks, names };
  }

  function rowsText(names: readonly string[], left: number): string {
    if (names.length === 0) return 'no row';
    const more = left > 0 ? `, ${formatCount(left)} more are left out` : '';
    return names.length === 1
      ? `${names[0]}${more}`
      : `${names[0]} – ${names.at(-1)}, ${formatCount(names.length)} rows${more}`;
  }

  async function set(range: TimeWindow, firstRow: number, endRow: number): Promise<void> {
    const from = Math.max(0, Math.round(Math.min(range.fromNanos, range.toNanos)));
    const to = Math.min(store.durationNanos, Math.round(Math.max(range.fromNanos, range.toNanos)));
    const first = Math.max(0, Math.min(firstRow, rowCount() - 1));
    const end = Math.max(first + 1, Math.min(endRow, rowCount()));
    if (to <= from) return;
    const kept = Math.min(end, first + MAX_AREA_ROWS);
    const { tracks, names } = await tracksOf(first, kept);
    const area: AreaBox = {
      fromNanos: from,
      toNanos: to,
      firstRow: first,
      endRow: end,
      tracks,
      rowsText: rowsText(names, end - kept),
    };
    store.setSelection({ kind: 'area', area });
  }

  function rowsSeen(): readonly [number, number] {
    const procs = timeline.layout.value.procs;
    const seen = timeline.rowsInView.value.items.map((i) => indexOf(i, procs)).filter((i) => i >= 0);
    if (byProcs()) return [0, procs.length];
    return seen.length > 0 ? [Math.min(...seen), Math.max(...seen) + 1] : [0, 1];
  }

  const current = (): AreaBox | null => (store.selection?.kind === 'area' ? store.selection.area : null);

  async function ofSelection(): Promise<void> {
    const range = rangeOf(store.selection);
    if (!range) return ofView();
    const [first, end] = rowsSeen();
    await set(range, first, end);
  }

  async function ofView(): Promise<void> {
    const [first, end] = rowsSeen();
    await set(timeline.view.value, first, end);
  }

  const step = (): Nanos => lengthOf(timeline.view.value) * STEP;

  watch(
    () => store.selection,
    async (s) => {
      if (s?.kind !== 'area') {
        answer.value = failure.value = null;
        return;
      }
      try {
        const a = await store.client.readArea(s.area.tracks, s.area.fromNanos, s.area.toNanos);
        if (a === SUPERSEDED || store.selection !== s) return;
        answer.value = a;
        failure.value = null;
      } catch (e) {
        if (store.selection !== s) return;
        answer.value = null;
        failure.value = traceErrorFrom(e).message;
      }
    },
    { immediate: true },
  );

  return {
    answer,
    failure,
    async select(range, from, to) {
      const procs = timeline.layout.value.procs;
      const ends = [from, to].flatMap((i) => (i ? [indexOf(i, procs)] : [])).filter((i) => i >= 0);
      const [first, end] = ends.length > 0 ? [Math.min(...ends), Math.max(...ends) + 1] : rowsSeen();
      await set(range, first, end);
    },
    ofSelection,
    ofView,
    async grow(direction) {
      const a = current();
      if (!a) {
        const v = timeline.view.value;
        const at = store.cursorNanos ?? (v.fromNanos + v.toNanos) / 2;
        const range = rangeOf(store.selection) ?? { fromNanos: at, toNanos: at + step() };
        const [first, end] = rowsSeen();
        await set(range, first, end);
        return;
      }
      const to = Math.max(a.fromNanos + 1, a.toNanos + direction * step());
      await set({ fromNanos: a.fromNanos, toNanos: to }, a.firstRow, a.endRow);
    },
    async growRows(direction) {
      const a = current();
      if (!a) return ofSelection();
      await set(a, a.firstRow, Math.max(a.firstRow + 1, a.endRow + direction));
    },
  };
}
