// Files that are more or less than a trace: several in one, and one without names.
import { expect, test } from '@playwright/test';
import path from 'node:path';
import { launchApp, traces, waitForIdle } from './launch';

test('the home page offers the other trace of the file, which opens in a tab of its own', async () => {
  const file = path.resolve(traces, '../broken/broken-v2+v1.trace');
  const { page, errors, close } = await launchApp({ files: [file] });
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText('broken-v2+v1.trace');
  await expect(page.getByText('2 traces, one after another; this is part 1.')).toBeVisible();
  await page.getByRole('button', { name: /^Open part 2 \(go 1\.\d+ trace/ }).click();
  await expect(heading).toHaveText('broken-v2+v1.trace (part 2)');
  await expect(page.getByRole('definition').filter({ hasText: /^v1/ })).toBeVisible();
  await page.getByRole('button', { name: /^Open part 1/ }).click();
  await expect(heading).toHaveText('broken-v2+v1.trace');
  expect(errors).toEqual([]);
  await close();
});

test('a trace of Go 1.5 takes its names from the program that wrote it', async () => {
  const file = path.resolve(traces, '../legacy/go1.5-locks.trace');
  const program = path.resolve(traces, '../binaries/go1.5-locks');
  const { app, page, errors, close } = await launchApp({ files: [file] });
  const choose = (chosen: string): Promise<void> =>
    app.evaluate(({ dialog }, filePath) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [filePath] });
    }, chosen);
  const isInMenu = (): Promise<boolean | undefined> =>
    app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('file.binary')?.enabled);
  const button = page.getByRole('button', { name: 'Choose the program’s binary…' });
  await expect(page.getByText('Stacks show addresses.')).toBeVisible();
  await expect.poll(isInMenu).toBe(true);

  await choose(file);
  await button.click();
  await expect(page.getByRole('heading', { name: 'This is not the program that wrote the trace' })).toBeVisible();
  await page.getByRole('button', { name: 'Open without names' }).click();
  await expect(button).toBeVisible();

  await choose(program);
  await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('file.binary')?.click());
  await expect(page.getByText('Stacks show addresses.')).toBeHidden();
  await waitForIdle(page);
  await page.getByRole('link', { name: 'Goroutine analysis' }).first().click();
  await expect(page.getByRole('table', { name: 'Goroutine analysis' }).getByText('main.contend')).toBeVisible();
  expect(errors).toEqual([]);
  await close();
});
