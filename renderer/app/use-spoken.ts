// What a screen reader is told without being asked: which page is there, and that a trace is read.
import { computed, type ComputedRef } from 'vue';
import { formatCount, formatDurationText } from '../base/format';
import { useTraceStore } from '../trace/trace-store';
import { pageById } from './pages';
import { useTabs } from './tabs-store';

/** One sentence or two; it changes when there is news. Selections are told by the pages themselves. */
export function useSpoken(): ComputedRef<string> {
  const tabs = useTabs();
  return computed(() => {
    const tab = tabs.active;
    if (!tab)
      return { start: 'Start page.', settings: 'Settings.', capture: 'Capture.' }[tabs.activeId as string] ?? '';
    const { trace } = tab;
    if (trace.error) return `${trace.fileName} cannot be shown.`;
    const ref = tabs.activeRef;
    const page = `${trace.fileName}, ${pageById(ref?.page ?? '')?.title ?? ''}${ref?.arg ? ` ${ref.arg}` : ''}.`;
    const { status, info } = useTraceStore(trace.traceId);
    if (status === 'indexing') return `${page} It is being read.`;
    if (status !== 'done' || !info) return page;
    return `${page} Read: ${formatCount(info.eventCount)} events, ${formatDurationText(info.durationNanos)}.`;
  });
}
