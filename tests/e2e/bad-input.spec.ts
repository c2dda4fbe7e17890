// Bad files and dying engines: one sentence in the window, and the app goes on.
import { expect, test, type Page } from '@playwright/test';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { broken, launchApp, traces, waitForIdle, type Launched } from './launch';

const good = path.join(traces, 'go1.26-gcheavy.trace');
const dir = mkdtempSync(path.join(tmpdir(), 'tracewell-bad-'));
test.afterAll(() => rmSync(dir, { recursive: true, force: true }));

const openPaths = (page: Page, paths: string[]): Promise<unknown> =>
  page.evaluate(
    (p) => (globalThis as unknown as { shell: { openPaths(i: unknown): Promise<void> } }).shell.openPaths({ paths: p }),
    paths,
  );

test('every bad file is a tab that says in one sentence what is wrong', async () => {
  const folder = path.join(dir, 'folder');
  mkdirSync(folder);
  const secret = path.join(dir, 'secret.trace');
  cpSync(good, secret);
  chmodSync(secret, 0);
  const asRoot = process.getuid?.() === 0;
  const table: [file: string, code: string, title: RegExp][] = [
    [path.join(broken, 'broken-empty.trace'), 'EMPTY', /empty/],
    [path.join(broken, 'broken-text.trace'), 'NOT_A_TRACE', /not a Go execution trace/],
    [path.join(broken, 'broken-pprof.trace'), 'IS_PPROF', /profile/],
    [path.join(broken, 'broken-v2-cut-mid-batch-first-generation.trace'), 'TRUNCATED', /ends before its first part/],
    [path.join(broken, 'broken-v2-future-version.trace'), 'TOO_NEW', /newer Go/],
    [path.join(broken, 'go1.19-cgoish.trace'), 'DAMAGED', /damaged/],
    [folder, 'IS_DIRECTORY', /folder/],
    [path.join(dir, 'nothing.trace'), 'NOT_FOUND', /no such file/],
    // The superuser may read everything; the unprivileged run sees this one.
    ...(asRoot ? [] : [[secret, 'NO_PERMISSION', /may not read/] as [string, string, RegExp]]),
  ];
  const { page, errors, close } = await launchApp();
  for (const [file, code, title] of table) {
    await openPaths(page, [file]);
    await expect(page.getByRole('heading', { level: 1 }), file).toHaveText(path.basename(file));
    await waitForIdle(page);
    await expect(page.getByRole('heading', { level: 2, name: title }), file).toBeVisible();
    const sentence = await page.getByRole('alert').innerText();
    expect(sentence.length, file).toBeGreaterThan(20);
    await expect(page.getByLabel('Details'), file).toContainText(new RegExp(`code\\s+(${code})`));
  }
  // The app goes on: a good file opens beside them.
  await openPaths(page, [good]);
  await waitForIdle(page);
  await expect(page.getByRole('contentinfo')).toContainText('events indexed');
  expect(await page.getByRole('tab').count()).toBe(table.length + 2);
  expect(errors).toEqual([]);
  await close();
});

test('a truncated trace shows what is whole and names what is lost in bytes and time', async () => {
  const { page, close } = await launchApp({
    files: [path.join(broken, 'broken-v2-cut-mid-batch-last-generation.trace')],
  });
  const notice = page.getByRole('status').filter({ hasText: 'could not be read' });
  await expect(notice).toContainText(/Lost: [\d,]+ bytes from byte [\d,]+ on/);
  await expect(notice).toContainText(/What you see is 0 – [\d.]+\s?\S+, whole/);
  // All of it can be read, though the page is longer than the window.
  const squeezed = await notice.evaluate((e) => {
    const box = e as unknown as { scrollHeight: number; clientHeight: number };
    return box.scrollHeight - box.clientHeight;
  });
  expect(squeezed).toBe(0);
  await expect(page.getByRole('contentinfo')).toContainText('could not be read');
  await expect(page.getByRole('link', { name: 'View trace' })).toBeVisible();
  await close();
});

test('try again reads a file that was put right', async () => {
  const file = path.join(dir, 'late.trace');
  const { page, close } = await launchApp({ files: [file] });
  await expect(page.getByRole('heading', { level: 2, name: 'There is no such file' })).toBeVisible();
  cpSync(good, file);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('link', { name: 'View trace' })).toBeVisible();
  await close();
});

/** Process ids of the engines, the oldest first: behind it stands the one that is started ahead. */
const engines = ({ app }: Launched): Promise<number[]> =>
  app.evaluate(({ app: a }) =>
    a
      .getAppMetrics()
      .filter((m) => m.name?.startsWith('Tracewell engine'))
      .map((m) => m.pid)
      .sort((x, y) => x - y),
  );

test('a killed engine shows a bar; Reopen goes on, in the one that was started ahead or anew; after three times it is not offered', async () => {
  const launched = await launchApp({ files: [good] });
  const { page } = launched;
  const bar = page.getByRole('alert');
  for (let i = 1; i <= 3; i++) {
    await expect.poll(async () => (await engines(launched)).length).toBe(2);
    const [pid, ahead] = await engines(launched);
    // The first time the one that was started ahead dies too: Reopen goes on in a new one, the second time in that one.
    if (i === 1) {
      process.kill(ahead!, 'SIGKILL');
      await expect.poll(() => engines(launched)).toEqual([pid]);
    }
    process.kill(pid!, 'SIGKILL');
    await expect(bar).toContainText('could not be read on');
    // What is known stays on the screen.
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(path.basename(good));
    if (i === 3) break;
    await bar.getByRole('button', { name: 'Reopen' }).click();
    await expect(bar).toBeHidden();
    await waitForIdle(page);
    await expect(page.getByRole('contentinfo')).toContainText('events indexed');
    if (i === 2) expect(await engines(launched)).toContain(ahead);
  }
  await expect(bar).toContainText('three times');
  await expect(bar.getByRole('button', { name: 'Reopen' })).toBeHidden();
  await launched.close();
});

test('a file that is cut short while it is open ends its own tab only', async () => {
  const file = path.join(dir, 'shrinks.trace');
  cpSync(good, file);
  const { page, close } = await launchApp({ files: [good, file] });
  truncateSync(file, 0);
  // A new question to the file: its engine must answer from bytes that are gone.
  await page.getByRole('link', { name: 'View trace' }).click();
  await page.getByRole('heading', { level: 1, name: 'View trace' }).waitFor();
  await waitForIdle(page);
  await page.getByRole('tab', { name: path.basename(good), exact: true }).click();
  await expect(page.getByRole('contentinfo')).toContainText('events indexed');
  await close();
});

test('a file that is deleted while it is open stays readable; when its engine dies, no other is offered', async () => {
  const file = path.join(dir, 'deleted.trace');
  cpSync(good, file);
  const launched = await launchApp({ files: [file] });
  const { page } = launched;
  const bar = page.getByRole('status').filter({ hasText: 'File was deleted' });
  rmSync(file);
  await page.getByRole('link', { name: 'View trace' }).click();
  await waitForIdle(page);
  await expect(bar).toContainText('until this tab is closed');
  const [pid] = await engines(launched);
  process.kill(pid!, 'SIGKILL');
  await expect(bar).toContainText('What was drawn stays');
  await expect(page.getByRole('alert')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Reopen' })).toBeHidden();
  await bar.getByRole('button', { name: 'Close tab' }).click();
  await openPaths(page, [file]);
  await expect(page.getByRole('heading', { level: 2, name: 'There is no such file' })).toBeVisible();
  await launched.close();
});
