// The table of commands at work: palette, Go to anything, menus, dialogs, keys; notifications that can be read again.
import { expect, test, type Page } from '@playwright/test';
import path from 'node:path';
import { expectNoViolations } from './axe';
import { launchApp, traces, waitForIdle, type Launched } from './launch';

const sample = path.join(traces, 'go1.26-gcheavy.trace');
const name = path.basename(sample);

let launched: Launched;
test.beforeAll(async () => {
  launched = await launchApp({ files: [sample] });
});
test.afterAll(() => launched.close());
test.beforeEach(async () => {
  await expect(launched.page.getByRole('dialog')).toHaveCount(0);
});

const palette = (page: Page, title = 'Command palette') => page.getByRole('dialog', { name: title });
const heading = (page: Page) => page.getByRole('heading', { level: 1 });

test('F152: F177: the palette opens by its three keys, runs a command, and gives the focus back', async () => {
  const { page } = launched;
  await page.getByRole('tab', { selected: true }).focus();
  for (const keys of ['Control+Shift+P', 'Control+k', 'F1']) {
    await page.keyboard.press(keys);
    await expect(palette(page).getByRole('combobox')).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(palette(page)).toBeHidden();
    await expect(page.getByRole('tab', { selected: true })).toBeFocused();
  }
  await page.keyboard.press('F1');
  await page.keyboard.type('abtr');
  await expect(palette(page).getByRole('option', { selected: true })).toContainText('About Tracewell');
  await expectNoViolations(page, 'palette');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'About Tracewell' })).toBeVisible();
  await page.keyboard.press('Escape');
  // What was used is offered first the next time.
  await page.keyboard.press('F1');
  await expect(palette(page).getByRole('option').first()).toContainText('About Tracewell');
  await page.keyboard.press('Escape');
});

test('F177: pages and commands of View trace are in the palette; arrows choose', async () => {
  const { page } = launched;
  await page.keyboard.press('F1');
  await page.keyboard.type('view trace');
  await expect(palette(page).getByRole('option', { selected: true })).toContainText('View trace');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('View trace');
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(heading(page)).toHaveText(name);
  // A command of a page that is not on the screen opens it first.
  await page.keyboard.press('F1');
  await page.keyboard.type('zoom in');
  await expect(palette(page).getByRole('option', { selected: true })).toContainText('Zoom in');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('View trace');
  await expect(page.getByRole('contentinfo')).toContainText('Visible');
  await page.keyboard.press('0');
  await waitForIdle(page);
  await expect(page.getByRole('contentinfo')).toContainText('Whole trace');
});

test('F2.2: Go to anything: a time leads to View trace there, in any unit; commands are behind >', async () => {
  const { page } = launched;
  await page.keyboard.press('Control+p');
  const dialog = palette(page, 'Go to anything');
  await dialog.getByRole('combobox').fill('about');
  await expect(dialog.getByRole('option')).toHaveCount(0);
  await dialog.getByRole('combobox').fill('>about');
  await expect(dialog.getByRole('option', { selected: true })).toContainText('About Tracewell');
  await dialog.getByRole('combobox').fill('60ms');
  await expect(dialog.getByRole('option', { selected: true })).toContainText('Go to 60');
  await page.keyboard.press('Enter');
  await expect(heading(page)).toHaveText('View trace');
  await expect(page.getByRole('contentinfo')).toContainText(/Visible 59\.\d+ – 60\.\d+/);
});

test('F182: the contents get larger and smaller, and are as they were', async () => {
  const { app, page } = launched;
  const level = (): Promise<number> =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.webContents.getZoomLevel() ?? NaN);
  await page.keyboard.press('Control+Shift++');
  await expect.poll(level).toBe(0.5);
  await page.keyboard.press('Control+-');
  await page.keyboard.press('Control+-');
  await expect.poll(level).toBe(-0.5);
  await page.keyboard.press('Control+0');
  await expect.poll(level).toBe(0);
});

test('F6.1: the menu is made from the table: what has nothing to do is grey', async () => {
  const { app, page } = launched;
  const enabled = (id: string): Promise<boolean | undefined> =>
    app.evaluate(({ Menu }, i) => Menu.getApplicationMenu()?.getMenuItemById(i)?.enabled, id);
  await page.getByRole('tab', { name: 'Start' }).click();
  await expect.poll(() => enabled('file.reload')).toBe(false);
  expect(await enabled('file.open')).toBe(true);
  await page.getByRole('tab', { name }).click();
  await expect.poll(() => enabled('file.reload')).toBe(true);
  expect(await enabled('file.stopIndexing')).toBe(false);
});

test('F2.4: the buttons of a mouse go back and forward', async () => {
  const { page } = launched;
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Home' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'View trace' }).click();
  const press = (button: number): Promise<boolean> =>
    page.evaluate(
      (b) => globalThis.dispatchEvent(new MouseEvent('mouseup', { button: b, bubbles: true, cancelable: true })),
      button,
    );
  await press(3);
  await expect(heading(page)).toHaveText(name);
  await press(4);
  await expect(heading(page)).toHaveText('View trace');
});

test('what was said can be read again', async () => {
  const { page } = launched;
  await page.keyboard.press('F1');
  await page.keyboard.type('copy the path');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status', { name: 'Messages' })).toContainText(`Copied ${sample}`);
  await page.getByRole('button', { name: 'Dismiss this message' }).click();
  await expect(page.getByRole('status', { name: 'Messages' })).toBeEmpty();
  await page.getByRole('button', { name: /^Notifications/ }).click();
  const panel = page.getByRole('dialog', { name: 'Notifications' });
  await expect(panel.getByRole('listitem').first()).toContainText(`Copied ${sample}`);
  await expectNoViolations(page, 'notifications');
  await panel.getByRole('button', { name: 'Clear' }).click();
  await expect(panel).toContainText('Nothing was said yet.');
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
});

test('F177: the dialog lists what the keys do, for the preset that is chosen', async () => {
  const { page } = launched;
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(dialog.getByText('Command palette')).toBeVisible();
  await expect(dialog.getByText('Zoom in, out at the pointer')).toBeVisible();
  await dialog.getByLabel('Keys of').selectOption('gotraceui');
  await expect(page.getByRole('dialog').getByLabel('Keys of')).toHaveValue('gotraceui');
  await dialog.getByLabel('Keys of').selectOption('tracewell');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
});

test('a tab that was closed comes back with its place', async () => {
  const { page } = launched;
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'View trace' }).click();
  await page.keyboard.press('Control+w');
  await expect(page.getByRole('tab', { name })).toHaveCount(0);
  await page.keyboard.press('Control+Shift+T');
  await expect(page.getByRole('tab', { name })).toBeVisible();
  await expect(heading(page)).toHaveText('View trace');
  await waitForIdle(page);
  expect(launched.errors).toEqual([]);
});

test('F2.2: functions, goroutines, tasks and regions of the trace are found by typing, and lead to their page', async () => {
  const { page, app } = launched;
  await app.evaluate(
    ({ app: electron }, file) => electron.emit('open-file', { preventDefault: () => undefined }, file),
    path.join(traces, 'go1.26-tasks.trace'),
  );
  await expect(page.getByRole('tab', { name: 'go1.26-tasks.trace' })).toHaveAttribute('aria-selected', 'true');
  await waitForIdle(page);
  // Names of the program that made the trace (tests/fixtures/README.md).
  const wanted: readonly (readonly [typed: string, shown: string, title: string | RegExp])[] = [
    ['@main.main', 'main.main', 'main.main'],
    ['#1', 'G1 main.main', /G1/],
    ['@batch', 'batch', 'User-defined tasks'],
    ['@main.background', 'main.background', /main\.background/],
  ];
  for (const [typed, shown, title] of wanted) {
    await page.keyboard.press('Control+p');
    const dialog = palette(page, 'Go to anything');
    await dialog.getByRole('combobox').fill(typed);
    await waitForIdle(page);
    await expect(dialog.getByRole('option').filter({ hasText: shown }).first()).toBeVisible();
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    await waitForIdle(page);
    await expect(heading(page)).toHaveText(title);
    if (typed === '@batch')
      await expect(page.getByRole('heading', { level: 2, name: 'batch', exact: true })).toBeVisible();
  }
  expect(launched.errors).toEqual([]);
});
