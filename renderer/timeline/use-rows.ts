// The rows that are not processors: keeps the engine's list in step with the chosen mode, and the heads of pinned rows.

import { computed, onBeforeUnmount, shallowRef, triggerRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { RowHead, RowKind } from '../../contract/rows';
import type { TrackId } from '../../contract/units';
import { RowListSource, WHOLE_ROWS } from '../trace/row-list';
import type { TraceStore } from '../trace/trace-store';
import { kindOfRows } from '../trace/view-mode';
import { listRowPx, parseRowName, type LayoutInput, type ListPart } from './layout';
import { GROUP_HEAD_PX, LIST_ROW_PX, NEST_PX } from './metrics';
import { RowGeometry } from './row-geometry';

export interface Rows {
  /** The engine's list; its fields are read anew whenever this fires. */
  readonly source: ShallowRef<RowListSource>;
  readonly list: ComputedRef<Omit<ListPart, 'topPx'> | null>;
  readonly pinned: ComputedRef<LayoutInput['pinned']>;
  headOfTrack(track: TrackId): RowHead | null;
  /** Asks for the heads of rows in view. */
  want(from: number, end: number): void;
}

export function useRows(store: TraceStore): Rows {
  const own = new RowListSource(store.client);
  const source = shallowRef(own);
  const pinnedHeads = shallowRef<ReadonlyMap<string, RowHead>>(new Map());
  const kind = computed(() => kindOfRows(store.mode.rowsBy));
  const readable = computed(() => store.status === 'done' || store.status === 'cancelled');
  const endList = own.onChange(() => triggerRef(source));

  const request = computed(() => {
    const m = store.mode;
    return kind.value === null || !readable.value
      ? null
      : JSON.stringify({
          by: kind.value,
          groupByName: m.grouped && kind.value === 'goroutines',
          sort: m.sort,
          descending: m.descending,
          filter: m.filter.trim(),
          ids: null,
          window: null,
        });
  });
  watch(
    request,
    (text) => {
      if (text === null) own.close();
      else void own.open(JSON.parse(text) as Parameters<RowListSource['open']>[0]);
      triggerRef(source);
    },
    { immediate: true },
  );

  /** Long lists have one height for all: then bands have room where the trace has regions at all. */
  const uniformPx = computed(() => LIST_ROW_PX + (store.info?.kinds['RegionBegin'] ? NEST_PX : 0));
  const list = computed(() => {
    const s = source.value;
    if (!s.list || s.list.by !== kind.value) return null;
    const { count, groups } = s.list;
    const short = count <= WHOLE_ROWS && (count === 0 || s.head(count - 1) !== undefined);
    const geometry = new RowGeometry({
      count,
      groups,
      closed: new Set(store.mode.closed),
      headPx: GROUP_HEAD_PX,
      rowPx: short ? (i) => listRowPx(s.head(i)) : uniformPx.value,
    });
    return { by: kind.value as ListPart['by'], geometry, headOf: (i: number) => s.head(i) };
  });

  const wantedPins = computed(() => {
    if (!readable.value) return '';
    return store.mode.pinned.filter((r) => parseRowName(r) !== null).join(' ');
  });
  watch(wantedPins, (names) => void readPinned(names), { immediate: true });

  async function readPinned(names: string): Promise<void> {
    const rows = names === '' ? [] : names.split(' ').map((row) => ({ row, ...parseRowName(row)! }));
    const kinds = [...new Set(rows.map((r) => r.by))];
    const found = new Map<string, RowHead>();
    const ask = async (by: RowKind): Promise<void> => {
      const mine = rows.filter((r) => r.by === by);
      for (const h of await store.client.readRows(
        by,
        mine.map((r) => r.id),
      ))
        for (const r of mine) if (r.id === h.id) found.set(r.row, h);
    };
    // A row that cannot be read is not shown; its name stays for the next time.
    await Promise.allSettled(kinds.map(ask));
    if (names === wantedPins.value) pinnedHeads.value = found;
  }

  const pinned = computed(() => store.mode.pinned.map((row) => ({ row, head: pinnedHeads.value.get(row) ?? null })));

  onBeforeUnmount(() => {
    endList();
    own.close();
  });

  return {
    source,
    list,
    pinned,
    headOfTrack(track) {
      const known = own.headOfTrack(track);
      if (known) return known;
      for (const h of pinnedHeads.value.values()) if (h.track === track) return h;
      return null;
    },
    want: (from, end) => own.want(from, end),
  };
}
