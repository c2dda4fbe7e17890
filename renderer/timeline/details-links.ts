// Where the details panel leads: moves within View trace. Provided by the page, so that its parts need no chain of events.

import { inject, type InjectionKey } from 'vue';
import type { Nanos } from '../../contract/units';
import type { TimeWindow } from '../base/time-scale';

export interface DetailsLinks {
  /** Selects what a goroutine did at a time; `zoom`: and fits it. */
  jump(goroutine: number, atNanos: Nanos, proc: number | null, zoom: boolean): void;
  /** Brings a row into view, of another kind when need be: `P3`, `G12`, `M7`. */
  row(row: string): void;
  /** Shows a time in the middle. */
  time(atNanos: Nanos): void;
  fit(range: TimeWindow): void;
}

export const DETAILS_LINKS: InjectionKey<DetailsLinks> = Symbol('details links');

const NOWHERE: DetailsLinks = {
  jump: () => undefined,
  row: () => undefined,
  time: () => undefined,
  fit: () => undefined,
};
export const useDetailsLinks = (): DetailsLinks => inject(DETAILS_LINKS, NOWHERE);
