// `npm run bench -- content [FILE…]`: each page of an indexed trace, from the click to all of it drawn, for the whole and
// for time windows; how long another window takes; and the longest tasks meanwhile. Asserts nothing.
import path from 'node:path';
import { beginRecord, endRecord, ms, quantile } from './motion.mjs';
import { benchFiles, idle, PAGES } from './with-app.mjs';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').Locator} Locator */
/** @typedef {import('@playwright/test').ElectronApplication} ElectronApplication */

/** Each page is left and come to so often. */
const VISITS = 5;
/** A page that takes so long in all is not visited again. */
const ENOUGH_MS = 20_000;
/** How long windows are, of the trace, and where they begin, of what is left of it. */
const SHARES = [0.01, 0.1, 0.5, 0.9];
const PLACES = [0.15, 0.5, 0.85];
const CONTENT_TARGET_MS = 300;
const WINDOW_TARGET_MS = 1_000;

/** The page that the first row of a page's table leads to. */
const FIRST_ROWS = [
  { from: 'Goroutine analysis', table: /^Goroutine analysis$/, what: 'a function' },
  { from: 'User-defined tasks', table: /^Tasks: /, what: 'a task' },
  { from: 'User-defined regions', table: /^User-defined regions$/, what: 'regions of a type' },
];

/** @param {Page} page @param {string} title */
const entry = (page, title) =>
  page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: title, exact: true });

/**
 * Clicks, and gives the milliseconds until nothing is on its way any more and a frame shows it: by the page's own clock, so
 * that what drives it does not count.
 * @param {Locator} what
 * @returns {Promise<number>}
 */
const clicked = (what) =>
  what.evaluate(async (element) => {
    const began = performance.now();
    /** @type {HTMLElement} */ (element).click();
    await /** @type {any} */ (globalThis).__tracewell.idle();
    await new Promise((ok) => requestAnimationFrame(() => setTimeout(ok, 0)));
    return performance.now() - began;
  });

/**
 * Does something while each task is written down, and prints a line of what it says it took.
 * @param {ElectronApplication} app @param {string} what @param {number} target @param {() => Promise<number[]>} act
 */
async function line(app, what, target, act) {
  await beginRecord(app);
  const took = await act();
  const tasks = await endRecord(app);
  const figures = [0.5, 0.95, 1].map((q) => ms(quantile(took, q)));
  const longest = [tasks.page, tasks.main].map((t) => ms(quantile(t, 1)));
  const cells = [what, took.length, ms(took[0] ?? NaN), ...figures, target, ...longest];
  console.log(`| ${cells.join(' | ')} |`);
  return took;
}

/** @param {Page} page @param {string} title @param {number} times */
async function visits(page, title, times) {
  const took = [];
  const away = title === 'Home' ? 'Events' : 'Home';
  for (let i = 0; i < times; i++) {
    await clicked(entry(page, away));
    took.push(await clicked(entry(page, title)));
  }
  return took;
}

/** The first link in the first row of a table of a page. @param {Page} page @param {string} title @param {RegExp} table */
async function firstRow(page, title, table) {
  await clicked(entry(page, title));
  return page.getByRole('table', { name: table }).locator('[data-row="0"]').getByRole('link').first();
}

/** @param {Page} page @param {(typeof FIRST_ROWS)[number]} of @param {number} times */
async function firstRows(page, { from, table }, times) {
  const took = [];
  for (let i = 0; i < times; i++) {
    const link = await firstRow(page, from, table);
    if ((await link.count()) === 0) return [];
    took.push(await clicked(link));
  }
  return took;
}

const sumOf = (/** @type {number[]} */ list) => list.reduce((a, b) => a + b, 0);

/** Views of one goroutine, from the page of the first function. @param {Page} page */
async function goroutineViews(page) {
  const took = [];
  for (let i = 0; i < VISITS && sumOf(took) < ENOUGH_MS; i++) {
    await clicked(await firstRow(page, 'Goroutine analysis', /^Goroutine analysis$/));
    const rows = page.getByRole('table', { name: /^Goroutines of / });
    took.push(await clicked(rows.locator('[data-row="0"]').getByRole('link').first()));
  }
  return took;
}

/**
 * Chooses a window as one does who types it. @param {Page} page @param {number} share @param {number} place
 * @param {number} durationMs
 */
async function chooseWindow(page, share, place, durationMs) {
  const from = (1 - share) * place * durationMs;
  await page.getByRole('button', { name: 'Set the time window' }).click();
  await page.getByLabel('From', { exact: true }).fill(`${from} ms`);
  await page.getByLabel('To', { exact: true }).fill(`${from + share * durationMs} ms`);
  return clicked(page.getByRole('button', { name: 'Apply' }));
}

/** Milliseconds of the trace, from the chip's own field. @param {Page} page */
async function duration(page) {
  await page.getByRole('button', { name: 'Set the time window' }).click();
  const text = await page.getByLabel('To', { exact: true }).inputValue();
  await page.keyboard.press('Escape');
  const [, value = '', unit = ''] = /^([\d.]+)\s*(\S+)$/.exec(text) ?? [];
  return Number(value) * ({ s: 1_000, ms: 1, µs: 1e-3 }[unit] ?? NaN);
}

await benchFiles(process.argv.slice(2), 'tests/fixtures/traces/go1.26-gcheavy.trace', async (file, page, app) => {
  const began = Date.now();
  await entry(page, 'Goroutine analysis').click();
  await idle(page);
  const pass = Date.now() - began;
  console.log(`\n${path.basename(file)}: from the first click to figures: ${pass} ms. Then, in milliseconds:\n`);
  console.log(
    `| page | n | first | p50 | p95 | max | target | longest task of the page, CPU | of main |\n|${' --- |'.repeat(9)}`,
  );
  /** @type {number[]} */
  const all = [];
  for (const title of PAGES)
    if (await entry(page, title).count())
      all.push(...(await line(app, title, CONTENT_TARGET_MS, () => visits(page, title, VISITS))));
  for (const of of FIRST_ROWS)
    all.push(...(await line(app, of.what, CONTENT_TARGET_MS, () => firstRows(page, of, VISITS))));
  all.push(...(await line(app, 'a goroutine', CONTENT_TARGET_MS, () => goroutineViews(page))));
  const sum = (/** @type {number[]} */ took) =>
    `n ${took.length}, p50 ${ms(quantile(took, 0.5))}, p95 ${ms(quantile(took, 0.95))}, max ${ms(quantile(took, 1))}`;
  console.log(
    `| all of them | ${all.length} | | ${[0.5, 0.95, 1].map((q) => ms(quantile(all, q))).join(' | ')} | ${CONTENT_TARGET_MS} | | |`,
  );

  await clicked(entry(page, 'Goroutine analysis'));
  const durationMs = await duration(page);
  /** @type {Map<string, number[]>} */
  const within = new Map();
  for (const share of SHARES)
    await line(app, `another window, ${share * 100} % of the trace`, WINDOW_TARGET_MS, async () => {
      const took = [];
      for (const place of PLACES) {
        await clicked(entry(page, 'Goroutine analysis'));
        took.push(await chooseWindow(page, share, place, durationMs));
        // What the other pages then say of that window.
        if (place === 0.5)
          for (const title of PAGES)
            if (await entry(page, title).count())
              within.set(title, [...(within.get(title) ?? []), ...(await visits(page, title, 1))]);
      }
      return took;
    });
  for (const [title, took] of within)
    if (quantile(took, 1) > CONTENT_TARGET_MS) console.log(`In a window, ${title}: ${sum(took)}`);
  console.log(`In windows, all pages: ${sum([...within.values()].flat())}`);
});
