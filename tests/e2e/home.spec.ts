// The home page of a trace.
import { expect, test } from '@playwright/test';
import path from 'node:path';
import { launchApp, traces } from './launch';

test('F138: facts, overview and the pages that work', async () => {
  const { page, errors, close } = await launchApp({ files: [path.join(traces, 'go1.26-gcheavy.trace')] });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('go1.26-gcheavy.trace');
  const fact = async (name: string): Promise<string> => {
    const names = await page.getByRole('term').allInnerTexts();
    const values = await page.getByRole('definition').allInnerTexts();
    return (values[names.indexOf(name)] ?? '').replaceAll('\u202f', ' ');
  };
  // From the golden of this trace.
  expect(await fact('Go version')).toBe('1.26');
  expect(await fact('Format')).toBe('v2 (go 1.26 trace)');
  expect(await fact('Duration')).toBe('135.5 ms');
  expect(await fact('Events')).toBe('85,807');
  expect(await fact('Size')).toMatch(/^536,\d{3} bytes, all read$/);
  expect(await fact('Started')).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC$/);

  const overview = page.getByRole('img', { name: /^Overview of the whole trace/ });
  await expect(overview).toHaveAttribute(
    'aria-label',
    /up to [1-9]\d* processors in use and [1-9]\d* goroutines runnable; \d+ GC cycles/,
  );
  // Something is drawn in the colour of running.
  const green = await overview.evaluate((canvas) => {
    const c = canvas as unknown as {
      width: number;
      height: number;
      getContext(k: '2d'): { getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray } };
    };
    const { data } = c.getContext('2d').getImageData(0, 0, c.width, c.height);
    let n = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i + 1]! > 120 && data[i]! < 90 && data[i + 3] === 255) n++;
    return n;
  });
  expect(green).toBeGreaterThan(1000);
  await overview.hover({ position: { x: 300, y: 60 } });
  await expect(page.getByRole('region', { name: 'Overview' })).toContainText(/at .+: [\d.]+ processors in use/);

  await expect(page.getByRole('list', { name: 'Pages of this trace' }).getByRole('link').first()).toHaveText(
    'View trace',
  );
  await expect(
    page.getByRole('table', { name: 'Events by kind' }).getByRole('row', { name: /StateTransition/ }),
  ).toBeVisible();
  await expect(page.getByRole('contentinfo')).toContainText('85,807 events indexed in');
  expect(errors).toEqual([]);
  await close();
});

test('a trace without a wall clock says so', async () => {
  const { page, close } = await launchApp({ files: [path.join(traces, 'go1.23-tasks.trace')] });
  await expect(page.getByRole('definition').filter({ hasText: 'not in this trace' })).toBeVisible();
  await close();
});
