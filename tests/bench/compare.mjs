// `npm run bench -- compare A B`: both timelines of Compare on linked axes, moved by real input events in that of A
// (motion.mjs). Wants an otherwise idle machine; asserts nothing.
import path from 'node:path';
import { HEADS, MEANING, measured } from './motion.mjs';
import { root } from './reference.mjs';
import { idle, withApp } from './with-app.mjs';

const usual = ['workers', 'workersbuf'].map((n) => path.join(root, `tests/fixtures/traces/go1.26-fractal-${n}.trace`));
const files = (process.argv.length > 3 ? process.argv.slice(2, 4) : usual).map((f) => path.resolve(f));
const request = JSON.stringify({ verb: 'open', files, compare: true });

console.log(MEANING);
await withApp(`--tracewell-request=${request}`, async (page, app) => {
  await page.getByRole('heading', { level: 1, name: 'Compare' }).waitFor();
  await idle(page);
  await page.getByRole('radio', { name: 'Timelines' }).check({ force: true });
  await idle(page);
  const session = await page.context().newCDPSession(page);
  const side = page.getByRole('region', { name: 'Timeline of A' });
  const strips = await page.getByRole('application').count();
  console.log(`\n${files.map((f) => path.basename(f)).join(' beside ')}, ${strips} timelines`);
  console.log(HEADS);
  for (const name of ['wheel zoom in and out', 'drag to pan', 'keys held: d, then w']) {
    await side.getByRole('application').focus();
    await page.keyboard.press('0');
    await idle(page);
    const box = await side.getByRole('application').boundingBox();
    if (!box) throw new Error('the timeline of A is not shown');
    console.log(await measured(app, page, box, session, name));
  }
});
