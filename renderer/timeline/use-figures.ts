// The figures beside the picture: how busy each processor is, and what the curves say at the cursor. They follow the window
// at the beat of what is read, not with each frame.

import { onBeforeUnmount, shallowRef, watch, type ShallowRef } from 'vue';
import { atBeat, notAtBeat } from '../base/calm';
import { formatBytesBinary, formatDurationText, formatMean, formatShare } from '../base/format';
import { busyShare } from './draw/draw-track';
import { meanOver, mostOver, valueAt, type CurvesInView } from './draw/series-columns';
import { curvesInView, type GroupView } from './group-view';
import { CURVE_NAMES, type CurveName, type TrackRow } from './layout';
import type { Timeline } from './use-timeline';

export type CurveTexts = Readonly<Record<CurveName, string>>;
const NO_TEXTS = Object.fromEntries(CURVE_NAMES.map((n) => [n, ''])) as CurveTexts;
type Series = Parameters<typeof valueAt>[1];

export interface FiguresInput {
  /** Where the tiles of a line are; null: it is not in view. */
  readonly viewOf: (row: Pick<TrackRow, 'track'>) => GroupView | null;
  /** Empty while it is not shown. */
  readonly latency: () => readonly CurvesInView[];
  readonly procCount: () => number;
}

export interface Figures {
  /** Busy share of each processor in the window, in percent. */
  readonly busyPercent: ShallowRef<ReadonlyMap<number, number>>;
  /** Values of the curves under the cursor, or their means over the window. */
  readonly curveTexts: ShallowRef<CurveTexts>;
  /** Something that they depend on has changed. */
  invalidate(): void;
}

/** Cost of an update: O(buckets in view of the rows in view), ten times a second at most. */
export function useFigures(timeline: Timeline, { viewOf, latency, procCount }: FiguresInput): Figures {
  const { store } = timeline;
  const busyPercent = shallowRef<ReadonlyMap<number, number>>(new Map());
  const curveTexts = shallowRef(NO_TEXTS);

  function updateBusy(): void {
    const w = timeline.view.value;
    const next = new Map<number, number>();
    for (const { proc, tracks } of [...timeline.rowsInView.value.pinned, ...timeline.rowsInView.value.items]) {
      const view = proc === null ? null : viewOf(tracks[0]!);
      const share = view && busyShare(view.forTrack(tracks[0]!.track), w);
      if (proc === null || share === null) continue;
      next.set(proc, share < 0.01 ? Math.ceil(share * 1000) / 10 : Math.round(share * 100));
    }
    const before = busyPercent.value;
    if (next.size === before.size && [...next].every(([k, v]) => before.get(k) === v)) return;
    busyPercent.value = next;
  }

  function textsNow(): CurveTexts {
    const w = timeline.view.value;
    const widthPx = timeline.widthPx.value;
    const curves = curvesInView(store.client.tiles, w, widthPx);
    if (curves.length === 0) return NO_TEXTS;
    const at = store.cursorNanos;
    const one = (s: Series): number | null => (at === null ? meanOver(curves, s, w, widthPx) : valueAt(curves, s, at));
    const count = (s: Series): string => {
      const v = one(s);
      return v === null ? '–' : formatMean(v);
    };
    const shareText = (s: Series): string => {
      const v = one(s);
      return v === null ? '–' : `${formatShare(v / procCount())} of ${procCount()} P`;
    };
    const [heap, goal] = [one('heapAllocated'), one('heapGoal')];
    return {
      Goroutines: `${count('running')} running · ${count('runnable')} runnable`,
      Heap:
        heap === null
          ? 'not known here'
          : goal === null
            ? formatBytesBinary(heap)
            : `${formatBytesBinary(heap)} of ${formatBytesBinary(goal)}`,
      Threads: `${count('procsRunning')} running · ${count('inSyscall')} in syscall`,
      'Processor use': shareText('procsRunning'),
      'GC CPU': shareText('gcWorkers'),
      'Scheduler latency': latencyText(),
    };
  }

  function latencyText(): string {
    const curves = latency();
    if (curves.length === 0) return 'reading';
    const at = store.cursorNanos;
    const w = timeline.view.value;
    const widthPx = timeline.widthPx.value;
    const mean = at === null ? meanOver(curves, 'schedLatency', w, widthPx) : valueAt(curves, 'schedLatency', at);
    const most =
      at === null ? mostOver(curves, 'schedLatency', w, widthPx) : valueAt(curves, 'schedLatency', at, 'maxima');
    if (mean === null || most === null) return 'no goroutine began to run';
    return `${formatDurationText(Math.round(mean))} · most ${formatDurationText(Math.round(most))}`;
  }

  function update(): void {
    if (timeline.widthPx.value <= 0) return;
    updateBusy();
    const next = textsNow();
    if (CURVE_NAMES.some((n) => curveTexts.value[n] !== next[n])) curveTexts.value = next;
  }
  // Together with the text that says of which moment they are.
  watch([() => store.cursorNanos, timeline.view], () => atBeat(update), { flush: 'sync' });
  onBeforeUnmount(() => notAtBeat(update));

  return { busyPercent, curveTexts, invalidate: () => atBeat(update) };
}
