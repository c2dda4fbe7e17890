// The heap over the page's range: asks for its tiles as the timeline does, so that both share the cache.
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue';
import type { TimeRange } from '../../contract/answers';
import type { TraceStore } from './trace-store';
import { heapPoints, tilesOf, type HeapPoint } from './heap-curve';

/** Null until all of it is there. */
export function useHeap(store: TraceStore, range: () => TimeRange): ComputedRef<readonly HeapPoint[] | null> {
  const { tiles } = store.client;
  const version = shallowRef(0);
  onScopeDispose(tiles.onChange(() => version.value++));
  watch(
    [range, () => store.status] as const,
    ([r]) => {
      if (r.toNanos <= r.fromNanos) return;
      const { level, tiles: list } = tilesOf(r);
      tiles.want(list.map((tile) => ({ level, tile, group: null })));
    },
    { immediate: true },
  );
  onScopeDispose(() => tiles.want([]));
  return computed(() => {
    void version.value;
    const { level, tiles: list } = tilesOf(range());
    const blocks = list.map((tile) => tiles.curves(level, tile)?.block);
    return blocks.every((b) => b !== undefined) ? heapPoints(blocks as never, range()) : null;
  });
}
