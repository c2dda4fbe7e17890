// The drawing itself, against pictures that somebody has looked at: rows of processors and of goroutines in both themes.
// A few pixels may differ (letters are not smoothed alike everywhere); a row, a colour or a curve that is gone may not.
// New pictures: npm run e2e -- drawing --update-snapshots, and look at them.
import { expect, test } from '@playwright/test';
import { closeTimeline, fixture, openTimeline, type TimelineDriver } from './timeline-driver';

let d: TimelineDriver;

test.skip(process.platform !== 'linux', 'The pictures were taken on Linux.');
test.beforeAll(async () => {
  d = await openTimeline(fixture('go1.26-gcheavy'), { width: 1024, height: 700 });
});
test.afterAll(() => closeTimeline(d));

async function theme(name: 'light' | 'dark'): Promise<void> {
  await d.launched.app.evaluate(({ nativeTheme }, source) => {
    nativeTheme.themeSource = source;
  }, name);
  await expect(d.page.locator('html')).toHaveAttribute('data-theme', name);
  await d.idle();
}

for (const name of ['light', 'dark'] as const)
  test(`F70: the drawing, ${name}`, async () => {
    await theme(name);
    await d.reset();
    const picture = d.page.locator('.view-trace > .timeline');
    const isAs = (file: string): Promise<void> =>
      expect(picture).toHaveScreenshot(file, { maxDiffPixelRatio: 0.015, threshold: 0.15 });
    await isAs(`processors-${name}.png`);
    await d.goTo('100..112 ms');
    await isAs(`processors-near-${name}.png`);
    await d.rowsBy('Goroutines');
    await isAs(`goroutines-${name}.png`);
  });
