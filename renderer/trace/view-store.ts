// A second place to stand in an open trace: a store of its own (window, selection, rows) over a port of its own to the same
// engine. Marks are the trace's, so both have them.

import { onScopeDispose, watch } from 'vue';
import { FIRST_VIEW_ID } from '../../contract/shell-api';
import type { TraceId } from '../../contract/units';
import { trackBusy } from '../base/idle';
import { useTraceStore, type TraceStore } from './trace-store';

/** Asks main for a port of its own; it comes under `viewId`. Answers false when there is no engine to connect to. */
export type OpenView = (traceId: TraceId, viewId: TraceId) => Promise<boolean>;

let lastId = FIRST_VIEW_ID;

/** Made and ended with the component that calls it. The view follows its trace's engine through restarts. */
export function useViewStore(traceId: TraceId, openView: OpenView): TraceStore {
  const base = useTraceStore(traceId);
  const viewId = ++lastId;
  const store = useTraceStore(viewId);
  store.setMarks(base.marks);
  store.setMode(base.mode);
  const ready = trackBusy('view');

  // The engine answers from its start on; after a restart it is another one, which needs another port.
  watch(
    () => base.status !== 'opening' && base.status !== 'failed',
    (alive) => void (alive && openView(traceId, viewId)),
    { immediate: true },
  );
  watch(
    () => store.status === 'done' || store.status === 'failed' || base.status === 'failed',
    (settled) => settled && ready(),
    { immediate: true },
  );
  watch(
    () => base.marks,
    (marks) => marks !== store.marks && store.setMarks(marks),
  );
  watch(
    () => store.marks,
    (marks) => marks !== base.marks && base.setMarks(marks),
  );
  onScopeDispose(() => {
    ready();
    store.dispose();
  });
  return store;
}
