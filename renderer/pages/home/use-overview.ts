// The blocks of the overview: asks for them, again while the trace is being read, and makes the picture's columns.
import { computed, onScopeDispose, shallowRef, watch, type ComputedRef, type Ref } from 'vue';
import { TILE_BUCKETS, type TileBlock } from '../../../contract/blocks/tile';
import type { CounterBlock } from '../../../contract/blocks/counters';
import { TRACK_GC, TRACK_STW, type Nanos, type Px } from '../../../contract/units';
import { GC_GROUP } from '../../timeline/layout';
import type { WantedTile } from '../../trace/tile-cache';
import type { TraceStore } from '../../trace/trace-store';
import type { OverviewPicture } from './draw-overview';
import { presenceColumns, seriesColumns, topOf, wholeTraceLevel } from './overview-columns';

const wantedAt = (level: number, count: number): WantedTile[] =>
  Array.from({ length: count }, (_, tile) => [
    { level, tile, group: null },
    { level, tile, group: GC_GROUP },
  ]).flat();

/** Up to which time the blocks say something. */
function knownTo(blocks: readonly CounterBlock[]): Nanos {
  let known = 0;
  for (const { level, tile, complete, indexedToNanos } of blocks) {
    const [start, end] = [tile, tile + 1].map((t) => t * TILE_BUCKETS * 2 ** level) as [Nanos, Nanos];
    if (start > known) break;
    known = complete ? end : Math.max(known, Math.min(end, indexedToNanos));
  }
  return known;
}

export function useOverview(store: TraceStore, widthPx: Ref<Px>): ComputedRef<OverviewPicture | null> {
  const { tiles } = store.client;
  /** Raised by each tile that came. */
  const version = shallowRef(0);
  onScopeDispose(tiles.onChange(() => version.value++));

  const level = computed(() => wholeTraceLevel(store.durationNanos));
  watch(
    [level, () => store.durationNanos > 0, () => store.status],
    ([whole, known]) => {
      if (!known) return;
      // The one tile that holds everything first, then the two of twice its detail.
      tiles.want([...wantedAt(whole, 1), ...(whole > 0 ? wantedAt(whole - 1, 2) : [])]);
    },
    { immediate: true },
  );
  onScopeDispose(() => tiles.want([]));

  function blocksAt(at: number, count: number): { counters: CounterBlock[]; gc: TileBlock[] } | null {
    const counters: CounterBlock[] = [];
    const gc: TileBlock[] = [];
    for (let tile = 0; tile < count; tile++) {
      const block = tiles.curves(at, tile)?.block;
      const other = tiles.tile(at, tile, GC_GROUP)?.block;
      if (!block || !other) return null;
      counters.push(block);
      gc.push(other);
    }
    return { counters, gc };
  }

  return computed(() => {
    void version.value;
    const duration = store.durationNanos;
    const width = widthPx.value;
    const blocks = (level.value > 0 && blocksAt(level.value - 1, 2)) || blocksAt(level.value, 1);
    if (!blocks || width <= 0 || duration <= 0) return null;
    const { counters, gc } = blocks;
    // N.B. goroutines that run, each on a processor of its own: a processor that only looks for work is not in use.
    const running = seriesColumns(counters, 'running', duration, width);
    const runnable = seriesColumns(counters, 'runnable', duration, width);
    const procs = store.info?.gomaxprocs ?? store.procs.length;
    return {
      durationNanos: duration,
      knownToNanos: Math.min(knownTo(counters), store.indexedToNanos, duration),
      running,
      runnable,
      gcWorkers: seriesColumns(counters, 'gcWorkers', duration, width),
      gc: presenceColumns(gc, TRACK_GC, 'gc-mark', duration, width),
      stw: presenceColumns(gc, TRACK_STW, 'stw', duration, width),
      topRunning: topOf(running, Math.max(1, procs)),
      topRunnable: topOf(runnable, 1),
    };
  });
}
