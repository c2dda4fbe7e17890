// A long list that is drawn a part a frame, so that a picture of some thousand elements never holds up the page.

import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import { trackBusy } from '../base/idle';
import { ownTask } from '../base/own-task';

/** A window that is not seen has no frames. */
const LONGEST_FRAME_MS = 60;

/** Once the next frame is drawn; the function that is returned takes it back. */
function afterFrame(f: () => void): () => void {
  const rest = trackBusy('frame');
  let frame = 0;
  const end = (): void => {
    cancelAnimationFrame(frame);
    clearTimeout(late);
    rest();
  };
  const go = (): void => {
    end();
    f();
  };
  const late = setTimeout(go, LONGEST_FRAME_MS);
  frame = requestAnimationFrame(go);
  return end;
}

/** How many of the list may be drawn by now; begins anew with another list. `step`: so many more a frame. */
export function useGrowing(list: () => readonly unknown[], step: number): Readonly<ShallowRef<number>> {
  const drawn = shallowRef(0);
  let takeBack: (() => void) | null = null;
  const growing = ownTask('picture', () => {
    drawn.value = Math.min(list().length, drawn.value + step);
    // What was added is styled, laid out and painted with the next frame: two parts in one frame would be one long task.
    if (drawn.value < list().length) takeBack = afterFrame(() => growing.request());
  });
  const stop = (): void => {
    takeBack?.();
    takeBack = null;
    growing.cancel();
  };
  watch(
    list,
    (of) => {
      stop();
      drawn.value = 0;
      if (of.length > 0) growing.request();
    },
    { immediate: true },
  );
  onScopeDispose(stop);
  return drawn;
}
