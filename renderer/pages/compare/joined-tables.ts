// Rows of the joined tables in one shape: a name, one figure of A and of B, and what became of it. Pure.

import type { ProfileName } from '../../../contract/answers';
import type {
  ComparedFunction,
  ComparedStack,
  ComparedType,
  Comparison,
  FunctionSide,
  MeasureChange,
  ShiftTest,
  StackSide,
  TypeSide,
} from '../../../contract/compare';
import type { PlaceRequest } from '../../../contract/places';
import type { SearchedRow } from '../../../contract/search';
import { timeChange } from './measure-text';

export const JOINED = ['functions', 'net', 'sync', 'syscall', 'sched', 'cpu', 'tasks', 'regions'] as const;
export type JoinedId = (typeof JOINED)[number];

export const JOINED_TEXT: Readonly<Record<JoinedId, { readonly name: string; readonly noun: string }>> = {
  functions: { name: 'Functions', noun: 'function' },
  net: { name: 'Network', noun: 'stack' },
  sync: { name: 'Synchronization', noun: 'stack' },
  syscall: { name: 'Syscalls', noun: 'stack' },
  sched: { name: 'Scheduler latency', noun: 'stack' },
  cpu: { name: 'CPU samples', noun: 'stack' },
  tasks: { name: 'Tasks', noun: 'type' },
  regions: { name: 'Regions', noun: 'region' },
};

/** What can be typed into the filter of each. */
const STACK_HINT = 'name  stack:Lock  dur>1ms';
export const JOINED_HINT: Readonly<Record<JoinedId, string>> = {
  functions: 'name  fn:main  dur>1ms',
  net: STACK_HINT,
  sync: STACK_HINT,
  syscall: STACK_HINT,
  sched: STACK_HINT,
  cpu: 'name  stack:main',
  tasks: 'name  task:fetch  dur>1ms',
  regions: 'name  region:parse  dur>1ms',
};

/** What a table compares of its rows. */
export interface Figure<Side> {
  readonly id: string;
  readonly name: string;
  readonly kind: 'duration' | 'count';
  readonly of: (side: Side) => number | null;
}

const cost = (s: FunctionSide): number => s.execNanos + s.schedWaitNanos + s.syscallNanos;
const spread = (field: keyof FunctionSide['spread'], at: number) => (s: FunctionSide) => s.spread[field]?.[at] ?? null;

export const FUNCTION_FIGURES: readonly Figure<FunctionSide>[] = [
  { id: 'cost', name: 'Execution, waits for a processor and system calls', kind: 'duration', of: cost },
  { id: 'exec', name: 'Execution', kind: 'duration', of: (s) => s.execNanos },
  { id: 'sched', name: 'Scheduler wait', kind: 'duration', of: (s) => s.schedWaitNanos },
  { id: 'syscall', name: 'System calls', kind: 'duration', of: (s) => s.syscallNanos },
  { id: 'block', name: 'Blocked', kind: 'duration', of: (s) => s.blockNanos },
  { id: 'total', name: 'Total', kind: 'duration', of: (s) => s.totalNanos },
  { id: 'count', name: 'Goroutines', kind: 'count', of: (s) => s.count },
  { id: 'exec50', name: 'Execution of one, median', kind: 'duration', of: spread('execNanos', 0) },
  { id: 'exec95', name: 'Execution of one, 95th percentile', kind: 'duration', of: spread('execNanos', 1) },
  { id: 'exec99', name: 'Execution of one, 99th percentile', kind: 'duration', of: spread('execNanos', 2) },
  { id: 'sched95', name: 'Scheduler wait of one, 95th percentile', kind: 'duration', of: spread('schedWaitNanos', 1) },
  { id: 'total50', name: 'Life of one, median', kind: 'duration', of: spread('totalNanos', 0) },
  { id: 'total95', name: 'Life of one, 95th percentile', kind: 'duration', of: spread('totalNanos', 1) },
  { id: 'total99', name: 'Life of one, 99th percentile', kind: 'duration', of: spread('totalNanos', 2) },
];
export const STACK_FIGURES: readonly Figure<StackSide>[] = [
  { id: 'delay', name: 'Time of waits that ended', kind: 'duration', of: (s) => s.delayNanos },
  { id: 'count', name: 'Waits that ended', kind: 'count', of: (s) => s.count },
  { id: 'mean', name: 'Mean wait', kind: 'duration', of: (s) => (s.count > 0 ? s.delayNanos / s.count : null) },
  { id: 'still', name: 'Waits that never ended', kind: 'count', of: (s) => s.stillCount },
];
const quantile = (q: number) => (s: TypeSide) => s.quantiles.find((x) => x.q === q)?.nanos ?? null;
export const TYPE_FIGURES: readonly Figure<TypeSide>[] = [
  { id: 'sum', name: 'Sum of lengths', kind: 'duration', of: (s) => s.sumNanos },
  { id: 'mean', name: 'Mean length', kind: 'duration', of: (s) => s.meanNanos },
  { id: 'q50', name: 'Median length', kind: 'duration', of: quantile(0.5) },
  { id: 'q95', name: 'Length, 95th percentile', kind: 'duration', of: quantile(0.95) },
  { id: 'q99', name: 'Length, 99th percentile', kind: 'duration', of: quantile(0.99) },
  { id: 'max', name: 'Longest', kind: 'duration', of: quantile(1) },
  { id: 'count', name: 'Count', kind: 'count', of: (s) => s.count },
];

export interface JoinedRow {
  readonly key: string;
  readonly name: string;
  /** What stands behind the name: the callers, the function of a region. */
  readonly more: string;
  readonly title: string;
  /** Names of a function as each side has it: two when it was renamed. */
  readonly names: readonly [string | null, string | null];
  readonly a: number | null;
  readonly b: number | null;
  readonly difference: number;
  readonly ratio: number | null;
  readonly only: 'a' | 'b' | null;
  readonly change: MeasureChange;
  readonly test: ShiftTest | null;
  /** Page of a side that says more. */
  readonly place: PlaceRequest;
}

function figured<Side>(
  row: { readonly a: Side | null; readonly b: Side | null; readonly only: 'a' | 'b' | null },
  figure: Figure<Side>,
): Pick<JoinedRow, 'a' | 'b' | 'difference' | 'ratio' | 'only' | 'change'> {
  const a = row.a && figure.of(row.a);
  const b = row.b && figure.of(row.b);
  const [va, vb] = [a ?? 0, b ?? 0];
  const ratio = va === vb ? 1 : va === 0 ? null : vb / va;
  const change = figure.kind === 'count' ? (va === vb ? 'same' : 'plain') : timeChange(va, vb);
  return { a, b, difference: vb - va, ratio, only: row.only, change };
}

const shownName = (name: string): string => name || '(inactive, no stack trace sampled)';

export const functionRows = (rows: readonly ComparedFunction[], figure: Figure<FunctionSide>): readonly JoinedRow[] =>
  rows.map((r) => ({
    ...figured(r, figure),
    key: r.name,
    name: shownName(r.name),
    more: r.a && r.b && r.a.name !== r.b.name ? `was ${r.a.name}` : '',
    title: r.name,
    names: [r.a?.name ?? null, r.b?.name ?? null],
    test: null,
    place: { page: 'goroutines', arg: r.name || null },
  }));

const PROFILE_PAGE: Readonly<Record<ProfileName, string>> = {
  net: 'network',
  sync: 'sync',
  syscall: 'syscall',
  sched: 'sched',
  cpu: 'cpu',
  other: 'other',
  wall: 'wall',
};
/** The runtime's own frames say how a goroutine waits, not where. */
const isRuntime = (f: string): boolean => /^(runtime|sync|internal\/)[./]/.test(f) || f.startsWith('internal/');

export function stackRows(
  rows: readonly ComparedStack[],
  figure: Figure<StackSide>,
  profile: ProfileName,
): readonly JoinedRow[] {
  return rows.map((r) => {
    const at = Math.max(
      0,
      r.functions.findIndex((f) => !isRuntime(f)),
    );
    const name = r.functions[at] ?? '(no stack recorded)';
    const callers = r.functions.slice(at + 1);
    return {
      ...figured(r, figure),
      key: r.functions.join('\n'),
      name,
      more: callers.length > 0 ? `← ${callers.join(' ← ')}` : '',
      title: r.functions.join('\n'),
      names: [null, null],
      test: null,
      place: { page: PROFILE_PAGE[profile] },
    };
  });
}

export const typeRows = (
  rows: readonly ComparedType[],
  figure: Figure<TypeSide>,
  of: 'tasks' | 'regions',
): readonly JoinedRow[] =>
  rows.map((r) => ({
    ...figured(r, figure),
    key: `${r.name}\n${r.frame}`,
    name: r.name || '(no task)',
    more: r.frame,
    title: `${r.name} ${r.frame}`.trim(),
    names: [null, null],
    test: r.test,
    place: of === 'tasks' ? { page: 'tasks' } : { page: 'region', arg: r.name },
  }));

export const figuresOf = (id: JoinedId): readonly { readonly id: string; readonly name: string }[] =>
  id === 'functions' ? FUNCTION_FIGURES : id === 'tasks' || id === 'regions' ? TYPE_FIGURES : STACK_FIGURES;

export const figureOf = <S>(list: readonly Figure<S>[], id: string): Figure<S> =>
  list.find((f) => f.id === id) ?? list[0]!;

/** The rows of a table with a figure of them. */
export function rowsOf(c: Comparison, id: JoinedId, figure: string): readonly JoinedRow[] {
  if (id === 'functions') return functionRows(c.functions, figureOf(FUNCTION_FIGURES, figure));
  if (id === 'tasks') return typeRows(c.tasks, figureOf(TYPE_FIGURES, figure), id);
  if (id === 'regions') return typeRows(c.regions, figureOf(TYPE_FIGURES, figure), id);
  return stackRows(c.profiles[id] ?? [], figureOf(STACK_FIGURES, figure), id);
}

export const kindOf = (id: JoinedId, figure: string): 'duration' | 'count' =>
  ([...FUNCTION_FIGURES, ...STACK_FIGURES, ...TYPE_FIGURES] as readonly Figure<never>[]).find(
    (f) => f.id === figure && figuresOf(id).some((g) => g === (f as unknown)),
  )?.kind ?? 'duration';

const FIELD: Readonly<Record<JoinedId, string>> = {
  functions: 'fn',
  net: 'stack',
  sync: 'stack',
  syscall: 'stack',
  sched: 'stack',
  cpu: 'stack',
  tasks: 'task',
  regions: 'region',
};

/** A row as the search language sees it: `dur` is the longer one of both sides. */
export function searchedJoined(id: JoinedId, kind: 'duration' | 'count', row: JoinedRow): SearchedRow {
  const field = FIELD[id];
  return {
    names: [row.name, row.more],
    numbers: kind === 'duration' ? { dur: Math.max(row.a ?? 0, row.b ?? 0) } : {},
    texts: {
      [field]: field === 'stack' ? row.title.split('\n') : row.name,
      ...(id === 'regions' && { stack: row.more }),
    },
  };
}
