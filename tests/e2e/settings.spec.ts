// The page Settings at work, and how the window looks for those who need it otherwise.
import { expect, test, type Page } from '@playwright/test';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expectNoViolations, setTheme } from './axe';
import { launchApp, traces, waitForIdle, type Launched } from './launch';
import { answerQuestions } from './pages';

const sample = path.join(traces, 'go1.26-gcheavy.trace');

let dataDir: string;
let launched: Launched;
test.beforeAll(async () => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'tracewell-settings-'));
  launched = await launchApp({ dataDir, files: [sample] });
});
test.afterAll(async () => {
  await launched.close();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

const kept = (): Record<string, unknown> =>
  JSON.parse(readFileSync(path.join(dataDir, 'settings.json'), 'utf8')) as Record<string, unknown>;

async function openSettings(page: Page): Promise<void> {
  await page.keyboard.press('Control+,');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings');
}

test('F181: the theme is light, dark or as the system, at once and live', async () => {
  const { app, page } = launched;
  await openSettings(page);
  const html = page.locator('html');
  await page.getByRole('radio', { name: 'Dark' }).check();
  await expect(html).toHaveAttribute('data-theme', 'dark');
  await page.getByRole('radio', { name: 'Light' }).check();
  await expect(html).toHaveAttribute('data-theme', 'light');
  await expect.poll(() => kept()['theme']).toBe('light');
  await page.getByRole('radio', { name: 'As the system' }).check();
  const system = await app.evaluate(({ nativeTheme }) => (nativeTheme.shouldUseDarkColors ? 'dark' : 'light'));
  await expect(html).toHaveAttribute('data-theme', system);
  // What the system says later holds at once: main is told by the system, the page by main.
  await app.evaluate(({ nativeTheme }) => (nativeTheme.themeSource = 'dark'));
  await expect(html).toHaveAttribute('data-theme', 'dark');
  await app.evaluate(({ nativeTheme }) => (nativeTheme.themeSource = 'system'));
});

test('F185: colours for colour-blind people hold at once, everywhere', async () => {
  const { page } = launched;
  await openSettings(page);
  const running = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--st-running').trim());
  const before = await running();
  await page.getByRole('radio', { name: 'Colour-blind safe' }).check();
  await expect.poll(running).not.toBe(before);
  await expect.poll(() => kept()['colours']).toBe('colour-blind');
  await page.getByRole('radio', { name: 'Standard' }).check();
  await expect.poll(running).toBe(before);
});

test('F183: letters as keys can be switched off', async () => {
  const { page } = launched;
  await openSettings(page);
  await page.getByLabel('Letters and signs are keys').uncheck();
  await page.getByRole('tab', { name: path.basename(sample) }).click();
  await page.keyboard.press('?');
  await page.keyboard.press('F1');
  await expect(page.getByRole('dialog')).toHaveCount(1);
  await expect(page.getByRole('dialog', { name: 'Command palette' })).toBeVisible();
  await page.keyboard.press('Escape');
  await openSettings(page);
  await page.getByLabel('Letters and signs are keys').check();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
});

test('E3.3: file:line opens in the editor that is set, through the mapping, without a shell', async () => {
  test.skip(process.platform === 'win32', 'a script of sh stands for the editor');
  const { page } = launched;
  const said = path.join(dataDir, 'said');
  const program = path.join(dataDir, 'my editor');
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$@" > "${said}.part" && mv "${said}.part" "${said}"\n`);
  chmodSync(program, 0o755);
  const source = 'main; touch pwned.go';
  writeFileSync(path.join(dataDir, source), 'package main\n');
  // A program and a folder are agreed to in dialogs of the system: the first answer is no.
  const asked = await answerQuestions(launched.app, 1);
  await openSettings(page);
  await page.getByLabel('Editor', { exact: true }).selectOption('custom');
  const command = page.getByLabel('Editor command');
  await command.fill('rm -rf .');
  await command.blur();
  await expect.poll(asked).toEqual([expect.stringContaining('“rm -rf .”')]);
  await expect(command).toHaveValue('');
  const agreedTo = await answerQuestions(launched.app, 0);
  await command.fill(`"${program}" +{line} {file}`);
  await command.blur();
  await page.getByRole('button', { name: 'Add a mapping' }).click();
  await page.getByLabel('Folder in the trace').fill('/build/app');
  await page.getByLabel('Folder on this machine').fill(dataDir);
  await page.getByLabel('Folder on this machine').blur();
  await expect.poll(() => kept()['sourceMappings']).toEqual([{ from: '/build/app', to: dataDir }]);
  expect(await agreedTo()).toEqual([expect.stringContaining(program), expect.stringContaining(dataDir)]);
  const open = (file: string): Promise<{ opened: boolean; sentence: string }> =>
    page.evaluate(
      (f) =>
        (
          globalThis as unknown as {
            shell: { openSource(i: unknown): Promise<{ opened: boolean; sentence: string }> };
          }
        ).shell.openSource({ file: f, line: 84 }),
      file,
    );
  expect(await open(`/build/app/${source}`)).toMatchObject({ opened: true });
  await expect.poll(() => existsSync(said)).toBe(true);
  expect(readFileSync(said, 'utf8')).toBe(`+84\n${path.join(dataDir, source)}\n`);
  expect(existsSync(path.join(dataDir, 'pwned.go'))).toBe(false);
  expect((await open('/elsewhere/main.go')).sentence).toContain('There is no file');
  await page.getByRole('button', { name: 'Remove source mapping 1' }).click();
  await page.getByLabel('Editor', { exact: true }).selectOption('none');
});

test('a limit that cannot be is said beside its field and not kept', async () => {
  const { page } = launched;
  await openSettings(page);
  const memory = page.getByLabel('Memory of a trace');
  await memory.fill('3');
  await memory.blur();
  await expect(page.getByRole('alert')).toContainText('A whole number from 64');
  await memory.fill('256');
  await memory.blur();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect.poll(() => kept()['memoryMb']).toBe(256);
  await memory.fill('');
  await memory.blur();
  await expect.poll(() => kept()['memoryMb']).toBe(null);
});

test('F5.4: a bad settings file is set aside and said, and the app starts with the usual', async () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'tracewell-settings-'));
  writeFileSync(path.join(dir, 'settings.json'), '{"version": 2, "theme": "pink"}');
  const other = await launchApp({ dataDir: dir });
  await expect(other.page.getByText('it was set aside as')).toBeVisible();
  await other.close();
  rmSync(dir, { recursive: true, force: true });
});

for (const theme of ['light', 'dark'] as const) {
  test(`F183: no violations that axe can find: settings, capture, palette, ${theme}`, async () => {
    const { page } = launched;
    await openSettings(page);
    await setTheme(page, theme);
    await expectNoViolations(page, 'settings');
    await page.keyboard.press('F1');
    await expectNoViolations(page, 'palette');
    await page.keyboard.type('capture');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Capture');
    await expectNoViolations(page, 'capture');
    await page.keyboard.press('Control+w');
  });
}

test('F186: nothing moves for who asked for that', async () => {
  const { page } = launched;
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const times = await page.evaluate(() => {
    const style = getComputedStyle(document.documentElement);
    return ['--t-fast', '--t-base', '--t-slow'].map((name) => Number.parseFloat(style.getPropertyValue(name)));
  });
  expect(times).toEqual([0, 0, 0]);
  await page.emulateMedia({ reducedMotion: null });
});

test('F181: with forced colours the system’s are taken', async () => {
  const { page } = launched;
  const surface = (): Promise<string> =>
    page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--surface').trim());
  await page.emulateMedia({ forcedColors: 'active' });
  expect(await surface()).toBe('Canvas');
  await page.emulateMedia({ forcedColors: null });
  expect(await surface()).not.toBe('Canvas');
});

test('F182, F3.3: at 200 % nothing is out of reach, and canvases are as sharp as the screen', async () => {
  const { app, page } = launched;
  // A window that comes to a screen of another density is told so in the same way as one that is zoomed.
  const blur = (): Promise<number[]> =>
    page.evaluate(() =>
      [...document.querySelectorAll('canvas')].map((c) => Math.abs(c.width - c.clientWidth * devicePixelRatio)),
    );
  await page.getByRole('tab', { name: 'Start' }).click();
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(2));
  await expect.poll(() => page.evaluate(() => globalThis.innerWidth)).toBe(720);
  for (const name of ['Start', path.basename(sample)]) {
    await page.getByRole('tab', { name }).click();
    await waitForIdle(page);
    const isWider = await page.evaluate(() => document.documentElement.scrollWidth > globalThis.innerWidth);
    expect(isWider, name).toBe(false);
    await expect(page.getByRole('heading', { level: 1 })).toBeInViewport();
    await expect(page.getByRole('contentinfo')).toBeInViewport();
  }
  // The foot of the folded navigation too, with its name beside it: nothing lies over what was scrolled to.
  const foot = page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Keyboard shortcuts' });
  await foot.hover();
  await expect(foot.getByText('Keyboard shortcuts')).toBeInViewport({ ratio: 1 });
  expect(await blur()).not.toEqual([]);
  // N.B. the window has its width before its canvases are told: the page is idle in between.
  await expect.poll(async () => Math.max(...(await blur()))).toBeLessThan(2);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.setZoomFactor(1));
  await expect.poll(() => page.evaluate(() => globalThis.innerWidth)).toBe(1440);
  await expect.poll(async () => Math.max(...(await blur()))).toBeLessThan(2);
  await waitForIdle(page);
});

test('F183: everything on the start page is reached by Tab, each with a visible focus', async () => {
  const { page } = launched;
  await page.getByRole('tab', { name: 'Start' }).click();
  await page.keyboard.press('Tab');
  const seen = new Set<string>();
  for (let i = 0; i < 40; i++) {
    const at = await page.evaluate(() => {
      const el = document.activeElement as HTMLElement | null;
      if (!el || el === document.body) return null;
      const own = getComputedStyle(el);
      const after = getComputedStyle(el, '::after');
      // Fields draw their focus around the whole field.
      const around = el.closest('label, .search-field');
      const frame = around ? getComputedStyle(around) : own;
      const isSeen = [own, after, frame].some(
        (s) => s.outlineStyle !== 'none' && Number.parseFloat(s.outlineWidth) > 0,
      );
      return { name: el.getAttribute('aria-label') ?? el.innerText, isSeen };
    });
    if (at) {
      expect(at.isSeen, at.name).toBe(true);
      seen.add(at.name);
    }
    await page.keyboard.press('Tab');
  }
  for (const name of [
    'Open…',
    'Capture…',
    'Open the sample',
    'Filter by name or folder',
    'Clear',
    path.basename(sample),
  ])
    expect([...seen]).toContain(name);
});
