// Which rows of a table are in the page, and where: the scroll bar, the wheel and the keys move an offset in pixels of
// rows; see scroll-map.ts for tables that are longer than a scroll bar.

import { computed, onBeforeUnmount, onMounted, shallowRef, watch, type ShallowRef } from 'vue';
import { ownTask } from '../../base/own-task';
import { offsetToShow, rowsInView, scrollMap } from './scroll-map';

/** Rows that are kept beyond the edges, so that a small move shows no gap. */
const SPARE_ROWS = 6;

export interface RowsOptions {
  readonly scroller: Readonly<ShallowRef<HTMLElement | null>>;
  readonly rowPx: () => number;
  /** What stands still above the rows: head and sum. */
  readonly headPx: () => number;
  readonly rowCount: () => number;
  readonly onWidth: (px: number) => void;
}

export function useRows(o: RowsOptions) {
  const viewPx = shallowRef(0);
  const offsetPx = shallowRef(0);
  const scrollTopPx = shallowRef(0);
  const map = computed(() => scrollMap(o.rowCount(), o.rowPx(), viewPx.value));
  const range = computed(() => rowsInView(offsetPx.value, o.rowCount(), o.rowPx(), viewPx.value, SPARE_ROWS));
  /** Where row 0 would stand, in pixels of the scrolled element: what is drawn is placed from here. */
  const originPx = computed(() => scrollTopPx.value - offsetPx.value);

  /** Moves to an offset, the scroll bar with it. */
  function moveTo(px: number): void {
    const el = o.scroller.value;
    offsetPx.value = Math.min(map.value.lastPx, Math.max(0, px));
    if (!el) return;
    el.scrollTop = map.value.scrollOf(offsetPx.value);
    scrollTopPx.value = el.scrollTop;
  }

  function onScroll(): void {
    const el = o.scroller.value;
    if (!el || Math.abs(el.scrollTop - scrollTopPx.value) < 1) return;
    scrollTopPx.value = el.scrollTop;
    offsetPx.value = map.value.offsetOf(el.scrollTop);
  }

  /** Where the scroll bar's pixels are many rows each, the wheel would skip rows: it moves the offset itself. */
  function onWheel(e: WheelEvent): void {
    if (!map.value.scaled || e.ctrlKey || e.shiftKey || e.deltaY === 0) return;
    e.preventDefault();
    const unit = e.deltaMode === WheelEvent.DOM_DELTA_LINE ? o.rowPx() : e.deltaMode === 2 ? viewPx.value : 1;
    moveTo(offsetPx.value + e.deltaY * unit);
  }

  const show = (row: number): void => moveTo(offsetToShow(row, offsetPx.value, o.rowPx(), viewPx.value));

  let observer: ResizeObserver | null = null;
  // Two tasks: to measure lays out what has just been made, and what follows from it makes rows.
  let measured = { heightPx: 0, widthPx: 0 };
  const applying = ownTask('table', () => {
    viewPx.value = Math.max(0, measured.heightPx - o.headPx());
    o.onWidth(measured.widthPx);
  });
  const measuring = ownTask('table', () => {
    const el = o.scroller.value;
    if (!el) return;
    measured = { heightPx: el.clientHeight, widthPx: el.clientWidth };
    applying.request();
  });
  onMounted(() => {
    measuring.request();
    observer = new ResizeObserver(() => measuring.request());
    if (o.scroller.value) observer.observe(o.scroller.value);
    o.scroller.value?.addEventListener('wheel', onWheel, { passive: false });
  });
  onBeforeUnmount(() => {
    observer?.disconnect();
    measuring.cancel();
    applying.cancel();
  });
  watch(o.headPx, () => measuring.request());
  // Fewer rows than before: the offset must not stand behind the last.
  watch(
    () => map.value.lastPx,
    (last) => {
      if (offsetPx.value > last) moveTo(last);
    },
    { flush: 'post' },
  );

  return { viewPx, offsetPx, map, range, originPx, moveTo, onScroll, show };
}
