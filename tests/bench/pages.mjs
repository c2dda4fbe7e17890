// `npm run bench -- pages [FILE…]`: lists of millions of goroutines sorted and filtered, and the largest call graph that
// the profiles draw: how long until it is whole, and the longest tasks of the page meanwhile. Asserts nothing.
import path from 'node:path';
import { benchFiles, idle } from './with-app.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/** Long tasks from now on. @param {Page} page */
const watchTasks = (page) =>
  page.evaluate(() => {
    const w = /** @type {any} */ (globalThis);
    w.__tasks = [];
    if (w.__taskWatch) return;
    w.__taskWatch = new PerformanceObserver((list) =>
      w.__tasks.push(...list.getEntries().map((e) => Math.round(e.duration))),
    );
    w.__taskWatch.observe({ entryTypes: ['longtask'] });
  });

/** Does one thing, waits until all is drawn, prints a line. @param {Page} page @param {string} what @param {() => Promise<unknown>} act */
async function time(page, what, act) {
  await watchTasks(page);
  const began = Date.now();
  await act();
  await idle(page);
  const tasks = await page.evaluate(() => /** @type {number[]} */ (/** @type {any} */ (globalThis).__tasks));
  console.log(`| ${what} | ${Date.now() - began} | ${tasks.join(', ') || 'none'} |`);
}

/** @param {Page} page @param {string} title */
async function open(page, title) {
  await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: title, exact: true }).click();
  await idle(page);
}

/** @param {Page} page */
async function goroutines(page) {
  await time(page, 'Goroutine analysis', () => open(page, 'Goroutine analysis'));
  const head = page.getByRole('columnheader', { name: 'Count' }).getByRole('button').first();
  await time(page, 'functions by count', () => head.click());
  const most = page.getByRole('table', { name: 'Goroutine analysis' }).locator('[data-row="0"]').getByRole('link');
  const name = await most.innerText();
  await time(page, `the function with most goroutines: ${name}`, () => most.click());
  const rows = page.getByRole('table', { name: `Goroutines of ${name}` });
  const count = Number(await rows.getAttribute('aria-rowcount')) - 1;
  for (const column of ['Total', 'Sched wait', 'Goroutine'])
    await time(page, `${count} goroutines sorted by ${column}`, () =>
      rows.getByRole('columnheader', { name: column }).getByRole('button').first().click(),
    );
  await rows.locator('[data-row="0"]').focus();
  await time(page, 'End: the last row', () => page.keyboard.press('End'));
  await time(page, 'filtered: exec>2us', () =>
    page.getByRole('combobox', { name: 'Filter goroutines' }).fill('exec>2us'),
  );
  await time(page, 'all of them again', () => page.getByRole('combobox', { name: 'Filter goroutines' }).fill(''));
}

/** @param {Page} page */
async function graph(page) {
  await open(page, 'Wall-clock profile');
  await page.getByRole('radio', { name: 'Call graph' }).check();
  await idle(page);
  await page.getByRole('combobox', { name: 'Least share of a node' }).selectOption('0');
  await page.getByRole('combobox', { name: 'Least share of an edge' }).selectOption('0');
  await idle(page);
  await time(page, 'call graph of at most 500 nodes', () =>
    page.getByRole('combobox', { name: 'Most nodes' }).selectOption('500'),
  );
  const nodes = await page
    .getByRole('group', { name: /^Call graph/ })
    .getByRole('button')
    .count();
  console.log(`| nodes drawn | ${nodes} | |`);
}

await benchFiles(process.argv.slice(2), 'tests/fixtures/traces/go1.26-locks.trace', async (file, page) => {
  console.log(`\n${path.basename(file)}`);
  console.log('| what | until it is whole, ms | tasks of the page over 50 ms |\n| --- | ---: | ---: |');
  await goroutines(page);
  await graph(page);
});
