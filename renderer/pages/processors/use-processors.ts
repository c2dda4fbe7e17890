// Asks for the tiles of the processors and of the counters over the page's range, as the timeline does.
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef } from 'vue';
import type { TimeRange } from '../../../contract/answers';
import { trackOfProc } from '../../../contract/units';
import { groupsOf } from '../../timeline/layout';
import type { TraceStore } from '../../trace/trace-store';
import type { ProcessorPicture } from './processor-charts';
import { busySteps, seriesSteps, stepsOf, tilesOf } from './processor-use';

/** Null until all of it is there. */
export function useProcessors(store: TraceStore, range: () => TimeRange): ComputedRef<ProcessorPicture | null> {
  const { tiles } = store.client;
  const version = shallowRef(0);
  onScopeDispose(tiles.onChange(() => version.value++));
  const groups = computed(() => groupsOf(store.procs));
  watch(
    [range, groups, () => store.status] as const,
    ([r, of]) => {
      if (r.toNanos <= r.fromNanos) return;
      const { level, tiles: list } = tilesOf(r);
      tiles.want(list.flatMap((tile) => [null, ...of].map((group) => ({ level, tile, group }))));
    },
    { immediate: true },
  );
  onScopeDispose(() => tiles.want([]));

  return computed(() => {
    void version.value;
    const r = range();
    const { level, tiles: list } = tilesOf(r);
    const curves = list.map((tile) => tiles.curves(level, tile)?.block);
    if (curves.some((b) => b === undefined)) return null;
    const busy = new Map<number, Float64Array>();
    for (const group of groups.value) {
      const blocks = list.map((tile) => tiles.tile(level, tile, group)?.block);
      if (blocks.some((b) => b === undefined)) return null;
      for (const proc of store.procs) {
        const track = trackOfProc(proc, 0);
        if (group.tracks.includes(track)) busy.set(proc, busySteps(blocks as never, track, r));
      }
    }
    return {
      range: r,
      steps: stepsOf(r),
      running: seriesSteps(curves as never, 'running', r),
      runnable: seriesSteps(curves as never, 'runnable', r),
      busy: store.procs.map((proc) => ({ proc, shares: busy.get(proc) ?? new Float64Array() })),
      limit: store.info?.gomaxprocs ?? store.procs.length,
    };
  });
}
