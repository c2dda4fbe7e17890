// `npm run bench -- memory [FILE…]`: what the app takes, all of its processes, while one goes from page to page of a trace
// that is opened for the first time: the highest sum of PSS that was seen in each step (Linux). Asserts nothing.
import path from 'node:path';
import { watchMemory } from '../../build/launch/memory.mjs';
import { benchFiles, idle, PAGES } from './with-app.mjs';

/** Behind View trace, what comparisons need is found: so long no page waits for anything. */
const BEHIND_MS = 60_000;

/** Every other page that opens by itself. */
const REST = [...PAGES.filter((p) => p !== 'Home' && p !== 'Goroutine analysis'), 'Home'];

console.log('Megabytes (PSS of all processes), an empty window included.\n');
await benchFiles(process.argv.slice(2), 'tests/fixtures/traces/go1.26-gcheavy.trace', async (file, page, app) => {
  const pid = app.process().pid;
  if (!pid) throw new Error('the app has no process');
  /** @param {string} what @param {() => Promise<unknown>} act */
  const step = async (what, act) => {
    const memory = watchMemory(pid);
    const began = Date.now();
    await act();
    const { totalBytes, fileBytes } = memory.stop();
    const mb = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(0);
    console.log(`| ${what} | ${mb(totalBytes)} | ${mb(fileBytes)} | ${((Date.now() - began) / 1000).toFixed(0)} |`);
  };
  /** @param {string} title */
  const open = async (title) => {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('button', { name: title, exact: true }).click();
    await idle(page);
  };
  const by = async (/** @type {string} */ rows) => {
    await page.getByRole('radiogroup', { name: 'Rows by' }).getByRole('radio', { name: rows }).check();
    await idle(page);
  };
  console.log(`\n| ${path.basename(file)} | highest | of it pages of files | s |\n| --- | ---: | ---: | ---: |`);
  await step('Home, at rest', () => page.waitForTimeout(2_000));
  await step('View trace, its wake-ups', () => open('View trace'));
  await step('rows by goroutines', () => by('Goroutines'));
  await step('Goroutine analysis', () => open('Goroutine analysis'));
  await step('nothing is asked', () => page.waitForTimeout(BEHIND_MS));
  for (const title of REST) await step(title, () => open(title));
});
