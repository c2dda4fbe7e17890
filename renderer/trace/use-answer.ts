// A question of a page and its answer: asked when the trace is read, again when what it depends on changes (the time
// window, an option), given up when it is overtaken or the page is left. The answer before stands until the next is there.

import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import type { AskOptions, PageQuestions } from './trace-client';
import type { TraceStore } from './trace-store';

export interface Answer<T> {
  /** Null until the first answer, and after a failure. */
  readonly value: Readonly<ShallowRef<T | null>>;
  /** Something is on its way. */
  readonly loading: Readonly<ShallowRef<boolean>>;
  /** 0..1 of the pass that is waited for; null where none is. */
  readonly share: Readonly<ShallowRef<number | null>>;
  /** `CODE: sentence`; null when nothing failed. */
  readonly error: Readonly<ShallowRef<string | null>>;
  retry(): void;
}

export type Question<T> = (ask: PageQuestions, options: AskOptions) => Promise<T>;

/**
 * `question` is called anew when what it reads changes; null: there is nothing to ask. Call in set-up. Questions wait for
 * the whole trace to be read: before, figures would be those of a part.
 */
export function useAnswer<T>(store: TraceStore, question: () => Question<T> | null): Answer<T> {
  const value = shallowRef<T | null>(null);
  const loading = shallowRef(true);
  const share = shallowRef<number | null>(null);
  const error = shallowRef<string | null>(null);
  const tries = shallowRef(0);
  let abort: AbortController | null = null;

  async function put(ask: Question<T> | null, ready: boolean): Promise<void> {
    abort?.abort();
    abort = null;
    share.value = null;
    if (ask === null) {
      value.value = null;
      loading.value = false;
      return;
    }
    loading.value = true;
    if (!ready) return;
    const mine = new AbortController();
    abort = mine;
    try {
      const answer = await ask(store.client.ask, {
        signal: mine.signal,
        onProgress: (p) => {
          if (abort === mine) share.value = p.done;
        },
      });
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
    [question, () => store.status === 'done' || store.status === 'cancelled', tries] as const,
    ([ask, ready]) => void put(ask, ready),
    { immediate: true },
  );
  onScopeDispose(() => {
    abort?.abort();
    abort = null;
  });
  return { value, loading, share, error, retry: () => void tries.value++ };
}
