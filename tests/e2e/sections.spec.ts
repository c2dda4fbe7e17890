// A file that holds several traces: each opens as a part of it.
import { expect, test } from '@playwright/test';
import path from 'node:path';
import { launchApp, traces } from './launch';

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
