// How a page asks for what is said of it in the guide: the shell opens that over it.
import type { InjectionKey } from 'vue';

/** Opens the help of the page that the head belongs to. Absent (in a test, in the gallery) there is no button for it. */
export const OPEN_HELP: InjectionKey<() => void> = Symbol('open help');
