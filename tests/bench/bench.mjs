// `npm run bench [-- FILE…]`: how long we take and how long the reference takes, on the same files in the same run.
// Wants an otherwise idle machine; asserts nothing.
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildEngine, hasGo, indexOnce, inTurn, native, officialReader, root } from './reference.mjs';

/** `go tool trace` keeps 66 to 80 times the file in memory: above this it is not asked. */
const REFERENCE_LIMIT_BYTES = 20e6;

const scratch = mkdtempSync(path.join(tmpdir(), 'tracewell-bench-'));

/** @param {string} file @param {string | null} reader */
function bench(file, reader) {
  const bytes = statSync(file).size;
  const rows = inTurn([
    ...(reader ? [{ name: 'official reader, streaming', command: [reader, file] }] : []),
    { name: 'tracewell: full index', command: [indexOnce, file, 'index'] },
    { name: 'tracewell info', command: [native, 'info', file] },
  ]);
  print(file, bytes, rows, reader ? rows[0] : undefined);
  if (bytes > REFERENCE_LIMIT_BYTES || !hasGo()) return;
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
 * @param {import('./reference.mjs').Taken[]} rows @param {import('./reference.mjs').Taken | undefined} base
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

const files = process.argv.slice(2);
if (files.length === 0) files.push(path.join(root, 'tests/fixtures/traces/go1.26-gcheavy.trace'));
try {
  buildEngine();
  const reader = officialReader(scratch);
  for (const file of files) {
    if (existsSync(file)) bench(path.resolve(file), reader);
    else console.log(`There is no file ${file}.`);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
