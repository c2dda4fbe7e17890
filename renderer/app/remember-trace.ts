// Tells main what the list of recent traces shows of an open trace, once it is read to its end.
import { watch } from 'vue';
import type { CounterBlock } from '../../contract/blocks/counters';
import { TILE_BUCKETS } from '../../contract/blocks/tile';
import { PROC_USE_STEPS } from '../../contract/shell-api';
import type { Nanos } from '../../contract/units';
import { wholeTraceLevel } from '../pages/home/overview-columns';
import type { TileCache } from '../trace/tile-cache';
import type { TraceStore } from '../trace/trace-store';
import { procUse } from './proc-use';

/** Levels finer than the one tile that holds all, at which pages ask for the curves of the whole trace. */
const FINER_LEVELS = 3;

/** The curves of the whole trace at whichever level a page has asked for them; null while there are none. */
function wholeTraceCurves(tiles: TileCache, durationNanos: Nanos): CounterBlock[] | null {
  const whole = wholeTraceLevel(durationNanos);
  for (let level = whole; level >= Math.max(0, whole - FINER_LEVELS); level--) {
    const count = Math.max(1, Math.ceil(durationNanos / (TILE_BUCKETS * 2 ** level)));
    const blocks = Array.from({ length: count }, (_, tile) => tiles.curves(level, tile)?.block);
    if (blocks.every((b): b is CounterBlock => b?.complete === true)) return blocks;
  }
  return null;
}

/** Runs inside the scope of the trace's tab. `isInFront`: its page is shown and asks for what it draws by itself. */
export function rememberTrace(store: TraceStore, isInFront: () => boolean): void {
  watch(
    () => store.status === 'done',
    (done, _was, onCleanup) => {
      const { info } = store;
      if (!done || !info) return;
      const { goVersion, durationNanos, eventCount } = info;
      const note = (use: number[] | null): void => {
        const figures = { traceId: store.traceId, goVersion, durationNanos, eventCount, procUse: use };
        // A list that cannot be saved is main's to tell.
        window.shell.noteRecent(figures).catch(() => undefined);
      };
      const take = (): boolean => {
        const blocks = wholeTraceCurves(store.client.tiles, durationNanos);
        if (!blocks) return false;
        note(procUse(blocks, durationNanos, info.gomaxprocs ?? info.procs.length, PROC_USE_STEPS));
        return true;
      };
      if (take()) return;
      note(null);
      const { tiles } = store.client;
      // N.B. asking replaces what was asked before, so it is left to the page where there is one.
      if (!isInFront()) tiles.want([{ level: wholeTraceLevel(durationNanos), tile: 0, group: null }]);
      const end = tiles.onChange(() => {
        if (take()) end();
      });
      onCleanup(end);
    },
    { immediate: true },
  );
}
