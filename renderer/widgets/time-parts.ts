// Time by state as parts of a stacked bar: the same order, names and looks wherever time is split (visual.md, section 4).

import type { GoroutineState, TimeSums } from '../../contract/answers';
import { FAMILY_NAMES, familyOf, type WaitFamily } from '../base/wait-family';
import type { BarPart } from './table/columns';

type Slot = 'running' | 'runnable' | 'syscall' | WaitFamily | 'none';

const ORDER: readonly Slot[] = [
  'running',
  'runnable',
  'sync',
  'select',
  'sleep',
  'syscall',
  'sys',
  'net',
  'gc',
  'other',
  'none',
];

const LOOKS: Readonly<Record<Slot, { readonly name: string; readonly look: string }>> = {
  running: { name: 'running', look: 'running' },
  runnable: { name: 'sched wait', look: 'runnable' },
  syscall: { name: 'syscall', look: 'syscall' },
  sync: { name: FAMILY_NAMES.sync, look: 'wait-sync' },
  net: { name: FAMILY_NAMES.net, look: 'wait-net' },
  select: { name: FAMILY_NAMES.select, look: 'wait-select' },
  sleep: { name: FAMILY_NAMES.sleep, look: 'wait-sleep' },
  sys: { name: 'syscall without a processor', look: 'wait-sys' },
  gc: { name: FAMILY_NAMES.gc, look: 'wait-gc' },
  other: { name: 'other, or no reason given', look: 'wait-other' },
  none: { name: 'no goroutine', look: 'idle' },
};

const slotOf = (state: GoroutineState | 'none', reason: string): Slot => {
  if (state === 'waiting') return familyOf(reason);
  return state === 'syscall-blocked' ? 'sys' : state;
};

/** Class of the look of a state and reason: `part-…` in styles/parts.css. */
export const lookOf = (state: GoroutineState | 'none', reason: string): string => LOOKS[slotOf(state, reason)].look;

/** Sums of states and reasons as parts, in their order; those of 0 are left out. They add up to what went in. */
export function partsOfStates(
  sums: readonly { readonly state: GoroutineState | 'none'; readonly reason: string; readonly nanos: number }[],
): readonly BarPart[] {
  const by = new Map<Slot, number>();
  for (const { state, reason, nanos } of sums) {
    const slot = slotOf(state, reason);
    by.set(slot, (by.get(slot) ?? 0) + nanos);
  }
  return ORDER.flatMap((slot) => {
    const amount = by.get(slot) ?? 0;
    return amount > 0 ? [{ ...LOOKS[slot], amount }] : [];
  });
}

/** The parts of what goroutines did: they add up to the total. */
export const partsOfSums = (s: TimeSums): readonly BarPart[] =>
  partsOfStates([
    { state: 'running', reason: '', nanos: s.execNanos },
    { state: 'runnable', reason: '', nanos: s.schedWaitNanos },
    { state: 'syscall', reason: '', nanos: s.syscallNanos },
    { state: 'syscall-blocked', reason: '', nanos: s.syscallBlockNanos },
    ...Object.entries(s.blockNanos).map(([reason, nanos]) => ({ state: 'waiting' as const, reason, nanos })),
    { state: 'waiting', reason: '', nanos: s.unknownNanos },
  ]);

/** The whole legend, in the order of the bars. */
export const PART_LEGEND: readonly { readonly name: string; readonly look: string }[] = ORDER.filter(
  (s) => s !== 'none',
).map((s) => LOOKS[s]);
