// The figures of the page: each side's engine tells what is known of it, the first one compares. A digest is kept for as
// long as the trace it was made of is as it was.

import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { TimeRange } from '../../../contract/answers';
import type { Comparison, Digest, Normalise, Series } from '../../../contract/compare';
import type { TraceInfo } from '../../../contract/trace-api';
import type { TraceStore } from '../../trace/trace-store';
import type { Side } from './use-sides';

/** Digests that are kept of one trace: its windows. */
const MOST_KEPT = 8;
const kept = new WeakMap<TraceInfo, Map<string, Digest>>();

const keyOf = (w: TimeRange | null): string => (w ? `${w.fromNanos}-${w.toNanos}` : 'all');

async function digestOf(
  store: TraceStore,
  window: TimeRange | null,
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<Digest> {
  const { info } = store;
  const known = info ? kept.get(info)?.get(keyOf(window)) : undefined;
  if (known !== undefined) return known;
  const scope = { window };
  const digest = await store.client.ask.readDigest({ scope }, { signal, onProgress: (p) => onProgress(p.done) });
  if (info) {
    const all = kept.get(info) ?? new Map<string, Digest>();
    kept.set(info, all);
    all.set(keyOf(window), digest);
    if (all.size > MOST_KEPT) all.delete(all.keys().next().value!);
  }
  return digest;
}

export interface Compared<T> {
  readonly value: Readonly<ShallowRef<T | null>>;
  readonly loading: Readonly<ShallowRef<boolean>>;
  /** 0..1 of the passes over all sides. */
  readonly share: Readonly<ShallowRef<number | null>>;
  readonly error: Readonly<ShallowRef<string | null>>;
  retry(): void;
}

/** Asks anew when a side, its window, its trace or `question` changes. `question`: null when there is nothing to ask. */
function useCompared<T>(
  sides: () => readonly Side[],
  question: () => ((first: TraceStore, digests: readonly Digest[], signal: AbortSignal) => Promise<T>) | null,
): Compared<T> {
  const value = shallowRef<T | null>(null);
  const loading = shallowRef(true);
  const share = shallowRef<number | null>(null);
  const error = shallowRef<string | null>(null);
  const tries = shallowRef(0);
  let abort: AbortController | null = null;
  const ready = computed(() => {
    const all = sides();
    return all.length > 1 && all.every((s) => s.store?.status === 'done' || s.store?.status === 'cancelled');
  });
  const about = computed(() =>
    sides()
      .map((s) => [s.entry?.traceId, keyOf(s.window), s.store?.info] as const)
      .flat(),
  );

  async function run(): Promise<void> {
    abort?.abort();
    const mine = new AbortController();
    abort = mine;
    const ask = question();
    const stores = sides().flatMap((s) => (s.store ? [{ store: s.store, window: s.window }] : []));
    const first = stores[0]?.store;
    loading.value = ask !== null;
    if (!ready.value || !ask || !first) return;
    const done = stores.map(() => 0);
    try {
      const digests = await Promise.all(
        stores.map(({ store, window }, i) =>
          digestOf(store, window, mine.signal, (n) => {
            done[i] = n;
            if (abort === mine) share.value = done.reduce((a, b) => a + b, 0) / done.length;
          }),
        ),
      );
      const answer = await ask(first, digests, mine.signal);
      if (abort !== mine) return;
      value.value = answer;
      error.value = null;
    } catch (e) {
      if (abort !== mine) return;
      value.value = null;
      error.value = e instanceof Error ? e.message : String(e);
    }
    loading.value = false;
    share.value = null;
  }
  watch(
    [
      ready,
      () => about.value.map(String).join(),
      () => about.value.filter((x) => typeof x === 'object'),
      question,
      tries,
    ],
    (now, before) => {
      const changed = now.some((x, i) =>
        Array.isArray(x) ? x.some((y, k) => y !== (before[i] as unknown[] | undefined)?.[k]) : x !== before[i],
      );
      if (changed) void run();
    },
    { immediate: true },
  );
  onScopeDispose(() => {
    abort?.abort();
    abort = null;
  });
  return { value, loading, share, error, retry: () => void tries.value++ };
}

/** The first two sides. */
export function useComparison(
  sides: ComputedRef<readonly Side[]>,
  normalise: () => Normalise,
  renamed: () => Readonly<Record<string, string>>,
): Compared<Comparison> {
  const question = computed(() => {
    const how = { normalise: normalise(), renamed: renamed() };
    return (first: TraceStore, [a = '', b = '']: readonly Digest[], signal: AbortSignal) =>
      first.client.ask.compareDigests({ a, b, ...how }, { signal });
  });
  return useCompared(
    () => sides.value.slice(0, 2),
    () => question.value,
  );
}

/** All sides, when there are more than two. */
export function useSeries(sides: ComputedRef<readonly Side[]>, normalise: () => Normalise): Compared<Series> {
  const question = computed(() => {
    const how = { normalise: normalise() };
    return sides.value.length < 3
      ? null
      : (first: TraceStore, digests: readonly Digest[], signal: AbortSignal) =>
          first.client.ask.compareSeries({ digests, ...how }, { signal });
  });
  return useCompared(
    () => sides.value,
    () => question.value,
  );
}
