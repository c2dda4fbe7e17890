// What both axes can be aligned at: the start, the first mark of each side, the first task or region of a name.

import { shallowRef, watch, type ShallowRef } from 'vue';
import type { Comparison } from '../../../contract/compare';
import type { RegionRow, TaskRow } from '../../../contract/tables';
import type { TraceStore } from '../../trace/trace-store';
import type { Anchor } from './link-axes';
import type { Side } from './use-sides';

/** `start`, `marks`, `task:NAME`, `region:NAME`. */
export type Align = string;

export interface AlignOption {
  readonly id: Align;
  readonly name: string;
}

/** Names in one list at most: a program with more has no use for a list. */
const MOST_NAMES = 100;

export function alignOptions(comparison: Comparison | null): readonly AlignOption[] {
  const names = (list: readonly { readonly name: string; readonly only: unknown }[] = []): readonly string[] =>
    [...new Set(list.filter((t) => t.only === null && t.name !== '').map((t) => t.name))].sort().slice(0, MOST_NAMES);
  return [
    { id: 'start', name: 'the start' },
    { id: 'marks', name: 'the first mark of each' },
    ...names(comparison?.tasks).map((n) => ({ id: `task:${n}`, name: `the first task ${n}` })),
    ...names(comparison?.regions).map((n) => ({ id: `region:${n}`, name: `the first region ${n}` })),
  ];
}

async function firstOf(store: TraceStore, table: 'tasks' | 'regions', name: string): Promise<Anchor | null> {
  const { ask } = store.client;
  const sort = [{ column: 'begin', descending: false }] as const;
  const scope = { window: null };
  const opened = await ask.openTable({ table, scope, name, frame: null, find: '', within: [], sort, bars: [] });
  const [row] = await ask.readRows({ tableId: opened.tableId, from: 0, count: 1 });
  void ask.closeTable({ tableId: opened.tableId });
  if (!row) return null;
  const atNanos = table === 'tasks' ? (row as TaskRow).beginNanos : (row as RegionRow).fromNanos;
  return { atNanos, lengthNanos: (row as TaskRow | RegionRow).durationNanos };
}

/** Where a side is aligned. Null: it has no such place. */
async function anchorOf(store: TraceStore, align: Align): Promise<Anchor | null> {
  const whole = store.durationNanos;
  const [kind, name = ''] = /^(task|region):(.*)$/s.exec(align)?.slice(1) ?? [align];
  if (kind === 'task') return firstOf(store, 'tasks', name);
  if (kind === 'region') return firstOf(store, 'regions', name);
  if (kind !== 'marks') return { atNanos: 0, lengthNanos: whole };
  const marks = [...store.marks].sort((a, b) => a.fromNanos - b.fromNanos);
  const [first, second] = marks;
  if (!first) return null;
  const end = first.toNanos > first.fromNanos ? first.toNanos : second?.fromNanos;
  return { atNanos: first.fromNanos, lengthNanos: end === undefined ? whole : end - first.fromNanos };
}

export interface Anchors {
  /** Of A and B; null while they are looked for. */
  readonly both: ShallowRef<readonly [Anchor, Anchor] | null>;
  /** Why the axes stand at the start instead; empty when they do not. */
  readonly problem: ShallowRef<string>;
}

export function useAnchors(sides: () => readonly Side[], align: () => Align): Anchors {
  const both = shallowRef<readonly [Anchor, Anchor] | null>(null);
  const problem = shallowRef('');
  watch(
    () => [align(), ...sides().flatMap((s) => [s.store, s.store?.status, s.store?.durationNanos, s.store?.marks])],
    async (_now, _before, onCleanup) => {
      let over = false;
      onCleanup(() => (over = true));
      const stores = sides().flatMap((s) => (s.store && s.store.durationNanos > 0 ? [s.store] : []));
      const [a, b] = stores;
      if (!a || !b) return;
      const found = await Promise.all([anchorOf(a, align()), anchorOf(b, align())]).catch(() => [null, null] as const);
      if (over) return;
      const start = (s: TraceStore): Anchor => ({ atNanos: 0, lengthNanos: s.durationNanos });
      both.value = found[0] && found[1] ? [found[0], found[1]] : [start(a), start(b)];
      const lacks = sides().filter((_, i) => !found[i]);
      problem.value =
        lacks.length === 0
          ? ''
          : align() === 'marks'
            ? `${lacks.map((s) => s.letter).join(' and ')} has no mark yet: press M in its timeline. Aligned at the start.`
            : 'That is not in both traces. Aligned at the start.';
    },
    { immediate: true },
  );
  return { both, problem };
}
