// What axe finds wrong with the page as it stands. Every page's test asks it, in both themes.
import { expect, type Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { readFileSync } from 'node:fs';
import { waitForIdle } from './launch';

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** Each violation as `rule: element`; none is what a test wants. */
export async function axeViolations(page: Page): Promise<string[]> {
  await waitForIdle(page);
  await page.evaluate(axe);
  const result = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  // A run that looked at nothing finds nothing.
  expect(result.passes.length).toBeGreaterThan(5);
  return result.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${n.html.slice(0, 120)}`));
}

/** Fails with what axe finds; `where` names the state of the page in the message. */
export async function expectNoViolations(page: Page, where: string): Promise<void> {
  expect(await axeViolations(page), where).toEqual([]);
}

/** Puts the app into a theme, as the user's setting. */
export async function setTheme(page: Page, setting: 'light' | 'dark'): Promise<void> {
  await page.evaluate(
    (wanted) =>
      (globalThis as unknown as { shell: { setTheme(i: unknown): Promise<unknown> } }).shell.setTheme({
        setting: wanted,
      }),
    setting,
  );
  await expect(page.locator('html')).toHaveAttribute('data-theme', setting);
}
