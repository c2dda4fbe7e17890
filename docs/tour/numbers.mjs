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
 * Where a picture is of a part of the trace: that part, and the goroutine that is selected in it and when: its turn.
 * @typedef {{ readonly fromNanos: number, readonly toNanos: number, readonly goroutine: number, readonly atNanos: number }} Scene
 * @type {Record<string, Scene>}
 */
export const SCENES = {
  workers: { fromNanos: 1_000_000_000, toNanos: 1_000_012_000, goroutine: 1, atNanos: 1_000_004_480 },
};

/**
 * Counts states as the events go.
 * @param {string} nameOrFile
 * @param {Scene | null} scene
 * @returns {Promise<Record<string, number>>}
 */
export async function numbersOf(nameOrFile, scene = null) {
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
  let [busy, last, waits, mostRunning, mostRunnable, worstAt, runningThen] = [0, 0, 0, 0, 0, 0, 0];
  let [turnBegan, turnNanos, wokenInTurn] = [0, 0, 0];
  /** What held from the instant `last` until `t`: several events may have one time. @param {number} t */
  const until = (t) => {
    busy += on.running * (t - last);
    if (t > last && on.running > mostRunning) mostRunning = on.running;
    if (t > last && on.runnable > mostRunnable) [mostRunnable, worstAt, runningThen] = [on.runnable, last, on.running];
    last = t;
  };
  for await (const line of createInterface({ input: events.stdout, crlfDelay: Infinity })) {
    if (line === '') continue;
    const e = JSON.parse(line);
    until(e.t);
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
    if (!scene || turnNanos > 0) continue;
    if (e.g === scene.goroutine && e.id !== e.g && e.from === 'Waiting' && now === 'runnable') wokenInTurn++;
    if (e.id !== scene.goroutine) continue;
    if (e.t <= scene.atNanos) [turnBegan, wokenInTurn] = [e.t, 0];
    else turnNanos = e.t - turnBegan;
  }
  await ended;
  return {
    durationNanos: last,
    goroutines: seen.size,
    procs: procs.size,
    mostRunning,
    mostRunnable,
    mostRunnableAtNanos: worstAt,
    runningThen,
    meanRunning: Math.round((busy / last) * 100) / 100,
    waitsOnChannels: waits,
    ...(scene && { turnNanos, wokenInTurn }),
  };
}

if (process.argv[1]?.endsWith('numbers.mjs')) {
  const [first, folder] = process.argv.slice(2);
  const keep = first === '--keep' && folder !== undefined;
  const names = keep || first === undefined ? NAMES : process.argv.slice(2);
  /** @type {Record<string, object>} */
  const all = {};
  for (const name of names) {
    all[name] = await (keep
      ? numbersOf(path.resolve(folder, `go1.26-story-${name}.trace`), SCENES[name] ?? null)
      : numbersOf(name));
    process.stdout.write(`${name} ${JSON.stringify(all[name])}\n`);
  }
  if (keep) writeFileSync(path.join(here, 'story.json'), `${JSON.stringify(all, null, 2)}\n`);
}
