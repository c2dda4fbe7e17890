// Commands taken in turn by wall and processor time, and the reference that they are measured against: the official
// reader, a Go program beside this file.
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
/** Each figure is the median of so many runs, after one that does not count. */
const ROUNDS = 3;

const release = path.join(root, 'native-parse/target/release');
export const native = path.join(release, 'tracewell');
export const indexOnce = path.join(release, 'examples/index_once');

/** @param {string} cmd @param {string[]} args */
function must(cmd, args) {
  const r = spawnSync(cmd, args, { encoding: 'utf8' });
  if (r.status !== 0)
    throw new Error(`${cmd} ${args.join(' ')}: ${r.stderr || r.error?.message || `exit ${r.status}`}`);
}

/** Builds `native` and `indexOnce`. */
export function buildEngine() {
  const manifest = ['--manifest-path', path.join(root, 'native-parse/Cargo.toml')];
  must('cargo', ['build', '--quiet', '--release', ...manifest]);
  must('cargo', ['build', '--quiet', '--release', '-p', 'tracewell-slice', '--example', 'index_once', ...manifest]);
}

/** Builds the official reader into a folder; null where there is no Go or its module cannot be had. @param {string} dir */
export function officialReader(dir) {
  const out = path.join(dir, 'official-reader');
  const r = spawnSync('go', ['build', '-o', out, '.'], { cwd: path.join(root, 'tests/bench/official-reader') });
  if (r.status === 0) return out;
  console.log('The official reader could not be built: no comparison with it.');
  return null;
}

export const hasGo = () => spawnSync('go', ['version']).status === 0;

/** Wall and CPU seconds of a command, by bash's own clock. @param {string[]} command */
function time(command) {
  const quoted = command.map((w) => `'${w.replaceAll("'", "'\\''")}'`).join(' ');
  const script = `TIMEFORMAT='%R %U %S'; time ${quoted} >/dev/null 2>/dev/null`;
  const r = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  const [wall = NaN, user = NaN, sys = NaN] = r.stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  return { wall, cpu: user + sys };
}

/** @param {number[]} values */
export const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Something taken: medians in seconds. @typedef {{ name: string, wall: number, cpu: number }} Taken */

/**
 * Takes commands in turn, so that a machine that drifts does so for all. @param {{name: string, command: string[]}[]} contestants
 * @returns {Taken[]}
 */
export function inTurn(contestants) {
  const runs = new Map(contestants.map((c) => [c.name, /** @type {{wall: number, cpu: number}[]} */ ([])]));
  for (let round = 0; round <= ROUNDS; round++)
    for (const { name, command } of contestants) {
      const t = time(command);
      if (round > 0) runs.get(name)?.push(t);
    }
  return contestants.map(({ name }) => {
    const all = runs.get(name) ?? [];
    return { name, wall: median(all.map((r) => r.wall)), cpu: median(all.map((r) => r.cpu)) };
  });
}

/** Does something that takes time itself as often as a figure needs. @param {() => Promise<number>} act */
export async function medianOf(act) {
  const all = [];
  for (let round = 0; round < ROUNDS; round++) all.push(await act());
  return median(all);
}

/** Bytes of all files below a folder. @param {string} dir */
export const folderBytes = (dir) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile())
    .reduce((sum, f) => sum + statSync(path.join(f.parentPath ?? f.path, f.name)).size, 0);
