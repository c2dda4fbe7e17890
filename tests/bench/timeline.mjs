// `npm run bench -- timeline [FILE…]`: View trace while real input events move it (motion.mjs). Wants an otherwise idle
// machine; asserts nothing.
import path from 'node:path';
import { HEADS, MEANING, measured, MOVES } from './motion.mjs';
import { benchFiles, idle } from './with-app.mjs';

console.log(MEANING);
await benchFiles('tests/fixtures/traces/go1.26-gcheavy.trace', async (file, page, app) => {
  await page
    .getByRole('link', { name: /^View trace/ })
    .first()
    .click();
  await idle(page);
  const session = await page.context().newCDPSession(page);
  for (const by of ['Processors', 'Goroutines']) {
    const began = Date.now();
    await page.getByRole('radiogroup', { name: 'Rows by' }).getByRole('radio', { name: by }).check();
    await idle(page);
    console.log(
      `\n${path.basename(file)}, rows by ${by.toLowerCase()} (first whole picture after ${Date.now() - began} ms)`,
    );
    console.log(HEADS);
    for (const name of Object.keys(MOVES)) {
      await page.getByRole('application', { name: 'Timeline' }).focus();
      await page.keyboard.press('0');
      await idle(page);
      const box = await page.locator('.scroller').boundingBox();
      if (!box) throw new Error('the timeline is not shown');
      console.log(await measured(app, page, box, session, name));
    }
  }
});
