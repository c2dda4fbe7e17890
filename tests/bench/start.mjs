// `npm run bench -- start [RUNS] [IDLE_SECONDS]`: from the start of the process to a start page that stands and answers,
// against a bare Electron window with one line of text, in turn; then what the app takes of a core while nothing happens.
// Wants an otherwise idle machine; asserts nothing.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';

const root = path.resolve(path.dirname(new URL(import.meta.url).pathname), '../..');
const exe = process.env['ELECTRON_PATH'];
if (!exe) throw new Error('ELECTRON_PATH is not set: npm run bench -- start');
const runs = Number(process.argv[2] ?? 7);
const idleSeconds = Number(process.argv[3] ?? 30);

/** A window like ours that shows a line; it says so two frames after it was laid out, as ours does. */
const BARE = `const { app, BrowserWindow } = require('electron');
app.whenReady().then(() => {
  const w = new BrowserWindow({ show: false, width: 1440, height: 900, webPreferences: { sandbox: true, contextIsolation: true } });
  w.once('ready-to-show', () => w.show());
  w.on('page-title-updated', (_e, title) => title === 'painted' && console.log('@tracewell {"event":"usable"}'));
  w.loadURL('data:text/html,<title>bare</title><p>bare</p><script>requestAnimationFrame(() => requestAnimationFrame(() => (document.title = "painted")))</script>');
});
`;

const temp = mkdtempSync(path.join(tmpdir(), 'tracewell-bench-'));
const bareDir = path.join(temp, 'bare');
mkdirSync(bareDir);
writeFileSync(path.join(bareDir, 'package.json'), '{"name":"bare","main":"main.js"}');
writeFileSync(path.join(bareDir, 'main.js'), BARE);

/** @param {string} appDir @param {string} profile */
function start(appDir, profile) {
  const began = performance.now();
  const child = spawn(
    String(exe),
    [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), `--user-data-dir=${profile}`, appDir],
    {
      env: { ...process.env, TRACEWELL_DATA_DIR: profile, TRACEWELL_CACHE_DIR: path.join(profile, 'cache') },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const usable = new Promise((ok, no) => {
    let text = '';
    child.stdout.on('data', (data) => {
      text += data;
      if (text.includes('"usable"')) ok(performance.now() - began);
    });
    child.once('exit', (code) => no(new Error(`it ended with ${code} before it was usable`)));
  });
  const ended = new Promise((ok) => child.once('exit', ok));
  return { child, usable: /** @type {Promise<number>} */ (usable), ended };
}

/** @param {string} appDir @param {string} name */
async function time(appDir, name) {
  const { child, usable, ended } = start(appDir, path.join(temp, name));
  const ms = await usable;
  child.kill();
  await ended;
  return ms;
}

/** Processor time of a process and all below it, in ticks. @param {number} pid @returns {number} */
function ticksOf(pid) {
  /** @type {Map<number, { parent: number, ticks: number }>} */
  const all = new Map();
  for (const name of readdirSync('/proc').filter((n) => /^\d+$/.test(n))) {
    try {
      const fields = readFileSync(`/proc/${name}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      all.set(Number(name), { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) });
    } catch {
      // Gone meanwhile.
    }
  }
  const isBelow = (/** @type {number} */ p) => {
    for (let at = p; at > 1; at = all.get(at)?.parent ?? 0) if (at === pid) return true;
    return false;
  };
  return [...all].filter(([p]) => isBelow(p)).reduce((sum, [, { ticks }]) => sum + ticks, 0);
}

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

try {
  // The first start of each reads files for the others.
  await time(bareDir, 'bare');
  await time(root, 'ours');
  /** @type {{ bare: number[], ours: number[] }} */
  const ms = { bare: [], ours: [] };
  for (let i = 0; i < runs; i++) {
    ms.bare.push(await time(bareDir, 'bare'));
    ms.ours.push(await time(root, 'ours'));
  }
  const [bare, ours] = [median(ms.bare), median(ms.ours)];
  const list = (/** @type {number[]} */ v) => v.map((n) => n.toFixed(0)).join(' ');
  console.log(`bare window  ${bare.toFixed(0)} ms  (${list(ms.bare)})`);
  console.log(`start page   ${ours.toFixed(0)} ms  (${list(ms.ours)})`);
  console.log(`ratio        ${(ours / bare).toFixed(2)}  (target: at most 1.20)`);
  if (process.platform === 'linux' && idleSeconds > 0) {
    const { child, usable, ended } = start(root, path.join(temp, 'ours'));
    await usable;
    // What belongs to the start comes to an end first.
    await new Promise((ok) => setTimeout(ok, 5000));
    const before = ticksOf(child.pid ?? 0);
    await new Promise((ok) => setTimeout(ok, idleSeconds * 1000));
    const share = (ticksOf(child.pid ?? 0) - before) / 100 / idleSeconds;
    child.kill();
    await ended;
    console.log(`idle         ${(share * 100).toFixed(2)} % of a core over ${idleSeconds} s  (target: under 1 %)`);
  }
} finally {
  rmSync(temp, { recursive: true, force: true, maxRetries: 5 });
}
