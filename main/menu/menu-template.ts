// The application menu as data: made from the table of commands, the pages, the recent traces and the settings.
import type { MenuItemConstructorOptions } from 'electron';
import {
  acceleratorOf,
  capsOfCommand,
  windowCommands,
  type KeyPreset,
  type WindowCommand,
  type WindowCommandId,
} from '../../contract/commands';
import type { ThemeSetting } from '../../contract/settings';
import type { MenuCommand, PageEntry, RecentTrace } from '../../contract/shell-api';

/** Entries of Open recent. */
const MAX_RECENT_ENTRIES = 12;

export interface MenuState {
  readonly mac: boolean;
  readonly pages: readonly PageEntry[];
  readonly recents: readonly RecentTrace[];
  readonly theme: ThemeSetting;
  readonly keyPreset: KeyPreset;
  /** Commands that have something to do, of those that need something. */
  readonly enabled: ReadonlySet<WindowCommandId>;
}

export interface MenuActions {
  openPath(path: string): void;
  clearRecents(): void;
  setTheme(setting: ThemeSetting): void;
  /** Hands a command to the page. */
  command(command: MenuCommand): void;
}

type Entry = MenuItemConstructorOptions;
const separator: Entry = { type: 'separator' };

/** Sections with a line between each two of them. */
const lined = (sections: readonly (readonly Entry[])[]): Entry[] =>
  sections.filter((s) => s.length > 0).flatMap((s, i) => (i === 0 ? [...s] : [separator, ...s]));

/** N.B. in a menu "&" marks the access key. */
const plain = (label: string): string => label.replaceAll('&', '&&');

export function menuTemplate(state: MenuState, act: MenuActions): Entry[] {
  const { mac, enabled } = state;
  const item = (c: WindowCommand & { readonly id: WindowCommandId }): Entry => {
    const accelerator = acceleratorOf(capsOfCommand(c, state.keyPreset, mac));
    return {
      id: c.id,
      label: c.name,
      enabled: c.needs === undefined || enabled.has(c.id),
      click: () => act.command(c.id),
      ...(accelerator === undefined ? {} : { accelerator }),
    };
  };
  const ofMenu = (menu: WindowCommand['menu']): (WindowCommand & { readonly id: WindowCommandId })[] =>
    windowCommands.filter((c) => c.menu === menu && !(mac && MAC_APP_MENU.has(c.id)));
  const sectionsOf = (menu: WindowCommand['menu']): Entry[][] => {
    const all = ofMenu(menu);
    return [...new Set(all.map((c) => c.section))].map((s) => all.filter((c) => c.section === s).map(item));
  };

  const [open = [], ...restOfFile] = sectionsOf('file');
  const pages = state.pages
    .filter((p) => p.arg !== 'required')
    .map((p): Entry => ({ label: plain(p.title), click: () => act.command(`page:${p.id}`) }));

  return [
    ...(mac ? [appMenu(item)] : []),
    {
      label: '&File',
      submenu: lined([[...open, recentMenu(state, act)], ...restOfFile, mac ? [] : [{ role: 'quit' }]]),
    },
    { role: 'editMenu' },
    {
      label: '&View',
      submenu: lined([
        pages,
        ...sectionsOf('view'),
        [{ role: 'togglefullscreen', label: 'Full screen' }],
        [themeMenu(state, act)],
      ]),
    },
    { label: '&Go', submenu: lined(sectionsOf('go')) },
    ...(mac ? [{ role: 'windowMenu' } as const] : []),
    { role: 'help', label: '&Help', submenu: lined(sectionsOf('help')) },
  ];
}

/** Entries that stand in the menu of the app there. */
const MAC_APP_MENU: ReadonlySet<string> = new Set(['file.settings', 'help.about']);

function appMenu(item: (c: WindowCommand & { readonly id: WindowCommandId }) => Entry): Entry {
  const named = (id: WindowCommandId): Entry[] => windowCommands.filter((c) => c.id === id).map(item);
  return {
    role: 'appMenu',
    submenu: lined([
      named('help.about'),
      named('file.settings'),
      [{ role: 'services' }],
      [{ role: 'hide' }, { role: 'hideOthers' }, { role: 'unhide' }],
      [{ role: 'quit' }],
    ]),
  };
}

function recentMenu({ recents }: MenuState, act: MenuActions): Entry {
  const entries = recents.slice(0, MAX_RECENT_ENTRIES).map((t): Entry => ({
    label: plain(`${t.fileName} (${t.directory})${t.missing ? ' – not found' : ''}`),
    enabled: !t.missing,
    click: () => act.openPath(t.path),
  }));
  return {
    id: 'open-recent',
    label: 'Open recent',
    enabled: recents.length > 0,
    submenu: lined([entries, [{ label: 'Clear recent traces', click: () => act.clearRecents() }]]),
  };
}

function themeMenu(state: MenuState, act: MenuActions): Entry {
  const theme = (label: string, setting: ThemeSetting): Entry => ({
    label,
    type: 'radio',
    checked: state.theme === setting,
    click: () => act.setTheme(setting),
  });
  return {
    label: 'Theme',
    submenu: [theme('As the system', 'system'), theme('Light', 'light'), theme('Dark', 'dark')],
  };
}
