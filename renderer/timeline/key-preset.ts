// Whose habits the keys follow: a habit of the user, the same for every trace and window.

import { shallowRef } from 'vue';
import { KEY_PRESETS, type KeyPreset } from './keys';

const KEY = 'timeline-keys';
const stored = (): KeyPreset => KEY_PRESETS.find((p) => p === localStorage.getItem(KEY)) ?? 'tracewell';

/** The preset that is on. */
export const keyPreset = shallowRef<KeyPreset>(stored());

export function setKeyPreset(preset: KeyPreset): void {
  keyPreset.value = preset;
  localStorage.setItem(KEY, preset);
}
