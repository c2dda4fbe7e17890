// `npm run bench -- timeline [--by ROWS] [--move MOTION] [FILE…]`: View trace while real input events move it (motion.mjs),
// all of it or only what is named so: `--by goroutines --move scrolls`. Wants an otherwise idle machine; asserts nothing.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { HEADS, MEANING, measured, MOVES } from './motion.mjs';
import { benchFiles, idle, quiet } from './with-app.mjs';

const { values: only, positionals: files } = parseArgs({
  options: { by: { type: 'string', default: '' }, move: { type: 'string', default: '' } },
  allowPositionals: true,
});
/** @param {string[]} all @param {string} part */
const named = (all, part) => all.filter((x) => x.toLowerCase().includes(part.toLowerCase()));

console.log(MEANING);
await benchFiles(files, 'tests/fixtures/traces/go1.26-gcheavy.trace', async (file, page, app) => {
  await page
    .getByRole('link', { name: /^View trace/ })
    .first()
    .click();
  await idle(page);
  const session = await page.context().newCDPSession(page);
  /** @param {string} by @returns how long it took */
  const rowsBy = async (by) => {
    const began = Date.now();
    await page.getByRole('radiogroup', { name: 'Rows by' }).getByRole('radio', { name: by }).check();
    await idle(page);
    return Date.now() - began;
  };
  console.log(`\n${path.basename(file)}: first whole picture by goroutines after ${await rowsBy('Goroutines')} ms`);
  const began = Date.now();
  await quiet(app);
  console.log(`All behind it was made ${Math.round((Date.now() - began) / 1000)} s later.`);
  for (const by of named(['Processors', 'Goroutines'], only.by)) {
    await rowsBy(by);
    console.log(`\n${path.basename(file)}, rows by ${by.toLowerCase()}`);
    console.log(HEADS);
    for (const name of named(Object.keys(MOVES), only.move)) {
      await page.getByRole('application', { name: 'Timeline' }).focus();
      await page.keyboard.press('0');
      await idle(page);
      const box = await page.locator('.scroller').boundingBox();
      if (!box) throw new Error('the timeline is not shown');
      console.log(await measured(app, page, box, session, name));
    }
  }
});
