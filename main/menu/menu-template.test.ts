import type { MenuItemConstructorOptions } from 'electron';
import { expect, test, vi } from 'vitest';
import type { RecentTrace } from '../../contract/shell-api';
import { menuTemplate, type MenuActions } from './menu-template';

const act = (): MenuActions => ({
  open: vi.fn(),
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

test('menus in the order that people know', () => {
  const menu = menuTemplate({ mac: false, pages: [], recents: [], theme: 'system' }, act());
  expect(menu.map((m) => m.label ?? m.role)).toEqual(['&File', 'editMenu', '&View', '&Go', '&Help']);
  expect(entries(menu[0]).find((e) => e.id === 'open-recent')?.enabled).toBe(false);
  expect(menuTemplate({ mac: true, pages: [], recents: [], theme: 'system' }, act())[0]?.role).toBe('appMenu');
});

test('pages, recent traces and the theme are what they are told', () => {
  const does = act();
  const menu = menuTemplate(
    {
      mac: false,
      pages: [{ id: 'view-trace', title: 'View trace' }],
      recents: [recent('a&b.trace'), recent('gone', true)],
      theme: 'dark',
    },
    does,
  );
  const recents = entries(entries(menu[0]).find((e) => e.id === 'open-recent'));
  expect(recents[0]?.label).toBe('a&&b.trace (/t)');
  expect(recents[1]?.type).toBe('separator');
  click(recents[0]);
  expect(does.openPath).toHaveBeenCalledWith('/t/a&b.trace');
  click(entries(menu[2])[0]);
  expect(does.command).toHaveBeenCalledWith('page:view-trace');
  const themes = entries(entries(menu[2]).find((e) => e.label === 'Theme'));
  expect(themes.map((t) => t.checked)).toEqual([false, false, true]);
});
