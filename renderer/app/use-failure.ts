// Why the tab in front shows no page: the file could not be opened, or nothing of it could be read.
import { computed, type ComputedRef } from 'vue';
import type { TraceError } from '../../contract/errors';
import { useTraceStore } from '../trace/trace-store';
import { useTabs, type Tab } from './tabs-store';

export function failureOf(tab: Tab): TraceError | null {
  if (tab.trace.error) return tab.trace.error;
  const store = useTraceStore(tab.trace.traceId);
  if (store.status !== 'failed') return null;
  // With something of the trace known, the page stays and a bar over it tells; not so when another program was chosen for
  // its names: nothing of that opening is there.
  return store.info === null || store.error?.code === 'NOT_A_BINARY' ? store.error : null;
}

export function useFailure(): ComputedRef<TraceError | null> {
  const tabs = useTabs();
  return computed(() => (tabs.active ? failureOf(tabs.active) : null));
}
