// `npm run bench -- targets FOLDER`: the engine's rows of the targets (docs/performance.md), each with its ratio to the
// reference in the same run, on large-10mb (12.5 MB), large-100mb, large-1gb and large-4gb of FOLDER; what is not there is
// left out. Medians of three. Wants an otherwise idle machine and some twenty minutes without large-4gb; asserts nothing.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { memoryOf } from '../../build/launch/memory.mjs';
import {
  buildEngine,
  folderBytes,
  hasGo,
  indexOnce,
  inTurn,
  median,
  medianOf,
  native,
  officialReader,
  root,
} from './reference.mjs';
import { idle, withApp } from './with-app.mjs';

/** @typedef {import('./with-app.mjs').Page} Page */
/** @typedef {import('./with-app.mjs').ElectronApplication} ElectronApplication */

/** What the app shows before it is asked for more. */
const SMALL = path.join(root, 'tests/fixtures/traces/go1.26-locks.trace');
/** What View trace draws at the end of a first opening, wake-ups among it, waits for the book of rows. */
const DRAWN_LIMIT_MS = 900_000;

/** An app that runs already has done what it does behind its start: an engine stands ready for the next trace. */
const AT_REST_MS = 4000;
const atRest = () => new Promise((ok) => setTimeout(ok, AT_REST_MS));

const [folder = ''] = process.argv.slice(2);
const scratch = mkdtempSync(path.join(tmpdir(), 'tracewell-targets-'));
/** @param {string} name */
const trace = (name) => {
  const file = path.resolve(folder, `${name}.trace`);
  return existsSync(file) ? file : null;
};

/** @param {string} what @param {string} ours @param {string} reference @param {string} share @param {string} target */
const row = (what, ours, reference, share, target) =>
  console.log(`| ${what} | ${ours} | ${reference} | ${share} | ${target} |`);
const seconds = (/** @type {number} */ s) => `${s.toFixed(s < 1 ? 3 : 2)} s`;
const ratio = (/** @type {number} */ ours, /** @type {number} */ reference) => (ours / reference).toFixed(3);

/**
 * Opens a file in an app that runs already and goes to View trace: seconds until the first true spans, and until the whole is
 * drawn (null: not waited for). The tab is closed again.
 * @param {Page} page @param {ElectronApplication} app
 * @param {string} file @param {boolean} whole
 */
async function openIn(page, app, file, whole) {
  const name = path.basename(file);
  await page.evaluate((wanted) => {
    performance.clearMarks();
    // Goes on as soon as it can, as a quick hand would: the first page of a trace is its home page.
    const go = () => {
      const button = /** @type {HTMLElement | undefined} */ (
        [...document.querySelectorAll('nav[aria-label="Pages"] button')].find(
          (b) => b.textContent?.trim() === 'View trace',
        )
      );
      if (button && document.querySelector('h1')?.textContent?.trim() === wanted) button.click();
      else requestAnimationFrame(go);
    };
    requestAnimationFrame(go);
  }, name);
  const began = await page.evaluate(() => performance.now());
  await app.evaluate(({ dialog, Menu }, chosen) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [chosen] });
    Menu.getApplicationMenu()?.getMenuItemById('file.open')?.click();
  }, file);
  const when = async (/** @type {string} */ mark) => {
    const at = await page.waitForFunction((wanted) => performance.getEntriesByName(wanted)[0]?.startTime, mark, {
      timeout: DRAWN_LIMIT_MS,
    });
    return /** @type {number} */ ((await at.jsonValue()) - began) / 1000;
  };
  // Where all is there at once, the first picture is the whole.
  const first = await Promise.race([when('first-spans'), when('whole-trace')]);
  const all = whole ? await when('whole-trace') : null;
  await app.evaluate(({ Menu }) => Menu.getApplicationMenu()?.getMenuItemById('file.closeTab')?.click());
  await idle(page);
  return { first, all };
}

/**
 * `go tool trace` from its start until its home page answers, then until the first part of View trace is there, in
 * seconds; with its processor time, of all that it started.
 * @param {string} file
 */
async function goToolTrace(file) {
  const port = await freePort();
  const began = performance.now();
  const child = spawn('go', ['tool', 'trace', `-http=127.0.0.1:${port}`, file], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore'],
    env: { ...process.env, BROWSER: '/bin/true' },
  });
  try {
    const base = `http://127.0.0.1:${port}`;
    let home = '';
    while (home === '') {
      home = await fetch(base).then(
        (r) => r.text(),
        () => '',
      );
      if (child.exitCode !== null) throw new Error(`go tool trace ended with ${child.exitCode}`);
      if (home === '') await new Promise((ok) => setTimeout(ok, 20));
    }
    const toHome = (performance.now() - began) / 1000;
    const part = /href="(\/trace[^"]*)"/.exec(home)?.[1]?.replaceAll('&amp;', '&').replace('/trace', '/jsontrace');
    if (!part) throw new Error('go tool trace has no link to View trace');
    await fetch(base + part).then((r) => r.arrayBuffer());
    return { toHome, toFirstPart: (performance.now() - began) / 1000, cpu: cpuOf(child.pid ?? 0) };
  } finally {
    try {
      process.kill(-(child.pid ?? 0), 'SIGKILL');
    } catch {
      // It is gone.
    }
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((ok, no) => {
    const server = createServer().once('error', no);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => ok(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Processor seconds of a process group (Linux). @param {number} group */
function cpuOf(group) {
  const out = spawnSync('ps', ['-o', 'cputimes=', '-g', String(group)], { encoding: 'utf8' }).stdout;
  return out.split('\n').reduce((sum, line) => sum + Number(line.trim() || 0), 0);
}

/** @param {string} file @param {string} reader */
async function large(file, reader) {
  const name = path.basename(file);
  const [reference, index] = inTurn([
    { name: 'reader', command: [reader, file] },
    { name: 'index', command: [indexOnce, file, 'index'] },
  ]);
  const whole = reference?.wall ?? NaN;
  /** @param {string} what @param {number} ours @param {string} target */
  const against = (what, ours, target) =>
    row(`${name}: ${what}`, seconds(ours), `reader ${seconds(whole)}`, ratio(ours, whole), target);
  const first = await medianOf(() =>
    withApp(SMALL, async (page, app) => {
      await atRest();
      return (await openIn(page, app, file, false)).first;
    }),
  );
  against('first true spans, app running', first, '0.05');
  against('full index', index?.wall ?? NaN, '0.25');
  await withApp(SMALL, async (page, app) => {
    await openIn(page, app, file, true);
    const again = await medianOf(async () => (await openIn(page, app, file, false)).first);
    against('opened again, to the first picture', again, '0.3 s');
  });
}

/** @param {string} file */
async function small(file) {
  const name = path.basename(file);
  const drawn = await medianOf(() =>
    withApp(SMALL, async (page, app) => {
      await atRest();
      return (await openIn(page, app, file, true)).all ?? NaN;
    }),
  );
  const go = [];
  for (let i = 0; i < 3; i++) go.push(await goToolTrace(file));
  const [home, shown, cpu] = [go.map((g) => g.toHome), go.map((g) => g.toFirstPart), go.map((g) => g.cpu)].map(median);
  const reference = `home ${seconds(home ?? NaN)}, first part ${seconds(shown ?? NaN)}`;
  row(`${name}: open to View trace drawn, app running`, seconds(drawn), reference, ratio(drawn, shown ?? NaN), '0.05');
  const out = path.join(scratch, 'sync.pprof');
  const command = [native, 'pprof', 'sync', file, '-o', out];
  const [index, sync, cold, kept] = inTurn([
    { name: 'index', command: [indexOnce, file, 'index'] },
    { name: 'go', command: ['go', 'tool', 'trace', '-pprof=sync', file] },
    { name: 'cold', command: ['env', 'TRACEWELL_CACHE_MB=0', ...command] },
    { name: 'kept', command: ['env', `TRACEWELL_CACHE_DIR=${scratch}/kept`, ...command] },
  ]);
  const spent = index?.cpu ?? NaN;
  row(`${name}: CPU to the full index`, seconds(spent), `${seconds(cpu ?? NaN)} CPU`, ratio(spent, cpu ?? NaN), '0.02');
  /** @param {string} what @param {number | undefined} ours @param {string} target */
  const against = (what, ours = NaN, target) =>
    row(`${name}: ${what}`, seconds(ours), seconds(sync?.wall ?? NaN), ratio(ours, sync?.wall ?? NaN), target);
  against('pprof sync, cold', cold?.wall, '0.05');
  against('pprof sync, kept', kept?.wall, '0.02');
}

/** @param {string} file */
function tiles(file) {
  const cache = mkdtempSync(path.join(scratch, 'cache-'));
  /** @param {string} what @param {string} asked @param {string} target @param {object} env */
  const ask = (what, asked, target, env) => {
    const r = spawnSync(indexOnce, [file, asked], { encoding: 'utf8', env: { ...process.env, ...env } });
    // The second are those that came coarse, asked for again exactly.
    const [all, coarse] = [...r.stdout.matchAll(/^(\d+) tiles: .*p99 ([\d.]+)/gm)];
    const exactly = coarse ? `; exactly, of the ${coarse[1]} that came coarse, p99 ${coarse[2]} ms` : '';
    const took = `p99 ${all?.[2] ?? '?'} ms, n ${all?.[1] ?? '?'}${exactly}`;
    row(`${path.basename(file)}: ${what}`, took, '–', '–', target);
  };
  ask('tiles of an indexed trace', 'tiles', '5 ms', { TRACEWELL_CACHE_DIR: cache });
  ask('tiles while it is indexed', 'while', '50 ms', {});
  const share = `${((100 * folderBytes(cache)) / statSync(file).size).toFixed(1)} %`;
  row(`${path.basename(file)}: index and sketches, of the file`, share, '–', '–', '12 %, at worst 30 %');
}

/** Peak of the whole app until View trace is drawn with its wake-ups. @param {string} file */
async function memory(file) {
  await withApp(SMALL, async (page, app) => {
    const pid = app.process().pid ?? 0;
    let peak = 0;
    const timer = setInterval(() => (peak = Math.max(peak, memoryOf(pid).totalBytes)), 250);
    await openIn(page, app, file, true);
    clearInterval(timer);
    const name = path.basename(file);
    row(`${name}: memory until View trace is whole`, `${mb(peak)} MB`, '–', '–', `${mb(emptyBytes)} + 450 MB`);
  });
}

const mb = (/** @type {number} */ bytes) => (bytes / 1e6).toFixed(0);
/** What an empty Electron window takes on this runtime (docs/performance.md). */
const emptyBytes = 242e6;

try {
  buildEngine();
  const reader = officialReader(scratch);
  console.log('| what | ours | reference | of it | target |\n| --- | ---: | ---: | ---: | ---: |');
  const [least, hundred, most] = [trace('large-10mb'), trace('large-100mb'), trace('large-1gb')];
  if (least && hasGo()) await small(least);
  if (most && reader) await large(most, reader);
  for (const file of [hundred, most]) if (file) tiles(file);
  for (const file of [hundred, most, trace('large-4gb')]) if (file) await memory(file);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
