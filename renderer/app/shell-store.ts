// What main told the page about the app itself: versions, theme, settings, the picture that is asked for; and what is
// shown over all.
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { FolderTraces } from '../../contract/desk-api';
import type { SideRef } from '../../contract/places';
import { DEFAULT_SETTINGS, type Settings, type ThemeSetting } from '../../contract/settings';
import type { AppInfo, ShotRequest, ThemeState } from '../../contract/shell-api';
import { notify } from '../base/notify';
import { setPreferences } from '../base/preferences';

export type DialogName =
  | 'about'
  | 'shortcuts'
  | 'palette'
  | 'anything'
  | 'guide'
  | 'page-help'
  | 'glossary'
  | 'report'
  | 'updates'
  | 'compare';

export const useShell = defineStore('shell', () => {
  const app = shallowRef<AppInfo | null>(null);
  const theme = shallowRef<ThemeState>({ setting: 'system', theme: 'light' });
  const settings = shallowRef<Settings>(DEFAULT_SETTINGS);
  const shot = shallowRef<ShotRequest | null>(null);
  /** Sentences that belong to no tab. */
  const notices = shallowRef<readonly string[]>([]);
  /** Traces of the last session that were not opened by themselves. */
  const heldBack = shallowRef<readonly string[]>([]);
  const dialog = ref<DialogName | null>(null);
  /** The trace that the dialog Compare begins with. */
  const compareFrom = shallowRef<SideRef | null>(null);
  const notificationsShown = ref(false);
  /** The guided tour stands beside the trace that it shows. */
  const tourShown = ref(false);
  /** What was found in folders that were dropped: one is asked about after the other. */
  const folders = shallowRef<readonly FolderTraces[]>([]);
  /** Null: by the width of the window. */
  const navigationFolded = ref<boolean | null>(null);

  function setTheme(state: ThemeState): void {
    theme.value = state;
    document.documentElement.dataset['theme'] = state.theme;
  }

  function setSettings(values: Settings): void {
    settings.value = values;
    setPreferences(values);
    document.documentElement.dataset['colours'] = values.colours;
  }

  async function chooseTheme(setting: ThemeSetting): Promise<void> {
    setTheme(await window.shell.setTheme({ setting }));
  }

  async function changeSettings(patch: Partial<Settings>): Promise<void> {
    // At once, so that a field shows what was typed; main's answer is what holds.
    setSettings({ ...settings.value, ...patch });
    setSettings(await window.shell.changeSettings(patch));
  }

  /** Stands over the page until it is dismissed, and in the panel Notifications for good. */
  function addNotices(texts: readonly string[]): void {
    const fresh = texts.filter((t) => !notices.value.includes(t));
    for (const text of fresh) notify(text, { kind: 'warn', quiet: true });
    notices.value = [...notices.value, ...fresh];
  }

  function dismissNotice(text: string): void {
    notices.value = notices.value.filter((t) => t !== text);
  }

  function askForComparison(a: SideRef | null): void {
    compareFrom.value = a;
    dialog.value = 'compare';
  }

  return {
    compareFrom,
    askForComparison,
    app,
    theme,
    settings,
    shot,
    notices,
    heldBack,
    dialog,
    notificationsShown,
    tourShown,
    folders,
    navigationFolded,
    setTheme,
    setSettings,
    chooseTheme,
    changeSettings,
    addNotices,
    dismissNotice,
  };
});
