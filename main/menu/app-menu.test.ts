import { beforeEach, expect, test, vi } from 'vitest';
import { windowCommands } from '../../contract/commands';
import { AppMenu } from './app-menu';

interface Entry {
  id: string;
  enabled: boolean;
  submenu?: { items: Entry[] };
}
/** The menu on the screen, and what the system was told of its entries. */
const electron = vi.hoisted(() => ({ menu: null as { items: Entry[] } | null, told: [] as string[] }));
vi.mock('electron', () => {
  interface Template {
    id?: string;
    enabled?: boolean;
    submenu?: Template[];
  }
  const entryOf = ({ id = '', enabled = true, submenu }: Template): Entry => {
    let now = enabled;
    return {
      id,
      get enabled() {
        return now;
      },
      set enabled(value) {
        electron.told.push(id);
        now = value;
      },
      ...(submenu ? { submenu: { items: submenu.map(entryOf) } } : {}),
    };
  };
  return {
    Menu: {
      buildFromTemplate: (template: Template[]) => ({ items: template.map(entryOf) }),
      setApplicationMenu: (menu: { items: Entry[] }) => (electron.menu = menu),
      getApplicationMenu: () => electron.menu,
    },
  };
});

const entries = (): Entry[] => electron.menu?.items.flatMap((i) => i.submenu?.items ?? []) ?? [];
const isEnabled = (id: string): boolean | undefined => entries().find((e) => e.id === id)?.enabled;
const free = windowCommands.filter((c) => c.needs === undefined).map((c) => c.id);
const acts = { openPath: vi.fn(), clearRecents: vi.fn(), setTheme: vi.fn(), command: vi.fn() };
const menu = (): AppMenu => {
  const made = new AppMenu({ theme: 'system', keyPreset: 'tracewell' }, acts);
  made.begin({ theme: 'system', keyPreset: 'tracewell' });
  return made;
};
beforeEach(() => void (electron.told = []));

test('a menu begins as one without a trace, so that the page that says so changes nothing', () => {
  const made = menu();
  expect([isEnabled('file.open'), isEnabled('go.back')]).toEqual([true, false]);
  made.setEnabled(free);
  expect(electron.told).toEqual([]);
});

test('of its entries those change that are to change, and a menu made anew has them', async () => {
  const made = menu();
  made.setEnabled([...free, 'go.back']);
  expect(electron.told).toEqual(['go.back']);
  made.setSettings({ theme: 'dark', keyPreset: 'tracewell' });
  const before = electron.menu;
  await vi.waitFor(() => expect(electron.menu).not.toBe(before));
  expect(isEnabled('go.back')).toBe(true);
  made.setEnabled(free);
  expect([electron.told, isEnabled('go.back')]).toEqual([['go.back', 'go.back'], false]);
});
