// The part of ShellApi that is about what the user chose: theme, keys, editor, sources, zoom.
import { type BrowserWindow, nativeTheme } from 'electron';
import path from 'node:path';
import type { WindowCommandId } from '../../contract/commands';
import type { Settings as SettingValues, ThemeSetting } from '../../contract/settings';
import type { ShellApi, ShellEvents, ThemeState } from '../../contract/shell-api';
import type { AppMenu } from '../menu/app-menu';
import { agreed } from '../settings/guard';
import type { Session } from '../settings/session';
import type { Settings } from '../settings/settings';
import { askUser } from '../windows/ask-user';
import { openInEditor, type OpenedSource } from './editor';
import type { FileDialogs } from './file-dialogs';
import { SourceFiles } from './source-files';

export const SETTINGS_METHODS = [
  'setTheme',
  'changeSettings',
  'openSource',
  'zoom',
  'setMenuState',
  'readSource',
  'chooseSourceFolder',
] as const satisfies readonly (keyof ShellApi)[];

/** Steps of Chromium's zoom: each a fifth larger or smaller. */
const ZOOM_STEP = 0.5;
const ZOOM_LIMITS = { min: -3, max: 5 };

export interface SettingsShellParts {
  readonly settings: Settings;
  readonly session: Session;
  readonly menu: AppMenu;
  readonly dialogs: FileDialogs;
  window(): BrowserWindow | null;
  send<E extends keyof ShellEvents>(event: E, value: ShellEvents[E]): void;
}

export class SettingsShell implements Pick<ShellApi, (typeof SETTINGS_METHODS)[number]> {
  readonly #parts: SettingsShellParts;
  readonly #sources: SourceFiles;

  constructor(parts: SettingsShellParts) {
    this.#parts = parts;
    this.#sources = new SourceFiles(() => parts.settings.values.sourceMappings);
  }

  get theme(): ThemeState {
    const { theme } = this.#parts.settings.values;
    return { setting: theme, theme: nativeTheme.shouldUseDarkColors ? 'dark' : 'light' };
  }

  async setTheme({ setting }: { setting: ThemeSetting }): Promise<ThemeState> {
    await this.changeSettings({ theme: setting });
    return this.theme;
  }

  async changeSettings(wanted: Partial<SettingValues>): Promise<SettingValues> {
    const { settings, menu, window, send } = this.#parts;
    const patch = await agreed(wanted, settings.values, (question, yes) => askUser(window(), question, yes));
    const written = settings.change(patch);
    const { values } = settings;
    nativeTheme.themeSource = values.theme;
    if (patch.theme !== undefined || patch.keyPreset !== undefined) menu.setSettings(values);
    send('settingsChange', values);
    if (patch.theme !== undefined) send('themeChange', this.theme);
    await written.catch((e: unknown) =>
      send('notice', `The settings could not be saved: ${(e as Error).message}. They hold until the app ends.`),
    );
    return values;
  }

  openSource({ file, line }: { file: string; line: number }): Promise<OpenedSource> {
    return openInEditor(this.#parts.settings.values, file, line);
  }

  zoom({ step }: { step: -1 | 0 | 1 }): Promise<void> {
    const contents = this.#parts.window()?.webContents;
    if (!contents) return Promise.resolve();
    const wanted = step === 0 ? 0 : contents.getZoomLevel() + step * ZOOM_STEP;
    const level = Math.max(ZOOM_LIMITS.min, Math.min(ZOOM_LIMITS.max, wanted));
    contents.setZoomLevel(level);
    return this.#parts.session.setZoomLevel(level);
  }

  setMenuState({ enabled }: { enabled: readonly WindowCommandId[] }): Promise<void> {
    this.#parts.menu.setEnabled(enabled);
    return Promise.resolve();
  }

  readSource({ file }: { file: string }): ReturnType<ShellApi['readSource']> {
    return this.#sources.read(file);
  }

  async chooseSourceFolder({ file }: { file: string }): Promise<boolean> {
    const folder = await this.#parts.dialogs.folder(`Folder of ${path.posix.basename(file)}`);
    return folder !== null && this.#sources.learn(file, folder);
  }
}
