// Compare, as a user meets it: reached from the start page and the command line, and what each part of it shows.
import { expect, test, type Locator } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { golden, exported } from './pages';
import { launchApp, root, traces, waitForIdle } from './launch';

const A = path.join(traces, 'go1.26-fractal-workers.trace');
const B = path.join(traces, 'go1.26-fractal-workersbuf.trace');

/** The line of a figure in a summary. */
const lineOf = (summary: Locator, title: string): Locator =>
  summary.locator('[data-row]').filter({ has: summary.page().getByRole('cell', { name: title, exact: true }) });
/** A and B of a figure, wherever it stands: the filter brings it on screen. */
async function figures(summary: Locator, title: string): Promise<string[]> {
  const filter = summary.page().getByRole('combobox', { name: 'Filter figures' });
  await filter.fill(`"${title}"`);
  await waitForIdle(summary.page());
  const cells = (await lineOf(summary, title).getByRole('cell').allTextContents()).map((t) => t.replace(/\s/g, ''));
  await filter.fill('');
  await waitForIdle(summary.page());
  return cells.slice(2, 4);
}

test('F153, F154, F155, F159, F161, F167: two traces beside each other, from the command line on, and after a restart', async () => {
  const request = JSON.stringify({ verb: 'open', files: [A, B], compare: true, restore: true });
  const launched = await launchApp({ restore: true, switches: [`--tracewell-request=${request}`] });
  const { page, errors, dataDir } = launched;
  await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor();
  await waitForIdle(page);
  await expect(page.getByRole('tab', { name: 'go1.26-fractal-workersbuf.trace' })).toBeVisible();

  // The summary first: figures are those of the goldens.
  const summary = page.getByRole('table', { name: 'Summary of both traces' });
  const cells = await figures(summary, 'Goroutines');
  const count = (name: string) => golden<{ goroutines: { n: number } }>(name, '.right.json').goroutines.n;
  const [a, b] = [count('go1.26-fractal-workers'), count('go1.26-fractal-workersbuf')];
  expect(cells).toEqual([String(a), String(b)]);
  await expect(lineOf(summary, 'Duration')).toContainText('better');
  await expect(page.getByRole('region', { name: 'What changed most' })).toContainText('2.93 times as fast');

  // Timelines on linked axes: what is done in one is done in the other.
  await page.getByRole('radio', { name: 'Timelines' }).check({ force: true });
  await waitForIdle(page);
  const rulers = () => page.getByRole('img', { name: /Overview of the whole trace/ });
  await expect(rulers()).toHaveCount(2);
  const visible = async () =>
    (await rulers().evaluateAll((all) => all.map((e) => e.getAttribute('aria-label') ?? ''))).map((t) =>
      t.replace(/^.*Visible: /, ''),
    );
  expect(new Set(await visible()).size).toBe(1);
  const before = await visible();
  await page.getByRole('region', { name: 'Timeline of A' }).getByRole('application').focus();
  await page.keyboard.press('w');
  await waitForIdle(page);
  expect(new Set(await visible()).size).toBe(1);
  expect(await visible()).not.toEqual(before);
  await page.getByRole('checkbox', { name: 'Link axes' }).uncheck();
  await page.keyboard.press('Escape');
  await page.getByRole('region', { name: 'Timeline of A' }).getByRole('application').focus();
  await page.keyboard.press('w');
  await waitForIdle(page);
  expect(new Set(await visible()).size).toBe(2);
  await page.getByRole('checkbox', { name: 'Link axes' }).check();
  await waitForIdle(page);
  expect(new Set(await visible()).size).toBe(1);

  // Tables joined by name: the changed thing ranks first, and leads to its own page.
  await page.getByRole('radio', { name: 'Tables' }).check({ force: true });
  await waitForIdle(page);
  const table = page.getByRole('table', { name: 'Functions of both traces' });
  await expect(table.getByRole('row').nth(1)).toContainText('main.fillWorkers.func1');

  // Profiles: what changed, with a sign beside the colour.
  await page.getByRole('radio', { name: 'Profiles' }).check({ force: true });
  await waitForIdle(page);
  const flame = page.getByRole('group', { name: 'What changed: Synchronization' });
  await expect(flame.locator('[data-tone="less"]').first()).toContainText('▼');

  // Each side as a file for `go tool pprof -diff_base`.
  for (const side of ['Export A as base', 'Export B']) {
    const pprof = gunzipSync(await exported(launched, page.getByRole('button', { name: side })));
    expect(pprof.includes('main.fillWorkers.func1')).toBe(true);
  }

  // A report is one file.
  const html = (await exported(launched, page.getByRole('button', { name: 'Save report…' }))).toString();
  expect(html).toContain('<!doctype html>');
  expect(html).toContain('main.fillWorkers.func1');
  // With both timelines: a row for each processor, and something in it.
  for (const letter of ['A', 'B']) {
    const [picture = ''] = new RegExp(`<svg role="img" aria-label="Timeline of ${letter}:.*?</svg>`).exec(html) ?? [];
    expect(picture).toContain('>P0</text>');
    expect(picture.match(/<rect/g)!.length).toBeGreaterThan(10);
  }
  expect(/<script|https?:\/\//.test(html)).toBe(false);

  // Swapped, the same figures stand on the other side.
  await page.getByRole('radio', { name: 'Summary' }).check({ force: true });
  await page.getByRole('button', { name: 'Swap A and B' }).click();
  await waitForIdle(page);
  await expect(lineOf(summary, 'Duration')).toContainText('worse');
  expect(await figures(summary, 'Goroutines')).toEqual([String(b), String(a)]);
  expect(errors).toEqual([]);
  // The session is written a moment later.
  const kept = (): readonly [string | null, unknown] => {
    const { tabs } = JSON.parse(readFileSync(path.join(dataDir, 'session.json'), 'utf8')) as {
      tabs: { state: { at: number; places: { arg: string | null }[]; pageState: Record<string, unknown> } }[];
    };
    const { at, places, pageState } = tabs[0]!.state;
    return [places[at]?.arg ?? null, pageState['compare.section']];
  };
  await expect.poll(kept).toEqual([`${B}\n${A}`, 'summary']);
  await launched.app.close();

  const again = await launchApp({ restore: true, dataDir });
  await again.page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor();
  await waitForIdle(again.page);
  const after = again.page.getByRole('table', { name: 'Summary of both traces' });
  await expect(lineOf(after, 'Duration')).toContainText('worse');
  expect(again.errors).toEqual([]);
  await again.close();
  rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

test('F158: a trace with itself, by the menu of its tab: the same in every figure, until a side has a window', async () => {
  const launched = await launchApp({ files: [A] });
  const { page, errors } = launched;
  await page.getByRole('tab', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Compare two traces' }).click();
  const dialog = page.getByRole('dialog', { name: 'Compare traces' });
  await expect(dialog.getByRole('checkbox', { name: 'go1.26-fractal-workers.trace' })).not.toBeChecked();
  await page.keyboard.press('Escape');
  await page.getByRole('tab', { name: 'go1.26-fractal-workers.trace' }).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Compare with…' }).click();
  await expect(dialog.getByRole('checkbox', { name: 'go1.26-fractal-workers.trace' })).toBeChecked();
  await dialog.getByRole('button', { name: 'With itself' }).click();
  await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor();
  await waitForIdle(page);
  const summary = page.getByRole('table', { name: 'Summary of both traces' });
  const marks = await summary.locator('[data-row] [role=cell]:last-child').allTextContents();
  expect(marks.length).toBeGreaterThan(20);
  expect(new Set(marks.map((m) => m.replace(/^[=–]/, '').trim()))).toEqual(new Set(['same']));

  // The second half of B against the whole of A.
  const whole = await figures(summary, 'Duration');
  expect(whole[0]).toBe(whole[1]);
  await page.getByRole('button', { name: 'Set the time window of B' }).click();
  const panel = page.getByRole('group', { name: 'Set the time window of B' });
  await panel.getByLabel('From', { exact: true }).fill('10 µs');
  await panel.getByLabel('To', { exact: true }).fill('30 µs');
  await panel.getByRole('button', { name: 'Apply' }).click();
  await waitForIdle(page);
  await expect(page.getByRole('group', { name: 'Time window of A' })).toContainText('Whole trace');
  expect(await figures(summary, 'Duration')).toEqual([whole[0], '20.00µs']);
  const cli = path.join(root, 'dist/native/tracewell');
  const told = JSON.parse(execFileSync(cli, ['compare', A, A, '--range-b', '10000..30000']).toString()) as {
    measures: { id: string; a: number; b: number }[];
  };
  const events = told.measures.find((m) => m.id === 'goroutines')!;
  expect((await figures(summary, 'Goroutines')).map(Number)).toEqual([events.a, events.b]);
  await page.getByRole('button', { name: 'Clear the time window of B' }).click();
  await waitForIdle(page);
  expect(await figures(summary, 'Duration')).toEqual(whole);
  expect(errors).toEqual([]);
  await launched.close();
});
