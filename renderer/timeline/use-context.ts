// What is connected with the selected span: who made it run, whom it woke, its events around, and the chain of causes.

import { shallowRef, watch, type ShallowRef } from 'vue';
import { traceErrorFrom } from '../../contract/errors';
import type { Causes, Connections } from '../../contract/rows';
import { SUPERSEDED } from '../trace/trace-client';
import type { TraceStore } from '../trace/trace-store';

export interface SpanContext {
  readonly connections: Connections | null;
  readonly causes: Causes | null;
  /** Why it could not be told. */
  readonly failure: string | null;
  readonly loading: boolean;
}

export const NO_CONTEXT: SpanContext = { connections: null, causes: null, failure: null, loading: false };

/** Asks anew whenever another span is selected. Cost: the windows around it are decoded once. */
export function useContext(store: TraceStore): ShallowRef<SpanContext> {
  const context = shallowRef<SpanContext>(NO_CONTEXT);
  watch(
    () => store.selection,
    async (s) => {
      const id = s?.kind === 'span' ? s.details.goroutineId : null;
      if (s?.kind !== 'span' || id === null) {
        context.value = NO_CONTEXT;
        return;
      }
      context.value = { ...NO_CONTEXT, loading: true };
      const isCurrent = (): boolean => store.selection === s;
      const at = s.details.startNanos;
      const note = (more: Partial<SpanContext>): void => {
        if (isCurrent()) context.value = { ...context.value, ...more };
      };
      try {
        const connections = await store.client.readConnections(id, at);
        if (connections === SUPERSEDED) return;
        note({ connections, loading: false });
        const causes = await store.client.readCauses(id, at);
        if (causes !== SUPERSEDED) note({ causes });
      } catch (e) {
        note({ failure: traceErrorFrom(e).message, loading: false });
      }
    },
    { immediate: true },
  );
  return context;
}
