import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_SETTINGS } from '../../contract/settings';
import { removeHalfWritten } from './json-file';
import { MAX_UNPINNED, RecentList } from './recent-list';
import { Session } from './session';
import { Settings } from './settings';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'settings-'));
});

describe('settings', () => {
  test('are kept over a restart', async () => {
    const file = path.join(dir, 'deep', 'settings.json');
    await new Settings(file).change({ theme: 'dark', sourceMappings: [{ from: '/build', to: '/home/me' }] });
    const again = new Settings(file);
    expect(await again.load()).toBeNull();
    expect(again.values).toEqual({
      ...DEFAULT_SETTINGS,
      theme: 'dark',
      sourceMappings: [{ from: '/build', to: '/home/me' }],
    });
    expect(readdirSync(path.dirname(file))).toEqual(['settings.json']); // nothing half-written is left
  });

  test('of version 1 are brought over; keys that are not known stay in the file', async () => {
    const file = path.join(dir, 'settings.json');
    writeFileSync(file, '{"version": 1, "theme": "light"}');
    const s = new Settings(file);
    expect(await s.load()).toBeNull();
    expect(s.values).toEqual({ ...DEFAULT_SETTINGS, theme: 'light' });
    writeFileSync(file, '{"version": 2, "theme": "light", "fromTheFuture": {"a": [1]}}');
    await s.load();
    await s.change({ letterKeys: false });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({
      version: 2,
      theme: 'light',
      letterKeys: false,
      fromTheFuture: { a: [1] },
    });
  });

  test.each(['{', '{"version":1,"theme":"pink"}', '{"version":99,"theme":"dark"}', '[]', '{"version":2,"cacheMb":-1}'])(
    'a bad file is set aside and said: %s',
    async (text) => {
      const file = path.join(dir, 'settings.json');
      writeFileSync(file, text);
      const s = new Settings(file);
      expect(await s.load()).toContain('set aside');
      expect(s.values).toEqual(DEFAULT_SETTINGS);
      const kept = readdirSync(dir).filter((f) => f.startsWith('settings.json.bad-'));
      expect(kept.map((f) => readFileSync(path.join(dir, f), 'utf8'))).toEqual([text]);
    },
  );

  test('what a killed process left half-written is removed, and nothing else', async () => {
    for (const name of ['settings.json', 'settings.json.tmp-1699999999abc123', 'notes.tmp-1'])
      writeFileSync(path.join(dir, name), '{}');
    await removeHalfWritten(dir);
    expect(readdirSync(dir).sort()).toEqual(['notes.tmp-1', 'settings.json']);
  });
});

describe('session', () => {
  const open = async (): Promise<Session> => {
    const s = new Session(path.join(dir, 'session.json'));
    expect(await s.load()).toBeNull();
    return s;
  };
  const tabs = [
    { path: '/t/a', state: { at: 1 } },
    { path: '/t/b', state: null },
  ];

  test('tabs come back after an end and after a crash, and not after two crashes in a row', async () => {
    const first = await open();
    expect(first.begin(true)).toEqual({ tabs: [], activePath: null, crashed: false, heldBack: [] });
    await first.save({ tabs, activePath: '/t/b' });
    const second = await open(); // the first was killed
    expect(second.begin(true)).toEqual({ tabs, activePath: '/t/b', crashed: true, heldBack: [] });
    await second.settled();
    const third = await open(); // killed before it had saved anything
    expect(third.begin(true)).toEqual({ tabs: [], activePath: null, crashed: true, heldBack: ['/t/a', '/t/b'] });
  });

  test('an end in between forgives', async () => {
    for (let i = 0; i < 2; i++) {
      const s = await open();
      s.begin(true);
      await s.save({ tabs, activePath: null });
      const after = await open(); // killed
      expect(after.begin(true).tabs).toEqual(tabs);
      await after.end();
    }
    expect((await open()).begin(true)).toMatchObject({ crashed: false, heldBack: [] });
  });

  test('without restoring nothing comes back, and the window stands where it stood', async () => {
    const s = await open();
    s.begin(true);
    await s.save({ tabs, activePath: null });
    const window = { x: 5, y: 6, width: 800, height: 600, maximized: false, fullScreen: false };
    await s.setWindow(window);
    await s.end();
    const again = await open();
    expect(again.begin(false).tabs).toEqual([]);
    expect(again.window).toEqual(window);
  });
});

describe('recent traces', () => {
  const list = (): RecentList => new RecentList(path.join(dir, 'recents.json'), () => undefined);
  const names = async (l: RecentList): Promise<string[]> => (await l.read()).map((t) => t.fileName);

  test('newest first, pinned before all, kept over a restart', async () => {
    const l = list();
    await l.opened('/t/a', 1, 10);
    await l.opened('/t/b', 1, 20);
    await l.opened('/t/c', 1, 30);
    await l.pin('/t/a', true);
    await l.opened('/t/b', 1, 40);
    const again = list();
    await again.load();
    expect(await names(again)).toEqual(['a', 'b', 'c']);
    await again.clear();
    expect(await names(again)).toEqual(['a']);
    await again.remove('/t/a');
    expect(await names(again)).toEqual([]);
  });

  test('figures stay while the file has the same size', async () => {
    const l = list();
    const figures = { goVersion: '1.26', durationNanos: 5, eventCount: 7, procUse: [0.5] };
    await l.opened('/t/a', 1, 10);
    await l.note('/t/a', figures);
    await l.opened('/t/a', 1, 20);
    expect((await l.read())[0]).toMatchObject(figures);
    await l.opened('/t/a', 2, 30);
    expect((await l.read())[0]).toMatchObject({ goVersion: null, procUse: null });
  });

  test('a missing file is said, and can be put right', async () => {
    const l = list();
    const real = path.join(dir, 'real.trace');
    writeFileSync(real, 'x');
    await l.opened('/t/gone.trace', 1, 10);
    expect((await l.read())[0]).toMatchObject({ missing: true, directory: '/t' });
    await l.relocate('/t/gone.trace', real);
    expect((await l.read()).map((t) => [t.path, t.missing])).toEqual([[real, false]]);
  });

  test('the list has an end, pins do not count', async () => {
    const l = list();
    await l.opened('/t/pinned', 1, 1);
    await l.pin('/t/pinned', true);
    for (let i = 0; i < MAX_UNPINNED + 5; i++) await l.opened(`/t/${i}`, 1, 100 + i);
    expect(await names(l)).toHaveLength(MAX_UNPINNED + 1);
    expect((await names(l))[0]).toBe('pinned');
  });
});
