// What the pointer and the selection add to the picture, where it stands now.

import { computed } from 'vue';
import { formatDurationText } from '../base/format';
import type { TimeWindow } from '../base/time-scale';
import { measured } from '../trace/marks';
import { viewTop, type TrackRow } from './layout';
import { STRIP_PX } from './metrics';
import type { OverlayState } from './use-drawing';
import type { PointerMoves } from './use-pointer';
import { rangeOf } from './use-selection';
import type { Timeline } from './use-timeline';

export interface OverlayInput {
  readonly timeline: Timeline;
  readonly pointer: () => Pick<PointerMoves, 'rubber' | 'hover'>;
  /** The range that is being chosen on the ruler. */
  readonly brush: () => TimeWindow | null;
  readonly flows: () => OverlayState['flows'];
}

/** The state as a function: it is read when a frame is drawn. */
export function useOverlay({ timeline, pointer, brush, flows }: OverlayInput): () => OverlayState {
  const { store, layout, rowsInView } = timeline;

  /** The line of the selection when it is in view. */
  const selectedLine = computed<TrackRow | null>(() => {
    const s = store.selection;
    if (s?.kind !== 'span' && s?.kind !== 'merged') return null;
    const lines = [...layout.value.gcRows, ...layout.value.wakeups];
    for (const i of [...rowsInView.value.items, ...rowsInView.value.pinned]) lines.push(...i.tracks);
    return lines.find((l) => l.track === s.track) ?? null;
  });

  function areaInView(): OverlayState['area'] {
    const r = pointer().rubber.value;
    if (r) {
      const text = formatDurationText(r.range.toNanos - r.range.fromNanos);
      return { ...r.range, yPx: r.topPx, heightPx: r.endPx - r.topPx, text };
    }
    if (store.selection?.kind !== 'area') return null;
    const { fromNanos, toNanos, firstRow, endRow } = store.selection.area;
    const l = layout.value;
    const first = l.list ? l.list.topPx + l.list.geometry.placeOf(firstRow).topPx : l.procTopPx + firstRow * STRIP_PX;
    const last = l.list ? l.list.geometry.placeOf(endRow - 1) : null;
    const end = l.list && last ? l.list.topPx + last.topPx + last.heightPx : l.procTopPx + endRow * STRIP_PX;
    const text = formatDurationText(toNanos - fromNanos);
    return { fromNanos, toNanos, yPx: first - store.scrollTopPx, heightPx: end - first, text };
  }

  return () => {
    const s = store.selection;
    const line = selectedLine.value;
    const selected = rangeOf(s);
    const h = pointer().hover.value;
    const hovered = h?.hit.kind === 'row' ? h.hit : null;
    const hasSpan = s?.kind === 'span' || s?.kind === 'merged';
    return {
      cursorNanos: store.cursorNanos,
      marks: store.marks,
      measured: measured(store.marks),
      brush: brush(),
      area: areaInView(),
      flows: flows(),
      selected,
      sampleNanos: s?.kind === 'sample' ? s.values.atNanos : null,
      selection:
        line && selected && hasSpan
          ? { ...selected, yPx: viewTop(line, store.scrollTopPx), heightPx: line.heightPx }
          : null,
      hover: hovered && {
        fromPx: hovered.hit.fromPx,
        endPx: hovered.hit.endPx,
        yPx: viewTop(hovered.row, store.scrollTopPx),
        heightPx: hovered.row.heightPx,
      },
    };
  };
}
