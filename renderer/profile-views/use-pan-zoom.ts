// A picture larger than its frame: dragged, zoomed about the pointer, by wheel, buttons and keys.

import { computed, onBeforeUnmount, onMounted, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue';
import type { Px } from '../../contract/units';

export interface PanZoom {
  /** CSS, about the picture's upper left corner. */
  readonly transform: ComputedRef<string>;
  readonly dragging: Readonly<ShallowRef<boolean>>;
  fit(): void;
  zoom(factor: number): void;
  /** Brings a place of the picture to the middle of the frame. */
  centre(x: Px, y: Px): void;
  onDown(e: PointerEvent): void;
  onMove(e: PointerEvent): void;
  onUp(): void;
  onWheel(e: WheelEvent): void;
  /** True: the key was one of these. */
  onKey(e: KeyboardEvent): boolean;
  /** A press that became a drag is no click. */
  wasDrag(): boolean;
}

const LEAST = 0.05;
/** Fitted no smaller than can be read: the rest is reached by dragging. */
const LEAST_FIT = 0.5;
const MOST = 4;
const LEAST_DRAG_PX = 4;
const STEP_PX = 60;

/** `size`: of the picture; null while there is none. It is fitted anew whenever it changes, but never enlarged. */
export function usePanZoom(
  frame: Readonly<ShallowRef<HTMLElement | null>>,
  size: () => { readonly widthPx: Px; readonly heightPx: Px } | null,
): PanZoom {
  const scale = shallowRef(1);
  const at = shallowRef({ x: 0, y: 0 });
  const dragging = shallowRef(false);
  let from: { x: number; y: number; atX: number; atY: number } | null = null;
  let dragged = false;
  const pad = 16;

  const room = (): { w: number; h: number } => ({
    w: frame.value?.clientWidth ?? 0,
    h: frame.value?.clientHeight ?? 0,
  });
  function fit(whole = true): void {
    const s = size();
    const { w, h } = room();
    if (!s || w === 0 || h === 0) return;
    const wanted = Math.min((w - 2 * pad) / s.widthPx, (h - 2 * pad) / s.heightPx);
    const k = Math.min(1, Math.max(whole ? LEAST : LEAST_FIT, wanted));
    scale.value = k;
    at.value = {
      x: (w - s.widthPx * k) / 2,
      y: whole ? (h - s.heightPx * k) / 2 : Math.max(pad, (h - s.heightPx * k) / 2),
    };
  }
  function zoomAbout(factor: number, x: number, y: number): void {
    const next = Math.min(MOST, Math.max(LEAST, scale.value * factor));
    const k = next / scale.value;
    at.value = { x: x - (x - at.value.x) * k, y: y - (y - at.value.y) * k };
    scale.value = next;
  }
  const zoom = (factor: number): void => zoomAbout(factor, room().w / 2, room().h / 2);
  const move = (dx: number, dy: number): void => void (at.value = { x: at.value.x + dx, y: at.value.y + dy });

  const KEYS: Readonly<Record<string, () => void>> = {
    '+': () => zoom(1.25),
    '=': () => zoom(1.25),
    '-': () => zoom(0.8),
    '0': () => fit(),
    ArrowLeft: () => move(STEP_PX, 0),
    ArrowRight: () => move(-STEP_PX, 0),
    ArrowUp: () => move(0, STEP_PX),
    ArrowDown: () => move(0, -STEP_PX),
  };

  let observer: ResizeObserver | null = null;
  let width = 0;
  onMounted(() => {
    observer = new ResizeObserver(() => {
      // The first size there is; later ones keep what the user looks at.
      if (width === 0) fit(false);
      width = room().w;
    });
    if (frame.value) observer.observe(frame.value);
  });
  onBeforeUnmount(() => observer?.disconnect());
  watch(size, () => fit(false), { flush: 'post' });

  return {
    transform: computed(() => `translate(${at.value.x}px, ${at.value.y}px) scale(${scale.value})`),
    dragging,
    fit: () => fit(),
    zoom,
    centre(x, y) {
      at.value = { x: room().w / 2 - x * scale.value, y: room().h / 2 - y * scale.value };
    },
    onDown(e) {
      if (e.button !== 0) return;
      dragged = false;
      from = { x: e.clientX, y: e.clientY, atX: at.value.x, atY: at.value.y };
    },
    onMove(e) {
      if (!from || (e.buttons & 1) === 0) return;
      const [dx, dy] = [e.clientX - from.x, e.clientY - from.y];
      if (!dragged && Math.hypot(dx, dy) < LEAST_DRAG_PX) return;
      if (!dragged) (e.currentTarget as HTMLElement).setPointerCapture(e.pointerId);
      dragged = dragging.value = true;
      at.value = { x: from.atX + dx, y: from.atY + dy };
    },
    onUp() {
      from = null;
      dragging.value = false;
    },
    onWheel(e) {
      e.preventDefault();
      const box = frame.value?.getBoundingClientRect();
      if (!box) return;
      if (e.ctrlKey || e.metaKey) zoomAbout(1.002 ** -e.deltaY, e.clientX - box.left, e.clientY - box.top);
      else if (e.shiftKey) move(-e.deltaY, 0);
      else move(-e.deltaX, -e.deltaY);
    },
    onKey(e) {
      const f = e.ctrlKey || e.metaKey || e.altKey ? undefined : KEYS[e.key];
      f?.();
      return f !== undefined;
    },
    wasDrag: () => dragged,
  };
}
