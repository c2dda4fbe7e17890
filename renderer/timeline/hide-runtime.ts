// Whether stacks leave out the runtime's frames: a habit of the user.
import { shallowRef } from 'vue';
import type { Frame } from '../../contract/answers';
import { isRuntimeFrame } from '../widgets/stack';

const KEY = 'hide-runtime-frames';

export const hideRuntime = shallowRef(localStorage.getItem(KEY) === 'true');

export function setHideRuntime(on: boolean): void {
  hideRuntime.value = on;
  localStorage.setItem(KEY, String(on));
}

/** The frames that are shown: a stack of the runtime alone is shown as it is. */
export function shownFrames(frames: readonly Frame[]): readonly Frame[] {
  if (!hideRuntime.value) return frames;
  const own = frames.filter((f) => !isRuntimeFrame(f));
  return own.length > 0 ? own : frames;
}
