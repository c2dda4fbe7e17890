// Child processes, with their output labelled line by line or collected.
import { spawn, spawnSync } from 'node:child_process';
import { root } from './paths.mjs';

const shell = process.platform === 'win32';

/** A sentence that ends the command; its stack is of no use to anybody. */
export class Stop extends Error {}

/**
 * Runs a program; each line that it prints goes to `onLine`. Resolves to the exit code (128 + n for signal n).
 * @param {string} cmd
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string, onLine?: (line: string) => void }} [options]
 * @returns {Promise<number>}
 */
export function runLines(cmd, args, { env = {}, cwd = root, onLine = console.log } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(cmd, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell,
    });
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        const lines = (rest + text).split(/\r?\n/);
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(plain(line));
      });
      stream.on('end', () => {
        if (rest) onLine(plain(rest));
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + signalNumber(signal)));
  });
}

/**
 * Runs a program for its effect: silent while all is well unless `label` is given, then each line stands behind it.
 * @param {string} cmd
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, cwd?: string, label?: string }} [options]
 */
export async function run(cmd, args, { label, ...options } = {}) {
  /** @type {string[]} */
  const last = [];
  const code = await runLines(cmd, args, {
    ...options,
    onLine: (line) => {
      if (label) console.log(`[${label}] ${line}`);
      else if (last.push(line) > 30) last.shift();
    },
  });
  if (code !== 0) throw new Error([`${cmd} ${args.join(' ')} ended with ${code}`, ...last].join('\n'));
}

/**
 * What a program prints, or null when it cannot be started or fails.
 * @param {string} cmd
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env]
 */
export function capture(cmd, args, env = {}) {
  const r = spawnSync(cmd, args, { encoding: 'utf8', env: { ...process.env, ...env }, shell });
  return r.status === 0 ? r.stdout.trim() : null;
}

/** @param {string} tool */
export function have(tool) {
  return process.platform === 'win32'
    ? capture('where', [tool]) !== null
    : capture('sh', ['-c', `command -v ${tool}`]) !== null;
}

/** @param {string | null} signal */
function signalNumber(signal) {
  return signal === 'SIGINT' ? 2 : signal === 'SIGKILL' ? 9 : signal === 'SIGTERM' ? 15 : 1;
}

/** Without colours, which some tools print to a pipe too. @param {string} line */
function plain(line) {
  return line.replace(/\u001b(?:\[[0-9;]*m|\(B)/g, '');
}
