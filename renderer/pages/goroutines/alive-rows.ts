// Goroutines that live and stand still when the trace ends, by where they stand: suspects of a leak or a deadlock. Pure.

import type { Frame, Profile } from '../../../contract/answers';
import type { Nanos } from '../../../contract/units';
import type { Column } from '../../widgets/table/columns';

export interface AliveRow {
  readonly key: number;
  /** `synchronization wait`, `runnable` … */
  readonly state: string;
  /** The function of the program that waits: the first that is not of Go's own; else the leaf. */
  readonly at: string;
  /** The start function, from the stack's root; empty where there is no stack. */
  readonly start: string;
  readonly count: number;
  readonly longestNanos: Nanos;
  readonly sumNanos: Nanos;
  readonly isSystem: boolean;
  readonly stack: readonly Frame[];
  /** Those that stand there longest, up to 10. */
  readonly goroutines: readonly number[];
}

const OWN = /^(runtime|internal|sync|syscall|os|net|time|context|io|bufio)[./]/;
const placeOf = (f: Frame | undefined): string => (f ? `${f.function}:${f.line}` : '(no stack recorded)');

/** From what never ended of the profile `wall`: the leaf of each stack is the state. */
export function aliveRows(profile: Profile): readonly AliveRow[] {
  return profile.still.stacks
    .filter((s) => s.count > 0)
    .map((s, key) => {
      const [leaf, ...stack] = s.frames.map((i) => profile.frames[i]!);
      const start = stack.at(-1)?.function ?? '';
      return {
        key,
        state: (leaf?.function ?? '').replace(/^\(|\)$/g, ''),
        at: placeOf(stack.find((f) => !OWN.test(f.function)) ?? stack[0]),
        start,
        count: s.count,
        longestNanos: s.maxNanos,
        sumNanos: s.delayNanos,
        isSystem: start === '' || start.startsWith('runtime.'),
        stack,
        goroutines: s.longest.map((o) => o.goroutine),
      };
    });
}

export const ALIVE_COLUMNS: readonly Column<AliveRow>[] = [
  {
    id: 'state',
    title: 'State',
    help: 'What they were in when the trace ended, and had not left',
    kind: 'text',
    value: (r) => r.state,
    widthPx: 160,
    fixed: true,
  },
  {
    id: 'at',
    title: 'Stands at',
    help: 'The function of the program that waits: the first of the stack that is not of Go’s own packages',
    kind: 'code',
    value: (r) => r.at,
    widthPx: 240,
    grows: true,
  },
  {
    id: 'start',
    title: 'Start function',
    help: 'The function that they were started with: the root of the stack',
    kind: 'code',
    value: (r) => r.start,
    widthPx: 200,
    drops: 2,
  },
  {
    id: 'count',
    title: 'Goroutines',
    help: 'Goroutines that stand there with the same stack',
    kind: 'count',
    value: (r) => r.count,
    widthPx: 100,
    bar: 'accent',
  },
  {
    id: 'longest',
    title: 'Longest',
    help: 'How long the one that stands there longest has stood, within the trace',
    kind: 'duration',
    value: (r) => r.longestNanos,
    widthPx: 110,
    bar: 'wait-sync',
  },
  {
    id: 'sum',
    title: 'In all',
    help: 'The same, summed over them',
    kind: 'duration',
    value: (r) => r.sumNanos,
    widthPx: 110,
    drops: 3,
  },
  {
    id: 'who',
    title: 'Some of them',
    help: 'Those that have stood there longest; a click opens one',
    kind: 'custom',
    value: () => null,
    widthPx: 160,
    drops: 1,
  },
];
