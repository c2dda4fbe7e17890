import type { MenuItemConstructorOptions } from 'electron';
import { expect, test, vi } from 'vitest';
import { windowCommands } from '../../contract/commands';
import type { RecentTrace } from '../../contract/shell-api';
import { menuTemplate, type MenuActions, type MenuState } from './menu-template';

const act = (): MenuActions => ({
  openPath: vi.fn(),
  clearRecents: vi.fn(),
  setTheme: vi.fn(),
  command: vi.fn(),
});
const recent = (fileName: string, missing = false): RecentTrace => ({
  path: `/t/${fileName}`,
  fileName,
  directory: '/t',
  pinned: false,
  openedAtMs: 0,
  sizeBytes: 1,
  goVersion: null,
  durationNanos: null,
  eventCount: null,
  procUse: null,
  missing,
});
const entries = (item: MenuItemConstructorOptions | undefined): MenuItemConstructorOptions[] =>
  (item?.submenu ?? []) as MenuItemConstructorOptions[];
const click = (item: MenuItemConstructorOptions | undefined): void => (item?.click as (() => void) | undefined)?.();

const state: MenuState = {
  mac: false,
  pages: [],
  recents: [],
  theme: 'system',
  keyPreset: 'tracewell',
  enabled: new Set(windowCommands.map((c) => c.id)),
};
const all = (menu: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] =>
  menu.flatMap((m) => [m, ...all(entries(m))]);

test('menus in the order that people know', () => {
  const menu = menuTemplate(state, act());
  expect(menu.map((m) => m.label ?? m.role)).toEqual(['&File', 'editMenu', '&View', '&Go', '&Help']);
  expect(entries(menu[0]).find((e) => e.id === 'open-recent')?.enabled).toBe(false);
  const mac = menuTemplate({ ...state, mac: true }, act());
  expect(mac.map((m) => m.role ?? m.label)).toEqual([
    'appMenu',
    '&File',
    'editMenu',
    '&View',
    '&Go',
    'windowMenu',
    'help',
  ]);
  expect(entries(mac[0]).map((e) => e.id ?? e.role)).toContain('file.settings');
});

test('F177: every command of the table that has a menu is in it once, with its key', () => {
  for (const mac of [false, true]) {
    const ids = all(menuTemplate({ ...state, mac }, act())).flatMap((e) => e.id ?? []);
    const wanted = windowCommands.filter((c) => c.menu !== 'none').map((c) => c.id);
    expect(ids.filter((id) => id !== 'open-recent').sort()).toEqual([...wanted].sort());
  }
  const palette = all(menuTemplate(state, act())).find((e) => e.id === 'view.palette');
  expect(palette?.accelerator).toBe('CmdOrCtrl+Shift+P');
});

test('what has nothing to do is grey', () => {
  const does = act();
  const menu = all(menuTemplate({ ...state, enabled: new Set(['go.back']) }, does));
  const byId = (id: string) => menu.find((e) => e.id === id);
  expect([byId('go.back')?.enabled, byId('go.forward')?.enabled, byId('file.open')?.enabled]).toEqual([
    true,
    false,
    true,
  ]);
  click(byId('go.back'));
  expect(does.command).toHaveBeenCalledWith('go.back');
});

test('pages, recent traces and the theme are what they are told', () => {
  const does = act();
  const menu = menuTemplate(
    {
      ...state,
      pages: [
        { id: 'view-trace', title: 'View trace' },
        { id: 'goroutine', title: 'Goroutine', arg: 'required' },
      ],
      recents: [recent('a&b.trace'), recent('gone', true)],
      theme: 'dark',
    },
    does,
  );
  const recents = entries(entries(menu[0]).find((e) => e.id === 'open-recent'));
  expect(recents.map((e) => e.label ?? e.type)).toEqual([
    'a&&b.trace (/t)',
    'gone (/t) – not found',
    'separator',
    'Clear recent traces',
  ]);
  expect(recents[1]?.enabled).toBe(false);
  click(recents[0]);
  expect(does.openPath).toHaveBeenCalledWith('/t/a&b.trace');
  click(entries(menu[2])[0]);
  expect(does.command).toHaveBeenCalledWith('page:view-trace');
  expect(entries(menu[2]).map((e) => e.label)).not.toContain('Goroutine');
  const themes = entries(entries(menu[2]).find((e) => e.label === 'Theme'));
  expect(themes.map((t) => t.checked)).toEqual([false, false, true]);
});
