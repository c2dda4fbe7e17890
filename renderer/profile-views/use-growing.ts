// A long list that is drawn a part a task, so that a picture of some thousand elements never holds up the page.

import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue';
import { ownTask } from '../base/own-task';

/** How many of the list may be drawn by now; begins anew with another list. `step`: so many more a task. */
export function useGrowing(list: () => readonly unknown[], step: number): Readonly<ShallowRef<number>> {
  const drawn = shallowRef(0);
  const growing = ownTask('picture', () => {
    drawn.value = Math.min(list().length, drawn.value + step);
    if (drawn.value < list().length) growing.request();
  });
  watch(
    list,
    (of) => {
      drawn.value = 0;
      if (of.length > 0) growing.request();
    },
    { immediate: true },
  );
  onScopeDispose(() => growing.cancel());
  return drawn;
}
