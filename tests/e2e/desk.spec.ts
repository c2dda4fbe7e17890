// Ways in beside the dialog: folders and files dropped, what is pasted; and the cache of indexes in Settings.
import { expect, test, type Page } from '@playwright/test';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expectNoViolations } from './axe';
import { launchApp, traces, waitForIdle, type Launched } from './launch';

let launched: Launched;
let folder: string;
test.beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'tracewell-desk-'));
  mkdirSync(path.join(folder, 'pkg'));
  mkdirSync(path.join(folder, 'empty'));
  cpSync(path.join(traces, 'go1.22-tiny.trace'), path.join(folder, 'old.out'));
  utimesSync(path.join(folder, 'old.out'), 1000, 1000);
  cpSync(path.join(traces, 'go1.26-fractal-seq.trace'), path.join(folder, 'pkg', 'new.trace'));
  writeFileSync(path.join(folder, 'notes.trace'), 'no trace at all');
  launched = await launchApp();
});
test.afterAll(async () => {
  await launched.close();
  rmSync(folder, { recursive: true, force: true });
});

async function drop(page: Page, files: string[]): Promise<void> {
  const debug = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await debug.send('Input.dispatchDragEvent', { type, x: 500, y: 400, data });
}
const paste = (page: Page, text: string): Promise<void> =>
  page.evaluate((t) => {
    const data = new DataTransfer();
    data.setData('text/plain', t);
    document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, text);
const tabs = (page: Page): Promise<string[]> => page.getByRole('tab').allInnerTexts();

test('F8: a folder that is dropped offers the traces inside', async () => {
  const { page, errors } = launched;
  await drop(page, [folder]);
  const dialog = page.getByRole('dialog', { name: /^Traces in / });
  await expect(dialog.getByRole('listitem')).toHaveCount(2);
  // The newest stands first and is chosen.
  await expect(dialog.getByRole('checkbox', { name: 'pkg/new.trace' })).toBeChecked();
  await dialog.getByRole('checkbox', { name: 'old.out' }).check();
  await expectNoViolations(page, 'folder');
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('tab', { name: 'new.trace' })).toHaveAttribute('aria-selected', 'true');
  expect(await tabs(page)).toEqual(['Start', 'old.out', 'new.trace']);
  await drop(page, [path.join(folder, 'empty')]);
  await expect(page.getByText(/There is no Go execution trace in/).first()).toBeVisible();
  expect(errors).toEqual([]);
});

test('F8: two files dropped together open as two tabs, with an offer to compare them', async () => {
  const { page, errors } = launched;
  await page.keyboard.press('Control+w');
  await page.keyboard.press('Control+w');
  await drop(page, [path.join(folder, 'pkg', 'new.trace'), path.join(folder, 'old.out')]);
  const offer = page.getByRole('status', { name: 'Messages' });
  await expect(offer).toContainText('Compare new.trace with old.out?');
  await waitForIdle(page);
  expect(await tabs(page)).toEqual(['Start', 'new.trace', 'old.out']);
  await offer.getByRole('button', { name: 'Compare' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Compare/);
  await waitForIdle(page);
  expect(errors).toEqual([]);
});

test('F11: an address that is pasted goes into Capture and is fetched only then; a path opens; other text does nothing', async () => {
  const { page, errors } = launched;
  await page.keyboard.press('Control+w');
  await page.keyboard.press('Control+w');
  expect(await tabs(page)).toEqual(['Start']);
  await paste(page, 'https://example.invalid/debug/pprof/trace?seconds=5');
  await expect(page.getByRole('heading', { level: 1, name: 'Capture' })).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Address' })).toBeChecked();
  await expect(page.getByRole('textbox', { name: 'Address' })).toHaveValue(
    'https://example.invalid/debug/pprof/trace?seconds=5',
  );
  await expect(page.getByRole('button', { name: 'Start capture' })).toBeFocused();
  await expect(page.getByRole('progressbar')).toHaveCount(0);
  await page.keyboard.press('Control+w');
  await page.keyboard.press('Control+Shift+O');
  await expect(page.getByRole('textbox', { name: 'Address' })).toBeFocused();
  await page.keyboard.press('Control+w');
  await paste(page, ` "${path.join(folder, 'old.out')}"\n`);
  await expect(page.getByRole('tab', { name: 'old.out' })).toHaveAttribute('aria-selected', 'true');
  await paste(page, 'a word\nand another');
  await paste(page, '../relative.trace');
  await waitForIdle(page);
  expect(await tabs(page)).toEqual(['Start', 'old.out']);
  expect(errors).toEqual([]);
});

test('F193: what is opened is among the recent documents of the system, and goes with Clear', async () => {
  const { app, page } = launched;
  const file = path.join(folder, 'pkg', 'again.trace');
  cpSync(path.join(folder, 'pkg', 'new.trace'), file);
  // Linux keeps no such list: what the system would be told is listened to.
  await app.evaluate(({ app: electron }) => {
    const told: string[] = [];
    Object.assign(globalThis, { told });
    electron.addRecentDocument = (file) => void told.push(file);
    electron.clearRecentDocuments = () => void told.push('cleared');
  });
  await page.keyboard.press('Control+w');
  await paste(page, file);
  await expect(page.getByRole('tab', { name: 'again.trace' })).toBeVisible();
  await waitForIdle(page);
  await page.getByRole('tab', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(page.getByText('No trace was opened yet.')).toBeVisible();
  expect(await app.evaluate(() => (globalThis as unknown as { told: string[] }).told)).toEqual([file, 'cleared']);
});

test('F183: focus is never lost: not with a page, a tab or a dialog that goes', async () => {
  const { page } = launched;
  const isLost = (): Promise<boolean> =>
    page.evaluate(() => document.activeElement === null || document.activeElement === document.body);
  const after = async (what: string): Promise<void> => {
    await waitForIdle(page);
    await expect.poll(isLost, what).toBe(false);
  };
  await page.getByRole('tab', { name: 'again.trace' }).click();
  await waitForIdle(page);
  await page.getByRole('main').getByRole('button', { name: 'Help for this page' }).focus();
  await page.keyboard.press('Control+p');
  await page.keyboard.type('events');
  await page.keyboard.press('Enter');
  await after('another page by the palette');
  await page.getByRole('main').getByRole('button', { name: 'Help for this page' }).click();
  // Its file is read at the first time.
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await after('a dialog');
  await expect(page.getByRole('button', { name: 'Help for this page' })).toBeFocused();
  await page.keyboard.press('Alt+ArrowLeft');
  await after('back');
  await page.getByRole('main').getByRole('button', { name: 'Help for this page' }).focus();
  await page.keyboard.press('Control+Tab');
  await after('the next tab');
  await page.keyboard.press('Control+,');
  await after('a new tab');
  await page.getByRole('spinbutton', { name: 'Cache of indexes' }).focus();
  await page.keyboard.press('Control+w');
  await after('a tab that is closed');
});

test('F20: the cache of indexes is seen, limited and cleared in Settings', async () => {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'tracewell-cache-'));
  const big = path.join(dataDir, 'big.trace');
  // Traces under a megabyte are not kept: three in one file are more.
  const one = path.join(traces, 'go1.26-gcheavy.trace');
  const { readFileSync } = await import('node:fs');
  writeFileSync(big, Buffer.concat([readFileSync(one), readFileSync(one), readFileSync(one)]));
  const own = await launchApp({ dataDir, files: [big] });
  try {
    const { page } = own;
    const index = path.join(dataDir, 'cache', 'index');
    await expect(page.getByRole('contentinfo')).toContainText('events indexed');
    await expect.poll(() => readdirSync(path.join(dataDir, 'cache')).length, { timeout: 15_000 }).toBeGreaterThan(0);
    // The index, the rows of so small a trace, and what the home page's pass leaves for a comparison.
    const kinds = (): string[] => readdirSync(index).map((f) => (f.includes('digest') ? 'digest' : path.extname(f)));
    await expect
      .poll(() => kinds().sort(), { timeout: 15_000 })
      .toEqual(['.twanswer', '.twindex', '.twstrand', 'digest']);
    await page.keyboard.press('Control+,');
    const usage = page.getByRole('status').filter({ hasText: /1 traces|Empty|Looking/ });
    await expect(usage).toContainText('1 traces');
    await expect(page.getByText(index, { exact: true })).toBeVisible();
    const limit = page.getByRole('spinbutton', { name: 'Cache of indexes' });
    await limit.fill('-5');
    await limit.press('Enter');
    await expect(page.getByRole('alert')).toContainText('A whole number from 0');
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await expect(usage).toHaveText('Empty');
    expect(readdirSync(index)).toEqual([]);
    // With 0 nothing is kept of what is opened from now on.
    await limit.fill('0');
    await limit.press('Enter');
    await page.getByRole('tab', { name: 'big.trace' }).click();
    await page.keyboard.press('Control+r');
    await waitForIdle(page);
    await expect(page.getByRole('contentinfo')).toContainText('events indexed');
    expect(readdirSync(index)).toEqual([]);
    expect(own.errors).toEqual([]);
  } finally {
    await own.close();
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
});
