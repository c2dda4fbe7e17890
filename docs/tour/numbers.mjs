// The numbers of docs/tour.md, from the events alone: node docs/tour/numbers.mjs [NAME…]. Each event is one line of
// `tracewell events`; nothing of the app's own arithmetic is used.
import { execFileSync } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
/** @type {Record<string, string>} */
export const TRACES = {
  seq: 'tests/fixtures/traces/go1.26-fractal-seq.trace',
  pixel: 'tests/fixtures/traces/go1.26-fractal-pixel.trace',
  col: 'tests/fixtures/traces/go1.26-fractal-col.trace',
  workers: 'tests/fixtures/traces/go1.26-fractal-workers.trace',
  workersbuf: 'tests/fixtures/traces/go1.26-fractal-workersbuf.trace',
  colworkersbuf: 'docs/tour/fractal-colworkersbuf.trace',
};

/** Counts states as the events go. @param {string} name */
export function numbersOf(name) {
  const file = path.join(root, TRACES[name] ?? name);
  const text = execFileSync(path.join(root, 'bin/tracewell'), ['events', file], {
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
    env: { ...process.env, TRACEWELL_NO_SETUP: '1' },
  });
  const events = text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  const end = events.at(-1).t;
  /** @type {Map<number, string>} */
  const state = new Map();
  const procs = new Set();
  const on = { Running: 0, Runnable: 0 };
  const most = { Running: 0, Runnable: 0 };
  let [busy, last, sends] = [0, 0, 0];
  for (const e of events) {
    busy += on.Running * (e.t - last);
    last = e.t;
    if (e.k !== 'StateTransition' || e.res !== 'Goroutine') continue;
    const was = state.get(e.id);
    if (was === 'Running' || was === 'Runnable') on[was]--;
    if (e.to === 'Running' || e.to === 'Runnable') on[/** @type {'Running' | 'Runnable'} */ (e.to)]++;
    if (e.to === 'Running') procs.add(e.p);
    if (e.to === 'Waiting' && e.reason?.startsWith('chan')) sends++;
    state.set(e.id, e.to);
    most.Running = Math.max(most.Running, on.Running);
    most.Runnable = Math.max(most.Runnable, on.Runnable);
  }
  return {
    durationNanos: end,
    goroutines: state.size,
    procs: procs.size,
    mostRunning: most.Running,
    mostRunnable: most.Runnable,
    meanRunning: Math.round((busy / end) * 100) / 100,
    waitsOnChannels: sends,
  };
}

if (process.argv[1]?.endsWith('numbers.mjs')) {
  const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(TRACES);
  for (const name of names) process.stdout.write(`${name} ${JSON.stringify(numbersOf(name))}\n`);
}
