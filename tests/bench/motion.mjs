// A timeline moved by real input events: our own work in each frame of it, how many frames came late, how long pictures
// took to be whole, and the longest tasks. For the benches of View trace and of Compare.
import { readFileSync, rmSync } from 'node:fs';
import { idle } from './with-app.mjs';

/** A frame later than this is seen. */
const LATE_MS = 33;
const STEPS = 60;
/** A notch of a wheel. */
const SCROLL_PX = 120;
/** A motion is made at each of these shares of the width, one after the other: the 99th percentile of 60 frames is no more
 * than the worst one. */
const PLACES = [0.6, 0.3, 0.8, 0.45];

/** @typedef {import('@playwright/test').Page} Page */

/** @param {number[]} values @param {number} q */
export const quantile = (values, q) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
};
/** @param {number} v */
export const ms = (v) => (Number.isNaN(v) ? '–' : v.toFixed(1));

/**
 * Begins to write down what the processes do, with the processor time of each task: it stays true when others use the
 * machine too.
 * @param {import('@playwright/test').ElectronApplication} app
 */
export const beginRecord = (app) =>
  app.evaluate(({ contentTracing }) =>
    contentTracing.startRecording({ included_categories: ['toplevel', 'devtools.timeline'] }),
  );

/**
 * Processor time of what was written down, in ms: each animation frame, each task of the page and of main.
 * @param {import('@playwright/test').ElectronApplication} app
 */
export async function endRecord(app) {
  const file = await app.evaluate(({ contentTracing }) => contentTracing.stopRecording());
  const { traceEvents } = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(file, { force: true });
  /** @type {Map<string, string>} */
  const threads = new Map();
  for (const e of traceEvents) if (e.name === 'thread_name') threads.set(`${e.pid}/${e.tid}`, e.args.name);
  /** @type {{ frames: number[], page: number[], main: number[] }} */
  const out = { frames: [], page: [], main: [] };
  // Two timelines draw in one frame, each when it is called: what is called in one task is of one frame.
  const ends = { frame: -Infinity, task: -Infinity };
  for (const e of traceEvents.toSorted((/** @type {any} */ a, /** @type {any} */ b) => a.ts - b.ts || b.dur - a.dur)) {
    if (e.ph !== 'X' || e.tdur === undefined) continue;
    const thread = threads.get(`${e.pid}/${e.tid}`);
    if (e.name === 'FireAnimationFrame') {
      if (e.ts < ends.frame) out.frames[out.frames.length - 1] += e.tdur / 1000;
      else out.frames.push(e.tdur / 1000);
      ends.frame = ends.task;
    }
    if (!/RunTask$/.test(e.name)) continue;
    if (thread === 'CrRendererMain') {
      out.page.push(e.tdur / 1000);
      ends.task = Math.max(ends.task, e.ts + e.dur);
    }
    if (thread === 'CrBrowserMain') out.main.push(e.tdur / 1000);
  }
  return out;
}

/** Notes from now on when frames come, and how long each tile took from its question to the page. @param {Page} page */
const watchFrames = (page) =>
  page.evaluate(() => {
    const w = /** @type {any} */ (globalThis);
    const seen = { gaps: [], tiles: [], exact: [], givenUp: 0, last: 0 };
    w.__seen = seen;
    if (w.__watched) return;
    w.__watched = true;
    const tick = (/** @type {number} */ t) => {
      // Frames of one motion follow each other; a pause between two is no late frame.
      if (t === w.__seen.last) return;
      if (w.__seen.last > 0 && t - w.__seen.last < 250) w.__seen.gaps.push(t - w.__seen.last);
      w.__seen.last = t;
    };
    const ask = w.requestAnimationFrame.bind(w);
    w.requestAnimationFrame = (/** @type {(t: number) => void} */ f) =>
      ask((/** @type {number} */ t) => {
        tick(t);
        f(t);
      });
    new PerformanceObserver((list) => {
      for (const e of list.getEntriesByName('tile')) w.__seen.tiles.push(e.duration);
      for (const e of list.getEntriesByName('tile exactly')) w.__seen.exact.push(e.duration);
      w.__seen.givenUp += list.getEntriesByName('tile given up').length;
    }).observe({ entryTypes: ['measure'] });
  });
/** @param {Page} page @returns {Promise<{ gaps: number[], tiles: number[], exact: number[], givenUp: number }>} */
const seenOf = (page) => page.evaluate(() => /** @type {any} */ (globalThis).__seen);
/** As often as a screen shows frames, and as a mouse tells where it is. */
const STEP_MS = 1000 / 60;
/**
 * Sends one input after the other, as a hand does: whether the page has answered the one before or not. (Playwright's own
 * waits for that, and so for a frame that it then calls late.)
 * @param {number} steps
 * @param {(i: number) => Promise<unknown>} send
 */
async function inputs(steps, send) {
  const began = performance.now();
  const sent = [];
  for (let i = 0; i < steps; i++) {
    sent.push(send(i));
    const rest = began + (i + 1) * STEP_MS - performance.now();
    if (rest > 0) await new Promise((ok) => setTimeout(ok, rest));
  }
  await Promise.all(sent);
}

/** @typedef {import('@playwright/test').CDPSession} Session */
/** @typedef {{ x: number, y: number, width: number, height: number }} Box */
const CONTROL = 2;
/** @type {Record<string, (page: Page, box: Box, session: Session) => Promise<void>>} */
export const MOVES = {
  async 'wheel zoom in and out'(_, box, session) {
    await inputs(STEPS * PLACES.length, (i) =>
      session.send('Input.dispatchMouseEvent', {
        type: 'mouseWheel',
        x: box.x + box.width * (PLACES[Math.floor(i / STEPS)] ?? 0.5),
        y: box.y + box.height * 0.6,
        deltaX: 0,
        deltaY: i % STEPS < STEPS / 2 ? -60 : 60,
        modifiers: CONTROL,
      }),
    );
  },
  async 'drag to pan'(page, box, session) {
    await page.keyboard.press('w');
    await page.keyboard.press('w');
    await idle(page);
    const y = box.y + box.height * 0.6;
    // Left and right in turn, each time a little further.
    for (const [k] of PLACES.entries()) {
      const [from, way] = k % 2 === 0 ? [0.8, -0.4] : [0.4, 0.3];
      await page.mouse.move(box.x + box.width * from, y);
      await page.mouse.down();
      await inputs(STEPS, (i) => {
        const x = box.x + box.width * (from + (way * (i + 1)) / STEPS);
        return session.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y, button: 'left', buttons: 1 });
      });
      await page.mouse.up();
    }
  },
  async 'keys held: d, then w'(page) {
    for (const key of ['d', 'w', 'a', 's']) {
      await page.keyboard.down(key);
      await page.waitForTimeout(600);
      await page.keyboard.up(key);
    }
  },
  async 'wheel scrolls rows'(page, box, session) {
    const at = { x: box.x + box.width * 0.5, y: box.y + box.height * 0.6 };
    // Down for three quarters of the time, then back; where the rows end before, to and fro.
    const way = await page.locator('.scroller').evaluate((el) => el.scrollHeight - el.clientHeight);
    const turn = Math.max(1, Math.min(STEPS * 3, Math.floor(way / SCROLL_PX)));
    await inputs(STEPS * PLACES.length, (i) =>
      session.send('Input.dispatchMouseEvent', {
        type: 'mouseWheel',
        ...at,
        deltaX: 0,
        deltaY: Math.floor(i / turn) % 2 === 0 ? SCROLL_PX : -SCROLL_PX,
      }),
    );
  },
  async 'pointer over the rows'(_, box, session) {
    await inputs(STEPS, (i) => {
      const part = i / STEPS;
      const [x, y] = [box.x + box.width * part, box.y + box.height * (0.4 + 0.3 * part)];
      return session.send('Input.dispatchMouseEvent', { type: 'mouseMoved', x, y });
    });
  },
};

/** What the columns mean, and their heads. */
export const MEANING =
  'Milliseconds. Work and tasks: processor time of scripts in an animation frame, and of each task of a thread; a late frame comes more than 33 ms after the one before; tiles: from the question to the page, by the clock, apart those that came coarse and were asked for exactly when the view rested (in brackets: given up, since they had gone out of view).';
export const HEADS = `| what moves | frames | our work in a frame, p50 | p99 | most | later than 33 ms | tiles at once | p50 | p99 | exactly | p50 | p99 | whole after | tasks of the page, p99 | most | of main, p99 | most |
|${' --- |'.repeat(17)}`;

/**
 * One motion over what is shown at `box`, as a line of the table.
 * @param {import('@playwright/test').ElectronApplication} app @param {Page} page @param {Box} box @param {Session} session
 * @param {string} name of `MOVES`
 */
export async function measured(app, page, box, session, name) {
  const move = MOVES[name];
  if (!move) throw new Error(`there is no motion ${name}`);
  await watchFrames(page);
  await beginRecord(app);
  await move(page, box, session);
  const ended = Date.now();
  await idle(page);
  const settled = Date.now() - ended;
  const work = await endRecord(app);
  const { gaps, tiles, exact, givenUp } = await seenOf(page);
  const late = gaps.filter((g) => g > LATE_MS).length;
  const of = (/** @type {number[]} */ list) => [0.99, 1].map((q) => ms(quantile(list, q))).join(' | ');
  return `| ${name} | ${work.frames.length} | ${ms(quantile(work.frames, 0.5))} | ${of(work.frames)} | ${late} of ${gaps.length} | ${tiles.length} (${givenUp}) | ${ms(quantile(tiles, 0.5))} | ${ms(quantile(tiles, 0.99))} | ${exact.length} | ${ms(quantile(exact, 0.5))} | ${ms(quantile(exact, 0.99))} | ${settled} ms | ${of(work.page)} | ${of(work.main)} |`;
}
