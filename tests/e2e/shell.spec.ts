// The window: every way to open, tabs, the recent traces, back and forward, keys.
import { expect, test, type Page } from '@playwright/test';
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { launchApp, root, traces, waitForIdle, type Launched } from './launch';

const sample = path.join(traces, 'go1.26-gcheavy.trace');
const other = path.join(traces, 'go1.26-fractal-workers.trace');

const tabNames = (page: Page): Promise<string[]> => page.getByRole('tab').allInnerTexts();
const tab = (page: Page, name: string) => page.getByRole('tab', { name });

async function withApp(
  options: Parameters<typeof launchApp>[0],
  body: (launched: Launched) => Promise<void>,
): Promise<void> {
  const launched = await launchApp(options);
  try {
    await body(launched);
    expect(launched.errors).toEqual([]);
  } finally {
    await launched.close();
  }
}

test('without a file there is the start page', async () => {
  await withApp({}, async ({ app, page }) => {
    await expect(page.getByRole('heading', { level: 1, name: 'Tracewell' })).toBeVisible();
    await expect(page.getByRole('button', { name: 'Open…' }).first()).toBeVisible();
    await expect(page.getByText('No trace was opened yet.')).toBeVisible();
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle())).toBe('Tracewell');
    expect(
      await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.items.map((i) => i.label.replace('&', ''))),
    ).toEqual(['File', 'Edit', 'View', 'Go', 'Help']);
  });
});

test('F180: the start page opens the sample', async () => {
  await withApp({}, async ({ page }) => {
    await page.getByRole('button', { name: 'Open the sample', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('go1.26-gcheavy.trace');
    await waitForIdle(page);
    await expect(page.getByRole('contentinfo')).toContainText('events indexed');
  });
});

test('F191: files of the command line are tabs, the last one in front', async () => {
  await withApp({ files: [sample, other] }, async ({ app, page }) => {
    expect(await tabNames(page)).toEqual(['Start', path.basename(sample), path.basename(other)]);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(path.basename(other));
    expect(await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getTitle())).toBe(
      `${path.basename(other)} – Tracewell`,
    );
  });
});

test('F9: File ▸ Open… opens what the dialog gives; a file that is open comes to the front', async () => {
  await withApp({ files: [other] }, async ({ app, page }) => {
    const choose = async (filePaths: string[]): Promise<void> => {
      await app.evaluate(({ dialog, Menu }, paths) => {
        dialog.showOpenDialog = () => Promise.resolve({ canceled: paths.length === 0, filePaths: paths });
        Menu.getApplicationMenu()?.getMenuItemById('file.open')?.click();
      }, filePaths);
      await waitForIdle(page);
    };
    await choose([sample]);
    await expect(tab(page, path.basename(sample))).toHaveAttribute('aria-selected', 'true');
    await choose([other]);
    await expect(tab(page, path.basename(other))).toHaveAttribute('aria-selected', 'true');
    await choose([]);
    expect(await tabNames(page)).toHaveLength(3);
    // The button on the start page goes the same way.
    await tab(page, 'Start').click();
    await page.getByRole('main').or(page.getByRole('tabpanel')).getByRole('button', { name: 'Open…' }).click();
    expect(await tabNames(page)).toHaveLength(3);
  });
});

test('F8: dropped files open as tabs', async () => {
  await withApp({}, async ({ page }) => {
    const debug = await page.context().newCDPSession(page);
    const data = { items: [], files: [sample, other], dragOperationsMask: 1 };
    const drag = (type: 'dragEnter' | 'dragOver' | 'drop') =>
      debug.send('Input.dispatchDragEvent', { type, x: 500, y: 400, data });
    await drag('dragEnter');
    await drag('dragOver');
    await expect(page.getByText('Drop to open')).toBeVisible();
    await drag('drop');
    await expect(tab(page, path.basename(other))).toHaveAttribute('aria-selected', 'true');
    await expect(page.getByText('Drop to open')).toBeHidden();
    expect(await tabNames(page)).toHaveLength(3);
  });
});

test('F192: a second instance hands its files to the first and ends', async () => {
  await withApp({}, async ({ page, dataDir }) => {
    const second = await promisify(execFile)(process.env['ELECTRON_PATH'] ?? '', [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      `--user-data-dir=${path.join(dataDir, 'profile')}`,
      root,
      other,
    ]);
    expect(second.stdout).toContain('@tracewell {"event":"done"}');
    await expect(tab(page, path.basename(other))).toHaveAttribute('aria-selected', 'true');
    await waitForIdle(page);
  });
});

test('E1.5: a page that crashed comes back with its traces', async () => {
  const launched = await launchApp({ files: [other] });
  const title = (): Promise<string | undefined> =>
    launched.app.evaluate(async ({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents;
      return (await contents?.executeJavaScript('document.querySelector("h1")?.innerText')) as string | undefined;
    });
  await launched.app.evaluate(async ({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents;
    const loaded = new Promise<void>((ok) => contents?.once('did-finish-load', () => ok()));
    contents?.forcefullyCrashRenderer();
    await loaded;
  });
  await expect.poll(title).toBe(path.basename(other));
  await launched.close();
});

test('F10: recent traces are kept over a restart, with figures; pin, remove, clear, a missing file', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tracewell-e2e-'));
  const gone = path.join(dataDir, 'gone.trace');
  cpSync(other, gone);
  await withApp({ dataDir, files: [gone, sample] }, async ({ page }) => {
    await waitForIdle(page);
    await tab(page, 'Start').click();
    await expect(page.getByRole('row', { name: /gcheavy/ })).toContainText('1.26');
  });
  rmSync(gone);
  await withApp({ dataDir }, async ({ app, page }) => {
    const row = (name: RegExp) => page.getByRole('row', { name });
    await expect(row(/gcheavy/)).toContainText('just now');
    await expect(
      row(/gcheavy/)
        .locator('svg path')
        .first(),
    ).toBeAttached();
    await expect(row(/gone\.trace/)).toContainText('Not found in');
    await expect(row(/gone\.trace/).getByRole('button', { name: 'Locate…' })).toBeVisible();
    const menu = await app.evaluate(({ Menu }) =>
      Menu.getApplicationMenu()
        ?.getMenuItemById('open-recent')
        ?.submenu?.items.map((i) => i.label),
    );
    expect(menu?.[0]).toContain('go1.26-gcheavy.trace');
    await page.getByLabel('Filter by name or folder').fill('nothing like it');
    await expect(page.getByText('No recent trace matches')).toBeVisible();
    await page.getByRole('button', { name: 'Clear filter' }).click();
    await page.getByRole('button', { name: /^Pin go1.26-gcheavy/ }).click();
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await expect(row(/gone\.trace/)).toBeHidden();
    await page.getByRole('button', { name: 'go1.26-gcheavy.trace', exact: true }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('go1.26-gcheavy.trace');
    await tab(page, 'Start').click();
    await page.getByRole('button', { name: /^Remove go1.26-gcheavy/ }).click();
    await expect(page.getByText('No trace was opened yet.')).toBeVisible();
  });
  rmSync(dataDir, { recursive: true, force: true });
});

test('a settings file that cannot be read is set aside and said', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tracewell-e2e-'));
  writeFileSync(path.join(dataDir, 'recents.json'), '{"version": 1, "traces": "all"}');
  await withApp({ dataDir }, async ({ page }) => {
    await expect(page.getByText('it was set aside as')).toBeVisible();
    await page.getByRole('button', { name: 'Dismiss' }).click();
    await expect(page.getByText('it was set aside as')).toBeHidden();
  });
  const kept = readdirSync(dataDir).find((f) => f.startsWith('recents.json.bad-'));
  expect(readFileSync(path.join(dataDir, kept ?? ''), 'utf8')).toContain('"all"');
  rmSync(dataDir, { recursive: true, force: true });
});

test('back and forward go through pages and positions', async () => {
  await withApp({ files: [sample] }, async ({ app, page }) => {
    const heading = page.getByRole('heading', { level: 1 });
    await page.getByRole('link', { name: 'View trace' }).click();
    await expect(heading).toHaveText('View trace');
    await page.keyboard.press('Alt+ArrowLeft');
    await expect(heading).toHaveText(path.basename(sample));
    await page.keyboard.press('Alt+ArrowRight');
    await expect(heading).toHaveText('View trace');
    await app.evaluate(({ Menu }) =>
      Menu.getApplicationMenu()
        ?.items.find((i) => i.label === '&Go')
        ?.submenu?.items.find((i) => i.label === 'Back')
        ?.click(),
    );
    await expect(heading).toHaveText(path.basename(sample));
    // A window dragged out on the overview is one step.
    const overview = page.getByRole('img', { name: /^Overview/ });
    const box = (await overview.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.4, box.y + 60);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.6, box.y + 60, { steps: 3 });
    await page.mouse.up();
    await expect(heading).toHaveText('View trace');
    await expect(page.getByRole('contentinfo')).toContainText('Visible');
    await page.keyboard.press('Alt+ArrowLeft');
    await expect(heading).toHaveText(path.basename(sample));
    await expect(page.getByRole('contentinfo')).toContainText('Whole trace');
  });
});

test('keys and menus: tabs, navigation, theme, about, shortcuts', async () => {
  await withApp({ files: [other, sample] }, async ({ app, page }) => {
    await page.keyboard.press('Control+Tab');
    await expect(tab(page, 'Start')).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Control+Shift+Tab');
    await expect(tab(page, path.basename(sample))).toHaveAttribute('aria-selected', 'true');
    await page.keyboard.press('Control+w');
    expect(await tabNames(page)).toEqual(['Start', path.basename(other)]);

    const nav = page.getByRole('navigation', { name: 'Pages' });
    const wide = (await nav.boundingBox())!.width;
    await page.keyboard.press('Control+b');
    expect((await nav.boundingBox())!.width).toBeLessThan(wide / 2);
    await nav.getByRole('button', { name: 'View trace' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('View trace');
    await nav.getByRole('button', { name: 'Home' }).click();

    await page.getByRole('button', { name: /^Theme/ }).click(); // system → light
    await page.getByRole('button', { name: /^Theme/ }).click(); // light → dark
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');

    const click = (menu: string, label: string): Promise<void> =>
      app.evaluate(
        ({ Menu }, [m, l]) =>
          Menu.getApplicationMenu()
            ?.items.find((i) => i.label === m)
            ?.submenu?.items.find((i) => i.label === l)
            ?.click(),
        [menu, label],
      );
    await click('&Help', 'About Tracewell');
    const about = page.getByRole('dialog', { name: 'About Tracewell' });
    await expect(about).toContainText(await app.evaluate(({ app: a }) => a.getVersion()));
    await expect(about.getByRole('button', { name: 'Close' })).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(about).toBeHidden();

    await page.keyboard.press('?');
    const shortcuts = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await expect(shortcuts.getByText('Next tab')).toBeVisible();
    await expect(shortcuts.getByRole('button', { name: 'Close' })).toBeFocused();
    await shortcuts.getByLabel('Filter shortcuts').fill('zoom');
    await expect(shortcuts.getByText('Next tab')).toBeHidden();
    await shortcuts.getByRole('button', { name: 'Close' }).click();
    await expect(shortcuts).toBeHidden();
  });
});
