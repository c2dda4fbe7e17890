import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { MAX_UNPINNED, RecentList } from './recent-list';
import { Settings } from './settings';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'settings-'));
});

describe('settings', () => {
  test('are kept over a restart', async () => {
    const file = path.join(dir, 'deep', 'settings.json');
    await new Settings(file).setTheme('dark');
    const again = new Settings(file);
    expect(await again.load()).toBeNull();
    expect(again.theme).toBe('dark');
    expect(readdirSync(path.dirname(file))).toEqual(['settings.json']); // nothing half-written is left
  });

  test.each(['{', '{"version":1,"theme":"pink"}', '{"version":99,"theme":"dark"}', '[]'])(
    'a bad file is set aside and said: %s',
    async (text) => {
      const file = path.join(dir, 'settings.json');
      writeFileSync(file, text);
      const s = new Settings(file);
      expect(await s.load()).toContain('set aside');
      expect(s.theme).toBe('system');
      const kept = readdirSync(dir).filter((f) => f.startsWith('settings.json.bad-'));
      expect(kept.map((f) => readFileSync(path.join(dir, f), 'utf8'))).toEqual([text]);
    },
  );
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
