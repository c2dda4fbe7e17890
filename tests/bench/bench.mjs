// `npm run bench [-- FILE…]`: how long we take and how long the reference takes, on the same files in the same run.
// Each figure is the median of ROUNDS runs after one that does not count, taken in turn so that a machine that drifts
// does so for both. Wants an otherwise idle machine; asserts nothing.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '../..');
const ROUNDS = 3;
/** `go tool trace` keeps 66 to 80 times the file in memory: above this it is not asked. */
const REFERENCE_LIMIT_BYTES = 20e6;

const release = path.join(root, 'native-parse/target/release');
const native = path.join(release, 'tracewell');
const indexOnce = path.join(release, 'examples/index_once');
const scratch = mkdtempSync(path.join(tmpdir(), 'tracewell-bench-'));

/** @param {string} cmd @param {string[]} args @param {object} [options] */
function must(cmd, args, options = {}) {
  const r = spawnSync(cmd, args, { encoding: 'utf8', ...options });
  if (r.status !== 0)
    throw new Error(`${cmd} ${args.join(' ')}: ${r.stderr || r.error?.message || `exit ${r.status}`}`);
  return r.stdout;
}

/** Wall and CPU seconds of a command, by bash's own clock. @param {string[]} command */
function time(command) {
  const quoted = command.map((w) => `'${w.replaceAll("'", "'\\''")}'`).join(' ');
  const script = `TIMEFORMAT='%R %U %S'; time ${quoted} >/dev/null 2>/dev/null`;
  const r = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
  const [wall = NaN, user = NaN, sys = NaN] = r.stderr.trim().split('\n').at(-1)?.split(' ').map(Number) ?? [];
  return { wall, cpu: user + sys };
}

/** @param {number[]} values */
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;

/** Takes commands in turn. @param {{name: string, command: string[]}[]} contestants */
function inTurn(contestants) {
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

/** @param {string} file @param {string | null} reader */
function bench(file, reader) {
  const bytes = statSync(file).size;
  const rows = inTurn([
    ...(reader ? [{ name: 'official reader, streaming', command: [reader, file] }] : []),
    { name: 'tracewell: full index', command: [indexOnce, file, 'index'] },
    { name: 'tracewell info', command: [native, 'info', file] },
  ]);
  print(file, bytes, rows, reader ? rows[0] : undefined);
  if (bytes > REFERENCE_LIMIT_BYTES || spawnSync('go', ['version']).status !== 0) return;
  const out = path.join(scratch, 'sync.pprof');
  const ours = [native, 'pprof', 'sync', file, '-o', out];
  const profiles = inTurn([
    { name: 'go tool trace -pprof=sync', command: ['go', 'tool', 'trace', '-pprof=sync', file] },
    { name: 'tracewell pprof sync', command: ['env', 'TRACEWELL_CACHE_MB=0', ...ours] },
    { name: 'tracewell pprof sync, kept', command: ['env', `TRACEWELL_CACHE_DIR=${scratch}/cache`, ...ours] },
  ]);
  print(file, bytes, profiles, profiles[0]);
}

/**
 * @param {string} file @param {number} bytes
 * @param {{name: string, wall: number, cpu: number}[]} rows @param {{wall: number, cpu: number} | undefined} base
 */
function print(file, bytes, rows, base) {
  console.log(`\n${path.basename(file)}, ${(bytes / 1e6).toFixed(1)} MB`);
  console.log('| what | wall s | CPU s | wall, of the reference | CPU, of the reference |');
  console.log('| --- | ---: | ---: | ---: | ---: |');
  for (const r of rows) {
    const share = (/** @type {'wall' | 'cpu'} */ k) => (base ? (r[k] / base[k]).toFixed(2) : '–');
    console.log(`| ${r.name} | ${r.wall.toFixed(3)} | ${r.cpu.toFixed(3)} | ${share('wall')} | ${share('cpu')} |`);
  }
}

/** The Go program beside this file; null where there is no Go or its module cannot be had. */
function officialReader() {
  const out = path.join(scratch, 'official-reader');
  const r = spawnSync('go', ['build', '-o', out, '.'], { cwd: path.join(root, 'tests/bench/official-reader') });
  if (r.status === 0) return out;
  console.log('The official reader could not be built: no comparison with it.');
  return null;
}

const files = process.argv.slice(2);
if (files.length === 0) files.push(path.join(root, 'tests/fixtures/traces/go1.26-gcheavy.trace'));
mkdirSync(scratch, { recursive: true });
try {
  must('cargo', ['build', '--quiet', '--release', '--manifest-path', path.join(root, 'native-parse/Cargo.toml')]);
  must('cargo', [
    ...['build', '--quiet', '--release', '-p', 'tracewell-slice', '--example', 'index_once'],
    ...['--manifest-path', path.join(root, 'native-parse/Cargo.toml')],
  ]);
  const reader = officialReader();
  for (const file of files) {
    if (existsSync(file)) bench(path.resolve(file), reader);
    else console.log(`There is no file ${file}.`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
