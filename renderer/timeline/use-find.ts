// Find: spans and events by the search language, gone to one by one in time, marked in the overview. The engine looks for
// them; what asks for waiting or a reason is found on rows of goroutines, all else on those of processors.

import { onBeforeUnmount, shallowRef, type ShallowRef } from 'vue';
import { traceErrorFrom } from '../../contract/errors';
import { HIT_TICKS, type FoundHit, type HitRows } from '../../contract/search';
import type { Nanos, TrackId } from '../../contract/units';
import { trackPromise } from '../base/idle';
import type { TraceStore } from '../trace/trace-store';

export interface Find {
  readonly query: ShallowRef<string>;
  /** Null while nothing is looked for, and while it is counted. */
  readonly count: ShallowRef<number | null>;
  /** Where hits lie; null as the count is. */
  readonly on: ShallowRef<HitRows | null>;
  /** The hit that was gone to; null before the first step. */
  readonly hit: ShallowRef<FoundHit | null>;
  /** How far the search is, 0 to 1; null: it is not under way. */
  readonly share: ShallowRef<number | null>;
  readonly failure: ShallowRef<string | null>;
  /** Times of hits, for the overview: one for each step of time that has any. */
  readonly marks: ShallowRef<readonly Nanos[]>;
  /** Looks for something else and counts it; empty ends the search. `go`: and goes to the first hit from what is seen. */
  search(query: string, go: boolean): Promise<void>;
  /** To the next hit; while they are counted, as soon as they are. */
  step(direction: 1 | -1): Promise<void>;
}

/** The middles of the steps of time that have hits. */
export function marksOf(ticks: readonly number[], durationNanos: Nanos): readonly Nanos[] {
  return ticks.flatMap((n, i) => (n > 0 ? [((i + 0.5) / HIT_TICKS) * durationNanos] : []));
}

export interface FindInput {
  readonly store: TraceStore;
  /** Brings a hit into view and selects it. */
  readonly show: (hit: FoundHit) => Promise<void>;
}

export function useFind({ store, show }: FindInput): Find {
  const { ask } = store.client;
  const query = shallowRef('');
  const count = shallowRef<number | null>(null);
  const on = shallowRef<HitRows | null>(null);
  const hit = shallowRef<FoundHit | null>(null);
  const share = shallowRef<number | null>(null);
  const failure = shallowRef<string | null>(null);
  const marks = shallowRef<readonly Nanos[]>([]);
  let stop = new AbortController();
  /** Where to go when the counting is over. */
  let waiting: 1 | -1 | null = null;

  /** Gives up what is under way. */
  function anew(): AbortSignal {
    stop.abort();
    stop = new AbortController();
    share.value = null;
    return stop.signal;
  }

  const options = (signal: AbortSignal) => ({
    signal,
    onProgress: (p: { readonly done: number }): void => {
      if (!signal.aborted) share.value = p.done;
    },
  });

  /** Runs a question; what another one took the place of says nothing. */
  async function run(question: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const signal = anew();
    try {
      await trackPromise('find', question(signal));
    } catch (e) {
      if (!signal.aborted) failure.value = traceErrorFrom(e).message;
    } finally {
      if (!signal.aborted) share.value = null;
    }
  }

  async function search(text: string, go: boolean): Promise<void> {
    const wanted = text.trim();
    query.value = wanted;
    waiting = go ? 1 : null;
    count.value = on.value = hit.value = failure.value = null;
    marks.value = [];
    if (wanted === '') {
      anew();
      return;
    }
    await run(async (signal) => {
      const problem = await ask.checkQuery({ query: wanted }, { signal });
      if (signal.aborted) return;
      if (problem) {
        failure.value = `${problem.message}, at “${wanted.slice(problem.fromChar) || 'the end'}”.`;
        return;
      }
      share.value = 0;
      const found = await ask.readHitTicks({ query: wanted }, options(signal));
      if (signal.aborted) return;
      count.value = found.count;
      on.value = found.on;
      marks.value = marksOf(found.ticks, store.durationNanos);
      if (found.count > 0 && waiting !== null) await goOn(signal, startOf(waiting), null, waiting);
    });
  }

  /** The next hit from a place on; behind the last one comes the first again. */
  async function goOn(signal: AbortSignal, fromNanos: Nanos, track: TrackId | null, direction: 1 | -1): Promise<void> {
    const forward = direction > 0;
    const next = (from: Nanos, row: TrackId | null): Promise<FoundHit | null> =>
      ask.findHit({ query: query.value, fromNanos: from, track: row, forward }, options(signal));
    const found = (await next(fromNanos, track)) ?? (await next(forward ? -1 : store.durationNanos + 1, null));
    if (signal.aborted || !found) return;
    hit.value = found;
    await show(found);
  }

  /** As everywhere where one searches: on from what is seen. */
  const startOf = (direction: 1 | -1): Nanos =>
    direction > 0 ? Math.max(-1, Math.floor(store.window.fromNanos) - 1) : Math.ceil(store.window.toNanos);

  async function step(direction: 1 | -1): Promise<void> {
    if (count.value === null && share.value !== null) waiting = direction;
    if (!count.value) return;
    const at = hit.value;
    const from = at ? at.startNanos : startOf(direction);
    await run((signal) => goOn(signal, from, at?.kind === 'span' ? at.track : null, direction));
  }

  onBeforeUnmount(() => stop.abort());
  return { query, count, on, hit, share, failure, marks, search, step };
}
