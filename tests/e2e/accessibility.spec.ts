// No violations that axe can find, on every page of the shell, in both themes.
import { expect, test } from '@playwright/test';
import path from 'node:path';
import { expectNoViolations, setTheme } from './axe';
import { broken, launchApp, traces } from './launch';

for (const theme of ['light', 'dark'] as const) {
  test(`F4.2, F4.4: start, home, an error and the dialogs, ${theme}`, async () => {
    const { page, close } = await launchApp({
      files: [
        path.join(broken, 'broken-v2-cut-mid-batch-last-generation.trace'),
        path.join(broken, 'broken-v2-cut-mid-batch-first-generation.trace'),
      ],
    });
    await setTheme(page, theme);
    await expectNoViolations(page, 'error');
    await page.keyboard.press('?');
    await expectNoViolations(page, 'shortcuts');
    await page.keyboard.press('Escape');
    await page.getByRole('tab').nth(1).click();
    await expectNoViolations(page, 'home');
    await page.getByRole('tab', { name: 'Start' }).click();
    await expectNoViolations(page, 'start');
    await close();
  });
}

test('F4.1: the start page works from the keyboard alone', async () => {
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
