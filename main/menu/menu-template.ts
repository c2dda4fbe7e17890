// The application menu as data: what is in it follows from the pages, the recent traces and the theme.
import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand, PageEntry, RecentTrace, ThemeSetting } from '../../contract/shell-api';

/** Entries of Open recent. */
const MAX_RECENT_ENTRIES = 12;

export interface MenuState {
  readonly mac: boolean;
  readonly pages: readonly PageEntry[];
  readonly recents: readonly RecentTrace[];
  readonly theme: ThemeSetting;
}

export interface MenuActions {
  open(): void;
  openPath(path: string): void;
  clearRecents(): void;
  setTheme(setting: ThemeSetting): void;
  /** Hands a command to the page. */
  command(command: MenuCommand): void;
}

export function menuTemplate(state: MenuState, act: MenuActions): MenuItemConstructorOptions[] {
  const item = (label: string, command: MenuCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => act.command(command),
    ...(accelerator === undefined ? {} : { accelerator }),
  });
  const separator: MenuItemConstructorOptions = { type: 'separator' };

  const recent: MenuItemConstructorOptions[] = state.recents
    .filter((t) => !t.missing)
    .slice(0, MAX_RECENT_ENTRIES)
    .map((t) => ({
      // N.B. in a menu "&" marks the access key.
      label: `${t.fileName} (${t.directory})`.replaceAll('&', '&&'),
      click: () => act.openPath(t.path),
    }));

  const file: MenuItemConstructorOptions = {
    label: '&File',
    submenu: [
      { id: 'open', label: 'Open…', accelerator: 'CmdOrCtrl+O', click: () => act.open() },
      {
        id: 'open-recent',
        label: 'Open recent',
        enabled: state.recents.length > 0,
        submenu: [...recent, separator, { label: 'Clear recent traces', click: () => act.clearRecents() }],
      },
      separator,
      item('Close', 'close-tab', 'CmdOrCtrl+W'),
      ...(state.mac ? [] : [separator, { role: 'quit' } as const]),
    ],
  };

  const theme = (label: string, setting: ThemeSetting): MenuItemConstructorOptions => ({
    label,
    type: 'radio',
    checked: state.theme === setting,
    click: () => act.setTheme(setting),
  });

  return [
    ...(state.mac ? [{ role: 'appMenu' } as const] : []),
    file,
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: [
        ...state.pages.filter((p) => p.arg !== 'required').map((p) => item(p.title, `page:${p.id}`)),
        separator,
        item('Side navigation', 'toggle-navigation', 'CmdOrCtrl+B'),
        item('Next tab', 'next-tab', 'Ctrl+Tab'),
        item('Previous tab', 'previous-tab', 'Ctrl+Shift+Tab'),
        separator,
        { role: 'resetZoom', label: 'Actual size' },
        { role: 'zoomIn', label: 'Zoom in' },
        { role: 'zoomOut', label: 'Zoom out' },
        { role: 'togglefullscreen', label: 'Full screen' },
        separator,
        { label: 'Theme', submenu: [theme('As the system', 'system'), theme('Light', 'light'), theme('Dark', 'dark')] },
      ],
    },
    {
      label: '&Go',
      submenu: [
        item('Back', 'back', state.mac ? 'Cmd+[' : 'Alt+Left'),
        item('Forward', 'forward', state.mac ? 'Cmd+]' : 'Alt+Right'),
      ],
    },
    {
      role: 'help',
      label: '&Help',
      submenu: [item('Keyboard shortcuts', 'keyboard-shortcuts'), separator, item('About Tracewell', 'about')],
    },
  ];
}
