// The traces that the page stands beside each other: named by its argument, found among the open ones, opened where they
// are not.

import { computed, shallowRef, watch, watchEffect, type ComputedRef } from 'vue';
import type { TimeRange } from '../../../contract/answers';
import { parseSides, type SideRef } from '../../../contract/places';
import type { TraceId } from '../../../contract/units';
import { useTraces, type OpenTraceEntry } from '../../base/traces';
import { usePageState } from '../../trace/page-state';
import { useTraceStore, type TraceStore } from '../../trace/trace-store';

export interface Side extends SideRef {
  readonly letter: string;
  readonly name: string;
  /** Null: it is on its way. */
  readonly entry: OpenTraceEntry | null;
  readonly store: TraceStore | null;
  /** The range that counts; null: the whole trace. */
  readonly window: TimeRange | null;
}

const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
export const letterOf = (place: number): string => String.fromCharCode(65 + (place % 26));

const isNanos = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v) && v >= 0;
const isRange = (v: unknown): v is TimeRange => {
  const { fromNanos, toNanos } = (v ?? {}) as Partial<TimeRange>;
  return isNanos(fromNanos) && isNanos(toNanos) && fromNanos < toNanos;
};
const isWindows = (v: unknown): v is readonly (TimeRange | null)[] =>
  Array.isArray(v) && v.every((w) => w === null || isRange(w));

export interface Sides {
  readonly list: ComputedRef<readonly Side[]>;
  setWindow(place: number, window: TimeRange | null): void;
  /** The windows of A and B change places with them. */
  swapWindows(): void;
  clearWindow(place: number): void;
}

/** Names of several sides that are alike get their folder, or `(2)`. */
export function sideNames(sides: readonly SideRef[]): readonly string[] {
  const plain = sides.map((s) => baseName(s.path) + (s.section > 1 ? ` (part ${s.section})` : ''));
  return plain.map((name, i) => {
    if (plain.indexOf(name) === plain.lastIndexOf(name)) return name;
    const others = sides.filter((_, k) => k !== i && plain[k] === name);
    const folder = baseName(sides[i]!.path.slice(0, -baseName(sides[i]!.path).length - 1));
    return others.every((o) => o.path !== sides[i]!.path) && folder !== '' ? `${folder}/${name}` : name;
  });
}

export function useSides(traceId: TraceId, arg: () => string | null): Sides {
  const traces = useTraces();
  const refs = computed(() => parseSides(arg()));
  const windows = usePageState<readonly (TimeRange | null)[]>(traceId, 'compare.windows', [], isWindows);
  const list = computed<readonly Side[]>(() => {
    const names = sideNames(refs.value);
    return refs.value.map((ref, i) => {
      const entry = traces?.list.value.find((t) => t.path === ref.path && t.section === ref.section) ?? null;
      return {
        ...ref,
        letter: letterOf(i),
        name: names[i]!,
        entry,
        store: entry ? useTraceStore(entry.traceId) : null,
        window: windows.value[i] ?? null,
      };
    });
  });
  // N.B. one that is known may sleep: a tab of the last session.
  watch(
    () => refs.value.map((s) => `${s.path}\t${s.section}`).join('\n'),
    () => refs.value.forEach((s) => traces?.ensure(s)),
    { immediate: true },
  );
  // A part of a file can be opened when the file is.
  const missing = shallowRef('');
  watchEffect(() => {
    const now = list.value
      .filter((s) => !s.entry && s.section > 1 && list.value.some((o) => o.path === s.path && o.entry))
      .map((s) => `${s.path}\t${s.section}`)
      .join('\n');
    if (now === missing.value) return;
    missing.value = now;
    for (const s of list.value) if (!s.entry) traces?.ensure(s);
  });
  const setWindow = (place: number, window: TimeRange | null): void => {
    const next = refs.value.map((_, i) => windows.value[i] ?? null);
    next[place] = window;
    windows.value = next;
  };
  return {
    list,
    setWindow,
    swapWindows() {
      const [a = null, b = null, ...rest] = windows.value;
      windows.value = [b, a, ...rest];
    },
    clearWindow: (place) => setWindow(place, null),
  };
}
