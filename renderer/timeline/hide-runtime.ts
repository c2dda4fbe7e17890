// Whether stacks leave out the runtime's frames: a habit of the user.
import { shallowRef } from 'vue';

const KEY = 'hide-runtime-frames';

export const hideRuntime = shallowRef(localStorage.getItem(KEY) === 'true');

export function setHideRuntime(on: boolean): void {
  hideRuntime.value = on;
  localStorage.setItem(KEY, String(on));
}
