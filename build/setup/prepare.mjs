// Set-up: from a bare clone to an app that can start. Each step is skipped when nothing that it reads has changed.
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import {
  addonLibrary,
  cacheDir,
  exeName,
  nativeManifest,
  nativeProgram,
  root,
  stampDir,
  versionsFile,
} from '../paths.mjs';
import { run, Stop } from '../processes.mjs';
import { noteOn, resolveElectron } from './electron.mjs';
import { takeLock } from './lock.mjs';
import { runSteps } from './steps.mjs';
import { checkTools, ensureDisplay, ensureLinker } from './system.mjs';

/** @typedef {import('./electron.mjs').Electron} Electron */
/** @typedef {import('./steps.mjs').Step} Step */

const CRATES = [
  'source',
  'wire',
  'order',
  'index',
  'slice',
  'analysis',
  'search',
  'export',
  'compare',
  'binding',
  'cli',
];
const crateInputs = [
  'native-parse/Cargo.toml',
  'native-parse/Cargo.lock',
  ...CRATES.map((crate) => `native-parse/${crate}`),
];
const cargo = ['--locked', '--manifest-path', nativeManifest];
const addonFile = 'native-parse/dist/native-parse.node';

/** What bin/tracewell looks at to see whether a later commit asks for another set-up. */
const readyFile = (/** @type {'native' | 'app'} */ what) => join(stampDir, `${what}.ready`);

/**
 * Makes ready what is missing. Throws `Stop` with one sentence when a tool is missing, `Error` when a step failed.
 * @param {'app' | 'native'} what `native`: only the program of the command line
 * @returns {Promise<Electron | null>} null after `native`
 */
export async function prepare(what = 'app') {
  const { electron, failed } = await tryPrepare(what);
  if (failed.size > 0) throw new Stop(`set-up failed at: ${[...failed.keys()].join(', ')}`);
  return electron;
}

/**
 * The same, but says which steps failed instead of ending: `npm test` runs what can be run without them.
 * @param {'app' | 'native'} what
 */
export async function tryPrepare(what = 'app') {
  checkTools();
  const release = await takeLock(join(cacheDir, 'setup.lock'), {
    onWait: (owner) =>
      console.log(`[setup] another set-up (process ${owner.pid}) is at work here: waiting until it has ended`),
  });
  try {
    /** @type {{ electron: Electron | null }} */
    const found = { electron: null };
    const steps = what === 'native' ? nativeSteps(false) : [...nativeSteps(true), ...appSteps(found)];
    const outcomes = await runSteps(steps, { stampDir });
    const failed = new Map(
      [...outcomes].flatMap(([name, outcome]) => (outcome instanceof Error ? [[name, outcome]] : [])),
    );
    if (failed.size === 0) {
      mkdirSync(stampDir, { recursive: true });
      for (const ready of what === 'native'
        ? /** @type {const} */ (['native'])
        : /** @type {const} */ (['native', 'app'])) {
        writeFileSync(readyFile(ready), '');
      }
    }
    const note = found.electron && noteOn(found.electron);
    if (note) console.log(`[setup] ${note}`);
    return { electron: found.electron, failed };
  } finally {
    release();
  }
}

/** @param {boolean} withAddon @returns {Step[]} */
function nativeSteps(withAddon) {
  const packages = ['-p', 'tracewell-cli', ...(withAddon ? ['-p', 'tracewell-binding'] : [])];
  return [
    { name: 'C linker', body: ensureLinker },
    {
      name: 'crates',
      inputs: ['native-parse/Cargo.toml', 'native-parse/Cargo.lock'],
      about: 'fetching what Cargo.lock names',
      body: () => run('cargo', ['fetch', ...cargo], { label: 'crates' }),
    },
    {
      name: withAddon ? 'engine' : 'native program',
      needs: ['C linker', 'crates'],
      inputs: crateInputs,
      outputs: [relative(root, nativeProgram), ...(withAddon ? [relative(root, addonLibrary), typesFile] : [])],
      about: 'compiling (about a minute the first time)',
      // One call for both, so that what they share is compiled once; `napi build` would compile all of it again.
      body: () =>
        run('cargo', ['build', '--release', ...packages, ...cargo], {
          label: withAddon ? 'engine' : 'native program',
          env: withAddon ? typesEnv() : {},
        }),
    },
  ];
}

/** napi-derive writes what it knows of the addon's types into this folder while it compiles. */
const typesFolder = 'native-parse/target/addon-types';
const typesFile = `${typesFolder}/tracewell-binding`;

/** @returns {Record<string, string>} */
function typesEnv() {
  mkdirSync(join(root, typesFolder), { recursive: true });
  // Compiled by somebody else before, without the types: its build script runs again when this variable changes.
  const again = existsSync(join(root, typesFile)) ? {} : { NAPI_FORCE_BUILD_TRACEWELL_BINDING: String(Date.now()) };
  return { NAPI_TYPE_DEF_TMP_FOLDER: join(root, typesFolder), ...again };
}

/** The addon under a name that `require` takes, and its types. */
async function finishAddon() {
  const { generateTypeDef } = await import('@napi-rs/cli');
  const { dts } = await generateTypeDef({ typeDefDir: join(root, typesFolder), cwd: root });
  replaceFile(addonLibrary, join(root, addonFile));
  writeFileSync(join(root, 'native-parse/dist/index.d.ts'), dts);
}

/** @param {{ electron: Electron | null }} found @returns {Step[]} */
function appSteps(found) {
  return [
    {
      name: 'npm packages',
      inputs: ['package-lock.json', '.npmrc'],
      outputs: ['node_modules/.package-lock.json'],
      adopt: nodeModulesMatch,
      about: 'installing what package-lock.json names',
      body: () =>
        run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
          label: 'npm packages',
          env: { ELECTRON_SKIP_BINARY_DOWNLOAD: '1' },
        }),
    },
    {
      name: 'native addon',
      needs: ['npm packages', 'engine'],
      inputs: [relative(root, addonLibrary), typesFile],
      outputs: [addonFile, 'native-parse/dist/index.d.ts'],
      about: 'writing its types',
      body: finishAddon,
    },
    {
      name: 'Electron runtime',
      needs: ['C linker', 'npm packages'],
      body: async (say) => {
        found.electron = await resolveElectron(say);
        writeVersions(found.electron);
      },
    },
    // After the runtime's libraries: one apt at a time.
    { name: 'virtual display', needs: ['C linker', 'Electron runtime'], body: ensureDisplay },
    {
      name: 'bundles',
      needs: ['npm packages', 'native addon'],
      inputs: [
        'main',
        'preload',
        'renderer',
        'contract',
        'vite.config.mts',
        'build/bundle.mjs',
        'build/package/licenses.mjs',
        'docs/guide',
        'docs/tour.md',
        'native-parse/Cargo.lock',
        'build/tsconfig',
        'package-lock.json',
      ],
      outputs: [
        'dist/main/main.cjs',
        'dist/main/tracewell.cjs',
        'dist/main/updater.cjs',
        'dist/main/host.cjs',
        'dist/preload/preload.cjs',
        'dist/renderer/index.html',
        'dist/renderer/licenses.json',
      ],
      about: 'bundling main, host, preload and page',
      body: () => run(process.execPath, ['build/bundle.mjs'], { label: 'bundles' }),
    },
    {
      name: 'native files',
      needs: ['native addon'],
      inputs: [addonFile, relative(root, nativeProgram)],
      outputs: ['dist/native/native-parse.node', 'dist/native/' + exeName('tracewell')],
      about: 'copying them beside the bundles',
      body: async () => {
        replaceFile(join(root, addonFile), join(root, 'dist/native/native-parse.node'));
        replaceFile(nativeProgram, join(root, 'dist/native', exeName('tracewell')));
      },
    },
  ];
}

/**
 * A copy that a running app does not feel: it keeps the old file mapped, where writing in place would kill it.
 * @param {string} from @param {string} to
 */
function replaceFile(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, `${to}.new`);
  renameSync(`${to}.new`, to);
}

/** Read by `tracewell --version` and by About. @param {Electron} electron */
function writeVersions(electron) {
  const { version: app } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { version, source, node } = electron;
  const text = `${JSON.stringify({ app, electron: version, electronSource: source, node }, null, 2)}\n`;
  if (existsSync(versionsFile) && readFileSync(versionsFile, 'utf8') === text) return;
  mkdirSync(dirname(versionsFile), { recursive: true });
  writeFileSync(versionsFile, text);
}

/** True when node_modules is what the lock file says, for example after `npm install`: nothing to install then. */
function nodeModulesMatch() {
  const read = (/** @type {string} */ name) => JSON.parse(readFileSync(join(root, name), 'utf8')).packages;
  /** @type {Record<string, { version?: string, optional?: boolean, devOptional?: boolean }>} */
  const wanted = read('package-lock.json');
  const present = read('node_modules/.package-lock.json');
  return Object.entries(wanted).every(
    ([path, { version, optional }]) =>
      path === '' || present[path]?.version === version || (optional && !present[path]),
  );
}
