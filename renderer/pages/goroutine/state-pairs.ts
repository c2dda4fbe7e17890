// Two goroutines side by side: their time by state and reason, and what one has more than the other. Pure.

import type { GoroutineState, StateSum } from '../../../contract/answers';
import { formatDurationText } from '../../base/format';
import type { Column } from '../../widgets/table/columns';
import { stateAndReason } from './goroutine-columns';

export interface StatePair {
  readonly state: GoroutineState;
  readonly reason: string;
  /** Null: it was never in it. */
  readonly sums: readonly [StateSum | null, StateSum | null];
}

const keyOf = (s: { readonly state: string; readonly reason: string }): string => `${s.state} ${s.reason}`;

/** A line for each state and reason that one of them was in; the most time of both first. */
export function pairsOf(a: readonly StateSum[], b: readonly StateSum[]): readonly StatePair[] {
  const others = new Map(b.map((s) => [keyOf(s), s]));
  const own = new Set(a.map(keyOf));
  const pairs: StatePair[] = [
    ...a.map((s) => ({ state: s.state, reason: s.reason, sums: [s, others.get(keyOf(s)) ?? null] as const })),
    ...b.filter((s) => !own.has(keyOf(s))).map((s) => ({ state: s.state, reason: s.reason, sums: [null, s] as const })),
  ];
  const most = (p: StatePair): number => Math.max(...p.sums.map((s) => s?.nanos ?? 0));
  return [...pairs].sort((x, y) => most(y) - most(x));
}

/** What the second has more than the first, in ns. */
export const moreOf = ({ sums: [a, b] }: StatePair): number => (b?.nanos ?? 0) - (a?.nanos ?? 0);

/** `+1.204 ms`, `−12.29 ms`, `=`. */
export function moreText(nanos: number): string {
  if (nanos === 0) return '=';
  return `${nanos > 0 ? '+' : '−'}${formatDurationText(Math.abs(nanos))}`;
}

/** `names`: of the first and the second, such as `G7`. */
export function pairColumns(names: readonly [string, string]): readonly Column<StatePair>[] {
  const time = (i: 0 | 1): Column<StatePair> => ({
    id: i === 0 ? 'a' : 'b',
    title: names[i],
    help: `Time of ${names[i]} in this state`,
    kind: 'duration',
    value: (p) => p.sums[i]?.nanos ?? 0,
    widthPx: 112,
  });
  const count = (i: 0 | 1): Column<StatePair> => ({
    id: i === 0 ? 'aCount' : 'bCount',
    title: `${names[i]}, count`,
    help: `How often ${names[i]} was in it`,
    kind: 'count',
    value: (p) => p.sums[i]?.count ?? 0,
    widthPx: 112,
    drops: 2,
  });
  return [
    ...stateAndReason<StatePair>('What they were in', 150),
    time(0),
    time(1),
    {
      id: 'more',
      title: 'Difference',
      help: `How much more time ${names[1]} was in it than ${names[0]}`,
      kind: 'duration',
      value: moreOf,
      text: (p) => moreText(moreOf(p)),
      widthPx: 116,
    },
    count(0),
    count(1),
  ];
}
