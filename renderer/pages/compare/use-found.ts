// One search for both sides: hits are counted and ticked in each overview, and gone to one by one.

import { shallowRef, type ShallowRef } from 'vue';
import type { FoundHit } from '../../../contract/search';
import type { Nanos } from '../../../contract/units';
import type { TraceStore } from '../../trace/trace-store';

export interface Found {
  readonly count: number;
  /** Ticks of the overview. */
  readonly hits: readonly Nanos[];
}

export interface FoundInBoth {
  readonly query: ShallowRef<string>;
  /** By side. */
  readonly found: ShallowRef<readonly (Found | null)[]>;
  readonly failure: ShallowRef<string | null>;
  /** Empty ends the search. */
  search(query: string): Promise<void>;
  next(place: number, fromNanos: Nanos, forward: boolean): Promise<FoundHit | null>;
}

/** Times in the middle of the steps that hold a hit. */
export const tickTimes = (ticks: readonly number[], durationNanos: Nanos): readonly Nanos[] =>
  ticks.flatMap((n, i) => (n > 0 ? [((i + 0.5) / ticks.length) * durationNanos] : []));

export function useFound(stores: () => readonly (TraceStore | null)[]): FoundInBoth {
  const query = shallowRef('');
  const found = shallowRef<readonly (Found | null)[]>([]);
  const failure = shallowRef<string | null>(null);
  let latest = 0;

  async function search(text: string): Promise<void> {
    const mine = ++latest;
    query.value = text.trim();
    found.value = [];
    failure.value = null;
    if (query.value === '') return;
    try {
      const all = await Promise.all(
        stores().map(async (store) => {
          if (!store) return null;
          const { count, ticks } = await store.client.ask.readHitTicks({ query: query.value });
          return { count, hits: tickTimes(ticks, store.durationNanos) };
        }),
      );
      if (mine === latest) found.value = all;
    } catch (e) {
      if (mine === latest) failure.value = (e instanceof Error ? e.message : String(e)).replace(/^[A-Z_]+: /, '');
    }
  }

  async function next(place: number, fromNanos: Nanos, forward: boolean): Promise<FoundHit | null> {
    const store = stores()[place];
    if (!store || query.value === '') return null;
    const at = Math.max(0, Math.round(fromNanos));
    const hit = await store.client.ask.findHit({ query: query.value, fromNanos: at, track: null, forward });
    // Round the end.
    return (
      hit ??
      store.client.ask.findHit({
        query: query.value,
        fromNanos: forward ? -1 : store.durationNanos + 1,
        track: null,
        forward,
      })
    );
  }
  return { query, found, failure, search, next };
}
