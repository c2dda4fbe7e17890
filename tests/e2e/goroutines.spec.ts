// Goroutine analysis, one function, one goroutine: their figures against an independent count, and what leads where.
import { expect, test, type Page } from '@playwright/test';
import path from 'node:path';
import { launchApp, traces, waitForIdle, type Launched } from './launch';
import { nanosOf, rightOf } from './right-figures';

/** Old and new formats. */
const NAMES = [
  'go1.11-locks',
  'go1.18-netsys',
  'go1.19-tasks',
  'go1.22-netsys',
  'go1.23-coro',
  'go1.25-netsys',
  'go1.26-locks',
  'go1.26-tasks',
  'go1.27-netsys',
] as const;

let launched: Launched;
let page: Page;
test.beforeAll(async () => {
  launched = await launchApp({ files: NAMES.map((n) => path.join(traces, `${n}.trace`)) });
  page = launched.page;
});
test.afterAll(async () => {
  expect(launched.errors).toEqual([]);
  await launched.close();
});

const TITLE = 'Goroutine analysis';
const COLUMNS = ['Count', 'Execution', 'Sched wait', 'Sync', 'Chan receive', 'Goroutine'];
async function show(trace: string): Promise<void> {
  await page.getByRole('tab', { name: `${trace}.trace` }).click();
  await waitForIdle(page);
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: TITLE }).click();
  await waitForIdle(page);
  await expect(page.getByRole('heading', { level: 1, name: TITLE })).toBeVisible();
}
/** Tooltips of a line's cells by title of the column: full nanoseconds. */
async function figures(table: string, line: string): Promise<Readonly<Record<string, number>>> {
  const of = page.getByRole('table', { name: table, exact: true });
  const heads = await of.getByRole('columnheader').allTextContents();
  const cells = of.locator(line).getByRole('cell');
  const out: Record<string, number> = {};
  for (const [i, head] of heads.entries()) {
    const value = cells.nth(i).locator('.value').first();
    if (!(await value.count())) continue;
    // The head says its help too, to screen readers.
    const name = COLUMNS.find((c) => head.trim().startsWith(c));
    if (name) out[name] = nanosOf((await value.getAttribute('title')) || (await value.textContent()) || '0');
  }
  return out;
}

test('F85: F87: F91: sums over all goroutines equal the goldens, old and new formats', async () => {
  let looked = 0;
  for (const trace of NAMES) {
    const { goroutines } = rightOf(trace);
    if (goroutines.n !== goroutines.list.length) continue;
    await show(trace);
    const system = page.getByRole('checkbox', { name: 'System goroutines' });
    if (!(await system.isChecked())) await system.check();
    await waitForIdle(page);
    const all = await figures(TITLE, '.sum');
    const sum = (f: (g: (typeof goroutines.list)[number]) => number): number =>
      goroutines.list.reduce((n, g) => n + f(g), 0);
    expect({ trace, count: all['Count'], exec: all['Execution'], sched: all['Sched wait'], sync: all['Sync'] }).toEqual(
      {
        trace,
        count: goroutines.n,
        exec: sum((g) => g[3]),
        sched: sum((g) => g[4]),
        sync: sum((g) => g[7]['sync'] ?? 0),
      },
    );
    looked++;
  }
  expect(looked).toBeGreaterThanOrEqual(8);
});

test('F89: sorts by any column, both directions; system goroutines can be hidden', async () => {
  await show('go1.26-locks');
  const system = page.getByRole('checkbox', { name: 'System goroutines' });
  const rows = page.getByRole('table', { name: TITLE }).locator('[data-row]');
  await system.uncheck();
  await waitForIdle(page);
  await expect(page.getByText('21 functions, 364 goroutines')).toBeVisible();
  await expect(rows.first()).toContainText('main.mutexes.func1');
  const head = page.getByRole('columnheader', { name: 'Count' });
  await head.getByRole('button').first().click();
  await expect(rows.first()).toContainText('main.sameFunc');
  await head.getByRole('button').first().click();
  await expect(rows.first()).not.toContainText('main.sameFunc');
  // What the language cannot read is said inside the window, though the field stands at its edge.
  await page.getByRole('combobox', { name: 'Filter functions' }).fill('exec>banana');
  const problem = await page.getByRole('status').filter({ hasText: 'exec>banana' }).boundingBox();
  expect((problem?.x ?? 0) + (problem?.width ?? Infinity)).toBeLessThanOrEqual(1440);
  await page.getByRole('combobox', { name: 'Filter functions' }).fill('conds');
  await expect(rows).toHaveCount(2);
  await page.getByRole('combobox', { name: 'Filter functions' }).fill('');
});

test('F86: F88: F92: F93: F101: a function: share, quantiles, bars select rows, links to its profiles', async () => {
  await show('go1.26-locks');
  await page.getByRole('link', { name: 'main.sameFunc' }).click();
  await waitForIdle(page);
  await expect(page.getByRole('heading', { level: 1, name: 'main.sameFunc' })).toBeVisible();
  await expect(page.getByText(/300 goroutines, \d+\.\d.% of all execution time/)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Quantiles of execution' })).toContainText('Quantiles of 300');
  await expect(page.getByRole('table', { name: 'Quantiles of execution' }).getByRole('row')).not.toHaveCount(1);
  const name = 'Goroutines of main.sameFunc';
  const first = await figures(name, '[data-row="0"]');
  const right = rightOf('go1.26-locks').goroutines.list.find((g) => g[0] === first['Goroutine'])!;
  expect([first['Execution'], first['Sched wait'], first['Chan receive']]).toEqual([
    right[3],
    right[4],
    right[7]['chan receive'] ?? 0,
  ]);
  await expect(page.getByRole('table', { name }).locator('[data-row="0"]').getByRole('img')).toHaveAttribute(
    'aria-label',
    /running .*sched wait/,
  );
  // Keys choose a bar, as dragging does.
  await page.getByRole('radiogroup').getByText('Sched wait', { exact: true }).click();
  await waitForIdle(page);
  await expect(page.getByRole('table', { name: 'Quantiles of sched wait' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Synchronization', exact: true })).toHaveAttribute(
    'href',
    /sync\/function%3Dmain\.sameFunc/,
  );
  await page.getByRole('link', { name: 'Synchronization', exact: true }).click();
  await waitForIdle(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Synchronization blocking profile' })).toBeVisible();
  await expect(page.getByText(/21\.43\sms in 216 waits, 1 stack/)).toBeVisible();
});

test('F94: goroutines without a function are explained', async () => {
  await show('go1.26-locks');
  const system = page.getByRole('checkbox', { name: 'System goroutines' });
  await system.check();
  await waitForIdle(page);
  await page.getByRole('combobox', { name: 'Filter functions' }).fill('inactive');
  await waitForIdle(page);
  const rows = page.getByRole('table', { name: TITLE }).locator('[data-row]');
  if (await rows.count()) {
    await rows.first().getByRole('link').click();
    await waitForIdle(page);
    await expect(page.getByText(/Go recorded no stack of them/)).toBeVisible();
  } else await expect(page.getByText(/No function matches/)).toBeVisible();
  await show('go1.26-locks');
  await page.getByRole('combobox', { name: 'Filter functions' }).fill('');
  await system.uncheck();
});

test('F97: F98: one goroutine: life, partners, history, stacks, family; two on one axis', async () => {
  await show('go1.26-locks');
  await page.getByRole('link', { name: 'main.mutexes.func1' }).click();
  await waitForIdle(page);
  await page.getByRole('link', { name: 'G38', exact: true }).first().click();
  await waitForIdle(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Goroutine view: G38' })).toBeVisible();
  await expect(
    page.getByRole('img', { name: /^Its life, and those it interacts with: G38 main\.mutexes\.func1: \d+ stays; G/ }),
  ).toBeVisible();
  const right = rightOf('go1.26-locks').goroutines.list.find((g) => g[0] === 38)!;
  const states = page.getByRole('table', { name: 'Time by state of Goroutine view: G38' });
  const running = states
    .getByRole('row', { name: /^running/ })
    .getByRole('cell')
    .nth(2)
    .locator('.value');
  expect(nanosOf((await running.getAttribute('title'))!)).toBe(right[3]);
  await page.getByRole('radiogroup').getByText('History', { exact: true }).click();
  await waitForIdle(page);
  const history = page.getByRole('table', { name: 'History of Goroutine view: G38' });
  await expect(history.locator('[data-row="0"]')).toContainText('runnable');
  await page.getByRole('radiogroup').getByText('Stacks', { exact: true }).click();
  await waitForIdle(page);
  await expect(page.getByRole('img', { name: /^Stacks of Goroutine view: G38/ })).toBeVisible();
  await page.getByRole('radiogroup').getByText('Family', { exact: true }).click();
  await expect(page.getByText('Created at')).toBeVisible();
  await expect(page.getByRole('table', { name: 'Partners' }).getByRole('row').nth(1)).toContainText(
    'main.mutexes.func1',
  );
  await page.getByRole('textbox', { name: 'Compare with goroutine' }).fill('G39');
  await page.keyboard.press('Enter');
  await waitForIdle(page);
  await expect(page.getByRole('heading', { level: 1, name: 'Goroutine view: G38 and G39' })).toBeVisible();
  const both = page.getByRole('img', { name: /^Both on one time axis: G38 .*; G39 / });
  await expect(both).toBeVisible();
  // Each has a column, and the difference is that of the two.
  const pairs = page.getByRole('table', { name: 'Time by state of Goroutine view: G38 and G39' });
  const cells = pairs.getByRole('row', { name: /^running/ }).getByRole('cell');
  const execOf = (id: number): number => rightOf('go1.26-locks').goroutines.list.find((g) => g[0] === id)![3];
  const shown = async (i: number): Promise<number> =>
    nanosOf((await cells.nth(i).locator('.value').getAttribute('title'))!);
  expect([await shown(2), await shown(3)]).toEqual([execOf(38), execOf(39)]);
  await expect(cells.nth(4)).toHaveText(/^\s*[+−]/);
  // They lived at one time; from the begin of each is a choice, and then no range of the trace is seen.
  const inView = page.getByRole('button', { name: 'Show this range in View trace' });
  await expect(inView).toBeVisible();
  await page.getByRole('radio', { name: 'From the begin of each' }).check();
  await waitForIdle(page);
  await expect(both).toBeVisible();
  await expect(inView).toHaveCount(0);
  await page.getByRole('radio', { name: 'History' }).check();
  await page.getByRole('radio', { name: 'G39', exact: true }).check();
  await waitForIdle(page);
  await expect(
    page.getByRole('table', { name: 'History of Goroutine view: G39' }).locator('[data-row="0"]'),
  ).toBeVisible();
});
