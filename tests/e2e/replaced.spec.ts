// A trace file that is changed on the disk while it is open: the picture stays, a bar says so, Reload keeps the place.
import { expect, test, type Locator, type Page } from '@playwright/test';
import { copyFileSync, cpSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { launchApp, traces, waitForIdle, type Launched } from './launch';

const good = path.join(traces, 'go1.26-gcheavy.trace');
/** Longer than the first. */
const other = path.join(traces, 'go1.24-gcheavy.trace');

let dir: string;
let file: string;
let launched: Launched;
let page: Page;

test.beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'tracewell-replaced-'));
  file = path.join(dir, 'run.trace');
  cpSync(good, file);
  // N.B. in a lower window the bar's height makes the curves smaller, which is no change of the picture that is meant here.
  // Engines are counted: none is started ahead.
  const env = { TRACEWELL_SPARE: '0' };
  launched = await launchApp({ files: [file], size: { width: 1440, height: 1000 }, env });
  page = launched.page;
  // Somewhere inside, with a span selected.
  await page
    .getByRole('link', { name: /^View trace/ })
    .first()
    .click();
  await waitForIdle(page);
  await page.getByRole('application', { name: 'Timeline' }).focus();
  for (let i = 0; i < 4; i++) await page.keyboard.press('w');
  await waitForIdle(page);
  await page.keyboard.press('ArrowRight');
  await waitForIdle(page);
});
test.afterEach(async () => {
  expect(launched.errors).toEqual([]);
  await launched.close();
  rmSync(dir, { recursive: true, force: true });
});

const bar = (): Locator => page.getByRole('status').filter({ hasText: /^File was/ });
const reload = (): Locator => bar().getByRole('button', { name: 'Reload' });
const sub = (): Promise<string> => page.locator('.page-head .sub').innerText();
/** From and to of the window, as the page's head says it. */
const visible = async (): Promise<string> => (await sub()).replace(/ of .*/, '');
const tabs = (): Promise<string[]> => page.getByRole('tab').allInnerTexts();

/** The rows' upper part, which a bar does not cut off: equal pictures are equal texts. */
const picture = (): Promise<string> =>
  page.locator('.layer.under canvas').evaluate((el) => {
    const from = el as unknown as { width: number };
    const { document } = globalThis as unknown as { document: { createElement(name: string): Copy } };
    interface Copy {
      width: number;
      height: number;
      getContext(kind: '2d'): { drawImage(image: unknown, x: number, y: number): void };
      toDataURL(): string;
    }
    const to = document.createElement('canvas');
    [to.width, to.height] = [from.width, 80];
    to.getContext('2d').drawImage(from, 0, 0);
    return to.toDataURL();
  });

/** Process ids of the engines. */
const engines = (): Promise<number[]> =>
  launched.app.evaluate(({ app: a }) =>
    a
      .getAppMetrics()
      .filter((m) => m.name?.startsWith('Tracewell engine'))
      .map((m) => m.pid),
  );

test('renamed over: the picture stays and can still be asked; Reload shows the new one at the same place', async () => {
  const [before, place, drawn] = [await sub(), await visible(), await picture()];
  const inTabs = await tabs();
  copyFileSync(other, `${file}.new`);
  renameSync(`${file}.new`, file);
  await expect(bar()).toContainText('File was replaced');
  await expect(bar()).toContainText('What you see is the trace that was opened');
  await waitForIdle(page);
  expect([await sub(), await picture()]).toEqual([before, drawn]);

  // The old file lives on in its engine: another place of it can still be drawn.
  await page.keyboard.press('w');
  await waitForIdle(page);
  await page.keyboard.press('s');
  await waitForIdle(page);
  await expect(page.getByText('could not be read')).toBeHidden();

  await reload().click();
  await expect(bar()).toBeHidden();
  await waitForIdle(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('View trace');
  expect(await visible()).toBe(place);
  expect(await sub()).not.toBe(before);
  expect(await picture()).not.toBe(drawn);
  expect(await tabs()).toEqual(inTabs);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: 'Home' }).click();
  await expect(page.getByRole('definition').filter({ hasText: /1\.23/ }).first()).toBeVisible();
  expect(await engines()).toHaveLength(1);

  // The new one is watched in turn.
  rmSync(file);
  await expect(bar()).toContainText('File was deleted');
});

test('a replaced file is told in the tab that shows it, and keeps its selection over Reload', async () => {
  const details = page.getByRole('region', { name: 'Details', exact: true });
  const selected = await details.getByRole('definition').allInnerTexts();
  expect(selected.length).toBeGreaterThan(3);
  copyFileSync(good, `${file}.new`);
  renameSync(`${file}.new`, file);
  await page.getByRole('tab', { name: 'Start' }).click();
  await page.getByRole('tab', { name: path.basename(file) }).click();
  await reload().click();
  await expect(bar()).toBeHidden();
  await waitForIdle(page);
  // The same trace again: what is found at that place is the same span.
  expect(await details.getByRole('definition').allInnerTexts()).toEqual(selected);
});

test('cut to nothing in place: the picture stays, no engine reads on, the window lives; a new run is reloaded', async () => {
  const [before, place, drawn] = [await sub(), await visible(), await picture()];
  truncateSync(file, 0);
  await expect(bar()).toContainText('File was replaced');
  await expect(bar()).toContainText('What was drawn stays');
  await waitForIdle(page);
  expect([await sub(), await picture()]).toEqual([before, drawn]);
  await expect.poll(engines).toEqual([]);
  await expect(page.getByRole('alert')).toBeHidden();
  // Moving about asks for what is gone: coarser tiles stand in.
  await page.keyboard.press('d');
  await waitForIdle(page);
  await page.keyboard.press('a');
  await waitForIdle(page);

  // The run has ended: its trace stands where the other was.
  writeFileSync(file, '');
  copyFileSync(other, file);
  await reload().click();
  await expect(bar()).toBeHidden();
  await waitForIdle(page);
  expect(await visible()).toBe(place);
  expect(await sub()).not.toBe(before);
  expect(await engines()).toHaveLength(1);
});

test('overwritten in place again and again, as go test does: never a crash, Reload is always offered', async () => {
  for (const from of [other, good, other, good, other]) {
    copyFileSync(from, file);
    await expect(bar()).toContainText('File was replaced');
    await reload().click();
    await expect(bar()).toBeHidden();
    await waitForIdle(page);
    await expect(page.getByRole('contentinfo')).toContainText('events indexed');
  }
});

test('an engine that dies of a file that was cut short is told as the file, not as a crash', async () => {
  for (let i = 0; i < 4; i++) {
    // N.B. the signal is what the system sends when a page of the map is gone; here it does not depend on who is first.
    const [pid] = await engines();
    const drawn = await picture();
    truncateSync(file, 4096);
    try {
      process.kill(pid!, 'SIGBUS');
    } catch {
      // The watch was first and has ended it.
    }
    await expect(bar()).toContainText('File was replaced');
    await expect(page.getByRole('alert')).toBeHidden();
    await expect.poll(engines).toEqual([]);
    await waitForIdle(page);
    expect(await picture()).toBe(drawn);
    copyFileSync(good, file);
    await reload().click();
    await expect(bar()).toBeHidden();
    await waitForIdle(page);
  }
});

test('deleted: a bar without Reload; the trace can still be looked at', async () => {
  const before = await sub();
  rmSync(file);
  await expect(bar()).toContainText('File was deleted');
  await expect(reload()).toBeHidden();
  await page.keyboard.press('w');
  await waitForIdle(page);
  expect(await sub()).not.toBe(before);
  await expect(page.getByText('could not be read')).toBeHidden();
  // Another in its place can be read.
  copyFileSync(other, file);
  await expect(reload()).toBeVisible();
  await bar().getByRole('button', { name: 'Reload' }).click();
  await expect(bar()).toBeHidden();
  await waitForIdle(page);
  await expect(page.getByRole('contentinfo')).toContainText('events indexed');
});
