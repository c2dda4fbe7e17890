// Whose keys View trace follows: a setting of the app.

import { computed } from 'vue';
import { usePreferences } from '../base/preferences';
import type { KeyPreset } from './keys';

/** The preset that is on. */
export const keyPreset = computed<KeyPreset>(() => usePreferences().value.keyPreset);

export function setKeyPreset(preset: KeyPreset): void {
  void window.shell.changeSettings({ keyPreset: preset });
}
