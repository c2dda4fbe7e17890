// View trace on the real engine: what is drawn, how it moves, and that its figures are those of the command line.
import { expect, test, type Locator, type Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { coloursOf } from './canvas-pixels';
import { launchApp, root, traces, waitForIdle, type Launched } from './launch';

const file = path.join(traces, 'go1.26-gcheavy.trace');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const plain = (s: string): string => s.replaceAll('\u202f', ' ');
/** What the tests run on is built: the command line must not set up anything beside them. */
const ENV = { ...process.env, TRACEWELL_NO_SETUP: '1' };
const ask = (...args: string[]): unknown =>
  JSON.parse(execFileSync(path.join(root, 'bin/tracewell'), args, { encoding: 'utf8', maxBuffer: 2 ** 28, env: ENV }));

interface CliSpan {
  readonly start: number;
  readonly end: number;
  readonly g: number;
}
let spans: readonly CliSpan[] = [];
const PROC = 3;
let launched: Launched;
let page: Page;

test.beforeAll(async () => {
  const slices = ask('slices', file, '--rows', 'procs', '--exact') as {
    rows: { row: number; lane: number; spans: CliSpan[] }[];
  };
  spans = slices.rows.find((r) => r.row === PROC && r.lane === 0)!.spans;
  launched = await launchApp({ files: [file] });
  page = launched.page;
  await page
    .getByRole('link', { name: /^View trace/ })
    .first()
    .click();
  await waitForIdle(page);
});
test.afterAll(async () => {
  expect(launched.errors).toEqual([]);
  await launched.close();
});
test.beforeEach(async () => {
  await page.mouse.move(5, 5);
  await page.getByRole('application', { name: 'Timeline' }).focus();
  await page.keyboard.press('Escape');
  await page.keyboard.press('0');
  await waitForIdle(page);
});

const sub = async (): Promise<string> => plain(await page.locator('.page-head .sub').innerText());
const region = (name: string): Locator => page.getByRole('region', { name, exact: true });
/** Text of a field of the details panel. */
async function field(name: string): Promise<string> {
  const details = region('Details');
  const terms = await details.getByRole('term').allInnerTexts();
  const values = await details.getByRole('definition').allInnerTexts();
  return plain(values[terms.indexOf(name)] ?? '');
}
/** Whole nanoseconds of a field: written in full beside the short form, except below a microsecond. */
const nanosOf = (text: string): number => Number(/([\d ]+) ns$/.exec(text)?.[1]?.replaceAll(' ', ''));

/** The chart's place in the window, and where a processor's upper row stands. */
async function chart(): Promise<{ x: number; width: number; y: number }> {
  const curve = (await page.getByRole('img', { name: 'Goroutines', exact: true }).boundingBox())!;
  const name = (await region('Processors').getByText(`P ${PROC}`, { exact: true }).boundingBox())!;
  return { x: curve.x, width: curve.width, y: name.y + name.height / 2 };
}

test('opens with its heading, areas and curves, and draws the whole trace', async () => {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('View trace');
  expect(await sub()).toBe('whole trace, 135.5 ms');
  for (const name of ['Overview', 'Statistics', 'Processors', 'Details']) await expect(region(name)).toBeVisible();
  for (const name of ['Goroutines', 'Heap', 'Threads'])
    await expect(page.getByRole('img', { name, exact: true })).toBeVisible();
  await expect(region('Processors')).toContainText(/P 0\s*\d+ % busy/);
  // Colours of the states are on the canvas of the rows.
  const colours = await coloursOf(page.locator('.layer.under canvas'));
  const light = { running: '24,162,118', mark: '110,41,166', stw: '137,14,0', assist: '167,67,107' };
  for (const [name, rgb] of Object.entries(light)) expect(colours[rgb] ?? 0, name).toBeGreaterThan(50);
});

test('zooms with the wheel and with w to one nanosecond a pixel, and back', async () => {
  const { x, width, y } = await chart();
  await page.evaluate(() => {
    const w = globalThis as unknown as { __longTasks: number[] };
    w.__longTasks = [];
    new PerformanceObserver((list) =>
      w.__longTasks.push(...list.getEntries().map((e) => Math.round(e.duration))),
    ).observe({
      entryTypes: ['longtask' as never],
    });
  });
  await page.mouse.move(x + width * 0.4, y);
  await page.keyboard.down('Control');
  for (let i = 0; i < 12; i++) await page.mouse.wheel(0, -120);
  await page.keyboard.up('Control');
  await waitForIdle(page);
  expect(await sub()).toMatch(/ of 135\.5 ms$/);
  for (let i = 0; i < 24; i++) await page.keyboard.press('w');
  await waitForIdle(page);
  const [, from, to, unit] = /([\d.]+) – ([\d.]+) (ms|µs|ns) of/.exec(await sub())!;
  const scale = unit === 'ms' ? 1e6 : unit === 'µs' ? 1e3 : 1;
  // As many nanoseconds as pixels.
  expect(Math.abs((Number(to) - Number(from)) * scale - width)).toBeLessThan(2);
  const longTasks = await page.evaluate(() => (globalThis as unknown as { __longTasks: number[] }).__longTasks);
  test.info().annotations.push({ type: 'tasks over 50 ms while zooming', description: JSON.stringify(longTasks) });
  process.stdout.write(`  tasks over 50 ms while zooming to 1 ns a pixel: ${JSON.stringify(longTasks)}\n`);
  await page.keyboard.press('0');
  await waitForIdle(page);
  expect(await sub()).toBe('whole trace, 135.5 ms');
});

test('a click shows the span as the command line has it, f fits it, arrow keys go to its neighbours', async () => {
  const info = ask('info', file) as { duration_ns: number };
  const longest = spans.reduce((a, b) => (b.end - b.start > a.end - a.start ? b : a));
  const { x, width, y } = await chart();
  await page.mouse.click(x + (((longest.start + longest.end) / 2) * width) / info.duration_ns, y);
  await waitForIdle(page);
  const isShown = async (s: CliSpan): Promise<void> => {
    expect(await field('Title')).toMatch(new RegExp(`^G${s.g}\\b`));
    expect(nanosOf(await field('Start'))).toBe(s.start);
    expect(nanosOf(await field('Wall Duration'))).toBe(s.end - s.start);
    expect(await field('Goroutine')).toContain(`G${s.g} · P ${PROC}`);
  };
  await isShown(longest);
  expect(await field('Self time')).not.toBe('');
  expect(await field('End Stack Trace')).toMatch(/\.go:\d+/);
  await expect(page.getByRole('status').filter({ hasText: ' on P 3' })).toContainText('lasts');

  await page.keyboard.press('f');
  await waitForIdle(page);
  expect(await sub()).toMatch(/ of 135\.5 ms$/);
  const ix = spans.indexOf(longest);
  for (const step of [1, 2, 3]) {
    await page.keyboard.press('ArrowRight');
    await waitForIdle(page);
    await isShown(spans[ix + step]!);
  }
  for (const step of [2, 1, 0, -1]) {
    await page.keyboard.press('ArrowLeft');
    await waitForIdle(page);
    await isShown(spans[ix + step]!);
  }
  await page.keyboard.press('ArrowUp');
  await waitForIdle(page);
  await expect(page.getByRole('status').filter({ hasText: ' on P 2' })).toHaveCount(1);
});

test('a click on merged spans says what they hold; a double-click splits them', async () => {
  const info = ask('info', file) as { duration_ns: number };
  const { x, width, y } = await chart();
  // 27 to 39 ms on P 3: some sixty spans of 190 µs, under two pixels each.
  await page.mouse.dblclick(x + (33e6 * width) / info.duration_ns, y);
  await waitForIdle(page);
  expect(await field('Title')).toMatch(/^\d+ spans merged$/);
  expect(await sub()).toMatch(/ of 135\.5 ms$/);
  await page.keyboard.press('ArrowRight');
  await waitForIdle(page);
  expect(await field('Title')).toMatch(/^G26 /);
});

test('a click on a curve shows the exact values of that moment', async () => {
  await page.getByRole('img', { name: 'Heap', exact: true }).click({ position: { x: 700, y: 15 } });
  await waitForIdle(page);
  const at = nanosOf(await field('Start'));
  const { at: answers } = ask('counters', file, '--at', String(at)) as {
    at: {
      goroutines: { waiting_gc: number; runnable: number; running: number };
      heap: { allocated: number; next_gc: number };
      threads: { in_syscall: number; running: number };
    }[];
  };
  const values = answers[0]!;
  expect(await field('GC waiting')).toBe(String(values.goroutines.waiting_gc));
  expect(await field('Runnable')).toBe(String(values.goroutines.runnable));
  expect(await field('In syscall')).toBe(String(values.threads.in_syscall));
  const running = await region('Details').getByRole('definition').allInnerTexts();
  expect([running[4], running.at(-1)]).toEqual([String(values.goroutines.running), String(values.threads.running)]);
  await expect(region('Details').locator('dd[title$="bytes"]')).toHaveText([
    new RegExp(`${(values.heap.allocated / 2 ** 20).toPrecision(3)}\\sMiB`),
    new RegExp(`${(values.heap.next_gc / 2 ** 20).toPrecision(3)}\\sMiB`),
  ]);
});

test('hover says what is under the pointer, drag pans, a drag on the ruler zooms into it', async () => {
  const { x, width, y } = await chart();
  await page.mouse.move(x + width * 0.05, y);
  await waitForIdle(page);
  await expect(page.getByRole('tooltip').filter({ hasText: /on P 3/ })).toContainText(/G20 runtime\.gcBgMarkWorker/);
  const ruler = (await page.locator('.ruler .chart').boundingBox())!;
  await page.mouse.move(x + width * 0.5, ruler.y + 10);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.75, ruler.y + 12, { steps: 4 });
  await page.mouse.up();
  await waitForIdle(page);
  expect(await sub()).toBe('67.77 – 101.65 ms of 135.5 ms');
  await page.mouse.move(x + width * 0.5, y);
  await page.mouse.down();
  await page.mouse.move(x + width * 0.75, y, { steps: 4 });
  await page.mouse.up();
  await waitForIdle(page);
  const [, from] = /^([\d.]+) –/.exec(await sub())!;
  expect(Number(from)).toBeCloseTo(67.77 - 33.88 / 4, 0);
});

test('lists its keys, and marks', async () => {
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(dialog).toContainText('Zoom in, out at the pointer');
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).last().click();
  await expect(dialog).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Details panel' }).click();
  await expect(region('Details')).toHaveCount(0);
  await page.keyboard.press('q');
  await expect(region('Details')).toBeVisible();
});

for (const theme of ['light', 'dark'] as const) {
  test(`has no violations that axe can find, ${theme}`, async () => {
    await page.evaluate(
      (t) =>
        (globalThis as unknown as { shell: { setTheme(i: object): Promise<unknown> } }).shell.setTheme({ setting: t }),
      theme,
    );
    await waitForIdle(page);
    await page.keyboard.press('ArrowRight');
    await waitForIdle(page);
    await page.evaluate(axe);
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
    );
    expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`)).toEqual([]);
  });
}
