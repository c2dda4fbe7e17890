// `npm run fuzz [-- TARGET] [-- SECONDS]`: hostile bytes for the engine, by cargo-fuzz. Not part of `npm test`: it needs a
// nightly compiler and time; the bounded part that runs there is native-parse/slice/tests/hostile.rs.
import { copyFileSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { nativeManifest, root } from './paths.mjs';
import { Stop, capture, run, runLines } from './processes.mjs';

const engine = dirname(nativeManifest);
const corpus = join(engine, 'fuzz', 'corpus');
const SEEDS = [
  'tests/fixtures/traces',
  'tests/fixtures/legacy',
  'tests/fixtures/broken',
  '../shared/traces/upstream/fuzz',
];
/** Larger traces teach little and cost a run each. */
const SEED_BYTES = 8192;
const DEFAULT_SECONDS = 60;

/**
 * Runs one target, or all one after another. What is found lies in native-parse/fuzz/artifacts, what was learnt in corpus.
 * @param {string[]} words name of a target, seconds for each; in any order
 */
export async function fuzz(words) {
  const args = words.filter((word) => word !== '--');
  const targets = readdirSync(join(engine, 'fuzz', 'targets')).map((file) => basename(file, '.rs'));
  const wanted = args.filter((arg) => targets.includes(arg));
  const rest = args.filter((arg) => !targets.includes(arg));
  const [seconds = String(DEFAULT_SECONDS)] = rest;
  if (rest.length > 1 || !/^[1-9]\d*$/.test(seconds))
    throw new Stop(`usage: npm run fuzz [-- TARGET] [-- SECONDS]; targets: ${targets.join(', ')}`);
  if (capture('cargo', ['+nightly', '--version']) === null)
    throw new Stop('Fuzzing needs a nightly Rust compiler, which is not installed: rustup toolchain install nightly');
  if (capture('cargo', ['fuzz', '--version']) === null)
    await run('cargo', ['install', 'cargo-fuzz', '--locked'], { label: 'cargo-fuzz' });
  const seeds = gatherSeeds();
  let failed = 0;
  for (const target of wanted.length > 0 ? wanted : targets) {
    const own = join(corpus, target);
    mkdirSync(own, { recursive: true });
    const limits = [`-max_total_time=${seconds}`, '-timeout=25', `-max_len=${2 * SEED_BYTES}`];
    const code = await runLines('cargo', ['+nightly', 'fuzz', 'run', target, own, seeds, '--', ...limits], {
      cwd: engine,
      onLine: (line) => console.log(`[${target}] ${line}`),
    });
    if (code !== 0) failed += 1;
  }
  if (failed > 0) console.error(`${failed} of the targets found something: native-parse/fuzz/artifacts`);
  return failed > 0 ? 1 : 0;
}

/** The folder with all small traces there are. */
function gatherSeeds() {
  const folder = join(corpus, 'seeds');
  mkdirSync(folder, { recursive: true });
  for (const from of SEEDS.map((path) => join(root, path)).filter(existsSync)) {
    for (const name of readdirSync(from).filter((file) => file.endsWith('.trace'))) {
      if (statSync(join(from, name)).size <= SEED_BYTES) copyFileSync(join(from, name), join(folder, name));
    }
  }
  return folder;
}
