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
export const useAnswer = <T>(store: TraceStore, question: () => Question<T> | null): Answer<T> =>
  useAsked(
    () => {
      const put = question();
      return put && ((options) => put(store.client.ask, options));
    },
    () => isRead(store),
  );

/** All that will be read of the trace is. */
export const isRead = (store: TraceStore): boolean => store.status === 'done' || store.status === 'cancelled';

type AskAll<T> = (options: Required<AskOptions>) => Promise<T>;

/** The same for a question that is put to several traces: it waits until `ready`. */
export function useAsked<T>(question: () => AskAll<T> | null, ready: () => boolean): Answer<T> {
  const value = shallowRef<T | null>(null);
  const loading = shallowRef(true);
  const share = shallowRef<number | null>(null);
  const error = shallowRef<string | null>(null);
  const tries = shallowRef(0);
  let abort: AbortController | null = null;

  async function put(ask: AskAll<T> | null, isReady: boolean): Promise<void> {
    abort?.abort();
    abort = null;
    share.value = null;
    if (ask === null) {
      value.value = null;
      loading.value = false;
      return;
    }
    loading.value = true;
    if (!isReady) return;
    const mine = new AbortController();
    abort = mine;
    try {
      const answer = await ask({
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

  watch([question, ready, tries] as const, ([ask, isReady]) => void put(ask, isReady), { immediate: true });
  onScopeDispose(() => {
    abort?.abort();
    abort = null;
  });
  return { value, loading, share, error, retry: () => void tries.value++ };
}
