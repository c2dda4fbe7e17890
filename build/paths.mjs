// Where things lie in a clone. Everything that set-up makes is in folders that git ignores.
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const cacheDir = join(root, '.cache');
export const stampDir = join(cacheDir, 'setup');
/** What `resolveElectron` found last: `{ exe, version, source, node }`. */
export const electronFile = join(cacheDir, 'electron.json');
export const runtimeDir = join(root, '.electron');
export const nativeManifest = join(root, 'native-parse', 'Cargo.toml');
export const nativeProgram = join(root, 'native-parse', 'target', 'release', exeName('tracewell'));
export const addonLibrary = join(root, 'native-parse', 'target', 'release', libraryName('tracewell_binding'));
/** Read by `tracewell --version` and by About. */
export const versionsFile = join(root, 'dist', 'versions.json');

/** @param {string} name */
export function exeName(name) {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

/** @param {string} name */
function libraryName(name) {
  if (process.platform === 'win32') return `${name}.dll`;
  return process.platform === 'darwin' ? `lib${name}.dylib` : `lib${name}.so`;
}

/** True on Linux as root: there Chromium refuses its sandbox, and apt may be used. */
export const isRoot = process.platform === 'linux' && process.getuid?.() === 0;

/**
 * One project of types for each process, so that none sees what it does not have: name → the checker that Node runs.
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const typeProjects = Object.fromEntries(
  ['node', 'host', 'preload', 'web', 'e2e', 'build'].map((name) => {
    const compiler = name === 'web' ? 'vue-tsc/bin/vue-tsc.js' : 'typescript/bin/tsc';
    return [name, [`node_modules/${compiler}`, '--noEmit', '-p', `build/tsconfig/${name}.json`]];
  }),
);
