// The small tables of a goroutine: its time by state, what the runtime did meanwhile, those it interacts with.

import { computed } from 'vue';
import type { GoroutineDetails, StateSum } from '../../../contract/answers';
import type { TraceStore } from '../../trace/trace-store';
import { useFoundRows, type FoundRows } from '../../trace/use-found-rows';
import { memorySource } from '../../widgets/table/memory-source';
import { useTable, type Table } from '../../widgets/table/use-table';
import { partnerColumns, stateColumns, type Partner } from './goroutine-columns';
import { pairColumns, pairsOf, type StatePair } from './state-pairs';
import { RANGE_COLUMNS, rangeRowsOf, type RangeRow } from './range-rows';

export interface Searched<Row> extends FoundRows<Row> {
  readonly table: Table<Row>;
}

export interface GoroutineTables {
  readonly states: Searched<StateSum>;
  readonly ranges: Searched<RangeRow>;
  readonly partners: Searched<Partner>;
}

/** Time by state of two beside each other; empty where there are not two. Call in set-up: `ids` stay what they are. */
export function useStatePairs(
  store: TraceStore,
  ids: readonly number[],
  both: () => readonly GoroutineDetails[] | null,
  title: () => string,
  fileStem: (what: string) => string,
): Searched<StatePair> {
  const columns = pairColumns([`G${ids[0] ?? 0}`, `G${ids[1] ?? 0}`]);
  const rows = computed(() => {
    const [a, b] = both() ?? [];
    return a && b ? pairsOf(a.byState, b.byState) : null;
  });
  const found = useFoundRows<StatePair>(
    store,
    () => rows.value,
    (p) => ({
      names: [p.state, p.reason],
      numbers: { dur: Math.max(...p.sums.map((s) => s?.nanos ?? 0)) },
      texts: { reason: p.reason },
      state: p.state === 'syscall-blocked' ? 'syscall' : p.state,
    }),
  );
  const table = useTable<StatePair>({
    id: 'goroutine.pairs',
    name: () => `Time by state of ${title()}`,
    columns,
    source: memorySource<StatePair>({ rows: () => rows.value, columns, filter: found.filter }),
    rowKey: (p) => `${p.state} ${p.reason}`,
    fileStem: () => fileStem('states'),
  });
  return { ...found, table };
}

/** Call in set-up. */
export function useGoroutineTables(
  store: TraceStore,
  details: () => GoroutineDetails | null,
  title: () => string,
  fileStem: (what: string) => string,
): GoroutineTables {
  const stateList = (): readonly StateSum[] | null => details()?.byState ?? null;
  const foundStates = useFoundRows<StateSum>(store, stateList, (s) => ({
    names: [s.state, s.reason],
    numbers: { dur: s.nanos },
    texts: { reason: s.reason },
    state: s.state === 'syscall-blocked' ? 'syscall' : s.state,
  }));
  const states = useTable<StateSum>({
    id: 'goroutine.states',
    name: () => `Time by state of ${title()}`,
    columns: stateColumns,
    source: memorySource<StateSum>({
      rows: stateList,
      columns: stateColumns,
      sort: [{ column: 'nanos', descending: true }],
      filter: foundStates.filter,
    }),
    rowKey: (s) => `${s.state} ${s.reason}`,
    fileStem: () => fileStem('states'),
  });

  // Ranges lie across the states.
  const rangeRows = computed(() => {
    const d = details();
    return d && rangeRowsOf(d.sums);
  });
  const foundRanges = useFoundRows<RangeRow>(
    store,
    () => rangeRows.value,
    (r) => ({ names: [r.name, r.about], numbers: { dur: r.nanos } }),
  );
  const ranges = useTable<RangeRow>({
    id: 'goroutine.ranges',
    name: () => `Special ranges of ${title()}`,
    columns: RANGE_COLUMNS,
    source: memorySource<RangeRow>({
      rows: () => rangeRows.value,
      columns: RANGE_COLUMNS,
      sort: [{ column: 'nanos', descending: true }],
      filter: foundRanges.filter,
    }),
    rowKey: (r) => r.name,
    fileStem: () => fileStem('ranges'),
  });

  const partnerList = (): readonly Partner[] | null => details()?.partners ?? null;
  const foundPartners = useFoundRows<Partner>(store, partnerList, (p) => ({
    names: [`G${p.id}`, p.name],
    numbers: { g: p.id },
    texts: { fn: p.name },
  }));
  const partners = useTable<Partner>({
    id: 'goroutine.partners',
    name: () => 'Partners',
    columns: partnerColumns,
    source: memorySource<Partner>({ rows: partnerList, columns: partnerColumns, filter: foundPartners.filter }),
    rowKey: (p) => p.id,
    fileStem: () => fileStem('partners'),
  });
  return {
    states: { ...foundStates, table: states },
    ranges: { ...foundRanges, table: ranges },
    partners: { ...foundPartners, table: partners },
  };
}
