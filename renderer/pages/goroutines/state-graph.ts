// The states of a function's goroutines as a graph: boxes as large as they are frequent, lines for the ways between. Pure.

import type { StateGraph, StatePlace } from '../../../contract/answers';
import type { Nanos } from '../../../contract/units';
import type { CallGraph } from '../../profile-views/model/call-graph';
import type { Column } from '../../widgets/table/columns';

export const BEGUN = 'begun';
export const ENDED = 'ended';

/** `waiting: sync`; where a goroutine comes from and goes to are places too. */
export const placeName = (p: StatePlace, without: string): string =>
  p === null ? without : p.reason === '' ? p.state : `${p.state}: ${p.reason}`;

export interface StepRow {
  readonly key: string;
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** Of all steps out of `from`, 0..1. */
  readonly share: number;
  /** Time in `from`; null: it is none. */
  readonly nanos: Nanos | null;
}

export function stepRows(graph: StateGraph): readonly StepRow[] {
  const nanos = new Map(graph.states.map((s) => [placeName(s, ''), s.nanos]));
  const out = new Map<string, number>();
  const steps = graph.steps.map((s) => ({
    from: placeName(s.from, BEGUN),
    to: placeName(s.to, ENDED),
    count: s.count,
  }));
  for (const s of steps) out.set(s.from, (out.get(s.from) ?? 0) + s.count);
  return steps.map((s) => ({
    ...s,
    key: `${s.from}>${s.to}`,
    share: s.count / Math.max(1, out.get(s.from) ?? 0),
    nanos: nanos.get(s.from) ?? null,
  }));
}

/** Steps as the call graph's picture has them; weights are counts. Nothing is left out. */
export function pictureGraph(graph: StateGraph): CallGraph {
  const steps = stepRows(graph);
  const visits = new Map<string, number>();
  // A place is visited as often as it is entered, or, where the trace begins in it, left.
  for (const name of new Set(steps.flatMap((s) => [s.from, s.to]))) {
    const of = (end: 'from' | 'to'): number => steps.filter((s) => s[end] === name).reduce((n, s) => n + s.count, 0);
    visits.set(name, Math.max(of('to'), of('from')));
  }
  const names = [...visits.keys()];
  return {
    total: Math.max(1, ...visits.values()),
    nodes: names.map((name, functionIx) => ({ functionIx, name, flat: visits.get(name)!, cum: visits.get(name)! })),
    edges: steps.map((s) => ({
      from: names.indexOf(s.from),
      to: names.indexOf(s.to),
      weight: s.count,
      residual: false,
    })),
    droppedNodes: 0,
    droppedEdges: 0,
    nodeCutoff: 0,
    edgeCutoff: 0,
  };
}

export const STEP_COLUMNS: readonly Column<StepRow>[] = [
  {
    id: 'from',
    title: 'From',
    help: 'The state that is left; “begun”: the goroutine was just made',
    kind: 'text',
    value: (s) => s.from,
    widthPx: 118,
    fixed: true,
    grows: true,
  },
  {
    id: 'to',
    title: 'To',
    help: 'The state that is entered; “ended”: the goroutine is gone',
    kind: 'text',
    value: (s) => s.to,
    widthPx: 118,
    fixed: true,
  },
  { id: 'count', title: 'Count', help: 'How often', kind: 'count', value: (s) => s.count, widthPx: 70, bar: 'accent' },
  {
    id: 'share',
    title: 'Of its exits',
    help: 'Share of all steps out of the state that is left',
    kind: 'share',
    value: (s) => s.share,
    widthPx: 96,
    drops: 1,
  },
  {
    id: 'nanos',
    title: 'Time in From',
    help: 'Time of all goroutines of the function in the state that is left',
    kind: 'duration',
    value: (s) => s.nanos,
    widthPx: 104,
    bar: 'st-running',
  },
];
