// What a page keeps of itself: its sort, its filter, an open section. It is there again when the page is opened anew, and
// after a restart, because the session keeps it.
import { computed, type WritableComputedRef } from 'vue';
import type { TraceId } from '../../contract/units';
import { useTraceStore } from './trace-store';

/**
 * A value of a page of a trace, kept under `page.name`. Shapes: JSON, small (a filter, not a table). `isValid` looks at
 * what an older version may have kept; without it the type must be that of `initial`.
 */
export function usePageState<T>(
  traceId: TraceId,
  key: string,
  initial: T,
  isValid: (value: unknown) => value is T = (value): value is T => typeof value === typeof initial,
): WritableComputedRef<T> {
  const store = useTraceStore(traceId);
  return computed({
    get: () => {
      const kept = store.pageState[key];
      return isValid(kept) ? kept : initial;
    },
    set: (value) => store.setPageState(key, value),
  });
}
