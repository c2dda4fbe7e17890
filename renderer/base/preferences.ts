// The user's settings as every part of the page follows them. The shell keeps them true; until it does they are the
// defaults, so that a part can be tested by itself.
import { readonly, shallowRef, type DeepReadonly, type Ref } from 'vue';
import { DEFAULT_SETTINGS, type Settings } from '../../contract/settings';

const current = shallowRef<Settings>(DEFAULT_SETTINGS);

/** The settings, live. */
export const usePreferences = (): DeepReadonly<Ref<Settings>> => readonly(current);

/** For the shell, and for tests. */
export function setPreferences(settings: Settings): void {
  current.value = settings;
}
