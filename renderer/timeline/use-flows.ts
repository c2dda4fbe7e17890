// Which arrows are drawn: those of the selection, and all in view when that is asked for and they are few enough to read.

import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import { traceErrorFrom } from '../../contract/errors';
import type { Flow, Flows } from '../../contract/rows';
import type { Px } from '../../contract/units';
import { formatCount } from '../base/format';
import { SUPERSEDED } from '../trace/trace-client';
import type { TraceStore } from '../trace/trace-store';
import { NO_FLOWS, type FlowArrow, type FlowsInView } from './draw/draw-flows';
import type { RowItem, RowsInView } from './layout';
import { UPPER_PX } from './metrics';
import type { SpanContext } from './use-context';
import type { Timeline } from './use-timeline';

/** More arrows than this say nothing. */
export const MAX_FLOWS = 400;
/** The window must stand this long before it is asked for: each move would decode another part of the trace. */
const SETTLE_MS = 120;

/** Where the middle of the first line of each row in view stands. y of the visible part. */
function placesOf(view: RowsInView, scrollTopPx: Px): (f: Flow, end: 'from' | 'to') => Px | null {
  const byProc = new Map<number, Px>();
  const byTrack = new Map<number, Px>();
  const add = (i: RowItem): void => {
    const line = i.tracks[0];
    if (!line) return;
    const y = line.topPx - (i.pinned ? 0 : scrollTopPx) + UPPER_PX / 2;
    if (i.proc !== null) byProc.set(i.proc, y);
    else byTrack.set(line.track, y);
  };
  view.items.forEach(add);
  view.pinned.forEach(add);
  return (f, end) => {
    const proc = end === 'from' ? f.fromProc : f.toProc;
    const track = end === 'from' ? f.fromTrack : f.toTrack;
    return (track === null ? undefined : byTrack.get(track)) ?? (proc === null ? undefined : byProc.get(proc)) ?? null;
  };
}

function arrowsOf(flows: readonly Flow[], view: RowsInView, scrollTopPx: Px): readonly FlowArrow[] {
  const yOf = placesOf(view, scrollTopPx);
  return flows.flatMap((f) => {
    const [fromYPx, toYPx] = [yOf(f, 'from'), yOf(f, 'to')];
    if (fromYPx === null || toYPx === null) return [];
    const toNanos = f.startNanos ?? f.atNanos;
    return [{ fromNanos: f.atNanos, fromYPx, toNanos, toYPx, created: f.kind === 'create' }];
  });
}

export function useFlows(
  store: TraceStore,
  timeline: Timeline,
  context: ShallowRef<SpanContext>,
): ComputedRef<FlowsInView> {
  const all = shallowRef<Flows | null>(null);
  const failure = shallowRef<string | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function ask(): Promise<void> {
    const w = timeline.view.value;
    try {
      const f = await store.client.readFlows('flows', w.fromNanos, w.toNanos, null, MAX_FLOWS);
      if (f === SUPERSEDED || !store.mode.flows) return;
      all.value = f;
      failure.value = null;
    } catch (e) {
      all.value = null;
      failure.value = traceErrorFrom(e).message;
    }
  }

  watch(
    [timeline.view, () => store.mode.flows, () => store.status],
    ([, on, status], before, onCleanup) => {
      if (!on || (status !== 'done' && status !== 'cancelled')) {
        all.value = failure.value = null;
        return;
      }
      clearTimeout(timer);
      // Switched on just now: at once.
      if (before[1] !== on) void ask();
      else timer = setTimeout(() => void ask(), SETTLE_MS);
      onCleanup(() => clearTimeout(timer));
    },
    { immediate: true },
  );

  return computed(() => {
    const c = context.value.connections;
    if (!c && !store.mode.flows) return NO_FLOWS;
    const view = timeline.rowsInView.value;
    const top = store.scrollTopPx;
    const mine = c ? [...(c.incoming ? [c.incoming] : []), ...c.outgoing] : [];
    const selected = arrowsOf(mine, view, top);
    if (!store.mode.flows) return { selected, all: [], sentence: null };
    if (failure.value !== null) return { selected, all: [], sentence: failure.value };
    const answer = all.value;
    if (!answer) return { selected, all: [], sentence: 'looking for flows…' };
    if (answer.count > MAX_FLOWS) return { selected, all: [], sentence: `${formatCount(answer.count)} flows: zoom in` };
    const arrows = arrowsOf(answer.flows, view, top);
    const sentence =
      answer.count === 0
        ? 'no flow in view'
        : arrows.length < answer.count
          ? `${formatCount(arrows.length)} of ${formatCount(answer.count)} flows: the others lead out of the rows in view, or nobody is named`
          : null;
    return { selected, all: arrows, sentence };
  });
}
