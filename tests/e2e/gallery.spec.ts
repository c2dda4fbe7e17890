// Every shared part with its states, compared with its picture in both themes. Fonts are bundled, so that pictures of one
// machine stand for others; what differs is how letters are smoothed, which the tolerance leaves room for.
import { expect, test } from '@playwright/test';
import { expectNoViolations } from './axe';
import { launchApp, waitForIdle, type Launched } from './launch';

let launched: Launched;
test.beforeAll(async () => {
  launched = await launchApp({ env: { TRACEWELL_GALLERY: '1' }, size: { width: 1180, height: 2600 } });
});
test.afterAll(() => launched.close());

const SECTIONS = [
  'Virtual table',
  'Chart frame',
  'Stack view',
  'Time-window chip',
  'Empty, loading, partial, error',
  'Numbers and times',
  'Controls',
];

for (const theme of ['light', 'dark'] as const) {
  test(`the shared parts look as they did, ${theme}`, async () => {
    const { page, errors } = launched;
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.goto(`app://bundle/gallery/gallery.html?theme=${theme}`);
    await waitForIdle(page);
    for (const name of SECTIONS) {
      const section = page.getByRole('region', { name, exact: true });
      await expect(section).toHaveScreenshot(`${name.toLowerCase().replace(/\W+/g, '-')}-${theme}.png`, {
        animations: 'disabled',
        maxDiffPixelRatio: 0.02,
        threshold: 0.25,
      });
    }
    await expectNoViolations(page, `gallery ${theme}`);
    expect(errors).toEqual([]);
  });
}

test('a table of a hundred thousand rows keeps few in the page, and filters', async () => {
  const { page } = launched;
  const rows = page.getByRole('region', { name: 'Virtual table' }).getByRole('table').first().getByRole('row');
  expect(await rows.count()).toBeLessThan(60);
  await page.getByLabel('Filter rows').fill('nothing like it');
  await expect(page.getByText(/nothing like it/).first()).toBeVisible();
});
