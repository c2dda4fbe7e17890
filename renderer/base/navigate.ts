// How a page leads to another: it names the place, the shell goes there. Pages never know each other.
import { inject, type ComputedRef, type InjectionKey } from 'vue';
import type { PlaceRequest } from '../../contract/places';

export type OpenPlace = (place: PlaceRequest) => void;

/** Provided by the tab of a trace. */
export const OPEN_PLACE: InjectionKey<OpenPlace> = Symbol('open place');

/** Goes to a place of the same trace, as one step of Back. Call in setup; outside of a tab (a test) it does nothing. */
export const useOpenPlace = (): OpenPlace => inject(OPEN_PLACE, () => undefined);

/** Asks for the program that wrote the trace, for the names in its stacks. Provided by the tab of a trace. */
export const CHOOSE_BINARY: InjectionKey<() => void> = Symbol('choose binary');

/** What the shell tells pages of each other: enough for a list of links. */
export interface PageLinkEntry {
  readonly id: string;
  readonly title: string;
  readonly icon: unknown;
  /** The trace has nothing for this page; false while that is not known. */
  readonly isEmpty: boolean;
}

/** The pages that can be opened by themselves, in their order. */
export const PAGE_LIST: InjectionKey<ComputedRef<readonly PageLinkEntry[]>> = Symbol('pages');
