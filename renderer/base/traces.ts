// The traces of the window, for pages that look beyond their own: what is open, how to have another one opened, and how to
// go to a page of it. Provided by the shell.
import { inject, type ComputedRef, type InjectionKey } from 'vue';
import type { PlaceRequest, SideRef } from '../../contract/places';
import type { TraceId } from '../../contract/units';

/** A trace with a tab of its own. */
export interface OpenTraceEntry extends SideRef {
  readonly traceId: TraceId;
  readonly fileName: string;
  readonly directory: string;
  /** Why it cannot be read; null when it can. */
  readonly failure: string | null;
}

export interface Traces {
  readonly list: ComputedRef<readonly OpenTraceEntry[]>;
  /** Has a trace opened in a tab behind the one in front; one that is open already is woken. */
  ensure(side: SideRef): void;
  /** Brings another trace's tab to the front, at a place of it. */
  goTo(traceId: TraceId, place: PlaceRequest): void;
  /** Asks which traces to compare, one side being known or none. */
  choose(a: SideRef | null): void;
}

export const TRACES: InjectionKey<Traces> = Symbol('traces');

/** Outside of the app (a test) there are none. */
export const useTraces = (): Traces | null => inject(TRACES, null);
