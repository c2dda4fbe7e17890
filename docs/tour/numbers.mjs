// The numbers of docs/tour.md, from the events alone: node docs/tour/numbers.mjs [NAME or FILE…]. Each event is one line of
// `tracewell events`; nothing of the app's own arithmetic is used.
// node docs/tour/numbers.mjs --keep FOLDER: of the six traces of the story (go1.26-story-NAME.trace), into story.json.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';

const here = import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname);
const root = path.resolve(here, '../..');
export const NAMES = ['seq', 'pixel', 'col', 'workers', 'workersbuf', 'colworkersbuf'];
/** Small ones of the same programs, which are in this repository. @type {Record<string, string>} */
export const TRACES = {
  ...Object.fromEntries(NAMES.map((n) => [n, `tests/fixtures/traces/go1.26-fractal-${n}.trace`])),
  colworkersbuf: 'docs/tour/fractal-colworkersbuf.trace',
};

/**
 * Counts states as the events go.
 * @param {string} nameOrFile
 * @returns {Promise<Record<string, number>>}
 */
export async function numbersOf(nameOrFile) {
  const file = path.resolve(root, TRACES[nameOrFile] ?? nameOrFile);
  const events = spawn(path.join(root, 'bin/tracewell'), ['events', file], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TRACEWELL_NO_SETUP: '1' },
  });
  const ended = new Promise((ok, no) => {
    events.on('error', no);
    events.on('close', (code) => (code === 0 ? ok(null) : no(new Error(`tracewell events ended with ${code}`))));
  });
  /** @typedef {'running' | 'runnable' | 'other'} Kept */
  /** Others are not kept. @type {Map<number, Kept>} */
  const state = new Map();
  const [procs, seen] = [new Set(), new Set()];
  const on = { running: 0, runnable: 0, other: 0 };
  const most = { ...on };
  let [busy, last, waits, worstAt] = [0, 0, 0, 0];
  for await (const line of createInterface({ input: events.stdout, crlfDelay: Infinity })) {
    if (line === '') continue;
    const e = JSON.parse(line);
    busy += on.running * (e.t - last);
    last = e.t;
    if (e.k !== 'StateTransition' || e.res !== 'Goroutine') continue;
    seen.add(e.id);
    on[state.get(e.id) ?? 'other']--;
    /** @type {Kept} */
    const now = e.to === 'Running' ? 'running' : e.to === 'Runnable' ? 'runnable' : 'other';
    on[now]++;
    if (now === 'other') state.delete(e.id);
    else state.set(e.id, now);
    if (now === 'running') procs.add(e.p);
    if (e.to === 'Waiting' && e.reason?.startsWith('chan')) waits++;
    if (on[now] <= most[now]) continue;
    most[now] = on[now];
    if (now === 'runnable') worstAt = e.t;
  }
  await ended;
  return {
    durationNanos: last,
    goroutines: seen.size,
    procs: procs.size,
    mostRunning: most.running,
    mostRunnable: most.runnable,
    mostRunnableAtNanos: worstAt,
    meanRunning: Math.round((busy / last) * 100) / 100,
    waitsOnChannels: waits,
  };
}

if (process.argv[1]?.endsWith('numbers.mjs')) {
  const [first, folder] = process.argv.slice(2);
  const keep = first === '--keep' && folder !== undefined;
  const names = keep || first === undefined ? NAMES : process.argv.slice(2);
  /** @type {Record<string, object>} */
  const all = {};
  for (const name of names) {
    all[name] = await numbersOf(keep ? path.resolve(folder, `go1.26-story-${name}.trace`) : name);
    process.stdout.write(`${name} ${JSON.stringify(all[name])}\n`);
  }
  if (keep) writeFileSync(path.join(here, 'story.json'), `${JSON.stringify(all, null, 2)}\n`);
}
