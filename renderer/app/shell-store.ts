// What main told the page about the app itself: versions, theme, the picture that is asked for; and what is shown over all.
import { defineStore } from 'pinia';
import { ref, shallowRef } from 'vue';
import type { AppInfo, ShotRequest, ThemeSetting, ThemeState } from '../../contract/shell-api';

export const useShell = defineStore('shell', () => {
  const app = shallowRef<AppInfo | null>(null);
  const theme = shallowRef<ThemeState>({ setting: 'system', theme: 'light' });
  const shot = shallowRef<ShotRequest | null>(null);
  /** Sentences that belong to no tab. */
  const notices = shallowRef<readonly string[]>([]);
  const dialog = ref<'about' | 'shortcuts' | null>(null);
  /** Null: by the width of the window. */
  const navigationFolded = ref<boolean | null>(null);

  function setTheme(state: ThemeState): void {
    theme.value = state;
    document.documentElement.dataset['theme'] = state.theme;
  }

  async function chooseTheme(setting: ThemeSetting): Promise<void> {
    setTheme(await window.shell.setTheme({ setting }));
  }

  function addNotices(texts: readonly string[]): void {
    notices.value = [...notices.value, ...texts.filter((t) => !notices.value.includes(t))];
  }

  function dismissNotice(text: string): void {
    notices.value = notices.value.filter((t) => t !== text);
  }

  return { app, theme, shot, notices, dialog, navigationFolded, setTheme, chooseTheme, addNotices, dismissNotice };
});
