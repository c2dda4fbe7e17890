// Focus is never lost: when what had it goes with its page or its tab, the panel that came in its place takes it, so that
// the next Tab goes on there and not at the top of the window.
import { nextTick, watch } from 'vue';
import { useTabs } from './tabs-store';

export const panelId = (tabId: string | number): string => `panel-${tabId}`;

/** Call in the set-up of the window. */
export function useKeptFocus(): void {
  const tabs = useTabs();
  watch(
    () => [tabs.activeId, tabs.activeRef?.page, tabs.activeRef?.arg, tabs.ids.length],
    async () => {
      await nextTick();
      const at = document.activeElement;
      if ((at !== null && at !== document.body) || document.querySelector('dialog[open]')) return;
      document.getElementById(panelId(tabs.activeId))?.focus({ preventScroll: true });
    },
    { flush: 'post' },
  );
}
