// The figures of the page: each side's engine tells what is known of it, the first one compares. A digest is kept for as
// long as the trace it was made of is as it was.

import { computed, type ComputedRef } from 'vue';
import type { TimeRange } from '../../../contract/answers';
import type { Comparison, Digest, Normalise, Series } from '../../../contract/compare';
import type { TraceInfo } from '../../../contract/trace-api';
import type { AskOptions } from '../../trace/trace-client';
import type { TraceStore } from '../../trace/trace-store';
import { isRead, useAsked, type Answer } from '../../trace/use-answer';
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

/** What is asked of a side; the same while none of it changes. */
interface Part {
  readonly store: TraceStore;
  readonly info: TraceInfo | null;
  readonly window: TimeRange | null;
}

const isSame = (a: Part, b: Part | undefined): boolean =>
  a.store === b?.store && a.info === b.info && keyOf(a.window) === keyOf(b.window);

type Compare<T> = (first: TraceStore, digests: readonly Digest[], signal: AbortSignal) => Promise<T>;

/** Asks anew when a side, its window, its trace or `compare` changes. `compare`: null when there is nothing to ask. */
function useCompared<T>(sides: () => readonly Side[], compare: () => Compare<T> | null): Answer<T> {
  const parts = computed<readonly Part[]>((before) => {
    const now = sides().flatMap(({ store, window }) => (store ? [{ store, info: store.info, window }] : []));
    return before?.length === now.length && now.every((p, i) => isSame(p, before[i])) ? before : now;
  });
  // N.B. computed: the same function while nothing changes that the figures are about.
  const question = computed(() => {
    const [ask, all] = [compare(), parts.value];
    if (!ask) return null;
    return async ({ signal, onProgress }: Required<AskOptions>): Promise<T> => {
      const done = all.map(() => 0);
      const digests = await Promise.all(
        all.map(({ store, window }, i) =>
          digestOf(store, window, signal, (n) => {
            done[i] = n;
            onProgress({ done: done.reduce((a, b) => a + b, 0) / done.length });
          }),
        ),
      );
      // Nothing is asked before all sides are there.
      return ask(all[0]!.store, digests, signal);
    };
  });
  return useAsked(
    () => question.value,
    () => sides().length > 1 && sides().every((s) => s.store !== null && isRead(s.store)),
  );
}

/** The first two sides. */
export function useComparison(
  sides: ComputedRef<readonly Side[]>,
  normalise: () => Normalise,
  renamed: () => Readonly<Record<string, string>>,
): Answer<Comparison> {
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
export function useSeries(sides: ComputedRef<readonly Side[]>, normalise: () => Normalise): Answer<Series> {
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
