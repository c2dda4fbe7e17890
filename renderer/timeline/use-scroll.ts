// Where the rows are scrolled to: the store has the place, the element's scroll bar follows it, and what the person does
// with the bar comes back.

import { computed, nextTick, watch, type ComputedRef } from 'vue';
import type { Px } from '../../contract/units';
import { MOST_PX } from '../widgets/table/scroll-map';
import type { TrackRow } from './layout';
import { HEAD_PX, STRIP_PX } from './metrics';
import type { Timeline } from './use-timeline';

export interface Scroll {
  /** Height of the element that stands for all rows. */
  readonly contentPx: ComputedRef<Px>;
  scrollBy(px: Px): void;
  /** Scrolls so that a row is seen with a little room round it. */
  reveal(row: Pick<TrackRow, 'topPx' | 'heightPx'>): void;
  /** Puts the scroll bar where the rows are. */
  placeBar(): void;
  /** The scroll bar was moved. */
  onScroll(): void;
}

/** `scroller`: the element that scrolls, once it is there. */
export function useScroll(
  { store, layout, heightPx }: Pick<Timeline, 'store' | 'layout' | 'heightPx'>,
  scroller: () => HTMLElement | null,
): Scroll {
  // Where the rows are higher than an element can be, the scroll bar stands for a longer way than its own pixels.
  const contentPx = computed(() => Math.min(layout.value.heightPx, MOST_PX));
  const lastTopPx = computed(() => Math.max(0, layout.value.heightPx - heightPx.value));
  const scale = computed(() => lastTopPx.value / Math.max(1, contentPx.value - heightPx.value));

  function scrollTo(px: Px): void {
    const top = Math.max(0, Math.min(lastTopPx.value, px));
    store.setScrollTop(top);
    placeBar();
  }

  /**
   * Where the bar is, as far as is known. N.B. who asks the element makes the page lay out all that has changed: with each
   * turn of the wheel that is the rows that came.
   */
  let barPx: Px | null = null;
  function placeBar(): void {
    const el = scroller();
    if (!el) return;
    const at = scale.value > 0 ? store.scrollTopPx / Math.max(1, scale.value) : 0;
    barPx ??= el.scrollTop;
    if (Math.abs(barPx - at) < 1) return;
    el.scrollTop = at;
    barPx = at;
  }
  /** What scrolls has another height: the bar may be elsewhere than it was put. */
  function placeBarAnew(): void {
    barPx = null;
    placeBar();
  }

  function onScroll(): void {
    const el = scroller();
    if (!el) return;
    barPx = el.scrollTop;
    const factor = Math.max(1, scale.value);
    // Its own pixels are coarser than rows: only a scroll bar that was moved by hand is news.
    if (Math.abs(barPx - store.scrollTopPx / factor) >= 1) store.setScrollTop(barPx * factor);
  }

  function reveal(row: Pick<TrackRow, 'topPx' | 'heightPx'>): void {
    const room = STRIP_PX / 2;
    // Rows scroll under what is pinned, and under their head.
    const covered = layout.value.pinnedPx + HEAD_PX;
    if (row.topPx - room < store.scrollTopPx + covered) scrollTo(row.topPx - room - covered);
    else if (row.topPx + row.heightPx + room > store.scrollTopPx + heightPx.value)
      scrollTo(row.topPx + row.heightPx + room - heightPx.value);
  }

  // A place that back and forward restore comes from outside; the element's own scrolling is no news to it.
  watch(
    () => store.scrollTopPx,
    () => void nextTick(placeBar),
  );
  watch([contentPx, heightPx], () => void nextTick(placeBarAnew));
  // A list that became shorter, or other rows: the place in it is kept inside.
  watch(lastTopPx, (last) => {
    if (store.scrollTopPx > last) scrollTo(last);
  });

  return {
    contentPx,
    scrollBy: (px) => scrollTo(store.scrollTopPx + px),
    reveal,
    placeBar: placeBarAnew,
    onScroll,
  };
}
