// The part of a time axis that strips show: Ctrl and the wheel, or keys, look closer; what is beyond the whole is the whole.

import { computed, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { AxisRange } from './axes';

export interface StripZoom {
  readonly range: ComputedRef<AxisRange>;
  /** Null: the whole. */
  readonly zoom: Readonly<ShallowRef<AxisRange | null>>;
  reset(): void;
  /** For the wheel over a plot, which is the event's current target. */
  onWheel(e: WheelEvent): void;
  onKey(e: KeyboardEvent): void;
}

/** Least part of the whole that can be seen. */
const LEAST = 1e-6;

export function useStripZoom(extent: () => AxisRange): StripZoom {
  const zoom = shallowRef<AxisRange | null>(null);
  const range = computed(() => zoom.value ?? extent());
  watch(
    () => `${extent().from} ${extent().to}`,
    () => (zoom.value = null),
  );
  function put(from: number, to: number): void {
    const all = extent();
    const length = Math.min(to - from, all.to - all.from);
    if (length < (all.to - all.from) * LEAST) return;
    const begin = Math.max(all.from, Math.min(from, all.to - length));
    zoom.value = length >= all.to - all.from ? null : { from: begin, to: begin + length };
  }
  function zoomBy(factor: number, about: number): void {
    const { from, to } = range.value;
    put(about - (about - from) * factor, about + (to - about) * factor);
  }
  function pan(share: number): void {
    const { from, to } = range.value;
    put(from + (to - from) * share, to + (to - from) * share);
  }
  return {
    range,
    zoom,
    reset: () => (zoom.value = null),
    onWheel(e) {
      if (!e.ctrlKey && !e.metaKey) return;
      e.preventDefault();
      const at = (e.currentTarget as HTMLElement).getBoundingClientRect();
      const share = at.width > 0 ? (e.clientX - at.left) / at.width : 0.5;
      zoomBy(1.002 ** e.deltaY, range.value.from + share * (range.value.to - range.value.from));
    },
    onKey(e) {
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      const middle = (range.value.from + range.value.to) / 2;
      if (e.key === '+' || e.key === '=') zoomBy(0.5, middle);
      else if (e.key === '-') zoomBy(2, middle);
      else if (e.key === '0' || (e.key === 'Escape' && zoom.value)) zoom.value = null;
      else if (zoom.value && e.key === 'ArrowLeft') pan(-0.2);
      else if (zoom.value && e.key === 'ArrowRight') pan(0.2);
      else return;
      e.preventDefault();
      e.stopPropagation();
    },
  };
}
