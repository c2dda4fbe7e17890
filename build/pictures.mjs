// Every picture of the docs, by `tracewell shot`: npm run pictures [-- FOLDER]. With FOLDER, where the six large traces of the
// story lie (go1.26-story-NAME.trace), those of docs/tour too; docs/tour/numbers.mjs confirms what stands in them.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SCENES } from '../docs/tour/numbers.mjs';
import { root } from './paths.mjs';

const folderOfPictures = path.join(root, 'docs/pictures');
const trace = (/** @type {string} */ name) => path.join(root, 'tests/fixtures/traces', `${name}.trace`);
const pair = (/** @type {string} */ name) => path.join(root, 'tests/fixtures/pairs', `${name}.trace`);
const sample = trace('go1.26-gcheavy');
const locks = trace('go1.26-locks');

/**
 * Name of the picture, files, page, and more words for `shot`. Each is made in both themes.
 * @type {readonly (readonly [name: string, files: readonly string[], page: string, ...more: string[]])[]}
 */
const PAGES = [
  ['start', [sample], 'start'],
  ['home', [sample], 'home'],
  ['view-trace', [sample], 'view-trace', '--from', '60000000', '--to', '64000000', '--select', '0@62000000'],
  ['goroutines', [sample], 'goroutines'],
  ['function', [locks], 'goroutines/main.mutexes.func1'],
  ['call-graph', [locks], 'sync'],
  ['processors', [sample], 'processors'],
  ['tasks', [trace('go1.26-tasks')], 'tasks'],
  ['mmu', [sample], 'mmu'],
  ['gc', [sample], 'gc'],
  ['events', [sample], 'events'],
  ['compare', [pair('hold-1'), pair('hold-2')], 'compare'],
  ['settings', [sample], 'settings'],
];

/** Folders of its own, the same each time: what the user opened before is in no picture, nor where this clone lies. */
const data = path.join(tmpdir(), 'tracewell-pictures');

/** The file under its name alone, where pictures may show its folder. @param {string} file */
function atHome(file) {
  const copy = path.join(data, path.basename(file));
  copyFileSync(file, copy);
  return copy;
}

/** @param {readonly string[]} files @param {string} page @param {string} out @param {readonly string[]} more */
function take(files, page, out, more) {
  const { status } = spawnSync(
    path.join(root, 'bin/tracewell'),
    ['shot', ...files, '--page', page, '-o', out, '--size', '1180x700', ...more],
    {
      stdio: 'inherit',
      env: {
        ...process.env,
        TRACEWELL_NO_SETUP: '1',
        TRACEWELL_DATA_DIR: data,
        TRACEWELL_CACHE_DIR: path.join(data, 'cache'),
      },
    },
  );
  if (status !== 0) throw new Error(`no picture of ${page}`);
  console.log(path.relative(root, out));
}

/** The part of a story that its picture shows, by goroutines. @param {string} name @returns {readonly string[]} */
function sceneOf(name) {
  const scene = SCENES[name];
  if (!scene) return [];
  const { fromNanos, toNanos, goroutine, atNanos } = scene;
  const range = ['--from', `${fromNanos}`, '--to', `${toNanos}`];
  return [...range, '--rows', 'goroutines', '--filter', 'fn:main', '--select', `G${goroutine}@${atNanos}`];
}

try {
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data);
  for (const [name, files, page, ...more] of PAGES)
    for (const theme of ['light', 'dark'])
      take(files.map(atHome), page, path.join(folderOfPictures, `${name}-${theme}.png`), ['--theme', theme, ...more]);
  const [folder] = process.argv.slice(2);
  if (folder !== undefined) {
    /** @type {Record<string, { mostRunnableAtNanos: number }>} */
    const story = JSON.parse(readFileSync(path.join(root, 'docs/tour/story.json'), 'utf8'));
    for (const [name, { mostRunnableAtNanos }] of Object.entries(story))
      take(
        [path.join(folder, `go1.26-story-${name}.trace`)],
        'view-trace',
        path.join(root, 'docs/tour', `${name}.png`),
        ['--size', '1180x900', ...(name === 'pixel' ? ['--select', `at@${mostRunnableAtNanos}`] : sceneOf(name))],
      );
  }
} catch (e) {
  console.error(e instanceof Error ? e.message : e);
  process.exitCode = 1;
} finally {
  rmSync(data, { recursive: true, force: true });
}
