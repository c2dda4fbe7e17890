// No violations that axe can find, on every page of the shell, in both themes.
import { expect, test, type Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { broken, launchApp, traces, waitForIdle } from './launch';

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const result = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  expect(result.passes.length).toBeGreaterThan(5);
  return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 120)}`));
}

for (const theme of ['light', 'dark'] as const) {
  test(`start, home, an error and the dialogs, ${theme}`, async () => {
    const { page, close } = await launchApp({
      files: [
        path.join(broken, 'broken-v2-cut-mid-batch-last-generation.trace'),
        path.join(broken, 'broken-v2-cut-mid-batch-first-generation.trace'),
      ],
    });
    await page.evaluate(
      (setting) =>
        (globalThis as unknown as { shell: { setTheme(i: unknown): Promise<unknown> } }).shell.setTheme({ setting }),
      theme,
    );
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
    await waitForIdle(page);
    expect(await violations(page), 'error').toEqual([]);
    await page.keyboard.press('?');
    expect(await violations(page), 'shortcuts').toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('tab').nth(1).click();
    await waitForIdle(page);
    expect(await violations(page), 'home').toEqual([]);
    await page.getByRole('tab', { name: 'Start' }).click();
    await waitForIdle(page);
    expect(await violations(page), 'start').toEqual([]);
    await close();
  });
}

test('the start page works from the keyboard alone', async () => {
  const { page, close } = await launchApp({ files: [path.join(traces, 'go1.26-gcheavy.trace')] });
  await page.getByRole('tab', { selected: true }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('tab', { name: 'Start' })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Delete');
  expect(await page.getByRole('tab').count()).toBe(1);
  await page.getByRole('button', { name: 'go1.26-gcheavy.trace', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('go1.26-gcheavy.trace');
  await close();
});
