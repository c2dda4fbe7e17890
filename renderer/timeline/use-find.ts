// Find: goroutines by the search language, stepped through in the order of their start, marked in the overview. The
// engine keeps the list of those found; the page reads the one that is gone to, and the starts of the first thousands.

import { onBeforeUnmount, shallowRef, type ShallowRef } from 'vue';
import { traceErrorFrom } from '../../contract/errors';
import { MAX_ROW_HEADS, type RowHead } from '../../contract/rows';
import type { Nanos } from '../../contract/units';
import { RowListSource } from '../trace/row-list';
import type { TraceStore } from '../trace/trace-store';

/** Hits that are marked in the overview: it has about as many pixels. */
const MAX_MARKED = 4 * MAX_ROW_HEADS;

export interface Find {
  readonly query: ShallowRef<string>;
  readonly count: ShallowRef<number | null>;
  /** Place of the hit that was gone to, from 0; null before the first step. */
  readonly at: ShallowRef<number | null>;
  readonly failure: ShallowRef<string | null>;
  /** Starts of hits, for the overview. */
  readonly marks: ShallowRef<readonly Nanos[]>;
  /** Looks for something else; empty ends the search. */
  search(query: string): Promise<void>;
  step(direction: 1 | -1): Promise<void>;
}

/** `show`: brings a goroutine and its first moment into view. */
export function useFind(store: TraceStore, show: (head: RowHead) => Promise<void>): Find {
  const source = new RowListSource(store.client);
  const query = shallowRef('');
  const count = shallowRef<number | null>(null);
  const at = shallowRef<number | null>(null);
  const failure = shallowRef<string | null>(null);
  const marks = shallowRef<readonly Nanos[]>([]);

  function clear(): void {
    count.value = at.value = failure.value = null;
    marks.value = [];
  }

  async function readMarks(): Promise<void> {
    const starts: Nanos[] = [];
    const last = Math.min(source.list?.count ?? 0, MAX_MARKED);
    for (let i = 0; i < last; i++) {
      const head = await source.readHead(i);
      if (head) starts.push(head.startNanos);
    }
    marks.value = starts;
  }

  async function search(text: string): Promise<void> {
    const wanted = text.trim();
    query.value = wanted;
    clear();
    if (wanted === '') {
      source.close();
      return;
    }
    await source.open({
      by: 'goroutines',
      groupByName: false,
      sort: 'start',
      descending: false,
      filter: wanted,
      ids: null,
      window: null,
    });
    if (query.value !== wanted) return;
    if (source.status === 'failed') {
      failure.value = source.error?.message ?? '';
      return;
    }
    count.value = source.list?.count ?? 0;
    try {
      await readMarks();
    } catch (e) {
      failure.value = traceErrorFrom(e).message;
    }
    if (count.value > 0) await step(1);
  }

  async function step(direction: 1 | -1): Promise<void> {
    const all = count.value ?? 0;
    if (all === 0) return;
    const next = at.value === null ? (direction > 0 ? 0 : all - 1) : (at.value + direction + all) % all;
    at.value = next;
    const head = await source.readHead(next);
    if (head && at.value === next) await show(head);
  }

  onBeforeUnmount(() => source.close());
  return { query, count, at, failure, marks, search, step };
}
