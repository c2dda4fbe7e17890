// Steps of set-up: each says its name, its progress and its time, and is skipped when nothing it reads has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../paths.mjs';

const HEARTBEAT_MS = 15_000;

/**
 * @typedef {object} Step
 * @property {string} name
 * @property {readonly string[]} [needs] names of the steps that must have ended well before
 * @property {readonly string[]} [inputs] files and folders, from the root; without them the step runs each time
 * @property {readonly string[]} [outputs] must exist, or the step runs again
 * @property {string} [about] said when it begins
 * @property {() => boolean} [adopt] true when the outputs are there already, made by somebody else
 * @property {(say: (text: string) => void) => Promise<void>} body
 */

/** @typedef {'skipped' | 'done' | Error} Outcome */

/**
 * Runs steps, those that do not need each other at the same time. One that fails leaves out those that need it; the
 * others go on.
 * @param {readonly Step[]} steps
 * @param {{ stampDir: string, log?: (line: string) => void }} options
 * @returns {Promise<Map<string, Outcome>>}
 */
export async function runSteps(steps, { stampDir, log = console.log }) {
  /** @type {Map<string, Promise<Outcome>>} */
  const started = new Map();
  /** @type {Map<string, number>} */
  const running = new Map();
  const heartbeat = setInterval(() => {
    const now = Date.now();
    const names = [...running].map(([name, since]) => `${name} (${Math.round((now - since) / 1000)} s)`);
    if (names.length > 0) log(`[setup] still at work: ${names.join(', ')}`);
  }, HEARTBEAT_MS);

  /** @param {Step} step @returns {Promise<Outcome>} */
  const runOne = async (step) => {
    for (const need of step.needs ?? []) {
      const before = await started.get(need);
      if (before instanceof Error) return new Error(`left out, because "${need}" failed`);
    }
    const stamp = join(stampDir, `${step.name.replaceAll(' ', '-')}.stamp`);
    const made = (step.outputs ?? []).every((path) => existsSync(join(root, path)));
    const key = step.inputs ? hashOf(step.inputs) : null;
    if (key !== null && made) {
      if (existsSync(stamp) && readFileSync(stamp, 'utf8') === key) return 'skipped';
      if (step.adopt?.()) {
        writeStamp(stamp, key);
        return 'skipped';
      }
    }
    const since = Date.now();
    running.set(step.name, since);
    let begun = false;
    const begin = () => {
      if (!begun) log(`[setup] ${step.name}: ${step.about ?? 'starts'}`);
      begun = true;
    };
    // A step that runs each time speaks only when it has something to do.
    if (key !== null) begin();
    try {
      await step.body((text) => {
        begin();
        log(`[setup] ${step.name}: ${text}`);
      });
    } catch (e) {
      const error = e instanceof Error ? e : new Error(String(e));
      log(`[setup] ${step.name} FAILED: ${error.message}`);
      return error;
    } finally {
      running.delete(step.name);
    }
    if (key !== null) writeStamp(stamp, key);
    if (begun) log(`[setup] ${step.name}: done in ${((Date.now() - since) / 1000).toFixed(1)} s`);
    return 'done';
  };

  for (const step of steps) started.set(step.name, runOne(step));
  try {
    return new Map(
      await Promise.all([...started].map(async ([name, end]) => /** @type {const} */ ([name, await end]))),
    );
  } finally {
    clearInterval(heartbeat);
  }
}

/** @param {string} stamp @param {string} key */
function writeStamp(stamp, key) {
  mkdirSync(join(stamp, '..'), { recursive: true });
  writeFileSync(stamp, key);
}

/** What no build reads. */
const IGNORED = /(^|\/)(target|node_modules|dist)$|\.test\.ts$|\.md$/;

/**
 * @param {string} path absolute
 * @param {boolean} [named] a path that was named is taken whatever it is called
 * @returns {string[]} the files in it, in a fixed order
 */
function filesIn(path, named = true) {
  if ((!named && IGNORED.test(path)) || !existsSync(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name), false));
}

/** @param {readonly string[]} paths files and folders, from the root */
export function hashOf(paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesIn(join(root, path)))) {
    const bytes = readFileSync(file);
    hash.update(`${relative(root, file)}\0${bytes.length}\0`).update(bytes);
  }
  return hash.digest('hex');
}
